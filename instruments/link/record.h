/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RECORD_H
#define INSTRUMENTS_LINK_RECORD_H

#include "instruments/link/link.h"

/* A top that writes to a file all that happens on the link below, and what plays it back. */

/* The top; owns below, also when it fails: STATION_ERROR_STORAGE. path is written anew. */
struct link *record_open(const char *path, struct link *below, GError **error);

/*
 * A link without an instrument: what was recorded in path of resource answers.
 * STATION_ERROR_STORAGE, CONFIG (another instrument's recording).
 */
struct link *replay_open(const char *path, const char *resource,
                         const struct link_settings *settings, GError **error);

#endif

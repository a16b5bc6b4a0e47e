/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RECORD_H
#define INSTRUMENTS_LINK_RECORD_H

#include "instruments/link/link.h"

/*
 * A top that writes to a file all that happens on the link below, and what plays it back. The file
 * is that of base/recording.h; a link that is opened again in the same process goes on in it. Of
 * the bytes that nobody asked for ("unread") a line is written only when there are any.
 *
 * Played back, each operation has to be the next one of the recording, each message sent the same
 * byte for byte, without its end. What was recorded happens again: answers, errors with their code
 * and text. Anything else is STATION_ERROR_PROTOCOL with both sides, for this and all further
 * operations. Nothing waits; whose time counts then, tells base/recording_clock.h.
 */

/* The top; owns below, also when it fails: STATION_ERROR_STORAGE. path is written anew. */
struct link *record_open(const char *path, struct link *below, GError **error);

/* Records that opening resource failed, so that it fails again. */
void record_failed_open(const char *path, const char *resource, gint64 start_us,
                        const GError *failure);

/*
 * A link without an instrument: what was recorded in path of resource answers.
 * STATION_ERROR_STORAGE, CONFIG (another instrument's recording), PROTOCOL, and what opening it
 * failed with.
 */
struct link *replay_open(const char *path, const char *resource,
                         const struct link_settings *settings, GError **error);

#endif

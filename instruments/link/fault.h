/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_FAULT_H
#define INSTRUMENTS_LINK_FAULT_H

#include "instruments/link/link.h"

/*
 * A top that spoils the traffic of the link below. argument: KEY=VALUE joined by ','. Owns below,
 * also when it fails: STATION_ERROR_CONFIG.
 */
struct link *fault_open(const char *argument, struct link *below, GError **error);

#endif

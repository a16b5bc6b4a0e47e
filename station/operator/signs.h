/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_SIGNS_H
#define STATION_OPERATOR_SIGNS_H

#include "station/operator/canvas.h"

/*
 * What a terminal of that type (TERM; null: unknown) can show: braille, but blocks on consoles,
 * whose fonts lack it, and ASCII on old terminals and where the locale is not UTF-8. A wish
 * "ascii", "blocks" or "braille" counts more; null or anything else is none.
 */
enum signs signs_of(const char *type, gboolean is_utf8, const char *wish);

#endif

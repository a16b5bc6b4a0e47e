/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RESOURCE_LINE_H
#define INSTRUMENTS_LINK_RESOURCE_LINE_H

#include "instruments/link/resource.h"

/* The part of a resource string that sets a serial line. */

/*
 * "baud=115200&parity=even"; null: 9600 8N1 without flow control. text: the whole string, for
 * messages. STATION_ERROR_CONFIG.
 */
gboolean resource_line_parse(const char *text, const char *settings, struct link_line *line,
                             GError **error);

#endif

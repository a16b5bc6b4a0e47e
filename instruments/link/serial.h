/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_SERIAL_H
#define INSTRUMENTS_LINK_SERIAL_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * A serial line set as resource tells. What waits in its buffers when it is opened is thrown away;
 * clearing closes it and opens it again. STATION_ERROR_IO.
 */
struct link *serial_open(const struct resource *resource, const struct link_settings *settings,
                         const struct bounds *bounds, GError **error);

#endif

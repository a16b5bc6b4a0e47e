/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_TCP_H
#define INSTRUMENTS_LINK_TCP_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * A raw socket to resource's host and port, with TCP_NODELAY and keepalive. It has no device clear:
 * clearing closes it and connects again. Looking up the name and connecting end with the bounds.
 * STATION_ERROR_IO, TIMEOUT, CANCELLED.
 */
struct link *tcp_open(const struct resource *resource, const struct link_settings *settings,
                      const struct bounds *bounds, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_VXI11_H
#define INSTRUMENTS_LINK_VXI11_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * A VXI-11 link to resource's host and device, over ONC RPC. Source: TCP/IP Instrument Protocol
 * Specification VXI-11, revision 1.0. STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL.
 */
struct link *vxi11_open(const struct resource *resource, const struct link_settings *settings,
                        const struct bounds *bounds, GError **error);

#endif

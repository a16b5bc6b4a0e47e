/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_DISCOVER_VXI11_H
#define INSTRUMENTS_LINK_DISCOVER_VXI11_H

#include "base/deadline.h"

#include <gio/gio.h>

/* Whom to ask, and for how long. */
struct discover_vxi11 {
	guint16 port;      /* of the portmappers; 0: theirs, 111 */
	gboolean loopback; /* ask this machine, and no other */
	double wait_s;     /* for answers; ends with the bounds' deadline at the latest */
};

/*
 * Asks every host on the networks of this machine's IPv4 interfaces, by one broadcast each, whether
 * it serves VXI-11. Gives the addresses of those which do, as "192.0.2.7", in the order of their
 * answers, each once; free with g_ptr_array_unref. Their resource is TCPIP::ADDRESS::INSTR, but
 * what devices they have is not known. That the deadline passes is no error. Null: STATION_ERROR_IO
 * when there is no interface to ask on, CANCELLED. Source: LXI device discovery by a broadcast of
 * the portmapper's GETPORT (RFC 1833, §3).
 */
GPtrArray *discover_vxi11(const struct discover_vxi11 *whom, const struct bounds *bounds,
                          GError **error);

#endif

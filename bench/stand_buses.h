/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_STAND_BUSES_H
#define BENCH_STAND_BUSES_H

#include "bench/bus_session.h"
#include "bench/hislip_server.h"

/* Buses beside the raw sockets, as bits. */
enum stand_bus {
	STAND_HISLIP = 1,
	STAND_VXI11 = 2,
	STAND_PROLOGIX = 4,
};

/* The name of a bus, null behind the last; *bus is its bit. */
const char *stand_bus_name(guint i, enum stand_bus *bus);

struct stand_buses_options {
	guint buses;                  /* of enum stand_bus */
	struct hislip_options hislip; /* what it points to is borrowed */
	guint16 port;                 /* the first of consecutive ones; 0: any */
	guint16 portmapper_port;      /* 0: any */
};

/* What is served on the buses. */
struct stand_buses;

/* Nothing is served before stand_buses_add. */
struct stand_buses *stand_buses_new(const struct stand_buses_options *options);
/*
 * Serves a site, counted from 0: its instruments' names ("scope1") and devices, which are copied
 * but not what they point to. STATION_ERROR_IO.
 */
gboolean stand_buses_add(struct stand_buses *buses, guint site, const char *const *names,
                         const struct bus_device *devices, guint n, GError **error);
/* Ends every connection; null is allowed. */
void stand_buses_free(struct stand_buses *buses);

/* How many ports n instruments of one site take; the portmapper's is not among them. */
guint stand_buses_ports(guint buses, guint n);

/* The i-th port that is served, and its name ("scope1_hislip", "portmapper"); null: no more. */
const char *stand_buses_name(const struct stand_buses *buses, guint i, guint16 *port);

#endif

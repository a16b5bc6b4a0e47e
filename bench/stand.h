/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_STAND_H
#define BENCH_STAND_H

#include "bench/stand_buses.h"

struct faults;
struct sim_kind;
struct sim_fixture;
struct world;

/*
 * Everything that the bench serves but its control port: at each site one of every instrument and
 * a fixture controller, each on its own port of 127.0.0.1; instruments on further buses as well.
 */
struct stand;

struct stand_options {
	/*
	 * 0: the kernel chooses every port; else they are consecutive from here on: the raw ones
	 * site by site, then those of the buses.
	 */
	guint16 port_base;
	const struct sim_kind *const
		*kinds; /* what each site has; null: sim_instruments; borrowed */
	gboolean
		shares_switch; /* the first site's switch, and what is behind it, serve all sites */
	struct stand_buses_options buses; /* `port` follows from port_base */
};

/*
 * Starts to serve. The world is borrowed. Null with STATION_ERROR_IO when a port cannot be had.
 */
struct stand *stand_new(struct world *world, const struct stand_options *options, GError **error);
/* Ends all connections. Stops the world. Null is allowed. */
void stand_free(struct stand *stand);

/* Number of ports of one site, without the portmapper's. */
guint stand_ports_per_site(const struct stand_options *options);

/* The i-th thing served ("scope1", "fixture2", "scope1_hislip") and port; null behind the last. */
const char *stand_name(const struct stand *stand, guint i);
guint16 stand_port(const struct stand *stand, guint i);

/*
 * The faults of an endpoint by its name, with or without the number of the site ("scope" is
 * "scope1"); null when there is none. *has_queue: it has an error queue.
 */
struct faults *stand_faults(struct stand *stand, const char *name, gboolean *has_queue);

/* The fixture controller of a site, counted from 0. Borrowed. */
struct sim_fixture *stand_fixture(struct stand *stand, guint site);

#endif

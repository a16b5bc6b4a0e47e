/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_STAND_H
#define BENCH_STAND_H

#include <glib.h>

struct faults;
struct sim_fixture;
struct world;

/*
 * Everything that the bench serves but its control port: at each site one of every instrument and
 * a fixture controller, each on its own port of 127.0.0.1.
 */
struct stand;

/*
 * Starts to serve. The world is borrowed. port_base 0: the kernel chooses every port; else they
 * are consecutive from port_base on, site by site. Null with STATION_ERROR_IO when a port cannot
 * be had.
 */
struct stand *stand_new(struct world *world, guint16 port_base, GError **error);
/* Ends all connections. Stops the world. Null is allowed. */
void stand_free(struct stand *stand);

/* Number of ports of one site. */
guint stand_ports_per_site(void);

/* The i-th endpoint: its name ("scope1", "fixture2") and port; null behind the last. */
const char *stand_name(const struct stand *stand, guint i);
guint16 stand_port(const struct stand *stand, guint i);
/* What it is, for people. */
const char *stand_what(const struct stand *stand, guint i);

/*
 * The faults of an endpoint by its name, with or without the number of the site ("scope" is
 * "scope1"); null when there is none. *has_queue: it has an error queue.
 */
struct faults *stand_faults(struct stand *stand, const char *name, gboolean *has_queue);

/* The fixture controller of a site, counted from 0. Borrowed. */
struct sim_fixture *stand_fixture(struct stand *stand, guint site);

#endif

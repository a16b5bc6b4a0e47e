/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_H
#define BENCH_SIM_H

#include "bench/server.h"

struct world;

/* A kind of simulated device that the bench serves, one at every site. */
struct sim_kind {
	const char *name;  /* as in @name1@ and in the control port's `fault` */
	const char *model; /* as --instruments names it: "e36312a" */
	const char *what;  /* for people: maker and model */
	const struct server_ops *ops;
	/* The device for server_new. world and faults are borrowed; faults may be null. */
	void *(*create)(struct world *world, guint site, struct faults *faults);
	/* After its server ended and world_stop. */
	void (*destroy)(void *device);
	gboolean has_error_queue; /* the fault queue-error makes sense */
	gboolean behind_switch;   /* the switch, and what looks at the light behind it */
};

/* Serial number of an instrument at a site: prefix and five digits. Free with g_free. */
char *sim_serial(const char *prefix, guint site);

/* What a site has unless it is told otherwise, in the order of their ports; null-terminated. */
extern const struct sim_kind *const sim_instruments[];
/* What can stand in the place of those of the same name; null-terminated. */
extern const struct sim_kind *const sim_others[];

#endif

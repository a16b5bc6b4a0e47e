/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_LOT_USE_H
#define REPORTS_LOT_USE_H

#include "reports/record.h"

#include <glib.h>

/*
 * How busy the station was while it did some runs, from their records alone, in time of the wall
 * clock. A unit is under test from the begin of its run to its end; an instrument is busy while a
 * run had it (record_uses). Records from before there were uses say nothing of instruments. Names
 * are the configuration's, with the station's in front where the runs are of several.
 */
struct lot_instrument {
	char *name;
	guint takes;
	double busy_s;
	double busy_pct; /* of the time under test; NAN when that is 0 */
};

struct lot_site {
	char *name;
	guint runs;
	double test_s;   /* with a unit under test */
	double waited_s; /* of it, for instruments that other sites had */
};

/* A time in which units were tested without a pause longer than LOT_PAUSE_S. */
struct lot_session {
	gint64 start_us, end_us;
};
#define LOT_PAUSE_S 300.0

struct lot_use {
	GArray *instruments;  /* struct lot_instrument, the busiest first */
	GArray *sites;        /* struct lot_site, by name */
	GArray *sessions;     /* struct lot_session, in order */
	double test_s;        /* while at least one unit was under test */
	double runs_per_hour; /* runs that ended in test_s; NAN when none did */
};

/* An array of struct run_record, in any order; runs that have not ended are left out. Free with
 * lot_use_free. Names are owned, nothing is borrowed. */
struct lot_use *lot_use_of(const GPtrArray *records);
void lot_use_free(struct lot_use *use); /* null is allowed */

/* What keeps the station: the busiest instrument; null when nothing was taken. */
const struct lot_instrument *lot_use_bottleneck(const struct lot_use *use);

/* "Bottleneck: scope1, busy 93.2 % of the 1 h 02 min with a unit under test. 12.3 runs an hour."
 * Free with g_free. */
char *lot_use_text(const struct lot_use *use);

/* How a run's site and instruments are called among those records; free with g_free. */
gboolean lot_use_many_stations(const GPtrArray *records);
char *lot_use_site_name(const struct run_record *run, gboolean many);
char *lot_use_instrument_name(const struct run_record *run, guint instrument, gboolean many);

/* The use of a run in seconds; FALSE when it has no such one. */
struct lot_use_interval {
	double start_s, waited_s, held_s; /* from the run's start */
	guint64 instruments;              /* bits of the run's instruments */
	int step;                         /* -1: none */
};
gboolean lot_use_at(const struct run_record *run, guint i, struct lot_use_interval *interval);

#endif

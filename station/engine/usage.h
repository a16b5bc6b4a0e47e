/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_USAGE_H
#define STATION_ENGINE_USAGE_H

#include <glib.h>

/*
 * How busy instruments and sites are: a ledger that the pool keeps of who takes and gives what
 * when, and sites of what they do. Sums only, so that its size depends on the configuration alone;
 * the intervals of a run are in its record (reports/record.h, struct record_use).
 *
 * A unit is under test from when its site begins with it, loading included, to when its site is
 * free for the next one. An instrument is busy while it is taken, whatever is done with it.
 *
 * The whole lot: the time from the first take to the last give while at least one unit was under
 * test. The steady part of it: from when the last of the sites that had a unit began its first
 * one, until the first of them ended its last one, so that neither the beginning nor the end, when
 * sites have nothing to do, counts. There is none when those two moments are the other way round.
 *
 * The moment of each call is g_get_monotonic_time(), not the clock of base/clock.h: a ledger only
 * looks on, and would change what a recording of that clock is asked for. Moments do not go back;
 * one that does counts as the latest. From any thread.
 */
struct usage;

enum usage_doing {
	USAGE_IDLE,    /* no unit */
	USAGE_LOADING, /* the unit in, out, or something is made whole or safe first */
	USAGE_RUNNING, /* a step */
	USAGE_RAMPING, /* a step that brings the unit to a corner */
	USAGE_WAITING, /* for instruments that others have */
	USAGE_N_DOINGS,
};

/* "idle", "loading", "running", "ramping", "waiting". Static storage. */
const char *usage_doing_name(enum usage_doing doing);

/* Names are copied. Instruments are told by their place in `instruments`, sites by their number. */
struct usage *usage_new(const char *const *instruments, guint n_instruments, const int *sites,
                        guint n_sites);
void usage_free(struct usage *usage); /* null is allowed */

/*
 * What a site does from now on; what it waits for meanwhile does not change that. Anything after
 * USAGE_IDLE begins with a unit, USAGE_IDLE ends with it. USAGE_WAITING is none that can be said,
 * usage_ask does. A site that is not known is ignored.
 */
void usage_does(struct usage *usage, int site, enum usage_doing doing, gint64 now_us);

/*
 * Somebody asks for instruments; has them, or has given up waiting (`n` 0); gives one back. site 0:
 * none in particular.
 */
void usage_ask(struct usage *usage, int site, gint64 now_us);
void usage_take(struct usage *usage, int site, const guint *instruments, guint n, gint64 now_us);
void usage_give(struct usage *usage, guint instrument, gint64 now_us);

/* How long the site waited the last time that it asked, real seconds. */
double usage_waited_s(struct usage *usage, int site);

/* --- what comes of it ---------------------------------------------------------------------------
 * Seconds are of the process (base/clock.h): real ones times clock_scale(). */

struct usage_instrument {
	const char *name; /* borrowed from the ledger */
	guint takes;      /* while a unit was under test, as all here */
	double busy_s;
	double busy_pct;        /* of window_s; NAN when that is 0 */
	double steady_busy_pct; /* of steady_s; likewise */
};

struct usage_site {
	int site;
	guint units;                    /* that it is done with */
	double doing_s[USAGE_N_DOINGS]; /* from the first unit of any site to the last end of one */
};

struct usage_summary {
	double window_s, steady_s; /* see above; 0: there is none */
	double lot_s;              /* from the first unit begun to the last one ended, or now */
	guint units;
	double cycle_s;        /* median of the units' time under test; NAN when none has ended */
	double units_per_hour; /* units that ended in lot_s; NAN when none has */
	double steady_units_per_hour; /* what cycle_s and the number of sites that had a unit
	                               * promise; NAN likewise */
	int bottleneck;      /* the busiest of `instruments`, the first of several; -1 none */
	GArray *instruments; /* struct usage_instrument, as in usage_new */
	GArray *sites;       /* struct usage_site, likewise; only those that had a unit */
};

/* Until now. Free with usage_summary_free before the ledger. */
struct usage_summary *usage_read(struct usage *usage, gint64 now_us);
void usage_summary_free(struct usage_summary *summary); /* null is allowed */
typedef struct usage_summary usage_summary;             /* for g_autoptr(usage_summary) only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(usage_summary, usage_summary_free)

#endif

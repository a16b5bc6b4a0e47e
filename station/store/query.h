/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_QUERY_H
#define STATION_STORE_QUERY_H

#include "station/store/pace.h"
#include "station/store/store.h"

/*
 * What a screen asks the store after each unit: small answers, from indexes, without reading a
 * document. Errors as in store.h; an array is owning, free it with g_ptr_array_unref.
 */

/* Whether a run that ended so judged its unit: PASS or FAIL. What ended in ERROR or ABORTED is no
 * try, whoever counts them. */
gboolean store_is_try(enum verdict verdict);

/* Units are told apart by their serial numbers; a unit has the verdict of its latest run. */
struct store_counts {
	guint units, runs;
	guint passed, failed, errors, aborted; /* units */
	/* Units of which the first run that judged them (PASS or FAIL; others are no tries) is one
	 * of these runs, and how many of them that passed: first-pass yield. */
	guint first_tries, first_passed;
};

/* The runs of a station that were begun at or after a time (microseconds since 1970). A unit that
 * any station of this store had judged before then has no first try here. */
gboolean store_shift(struct store *store, const char *station, gint64 since_us,
                     struct store_counts *counts, GError **error);

/* What units were lost by. */
struct store_cause {
	char *step;           /* the first step that failed, or what else did: "load", "undo" */
	char *measurement;    /* the first value of the run that failed, superseded steps left out;
	                       * "" when none did */
	enum verdict verdict; /* FAIL or ERROR */
	guint count;          /* units */
};

/* The runs of a lot, wherever: a first try is the first in the lot. With it, unless causes is null,
 * an array of struct store_cause, most frequent first, at most n. */
gboolean store_lot(struct store *store, const char *lot, struct store_counts *counts, guint n,
                   GPtrArray **causes, GError **error);

struct store_run {
	char *run_id, *serial, *part_number, *lot;
	int site;
	enum verdict verdict;
	gboolean marginal;
	char *reason, *first_failing_step; /* null on PASS */
	gint64 start_us;
	double seconds;
	gboolean touched; /* the unit, since it began, and no run passed since then (touch.h) */
};

/* A station's last runs, newest first: array of struct store_run, at most n. Null with error. */
GPtrArray *store_last_runs(struct store *store, const char *station, guint n, GError **error);
/* A unit's runs in a lot (null: in any), oldest first. */
GPtrArray *store_unit_runs(struct store *store, const char *serial, const char *lot,
                           GError **error);

/* From the last n runs of a plan on a product that passed; of steps that were tried again the first
 * attempt. Null with error. */
struct pace *store_pace(struct store *store, const char *part_number, const char *plan,
                        const char *plan_revision, guint n, GError **error);

/* What operators did: one line, on the disk when it returns TRUE. */
struct store_log_entry {
	gint64 time_us;
	char *who;  /* "" nobody in particular */
	char *what; /* "login", "logout", "handover", "acknowledge", "abort", "retest", "override"
	             */
	char *text; /* free, "" */
};
gboolean store_log_add(struct store *store, gint64 time_us, const char *who, const char *what,
                       const char *text, GError **error);
/* Array of struct store_log_entry, newest (last added) first, at most n. Null with error. */
GPtrArray *store_log_last(struct store *store, guint n, GError **error);

#endif

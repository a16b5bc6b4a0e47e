/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_LOT_H
#define REPORTS_LOT_H

#include "reports/report.h"

#include <glib.h>

/*
 * What a lot's runs say together. A unit is known by its serial number. Of several runs of a stage
 * the last counts. A unit FAILED when the last run of some stage failed; it is NOT JUDGED when that
 * is not so but some last run ended in ERROR, ABORTED or no verdict, or when it lacks a stage that
 * another unit of the lot went through, or was touched by hand after it had passed; otherwise it
 * PASSED. First pass: it passed and needed no second run of any stage.
 */
struct lot_unit {
	const char *serial;               /* borrowed, like all from the records */
	const char *part_number, *type;   /* as the telling run says */
	const struct run_record *telling; /* the run that decides the verdict and its reason */
	enum verdict verdict; /* PASS, FAIL, ERROR or ABORTED; NONE: a stage is missing, or it was
	                       * touched by hand after it passed */
	gboolean first_pass;
	gboolean marginal;
	gboolean touched; /* by hand, after it had passed */
	guint n_runs;
	double duration_s; /* of all runs that ended */
};

struct lot_cause { /* how many failed units failed first at a step */
	const char *step;
	guint count;
};

struct lot_type { /* the units of one type */
	const char *type;
	guint units, passed, first_passed, failed, not_judged;
};

struct lot_parameter { /* how many failed units failed at a measurement, of each type */
	const char *id;
	guint count;
	guint *by_type; /* as long as the summary's types */
};

struct lot_time { /* how long a step takes; attempts count one by one, skipped ones do not */
	const char *step;
	double median_s, total_s;
	guint count;
};

struct lot_summary {
	GArray *units;      /* struct lot_unit, as the lot wants them */
	GArray *types;      /* struct lot_type, as the units */
	GArray *causes;     /* struct lot_cause, most frequent first */
	GArray *parameters; /* struct lot_parameter, most frequent first */
	GArray *times;      /* struct lot_time, in order of first appearance */
	guint passed, first_passed, failed, not_judged;
	double median_run_s; /* NAN when no run ended */
};

struct lot_summary *lot_summarise(const struct lot_report *lot);
void lot_summary_free(struct lot_summary *summary); /* null is allowed */

/* good / (passed + failed): units that were not judged do not count. NAN when there is none. */
double lot_yield(guint good, guint passed, guint failed);

/* A unit's verdict as a word: "PASS" ..., "INCOMPLETE" when a stage is missing, "TOUCHED". */
const char *lot_unit_word(const struct lot_unit *unit);

/* Why the unit did not pass, as the telling run says, or that it was touched since. Free with
 * g_free; null when there is nothing to say. */
char *lot_unit_reason(const struct lot_unit *unit);

/* "Lot NAME", or what a span is called. Free with g_free. */
char *lot_title(const char *name, const struct report_span *span);

/* "95 %: 19 of 20", with bounds (may be null) "95 % (75.1 to 99.9 %): 19 of 20"; "none". Free with
 * g_free. */
char *lot_yield_text(guint good, guint passed, guint failed, report_bounds_fn *bounds);

#endif

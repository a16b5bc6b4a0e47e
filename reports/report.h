/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "reports/record.h"

#include <glib.h>

/*
 * Writers: a record (or a lot of them) in, text out. Free results with g_free. None of them can
 * fail on a valid record.
 */

/* One self-contained HTML page for a unit: verdict and why, lane x parameter matrix with limits and
 * margins, eye pictures and matrices, waterfalls with fit and FEC line, sweeps and maps,
 * calibration tables and constants with where they come from, steps with times, instruments with
 * calibration dates, file hashes. No script, no network, printable. */
char *report_unit_html(const struct run_record *record);

/* Measurements as CSV (RFC 4180), one line each, header first. */
char *report_unit_csv(const struct run_record *record);
/* Likewise the constants that were written, with address, whole number and provenance. */
char *report_constants_csv(const struct run_record *record);

/* A time at a station instead of a lot: what was begun from since_us on and before until_us. */
struct report_span {
	const char *station;
	gint64 since_us, until_us;
	gint64 now_us; /* what comes behind has not happened yet */
};

/* Bounds of a share, at 95 %; NAN when `of` is 0. */
typedef void report_bounds_fn(guint good, guint of, double *low, double *high);

/* A lot: records in the order of their start. Yield with counts, also by type, Pareto of first
 * failing step and of failing parameters, time per step, how busy the station was with a Gantt
 * chart (gantt.h), table of units linking to `unit_href(record)` (may be null; result freed by
 * g_free). */
struct lot_report {
	const char *lot;    /* its name; of a span what it is called */
	GPtrArray *records; /* struct run_record, borrowed */
	char *(*unit_href)(const struct run_record *record, gpointer data);
	gpointer data;
	/* serial numbers in the order of the units, null-terminated, borrowed; null: as they began,
	 * and so are units that it does not name, behind the others */
	const char *const *serials;
	const struct report_span *span; /* null: a lot */
	report_bounds_fn *bounds;       /* of yields; null: they are given without */
};
char *report_lot_html(const struct lot_report *lot);
char *report_lot_json(const struct lot_report *lot);
char *report_lot_csv(const struct lot_report *lot);

#endif

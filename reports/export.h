/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_EXPORT_H
#define REPORTS_EXPORT_H

#include "reports/accept.h"
#include "reports/factory.h"
#include "reports/report.h"

#include <glib.h>

/*
 * Writers of the formats that factories read. Each takes one run or those of a lot, and gives the
 * same bytes for the same records. What the formats agree on:
 *
 * - A test is a measurement of a step that no later attempt replaced. What a replaced attempt
 *   measured counts nowhere; that there was one is told wherever the format has room for it.
 * - Limits are those that decided: with the rule GUARDED, the limits less their guard bands.
 * - Of several rows that judge a value the tightest bounds are given.
 * - A value that is missing is never written as a number that could pass.
 * - docs/exports.md tells how verdicts become the format's own words.
 */
struct report_set {
	const char *lot;    /* or what a span is called; null: the one run by itself */
	GPtrArray *records; /* struct run_record in the order of their start, borrowed */
	const struct report_factory *factory; /* may be null */
	const struct report_span *span;       /* as in struct lot_report, and so is bounds */
	report_bounds_fn *bounds;
};

/* JUnit XML, in the dialect that Jenkins reads: a suite for each run. */
GBytes *export_junit(const struct report_set *set);

/* STDF V4, little-endian. */
GBytes *export_stdf(const struct report_set *set);

/* WATS Standard JSON Format, and the test record of OpenHTF as JSON: an object for a run, an array
 * of them for a lot. */
GBytes *export_wsjf(const struct report_set *set);
GBytes *export_openhtf(const struct report_set *set);

/* A report to print: of the unit, or of the lot. Pages of A4. */
GBytes *export_pdf(const struct report_set *set);

/* --- what the writers share ------------------------------------------------------------------ */

struct export_test {
	const struct record_measurement *measurement; /* borrowed */
	const struct record_step *step;               /* borrowed; null: an index of none */
	struct accept accept;
	char *name; /* "tx_tdecq lane 3 70C 3.135V", with " #2" where its step has it twice */
};

/* The tests of a run in their order. Free with g_ptr_array_unref. */
GPtrArray *export_tests(const struct run_record *record);

/*
 * The unit that values are printed in, and what those of the record are multiplied by: "nm" for
 * lengths, as all that are measured are wavelengths, "mA" for currents, "" for plain numbers. It
 * does not depend on the value. Static storage.
 */
const char *export_unit(const char *unit, double *factor);

/* A finding that is yes or no, or would be if its step had come to one. */
gboolean export_is_yes_no(const struct record_measurement *measurement);

/* The step that a test belongs to by name; "" for none. */
const char *export_step_name(const struct export_test *test);

/* True when a later run of the set is of the same unit and stage. */
gboolean export_is_replaced(const struct report_set *set, guint run);
/* True when an earlier one is. */
gboolean export_is_retest(const struct report_set *set, guint run);

/* "2026-11-22T21:04:22.031Z"; "" for 0. Free with g_free. */
char *export_time(gint64 unix_us);

/* From start to end, 0 for a run that has not ended. */
double export_run_seconds(const struct run_record *record);

/* "laser off: no answer", what is told of a step that did not pass. Free with g_free. */
char *export_step_line(const struct record_step *step);

#endif

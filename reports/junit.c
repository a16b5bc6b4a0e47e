/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/export.h"

#include "limits/value.h"
#include "reports/corner.h"
#include "reports/markup.h"

#include <math.h>
#include <string.h>

/* One test case, before it is written: totals stand in front of the cases. */
struct test_case {
	char *class_name, *name, *message;
	const char *kind; /* of the failure or error */
	enum verdict verdict;
	double time_s;
};

struct suite {
	const struct run_record *record;
	GPtrArray *cases; /* struct test_case */
	guint failures, errors, skipped;
	guint recorded; /* values that nothing judges */
};

static void case_free(gpointer data)
{
	struct test_case *one = data;
	g_free(one->class_name);
	g_free(one->name);
	g_free(one->message);
	g_free(one);
}

/* Readers take what stands before the last point for a package. */
static char *class_of(const char *step, int lane)
{
	g_autofree char *name = g_strdelimit(g_strdup(*step ? step : "run"), ".", '_');
	return lane > 0 ? g_strdup_printf("%s.lane%d", name, lane)
	                : g_strdup_printf("%s.unit", name);
}

/* Takes name and message. */
static struct test_case *add_case(struct suite *suite, const char *step, int lane, char *name,
                                  enum verdict verdict, char *message)
{
	struct test_case *one = g_new0(struct test_case, 1);
	one->class_name = class_of(step, lane);
	one->name = name;
	one->message = message;
	one->verdict = verdict;
	one->kind = "error";
	g_ptr_array_add(suite->cases, one);
	suite->failures += verdict == VERDICT_FAIL;
	suite->errors += verdict == VERDICT_ERROR || verdict == VERDICT_ABORTED;
	suite->skipped += verdict == VERDICT_SKIPPED;
	return one;
}

static char *message_of(const struct export_test *test)
{
	const struct record_measurement *measurement = test->measurement;
	g_autofree char *value = value_text(measurement->value, measurement->unit, 0);
	if (measurement->reason)
		return g_strdup(measurement->reason);
	return isnan(measurement->value) ? g_strdup("no value") : g_steal_pointer(&value);
}

static void add_test(struct suite *suite, const struct export_test *test)
{
	const struct record_measurement *measurement = test->measurement;
	if (measurement->verdict == VERDICT_NONE) {
		suite->recorded++;
		return;
	}
	struct test_case *one =
		add_case(suite, export_step_name(test), measurement->lane, g_strdup(test->name),
	                 measurement->verdict, message_of(test));
	if (measurement->verdict == VERDICT_FAIL)
		one->kind = measurement->judgements->len > 0 ? "limit" : "finding";
	else if (measurement->verdict == VERDICT_ABORTED)
		one->kind = "aborted";
}

/* A step is a case of its own where none of its values says what became of it. */
static void add_step(struct suite *suite, const struct record_step *step, enum verdict worst)
{
	if (step->superseded || (worst != VERDICT_NONE && worst >= step->verdict))
		return;
	struct test_case *one = add_case(suite, step->name, step->lane, g_strdup("step"),
	                                 step->verdict, g_strdup(step->reason));
	if (*step->corner != '\0') {
		g_free(one->name);
		one->name = g_strdup_printf("step %s", step->corner);
	}
	if (step->error_kind)
		one->kind = step->error_kind;
	else if (step->verdict != VERDICT_ERROR)
		one->kind = step->verdict == VERDICT_ABORTED ? "aborted" : "step";
}

/* The time of a step is that of its first case. */
static void add_cases(struct suite *suite, const GPtrArray *tests)
{
	const struct run_record *record = suite->record;
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		enum verdict worst = VERDICT_NONE;
		guint first = suite->cases->len;
		for (guint t = 0; t < tests->len; t++) {
			const struct export_test *test = tests->pdata[t];
			if (test->step != step)
				continue;
			add_test(suite, test);
			worst = verdict_worst(worst, test->measurement->verdict);
		}
		add_step(suite, step, worst);
		if (first < suite->cases->len)
			((struct test_case *)suite->cases->pdata[first])->time_s = step->duration_s;
	}
	for (guint t = 0; t < tests->len; t++) {
		const struct export_test *test = tests->pdata[t];
		if (!test->step)
			add_test(suite, test);
	}
	/* what spoilt the run outside of its steps */
	if (record->verdict >= VERDICT_FAIL && suite->failures + suite->errors == 0)
		add_case(suite, "", 0, g_strdup("verdict"), record->verdict,
		         g_strdup(record->reason));
	if (record->verdict == VERDICT_NONE)
		add_case(suite, "", 0, g_strdup("verdict"), VERDICT_ERROR,
		         g_strdup(record->reason ? record->reason : "no verdict was reached"));
}

static struct suite collect(const struct run_record *record)
{
	struct suite suite = {.record = record};
	g_autoptr(GPtrArray) tests = export_tests(record);
	suite.cases = g_ptr_array_new_with_free_func(case_free);
	add_cases(&suite, tests);
	return suite;
}

/* --- writing --------------------------------------------------------------------------------- */

static void write_count(struct markup *markup, const char *name, guint count)
{
	g_autofree char *text = g_strdup_printf("%u", count);
	markup_attr(markup, name, text);
}

static void write_seconds(struct markup *markup, double seconds)
{
	g_autofree char *text = markup_number(seconds, 3);
	markup_attr(markup, "time", text);
}

static void write_property(struct markup *markup, const char *name, const char *value)
{
	if (!value || *value == '\0')
		return;
	markup_open(markup, "property");
	markup_attr(markup, "name", name);
	markup_attr(markup, "value", value);
	markup_close(markup);
}

static void write_properties(struct markup *markup, const struct run_record *record,
                             gboolean is_retest, gboolean is_replaced)
{
	g_autofree char *site = g_strdup_printf("%d", record->site);
	const struct {
		const char *name, *value;
	} rows[] = {
		{"run_id", record->run_id},
		{"verdict", verdict_name(record->verdict)},
		{"marginal", record->marginal ? "true" : NULL},
		{"reason", record->reason},
		{"first_failing_step", record->first_failing_step},
		{"serial", record->serial},
		{"part_number", record->part_number},
		{"type", record->type},
		{"form_factor", record->form_factor},
		{"product", record->product},
		{"lot", record->lot},
		{"stage", record->stage},
		{"retest", is_retest ? "true" : NULL},
		{"replaced_by_later_run", is_replaced ? "true" : NULL},
		{"station", record->station_id},
		{"station_version", record->station_version},
		{"site", site},
		{"operator", record->operator_name},
		{"plan", record->plan_name},
		{"plan_revision", record->plan_revision},
		{"limits_edition", record->limits_edition},
		{"firmware", record->identity.firmware},
	};
	markup_open(markup, "properties");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		write_property(markup, rows[i].name, rows[i].value);
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *file = record->files->pdata[i];
		g_autofree char *name = g_strdup_printf("sha256.%s.%s", file->role, file->name);
		write_property(markup, name, file->sha256);
	}
	markup_close(markup);
}

static void write_case(struct markup *markup, const struct test_case *one)
{
	const char *tag = one->verdict == VERDICT_FAIL      ? "failure"
	                  : one->verdict == VERDICT_SKIPPED ? "skipped"
	                                                    : "error";
	markup_open(markup, "testcase");
	markup_attr(markup, "classname", one->class_name);
	markup_attr(markup, "name", one->name);
	write_seconds(markup, one->time_s);
	if (one->verdict >= VERDICT_FAIL || one->verdict == VERDICT_SKIPPED) {
		markup_open(markup, tag);
		if (one->verdict != VERDICT_SKIPPED)
			markup_attr(markup, "type", one->kind);
		markup_attr(markup, "message", one->message ? one->message : "");
		markup_close(markup);
	}
	markup_close(markup);
}

/* What has no case of its own: replaced attempts, values without limits, notes. */
static void write_output(struct markup *markup, const struct suite *suite)
{
	const struct run_record *record = suite->record;
	g_autoptr(GString) text = g_string_new(NULL);
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		g_autofree char *line = export_step_line(step);
		if (step->superseded)
			g_string_append_printf(text, "%s\n", line);
	}
	for (guint i = 0; i < record->notes->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)record->notes->pdata[i]);
	if (suite->recorded > 0)
		g_string_append_printf(text, "%u values were recorded without being judged\n",
		                       suite->recorded);
	if (text->len > 0)
		markup_element(markup, "system-out", NULL, text->str);
}

static void write_suite(struct markup *markup, const struct report_set *set, guint run,
                        const struct suite *suite)
{
	const struct run_record *record = suite->record;
	g_autofree char *name =
		g_strdup_printf("%s %s %s", record->part_number, record->serial, record->stage);
	g_autofree char *start = export_time(record->start_us);
	markup_open(markup, "testsuite");
	markup_attr(markup, "name", g_strstrip(name));
	write_count(markup, "tests", suite->cases->len);
	write_count(markup, "failures", suite->failures);
	write_count(markup, "errors", suite->errors);
	write_count(markup, "skipped", suite->skipped);
	write_seconds(markup, export_run_seconds(record));
	markup_attr(markup, "timestamp", start);
	markup_attr(markup, "hostname", record->station_id);
	markup_attr(markup, "id", record->run_id);
	write_properties(markup, record, export_is_retest(set, run), export_is_replaced(set, run));
	for (guint i = 0; i < suite->cases->len; i++)
		write_case(markup, suite->cases->pdata[i]);
	write_output(markup, suite);
	markup_close(markup);
}

static void write_totals(struct markup *markup, const struct report_set *set, const GArray *suites)
{
	guint tests = 0, failures = 0, errors = 0, skipped = 0;
	double seconds = 0;
	for (guint i = 0; i < suites->len; i++) {
		const struct suite *suite = &g_array_index(suites, struct suite, i);
		tests += suite->cases->len;
		failures += suite->failures;
		errors += suite->errors;
		skipped += suite->skipped;
		seconds += export_run_seconds(suite->record);
	}
	markup_attr(markup, "name", set->lot ? set->lot : "station");
	write_count(markup, "tests", tests);
	write_count(markup, "failures", failures);
	write_count(markup, "errors", errors);
	write_count(markup, "skipped", skipped);
	write_seconds(markup, seconds);
}

static void suite_clear(gpointer data)
{
	g_ptr_array_unref(((struct suite *)data)->cases);
}

GBytes *export_junit(const struct report_set *set)
{
	struct markup *markup = markup_new_xml();
	g_autoptr(GArray) suites = g_array_new(FALSE, FALSE, sizeof(struct suite));
	g_array_set_clear_func(suites, suite_clear);
	for (guint i = 0; i < set->records->len; i++) {
		struct suite suite = collect(set->records->pdata[i]);
		g_array_append_val(suites, suite);
	}
	markup_open(markup, "testsuites");
	write_totals(markup, set, suites);
	for (guint i = 0; i < suites->len; i++)
		write_suite(markup, set, i, &g_array_index(suites, struct suite, i));
	char *text = markup_end(markup);
	return g_bytes_new_take(text, strlen(text));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/export.h"

#include "base/number.h"
#include "reports/corner.h"
#include "reports/json_text.h"

#include <math.h>
#include <string.h>

/*
 * The test record of OpenHTF as its JSON output writes it: a phase for each step and attempt, in it
 * a measurement for each test, and one with a dimension for each curve. A replaced attempt is a
 * phase that was skipped, as a repeated phase is there.
 */

/* Codes are UNECE's, where OpenHTF has one. */
static const struct {
	const char *unit, *name, *code, *suffix;
} units[] = {
	{"V", "volt", "VLT", "V"},
	{"mA", "milliampere", "4K", "mA"},
	{"W", "watt", "WTT", "W"},
	{"Hz", "hertz", "HTZ", "Hz"},
	{"s", "second [unit of time]", "SEC", "s"},
	{"nm", "nanometre", "C45", "nm"},
	{"degC", "degree Celsius", "CEL",
         "\xC2\xB0"
         "C"},
	{"dB", "decibel", "2N", "dB"},
	{"%", "percent", "P1", "%"},
	{"bit/s", "bit per second", "B10", "bit/s"},
};

static gint64 millis(gint64 unix_us)
{
	return unix_us / 1000;
}

static gint64 end_of(const struct record_step *step)
{
	return millis(step->start_us + (gint64)(step->duration_s * G_USEC_PER_SEC));
}

static gint64 end_of_run(const struct run_record *record)
{
	return millis(record->end_us > 0 ? record->end_us : record->start_us);
}

/* --- measurements ---------------------------------------------------------------------------- */

/* A unit; with a description the dimension of a curve that has it. */
static void write_unit(struct json_text *json, const char *key, const char *unit,
                       const char *description)
{
	gsize i = 0;
	while (i < G_N_ELEMENTS(units) && strcmp(units[i].unit, unit) != 0)
		i++;
	gboolean known = i < G_N_ELEMENTS(units);
	json_text_open(json, key, '{');
	json_text_string(json, "name", description ? description : known ? units[i].name : unit);
	json_text_string(json, "code", known ? units[i].code : NULL);
	json_text_string(json, "suffix", known ? units[i].suffix : unit);
	if (description)
		json_text_string(json, "description", description);
	json_text_close(json, '}');
}

/* "0 <= x <= 3.4" */
static char *validator_of(double low, double high)
{
	g_autofree char *from = isfinite(low) ? number_format(low) : NULL;
	g_autofree char *to = isfinite(high) ? number_format(high) : NULL;
	if (!from && !to)
		return NULL;
	return g_strconcat(from ? from : "", from ? " <= x" : "x", to ? " <= " : "", to, NULL);
}

static const char *outcome_of(const struct record_measurement *measurement)
{
	switch (measurement->verdict) {
	case VERDICT_PASS:
		return "PASS";
	case VERDICT_FAIL:
		return "FAIL";
	case VERDICT_SKIPPED:
		return "SKIPPED";
	case VERDICT_NONE: /* without a validator whatever was set passes */
		return isfinite(measurement->value) ? "PASS" : "UNSET";
	default:
		return "UNSET";
	}
}

static void write_value(struct json_text *json, const struct record_measurement *measurement,
                        double value)
{
	if (isfinite(value) && export_is_yes_no(measurement))
		json_text_flag(json, "measured_value", value == 1);
	else if (isfinite(value))
		json_text_number(json, "measured_value", value);
	else
		json_text_string(json, "measured_value",
		                 isnan(value) ? "nan"
		                 : value > 0  ? "inf"
		                              : "-inf");
}

static void write_measurement(struct json_text *json, const struct export_test *test)
{
	const struct record_measurement *measurement = test->measurement;
	double factor;
	const char *unit = export_unit(measurement->unit, &factor);
	g_autofree char *validator = measurement->verdict == VERDICT_NONE
	                                     ? NULL
	                                     : validator_of(accept_low(&test->accept) * factor,
	                                                    accept_high(&test->accept) * factor);
	if (!validator && export_is_yes_no(measurement))
		validator = g_strdup("x == True");
	json_text_open(json, test->name, '{');
	json_text_string(json, "name", test->name);
	json_text_string(json, "outcome", outcome_of(measurement));
	write_value(json, measurement, measurement->value * factor);
	if (*unit != '\0')
		write_unit(json, "units", unit, NULL);
	if (validator) {
		json_text_open(json, "validators", '[');
		json_text_string(json, NULL, validator);
		json_text_close(json, ']');
	}
	if (measurement->marginal)
		json_text_flag(json, "marginal", TRUE);
	if (measurement->reason)
		json_text_string(json, "docstring", measurement->reason);
	json_text_close(json, '}');
}

/* --- curves ---------------------------------------------------------------------------------- */

static char *name_of_curve(const struct run_record *record, const struct record_series *series)
{
	const char *corner = corner_of(record, series->corner, series->step);
	g_autoptr(GString) name = g_string_new(series->id);
	if (series->lane > 0)
		g_string_append_printf(name, " lane %d", series->lane);
	if (*corner != '\0')
		g_string_append_printf(name, " %s", corner);
	if (*series->label != '\0')
		g_string_append_printf(name, " %s", series->label);
	return g_strdup(name->str);
}

/* Pairs of numbers; places where either is none are left out. */
static void write_points(struct json_text *json, const struct record_series *series,
                         double x_factor, double y_factor)
{
	json_text_open(json, "measured_value", '[');
	for (guint i = 0; i < MIN(series->x->len, series->y->len); i++) {
		const double pair[] = {g_array_index(series->x, double, i) * x_factor,
		                       g_array_index(series->y, double, i) * y_factor};
		if (isfinite(pair[0]) && isfinite(pair[1]))
			json_text_numbers(json, NULL, pair, 2);
	}
	json_text_close(json, ']');
}

static void write_curve(struct json_text *json, const struct record_series *series,
                        const char *name)
{
	double x_factor, y_factor;
	const char *x_unit = export_unit(series->x_unit, &x_factor);
	const char *y_unit = export_unit(series->y_unit, &y_factor);
	json_text_open(json, name, '{');
	json_text_string(json, "name", name);
	json_text_string(json, "outcome", "PASS"); /* nothing judges it */
	write_points(json, series, x_factor, y_factor);
	json_text_open(json, "dimensions", '[');
	write_unit(json, NULL, x_unit, series->x_name);
	json_text_close(json, ']');
	if (*y_unit != '\0')
		write_unit(json, "units", y_unit, NULL);
	json_text_string(json, "docstring", series->y_name);
	json_text_close(json, '}');
}

/* What a step drew; later ones of one name, which may be a test's too, have a number. */
static void write_curves(struct json_text *json, const struct run_record *record,
                         const GPtrArray *tests, guint step)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint t = 0; t < tests->len; t++) {
		const struct export_test *test = tests->pdata[t];
		if (test->measurement->step == step)
			g_hash_table_insert(seen, g_strdup(test->name), GUINT_TO_POINTER(1));
	}
	for (guint i = 0; i < record->series->len; i++) {
		const struct record_series *series = record->series->pdata[i];
		if (series->step != step || run_record_superseded(record, step))
			continue;
		char *name = name_of_curve(record, series);
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, name)) + 1;
		g_autofree char *numbered = n > 1 ? g_strdup_printf("%s #%u", name, n) : NULL;
		write_curve(json, series, numbered ? numbered : name);
		g_hash_table_insert(seen, name, GUINT_TO_POINTER(n));
	}
}

/* --- phases ---------------------------------------------------------------------------------- */

static const char *phase_outcome(const struct record_step *step)
{
	if (step->superseded)
		return "SKIP";
	switch (step->verdict) {
	case VERDICT_FAIL:
		return "FAIL";
	case VERDICT_SKIPPED:
		return "SKIP";
	case VERDICT_ERROR:
	case VERDICT_ABORTED:
		return "ERROR";
	default:
		return "PASS";
	}
}

static void write_codeinfo(struct json_text *json, const char *key, const char *name,
                           const char *docstring)
{
	json_text_open(json, key, '{');
	json_text_string(json, "name", name);
	json_text_string(json, "docstring", docstring);
	json_text_string(json, "sourcecode", "");
	json_text_close(json, '}');
}

static void write_empty(struct json_text *json, const char *key, char open, char close)
{
	json_text_open(json, key, open);
	json_text_close(json, close);
}

static void write_phase(struct json_text *json, const struct run_record *record,
                        const GPtrArray *tests, guint i)
{
	const struct record_step *step = record->steps->pdata[i];
	g_autoptr(GString) name = g_string_new(step->name);
	gboolean marginal = FALSE;
	if (step->lane > 0)
		g_string_append_printf(name, " lane %d", step->lane);
	if (*step->corner != '\0')
		g_string_append_printf(name, " %s", step->corner);
	json_text_open(json, NULL, '{');
	json_text_int(json, "descriptor_id", i);
	json_text_string(json, "name", name->str);
	write_codeinfo(json, "codeinfo", step->kind, NULL);
	json_text_string(json, "subtest_name", NULL);
	json_text_int(json, "start_time_millis", millis(step->start_us));
	json_text_int(json, "end_time_millis", end_of(step));
	json_text_string(json, "outcome", phase_outcome(step));
	json_text_open(json, "measurements", '{');
	for (guint t = 0; t < tests->len; t++) {
		const struct export_test *test = tests->pdata[t];
		if (test->step != step)
			continue;
		write_measurement(json, test);
		marginal = marginal || test->measurement->marginal;
	}
	write_curves(json, record, tests, i);
	json_text_close(json, '}');
	json_text_flag(json, "marginal", marginal);
	write_empty(json, "attachments", '{', '}');
	write_empty(json, "diagnosers", '[', ']');
	write_empty(json, "diagnosis_results", '[', ']');
	write_empty(json, "failure_diagnosis_results", '[', ']');
	json_text_close(json, '}');
}

/* --- the record ------------------------------------------------------------------------------ */

static void write_log(struct json_text *json, int level, gint64 at_millis, const char *message)
{
	json_text_open(json, NULL, '{');
	json_text_int(json, "level", level);
	json_text_string(json, "logger_name", "station");
	json_text_string(json, "source", "run");
	json_text_int(json, "lineno", 0);
	json_text_int(json, "timestamp_millis", at_millis);
	json_text_string(json, "message", message);
	json_text_close(json, '}');
}

/* Levels are those of Python's logging. */
static void write_logs(struct json_text *json, const struct run_record *record)
{
	enum { INFO = 20, WARNING = 30, ERROR = 40 };
	json_text_open(json, "log_records", '[');
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		g_autofree char *line = export_step_line(step);
		if (step->superseded || step->verdict >= VERDICT_FAIL)
			write_log(json, step->verdict >= VERDICT_ERROR ? ERROR : WARNING,
			          end_of(step), line);
	}
	for (guint i = 0; i < record->notes->len; i++)
		write_log(json, INFO, end_of_run(record), record->notes->pdata[i]);
	json_text_close(json, ']');
}

static void write_metadata(struct json_text *json, const struct run_record *record)
{
	const struct {
		const char *key, *value;
	} rows[] = {
		{"test_name", record->plan_name},
		{"test_version", record->plan_revision},
		{"part_number", record->part_number},
		{"type", record->type},
		{"form_factor", record->form_factor},
		{"product", record->product},
		{"lot", record->lot},
		{"stage", record->stage},
		{"operator", record->operator_name},
		{"limits_edition", record->limits_edition},
		{"station_version", record->station_version},
		{"firmware", record->identity.firmware},
		{"run_id", record->run_id},
	};
	json_text_open(json, "metadata", '{');
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		json_text_string(json, rows[i].key, rows[i].value);
	json_text_int(json, "site", record->site);
	json_text_open(json, "files", '[');
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *file = record->files->pdata[i];
		json_text_open(json, NULL, '{');
		json_text_string(json, "role", file->role);
		json_text_string(json, "name", file->name);
		json_text_string(json, "sha256", file->sha256);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
	write_empty(json, "config", '{', '}');
	json_text_close(json, '}');
}

static const char *run_outcome(const struct run_record *record)
{
	gboolean judged = record->verdict == VERDICT_PASS || record->verdict == VERDICT_FAIL ||
	                  record->verdict == VERDICT_ABORTED;
	return judged ? verdict_name(record->verdict) : "ERROR";
}

static void write_details(struct json_text *json, const struct run_record *record)
{
	json_text_open(json, "outcome_details", '[');
	if (record->reason) {
		json_text_open(json, NULL, '{');
		json_text_string(json, "code",
		                 record->first_failing_step ? record->first_failing_step
		                                            : verdict_name(record->verdict));
		json_text_string(json, "description", record->reason);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void write_record(struct json_text *json, const struct run_record *record)
{
	g_autoptr(GPtrArray) tests = export_tests(record);
	json_text_open(json, NULL, '{');
	json_text_string(json, "dut_id", record->serial);
	json_text_string(json, "station_id", record->station_id);
	json_text_int(json, "start_time_millis", millis(record->start_us));
	json_text_int(json, "end_time_millis", end_of_run(record));
	json_text_string(json, "outcome", run_outcome(record));
	write_details(json, record);
	write_codeinfo(json, "code_info", record->plan_name, NULL);
	write_metadata(json, record);
	json_text_open(json, "phases", '[');
	for (guint i = 0; i < record->steps->len; i++)
		write_phase(json, record, tests, i);
	json_text_close(json, ']');
	write_empty(json, "subtests", '[', ']');
	write_empty(json, "branches", '[', ']');
	write_empty(json, "checkpoints", '[', ']');
	write_empty(json, "diagnosers", '[', ']');
	write_empty(json, "diagnoses", '[', ']');
	write_logs(json, record);
	json_text_flag(json, "marginal", record->marginal);
	json_text_close(json, '}');
}

GBytes *export_openhtf(const struct report_set *set)
{
	struct json_text json = json_text_begin();
	if (set->lot)
		json_text_open(&json, NULL, '[');
	for (guint i = 0; i < set->records->len; i++)
		write_record(&json, set->records->pdata[i]);
	if (set->lot)
		json_text_close(&json, ']');
	char *text = json_text_end(&json);
	return g_bytes_new_take(text, strlen(text));
}

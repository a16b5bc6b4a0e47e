/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/export.h"

#include "reports/json_text.h"
#include "reports/reason.h"

#include <math.h>
#include <string.h>

/*
 * WATS Standard JSON Format: a report is a tree of steps. Each step of the run is a SequenceCall,
 * its values are numeric limit tests (ET_NLT) and pass-fail tests (ET_PFT) in it. Texts that the
 * server bounds are cut, and those that must not be empty are "-".
 */
enum { NAME_MAX_LENGTH = 100, TEXT_MAX_LENGTH = 1000, UNKNOWN_PROCESS = 0 };

struct report {
	struct json_text *json;
	const struct run_record *record;
	int id;          /* of the last step written */
	gboolean blamed; /* only one step may have caused the failure */
};

static char letter_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return 'P';
	case VERDICT_FAIL:
		return 'F';
	case VERDICT_ERROR:
		return 'E';
	case VERDICT_ABORTED:
		return 'T';
	case VERDICT_SKIPPED:
		return 'S';
	default:
		return 'D';
	}
}

static void write_letter(struct json_text *json, const char *key, char letter)
{
	json_text_string(json, key, (const char[]){letter, '\0'});
}

static void write_name(struct json_text *json, const char *key, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autofree char *cut = reason_cut(*valid != '\0' ? valid : "-", NAME_MAX_LENGTH);
	json_text_string(json, key, cut);
}

/* Left out when there is none. */
static void write_words(struct json_text *json, const char *key, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autofree char *cut = reason_cut(valid, TEXT_MAX_LENGTH);
	if (*cut != '\0')
		json_text_string(json, key, cut);
}

/* --- steps ----------------------------------------------------------------------------------- */

static char group_of(const struct record_step *step)
{
	if (step && strcmp(step->group, "setup") == 0)
		return 'S';
	return step && strcmp(step->group, "cleanup") == 0 ? 'C' : 'M';
}

static void open_step(struct report *report, const char *type, const char *name, char group,
                      char status)
{
	json_text_open(report->json, NULL, '{');
	json_text_int(report->json, "id", ++report->id);
	write_letter(report->json, "group", group);
	json_text_string(report->json, "stepType", type);
	write_name(report->json, "name", name);
	write_letter(report->json, "status", status);
}

/* JSON has no such numbers; readers of this format take their names. */
static void write_number(struct json_text *json, const char *key, double value)
{
	if (isfinite(value))
		json_text_number(json, key, value);
	else
		json_text_string(json, key,
		                 isnan(value) ? "NaN"
		                 : value > 0  ? "Infinity"
		                              : "-Infinity");
}

/* The limit of every one-sided comparison is the low one, whichever side it bounds. */
static void write_limits(struct json_text *json, double low, double high)
{
	gboolean has_low = isfinite(low), has_high = isfinite(high);
	json_text_string(json, "compOp",
	                 has_low && has_high ? "GELE"
	                 : has_low           ? "GE"
	                 : has_high          ? "LE"
	                                     : "LOG");
	if (has_low || has_high)
		json_text_number(json, "lowLimit", has_low ? low : high);
	if (has_low && has_high)
		json_text_number(json, "highLimit", high);
}

static void write_numeric(struct report *report, const struct export_test *test, char status)
{
	const struct record_measurement *measurement = test->measurement;
	gboolean judged = measurement->verdict != VERDICT_NONE;
	double factor;
	const char *unit = export_unit(measurement->unit, &factor);
	json_text_open(report->json, "numericMeas", '[');
	json_text_open(report->json, NULL, '{');
	write_letter(report->json, "status", status);
	write_number(report->json, "value", measurement->value * factor);
	json_text_string(report->json, "unit", unit);
	write_limits(report->json, judged ? accept_low(&test->accept) * factor : NAN,
	             judged ? accept_high(&test->accept) * factor : NAN);
	json_text_close(report->json, '}');
	json_text_close(report->json, ']');
}

static void write_boolean(struct report *report, const struct export_test *test, char status)
{
	json_text_open(report->json, "booleanMeas", '[');
	json_text_open(report->json, NULL, '{');
	write_letter(report->json, "status", status);
	if (isfinite(test->measurement->value))
		json_text_flag(report->json, "value", test->measurement->value == 1);
	json_text_close(report->json, '}');
	json_text_close(report->json, ']');
}

static void write_test(struct report *report, const struct export_test *test)
{
	const struct record_measurement *measurement = test->measurement;
	gboolean is_yes_no = export_is_yes_no(measurement);
	char status = letter_of(measurement->verdict);
	open_step(report, is_yes_no ? "ET_PFT" : "ET_NLT", test->name, group_of(test->step),
	          status);
	write_words(report->json, "reportText", measurement->reason);
	if (is_yes_no)
		write_boolean(report, test, status);
	else
		write_numeric(report, test, status);
	json_text_close(report->json, '}');
}

static char *name_of_step(const struct record_step *step)
{
	g_autoptr(GString) name = g_string_new(step->name);
	if (step->lane > 0)
		g_string_append_printf(name, " lane %d", step->lane);
	if (*step->corner != '\0')
		g_string_append_printf(name, " %s", step->corner);
	return g_strdup(name->str);
}

/* A replaced attempt was done and says why it does not count; its values are not told. */
static void write_step(struct report *report, const GPtrArray *tests, guint i)
{
	const struct run_record *record = report->record;
	const struct record_step *step = record->steps->pdata[i];
	g_autofree char *name = name_of_step(step);
	g_autofree char *line = export_step_line(step);
	g_autofree char *start = export_time(step->start_us);
	gboolean blamed = !report->blamed && !step->superseded && record->first_failing_step &&
	                  step->verdict >= VERDICT_FAIL &&
	                  strcmp(step->name, record->first_failing_step) == 0;
	open_step(report, "SequenceCall", name, group_of(step),
	          step->superseded ? 'D' : letter_of(step->verdict));
	json_text_string(report->json, "start", start);
	json_text_number(report->json, "totTime", step->duration_s);
	json_text_flag(report->json, "causedUUTFailure", blamed);
	report->blamed = report->blamed || blamed;
	write_words(report->json, "reportText", step->superseded ? line : step->reason);
	if (step->error_kind && !step->superseded)
		write_words(report->json, "errorMessage", step->reason);
	json_text_open(report->json, "seqCall", '{');
	write_name(report->json, "path", record->plan_name);
	write_name(report->json, "name", step->kind);
	write_name(report->json, "version", record->plan_revision);
	json_text_close(report->json, '}');
	json_text_open(report->json, "steps", '[');
	for (guint t = 0; t < tests->len; t++) {
		const struct export_test *test = tests->pdata[t];
		if (test->step == step)
			write_test(report, test);
	}
	json_text_close(report->json, ']');
	json_text_close(report->json, '}');
}

static char result_of(const struct run_record *record)
{
	char letter = letter_of(record->verdict);
	return letter == 'D' || letter == 'S' ? 'E' : letter;
}

static void write_root(struct report *report)
{
	const struct run_record *record = report->record;
	g_autoptr(GPtrArray) tests = export_tests(record);
	json_text_open(report->json, "root", '{');
	json_text_int(report->json, "id", ++report->id);
	json_text_string(report->json, "group", "M");
	json_text_string(report->json, "stepType", "SequenceCall");
	json_text_string(report->json, "name", "MainSequence Callback");
	write_letter(report->json, "status", result_of(record));
	json_text_number(report->json, "totTime", export_run_seconds(record));
	json_text_open(report->json, "seqCall", '{');
	write_name(report->json, "path", record->plan_name);
	write_name(report->json, "name", record->plan_name);
	write_name(report->json, "version", record->plan_revision);
	json_text_close(report->json, '}');
	json_text_open(report->json, "steps", '[');
	for (guint i = 0; i < record->steps->len; i++)
		write_step(report, tests, i);
	json_text_close(report->json, ']');
	json_text_close(report->json, '}');
}

/* --- head ------------------------------------------------------------------------------------ */

static void write_uut(struct json_text *json, const struct run_record *record)
{
	json_text_open(json, "uut", '{');
	write_name(json, "user", record->operator_name);
	json_text_number(json, "execTime", export_run_seconds(record));
	json_text_int(json, "testSocketIndex", record->site);
	if (*record->lot != '\0')
		write_name(json, "batchSN", record->lot);
	write_words(json, "errorMessage", record->reason);
	json_text_close(json, '}');
}

static void write_info(struct json_text *json, const char *description, const char *text)
{
	if (!text || *text == '\0')
		return;
	json_text_open(json, NULL, '{');
	write_name(json, "description", description);
	write_name(json, "text", text);
	json_text_close(json, '}');
}

static void write_infos(struct json_text *json, const struct run_record *record)
{
	json_text_open(json, "miscInfos", '[');
	write_info(json, "type", record->type);
	write_info(json, "form factor", record->form_factor);
	write_info(json, "stage", record->stage);
	write_info(json, "plan", record->plan_name);
	write_info(json, "plan revision", record->plan_revision);
	write_info(json, "limits edition", record->limits_edition);
	write_info(json, "station software", record->station_version);
	write_info(json, "module firmware", record->identity.firmware);
	write_info(json, "marginal", record->marginal ? "yes" : NULL);
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *file = record->files->pdata[i];
		g_autofree char *key = g_strdup_printf("sha256 %s %s", file->role, file->name);
		write_info(json, key, file->sha256);
	}
	json_text_close(json, ']');
}

/* Instruments that were never reached have no serial number to count by. */
static void write_assets(struct json_text *json, const struct run_record *record)
{
	json_text_open(json, "assets", '[');
	for (guint i = 0; i < record->instruments->len; i++) {
		const struct record_instrument *instrument = record->instruments->pdata[i];
		if (*instrument->serial == '\0')
			continue;
		json_text_open(json, NULL, '{');
		write_name(json, "sn", instrument->serial);
		json_text_int(json, "usageCount", 1);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void write_report(struct json_text *json, const struct run_record *record,
                         const struct report_factory *factory)
{
	struct report report = {.json = json, .record = record};
	g_autofree char *start = export_time(record->start_us);
	int process = report_factory_process(factory, record->stage);
	json_text_open(json, NULL, '{');
	json_text_string(json, "type", "T");
	json_text_string(json, "id", record->run_id);
	write_name(json, "pn", record->part_number);
	write_name(json, "sn", record->serial);
	write_name(json, "rev", record->identity.revision);
	json_text_int(json, "processCode", process < 0 ? UNKNOWN_PROCESS : process);
	write_letter(json, "result", result_of(record));
	write_name(json, "machineName", record->station_id);
	write_name(json, "location", factory ? factory->location : NULL);
	write_name(json, "purpose", factory ? factory->purpose : NULL);
	/* with its offset, which is none: the station's own is not in the record */
	start[strlen(start) - 1] = '\0';
	g_autofree char *local = g_strconcat(start, "+00:00", NULL);
	g_autofree char *utc = g_strconcat(start, "Z", NULL);
	json_text_string(json, "start", local);
	json_text_string(json, "startUTC", utc);
	write_root(&report);
	write_uut(json, record);
	write_infos(json, record);
	json_text_open(json, "subUnits", '[');
	json_text_close(json, ']');
	write_assets(json, record);
	json_text_close(json, '}');
}

GBytes *export_wsjf(const struct report_set *set)
{
	struct json_text json = json_text_begin();
	if (set->lot)
		json_text_open(&json, NULL, '[');
	for (guint i = 0; i < set->records->len; i++)
		write_report(&json, set->records->pdata[i], set->factory);
	if (set->lot)
		json_text_close(&json, ']');
	char *text = json_text_end(&json);
	return g_bytes_new_take(text, strlen(text));
}

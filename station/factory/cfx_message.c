/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/cfx_message.h"

#include "reports/export.h"
#include "reports/json_text.h"

#include <math.h>

#define CFX_VERSION "1.7"

static const char *result_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return "Passed";
	case VERDICT_FAIL:
		return "Failed";
	case VERDICT_ABORTED:
		return "Aborted";
	case VERDICT_SKIPPED:
		return "Skipped";
	default:
		return "Error";
	}
}

/* The same for the same place of the same run; a UUID of version 8 (RFC 9562). */
static void add_identifier(struct json_text *json, const struct run_record *record,
                           const char *kind, guint number)
{
	g_autofree char *name = g_strdup_printf("%s/%s/%u", record->run_id, kind, number);
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
	g_autofree char *uuid = g_strdup_printf("%.8s-%.4s-8%.3s-a%.3s-%.12s", hash, hash + 8,
	                                        hash + 12, hash + 15, hash + 18);

	json_text_string(json, "UniqueIdentifier", uuid);
}

static void add_time(struct json_text *json, const char *key, gint64 unix_us)
{
	g_autofree char *time = unix_us ? export_time(unix_us) : NULL;

	json_text_string(json, key, time);
}

/* --- values -------------------------------------------------------------------------------------
 */

static void add_bound(struct json_text *json, const char *key, double bound, double factor)
{
	json_text_number(json, key, bound * factor);
}

/* A value that is missing has no number at all. */
static void add_value(struct json_text *json, const struct export_test *test)
{
	double factor;
	const char *unit = export_unit(test->measurement->unit, &factor);

	if (!isfinite(test->measurement->value)) {
		json_text_string(json, "MeasuredValue", NULL);
		return;
	}
	json_text_open(json, "MeasuredValue", '{');
	json_text_number(json, "Value", test->measurement->value * factor);
	json_text_string(json, "ValueUnits", unit);
	json_text_string(json, "ExpectedValue", NULL);
	json_text_string(json, "ExpectedValueUnits", NULL);
	add_bound(json, "MinimumAcceptableValue", accept_low(&test->accept), factor);
	add_bound(json, "MaximumAcceptableValue", accept_high(&test->accept), factor);
	json_text_close(json, '}');
}

/* What nothing judges was only read: it passes where there is a value. */
static enum verdict verdict_of(const struct record_measurement *measurement)
{
	if (measurement->verdict != VERDICT_NONE)
		return measurement->verdict;
	return isfinite(measurement->value) ? VERDICT_PASS : VERDICT_SKIPPED;
}

static void add_measurement(struct json_text *json, const struct run_record *record,
                            const struct export_test *test, guint number, guint sequence)
{
	json_text_open(json, NULL, '{');
	json_text_string(json, "$type", "CFX.Structures.NumericMeasurement, CFX");
	add_value(json, test);
	add_identifier(json, record, "measurement", number);
	json_text_string(json, "MeasurementName", test->name);
	json_text_string(json, "TimeRecorded", NULL);
	json_text_int(json, "Sequence", sequence);
	json_text_string(json, "Result", result_of(verdict_of(test->measurement)));
	json_text_string(json, "CRDs", NULL);
	json_text_close(json, '}');
}

/* --- steps --------------------------------------------------------------------------------------
 */

static void add_none(struct json_text *json, const char *key)
{
	json_text_open(json, key, '[');
	json_text_close(json, ']');
}

static char *test_name(const struct record_step *step)
{
	GString *name = g_string_new(step->name);

	if (step->lane)
		g_string_append_printf(name, " lane %d", step->lane);
	if (*step->corner)
		g_string_append_printf(name, " %s", step->corner);
	return g_string_free(name, FALSE);
}

static void add_test(struct json_text *json, const struct run_record *record, guint index,
                     const GPtrArray *tests)
{
	const struct record_step *step = g_ptr_array_index(record->steps, index);
	g_autofree char *name = test_name(step);
	g_autofree char *procedure =
		g_strdup_printf("%s %s", record->plan_name, record->plan_revision);
	guint sequence = 0;

	json_text_open(json, NULL, '{');
	add_identifier(json, record, "step", index);
	json_text_string(json, "TestName", name);
	add_time(json, "TestStartTime", step->start_us);
	add_time(json, "TestEndTime", step->start_us + (gint64)(step->duration_s * 1e6));
	add_none(json, "TestConditions");
	json_text_string(json, "TestProcedure", procedure);
	json_text_string(json, "Comments", step->reason);
	json_text_string(json, "Result", result_of(step->verdict));
	json_text_string(json, "Error", NULL);
	add_none(json, "SymptomsFound");
	add_none(json, "DefectsFound");
	json_text_open(json, "Measurements", '[');
	for (guint i = 0; i < tests->len; i++) {
		const struct export_test *test = g_ptr_array_index(tests, i);

		if (test->step == step)
			add_measurement(json, record, test, i, sequence++);
	}
	json_text_close(json, ']');
	json_text_close(json, '}');
}

/* --- the message --------------------------------------------------------------------------------
 */

static void add_unit(struct json_text *json, const struct run_record *record)
{
	g_autoptr(GPtrArray) tests = export_tests(record);

	json_text_open(json, NULL, '{');
	json_text_string(json, "UnitIdentifier", record->serial);
	json_text_int(json, "UnitPositionNumber", 1);
	json_text_string(json, "OverallResult", result_of(record->verdict));
	json_text_open(json, "Tests", '[');
	for (guint i = 0; i < record->steps->len; i++)
		if (!run_record_superseded(record, i))
			add_test(json, record, i, tests);
	json_text_close(json, ']');
	json_text_close(json, '}');
}

static void add_tester(struct json_text *json, const char *name)
{
	if (!*name) {
		json_text_string(json, "Tester", NULL);
		return;
	}
	json_text_open(json, "Tester", '{');
	json_text_string(json, "OperatorIdentifier", name);
	json_text_string(json, "ActorType", "Human");
	json_text_string(json, "LastName", NULL);
	json_text_string(json, "FirstName", NULL);
	json_text_string(json, "LoginName", name);
	json_text_close(json, '}');
}

static void add_body(struct json_text *json, const struct run_record *record)
{
	json_text_open(json, "MessageBody", '{');
	json_text_string(json, "$type", CFX_UNITS_TESTED ", CFX");
	json_text_string(json, "TransactionId", record->run_id);
	json_text_string(json, "TestMethod", "Automated");
	add_tester(json, record->operator_name);
	json_text_string(json, "RecipeName", record->plan_name);
	json_text_string(json, "RecipeRevision", record->plan_revision);
	json_text_open(json, "SamplingInformation", '{');
	json_text_string(json, "SamplingMethod", "NoSampling");
	json_text_string(json, "LotSize", NULL);
	json_text_string(json, "SampleSize", NULL);
	json_text_close(json, '}');
	json_text_open(json, "TestedUnits", '[');
	add_unit(json, record);
	json_text_close(json, ']');
	json_text_close(json, '}');
}

char *cfx_units_tested(const struct run_record *record, const char *source)
{
	struct json_text json = json_text_begin_line();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "MessageName", CFX_UNITS_TESTED);
	json_text_string(&json, "Version", CFX_VERSION);
	add_time(&json, "TimeStamp", record->end_us);
	json_text_string(&json, "UniqueID", record->run_id);
	json_text_string(&json, "Source", source);
	json_text_string(&json, "Target", NULL);
	json_text_string(&json, "RequestID", NULL);
	add_body(&json, record);
	json_text_close(&json, '}');
	return json_text_end(&json);
}

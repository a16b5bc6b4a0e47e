/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/export.h"

#include "reports/corner.h"

#include <math.h>
#include <string.h>

static void test_free(gpointer data)
{
	struct export_test *test = data;
	g_free(test->name);
	g_free(test);
}

static char *name_of(const struct run_record *record, const struct record_measurement *measurement)
{
	const char *corner = corner_of(record, measurement->corner, measurement->step);
	g_autoptr(GString) name = g_string_new(measurement->id);
	if (measurement->lane > 0)
		g_string_append_printf(name, " lane %d", measurement->lane);
	if (*corner != '\0')
		g_string_append_printf(name, " %s", corner);
	return g_strdup(name->str);
}

const char *export_step_name(const struct export_test *test)
{
	return test->step ? test->step->name : "";
}

/* How often the step had that name before. */
static guint count_name(GHashTable *seen, const struct export_test *test)
{
	char *key = g_strdup_printf("%s\n%s", export_step_name(test), test->name);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, key));
	g_hash_table_insert(seen, key, GUINT_TO_POINTER(n + 1));
	return n;
}

GPtrArray *export_tests(const struct run_record *record)
{
	GPtrArray *tests = g_ptr_array_new_with_free_func(test_free);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (run_record_superseded(record, measurement->step))
			continue;
		struct export_test *test = g_new0(struct export_test, 1);
		g_ptr_array_add(tests, test);
		test->measurement = measurement;
		if (measurement->step < record->steps->len)
			test->step = record->steps->pdata[measurement->step];
		test->accept = accept_of(measurement);
		test->name = name_of(record, measurement);
		guint before = count_name(seen, test);
		if (before > 0) {
			char *numbered = g_strdup_printf("%s #%u", test->name, before + 1);
			g_free(test->name);
			test->name = numbered;
		}
	}
	return tests;
}

const char *export_unit(const char *unit, double *factor)
{
	*factor = 1;
	if (strcmp(unit, "1") == 0)
		return "";
	if (strcmp(unit, "m") == 0) {
		*factor = 1e9;
		return "nm";
	}
	if (strcmp(unit, "A") == 0) {
		*factor = 1e3;
		return "mA";
	}
	return unit;
}

gboolean export_is_yes_no(const struct record_measurement *measurement)
{
	return measurement->verdict != VERDICT_NONE && measurement->judgements->len == 0 &&
	       strcmp(measurement->unit, "1") == 0 &&
	       (measurement->value == 0 || measurement->value == 1 || isnan(measurement->value));
}

static gboolean same_test(const struct report_set *set, guint a, guint b)
{
	const struct run_record *first = set->records->pdata[a];
	const struct run_record *second = set->records->pdata[b];
	return strcmp(first->serial, second->serial) == 0 &&
	       strcmp(first->stage, second->stage) == 0;
}

gboolean export_is_replaced(const struct report_set *set, guint run)
{
	for (guint i = run + 1; i < set->records->len; i++) {
		if (same_test(set, run, i))
			return TRUE;
	}
	return FALSE;
}

gboolean export_is_retest(const struct report_set *set, guint run)
{
	for (guint i = 0; i < run; i++) {
		if (same_test(set, run, i))
			return TRUE;
	}
	return FALSE;
}

char *export_time(gint64 unix_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_us / G_USEC_PER_SEC);
	if (unix_us == 0 || !time)
		return g_strdup("");
	g_autofree char *seconds = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
	return g_strdup_printf("%s.%03dZ", seconds, (int)(unix_us % G_USEC_PER_SEC / 1000));
}

double export_run_seconds(const struct run_record *record)
{
	return record->end_us > 0 ? (double)(record->end_us - record->start_us) / G_USEC_PER_SEC
	                          : 0;
}

char *export_step_line(const struct record_step *step)
{
	g_autoptr(GString) line = g_string_new(step->name);
	if (step->lane > 0)
		g_string_append_printf(line, ", lane %d", step->lane);
	if (*step->corner != '\0')
		g_string_append_printf(line, ", %s", step->corner);
	if (step->attempt > 1 || step->superseded)
		g_string_append_printf(line, ", attempt %d%s", step->attempt,
		                       step->superseded ? " (replaced)" : "");
	g_string_append_printf(line, ": %s", verdict_name(step->verdict));
	if (step->reason)
		g_string_append_printf(line, ": %s", step->reason);
	return g_strdup(line->str);
}

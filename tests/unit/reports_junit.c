/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/reports_export_bed.h"

/* By the schema, which xmllint reads. */
static void check_schema(GBytes *bytes)
{
	g_autofree char *schema = bed_path("junit.xsd");
	const char *const words[] = {"xmllint", "--nonet", "--noout", "--schema", schema, "", NULL};
	g_autofree char *out = bed_read(words, bytes, "no xmllint (libxml2-utils)");
}

static void test_run(void)
{
	static const char *const texts[] = {
		"suite VB-QDD-DR4-500 SN1 final: 9 tests, 3 failures, 3 errors, 1 skipped, 83.2 s, "
		"2026-03-20T09:46:40.123Z\n",
		"property operator=Zo\xC3\xAB \xE2\x89\xA4 \xEF\xBF\xBD<&\">\xEF\xBF\xBD\n",
		"property site=1\n",
		"property sha256.plan.dr4-final.yaml=9f86d0",
		"case tx v1_2.lane1 | tx_oma lane 1 25C 3.300V | Failure limit: 1.30 dBm > 1.25 "
		"dBm, 5 \xC2\xB5W\n",
		"| tx_wavelength lane 1 25C 3.300V | passed\n",
		"| tx_tdecq lane 1 25C 3.300V | Failure limit: no value: the eye is closed\n",
		"| tx_er lane 1 25C 3.300V | Error error: no value\n",
		"| tx_light lane 1 25C 3.300V | Failure finding: dark\n",
		"| tx_light lane 1 25C 3.300V #2 | passed\n",
		"case rx.lane2 | rx_sensitivity lane 2 25C 3.300V | Error aborted: ",
		"case fw.unit | step 25C 3.300V | Skipped",
		"case off.unit | step 25C 3.300V | Error timeout: psu1: no answer\n",
		"rx, lane 2, 25C 3.300V, attempt 1 (replaced): ERROR: bert1: no answer\n",
		"1 values were recorded without being judged\n",
		NULL,
	};
	g_autoptr(GPtrArray) records = bed_records();
	g_ptr_array_add(records, bed_hard("SN1", VERDICT_FAIL));
	g_autoptr(GBytes) bytes = bed_export("junit", NULL, records);
	check_schema(bytes);
	g_autofree char *out = bed_script("read_junit.py", bytes, "no python3-junitparser");
	if (!out)
		return;
	bed_says(out, texts);
	g_assert_null(strstr(out, "rx_lock"));
}

static gboolean has(GBytes *bytes, const char *text)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);
	return memmem(data, size, text, strlen(text)) != NULL;
}

/* No system of a factory takes a PASS that does not stand, in whatever format. */
static void test_touched(void)
{
	g_autoptr(GPtrArray) records = bed_records();
	struct run_record *run = run_record_new();
	sample_head(run);
	run->verdict = VERDICT_PASS;
	g_ptr_array_add(records, run);
	g_autoptr(GBytes) before = bed_export("junit", NULL, records);
	g_assert_false(has(before, "<error"));
	run->touched = g_new0(struct record_touch, 1);
	run->touched->time_us = run->start_us;
	run->touched->who = g_strdup("ann");
	run->touched->what = g_strdup("laser bias");
	g_autoptr(GBytes) junit = bed_export("junit", NULL, records);
	g_assert_true(has(junit, "errors=\"1\""));
	g_assert_true(has(junit, "by ann (laser bias): its PASS does not stand"));
	g_assert_false(has(junit, "\"PASS\""));
	g_autoptr(GBytes) stdf = bed_export("stdf", NULL, records);
	g_assert_true(has(stdf, "reason=touched by hand"));
	g_assert_true(has(stdf, "\x0Ftouched by hand"));
	g_autoptr(GBytes) wsjf = bed_export("wsjf", NULL, records);
	g_assert_true(has(wsjf, "\"result\": \"E\""));
	g_autoptr(GBytes) openhtf = bed_export("openhtf", NULL, records);
	g_assert_true(has(openhtf, "\"outcome\": \"ERROR\""));
	g_assert_cmpint(run->verdict, ==, VERDICT_PASS);
	/* a verdict that is none to ship by stays */
	run->verdict = VERDICT_FAIL;
	g_autoptr(GBytes) failed = bed_export("junit", NULL, records);
	g_assert_true(has(failed, "\"FAIL\""));
}

/* A run that the values do not account for is bad all the same. */
static void test_lot(void)
{
	static const char *const texts[] = {
		"SN1 final: 1 tests, 0 failures, 1 errors",
		"case run.unit | verdict | Error error: power failed\n",
		"property replaced_by_later_run=true\n",
		"SN1 final: 9 tests",
		"property retest=true\n",
		"SN2 final: 1 tests, 0 failures, 1 errors",
		"case run.unit | verdict | Error error: no verdict was reached\n",
		NULL,
	};
	g_autoptr(GPtrArray) records = bed_records();
	struct run_record *broken = run_record_new(), *empty = run_record_new();
	sample_head(broken);
	sample_head(empty);
	sample_text(&broken->serial, "SN1");
	sample_text(&empty->serial, "SN2");
	broken->verdict = VERDICT_ERROR;
	broken->reason = g_strdup("power failed");
	empty->end_us = 0;
	g_ptr_array_add(records, broken);
	g_ptr_array_add(records, bed_hard("SN1", VERDICT_FAIL));
	g_ptr_array_add(records, empty);
	g_autoptr(GBytes) bytes = bed_export("junit", "L1", records);
	check_schema(bytes);
	g_autofree char *out = bed_script("read_junit.py", bytes, "no python3-junitparser");
	if (out)
		bed_says(out, texts);
}

static void test_sample(void)
{
	g_autoptr(GPtrArray) records = bed_records();
	g_ptr_array_add(records, sample_record());
	g_autoptr(GBytes) bytes = bed_export("junit", NULL, records);
	check_schema(bytes);
}

static void test_formats(void)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(report_format_find("constants-csv", TRUE, &error));
	g_assert_nonnull(strstr(error->message, "there are html, json, csv, junit"));
	g_clear_error(&error);
	g_assert_null(report_format_find("junti", FALSE, &error));
	g_assert_nonnull(strstr(error->message, "did you mean \"junit\"?"));
	for (const struct report_format *format = report_formats; format->name; format++) {
		g_assert_true(format->set ? !format->run && !format->lot : format->run != NULL);
		g_assert_true(format->set || !format->is_binary);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/junit/run", test_run);
	g_test_add_func("/reports/junit/touched", test_touched);
	g_test_add_func("/reports/junit/lot", test_lot);
	g_test_add_func("/reports/junit/sample", test_sample);
	g_test_add_func("/reports/formats", test_formats);
	return g_test_run();
}

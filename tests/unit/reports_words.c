/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/axis.h"
#include "reports/corner.h"
#include "reports/lane_list.h"
#include "reports/phase.h"
#include "reports/reason.h"
#include "tests/unit/reports_sample.h"

#include <math.h>
#include <string.h>

static void test_corners(void)
{
	static const char *const wrong[] = {"",       "25C",       "25C V",   "25 3.3",
	                                    "C 3.3V", "25C 3.3VV", "nanC 3V", "25C infV"};
	static const char *const sorted[] = {"",          "odd",     "-5C 3.3V",
	                                     "0C 3.135V", "0C 3.3V", "25C 3.1V"};
	struct corner corner;
	g_assert_true(corner_parse("-5C 3.135V", &corner));
	g_assert_cmpfloat(corner.case_degc, ==, -5);
	g_assert_cmpfloat(corner.supply_v, ==, 3.135);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_false(corner_parse(wrong[i], &corner));
	for (gsize i = 0; i < G_N_ELEMENTS(sorted); i++) {
		for (gsize j = 0; j < G_N_ELEMENTS(sorted); j++) {
			int order = corner_compare(sorted[i], sorted[j]);
			g_assert_cmpint((order > 0) - (order < 0), ==, (i > j) - (i < j));
		}
	}
}

/* The supply is told where the run had several. */
static void test_corner_text(void)
{
	g_autoptr(run_record) record = run_record_new();
	sample_step(record, "a", 0, 1, VERDICT_PASS);
	g_autofree char *one = corner_text(record, "25C 3.300V");
	g_assert_cmpstr(one, ==, "25 degC");
	g_assert_cmpstr(corner_of(record, "", 0), ==, "25C 3.300V");
	g_assert_cmpstr(corner_of(record, "0C 3.300V", 0), ==, "0C 3.300V");
	g_assert_cmpstr(corner_of(record, "", 7), ==, "");
	struct record_step *step =
		record->steps->pdata[sample_step(record, "b", 0, 1, VERDICT_PASS)];
	sample_text(&step->corner, "70C 3.465V");
	g_autofree char *two = corner_text(record, "25C 3.300V");
	g_assert_cmpstr(two, ==, "25 degC, 3.3 V");
	g_autofree char *none = corner_text(record, "as it is");
	g_assert_cmpstr(none, ==, "as it is");
}

static void test_lane_list(void)
{
	static const struct {
		guint64 lanes;
		const char *text;
	} rows[] = {
		{0, ""},
		{1, ""},
		{1 << 3, "lane 3"},
		{0xF << 1, "lanes 1-4"},
		{(3 << 1) | (1 << 4), "lanes 1-2, 4"},
		{G_GUINT64_CONSTANT(1) << 63, "lane 63"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = lane_list_text(rows[i].lanes);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
	g_assert_cmpuint(lane_list_bit(-1), ==, 0);
	g_assert_cmpuint(lane_list_bit(64), ==, 0);
	static const char *const notes[] = {"lane 1: dark", "lane 1: 2 dB", "whole",
	                                    "lane 2: dark", "lane 3: 3 dB", "lane 1: dark",
	                                    "whole",        "lane 4: dark", "lane 99: far away",
	                                    "dark"};
	static const char *const joined[] = {"lanes 1-2, 4: dark", "lane 1: 2 dB",      "whole",
	                                     "lane 3: 3 dB",       "lane 99: far away", "dark"};
	g_autoptr(GPtrArray) array = g_ptr_array_new();
	for (gsize i = 0; i < G_N_ELEMENTS(notes); i++)
		g_ptr_array_add(array, (gpointer)notes[i]);
	g_autoptr(GPtrArray) result = lane_list_join(array);
	g_assert_cmpuint(result->len, ==, G_N_ELEMENTS(joined));
	for (gsize i = 0; i < G_N_ELEMENTS(joined); i++)
		g_assert_cmpstr(result->pdata[i], ==, joined[i]);
}

static void test_axis(void)
{
	static const struct {
		const char *unit;
		double most, factor;
		const char *name;
	} rows[] = {
		{"A", 0.07, 1e3, "mA"},    {"W", 2e-6, 1e6, "uW"},    {"V", 3.3, 1, "V"},
		{"Hz", 26e9, 1e-9, "GHz"}, {"s", 17e-12, 1e12, "ps"}, {"s", 3e-15, 1e12, "ps"},
		{"dBm", 0.01, 1, "dBm"},   {"degC", 70, 1, "degC"},   {"1", 1e-4, 1, "1"},
		{"A", 0, 1, "A"},          {"A", NAN, 1, "A"},        {"V", 1, 1, "V"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = NULL;
		double factor = axis_scale(rows[i].unit, rows[i].most, &name);
		g_assert_cmpstr(name, ==, rows[i].name);
		g_assert_cmpfloat_with_epsilon(factor / rows[i].factor, 1, 1e-12);
	}
}

/* Steps of those kinds, one after the other. */
static struct run_record *record_of(const char *const *kinds)
{
	struct run_record *record = run_record_new();
	for (gsize i = 0; kinds[i]; i++)
		sample_step(record, kinds[i], 0, 1, VERDICT_PASS);
	sample_text(&((struct record_step *)record->steps->pdata[0])->group, "setup");
	return record;
}

static void test_phase(void)
{
	static const struct {
		const char *const kinds[6];
		const char *calibration; /* by step */
	} rows[] = {
		{{"power-up", "calibrate-begin", "tx", "store-constants", "tx", NULL}, "01110"},
		{{"power-up", "connector", "tx", "store-constants", "tx", NULL}, "01110"},
		{{"power-up", "connector", "calibrate-begin", "tx", "tx", NULL}, "00111"},
		{{"power-up", "connector", "tx", NULL}, "000"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(run_record) record = record_of(rows[i].kinds);
		for (guint step = 0; step < record->steps->len; step++)
			g_assert_cmpint(phase_is_calibration(record, step), ==,
			                rows[i].calibration[step] == '1');
		g_assert_false(phase_is_calibration(record, 99));
	}
}

/* A later step of the same phase replaces what did not fail; two of one step stay. */
static void test_counts(void)
{
	static const char *const kinds[] = {"power-up", "calibrate-begin",
	                                    "tx",       "store-constants",
	                                    "tx",       NULL};
	static const struct {
		guint step;
		enum verdict verdict;
		gboolean counts;
	} rows[] = {
		{1, VERDICT_PASS, FALSE}, {1, VERDICT_FAIL, TRUE}, {2, VERDICT_PASS, TRUE},
		{2, VERDICT_PASS, TRUE},  {4, VERDICT_PASS, TRUE},
	};
	g_autoptr(run_record) record = record_of(kinds);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		run_record_add_measurement(record, "tx_light", rows[i].step, 1, 1, "1")->verdict =
			rows[i].verdict;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(phase_counts(record, record->measurements->pdata[i]), ==,
		                rows[i].counts);
	((struct record_step *)record->steps->pdata[1])->superseded = TRUE;
	g_assert_false(phase_counts(record, record->measurements->pdata[1]));
}

static void add_failure(struct run_record *record, int lane, const char *corner)
{
	struct record_measurement *measurement =
		run_record_add_measurement(record, "tx_tdecq", 0, lane, 4.31, "dB");
	measurement->verdict = VERDICT_FAIL;
	measurement->reason = g_strdup("4.31 dB > 3.40 dB");
	sample_text(&measurement->corner, corner);
}

static void check_reason(const struct run_record *record, const char *wanted)
{
	g_autofree char *line = reason_line(record);
	g_assert_cmpstr(line, ==, wanted);
}

static void test_reason(void)
{
	g_autoptr(run_record) record = run_record_new();
	sample_step(record, "tx-measure", 0, 1, VERDICT_FAIL);
	record->verdict = VERDICT_PASS;
	check_reason(record, "");
	record->marginal = TRUE;
	check_reason(record, "marginal");
	record->verdict = VERDICT_FAIL;
	check_reason(record, "");
	record->reason = g_strdup("tx: dark");
	check_reason(record, "tx: dark");
	add_failure(record, 3, "25C 3.300V");
	check_reason(record, "lane 3: tx_tdecq 4.31 dB > 3.40 dB");
	add_failure(record, 0, "70C 3.300V");
	add_failure(record, 4, "70C 3.300V");
	check_reason(record, "lane 3 at 25 degC: tx_tdecq 4.31 dB > 3.40 dB, +2 more");
	/* what only waits for another value is no cause */
	struct record_measurement *first = record->measurements->pdata[0];
	struct judgement *judgement = g_new0(struct judgement, 1);
	judgement->verdict = VERDICT_FAIL;
	judgement->margin = NAN;
	g_ptr_array_add(first->judgements, judgement);
	check_reason(record, "at 70 degC: tx_tdecq 4.31 dB > 3.40 dB, +2 more");
	record->verdict = VERDICT_ERROR;
	check_reason(record, "tx: dark");
}

static void test_cut(void)
{
	static const struct {
		const char *text;
		guint most;
		const char *cut;
	} rows[] = {
		{"abcdef", 6, "abcdef"},
		{"abcdefg", 6, "abc..."},
		{"ab cdefg", 6, "ab..."},
		{"\xC2\xB5\xC2\xB5\xC2\xB5\xC2\xB5\xC2\xB5", 4, "\xC2\xB5..."},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *cut = reason_cut(rows[i].text, rows[i].most);
		g_assert_cmpstr(cut, ==, rows[i].cut);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/words/corners", test_corners);
	g_test_add_func("/reports/words/corner-text", test_corner_text);
	g_test_add_func("/reports/words/lane-list", test_lane_list);
	g_test_add_func("/reports/words/axis", test_axis);
	g_test_add_func("/reports/words/phase", test_phase);
	g_test_add_func("/reports/words/counts", test_counts);
	g_test_add_func("/reports/words/reason", test_reason);
	g_test_add_func("/reports/words/cut", test_cut);
	return g_test_run();
}

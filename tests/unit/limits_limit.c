/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/limit.h"

#include "base/error.h"
#include "limits/value.h"
#include "tests/unit/limits_rows.h"

#include <math.h>
#include <string.h>

static enum verdict judge(const struct limit_set *set, const char *measure, int lane, double value,
                          const char *unit, const struct known *known, GPtrArray *out,
                          gboolean *marginal)
{
	const struct limit_context context = {lookup, (gpointer)known};
	g_ptr_array_set_size(out, 0);
	return limit_judge(set, measure, lane, value, unit, &context, out, marginal);
}

static void test_bounds(void)
{
	static const struct {
		double value;
		enum verdict verdict;
		gboolean marginal;
		double margin;
		const char *reason;
	} rows[] = {
		{1.5, VERDICT_PASS, FALSE, 0.5, NULL},
		{1.0, VERDICT_PASS, TRUE, 0, NULL},
		{1.09, VERDICT_PASS, TRUE, 0.09, NULL},
		{1.1, VERDICT_PASS, FALSE, 0.1, NULL},
		{3.0, VERDICT_PASS, TRUE, 0, NULL},
		{2.9, VERDICT_PASS, FALSE, 0.1, NULL},
		{3.01, VERDICT_FAIL, FALSE, -0.01, "3.01 dB > 3.00 dB"},
		{3.0004, VERDICT_FAIL, FALSE, -4e-4, "3.0004 dB > 3.0000 dB"},
		{-20, VERDICT_FAIL, FALSE, -21, "-20.00 dB < 1.00 dB"},
		{NAN, VERDICT_ERROR, FALSE, NAN, "no value"},
		{INFINITY, VERDICT_ERROR, FALSE, NAN, "no value"},
		{-INFINITY, VERDICT_ERROR, FALSE, NAN, "no value"},
	};
	g_autoptr(limit_set) set = load("x,x,*,,1,3,dB,0.1,GATE,*,s,C\n");
	g_autoptr(GPtrArray) out = make_out();
	const struct known none[] = {{NULL, 0, 0}};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gboolean marginal = !rows[i].marginal;
		g_assert_cmpint(judge(set, "x", 2, rows[i].value, "dB", none, out, &marginal), ==,
		                rows[i].verdict);
		g_assert_cmpint(marginal, ==, rows[i].marginal);
		g_assert_cmpuint(out->len, ==, 1);
		const struct judgement *judgement = out->pdata[0];
		g_assert_cmpstr(judgement->limit_id, ==, "x");
		g_assert_cmpint(judgement->verdict, ==, rows[i].verdict);
		g_assert_cmpstr(judgement->reason, ==, rows[i].reason);
		g_assert_cmpint(judgement->mark, ==, 'C');
		if (isnan(rows[i].margin))
			g_assert_true(isnan(judgement->margin));
		else
			g_assert_cmpfloat_with_epsilon(judgement->margin, rows[i].margin, 1e-9);
	}
	g_assert_cmpint(judge(set, "x", 2, 2, "dBm", none, out, NULL), ==, VERDICT_ERROR);
	g_assert_cmpstr(((struct judgement *)out->pdata[0])->reason, ==,
	                "measured in dBm, limit in dB");
	g_assert_cmpint(judge(set, "x", 2, 2, NULL, none, out, NULL), ==, VERDICT_ERROR);
	g_assert_cmpint(judge(set, "y", 2, 2, "dB", none, out, NULL), ==, VERDICT_NONE);
	g_assert_cmpuint(out->len, ==, 0);
	g_assert_cmpint(limit_judge(set, "x", 2, 9, "dB", NULL, NULL, NULL), ==, VERDICT_FAIL);
}

static void test_gates(void)
{
	static const struct {
		const char *gate;
		enum verdict counts, judged;
	} rows[] = {
		{"GATE", VERDICT_FAIL, VERDICT_FAIL},
		{"CHECK", VERDICT_FAIL, VERDICT_FAIL},
		{"HOLD", VERDICT_NONE, VERDICT_FAIL},
		{"INFO", VERDICT_NONE, VERDICT_NONE},
	};
	g_autoptr(GPtrArray) out = make_out();
	const struct known none[] = {{NULL, 0, 0}};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("x,x,*,,,3,dB,0,%s,*,s,M\n", rows[i].gate);
		g_autoptr(limit_set) set = load(text);
		g_assert_cmpint(judge(set, "x", 0, 4, "dB", none, out, NULL), ==, rows[i].counts);
		g_assert_cmpuint(out->len, ==, 1);
		const struct judgement *judgement = out->pdata[0];
		g_assert_cmpint(judgement->verdict, ==, rows[i].judged);
		g_assert_cmpstr(limit_gate_name(judgement->gate), ==, rows[i].gate);
		g_assert_cmpfloat_with_epsilon(judgement->margin, -1, 1e-12);
		/* No value: an error where judged, recorded otherwise, and HOLD stays out of it. */
		enum verdict verdict = judge(set, "x", 0, NAN, "dB", none, out, NULL);
		g_assert_cmpint(verdict, ==, i < 2 ? VERDICT_ERROR : VERDICT_NONE);
	}
	g_autoptr(limit_set) both = load("p,x,*,,,5,dB,0,GATE,*,s,M\nh,x,*,,,3,dB,0,HOLD,*,s,M\n");
	g_assert_cmpint(judge(both, "x", 0, 4, "dB", none, out, NULL), ==, VERDICT_PASS);
	g_assert_cmpuint(out->len, ==, 2);
}

static void check_judgement(const struct judgement *judgement, const char *limit, double low,
                            const char *reason)
{
	g_assert_cmpstr(judgement->limit_id, ==, limit);
	if (!isnan(low))
		g_assert_cmpfloat_with_epsilon(judgement->low, low, 1e-12);
	if (!reason)
		g_assert_null(judgement->reason);
	else if (!g_pattern_match_simple(reason, judgement->reason))
		g_error("%s: \"%s\"", limit, judgement->reason);
}

static void test_formulas(void)
{
	g_autoptr(limit_set) set = load("t,tdecq,*,,,3.4,dB,0,GATE,*,s,C\n"
	                                "er,er,*,,3,,dB,0,GATE,*,s,C\n"
	                                "power,power,*,,,9,W,0,GATE,*,s,C\n"
	                                "high_er,oma,*,er >= 5,tdecq - 2.2,,dBm,0.2,GATE,*,s,X\n"
	                                "low_er,oma,*,er < 5,tdecq - 1.9,,dBm,0.2,GATE,*,s,X\n"
	                                "warm,heat,*,,,power * 2,W,0,GATE,*,s,X\n"
	                                "two,lane2,2,,,1,dB,0,GATE,*,s,X\n");
	const struct known known[] = {
		{"tdecq", 1, 2.4}, {"er", 1, 5.0},    {"tdecq", 2, 2.4},
		{"er", 2, 4.9},    {"tdecq", 3, NAN}, {"er", 3, 4},
		{"er", 4, 4},      {"power", 0, 8},   {NULL, 0, 0},
	};
	static const struct {
		const char *measure;
		int lane;
		double value;
		const char *unit;
		enum verdict verdict;
		const char *limit; /* null: no row */
		double low;
		const char *reason; /* pattern */
	} rows[] = {
		{"oma", 1, 0.2, "dBm", VERDICT_PASS, "high_er", 0.2, NULL},
		{"oma", 1, 0.1, "dBm", VERDICT_FAIL, "high_er", 0.2, "0.10 dBm < 0.20 dBm"},
		{"oma", 2, 0.49, "dBm", VERDICT_FAIL, "low_er", 0.5, "0.49 dBm < 0.50 dBm"},
		{"oma", 2, 0.8, "dBm", VERDICT_PASS, "low_er", 0.5, NULL},
		{"oma", 3, 0.8, "dBm", VERDICT_ERROR, "low_er", NAN,
	         "low tdecq - 1.9: tdecq has no*"},
		{"oma", 4, 0.8, "dBm", VERDICT_ERROR, "low_er", NAN,
	         "low tdecq - 1.9: tdecq was not*"},
		{"oma", 5, 0.8, "dBm", VERDICT_ERROR, "high_er", NAN,
	         "condition er >= 5: er was not*"},
		{"heat", 3, 16.5, "W", VERDICT_FAIL, "warm", NAN, "16.5 W > 16 W"},
		{"heat", 0, 16, "W", VERDICT_PASS, "warm", NAN, NULL},
		{"lane2", 1, 5, "dB", VERDICT_NONE, NULL, NAN, NULL},
		{"lane2", 2, 5, "dB", VERDICT_FAIL, "two", NAN, "5.00 dB > 1.00 dB"},
	};
	g_autoptr(GPtrArray) out = make_out();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		enum verdict verdict = judge(set, rows[i].measure, rows[i].lane, rows[i].value,
		                             rows[i].unit, known, out, NULL);
		g_assert_cmpint(verdict, ==, rows[i].verdict);
		g_assert_cmpint(out->len > 0, ==, rows[i].limit != NULL);
		if (rows[i].limit)
			check_judgement(out->pdata[0], rows[i].limit, rows[i].low, rows[i].reason);
	}
}

/* clang-format off */
static const struct {
	const char *rows;
	const char *message; /* pattern, after the path */
} refused[] = {
	{"", "*t.csv: no rows"},
	{"X,x,*,,1,,dB,0,GATE,*,s,C\n", "*t.csv:2: id: \"X\" is not a name*"},
	{"x,max,*,,1,,dB,0,GATE,*,s,C\n", "*t.csv:2: measure: \"max\" is not a name*"},
	{"x,,*,,1,,dB,0,GATE,*,s,C\n", "*t.csv:2: measure: \"\"*"},
	{"x,x,0,,1,,dB,0,GATE,*,s,C\n", "*t.csv:2: lane: expected*\"0\""},
	{"x,x,a,,1,,dB,0,GATE,*,s,C\n", "*t.csv:2: lane: expected*\"a\""},
	{"x,x,*,,,,dB,0,GATE,*,s,C\n", "*t.csv:2: neither low nor high*"},
	{"x,x,*,,2,1,dB,0,GATE,*,s,C\n", "*t.csv:2: low 2 is above high 1"},
	{"x,x,*,,1,2,dB,0.6,GATE,*,s,C\n", "*t.csv:2: guard_band: nothing is left*"},
	{"x,x,*,,1,2,dB,-1,GATE,*,s,C\n", "*t.csv:2: guard_band: expected*\"-1\""},
	{"x,x,*,,1,2,dB,,GATE,*,s,C\n", "*t.csv:2: guard_band: expected*\"\""},
	{"x,x,*,,1,2,furlong,0,GATE,*,s,C\n", "*t.csv:2: unit: \"furlong\"*"},
	{"x,x,*,,1,2,dB,0,GAT,*,s,C\n", "*t.csv:2: gate: \"GAT\"*did you mean GATE?"},
	{"x,x,*,,1,2,dB,0,GATE,*,s,Q\n", "*t.csv:2: mark: \"Q\"*"},
	{"x,x,*,,1,2,dB,0,GATE,*,,C\n", "*t.csv:2: source: empty"},
	{"x,x,*,,1,2,dB,0,GATE,,s,C\n", "*t.csv:2: edition: empty"},
	{"x,x,*,,1x,2,dB,0,GATE,*,s,C\n", "*t.csv:2: low: bad number*"},
	{"x,x,*,,1,nan,dB,0,GATE,*,s,C\n", "*t.csv:2: high: \"nan\" is the measure of no*"},
	{"tdecq,tdecq,*,,1,tdec + 1,dB,0,GATE,*,s,C\n", "*high: \"tdec\"*mean tdecq?"},
	{"x,x,*,x >,1,2,dB,0,GATE,*,s,C\n", "*t.csv:2: condition: *"},
	{"x,x,*,,1,2,dB,0,GATE,*,s,C\nx,x,*,,1,2,dB,0,GATE,a,s,C\n", "*:3: id: \"x\"*twice"},
	{"x,x,*,,1,2,dB,0,GATE,a,s,C\nx,x,*,,1,2,dB,0,GATE,a,s,C\n", "*:3: id: \"x\"*twice"},
	{"x,x,*,,1,2,dB,0,GATE,b,s,C\nx,x,*,,1,2,dB,0,GATE,a,s,C\nx,x,*,,1,2,dB,0,GATE,*,s,"
	 "C\n", "*:4: id: \"x\"*twice"},
	{"x,x,*,,1,2,dB,0,GATE,*,s,C\ny,x,*,,1,2,dBm,0,GATE,*,s,C\n", "*:3: unit: \"dBm\"*"},
	{"x,x,*,,1,2,dB,0,GATE,c,s,C\ny,x,*,,1,2,dB,0,GATE,b,s,C\n", "*\"a\"*has: b, c"},
	{"x,x,*,,1,2,dB,0,GATE,a,s,C\ny,x,*,,2,1,dB,0,GATE,b,s,C\n", "*:3: low 2 is above*"},
};
/* clang-format on */

static void test_refuse(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = g_strconcat(HEADER, refused[i].rows, NULL);
		g_assert_null(load_text(text, "a", &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_pattern_match_simple(refused[i].message, error->message))
			g_error("case %zu: \"%s\"", i, error->message);
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(load_text("id,measure\nx,x\n", "a", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	g_assert_null(limit_set_load("/nonexistent/limits.csv", "a", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	limit_set_free(NULL);
	judgement_free(NULL);
}

static void test_editions(void)
{
	g_autoptr(limit_set) set = load("x,x,*,,1,2,dB,0,GATE,*,s,C\n"
	                                "y,y,*,,1,2,dB,0,GATE,b,s,C\n"
	                                "y,y,3,,1,4,dB,0,CHECK,a,\"s, t\",M\n");
	g_assert_cmpuint(limit_set_size(set), ==, 2);
	const struct limit_row *row = limit_set_row(set, 1);
	g_assert_cmpstr(row->id, ==, "y");
	g_assert_cmpint(row->lane, ==, 3);
	g_assert_cmpstr(row->high, ==, "4");
	g_assert_cmpstr(row->source, ==, "s, t");
	g_assert_cmpint(row->line, ==, 4);
	g_assert_null(row->condition);
	g_assert_true(limit_set_has(set, "y"));
	g_assert_false(limit_set_has(set, "z"));
	g_assert_cmpuint(strlen(limit_set_sha256(set)), ==, 64);
	g_assert_true(g_str_has_suffix(limit_set_path(set), "t.csv"));
}

static void test_verdicts(void)
{
	static const char *const names[] = {"NONE", "SKIPPED", "PASS", "FAIL", "ERROR", "ABORTED"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		enum verdict verdict = VERDICT_NONE;
		g_assert_true(verdict_parse(names[i], &verdict));
		g_assert_cmpint(verdict, ==, i);
		g_assert_cmpstr(verdict_name(verdict), ==, names[i]);
		g_assert_cmpint(verdict_worst(verdict, VERDICT_PASS), ==, MAX(i, VERDICT_PASS));
		g_assert_cmpint(verdict_worst(VERDICT_PASS, verdict), ==, MAX(i, VERDICT_PASS));
	}
	enum verdict verdict = VERDICT_FAIL;
	g_assert_false(verdict_parse("pass", &verdict));
	g_assert_false(verdict_parse(NULL, &verdict));
	g_assert_cmpint(verdict, ==, VERDICT_FAIL);
}

static void test_value_text(void)
{
	static const struct {
		double value;
		const char *unit;
		int extra;
		const char *text;
	} rows[] = {
		{3.4, "dB", 0, "3.40 dB"},        {-0.001, "dBm", 0, "0.00 dBm"},
		{-0.001, "dBm", 1, "-0.001 dBm"}, {17e-12, "s", 0, "17 ps"},
		{8.3123, "W", 0, "8.312 W"},      {0.98, "1", 0, "0.98"},
		{NAN, "dB", 0, "nan dB"},         {1e308, "dB", 99, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = value_text(rows[i].value, rows[i].unit, rows[i].extra);
		if (rows[i].text)
			g_assert_cmpstr(text, ==, rows[i].text);
		else
			g_assert_cmpuint(strlen(text), >, 300);
	}
	g_autofree char *same = value_compare_text(2, ">", 2, "dB");
	g_assert_true(g_str_has_prefix(same, "2.0000"));
}

static void test_uncertainty_text(void)
{
	static const struct {
		double uncertainty;
		const char *unit, *text;
	} rows[] = {
		{0.2, "dB", "0.20 dB"},
		{0.2, "dBm", "0.20 dB"},
		{3.47e-12, "s", "3.5 ps"},
		{0.0123, "W", "12 mW"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = value_uncertainty_text(rows[i].uncertainty, rows[i].unit);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/limits/limit/bounds", test_bounds);
	g_test_add_func("/limits/limit/gates", test_gates);
	g_test_add_func("/limits/limit/formulas", test_formulas);
	g_test_add_func("/limits/limit/refuse", test_refuse);
	g_test_add_func("/limits/limit/editions", test_editions);
	g_test_add_func("/limits/verdict/names", test_verdicts);
	g_test_add_func("/limits/value/text", test_value_text);
	g_test_add_func("/limits/value/uncertainty", test_uncertainty_text);
	return g_test_run();
}

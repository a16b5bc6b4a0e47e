/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/limit.h"

#include "tests/unit/limits_rows.h"

#include <math.h>
#include <string.h>

static double doubt(const char *measure, int lane, gpointer data)
{
	const struct known *known = data;
	for (; known->name; known++) {
		if (strcmp(known->name, measure) == 0 && known->lane == lane)
			return known->value / 10;
	}
	return NAN;
}

/* clang-format off */
static const struct {
	struct limit_decision decision;
	double value;
	double high_guarded;
	enum verdict verdict;
	gboolean marginal;
	const char *reason;
} decided[] = {
	/* the quantiles: 1.99539 for 2.3 %, 1.64485 for 5 %; u is half of what is given */
	{{LIMIT_MARGINAL, 0.023, 0.5},
         2.49,
         3 - 1.9953933 * 0.25,
         VERDICT_PASS,
         FALSE,
         NULL},
	{{LIMIT_MARGINAL, 0.023, 0.5}, 2.51, 2.5011517, VERDICT_PASS, TRUE, NULL},
	{{LIMIT_MARGINAL, 0.05, 0.5},
         2.51,
         3 - 1.6448536 * 0.25,
         VERDICT_PASS,
         FALSE,
         NULL},
	{{LIMIT_GUARDED, 0.023, 0.5}, 2.49, 2.5011517, VERDICT_PASS, FALSE, NULL},
	{{LIMIT_GUARDED, 0.023, 0.5},
         2.51,
         2.5011517,
         VERDICT_FAIL,
         FALSE,
         "2.51 dB is inside the guard band of 0.50 dB at 2.3 % false accept"},
	{{LIMIT_GUARDED, 0.023, 0.5},
         3.01,
         2.5011517,
         VERDICT_FAIL,
         FALSE,
         "3.01 dB > 3.00 dB"},
	/* the row keeps more than a small uncertainty asks for */
	{{LIMIT_GUARDED, 0.023, 0.02},
         2.91,
         2.9,
         VERDICT_FAIL,
         FALSE,
         "2.91 dB is inside the guard band of 0.10 dB at 2.3 % false accept"},
	/* nothing known of the value, or no risk chosen: the row's own */
	{{LIMIT_GUARDED, 0.023, NAN}, 2.89, 2.9, VERDICT_PASS, FALSE, NULL},
	{{LIMIT_GUARDED, NAN, 0.5},
         2.91,
         2.9,
         VERDICT_FAIL,
         FALSE,
         "2.91 dB is inside the guard band of 0.10 dB"},
	{{LIMIT_MARGINAL, 0, 0.5}, 2.91, 2.9, VERDICT_PASS, TRUE, NULL},
	{{LIMIT_MARGINAL, 0.5, 0.5}, 2.89, 2.9, VERDICT_PASS, FALSE, NULL},
};
/* clang-format on */

/* A limit of 3 dB, and 0.1 dB that its row keeps in any case. */
static void test_guards(void)
{
	g_autoptr(limit_set) set = load("x,x,*,,,3,dB,0.1,GATE,*,s,C\n");
	g_autoptr(GPtrArray) out = make_out();
	for (gsize i = 0; i < G_N_ELEMENTS(decided); i++) {
		const struct limit_context context = {NULL, NULL, NULL, decided[i].decision};
		gboolean marginal = FALSE;
		g_test_message("row %zu", i);
		g_ptr_array_set_size(out, 0);
		g_assert_cmpint(limit_judge(set, "x", 1, decided[i].value, "dB", &context, out,
		                            &marginal),
		                ==, decided[i].verdict);
		const struct judgement *judgement = out->pdata[0];
		g_assert_cmpint(marginal, ==, decided[i].marginal);
		g_assert_cmpfloat_with_epsilon(judgement->high_guarded, decided[i].high_guarded,
		                               1e-6);
		g_assert_cmpstr(judgement->reason, ==, decided[i].reason);
		g_assert_cmpint(judgement->rule, ==, decided[i].decision.rule);
		g_assert_cmpfloat(judgement->value, ==, decided[i].value);
		g_assert_cmpint(isnan(judgement->false_accept), ==,
		                !limit_risk_is_chosen(decided[i].decision.false_accept));
	}
}

/* Both bounds keep the same distance; where the bands meet nothing passes, and it is said why. */
static void test_guards_meet(void)
{
	g_autoptr(limit_set) set =
		load("x,x,*,,1,2,dBm,0,GATE,*,s,C\ni,x,*,,1,,dBm,0,INFO,*,s,C\n");
	g_autoptr(GPtrArray) out = make_out();
	const struct limit_context context = {NULL, NULL, NULL, {LIMIT_GUARDED, 0.023, 1.2}};
	g_assert_cmpint(limit_judge(set, "x", 1, 1.5, "dBm", &context, out, NULL), ==,
	                VERDICT_FAIL);
	const struct judgement *judgement = out->pdata[0];
	g_assert_cmpfloat_with_epsilon(judgement->low_guarded - 1, 2 - judgement->high_guarded,
	                               1e-12);
	g_assert_cmpstr(judgement->reason, ==,
	                "1.50 dBm is inside the guard band of 1.20 dB at 2.3 % false accept, which "
	                "leaves nothing between the limits");
	g_assert_cmpint(((struct judgement *)out->pdata[1])->verdict, ==, VERDICT_NONE);
}

/* A bound that is a formula is as uncertain as what it is made of: here a tenth of each value. */
static void test_guards_of_formulas(void)
{
	static const struct {
		const char *low;
		double bound, doubt;
	} rows[] = {
		{"a", 2, 0.2},           {"a - 1", 1, 0.2},
		{"3 * a", 6, 0.6},       {"a + b", 5, 0.36055512755},
		{"max(a, 1.9)", 2, 0.2}, {"max(a, 9)", 9, 0},
		{"a - a", 0, 0},         {"u * 2", 14, 1.4},
	};
	static const struct known known[] = {{"a", 1, 2},
	                                     {"b", 1, 3},
	                                     {"u", 0, 7},
	                                     {"x", 1, 0},
	                                     {NULL, 0, 0}};
	g_autoptr(GPtrArray) out = make_out();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("x,x,*,,\"%s\",,dB,0,GATE,*,s,C\n"
		                                        "a,a,*,,0,,dB,0,INFO,*,s,C\n"
		                                        "b,b,*,,0,,dB,0,INFO,*,s,C\n"
		                                        "u,u,*,,0,,dB,0,INFO,*,s,C\n",
		                                        rows[i].low);
		g_autoptr(limit_set) set = load(text);
		struct limit_context context = {lookup,
		                                (gpointer)known,
		                                doubt,
		                                {LIMIT_GUARDED, 0.022750131948179195, 0.15}};
		double guard = hypot(0.15, rows[i].doubt); /* two standard uncertainties */
		g_test_message("row %zu", i);
		g_ptr_array_set_size(out, 0);
		limit_judge(set, "x", 1, 20, "dB", &context, out, NULL);
		const struct judgement *judgement = out->pdata[0];
		g_assert_cmpfloat_with_epsilon(judgement->low, rows[i].bound, 1e-9);
		g_assert_cmpfloat_with_epsilon(judgement->low_guarded, rows[i].bound + guard, 1e-6);
		g_ptr_array_set_size(out, 0);
		context.uncertainty = NULL;
		limit_judge(set, "x", 1, 20, "dB", &context, out, NULL);
		judgement = out->pdata[0];
		g_assert_cmpfloat_with_epsilon(judgement->low_guarded, rows[i].bound + 0.15, 1e-6);
	}
}

/* A bound that has no value within the doubt of what it is made of guards against everything. */
static void test_guard_without_end(void)
{
	static const struct known known[] = {{"a", 1, 0.1}, {"x", 1, 0}, {NULL, 0, 0}};
	g_autoptr(limit_set) set = load(
		"x,x,*,,\"0 / floor(a * 10.01)\",,dB,0,GATE,*,s,C\na,a,*,,0,,dB,0,INFO,*,s,C\n");
	g_autoptr(GPtrArray) out = make_out();
	struct limit_context context = {lookup,
	                                (gpointer)known,
	                                doubt,
	                                {LIMIT_GUARDED, 0.023, 0.15}};

	g_assert_cmpint(limit_judge(set, "x", 1, 20, "dB", &context, out, NULL), ==, VERDICT_FAIL);
	/* no risk chosen: nobody asks how uncertain the bound is */
	context.decision.false_accept = NAN;
	g_assert_cmpint(limit_judge(set, "x", 1, 20, "dB", &context, out, NULL), ==, VERDICT_PASS);
}

/* Of many units whose true value lies exactly on the limit, that share passes. */
static void test_false_accept(void)
{
	enum { UNITS = 200000 };
	g_autoptr(limit_set) set = load("x,x,*,,,3,dB,0,GATE,*,s,C\n");
	const struct limit_context context = {NULL, NULL, NULL, {LIMIT_GUARDED, 0.05, 0.4}};
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	guint passed = 0;
	for (int i = 0; i < UNITS; i++) {
		double radius = sqrt(-2 * log(g_rand_double_range(random, 1e-12, 1)));
		double noise = radius * cos(2 * G_PI * g_rand_double(random));
		passed += limit_judge(set, "x", 1, 3 + 0.2 * noise, "dB", &context, NULL, NULL) ==
		          VERDICT_PASS;
	}
	/* four standard deviations of that many trials */
	g_assert_cmpfloat_with_epsilon((double)passed / UNITS, 0.05, 0.002);
}

static void test_rules(void)
{
	enum limit_rule rule = LIMIT_GUARDED;
	g_assert_true(limit_rule_parse("marginal", &rule));
	g_assert_cmpint(rule, ==, LIMIT_MARGINAL);
	g_assert_true(limit_rule_parse("guarded", &rule));
	g_assert_cmpstr(limit_rule_name(rule), ==, "guarded");
	g_assert_false(limit_rule_parse("strict", &rule));
	g_assert_false(limit_rule_parse(NULL, &rule));
	g_assert_cmpint(rule, ==, LIMIT_GUARDED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/limits/guard/guards", test_guards);
	g_test_add_func("/limits/guard/guards-meet", test_guards_meet);
	g_test_add_func("/limits/guard/guards-of-formulas", test_guards_of_formulas);
	g_test_add_func("/limits/guard/guard-without-end", test_guard_without_end);
	g_test_add_func("/limits/guard/false-accept", test_false_accept);
	g_test_add_func("/limits/guard/rules", test_rules);
	return g_test_run();
}

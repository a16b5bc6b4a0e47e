/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/rejudge.h"
#include "tests/unit/engine_stand.h"

/* --- by the very same limits nothing changes -------------------------------------------------- */

#define ROW(id, measure, lane, condition, low, high, unit, guard, gate)                            \
	id "," measure "," lane "," condition "," low "," high "," unit "," guard "," gate         \
	   ",*,s,C\n"

static const char *const rows[] = {
	ROW("x", "x", "*", "", "0", "3", "dBm", "0.2", "GATE"),
	ROW("x_hold", "x", "*", "", "1", "2", "dBm", "0", "HOLD"),
	ROW("x_by_y", "x", "*", "", "y - 1", "", "dBm", "0.1", "CHECK"),
	ROW("y", "y", "*", "", "", "4", "dBm", "0.3", "GATE"),
	ROW("y_one", "y", "2", "x > 2", "", "2", "dBm", "0", "GATE"),
	ROW("z", "z", "*", "", "0", "3", "W", "0", "GATE"),
	ROW("w", "w", "*", "", "0", "3", "dBm", "0", "INFO"),
};

/* One row in two is left out, but formulas find the names they need. */
static char *some_limits(GRand *random)
{
	GString *text =
		g_string_new(LIMITS_HEAD ROW("n_x", "x", "*", "", "", "99", "dBm", "0", "HOLD")
	                             ROW("n_y", "y", "*", "", "", "99", "dBm", "0", "HOLD"));

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (g_rand_boolean(random))
			g_string_append(text, rows[i]);
	return g_string_free(text, FALSE);
}

static void append_command(GString *plan, GRand *random)
{
	static const char *const names[] = {"x", "y", "z", "w"};
	gint what = g_rand_int_range(random, 0, 40);
	double value = g_rand_int_range(random, 0, g_rand_int_range(random, 0, 4) ? 13 : 22) * 0.25;

	if (what < 24)
		g_string_append_printf(plan, "%sm %s %d %g dBm;", what < 6 ? "first " : "",
		                       names[g_rand_int_range(random, 0, 4)],
		                       g_rand_int_range(random, 0, 3), value);
	else if (what < 32)
		g_string_append_printf(plan, "u %s %g %g;", names[g_rand_int_range(random, 0, 2)],
		                       value, g_rand_int_range(random, 0, 4) * 0.25);
	else if (what < 34)
		g_string_append_printf(plan, "m x %d nan dBm;", g_rand_int_range(random, 0, 3));
	else if (what < 37)
		g_string_append_printf(plan, "check c %s;", what < 36 ? "yes" : "no");
	else if (what == 37)
		g_string_append(plan, g_rand_boolean(random) ? "fail 1;" : "fail 9;");
	else if (g_rand_int_range(random, 0, 4) == 0)
		g_string_append(plan, what == 38 ? "error instrument;" : "cancel; wait;");
	else if (g_rand_int_range(random, 0, 4) == 0)
		g_string_append(plan, "undo broken;");
}

static char *some_plan(GRand *random)
{
	GString *plan = g_string_new("setup: []\nmain:\n");
	gint n = g_rand_int_range(random, 1, 6);

	for (gint i = 0; i < n; i++) {
		gboolean lanes = g_rand_boolean(random);

		g_string_append_printf(plan,
		                       "  - {step: act%s, name: s%d, retries: %d%s%s, with: "
		                       "{do: \"m z 0 1 W;",
		                       lanes ? "-lane" : "", i, g_rand_int_range(random, 0, 3),
		                       g_rand_boolean(random) ? ", on_fail: stop" : "",
		                       lanes ? ", for: lanes" : "");
		/* or few would have what a PASS needs */
		if (i == 0)
			g_string_append_printf(plan, "m x 0 %g dBm; m y 0 %g dBm;",
			                       g_rand_int_range(random, 0, 13) * 0.25,
			                       g_rand_int_range(random, 0, 5) * 0.25);
		for (gint k = g_rand_int_range(random, 0, 5); k > 0; k--)
			append_command(plan, random);
		g_string_append(plan, "\"}}\n");
	}
	g_string_append(plan, "cleanup: []\n");
	return g_string_free(plan, FALSE);
}

static void assert_judgements(const struct record_measurement *a,
                              const struct record_measurement *b)
{
	g_assert_cmpuint(a->judgements->len, ==, b->judgements->len);
	for (guint i = 0; i < a->judgements->len; i++) {
		const struct judgement *j = a->judgements->pdata[i], *k = b->judgements->pdata[i];

		g_assert_cmpstr(j->limit_id, ==, k->limit_id);
		g_assert_cmpstr(j->reason, ==, k->reason);
		g_assert_cmpint(j->verdict, ==, k->verdict);
		g_assert_true(j->low_guarded == k->low_guarded || isnan(j->low_guarded));
		g_assert_true(j->high_guarded == k->high_guarded || isnan(j->high_guarded));
		g_assert_true(j->margin == k->margin || isnan(j->margin));
	}
}

static void assert_same(const struct run_record *was, const struct run_record *now)
{
	g_assert_cmpstr(now->reason, ==, was->reason);
	g_assert_cmpstr(verdict_name(now->verdict), ==, verdict_name(was->verdict));
	g_assert_cmpstr(now->first_failing_step, ==, was->first_failing_step);
	g_assert_cmpint(now->marginal, ==, was->marginal);
	g_assert_cmpuint(now->steps->len, ==, was->steps->len);
	g_assert_cmpuint(now->measurements->len, ==, was->measurements->len);
	for (guint i = 0; i < was->steps->len; i++) {
		const struct record_step *a = was->steps->pdata[i], *b = now->steps->pdata[i];

		g_assert_cmpint(a->verdict, ==, b->verdict);
		g_assert_cmpstr(a->reason, ==, b->reason);
		g_assert_cmpint(a->superseded, ==, b->superseded);
	}
	for (guint i = 0; i < was->measurements->len; i++) {
		const struct record_measurement *a = was->measurements->pdata[i];
		const struct record_measurement *b = now->measurements->pdata[i];

		g_assert_cmpstr(a->id, ==, b->id);
		g_assert_cmpint(a->verdict, ==, b->verdict);
		g_assert_cmpint(a->marginal, ==, b->marginal);
		g_assert_cmpstr(a->reason, ==, b->reason);
		assert_judgements(a, b);
	}
}

/* As the store gives the record. */
static struct run_record *stored(const struct run_record *record)
{
	g_autofree char *json = run_record_to_json(record);
	GError *error = NULL;
	struct run_record *again = run_record_from_json(json, -1, &error);

	g_assert_no_error(error);
	return again;
}

static struct run_record *rejudge(const struct stand *s, const GPtrArray *limits,
                                  const struct run_record *whole)
{
	g_autoptr(run_record) was = stored(s->run.record);
	struct judging by = {.limits = limits, .n_lanes = s->product.n_lanes};

	rejudge_take_decision(was, &by);
	return rejudge_record(&by, was, whole);
}

static void test_same(void)
{
	guint seen[VERDICT_ABORTED + 1] = {0}, marginal = 0, superseded = 0;

	for (guint seed = 1; seed <= 400; seed++) {
		GRand *random = g_rand_new_with_seed(seed);
		g_autofree char *limits = some_limits(random);
		g_autofree char *plan = some_plan(random);
		struct stand *s = stand_new(limits, plan);

		g_test_message("seed %u: %s", seed, plan);
		s->product.rule = seed % 2 ? LIMIT_MARGINAL : LIMIT_GUARDED;
		s->product.false_accept = seed % 3 ? 0.023 : NAN;
		run_plan(&s->run);
		g_autoptr(run_record) now = rejudge(s, s->files.limits, NULL);

		assert_same(s->run.record, now);
		seen[now->verdict]++;
		marginal += now->marginal;
		for (guint i = 0; i < now->steps->len; i++)
			superseded += run_record_superseded(now, i);
		stand_free(s);
		g_rand_free(random);
	}
	g_test_message("marginal %u, superseded %u", marginal, superseded);
	/* or nothing was shown */
	g_assert_cmpuint(seen[VERDICT_PASS], >, 10);
	g_assert_cmpuint(seen[VERDICT_FAIL], >, 10);
	g_assert_cmpuint(seen[VERDICT_ERROR], >, 10);
	g_assert_cmpuint(seen[VERDICT_ABORTED], >, 3);
	g_assert_cmpuint(marginal, >, 3);
	g_assert_cmpuint(superseded, >, 10);
}

/* --- by others -------------------------------------------------------------------------------- */

#define X(low, high)  ROW("x", "x", "*", "", low, high, "dBm", "0", "GATE")
#define Y(low, high)  ROW("y", "y", "*", "", low, high, "dBm", "0", "GATE")
#define ONE(commands) "  - {step: act, name: a, with: {do: " commands "}}\n"

static const struct {
	const char *plan, *was;
	enum verdict verdict;
	const char *now;
	enum verdict again;
	const char *says;
} others[] = {
	{ONE("m x 0 2 dBm"), X("0", "3"), VERDICT_PASS, X("0", "1"), VERDICT_FAIL,
         "a: x 2.00 dBm > 1.00 dBm"},
	{ONE("m x 0 2 dBm; check c yes"), X("0", "1"), VERDICT_FAIL, X("0", "3"), VERDICT_ERROR,
         "the plan ended after a"},
	{ONE("m x 0 2 dBm") "  - {step: act, name: b, with: {do: m y 0 1 dBm}}\n", X("0", "1"),
         VERDICT_FAIL, X("0", "3"), VERDICT_PASS, NULL},
	/* a plan that stopped has not measured the rest */
	{"  - {step: act, name: a, on_fail: stop, with: {do: m x 0 2 dBm}}\n"
         "  - {step: act, name: b, with: {do: m y 0 1 dBm}}\n",
         X("0", "1"), VERDICT_FAIL, X("0", "3"), VERDICT_ERROR, "the plan ended after a"},
	/* a row wants what was not measured; it vanishes; another unit */
	{ONE("m x 0 2 dBm"), X("0", "3"), VERDICT_PASS, X("0", "3") Y("0", "1"), VERDICT_ERROR,
         "no value of y, which limit y judges"},
	{ONE("m x 0 2 dBm; m y 0 9 dBm") "  - {step: act, name: b, with: {do: m x 0 1 dBm}}\n",
         X("0", "3") Y("0", "1"), VERDICT_FAIL, X("0", "3"), VERDICT_PASS, NULL},
	{ONE("m x 0 2 dBm"), X("0", "3"), VERDICT_PASS,
         ROW("x", "x", "*", "", "0", "3", "W", "0", "GATE"), VERDICT_ERROR,
         "measured in dBm, limit in W"},
	{ONE("m x 0 2 dBm; m y 0 1 dBm"), X("0", "3"), VERDICT_PASS, X("y + 2", "") Y("0", "1"),
         VERDICT_FAIL, "x 2.00 dBm < 3.00 dBm"},
	/* what the steps found and what the station could not do */
	{ONE("m x 0 2 dBm; check c no"), X("0", "3"), VERDICT_FAIL, X("0", "9"), VERDICT_FAIL,
         "c is not so"},
	{ONE("m x 0 2 dBm; error instrument"), X("0", "1"), VERDICT_ERROR, X("0", "9"),
         VERDICT_ERROR, "made up instrument"},
	{ONE("undo broken; m x 0 2 dBm"), X("0", "3"), VERDICT_ERROR, X("0", "1"), VERDICT_ERROR,
         "safe state"},
	/* an attempt that was superseded counts for nothing */
	{"  - {step: act, name: a, retries: 1, with: {do: first m x 0 2 dBm; m x 0 1 dBm}}\n",
         X("0", "1.5"), VERDICT_PASS, X("0", "1.1"), VERDICT_PASS, NULL},
};

static void test_others(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autofree char *was = g_strconcat(LIMITS_HEAD, others[i].was, NULL);
		g_autofree char *now = g_strconcat(LIMITS_HEAD, others[i].now, NULL);
		g_autofree char *plan =
			g_strconcat("setup: []\nmain:\n", others[i].plan, "cleanup: []\n", NULL);
		struct stand *s = stand_new(was, plan);
		g_autoptr(GPtrArray) sets = NULL;

		g_test_message("case %u", i);
		run_plan(&s->run);
		g_assert_cmpint(s->run.record->verdict, ==, others[i].verdict);
		stand_add_limits(s, now);
		sets = g_ptr_array_new();
		g_ptr_array_add(sets, s->files.limits->pdata[1]);
		g_autoptr(run_record) again = rejudge(s, sets, NULL);

		g_assert_cmpstr(verdict_name(again->verdict), ==, verdict_name(others[i].again));
		if (others[i].says && !strstr(again->reason, others[i].says))
			g_error("case %u: \"%s\" does not say \"%s\"", i, again->reason,
			        others[i].says);
		stand_free(s);
	}
}

/* Another run of the plan tells whether one that failed went to its end. */
static void test_whole(void)
{
	static const struct {
		const char *second;
		enum verdict again;
	} ends[] = {
		{"", VERDICT_PASS},
		{"  - {step: act, name: b, with: {do: m x 0 1 dBm}}\n", VERDICT_ERROR},
	};

	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autofree char *plan = g_strconcat("setup: []\nmain:\n  - {step: act, name: a, "
		                                    "on_fail: stop, with: {do: m x "
		                                    "0 2 dBm}}\n",
		                                    ends[i].second, "cleanup: []\n", NULL);
		struct stand *good = stand_new(LIMITS_HEAD X("0", "3"), plan);
		struct stand *bad = stand_new(LIMITS_HEAD X("0", "1"), plan);

		run_plan(&good->run);
		run_plan(&bad->run);
		g_assert_true(rejudge_is_whole_for(good->run.record, bad->run.record));
		g_assert_false(rejudge_is_whole_for(bad->run.record, good->run.record));
		g_autoptr(run_record) again = rejudge(bad, good->files.limits, good->run.record);

		g_assert_cmpstr(verdict_name(again->verdict), ==, verdict_name(ends[i].again));
		stand_free(good);
		stand_free(bad);
	}
}

/* A memory that may be half-written is no matter of limits. */
static void test_half_written(void)
{
	struct stand *s =
		stand_new(LIMITS_HEAD X("0", "1"), "setup: []\nmain:\n" ONE("m x 0 2 dBm")
	                                                   ONE("m y 0 2 dBm") "cleanup: []\n");
	struct stand *other = stand_new(LIMITS_HEAD X("0", "3"),
	                                "setup: []\nmain:\n" ONE("m x 0 1 dBm") "cleanup: []\n");

	run_plan(&s->run);
	run_record_add_note(s->run.record, "%s: constants", JUDGING_HALF_WRITTEN);
	g_autoptr(run_record) again = rejudge(s, other->files.limits, NULL);

	g_assert_cmpint(again->verdict, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(again->reason, JUDGING_HALF_WRITTEN));
	stand_free(s);
	stand_free(other);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rejudge/same", test_same);
	g_test_add_func("/rejudge/others", test_others);
	g_test_add_func("/rejudge/whole", test_whole);
	g_test_add_func("/rejudge/half-written", test_half_written);
	return g_test_run();
}

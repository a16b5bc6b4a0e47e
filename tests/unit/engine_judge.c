/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/yaml.h"
#include "station/engine/config_load.h"
#include "tests/unit/engine_stand.h"

/* Runs one step that reports these values and gives the stand; the verdict is the run's. */
static struct stand *judge(const char *limits, const char *values, enum verdict verdict)
{
	g_autofree char *plan = g_strdup_printf("setup: []\nmain:\n  - {step: act, name: a, with: "
	                                        "{do: %s}}\ncleanup: []\n",
	                                        values);
	struct stand *s = stand_new(limits, plan);

	stand_run(s, "a", verdict);
	return s;
}

#define ROW(id, measure, lane, condition, low, high, gate)                                         \
	id "," measure "," lane "," condition "," low "," high ",dBm,0," gate ",*,s,C\n"

/* Limits files by what is in them. */
#define X       ROW("x", "x", "*", "", "0", "2", "GATE")
#define X_CHECK ROW("x", "x", "*", "", "0", "2", "CHECK")
#define X_SPLIT ROW("x1", "x", "*", "", "0", "", "GATE") ROW("x2", "x", "*", "", "", "2", "GATE")
#define X_HOLD  X ROW("h", "x", "*", "", "0", "1", "HOLD")
#define Y_HOLD  X ROW("h", "y", "*", "", "0", "1", "HOLD")
#define Y_GATE  ROW("y", "y", "*", "", "", "9", "GATE")
#define Y_INFO  ROW("y", "y", "*", "", "", "9", "INFO")
#define X_BY_Y  ROW("x", "x", "*", "", "y - 1", "", "GATE") Y_GATE
#define X2_BY_Y ROW("x", "x", "2", "", "y", "", "GATE") Y_GATE
#define X1_BY_Y ROW("x", "x", "1", "", "y", "", "GATE") Y_INFO
#define X_IF_Y                                                                                     \
	ROW("a", "x", "1", "y < 5", "3", "", "GATE")                                               \
	ROW("b", "x", "1", "y >= 5", "0", "", "GATE") Y_INFO
#define X_OLD                                                                                      \
	X "t,x,*,,0,1,dBm,0,GATE,old,s,C\n"                                                        \
	  "n,x,*,,0,3,dBm,0,GATE,now,s,C\n"

#define GOOD_LANES                                                                                 \
	"m x 1 1 dBm; m y 1 2 dBm; m x 2 1 dBm; m y 2 2 dBm; m x 3 1 dBm; m y 3 1 dBm;"            \
	"m x 4 5 dBm; m y 4 6 dBm"
#define BAD_LANE "m x 1 1 dBm; m y 1 2 dBm; m x 2 1 dBm; m y 2 3 dBm"

static const struct {
	const char *rows, *values;
	enum verdict verdict;
	const char *says; /* in the reason of the run */
} cases[] = {
	/* bounds are inclusive */
	{X, "m x 0 2 dBm", VERDICT_PASS, NULL},
	{X, "m x 0 0 dBm", VERDICT_PASS, NULL},
	{X, "m x 0 2.0001 dBm", VERDICT_FAIL, "a: x 2"},
	{X, "m x 3 -0.5 dBm", VERDICT_FAIL, "a: lane 3: x -0.5"},
	{X_CHECK, "m x 0 3 dBm", VERDICT_FAIL, "x 3"},
	{X, "m x 0 nan dBm", VERDICT_ERROR, "no finite value"},
	{X, "m x 0 1 W", VERDICT_ERROR, "measured in W"},
	/* the worst of several rows, and of several values */
	{X_SPLIT, "m x 0 3 dBm", VERDICT_FAIL, "3.00 dBm > 2.00 dBm"},
	{X, "m x 0 3 dBm; m x 0 -1 dBm", VERDICT_FAIL, "; x -1"},
	/* HOLD and INFO never fail, beside a row that counts */
	{X_HOLD, "m x 0 1.5 dBm", VERDICT_PASS, NULL},
	{Y_HOLD, "m x 0 1 dBm; m y 0 nan dBm", VERDICT_PASS, NULL},
	/* formulas: the lane's own value first, then the unit's */
	{X_BY_Y, GOOD_LANES, VERDICT_PASS, NULL},
	{X_BY_Y, BAD_LANE, VERDICT_FAIL, "lane 2: x 1"},
	{X2_BY_Y, "m x 2 1 dBm; m y 0 2 dBm", VERDICT_FAIL, "lane 2: x 1"},
	/* what a formula asks for is not there, or is no number */
	{X1_BY_Y, "m x 1 1 dBm; m y 2 0 dBm", VERDICT_ERROR, "y"},
	{X1_BY_Y, "m x 1 1 dBm; m y 1 nan dBm", VERDICT_ERROR, "y"},
	/* a condition that is false takes the row away, the other stays */
	{X_IF_Y, "m x 1 1 dBm; m y 1 6 dBm", VERDICT_PASS, NULL},
	{X_IF_Y, "m x 1 1 dBm; m y 1 4 dBm", VERDICT_FAIL, "x 1"},
	/* another edition's row does not count */
	{X_OLD, "m x 0 1.5 dBm", VERDICT_PASS, NULL},
	/* a finding needs no limit */
	{X, "m x 0 1 dBm; check seen no", VERDICT_FAIL, "seen seen is not so"},
};

static void test_table(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *limits = g_strconcat(LIMITS_HEAD, cases[i].rows, NULL);
		struct stand *s;

		g_test_message("case %u", i);
		s = judge(limits, cases[i].values, cases[i].verdict);
		if (cases[i].says && !strstr(s->run.record->reason, cases[i].says))
			g_error("case %u: \"%s\" does not say \"%s\"", i, s->run.record->reason,
			        cases[i].says);
		stand_free(s);
	}
}

/* What a row says is recorded, whatever its gate. */
static void test_recorded(void)
{
	struct stand *s = judge(LIMITS_HEAD "x,x,*,,0,2,dBm,0.2,GATE,*,a book,C\n"
	                                    "h,x,*,,0,1,dBm,0,HOLD,*,s,C\n",
	                        "m x 0 1.9 dBm; m z 0 5 dBm", VERDICT_PASS);
	const struct record_measurement *x = stand_value(s, 0), *z = stand_value(s, 1);
	const struct judgement *gate = g_ptr_array_index(x->judgements, 0);
	const struct judgement *hold = g_ptr_array_index(x->judgements, 1);

	g_assert_true(s->run.record->marginal);
	g_assert_cmpuint(x->judgements->len, ==, 2);
	g_assert_cmpint(x->verdict, ==, VERDICT_PASS);
	g_assert_true(x->marginal && gate->marginal);
	g_assert_cmpfloat(gate->high, ==, 2);
	g_assert_cmpstr(gate->source, ==, "a book");
	g_assert_cmpint(hold->verdict, ==, VERDICT_FAIL);
	g_assert_cmpint(z->verdict, ==, VERDICT_NONE);
	g_assert_cmpuint(z->judgements->len, ==, 0);
	g_assert_cmpstr(z->corner, ==, "nominal");
	stand_free(s);
}

/* The screen is shown the bounds of the row that decides. */
static void test_event(void)
{
	struct stand *s =
		judge(LIMITS_HEAD "a,x,*,,-9,9,dBm,0,GATE,*,s,C\nb,x,*,,0,2,dBm,0,GATE,*,s,C\n",
	              "m x 2 3 dBm; m z 0 5 dBm", VERDICT_FAIL);
	struct event event = stand_event(s, EVENT_MEASUREMENT);

	g_assert_cmpstr(event.name, ==, "x");
	g_assert_cmpint(event.lane, ==, 2);
	g_assert_cmpint(event.verdict, ==, VERDICT_FAIL);
	g_assert_cmpfloat(event.low, ==, 0);
	g_assert_cmpfloat(event.high, ==, 2);
	g_assert_cmpstr(event.unit, ==, "dBm");
	event = stand_event(s, EVENT_MEASUREMENT);
	g_assert_cmpint(event.verdict, ==, VERDICT_NONE);
	g_assert_true(isnan(event.low) && isnan(event.high));
	stand_free(s);
}

/* How far values are from another verdict, and that they can be taken back. */
static void test_clearance(void)
{
	struct stand *s =
		judge(LIMITS_HEAD "x,x,*,,0,2,dBm,0.2,GATE,*,s,C\nh,x,*,,0,1.4,dBm,0,HOLD,*,s,C\n"
	                          "w,w,*,,,y,dBm,0,CHECK,*,s,C\ny,y,*,,,9,dBm,0,INFO,*,s,C\n",
	              /* nothing that counts; the guard band at 1.8; the bound at 2 itself */
	              "mark; away 1e9; u y 7 0.1; u z 5 0.1; away 1e9; u x 1.5 0.1; away 3; back;"
	              "u x 1.95 0.1; away 0.5; back; u x 4 0.5; away 4; back;"
	              /* unknown: no uncertainty, no value, a bound that is made of what is not
	                 there */
	              "u x 1 nan; away 0; back; u x nan 0.1; away 0; back; u w 1 0.1; away 0;"
	              "u y 3 0.1; away 20; back; u x 1 0.1; u y 1 0.1; u w 0.9 0.1; away 1",
	              VERDICT_PASS);

	g_assert_cmpuint(s->run.record->measurements->len, ==, 3);
	stand_free(s);
}

/* A measure in two files: neither can take away what the other asks. */
static void test_several_files(void)
{
	static const char *const wide = LIMITS_HEAD "x,x,*,,0,9,dBm,0,GATE,*,s,C\n";
	static const char *const tight = LIMITS_HEAD "x,x,*,,0,2,dBm,0,GATE,*,s,C\n";

	for (guint i = 0; i < 2; i++) {
		struct stand *s = stand_new(i ? tight : wide,
		                            "setup: []\nmain:\n"
		                            "  - {step: act, name: a, with: {do: m x 0 3 dBm}}\n"
		                            "cleanup: []\n");
		stand_add_limits(s, i ? wide : tight);
		stand_run(s, "a", VERDICT_FAIL);
		g_assert_cmpuint(stand_value(s, 0)->judgements->len, ==, 2);
		stand_free(s);
	}
}

/* A formula takes the value of the attempt that counts, and of its own corner. */
static void test_place(void)
{
	static const char *const limits =
		LIMITS_HEAD "x,x,*,,y,,dBm,0,GATE,*,s,C\ny,y,*,,,99,dBm,0,GATE,*,s,C\n";
	struct stand *s = stand_new(limits, "setup: []\nmain:\n"
	                                    "  - {step: act, name: r, retries: 1, with:"
	                                    " {do: first m y 0 50 dBm; fail 1; m y 0 1 dBm}}\n"
	                                    "  - {step: act, name: a, with: {do: m x 0 2 dBm}}\n"
	                                    "cleanup: []\n");

	stand_run(s, "r r a", VERDICT_PASS);
	stand_free(s);

	s = stand_new(limits, "setup: []\nmain:\n"
	                      "  - {step: act, name: y, with: {do: m y 0 1 dBm}}\n"
	                      "  - group: g\n    for: corners\n    steps:\n"
	                      "      - {step: act, name: a, with: {do: m x 0 2 dBm}}\n"
	                      "cleanup: []\n");
	stand_run(s, "y a a", VERDICT_ERROR);
	g_assert_cmpint(stand_value(s, 1)->verdict, ==, VERDICT_PASS);
	g_assert_cmpint(stand_value(s, 2)->verdict, ==, VERDICT_ERROR);
	g_assert_cmpstr(stand_value(s, 2)->corner, ==, "hot");
	stand_free(s);
}

/* The product says by which risk; the value and what its limit is made of say how uncertain. */
static void test_decision(void)
{
	static const struct {
		enum limit_rule rule;
		double false_accept, value;
		enum verdict verdict;
		gboolean marginal;
		const char *reason;
	} rows[] = {
		/* x is kept 0.5 dB from y, which stands at 1 dBm: 0.4 and 0.3 dB in squares */
		{LIMIT_MARGINAL, 0, 1.4, VERDICT_PASS, FALSE, NULL},
		{LIMIT_MARGINAL, 0.02275, 1.4, VERDICT_PASS, TRUE, NULL},
		{LIMIT_GUARDED, 0.02275, 1.51, VERDICT_PASS, FALSE, NULL},
		{LIMIT_GUARDED, 0.02275, 1.49, VERDICT_FAIL, FALSE,
	         "lane 1: x 1.49 dBm is inside the guard band of 0.50 dB at 2.27 % false accept"},
		{LIMIT_GUARDED, 0, 1.4, VERDICT_PASS, FALSE, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct stand *s = stand_new(LIMITS_HEAD "x,x,*,,y,,dBm,0,GATE,*,s,C\n"
		                                        "y,y,*,,,9,dBm,0,INFO,*,s,C\n",
		                            "setup: []\nmain: []\ncleanup: []\n");
		struct run_record *record = s->run.record;
		g_autofree char *reason = NULL;
		gboolean marginal = FALSE;

		g_test_message("row %zu", i);
		s->product.rule = rows[i].rule;
		s->product.false_accept = rows[i].false_accept;
		run_record_add_step(record);
		run_record_add_measurement(record, "x", 0, 1, rows[i].value, "dBm")->uncertainty =
			0.4;
		run_record_add_measurement(record, "y", 0, 0, 1, "dBm")->uncertainty = 0.3;
		g_assert_cmpint(run_judge(&s->run, 0, &marginal, &reason), ==, rows[i].verdict);
		g_assert_cmpint(marginal, ==, rows[i].marginal);
		g_assert_cmpstr(reason, ==, rows[i].reason);
		stand_free(s);
	}
}

static gboolean load_decision(const char *text, struct config_product *product, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "t.yaml", error);

	g_assert_nonnull(doc);
	return config_load_decision(product, yaml_root(doc), error);
}

static void test_decision_file(void)
{
	static const struct {
		const char *text;
		enum limit_rule rule;
		double false_accept;
		const char *message; /* pattern; null: it is good */
	} rows[] = {
		{"a: 1", LIMIT_MARGINAL, NAN, NULL},
		{"decision: {rule: guarded}", LIMIT_GUARDED, NAN, NULL},
		{"decision: {false_accept: 2.3 %, rule: marginal}", LIMIT_MARGINAL, 0.023, NULL},
		{"decision: {false_accept: 5 %, rule: guarded}", LIMIT_GUARDED, 0.05, NULL},
		{"decision: {false_accept: 5 %}", 0, 0, "t.yaml:1: *rule*"},
		{"decision: {rule: strict}", 0, 0, "t.yaml:1: *\"strict\" is neither*"},
		{"decision: {false_accept: 0 %, rule: guarded}", 0, 0, "*above 0 % and below 50 %"},
		{"decision: {false_accept: 50 %, rule: guarded}", 0, 0, "*above 0 % and below*"},
		{"decision: {false_accept: 0.05, rule: guarded}", 0, 0, "*false_accept*"},
		{"decision: {false_accpt: 5 %, rule: guarded}", 0, 0, "*false_accpt*"},
		{"decision: guarded", 0, 0, "*decision*"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct config_product product = {.rule = LIMIT_GUARDED, .false_accept = 0.4};
		g_autoptr(GError) error = NULL;

		g_test_message("row %zu", i);
		g_assert_cmpint(load_decision(rows[i].text, &product, &error), ==,
		                !rows[i].message);
		if (rows[i].message) {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
			if (!g_pattern_match_simple(rows[i].message, error->message))
				g_error("row %zu: %s", i, error->message);
			continue;
		}
		g_assert_cmpint(product.rule, ==, rows[i].rule);
		if (isnan(rows[i].false_accept))
			g_assert_true(isnan(product.false_accept));
		else
			g_assert_cmpfloat_with_epsilon(product.false_accept, rows[i].false_accept,
			                               1e-15);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/judge/table", test_table);
	g_test_add_func("/judge/recorded", test_recorded);
	g_test_add_func("/judge/event", test_event);
	g_test_add_func("/judge/several-files", test_several_files);
	g_test_add_func("/judge/clearance", test_clearance);
	g_test_add_func("/judge/place", test_place);
	g_test_add_func("/judge/decision", test_decision);
	g_test_add_func("/judge/decision-file", test_decision_file);
	return g_test_run();
}

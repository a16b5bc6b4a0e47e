/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"
#include "tests/unit/engine_stand.h"

/* What answers make of a unit. */

#define PLAN(params)                                                                               \
	"setup: []\nmain: [{step: ask, with: {question: \"Is the label whole?\"" params            \
	"}}]\ncleanup: []\n"

/* A limit that asks for nothing. */
#define LIMITS_NONE LIMITS_HEAD "x,x,*,,0,2,dBm,0.1,INFO,*,made up,C\n"

/* Runs the plan, with `says` in the reason. */
static struct stand *run_with(const char *plan, enum verdict verdict, const char *says)
{
	struct stand *stand = stand_new_with(LIMITS_NONE, plan, &steps_table);

	stand_run(stand, "", verdict);
	if (says && !strstr(stand->run.record->reason, says))
		g_error("\"%s\" does not say \"%s\"", stand->run.record->reason, says);
	return stand;
}

static const struct record_answer *only_answer(const struct stand *stand)
{
	g_assert_cmpuint(stand->run.record->answers->len, ==, 1);
	return g_ptr_array_index(stand->run.record->answers, 0);
}

static const char words[] = ", answers: \"yes, fair, no, cannot\", good: \"yes, fair\", bad: no";

/* Nobody is there: the answer that the plan has ready is judged like one that was given. */
static void test_meanings(void)
{
	static const struct {
		const char *answer;
		enum verdict verdict;
		const char *says;
	} cases[] = {
		{"yes", VERDICT_PASS, NULL},
		{"fair", VERDICT_PASS, NULL},
		{"no", VERDICT_FAIL, "\"Is the label whole?\": \"no\""},
		{"cannot", VERDICT_ERROR, "\"Is the label whole?\": \"cannot\""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *plan =
			g_strdup_printf(PLAN("%s, unattended: %s"), words, cases[i].answer);
		struct stand *stand = run_with(plan, cases[i].verdict, cases[i].says);
		const struct record_answer *answer = only_answer(stand);

		g_assert_cmpstr(answer->question, ==, "Is the label whole?");
		g_assert_cmpstr(answer->answer, ==, cases[i].answer);
		g_assert_cmpstr(answer->who, ==, "");
		g_assert_cmpfloat(answer->wait_s, ==, 0);
		g_assert_true(stand_noted(stand, "nobody was there to answer, taken as"));
		stand_free(stand);
	}
}

/* The first is the good one where the plan names none; without any, all words are. */
static void test_absent(void)
{
	stand_free(
		run_with(PLAN(", answers: \"done,cannot\", unattended: done"), VERDICT_PASS, NULL));
	stand_free(run_with(PLAN(", answers: \"done,cannot\", unattended: cannot"), VERDICT_ERROR,
	                    "\"cannot\""));
	stand_free(run_with(PLAN(", unattended: shelf 7"), VERDICT_PASS, NULL));
}

static void test_nobody(void)
{
	struct stand *stand = run_with(PLAN(", answers: \"done,cannot\""), VERDICT_ERROR,
	                               "nobody is there to answer \"Is the label whole?\"");

	g_assert_cmpuint(stand->run.record->answers->len, ==, 0);
	stand_free(stand);
}

/* A slip of the pen in a plan, and what no screen could show. */
static void test_refused(void)
{
	g_autofree char *longer = g_strnfill(80, 'x');
	g_autofree char *plan = g_strdup_printf(PLAN(", answers: %s"), longer);

	stand_free(run_with(PLAN(", answers: \"a,b\", good: c"), VERDICT_ERROR,
	                    "good: \"c\" is none of the answers"));
	stand_free(run_with(PLAN(", answers: \"a,b\", bad: c"), VERDICT_ERROR, "bad: \"c\""));
	stand_free(run_with(PLAN(", answers: \"a,b\", unattended: c"), VERDICT_ERROR,
	                    "unattended: \"c\""));
	stand_free(run_with(PLAN(", good: c"), VERDICT_ERROR, "good: \"c\""));
	stand_free(run_with(PLAN(", answers: \"a|b\""), VERDICT_ERROR, "no \"|\""));
	stand_free(run_with(plan, VERDICT_ERROR, "may have"));
}

static gpointer operate(gpointer data)
{
	struct stand *stand = data;

	stand_event(stand, EVENT_QUESTION);
	g_assert_true(question_answer(stand->run.question, "no", "Op 471", NULL));
	return NULL;
}

static void test_attended(void)
{
	g_autofree char *plan = g_strdup_printf(PLAN("%s, unattended: yes"), words);
	struct stand *stand = stand_new_with(LIMITS_NONE, plan, &steps_table);
	GThread *operator;

	stand->run.question = question_new();
	question_attend(stand->run.question, TRUE);
	stand->patience_s = 60;
	operator= g_thread_new("operator", operate, stand);
	stand_run(stand, "", VERDICT_FAIL);
	g_thread_join(operator);
	g_assert_cmpstr(only_answer(stand)->answer, ==, "no");
	g_assert_cmpstr(only_answer(stand)->who, ==, "Op 471");
	g_assert_true(stand_noted(stand, "\"Is the label whole?\": \"no\" by Op 471 after "));
	g_assert_cmpstr(stand_value(stand, 0)->id, ==, "answer");
	g_assert_cmpint(stand_value(stand, 0)->verdict, ==, VERDICT_FAIL);
	question_free(stand->run.question);
	stand_free(stand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/ask/meanings", test_meanings);
	g_test_add_func("/ask/absent", test_absent);
	g_test_add_func("/ask/nobody", test_nobody);
	g_test_add_func("/ask/refused", test_refused);
	g_test_add_func("/ask/attended", test_attended);
	return g_test_run();
}

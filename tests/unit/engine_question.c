/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/question.h"

#include "base/error.h"

#include <string.h>

static const char *const offered[] = {"done", "cannot", NULL};
static const char *const any[] = {NULL};

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static void refuse(struct question *question, const char *words, const char *says)
{
	GError *error = NULL;

	g_assert_false(question_answer(question, words, "me", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
	g_error_free(error);
}

/* What comes between the question and the wait counts. */
static void test_answer(void)
{
	struct question *question = question_new();
	struct bounds bounds = within(60);
	struct answer answer;
	GError *error = NULL;

	g_assert_false(question_is_attended(question));
	refuse(question, "done", "nothing is asked");
	question_attend(question, TRUE);
	question_open(question, offered);
	refuse(question, "perhaps", "\"perhaps\" is none of the answers offered");
	refuse(question, "  ", "no words");
	g_assert_true(question_answer(question, "cannot", NULL, &error));
	refuse(question, "done", "nothing is asked");
	g_assert_true(question_wait(question, &bounds, &answer, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(answer.text, ==, "cannot");
	g_assert_cmpstr(answer.who, ==, "");
	g_assert_cmpfloat(answer.wait_s, >=, 0);
	answer_clear(&answer);
	refuse(question, "done", "nothing is asked");
	question_free(question);
}

static void test_any_words(void)
{
	struct question *question = question_new();
	struct bounds bounds = within(60);
	struct answer answer;

	question_attend(question, TRUE);
	question_open(question, any);
	refuse(question, "", "no words");
	g_assert_true(question_answer(question, " shelf 7 ", "me", NULL));
	g_assert_true(question_wait(question, &bounds, &answer, NULL));
	g_assert_cmpstr(answer.text, ==, "shelf 7");
	g_assert_cmpstr(answer.who, ==, "me");
	answer_clear(&answer);
	question_free(question);
}

static void wait_in_vain(struct question *question, const struct bounds *bounds,
                         enum station_error code)
{
	struct answer answer;
	GError *error = NULL;

	g_assert_false(question_wait(question, bounds, &answer, &error));
	g_assert_error(error, STATION_ERROR, (int)code);
	g_assert_null(answer.text);
	answer_clear(&answer);
	g_error_free(error);
	refuse(question, "done", "nothing is asked");
}

static void test_in_vain(void)
{
	struct question *question = question_new();
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds over = within(0), minute = within(60);

	question_open(question, offered);
	wait_in_vain(question, &minute, STATION_ERROR_REFUSED);
	question_attend(question, TRUE);
	question_open(question, offered);
	wait_in_vain(question, &over, STATION_ERROR_TIMEOUT);
	minute.cancellable = cancellable;
	g_cancellable_cancel(cancellable);
	question_open(question, offered);
	wait_in_vain(question, &minute, STATION_ERROR_CANCELLED);
	question_free(question);
}

struct person {
	struct question *question;
	GCancellable *cancellable;
	guint does; /* 0 answers, 1 goes away, 2 aborts */
};

static gpointer act(gpointer data)
{
	struct person *person = data;

	if (person->does == 0)
		question_answer(person->question, "done", "me", NULL);
	else if (person->does == 1)
		question_attend(person->question, FALSE);
	else
		g_cancellable_cancel(person->cancellable);
	return NULL;
}

/* Whatever ends the wait wakes it, before or in the midst of it. */
static void test_threads(void)
{
	static const int codes[] = {-1, STATION_ERROR_REFUSED, STATION_ERROR_CANCELLED};

	for (guint i = 0; i < 150; i++) {
		struct question *question = question_new();
		g_autoptr(GCancellable) cancellable = g_cancellable_new();
		struct person person = {question, cancellable, i % 3};
		struct bounds bounds = {deadline_in_s(60), cancellable};
		struct answer answer;
		g_autoptr(GError) error = NULL;

		question_attend(question, TRUE);
		question_open(question, offered);
		GThread *thread = g_thread_new("person", act, &person);
		if (i & 1)
			g_thread_yield();
		question_wait(question, &bounds, &answer, &error);
		g_thread_join(thread);
		if (person.does == 0)
			g_assert_cmpstr(answer.text, ==, "done");
		else
			g_assert_error(error, STATION_ERROR, codes[person.does]);
		answer_clear(&answer);
		question_free(question);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/question/answer", test_answer);
	g_test_add_func("/question/any-words", test_any_words);
	g_test_add_func("/question/in-vain", test_in_vain);
	g_test_add_func("/question/threads", test_threads);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/child.h"

#include "base/error.h"

#include <string.h>

static void expect(const char *script, const char *input, enum child_end end, const char *says)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(child_run((char **)argv, input, "it", &bounds, &words, &error), ==, end);
	g_assert_no_error(error);
	g_assert_cmpstr(words, ==, says);
}

static void test_ends(void)
{
	g_autofree char *cut = g_strnfill(CHILD_WORDS_MAX, 'y');

	expect("exit 0", NULL, CHILD_DONE, "");
	expect("echo done", NULL, CHILD_DONE, "done");
	expect("echo out; echo 'no paper ' >&2; exit 1", NULL, CHILD_FAILED, "no paper");
	expect("kill -9 $$", NULL, CHILD_FAILED, "");
	expect("yes | tr -d '\\n' | head -c 300000 >&2; exit 2", NULL, CHILD_FAILED, cut);
}

static void test_input(void)
{
	g_autofree char *lots = g_strnfill(300000, 'x');

	expect("cat", "^XA\n^XZ", CHILD_DONE, "^XA\n^XZ");
	expect("wc -c", "", CHILD_DONE, "0");
	expect("wc -c", lots, CHILD_DONE, "300000");
	/* not read, and a child that ends before it could be */
	expect("exec 0<&-; echo well", lots, CHILD_DONE, "well");
	expect("exit 3", lots, CHILD_FAILED, "");
}

static void test_lost(void)
{
	const char *argv[] = {"/nonexistent/program", NULL};
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(child_run((char **)argv, "x", "it", &bounds, &words, &error), ==,
	                CHILD_LOST);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(words, "/nonexistent/program"));
}

/* It is ended, whatever it does with its input. */
static void test_stopped(void)
{
	const char *argv[] = {"sleep", "600", NULL};
	struct bounds bounds = {deadline_in_s(0.05), NULL};
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(child_run((char **)argv, "x", "label", &bounds, &words, &error), ==,
	                CHILD_STOPPED);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_true(g_str_has_prefix(error->message, "label"));
	g_assert_nonnull(words);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/child/ends", test_ends);
	g_test_add_func("/child/input", test_input);
	g_test_add_func("/child/lost", test_lost);
	g_test_add_func("/child/stopped", test_stopped);
	return g_test_run();
}

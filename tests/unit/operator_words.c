/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/words.h"

#include "station/operator/site_view.h"
#include "tests/unit/words_bed.h"

#include <string.h>

static void test_chinese(void)
{
	words_bed("zh_CN");
	g_assert_cmpstr(_("PASS"), ==, "\u5408\u683c");
	for (int state = 0; state < SITE_STATES; state++) {
		const char *name = site_state_name((enum site_state)state);
		g_assert_cmpstr(_(name), !=, name);
		g_assert_true(g_utf8_validate(_(name), -1, NULL));
	}
}

static void test_there_and_back(void)
{
	words_bed("zh_CN");
	g_assert_cmpstr(_("FAIL"), ==, "\u4e0d\u5408\u683c");
	words_bed("en");
	g_assert_cmpstr(_("FAIL"), ==, "FAIL");
	words_bed("zh_CN");
	g_assert_cmpstr(_("FAIL"), ==, "\u4e0d\u5408\u683c");
}

/* English, untranslated, never another text */
static void test_what_is_not_there(void)
{
	words_bed("zh_CN");
	g_assert_cmpstr(_("a text that nobody translates"), ==, "a text that nobody translates");
	g_assert_cmpstr(_(""), ==, "");
	words_bed("xx");
	g_assert_cmpstr(_("PASS"), ==, "PASS");
	words_setup("zh_CN", "/nowhere/share/station");
	g_assert_cmpstr(_("PASS"), ==, "PASS");
}

static void test_counts(void)
{
	words_bed("en");
	g_assert_cmpstr(words_count("%d unit", "%d units", 1), ==, "%d unit");
	g_assert_cmpstr(words_count("%d unit", "%d units", 2), ==, "%d units");
}

/* Somebody who set the locale C means it; with none set, the language that was given counts. */
static void test_locale_c(void)
{
	const char *datadir = g_getenv("STATION_DATADIR");
	g_autofree char *before = g_strdup(g_getenv("LC_ALL"));

	g_setenv("LC_ALL", "C", TRUE);
	setlocale(LC_ALL, "C");
	words_setup("zh_CN", datadir);
	g_assert_cmpstr(_("PASS"), ==, "PASS");

	g_unsetenv("LC_ALL");
	g_unsetenv("LC_CTYPE");
	g_unsetenv("LANG");
	words_setup("zh_CN", datadir);
	g_assert_cmpstr(_("PASS"), ==, "\u5408\u683c");
	g_assert_cmpstr(setlocale(LC_NUMERIC, NULL), ==, "C");
	if (before)
		g_setenv("LC_ALL", before, TRUE);
}

/* Nothing given: as the locale says. */
static void test_no_language(void)
{
	g_unsetenv("LANGUAGE");
	words_bed("");
	g_assert_cmpstr(_("PASS"), ==, "PASS");
	g_setenv("LANGUAGE", "zh_CN", TRUE);
	words_bed(NULL);
	g_assert_cmpstr(_("PASS"), ==, "\u5408\u683c");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/words/chinese", test_chinese);
	g_test_add_func("/words/there-and-back", test_there_and_back);
	g_test_add_func("/words/what-is-not-there", test_what_is_not_there);
	g_test_add_func("/words/counts", test_counts);
	g_test_add_func("/words/locale-c", test_locale_c);
	g_test_add_func("/words/no-language", test_no_language);
	return g_test_run();
}

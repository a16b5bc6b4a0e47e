/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/theme.h"

/* What the eye gets: reversal of colours is a swap of them. */
struct seen {
	int ink, ground;
	gboolean bold, underline, reverse;
};

static struct seen seen(struct theme_style style)
{
	gboolean swap = style.reverse && style.foreground >= 0;

	return (struct seen){swap ? style.background : style.foreground,
	                     swap ? style.foreground : style.background, style.bold,
	                     style.underline, style.reverse && !swap};
}

static gboolean same(struct seen a, struct seen b)
{
	return a.ink == b.ink && a.ground == b.ground && a.bold == b.bold &&
	       a.underline == b.underline && a.reverse == b.reverse;
}

static void test_states_differ(void)
{
	static const enum look states[] = {LOOK_TEXT, LOOK_RUNNING, LOOK_PASS,
	                                   LOOK_FAIL, LOOK_ERROR,   LOOK_LOCKED};
	const struct theme *theme;

	for (guint t = 0; (theme = theme_at(t)); t++)
		for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
			for (gsize j = 0; j < i; j++)
				g_assert_false(same(seen(theme->styles[states[i]]),
				                    seen(theme->styles[states[j]])));
}

/* In colour the ground alone tells the verdict, from afar. */
static void test_grounds_differ(void)
{
	const struct theme *theme;

	for (guint t = 0; (theme = theme_at(t)) != theme_without_colour(); t++) {
		int pass = seen(theme->styles[LOOK_PASS]).ground;
		int fail = seen(theme->styles[LOOK_FAIL]).ground;
		int error = seen(theme->styles[LOOK_ERROR]).ground;
		g_assert_true(pass != fail && fail != error && pass != error);
	}
}

static void test_colours_are_possible(void)
{
	const struct theme *theme;

	for (guint t = 0; (theme = theme_at(t)); t++)
		for (int look = 0; look < LOOK_N; look++) {
			struct theme_style style = theme->styles[look];
			if (theme == theme_without_colour()) {
				g_assert_cmpint(style.foreground, ==, THEME_PLAIN);
				g_assert_cmpint(style.background, ==, THEME_PLAIN);
				continue;
			}
			g_assert_cmpint(style.foreground, >=, 0);
			g_assert_cmpint(style.foreground, <, 8);
			g_assert_cmpint(style.background, >=, 0);
			g_assert_cmpint(style.background, <, 8);
			g_assert_cmpint(style.foreground, !=, style.background);
		}
}

static void test_names(void)
{
	const struct theme *theme;

	g_assert_cmpstr(theme_at(0)->name, ==, "blue");
	for (guint t = 0; (theme = theme_at(t)); t++)
		g_assert_true(theme_by_name(theme->name) == theme);
	g_assert_true(theme_by_name("mono") == theme_without_colour());
	g_assert_null(theme_by_name("Blue"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/theme/states-differ", test_states_differ);
	g_test_add_func("/theme/grounds-differ", test_grounds_differ);
	g_test_add_func("/theme/colours-are-possible", test_colours_are_possible);
	g_test_add_func("/theme/names", test_names);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_OPERATOR_GOLDEN_H
#define TESTS_UNIT_OPERATOR_GOLDEN_H

/*
 * Golden screens: what a desk was once drawn as, and was looked at by people. They lie in
 * tests/data/screens, for each picture and size the text (NAME-80x24.txt) and the looks of its
 * cells (NAME-80x24.looks, letters as of canvas_dump_looks); of the main ones also how that looks
 * in colour and without (NAME-80x24.blue, .mono, see golden_styles). After a change that is meant,
 *
 *     SCREENS_WRITE=1 make check-only T='operator_screen'
 *
 * writes them anew; what changed is read in the diff.
 */

#include "station/operator/screen.h"
#include "station/operator/theme.h"

#include <glib.h>

static const int golden_sizes[][2] = {{80, 24}, {132, 43}, {200, 60}};

/* The desk on a canvas of that size, with every text whole. Free with canvas_free. */
static inline struct canvas *golden_draw(const struct desk *desk, int columns, int rows)
{
	struct canvas *canvas = canvas_new(columns, rows, desk->signs);

	screen_draw(desk, canvas);
	for (guint i = 0; i < canvas->cut->len; i++)
		g_test_message("%d x %d: cut: %s", columns, rows,
		               (char *)g_ptr_array_index(canvas->cut, i));
	g_assert_cmpuint(canvas->cut->len, ==, 0);
	return canvas;
}

static inline void golden_compare(const char *name, const char *ending, const char *picture)
{
	const char *folder = g_getenv("STATION_SRC");
	g_autofree char *file = g_strconcat(name, ending, NULL);
	g_autofree char *path =
		g_build_filename(folder ? folder : ".", "tests/data/screens", file, NULL);
	g_autofree char *golden = NULL;
	g_autoptr(GError) error = NULL;

	if (g_getenv("SCREENS_WRITE")) {
		g_file_set_contents(path, picture, -1, &error);
		g_assert_no_error(error);
		return;
	}
	g_file_get_contents(path, &golden, NULL, &error);
	g_assert_no_error(error);
	if (g_strcmp0(golden, picture) != 0) {
		g_test_message("%s was\n%s", file, golden);
		g_test_message("and is\n%s", picture);
		g_test_fail_printf("%s is not what it was", file);
	}
}

static inline char golden_colour(gint8 colour)
{
	return colour == THEME_PLAIN ? '-' : "krgybmcw"[colour];
}

/*
 * How a theme shows the cells: for each row its runs of one style, "columns:foreground background"
 * with colours k r g y b m c w or '-' for the terminal's own, then B bold, R reverse, U underlined.
 * Free with g_free.
 */
static inline char *golden_styles(const struct canvas *canvas, const char *theme_name)
{
	const struct theme *theme = theme_by_name(theme_name);
	GString *text = g_string_new(NULL);

	for (int y = 0; y < canvas->rows; y++) {
		const struct cell *row = &canvas->cells[y * canvas->columns];
		for (int x = 0, end; x < canvas->columns; x = end) {
			const struct theme_style *style = &theme->styles[row[x].look];
			gboolean reverse = !style->reverse != !row[x].reverse;
			for (end = x + 1; end < canvas->columns && row[end].look == row[x].look &&
			                  row[end].reverse == row[x].reverse;)
				end++;
			g_string_append_printf(text, "%s%d:%c%c%s%s%s", x ? " " : "", end - x,
			                       golden_colour(style->foreground),
			                       golden_colour(style->background),
			                       style->bold ? "B" : "", reverse ? "R" : "",
			                       style->underline ? "U" : "");
		}
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static inline void expect_screen(const struct desk *desk, const char *name, int columns, int rows)
{
	struct canvas *canvas = golden_draw(desk, columns, rows);
	g_autofree char *sized = g_strdup_printf("%s-%dx%d", name, columns, rows);
	g_autofree char *text = canvas_dump(canvas);
	g_autofree char *looks = canvas_dump_looks(canvas);

	golden_compare(sized, ".txt", text);
	golden_compare(sized, ".looks", looks);
	canvas_free(canvas);
}

static inline void expect_styles(const struct desk *desk, const char *name, int columns, int rows)
{
	static const char *const themes[] = {"blue", "mono"};
	struct canvas *canvas = golden_draw(desk, columns, rows);

	for (gsize i = 0; i < G_N_ELEMENTS(themes); i++) {
		g_autofree char *ending = g_strdup_printf("-%dx%d.%s", columns, rows, themes[i]);
		g_autofree char *styles = golden_styles(canvas, themes[i]);
		golden_compare(name, ending, styles);
	}
	canvas_free(canvas);
}

/* At all three sizes, in colour and without. */
static inline void expect_screens(const struct desk *desk, const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(golden_sizes); i++) {
		expect_screen(desk, name, golden_sizes[i][0], golden_sizes[i][1]);
		expect_styles(desk, name, golden_sizes[i][0], golden_sizes[i][1]);
	}
}

/* Kept at the smallest size only; at the others every text is whole. */
static inline void expect_small_screen(const struct desk *desk, const char *name)
{
	expect_screen(desk, name, golden_sizes[0][0], golden_sizes[0][1]);
	for (gsize i = 1; i < G_N_ELEMENTS(golden_sizes); i++)
		canvas_free(golden_draw(desk, golden_sizes[i][0], golden_sizes[i][1]));
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_OPERATOR_GOLDEN_H
#define TESTS_UNIT_OPERATOR_GOLDEN_H

/*
 * Golden screens: what a desk was once drawn as, and was looked at by people. They lie in
 * tests/data/screens, for each picture and size the text (NAME-80x24.txt) and the looks of its
 * cells (NAME-80x24.looks, letters as of canvas_dump_looks). After a change that is meant,
 *
 *     SCREENS_WRITE=1 make check-only T='operator_screen'
 *
 * writes them anew; what changed is read in the diff.
 */

#include "station/operator/screen.h"

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

/* At all three sizes. */
static inline void expect_screens(const struct desk *desk, const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(golden_sizes); i++)
		expect_screen(desk, name, golden_sizes[i][0], golden_sizes[i][1]);
}

/* Kept at the smallest size only; at the others every text is whole. */
static inline void expect_small_screen(const struct desk *desk, const char *name)
{
	expect_screen(desk, name, golden_sizes[0][0], golden_sizes[0][1]);
	for (gsize i = 1; i < G_N_ELEMENTS(golden_sizes); i++)
		canvas_free(golden_draw(desk, golden_sizes[i][0], golden_sizes[i][1]));
}

#endif

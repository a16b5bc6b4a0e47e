/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_OPERATOR_SCREEN_GOLDEN_H
#define TESTS_UNIT_OPERATOR_SCREEN_GOLDEN_H

/*
 * Pictures of the screen that were looked at and found good: tests/data/screens/NAME-80x24.txt and
 * larger, what is written and below it the looks. SCREENS_WRITE=1 writes them anew; look at what
 * git says has changed.
 */

#include "station/operator/screen.h"

/* Free with canvas_free. */
static inline struct canvas *golden_draw(const struct desk *desk, int columns, int rows)
{
	struct canvas *canvas = canvas_new(columns, rows, desk->signs);

	screen_draw(desk, canvas);
	return canvas;
}

static inline char *golden_text(const struct canvas *canvas)
{
	g_autofree char *text = canvas_dump(canvas), *looks = canvas_dump_looks(canvas);

	return g_strconcat(text, "--- looks\n", looks, NULL);
}

/* Which line differs first, for whoever has to look. */
static inline void golden_compare(const char *path, const char *expected, const char *drawn)
{
	g_auto(GStrv) want = g_strsplit(expected, "\n", -1), got = g_strsplit(drawn, "\n", -1);

	for (guint i = 0; want[i] && got[i]; i++)
		if (g_strcmp0(want[i], got[i]) != 0)
			g_error("%s:%u:\n  expected \"%s\"\n  drawn    \"%s\"\n"
			        "SCREENS_WRITE=1 writes the files anew",
			        path, i + 1, want[i], got[i]);
	g_assert_cmpuint(g_strv_length(want), ==, g_strv_length(got));
}

/* The desk drawn at that size; no text that has to fit was cut off. */
static inline char *golden_drawn(const struct desk *desk, const char *name, int columns, int rows)
{
	struct canvas *canvas = golden_draw(desk, columns, rows);
	char *drawn = golden_text(canvas);

	for (guint i = 0; i < canvas->cut->len; i++)
		g_error("%s, %d x %d: \"%s\" has no room", name, columns, rows,
		        (char *)canvas->cut->pdata[i]);
	canvas_free(canvas);
	return drawn;
}

/* At that size as it was before. */
static inline void golden_expect_size(const struct desk *desk, const char *name, int columns,
                                      int rows)
{
	const char *folder = g_getenv("STATION_SRC");
	g_autofree char *file = g_strdup_printf("%s-%dx%d.txt", name, columns, rows);
	g_autofree char *path =
		g_build_filename(folder ? folder : ".", "tests/data/screens", file, NULL);
	g_autofree char *drawn = golden_drawn(desk, name, columns, rows), *expected = NULL;
	g_autoptr(GError) error = NULL;

	if (g_getenv("SCREENS_WRITE")) {
		g_file_set_contents(path, drawn, -1, &error);
		g_assert_no_error(error);
		return;
	}
	g_file_get_contents(path, &expected, NULL, &error);
	g_assert_no_error(error);
	golden_compare(path, expected, drawn);
}

/* As it was before at the sizes that are kept. */
static inline void golden_expect(const struct desk *desk, const char *name)
{
	golden_expect_size(desk, name, 80, 24);
	golden_expect_size(desk, name, 132, 43);
	golden_expect_size(desk, name, 200, 60);
}

/* The same of the smallest only; at the others everything fits. */
static inline void golden_expect_small(const struct desk *desk, const char *name)
{
	golden_expect_size(desk, name, 80, 24);
	g_free(golden_drawn(desk, name, 132, 43));
	g_free(golden_drawn(desk, name, 200, 60));
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/plot.h"

#include <math.h>
#include <string.h>

static char *drawn(struct canvas *canvas)
{
	char *text = canvas_dump(canvas);

	canvas_free(canvas);
	return text;
}

/* A dot in each corner of the picture is a dot in each corner of the cells. */
static void test_corners(void)
{
	static const char *const shown[] = {
		[SIGNS_ASCII] = "'  '\n.  .\n",
		[SIGNS_BLOCKS] = "\u2580  \u2580\n\u2584  \u2584\n",
		[SIGNS_BRAILLE] = "\u2801  \u2808\n\u2840  \u2880\n",
	};

	for (enum signs signs = SIGNS_ASCII; signs <= SIGNS_BRAILLE; signs++) {
		struct canvas *canvas = canvas_new(4, 2, signs);
		int columns = signs == SIGNS_BRAILLE ? 8 : 4, rows = signs == SIGNS_BRAILLE ? 8 : 4;
		guint32 counts[64] = {0};
		counts[0] = counts[columns - 1] = 1000;
		counts[(rows - 1) * columns] = counts[rows * columns - 1] = 1000;
		plot_density(canvas, canvas_area(canvas), LOOK_TEXT, counts, columns, rows);
		g_autofree char *text = drawn(canvas);
		g_assert_cmpstr(text, ==, shown[signs]);
	}
}

static int dots_in(const char *text)
{
	int n = 0;

	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		for (guint bits = c >= 0x2800 && c <= 0x28ff ? c & 0xff : 0; bits; bits &= bits - 1)
			n++;
	}
	return n;
}

/* Where it is denser there are more dots. */
static void test_density(void)
{
	int before = 0;

	for (guint32 level = 10; level <= 100000; level *= 10) {
		struct canvas *canvas = canvas_new(10, 4, SIGNS_BRAILLE);
		guint32 counts[20 * 16];
		for (int i = 0; i < 20 * 16; i++)
			counts[i] = level;
		counts[0] = 1000000;
		plot_density(canvas, canvas_area(canvas), LOOK_TEXT, counts, 20, 16);
		g_autofree char *text = drawn(canvas);
		g_assert_cmpint(dots_in(text), >, before);
		before = dots_in(text);
	}
}

/* Blank where nothing is, the darkest letter where most is; what there is at all is seen. */
static void test_shades(void)
{
	static const guint32 counts[] = {0, 1, 250, 1000, 1000, 250, 1, 0};
	struct canvas *canvas = canvas_new(4, 2, SIGNS_ASCII);

	plot_shades(canvas, canvas_area(canvas), LOOK_TEXT, counts, 4, 2);
	g_autofree char *text = drawn(canvas);
	g_assert_cmpstr(text, ==, " .+@\n@+.\n");
}

static void test_nothing(void)
{
	static const guint32 none[4] = {0};
	static const struct plot_point bad[] = {{NAN, 1e-3, FALSE},
	                                        {-5, 0, FALSE},
	                                        {-5, NAN, FALSE}};
	struct plot plot = {bad, 3, NAN, NAN, "dBm", "BER"};
	struct canvas *canvas = canvas_new(20, 8, SIGNS_BRAILLE);

	plot_density(canvas, canvas_area(canvas), LOOK_TEXT, none, 2, 2);
	plot_shades(canvas, canvas_area(canvas), LOOK_TEXT, none, 2, 2);
	plot_waterfall(canvas, canvas_area(canvas), LOOK_TEXT, &plot);
	g_autofree char *text = drawn(canvas);
	g_assert_cmpstr(text, ==, "\n\n\n\n\n\n\n\n");
}

static void test_waterfall(void)
{
	static const struct plot_point points[] = {
		{-9, 1e-3, FALSE},   {-8, 3e-4, FALSE}, {-7, 4e-5, FALSE},
		{-6, 1.1e-6, FALSE}, {-5, 1e-8, TRUE},
	};
	struct plot plot = {points, 5, 2.4e-4, -7.9, "dBm", "BER"};
	struct canvas *canvas = canvas_new(24, 7, SIGNS_ASCII);

	plot_waterfall(canvas, canvas_area(canvas), LOOK_TEXT, &plot);
	g_assert_cmpuint(canvas->cut->len, ==, 0);
	g_autofree char *text = drawn(canvas);
	/* the row of 2.4e-4 and the column of -7.9 have lines; -8 and 3e-4 share a cell with one */
	g_assert_cmpstr(text, ==,
	                "  1e-3 '   .\n"
	                "       ----|---.--------\n"
	                "           |\n"
	                "   BER     |       .\n"
	                "           |\n"
	                "  1e-8     |           .\n"
	                "       -9     dBm     -5\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/plot/corners", test_corners);
	g_test_add_func("/operator/plot/density", test_density);
	g_test_add_func("/operator/plot/shades", test_shades);
	g_test_add_func("/operator/plot/nothing", test_nothing);
	g_test_add_func("/operator/plot/waterfall", test_waterfall);
	return g_test_run();
}

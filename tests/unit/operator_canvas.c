/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/canvas.h"

#include "station/operator/letters.h"

#include <math.h>
#include <string.h>

static void expect(struct canvas *canvas, const char *picture)
{
	g_autofree char *text = canvas_dump(canvas);

	g_assert_cmpstr(text, ==, picture);
	canvas_free(canvas);
}

static void test_areas(void)
{
	struct area area = {2, 3, 10, 5};
	struct area top = area_take_top(&area, 2), low = area_take_bottom(&area, 1);
	struct area left = area_take_left(&area, 4), right = area_take_right(&area, 99);

	g_assert_true(top.x == 2 && top.y == 3 && top.width == 10 && top.height == 2);
	g_assert_true(low.y == 7 && low.height == 1);
	g_assert_true(left.x == 2 && left.y == 5 && left.width == 4 && left.height == 2);
	/* no more than there is */
	g_assert_true(right.x == 6 && right.width == 6 && area.width == 0);
	struct area middle = area_centre((struct area){0, 0, 9, 4}, 5, 20);
	g_assert_true(middle.x == 2 && middle.y == 0 && middle.width == 5 && middle.height == 4);
}

static void test_text(void)
{
	static const struct {
		const char *text, *shown;
		enum signs signs;
		guint cut;
	} rows[] = {
		{"ten signs.", "ten signs.\n", SIGNS_BRAILLE, 0},
		{"eleven sign", "eleven si\u2026\n", SIGNS_BRAILLE, 1},
		{"eleven sign", "eleven si~\n", SIGNS_ASCII, 1},
		{"\u5de5\u4f4d\u4e00\u4e8c\u4e09", "\u5de5\u4f4d\u4e00\u4e8c\u4e09\n",
	         SIGNS_BRAILLE, 0},
		/* half of a wide character has no place */
		{"x\u5de5\u4f4d\u4e00\u4e8c\u4e09", "x\u5de5\u4f4d\u4e00\u4e8c\u2026\n",
	         SIGNS_BRAILLE, 1},
		{"\u5de5\u4f4d\u4e00\u4e8c\u4e09.", "\u5de5\u4f4d\u4e00\u4e8c\u2026\n",
	         SIGNS_BRAILLE, 1},
		{"25 \u00b0C", "25 ?C\n", SIGNS_ASCII, 0},
		{"a\x1b[2Jb", "a [2Jb\n", SIGNS_BRAILLE, 0},
		{"e\u0301t", "et\n", SIGNS_BRAILLE, 0},
		{"\xff", "\ufffd\n", SIGNS_BRAILLE, 0},
		{"", "\n", SIGNS_BRAILLE, 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct canvas *canvas = canvas_new(10, 1, rows[i].signs);
		canvas_text(canvas, canvas_area(canvas), 0, 0, LOOK_TEXT, rows[i].text);
		g_assert_cmpuint(canvas->cut->len, ==, rows[i].cut);
		expect(canvas, rows[i].shown);
	}
}

/* Where a row lies outside nothing happens; where it reaches out it is cut. */
static void test_text_outside(void)
{
	struct canvas *canvas = canvas_new(6, 2, SIGNS_BRAILLE);
	struct area area = canvas_area(canvas);

	g_assert_cmpint(canvas_text(canvas, area, 0, 2, LOOK_TEXT, "below"), ==, 0);
	g_assert_cmpint(canvas_text(canvas, area, 6, 0, LOOK_TEXT, "right"), ==, 6);
	g_assert_cmpuint(canvas->cut->len, ==, 0);
	g_assert_cmpint(canvas_text(canvas, area, 4, 0, LOOK_TEXT, "abc"), ==, 6);
	canvas_text_cut(canvas, area, 4, 1, LOOK_TEXT, "abc");
	g_assert_cmpuint(canvas->cut->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(canvas->cut, 0), ==, "abc");
	expect(canvas, "    a\u2026\n    a\u2026\n");
}

static void test_overwriting_wide(void)
{
	struct canvas *canvas = canvas_new(6, 1, SIGNS_BRAILLE);
	struct area area = canvas_area(canvas);

	canvas_text(canvas, area, 0, 0, LOOK_TEXT, "\u5de5\u4f4d\u4e00");
	canvas_text(canvas, area, 1, 0, LOOK_TEXT, "ab");
	expect(canvas, " ab \u4e00\n");
}

/* What is laid over wide characters leaves no half of one. */
static void test_filling_over_wide(void)
{
	struct canvas *canvas = canvas_new(8, 1, SIGNS_BRAILLE);

	canvas_text(canvas, canvas_area(canvas), 0, 0, LOOK_TEXT, "\u5de5\u4f4d\u4e00\u4e8c");
	canvas_fill(canvas, (struct area){3, 0, 0, 1}, '.', LOOK_TEXT, FALSE);
	g_autofree char *text = canvas_dump(canvas);
	g_assert_cmpstr(text, ==, "\u5de5\u4f4d\u4e00\u4e8c\n");
	canvas_fill(canvas, (struct area){3, 0, 2, 1}, '.', LOOK_TEXT, FALSE);
	expect(canvas, "\u5de5 .. \u4e8c\n");
}

static void test_paragraph(void)
{
	static const struct {
		const char *text, *shown;
		int rows;
	} rows[] = {
		{"clean the connector and insert it", "clean the\nconnector\nand insert\nit\n", 4},
		{"clean the connector, insert it and press Enter",
	         "clean the\nconnector,\ninsert it\nand press\u2026\n", 4},
		{"connectorsarelong", "connectors\narelong\n\n\n", 2},
		{"\u6e05\u6d01\u8fde\u63a5\u5668\u7136\u540e\u63d2\u5165",
	         "\u6e05\u6d01\u8fde\u63a5\u5668\n\u7136\u540e\u63d2\u5165\n\n\n", 2},
		{"", "\n\n\n\n", 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct canvas *canvas = canvas_new(10, 4, SIGNS_BRAILLE);
		g_assert_cmpint(canvas_paragraph(canvas, canvas_area(canvas), LOOK_TEXT,
		                                 rows[i].text),
		                ==, rows[i].rows);
		expect(canvas, rows[i].shown);
	}
}

static void test_frame_and_bar(void)
{
	static const char *const shown[] = {
		[SIGNS_ASCII] = "+- Site 1 -+\n|#####.....|\n+----------+\n",
		[SIGNS_BLOCKS] = "\u250c\u2500 Site 1 "
				 "\u2500\u2510\n\u2502\u2588\u2588\u2588\u2588\u2588     "
				 "\u2502\n\u2514\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
				 "\u2500\u2500\u2518\n",
	};

	for (enum signs signs = SIGNS_ASCII; signs <= SIGNS_BLOCKS; signs++) {
		struct canvas *canvas = canvas_new(12, 3, signs);
		struct area inside = canvas_frame(canvas, canvas_area(canvas), LOOK_DIM, "Site 1");
		canvas_bar(canvas, inside, 0, LOOK_RUNNING, 0.5);
		g_assert_cmpuint(canvas->cut->len, ==, 0);
		expect(canvas, shown[signs]);
	}
}

static void test_bar_ends(void)
{
	static const struct {
		double fraction;
		const char *shown;
	} rows[] = {
		{0, "\n"},
		{0.04, "\u258f\n"},
		{0.5, "\u2588\u2588\n"},
		{0.49, "\u2588\u2588\n"},
		{0.4, "\u2588\u258b\n"},
		{1, "\u2588\u2588\u2588\u2588\n"},
		{7, "\u2588\u2588\u2588\u2588\n"},
		{-1, "\n"},
		{NAN, "\n"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct canvas *canvas = canvas_new(4, 1, SIGNS_BRAILLE);
		canvas_bar(canvas, canvas_area(canvas), 0, LOOK_RUNNING, rows[i].fraction);
		expect(canvas, rows[i].shown);
	}
}

static void test_looks(void)
{
	struct canvas *canvas = canvas_new(8, 2, SIGNS_BRAILLE);
	struct area area = canvas_area(canvas);

	canvas_text(canvas, area, 1, 0, LOOK_FAIL, "no");
	canvas_text(canvas, area, 0, 1, LOOK_TEXT, "ab");
	canvas_reverse(canvas, (struct area){0, 0, 2, 2});
	g_autofree char *looks = canvas_dump_looks(canvas);
	g_assert_cmpstr(looks, ==, "#Ff\n##\n");
	canvas_free(canvas);
}

/* The verdict is a picture of reversed cells: the same in every terminal. */
static void test_letters(void)
{
	struct canvas *canvas = canvas_new(34, 5, SIGNS_ASCII);

	g_assert_true(letters_draw(canvas, canvas_area(canvas), LOOK_PASS, "No!"));
	g_autofree char *looks = canvas_dump_looks(canvas);
	g_assert_cmpstr(looks, ==,
	                "PP      PP    PPPPPP        PP\n"
	                "PPPP    PP  PP      PP      PP\n"
	                "PP  PP  PP  PP      PP      PP\n"
	                "PP    PPPP  PP      PP\n"
	                "PP      PP    PPPPPP        PP\n");
	g_assert_false(letters_draw(canvas, canvas_area(canvas), LOOK_PASS, "\u5408"));
	g_assert_false(letters_draw(canvas, canvas_area(canvas), LOOK_PASS, ""));
	g_assert_false(letters_draw(canvas, canvas_area(canvas), LOOK_PASS, "ABORTED"));
	canvas_free(canvas);
}

/* Every verdict takes a third of the smallest screen at least, and grows with it. */
static void test_letters_grow(void)
{
	static const struct {
		int columns, rows, dots;
	} rows[] = {{80, 9, 23 * 2}, {132, 15, 23 * 5}, {200, 24, 23 * 8}};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct canvas *canvas = canvas_new(rows[i].columns, rows[i].rows, SIGNS_ASCII);
		g_assert_true(letters_draw(canvas, canvas_area(canvas), LOOK_FAIL, "FAIL"));
		int left = rows[i].columns, right = 0;
		for (int i2 = 0; i2 < canvas->columns * canvas->rows; i2++)
			if (canvas->cells[i2].reverse) {
				left = MIN(left, i2 % canvas->columns);
				right = MAX(right, i2 % canvas->columns);
			}
		g_assert_cmpint(right - left + 1, >=, rows[i].dots);
		canvas_free(canvas);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/canvas/areas", test_areas);
	g_test_add_func("/operator/canvas/text", test_text);
	g_test_add_func("/operator/canvas/text-outside", test_text_outside);
	g_test_add_func("/operator/canvas/overwriting-wide", test_overwriting_wide);
	g_test_add_func("/operator/canvas/paragraph", test_paragraph);
	g_test_add_func("/operator/canvas/frame-and-bar", test_frame_and_bar);
	g_test_add_func("/operator/canvas/bar-ends", test_bar_ends);
	g_test_add_func("/operator/canvas/looks", test_looks);
	g_test_add_func("/operator/letters/draw", test_letters);
	g_test_add_func("/operator/letters/grow", test_letters_grow);
	g_test_add_func("/operator/canvas/filling-over-wide", test_filling_over_wide);
	return g_test_run();
}

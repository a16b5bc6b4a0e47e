/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/cells.h"

#include "station/operator/letters.h"

static void test_rows(void)
{
	struct canvas *canvas = canvas_new(4, 1, SIGNS_ASCII);
	struct cell cells[6], others[6];

	canvas_text(canvas, canvas_area(canvas), 0, 0, LOOK_PASS, "abcd");
	cells_row(canvas, 0, cells, 6);
	g_assert_true(cells[3].c == 'd' && cells[3].look == LOOK_PASS);
	/* beyond the right edge and below the last row */
	g_assert_true(cells[4].c == ' ' && cells[5].look == LOOK_TEXT && !cells[5].reverse);
	cells_row(canvas, 1, others, 6);
	g_assert_true(others[0].c == ' ' && others[0].look == LOOK_TEXT);
	g_assert_false(cells_same(cells, others, 6));
	g_assert_true(cells_same(cells + 4, others + 4, 2));
	others[5].reverse = TRUE;
	g_assert_false(cells_same(cells + 4, others + 4, 2));
	canvas_free(canvas);
}

/* How many cells are blocks, and how many are reversed */
static void count(const struct canvas *canvas, int *blocks, int *reversed)
{
	*blocks = *reversed = 0;
	for (int i = 0; i < canvas->columns * canvas->rows; i++) {
		*blocks += canvas->cells[i].c == 0x2588;
		*reversed += canvas->cells[i].reverse;
	}
}

static void test_blocks(void)
{
	static const struct {
		int columns, rows;
		enum look look;
		gboolean blocks;
	} cases[] = {
		{23, 5, LOOK_PASS, TRUE},    /* a column a dot */
		{46, 5, LOOK_RUNNING, TRUE}, /* two */
		{276, 30, LOOK_PASS, FALSE}, /* twelve: a change is less than they are */
		{46, 5, LOOK_LOCKED, FALSE}, /* such a look has no blocks */
	};
	gboolean usable[LOOK_N];

	for (int i = 0; i < LOOK_N; i++)
		usable[i] = i != LOOK_LOCKED;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct canvas *canvas = canvas_new(cases[i].columns, cases[i].rows, SIGNS_BRAILLE);
		int blocks, reversed, before;
		g_assert_true(letters_draw(canvas, canvas_area(canvas), cases[i].look, "EEEE"));
		count(canvas, &blocks, &before);
		g_assert_true(blocks == 0 && before > 0);
		cells_use_blocks(canvas, usable);
		count(canvas, &blocks, &reversed);
		g_assert_cmpint(blocks, ==, cases[i].blocks ? before : 0);
		g_assert_cmpint(blocks + reversed, ==, before);
		canvas_free(canvas);
	}
}

/* Reversed text stays what it is, with the blanks between its words. */
static void test_reversed_text(void)
{
	struct canvas *canvas = canvas_new(20, 2, SIGNS_BRAILLE);
	gboolean usable[LOOK_N];
	int blocks, reversed;

	for (int i = 0; i < LOOK_N; i++)
		usable[i] = TRUE;
	canvas_text(canvas, canvas_area(canvas), 1, 0, LOOK_WARNING, "not safe");
	canvas_reverse(canvas, (struct area){0, 0, 20, 1});
	canvas_fill(canvas, (struct area){18, 1, 2, 1}, ' ', LOOK_WARNING, TRUE);
	cells_use_blocks(canvas, usable);
	count(canvas, &blocks, &reversed);
	/* in front of it and behind it the look is another one: pieces of their own */
	g_assert_true(canvas->cells[4].reverse && canvas->cells[4].c == ' ');
	g_assert_true(canvas->cells[38].c == 0x2588 && canvas->cells[39].c == 0x2588);
	g_assert_cmpint(blocks + reversed, ==, 22);
	canvas_free(canvas);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/cells/rows", test_rows);
	g_test_add_func("/operator/cells/blocks", test_blocks);
	g_test_add_func("/operator/cells/reversed-text", test_reversed_text);
	return g_test_run();
}

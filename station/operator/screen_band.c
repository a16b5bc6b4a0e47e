/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/letters.h"
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

#include <string.h>

/*
 * Without colours the surroundings tell: a PASS is a plain field, a FAIL stands in a frame of
 * crosses, an ERROR in slanted stripes, what is locked between two fences, what was stopped between
 * broken lines; what is ready or runs has no field and nothing around it.
 */
enum surroundings {
	AROUND_NOTHING,
	AROUND_CROSSES,
	AROUND_STRIPES,
	AROUND_FENCES,
	AROUND_DASHES,
};

enum { SYMBOL_DOTS = 5, SYMBOL_GAP = 2, SIDE_COLUMNS = 2, SHORT_COLUMNS = 30 };

static const struct style {
	enum surroundings around;
	const char *word;                /* a short one; null: none */
	const char *symbol[LETTER_ROWS]; /* beside the word; null: none */
} styles[SITE_STATES] = {
	[SITE_PASS] = {AROUND_NOTHING, NULL, {"    #", "   ##", "# ## ", "###  ", " #   "}},
	[SITE_FAIL] = {AROUND_CROSSES, NULL, {"#   #", " # # ", "  #  ", " # # ", "#   #"}},
	[SITE_ERROR] = {AROUND_STRIPES, NULL, {" ### ", "#   #", "  ## ", "     ", "  #  "}},
	[SITE_CHECKING] = {AROUND_NOTHING, "CHECK"},
	[SITE_RUNNING] = {AROUND_NOTHING, "RUN"},
	[SITE_ABORTED] = {AROUND_DASHES, "STOP"},
	[SITE_LOCKED] = {AROUND_FENCES},
};

/* The looks of verdicts are fields of their own, and letters stand out from them. */
static enum look field_look(enum site_state state)
{
	return state == SITE_IDLE ? LOOK_TEXT : screen_state_look(state);
}

/* --- what is around -----------------------------------------------------------------------------
 */

static void draw_cell(struct canvas *canvas, int x, int y, enum look look, enum surroundings around)
{
	struct area cell = {x, y, 1, 1};
	gboolean odd;

	switch (around) {
	case AROUND_CROSSES:
		odd = (x / 2 + y) % 2;
		canvas_fill(canvas, cell, odd ? 'X' : ' ', look, odd);
		break;
	case AROUND_STRIPES:
		odd = (x + 2 * y) % 6 < 3;
		canvas_fill(canvas, cell, odd ? ' ' : '/', look, odd);
		break;
	case AROUND_FENCES:
		canvas_fill(canvas, cell, '#', look, FALSE);
		break;
	case AROUND_DASHES:
		canvas_fill(canvas, cell, ' ', look, x % 8 < 5);
		break;
	default:
		break;
	}
}

static void draw_cells(struct canvas *canvas, struct area area, enum look look,
                       enum surroundings around)
{
	for (int y = area.y; y < area.y + area.height; y++)
		for (int x = area.x; x < area.x + area.width; x++)
			draw_cell(canvas, x, y, look, around);
}

/* Gives what is inside. Where there is little height it is at the sides only. */
static struct area draw_around(struct canvas *canvas, struct area area, enum look look,
                               enum surroundings around)
{
	int rows = area.height >= LETTER_ROWS + 2 ? 1 : 0;

	if (around == AROUND_NOTHING)
		return area;
	draw_cells(canvas, area_take_top(&area, rows), look, around);
	draw_cells(canvas, area_take_bottom(&area, rows), look, around);
	if (around == AROUND_CROSSES || around == AROUND_STRIPES) {
		draw_cells(canvas, area_take_left(&area, SIDE_COLUMNS), look, around);
		draw_cells(canvas, area_take_right(&area, SIDE_COLUMNS), look, around);
	}
	return area;
}

/* --- the word -----------------------------------------------------------------------------------
 */

/* How large a dot may be in an area, in rows; 0: too large for it. *columns: likewise. */
static int dot_size(struct area area, int dots, int *columns)
{
	int rows = MIN(area.height / LETTER_ROWS, 6);

	*columns = MIN(area.width / dots, 2 * rows);
	return MIN(rows, *columns);
}

static void draw_symbol(struct canvas *canvas, struct area at, const struct style *style,
                        enum look look, int columns, int rows)
{
	for (int y = 0; y < LETTER_ROWS; y++)
		for (int x = 0; x < SYMBOL_DOTS; x++) {
			struct area dot = {at.x + x * columns, at.y + y * rows, columns, rows};
			if (style->symbol[y][x] == '#')
				canvas_fill(canvas, dot, ' ', look, TRUE);
		}
}

/* The symbol and the word, unless the word would become smaller than two columns a dot for it. */
static gboolean draw_both(struct canvas *canvas, struct area area, const struct style *style,
                          enum look look, const char *word)
{
	int word_dots = (int)strlen(word) * (LETTER_COLUMNS + 1) - 1;
	int dots = SYMBOL_DOTS + SYMBOL_GAP + word_dots, columns;
	int rows = dot_size(area, dots, &columns);

	if (!style->symbol[0] || columns < 2)
		return FALSE;
	struct area at = area_centre(area, dots * columns, LETTER_ROWS * rows);
	draw_symbol(canvas, at, style, look, columns, rows);
	area_take_left(&at, (SYMBOL_DOTS + SYMBOL_GAP) * columns);
	return letters_draw(canvas, at, look, word);
}

static void draw_text(struct canvas *canvas, struct area area, enum site_state state)
{
	g_autofree char *text = g_strdup_printf("%s %s", screen_state_sign(canvas, state),
	                                        _(site_state_name(state)));
	struct area row = area_centre(area, area.width, 1);

	canvas_text_centre(canvas, row, 0, field_look(state), text);
	screen_emphasise(canvas, area_centre(row, text_columns(text) + 2, 1), field_look(state));
}

void screen_band(struct canvas *canvas, struct area area, enum site_state state)
{
	const struct style *style = &styles[state];
	enum look look = field_look(state);
	const char *word = site_state_name(state);
	struct area inner = draw_around(canvas, area, look, style->around);

	canvas_fill(canvas, inner, ' ', look, FALSE);
	if (draw_both(canvas, inner, style, look, word) || letters_draw(canvas, inner, look, word))
		return;
	/* the long words have short ones, for where the others fit */
	if (inner.width < SHORT_COLUMNS || !style->word ||
	    !letters_draw(canvas, inner, look, style->word))
		draw_text(canvas, inner, state);
}

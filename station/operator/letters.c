/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/letters.h"

#include <string.h>

/* Cells of a terminal are about twice as high as wide: a letter's dot is two columns by one row. */
enum { DOT_COLUMNS = 2, SCALE_MAX = 6 };

struct letter {
	char c;
	const char *rows[LETTER_ROWS];
};

/* clang-format off */
static const struct letter letters[] = {
	{'A', {" ### ", "#   #", "#####", "#   #", "#   #"}},
	{'B', {"#### ", "#   #", "#### ", "#   #", "#### "}},
	{'C', {" ####", "#    ", "#    ", "#    ", " ####"}},
	{'D', {"#### ", "#   #", "#   #", "#   #", "#### "}},
	{'E', {"#####", "#    ", "###  ", "#    ", "#####"}},
	{'F', {"#####", "#    ", "###  ", "#    ", "#    "}},
	{'G', {" ####", "#    ", "#  ##", "#   #", " ####"}},
	{'H', {"#   #", "#   #", "#####", "#   #", "#   #"}},
	{'I', {"#####", "  #  ", "  #  ", "  #  ", "#####"}},
	{'J', {"  ###", "   # ", "   # ", "#  # ", " ##  "}},
	{'K', {"#   #", "#  # ", "###  ", "#  # ", "#   #"}},
	{'L', {"#    ", "#    ", "#    ", "#    ", "#####"}},
	{'M', {"#   #", "## ##", "# # #", "#   #", "#   #"}},
	{'N', {"#   #", "##  #", "# # #", "#  ##", "#   #"}},
	{'O', {" ### ", "#   #", "#   #", "#   #", " ### "}},
	{'P', {"#### ", "#   #", "#### ", "#    ", "#    "}},
	{'Q', {" ### ", "#   #", "# # #", "#  # ", " ## #"}},
	{'R', {"#### ", "#   #", "#### ", "#  # ", "#   #"}},
	{'S', {" ####", "#    ", " ### ", "    #", "#### "}},
	{'T', {"#####", "  #  ", "  #  ", "  #  ", "  #  "}},
	{'U', {"#   #", "#   #", "#   #", "#   #", " ### "}},
	{'V', {"#   #", "#   #", "#   #", " # # ", "  #  "}},
	{'W', {"#   #", "#   #", "# # #", "## ##", "#   #"}},
	{'X', {"#   #", " # # ", "  #  ", " # # ", "#   #"}},
	{'Y', {"#   #", " # # ", "  #  ", "  #  ", "  #  "}},
	{'Z', {"#####", "   # ", "  #  ", " #   ", "#####"}},
	{'0', {" ### ", "#  ##", "# # #", "##  #", " ### "}},
	{'1', {"  #  ", " ##  ", "  #  ", "  #  ", "#####"}},
	{'2', {"#### ", "    #", " ### ", "#    ", "#####"}},
	{'3', {"#### ", "    #", " ### ", "    #", "#### "}},
	{'4', {"#   #", "#   #", "#####", "    #", "    #"}},
	{'5', {"#####", "#    ", "#### ", "    #", "#### "}},
	{'6', {" ### ", "#    ", "#### ", "#   #", " ### "}},
	{'7', {"#####", "    #", "   # ", "  #  ", "  #  "}},
	{'8', {" ### ", "#   #", " ### ", "#   #", " ### "}},
	{'9', {" ### ", "#   #", " ####", "    #", " ### "}},
	{'-', {"     ", "     ", " ### ", "     ", "     "}},
	{'?', {" ### ", "#   #", "  ## ", "     ", "  #  "}},
	{'!', {"  #  ", "  #  ", "  #  ", "     ", "  #  "}},
	{' ', {"     ", "     ", "     ", "     ", "     "}},
};
/* clang-format on */

static const struct letter *letter_of(char c)
{
	for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
		if (letters[i].c == g_ascii_toupper(c))
			return &letters[i];
	return NULL;
}

/* Dots from the first letter to the last, one between two letters. */
static int dots_of(const char *word)
{
	return (int)strlen(word) * (LETTER_COLUMNS + 1) - 1;
}

int letters_columns(const char *word)
{
	return *word ? dots_of(word) * DOT_COLUMNS : 0;
}

static void draw_letter(struct canvas *canvas, struct area at, const struct letter *letter,
                        enum look look, int dot_columns, int dot_rows)
{
	for (int y = 0; y < LETTER_ROWS; y++)
		for (int x = 0; x < LETTER_COLUMNS; x++) {
			struct area dot = {at.x + x * dot_columns, at.y + y * dot_rows, dot_columns,
			                   dot_rows};
			if (letter->rows[y][x] == '#')
				canvas_fill(canvas, dot, ' ', look, TRUE);
		}
}

gboolean letters_draw(struct canvas *canvas, struct area area, enum look look, const char *word)
{
	int dots = dots_of(word);
	int columns = area.width / MAX(1, dots), rows = area.height / LETTER_ROWS;

	for (const char *p = word; *p; p++)
		if (!letter_of(*p))
			return FALSE;
	if (!*word || columns < 1 || rows < 1)
		return FALSE;
	rows = MIN(rows, SCALE_MAX);
	columns = MIN(columns, rows * DOT_COLUMNS);
	/* where it has to be narrow it need not be high */
	rows = MIN(rows, columns);
	struct area at = area_centre(area, dots * columns, LETTER_ROWS * rows);
	for (const char *p = word; *p; p++) {
		draw_letter(canvas, at, letter_of(*p), look, columns, rows);
		at.x += (LETTER_COLUMNS + 1) * columns;
	}
	return TRUE;
}

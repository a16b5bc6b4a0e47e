/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_CANVAS_H
#define STATION_OPERATOR_CANVAS_H

#include <glib.h>

/*
 * A picture of the screen: a grid of character cells, each with a look. Views draw on it and know
 * no terminal; what shows it compares it with the one before and sends only what changed. A
 * character that is two columns wide (East Asian) has its second cell empty.
 */

/* What a cell is for; a theme says how that looks. */
enum look {
	LOOK_TEXT,
	LOOK_DIM,   /* what is always there: labels, frames */
	LOOK_TITLE, /* headings, the bars at the top and bottom */
	LOOK_KEY,   /* names of keys */
	LOOK_INPUT, /* what is being typed or scanned */
	LOOK_RUNNING,
	LOOK_PASS,
	LOOK_FAIL,
	LOOK_ERROR,
	LOOK_WARNING, /* marginal, calibration due soon, outbox filling */
	LOOK_LOCKED,
	LOOK_N,
};

/* What the terminal can show beside letters. */
enum signs {
	SIGNS_ASCII,
	SIGNS_BLOCKS,  /* lines and half blocks: the fonts of consoles */
	SIGNS_BRAILLE, /* and dots, eight in a cell */
};

struct cell {
	gunichar c; /* 0: the second column of the character before */
	guint8 look;
	gboolean reverse;
};

/* Columns and rows from the upper left corner; never larger than the canvas it was cut from. */
struct area {
	int x, y, width, height;
};

struct canvas {
	int columns, rows;
	enum signs signs;
	struct cell *cells; /* row by row */
	GPtrArray *cut;     /* texts that did not fit where they were put: char * */
};

/* All blanks in LOOK_TEXT. columns, rows: at least 1. Free with canvas_free. */
struct canvas *canvas_new(int columns, int rows, enum signs signs);
void canvas_free(struct canvas *canvas); /* null is allowed */

struct area canvas_area(const struct canvas *canvas);
/* Takes up to that many rows (columns) off the top (bottom, left, right) of *area and gives them.
 */
struct area area_take_top(struct area *area, int rows);
struct area area_take_bottom(struct area *area, int rows);
struct area area_take_left(struct area *area, int columns);
struct area area_take_right(struct area *area, int columns);
/* The area of that size in the middle of another; no larger than that. */
struct area area_centre(struct area area, int width, int height);

/* How many columns the UTF-8 text takes; characters without a width count as none. */
int text_columns(const char *text);

/* Sets every cell of the area to c (one column wide) and the look. */
void canvas_fill(struct canvas *canvas, struct area area, gunichar c, enum look look,
                 gboolean reverse);

/*
 * Writes UTF-8 text into row `row` of the area, from `column` on, and gives the column after it.
 * What does not fit ends in an ellipsis and is put on canvas->cut, unless the canvas has no such
 * row. Control characters are blanks; combining characters are left out; on an ASCII canvas what
 * ASCII lacks is '?', East Asian characters excepted, which such a terminal shows or not.
 */
int canvas_text(struct canvas *canvas, struct area area, int column, int row, enum look look,
                const char *text);
/* The same for text that is known to be too long at times, such as a reason: not put on `cut`. */
int canvas_text_cut(struct canvas *canvas, struct area area, int column, int row, enum look look,
                    const char *text);
/* Ends at the last column of the area. */
void canvas_text_right(struct canvas *canvas, struct area area, int row, enum look look,
                       const char *text);
void canvas_text_centre(struct canvas *canvas, struct area area, int row, enum look look,
                        const char *text);
/* Breaks the text at blanks (East Asian text anywhere) into at most the rows of the area; gives how
 * many were used. What is left over ends in an ellipsis. */
int canvas_paragraph(struct canvas *canvas, struct area area, enum look look, const char *text);

/* A frame of lines with a title in its upper edge (null: none); gives what is inside. */
struct area canvas_frame(struct canvas *canvas, struct area area, enum look look,
                         const char *title);
/* A bar that is filled from the left by fraction 0..1 (NAN: empty). */
void canvas_bar(struct canvas *canvas, struct area area, int row, enum look look, double fraction);

/* Reverses the cells of the area. */
void canvas_reverse(struct canvas *canvas, struct area area);

/* The rows as text without blanks at their ends, each ended by a line feed; of `looks` the same
 * grid with a letter for each look that is not LOOK_TEXT, a capital where it is reversed. Free with
 * g_free. */
char *canvas_dump(const struct canvas *canvas);
char *canvas_dump_looks(const struct canvas *canvas);

#endif

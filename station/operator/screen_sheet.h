/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_SCREEN_SHEET_H
#define STATION_OPERATOR_SCREEN_SHEET_H

#include "station/operator/screen.h"

/*
 * What the pages that are lists have in common. A sheet is a page as long as it needs to be, on a
 * canvas of its own; a window of it is shown. Areas of it are to be drawn on sheet->page.
 */
struct sheet {
	struct canvas *page;
	int rows; /* that were taken */
};

/* With the signs of that canvas; columns at least 1. Ended by sheet_show or sheet_clear. */
struct sheet sheet_begin(const struct canvas *canvas, int columns);
void sheet_clear(struct sheet *sheet);

/* The next rows. */
struct area sheet_take(struct sheet *sheet, int rows);
void sheet_skip(struct sheet *sheet); /* a blank row, but none at the top */
void sheet_heading(struct sheet *sheet, const char *text);
void sheet_paragraph(struct sheet *sheet, int indent, enum look look, const char *text);

/* Copies the rows from `first` on (fewer where the end would leave room) into the area, passes on
 * what was cut, and ends the sheet. Gives the first row that is shown. */
int sheet_show(struct sheet *sheet, struct canvas *canvas, struct area area, guint first);

/* --- pages --------------------------------------------------------------------------------------
 */

/* Takes the row with the title off the area and a margin off its sides; gives that row. */
struct area sheet_title(struct canvas *canvas, struct area *area, const char *title);

/* At the right of a heading which of the rows are shown, unless all are: "4-20 / 57";
 * of one "4 / 57". */
void sheet_position(struct canvas *canvas, struct area heading, int first, int shown, int rows);

/* A page that is one sheet, which build draws. */
void sheet_page(const struct desk *desk, struct canvas *canvas, struct area area, const char *title,
                struct sheet (*build)(const struct desk *desk, const struct canvas *canvas,
                                      int columns));

struct sheet sheet_why(const struct desk *desk, const struct canvas *canvas, int columns);
struct sheet sheet_lot(const struct desk *desk, const struct canvas *canvas, int columns);
struct sheet sheet_instruments(const struct desk *desk, const struct canvas *canvas, int columns);
struct sheet sheet_help(const struct desk *desk, const struct canvas *canvas, int columns);

/* The first of `height` rows of a list, so that the chosen one is in the middle where it can. */
guint sheet_list_first(guint choice, guint rows, guint height);

/* One cell of a table: `width` columns of the row from column x on. */
struct area sheet_cell(struct area row, int x, int width);

/* The state that a verdict leaves a site in: its look and sign; SITE_IDLE: nothing was judged. */
enum site_state sheet_verdict_state(enum verdict verdict);

/* The verdict with its sign: "X FAIL". */
void sheet_verdict(struct canvas *canvas, struct area cell, enum verdict verdict,
                   gboolean marginal);

/* "87.5 %" of whole > 0, else "-". Free with g_free. */
char *sheet_percent(guint part, guint whole);

/* Local time, as g_date_time_format; "" for 0. Free with g_free. */
char *sheet_time(const struct desk *desk, gint64 utc_us, const char *format);

/* What is still checked or run, a row each: "Site 2  DR400123  RUNNING"; of the site of that index,
 * -1: of all. FALSE: nothing is. */
gboolean sheet_busy(const struct desk *desk, struct sheet *sheet, int zoom);

#endif

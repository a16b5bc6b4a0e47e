/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_SCREEN_H
#define STATION_OPERATOR_SCREEN_H

#include "station/operator/desk.h"

enum { SCREEN_COLUMNS_MIN = 80, SCREEN_ROWS_MIN = 24 };

/*
 * Draws the desk on an empty canvas; on one that is smaller than SCREEN_COLUMNS_MIN x
 * SCREEN_ROWS_MIN only what state each site is in, and that the terminal is too small.
 */
void screen_draw(const struct desk *desk, struct canvas *canvas);

/* What desk->scroll_most is of the page that is shown, on a canvas of that size. */
guint screen_scroll_most(const struct desk *desk, int columns, int rows);

/* --- pieces, in files of their own -------------------------------------------------------------
 */

/* Two rows at the top, two at the bottom (message or input, keys); give what is left between. */
struct area screen_bars(const struct desk *desk, struct canvas *canvas);

/* All sites alike: a grid of tiles; and the strip of small tiles above the zoomed one. */
void screen_grid(const struct desk *desk, struct canvas *canvas, struct area area);
void screen_strip(const struct desk *desk, struct canvas *canvas, struct area area);
/* One site, large: idle, checking, running or its verdict. */
void screen_site(const struct desk *desk, struct canvas *canvas, struct area area,
                 const struct desk_site *site);

void screen_login(const struct desk *desk, struct canvas *canvas, struct area area);
void screen_units(const struct desk *desk, struct canvas *canvas, struct area area);
void screen_why(const struct desk *desk, struct canvas *canvas, struct area area);
void screen_lot(const struct desk *desk, struct canvas *canvas, struct area area);
void screen_instruments(const struct desk *desk, struct canvas *canvas, struct area area);
void screen_help(const struct desk *desk, struct canvas *canvas, struct area area);
/* Over what is there: lots, confirmations, questions. */
void screen_dialog(const struct desk *desk, struct canvas *canvas, struct area area);

/* The look of a state, and the sign that goes with it ("+" PASS, "X" FAIL, "?" ERROR ...; other
 * signs where the canvas can show them). */
enum look screen_state_look(enum site_state state);
const char *screen_state_sign(const struct canvas *canvas, enum site_state state);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_SCREEN_PARTS_H
#define STATION_OPERATOR_SCREEN_PARTS_H

#include "station/operator/screen.h"

/* What the pictures of sites share. */

/* What a site is to be shown as: where nothing can be begun, idle is locked. */
enum site_state screen_state(const struct desk *desk, const struct desk_site *site);
/* Why no unit can be begun at a site that is shown as locked; "" nothing is known. Borrowed. */
const char *screen_locked_why(const struct desk *desk, const struct desk_site *site);

/* "3:20", "1:02:03"; "-" for what is not finite. Free with g_free. */
char *screen_time(double seconds);
/* How long the run still takes from now on; NAN unknown, or nothing runs. */
double screen_left_s(const struct desk *desk, const struct desk_site *site);
/* "3:20 left", "-" unknown. Free with g_free. */
char *screen_left(const struct desk *desk, const struct desk_site *site);
/* How much of the run is done, 0..1; NAN unknown. */
double screen_fraction(const struct site_view *view);

/* Rows of the strip of tiles above a page. */
int screen_strip_rows(const struct desk *desk);
/* Bars and strip, as they are around any page but that of the sites; gives what is left. */
struct area screen_around_page(const struct desk *desk, struct canvas *canvas);

/* The state's word in letters as large as fit, with the surroundings that tell it from others
 * without a colour. In little room it is a word of text. */
void screen_band(struct canvas *canvas, struct area area, enum site_state state);

/* A heading with a line behind it, off the top of *area; `right` at its end (null: nothing). */
void screen_heading(struct canvas *canvas, struct area *area, const char *title, const char *right);
/* Makes an area stand out: looks that are a field of their own do already, others are reversed. */
void screen_emphasise(struct canvas *canvas, struct area area, enum look look);
/* Text over the whole width of a row, standing out. */
void screen_loud(struct canvas *canvas, struct area area, int row, enum look look,
                 const char *text);

/* One site by what it does. */
void screen_running(const struct desk *desk, struct canvas *canvas, struct area area,
                    const struct desk_site *site);
void screen_verdict(const struct desk *desk, struct canvas *canvas, struct area area,
                    const struct desk_site *site);

/* What is known of the present or last run: several panes when there is room, else desk->pane. */
void screen_panes(const struct desk *desk, struct canvas *canvas, struct area area,
                  const struct desk_site *site);
void screen_values(const struct desk *desk, struct canvas *canvas, struct area area,
                   const struct desk_site *site);
void screen_steps(const struct desk *desk, struct canvas *canvas, struct area area,
                  const struct desk_site *site);

#endif

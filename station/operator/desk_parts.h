/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_DESK_PARTS_H
#define STATION_OPERATOR_DESK_PARTS_H

#include "station/operator/desk.h"
#include "station/operator/label.h"

/* What the desk's own files share. */

#define WORLD(desk, call, ...) (desk)->setup.world->call((desk)->setup.world_data, ##__VA_ARGS__)

/* Something that was asked for is not done: told, and heard. */
void desk_refuse(struct desk *desk, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* For the log, in the name of who is logged in. */
void desk_log(struct desk *desk, const char *what, const char *text);
/* Lets nobody be logged in; where there are users, somebody has to before anything else. */
void desk_log_out(struct desk *desk);
void desk_zoom(struct desk *desk, int index);
/* The index of a site; -1 when it is none. */
int desk_index(const struct desk *desk, const struct desk_site *site);
/* Opens the question of the zoomed site or of another, closes the dialog when there is none. */
void desk_show_questions(struct desk *desk);

/* A complete line, typed or scanned. */
void desk_line(struct desk *desk, const char *line, gboolean scanned);
/* Takes the lot of that name. */
void desk_take_lot(struct desk *desk, const char *name);
/* A unit, wanted at that site; 0: at the one that it is for. */
void desk_take_unit(struct desk *desk, const char *serial, int site);

/* Enter, Escape and arrows while a dialog is open: TRUE when it took the key. */
gboolean dialog_key(struct desk *desk, gunichar key);
/* As Enter and as Escape. */
void dialog_confirm(struct desk *desk);
void dialog_cancel(struct desk *desk);
/* A line while a dialog is open. TRUE when it was for the dialog. */
gboolean dialog_line(struct desk *desk, const char *line);

#endif

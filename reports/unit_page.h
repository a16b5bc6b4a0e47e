/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_UNIT_PAGE_H
#define REPORTS_UNIT_PAGE_H

#include "reports/markup.h"
#include "reports/record.h"

/*
 * Sections of a unit's page: eye pictures and eye matrices, of which those at the corner nearest to
 * 25 degC are unfolded; curves of the test or, folded, of the calibration; maps; constants with
 * their tables over temperature, each lane's beside its L-I curves. Nothing is written where there
 * is nothing to show, or where a later attempt replaced it (of constants all is told). A page must
 * stay mailable whatever a run recorded: each section shows so many and tells how many more are in
 * the run document.
 */
void unit_eyes(struct markup *markup, const struct run_record *record);
void unit_curves(struct markup *markup, const struct run_record *record, gboolean calibration);
void unit_maps(struct markup *markup, const struct run_record *record);
void unit_constants(struct markup *markup, const struct run_record *record);
void unit_writes(struct markup *markup, const struct run_record *record);

/*
 * `name` for a caption of a picture of that id, of that step: with the name of the plan's step
 * where several have pictures of the id. Free with g_free.
 */
char *unit_name(const struct run_record *record, const char *name, const char *id, guint step);

/* A picture's caption: "Lane 1 BER waterfall at 25 degC"; corner "": that of the step. */
void unit_caption(struct markup *markup, const struct run_record *record, const char *name,
                  int lane, const char *corner, guint step);

/* One chart of curves (struct record_series, from `from` on, as many as a chart holds), named by
 * what tells them apart. */
void unit_chart(struct markup *markup, const struct run_record *record, const GPtrArray *curves,
                guint from);

/* Sorts curves (struct record_series) by their corners, else keeps their order. */
void unit_sort_by_corner(const struct run_record *record, GPtrArray *curves);

/* True for what is drawn beside the tables over temperature: L-I curves of a lane that has some. */
gboolean unit_beside_tables(const struct run_record *record, const struct record_series *series);

/* A line on what is left out, when n is above 0: "2 more curves are only in ...". */
void unit_left_out(struct markup *markup, guint n, const char *what);

#endif

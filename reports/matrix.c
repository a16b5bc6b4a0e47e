/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/matrix.h"

#include "reports/corner.h"
#include "reports/lane_list.h"
#include "reports/matrix_cell.h"
#include "reports/matrix_rows.h"
#include "reports/page.h"
#include "reports/title.h"

#include <string.h>

static double reach_of(const GPtrArray *members)
{
	double reach = 0;
	for (guint i = 0; i < members->len; i++)
		reach = matrix_reach(members->pdata[i], reach);
	return reach;
}

static void write_name(struct markup *markup, const char *id, guint rows)
{
	markup_open(markup, "td");
	markup_attr(markup, "class", "name");
	if (rows > 1)
		markup_attr_number(markup, "rowspan", rows);
	markup_text(markup, title_of(id));
	markup_text(markup, " ");
	markup_element(markup, "span", "small", id);
	markup_close(markup);
}

/* --- lanes ----------------------------------------------------------------------------------- */

/* Where the bounds of a block stand. */
enum bounds {
	BOUNDS_OF_BLOCK, /* beside its name */
	BOUNDS_OF_ROW,   /* before each row */
	BOUNDS_OF_LANE,  /* in the first cell of each lane */
	BOUNDS_OF_CELL,
};

/* How often the bounds are written at least. */
static enum bounds place_bounds(const GArray *rows, guint begin, guint end)
{
	g_autoptr(GPtrArray) all = matrix_members(rows, begin, end);
	g_autofree char *shared = matrix_shared_bounds(all);
	gboolean of_row = TRUE, of_lane = TRUE;
	if (shared)
		return BOUNDS_OF_BLOCK;
	for (guint i = begin; i < end; i++) {
		g_autoptr(GPtrArray) members = matrix_members(rows, i, i + 1);
		g_autofree char *bounds = matrix_shared_bounds(members);
		of_row = of_row && bounds;
	}
	for (int lane = 1; lane <= MATRIX_LANES_MAX; lane++) {
		g_autoptr(GPtrArray) members = matrix_lane_members(rows, begin, end, lane);
		g_autofree char *bounds = matrix_shared_bounds(members);
		of_lane = of_lane && bounds;
	}
	return of_row ? BOUNDS_OF_ROW : of_lane ? BOUNDS_OF_LANE : BOUNDS_OF_CELL;
}

/* The cells before the lanes. */
static void write_row_head(struct markup *markup, const GArray *rows, guint i, guint begin,
                           enum bounds where)
{
	guint end = matrix_block_end(rows, begin);
	gboolean of_row = where == BOUNDS_OF_ROW;
	g_autoptr(GPtrArray) members =
		matrix_members(rows, of_row ? i : begin, of_row ? i + 1 : end);
	g_autofree char *bounds = matrix_shared_bounds(members);
	if (i == begin)
		write_name(markup, g_array_index(rows, struct matrix_row, i).id, end - begin);
	if (i == begin || of_row)
		matrix_bounds_cell(markup, members, bounds, of_row ? 1 : end - begin);
}

static void write_lane_block(struct markup *markup, const struct matrix *table, const GArray *rows,
                             guint begin, int lanes, gboolean with_corner)
{
	guint end = matrix_block_end(rows, begin);
	enum bounds where = place_bounds(rows, begin, end);
	g_autoptr(GPtrArray) members = matrix_members(rows, begin, end);
	double reach = reach_of(members);
	for (guint i = begin; i < end; i++) {
		const struct matrix_row *row = &g_array_index(rows, struct matrix_row, i);
		gboolean in_cells =
			where == BOUNDS_OF_CELL || (where == BOUNDS_OF_LANE && i == begin);
		g_autofree char *corner = corner_text(table->record, row->corner);
		markup_open(markup, "tr");
		if (i + 1 < end)
			markup_attr(markup, "class", "in");
		write_row_head(markup, rows, i, begin, where);
		if (with_corner)
			markup_element(markup, "td", "corner", corner);
		for (int lane = 1; lane <= lanes; lane++)
			matrix_value_cell(markup, row->lanes[lane], reach, in_cells);
		markup_close(markup);
	}
}

static void write_lanes(struct markup *markup, const struct matrix *table, const GArray *rows)
{
	g_autoptr(GPtrArray) corners = matrix_corners(rows);
	gboolean with_corner = corners->len > 1;
	g_autoptr(GStrvBuilder) heads = g_strv_builder_new();
	int lanes = matrix_last_lane(rows);
	if (rows->len == 0)
		return;
	g_strv_builder_add_many(heads, "Parameter", "Limits", NULL);
	if (with_corner)
		g_strv_builder_add(heads, "Corner");
	for (int lane = 1; lane <= lanes; lane++) {
		g_autofree char *head = g_strdup_printf("Lane %d", lane);
		g_strv_builder_add(heads, head);
	}
	g_auto(GStrv) names = g_strv_builder_end(heads);
	page_table(markup, "matrix", (const char *const *)names);
	for (guint i = 0; i < rows->len; i = matrix_block_end(rows, i))
		write_lane_block(markup, table, rows, i, lanes, with_corner);
	page_table_end(markup);
}

/* --- the whole unit -------------------------------------------------------------------------- */

static const struct record_measurement *at_corner(const GPtrArray *members, const char *corner)
{
	for (guint i = 0; i < members->len; i++) {
		const struct record_measurement *measurement = members->pdata[i];
		if (strcmp(measurement->corner, corner) == 0)
			return measurement;
	}
	return NULL;
}

static void write_unit(struct markup *markup, const struct matrix *table, const GArray *rows)
{
	g_autoptr(GPtrArray) corners = matrix_corners(rows);
	g_autoptr(GStrvBuilder) heads = g_strv_builder_new();
	if (rows->len == 0)
		return;
	g_strv_builder_add_many(heads, "Parameter", "Limits", NULL);
	for (guint i = 0; i < corners->len; i++) {
		g_autofree char *corner = corner_text(table->record, corners->pdata[i]);
		g_strv_builder_add(heads, corners->len > 1 && *corner ? corner : "Value");
	}
	g_auto(GStrv) names = g_strv_builder_end(heads);
	page_table(markup, "matrix", (const char *const *)names);
	for (guint begin = 0, end; begin < rows->len; begin = end) {
		end = matrix_block_end(rows, begin);
		g_autoptr(GPtrArray) members = matrix_members(rows, begin, end);
		g_autofree char *bounds = matrix_shared_bounds(members);
		double reach = reach_of(members);
		markup_open(markup, "tr");
		write_name(markup, g_array_index(rows, struct matrix_row, begin).id, 1);
		matrix_bounds_cell(markup, members, bounds, 1);
		for (guint i = 0; i < corners->len; i++)
			matrix_value_cell(markup, at_corner(members, corners->pdata[i]), reach,
			                  !bounds);
		markup_close(markup);
	}
	page_table_end(markup);
}

static void write_rows(struct markup *markup, const struct matrix *table, gboolean by_lane,
                       const GArray *rows)
{
	if (by_lane)
		write_lanes(markup, table, rows);
	else
		write_unit(markup, table, rows);
}

/* --- yes and no ------------------------------------------------------------------------------ */

static gboolean same_check(const struct record_measurement *a, const struct record_measurement *b)
{
	return strcmp(a->id, b->id) == 0 && strcmp(a->corner, b->corner) == 0;
}

/* One line for a finding at a corner, unless an earlier one wrote it. */
static void write_check(struct markup *markup, const struct matrix *table, guint i)
{
	const struct record_measurement *first = table->checks->pdata[i];
	guint64 lanes = 0;
	for (guint other = 0; other < table->checks->len; other++) {
		const struct record_measurement *measurement = table->checks->pdata[other];
		if (!same_check(first, measurement))
			continue;
		if (other < i)
			return;
		lanes |= lane_list_bit(measurement->lane);
	}
	g_autofree char *names = lane_list_text(lanes);
	g_autofree char *corner = corner_text(table->record, first->corner);
	markup_open(markup, "tr");
	write_name(markup, first->id, 1);
	markup_element(markup, "td", NULL, names);
	markup_element(markup, "td", "corner", corner);
	markup_close(markup);
}

static void write_checks(struct markup *markup, const struct matrix *table, guint failed)
{
	static const char *const heads[] = {"Check", "Lanes", "Corner", NULL};
	guint n = table->checks->len;
	if (n == 0)
		return;
	markup_open(markup, "details");
	markup_elementf(markup, "summary", NULL,
	                failed > 0 ? "%u more check%s passed" : "%u check%s, all passed", n,
	                n == 1 ? "" : "s");
	page_table(markup, "matrix", heads);
	for (guint i = 0; i < n; i++)
		write_check(markup, table, i);
	page_table_end(markup);
	markup_close(markup);
}

/* --- sections -------------------------------------------------------------------------------- */

/* Rows behind a line that unfolds them. */
static void write_folded(struct markup *markup, const struct matrix *table, gboolean by_lane,
                         enum matrix_weight weight, const char *what)
{
	g_autoptr(GArray) rows = matrix_pick(table, by_lane, weight);
	guint n = matrix_count_blocks(rows);
	if (n == 0)
		return;
	markup_open(markup, "details");
	markup_elementf(markup, "summary", NULL, "%s: %u parameter%s", what, n, n == 1 ? "" : "s");
	write_rows(markup, table, by_lane, rows);
	markup_close(markup);
}

static void write_section(struct markup *markup, const struct matrix *table, gboolean by_lane,
                          const char *title)
{
	g_autoptr(GArray) shown = matrix_pick(table, by_lane, MATRIX_BAD);
	g_autoptr(GArray) judged = matrix_pick(table, by_lane, MATRIX_JUDGED);
	g_autoptr(GArray) recorded = matrix_pick(table, by_lane, MATRIX_RECORDED);
	if (judged->len > 0)
		g_array_append_vals(shown, judged->data, judged->len);
	if (shown->len == 0 && recorded->len == 0 && (by_lane || table->checks->len == 0))
		return;
	page_section(markup, title);
	if (by_lane)
		markup_element(markup, "p", "small",
		               "Value with expanded uncertainty (k = 2), and its place between the "
		               "limits (dark edges; guard band yellow). CHECK limits fail a unit "
		               "and ask for a look at the standard; HOLD limits are judged but "
		               "never fail a unit; INFO is recorded only.");
	write_rows(markup, table, by_lane, shown);
	write_folded(markup, table, by_lane, MATRIX_RECORDED, "Recorded only");
	if (!by_lane)
		write_checks(markup, table, matrix_failed_findings(table));
	markup_close(markup);
}

void matrix_test(struct markup *markup, const struct run_record *record)
{
	struct matrix table = matrix_collect(record, FALSE);
	write_section(markup, &table, TRUE, "Parameters by lane");
	write_section(markup, &table, FALSE, "The whole unit");
	matrix_clear(&table);
}

void matrix_calibration(struct markup *markup, const struct run_record *record)
{
	struct matrix table = matrix_collect(record, TRUE);
	if (table.rows->len > 0 || table.checks->len > 0) {
		page_section(markup, "Calibration");
		for (int by_lane = 1; by_lane >= 0; by_lane--) {
			g_autoptr(GArray) bad = matrix_pick(&table, by_lane, MATRIX_BAD);
			write_rows(markup, &table, by_lane, bad);
		}
		write_folded(markup, &table, TRUE, MATRIX_JUDGED, "Judged, by lane");
		write_folded(markup, &table, TRUE, MATRIX_RECORDED, "Recorded, by lane");
		write_folded(markup, &table, FALSE, MATRIX_JUDGED, "Judged, the whole unit");
		write_folded(markup, &table, FALSE, MATRIX_RECORDED, "Recorded, the whole unit");
		write_checks(markup, &table, matrix_failed_findings(&table));
		markup_close(markup);
	}
	matrix_clear(&table);
}

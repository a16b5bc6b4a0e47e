/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/matrix_rows.h"

#include "reports/accept.h"
#include "reports/corner.h"
#include "reports/phase.h"

#include <string.h>

static int slot_of(const struct record_measurement *measurement)
{
	return measurement->lane >= 1 && measurement->lane <= MATRIX_LANES_MAX ? measurement->lane
	                                                                       : 0;
}

static struct matrix_row *find_row(GArray *rows, const struct record_measurement *measurement)
{
	guint order = rows->len;
	gboolean by_lane = slot_of(measurement) > 0;
	for (guint i = 0; i < rows->len; i++) {
		struct matrix_row *row = &g_array_index(rows, struct matrix_row, i);
		if (strcmp(row->id, measurement->id) != 0 || row->by_lane != by_lane)
			continue;
		if (strcmp(row->corner, measurement->corner) == 0)
			return row;
		order = MIN(order, row->order);
	}
	struct matrix_row added = {measurement->id, measurement->corner, by_lane, order, {NULL}};
	g_array_append_val(rows, added);
	return &g_array_index(rows, struct matrix_row, rows->len - 1);
}

static gboolean passed_finding(const struct record_measurement *measurement)
{
	return accept_is_finding(measurement) && measurement->verdict == VERDICT_PASS;
}

static gboolean only_passed_findings(const struct matrix_row *row)
{
	for (int lane = 0; lane <= MATRIX_LANES_MAX; lane++) {
		if (row->lanes[lane] && !passed_finding(row->lanes[lane]))
			return FALSE;
	}
	return TRUE;
}

static gboolean belongs(const struct run_record *record, gboolean calibration,
                        const struct record_measurement *measurement)
{
	return phase_is_calibration(record, measurement->step) == calibration &&
	       phase_counts(record, measurement);
}

static void add_measurement(struct matrix *table, const struct record_measurement *measurement)
{
	struct matrix_row *row = find_row(table->rows, measurement);
	int slot = slot_of(measurement);
	if (!row->lanes[slot] || measurement->verdict >= row->lanes[slot]->verdict)
		row->lanes[slot] = measurement;
}

struct matrix matrix_collect(const struct run_record *record, gboolean calibration)
{
	struct matrix table = {record, g_array_new(FALSE, TRUE, sizeof(struct matrix_row)),
	                       g_ptr_array_new()};
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (!belongs(record, calibration, measurement))
			continue;
		add_measurement(&table, measurement);
		if (passed_finding(measurement))
			g_ptr_array_add(table.checks, (gpointer)measurement);
	}
	for (guint i = table.rows->len; i-- > 0;) {
		if (only_passed_findings(&g_array_index(table.rows, struct matrix_row, i)))
			g_array_remove_index(table.rows, i);
	}
	return table;
}

void matrix_clear(struct matrix *table)
{
	g_array_unref(table->rows);
	g_ptr_array_unref(table->checks);
}

/* --- blocks: one parameter ------------------------------------------------------------------- */

static gboolean is_judged(const struct record_measurement *measurement)
{
	if (measurement->verdict != VERDICT_NONE)
		return TRUE;
	for (guint i = 0; i < measurement->judgements->len; i++) {
		const struct judgement *judgement = measurement->judgements->pdata[i];
		if (judgement->gate != LIMIT_INFO)
			return TRUE;
	}
	return FALSE;
}

static enum matrix_weight weigh_row(const struct matrix_row *row)
{
	enum matrix_weight weight = MATRIX_RECORDED;
	for (int lane = 0; lane <= MATRIX_LANES_MAX; lane++) {
		const struct record_measurement *measurement = row->lanes[lane];
		if (measurement && measurement->verdict >= VERDICT_FAIL)
			return MATRIX_BAD;
		if (measurement && is_judged(measurement))
			weight = MATRIX_JUDGED;
	}
	return weight;
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
	const struct matrix_row *first = a, *second = b;
	if (first->order != second->order)
		return first->order < second->order ? -1 : 1;
	return corner_compare(first->corner, second->corner);
}

GArray *matrix_pick(const struct matrix *table, gboolean by_lane, enum matrix_weight wanted)
{
	GArray *picked = g_array_new(FALSE, TRUE, sizeof(struct matrix_row));
	g_autoptr(GArray) sorted = g_array_copy(table->rows);
	g_array_sort(sorted, compare_rows);
	for (guint begin = 0, end; begin < sorted->len; begin = end) {
		const struct matrix_row *first = &g_array_index(sorted, struct matrix_row, begin);
		enum matrix_weight weight = MATRIX_RECORDED;
		for (end = begin; end < sorted->len; end++) {
			const struct matrix_row *row =
				&g_array_index(sorted, struct matrix_row, end);
			if (row->order != first->order)
				break;
			weight = MIN(weight, weigh_row(row));
		}
		if (weight == wanted && first->by_lane == by_lane)
			g_array_append_vals(picked, first, end - begin);
	}
	return picked;
}

guint matrix_block_end(const GArray *rows, guint begin)
{
	guint end = begin;
	while (end < rows->len && g_array_index(rows, struct matrix_row, end).order ==
	                                  g_array_index(rows, struct matrix_row, begin).order)
		end++;
	return end;
}

GPtrArray *matrix_members(const GArray *rows, guint begin, guint end)
{
	GPtrArray *members = g_ptr_array_new();
	for (guint i = begin; i < end; i++) {
		const struct matrix_row *row = &g_array_index(rows, struct matrix_row, i);
		for (int lane = 0; lane <= MATRIX_LANES_MAX; lane++) {
			if (row->lanes[lane])
				g_ptr_array_add(members, (gpointer)row->lanes[lane]);
		}
	}
	return members;
}

GPtrArray *matrix_corners(const GArray *rows)
{
	GPtrArray *corners = g_ptr_array_new();
	for (guint i = 0; i < rows->len; i++) {
		const char *corner = g_array_index(rows, struct matrix_row, i).corner;
		if (!g_ptr_array_find_with_equal_func(corners, corner, g_str_equal, NULL))
			g_ptr_array_add(corners, (gpointer)corner);
	}
	g_ptr_array_sort(corners, corner_compare_pointers);
	return corners;
}

GPtrArray *matrix_lane_members(const GArray *rows, guint begin, guint end, int lane)
{
	GPtrArray *members = g_ptr_array_new();
	for (guint i = begin; i < end; i++) {
		const struct matrix_row *row = &g_array_index(rows, struct matrix_row, i);
		if (row->lanes[lane])
			g_ptr_array_add(members, (gpointer)row->lanes[lane]);
	}
	return members;
}

guint matrix_count_blocks(const GArray *rows)
{
	guint n = 0;
	for (guint i = 0; i < rows->len; i = matrix_block_end(rows, i))
		n++;
	return n;
}

guint matrix_failed_findings(const struct matrix *table)
{
	guint n = 0;
	for (guint i = 0; i < table->rows->len; i++) {
		const struct matrix_row *row = &g_array_index(table->rows, struct matrix_row, i);
		for (int lane = 0; lane <= MATRIX_LANES_MAX; lane++)
			n += row->lanes[lane] && accept_is_finding(row->lanes[lane]) &&
			     row->lanes[lane]->verdict == VERDICT_FAIL;
	}
	return n;
}

int matrix_last_lane(const GArray *rows)
{
	int last = 0;
	for (guint i = 0; i < rows->len; i++) {
		const struct matrix_row *row = &g_array_index(rows, struct matrix_row, i);
		for (int lane = 1; lane <= MATRIX_LANES_MAX; lane++)
			last = row->lanes[lane] ? MAX(last, lane) : last;
	}
	return last;
}

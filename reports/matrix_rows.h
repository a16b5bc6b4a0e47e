/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_MATRIX_ROWS_H
#define REPORTS_MATRIX_ROWS_H

#include "reports/record.h"

/* What the tables of reports/matrix.c hold. */
enum { MATRIX_LANES_MAX = 16 };

/* One parameter at one corner: by lane, or of the whole unit. */
struct matrix_row {
	const char *id;
	const char *corner;
	gboolean by_lane;
	guint order; /* of the block: the rows of the same parameter */
	const struct record_measurement *lanes[MATRIX_LANES_MAX + 1]; /* 0: the whole unit */
};

/* How much a block of rows is to be seen: that of its weightiest row. */
enum matrix_weight { MATRIX_BAD, MATRIX_JUDGED, MATRIX_RECORDED };

struct matrix {
	const struct run_record *record; /* borrowed, as all that is in it */
	GArray *rows;                    /* struct matrix_row */
	GPtrArray *checks;               /* findings that are yes: struct record_measurement */
};

/* What counts of the calibration or of the test (reports/phase.h). Rows of nothing but findings
 * that are yes are left out. */
struct matrix matrix_collect(const struct run_record *record, gboolean calibration);
void matrix_clear(struct matrix *matrix);

/* The rows of that weight, block by block, corners in order. Free with g_array_unref. */
GArray *matrix_pick(const struct matrix *matrix, gboolean by_lane, enum matrix_weight wanted);

/* Where the block at `begin` ends; how many blocks there are. */
guint matrix_block_end(const GArray *rows, guint begin);
guint matrix_count_blocks(const GArray *rows);

/* Measurements of rows from begin to before end, of all lanes or of one; borrowed. Free with
 * g_ptr_array_unref. */
GPtrArray *matrix_members(const GArray *rows, guint begin, guint end);
GPtrArray *matrix_lane_members(const GArray *rows, guint begin, guint end, int lane);

/* The corners (const char *) that rows are at, in order. Free with g_ptr_array_unref. */
GPtrArray *matrix_corners(const GArray *rows);

int matrix_last_lane(const GArray *rows);

/* How many findings are no. */
guint matrix_failed_findings(const struct matrix *matrix);

#endif

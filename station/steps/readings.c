/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/readings.h"

#include <math.h>
#include <string.h>

double reading_at(struct step_context *ctx, const char *id, int lane, const char *corner)
{
	const struct record_measurement *m = run_record_find(step_record(ctx), id, lane, corner);

	return m ? m->value : NAN;
}

const char *reading_corner(struct step_context *ctx, const char *id, int lane)
{
	const struct run_record *record = step_record(ctx);

	for (guint i = record->measurements->len; i-- > 0;) {
		const struct record_measurement *m = g_ptr_array_index(record->measurements, i);
		if (m->lane == lane && strcmp(m->id, id) == 0)
			return m->corner;
	}
	return NULL;
}

static gboolean is_known(const struct reading *readings, guint n, const char *corner)
{
	for (guint i = 0; i < n; i++)
		if (strcmp(readings[i].corner, corner) == 0)
			return TRUE;
	return FALSE;
}

guint readings_find(struct step_context *ctx, const char *id, int lane,
                    struct reading readings[READINGS_MAX])
{
	const struct run_record *record = step_record(ctx);
	guint n = 0;

	for (guint i = 0; i < record->measurements->len && n < READINGS_MAX; i++) {
		const struct record_measurement *m = g_ptr_array_index(record->measurements, i);

		if (m->lane != lane || strcmp(m->id, id) != 0 || is_known(readings, n, m->corner))
			continue;
		readings[n] = (struct reading){m->corner, reading_at(ctx, id, lane, m->corner)};
		n += isfinite(readings[n].value) ? 1 : 0;
	}
	return n;
}

void readings_points(struct step_context *ctx, const char *id, int lane, GArray *x, GArray *y)
{
	const struct run_record *record = step_record(ctx);

	for (guint i = 0; i < record->series->len; i++) {
		const struct record_series *series = g_ptr_array_index(record->series, i);

		if (series->lane != lane || strcmp(series->id, id) != 0 ||
		    run_record_superseded(record, series->step))
			continue;
		g_array_append_vals(x, series->x->data, series->x->len);
		g_array_append_vals(y, series->y->data, series->y->len);
	}
}

void readings_name(struct record_series *series, const char *x_name, const char *x_unit,
                   const char *y_name, const char *y_unit)
{
	record_text(&series->x_name, x_name);
	record_text(&series->x_unit, x_unit);
	record_text(&series->y_name, y_name);
	record_text(&series->y_unit, y_unit);
}

void readings_curve(struct record_series *series, const double *x, const double *y, guint n)
{
	series->x_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_fit = g_array_new(FALSE, FALSE, sizeof(double));
	g_array_append_vals(series->x_fit, x, n);
	g_array_append_vals(series->y_fit, y, n);
}

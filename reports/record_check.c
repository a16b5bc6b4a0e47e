/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record_check.h"

#include "base/error.h"

/* Below this whole numbers are exact in a double. */
#define USES_END 9007199254740992.0

static gboolean same_length(const GArray *a, const GArray *b)
{
	return a ? b && a->len == b->len : !b;
}

static gboolean check_arrays(const struct run_record *record, GError **error)
{
	for (guint i = 0; i < record->series->len; i++) {
		const struct record_series *series = record->series->pdata[i];
		if (same_length(series->x, series->y) &&
		    same_length(series->x_fit, series->y_fit) &&
		    (!series->fit_low || same_length(series->x_fit, series->fit_low)) &&
		    same_length(series->fit_low, series->fit_high) &&
		    (!series->y_low || same_length(series->x, series->y_low)) &&
		    (!series->y_high || same_length(series->x, series->y_high)))
			continue;
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "series: item %u: arrays of different length", i);
		return FALSE;
	}
	for (guint i = 0; i < record->maps->len; i++) {
		const struct record_map *map = record->maps->pdata[i];
		if ((guint64)map->x->len * map->y->len == map->z->len)
			continue;
		station_error_set(error, STATION_ERROR_STORAGE, "maps: item %u: z is not x by y",
		                  i);
		return FALSE;
	}
	for (guint i = 0; i < record->eyes->len; i++) {
		const struct record_eye *eye = record->eyes->pdata[i];
		if ((guint64)eye->columns * eye->rows == eye->counts->len)
			continue;
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "eyes: item %u: counts are not columns by rows", i);
		return FALSE;
	}
	return TRUE;
}

/* Lists whose items name a step, and where they do. */
struct step_place {
	gsize list, step;
};
static const struct step_place step_places[] = {
	{offsetof(struct run_record, measurements), offsetof(struct record_measurement, step)},
	{offsetof(struct run_record, series), offsetof(struct record_series, step)},
	{offsetof(struct run_record, maps), offsetof(struct record_map, step)},
	{offsetof(struct run_record, eyes), offsetof(struct record_eye, step)},
	{offsetof(struct run_record, constants), offsetof(struct record_constant, step)},
	{offsetof(struct run_record, answers), offsetof(struct record_answer, step)},
};

static gboolean check_steps(const struct run_record *record, GError **error)
{
	for (gsize l = 0; l < G_N_ELEMENTS(step_places); l++) {
		const GPtrArray *list = G_STRUCT_MEMBER(GPtrArray *, record, step_places[l].list);
		for (guint i = 0; i < list->len; i++) {
			guint n = G_STRUCT_MEMBER(guint, list->pdata[i], step_places[l].step);
			if (n < record->steps->len)
				continue;
			station_error_set(error, STATION_ERROR_STORAGE, "there is no step %u", n);
			return FALSE;
		}
	}
	return TRUE;
}

static double at(const GArray *column, guint i)
{
	return g_array_index(column, double, i);
}

/* Null never passes: what is compared here is false for it. */
static gboolean check_uses(const struct run_record *record, GError **error)
{
	const struct record_uses *uses = &record->uses;
	const GArray *rest[] = {uses->instruments, uses->start_ms, uses->waited_ms, uses->held_ms};

	for (gsize c = 0; c < G_N_ELEMENTS(rest); c++) {
		if (same_length(uses->step, rest[c]))
			continue;
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "uses: columns of different length");
		return FALSE;
	}
	for (guint i = 0; i < uses->step->len; i++) {
		gboolean good = at(uses->step, i) >= -1 && at(uses->step, i) < record->steps->len;

		for (gsize c = 0; c < G_N_ELEMENTS(rest); c++)
			good = good && at(rest[c], i) >= 0 && at(rest[c], i) < USES_END;
		if (good)
			continue;
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "uses: entry %u: no step of the run, or below zero or absent", i);
		return FALSE;
	}
	return TRUE;
}

gboolean record_check(const struct run_record *record, GError **error)
{
	return check_steps(record, error) && check_arrays(record, error) &&
	       check_uses(record, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/shape.h"

#include <math.h>

#define FIELD(type, member, kind)                                                                  \
	{                                                                                          \
#member, kind, offsetof(struct type, member), NULL                                 \
	}
#define NAMED(key, type, member, kind)                                                             \
	{                                                                                          \
		key, kind, offsetof(struct type, member), NULL                                     \
	}
#define NEW(type, member, kind)                                                                    \
	{                                                                                          \
#member, kind, offsetof(struct type, member), NULL, TRUE                           \
	}
#define LATE(type, member, kind)                                                                   \
	{                                                                                          \
#member, kind, offsetof(struct type, member), NULL, FALSE, TRUE                    \
	}
#define NEW_PART(type, member, kind, shape)                                                        \
	{                                                                                          \
#member, kind, offsetof(struct type, member), shape, TRUE                          \
	}
#define LATE_PART(type, member, kind, shape)                                                       \
	{                                                                                          \
#member, kind, offsetof(struct type, member), shape, FALSE, TRUE                   \
	}
#define PART(type, member, kind, shape)                                                            \
	{                                                                                          \
#member, kind, offsetof(struct type, member), shape                                \
	}
#define SHAPE(name, type, free_func, table)                                                        \
	{                                                                                          \
		name, sizeof(struct type), free_func, table, G_N_ELEMENTS(table)                   \
	}

static void file_free(gpointer object);
static void instrument_free(gpointer object);
static void step_free(gpointer object);
static void measurement_free(gpointer object);
static void series_free(gpointer object);
static void map_free(gpointer object);
static void eye_free(gpointer object);
static void constant_free(gpointer object);
static void write_free(gpointer object);
static void answer_free(gpointer object);

/* clang-format off */
static const struct shape_field file_fields[] = {
	FIELD(record_file, role,   SHAPE_TEXT),
	FIELD(record_file, name,   SHAPE_TEXT),
	FIELD(record_file, sha256, SHAPE_TEXT),
};

static const struct shape_field instrument_fields[] = {
	FIELD(record_instrument, name, SHAPE_TEXT),
	NAMED("class", record_instrument, class_name, SHAPE_TEXT),
	FIELD(record_instrument, maker,           SHAPE_TEXT),
	FIELD(record_instrument, model,           SHAPE_TEXT),
	FIELD(record_instrument, serial,          SHAPE_TEXT),
	FIELD(record_instrument, firmware,        SHAPE_TEXT),
	LATE(record_instrument, options,          SHAPE_TEXT),
	FIELD(record_instrument, calibration_due, SHAPE_TEXT),
	FIELD(record_instrument, evidence,        SHAPE_TEXT),
	FIELD(record_instrument, resource,        SHAPE_TEXT),
};

static const struct shape_field identity_fields[] = {
	FIELD(record_identity, vendor,        SHAPE_TEXT_OR_NULL),
	FIELD(record_identity, part_number,   SHAPE_TEXT_OR_NULL),
	FIELD(record_identity, serial,        SHAPE_TEXT_OR_NULL),
	FIELD(record_identity, revision,      SHAPE_TEXT_OR_NULL),
	FIELD(record_identity, date_code,     SHAPE_TEXT_OR_NULL),
	FIELD(record_identity, firmware,      SHAPE_TEXT_OR_NULL),
	FIELD(record_identity, cmis_revision, SHAPE_TEXT_OR_NULL),
};

static const struct shape_field step_fields[] = {
	FIELD(record_step, name,       SHAPE_TEXT),
	FIELD(record_step, kind,       SHAPE_TEXT),
	FIELD(record_step, group,      SHAPE_TEXT),
	FIELD(record_step, lane,       SHAPE_INT),
	FIELD(record_step, corner,     SHAPE_TEXT),
	FIELD(record_step, attempt,    SHAPE_INT),
	FIELD(record_step, superseded, SHAPE_FLAG),
	NAMED("start", record_step, start_us, SHAPE_TIME),
	FIELD(record_step, duration_s, SHAPE_NUMBER),
	FIELD(record_step, verdict,    SHAPE_VERDICT),
	FIELD(record_step, reason,     SHAPE_TEXT_OR_NULL),
	FIELD(record_step, error_kind, SHAPE_TEXT_OR_NULL),
};

static const struct shape_field judgement_fields[] = {
	FIELD(judgement, limit_id,     SHAPE_TEXT),
	FIELD(judgement, gate,         SHAPE_GATE),
	NEW(judgement, value,          SHAPE_NUMBER_OR_NAN),
	NEW(judgement, uncertainty,    SHAPE_NUMBER_OR_NAN),
	FIELD(judgement, low,          SHAPE_NUMBER_OR_NAN),
	FIELD(judgement, high,         SHAPE_NUMBER_OR_NAN),
	FIELD(judgement, low_guarded,  SHAPE_NUMBER_OR_NAN),
	FIELD(judgement, high_guarded, SHAPE_NUMBER_OR_NAN),
	NEW(judgement, false_accept,   SHAPE_NUMBER_OR_NAN),
	NEW(judgement, rule,           SHAPE_RULE),
	FIELD(judgement, margin,       SHAPE_NUMBER_OR_NAN),
	FIELD(judgement, verdict,      SHAPE_VERDICT),
	FIELD(judgement, marginal,     SHAPE_FLAG),
	FIELD(judgement, reason,       SHAPE_TEXT_OR_NULL),
	FIELD(judgement, source,       SHAPE_TEXT),
	FIELD(judgement, mark,         SHAPE_LETTER),
};

static const struct shape_field measurement_fields[] = {
	FIELD(record_measurement, id,          SHAPE_TEXT),
	FIELD(record_measurement, step,        SHAPE_UINT),
	FIELD(record_measurement, lane,        SHAPE_INT),
	FIELD(record_measurement, corner,      SHAPE_TEXT),
	FIELD(record_measurement, value,       SHAPE_NUMBER_OR_NAN),
	FIELD(record_measurement, unit,        SHAPE_TEXT),
	FIELD(record_measurement, uncertainty, SHAPE_NUMBER_OR_NAN),
	FIELD(record_measurement, verdict,     SHAPE_VERDICT),
	FIELD(record_measurement, marginal,    SHAPE_FLAG),
	FIELD(record_measurement, reason,      SHAPE_TEXT_OR_NULL),
	PART(record_measurement, judgements,   SHAPE_LIST, &shape_judgement),
};

static const struct shape_field series_fields[] = {
	FIELD(record_series, id,       SHAPE_TEXT),
	FIELD(record_series, step,     SHAPE_UINT),
	FIELD(record_series, lane,     SHAPE_INT),
	NEW(record_series, corner,     SHAPE_TEXT),
	NEW(record_series, group,      SHAPE_TEXT),
	NEW(record_series, label,      SHAPE_TEXT),
	FIELD(record_series, x_name,   SHAPE_TEXT),
	FIELD(record_series, x_unit,   SHAPE_TEXT),
	FIELD(record_series, y_name,   SHAPE_TEXT),
	FIELD(record_series, y_unit,   SHAPE_TEXT),
	FIELD(record_series, x,        SHAPE_NUMBERS),
	FIELD(record_series, y,        SHAPE_NUMBERS),
	FIELD(record_series, y_low,    SHAPE_NUMBERS_OR_NULL),
	FIELD(record_series, y_high,   SHAPE_NUMBERS_OR_NULL),
	FIELD(record_series, x_fit,    SHAPE_NUMBERS_OR_NULL),
	FIELD(record_series, y_fit,    SHAPE_NUMBERS_OR_NULL),
	FIELD(record_series, fit_low,  SHAPE_NUMBERS_OR_NULL),
	FIELD(record_series, fit_high, SHAPE_NUMBERS_OR_NULL),
	FIELD(record_series, marker_x, SHAPE_NUMBER_OR_NAN),
	FIELD(record_series, line_y,   SHAPE_NUMBER_OR_NAN),
};

static const struct shape_field map_fields[] = {
	FIELD(record_map, id,     SHAPE_TEXT),
	FIELD(record_map, step,   SHAPE_UINT),
	FIELD(record_map, lane,   SHAPE_INT),
	FIELD(record_map, corner, SHAPE_TEXT),
	FIELD(record_map, x_name, SHAPE_TEXT),
	FIELD(record_map, x_unit, SHAPE_TEXT),
	FIELD(record_map, y_name, SHAPE_TEXT),
	FIELD(record_map, y_unit, SHAPE_TEXT),
	FIELD(record_map, z_name, SHAPE_TEXT),
	FIELD(record_map, z_unit, SHAPE_TEXT),
	FIELD(record_map, log_z,  SHAPE_FLAG),
	FIELD(record_map, x,      SHAPE_NUMBERS),
	FIELD(record_map, y,      SHAPE_NUMBERS),
	FIELD(record_map, z,      SHAPE_NUMBERS),
	FIELD(record_map, line_z, SHAPE_NUMBER_OR_NAN),
	FIELD(record_map, best_x, SHAPE_NUMBER_OR_NAN),
	FIELD(record_map, best_y, SHAPE_NUMBER_OR_NAN),
	FIELD(record_map, note,   SHAPE_TEXT),
};

static const struct shape_field eye_fields[] = {
	FIELD(record_eye, id,              SHAPE_TEXT),
	FIELD(record_eye, kind,            SHAPE_TEXT),
	FIELD(record_eye, route,           SHAPE_TEXT),
	FIELD(record_eye, step,            SHAPE_UINT),
	FIELD(record_eye, lane,            SHAPE_INT),
	NEW(record_eye, corner,            SHAPE_TEXT),
	NEW(record_eye, x_name,            SHAPE_TEXT),
	NEW(record_eye, x_unit,            SHAPE_TEXT),
	NEW(record_eye, y_name,            SHAPE_TEXT),
	NEW(record_eye, y_unit,            SHAPE_TEXT),
	NEW(record_eye, x_value,           SHAPE_NUMBER_OR_NAN),
	NEW(record_eye, y_value,           SHAPE_NUMBER_OR_NAN),
	NEW(record_eye, note,              SHAPE_TEXT),
	FIELD(record_eye, columns,         SHAPE_UINT),
	FIELD(record_eye, rows,            SHAPE_UINT),
	FIELD(record_eye, x_span_ui,       SHAPE_NUMBER),
	FIELD(record_eye, y_min_w,         SHAPE_NUMBER),
	FIELD(record_eye, y_max_w,         SHAPE_NUMBER),
	FIELD(record_eye, levels_w,        SHAPE_NUMBERS),
	FIELD(record_eye, thresholds_w,    SHAPE_NUMBERS),
	FIELD(record_eye, windows_ui,      SHAPE_NUMBERS),
	FIELD(record_eye, window_width_ui, SHAPE_NUMBER_OR_NAN),
	FIELD(record_eye, taps,            SHAPE_NUMBERS),
	FIELD(record_eye, counts,          SHAPE_COUNTS),
};

static const struct shape_field constant_fields[] = {
	FIELD(record_constant, knob,   SHAPE_TEXT),
	FIELD(record_constant, step,   SHAPE_UINT),
	FIELD(record_constant, lane,   SHAPE_INT),
	FIELD(record_constant, unit,   SHAPE_TEXT),
	FIELD(record_constant, before, SHAPE_NUMBER_OR_NAN),
	FIELD(record_constant, wanted, SHAPE_NUMBER_OR_NAN),
	FIELD(record_constant, stored, SHAPE_NUMBER_OR_NAN),
	NEW(record_constant, entry,    SHAPE_INDEX),
	NEW(record_constant, at,       SHAPE_NUMBER_OR_NAN),
	NEW(record_constant, raw,      SHAPE_NUMBER_OR_NAN),
	NEW(record_constant, address,  SHAPE_TEXT),
	NEW(record_constant, source,   SHAPE_TEXT),
	NEW(record_constant, fit,      SHAPE_TEXT_OR_NULL),
	NEW(record_constant, residual, SHAPE_NUMBER_OR_NAN),
	NEW(record_constant, residual_unit, SHAPE_TEXT),
};

static const struct shape_field write_fields[] = {
	FIELD(record_write, what,    SHAPE_TEXT),
	FIELD(record_write, way,     SHAPE_TEXT),
	FIELD(record_write, step,    SHAPE_TEXT),
	FIELD(record_write, time,    SHAPE_TEXT),
	FIELD(record_write, how,     SHAPE_TEXT),
	FIELD(record_write, words,   SHAPE_TEXT),
	FIELD(record_write, address, SHAPE_TEXT),
	FIELD(record_write, before,  SHAPE_TEXT),
	FIELD(record_write, after,   SHAPE_TEXT),
};

static const struct shape_field answer_fields[] = {
	FIELD(record_answer, step,     SHAPE_UINT),
	FIELD(record_answer, question, SHAPE_TEXT),
	FIELD(record_answer, answer,   SHAPE_TEXT),
	FIELD(record_answer, who,      SHAPE_TEXT),
	FIELD(record_answer, wait_s,   SHAPE_NUMBER),
};

static const struct shape_field uses_fields[] = {
	FIELD(record_uses, step,        SHAPE_NUMBERS),
	FIELD(record_uses, instruments, SHAPE_NUMBERS),
	FIELD(record_uses, start_ms,    SHAPE_NUMBERS),
	FIELD(record_uses, waited_ms,   SHAPE_NUMBERS),
	FIELD(record_uses, held_ms,     SHAPE_NUMBERS),
};

static const struct shape_field touch_fields[] = {
	NAMED("time", record_touch, time_us, SHAPE_TIME),
	FIELD(record_touch, station,    SHAPE_TEXT),
	FIELD(record_touch, who,        SHAPE_TEXT),
	FIELD(record_touch, what,       SHAPE_TEXT),
};

static const struct shape_field run_fields[] = {
	FIELD(run_record, run_id,          SHAPE_TEXT),
	FIELD(run_record, station_id,      SHAPE_TEXT),
	FIELD(run_record, station_version, SHAPE_TEXT),
	FIELD(run_record, lot,             SHAPE_TEXT),
	FIELD(run_record, serial,          SHAPE_TEXT),
	FIELD(run_record, part_number,     SHAPE_TEXT),
	FIELD(run_record, type,            SHAPE_TEXT),
	FIELD(run_record, form_factor,     SHAPE_TEXT),
	FIELD(run_record, product,         SHAPE_TEXT),
	FIELD(run_record, stage,           SHAPE_TEXT),
	NAMED("operator", run_record, operator_name, SHAPE_TEXT),
	FIELD(run_record, site,            SHAPE_INT),
	NAMED("plan", run_record, plan_name, SHAPE_TEXT),
	FIELD(run_record, plan_revision,   SHAPE_TEXT),
	FIELD(run_record, limits_edition,  SHAPE_TEXT),
	NAMED("start", run_record, start_us, SHAPE_TIME),
	NAMED("end", run_record, end_us,     SHAPE_TIME),
	FIELD(run_record, verdict,         SHAPE_VERDICT),
	FIELD(run_record, marginal,        SHAPE_FLAG),
	FIELD(run_record, reason,          SHAPE_TEXT_OR_NULL),
	FIELD(run_record, first_failing_step, SHAPE_TEXT_OR_NULL),
	PART(run_record, identity,         SHAPE_PART, &shape_identity),
	PART(run_record, files,            SHAPE_LIST, &shape_file),
	PART(run_record, instruments,      SHAPE_LIST, &shape_instrument),
	PART(run_record, steps,            SHAPE_LIST, &shape_step),
	PART(run_record, measurements,     SHAPE_LIST, &shape_measurement),
	PART(run_record, constants,        SHAPE_LIST, &shape_constant),
	LATE_PART(run_record, writes,      SHAPE_LIST, &shape_write),
	LATE_PART(run_record, answers,     SHAPE_LIST, &shape_answer),
	LATE_PART(run_record, uses,        SHAPE_PART, &shape_uses),
	FIELD(run_record, notes,           SHAPE_TEXTS),
	PART(run_record, series,           SHAPE_LIST, &shape_series),
	NEW_PART(run_record, maps,         SHAPE_LIST, &shape_map),
	PART(run_record, eyes,             SHAPE_LIST, &shape_eye),
	LATE_PART(run_record, touched,     SHAPE_PART_OR_NULL, &shape_touch),
};

static const struct shape_field tail_fields[] = {
	PART(run_record, identity,     SHAPE_PART, &shape_identity),
	PART(run_record, instruments,  SHAPE_LIST, &shape_instrument),
	PART(run_record, steps,        SHAPE_LIST, &shape_step),
	PART(run_record, measurements, SHAPE_LIST, &shape_measurement),
	PART(run_record, constants,    SHAPE_LIST, &shape_constant),
	PART(run_record, answers,      SHAPE_LIST, &shape_answer),
	FIELD(run_record, notes,       SHAPE_TEXTS),
	PART(run_record, series,       SHAPE_LIST, &shape_series),
	PART(run_record, maps,         SHAPE_LIST, &shape_map),
	PART(run_record, eyes,         SHAPE_LIST, &shape_eye),
};
/* clang-format on */

const struct shape shape_file = SHAPE("file", record_file, file_free, file_fields);
const struct shape shape_instrument =
	SHAPE("instrument", record_instrument, instrument_free, instrument_fields);
const struct shape shape_identity = SHAPE("identity", record_identity, NULL, identity_fields);
const struct shape shape_step = SHAPE("step", record_step, step_free, step_fields);
const struct shape shape_judgement =
	SHAPE("judgement", judgement, (GDestroyNotify)judgement_free, judgement_fields);
const struct shape shape_measurement =
	SHAPE("measurement", record_measurement, measurement_free, measurement_fields);
const struct shape shape_series = SHAPE("series", record_series, series_free, series_fields);
const struct shape shape_map = SHAPE("map", record_map, map_free, map_fields);
const struct shape shape_eye = SHAPE("eye", record_eye, eye_free, eye_fields);
const struct shape shape_constant =
	SHAPE("constant", record_constant, constant_free, constant_fields);
const struct shape shape_write = SHAPE("write", record_write, write_free, write_fields);
const struct shape shape_answer = SHAPE("answer", record_answer, answer_free, answer_fields);
const struct shape shape_uses = SHAPE("uses", record_uses, NULL, uses_fields);
const struct shape shape_touch =
	SHAPE("touch", record_touch, (GDestroyNotify)record_touch_free, touch_fields);
const struct shape shape_run =
	SHAPE("run", run_record, (GDestroyNotify)run_record_free, run_fields);
const struct shape shape_tail =
	SHAPE("tail", run_record, (GDestroyNotify)run_record_free, tail_fields);

static void fill(const struct shape *shape, gpointer object)
{
	for (gsize i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];
		gpointer at = shape_at(field, object);
		if (field->kind == SHAPE_TEXT)
			*(char **)at = g_strdup("");
		else if (field->kind == SHAPE_NUMBER_OR_NAN)
			*(double *)at = NAN;
		else if (field->kind == SHAPE_INDEX)
			*(int *)at = -1;
		else if (field->kind == SHAPE_NUMBERS)
			*(GArray **)at = g_array_new(FALSE, TRUE, sizeof(double));
		else if (field->kind == SHAPE_COUNTS)
			*(GArray **)at = g_array_new(FALSE, TRUE, sizeof(guint32));
		else if (field->kind == SHAPE_PART)
			fill(field->part, at);
		else if (field->kind == SHAPE_LIST)
			*(GPtrArray **)at = g_ptr_array_new_with_free_func(field->part->free);
		else if (field->kind == SHAPE_TEXTS)
			*(GPtrArray **)at = g_ptr_array_new_with_free_func(g_free);
	}
}

gpointer shape_new(const struct shape *shape)
{
	gpointer object = g_malloc0(shape->size);
	fill(shape, object);
	return object;
}

static void clear(const struct shape *shape, gpointer object)
{
	for (gsize i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];
		gpointer at = shape_at(field, object);
		if (field->kind == SHAPE_TEXT || field->kind == SHAPE_TEXT_OR_NULL)
			g_free(*(char **)at);
		else if (field->kind == SHAPE_NUMBERS || field->kind == SHAPE_NUMBERS_OR_NULL ||
		         field->kind == SHAPE_COUNTS)
			g_clear_pointer((GArray **)at, g_array_unref);
		else if (field->kind == SHAPE_PART)
			clear(field->part, at);
		else if (field->kind == SHAPE_PART_OR_NULL)
			field->part->free(*(gpointer *)at);
		else if (field->kind == SHAPE_LIST || field->kind == SHAPE_TEXTS)
			g_clear_pointer((GPtrArray **)at, g_ptr_array_unref);
	}
}

static void free_as(const struct shape *shape, gpointer object)
{
	if (!object)
		return;
	clear(shape, object);
	g_free(object);
}

static void file_free(gpointer object)
{
	free_as(&shape_file, object);
}

static void instrument_free(gpointer object)
{
	free_as(&shape_instrument, object);
}

static void step_free(gpointer object)
{
	free_as(&shape_step, object);
}

static void measurement_free(gpointer object)
{
	free_as(&shape_measurement, object);
}

static void series_free(gpointer object)
{
	free_as(&shape_series, object);
}

static void map_free(gpointer object)
{
	free_as(&shape_map, object);
}

static void eye_free(gpointer object)
{
	free_as(&shape_eye, object);
}

static void constant_free(gpointer object)
{
	free_as(&shape_constant, object);
}

static void write_free(gpointer object)
{
	free_as(&shape_write, object);
}

static void answer_free(gpointer object)
{
	free_as(&shape_answer, object);
}

void record_touch_free(struct record_touch *touch)
{
	free_as(&shape_touch, touch);
}

void run_record_free(struct run_record *record)
{
	free_as(&shape_run, record);
}

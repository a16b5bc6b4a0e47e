/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record.h"

#include "base/clock.h"
#include "base/uuid7.h"
#include "reports/shape.h"

#include <stdarg.h>
#include <string.h>

struct run_record *run_record_new(void)
{
	struct run_record *record = shape_new(&shape_run);
	g_free(record->run_id);
	record->run_id = uuid7_new();
	record->start_us = clock_unix_us();
	return record;
}

static gpointer add(GPtrArray *array, const struct shape *shape)
{
	gpointer entry = shape_new(shape);
	g_ptr_array_add(array, entry);
	return entry;
}

void record_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

static void set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value ? value : "");
}

struct record_file *run_record_add_file(struct run_record *record, const char *role,
                                        const char *path, const char *sha256)
{
	struct record_file *file = add(record->files, &shape_file);
	g_free(file->name);
	file->name = g_path_get_basename(path);
	set_text(&file->role, role);
	set_text(&file->sha256, sha256);
	return file;
}

struct record_instrument *run_record_add_instrument(struct run_record *record)
{
	return add(record->instruments, &shape_instrument);
}

struct record_step *run_record_add_step(struct run_record *record)
{
	struct record_step *step = add(record->steps, &shape_step);
	step->attempt = 1;
	return step;
}

struct record_measurement *run_record_add_measurement(struct run_record *record, const char *id,
                                                      guint step, int lane, double value,
                                                      const char *unit)
{
	struct record_measurement *measurement = add(record->measurements, &shape_measurement);
	set_text(&measurement->id, id);
	set_text(&measurement->unit, unit);
	measurement->step = step;
	measurement->lane = lane;
	measurement->value = value;
	return measurement;
}

static const char *corner_of(const struct run_record *record, guint step)
{
	if (step >= record->steps->len)
		return "";
	return ((const struct record_step *)record->steps->pdata[step])->corner;
}

struct record_series *run_record_add_series(struct run_record *record, const char *id, guint step,
                                            int lane)
{
	struct record_series *series = add(record->series, &shape_series);
	set_text(&series->id, id);
	set_text(&series->corner, corner_of(record, step));
	series->step = step;
	series->lane = lane;
	return series;
}

struct record_map *run_record_add_map(struct run_record *record, const char *id, guint step,
                                      int lane)
{
	struct record_map *map = add(record->maps, &shape_map);
	set_text(&map->id, id);
	set_text(&map->corner, corner_of(record, step));
	map->step = step;
	map->lane = lane;
	return map;
}

struct record_eye *run_record_add_eye(struct run_record *record, const char *id, guint step,
                                      int lane)
{
	struct record_eye *eye = add(record->eyes, &shape_eye);
	set_text(&eye->id, id);
	set_text(&eye->corner, corner_of(record, step));
	eye->step = step;
	eye->lane = lane;
	return eye;
}

struct record_constant *run_record_add_constant(struct run_record *record, const char *knob,
                                                guint step, int lane)
{
	struct record_constant *constant = add(record->constants, &shape_constant);
	set_text(&constant->knob, knob);
	constant->step = step;
	constant->lane = lane;
	return constant;
}

struct record_write *run_record_add_write(struct run_record *record)
{
	return add(record->writes, &shape_write);
}

struct record_answer *run_record_add_answer(struct run_record *record, guint step)
{
	struct record_answer *answer = add(record->answers, &shape_answer);
	answer->step = step;
	return answer;
}

static void add_number(GArray *column, double value)
{
	g_array_append_val(column, value);
}

guint run_record_add_use(struct run_record *record, int step, guint64 instruments, gint64 start_ms,
                         gint64 waited_ms)
{
	struct record_uses *uses = &record->uses;

	add_number(uses->step, step);
	add_number(uses->instruments, (double)instruments);
	add_number(uses->start_ms, (double)MAX(start_ms, 0));
	add_number(uses->waited_ms, (double)MAX(waited_ms, 0));
	add_number(uses->held_ms, 0);
	return uses->step->len - 1;
}

void run_record_end_use(struct run_record *record, guint use, gint64 held_ms)
{
	g_return_if_fail(use < record->uses.held_ms->len);
	g_array_index(record->uses.held_ms, double, use) = (double)MAX(held_ms, 0);
}

void run_record_add_note(struct run_record *record, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_ptr_array_add(record->notes, g_strdup_vprintf(format, args));
	va_end(args);
}

gboolean run_record_superseded(const struct run_record *record, guint step)
{
	return step < record->steps->len &&
	       ((const struct record_step *)record->steps->pdata[step])->superseded;
}

static const struct record_series *find_series(const struct run_record *record, const char *id,
                                               int lane)
{
	for (guint i = record->series->len; i-- > 0;) {
		const struct record_series *found = record->series->pdata[i];
		if (found->lane == lane && strcmp(found->id, id) == 0 &&
		    !run_record_superseded(record, found->step))
			return found;
	}
	return NULL;
}

const struct record_series *run_record_fit(const struct run_record *record,
                                           const struct record_constant *constant)
{
	const struct record_series *found = NULL;
	if (constant->fit)
		found = find_series(record, constant->fit, constant->lane);
	if (!found && constant->fit)
		found = find_series(record, constant->fit, 0);
	return found;
}

const struct record_measurement *run_record_find(const struct run_record *record, const char *id,
                                                 int lane, const char *corner)
{
	for (guint i = record->measurements->len; i-- > 0;) {
		const struct record_measurement *found = record->measurements->pdata[i];
		if (found->lane == lane && strcmp(found->id, id) == 0 &&
		    (!corner || strcmp(found->corner, corner) == 0) &&
		    !run_record_superseded(record, found->step))
			return found;
	}
	return NULL;
}

/* Rows that count before others, the weightier verdict, then the smaller margin. */
static gboolean is_weightier(const struct judgement *a, const struct judgement *b)
{
	gboolean a_counts = a->gate == LIMIT_GATE || a->gate == LIMIT_CHECK;
	gboolean b_counts = b->gate == LIMIT_GATE || b->gate == LIMIT_CHECK;
	if (a_counts != b_counts)
		return a_counts;
	if (a->verdict != b->verdict)
		return a->verdict > b->verdict;
	return a->margin < b->margin;
}

const struct judgement *record_measurement_decisive(const struct record_measurement *measurement)
{
	const struct judgement *best = NULL;
	for (guint i = 0; i < measurement->judgements->len; i++) {
		const struct judgement *judgement = measurement->judgements->pdata[i];
		if (!best || is_weightier(judgement, best))
			best = judgement;
	}
	return best;
}

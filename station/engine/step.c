/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/step.h"

#include "base/error.h"
#include "station/engine/attend.h"
#include "station/engine/run.h"

#include <math.h>
#include <string.h>

int step_lane(const struct step_context *ctx)
{
	return ctx->lane;
}

guint step_n_lanes(const struct step_context *ctx)
{
	return ctx->run->files->type->n_lanes;
}

const struct optical_type *step_type(const struct step_context *ctx)
{
	return ctx->run->files->type;
}

const char *step_form_factor(const struct step_context *ctx)
{
	return ctx->run->files->product->form_factor;
}

double step_case_degc(const struct step_context *ctx)
{
	return ctx->corner->case_degc;
}

double step_supply_v(const struct step_context *ctx)
{
	return ctx->corner->supply_v;
}

const struct config_site *step_site(const struct step_context *ctx)
{
	return ctx->run->site;
}

const struct config_lane *step_path(const struct step_context *ctx, int lane)
{
	return config_lane(ctx->run->site, lane);
}

const char *step_serial(const struct step_context *ctx)
{
	return ctx->run->request->serial;
}

const char *step_part_number(const struct step_context *ctx)
{
	return ctx->run->request->part_number;
}

struct run_record *step_record(struct step_context *ctx)
{
	return run_record_of(ctx);
}

const struct bounds *step_bounds(const struct step_context *ctx)
{
	return &ctx->bounds;
}

const struct step_def *step_def_of(const struct step_context *ctx)
{
	return ctx->item ? ctx->item->def : NULL;
}

const struct step_param *step_param_of(const struct step_context *ctx, const char *param)
{
	const struct step_def *def = step_def_of(ctx);

	for (guint i = 0; def && i < step_param_count(def); i++)
		if (strcmp(def->params[i].name, param) == 0)
			return &def->params[i];
	return NULL;
}

/* The plan was checked against the table: a name that is not there is a mistake of the step. */
static const struct step_value *value_of(const struct step_context *ctx, const char *param)
{
	const struct step_param *found = step_param_of(ctx, param);

	if (!found)
		g_error("%s asks for a parameter \"%s\" that its table row does not name",
		        ctx->item ? ctx->item->name : "an undo", param);
	return &ctx->item->values[found - ctx->item->def->params];
}

double step_number(const struct step_context *ctx, const char *param)
{
	return value_of(ctx, param)->number;
}

guint step_count(const struct step_context *ctx, const char *param)
{
	return (guint)value_of(ctx, param)->number;
}

const char *step_text(const struct step_context *ctx, const char *param)
{
	return value_of(ctx, param)->text;
}

guint step_needs(const struct step_context *ctx)
{
	return ctx->needs;
}

struct instrument *step_instrument(struct step_context *ctx, enum instrument_class class_id)
{
	if (!ctx->instruments[class_id])
		g_error("a step asks for a %s that it does not name in its needs, or gave back",
		        instrument_class_name(class_id));
	return ctx->instruments[class_id];
}

double step_uncertainty(const struct step_context *ctx, enum instrument_class class_id)
{
	const char *name = ctx->run->site->uses[class_id];

	return name ? config_instrument(ctx->run->config, name)->uncertainty : NAN;
}

struct module *step_module(struct step_context *ctx)
{
	if (ctx->is_rest)
		g_error("the rest of a step asks for the module, which others may be using");
	return ctx->run->module;
}

char *step_writes_folder(const struct step_context *ctx)
{
	return run_journal_folder(ctx->run->config);
}

const struct firmware_policy *step_firmware(const struct step_context *ctx)
{
	return ctx->run->files->product->firmware;
}

const struct personal_policy *step_personal(const struct step_context *ctx)
{
	return ctx->run->files->product->personal;
}

const struct knob_map *step_knobs(const struct step_context *ctx)
{
	return ctx->run->files->knobs;
}

enum verdict step_so_far(const struct step_context *ctx)
{
	enum verdict worst = VERDICT_PASS;

	/* what goes ahead of results does not know them all */
	guint n = ctx->ahead ? ctx->run->record->steps->len : ctx->step_index;

	for (guint i = 0; i < n; i++) {
		const struct record_step *step = g_ptr_array_index(ctx->run->record->steps, i);
		if (!step->superseded)
			worst = verdict_worst(worst, step->verdict);
	}
	return worst;
}

/* --- reporting -------------------------------------------------------------------------------- */

static struct record_measurement *add_measurement(struct step_context *ctx, const char *id,
                                                  int lane, double value, const char *unit)
{
	struct record_measurement *m =
		run_record_add_measurement(run_record_of(ctx), id, ctx->step_index, lane, value,
	                                   unit);

	g_free(m->corner);
	m->corner = g_strdup(ctx->corner->name);
	return m;
}

void step_measure(struct step_context *ctx, const char *id, int lane, double value,
                  const char *unit, double uncertainty)
{
	struct record_measurement *m = add_measurement(ctx, id, lane, value, unit);

	m->uncertainty = uncertainty;
	if (!isfinite(value)) {
		m->value = NAN;
		m->reason = g_strdup("no finite value");
	}
}

void step_no_value(struct step_context *ctx, const char *id, int lane, const char *unit,
                   const char *reason)
{
	add_measurement(ctx, id, lane, NAN, unit)->reason = g_strdup(reason);
}

void step_no_value_by_unit(struct step_context *ctx, const char *id, int lane, const char *unit,
                           const char *reason)
{
	struct record_measurement *m = add_measurement(ctx, id, lane, NAN, unit);

	m->reason = g_strdup(reason);
	m->verdict = VERDICT_FAIL;
}

void step_check(struct step_context *ctx, const char *id, int lane, gboolean ok, const char *format,
                ...)
{
	struct record_measurement *m = add_measurement(ctx, id, lane, ok ? 1.0 : 0.0, "1");
	va_list args;

	m->verdict = ok ? VERDICT_PASS : VERDICT_FAIL;
	if (ok)
		return;
	va_start(args, format);
	m->reason = g_strdup_vprintf(format, args);
	va_end(args);
}

struct step_mark step_mark(const struct step_context *ctx)
{
	const struct run_record *record = run_record_of(ctx);

	return (struct step_mark){record->measurements->len, record->eyes->len};
}

double step_clearance(const struct step_context *ctx, struct step_mark since)
{
	return ctx->ahead ? 0.0 : run_clearance(ctx->run, since.measurements);
}

void step_take_back(struct step_context *ctx, struct step_mark since)
{
	struct run_record *record = run_record_of(ctx);

	g_return_if_fail(since.measurements <= record->measurements->len);
	g_return_if_fail(since.eyes <= record->eyes->len);
	g_ptr_array_set_size(record->measurements, (gint)since.measurements);
	g_ptr_array_set_size(record->eyes, (gint)since.eyes);
}

struct record_series *step_series(struct step_context *ctx, const char *id, int lane)
{
	return run_record_add_series(run_record_of(ctx), id, ctx->step_index, lane);
}

struct record_map *step_map(struct step_context *ctx, const char *id, int lane)
{
	return run_record_add_map(run_record_of(ctx), id, ctx->step_index, lane);
}

struct record_eye *step_eye(struct step_context *ctx, const char *id, int lane)
{
	return run_record_add_eye(run_record_of(ctx), id, ctx->step_index, lane);
}

struct record_constant *step_constant(struct step_context *ctx, const char *knob, int lane)
{
	return run_record_add_constant(run_record_of(ctx), knob, ctx->step_index, lane);
}

void step_note(struct step_context *ctx, const char *format, ...)
{
	struct event event = event_make(EVENT_NOTE, 0, NULL);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	run_record_add_note(run_record_of(ctx), "%s", text);
	event_set_text(&event, text);
	run_publish(ctx->run, &event);
}

void step_remark(struct step_context *ctx, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	run_record_add_note(run_record_of(ctx), "%s", text);
}

void step_progress(struct step_context *ctx, double fraction, const char *words)
{
	struct event event = event_make(EVENT_PROGRESS, 0, NULL);

	event.fraction = fraction;
	event.lane = ctx->lane;
	event_set_text(&event, words);
	g_strlcpy(event.name, ctx->item->name, sizeof event.name);
	run_publish(ctx->run, &event);
}

/* --- for who watches -------------------------------------------------------------------------- */

void step_show_point(struct step_context *ctx, const struct step_point *point)
{
	struct event event = event_make(EVENT_POINT, 0, NULL);
	gboolean has_unit = strcmp(point->x_unit, "1") != 0;
	g_autofree char *text = NULL;

	text = g_strdup_printf(has_unit ? "%s (%s)" : "%s", point->x_name, point->x_unit);
	event_set_text(&event, text);
	g_strlcpy(event.name, point->series, sizeof event.name);
	g_strlcpy(event.corner, ctx->corner->name, sizeof event.corner);
	event.lane = point->lane;
	event.x = point->x;
	event.value = point->value;
	event.low = point->low;
	event.high = point->high;
	event.line = point->line;
	run_publish(ctx->run, &event);
}

void step_show_eye(struct step_context *ctx, const struct record_eye *eye)
{
	struct event event = event_make(EVENT_EYE, 0, NULL);

	if (!event_bus_is_heard(ctx->run->bus))
		return;
	if (ctx->run->eye)
		eye_slot_put(ctx->run->eye, live_eye_new(eye));
	g_strlcpy(event.name, eye->id, sizeof event.name);
	g_strlcpy(event.corner, eye->corner, sizeof event.corner);
	event.lane = eye->lane;
	event_set_text(&event, eye->note);
	run_publish(ctx->run, &event);
}

void step_show_condition(struct step_context *ctx, double case_degc, const char *words)
{
	struct event event = event_make(EVENT_CONDITION, 0, NULL);

	event.value = case_degc;
	g_strlcpy(event.corner, ctx->corner->name, sizeof event.corner);
	event_set_text(&event, words);
	run_publish(ctx->run, &event);
}

char *step_ask(struct step_context *ctx, const struct step_question *question, GError **error)
{
	const struct attend_question asked = {ctx->step_index, question->text, question->answers,
	                                      question->unattended};
	struct answer answer;
	char *text = NULL;

	if (attend_ask(ctx->run, &asked, &ctx->bounds, &answer, error))
		text = g_steal_pointer(&answer.text);
	answer_clear(&answer);
	return text;
}

void step_undo(struct step_context *ctx, guint needs, const char *name,
               gboolean (*undo)(struct step_context *ctx, const struct bounds *bounds,
                                GError **error))
{
	GPtrArray *list = ctx->run->undo;
	struct undo_entry *entry = NULL;

	for (guint i = 0; !entry && i < list->len; i++)
		if (strcmp(((struct undo_entry *)g_ptr_array_index(list, i))->name, name) == 0)
			entry = g_ptr_array_steal_index(list, i);
	if (!entry) {
		entry = g_new0(struct undo_entry, 1);
		entry->name = g_strdup(name);
	}
	entry->needs = needs;
	entry->files = ctx->run->files;
	entry->undo = undo;
	g_ptr_array_add(list, entry);
	run_tell_guard(ctx->run);
}

/* --- rests ------------------------------------------------------------------------------------ */

void step_rest(struct step_context *ctx, step_rest_fn rest, gpointer data, GDestroyNotify free)
{
	g_return_if_fail(!ctx->rest);
	ctx->rest = rest;
	ctx->rest_data = data;
	ctx->rest_free = free;
}

void run_drop_rest(struct step_context *ctx)
{
	if (ctx->rest && ctx->rest_free)
		ctx->rest_free(ctx->rest_data);
	ctx->rest = NULL;
}

gboolean run_rest(struct step_context *ctx, GError **error)
{
	step_rest_fn rest = ctx->rest;
	gboolean ok;

	if (!rest)
		return TRUE;
	/* whoever aborts waits for what is being computed, not for what has not begun */
	if (g_cancellable_is_cancelled(ctx->bounds.cancellable)) {
		run_drop_rest(ctx);
		station_error_set(error, STATION_ERROR_CANCELLED, "%s: cancelled", ctx->item->name);
		return FALSE;
	}
	ctx->rest = NULL;
	ctx->is_rest = TRUE;
	ok = rest(ctx, ctx->rest_data, error);
	if (!ok)
		station_error_set(error, STATION_ERROR_INTERNAL,
		                  "step %s failed without saying why", ctx->item->def->name);
	if (ctx->rest_free)
		ctx->rest_free(ctx->rest_data);
	ctx->is_rest = FALSE;
	return ok;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "station/steps/constants.h"
#include "station/steps/sweep.h"

#include <math.h>
#include <string.h>

/* --- settings: read before, put back after ---------------------------------------------------- */

/* The record remembers what has to be put back: an undo knows no more than that. */
static gboolean is_out(const struct record_constant *entry)
{
	return isnan(entry->stored) && g_strcmp0(entry->source, SWEEP_SOURCE) == 0;
}

static gboolean put_one_back(struct step_context *ctx, struct record_constant *entry,
                             const struct bounds *bounds, GError **error)
{
	struct knob_written written = {.value = entry->wanted, .raw = (gint64)entry->wanted};

	if (strcmp(entry->knob, SWEEP_HOST_SWING_ENTRY) == 0
	            ? !module_set_rx_amplitude(step_module(ctx), (guint8)(1u << (entry->lane - 1)),
	                                       (guint)entry->wanted, bounds, error)
	            : !knob_write(step_module(ctx), step_knobs(ctx), entry->knob,
	                          (guint)entry->lane, entry->wanted, &written, bounds, error))
		return FALSE;
	entry->stored = written.value;
	entry->raw = (double)written.raw;
	return TRUE;
}

/* Last taken, first put back. All are tried; the first error is told. */
static gboolean put_back(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	const GPtrArray *constants = step_record(ctx)->constants;
	gboolean ok = TRUE;

	for (guint i = constants->len; i-- > 0;) {
		struct record_constant *entry = g_ptr_array_index(constants, i);

		if (is_out(entry) && !put_one_back(ctx, entry, bounds, ok ? error : NULL))
			ok = FALSE;
	}
	return ok;
}

static gboolean any_out(struct step_context *ctx)
{
	const GPtrArray *constants = step_record(ctx)->constants;

	for (guint i = 0; i < constants->len; i++)
		if (is_out(g_ptr_array_index(constants, i)))
			return TRUE;
	return FALSE;
}

/* A module that has been reset since has lost its password, and what was tried with it: settings
 * are volatile, so one that cannot be put back is told but does no harm. */
static gboolean undo_settings(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (any_out(ctx) && (!knobs_unlock(step_module(ctx), step_knobs(ctx), bounds, &local) ||
	                     !put_back(ctx, bounds, &local)))
		step_note(ctx, "swept settings were not put back, a reset will: %s",
		          local->message);
	return TRUE;
}

static void take_note(struct step_context *ctx, const char *name, int lane, double now,
                      const char *unit)
{
	struct record_constant *entry = step_constant(ctx, name, lane);

	g_free(entry->unit);
	g_free(entry->source);
	entry->unit = g_strdup(unit);
	entry->source = g_strdup(SWEEP_SOURCE);
	entry->before = entry->wanted = now;
	entry->stored = NAN;
}

/* Takes note of a knob as it is, before it is moved. */
static gboolean take(struct step_context *ctx, const char *knob, int lane, GError **error)
{
	const struct knob *facts = knob_map_find(step_knobs(ctx), knob, error);
	double now;

	if (!facts || !constants_read(ctx, knob, lane, &now, error))
		return FALSE;
	take_note(ctx, knob, lane, now, facts->unit);
	return TRUE;
}

/* The same for the amplitude of all host lanes in use. */
static gboolean take_host_swing(struct step_context *ctx, GError **error)
{
	guint8 codes[CMIS_MAX_LANES], lanes = module_host_lanes(step_module(ctx));

	if (!module_rx_amplitudes(step_module(ctx), codes, step_bounds(ctx), error))
		return FALSE;
	step_undo(ctx, 0, "swept settings back", undo_settings);
	for (guint i = 0; i < CMIS_MAX_LANES; i++)
		if (lanes >> i & 1)
			take_note(ctx, SWEEP_HOST_SWING_ENTRY, (int)i + 1, codes[i], "1");
	return TRUE;
}

static gboolean is_taken(struct step_context *ctx, const char *knob, int lane)
{
	const GPtrArray *constants = step_record(ctx)->constants;

	for (guint i = 0; i < constants->len; i++) {
		const struct record_constant *entry = g_ptr_array_index(constants, i);

		if (is_out(entry) && entry->lane == lane && strcmp(entry->knob, knob) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The lanes of a knob: 1 to the last, or only 0. */
static int last_lane(struct step_context *ctx, const struct knob *knob)
{
	return knob->lanes ? (int)MIN(knob->lanes, step_n_lanes(ctx)) : 0;
}

/* What a table makes of a setting. */
struct held {
	const char *knob;
	int lane;
	double value;
};

static gboolean gather_held(struct step_context *ctx, const struct knob *mode, GArray *held,
                            GError **error)
{
	guint n;
	const struct knob *knobs = knob_map_knobs(step_knobs(ctx), &n);

	for (guint i = 0; i < n; i++) {
		const struct knob_table *table = knob_map_table(step_knobs(ctx), knobs[i].name);
		int last = last_lane(ctx, &knobs[i]);

		if (!table || table->mode != mode)
			continue;
		for (int lane = MIN(last, 1); lane <= last; lane++) {
			struct held one = {knobs[i].name, lane, NAN};

			if (!constants_read(ctx, one.knob, lane, &one.value, error))
				return FALSE;
			g_array_append_val(held, one);
		}
	}
	return TRUE;
}

/*
 * The tables that `mode` rules leave, and each setting that they acted for holds what they made of
 * it: else all of them would jump when one is swept.
 */
static gboolean hold_tables(struct step_context *ctx, const struct knob *mode, GError **error)
{
	g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(struct held));
	double on;

	if (!constants_read(ctx, mode->name, 0, &on, error))
		return FALSE;
	if (on == 0)
		return TRUE;
	if (!gather_held(ctx, mode, held, error) || !take(ctx, mode->name, 0, error) ||
	    !constants_try(ctx, mode->name, 0, 0, error))
		return FALSE;
	for (guint i = 0; i < held->len; i++) {
		const struct held *one = &g_array_index(held, struct held, i);

		if (!take(ctx, one->knob, one->lane, error) ||
		    !constants_try(ctx, one->knob, one->lane, one->value, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean take_knobs(struct step_context *ctx, const struct sweep *sweep, GError **error)
{
	if (!sweep->axis[0].knob && !sweep->axis[1].knob)
		return TRUE;
	step_undo(ctx, 0, "swept settings back", undo_settings);
	if (!constants_unlock(ctx, error))
		return FALSE;
	for (guint a = 0; a < 2; a++) {
		const char *name = sweep->axis[a].knob;
		const struct knob *knob = name ? knob_map_find(step_knobs(ctx), name, error) : NULL;
		const struct knob_table *table =
			name ? knob_map_table(step_knobs(ctx), name) : NULL;

		if (!name)
			continue;
		if (!knob || (table && table->mode && !hold_tables(ctx, table->mode, error)))
			return FALSE;
		for (int last = last_lane(ctx, knob), lane = MIN(last, 1); lane <= last; lane++)
			if (!is_taken(ctx, name, lane) && !take(ctx, name, lane, error))
				return FALSE;
	}
	return TRUE;
}

/* --- going there and back --------------------------------------------------------------------- */

static gboolean set_knob(struct step_context *ctx, const struct sweep_axis *axis, double value,
                         GError **error)
{
	const struct knob *knob = knob_map_find(step_knobs(ctx), axis->knob, error);

	if (!knob)
		return FALSE;
	for (int last = last_lane(ctx, knob), lane = MIN(last, 1); lane <= last; lane++)
		if (!constants_try(ctx, axis->knob, lane, value, error))
			return FALSE;
	return TRUE;
}

static gboolean set_axis(struct step_context *ctx, const struct sweep_axis *axis, double value,
                         GError **error)
{
	switch (axis->kind) {
	case SWEEP_KNOB:
		return set_knob(ctx, axis, value, error);
	case SWEEP_HOST_SWING:
		return module_set_rx_amplitude(step_module(ctx),
		                               module_host_lanes(step_module(ctx)), (guint)value,
		                               step_bounds(ctx), error);
	case SWEEP_SUPPLY:
		return corner_set_supply(ctx, value, error);
	case SWEEP_CASE:
		return corner_ramp(ctx, value, error) && corner_wait(ctx, value, error);
	case SWEEP_NONE:
	case SWEEP_POWER:
	case SWEEP_ATTENUATION:
	case SWEEP_PATTERN:
		break;
	}
	return TRUE;
}

static gboolean has(const struct sweep *sweep, enum sweep_kind kind)
{
	return sweep->axis[0].kind == kind || sweep->axis[1].kind == kind;
}

/* To what the plan believes the unit is at: steps that follow must find it so. */
static gboolean leave(struct step_context *ctx, const struct sweep *sweep, GError **error)
{
	if (!put_back(ctx, step_bounds(ctx), error))
		return FALSE;
	if (has(sweep, SWEEP_SUPPLY) && !corner_set_supply(ctx, step_supply_v(ctx), error))
		return FALSE;
	return !has(sweep, SWEEP_CASE) || (corner_ramp(ctx, step_case_degc(ctx), error) &&
	                                   corner_wait(ctx, step_case_degc(ctx), error));
}

/* --- the points ------------------------------------------------------------------------------- */

static void tell_progress(struct step_context *ctx, guint i, guint n, double start_s)
{
	double spent_s = clock_now_s() - start_s;
	char words[96];

	if (i == 0)
		g_snprintf(words, sizeof words, "point 1 of %u", n);
	else
		g_snprintf(words, sizeof words, "point %u of %u, about %.0f s left", i + 1, n,
		           spent_s / i * (n - i));
	step_progress(ctx, (double)i / n, words);
}

static gboolean visit(struct step_context *ctx, const struct sweep *sweep,
                      const struct sweep_work *work, const struct sweep_point *point, guint changed,
                      GError **error)
{
	gboolean moved = FALSE;

	/* what takes longest first: a knob is set where it is going to be measured */
	for (int kind = SWEEP_CASE; kind > SWEEP_NONE; kind--)
		for (guint a = 0; a < 2; a++) {
			const struct sweep_axis *axis = &sweep->axis[a];

			if ((int)axis->kind != kind || !(changed >> a & 1))
				continue;
			if (!set_axis(ctx, axis, axis->value[point->at[a]], error))
				return FALSE;
			moved = TRUE;
		}
	return (!moved || clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error)) &&
	       work->measure(ctx, sweep, point, changed, work->data, error);
}

static gboolean visit_all(struct step_context *ctx, const struct sweep *sweep,
                          const struct sweep_work *work, GError **error)
{
	guint n = sweep_points(sweep);
	g_autofree struct sweep_point *points = g_new(struct sweep_point, n);
	double start_s = clock_now_s();

	sweep_order(sweep, step_case_degc(ctx), points);
	for (guint i = 0; i < n; i++) {
		guint changed = 0;

		for (guint a = 0; a < 2; a++)
			if (i == 0 || points[i].at[a] != points[i - 1].at[a])
				changed |= 1u << a;
		tell_progress(ctx, i, n, start_s);
		if (!bounds_check(step_bounds(ctx), "sweep", error) ||
		    !visit(ctx, sweep, work, &points[i], changed, error))
			return FALSE;
	}
	return TRUE;
}

gboolean sweep_run(struct step_context *ctx, const struct sweep *sweep,
                   const struct sweep_work *work, GError **error)
{
	g_autoptr(GError) first = NULL, back = NULL;
	gboolean ok = take_knobs(ctx, sweep, &first) &&
	              (!has(sweep, SWEEP_HOST_SWING) || take_host_swing(ctx, &first)) &&
	              visit_all(ctx, sweep, work, &first);

	/* after an abort or past the deadline nothing more can be done within the bounds of the
	 * step: the undo list comes next */
	if (!ok && !bounds_check(step_bounds(ctx), "sweep", NULL)) {
		g_propagate_error(error, g_steal_pointer(&first));
		return FALSE;
	}
	if (leave(ctx, sweep, &back)) {
		if (!ok)
			g_propagate_error(error, g_steal_pointer(&first));
		return ok;
	}
	/* a unit that is bad may go on with its plan, one that is not where the plan thinks may not
	 */
	if (ok || station_error_is_units_fault(first)) {
		g_propagate_prefixed_error(error, g_steal_pointer(&back),
		                           "%s%safter the sweep: ", ok ? "" : first->message,
		                           ok ? "" : "; ");
		return FALSE;
	}
	step_note(ctx, "after the sweep: %s", back->message);
	g_propagate_error(error, g_steal_pointer(&first));
	return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/constants.h"

#include "fixtures/knob_map.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "station/steps/power_cycle.h"
#include "station/steps/steps.h"
#include "station/steps/sweep.h"

#include <math.h>
#include <string.h>

/* Value of the status word of a complete calibration; written last, so that a unit whose
 * calibration was interrupted never looks calibrated. */
#define STATUS_KNOB "cal_status"
#define DATE_KNOB   "cal_date"

#define PUT_BACK_LIMIT_S 10.0

gboolean constants_unlock(struct step_context *ctx, GError **error)
{
	return knobs_unlock(step_module(ctx), step_knobs(ctx), step_bounds(ctx), error);
}

gboolean constants_try(struct step_context *ctx, const char *knob, int lane, double value,
                       GError **error)
{
	return knob_write(step_module(ctx), step_knobs(ctx), knob, (guint)lane, value, NULL,
	                  step_bounds(ctx), error);
}

gboolean constants_put_back(struct step_context *ctx, const char *knob, int lane, double value,
                            GError **error)
{
	const struct bounds bounds = {deadline_in_s(PUT_BACK_LIMIT_S), NULL};

	return knob_write(step_module(ctx), step_knobs(ctx), knob, (guint)lane, value, NULL,
	                  &bounds, error);
}

gboolean constants_read(struct step_context *ctx, const char *knob, int lane, double *value,
                        GError **error)
{
	return knob_read(step_module(ctx), step_knobs(ctx), knob, (guint)lane, value,
	                 step_bounds(ctx), error);
}

/* "B0h:128-129" */
static char *address_of(const struct knob *knob, int lane, int entry)
{
	guint byte = knob->byte + (lane > 0 ? (guint)(lane - 1) * knob->stride : 0) +
	             (entry > 0 ? (guint)entry * knob->entry_stride : 0);
	guint last = byte + knob_type_size(knob->type) - 1;

	return last > byte ? g_strdup_printf("%02Xh:%u-%u", knob->page, byte, last)
	                   : g_strdup_printf("%02Xh:%u", knob->page, byte);
}

static struct record_constant *record(struct step_context *ctx, const struct knob *knob, int lane,
                                      int entry, const struct constant_source *source)
{
	struct record_constant *out = step_constant(ctx, knob->name, lane);

	record_text(&out->unit, knob->unit);
	out->entry = entry;
	g_free(out->address);
	out->address = address_of(knob, lane, entry);
	if (!source)
		return out;
	record_text(&out->source, source->text);
	record_text(&out->fit, source->fit);
	record_text(&out->residual_unit, source->residual_unit ? source->residual_unit : "");
	out->residual = source->residual;
	return out;
}

/* A value that the knob cannot take is the unit's: no setting of it makes up for what it is. */
static gboolean fits(struct step_context *ctx, const struct knob *knob, int lane, double value)
{
	double min, max;

	knob_limits(knob, &min, &max);
	if (value >= min && value <= max)
		return TRUE;
	g_autofree char *text = number_format_digits(value, 5);
	step_check(ctx, "constant_in_range", lane, FALSE, "%s would have to be %s %s", knob->name,
	           text, knob->unit);
	return FALSE;
}

gboolean constants_settle(struct step_context *ctx, const char *knob, int lane, double value,
                          const struct constant_source *source, gboolean *taken, GError **error)
{
	const struct knob *facts = knob_map_find(step_knobs(ctx), knob, error);
	struct record_constant *entry;
	struct knob_written written;
	double before;

	if (!facts || !constants_read(ctx, knob, lane, &before, error))
		return FALSE;
	*taken = fits(ctx, facts, lane, value);
	if (!*taken)
		return TRUE;
	if (!knob_write(step_module(ctx), step_knobs(ctx), knob, (guint)lane, value, &written,
	                step_bounds(ctx), error))
		return FALSE;
	entry = record(ctx, facts, lane, -1, source);
	entry->before = before;
	entry->wanted = value;
	entry->stored = written.value;
	entry->raw = (double)written.raw;
	return TRUE;
}

gboolean constants_settle_table(struct step_context *ctx, const struct knob_table *table, int lane,
                                const double *values, const struct constant_source *source,
                                gboolean *taken, GError **error)
{
	g_autofree double *before = g_new(double, table->n);
	g_autofree struct knob_written *written = g_new(struct knob_written, table->n);
	const struct knob *knob = table->table;

	*taken = TRUE;
	for (guint i = 0; i < table->n; i++)
		*taken = fits(ctx, knob, lane, values[i]) && *taken;
	if (!*taken)
		return TRUE;
	if (!knobs_read_block(step_module(ctx), step_knobs(ctx), knob->name, (guint)lane, before,
	                      table->n, step_bounds(ctx), error) ||
	    !knobs_write_block(step_module(ctx), step_knobs(ctx), knob->name, (guint)lane, values,
	                       table->n, written, step_bounds(ctx), error))
		return FALSE;
	for (guint i = 0; i < table->n; i++) {
		struct record_constant *entry = record(ctx, knob, lane, (int)i, source);

		entry->before = before[i];
		entry->wanted = values[i];
		entry->stored = written[i].value;
		entry->raw = (double)written[i].raw;
		entry->at = table->first_degc + table->step_degc * i;
	}
	return TRUE;
}

/* --- begin ------------------------------------------------------------------------------------ */

/* The tables of an earlier calibration would act in place of what is being tried. */
static gboolean calibrate_begin(struct step_context *ctx, GError **error)
{
	const struct knob_map *map = step_knobs(ctx);
	const struct knob *knobs;
	guint n;

	if (!constants_unlock(ctx, error) ||
	    !knobs_check_stored(step_module(ctx), map, step_bounds(ctx), error))
		return FALSE;
	knobs = knob_map_knobs(map, &n);
	for (guint i = 0; i < n; i++) {
		const struct knob_table *table = knob_map_table(map, knobs[i].name);

		if (table && table->mode && !constants_try(ctx, table->mode->name, 0, 0, error))
			return FALSE;
	}
	return TRUE;
}

const struct step_def step_calibrate_begin = {
	.name = "calibrate-begin",
	.help = "the maker's pages opened, their layout checked, tables over temperature out of "
		"action",
	.scope = STEP_UNIT,
	.limit_s = 60,
	.run = calibrate_begin,
};

/* --- store ------------------------------------------------------------------------------------ */

/* The last entry of a knob and lane counts: earlier ones were settled again by a later attempt. */
static gboolean is_latest(const struct run_record *record, guint i)
{
	const struct record_constant *entry = g_ptr_array_index(record->constants, i);

	for (guint k = i + 1; k < record->constants->len; k++) {
		const struct record_constant *later = g_ptr_array_index(record->constants, k);
		if (later->lane == entry->lane && later->entry == entry->entry &&
		    strcmp(later->knob, entry->knob) == 0)
			return FALSE;
	}
	return TRUE;
}

static gboolean start_again(struct step_context *ctx, GError **error)
{
	struct module *module = step_module(ctx);
	const struct bounds *bounds = step_bounds(ctx);

	return power_cycle(ctx, error) &&
	       module_bring_up(module, step_count(ctx, "application"), NULL, bounds, error) &&
	       module_set_pattern(module, CMIS_PATTERN_PRBS13Q, bounds, error) &&
	       constants_unlock(ctx, error);
}

/* A setting whose table acts reads what the table makes of it, which is no stored value. */
static gboolean is_replaced(struct step_context *ctx, const char *name, gboolean *replaced,
                            GError **error)
{
	const struct knob_table *table = knob_map_table(step_knobs(ctx), name);
	double mode = 1;

	*replaced = FALSE;
	if (!table)
		return TRUE;
	if (table->mode && !constants_read(ctx, table->mode->name, 0, &mode, error))
		return FALSE;
	*replaced = mode > 0;
	return TRUE;
}

static gboolean read_stored(struct step_context *ctx, const struct record_constant *entry,
                            double *value, GError **error)
{
	const struct knob *knob = knob_map_find(step_knobs(ctx), entry->knob, error);
	g_autofree char *name = NULL;

	if (!knob)
		return FALSE;
	if (entry->entry >= 0)
		name = knob_entry_name(knob, (guint)entry->entry);
	return constants_read(ctx, name ? name : entry->knob, entry->lane, value, error);
}

static gboolean verify(struct step_context *ctx, gboolean *kept, GError **error)
{
	const struct run_record *record = step_record(ctx);
	g_autoptr(GString) lost = g_string_new(NULL);

	for (guint i = 0; i < record->constants->len; i++) {
		const struct record_constant *entry = g_ptr_array_index(record->constants, i);
		gboolean replaced;
		double now;

		/* what a host may set is no constant of the module */
		if (!is_latest(record, i) || strcmp(entry->knob, SWEEP_HOST_SWING_ENTRY) == 0)
			continue;
		if (!is_replaced(ctx, entry->knob, &replaced, error))
			return FALSE;
		if (replaced)
			continue;
		if (!read_stored(ctx, entry, &now, error))
			return FALSE;
		/* both are raw * scale of the same knob: equal or not */
		if (now != entry->stored)
			g_string_append_printf(lost, "%s%s of lane %d (%s)", lost->len ? ", " : "",
			                       entry->knob, entry->lane, entry->address);
	}
	*kept = lost->len == 0;
	step_check(ctx, "constants_kept", 0, *kept, "after the power cycle the module had lost %s",
	           lost->str);
	return TRUE;
}

/* Everything but the status word: what is stored is not called valid before it was seen to be. */
static gboolean store_values(struct step_context *ctx, GError **error)
{
	static const struct constant_source clock_of_station = {"clock of the station", NULL, NAN,
	                                                        NULL};
	double date_s = floor((double)clock_unix_us() * 1e-6);
	gboolean taken;

	return constants_unlock(ctx, error) && constants_try(ctx, STATUS_KNOB, 0, 0, error) &&
	       constants_settle(ctx, DATE_KNOB, 0, date_s, &clock_of_station, &taken, error) &&
	       knobs_commit(step_module(ctx), step_knobs(ctx), step_bounds(ctx), error) &&
	       start_again(ctx, error);
}

static gboolean store_status(struct step_context *ctx, GError **error)
{
	static const struct constant_source kept =
		{"every calibration step passed, every constant was kept", NULL, NAN, NULL};
	gboolean taken;

	return constants_settle(ctx, STATUS_KNOB, 0, step_number(ctx, "status"), &kept, &taken,
	                        error) &&
	       knobs_commit(step_module(ctx), step_knobs(ctx), step_bounds(ctx), error);
}

static gboolean store_constants(struct step_context *ctx, GError **error)
{
	gboolean complete = step_so_far(ctx) == VERDICT_PASS, kept = FALSE;

	step_check(ctx, "calibration_complete", 0, complete,
	           "a calibration step did not pass: nothing was stored");
	if (!complete)
		return TRUE;
	return store_values(ctx, error) && verify(ctx, &kept, error) &&
	       (!kept || store_status(ctx, error));
}

static const struct step_param params[] = {
	{"status", "1", "51739", "status word of a complete calibration"},
	{"application", STEP_COUNT, "1", "application brought up again after the power cycle", 1,
         15},
	{"off_time", "s", "500 ms", "supply off"},
	{"settle", "s", "100 ms", "from supply on to the first look at it"},
	{0},
};

const struct step_def step_store_constants = {
	.name = "store-constants",
	.help = "constants committed, power-cycled, read back; the status word is written last",
	.scope = STEP_UNIT,
	.needs = 1u << INSTRUMENT_SUPPLY,
	.limit_s = 240,
	.params = params,
	.run = store_constants,
};

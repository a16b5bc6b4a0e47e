/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/constants.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "instruments/supply.h"
#include "station/steps/steps.h"

#include <math.h>
#include <string.h>

/* Value of the status word of a complete calibration; written last, so that a unit whose
 * calibration was interrupted never looks calibrated. */
#define STATUS_KNOB "cal_status"
#define DATE_KNOB   "cal_date"

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

gboolean constants_read(struct step_context *ctx, const char *knob, int lane, double *value,
                        GError **error)
{
	return knob_read(step_module(ctx), step_knobs(ctx), knob, (guint)lane, value,
	                 step_bounds(ctx), error);
}

gboolean constants_settle(struct step_context *ctx, const char *knob, int lane, double value,
                          gboolean *taken, GError **error)
{
	const struct knob *facts = knob_map_find(step_knobs(ctx), knob, error);
	struct record_constant *entry;
	struct knob_written written;
	double before, min, max;

	if (!facts || !constants_read(ctx, knob, lane, &before, error))
		return FALSE;
	knob_limits(facts, &min, &max);
	*taken = value >= min && value <= max;
	if (!*taken) {
		g_autofree char *text = number_format_digits(value, 5);
		step_check(ctx, "constant_in_range", lane, FALSE, "%s would have to be %s %s", knob,
		           text, facts->unit);
		return TRUE;
	}
	if (!knob_write(step_module(ctx), step_knobs(ctx), knob, (guint)lane, value, &written,
	                step_bounds(ctx), error))
		return FALSE;
	entry = step_constant(ctx, knob, lane);
	g_free(entry->unit);
	entry->unit = g_strdup(facts->unit);
	entry->before = before;
	entry->wanted = value;
	entry->stored = written.value;
	return TRUE;
}

/* The last entry of a knob and lane counts: earlier ones were settled again by a later attempt. */
static gboolean is_latest(const struct run_record *record, guint i)
{
	const struct record_constant *entry = g_ptr_array_index(record->constants, i);

	for (guint k = i + 1; k < record->constants->len; k++) {
		const struct record_constant *later = g_ptr_array_index(record->constants, k);
		if (later->lane == entry->lane && strcmp(later->knob, entry->knob) == 0)
			return FALSE;
	}
	return TRUE;
}

static gboolean power_cycle(struct step_context *ctx, GError **error)
{
	struct instrument *supply = step_instrument(ctx, INSTRUMENT_SUPPLY);
	struct module *module = step_module(ctx);
	const struct bounds *bounds = step_bounds(ctx);
	guint channel = step_site(ctx)->supply_channel;

	return module_deactivate(module, bounds, error) && module_safe(module, bounds, error) &&
	       supply_set_output(supply, channel, FALSE, bounds, error) &&
	       clock_sleep_s(step_number(ctx, "off_time"), bounds, error) &&
	       supply_set_output(supply, channel, TRUE, bounds, error) &&
	       clock_sleep_s(step_number(ctx, "settle"), bounds, error) &&
	       module_power_up(module, bounds, error) && module_identify(module, bounds, error) &&
	       module_bring_up(module, step_count(ctx, "application"), NULL, bounds, error) &&
	       module_set_pattern(module, CMIS_PATTERN_PRBS13Q, bounds, error) &&
	       constants_unlock(ctx, error);
}

static gboolean verify(struct step_context *ctx, GError **error)
{
	const struct run_record *record = step_record(ctx);
	g_autoptr(GString) lost = g_string_new(NULL);

	for (guint i = 0; i < record->constants->len; i++) {
		const struct record_constant *entry = g_ptr_array_index(record->constants, i);
		double now;

		if (!is_latest(record, i))
			continue;
		if (!constants_read(ctx, entry->knob, entry->lane, &now, error))
			return FALSE;
		/* both are raw * scale of the same knob: equal or not */
		if (now != entry->stored)
			g_string_append_printf(lost, "%s%s of lane %d", lost->len ? ", " : "",
			                       entry->knob, entry->lane);
	}
	step_check(ctx, "constants_kept", 0, lost->len == 0,
	           "after the power cycle the module had lost %s", lost->str);
	return TRUE;
}

static gboolean store_constants(struct step_context *ctx, GError **error)
{
	gboolean taken = FALSE, complete = step_so_far(ctx) == VERDICT_PASS;
	double date_s = floor((double)clock_unix_us() * 1e-6);

	step_check(ctx, "calibration_complete", 0, complete,
	           "a calibration step did not pass: nothing was stored");
	if (!complete)
		return TRUE;
	if (!constants_unlock(ctx, error) ||
	    !constants_settle(ctx, DATE_KNOB, 0, date_s, &taken, error) ||
	    !constants_settle(ctx, STATUS_KNOB, 0, step_number(ctx, "status"), &taken, error) ||
	    !knobs_commit(step_module(ctx), step_knobs(ctx), step_bounds(ctx), error))
		return FALSE;
	return power_cycle(ctx, error) && verify(ctx, error);
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

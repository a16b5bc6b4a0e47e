/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/supply.h"

#include <math.h>

#define NEEDS(class_id) (1u << (class_id))

static gboolean undo_supply(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return supply_set_output(step_instrument(ctx, INSTRUMENT_SUPPLY),
	                         step_site(ctx)->supply_channel, FALSE, bounds, error);
}

static gboolean undo_module(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return module_safe(step_module(ctx), bounds, error);
}

/* Power drawn by the module, from voltage and current at the supply. */
static gboolean measure_power(struct step_context *ctx, const char *id, GError **error)
{
	struct instrument *supply = step_instrument(ctx, INSTRUMENT_SUPPLY);
	double volt, ampere;

	if (!supply_measure(supply, step_site(ctx)->supply_channel, &volt, &ampere,
	                    step_bounds(ctx), error))
		return FALSE;
	step_measure(ctx, id, 0, volt * ampere, "W",
	             step_uncertainty(ctx, INSTRUMENT_SUPPLY) * ampere);
	return TRUE;
}

/* A tripped protection is the unit's doing: the limit is far above what a module may draw. */
static gboolean check_protection(struct step_context *ctx, GError **error)
{
	gboolean tripped;

	if (!supply_protection_tripped(step_instrument(ctx, INSTRUMENT_SUPPLY),
	                               step_site(ctx)->supply_channel, &tripped, step_bounds(ctx),
	                               error))
		return FALSE;
	step_check(ctx, "supply_protection", 0, !tripped,
	           "the supply's current limit of %.2f A tripped",
	           step_number(ctx, "current_limit"));
	return TRUE;
}

/* A module without states (flat memory, another memory map) has no time until low power. */
static void measure_wake(struct step_context *ctx)
{
	struct module_wake_times wake = module_wake_times(step_module(ctx));

	step_measure(ctx, "reset_pulse_time", 0, wake.reset_pulse_s, "s", NAN);
	step_measure(ctx, "mgmt_init_time", 0, wake.mgmt_init_s, "s", NAN);
	if (isfinite(wake.low_power_s))
		step_measure(ctx, "low_power_time", 0, wake.low_power_s, "s", NAN);
}

static gboolean power_up(struct step_context *ctx, GError **error)
{
	struct instrument *supply = step_instrument(ctx, INSTRUMENT_SUPPLY);
	guint channel = step_site(ctx)->supply_channel;
	const struct bounds *bounds = step_bounds(ctx);

	step_undo(ctx, 1u << INSTRUMENT_SUPPLY, "supply off", undo_supply);
	if (!supply_set(supply, channel, step_supply_v(ctx), step_number(ctx, "current_limit"),
	                bounds, error) ||
	    !supply_set_output(supply, channel, TRUE, bounds, error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), bounds, error) ||
	    !check_protection(ctx, error))
		return FALSE;
	step_undo(ctx, 0, "module in reset", undo_module);
	if (!module_power_up(step_module(ctx), bounds, error))
		return FALSE;
	measure_wake(ctx);
	return measure_power(ctx, "low_power", error);
}

static const struct step_param power_up_params[] = {
	{"current_limit", "A", "4.5 A", "current limit of the supply"},
	{"settle", "s", "100 ms", "from supply on to the first look at it"},
	{0},
};

const struct step_def step_power_up = {
	.name = "power-up",
	.help = "supply on, reset released, module answers in low power; measures that power",
	.scope = STEP_UNIT,
	.needs = NEEDS(INSTRUMENT_SUPPLY),
	.limit_s = 60,
	.params = power_up_params,
	.run = power_up,
};

static gboolean bring_up(struct step_context *ctx, GError **error)
{
	struct module_times times;

	/* without host signal a transmitter squelches: its own generator keeps it lit */
	if (!module_bring_up(step_module(ctx), step_count(ctx, "application"), &times,
	                     step_bounds(ctx), error) ||
	    !module_set_pattern(step_module(ctx), CMIS_PATTERN_PRBS13Q, step_bounds(ctx), error))
		return FALSE;
	step_measure(ctx, "power_up_time", 0, times.power_up_s, "s", NAN);
	step_measure(ctx, "path_init_time", 0, times.path_init_s, "s", NAN);
	return TRUE;
}

static const struct step_param bring_up_params[] = {
	{"application", STEP_COUNT, "1", "number of the application in the module's list", 1, 15},
	{0},
};

const struct step_def step_bring_up = {
	.name = "bring-up",
	.help = "high power, application selected, data path to DPActivated, lasers on",
	.scope = STEP_UNIT,
	.needs = NEEDS(INSTRUMENT_SUPPLY),
	.limit_s = 180,
	.params = bring_up_params,
	.run = bring_up,
};

static gboolean set_supply(struct step_context *ctx, double supply_v, GError **error)
{
	return supply_set(step_instrument(ctx, INSTRUMENT_SUPPLY), step_site(ctx)->supply_channel,
	                  supply_v, step_number(ctx, "current_limit"), step_bounds(ctx), error) &&
	       clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

/* At another voltage than the corner's; that is put back whatever happened. */
static gboolean measure_power_at(struct step_context *ctx, double supply_v, GError **error)
{
	gboolean ok = set_supply(ctx, supply_v, error) && measure_power(ctx, "module_power", error);

	ok = set_supply(ctx, step_supply_v(ctx), ok ? error : NULL) && ok;
	step_remark(ctx, "power at %.3f V", supply_v);
	return ok;
}

static gboolean run_module_power(struct step_context *ctx, GError **error)
{
	const struct cmis_identity *identity = module_identity(step_module(ctx));
	double supply_v = step_number(ctx, "supply");

	/* what it says of itself is what its cage was built for; 0 W says nothing */
	step_measure(ctx, "module_max_power", 0, identity ? identity->max_power_w : 0, "W", NAN);
	return supply_v > 0 ? measure_power_at(ctx, supply_v, error)
	                    : measure_power(ctx, "module_power", error);
}

static const struct step_param module_power_params[] = {
	{"supply", "V", "0 V", "voltage to measure at, then the corner's again; 0 V: the corner's"},
	{"current_limit", "A", "4.5 A", "current limit of the supply"},
	{"settle", "s", "100 ms", "from a change of the voltage to the reading"},
	{0},
};

const struct step_def step_module_power = {
	.name = "module-power",
	.help = "power drawn with every lane on",
	.scope = STEP_UNIT,
	.needs = NEEDS(INSTRUMENT_SUPPLY),
	.limit_s = 30,
	.params = module_power_params,
	.run = run_module_power,
};

/* The rest of the way down (reset, light, supply) is the undo list's, so that there is one way. */
static gboolean power_down(struct step_context *ctx, GError **error)
{
	double start_s = clock_now_s();

	/* a module that never said who it is has nothing brought up */
	if (!module_identity(step_module(ctx)))
		return module_safe(step_module(ctx), step_bounds(ctx), error);
	if (!module_deactivate(step_module(ctx), step_bounds(ctx), error))
		return FALSE;
	step_measure(ctx, "power_down_time", 0, clock_now_s() - start_s, "s", NAN);
	return module_safe(step_module(ctx), step_bounds(ctx), error) &&
	       module_check_interrupt(step_module(ctx), step_bounds(ctx), error);
}

const struct step_def step_power_down = {
	.name = "power-down",
	.help = "lasers off, data path down, low power, reset; the interrupt line lets go",
	.scope = STEP_UNIT,
	.limit_s = 120,
	.run = power_down,
};

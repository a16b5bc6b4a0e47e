/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/corner.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/supply.h"
#include "instruments/thermal.h"
#include "station/engine/corners.h"
#include "station/steps/steps.h"

#include <math.h>

#define NEEDS(class_id) (1u << (class_id))

#define POLL_S 1.0

/* Less than this tells nothing about how fast the head moves. */
#define MOVED_DEGC 0.5

gboolean corner_is_at_rest(struct corner_rest *rest, double now_s, double degc, double drift_degc,
                           double drift_time_s)
{
	double low_degc = degc < rest->low_degc ? degc : rest->low_degc;
	double high_degc = degc < rest->high_degc ? rest->high_degc : degc;

	if (!rest->watching || !(high_degc - low_degc < drift_degc)) {
		*rest = (struct corner_rest){isfinite(degc), degc, degc, now_s};
		return FALSE;
	}
	rest->low_degc = low_degc;
	rest->high_degc = high_degc;
	return now_s - rest->since_s >= drift_time_s;
}

/* --- on the way ------------------------------------------------------------------------------- */

static gboolean undo_thermal(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return thermal_stop(step_instrument(ctx, INSTRUMENT_THERMAL), bounds, error);
}

gboolean corner_set_supply(struct step_context *ctx, double supply_v, GError **error)
{
	return supply_set(step_instrument(ctx, INSTRUMENT_SUPPLY), step_site(ctx)->supply_channel,
	                  supply_v, step_number(ctx, "current_limit"), step_bounds(ctx), error);
}

gboolean corner_ramp_within(struct step_context *ctx, double case_degc, double window_degc,
                            double soak_s, GError **error)
{
	struct instrument *thermal = step_instrument(ctx, INSTRUMENT_THERMAL);
	const struct bounds *bounds = step_bounds(ctx);

	step_undo(ctx, 1u << INSTRUMENT_THERMAL, "thermal head off", undo_thermal);
	return thermal_set_window(thermal, window_degc, soak_s, bounds, error) &&
	       thermal_set_degc(thermal, case_degc, bounds, error) &&
	       thermal_start(thermal, bounds, error);
}

gboolean corner_ramp(struct step_context *ctx, double case_degc, GError **error)
{
	return corner_ramp_within(ctx, case_degc, step_number(ctx, "window"),
	                          step_number(ctx, "soak"), error);
}

static gboolean corner_begin(struct step_context *ctx, GError **error)
{
	/* a head that is there would only begin its soak again */
	return corner_set_supply(ctx, step_supply_v(ctx), error) &&
	       (!step_ramps(ctx) || corner_ramp(ctx, step_case_degc(ctx), error));
}

/* --- waiting ---------------------------------------------------------------------------------- */

struct soak {
	double target_degc;
	double start_s, waited_s;
	double start_degc, head_degc; /* of the head, at first and now */
	gboolean arrived;             /* the head says that it is at temperature, and is */
	double module_degc;           /* NAN when the module tells none */
	struct corner_rest rest;
	gboolean settled;
};

/* A module that has not been identified cannot be asked, and not every module has a sensor. */
static gboolean read_module(struct step_context *ctx, double *degc, GError **error)
{
	struct module_monitors monitors;

	*degc = NAN;
	if (!module_identity(step_module(ctx)))
		return TRUE;
	if (!module_read_monitors(step_module(ctx), &monitors, step_bounds(ctx), error))
		return FALSE;
	*degc = monitors.temperature_degc;
	return TRUE;
}

static gboolean look(struct step_context *ctx, struct soak *soak, GError **error)
{
	struct instrument *thermal = step_instrument(ctx, INSTRUMENT_THERMAL);

	if (!thermal_at_temperature(thermal, &soak->arrived, step_bounds(ctx), error) ||
	    !thermal_read_degc(thermal, &soak->head_degc, step_bounds(ctx), error))
		return FALSE;
	soak->waited_s = clock_now_s() - soak->start_s;
	/* right after a change the head's word may still be of the temperature before */
	soak->arrived = soak->arrived &&
	                fabs(soak->head_degc - soak->target_degc) <= 2 * step_number(ctx, "window");
	if (!soak->arrived) { /* until then the module's sensor decides nothing */
		soak->rest = (struct corner_rest){0};
		soak->module_degc = NAN;
		return TRUE;
	}
	if (!read_module(ctx, &soak->module_degc, error))
		return FALSE;
	soak->settled =
		isnan(soak->module_degc) ||
		corner_is_at_rest(&soak->rest, soak->start_s + soak->waited_s, soak->module_degc,
	                          step_number(ctx, "drift"), step_number(ctx, "drift_time"));
	return TRUE;
}

/* What is known of the unit now; the module's sensor is read once the head has arrived. */
static void tell_condition(struct step_context *ctx, const struct soak *soak)
{
	char words[64];

	if (isnan(soak->module_degc))
		g_snprintf(words, sizeof words, "head %.1f degC", soak->head_degc);
	else
		g_snprintf(words, sizeof words, "head %.1f degC, case %.1f degC", soak->head_degc,
		           soak->module_degc);
	step_show_condition(ctx, soak->module_degc, words);
}

/* The time left if the head goes on as fast as so far; at most the limit before it has moved. */
static void tell_progress(struct step_context *ctx, const struct soak *soak)
{
	double target = soak->target_degc, limit_s = step_number(ctx, "limit");
	double moved = fabs(soak->head_degc - soak->start_degc);
	double away = fabs(target - soak->head_degc), left_s = step_number(ctx, "drift_time");
	char words[128];

	if (!soak->arrived && moved > MOVED_DEGC)
		left_s += away / moved * soak->waited_s;
	if (soak->rest.watching)
		left_s -= soak->start_s + soak->waited_s - soak->rest.since_s;
	if (soak->arrived || moved > MOVED_DEGC)
		g_snprintf(words, sizeof words, "%.1f degC of %.1f degC, about %.0f s left",
		           soak->head_degc, target, fmax(0, left_s));
	else
		g_snprintf(words, sizeof words, "%.1f degC of %.1f degC, at most %.0f s left",
		           soak->head_degc, target, fmax(0, limit_s - soak->waited_s));
	step_progress(ctx, fmin(1, soak->waited_s / (soak->waited_s + fmax(left_s, POLL_S))),
	              words);
}

/* Past its limit, a head that is not there is the station's fault, a module that is not at rest
 * under a head that is there is its own. */
static gboolean too_late(struct step_context *ctx, struct soak *soak, GError **error)
{
	double limit_s = step_number(ctx, "limit");

	if (!soak->arrived && !read_module(ctx, &soak->module_degc, error))
		return FALSE;
	g_autofree char *module =
		isnan(soak->module_degc)
			? g_strdup("")
			: g_strdup_printf(", the module's sensor at %.1f degC", soak->module_degc);

	if (!soak->arrived)
		station_error_set(error, STATION_ERROR_INSTRUMENT,
		                  "the thermal head did not reach %.1f degC within %.0f s: it is "
		                  "at %.1f degC%s",
		                  soak->target_degc, limit_s, soak->head_degc, module);
	else
		station_error_set(error, STATION_ERROR_MODULE,
		                  "the module's temperature did not come to rest within %.0f s: "
		                  "its sensor is at %.1f degC and was not within %.2f degC for "
		                  "%.0f s, with the thermal head at %.1f degC",
		                  limit_s, soak->module_degc, step_number(ctx, "drift"),
		                  step_number(ctx, "drift_time"), soak->head_degc);
	return FALSE;
}

gboolean corner_wait(struct step_context *ctx, double case_degc, GError **error)
{
	struct soak soak = {.target_degc = case_degc, .start_s = clock_now_s(), .module_degc = NAN};

	if (!thermal_read_degc(step_instrument(ctx, INSTRUMENT_THERMAL), &soak.start_degc,
	                       step_bounds(ctx), error))
		return FALSE;
	for (;;) {
		if (!look(ctx, &soak, error))
			return FALSE;
		tell_condition(ctx, &soak);
		if (soak.settled)
			return TRUE;
		if (soak.waited_s > step_number(ctx, "limit"))
			return too_late(ctx, &soak, error);
		tell_progress(ctx, &soak);
		if (!clock_sleep_s(POLL_S, step_bounds(ctx), error))
			return FALSE;
	}
}

static gboolean corner_soak(struct step_context *ctx, GError **error)
{
	return corner_wait(ctx, step_case_degc(ctx), error);
}

static gboolean set_corner(struct step_context *ctx, GError **error)
{
	return corner_begin(ctx, error) && corner_soak(ctx, error);
}

/* --- the steps -------------------------------------------------------------------------------- */

static const struct step_param begin_params[] = {CORNER_WINDOW, CORNER_RAMP, {0}};
static const struct step_param soak_params[] = {CORNER_WINDOW, CORNER_SOAK, {0}};
static const struct step_param set_params[] = {CORNER_WINDOW, CORNER_RAMP, CORNER_SOAK, {0}};

const struct step_def step_set_corner = {
	.name = "set-corner",
	.help = "case temperature and supply voltage of the plan's first corner, with soak",
	.scope = STEP_UNIT,
	.needs = NEEDS(INSTRUMENT_SUPPLY) | NEEDS(INSTRUMENT_THERMAL),
	.limit_s = 1200,
	.params = set_params,
	.run = set_corner,
};

const struct step_def step_corner_begin = {
	.name = "corner-begin",
	.help = "supply voltage of a corner, and its ramp begun; loops over corners do it "
		"themselves",
	.scope = STEP_UNIT,
	.needs = NEEDS(INSTRUMENT_SUPPLY) | NEEDS(INSTRUMENT_THERMAL),
	.limit_s = 60,
	.params = begin_params,
	.run = corner_begin,
};

const struct step_def step_corner_soak = {
	.name = "corner-soak",
	.help = "waits for a corner's temperature; loops over corners do it themselves",
	.scope = STEP_UNIT,
	.needs = NEEDS(INSTRUMENT_THERMAL),
	.limit_s = 1200,
	.params = soak_params,
	.run = corner_soak,
};

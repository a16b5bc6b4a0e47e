/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/tune.h"
#include "station/steps/tx_path.h"
#include "station/steps/readings.h"

#include <math.h>
#include <string.h>

/*
 * What can be set and what is to come of it, in the order of a transmitter. A product has some of
 * these knobs: an EML a driver swing and an operating point, a VCSEL a modulation current and no
 * operating point. Each knob that is there brings its target with it, so there are always as many
 * targets as knobs.
 */
enum quantity { OMA, ER, MIDDLE, INNER_EYE, QUANTITIES };

static const struct {
	const char *name;
	const char *tolerance; /* parameter */
	const char *measured;  /* what is left, as a measurement */
	const char *unit;
} quantities[QUANTITIES] = {
	[OMA] = {"OMA", "oma_tolerance", "cal_tx_oma_error", "dB"},
	[ER] = {"ER", "er_tolerance", "cal_tx_er_error", "dB"},
	[MIDDLE] = {"middle", "middle_tolerance", "cal_tx_middle", "1"},
	[INNER_EYE] = {"inner eye", "inner_tolerance", "cal_tx_inner_eye", "1"},
};

static const struct {
	const char *knob;
	enum quantity brings;
	const char *measured; /* what was settled on, as a measurement */
} knobs[] = {
	{"laser_bias", OMA, "tx_laser_bias"},       {"mod_swing", ER, "tx_mod_swing"},
	{"mod_current", ER, "tx_mod_current"},      {"mod_bias", MIDDLE, "tx_mod_bias"},
	{"level_skew", INNER_EYE, "tx_level_skew"},
};

struct tuning {
	struct step_context *ctx;
	guint n;
	guint knob[TUNE_MAX];             /* rows above */
	enum quantity quantity[TUNE_MAX]; /* of the targets */
};

/* Where the inner eye stands against a third of the outer one: 0 when the levels are even. */
static double inner_eye_error(const struct pam4_result *result)
{
	double outer = result->level_w[3].value - result->level_w[0].value;

	return 3.0 * (result->level_w[2].value - result->level_w[1].value) / outer - 1.0;
}

/* How far the middle of the inner levels is from the middle of the outer ones, in outer eyes. */
static double middle_error(const struct pam4_result *result)
{
	const struct signal_value *level = result->level_w;

	return (level[1].value + level[2].value - level[0].value - level[3].value) /
	       (level[3].value - level[0].value);
}

static double error_of(const struct step_context *ctx, enum quantity quantity,
                       const struct pam4_result *result)
{
	switch (quantity) {
	case OMA:
		return unit_dbm_from_watt(result->oma_outer_w.value) -
		       step_number(ctx, "target_oma");
	case ER:
		return result->outer_er_db.value - step_number(ctx, "target_er");
	case MIDDLE:
		return middle_error(result);
	case INNER_EYE:
		return inner_eye_error(result);
	case QUANTITIES:
		break;
	}
	return NAN;
}

static gboolean measure(const double *values, double *residuals, gpointer data, GError **error)
{
	const struct tuning *tuning = data;
	struct step_context *ctx = tuning->ctx;
	int lane = step_lane(ctx);
	const struct tx_capture how = {
		.pattern = PATTERN_PRBS13Q,
		.passes = step_count(ctx, "passes"),
	};
	struct pam4_result result;
	GError *local = NULL;

	for (guint i = 0; i < tuning->n; i++)
		if (!constants_try(ctx, knobs[tuning->knob[i]].knob, lane, values[i], error))
			return FALSE;
	if (!clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error))
		return FALSE;
	if (!tx_path_measure(ctx, lane, &how, &result, NULL, &local)) {
		/* light without its pattern: knobs that close the eye altogether */
		if (!g_error_matches(local, STATION_ERROR, STATION_ERROR_DATA)) {
			g_propagate_error(error, local);
			return FALSE;
		}
		g_error_free(local);
		for (guint i = 0; i < tuning->n; i++)
			residuals[i] = NAN;
		return TRUE;
	}
	for (guint i = 0; i < tuning->n; i++)
		residuals[i] = error_of(ctx, tuning->quantity[i], &result);
	return TRUE;
}

/*
 * Where the search begins at another temperature. What keeps the light is known from the laser:
 * tx-li has found threshold and efficiency at both.
 */
static double start_of(struct step_context *ctx, guint row, double value)
{
	int lane = step_lane(ctx);
	const char *before = reading_corner(ctx, knobs[row].measured, lane);
	const char *now = reading_corner(ctx, "tx_threshold", lane);
	double ratio, over_a;

	if (!before || !now || strcmp(before, now) == 0)
		return value;
	ratio = reading_at(ctx, "tx_slope_efficiency", lane, before) /
	        reading_at(ctx, "tx_slope_efficiency", lane, now);
	over_a = value - reading_at(ctx, "tx_threshold", lane, before);
	if (!isfinite(ratio) || !isfinite(over_a))
		return value;
	if (strcmp(knobs[row].knob, "laser_bias") == 0)
		return reading_at(ctx, "tx_threshold", lane, now) + over_a * ratio;
	return strcmp(knobs[row].knob, "mod_current") == 0 ? value * ratio : value;
}

static gboolean add_knob(struct tuning *tuning, guint row, enum quantity quantity,
                         struct tune_problem *problem, GError **error)
{
	struct step_context *ctx = tuning->ctx;
	const char *name = knobs[row].knob;
	const struct knob *knob = knob_map_find(step_knobs(ctx), name, error);
	struct tune_knob *tuned = &problem->knobs[tuning->n];

	if (!knob || !constants_read(ctx, name, step_lane(ctx), &tuned->start, error))
		return FALSE;
	tuned->name = name;
	tuned->start = start_of(ctx, row, tuned->start);
	knob_limits(knob, &tuned->min, &tuned->max);
	if (row == 0)
		tuned->min = fmax(tuned->min, step_number(ctx, "bias_min") * tuned->max);
	tuned->probe = step_number(ctx, "probe") * (tuned->max - tuned->min);
	problem->targets[tuning->n] = (struct tune_target){
		quantities[quantity].name,
		step_number(ctx, quantities[quantity].tolerance),
	};
	tuning->knob[tuning->n] = row;
	tuning->quantity[tuning->n] = quantity;
	problem->n = ++tuning->n;
	return TRUE;
}

/* Of a setting that follows a table over temperature only OMA and ER are held: two knobs. */
static gboolean choose_knobs(struct tuning *tuning, struct tune_problem *problem, GError **error)
{
	static const enum quantity held[] = {OMA, ER};
	const struct knob_map *map = step_knobs(tuning->ctx);
	gboolean all = strcmp(step_text(tuning->ctx, "knobs"), "all") == 0;

	for (guint row = 0; row < G_N_ELEMENTS(knobs); row++) {
		const char *name = knobs[row].knob;

		if (!knob_map_has(map, name) || (!all && !knob_map_table(map, name)))
			continue;
		if (!all && tuning->n == G_N_ELEMENTS(held))
			break;
		if (!add_knob(tuning, row, all ? knobs[row].brings : held[tuning->n], problem,
		              error))
			return FALSE;
	}
	if (tuning->n >= G_N_ELEMENTS(held))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "the knob map %s has no %s to set OMA and ER by", knob_map_name(map),
	                  all ? "knobs" : "knobs with tables");
	return FALSE;
}

/* The loop aims closer than the unit must come; what it must is in the limits too. */
static gboolean near_enough(const struct step_context *ctx, const struct tune_result *result)
{
	double must_db = step_number(ctx, "must");

	return result->converged ||
	       (fabs(result->residuals[0]) <= must_db && fabs(result->residuals[1]) <= must_db);
}

static gboolean report(struct tuning *tuning, const struct tune_result *result, GError **error)
{
	struct step_context *ctx = tuning->ctx;
	g_autofree char *how =
		g_strdup_printf("searched by %u looks at the light", result->measurements);
	int lane = step_lane(ctx);
	gboolean taken;

	for (guint i = 0; i < tuning->n; i++) {
		enum quantity quantity = tuning->quantity[i];
		/* there is light with its pattern: an ER that cannot be told is the unit's doing */
		if (!isfinite(result->residuals[i]))
			step_no_value_by_unit(ctx, quantities[quantity].measured, lane,
			                      quantities[quantity].unit, result->why);
		else
			step_measure(ctx, quantities[quantity].measured, lane, result->residuals[i],
			             quantities[quantity].unit,
			             quantity == OMA ? tx_path_scope_uncertainty_db(ctx) : NAN);
	}
	step_check(ctx, "tx_converged", lane, near_enough(ctx, result), "%s", result->why);
	if (!result->converged)
		step_note(ctx, "lane %d: transmitter: %s", lane, result->why);
	for (guint i = 0; i < tuning->n; i++) {
		const char *name = knobs[tuning->knob[i]].knob;
		const struct knob *knob = knob_map_find(step_knobs(ctx), name, error);
		enum quantity quantity = tuning->quantity[i];
		struct constant_source source = {how, NULL, fabs(result->residuals[i]),
		                                 quantities[quantity].unit};

		if (!knob ||
		    !constants_settle(ctx, name, lane, result->knobs[i], &source, &taken, error))
			return FALSE;
		step_measure(ctx, knobs[tuning->knob[i]].measured, lane, result->knobs[i],
		             knob->unit, NAN);
	}
	return TRUE;
}

static gboolean tx_calibrate(struct step_context *ctx, GError **error)
{
	int lane = step_lane(ctx);
	struct tuning tuning = {.ctx = ctx};
	struct tune_problem problem = {
		.iterations = step_count(ctx, "iterations"),
		.measure = measure,
		.data = &tuning,
	};
	struct tune_result result;
	double power_dbm;

	if (!constants_unlock(ctx, error) || !tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	step_check(ctx, "tx_light", lane, power_dbm > TX_PATH_DARK_DBM,
	           "no light: %.1f dBm average with the laser on", power_dbm);
	if (!(power_dbm > TX_PATH_DARK_DBM))
		return TRUE;
	if (!choose_knobs(&tuning, &problem, error) || !tune_run(&problem, &result, error))
		return FALSE;
	/* constants are settled through the module alone */
	step_release(ctx, TX_PATH_NEEDS);
	if (!isfinite(result.residuals[0])) {
		/* there is light, but the scope never found the pattern in it: whose fault it is
		 * cannot be told from here */
		station_error_set(error, STATION_ERROR_DATA, "lane %d: light without pattern: %s",
		                  lane, result.why);
		return FALSE;
	}
	return report(&tuning, &result, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"knobs", NULL, "all", "all, or tables: only those that follow a table over temperature"},
	{"target_oma", "dBm", "1.0 dBm", "OMAouter to set"},
	{"target_er", "dB", "4.8 dB", "outer extinction ratio to set"},
	{"oma_tolerance", "dB", "0.1 dB", "done when OMA is this near"},
	{"er_tolerance", "dB", "0.1 dB", "done when ER is this near"},
	{"must", "dB", "0.3 dB", "a unit that stays farther away in OMA or ER fails"},
	{"middle_tolerance", "1", "0.03", "done when the inner levels are this well centred"},
	{"inner_tolerance", "1", "0.03", "done when the inner eye is this near its third"},
	{"iterations", STEP_COUNT, "16", "steps at most, after the sensitivities are known", 1,
         100},
	{"passes", STEP_COUNT, "1", "sweeps averaged per look", 1, 256},
	{"settle", "s", "50 ms", "from a change to the look"},
	{"bias_min", "1", "0.17", "laser current surely above threshold, as part of the register"},
	{"probe", "1", "0.04", "move by which a knob's effect is measured, as part of its range"},
	{0},
};

const struct step_def step_tx_calibrate = {
	.name = "tx-calibrate",
	.help = "laser, modulator and inner levels to OMA, ER and even eyes, with the knobs that "
		"the "
		"product has",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 300,
	.params = params,
	.run = tx_calibrate,
};

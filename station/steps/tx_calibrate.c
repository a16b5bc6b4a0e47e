/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/tune.h"
#include "station/steps/tx_path.h"

#include <math.h>

#define N_KNOBS 4

static const char *const knob_names[N_KNOBS] = {"laser_bias", "mod_swing", "mod_bias",
                                                "level_skew"};

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

static gboolean measure(const double *knobs, double *residuals, gpointer data, GError **error)
{
	struct step_context *ctx = data;
	int lane = step_lane(ctx);
	const struct tx_capture how = {
		.pattern = PATTERN_PRBS13Q,
		.passes = step_count(ctx, "passes"),
	};
	struct pam4_result result;
	GError *local = NULL;

	for (guint i = 0; i < N_KNOBS; i++)
		if (!constants_try(ctx, knob_names[i], lane, knobs[i], error))
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
		for (guint i = 0; i < N_KNOBS; i++)
			residuals[i] = NAN;
		return TRUE;
	}
	residuals[0] =
		unit_dbm_from_watt(result.oma_outer_w.value) - step_number(ctx, "target_oma");
	residuals[1] = result.outer_er_db.value - step_number(ctx, "target_er");
	residuals[2] = middle_error(&result);
	residuals[3] = inner_eye_error(&result);
	return TRUE;
}

static gboolean problem_init(struct step_context *ctx, struct tune_problem *problem, GError **error)
{
	static const char *const probes[N_KNOBS] = {"bias_probe", "swing_probe", "point_probe",
	                                            "skew_probe"};

	problem->n = N_KNOBS;
	problem->iterations = step_count(ctx, "iterations");
	problem->measure = measure;
	problem->data = ctx;
	problem->targets[0] = (struct tune_target){"OMA", step_number(ctx, "oma_tolerance")};
	problem->targets[1] = (struct tune_target){"ER", step_number(ctx, "er_tolerance")};
	problem->targets[2] = (struct tune_target){"middle", step_number(ctx, "middle_tolerance")};
	problem->targets[3] =
		(struct tune_target){"inner eye", step_number(ctx, "inner_tolerance")};
	for (guint i = 0; i < N_KNOBS; i++) {
		const struct knob *knob = knob_map_find(step_knobs(ctx), knob_names[i], error);

		if (!knob || !constants_read(ctx, knob_names[i], step_lane(ctx),
		                             &problem->knobs[i].start, error))
			return FALSE;
		problem->knobs[i].name = knob_names[i];
		knob_limits(knob, &problem->knobs[i].min, &problem->knobs[i].max);
		problem->knobs[i].probe = step_number(ctx, probes[i]);
	}
	problem->knobs[0].min = MAX(problem->knobs[0].min, step_number(ctx, "bias_min"));
	return TRUE;
}

/* The loop aims closer than the unit must come; what it must is in the limits too. */
static gboolean near_enough(const struct step_context *ctx, const struct tune_result *result)
{
	double must_db = step_number(ctx, "must");

	return result->converged ||
	       (fabs(result->residuals[0]) <= must_db && fabs(result->residuals[1]) <= must_db);
}

static gboolean tx_calibrate(struct step_context *ctx, GError **error)
{
	int lane = step_lane(ctx);
	struct tune_problem problem = {0};
	struct tune_result result;
	double power_dbm, uncertainty_db = tx_path_scope_uncertainty_db(ctx);
	gboolean taken;

	if (!constants_unlock(ctx, error) || !tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	step_check(ctx, "tx_light", lane, power_dbm > TX_PATH_DARK_DBM,
	           "no light: %.1f dBm average with the laser on", power_dbm);
	if (!(power_dbm > TX_PATH_DARK_DBM))
		return TRUE;
	if (!problem_init(ctx, &problem, error) || !tune_run(&problem, &result, error))
		return FALSE;
	if (!isfinite(result.residuals[0])) {
		/* there is light, but the scope never found the pattern in it: whose fault it is
		 * cannot be told from here */
		station_error_set(error, STATION_ERROR_DATA, "lane %d: light without pattern: %s",
		                  lane, result.why);
		return FALSE;
	}
	step_measure(ctx, "cal_tx_oma_error", lane, result.residuals[0], "dB", uncertainty_db);
	step_measure(ctx, "cal_tx_er_error", lane, result.residuals[1], "dB", NAN);
	step_measure(ctx, "cal_tx_middle", lane, result.residuals[2], "1", NAN);
	step_measure(ctx, "cal_tx_inner_eye", lane, result.residuals[3], "1", NAN);
	step_check(ctx, "tx_converged", lane, near_enough(ctx, &result), "%s", result.why);
	if (!result.converged)
		step_note(ctx, "lane %d: transmitter: %s", lane, result.why);
	for (guint i = 0; i < N_KNOBS; i++)
		if (!constants_settle(ctx, knob_names[i], lane, result.knobs[i], &taken, error))
			return FALSE;
	return TRUE;
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
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
	{"bias_min", "A", "20 mA", "laser current that is surely above threshold"},
	{"bias_probe", "A", "4 mA", "move by which the laser's effect is measured"},
	{"swing_probe", "V", "100 mV", "the same for the driver swing"},
	{"point_probe", "V", "100 mV", "the same for the modulator's operating point"},
	{"skew_probe", "1", "0.04", "the same for the inner levels"},
	{0},
};

const struct step_def step_tx_calibrate = {
	.name = "tx-calibrate",
	.help = "laser, modulator swing, operating point and inner levels to OMA, ER and even eyes",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 300,
	.params = params,
	.run = tx_calibrate,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "instruments/scope.h"
#include "signal/eye.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>
#include <string.h>

#define EYE_COLUMNS 128
#define EYE_ROWS    96

static void report_value(struct step_context *ctx, const char *id, struct signal_value value,
                         double scale, const char *unit, double uncertainty)
{
	if (value.status == SIGNAL_OK)
		step_measure(ctx, id, step_lane(ctx), value.value * scale, unit, uncertainty);
	else
		step_no_value(ctx, id, step_lane(ctx), unit, value.reason);
}

static void report_all(struct step_context *ctx, const struct pam4_result *r)
{
	double scope_db = tx_path_scope_uncertainty_db(ctx);
	double tdecq_u_db = step_number(ctx, "tdecq_uncertainty");
	struct signal_value oma_dbm = r->oma_outer_w;

	if (oma_dbm.status == SIGNAL_OK)
		oma_dbm.value = unit_dbm_from_watt(oma_dbm.value);
	report_value(ctx, "tx_er", r->outer_er_db, 1, "dB", step_number(ctx, "er_uncertainty"));
	if (r->tdecq_db.status == SIGNAL_EYE_CLOSED) {
		step_no_value_by_unit(ctx, "tx_tdecq", step_lane(ctx), "dB", r->tdecq_db.reason);
	} else {
		report_value(ctx, "tx_tdecq", r->tdecq_db, 1, "dB", tdecq_u_db);
		report_value(ctx, "tx_tdecq_ceq", r->tdecq.tdecq_minus_ceq_db, 1, "dB", tdecq_u_db);
	}
	report_value(ctx, "tx_oma", oma_dbm, 1, "dBm", scope_db);
	report_value(ctx, "tx_rlm", r->rlm, 1, "1", NAN);
	report_value(ctx, "tx_transition_time", r->transition_time_s, 1, "s", NAN);
	report_value(ctx, "tx_overshoot", r->overshoot, 100, "%", NAN);
	report_value(ctx, "tx_undershoot", r->undershoot, 100, "%", NAN);
}

static gboolean report_eye(struct step_context *ctx, const struct waveform *wave,
                           const struct pam4_result *r, GError **error)
{
	g_autoptr(eye_density) eye = eye_density_new(wave, r->alignment.start_samples, EYE_COLUMNS,
	                                             EYE_ROWS, 0, 0, error);
	struct record_eye *out;

	if (!eye)
		return FALSE;
	out = step_eye(ctx, "tx_eye", step_lane(ctx));
	out->columns = eye->columns;
	out->rows = eye->rows;
	g_array_append_vals(out->counts, eye->count, eye->columns * eye->rows);
	out->x_span_ui = 2.0;
	out->y_min_w = eye->bottom_w;
	out->y_max_w = eye->top_w;
	return TRUE;
}

/*
 * The scope's own TDECQ is a second judge of the same light. When the two disagree, one of them is
 * wrong and the unit cannot be judged. A nearly closed eye is failed by both, whatever the number.
 */
static gboolean cross_check(struct step_context *ctx, const struct pam4_result *r, GError **error)
{
	double theirs_db, ours_db = r->tdecq_db.value,
			  allowed_db = step_number(ctx, "scope_agrees");

	if (!scope_measure_tdecq_db(step_instrument(ctx, INSTRUMENT_SCOPE),
	                            step_site(ctx)->scope_channel, &theirs_db, step_bounds(ctx),
	                            error))
		return FALSE;
	step_measure(ctx, "tx_tdecq_scope", step_lane(ctx), theirs_db, "dB", NAN);
	if (r->tdecq_db.status == SIGNAL_OK && ours_db < step_number(ctx, "compare_below") &&
	    !(fabs(theirs_db - ours_db) <= allowed_db)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "lane %d: TDECQ is %.2f dB here and %.2f dB in the scope; more "
		                  "than %.2f dB apart",
		                  step_lane(ctx), ours_db, theirs_db, allowed_db);
		return FALSE;
	}
	return TRUE;
}

static gboolean tx_measure(struct step_context *ctx, GError **error)
{
	int lane = step_lane(ctx);
	g_autoptr(waveform) wave = NULL;
	struct pam4_result result;
	enum pattern_id pattern;
	double power_dbm;

	if (!pattern_from_name(step_text(ctx, "pattern"), &pattern)) {
		station_error_set(error, STATION_ERROR_CONFIG, "there is no pattern \"%s\"",
		                  step_text(ctx, "pattern"));
		return FALSE;
	}
	if (!tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	step_check(ctx, "tx_light", lane, power_dbm > TX_PATH_DARK_DBM,
	           "no light: %.1f dBm average with the laser on", power_dbm);
	if (!(power_dbm > TX_PATH_DARK_DBM))
		return TRUE;
	step_measure(ctx, "tx_avg", lane, power_dbm, "dBm", tx_path_power_uncertainty_db(ctx));
	if (!tx_path_measure(ctx, lane, pattern, step_count(ctx, "passes"), TRUE, &result, &wave,
	                     error))
		return FALSE;
	report_all(ctx, &result);
	return report_eye(ctx, wave, &result, error) && cross_check(ctx, &result, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"pattern", NULL, "SSPRQ", "pattern that the module sends"},
	{"passes", STEP_COUNT, "1", "sweeps averaged", 1, 256},
	{"tdecq_uncertainty", "dB", "0.2 dB", "expanded uncertainty of TDECQ"},
	{"er_uncertainty", "dB", "0.1 dB", "expanded uncertainty of the extinction ratio"},
	{"scope_agrees", "dB", "0.5 dB", "how far the scope's own TDECQ may differ"},
	{"compare_below", "dB", "3.2 dB", "above this TDECQ the two are not compared"},
	{0},
};

const struct step_def step_tx_measure = {
	.name = "tx-measure",
	.help = "average power, OMA, ER, TDECQ, RLM, transition time and eye of a lane",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 240,
	.params = params,
	.run = tx_measure,
};

static gboolean tx_off(struct step_context *ctx, GError **error)
{
	struct module *module = step_module(ctx);
	int lane = step_lane(ctx);
	double power_dbm;

	if (!module_set_tx_disable(module, (guint8)(1u << (lane - 1)), step_bounds(ctx), error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	/* a reading of nothing, or below it by noise, is less than the meter can tell from dark */
	step_measure(ctx, "tx_off", lane,
	             isfinite(power_dbm) ? power_dbm : step_number(ctx, "floor"), "dBm",
	             tx_path_power_uncertainty_db(ctx));
	/* disabling one lane may take its whole data path down: wait until it is up again */
	return module_set_tx_disable(module, 0, step_bounds(ctx), error) &&
	       module_wait_activated(module, step_bounds(ctx), error) &&
	       clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

static const struct step_param off_params[] = {
	TX_PATH_PARAMS,
	{"settle", "s", "200 ms", "from switching to the reading"},
	{"floor", "dBm", "-70 dBm", "what is told when the meter reads nothing"},
	{0},
};

const struct step_def step_tx_off = {
	.name = "tx-off",
	.help = "power of a disabled lane, the others running",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 60,
	.params = off_params,
	.run = tx_off,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/unit.h"
#include "signal/fit.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

#define POINTS_MAX 16

struct sweep {
	double raw_w[POINTS_MAX], power_w[POINTS_MAX];
	guint n;
};

/* Raw monitor against the power meter at several laser currents around the set one. */
static gboolean take_sweep(struct step_context *ctx, double bias_a, struct sweep *sweep,
                           GError **error)
{
	int lane = step_lane(ctx);
	double from = step_number(ctx, "from"), to = step_number(ctx, "to");

	sweep->n = step_count(ctx, "points");
	for (guint i = 0; i < sweep->n; i++) {
		double part = from + (to - from) * i / (sweep->n - 1);
		double power_dbm;

		if (!constants_try(ctx, "laser_bias", lane, bias_a * part, error) ||
		    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
		    !tx_path_power_dbm(ctx, lane, &power_dbm, error) ||
		    !constants_read(ctx, "tx_mon_raw", lane, &sweep->raw_w[i], error))
			return FALSE;
		sweep->power_w[i] = unit_watt_from_dbm(power_dbm);
	}
	return constants_try(ctx, "laser_bias", lane, bias_a, error) &&
	       clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

/* How far the module's calibrated reading is from the meter, at the operating point. */
static gboolean measure_residual(struct step_context *ctx, GError **error)
{
	int lane = step_lane(ctx);
	struct module_monitors monitors;
	double power_dbm;

	if (!clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !tx_path_power_dbm(ctx, lane, &power_dbm, error) ||
	    !module_read_monitors(step_module(ctx), &monitors, step_bounds(ctx), error))
		return FALSE;
	step_measure(ctx, "cal_tx_monitor_residual", lane,
	             unit_dbm_from_watt(monitors.tx_power_w[lane - 1]) - power_dbm, "dB",
	             tx_path_power_uncertainty_db(ctx));
	return TRUE;
}

static gboolean tx_monitor_calibrate(struct step_context *ctx, GError **error)
{
	int lane = step_lane(ctx);
	g_autoptr(GError) local = NULL;
	struct sweep sweep;
	struct fit_line fit;
	gboolean slope_taken, offset_taken;
	double bias_a;

	if (!constants_unlock(ctx, error) ||
	    !constants_read(ctx, "laser_bias", lane, &bias_a, error) ||
	    !take_sweep(ctx, bias_a, &sweep, error))
		return FALSE;
	if (!fit_line_relative(sweep.raw_w, sweep.power_w, sweep.n, &fit, &local)) {
		step_check(ctx, "tx_monitor_follows", lane, FALSE,
		           "the transmitter's monitor does not follow its power: %s",
		           local->message);
		return TRUE;
	}
	if (!constants_settle(ctx, "tx_mon_slope", lane, fit.slope, &slope_taken, error) ||
	    !constants_settle(ctx, "tx_mon_offset", lane, fit.offset, &offset_taken, error))
		return FALSE;
	return !slope_taken || !offset_taken || measure_residual(ctx, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"from", "1", "0.7", "lowest laser current of the sweep, as part of the set one"},
	{"to", "1", "1.0", "highest laser current"},
	{"points", STEP_COUNT, "4", "points of the sweep", 2, 16},
	{"settle", "s", "150 ms", "from a change to the reading"},
	{0},
};

const struct step_def step_tx_monitor_calibrate = {
	.name = "tx-monitor-calibrate",
	.help = "slope and offset of the transmitter power monitor",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 120,
	.params = params,
	.run = tx_monitor_calibrate,
};

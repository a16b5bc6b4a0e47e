/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/unit.h"
#include "signal/fit.h"
#include "station/steps/constants.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"

#include <math.h>

#define POINTS_MAX 24

struct sweep {
	guint n;
	double average_dbm[POINTS_MAX];
	double power_w[POINTS_MAX];
	double raw_w[CONFIG_LANES_MAX][POINTS_MAX]; /* by lane - 1 */
};

static double point_dbm(const struct step_context *ctx, guint i, guint n)
{
	double from = step_number(ctx, "from"), to = step_number(ctx, "to");

	return from + (to - from) * i / (n - 1);
}

static gboolean set_average(struct step_context *ctx, double average_dbm, GError **error)
{
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!rx_path_set_oma(ctx, (int)lane,
		                     rx_path_oma_from_average_dbm(ctx, (int)lane, average_dbm),
		                     error))
			return FALSE;
	return clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

/* All lanes at once: every receiver sees the same power at the same time. */
static gboolean take_sweep(struct step_context *ctx, struct sweep *sweep, GError **error)
{
	sweep->n = step_count(ctx, "points");
	for (guint i = 0; i < sweep->n; i++) {
		sweep->average_dbm[i] = point_dbm(ctx, i, sweep->n);
		sweep->power_w[i] = unit_watt_from_dbm(sweep->average_dbm[i]);
		if (!set_average(ctx, sweep->average_dbm[i], error))
			return FALSE;
		for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
			if (!constants_read(ctx, "rx_mon_raw", (int)lane,
			                    &sweep->raw_w[lane - 1][i], error))
				return FALSE;
		step_progress(ctx, (double)i / sweep->n, "receiver power sweep");
	}
	return TRUE;
}

static gboolean settle_lane(struct step_context *ctx, const struct sweep *sweep, int lane,
                            gboolean *fitted, GError **error)
{
	g_autoptr(GError) local = NULL;
	struct fit_line fit;
	gboolean slope_taken, offset_taken;

	*fitted = fit_line_relative(sweep->raw_w[lane - 1], sweep->power_w, sweep->n, &fit, &local);
	if (!*fitted) {
		step_check(ctx, "rx_monitor_follows", lane, FALSE,
		           "the receiver's monitor does not follow the light: %s", local->message);
		return TRUE;
	}
	if (!constants_settle(ctx, "rx_mon_slope", lane, fit.slope, &slope_taken, error) ||
	    !constants_settle(ctx, "rx_mon_offset", lane, fit.offset, &offset_taken, error))
		return FALSE;
	*fitted = slope_taken && offset_taken;
	return TRUE;
}

static void name_axes(struct record_series *series)
{
	g_free(series->x_name);
	g_free(series->x_unit);
	g_free(series->y_name);
	g_free(series->y_unit);
	series->x_name = g_strdup("average power at the receiver");
	series->x_unit = g_strdup("dBm");
	series->y_name = g_strdup("monitor minus power");
	series->y_unit = g_strdup("dB");
}

/* The calibrated readings over the same sweep: the largest difference is the lane's residual. */
static gboolean verify(struct step_context *ctx, const struct sweep *sweep, const gboolean *fitted,
                       GError **error)
{
	struct record_series *series[CONFIG_LANES_MAX];
	double worst_db[CONFIG_LANES_MAX] = {0};
	guint n_lanes = step_n_lanes(ctx);

	for (guint l = 0; l < n_lanes; l++) {
		series[l] = step_series(ctx, "rssi_sweep", (int)l + 1);
		name_axes(series[l]);
	}
	for (guint i = 0; i < sweep->n; i++) {
		struct module_monitors monitors;

		if (!set_average(ctx, sweep->average_dbm[i], error) ||
		    !module_read_monitors(step_module(ctx), &monitors, step_bounds(ctx), error))
			return FALSE;
		for (guint l = 0; l < n_lanes; l++) {
			double off_db =
				unit_dbm_from_watt(monitors.rx_power_w[l]) - sweep->average_dbm[i];
			g_array_append_val(series[l]->x, sweep->average_dbm[i]);
			g_array_append_val(series[l]->y, off_db);
			/* a reading of nothing is the worst there is, and stays so */
			if (!(fabs(off_db) <= fabs(worst_db[l])))
				worst_db[l] = off_db;
		}
	}
	for (guint l = 0; l < n_lanes; l++)
		if (fitted[l])
			step_measure(ctx, "cal_rx_monitor_residual", (int)l + 1, worst_db[l], "dB",
			             rx_path_uncertainty_db(ctx));
	return TRUE;
}

static gboolean rx_monitor_calibrate(struct step_context *ctx, GError **error)
{
	gboolean fitted[CONFIG_LANES_MAX];
	struct sweep sweep;

	if (!constants_unlock(ctx, error) || !rx_path_light_on(ctx, error) ||
	    !take_sweep(ctx, &sweep, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!settle_lane(ctx, &sweep, (int)lane, &fitted[lane - 1], error))
			return FALSE;
	return verify(ctx, &sweep, fitted, error) && rx_path_light_off(ctx, error);
}

static const struct step_param params[] = {
	RX_PATH_PARAMS,
	{"from", "dBm", "1.0 dBm", "highest average power of the sweep"},
	{"to", "dBm", "-12 dBm", "lowest average power of the sweep"},
	{"points", STEP_COUNT, "8", "points of the sweep", 3, 24},
	{"settle", "s", "150 ms", "from a change to the reading"},
	{0},
};

const struct step_def step_rx_monitor_calibrate = {
	.name = "rx-monitor-calibrate",
	.help = "slope and offset of every receiver's power monitor over an attenuator sweep",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 240,
	.params = params,
	.run = rx_monitor_calibrate,
};

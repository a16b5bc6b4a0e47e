/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/unit.h"
#include "signal/fit.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"
#include "station/steps/readings.h"

#include <math.h>

/* The readings of every corner, those left out with hardly any light in them. */
static guint usable_points(struct step_context *ctx, GArray *raw_w, GArray *power_w)
{
	double least_w = unit_watt_from_dbm(step_number(ctx, "least"));
	guint n = 0;

	readings_points(ctx, READINGS_TX_MONITOR, step_lane(ctx), raw_w, power_w);
	for (guint i = 0; i < raw_w->len; i++) {
		if (!(g_array_index(power_w, double, i) >= least_w))
			continue;
		g_array_index(raw_w, double, n) = g_array_index(raw_w, double, i);
		g_array_index(power_w, double, n++) = g_array_index(power_w, double, i);
	}
	g_array_set_size(raw_w, n);
	g_array_set_size(power_w, n);
	return n;
}

static void draw(struct step_context *ctx, const GArray *raw_w, const GArray *power_w,
                 const struct fit_line *fit)
{
	struct record_series *series = step_series(ctx, "tx_monitor_fit", step_lane(ctx));

	readings_name(series, "average power", "W", "monitor minus power", "dB");
	for (guint i = 0; i < raw_w->len; i++) {
		double power = g_array_index(power_w, double, i);
		double told = fit_line_at(fit, g_array_index(raw_w, double, i));
		double off_db = unit_db_from_ratio(told / power);

		g_array_append_val(series->x, power);
		g_array_append_val(series->y, off_db);
	}
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
	if (!(power_dbm > TX_PATH_DARK_DBM) || !(monitors.tx_power_w[lane - 1] > 0)) {
		step_no_value_by_unit(ctx, "cal_tx_monitor_residual", lane, "dB",
		                      "no light at the operating point");
		return TRUE;
	}
	step_measure(ctx, "cal_tx_monitor_residual", lane,
	             unit_dbm_from_watt(monitors.tx_power_w[lane - 1]) - power_dbm, "dB",
	             tx_path_power_uncertainty_db(ctx));
	return TRUE;
}

static gboolean tx_monitor_calibrate(struct step_context *ctx, GError **error)
{
	g_autoptr(GArray) raw_w = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) power_w = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GError) local = NULL;
	guint n = usable_points(ctx, raw_w, power_w);
	gboolean slope_taken, offset_taken;
	int lane = step_lane(ctx);
	struct fit_line fit;

	if (!constants_unlock(ctx, error))
		return FALSE;
	if (!fit_line_relative((const double *)raw_w->data, (const double *)power_w->data, n, &fit,
	                       &local)) {
		step_check(ctx, "tx_monitor_follows", lane, FALSE,
		           "the transmitter's monitor does not follow its power: %s",
		           local->message);
		return TRUE;
	}
	draw(ctx, raw_w, power_w, &fit);
	g_autofree char *how =
		g_strdup_printf("line of least relative error through %u readings", n);
	struct constant_source source = {how, "tx_monitor_fit",
	                                 unit_db_from_ratio(1 + fit.relative_max), "dB"};
	if (!constants_settle(ctx, "tx_mon_slope", lane, fit.slope, &source, &slope_taken, error) ||
	    !constants_settle(ctx, "tx_mon_offset", lane, fit.offset, &source, &offset_taken,
	                      error))
		return FALSE;
	return !slope_taken || !offset_taken || measure_residual(ctx, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"least", "dBm", "-6 dBm", "readings with less light take no part"},
	{"settle", "s", "150 ms", "from a change to the reading"},
	{0},
};

const struct step_def step_tx_monitor_calibrate = {
	.name = "tx-monitor-calibrate",
	.help = "slope and offset of the transmitter power monitor, from the readings of tx-li at "
		"every corner",
	.scope = STEP_LANE,
	.needs = TX_POWER_NEEDS,
	.limit_s = 120,
	.params = params,
	.run = tx_monitor_calibrate,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/unit.h"
#include "instruments/supply.h"
#include "instruments/thermal.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

#define POINTS_MAX 8

static gboolean compare_unit(struct step_context *ctx, GError **error)
{
	const struct bounds *bounds = step_bounds(ctx);
	struct module_monitors monitors;
	double degc, volt, ampere;

	if (!thermal_read_degc(step_instrument(ctx, INSTRUMENT_THERMAL), &degc, bounds, error) ||
	    !supply_measure(step_instrument(ctx, INSTRUMENT_SUPPLY), step_site(ctx)->supply_channel,
	                    &volt, &ampere, bounds, error) ||
	    !module_read_monitors(step_module(ctx), &monitors, bounds, error))
		return FALSE;
	step_measure(ctx, "temp_monitor_error", 0, monitors.temperature_degc - degc, "degC",
	             step_uncertainty(ctx, INSTRUMENT_THERMAL));
	step_measure(ctx, "vcc_monitor_error", 0, monitors.vcc_v - volt, "V",
	             step_uncertainty(ctx, INSTRUMENT_SUPPLY));
	return TRUE;
}

/* A monitor that reads nothing has no logarithm; it is not a small error. */
static void report_db(struct step_context *ctx, const char *id, int lane, double off_db,
                      double uncertainty_db)
{
	if (isfinite(off_db))
		step_measure(ctx, id, lane, off_db, "dB", uncertainty_db);
	else
		step_no_value_by_unit(ctx, id, lane, "dB", "the monitor reads no power");
	step_check(ctx, "monitor_reads", lane, isfinite(off_db), "%s: the monitor reads no power",
	           id);
}

static gboolean compare_tx(struct step_context *ctx, GError **error)
{
	struct module_monitors monitors;

	if (!module_read_monitors(step_module(ctx), &monitors, step_bounds(ctx), error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		double power_dbm;

		if (!tx_path_power_dbm(ctx, (int)lane, &power_dbm, error))
			return FALSE;
		report_db(ctx, "tx_monitor_error", (int)lane,
		          unit_dbm_from_watt(monitors.tx_power_w[lane - 1]) - power_dbm,
		          tx_path_power_uncertainty_db(ctx));
	}
	return TRUE;
}

static gboolean compare_rx(struct step_context *ctx, GError **error)
{
	gboolean is_average = module_identity(step_module(ctx))->rx_power_is_average;
	double from = step_number(ctx, "from"), to = step_number(ctx, "to");
	guint n = step_count(ctx, "points");
	double worst_db[CONFIG_LANES_MAX] = {0};

	for (guint i = 0; i < n; i++) {
		double power_dbm = from + (to - from) * i / (n - 1);
		struct module_monitors monitors;

		if (!rx_path_set_all_power(ctx, power_dbm, is_average, error) ||
		    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
		    !module_read_monitors(step_module(ctx), &monitors, step_bounds(ctx), error))
			return FALSE;
		for (guint l = 0; l < step_n_lanes(ctx); l++) {
			double off_db = unit_dbm_from_watt(monitors.rx_power_w[l]) - power_dbm;
			if (!(fabs(off_db) <= fabs(worst_db[l])))
				worst_db[l] = off_db;
		}
	}
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		report_db(ctx, "rx_monitor_error", (int)l + 1, worst_db[l],
		          rx_path_uncertainty_db(ctx));
	return TRUE;
}

static gboolean monitor_accuracy(struct step_context *ctx, GError **error)
{
	return compare_unit(ctx, error) && compare_tx(ctx, error) && rx_path_light_on(ctx, error) &&
	       compare_rx(ctx, error) && rx_path_light_off(ctx, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"from", "dBm", "0 dBm",
         "highest power at the receivers: average power, or OMA where their monitors are in OMA"},
	{"to", "dBm", "-9 dBm", "lowest power at the receivers"},
	{"points", STEP_COUNT, "3", "powers at which the receivers' monitors are compared", 2, 8},
	{"settle", "s", "150 ms", "from a change to the reading"},
	{0},
};

const struct step_def step_monitor_accuracy = {
	.name = "monitor-accuracy",
	.help = "the module's temperature, supply and power monitors against the instruments",
	.scope = STEP_UNIT,
	.needs = TX_POWER_NEEDS | RX_PATH_NEEDS | (1u << INSTRUMENT_SUPPLY) |
                 (1u << INSTRUMENT_THERMAL),
	.limit_s = 120,
	.params = params,
	.run = monitor_accuracy,
};

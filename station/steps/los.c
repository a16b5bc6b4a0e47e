/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "station/steps/constants.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"

#include <math.h>

/* The thresholds compare the raw reading; the line found for the monitor says what that is. */
static gboolean settle_threshold(struct step_context *ctx, const char *knob, int lane,
                                 double power_dbm, GError **error)
{
	double slope, offset_w;
	gboolean taken;

	if (!constants_read(ctx, "rx_mon_slope", lane, &slope, error) ||
	    !constants_read(ctx, "rx_mon_offset", lane, &offset_w, error))
		return FALSE;
	return constants_settle(ctx, knob, lane, (unit_watt_from_dbm(power_dbm) - offset_w) / slope,
	                        &taken, error);
}

static gboolean los_calibrate(struct step_context *ctx, GError **error)
{
	if (!constants_unlock(ctx, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!settle_threshold(ctx, "los_assert", (int)lane, step_number(ctx, "assert"),
		                      error) ||
		    !settle_threshold(ctx, "los_deassert", (int)lane, step_number(ctx, "deassert"),
		                      error))
			return FALSE;
	return TRUE;
}

static const struct step_param calibrate_params[] = {
	{"assert", "dBm", "-13.5 dBm", "average power below which loss of signal is to be told"},
	{"deassert", "dBm", "-12.0 dBm", "average power above which it is to be gone"},
	{0},
};

const struct step_def step_los_calibrate = {
	.name = "los-calibrate",
	.help = "thresholds of loss of signal, by the monitor's calibration",
	.scope = STEP_UNIT,
	.limit_s = 60,
	.params = calibrate_params,
	.run = los_calibrate,
};

/* The flag is latched: the first reading clears what has been, the second tells what is. */
static gboolean read_los(struct step_context *ctx, guint8 *lanes, GError **error)
{
	struct module_flags flags;

	if (!clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !module_read_flags(step_module(ctx), &flags, step_bounds(ctx), error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !module_read_flags(step_module(ctx), &flags, step_bounds(ctx), error))
		return FALSE;
	*lanes = flags.rx_los;
	return TRUE;
}

struct crossing {
	double assert_dbm[CONFIG_LANES_MAX], deassert_dbm[CONFIG_LANES_MAX]; /* NAN: not seen */
};

/* One way of the sweep; notes the first power at which each lane's flag is as wanted. */
static gboolean sweep(struct step_context *ctx, double from_dbm, double step_db, guint n,
                      gboolean wanted, double *crossing_dbm, GError **error)
{
	for (guint i = 0; i <= n; i++) {
		double average_dbm = from_dbm + step_db * i;
		guint8 los;

		for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
			if (!rx_path_set_oma(ctx, (int)lane,
			                     rx_path_oma_from_average_dbm(ctx, (int)lane,
			                                                  average_dbm),
			                     error))
				return FALSE;
		if (!read_los(ctx, &los, error))
			return FALSE;
		for (guint l = 0; l < step_n_lanes(ctx); l++)
			if (isnan(crossing_dbm[l]) && ((los >> l) & 1) == (wanted ? 1 : 0))
				crossing_dbm[l] = average_dbm;
		step_progress(ctx, (double)i / (n + 1), "loss of signal");
	}
	return TRUE;
}

static double sweep_step_db(const struct step_context *ctx)
{
	return (step_number(ctx, "from") - step_number(ctx, "to")) /
	       (step_count(ctx, "points") - 1);
}

static void report_lane(struct step_context *ctx, const struct crossing *seen, guint l)
{
	double uncertainty_db = hypot(rx_path_uncertainty_db(ctx), sweep_step_db(ctx) / 2);
	int lane = (int)l + 1;

	if (isnan(seen->assert_dbm[l]))
		step_no_value_by_unit(ctx, "los_assert", lane, "dBm",
		                      "never asserted in the sweep");
	else
		step_measure(ctx, "los_assert", lane, seen->assert_dbm[l], "dBm", uncertainty_db);
	if (isnan(seen->deassert_dbm[l]))
		step_no_value_by_unit(ctx, "los_deassert", lane, "dBm",
		                      "never went away in the sweep");
	else
		step_measure(ctx, "los_deassert", lane, seen->deassert_dbm[l], "dBm",
		             uncertainty_db);
	if (!isnan(seen->assert_dbm[l]) && !isnan(seen->deassert_dbm[l]))
		step_measure(ctx, "los_hysteresis", lane,
		             seen->deassert_dbm[l] - seen->assert_dbm[l], "dB", sweep_step_db(ctx));
	step_check(ctx, "los_works", lane,
	           !isnan(seen->assert_dbm[l]) && !isnan(seen->deassert_dbm[l]),
	           "loss of signal was not told or did not go away between %.1f and %.1f dBm",
	           step_number(ctx, "from"), step_number(ctx, "to"));
}

static gboolean los_measure(struct step_context *ctx, GError **error)
{
	double from = step_number(ctx, "from"), to = step_number(ctx, "to");
	guint n = step_count(ctx, "points") - 1;
	double step_db = sweep_step_db(ctx);
	struct crossing seen;
	guint8 los;

	if (!(step_db > 0)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "los-measure: from must be above to");
		return FALSE;
	}
	for (guint l = 0; l < CONFIG_LANES_MAX; l++)
		seen.assert_dbm[l] = seen.deassert_dbm[l] = NAN;
	if (!rx_path_light_on(ctx, error) ||
	    !rx_path_set_all_oma(ctx, step_number(ctx, "clear"), error) ||
	    !read_los(ctx, &los, error) ||
	    !sweep(ctx, from, -step_db, n, TRUE, seen.assert_dbm, error) ||
	    !sweep(ctx, to, step_db, n, FALSE, seen.deassert_dbm, error) ||
	    !rx_path_light_off(ctx, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		report_lane(ctx, &seen, l);
	return TRUE;
}

static const struct step_param measure_params[] = {
	RX_PATH_PARAMS,
	{"clear", "dBm", "-3 dBm", "OMA at which no lane has lost its signal"},
	{"from", "dBm", "-10.5 dBm", "highest average power of the sweep"},
	{"to", "dBm", "-16 dBm", "lowest average power of the sweep"},
	{"points", STEP_COUNT, "23", "points of the sweep, each way", 2, 200},
	{"settle", "s", "100 ms", "from a change to the reading"},
	{0},
};

const struct step_def step_los_measure = {
	.name = "los-measure",
	.help = "power at which loss of signal is told and at which it goes away",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 240,
	.params = measure_params,
	.run = los_measure,
};

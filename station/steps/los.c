/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "station/steps/constants.h"
#include "station/steps/rx_monitor.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"

#include <math.h>

/* --- calibrate ------------------------------------------------------------------------------- */

struct thresholds {
	double assert_dbm, deassert_dbm; /* as the module's LOS is: average power or OMA */
};

/* A power at a lane, from what the module's LOS looks at to what its monitor, whose raw reading is
 * compared, is in; both of the reference transmitter's light. */
static double monitor_dbm(const struct step_context *ctx, const struct cmis_identity *module,
                          int lane, double los_dbm)
{
	if (module->rx_los_is_average == module->rx_power_is_average)
		return los_dbm;
	return module->rx_power_is_average ? rx_path_average_from_oma_dbm(ctx, lane, los_dbm)
	                                   : rx_path_oma_from_average_dbm(ctx, lane, los_dbm);
}

/*
 * LOS has to be gone wherever a receiver must still work. Both are compared as OMA; the plan gives
 * all of them, so what does not fit together is its mistake.
 */
static gboolean thresholds_are_possible(const struct step_context *ctx,
                                        const struct cmis_identity *module,
                                        const struct thresholds *want, GError **error)
{
	double most_dbm = step_number(ctx, "sensitivity") - step_number(ctx, "margin");

	if (!(want->deassert_dbm - want->assert_dbm >= step_number(ctx, "hysteresis"))) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "los-calibrate: assert (%.2f dBm) must be %.2f dB or more below "
		                  "deassert (%.2f dBm)",
		                  want->assert_dbm, step_number(ctx, "hysteresis"),
		                  want->deassert_dbm);
		return FALSE;
	}
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		double oma_dbm =
			module->rx_los_is_average
				? rx_path_oma_from_average_dbm(ctx, (int)lane, want->deassert_dbm)
				: want->deassert_dbm;

		if (oma_dbm <= most_dbm)
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "los-calibrate: deassert is at %.2f dBm OMA; receivers must work "
		                  "at %.2f dBm, and %.2f dB below that LOS has to be gone",
		                  oma_dbm, step_number(ctx, "sensitivity"),
		                  step_number(ctx, "margin"));
		return FALSE;
	}
	return TRUE;
}

/* The thresholds compare the raw reading; the curve found for the monitor says what that is. */
static gboolean settle_lane(struct step_context *ctx, const struct cmis_identity *module, int lane,
                            const struct thresholds *want, GError **error)
{
	static const struct constant_source source =
		{"power asked for, through the curve of the receiver's monitor", "rx_monitor_fit",
	         NAN, NULL};
	double assert_w = unit_watt_from_dbm(monitor_dbm(ctx, module, lane, want->assert_dbm));
	double deassert_w = unit_watt_from_dbm(monitor_dbm(ctx, module, lane, want->deassert_dbm));
	struct rx_monitor_curve curve;
	gboolean taken;

	if (!rx_monitor_read_curve(ctx, lane, &curve, error))
		return FALSE;
	double assert_raw_w = rx_monitor_raw_w(&curve, assert_w);
	double deassert_raw_w = rx_monitor_raw_w(&curve, deassert_w);
	/* a NaN is no threshold */
	gboolean ok = assert_raw_w > 0.0 && assert_raw_w < deassert_raw_w;
	step_check(ctx, "los_thresholds", lane, ok,
	           "the receiver's monitor has no reading for %.2f or %.2f dBm", want->assert_dbm,
	           want->deassert_dbm);
	return !ok ||
	       (constants_settle(ctx, "los_assert", lane, assert_raw_w, &source, &taken, error) &&
	        constants_settle(ctx, "los_deassert", lane, deassert_raw_w, &source, &taken,
	                         error));
}

static gboolean los_calibrate(struct step_context *ctx, GError **error)
{
	struct thresholds want = {step_number(ctx, "assert"), step_number(ctx, "deassert")};
	const struct cmis_identity *module;

	if (!constants_unlock(ctx, error))
		return FALSE;
	/* a module whose pages are open has been identified */
	module = module_identity(step_module(ctx));
	if (!thresholds_are_possible(ctx, module, &want, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!settle_lane(ctx, module, (int)lane, &want, error))
			return FALSE;
	return TRUE;
}

static const struct step_param calibrate_params[] = {
	{"assert", "dBm", "-13.5 dBm",
         "power below which loss of signal is to be told: average power, or OMA where the module's "
         "LOS looks at OMA"},
	{"deassert", "dBm", "-12.0 dBm", "power above which it is to be gone"},
	{"hysteresis", "dB", "0.5 dB", "least distance between the two"},
	{"sensitivity", "dBm", "-6.8 dBm",
         "OMA at which receivers of the type must work; the default is the least of all types"},
	{"margin", "dB", "1.0 dB", "so far below that, LOS has to be gone"},
	{0},
};

const struct step_def step_los_calibrate = {
	.name = "los-calibrate",
	.help = "thresholds of loss of signal, by the curve of the receiver's power monitor",
	.scope = STEP_UNIT,
	.limit_s = 60,
	.params = calibrate_params,
	.run = los_calibrate,
};

/* --- measure --------------------------------------------------------------------------------- */

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
	/* half-way between the two points, of the path's power; NAN: not seen */
	double assert_dbm[CONFIG_LANES_MAX], deassert_dbm[CONFIG_LANES_MAX];
};

static double sweep_step_db(const struct step_context *ctx)
{
	return (step_number(ctx, "from") - step_number(ctx, "to")) /
	       (step_count(ctx, "points") - 1);
}

static gboolean all_crossed(const struct step_context *ctx, const double *crossing_dbm)
{
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		if (isnan(crossing_dbm[l]))
			return FALSE;
	return TRUE;
}

/*
 * One way of the sweep, until every lane's flag is as wanted; it became so between two points,
 * which is noted. power_dbm: where to begin, then where it ended.
 */
static gboolean sweep(struct step_context *ctx, double *power_dbm, double to_dbm, gboolean wanted,
                      double *crossing_dbm, GError **error)
{
	gboolean is_average = module_identity(step_module(ctx))->rx_los_is_average;
	double from_dbm = *power_dbm, step_db = copysign(sweep_step_db(ctx), to_dbm - from_dbm);
	guint n = (guint)lround((to_dbm - from_dbm) / step_db);

	for (guint i = 0; i <= n && !all_crossed(ctx, crossing_dbm); i++) {
		guint8 los;

		*power_dbm = from_dbm + step_db * i;
		if (!rx_path_set_all_power(ctx, *power_dbm, is_average, error) ||
		    !read_los(ctx, &los, error))
			return FALSE;
		for (guint l = 0; l < step_n_lanes(ctx); l++)
			if (isnan(crossing_dbm[l]) && ((los >> l) & 1) == (wanted ? 1 : 0))
				crossing_dbm[l] = *power_dbm - (i > 0 ? step_db / 2 : 0);
		step_progress(ctx, (double)i / (n + 1), "loss of signal");
	}
	return TRUE;
}

static void report_lane(struct step_context *ctx, const struct crossing *seen, guint l)
{
	/* k = 2 of what may be anywhere between two points */
	double step_db = sweep_step_db(ctx) / sqrt(3);
	double uncertainty_db = hypot(rx_path_uncertainty_db(ctx), step_db);
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
		             seen->deassert_dbm[l] - seen->assert_dbm[l], "dB", M_SQRT2 * step_db);
	step_check(ctx, "los_works", lane,
	           !isnan(seen->assert_dbm[l]) && !isnan(seen->deassert_dbm[l]),
	           "loss of signal was not told or did not go away between %.1f and %.1f dBm",
	           step_number(ctx, "from"), step_number(ctx, "to"));
}

static gboolean los_measure(struct step_context *ctx, GError **error)
{
	double from = step_number(ctx, "from"), to = step_number(ctx, "to"), power_dbm = from;
	struct crossing seen;
	guint8 los;

	if (!(from > to)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "los-measure: from must be above to");
		return FALSE;
	}
	for (guint l = 0; l < CONFIG_LANES_MAX; l++)
		seen.assert_dbm[l] = seen.deassert_dbm[l] = NAN;
	if (!rx_path_light_on(ctx, error) ||
	    !rx_path_set_all_oma(ctx, step_number(ctx, "clear"), error) ||
	    !read_los(ctx, &los, error) ||
	    !sweep(ctx, &power_dbm, to, TRUE, seen.assert_dbm, error) ||
	    !sweep(ctx, &power_dbm, from, FALSE, seen.deassert_dbm, error) ||
	    !rx_path_light_off(ctx, error))
		return FALSE;
	if (!module_identity(step_module(ctx))->rx_los_is_average)
		step_remark(ctx, "loss of signal of this module looks at OMA: so are its powers");
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		report_lane(ctx, &seen, l);
	return TRUE;
}

static const struct step_param measure_params[] = {
	{"clear", "dBm", "-3 dBm", "OMA at which no lane has lost its signal"},
	{"from", "dBm", "-8.5 dBm",
         "highest power of the sweep: average power, or OMA where the module's LOS looks at OMA"},
	{"to", "dBm", "-16.5 dBm", "lowest power of the sweep"},
	{"points", STEP_COUNT, "33",
         "points of the sweep, each way; it ends where all lanes have crossed", 2, 200},
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

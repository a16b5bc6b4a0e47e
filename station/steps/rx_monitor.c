/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/rx_monitor.h"

#include "base/clock.h"
#include "base/unit.h"
#include "station/steps/constants.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"
#include "station/steps/readings.h"

#include <math.h>

#define POINTS_MAX   24
#define CURVE_POINTS 60
#define FIT_SERIES   "rx_monitor_fit"

struct sweep {
	gboolean is_average; /* what the module's monitor is in; else OMA */
	guint n;
	double power_dbm[POINTS_MAX], power_w[POINTS_MAX];
	double dark_w[CONFIG_LANES_MAX]; /* raw, by lane - 1, likewise the next */
	double raw_w[CONFIG_LANES_MAX][POINTS_MAX];
};

/* --- the three forms ------------------------------------------------------------------------- */

enum rx_monitor_form rx_monitor_form_of(const struct knob_map *map)
{
	if (knob_map_has(map, "rx_mon_quad"))
		return RX_MONITOR_QUADRATIC;
	return knob_map_has(map, "rx_mon_break") ? RX_MONITOR_TWO_SLOPES : RX_MONITOR_LINE;
}

static const char *form_text(enum rx_monitor_form form)
{
	switch (form) {
	case RX_MONITOR_QUADRATIC:
		return "parabola";
	case RX_MONITOR_TWO_SLOPES:
		return "two straight pieces";
	case RX_MONITOR_LINE:
		break;
	}
	return "line";
}

/* Where each number of a curve is kept; null behind the last. */
static void curve_knobs(struct rx_monitor_curve *curve, const char *names[6], double *values[6])
{
	guint n = 0;

	names[n] = "rx_mon_slope";
	values[n++] = &curve->slope;
	names[n] = "rx_mon_offset";
	values[n++] = &curve->offset_w;
	if (curve->form == RX_MONITOR_QUADRATIC) {
		names[n] = "rx_mon_quad";
		values[n++] = &curve->quad_per_w;
	}
	if (curve->form == RX_MONITOR_TWO_SLOPES) {
		names[n] = "rx_mon_break";
		values[n++] = &curve->break_raw_w;
		names[n] = "rx_mon_slope_high";
		values[n++] = &curve->slope_high;
		names[n] = "rx_mon_offset_high";
		values[n++] = &curve->offset_high_w;
	}
	names[n] = NULL;
}

gboolean rx_monitor_read_curve(struct step_context *ctx, int lane, struct rx_monitor_curve *curve,
                               GError **error)
{
	const char *names[6];
	double *values[6];

	*curve = (struct rx_monitor_curve){.form = rx_monitor_form_of(step_knobs(ctx))};
	curve_knobs(curve, names, values);
	for (guint i = 0; names[i]; i++)
		if (!constants_read(ctx, names[i], lane, values[i], error))
			return FALSE;
	return TRUE;
}

/* --- readings -------------------------------------------------------------------------------- */

static double point_dbm(const struct step_context *ctx, guint i, guint n)
{
	double from = step_number(ctx, "from"), to = step_number(ctx, "to");

	return from + (to - from) * i / (n - 1);
}

static gboolean settle(struct step_context *ctx, GError **error)
{
	return clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

/*
 * With the shutters still closed. It is what a receiver reads of nothing; every form has a constant
 * that takes it up, so it is not subtracted from the readings but shows what they are worth.
 */
static gboolean read_dark(struct step_context *ctx, struct sweep *sweep, GError **error)
{
	if (!settle(ctx, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		if (!constants_read(ctx, "rx_mon_raw", (int)l + 1, &sweep->dark_w[l], error))
			return FALSE;
		step_measure(ctx, "cal_rx_dark", (int)l + 1, sweep->dark_w[l], "W", NAN);
	}
	return TRUE;
}

/* All lanes at once: every receiver sees the same power at the same time. */
static gboolean take_sweep(struct step_context *ctx, struct sweep *sweep, GError **error)
{
	sweep->n = step_count(ctx, "points");
	for (guint i = 0; i < sweep->n; i++) {
		sweep->power_dbm[i] = point_dbm(ctx, i, sweep->n);
		sweep->power_w[i] = unit_watt_from_dbm(sweep->power_dbm[i]);
		if (!rx_path_set_all_power(ctx, sweep->power_dbm[i], sweep->is_average, error) ||
		    !settle(ctx, error))
			return FALSE;
		for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
			if (!constants_read(ctx, "rx_mon_raw", (int)lane,
			                    &sweep->raw_w[lane - 1][i], error))
				return FALSE;
		step_progress(ctx, (double)i / sweep->n, "receiver power sweep");
	}
	return TRUE;
}

/* --- the fit --------------------------------------------------------------------------------- */

static void draw_fit(struct step_context *ctx, const struct sweep *sweep, int lane,
                     const struct rx_monitor_fit *fit)
{
	struct record_series *series = step_series(ctx, FIT_SERIES, lane);

	readings_name(series, "reading before calibration", "W",
	              rx_path_power_name(sweep->is_average), "W");
	g_array_append_vals(series->x, sweep->raw_w[lane - 1], sweep->n);
	g_array_append_vals(series->y, sweep->power_w, sweep->n);
	series->x_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_fit = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i <= CURVE_POINTS; i++) {
		double raw_w =
			fit->raw_min_w + (fit->raw_max_w - fit->raw_min_w) * i / CURVE_POINTS;
		double power_w = rx_monitor_power_w(&fit->curve, raw_w);

		g_array_append_val(series->x_fit, raw_w);
		g_array_append_val(series->y_fit, power_w);
	}
}

/* Whether the curve may be written; says why not. */
static gboolean follows(struct step_context *ctx, const struct sweep *sweep, int lane,
                        const struct rx_monitor_fit *fit)
{
	static const char what[] = "the receiver's monitor does not follow the light";
	double dark_w = sweep->dark_w[lane - 1], most_db = step_number(ctx, "follows");

	if (fit->reason)
		step_check(ctx, "rx_monitor_follows", lane, FALSE, "%s: %s", what, fit->reason);
	else if (!(dark_w < 0.5 * fit->raw_min_w))
		step_check(ctx, "rx_monitor_follows", lane, FALSE,
		           "%s: %.1f uW are read in the dark, %.1f uW at the weakest light", what,
		           1e6 * dark_w, 1e6 * fit->raw_min_w);
	else if (!(fit->residual_db <= most_db))
		step_check(ctx, "rx_monitor_follows", lane, FALSE,
		           "%s: the best %s is still %.1f dB off", what, form_text(fit->curve.form),
		           fit->residual_db);
	else
		return TRUE;
	return FALSE;
}

static gboolean write_curve(struct step_context *ctx, const struct sweep *sweep, int lane,
                            struct rx_monitor_fit *fit, gboolean *written, GError **error)
{
	g_autofree char *how = g_strdup_printf("%s of least relative error through %u readings",
	                                       form_text(fit->curve.form), sweep->n);
	struct constant_source source = {how, FIT_SERIES, fit->residual_db, "dB"};
	const char *names[6];
	double *values[6];

	*written = TRUE;
	curve_knobs(&fit->curve, names, values);
	for (guint i = 0; names[i]; i++) {
		gboolean taken;

		if (!constants_settle(ctx, names[i], lane, *values[i], &source, &taken, error))
			return FALSE;
		*written = *written && taken;
	}
	return TRUE;
}

static gboolean settle_lane(struct step_context *ctx, const struct sweep *sweep, int lane,
                            gboolean *written, GError **error)
{
	g_autoptr(GError) local = NULL;
	struct rx_monitor_fit fit;

	*written = FALSE;
	if (!rx_monitor_fit(rx_monitor_form_of(step_knobs(ctx)), sweep->raw_w[lane - 1],
	                    sweep->power_w, sweep->n, &fit, &local)) {
		step_check(ctx, "rx_monitor_follows", lane, FALSE,
		           "the receiver's monitor does not follow the light: %s", local->message);
		return TRUE;
	}
	draw_fit(ctx, sweep, lane, &fit);
	return !follows(ctx, sweep, lane, &fit) ||
	       write_curve(ctx, sweep, lane, &fit, written, error);
}

/* --- what is left ---------------------------------------------------------------------------- */

/* The calibrated readings over the same sweep: the largest difference is the lane's residual. */
static gboolean verify(struct step_context *ctx, const struct sweep *sweep, const gboolean *written,
                       GError **error)
{
	struct record_series *series[CONFIG_LANES_MAX];
	double worst_db[CONFIG_LANES_MAX] = {0};
	guint n_lanes = step_n_lanes(ctx);

	for (guint l = 0; l < n_lanes; l++) {
		series[l] = step_series(ctx, "rssi_sweep", (int)l + 1);
		readings_name(series[l], rx_path_power_name(sweep->is_average), "dBm",
		              "monitor minus power", "dB");
	}
	for (guint i = 0; i < sweep->n; i++) {
		struct module_monitors monitors;

		if (!rx_path_set_all_power(ctx, sweep->power_dbm[i], sweep->is_average, error) ||
		    !settle(ctx, error) ||
		    !module_read_monitors(step_module(ctx), &monitors, step_bounds(ctx), error))
			return FALSE;
		for (guint l = 0; l < n_lanes; l++) {
			double off_db =
				unit_dbm_from_watt(monitors.rx_power_w[l]) - sweep->power_dbm[i];
			g_array_append_val(series[l]->x, sweep->power_dbm[i]);
			g_array_append_val(series[l]->y, off_db);
			/* a reading of nothing is the worst there is, and stays so */
			if (!(fabs(off_db) <= fabs(worst_db[l])))
				worst_db[l] = off_db;
		}
	}
	for (guint l = 0; l < n_lanes; l++)
		if (written[l])
			step_measure(ctx, "cal_rx_monitor_residual", (int)l + 1, worst_db[l], "dB",
			             rx_path_uncertainty_db(ctx));
	return TRUE;
}

static gboolean rx_monitor_calibrate(struct step_context *ctx, GError **error)
{
	gboolean written[CONFIG_LANES_MAX];
	struct sweep sweep;

	if (!constants_unlock(ctx, error) || !rx_path_light_on(ctx, error))
		return FALSE;
	/* a module whose pages are open has been identified */
	sweep.is_average = module_identity(step_module(ctx))->rx_power_is_average;
	if (!read_dark(ctx, &sweep, error) || !take_sweep(ctx, &sweep, error))
		return FALSE;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!settle_lane(ctx, &sweep, (int)lane, &written[lane - 1], error))
			return FALSE;
	return verify(ctx, &sweep, written, error) && rx_path_light_off(ctx, error);
}

static const struct step_param params[] = {
	{"from", "dBm", "1.0 dBm",
         "highest power of the sweep: average power, or OMA where the module's monitor is in OMA"},
	{"to", "dBm", "-12 dBm", "lowest power of the sweep"},
	{"points", STEP_COUNT, "10", "points of the sweep", 5, POINTS_MAX},
	{"settle", "s", "150 ms", "from a change to the reading"},
	{"follows", "dB", "3 dB", "a curve that misses a reading by more is not written"},
	{0},
};

const struct step_def step_rx_monitor_calibrate = {
	.name = "rx-monitor-calibrate",
	.help = "curve of every receiver's power monitor over an attenuator sweep: a line, a "
		"parabola or two slopes, as the product has it",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 300,
	.params = params,
	.run = rx_monitor_calibrate,
};

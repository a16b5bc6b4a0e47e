/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/unit.h"
#include "signal/fit_li.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"
#include "station/steps/readings.h"

#include <math.h>

#define POINTS_MAX 40
#define MODULATION "mod_current"
/* The curve above the threshold, roll-over included, is smooth: a parabola leaves little of it. */
#define SMOOTH_DEGREE 2
/* From so much above the threshold on, where the knee has no part in it any more. */
#define ABOVE_KNEE 1.3
/* So much of the most light is more than what a laser gives below its threshold. */
#define LIT 0.1

struct sweep {
	guint n;
	double current_a[POINTS_MAX], power_w[POINTS_MAX], raw_w[POINTS_MAX];
};

static gboolean take_point(struct step_context *ctx, double current_a, struct sweep *sweep,
                           GError **error)
{
	int lane = step_lane(ctx);
	double power_dbm;
	guint i = sweep->n;

	if (!constants_try(ctx, "laser_bias", lane, current_a, error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !tx_path_power_dbm(ctx, lane, &power_dbm, error) ||
	    !constants_read(ctx, "tx_mon_raw", lane, &sweep->raw_w[i], error) ||
	    !constants_read(ctx, "laser_bias", lane, &sweep->current_a[i], error))
		return FALSE;
	sweep->power_w[i] = unit_watt_from_dbm(power_dbm);
	sweep->n++;
	return TRUE;
}

/* From low to high, closer where the threshold is to be seen, then back to where the laser was. */
static gboolean take_points(struct step_context *ctx, struct sweep *sweep, GError **error)
{
	const struct knob *knob = knob_map_find(step_knobs(ctx), "laser_bias", error);
	guint n = step_count(ctx, "points");
	double before_a, least_a, most_a;
	gboolean ok = TRUE;

	if (!knob || !constants_read(ctx, "laser_bias", step_lane(ctx), &before_a, error))
		return FALSE;
	knob_limits(knob, &least_a, &most_a);
	for (guint i = 0; ok && i < n; i++) {
		double from = step_number(ctx, "from"), to = step_number(ctx, "to");
		double t = (double)i / (n - 1), part = from + (to - from) * t * sqrt(t);

		ok = take_point(ctx, least_a + part * (most_a - least_a), sweep, error);
	}
	return constants_put_back(ctx, "laser_bias", step_lane(ctx), before_a, ok ? error : NULL) &&
	       ok;
}

/*
 * A directly modulated laser swings through its threshold when its current is low: the average
 * light would have no knee. It is not modulated meanwhile.
 */
static gboolean take_sweep(struct step_context *ctx, struct sweep *sweep, GError **error)
{
	int lane = step_lane(ctx);
	double before_a;
	gboolean ok;

	if (!knob_map_has(step_knobs(ctx), MODULATION))
		return take_points(ctx, sweep, error);
	if (!constants_read(ctx, MODULATION, lane, &before_a, error))
		return FALSE;
	ok = constants_try(ctx, MODULATION, lane, 0, error) && take_points(ctx, sweep, error);
	return constants_put_back(ctx, MODULATION, lane, before_a, ok ? error : NULL) && ok;
}

/*
 * The largest departure from a smooth curve above the threshold, over the light there: a kink is a
 * step or a bend that a laser's gain curve does not have. NAN when too little is above.
 */
static double kink_of(const struct sweep *sweep, double threshold_a)
{
	double x[POINTS_MAX], y[POINTS_MAX], worst = 0;
	struct fit_polynomial smooth;
	guint n = 0;

	for (guint i = 0; i < sweep->n; i++) {
		if (!(sweep->current_a[i] >= threshold_a * ABOVE_KNEE))
			continue;
		x[n] = sweep->current_a[i];
		y[n++] = sweep->power_w[i];
	}
	if (n < SMOOTH_DEGREE + 3 || !fit_polynomial(x, y, NULL, n, SMOOTH_DEGREE, &smooth, NULL))
		return NAN;
	for (guint i = 0; i < n; i++)
		worst = fmax(worst, fabs(fit_polynomial_at(&smooth, x[i]) - y[i]));
	return worst / fit_polynomial_at(&smooth, x[n - 1]);
}

static void draw(struct step_context *ctx, const struct sweep *sweep, const struct fit_li *fit)
{
	struct record_series *series = step_series(ctx, "tx_li", step_lane(ctx));
	double fitted_w[POINTS_MAX];

	readings_name(series, "laser current", "A", "average power", "W");
	g_array_append_vals(series->x, sweep->current_a, sweep->n);
	g_array_append_vals(series->y, sweep->power_w, sweep->n);
	if (fit->threshold_a.status != SIGNAL_OK)
		return;
	series->marker_x = fit->threshold_a.value;
	for (guint i = 0; i < sweep->n; i++)
		fitted_w[i] = fit_li_at(fit, sweep->current_a[i]);
	readings_curve(series, sweep->current_a, fitted_w, sweep->n);
}

/* What the monitor said meanwhile, for its calibration. */
static void keep_monitor(struct step_context *ctx, const struct sweep *sweep)
{
	struct record_series *series = step_series(ctx, READINGS_TX_MONITOR, step_lane(ctx));

	readings_name(series, "monitor before calibration", "W", "average power", "W");
	g_array_append_vals(series->x, sweep->raw_w, sweep->n);
	g_array_append_vals(series->y, sweep->power_w, sweep->n);
}

/* Where light begins when nothing better says it; NAN in the dark. */
static double first_light_a(const struct sweep *sweep)
{
	double most_w = 0;

	for (guint i = 0; i < sweep->n; i++)
		most_w = fmax(most_w, sweep->power_w[i]);
	if (most_w < unit_watt_from_dbm(TX_PATH_DARK_DBM))
		return NAN;
	for (guint i = 0; i < sweep->n; i++)
		if (sweep->power_w[i] > LIT * most_w)
			return sweep->current_a[i];
	return NAN;
}

static void judge(struct step_context *ctx, const struct sweep *sweep, const struct fit_li *fit)
{
	gboolean works = fit->threshold_a.status == SIGNAL_OK;
	double most_kink = step_number(ctx, "kink");
	double kink = kink_of(sweep, works ? fit->threshold_a.value : first_light_a(sweep));
	int lane = step_lane(ctx);

	if (isfinite(kink))
		step_check(ctx, "tx_no_kink", lane, kink <= most_kink,
		           "the light departs from a smooth curve by %.1f %% of its most, more "
		           "than %.1f %%: the laser has a kink",
		           100 * kink, 100 * most_kink);
	if (works)
		step_check(ctx, "tx_laser_works", lane, isfinite(kink),
		           "a threshold of %.1f mA leaves too little light up to %.1f mA",
		           1e3 * fit->threshold_a.value, 1e3 * sweep->current_a[sweep->n - 1]);
	else
		step_check(ctx, "tx_laser_works", lane, FALSE,
		           "the light over laser current has no threshold: %s",
		           fit->threshold_a.reason ? fit->threshold_a.reason : "");
}

static gboolean tx_li(struct step_context *ctx, GError **error)
{
	int lane = step_lane(ctx);
	struct sweep sweep = {0};
	struct fit_li fit;

	if (!constants_unlock(ctx, error) || !take_sweep(ctx, &sweep, error))
		return FALSE;
	if (!fit_li(sweep.current_a, sweep.power_w, NULL, sweep.n, &fit, error))
		return FALSE;
	draw(ctx, &sweep, &fit);
	keep_monitor(ctx, &sweep);
	judge(ctx, &sweep, &fit);
	if (fit.threshold_a.status != SIGNAL_OK)
		return TRUE;
	step_measure(ctx, "tx_threshold", lane, fit.threshold_a.value, "A",
	             2 * fit.threshold_a.uncertainty);
	step_measure(ctx, "tx_slope_efficiency", lane, fit.slope_w_per_a, "W/A",
	             2 * fit.slope_sigma);
	return TRUE;
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"from", "1", "0.02", "lowest laser current, as part of what its register can hold"},
	{"to", "1", "0.6", "highest laser current, likewise"},
	{"points", STEP_COUNT, "18", "points of the sweep", 8, POINTS_MAX},
	{"kink", "1", "0.013", "largest departure from a smooth curve, as part of the most light"},
	{"settle", "s", "20 ms", "from a change to the reading"},
	{0},
};

const struct step_def step_tx_li = {
	.name = "tx-li",
	.help = "light over laser current: threshold, slope efficiency, kinks; readings for the "
		"monitor",
	.scope = STEP_LANE,
	.needs = TX_POWER_NEEDS,
	.limit_s = 120,
	.params = params,
	.run = tx_li,
};

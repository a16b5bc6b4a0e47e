/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/rx_monitor_fit.h"

#include "base/unit.h"
#include "signal/fit.h"
#include "signal/fit_piecewise.h"

#include <math.h>

static const char falls[] = "the curve does not rise with the reading";

double rx_monitor_power_w(const struct rx_monitor_curve *curve, double raw_w)
{
	if (curve->form == RX_MONITOR_TWO_SLOPES && raw_w > curve->break_raw_w)
		return curve->slope_high * raw_w + curve->offset_high_w;
	double power_w = curve->slope * raw_w + curve->offset_w;
	return curve->form == RX_MONITOR_QUADRATIC ? power_w + curve->quad_per_w * raw_w * raw_w
	                                           : power_w;
}

/* The root on the rising side, in the form that loses no digits to a small curvature. */
static double quadratic_raw_w(const struct rx_monitor_curve *curve, double power_w)
{
	double above_w = power_w - curve->offset_w;
	double root = sqrt(curve->slope * curve->slope + 4.0 * curve->quad_per_w * above_w);

	if (curve->slope + root > 0.0)
		return 2.0 * above_w / (curve->slope + root);
	return (root - curve->slope) / (2.0 * curve->quad_per_w);
}

double rx_monitor_raw_w(const struct rx_monitor_curve *curve, double power_w)
{
	double raw_w;

	if (curve->form == RX_MONITOR_QUADRATIC) {
		raw_w = quadratic_raw_w(curve, power_w);
		return isfinite(raw_w) ? raw_w : NAN;
	}
	if (!(curve->slope > 0.0))
		return NAN;
	raw_w = (power_w - curve->offset_w) / curve->slope;
	if (curve->form == RX_MONITOR_LINE || raw_w <= curve->break_raw_w)
		return isfinite(raw_w) ? raw_w : NAN;
	/* the pieces need not meet to the last digit once they are stored */
	if (!(curve->slope_high > 0.0))
		return NAN;
	return fmax((power_w - curve->offset_high_w) / curve->slope_high, curve->break_raw_w);
}

static gboolean fit_straight(const double *raw_w, const double *power_w, guint n,
                             struct rx_monitor_fit *out, GError **error)
{
	struct fit_line line;

	if (!fit_line_relative(raw_w, power_w, n, &line, error))
		return FALSE;
	out->curve.slope = line.slope;
	out->curve.offset_w = line.offset;
	if (!(line.slope > 0.0))
		out->reason = falls;
	return TRUE;
}

static gboolean fit_quadratic(const double *raw_w, const double *power_w, guint n,
                              struct rx_monitor_fit *out, GError **error)
{
	struct rx_monitor_curve *curve = &out->curve;
	struct fit_polynomial parabola;

	/* weighted by the power itself: the errors that become small are relative ones */
	if (!fit_polynomial(raw_w, power_w, power_w, n, 2, &parabola, error))
		return FALSE;
	curve->offset_w = parabola.power[0];
	curve->slope = parabola.power[1];
	curve->quad_per_w = parabola.power[2];
	if (!(curve->slope + 2.0 * curve->quad_per_w * out->raw_min_w > 0.0) ||
	    !(curve->slope + 2.0 * curve->quad_per_w * out->raw_max_w > 0.0))
		out->reason = falls;
	return TRUE;
}

static gboolean fit_two_slopes(const double *raw_w, const double *power_w, guint n,
                               struct rx_monitor_fit *out, GError **error)
{
	static const struct fit_piecewise_settings settings = {
		.pieces = 2,
		.direction = FIT_RISING,
		.sigma_is_relative = TRUE,
	};
	struct rx_monitor_curve *curve = &out->curve;
	struct fit_piecewise pieces;

	if (!fit_piecewise(raw_w, power_w, power_w, n, &settings, &pieces, error))
		return FALSE;
	curve->break_raw_w = pieces.knot[0];
	curve->slope = pieces.slope[0];
	curve->offset_w = pieces.start_y - pieces.slope[0] * pieces.start_x;
	curve->slope_high = pieces.slope[1];
	curve->offset_high_w =
		curve->offset_w + (curve->slope - curve->slope_high) * curve->break_raw_w;
	if (!(curve->slope > 0.0) || !(curve->slope_high > 0.0) ||
	    pieces.verdict.status == SIGNAL_NOT_MONOTONIC)
		out->reason = falls;
	return TRUE;
}

static void find_residual(const double *raw_w, const double *power_w, guint n,
                          struct rx_monitor_fit *fit)
{
	fit->residual_db = 0.0;
	for (guint i = 0; i < n; i++) {
		double told_w = rx_monitor_power_w(&fit->curve, raw_w[i]);
		double off_db =
			told_w > 0.0 ? fabs(unit_db_from_ratio(told_w / power_w[i])) : INFINITY;

		fit->residual_db = fmax(fit->residual_db, off_db);
	}
}

gboolean rx_monitor_fit(enum rx_monitor_form form, const double *raw_w, const double *power_w,
                        guint n, struct rx_monitor_fit *fit, GError **error)
{
	static gboolean (*const fitters[])(const double *, const double *, guint,
	                                   struct rx_monitor_fit *, GError **) = {
		[RX_MONITOR_LINE] = fit_straight,
		[RX_MONITOR_QUADRATIC] = fit_quadratic,
		[RX_MONITOR_TWO_SLOPES] = fit_two_slopes,
	};

	*fit = (struct rx_monitor_fit){
		.curve = {.form = form},
		.raw_min_w = INFINITY,
		.raw_max_w = -INFINITY,
	};
	for (guint i = 0; i < n; i++) {
		fit->raw_min_w = fmin(fit->raw_min_w, raw_w[i]);
		fit->raw_max_w = fmax(fit->raw_max_w, raw_w[i]);
	}
	if (!fitters[form](raw_w, power_w, n, fit, error))
		return FALSE;
	find_residual(raw_w, power_w, n, fit);
	return TRUE;
}

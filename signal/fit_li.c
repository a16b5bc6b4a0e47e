/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_li.h"

#include "base/error.h"
#include "signal/beta.h"
#include "signal/fit_piecewise.h"
#include "signal/least_squares.h"

#include <math.h>

static const double sigmas = 3.0;
static const double kink_confidence = 0.999;
static const double steep_below = 1.0 / 3.0; /* of the slope above: that is no threshold */
static const double rollover_least = 0.05;   /* a slope that sinks by less is still straight */
static const double no_residual = 1e-9;      /* of the highest light: rounding */
#define LEAST_POINTS   5
#define LEAST_FOR_ROLL 8

/* n may shrink: rollover. */
struct curve {
	struct least_squares_points at; /* owned */
	guint n;
	double highest;
};

static gboolean fit_pieces(const struct curve *c, guint pieces, struct fit_piecewise *fit)
{
	struct fit_piecewise_settings settings = {.pieces = pieces};

	return fit_piecewise(c->at.x, c->at.y, c->at.given ? c->at.sigma : NULL, c->n, &settings,
	                     fit, NULL);
}

/* True when a knot more explains clearly more than chance would. */
static gboolean is_better(const struct curve *c, const struct fit_piecewise *with,
                          const struct fit_piecewise *without)
{
	double dof = (double)c->n - with->free_terms;
	double more = (double)with->free_terms - without->free_terms;
	double gain = without->chi2 - with->chi2;

	if (dof < 1.0 || more < 1.0 || !(without->residual_rms > no_residual * c->highest))
		return FALSE;
	if (c->at.given && gain < beta_chi2_quantile(kink_confidence, more))
		return FALSE;
	return gain / more > beta_f_quantile(kink_confidence, more, dof) * with->chi2 / dof;
}

/* Drops the points above a rollover, again and again as the bend begins lower than its chord. */
static double drop_rollover(struct curve *c)
{
	struct fit_piecewise two, three;
	double rollover = NAN;

	while (c->n >= LEAST_FOR_ROLL && fit_pieces(c, 2, &two) && fit_pieces(c, 3, &three)) {
		double sinks = three.slope[1] - three.slope[2];
		double variance = three.covariance[2][2] + three.covariance[3][3] -
		                  2.0 * three.covariance[2][3];
		guint kept = c->n;

		if (!is_better(c, &three, &two) || !(three.slope[1] > three.slope[0]) ||
		    sinks < rollover_least * three.slope[1] ||
		    sinks * sinks < sigmas * sigmas * variance)
			break;
		while (kept > 0 && c->at.x[kept - 1] > three.knot[1])
			kept--;
		if (kept < LEAST_POINTS || kept == c->n)
			break;
		rollover = three.knot[1];
		c->n = kept;
	}
	return rollover;
}

static void take_line(const struct curve *c, const struct fit_piecewise *line, struct fit_li *fit)
{
	gboolean rises =
		line->slope[0] > sigmas * sqrt(line->covariance[1][1]) && line->slope[0] > 0.0;
	double dark_a = line->start_x - line->start_y / line->slope[0];

	fit->residual_rms = line->residual_rms;
	fit->residual_max = line->residual_max;
	fit->chi2 = line->chi2;
	if (!rises) {
		fit->threshold_a =
			signal_none(SIGNAL_NO_FEATURE, "light does not rise with current");
		fit->verdict = (struct fit_verdict){SIGNAL_DOUBTFUL, fit->threshold_a.reason};
		return;
	}
	fit->slope_w_per_a = line->slope[0];
	fit->slope_sigma = sqrt(line->covariance[1][1]);
	fit->threshold_a =
		dark_a > 0.0 && dark_a < c->at.x[0]
			? signal_none(SIGNAL_EXTRAPOLATED, "all points are above the threshold")
			: signal_none(SIGNAL_NO_FEATURE, "light is a straight line: no threshold");
	fit->verdict = (struct fit_verdict){SIGNAL_DOUBTFUL, fit->threshold_a.reason};
}

static struct fit_verdict judge(const struct curve *c, const struct fit_piecewise *two,
                                const struct fit_li *fit)
{
	const char *reason = NULL;

	if (fit->n_below < 3 || fit->n_above < 3)
		return (struct fit_verdict){SIGNAL_TOO_FEW,
		                            "fewer than 3 points below or above the threshold"};
	if (fit->below_w_per_a > steep_below * fit->slope_w_per_a)
		reason = "the light below the threshold is too steep for a laser";
	else if (c->at.given)
		reason = least_squares_scatter(fit->chi2, two->n - two->free_terms);
	return (struct fit_verdict){reason ? SIGNAL_DOUBTFUL : SIGNAL_OK, reason};
}

static void take_kink(const struct curve *c, const struct fit_piecewise *two, struct fit_li *fit)
{
	const guint knot = FIT_PIECEWISE_KNOT_1, above = 2;

	fit->threshold_a = signal_ok(two->knot[0], sqrt(two->covariance[knot][knot]));
	fit->slope_w_per_a = two->slope[1];
	fit->slope_sigma = sqrt(two->covariance[above][above]);
	fit->below_w_per_a = two->slope[0];
	fit->threshold_w = fit_piecewise_at(two, two->knot[0]);
	fit->covariance = two->covariance[knot][above];
	fit->residual_rms = two->residual_rms;
	fit->residual_max = two->residual_max;
	fit->chi2 = two->chi2;
	for (guint i = 0; i < c->n; i++) {
		fit->n_below += c->at.x[i] <= two->knot[0];
		fit->n_above += c->at.x[i] > two->knot[0];
	}
	fit->verdict = judge(c, two, fit);
}

static gboolean has_kink(const struct curve *c, const struct fit_piecewise *two,
                         const struct fit_piecewise *line)
{
	double change = two->slope[1] - two->slope[0];
	double variance =
		two->covariance[1][1] + two->covariance[2][2] - 2.0 * two->covariance[1][2];

	return is_better(c, two, line) && change > 0.0 && two->slope[1] > 0.0 &&
	       change * change > sigmas * sigmas * variance;
}

gboolean fit_li(const double *current_a, const double *power_w, const double *sigma_w, guint n,
                struct fit_li *fit, GError **error)
{
	enum signal_status status =
		least_squares_check(current_a, power_w, sigma_w, n, LEAST_POINTS, error);
	struct fit_piecewise two, line;
	struct curve c;
	gboolean done;

	*fit = (struct fit_li){.threshold_a = signal_none(SIGNAL_NOT_FINITE, "no fit"),
	                       .slope_w_per_a = NAN,
	                       .slope_sigma = NAN,
	                       .below_w_per_a = NAN,
	                       .threshold_w = NAN,
	                       .rollover_a = NAN,
	                       .residual_rms = NAN,
	                       .residual_max = NAN,
	                       .verdict = {status, "the points cannot be used"}};
	if (status != SIGNAL_OK) {
		fit->threshold_a = signal_none(status, fit->verdict.reason);
		return FALSE;
	}
	c = (struct curve){.at = least_squares_sort(current_a, power_w, sigma_w, n), .n = n};
	for (guint i = 0; i < n; i++)
		c.highest = fmax(c.highest, fabs(power_w[i]));
	fit->rollover_a = drop_rollover(&c);
	fit->n = c.n;
	done = fit_pieces(&c, 1, &line);
	if (!done) {
		fit->verdict = line.verdict;
		fit->threshold_a = signal_none(line.verdict.status, line.verdict.reason);
		station_error_set(error, STATION_ERROR_DATA, "fit: %s", line.verdict.reason);
	} else if (fit_pieces(&c, 2, &two) && has_kink(&c, &two, &line)) {
		take_kink(&c, &two, fit);
	} else {
		take_line(&c, &line, fit);
	}
	least_squares_points_clear(&c.at);
	return done;
}

double fit_li_at(const struct fit_li *fit, double current_a)
{
	double above;

	if (fit->threshold_a.status != SIGNAL_OK)
		return NAN;
	above = current_a - fit->threshold_a.value;
	return fmax(0.0, fit->threshold_w +
	                         above * (above > 0.0 ? fit->slope_w_per_a : fit->below_w_per_a));
}

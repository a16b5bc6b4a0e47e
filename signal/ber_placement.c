/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_placement.h"

#include "base/normal.h"
#include "signal/ber.h"

#include <math.h>

static const double usual_slope = 0.1; /* of log10 x per dB */
static const double slope_sigma = 0.03;
static const double least_slope = 0.02;
static const double bend_db = 0.03; /* from a line, 1 dB away; grows with the square */
static const double grid_db = 0.05;
static const double counted_part = 1.0 / 3.0; /* of the power's scatter */
static const double sure = 0.999;

void ber_placement_default(struct ber_placement *placement, double high_dbm, double low_dbm)
{
	*placement = (struct ber_placement){
		.high_dbm = high_dbm,
		.low_dbm = low_dbm,
		.bits = 1e9,
		.apart_db = 0.25,
		.standard_error_db = 0.02,
		.least = 4,
		.burst = 10.0,
	};
	ber_waterfall_settings_default(&placement->fit);
}

/* What is believed of y = at_centre + slope (P - centre), and where the sensitivity may be. */
struct belief {
	double centre_dbm;
	double at_centre, slope;
	double v[2][2]; /* covariance of the two */
	double low_dbm, high_dbm;
};

static double ratio_of(const struct ber_point *point)
{
	return (double)point->errors / (double)point->bits;
}

/* Points that are of no use to the fit still tell on which side of them it is worth looking. */
static void find_range(const struct ber_placement *p, const struct ber_point *points, guint n,
                       struct belief *belief)
{
	belief->low_dbm = p->low_dbm;
	belief->high_dbm = p->high_dbm;
	for (guint i = 0; i < n; i++) {
		if (ber_waterfall_uses(&p->fit, &points[i]))
			continue;
		if (ratio_of(&points[i]) > p->fit.ber_max)
			belief->low_dbm = fmax(belief->low_dbm, points[i].oma_dbm);
		else
			belief->high_dbm = fmin(belief->high_dbm, points[i].oma_dbm);
	}
	belief->high_dbm = fmax(belief->high_dbm, belief->low_dbm);
	belief->centre_dbm = (belief->low_dbm + belief->high_dbm) / 2;
}

static double scatter(const struct ber_placement *p, double ber, double bits)
{
	return hypot(ber_waterfall_scatter(ber, bits), usual_slope * p->fit.power_sigma_db);
}

/* y at u from the centre was seen to be so. */
static void learn(struct belief *belief, double u, double y, double sigma)
{
	double(*v)[2] = belief->v;
	double gain[2] = {v[0][0] + u * v[0][1], v[1][0] + u * v[1][1]};
	double total = sigma * sigma + gain[0] + u * gain[1];
	double miss = y - belief->at_centre - u * belief->slope;

	belief->at_centre += gain[0] / total * miss;
	belief->slope += gain[1] / total * miss;
	for (guint i = 0; i < 2; i++)
		for (guint j = 0; j < 2; j++)
			v[i][j] -= gain[i] * gain[j] / total;
}

static void form_belief(const struct ber_placement *p, const struct ber_point *points, guint n,
                        struct belief *belief)
{
	double reach;

	*belief = (struct belief){.slope = usual_slope};
	find_range(p, points, n, belief);
	belief->at_centre = ber_waterfall_scale(p->fit.target_ber);
	reach = usual_slope * fmax((belief->high_dbm - belief->low_dbm) / 2, p->apart_db);
	belief->v[0][0] = reach * reach;
	belief->v[1][1] = slope_sigma * slope_sigma;
	for (guint i = 0; i < n; i++) {
		double ber = ratio_of(&points[i]);

		if (ber_waterfall_uses(&p->fit, &points[i]))
			learn(belief, points[i].oma_dbm - belief->centre_dbm,
			      ber_waterfall_scale(ber), scatter(p, ber, (double)points[i].bits));
	}
	belief->slope = fmax(belief->slope, least_slope);
}

/* Where the sensitivity is believed to be, from the centre. */
static double believed_db(const struct ber_placement *p, const struct belief *belief)
{
	return (ber_waterfall_scale(p->fit.target_ber) - belief->at_centre) / belief->slope;
}

/* Covariance of the line at two places, from the centre. */
static double covariance(const struct belief *belief, double u, double w)
{
	return belief->v[0][0] + (u + w) * belief->v[0][1] + u * w * belief->v[1][1];
}

/* Expected logarithm of how much smaller the sensitivity's variance gets by a point at u. */
static double worth(const struct ber_placement *p, const struct belief *belief, double u)
{
	/* Gauss and Hermite, three places */
	static const double at[] = {-1.7320508, 0.0, 1.7320508}, weight[] = {1, 4, 1};
	double t = believed_db(p, belief);
	double before = covariance(belief, t, t), shared = covariance(belief, t, u);
	double own = covariance(belief, u, u), sum = 0.0;

	for (guint i = 0; i < G_N_ELEMENTS(at); i++) {
		double y = belief->at_centre + u * belief->slope + at[i] * sqrt(own);
		double ber = 0.75 * normal_tail(pow(10.0, y)), sigma;

		if (ber > p->fit.ber_max || ber < p->fit.ber_min ||
		    ber * p->bits < (double)p->fit.errors_min)
			continue;
		sigma = hypot(scatter(p, ber, p->bits), usual_slope * bend_db * (u - t) * (u - t));
		sum -= weight[i] / 6 * log1p(-shared * shared / (before * (sigma * sigma + own)));
	}
	return sum;
}

static gboolean is_enough(const struct ber_placement *p, const struct ber_point *points, guint n)
{
	struct ber_waterfall fit;

	if (!ber_waterfall_fit(points, n, &p->fit, &fit, NULL))
		return TRUE;
	return fit.sensitivity_dbm.status == SIGNAL_OK && !fit.doubt &&
	       fit.points_used >= p->least && fit.extrapolated_db == 0.0 &&
	       fit.standard_error_db <= p->standard_error_db;
}

static gboolean is_taken(const struct ber_placement *p, const struct ber_point *points, guint n,
                         double oma_dbm)
{
	for (guint i = 0; i < n; i++)
		if (fabs(points[i].oma_dbm - oma_dbm) < p->apart_db - 1e-9)
			return TRUE;
	return FALSE;
}

gboolean ber_placement_next(const struct ber_placement *placement, const struct ber_point *points,
                            guint n, double *oma_dbm)
{
	struct belief belief;
	double best = -1.0;
	guint steps;

	if (n > 0 && is_enough(placement, points, n))
		return FALSE;
	form_belief(placement, points, n, &belief);
	steps = (guint)lround((belief.high_dbm - belief.low_dbm) / grid_db);
	for (guint i = 0; i <= steps; i++) {
		double at_dbm = belief.high_dbm - grid_db * i, value;

		if (is_taken(placement, points, n, at_dbm))
			continue;
		value = worth(placement, &belief, at_dbm - belief.centre_dbm);
		if (value > best) {
			best = value;
			*oma_dbm = at_dbm;
		}
	}
	return best >= 0.0;
}

gboolean ber_placement_counted(const struct ber_placement *placement, guint64 bits, guint64 errors)
{
	const struct ber_waterfall_settings *fit = &placement->fit;
	struct ber_estimate ber;

	if (!ber_from_counts(bits, errors, sure, &ber, NULL))
		return FALSE;
	if (ber.lower_one_sided > fit->ber_max || ber.upper_one_sided < fit->ber_min)
		return TRUE;
	return errors >= fit->errors_min &&
	       sqrt(placement->burst) * ber_waterfall_scatter(ber.ber, (double)bits) <=
	               counted_part * usual_slope * fit->power_sigma_db;
}

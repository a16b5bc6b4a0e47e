/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_waterfall.h"

#include "base/error.h"
#include "signal/ber.h"
#include "signal/beta.h"
#include "signal/fit.h"
#include "base/normal.h"

#include <math.h>
#include <stdlib.h>

/* Gray coded PAM4 with equal eyes: BER = 3/4 Q(x). */
static const double pam4_factor = 0.75;
static const double rise_sigma = 4.0;  /* BER that rises by more than this is no chance */
static const double usual_slope = 0.1; /* of log10 x per dB, constant noise */
static const double slope_tolerance = 0.02;
static const double chi2_confidence = 0.999;
static const double scatter_confidence = 0.9;
static const double side_confidence = 0.999; /* that a point is above or below the target */
static const double floor_gain = 16.0;       /* in chi2: four standard deviations */
#define FLOOR_STEPS 60

void ber_waterfall_settings_default(struct ber_waterfall_settings *settings)
{
	*settings = (struct ber_waterfall_settings){
		.target_ber = 2.4e-4,
		.confidence = 0.95,
		.ber_min = 1e-7,
		.ber_max = 2e-2,
		.errors_min = 10,
		.extrapolation_db = 1.0,
	};
}

/* The points that take part, in order of power, on the scale of the straight line. */
struct line_points {
	guint n;
	const struct ber_point *point; /* n */
	double *oma_dbm;               /* owned, like the next two */
	double *y;
	double *sigma;
};

static void line_points_clear(struct line_points *points)
{
	g_free(points->oma_dbm);
	g_free(points->y);
	g_free(points->sigma);
}

double ber_waterfall_scale(double ber)
{
	return log10(normal_tail_inverse(ber / pam4_factor));
}

static double scatter_at(double ber, double bits, double x)
{
	return sqrt(ber * (1.0 - ber) / bits) / (pam4_factor * normal_density(x) * x * G_LN10);
}

double ber_waterfall_scatter(double ber, double bits)
{
	return scatter_at(ber, bits, normal_tail_inverse(ber / pam4_factor));
}

static double ber_of(const struct ber_point *point)
{
	return (double)point->errors / (double)point->bits;
}

static int compare_power(const void *a, const void *b)
{
	double pa = ((const struct ber_point *)a)->oma_dbm;
	double pb = ((const struct ber_point *)b)->oma_dbm;

	return pa < pb ? -1 : pa > pb;
}

static gboolean settings_are_possible(const struct ber_waterfall_settings *s)
{
	return s->target_ber > 0.0 && s->target_ber < 0.3 && s->confidence > 0.0 &&
	       s->confidence < 1.0 && s->ber_min >= 0.0 && s->ber_max > s->ber_min &&
	       s->ber_max < 0.35 && s->extrapolation_db >= 0.0 && s->power_sigma_db >= 0.0 &&
	       s->power_sigma_db < 1.0;
}

static enum signal_status point_status(const struct ber_point *point)
{
	if (point->errors > point->bits)
		return SIGNAL_BAD_COUNT;
	if (point->bits == 0)
		return SIGNAL_NO_BITS;
	return isfinite(point->oma_dbm) ? SIGNAL_OK : SIGNAL_NOT_FINITE;
}

static gboolean check_arguments(const struct ber_point *points, guint n,
                                const struct ber_waterfall_settings *settings,
                                struct ber_waterfall *fit, GError **error)
{
	if (!settings_are_possible(settings)) {
		fit->sensitivity_dbm = signal_none(SIGNAL_BAD_SETTING, "settings out of range");
		station_error_set(error, STATION_ERROR_RANGE, "waterfall: settings out of range");
		return FALSE;
	}
	for (guint i = 0; i < n; i++) {
		enum signal_status status = point_status(&points[i]);

		if (status == SIGNAL_OK)
			continue;
		fit->sensitivity_dbm = signal_none(status, "a point that cannot be");
		station_error_set(error, STATION_ERROR_DATA,
		                  "waterfall point %u: %" G_GUINT64_FORMAT
		                  " errors in %" G_GUINT64_FORMAT " bits at %g dBm cannot be",
		                  i, points[i].errors, points[i].bits, points[i].oma_dbm);
		return FALSE;
	}
	return TRUE;
}

/* Standard deviation of a point's BER: its count, and its power on an ordinary waterfall. */
static double ber_spread(const struct ber_point *point, double power_sigma_db)
{
	/* one error more: a count of 0 has a spread too */
	double counted = sqrt((double)point->errors + 1.0) / (double)point->bits, x;

	if (point->errors == 0 || power_sigma_db == 0.0)
		return counted;
	x = fmax(0.0, normal_tail_inverse(fmin(0.5, ber_of(point) / pam4_factor)));
	return hypot(counted,
	             pam4_factor * normal_density(x) * x * G_LN10 * usual_slope * power_sigma_db);
}

/* True when somewhere more power gives clearly more errors. */
static gboolean rises(const struct ber_point *sorted, guint n, double power_sigma_db)
{
	for (guint i = 0; i < n; i++) {
		double p = ber_of(&sorted[i]), spread = ber_spread(&sorted[i], power_sigma_db);

		for (guint j = i + 1; j < n; j++) {
			double q = ber_of(&sorted[j]);

			if (sorted[j].oma_dbm > sorted[i].oma_dbm && q > 1.05 * p &&
			    q - p > rise_sigma *
			                    hypot(spread, ber_spread(&sorted[j], power_sigma_db)))
				return TRUE;
		}
	}
	return FALSE;
}

static gboolean different_powers(const struct ber_point *sorted, guint n, guint least)
{
	guint different = n > 0 ? 1 : 0;

	for (guint i = 1; i < n; i++)
		different += sorted[i].oma_dbm - sorted[i - 1].oma_dbm > 1e-6;
	return different >= least;
}

gboolean ber_waterfall_uses(const struct ber_waterfall_settings *settings,
                            const struct ber_point *point)
{
	double ber = ber_of(point);

	return point->errors >= MAX(settings->errors_min, 1) && ber >= settings->ber_min &&
	       ber <= settings->ber_max;
}

/* Moves the points that can be used to the front. */
static guint keep_usable(struct ber_point *points, guint n,
                         const struct ber_waterfall_settings *settings)
{
	guint kept = 0;

	for (guint i = 0; i < n; i++)
		if (ber_waterfall_uses(settings, &points[i]))
			points[kept++] = points[i];
	return kept;
}

/*
 * Points on the scale of the line, less a floor. The spread of a count is that of the count itself,
 * or of what a line expects, when it is not null: counts that came out low do not weigh less then.
 */
static void scale_points(struct line_points *used, double floor_ber, const struct fit_line *line,
                         double power_sigma_db)
{
	for (guint i = 0; i < used->n; i++) {
		double bits = (double)used->point[i].bits, ber = ber_of(&used->point[i]);
		double x = normal_tail_inverse((ber - floor_ber) / pam4_factor), mean = ber;

		used->oma_dbm[i] = used->point[i].oma_dbm;
		used->y[i] = log10(x);
		if (line) {
			x = pow(10.0, fit_line_at(line, used->oma_dbm[i]));
			mean = pam4_factor * normal_tail(x) + floor_ber;
		}
		/* with billions of bits the setting of the power is what scatters */
		used->sigma[i] = hypot(scatter_at(mean, bits, x), usual_slope * power_sigma_db);
	}
}

/* Weights that differ wildly from those of the counts would follow a line that is none. */
static gboolean is_receiver(const struct line_points *used, const struct fit_line *line)
{
	for (guint i = 0; i < used->n; i++) {
		double expected =
			pam4_factor * normal_tail(pow(10.0, fit_line_at(line, used->oma_dbm[i])));
		double ratio = expected / ber_of(&used->point[i]);

		if (!(ratio > 0.25 && ratio < 4.0))
			return FALSE;
	}
	return TRUE;
}

static gboolean fit_points(struct line_points *used, const struct ber_waterfall_settings *settings,
                           struct fit_line *line, GError **error)
{
	scale_points(used, 0.0, NULL, settings->power_sigma_db);
	for (int i = 0; i < 3; i++) {
		if (!fit_line(used->oma_dbm, used->y, used->sigma, used->n, line, error))
			return FALSE;
		if (i == 2 || !is_receiver(used, line))
			break;
		scale_points(used, 0.0, line, settings->power_sigma_db);
	}
	return TRUE;
}

static struct line_points line_points_make(const struct ber_point *points, guint n)
{
	return (struct line_points){.n = n,
	                            .point = points,
	                            .oma_dbm = g_new(double, n),
	                            .y = g_new(double, n),
	                            .sigma = g_new(double, n)};
}

/* chi2 of the best line above a floor; INFINITY when none can be drawn. */
static double chi2_above(struct line_points *shifted, double floor_ber, double power_sigma_db)
{
	struct fit_line line;

	scale_points(shifted, floor_ber, NULL, power_sigma_db);
	if (!fit_line(shifted->oma_dbm, shifted->y, shifted->sigma, shifted->n, &line, NULL))
		return INFINITY;
	return line.chi2;
}

/* The floor that explains the points best, if it does so far better than none; else NaN. */
static double find_floor(const struct line_points *used, double power_sigma_db)
{
	struct line_points shifted = line_points_make(used->point, used->n);
	double without = chi2_above(&shifted, 0.0, power_sigma_db), best = without;
	double least = 1.0, floor_ber = NAN;
	guint on_floor = 0;

	for (guint i = 0; i < used->n; i++)
		least = fmin(least, ber_of(&used->point[i]));
	for (guint i = 0; without >= floor_gain && i < FLOOR_STEPS; i++) {
		/* 1 - floor / least falls from 0.98 to 0.001 */
		double trial = least * (1.0 - 0.98 * pow(0.89, i));
		double chi2 = chi2_above(&shifted, trial, power_sigma_db);

		if (chi2 < best) {
			best = chi2;
			floor_ber = trial;
		}
	}
	line_points_clear(&shifted);
	for (guint i = 0; i < used->n; i++)
		on_floor += ber_of(&used->point[i]) < 2.0 * floor_ber;
	if (used->n < 4 || on_floor < 2 ||
	    without - best < floor_gain * fmax(1.0, best / (used->n - 3.0)))
		return NAN;
	return floor_ber;
}

static void keep_line(const struct line_points *used, const struct fit_line *line,
                      const struct ber_waterfall_settings *settings, struct ber_waterfall *fit)
{
	double dof = used->n - 2.0, excess = fmax(1.0, line->chi2 / dof);

	fit->offset = line->offset;
	fit->slope_per_db = line->slope;
	fit->offset_variance = line->offset_sigma * line->offset_sigma * excess;
	fit->slope_variance = line->slope_sigma * line->slope_sigma * excess;
	fit->covariance = line->covariance * excess;
	/* With clearly more scatter than expected, the scatter is an estimate from few points. */
	fit->coverage = line->chi2 > beta_chi2_quantile(scatter_confidence, dof)
	                        ? beta_student_quantile(settings->confidence, dof)
	                        : normal_tail_inverse(0.5 * (1.0 - settings->confidence));
	fit->from_dbm = used->oma_dbm[0] - settings->extrapolation_db;
	fit->to_dbm = used->oma_dbm[used->n - 1] + settings->extrapolation_db;
	fit->chi2 = line->chi2;
}

/* Standard error of the line at a power, in log10 x. */
static double line_sigma(const struct ber_waterfall *fit, double oma_dbm)
{
	double variance = fit->offset_variance + oma_dbm * oma_dbm * fit->slope_variance +
	                  2.0 * oma_dbm * fit->covariance;

	return sqrt(fmax(variance, 0.0));
}

static const char *doubt_about(const struct line_points *used, const struct fit_line *line,
                               const struct ber_waterfall *fit)
{
	double dof = used->n - 2.0;

	if (!isnan(fit->floor_ber))
		return "points flatten: errors that more power does not remove (error floor)";
	if (line->chi2 > beta_chi2_quantile(chi2_confidence, dof))
		return "points scatter or bend more than the counts explain";
	if (fabs(line->slope - usual_slope) > slope_tolerance + 4.0 * line->slope_sigma)
		return "slope is not that of a receiver with constant noise";
	return NULL;
}

static struct signal_value find_sensitivity(const struct line_points *used,
                                            const struct fit_line *line,
                                            const struct ber_waterfall_settings *settings,
                                            struct ber_waterfall *fit)
{
	double at;

	if (fit->floor_ber >= settings->target_ber)
		return signal_none(SIGNAL_NO_CROSSING,
		                   "BER ends in a floor above the target and does not fall to it");
	if (!(line->slope > 3.0 * line->slope_sigma))
		return signal_none(SIGNAL_NO_CROSSING, "BER does not fall with power");
	at = (ber_waterfall_scale(settings->target_ber) - line->offset) / line->slope;
	fit->extrapolated_db =
		fmax(0.0, fmax(used->oma_dbm[0] - at, at - used->oma_dbm[used->n - 1]));
	if (fit->extrapolated_db > settings->extrapolation_db)
		return signal_none(SIGNAL_EXTRAPOLATED,
		                   "the target lies too far beyond the measured points");
	fit->standard_error_db = line_sigma(fit, at) / line->slope;
	fit->low_dbm = at - fit->coverage * fit->standard_error_db;
	fit->high_dbm = at + fit->coverage * fit->standard_error_db;
	return signal_ok(at, fit->standard_error_db);
}

/* Why there is no line, told by all points. */
static struct signal_value without_line(const struct ber_point *sorted, guint n, double target_ber)
{
	guint above = 0, below = 0;

	for (guint i = 0; i < n; i++) {
		struct ber_estimate ber;

		if (!ber_from_counts(sorted[i].bits, sorted[i].errors, side_confidence, &ber, NULL))
			continue;
		above += ber.lower_one_sided > target_ber;
		below += ber.upper_one_sided < target_ber;
	}
	if (n > 0 && different_powers(sorted, n, 3) && above == n)
		return signal_none(SIGNAL_NO_CROSSING, "every point is above the target");
	if (n > 0 && different_powers(sorted, n, 3) && below == n)
		return signal_none(SIGNAL_NO_CROSSING, "every point is below the target");
	return signal_none(SIGNAL_TOO_FEW, "fewer than 3 usable points");
}

static gboolean fit_sorted(const struct ber_point *sorted, guint n,
                           const struct ber_waterfall_settings *settings, struct ber_waterfall *fit,
                           GError **error)
{
	g_autofree struct ber_point *usable = g_memdup2(sorted, n * sizeof(*sorted));
	struct line_points used;
	guint n_usable = keep_usable(usable, n, settings);
	struct fit_line line;
	gboolean done;

	fit->points_used = n_usable;
	if (rises(sorted, n, settings->power_sigma_db)) {
		fit->sensitivity_dbm = signal_none(SIGNAL_NOT_MONOTONIC, "BER rises with power");
		return TRUE;
	}
	if (!different_powers(usable, n_usable, 3)) {
		fit->sensitivity_dbm = without_line(sorted, n, settings->target_ber);
		return TRUE;
	}
	used = line_points_make(usable, n_usable);
	done = fit_points(&used, settings, &line, error);
	if (done) {
		keep_line(&used, &line, settings, fit);
		fit->floor_ber = find_floor(&used, settings->power_sigma_db);
		fit->doubt = doubt_about(&used, &line, fit);
		fit->sensitivity_dbm = find_sensitivity(&used, &line, settings, fit);
	}
	line_points_clear(&used);
	return done;
}

gboolean ber_waterfall_fit(const struct ber_point *points, guint n,
                           const struct ber_waterfall_settings *settings, struct ber_waterfall *fit,
                           GError **error)
{
	g_autofree struct ber_point *sorted = g_memdup2(points, n * sizeof(*points));

	*fit = (struct ber_waterfall){
		.sensitivity_dbm = signal_none(SIGNAL_NOT_FINITE, "no line can be drawn"),
		.standard_error_db = NAN,
		.low_dbm = NAN,
		.high_dbm = NAN,
		.offset = NAN,
		.slope_per_db = NAN,
		.offset_variance = NAN,
		.slope_variance = NAN,
		.covariance = NAN,
		.coverage = NAN,
		.from_dbm = NAN,
		.to_dbm = NAN,
		.floor_ber = NAN,
		.chi2 = NAN,
		.extrapolated_db = NAN,
	};
	if (!check_arguments(points, n, settings, fit, error))
		return FALSE;
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), compare_power);
	return fit_sorted(sorted, n, settings, fit, error);
}

static double ber_at(double y)
{
	return pam4_factor * normal_tail(pow(10.0, y));
}

double ber_waterfall_at(const struct ber_waterfall *fit, double oma_dbm)
{
	return ber_at(fit->offset + fit->slope_per_db * oma_dbm);
}

gboolean ber_waterfall_band_at(const struct ber_waterfall *fit, double oma_dbm, double *low_ber,
                               double *high_ber)
{
	double y, reach;

	*low_ber = *high_ber = NAN;
	if (!(oma_dbm >= fit->from_dbm && oma_dbm <= fit->to_dbm))
		return FALSE;
	y = fit->offset + fit->slope_per_db * oma_dbm;
	reach = fit->coverage * line_sigma(fit, oma_dbm);
	*low_ber = ber_at(y + reach);
	*high_ber = ber_at(y - reach);
	return TRUE;
}

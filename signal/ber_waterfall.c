/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_waterfall.h"

#include "base/error.h"
#include "signal/beta.h"
#include "signal/fit.h"
#include "signal/gauss.h"

#include <math.h>
#include <stdlib.h>

/* Gray coded PAM4 with equal eyes: BER = 3/4 Q(x). */
static const double pam4_factor = 0.75;
static const double rise_sigma = 4.0;  /* BER that rises by more than this is no chance */
static const double usual_slope = 0.1; /* of log10 x per dB, constant noise */
static const double slope_tolerance = 0.02;
static const double chi2_confidence = 0.999;

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
	double *oma_dbm; /* owned, like the next two */
	double *y;
	double *sigma;
};

static void line_points_clear(struct line_points *points)
{
	g_free(points->oma_dbm);
	g_free(points->y);
	g_free(points->sigma);
}

static double line_scale(double ber)
{
	return log10(gauss_q_inverse(ber / pam4_factor));
}

static int compare_power(const void *a, const void *b)
{
	double pa = ((const struct ber_point *)a)->oma_dbm;
	double pb = ((const struct ber_point *)b)->oma_dbm;

	return pa < pb ? -1 : pa > pb;
}

static gboolean check_arguments(const struct ber_point *points, guint n,
                                const struct ber_waterfall_settings *s, GError **error)
{
	if (!(s->target_ber > 0.0 && s->target_ber < 0.3 && s->confidence > 0.0 &&
	      s->confidence < 1.0 && s->ber_min >= 0.0 && s->ber_max > s->ber_min &&
	      s->ber_max < 0.35 && s->extrapolation_db >= 0.0 && s->power_sigma_db >= 0.0 &&
	      s->power_sigma_db < 1.0)) {
		station_error_set(error, STATION_ERROR_RANGE, "waterfall: settings out of range");
		return FALSE;
	}
	for (guint i = 0; i < n; i++) {
		if (points[i].bits > 0 && points[i].errors <= points[i].bits &&
		    isfinite(points[i].oma_dbm))
			continue;
		station_error_set(error, STATION_ERROR_DATA,
		                  "waterfall point %u: %" G_GUINT64_FORMAT
		                  " errors in %" G_GUINT64_FORMAT " bits at %g dBm cannot be",
		                  i, points[i].errors, points[i].bits, points[i].oma_dbm);
		return FALSE;
	}
	return TRUE;
}

/* True when somewhere more power gives clearly more errors. */
static gboolean rises(const struct ber_point *sorted, guint n)
{
	for (guint i = 0; i < n; i++) {
		double p = (double)sorted[i].errors / (double)sorted[i].bits;

		for (guint j = i + 1; j < n; j++) {
			double q = (double)sorted[j].errors / (double)sorted[j].bits;
			/* one error more on each side: a count of 0 has a spread too */
			double spread =
				hypot(sqrt((double)sorted[i].errors + 1.0) / (double)sorted[i].bits,
			              sqrt((double)sorted[j].errors + 1.0) /
			                      (double)sorted[j].bits);

			if (sorted[j].oma_dbm > sorted[i].oma_dbm && q - p > rise_sigma * spread &&
			    q > 1.05 * p)
				return TRUE;
		}
	}
	return FALSE;
}

static void take_points(const struct ber_point *sorted, guint n,
                        const struct ber_waterfall_settings *settings, struct line_points *used)
{
	used->oma_dbm = g_new(double, n + 1);
	used->y = g_new(double, n + 1);
	used->sigma = g_new(double, n + 1);
	for (guint i = 0; i < n; i++) {
		double bits = (double)sorted[i].bits, errors = (double)sorted[i].errors;
		double ber = errors / bits, x;

		if (sorted[i].errors < MAX(settings->errors_min, 1) || ber < settings->ber_min ||
		    ber > settings->ber_max)
			continue;
		x = gauss_q_inverse(ber / pam4_factor);
		used->oma_dbm[used->n] = sorted[i].oma_dbm;
		used->y[used->n] = line_scale(ber);
		/* with billions of bits the setting of the power is what scatters */
		used->sigma[used->n] =
			hypot(sqrt(errors * (1.0 - ber)) /
		                      (bits * pam4_factor * gauss_density(x) * x * G_LN10),
		              usual_slope * settings->power_sigma_db);
		used->n++;
	}
}

static gboolean different_powers(const struct line_points *used, guint least)
{
	guint different = used->n > 0 ? 1 : 0;

	for (guint i = 1; i < used->n; i++)
		different += used->oma_dbm[i] - used->oma_dbm[i - 1] > 1e-6;
	return different >= least;
}

/* Student's t for two-sided confidence: the scatter is only known from the points themselves. */
static double student_quantile(double confidence, double dof)
{
	double x = beta_quantile(1.0 - confidence, 0.5 * dof, 0.5);

	return sqrt(dof * (1.0 - x) / x);
}

static void fill_sensitivity(const struct line_points *used, const struct fit_line *line,
                             const struct ber_waterfall_settings *settings,
                             struct ber_waterfall *fit)
{
	double y = line_scale(settings->target_ber), dof = used->n - 2.0, at, variance, reach;
	double excess = fmax(1.0, line->chi2 / dof);

	at = (y - line->offset) / line->slope;
	variance = (line->offset_sigma * line->offset_sigma +
	            at * at * line->slope_sigma * line->slope_sigma + 2.0 * at * line->covariance) /
	           (line->slope * line->slope) * excess;
	fit->extrapolated_db =
		fmax(0.0, fmax(used->oma_dbm[0] - at, at - used->oma_dbm[used->n - 1]));
	if (fit->extrapolated_db > settings->extrapolation_db) {
		fit->sensitivity_dbm =
			signal_none(SIGNAL_EXTRAPOLATED,
		                    "the target lies too far beyond the measured points");
		return;
	}
	fit->standard_error_db = sqrt(fmax(variance, 0.0));
	fit->sensitivity_dbm = signal_ok(at, fit->standard_error_db);
	/* With more scatter than the counts explain, the scatter is an estimate from few points. */
	reach = fit->standard_error_db *
	        (excess > 1.0 ? student_quantile(settings->confidence, dof)
	                      : gauss_q_inverse(0.5 * (1.0 - settings->confidence)));
	fit->low_dbm = at - reach;
	fit->high_dbm = at + reach;
}

static const char *doubt_about(const struct line_points *used, const struct fit_line *line)
{
	double dof = used->n - 2.0;

	if (line->chi2 > beta_chi2_quantile(chi2_confidence, dof))
		return "points scatter or bend more than the counts explain";
	if (fabs(line->slope - usual_slope) > slope_tolerance + 4.0 * line->slope_sigma)
		return "slope is not that of a receiver with constant noise";
	return NULL;
}

gboolean ber_waterfall_fit(const struct ber_point *points, guint n,
                           const struct ber_waterfall_settings *settings, struct ber_waterfall *fit,
                           GError **error)
{
	g_autofree struct ber_point *sorted = g_memdup2(points, n * sizeof(*points));
	struct line_points used = {0};
	struct fit_line line;
	gboolean done = TRUE;

	*fit = (struct ber_waterfall){
		.sensitivity_dbm = signal_none(SIGNAL_TOO_FEW, "fewer than 3 usable points"),
		.standard_error_db = NAN,
		.low_dbm = NAN,
		.high_dbm = NAN,
		.offset = NAN,
		.slope_per_db = NAN,
		.chi2 = NAN,
		.extrapolated_db = NAN,
	};
	if (!check_arguments(points, n, settings, error))
		return FALSE;
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), compare_power);
	take_points(sorted, n, settings, &used);
	fit->points_used = used.n;
	if (rises(sorted, n)) {
		fit->sensitivity_dbm = signal_none(SIGNAL_NOT_MONOTONIC, "BER rises with power");
	} else if (different_powers(&used, 3)) {
		done = fit_line(used.oma_dbm, used.y, used.sigma, used.n, &line, error);
		if (done) {
			fit->offset = line.offset;
			fit->slope_per_db = line.slope;
			fit->chi2 = line.chi2;
			fit->doubt = doubt_about(&used, &line);
		}
		if (done && line.slope > 3.0 * line.slope_sigma)
			fill_sensitivity(&used, &line, settings, fit);
		else if (done)
			fit->sensitivity_dbm =
				signal_none(SIGNAL_NO_CROSSING, "BER does not fall with power");
	}
	line_points_clear(&used);
	return done;
}

double ber_waterfall_at(const struct ber_waterfall *fit, double oma_dbm)
{
	return pam4_factor * gauss_q(pow(10.0, fit->offset + fit->slope_per_db * oma_dbm));
}

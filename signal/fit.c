/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit.h"

#include "base/error.h"
#include "signal/least_squares.h"

#include <math.h>
#include <string.h>

#define TERMS (FIT_MAX_DEGREE + 1)

static const double slope_sigmas = 3.0;
static const struct fit_verdict out_of_range = {SIGNAL_NOT_FINITE, "numbers out of range"};

static struct fit_verdict verdict_of(const char *reason)
{
	return (struct fit_verdict){.status = reason ? SIGNAL_DOUBTFUL : SIGNAL_OK,
	                            .reason = reason};
}

/* A result that holds nothing but why. */
#define REFUSED(kind, why)                                                                         \
	((struct kind){.verdict = {.status = (why), .reason = "the points cannot be used"}})

/* sigma may be null: all equal. Weighted sums about the mean lose no digits to a large x. */
static gboolean solve_line(const double *x, const double *y, const double *sigma, guint n,
                           struct fit_line *fit, GError **error)
{
	double sw = 0.0, mx = 0.0, my = 0.0, sxx = 0.0, sxy = 0.0, widest = 0.0;

	for (guint i = 0; i < n; i++) {
		double w = sigma ? 1.0 / (sigma[i] * sigma[i]) : 1.0;

		sw += w;
		mx += w * x[i];
		my += w * y[i];
		widest = fmax(widest, fabs(x[i]));
	}
	mx /= sw;
	my /= sw;
	for (guint i = 0; i < n; i++) {
		double w = sigma ? 1.0 / (sigma[i] * sigma[i]) : 1.0;

		sxx += w * (x[i] - mx) * (x[i] - mx);
		sxy += w * (x[i] - mx) * (y[i] - my);
	}
	if (!(sxx > sw * widest * widest * 1e-24)) {
		station_error_set(error, STATION_ERROR_DATA, "fit: all %u points have the same x",
		                  n);
		*fit = REFUSED(fit_line, SIGNAL_CONSTANT);
		return FALSE;
	}
	memset(fit, 0, sizeof(*fit));
	fit->n = n;
	fit->slope = sxy / sxx;
	fit->offset = my - fit->slope * mx;
	/* for unit variance of weight 1, scaled by the caller */
	fit->slope_sigma = sqrt(1.0 / sxx);
	fit->offset_sigma = sqrt(1.0 / sw + mx * mx / sxx);
	fit->covariance = -mx / sxx;
	return TRUE;
}

static void fill_line_residuals(const double *x, const double *y, const double *sigma,
                                struct fit_line *fit)
{
	struct least_squares_residuals r = {0};

	for (guint i = 0; i < fit->n; i++)
		least_squares_residual(&r, y[i] - fit_line_at(fit, x[i]), y[i],
		                       sigma ? sigma[i] : 1.0);
	fit->residual_max = r.max;
	fit->relative_max = r.relative_max;
	fit->chi2 = r.chi2;
	fit->residual_rms = fit->n > 2 ? sqrt(r.sum2 / (fit->n - 2)) : 0.0;
}

/* Uncertainties that were not given come from the scatter. */
static void scale_line_errors(struct fit_line *fit, double variance)
{
	fit->slope_sigma *= sqrt(variance);
	fit->offset_sigma *= sqrt(variance);
	fit->covariance *= variance;
}

static void judge_line(struct fit_line *fit, gboolean given_sigma)
{
	const char *reason = NULL;

	if (fit->slope == 0.0 || fabs(fit->slope) < slope_sigmas * fit->slope_sigma)
		reason = "slope is not told from zero";
	else if (given_sigma)
		reason = least_squares_scatter(fit->chi2, fit->n - 2);
	fit->verdict = verdict_of(reason);
	if (!isfinite(fit->offset) || !isfinite(fit->chi2) || !isfinite(fit->offset_sigma))
		fit->verdict = out_of_range;
}

gboolean fit_line(const double *x, const double *y, const double *sigma, guint n,
                  struct fit_line *fit, GError **error)
{
	enum signal_status status = least_squares_check(x, y, sigma, n, 2, error);

	*fit = REFUSED(fit_line, status);
	if (status != SIGNAL_OK || !solve_line(x, y, sigma, n, fit, error))
		return FALSE;
	fill_line_residuals(x, y, sigma, fit);
	if (!sigma)
		scale_line_errors(fit, fit->n > 2 ? fit->chi2 / (fit->n - 2) : 0.0);
	judge_line(fit, sigma != NULL);
	return TRUE;
}

gboolean fit_line_relative(const double *x, const double *y, guint n, struct fit_line *fit,
                           GError **error)
{
	enum signal_status status = least_squares_check(x, y, NULL, n, 2, error);

	*fit = REFUSED(fit_line, status);
	if (status != SIGNAL_OK)
		return FALSE;
	for (guint i = 0; i < n; i++) {
		if (y[i] > 0.0)
			continue;
		*fit = REFUSED(fit_line, SIGNAL_NOT_FINITE); /* no relative error */
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: value %g of point %u is not above 0", y[i], i);
		return FALSE;
	}
	if (!solve_line(x, y, y, n, fit, error))
		return FALSE;
	fill_line_residuals(x, y, y, fit);
	scale_line_errors(fit, fit->n > 2 ? fit->chi2 / (fit->n - 2) : 0.0);
	judge_line(fit, FALSE);
	return TRUE;
}

double fit_line_at(const struct fit_line *fit, double x)
{
	return fit->offset + fit->slope * x;
}

/* From powers of (x - centre) / scale to powers of x, by Horner's scheme on polynomials. */
static void expand_powers(struct fit_polynomial *fit)
{
	for (guint k = fit->degree + 1; k-- > 0;) {
		double next[TERMS] = {0.0};

		for (guint i = 0; i <= fit->degree; i++) {
			next[i] -= fit->power[i] * fit->centre / fit->scale;
			if (i > 0)
				next[i] += fit->power[i - 1] / fit->scale;
		}
		next[0] += fit->coefficient[k];
		memcpy(fit->power, next, sizeof(next));
	}
}

static double slope_at(const struct fit_polynomial *fit, double u)
{
	double value = 0.0;

	for (guint k = fit->degree; k > 0; k--)
		value = value * u + k * fit->coefficient[k];
	return value;
}

/* A derivative of degree 3 or less cannot turn back and forth between steps of 1 in 512 unseen. */
static gboolean is_monotonic(const struct fit_polynomial *fit)
{
	gboolean up = FALSE, down = FALSE;

	for (guint i = 0; i <= 512; i++) {
		double slope = slope_at(fit, -1.0 + i / 256.0);

		up = up || slope > 0.0;
		down = down || slope < 0.0;
	}
	return !(up && down);
}

static void fill_polynomial(const double *x, const double *y, const double *sigma,
                            struct fit_polynomial *fit)
{
	guint free_points = fit->n - fit->degree - 1;
	struct least_squares_residuals r = {0};
	const char *reason = NULL;

	for (guint i = 0; i < fit->n; i++)
		least_squares_residual(&r, y[i] - fit_polynomial_at(fit, x[i]), y[i],
		                       sigma ? sigma[i] : 1.0);
	fit->residual_max = r.max;
	fit->relative_max = r.relative_max;
	fit->chi2 = r.chi2;
	fit->residual_rms = free_points > 0 ? sqrt(r.sum2 / free_points) : 0.0;
	if (!sigma) {
		double variance = free_points > 0 ? r.chi2 / free_points : 0.0;

		for (guint i = 0; i < TERMS; i++) {
			for (guint j = 0; j < TERMS; j++)
				fit->covariance[i][j] *= variance;
		}
	} else {
		reason = least_squares_scatter(r.chi2, free_points);
	}
	fit->verdict = verdict_of(reason);
	if (!isfinite(r.chi2) || !isfinite(fit->covariance[0][0]))
		fit->verdict = out_of_range;
	fit->monotonic = is_monotonic(fit);
	expand_powers(fit);
}

static void frame_polynomial(const double *x, guint n, guint degree, struct fit_polynomial *fit)
{
	memset(fit, 0, sizeof(*fit));
	fit->n = n;
	fit->degree = degree;
	fit->x_min = fit->x_max = x[0];
	for (guint i = 1; i < n; i++) {
		fit->x_min = fmin(fit->x_min, x[i]);
		fit->x_max = fmax(fit->x_max, x[i]);
	}
	fit->centre = 0.5 * (fit->x_min + fit->x_max);
	fit->scale = fit->x_max > fit->x_min ? 0.5 * (fit->x_max - fit->x_min) : 1.0;
}

static gboolean solve_polynomial(const double *x, const double *y, const double *sigma,
                                 struct fit_polynomial *fit)
{
	g_autofree double *rows = g_new0(double, (gsize)fit->n *LEAST_SQUARES_ROW);
	struct least_squares solution;

	for (guint i = 0; i < fit->n; i++) {
		double *row = rows + (gsize)i * LEAST_SQUARES_ROW;
		double weight = sigma ? 1.0 / sigma[i] : 1.0, value = weight;

		for (guint k = 0; k <= fit->degree; k++) {
			row[k] = value;
			value *= (x[i] - fit->centre) / fit->scale;
		}
		row[LEAST_SQUARES_TERMS] = weight * y[i];
	}
	if (!least_squares_solve(rows, fit->n, fit->degree + 1, &solution))
		return FALSE;
	for (guint i = 0; i < TERMS; i++) {
		fit->coefficient[i] = solution.coefficient[i];
		for (guint j = 0; j < TERMS; j++)
			fit->covariance[i][j] = solution.covariance[i][j];
	}
	return TRUE;
}

gboolean fit_polynomial(const double *x, const double *y, const double *sigma, guint n,
                        guint degree, struct fit_polynomial *fit, GError **error)
{
	enum signal_status status;

	if (degree > FIT_MAX_DEGREE) {
		*fit = REFUSED(fit_polynomial, SIGNAL_BAD_SETTING);
		station_error_set(error, STATION_ERROR_DATA, "fit: degree %u is above %d", degree,
		                  FIT_MAX_DEGREE);
		return FALSE;
	}
	status = least_squares_check(x, y, sigma, n, degree + 1, error);
	*fit = REFUSED(fit_polynomial, status);
	if (status != SIGNAL_OK)
		return FALSE;
	frame_polynomial(x, n, degree, fit);
	if (!solve_polynomial(x, y, sigma, fit)) {
		*fit = REFUSED(fit_polynomial, SIGNAL_CONSTANT);
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: degree %u needs %u points with different x", degree,
		                  degree + 1);
		return FALSE;
	}
	fill_polynomial(x, y, sigma, fit);
	return TRUE;
}

double fit_polynomial_at(const struct fit_polynomial *fit, double x)
{
	double u = (x - fit->centre) / fit->scale, value = 0.0;

	for (guint k = fit->degree + 1; k-- > 0;)
		value = value * u + fit->coefficient[k];
	return value;
}

double fit_polynomial_sigma_at(const struct fit_polynomial *fit, double x)
{
	double u = (x - fit->centre) / fit->scale, variance = 0.0, pi = 1.0;

	for (guint i = 0; i <= fit->degree; i++, pi *= u) {
		double pj = 1.0;

		for (guint j = 0; j <= fit->degree; j++, pj *= u)
			variance += pi * pj * fit->covariance[i][j];
	}
	return sqrt(fmax(variance, 0.0));
}

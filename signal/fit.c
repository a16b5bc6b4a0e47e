/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit.h"

#include "base/error.h"
#include "signal/beta.h"

#include <math.h>
#include <string.h>

#define TERMS (FIT_MAX_DEGREE + 1)

static const double chi2_confidence = 0.999;
static const double slope_sigmas = 3.0;

static gboolean check_points(const double *x, const double *y, const double *sigma, guint n,
                             guint least, GError **error)
{
	if (n < least) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: %u points, at least %u are needed", n, least);
		return FALSE;
	}
	for (guint i = 0; i < n; i++) {
		if (!isfinite(x[i]) || !isfinite(y[i]) ||
		    (sigma && !(sigma[i] > 0.0 && isfinite(sigma[i])))) {
			station_error_set(error, STATION_ERROR_DATA,
			                  "fit: point %u (%g, %g, uncertainty %g) cannot be used",
			                  i, x[i], y[i], sigma ? sigma[i] : 0.0);
			return FALSE;
		}
	}
	return TRUE;
}

static struct fit_verdict verdict_of(const char *reason)
{
	return (struct fit_verdict){.status = reason ? SIGNAL_DOUBTFUL : SIGNAL_OK,
	                            .reason = reason};
}

/* Sums of a fit's residuals, the same for all kinds. */
struct residuals {
	double sum2;
	double max;
	double relative_max;
	double chi2;
};

static void add_residual(struct residuals *r, double residual, double y, double sigma)
{
	r->sum2 += residual * residual;
	r->max = fmax(r->max, fabs(residual));
	if (y != 0.0)
		r->relative_max = fmax(r->relative_max, fabs(residual / y));
	r->chi2 += residual * residual / (sigma * sigma);
}

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
	struct residuals r = {0};

	for (guint i = 0; i < fit->n; i++)
		add_residual(&r, y[i] - fit_line_at(fit, x[i]), y[i], sigma ? sigma[i] : 1.0);
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
	else if (given_sigma && fit->n > 2 &&
	         fit->chi2 > beta_chi2_quantile(chi2_confidence, fit->n - 2.0))
		reason = "points scatter more than their uncertainties explain";
	fit->verdict = verdict_of(reason);
}

gboolean fit_line(const double *x, const double *y, const double *sigma, guint n,
                  struct fit_line *fit, GError **error)
{
	if (!check_points(x, y, sigma, n, 2, error) || !solve_line(x, y, sigma, n, fit, error))
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
	for (guint i = 0; i < n; i++) {
		if (y[i] > 0.0)
			continue;
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: value %g of point %u is not above 0", y[i], i);
		return FALSE;
	}
	if (!check_points(x, y, y, n, 2, error) || !solve_line(x, y, y, n, fit, error))
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

/* Rows of the weighted problem, reduced in place to a triangle by Householder reflections. */
struct triangle {
	guint terms;
	double *row; /* n * (TERMS + 1): terms, then the right side */
};

static double *row_at(const struct triangle *t, guint i)
{
	return t->row + (gsize)i * (TERMS + 1);
}

static gboolean reduce(const struct triangle *t, guint n)
{
	for (guint k = 0; k < t->terms; k++) {
		double norm2 = 0.0, total2 = 0.0, alpha, head;

		for (guint i = 0; i < n; i++)
			total2 += row_at(t, i)[k] * row_at(t, i)[k];
		for (guint i = k; i < n; i++)
			norm2 += row_at(t, i)[k] * row_at(t, i)[k];
		if (!(norm2 > 1e-20 * total2))
			return FALSE;
		head = row_at(t, k)[k];
		alpha = head > 0.0 ? -sqrt(norm2) : sqrt(norm2);
		row_at(t, k)[k] = head - alpha;
		for (guint j = k + 1; j <= TERMS; j++) {
			double product = 0.0;

			for (guint i = k; i < n; i++)
				product += row_at(t, i)[k] * row_at(t, i)[j];
			product /= norm2 - head * alpha;
			for (guint i = k; i < n; i++)
				row_at(t, i)[j] -= product * row_at(t, i)[k];
		}
		row_at(t, k)[k] = alpha;
	}
	return TRUE;
}

/* Coefficients and the inverse of the normal matrix from the triangle. */
static void solve_triangle(const struct triangle *t, struct fit_polynomial *fit)
{
	double inverse[TERMS][TERMS] = {{0.0}};
	guint m = t->terms;

	for (guint k = m; k-- > 0;) {
		const double *row = row_at(t, k);
		double value = row[TERMS];

		for (guint j = k + 1; j < m; j++)
			value -= row[j] * fit->coefficient[j];
		fit->coefficient[k] = value / row[k];
		inverse[k][k] = 1.0 / row[k];
		for (guint c = k + 1; c < m; c++) {
			for (guint j = k + 1; j <= c; j++)
				inverse[k][c] -= row[j] * inverse[j][c];
			inverse[k][c] /= row[k];
		}
	}
	for (guint i = 0; i < m; i++) {
		for (guint j = 0; j < m; j++) {
			for (guint k = MAX(i, j); k < m; k++)
				fit->covariance[i][j] += inverse[i][k] * inverse[j][k];
		}
	}
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
	struct residuals r = {0};
	const char *reason = NULL;

	for (guint i = 0; i < fit->n; i++)
		add_residual(&r, y[i] - fit_polynomial_at(fit, x[i]), y[i], sigma ? sigma[i] : 1.0);
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
	} else if (free_points > 0 && r.chi2 > beta_chi2_quantile(chi2_confidence, free_points)) {
		reason = "points scatter more than their uncertainties explain";
	}
	fit->verdict = verdict_of(reason);
	fit->monotonic = is_monotonic(fit);
	expand_powers(fit);
}

gboolean fit_polynomial(const double *x, const double *y, const double *sigma, guint n,
                        guint degree, struct fit_polynomial *fit, GError **error)
{
	struct triangle t = {.terms = degree + 1};
	g_autofree double *rows = NULL;

	if (degree > FIT_MAX_DEGREE) {
		station_error_set(error, STATION_ERROR_DATA, "fit: degree %u is above %d", degree,
		                  FIT_MAX_DEGREE);
		return FALSE;
	}
	if (!check_points(x, y, sigma, n, degree + 1, error))
		return FALSE;
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
	rows = g_new0(double, (gsize)n *(TERMS + 1));
	t.row = rows;
	for (guint i = 0; i < n; i++) {
		double weight = sigma ? 1.0 / sigma[i] : 1.0, value = weight;

		for (guint k = 0; k <= degree; k++) {
			row_at(&t, i)[k] = value;
			value *= (x[i] - fit->centre) / fit->scale;
		}
		row_at(&t, i)[TERMS] = weight * y[i];
	}
	if (!reduce(&t, n)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: degree %u needs %u points with different x", degree,
		                  degree + 1);
		return FALSE;
	}
	solve_triangle(&t, fit);
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

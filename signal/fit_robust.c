/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_robust.h"

#include "base/error.h"
#include "signal/least_squares.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const double bisquare_reach = 4.685; /* 95 % as good as least squares without outliers */
static const double outlier_reach = 3.5;
static const double mad_to_sigma = 1.4826;
static const double many_outliers = 0.4;
#define ROUNDS_OF_SCALE 3
#define ROUNDS_MAX      100

struct points {
	const double *x, *y, *sigma; /* sigma may be null */
	guint n;
	double *residual; /* n, owned, like the rest: over sigma */
	double *spare;
	double *kept_x; /* those with a weight */
	double *kept_y;
	double *kept_sigma;
};

static int compare(const void *a, const void *b)
{
	double va = *(const double *)a, vb = *(const double *)b;

	return va < vb ? -1 : va > vb;
}

/* Sorts the values. */
static double median(double *values, guint n)
{
	qsort(values, n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* Median over the points of the median slope to all others. FALSE when all have the same x. */
static gboolean repeated_medians(const struct points *p, double *offset, double *slope)
{
	g_autofree double *slopes = g_new(double, p->n);
	guint n_slopes = 0;

	for (guint i = 0; i < p->n; i++) {
		guint n = 0;

		for (guint j = 0; j < p->n; j++) {
			if (p->x[j] != p->x[i])
				p->spare[n++] = (p->y[j] - p->y[i]) / (p->x[j] - p->x[i]);
		}
		if (n > 0)
			slopes[n_slopes++] = median(p->spare, n);
	}
	if (n_slopes == 0)
		return FALSE;
	*slope = median(slopes, n_slopes);
	for (guint i = 0; i < p->n; i++)
		p->spare[i] = p->y[i] - *slope * p->x[i];
	*offset = median(p->spare, p->n);
	return TRUE;
}

static void find_residuals(const struct points *p, double offset, double slope)
{
	for (guint i = 0; i < p->n; i++)
		p->residual[i] =
			(p->y[i] - (offset + slope * p->x[i])) / (p->sigma ? p->sigma[i] : 1.0);
}

static double find_scale(const struct points *p)
{
	double scale, largest = 0.0;

	for (guint i = 0; i < p->n; i++) {
		p->spare[i] = fabs(p->residual[i]);
		largest = fmax(largest, fabs(p->y[i] / (p->sigma ? p->sigma[i] : 1.0)));
	}
	/* two numbers were taken from the points: small samples lie too close to their line */
	scale = mad_to_sigma * median(p->spare, p->n) * (1.0 + 5.0 / (p->n - 2.0));
	if (p->sigma)
		return fmax(scale, 1.0);
	/* when most points lie exactly on a line, what rounding leaves is not a spread */
	return fmax(scale, fmax(1e-12 * largest, DBL_MIN / DBL_EPSILON));
}

/* One round of weighted least squares; outliers lose their weight altogether. */
static gboolean weigh_and_fit(const struct points *p, double scale, struct fit_line *line)
{
	guint kept = 0;

	for (guint i = 0; i < p->n; i++) {
		double u = p->residual[i] / (bisquare_reach * scale);

		if (fabs(u) >= 1.0)
			continue;
		p->kept_x[kept] = p->x[i];
		p->kept_y[kept] = p->y[i];
		p->kept_sigma[kept++] = (p->sigma ? p->sigma[i] : 1.0) / (1.0 - u * u);
	}
	return kept >= 2 && fit_line(p->kept_x, p->kept_y, p->kept_sigma, kept, line, NULL);
}

static gboolean descend(const struct points *p, double *offset, double *slope, double *scale)
{
	struct fit_line line;

	for (int round = 0; round < ROUNDS_OF_SCALE; round++) {
		find_residuals(p, *offset, *slope);
		*scale = find_scale(p);
		for (int i = 0; i < ROUNDS_MAX; i++) {
			double moved;

			if (!weigh_and_fit(p, *scale, &line))
				return FALSE;
			moved = fabs(line.slope - *slope) / line.slope_sigma +
			        fabs(line.offset - *offset) / line.offset_sigma;
			*slope = line.slope;
			*offset = line.offset;
			find_residuals(p, *offset, *slope);
			if (moved < 1e-10 * *scale)
				break;
		}
	}
	return TRUE;
}

/* Huber's factor from the covariance of the least squares to that of the weighted ones. */
static double variance_factor(const struct points *p, double scale)
{
	double squares = 0.0, slopes = 0.0, slopes2 = 0.0, n = p->n, spread, correction;

	for (guint i = 0; i < p->n; i++) {
		double u = p->residual[i] / (bisquare_reach * scale), u2 = u * u, psi, slope;

		if (u2 >= 1.0)
			continue;
		psi = p->residual[i] * (1.0 - u2) * (1.0 - u2);
		slope = (1.0 - u2) * (1.0 - 5.0 * u2);
		squares += psi * psi;
		slopes += slope;
		slopes2 += slope * slope;
	}
	slopes /= n;
	spread = fmax(slopes2 / n - slopes * slopes, 0.0);
	correction = 1.0 + 2.0 / n * spread / (slopes * slopes);
	return correction * correction * squares / (n - 2.0) / (slopes * slopes);
}

static void take_errors(const struct points *p, double scale, struct fit_line *line)
{
	struct fit_line plain;
	double factor = variance_factor(p, scale);

	for (guint i = 0; i < p->n; i++)
		p->kept_sigma[i] = p->sigma ? p->sigma[i] : 1.0;
	if (!fit_line(p->x, p->y, p->kept_sigma, p->n, &plain, NULL))
		return;
	if (p->sigma)
		factor = fmax(factor, 1.0);
	line->slope_sigma = sqrt(factor) * plain.slope_sigma;
	line->offset_sigma = sqrt(factor) * plain.offset_sigma;
	line->covariance = factor * plain.covariance;
}

static void take_residuals(const struct points *p, gboolean *outlier, struct fit_robust *fit)
{
	struct least_squares_residuals sums = {0};
	struct fit_line *line = &fit->line;

	for (guint i = 0; i < p->n; i++) {
		double sigma = p->sigma ? p->sigma[i] : 1.0;
		gboolean out = fabs(p->residual[i]) > outlier_reach * fit->scale;

		fit->outliers += out;
		if (outlier)
			outlier[i] = out;
		if (!out)
			least_squares_residual(&sums, p->residual[i] * sigma, p->y[i], sigma);
	}
	line->n = p->n - fit->outliers;
	line->residual_rms = line->n > 2 ? sqrt(sums.sum2 / (line->n - 2)) : 0.0;
	line->residual_max = sums.max;
	line->relative_max = sums.relative_max;
	line->chi2 = sums.chi2;
}

static struct fit_verdict judge(const struct points *p, const struct fit_robust *fit)
{
	const struct fit_line *line = &fit->line;
	const char *reason = NULL;

	if (!isfinite(line->offset) || !isfinite(line->chi2) || !isfinite(line->offset_sigma))
		return (struct fit_verdict){SIGNAL_NOT_FINITE, "numbers out of range"};
	if (p->n < 5)
		return (struct fit_verdict){SIGNAL_TOO_FEW,
		                            "fewer than 5 points cannot outvote an outlier"};
	if (fit->outliers > many_outliers * p->n)
		reason = "more than two fifths of the points are outliers";
	else if (line->slope == 0.0 || fabs(line->slope) < 3.0 * line->slope_sigma)
		reason = "slope is not told from zero";
	else if (p->sigma && line->n > 2)
		reason = least_squares_scatter(line->chi2, line->n - 2);
	return (struct fit_verdict){reason ? SIGNAL_DOUBTFUL : SIGNAL_OK, reason};
}

static void points_clear(struct points *p)
{
	g_free(p->residual);
	g_free(p->spare);
	g_free(p->kept_x);
	g_free(p->kept_y);
	g_free(p->kept_sigma);
}

gboolean fit_line_robust(const double *x, const double *y, const double *sigma, guint n,
                         gboolean *outlier, struct fit_robust *fit, GError **error)
{
	struct points p = {.x = x, .y = y, .sigma = sigma, .n = n};
	enum signal_status status = least_squares_check(x, y, sigma, n, 3, error);
	double offset, slope;
	gboolean done;

	*fit = (struct fit_robust){.line.verdict = {status, "the points cannot be used"}};
	if (status != SIGNAL_OK)
		return FALSE;
	p.residual = g_new(double, n);
	p.spare = g_new(double, n);
	p.kept_x = g_new(double, n);
	p.kept_y = g_new(double, n);
	p.kept_sigma = g_new(double, n);
	done = repeated_medians(&p, &offset, &slope) && descend(&p, &offset, &slope, &fit->scale);
	if (done) {
		fit->line.slope = slope;
		fit->line.offset = offset;
		take_errors(&p, fit->scale, &fit->line);
		take_residuals(&p, outlier, fit);
		fit->line.verdict = judge(&p, fit);
	} else {
		fit->line.verdict.status = SIGNAL_CONSTANT;
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: all points that agree have the same x");
	}
	points_clear(&p);
	return done;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/least_squares.h"

#include "base/error.h"
#include "signal/beta.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TERMS LEAST_SQUARES_TERMS

static const double chi2_confidence = 0.999;

static double *row_at(double *rows, guint i)
{
	return rows + (gsize)i * LEAST_SQUARES_ROW;
}

/* In place to a triangle. A column that depends on those before it leaves nothing. */
static gboolean reduce(double *rows, guint n, guint terms)
{
	for (guint k = 0; k < terms; k++) {
		double norm2 = 0.0, total2 = 0.0, alpha, head;

		for (guint i = 0; i < n; i++)
			total2 += row_at(rows, i)[k] * row_at(rows, i)[k];
		for (guint i = k; i < n; i++)
			norm2 += row_at(rows, i)[k] * row_at(rows, i)[k];
		if (!(norm2 > 1e-20 * total2))
			return FALSE;
		head = row_at(rows, k)[k];
		alpha = head > 0.0 ? -sqrt(norm2) : sqrt(norm2);
		row_at(rows, k)[k] = head - alpha;
		for (guint j = k + 1; j <= TERMS; j++) {
			double product = 0.0;

			if (j >= terms && j < TERMS)
				continue;
			for (guint i = k; i < n; i++)
				product += row_at(rows, i)[k] * row_at(rows, i)[j];
			product /= norm2 - head * alpha;
			for (guint i = k; i < n; i++)
				row_at(rows, i)[j] -= product * row_at(rows, i)[k];
		}
		row_at(rows, k)[k] = alpha;
	}
	return TRUE;
}

static void solve_triangle(double *rows, guint m, struct least_squares *solution)
{
	double inverse[TERMS][TERMS] = {{0.0}};

	for (guint k = m; k-- > 0;) {
		const double *row = row_at(rows, k);
		double value = row[TERMS];

		for (guint j = k + 1; j < m; j++)
			value -= row[j] * solution->coefficient[j];
		solution->coefficient[k] = value / row[k];
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
				solution->covariance[i][j] += inverse[i][k] * inverse[j][k];
		}
	}
}

gboolean least_squares_solve(double *rows, guint n, guint terms, struct least_squares *solution)
{
	memset(solution, 0, sizeof(*solution));
	if (n < terms || terms > TERMS || !reduce(rows, n, terms))
		return FALSE;
	solve_triangle(rows, terms, solution);
	for (guint i = terms; i < n; i++)
		solution->chi2 += row_at(rows, i)[TERMS] * row_at(rows, i)[TERMS];
	return TRUE;
}

enum signal_status least_squares_check(const double *x, const double *y, const double *sigma,
                                       guint n, guint least, GError **error)
{
	if (n < least) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: %u points, at least %u are needed", n, least);
		return SIGNAL_TOO_FEW;
	}
	for (guint i = 0; i < n; i++) {
		if (!isfinite(x[i]) || !isfinite(y[i]) ||
		    (sigma && !(sigma[i] > 0.0 && isfinite(sigma[i])))) {
			station_error_set(error, STATION_ERROR_DATA,
			                  "fit: point %u (%g, %g, uncertainty %g) cannot be used",
			                  i, x[i], y[i], sigma ? sigma[i] : 0.0);
			return SIGNAL_NOT_FINITE;
		}
	}
	return SIGNAL_OK;
}

struct point {
	double x, y, sigma;
};

static int compare_x(const void *a, const void *b)
{
	double xa = ((const struct point *)a)->x, xb = ((const struct point *)b)->x;

	return xa < xb ? -1 : xa > xb;
}

struct least_squares_points least_squares_sort(const double *x, const double *y,
                                               const double *sigma, guint n)
{
	g_autofree struct point *points = g_new(struct point, n);
	struct least_squares_points out = {.x = g_new(double, n),
	                                   .y = g_new(double, n),
	                                   .sigma = g_new(double, n),
	                                   .given = sigma != NULL,
	                                   .n = n};

	for (guint i = 0; i < n; i++)
		points[i] = (struct point){x[i], y[i], sigma ? sigma[i] : 1.0};
	qsort(points, n, sizeof(*points), compare_x);
	for (guint i = 0; i < n; i++) {
		out.x[i] = points[i].x;
		out.y[i] = points[i].y;
		out.sigma[i] = points[i].sigma;
	}
	return out;
}

void least_squares_points_clear(struct least_squares_points *points)
{
	g_free(points->x);
	g_free(points->y);
	g_free(points->sigma);
}

void least_squares_residual(struct least_squares_residuals *sums, double residual, double y,
                            double sigma)
{
	sums->sum2 += residual * residual;
	sums->max = fmax(sums->max, fabs(residual));
	if (y != 0.0)
		sums->relative_max = fmax(sums->relative_max, fabs(residual / y));
	sums->chi2 += residual * residual / (sigma * sigma);
}

const char *least_squares_scatter(double chi2, guint dof)
{
	/* the quantile lies between these for any number of degrees */
	if (dof == 0 || chi2 <= dof)
		return NULL;
	if (chi2 > 2.0 * dof + 20.0 || chi2 > beta_chi2_quantile(chi2_confidence, dof))
		return "points scatter more than their uncertainties explain";
	return NULL;
}

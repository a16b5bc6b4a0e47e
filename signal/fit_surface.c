/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_surface.h"

#include "base/error.h"
#include "signal/least_squares.h"

#include <math.h>

#define TERMS LEAST_SQUARES_TERMS

static void frame(const double *values, guint n, double *centre, double *scale)
{
	double low = values[0], high = values[0];

	for (guint i = 1; i < n; i++) {
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
	}
	*centre = 0.5 * (low + high);
	*scale = high > low ? 0.5 * (high - low) : 1.0;
}

static void terms_of(double u, double v, double terms[TERMS])
{
	terms[0] = 1.0;
	terms[1] = u;
	terms[2] = v;
	terms[3] = u * u;
	terms[4] = u * v;
	terms[5] = v * v;
}

double fit_surface_at(const struct fit_surface *fit, double x, double y)
{
	double terms[TERMS], z = 0.0;

	terms_of((x - fit->centre[0]) / fit->scale[0], (y - fit->centre[1]) / fit->scale[1], terms);
	for (guint i = 0; i < TERMS; i++)
		z += fit->coefficient[i] * terms[i];
	return z;
}

static gboolean solve(const double *x, const double *y, const double *z, struct fit_surface *fit)
{
	g_autofree double *rows = g_new0(double, (gsize)fit->n *LEAST_SQUARES_ROW);
	struct least_squares solution;

	for (guint i = 0; i < fit->n; i++) {
		double *row = rows + (gsize)i * LEAST_SQUARES_ROW;

		terms_of((x[i] - fit->centre[0]) / fit->scale[0],
		         (y[i] - fit->centre[1]) / fit->scale[1], row);
		row[TERMS] = z[i];
	}
	if (!least_squares_solve(rows, fit->n, TERMS, &solution))
		return FALSE;
	for (guint i = 0; i < TERMS; i++)
		fit->coefficient[i] = solution.coefficient[i];
	return TRUE;
}

static void take_if_less(struct fit_surface *fit, double x, double y, gboolean at_edge)
{
	double z = fit_surface_at(fit, x, y);

	if (z < fit->least) {
		fit->least = z;
		fit->least_at[0] = x;
		fit->least_at[1] = y;
		fit->at_edge = at_edge;
	}
}

/* The least on one edge of the box, where setting `fixed` stands at `value`. */
static void search_edge(struct fit_surface *fit, guint fixed, double value, const double low[2],
                        const double high[2])
{
	const double *c = fit->coefficient;
	guint moves = 1 - fixed;
	double held = (value - fit->centre[fixed]) / fit->scale[fixed];
	double curve = moves == 0 ? c[3] : c[5];
	double tilt = (moves == 0 ? c[1] : c[2]) + c[4] * held;
	double ends[] = {low[moves], high[moves], low[moves]};

	if (curve > 0.0)
		ends[2] = CLAMP(fit->centre[moves] - tilt / (2.0 * curve) * fit->scale[moves],
		                low[moves], high[moves]);
	for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
		take_if_less(fit, fixed == 0 ? value : ends[i], fixed == 0 ? ends[i] : value, TRUE);
}

static void search(struct fit_surface *fit, const double low[2], const double high[2])
{
	const double *c = fit->coefficient;
	double determinant = 4.0 * c[3] * c[5] - c[4] * c[4];

	fit->least = INFINITY;
	fit->bowl = c[3] > 0.0 && determinant > 0.0;
	if (fit->bowl) {
		double u = (c[4] * c[2] - 2.0 * c[5] * c[1]) / determinant;
		double v = (c[4] * c[1] - 2.0 * c[3] * c[2]) / determinant;
		double x = fit->centre[0] + u * fit->scale[0];
		double y = fit->centre[1] + v * fit->scale[1];

		if (x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]) {
			take_if_less(fit, x, y, FALSE);
			return;
		}
	}
	for (guint fixed = 0; fixed < 2; fixed++) {
		search_edge(fit, fixed, low[fixed], low, high);
		search_edge(fit, fixed, high[fixed], low, high);
	}
}

static void judge(const double *x, const double *y, const double *z, struct fit_surface *fit)
{
	struct least_squares_residuals r = {0};

	for (guint i = 0; i < fit->n; i++)
		least_squares_residual(&r, z[i] - fit_surface_at(fit, x[i], y[i]), z[i], 1.0);
	fit->residual_max = r.max;
	fit->residual_rms = fit->n > TERMS ? sqrt(r.sum2 / (fit->n - TERMS)) : 0.0;
	if (!fit->bowl)
		fit->verdict = (struct fit_verdict){SIGNAL_NO_FEATURE, "the readings make no bowl"};
	else if (fit->at_edge)
		fit->verdict = (struct fit_verdict){SIGNAL_EXTRAPOLATED,
		                                    "the least is on the edge of the settings"};
}

gboolean fit_surface(const double *x, const double *y, const double *z, guint n,
                     const double low[2], const double high[2], struct fit_surface *fit,
                     GError **error)
{
	enum signal_status status = least_squares_check(x, z, NULL, n, TERMS, error);

	*fit = (struct fit_surface){.n = n, .verdict = {status, "the readings cannot be used"}};
	if (status != SIGNAL_OK)
		return FALSE;
	status = least_squares_check(y, z, NULL, n, TERMS, error);
	fit->verdict.status = status;
	if (status != SIGNAL_OK)
		return FALSE;
	g_return_val_if_fail(low[0] < high[0] && low[1] < high[1], FALSE);
	frame(x, n, &fit->centre[0], &fit->scale[0]);
	frame(y, n, &fit->centre[1], &fit->scale[1]);
	if (!solve(x, y, z, fit)) {
		fit->verdict.status = SIGNAL_CONSTANT;
		station_error_set(error, STATION_ERROR_DATA,
		                  "fit: the settings do not determine a surface of second order");
		return FALSE;
	}
	fit->verdict = (struct fit_verdict){SIGNAL_OK, NULL};
	search(fit, low, high);
	judge(x, y, z, fit);
	return TRUE;
}

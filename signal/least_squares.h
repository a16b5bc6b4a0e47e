/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_LEAST_SQUARES_H
#define SIGNAL_LEAST_SQUARES_H

#include "signal/status.h"

#include <glib.h>

/* What the fits share. */

#define LEAST_SQUARES_TERMS 6
#define LEAST_SQUARES_ROW   (LEAST_SQUARES_TERMS + 1) /* terms, then the right side */

struct least_squares {
	double coefficient[LEAST_SQUARES_TERMS];
	/* inverse of the normal matrix: the covariance when rows are weighted with 1 / sigma */
	double covariance[LEAST_SQUARES_TERMS][LEAST_SQUARES_TERMS];
	double chi2; /* what is left over, squared */
};

/*
 * Solves n rows of LEAST_SQUARES_ROW numbers, of which the first `terms` and the last are used, by
 * Householder reflections; the rows are lost. FALSE when the terms are not independent, n below
 * terms included.
 */
gboolean least_squares_solve(double *rows, guint n, guint terms, struct least_squares *solution);

/*
 * TOO_FEW, NOT_FINITE (values, or a sigma that is not above zero; sigma may be null) with
 * STATION_ERROR_DATA, or OK.
 */
enum signal_status least_squares_check(const double *x, const double *y, const double *sigma,
                                       guint n, guint least, GError **error);

/* Points in order of x. */
struct least_squares_points {
	double *x; /* n, owned, like the next two */
	double *y;
	double *sigma;  /* 1 when not given */
	gboolean given; /* sigma was */
	guint n;
};

/* sigma may be null. n at least 1. */
struct least_squares_points least_squares_sort(const double *x, const double *y,
                                               const double *sigma, guint n);
void least_squares_points_clear(struct least_squares_points *points);

struct least_squares_residuals {
	double sum2;
	double max;          /* largest |residual| */
	double relative_max; /* over points with y other than 0 */
	double chi2;
};

void least_squares_residual(struct least_squares_residuals *sums, double residual, double y,
                            double sigma);

/* Null, or that chi2 is beyond what 1 in 1000 fits has. Static text. dof may be 0: null. */
const char *least_squares_scatter(double chi2, guint dof);

#endif

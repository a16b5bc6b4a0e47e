/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FIT_TABLE_H
#define SIGNAL_FIT_TABLE_H

#include "signal/fit.h"
#include "signal/fit_piecewise.h" /* enum fit_direction */

#include <glib.h>

/* What a table follows between the points it is made from. */
enum fit_table_model {
	FIT_TABLE_MONOTONE_CUBIC, /* through the points, turning only where they turn */
	FIT_TABLE_LINE,           /* a + b x: a monitor's offset, an APD's bias */
	FIT_TABLE_EXPONENTIAL,    /* a e^(x / b): threshold current and efficiency of a laser */
};

struct fit_table_settings {
	enum fit_table_model model;
	double first_x; /* the grid: n entries from here on */
	double step_x;  /* above 0 */
	guint n;
	double extrapolation_x;       /* entries further beyond the points hold their last value */
	double max_rate;              /* largest change allowed for one unit of x; 0: any */
	enum fit_direction direction; /* that the values should have; it is checked, not enforced */
};

/* How good a table is. */
struct fit_table {
	guint n_omitted; /* points that were predicted from the others, inner ones for the cubic */
	double omitted_rms;  /* error of these predictions; pessimistic, as the gap is twice as wide
	                      */
	double omitted_max;  /* both NaN when none could be omitted */
	double residual_rms; /* of the points from the model, with n - 2; 0 for the cubic */
	double residual_max;
	double rate_max;      /* largest change from entry to entry, over step_x */
	double rate_x;        /* the entry where it begins */
	guint n_beyond;       /* entries beyond the points */
	guint n_held;         /* of these, entries that hold a value */
	struct fit_line line; /* of the line; of ln y for the exponential; all 0 for the cubic */
	/*
	 * NOT_MONOTONIC: entries or points against the direction. EXTRAPOLATED: held entries.
	 * TOO_FEW: no point could be predicted from the others. DOUBTFUL: rate above max_rate; for
	 * the models chi2 with given sigma.
	 */
	struct fit_verdict verdict;
};

/*
 * Fills `values` with settings->n entries. Points in any order, at least 2, all with different x.
 * sigma as in fit_line, used by the models. Errors: STATION_ERROR_DATA as fit_line, x that are
 * alike (SIGNAL_CONSTANT), values not above 0 for the exponential (SIGNAL_NOT_FINITE); RANGE for
 * settings.
 */
gboolean fit_table(const double *x, const double *y, const double *sigma, guint n,
                   const struct fit_table_settings *settings, double *values,
                   struct fit_table *table, GError **error);

/*
 * The cubic at one x, with n ascending x: F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput.
 * 5 (1984) 300. Beyond the points it goes on straight. n at least 2.
 */
double fit_monotone_cubic_at(const double *x, const double *y, guint n, double at);

#endif

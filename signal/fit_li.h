/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FIT_LI_H
#define SIGNAL_FIT_LI_H

#include "signal/fit.h"
#include "signal/status.h"

#include <glib.h>

/*
 * Light against current of a laser: two straight pieces that meet at the threshold. (The
 * two-segment fit of threshold current.) Points above a rollover, where the slope sinks again, are
 * left out.
 */
struct fit_li {
	/*
	 * Where the pieces meet. Without a value: NO_FEATURE, no kink; EXTRAPOLATED, a straight
	 * line that comes from above the threshold.
	 */
	struct signal_value threshold_a;
	double slope_w_per_a; /* above the threshold; NaN when nothing rises */
	double slope_sigma;
	double below_w_per_a; /* spontaneous light; NaN without a kink, likewise the next */
	double threshold_w;   /* light at the threshold */
	double covariance;    /* of threshold and slope; 0 without a kink */
	double rollover_a;    /* points above it are left out; NaN without a rollover */
	guint n;              /* points that took part, below and above the threshold */
	guint n_below;
	guint n_above;
	double residual_rms;
	double residual_max;
	double chi2;
	/* DOUBTFUL: no kink, spontaneous light more than a third as steep, chi2. TOO_FEW: fewer
	 * than three points below or above the threshold. */
	struct fit_verdict verdict;
};

/*
 * Points in any order; sigma_w as in fit_line. At least 5 points. Errors as fit_line.
 */
gboolean fit_li(const double *current_a, const double *power_w, const double *sigma_w, guint n,
                struct fit_li *fit, GError **error);

/* Light at a current, never below 0; NaN without a threshold. */
double fit_li_at(const struct fit_li *fit, double current_a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_TUNE_H
#define STATION_STEPS_TUNE_H

#include <glib.h>

/*
 * Brings a few measured quantities to their targets by as many knobs: damped Gauss-Newton steps
 * within the knobs' limits, the sensitivities measured once by small moves and kept up to date by
 * Broyden's rank-1 formula. Bounded, deterministic, and says why when it does not arrive.
 */
#define TUNE_MAX 4

struct tune_knob {
	const char *name;
	double start, min, max;
	double probe; /* the small move by which the sensitivity is measured */
};

struct tune_target {
	const char *name;
	double tolerance; /* |residual| at most this */
};

struct tune_problem {
	struct tune_knob knobs[TUNE_MAX];
	struct tune_target targets[TUNE_MAX];
	guint n; /* knobs and targets */
	guint iterations;
	/* Sets the knobs and measures the residuals (measured minus wanted); NAN where the knobs
	 * leave nothing to be measured. FALSE when the measuring itself failed. */
	gboolean (*measure)(const double *knobs, double *residuals, gpointer data, GError **error);
	gpointer data;
};

struct tune_result {
	gboolean converged;
	guint measurements;
	double knobs[TUNE_MAX],
		residuals[TUNE_MAX]; /* the best point, which is also the one set last */
	char why[160]; /* when not converged: "laser_bias at its limit, oma off by -2.10" */
};

/* FALSE only when a measurement failed; not to converge is a result. */
gboolean tune_run(const struct tune_problem *problem, struct tune_result *result, GError **error);

#endif

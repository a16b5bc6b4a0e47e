/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BER_WATERFALL_H
#define SIGNAL_BER_WATERFALL_H

#include "signal/status.h"

#include <glib.h>

struct ber_point {
	double oma_dbm;
	guint64 bits;
	guint64 errors;
};

struct ber_waterfall_settings {
	double target_ber; /* 2.4e-4 */
	double confidence; /* of the interval: 0.95 */
	double ber_min;    /* points outside are left out: 1e-7, 2e-2 */
	double ber_max;
	guint64 errors_min;      /* so are points with fewer errors: 10 */
	double power_sigma_db;   /* how well a point's power repeats, standard deviation: 0 */
	double extrapolation_db; /* how far beyond the used points the target may lie: 1 */
};

void ber_waterfall_settings_default(struct ber_waterfall_settings *settings);

/*
 * log10 of x = Q^-1(BER / 0.75) is fitted by a straight line against OMA in dBm, weighted by the
 * statistics of the counts and the repeatability of the power. A receiver with constant noise has
 * slope 0.1 per dB.
 */
struct ber_waterfall {
	struct signal_value sensitivity_dbm; /* OMA where the line meets target_ber */
	double standard_error_db;            /* NaN without a value, likewise the next two */
	double low_dbm;                      /* confidence interval of the sensitivity */
	double high_dbm;
	double offset; /* log10 x = offset + slope_per_db * oma_dbm */
	double slope_per_db;
	double chi2;
	guint points_used;      /* degrees of freedom are points_used - 2 */
	double extrapolated_db; /* beyond the nearest used point; 0 inside them */
	const char *doubt;      /* null, or why the curve looks odd though it has a value */
};

/*
 * The fit, without a value for: fewer than 3 usable points, BER that rises with power, target
 * too far beyond the points, a line that does not fall. Errors: STATION_ERROR_DATA for counts that
 * cannot be or a power that is not finite; RANGE for settings. Points need not be sorted.
 */
gboolean ber_waterfall_fit(const struct ber_point *points, guint n,
                           const struct ber_waterfall_settings *settings, struct ber_waterfall *fit,
                           GError **error);

/* The BER that the fitted line predicts; NaN when there is no line. */
double ber_waterfall_at(const struct ber_waterfall *fit, double oma_dbm);

#endif

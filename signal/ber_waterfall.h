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
	double offset_variance; /* these three grow by chi2 / dof where that is above 1 */
	double slope_variance;
	double covariance; /* of offset and slope */
	double coverage;   /* half a confidence interval over its standard error */
	double from_dbm;   /* the line may be used from here to there: the used points, and the */
	double to_dbm;     /* extrapolation asked for on either side */
	double floor_ber;  /* BER that power does not bring down, when such a floor explains the
	                      points far better than a line; NaN if not */
	double chi2;
	guint points_used;      /* degrees of freedom are points_used - 2 */
	double extrapolated_db; /* beyond the nearest used point; 0 inside them */
	const char *doubt;      /* null, or why the curve looks odd though it has a value */
};

/*
 * The fit. Points need not be sorted. Without a value, with the status:
 * NOT_MONOTONIC  BER rises with power
 * TOO_FEW        fewer than 3 usable points with different powers
 * NO_CROSSING    instead of that: 3 or more powers, and all clearly above the target or all clearly
 *                below; or a line that does not fall, or that ends in a floor above the target
 * EXTRAPOLATED   the line meets the target too far beyond the points
 * Errors, with the status: STATION_ERROR_DATA for counts that cannot be (NO_BITS, BAD_COUNT) or a
 * power that is not finite (NOT_FINITE); STATION_ERROR_RANGE for settings (BAD_SETTING).
 * A floor below the target is a doubt; the value is still that of the straight line.
 */
gboolean ber_waterfall_fit(const struct ber_point *points, guint n,
                           const struct ber_waterfall_settings *settings, struct ber_waterfall *fit,
                           GError **error);

/* Whether the fit uses such a point: enough errors, and a ratio that is neither too high nor low.
 */
gboolean ber_waterfall_uses(const struct ber_waterfall_settings *settings,
                            const struct ber_point *point);

/* The scale on which a waterfall is a line: log10 of Q^-1(BER / 0.75). */
double ber_waterfall_scale(double ber);
/* What a count of that many bits scatters on it, at a ratio. */
double ber_waterfall_scatter(double ber, double bits);

/* The BER that the fitted line predicts; NaN when there is no line. */
double ber_waterfall_at(const struct ber_waterfall *fit, double oma_dbm);

/*
 * Confidence band of the line at one power, as BER. FALSE and NaN without a line, or further beyond
 * the points than the settings of the fit allow.
 */
gboolean ber_waterfall_band_at(const struct ber_waterfall *fit, double oma_dbm, double *low_ber,
                               double *high_ber);

#endif

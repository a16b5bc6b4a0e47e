/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BER_H
#define SIGNAL_BER_H

#include "signal/ber_waterfall.h" /* what the counts are for */
#include "signal/status.h"

#include <glib.h>

/*
 * A bit error ratio from counts, with Clopper-Pearson bounds (exact binomial): C. J. Clopper and
 * E. S. Pearson, Biometrika 26 (1934) 404. Bounds hold for errors that are independent of each
 * other; ber_from_windows sees whether they are.
 */
struct ber_estimate {
	guint64 bits;
	guint64 errors;
	double ber;   /* errors / bits */
	double lower; /* two-sided: half of what confidence leaves on either side */
	double upper;
	double lower_one_sided; /* BER is above this at the confidence; 0 without errors */
	double upper_one_sided; /* below this; without errors 1 - (1 - confidence)^(1 / bits) */
	double confidence;
	enum signal_status
		status; /* OK, NO_BITS, BAD_COUNT, BAD_SETTING; ratios are NaN if not OK */
};

/* STATION_ERROR_DATA: no bits, more errors than bits; RANGE: confidence outside 0..1. */
gboolean ber_from_counts(guint64 bits, guint64 errors, double confidence,
                         struct ber_estimate *estimate, GError **error);

/* Whether errors come one by one: the spread of the counts of several windows. */
struct ber_dispersion {
	double ratio; /* variance over mean of the counts: 1 for independent errors; NaN when
	                 there is less than one error a window */
	double limit; /* what 1 in 1000 measurements of independent errors exceeds */
	gboolean bursts;
};

/* Of n windows, none of which is without bits. */
struct ber_dispersion ber_dispersion_of(const guint64 *bits, const guint64 *errors, guint n);

/*
 * The sum of n windows. When their counts spread more than independent errors would, the bounds
 * are those of fewer bits: errors and bits divided by the ratio. dispersion may be null. Errors as
 * ber_from_counts, for any window and for their sum.
 */
gboolean ber_from_windows(const guint64 *bits, const guint64 *errors, guint n, double confidence,
                          struct ber_estimate *estimate, struct ber_dispersion *dispersion,
                          GError **error);

/* "no error in 1.25e+04 bits: BER < 2.4e-04 at 95 %" or "1.2e-04 (1.1e-04 .. 1.3e-04 at 95 %)". */
char *ber_to_text(const struct ber_estimate *estimate);

/*
 * Bits without error after which BER is below `ber` at a confidence: -ln(1 - confidence) / ber.
 * NaN for arguments outside 0..1.
 */
double ber_bits_needed(double ber, double confidence);

/*
 * The same when `errors` errors are allowed: half the chi-square quantile of 2 errors + 2, over
 * ber. (Poisson; the binomial needs less by a part of about ber / 2.)
 */
double ber_bits_needed_with(double ber, guint64 errors, double confidence);

/* The time for it at a bit rate; NaN also for a rate that is not above 0. */
double ber_time_needed_s(double ber, guint64 errors, double confidence, double bits_per_s);

/*
 * The confidence, reached by a count, that the bit error ratio is below `ber`: the probability of
 * more errors at that ratio. NaN for ber outside 0..1, no bits, more errors than bits.
 */
double ber_confidence_below(guint64 bits, guint64 errors, double ber);

#endif

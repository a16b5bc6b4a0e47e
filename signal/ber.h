/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BER_H
#define SIGNAL_BER_H

#include "signal/ber_waterfall.h" /* what the counts are for */

#include <glib.h>

/* A bit error ratio from counts, with Clopper-Pearson bounds (exact binomial, two-sided). */
struct ber_estimate {
	guint64 bits;
	guint64 errors;
	double ber;   /* errors / bits */
	double lower; /* 0 without errors */
	double upper; /* without errors: the one-sided bound, 1 - (1 - confidence)^(1 / bits) */
	double confidence;
};

/* STATION_ERROR_DATA: no bits, more errors than bits; RANGE: confidence outside 0..1. */
gboolean ber_from_counts(guint64 bits, guint64 errors, double confidence,
                         struct ber_estimate *estimate, GError **error);

/* "no error in 1.25e+04 bits: BER < 2.4e-04 at 95 %" or "1.2e-04 (1.1e-04 .. 1.3e-04 at 95 %)". */
char *ber_to_text(const struct ber_estimate *estimate);

/*
 * Bits without error after which BER is below `ber` at a confidence: -ln(1 - confidence) / ber.
 * NaN for arguments outside 0..1.
 */
double ber_bits_needed(double ber, double confidence);

/*
 * Probability that a codeword of RS(544,514), 10-bit symbols, 15 corrected, stays uncorrected at a
 * bit error ratio, for random errors. (802.3 clause 91/119.) NaN outside 0..1.
 */
double ber_kp4_codeword_loss(double ber);

#endif

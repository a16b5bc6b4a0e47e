/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber.h"

#include "base/error.h"
#include "base/number.h"
#include "signal/beta.h"
#include "signal/gauss.h"

#include <math.h>

/* From here on the binomial is normal to nine digits. */
static const guint64 many_errors = 100000000;

#define KP4_SYMBOLS     544
#define KP4_CORRECTED   15
#define KP4_SYMBOL_BITS 10

/* Wilson's bound for sign -1 and 1. */
static double wilson(double n, double p, double z, double sign)
{
	double z2 = z * z;

	return (p + z2 / (2.0 * n) + sign * z * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n))) /
	       (1.0 + z2 / n);
}

gboolean ber_from_counts(guint64 bits, guint64 errors, double confidence,
                         struct ber_estimate *estimate, GError **error)
{
	double n = (double)bits, e = (double)errors, tail = 0.5 * (1.0 - confidence);

	if (bits == 0 || errors > bits) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%" G_GUINT64_FORMAT " errors in %" G_GUINT64_FORMAT
		                  " bits cannot be",
		                  errors, bits);
		return FALSE;
	}
	if (!(confidence > 0.0 && confidence < 1.0)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "confidence %g is not between 0 and 1", confidence);
		return FALSE;
	}
	*estimate = (struct ber_estimate){.bits = bits,
	                                  .errors = errors,
	                                  .ber = e / n,
	                                  .confidence = confidence};
	if (errors == 0) {
		estimate->upper = -expm1(log1p(-confidence) / n);
	} else if (errors > many_errors && bits - errors > many_errors) {
		double z = gauss_q_inverse(tail);

		estimate->lower = wilson(n, e / n, z, -1.0);
		estimate->upper = wilson(n, e / n, z, 1.0);
	} else {
		estimate->lower = errors == bits ? exp(log1p(-confidence) / n)
		                                 : beta_quantile(tail, e, n - e + 1.0);
		estimate->upper = errors == bits ? 1.0 : beta_quantile(1.0 - tail, e + 1.0, n - e);
	}
	return TRUE;
}

char *ber_to_text(const struct ber_estimate *estimate)
{
	g_autofree char *percent = number_format_digits(100.0 * estimate->confidence, 4);
	g_autofree char *upper = number_format_digits(estimate->upper, 2);

	if (estimate->errors == 0) {
		g_autofree char *bits = number_format_digits((double)estimate->bits, 3);

		return g_strdup_printf("no error in %s bits: BER < %s at %s %%", bits, upper,
		                       percent);
	}
	g_autofree char *ber = number_format_digits(estimate->ber, 3);
	g_autofree char *lower = number_format_digits(estimate->lower, 2);

	return g_strdup_printf("%s (%s .. %s at %s %%)", ber, lower, upper, percent);
}

double ber_bits_needed(double ber, double confidence)
{
	if (!(ber > 0.0 && ber < 1.0 && confidence > 0.0 && confidence < 1.0))
		return NAN;
	return -log1p(-confidence) / ber;
}

double ber_kp4_codeword_loss(double ber)
{
	double symbol_error;

	if (!(ber >= 0.0 && ber <= 1.0))
		return NAN;
	/* More than 15 of 544 symbols wrong: a binomial tail, which is a beta function. */
	symbol_error = -expm1(KP4_SYMBOL_BITS * log1p(-ber));
	return beta_incomplete(symbol_error, KP4_CORRECTED + 1.0, KP4_SYMBOLS - KP4_CORRECTED);
}

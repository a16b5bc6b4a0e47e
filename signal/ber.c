/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber.h"

#include "base/error.h"
#include "base/number.h"
#include "signal/beta.h"

#include <math.h>

static const double burst_confidence = 0.999;

/* BER is above this with probability 1 - tail. */
static double lower_bound(double n, double errors, double tail)
{
	return errors > 0.0 ? beta_quantile(tail, errors, n - errors + 1.0) : 0.0;
}

static double upper_bound(double n, double errors, double tail)
{
	if (errors == 0.0)
		return -expm1(log(tail) / n);
	return beta_quantile(1.0 - tail, errors + 1.0, n - errors);
}

/* For at most as many errors as good bits: there the bounds lose no digits. */
static void fill_bounds(double n, double errors, double confidence, struct ber_estimate *estimate)
{
	double tail = 0.5 * (1.0 - confidence);

	estimate->lower = lower_bound(n, errors, tail);
	estimate->lower_one_sided = lower_bound(n, errors, 1.0 - confidence);
	estimate->upper_one_sided = upper_bound(n, errors, 1.0 - confidence);
	estimate->upper = upper_bound(n, errors, tail);
}

/* Bounds of bad bits from those of good bits. */
static void mirror_bounds(struct ber_estimate *estimate)
{
	double lower = estimate->lower, lower_one_sided = estimate->lower_one_sided;

	estimate->lower = 1.0 - estimate->upper;
	estimate->upper = 1.0 - lower;
	estimate->lower_one_sided = 1.0 - estimate->upper_one_sided;
	estimate->upper_one_sided = 1.0 - lower_one_sided;
}

static void set_bounds(double n, double errors, struct ber_estimate *estimate)
{
	if (errors <= 0.5 * n) {
		fill_bounds(n, errors, estimate->confidence, estimate);
	} else {
		fill_bounds(n, n - errors, estimate->confidence, estimate);
		mirror_bounds(estimate);
	}
}

static enum signal_status status_of(guint64 bits, guint64 errors, double confidence)
{
	if (errors > bits)
		return SIGNAL_BAD_COUNT;
	if (bits == 0)
		return SIGNAL_NO_BITS;
	return confidence > 0.0 && confidence < 1.0 ? SIGNAL_OK : SIGNAL_BAD_SETTING;
}

gboolean ber_from_counts(guint64 bits, guint64 errors, double confidence,
                         struct ber_estimate *estimate, GError **error)
{
	*estimate = (struct ber_estimate){.bits = bits,
	                                  .errors = errors,
	                                  .ber = NAN,
	                                  .lower = NAN,
	                                  .upper = NAN,
	                                  .lower_one_sided = NAN,
	                                  .upper_one_sided = NAN,
	                                  .confidence = confidence,
	                                  .status = status_of(bits, errors, confidence)};
	if (estimate->status == SIGNAL_BAD_SETTING) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "confidence %g is not between 0 and 1", confidence);
		return FALSE;
	}
	if (estimate->status != SIGNAL_OK) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%" G_GUINT64_FORMAT " errors in %" G_GUINT64_FORMAT
		                  " bits cannot be",
		                  errors, bits);
		return FALSE;
	}
	estimate->ber = (double)errors / (double)bits;
	set_bounds((double)bits, (double)errors, estimate);
	return TRUE;
}

struct ber_dispersion ber_dispersion_of(const guint64 *bits, const guint64 *errors, guint n)
{
	struct ber_dispersion dispersion = {.ratio = NAN, .limit = NAN};
	double all_bits = 0.0, all_errors = 0.0, chi2 = 0.0, dof = n - 1.0, ber;

	for (guint i = 0; i < n; i++) {
		all_bits += (double)bits[i];
		all_errors += (double)errors[i];
	}
	if (n < 2 || all_errors < n || all_errors >= all_bits)
		return dispersion;
	ber = all_errors / all_bits;
	for (guint i = 0; i < n; i++) {
		double mean = ber * (double)bits[i], miss = (double)errors[i] - mean;

		chi2 += miss * miss / (mean * (1.0 - ber));
	}
	dispersion.ratio = chi2 / dof;
	dispersion.limit = beta_chi2_quantile(burst_confidence, dof) / dof;
	dispersion.bursts = dispersion.ratio > dispersion.limit;
	return dispersion;
}

gboolean ber_from_windows(const guint64 *bits, const guint64 *errors, guint n, double confidence,
                          struct ber_estimate *estimate, struct ber_dispersion *dispersion,
                          GError **error)
{
	struct ber_dispersion found;
	guint64 all_bits = 0, all_errors = 0;

	for (guint i = 0; i < n; i++) {
		if (!ber_from_counts(bits[i], errors[i], confidence, estimate, error)) {
			g_prefix_error(error, "window %u: ", i);
			return FALSE;
		}
		if (!g_uint64_checked_add(&all_bits, all_bits, bits[i])) {
			estimate->status = SIGNAL_BAD_COUNT;
			station_error_set(error, STATION_ERROR_DATA, "too many bits to count");
			return FALSE;
		}
		all_errors += errors[i];
	}
	if (!ber_from_counts(all_bits, all_errors, confidence, estimate, error))
		return FALSE;
	found = ber_dispersion_of(bits, errors, n);
	if (found.bursts)
		set_bounds((double)all_bits / found.ratio, (double)all_errors / found.ratio,
		           estimate);
	if (dispersion)
		*dispersion = found;
	return TRUE;
}

char *ber_to_text(const struct ber_estimate *estimate)
{
	g_autofree char *percent = number_format_digits(100.0 * estimate->confidence, 4);

	if (estimate->errors == 0) {
		g_autofree char *bits = number_format_digits((double)estimate->bits, 3);
		g_autofree char *below = number_format_digits(estimate->upper_one_sided, 2);

		return g_strdup_printf("no error in %s bits: BER < %s at %s %%", bits, below,
		                       percent);
	}
	g_autofree char *ber = number_format_digits(estimate->ber, 3);
	g_autofree char *lower = number_format_digits(estimate->lower, 2);
	g_autofree char *upper = number_format_digits(estimate->upper, 2);

	return g_strdup_printf("%s (%s .. %s at %s %%)", ber, lower, upper, percent);
}

double ber_bits_needed(double ber, double confidence)
{
	if (!(ber > 0.0 && ber < 1.0 && confidence > 0.0 && confidence < 1.0))
		return NAN;
	return -log1p(-confidence) / ber;
}

double ber_bits_needed_with(double ber, guint64 errors, double confidence)
{
	double none = ber_bits_needed(ber, confidence);

	if (errors == 0 || isnan(none))
		return none;
	return 0.5 * beta_chi2_quantile(confidence, 2.0 * (double)errors + 2.0) / ber;
}

double ber_time_needed_s(double ber, guint64 errors, double confidence, double bits_per_s)
{
	return bits_per_s > 0.0 ? ber_bits_needed_with(ber, errors, confidence) / bits_per_s : NAN;
}

double ber_confidence_below(guint64 bits, guint64 errors, double ber)
{
	if (bits == 0 || errors > bits || !(ber > 0.0 && ber < 1.0))
		return NAN;
	if (errors == bits)
		return 0.0;
	return beta_incomplete(ber, (double)errors + 1.0, (double)(bits - errors));
}

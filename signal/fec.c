/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fec.h"

#include "base/error.h"
#include "signal/ber.h"
#include "signal/beta.h"
#include "signal/fit.h"

#include <math.h>

const struct fec_code fec_kp4 = {.symbols = 544, .corrected = 15, .symbol_bits = 10};
const struct fec_code fec_kr4 = {.symbols = 528, .corrected = 7, .symbol_bits = 10};

static const guint64 bin_least = 20; /* codewords in a bin that the tail's slope is taken from */
#define TAIL_BINS_LEAST 3
#define TAIL_BINS_MOST  5
static const double burst_decades = 1.0;
static const double burst_sigmas = 3.0;

double fec_codeword_loss_from_symbols(const struct fec_code *code, double symbol_error_ratio)
{
	if (!(symbol_error_ratio >= 0.0 && symbol_error_ratio <= 1.0))
		return NAN;
	/* More wrong symbols than corrected ones: a binomial tail, which is a beta function. */
	return beta_incomplete(symbol_error_ratio, code->corrected + 1.0,
	                       (double)(code->symbols - code->corrected));
}

static double symbol_ratio(const struct fec_code *code, double ber)
{
	return -expm1(code->symbol_bits * log1p(-ber));
}

static double bit_ratio(const struct fec_code *code, double symbol_error_ratio)
{
	return -expm1(log1p(-symbol_error_ratio) / code->symbol_bits);
}

double fec_codeword_loss(const struct fec_code *code, double ber)
{
	if (!(ber >= 0.0 && ber <= 1.0))
		return NAN;
	return fec_codeword_loss_from_symbols(code, symbol_ratio(code, ber));
}

double fec_ber_for_loss(const struct fec_code *code, double codeword_loss)
{
	return bit_ratio(code, beta_quantile(codeword_loss, code->corrected + 1.0,
	                                     (double)(code->symbols - code->corrected)));
}

double fec_frame_loss(double codeword_loss, guint codewords)
{
	if (!(codeword_loss >= 0.0 && codeword_loss <= 1.0) || codewords == 0)
		return NAN;
	return -expm1(codewords * log1p(-codeword_loss));
}

const char *fec_assumption_text(enum fec_assumption assumption)
{
	switch (assumption) {
	case FEC_INDEPENDENT_SYMBOLS:
		return "wrong symbols are independent: binomial with the measured mean";
	case FEC_STEADY_TAIL:
		return "the tail of the histogram goes on with the slope of its last filled bins";
	}
	return "unknown";
}

/* ln of the number of ways to choose k symbols. */
static double ln_ways(const struct fec_code *code, double k)
{
	return lgamma(code->symbols + 1.0) - lgamma(k + 1.0) - lgamma(code->symbols - k + 1.0);
}

static struct fec_loss loss_from_mean(const struct fec_code *code,
                                      const struct fec_histogram *histogram,
                                      const struct fec_margin *margin)
{
	struct fec_loss loss = {.assumption = FEC_INDEPENDENT_SYMBOLS};
	double p = margin->symbol_error_ratio, mean = p * code->symbols, variance = 0.0;
	double step = 1e-4 * p, decades_per_ratio;

	if (!(p > 0.0)) {
		loss.log10_loss = signal_none(SIGNAL_TOO_FEW, "no symbol was corrected");
		return loss;
	}
	for (guint i = 0; i <= code->corrected + 1; i++) {
		guint64 count =
			i > code->corrected ? histogram->uncorrected : histogram->codewords[i];

		variance += (double)count * (i - mean) * (i - mean);
	}
	variance /= (double)margin->codewords;
	decades_per_ratio = (log10(fec_codeword_loss_from_symbols(code, p)) -
	                     log10(fec_codeword_loss_from_symbols(code, p - step))) /
	                    step;
	loss.log10_loss = signal_ok(log10(fec_codeword_loss_from_symbols(code, p)),
	                            decades_per_ratio * sqrt(variance / (double)margin->codewords) /
	                                    code->symbols);
	return loss;
}

/* Neighbouring bins from the mean on that are filled, the last of them. */
static guint tail_bins(const struct fec_code *code, const struct fec_histogram *histogram,
                       double mean, guint *first)
{
	guint begin = (guint)fmin(ceil(mean), code->corrected), end = begin;

	while (end <= code->corrected && histogram->codewords[end] >= bin_least)
		end++;
	*first = end - begin > TAIL_BINS_MOST ? end - TAIL_BINS_MOST : begin;
	return end - *first;
}

static struct fec_loss loss_from_tail(const struct fec_code *code,
                                      const struct fec_histogram *histogram,
                                      const struct fec_margin *margin)
{
	struct fec_loss loss = {.assumption = FEC_STEADY_TAIL};
	double x[TAIL_BINS_MOST], y[TAIL_BINS_MOST], sigma[TAIL_BINS_MOST], sum = 0.0, centre = 0.0;
	guint first, n;
	struct fit_line line;

	n = tail_bins(code, histogram, margin->symbol_error_ratio * code->symbols, &first);
	for (guint i = 0; i < n; i++) {
		double count = (double)histogram->codewords[first + i];

		x[i] = first + i;
		y[i] = log(count / (double)margin->codewords) - ln_ways(code, x[i]);
		sigma[i] = 1.0 / sqrt(count);
	}
	if (n < TAIL_BINS_LEAST || !fit_line(x, y, sigma, n, &line, NULL)) {
		loss.log10_loss = signal_none(SIGNAL_TOO_FEW, "too few bins are filled");
		return loss;
	}
	for (guint i = code->corrected + 1; i <= code->symbols; i++) {
		double term = exp(fit_line_at(&line, i) + ln_ways(code, i));

		sum += term;
		centre += term * i;
	}
	centre /= sum;
	loss.log10_loss = signal_ok(fmin(log10(sum), 0.0),
	                            sqrt(line.offset_sigma * line.offset_sigma +
	                                 2.0 * centre * line.covariance +
	                                 centre * centre * line.slope_sigma * line.slope_sigma) /
	                                    G_LN10);
	return loss;
}

/* Mean and counted loss. */
static gboolean count(const struct fec_code *code, const struct fec_histogram *histogram,
                      struct fec_margin *margin, GError **error)
{
	double wrong = (double)histogram->uncorrected * (code->corrected + 1.0);
	struct ber_estimate lost;

	*margin = (struct fec_margin){.codewords = histogram->uncorrected,
	                              .symbol_error_ratio = NAN,
	                              .ber = NAN,
	                              .counted_loss = NAN,
	                              .counted_lower = NAN,
	                              .counted_upper = NAN,
	                              .burst_decades = NAN};
	for (guint i = 0; i <= code->corrected; i++) {
		margin->codewords += histogram->codewords[i];
		wrong += (double)histogram->codewords[i] * i;
	}
	if (!ber_from_counts(margin->codewords, histogram->uncorrected, 0.95, &lost, NULL)) {
		margin->status = SIGNAL_NO_BITS;
		margin->from_mean.log10_loss = margin->from_tail.log10_loss =
			signal_none(SIGNAL_NO_BITS, "no codeword was counted");
		station_error_set(error, STATION_ERROR_DATA, "no codeword was counted");
		return FALSE;
	}
	margin->symbol_error_ratio = wrong / ((double)margin->codewords * code->symbols);
	margin->ber = bit_ratio(code, margin->symbol_error_ratio);
	margin->counted_loss = lost.ber;
	margin->counted_lower = lost.lower;
	margin->counted_upper = lost.upper;
	return TRUE;
}

gboolean fec_margin_from_histogram(const struct fec_code *code,
                                   const struct fec_histogram *histogram, struct fec_margin *margin,
                                   GError **error)
{
	const struct signal_value *mean = &margin->from_mean.log10_loss;
	const struct signal_value *tail = &margin->from_tail.log10_loss;

	if (!count(code, histogram, margin, error))
		return FALSE;
	margin->from_mean = loss_from_mean(code, histogram, margin);
	margin->from_tail = loss_from_tail(code, histogram, margin);
	if (mean->status == SIGNAL_OK && tail->status == SIGNAL_OK) {
		margin->burst_decades = tail->value - mean->value;
		margin->bursts = margin->burst_decades >
		                 fmax(burst_decades,
		                      burst_sigmas * hypot(mean->uncertainty, tail->uncertainty));
	}
	return TRUE;
}

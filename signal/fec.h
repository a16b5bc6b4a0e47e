/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FEC_H
#define SIGNAL_FEC_H

#include "signal/status.h"

#include <glib.h>

/* A Reed-Solomon code: codewords of `symbols` symbols, of which up to `corrected` may be wrong. */
struct fec_code {
	guint symbols;
	guint corrected;
	guint symbol_bits;
};

extern const struct fec_code
	fec_kp4; /* RS(544,514), 15 corrected, 10 bits: 802.3 clauses 91, 119 */
extern const struct fec_code fec_kr4; /* RS(528,514), 7 corrected, 10 bits: 802.3 clause 91 */

/*
 * Probability that a codeword stays uncorrected at a bit error ratio, for bit errors that are
 * independent of each other. NaN outside 0..1.
 */
double fec_codeword_loss(const struct fec_code *code, double ber);

/* The same for wrong symbols that are independent of each other. NaN outside 0..1. */
double fec_codeword_loss_from_symbols(const struct fec_code *code, double symbol_error_ratio);

/* The bit error ratio at which the loss is `codeword_loss`. NaN outside 0..1. */
double fec_ber_for_loss(const struct fec_code *code, double codeword_loss);

/*
 * Loss of a frame whose bits lie in several interleaved codewords (two in 400GBASE-R): one bad
 * codeword is enough. NaN for a loss outside 0..1 or no codewords.
 */
double fec_frame_loss(double codeword_loss, guint codewords);

/* What has to hold for a loss that was not counted but calculated. */
enum fec_assumption {
	FEC_INDEPENDENT_SYMBOLS, /* wrong symbols as the binomial of their mean has them */
	FEC_STEADY_TAIL,         /* beyond the last filled bins the histogram goes on as in them */
};

/* One phrase for reports, static storage. */
const char *fec_assumption_text(enum fec_assumption assumption);

struct fec_loss {
	struct signal_value log10_loss; /* of a codeword; the uncertainty is in decades */
	enum fec_assumption assumption;
};

/* Codewords by the number of symbols that were corrected in them. */
struct fec_histogram {
	const guint64 *codewords; /* code->corrected + 1 counts: none, one, two ... */
	guint64 uncorrected;      /* codewords beyond correction */
};

struct fec_margin {
	guint64 codewords;
	double symbol_error_ratio; /* mean; an uncorrected codeword counts corrected + 1 */
	double ber; /* that gives as many wrong symbols, if bit errors are independent */
	struct fec_loss from_mean;
	struct fec_loss from_tail; /* TOO_FEW without three neighbouring bins filled well enough */
	double counted_loss;       /* uncorrected / codewords, and its 95 % bounds */
	double counted_lower;
	double counted_upper;
	double burst_decades; /* from_tail over from_mean; NaN unless both have values */
	gboolean bursts;      /* more than one decade, and more than chance: trust neither alone */
	enum signal_status status; /* OK, NO_BITS: no codeword */
};

/*
 * The loss behind a histogram, in two ways. from_mean is right when errors are random. from_tail
 * divides the counts by the binomial coefficient, which makes the logarithm of a binomial's counts
 * a straight line whatever its mean, fits the last filled bins by a line and sums it beyond
 * correction: it sees bursts that fill the tail. Error: STATION_ERROR_DATA without codewords.
 */
gboolean fec_margin_from_histogram(const struct fec_code *code,
                                   const struct fec_histogram *histogram, struct fec_margin *margin,
                                   GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BER_SEQUENCE_H
#define SIGNAL_BER_SEQUENCE_H

#include "signal/status.h"

#include <glib.h>

/*
 * Wald's sequential test of a bit error ratio: counts are added until the likelihood ratio of a bad
 * to a good ratio decides, long before a test of fixed length would where the unit is clearly one
 * of both. (A. Wald, Sequential Analysis, 1947, chapters 3 and 5.) Errors are taken as Poisson.
 */
struct ber_sequence_settings {
	double good_ber;      /* such a unit should pass */
	double bad_ber;       /* such a unit should fail; at least 1.1 times as much, at most 0.1 */
	double producer_risk; /* wanted probability that the good one fails, 1e-9 .. 0.4 */
	double consumer_risk; /* wanted probability that the bad one passes, 1e-9 .. 0.4 */
	/* decides at the latest here: 0, at the length at which a test of fixed length keeps to
	 * both risks; no more than four times that length is taken */
	guint64 max_bits;
};

/* 1.2e-4 against 2.4e-4 (the limit before RS(544,514)), both risks 1 %, fixed length. */
void ber_sequence_settings_default(struct ber_sequence_settings *settings);

enum ber_decision {
	BER_CONTINUE,
	BER_PASS,
	BER_FAIL,
};

struct ber_sequence {
	struct ber_sequence_settings settings;
	enum signal_status
		status; /* OK, or why init or the last add refused: BAD_SETTING, BAD_COUNT */
	guint64 bits;   /* counted so far */
	guint64 errors;
	enum ber_decision decision;
	gboolean truncated; /* max_bits decided, not the likelihood */

	/* the plan, filled by init */
	double error_llr;   /* what an error adds to the log likelihood ratio, ln(bad / good) */
	double bit_llr;     /* what a bit takes from it, bad - good */
	double fail_llr;    /* fails at or above: ln((1 - consumer) / producer) */
	double pass_llr;    /* passes at or below: ln(consumer / (1 - producer)) */
	guint64 max_bits;   /* truncation: passes there with up to max_errors, else fails */
	guint64 max_errors; /* a batch that ends later is allowed bit_llr / error_llr more a bit */
	double expected_bits_good; /* mean length for the good and the bad ratio, Wald's */
	double expected_bits_bad;  /* approximation: no overshoot, no truncation */

	/*
	 * What becomes of the good and the bad ratio with truncation and batches of one bit: exact.
	 * The risks come out somewhat above the wanted ones, as truncation has its own: who needs
	 * them below asks for less.
	 */
	double good_fails;
	double bad_passes;
	double mean_bits_good;
	double mean_bits_bad;
	/* whatever the batches, until truncation: Wald's bounds */
	double good_fails_bound;  /* producer / (1 - consumer) */
	double bad_passes_bound;  /* consumer / (1 - producer) */
	double good_fails_at_end; /* of the test of max_bits alone: truncation adds at most this */
	double bad_passes_at_end;
};

/* A test with no counts. Error: STATION_ERROR_RANGE, with SIGNAL_BAD_SETTING. */
gboolean ber_sequence_init(struct ber_sequence *sequence,
                           const struct ber_sequence_settings *settings, GError **error);

/*
 * Adds a batch and decides. What comes after a decision is not counted. Error: STATION_ERROR_DATA
 * for more errors than bits, with SIGNAL_BAD_COUNT; nothing is added then.
 */
gboolean ber_sequence_add(struct ber_sequence *sequence, guint64 bits, guint64 errors,
                          GError **error);

/*
 * Bits after which the test passes if no more errors come: 0 when it has passed, G_MAXUINT64 when
 * it has failed or has too many errors to pass by max_bits.
 */
guint64 ber_sequence_bits_to_pass(const struct ber_sequence *sequence);

#endif

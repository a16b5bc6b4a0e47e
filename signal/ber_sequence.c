/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_sequence.h"

#include "base/error.h"
#include "signal/beta.h"

#include <math.h>

static const double least_ratio = 1.1;
static const double most_ber = 0.1;
static const double least_risk = 1e-9;
static const double most_risk = 0.4;
static const guint64 most_lengths = 4; /* hardly any test lasts longer than so many fixed ones */
static const double most_bits = 1e18;  /* what is left of 2^64 takes the last batch */

void ber_sequence_settings_default(struct ber_sequence_settings *settings)
{
	*settings = (struct ber_sequence_settings){
		.good_ber = 1.2e-4,
		.bad_ber = 2.4e-4,
		.producer_risk = 0.01,
		.consumer_risk = 0.01,
	};
}

static gboolean risk_is_possible(double risk)
{
	return risk >= least_risk && risk <= most_risk;
}

static gboolean settings_are_possible(const struct ber_sequence_settings *s)
{
	return s->good_ber > 1e-16 && s->bad_ber >= least_ratio * s->good_ber &&
	       s->bad_ber <= most_ber && risk_is_possible(s->producer_risk) &&
	       risk_is_possible(s->consumer_risk) && (double)s->max_bits <= most_bits;
}

/* Expected errors of the bad ratio at which it keeps to the consumer's risk with k allowed. */
static double bad_mean(const struct ber_sequence_settings *s, guint64 k)
{
	return 0.5 * beta_chi2_quantile(1.0 - s->consumer_risk, 2.0 * (double)k + 2.0);
}

static gboolean length_exists(const struct ber_sequence_settings *s, guint64 k)
{
	double good_mean = 0.5 * beta_chi2_quantile(s->producer_risk, 2.0 * (double)k + 2.0);

	return bad_mean(s, k) / s->bad_ber <= good_mean / s->good_ber;
}

/* The shortest test of fixed length that keeps to both risks. */
static void plan_fixed_length(struct ber_sequence *q)
{
	guint64 low = 0, high = 1;

	while (!length_exists(&q->settings, high)) {
		low = high + 1;
		high *= 2;
	}
	while (low < high) {
		guint64 middle = low + (high - low) / 2;

		if (length_exists(&q->settings, middle))
			high = middle;
		else
			low = middle + 1;
	}
	q->max_errors = high;
	q->max_bits = (guint64)ceil(bad_mean(&q->settings, high) / q->settings.bad_ber);
}

/* A given length: the errors at which the likelihoods, weighted with the risks, are alike. */
static void plan_given_length(struct ber_sequence *q)
{
	double bits;

	q->max_bits = MIN(q->settings.max_bits, most_lengths * q->max_bits);
	bits = (double)q->max_bits;
	q->max_errors =
		(guint64)fmax(0.0, floor((bits * q->bit_llr + 0.5 * (q->fail_llr + q->pass_llr)) /
	                                 q->error_llr));
}

static double expected_bits(const struct ber_sequence *q, double ber, double passes)
{
	return (passes * q->pass_llr + (1.0 - passes) * q->fail_llr) /
	       (ber * q->error_llr - q->bit_llr);
}

/*
 * The test as a walk: alive[k] is the probability that k errors came and nothing is decided. Errors
 * only add up, so that whoever is below the failing count at the end of a stretch was so all along:
 * from one corner of the boundaries to the next the counts move by a Poisson distribution, without
 * approximation.
 */
struct walk {
	const struct ber_sequence *plan;
	double ber;
	double *alive;  /* counts below `fails` */
	double *weight; /* Poisson weights of a stretch */
	guint passes;   /* the next count to reach the boundary of passing */
	guint fails;    /* this count fails now */
	double bits;    /* where the walk is */
	double passed;  /* probabilities and mean length so far */
	double mean_bits;
};

/* Bits at which the test passes with k errors; at the latest at which it fails with them. */
static double passing_bits(const struct ber_sequence *q, double k)
{
	return (k * q->error_llr - q->pass_llr) / q->bit_llr;
}

static double failing_bits(const struct ber_sequence *q, double k)
{
	return (k * q->error_llr - q->fail_llr) / q->bit_llr;
}

static void walk_to(struct walk *w, double bits)
{
	double mean = w->ber * (bits - w->bits), left = -expm1(-mean);
	guint span = w->fails - w->passes, n = 0;

	/* time spent with m more errors, while below the failing count, is P(more than m) / ber */
	for (double p = exp(-mean); n < span && (n <= mean || p > 1e-18); n++) {
		w->weight[n] = p;
		p *= mean / (n + 1.0);
	}
	for (guint m = 0; m < n; m++) {
		left -= m > 0 ? w->weight[m] : 0.0;
		for (guint k = w->passes; k + m < w->fails; k++)
			w->mean_bits += w->alive[k] * fmax(left, 0.0) / w->ber;
	}
	for (guint k = w->fails; k-- > w->passes;) {
		double sum = 0.0;

		for (guint m = 0; m < n && m <= k - w->passes; m++)
			sum += w->alive[k - m] * w->weight[m];
		w->alive[k] = sum;
	}
	w->bits = bits;
}

static void walk_on(struct walk *w)
{
	const struct ber_sequence *q = w->plan;
	double end = (double)q->max_bits;

	while (w->passes < w->fails) {
		double pass = passing_bits(q, w->passes), fail = failing_bits(q, w->fails);

		if (fmin(pass, fail) >= end)
			break;
		walk_to(w, fmin(pass, fail));
		if (pass <= fail)
			w->passed += w->alive[w->passes++];
		else
			w->alive[w->fails++] = 0.0;
	}
	walk_to(w, end);
	for (guint k = w->passes; k <= q->max_errors && k < w->fails; k++)
		w->passed += w->alive[k];
}

/* Probability to pass and mean length at a bit error ratio. */
static void walk(const struct ber_sequence *q, double ber, double *passes, double *mean_bits)
{
	struct walk w = {.plan = q, .ber = ber};
	gsize most;

	w.fails = (guint)fmax(1.0, ceil(q->fail_llr / q->error_llr));
	/* no more than what fails at the end can be alive */
	most = (gsize)(((double)q->max_bits * q->bit_llr + q->fail_llr) / q->error_llr) + 3;
	most = MAX(most, w.fails + 1);
	w.alive = g_new0(double, most);
	w.weight = g_new0(double, most);
	w.alive[0] = 1.0;
	walk_on(&w);
	*passes = w.passed;
	*mean_bits = w.mean_bits;
	g_free(w.alive);
	g_free(w.weight);
}

static void fill_plan(struct ber_sequence *q)
{
	const struct ber_sequence_settings *s = &q->settings;

	q->error_llr = log(s->bad_ber / s->good_ber);
	q->bit_llr = s->bad_ber - s->good_ber;
	q->fail_llr = log((1.0 - s->consumer_risk) / s->producer_risk);
	q->pass_llr = log(s->consumer_risk / (1.0 - s->producer_risk));
	plan_fixed_length(q);
	if (s->max_bits)
		plan_given_length(q);
	q->expected_bits_good = expected_bits(q, s->good_ber, 1.0 - s->producer_risk);
	q->expected_bits_bad = expected_bits(q, s->bad_ber, s->consumer_risk);
	q->good_fails_bound = s->producer_risk / (1.0 - s->consumer_risk);
	q->bad_passes_bound = s->consumer_risk / (1.0 - s->producer_risk);
	q->good_fails_at_end =
		beta_poisson_above((double)q->max_errors, s->good_ber * (double)q->max_bits);
	q->bad_passes_at_end =
		1.0 - beta_poisson_above((double)q->max_errors, s->bad_ber * (double)q->max_bits);
	walk(q, s->good_ber, &q->good_fails, &q->mean_bits_good);
	q->good_fails = 1.0 - q->good_fails;
	walk(q, s->bad_ber, &q->bad_passes, &q->mean_bits_bad);
}

gboolean ber_sequence_init(struct ber_sequence *sequence,
                           const struct ber_sequence_settings *settings, GError **error)
{
	*sequence = (struct ber_sequence){.settings = *settings, .status = SIGNAL_OK};
	if (!settings_are_possible(settings)) {
		sequence->status = SIGNAL_BAD_SETTING;
		station_error_set(error, STATION_ERROR_RANGE,
		                  "sequential test: %g against %g with risks %g and %g cannot be",
		                  settings->good_ber, settings->bad_ber, settings->producer_risk,
		                  settings->consumer_risk);
		return FALSE;
	}
	fill_plan(sequence);
	return TRUE;
}

static void decide(struct ber_sequence *q)
{
	double bits = (double)q->bits, errors = (double)q->errors;
	double llr = errors * q->error_llr - bits * q->bit_llr;

	if (llr >= q->fail_llr) {
		q->decision = BER_FAIL;
	} else if (llr <= q->pass_llr) {
		q->decision = BER_PASS;
	} else if (q->bits >= q->max_bits) {
		double more = (double)(q->bits - q->max_bits) * q->bit_llr / q->error_llr;

		q->truncated = TRUE;
		q->decision = errors <= (double)q->max_errors + more ? BER_PASS : BER_FAIL;
	}
}

gboolean ber_sequence_add(struct ber_sequence *sequence, guint64 bits, guint64 errors,
                          GError **error)
{
	if (sequence->status == SIGNAL_BAD_SETTING) {
		station_error_set(error, STATION_ERROR_RANGE, "sequential test: it has no plan");
		return FALSE;
	}
	if (errors > bits || bits > G_MAXUINT64 / 2) {
		sequence->status = SIGNAL_BAD_COUNT;
		station_error_set(error, STATION_ERROR_DATA,
		                  "sequential test: %" G_GUINT64_FORMAT
		                  " errors in %" G_GUINT64_FORMAT " bits cannot be",
		                  errors, bits);
		return FALSE;
	}
	sequence->status = SIGNAL_OK;
	if (sequence->decision != BER_CONTINUE)
		return TRUE;
	sequence->bits += bits;
	sequence->errors += errors;
	decide(sequence);
	return TRUE;
}

guint64 ber_sequence_bits_to_pass(const struct ber_sequence *sequence)
{
	double total;

	if (sequence->status == SIGNAL_BAD_SETTING || sequence->decision == BER_FAIL)
		return G_MAXUINT64;
	if (sequence->decision == BER_PASS)
		return 0;
	total = ceil(passing_bits(sequence, (double)sequence->errors));
	if (total >= (double)sequence->max_bits) {
		if (sequence->errors > sequence->max_errors)
			return G_MAXUINT64;
		total = (double)sequence->max_bits;
	}
	return (guint64)total - sequence->bits;
}

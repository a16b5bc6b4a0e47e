/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BER_GATE_H
#define SIGNAL_BER_GATE_H

#include <glib.h>

/*
 * A gate that ends when it is certain on which side of a limit a bit error ratio lies, and at the
 * latest when it is full. It is Wald's test (ber_sequence.h) laid around the limit p: the good
 * ratio is p ln(r) / (r - 1) and the bad one r times that, so that the likelihood ratio leans
 * neither way at p itself and every longer gate decides by the same line as the full one. The log
 * likelihood ratio is then ln(r) / burst for each error in excess of p times the bits: the test
 * ends when
 *
 *   errors - p bits >=  burst ln(1 / producer_risk) / ln(r)   fails
 *   errors - p bits <= -burst ln(1 / consumer_risk) / ln(r)   passes
 *
 * These are not Wald's usual bounds but those which keep a risk below what was asked for whatever
 * the batches and wherever it is truncated: under either hypothesis the likelihood ratio is a
 * martingale, which ever reaches 1 / risk with at most that probability (J. Ville, 1939). What the
 * full gate itself gets wrong at such a ratio comes on top.
 *
 * It takes bursts of errors to come independently of each other, no bursts to be larger in effect
 * than the one stated (variance over mean of counts), and the ratio to be the same all the time:
 * what comes and goes more slowly than the gate is seen by no gate of that length.
 */
struct ber_gate_settings {
	double limit_ber;     /* above 1e-15, at most 0.05 */
	double ratio;         /* of the bad ratio to the good one: 1.01 .. 100 */
	double producer_risk; /* alpha: the good one fails before the gate is full, 1e-9 .. 0.4 */
	double consumer_risk; /* beta: the bad one passes, likewise */
	double burst;         /* errors that come together, 1 .. 1e6: 1 is each alone */
	guint64 min_bits;     /* nothing is certain before */
	/* at the full gate it passes if BER is at most the limit with this one-sided confidence;
	 * 0: if errors over bits are */
	double confidence;
};

/* Around 2.4e-4, ratio 1.25, both risks 0.1 %, bursts of 10, 1e7 bits, confidence 0. */
void ber_gate_settings_default(struct ber_gate_settings *settings);

double ber_gate_good_ber(const struct ber_gate_settings *settings);
double ber_gate_bad_ber(const struct ber_gate_settings *settings);

enum ber_decision {
	BER_CONTINUE,
	BER_PASS,
	BER_FAIL,
};

enum ber_gate_end {
	BER_GATE_OPEN,
	BER_GATE_CERTAIN, /* the sequential test has decided */
	BER_GATE_FULL,    /* decided by all that was counted */
	BER_GATE_NO_LOCK, /* the pattern was lost: neither passes nor fails, whatever was before */
};

/* "open", "certain", "full gate", "no lock". Static storage. */
const char *ber_gate_end_name(enum ber_gate_end end);

#define BER_GATE_WINDOWS 32

struct ber_gate {
	struct ber_gate_settings settings;
	enum ber_decision decision; /* BER_CONTINUE while open and without lock */
	enum ber_gate_end end;
	/* windows differ by more than stated bursts explain (1 in 1000): only the full gate decides
	 */
	gboolean bursts;
	guint64 bits, errors; /* all that was added, also after the decision */
	guint n;              /* windows; when they are too many two and two become one */
	guint64 window_bits[BER_GATE_WINDOWS], window_errors[BER_GATE_WINDOWS];
};

/* STATION_ERROR_RANGE for settings out of range. */
gboolean ber_gate_init(struct ber_gate *gate, const struct ber_gate_settings *settings,
                       GError **error);

/*
 * What was counted since the last call. locked FALSE ends the gate without a decision, and takes
 * back one that was made. is_full: the gate's whole time is over. What comes after a decision is
 * added to the sums and changes nothing else. STATION_ERROR_DATA: more errors than bits, no bits
 * with lock.
 */
gboolean ber_gate_add(struct ber_gate *gate, guint64 bits, guint64 errors, gboolean locked,
                      gboolean is_full, GError **error);

/*
 * How long to count next: least_s at first, then as long as all before, so that few windows make a
 * gate, and what is left of full_s rather than a remainder shorter than least_s.
 */
double ber_gate_next_s(double used_s, double least_s, double full_s);

/* How such a gate ends at a bit error ratio: the operating characteristic. */
struct ber_gate_outcome {
	double passes, fails; /* probabilities; their sum is 1 */
	double early_passes;  /* of those, before the gate was full */
	double early_fails;
	double mean_bits;
};

/*
 * Exact for bursts of settings->burst errors each that come by Poisson's law, counted in n windows
 * of these bits, of which the last fills the gate. STATION_ERROR_RANGE as ber_gate_init; also for
 * no windows and for ratios outside 0..1.
 */
gboolean ber_gate_outcome_at(const struct ber_gate_settings *settings, const guint64 *bits, guint n,
                             double ber, struct ber_gate_outcome *outcome, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_EYETRUTH_H
#define BENCH_EYETRUTH_H

#include <glib.h>

/*
 * The bench's own reading of IEEE 802.3 121.8.5 (TDECQ) and its companions, on one period of a
 * noise-free waveform whose noise is known. Taps one symbol apart, sum 1, main tap among the first
 * three, found by search for the least TDECQ; thresholds fixed at Pave and Pave +- OMA/3;
 * histogram windows 0.04 UI wide at 0.45 and 0.55 UI from the average crossing.
 */
struct eye_input {
	const float *power_w;
	gsize n_symbols;
	guint samples_per_symbol; /* at least 8 */
	const guint8 *symbols;    /* what was sent, the waveform beginning with symbol 0 */
	double symbol_rate_bd;
	double rin_variance; /* relative variance in the receiver's bandwidth */
	double jitter_s;
	guint n_taps; /* of the equaliser, up to EYE_MAX_TAPS; 0: EYE_TAPS_SMF */
	/* Taps of an eye much like this one: the search stays near them, and is done in a third of
	 * the time; null: whole search. */
	const double *near_taps;
	gboolean no_equaliser; /* only what is before it; the rest of the result stays zero */
};

#define EYE_TAPS_SMF 5
#define EYE_TAPS_MMF 9 /* from memory */
#define EYE_MAX_TAPS 9

struct eye_result {
	double avg_w;
	double oma_w; /* outer: centre 2 UI of runs of >= 7 threes and >= 6 zeros */
	double er_db;
	double rlm;         /* 120D form, of the levels after the equaliser */
	double levels_w[4]; /* means in the windows after the equaliser */
	/* May be slightly negative; 10 and more, even infinite, when the eye is hopeless. */
	double tdecq_db;
	double ceq_db;
	double taps[EYE_MAX_TAPS]; /* zero behind the last */
	double transition_s;       /* NaN when the pattern has no such edge */
};

/*
 * Measures all. FALSE when there is no eye at all: no outer runs in the pattern, or OMA not above
 * zero. NaN comes out of nothing else but transition_s.
 */
gboolean eye_measure(const struct eye_input *input, struct eye_result *result);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_EYETRUTH_H
#define BENCH_EYETRUTH_H

#include <glib.h>

/*
 * The bench's own reading of IEEE 802.3 121.8.5 (TDECQ) and its companions, on one period of a
 * noise-free waveform whose noise is known. Five taps one symbol apart, sum 1, main tap among the
 * first three, found by search for the least TDECQ; thresholds fixed at Pave and Pave +- OMA/3;
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
};

#define EYE_TAPS 5

struct eye_result {
	double avg_w;
	double oma_w; /* outer: centre 2 UI of runs of >= 7 threes and >= 6 zeros */
	double er_db;
	double rlm;         /* 120D form, of the levels after the equaliser */
	double levels_w[4]; /* means in the windows after the equaliser */
	/* May be slightly negative; 10 and more, even infinite, when the eye is hopeless. */
	double tdecq_db;
	double ceq_db;
	double taps[EYE_TAPS];
	double transition_s; /* NaN when the pattern has no such edge */
};

/*
 * Measures all. FALSE when there is no eye at all: no outer runs in the pattern, or OMA not above
 * zero. NaN comes out of nothing else but transition_s.
 */
gboolean eye_measure(const struct eye_input *input, struct eye_result *result);

#endif

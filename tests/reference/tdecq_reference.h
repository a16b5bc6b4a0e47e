/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_TDECQ_REFERENCE_H
#define TESTS_REFERENCE_TDECQ_REFERENCE_H

#include "signal/tdecq.h"

#include <glib.h>

/*
 * TDECQ as it is defined, slowly: no histogram, no table, no interpolation. The settings of
 * signal/tdecq.h are the only thing shared with what is judged.
 *
 * What is computed. x(t): the noiseless signal; y its equalised value at a window's time; v the
 * variance of the signal's own noise in one sample, without the scope's. All noise is what comes
 * through the reference receiver, so each kind of it, of the signal, of the scope, added to reach
 * the target, is enlarged by the equaliser by the same Ceq. When sigma_G is added to a signal seen
 * with sigma_S of scope noise, the decision sees Ceq^2 (v + sigma_S^2 + sigma_G^2); the signal
 * itself, behind a perfect scope, bears R^2 = sigma_S^2 + sigma_G^2. Thus
 *
 *     SER(R) = sum over the thresholds of mean Q(|y - Pth| / (Ceq sqrt(R^2 + v)))
 *
 * for each of the two windows, and R is where the larger one is the target. sigma_S has gone: it
 * matters only for finding v in samples. v may differ from level to level; then the level of the
 * main tap's symbol counts (the recommended form takes v at the position in the pattern).
 * TDECQ = 10 log10(OMAouter / (6 Qt R)), Qt = 3.414 at 4.8e-4, for other targets Q^-1(target
 * / 1.5).
 */
#define REFERENCE_QT 3.414

struct reference_input {
	/* The noiseless power at i + t for each symbol i; slope (watt per symbol) may be null. */
	void (*at)(gconstpointer wave, double t, double *power, double *slope);
	gconstpointer wave;
	const guint8 *levels; /* as in the light */
	gsize n_symbols;
	double start_ui; /* mean crossing before symbol 0 */
	double average_w;
	double oma_w;
	double noise_w[4]; /* rms of the signal alone in one sample, by level */
};

struct reference_point {
	guint main_tap;
	double taps[TDECQ_MAX_TAPS];
	double shift[3]; /* of the thresholds, fraction of OMAouter */
	double centre_ui;
};

struct reference_result {
	double tdecq_db;
	double ceq;
	double noise_w; /* R */
	double ser[2];
	struct reference_point point;
	double verified_db; /* what the last random search around the optimum gained */
	guint searches;     /* how many of them it took */
};

/* The value at a point. */
void reference_tdecq_at(const struct reference_input *input, const struct tdecq_settings *settings,
                        const struct reference_point *point, struct reference_result *result);

/*
 * The optimum: descents from several starts for each place of the main tap and several centres,
 * then random searches of `trials` points around the best until one of them gains less than 0.0002
 * dB. A start that is not null is one more place to descend from.
 */
void reference_tdecq(const struct reference_input *input, const struct tdecq_settings *settings,
                     const struct reference_point *start, guint trials,
                     struct reference_result *result);

/* Quickly and roughly, from one look in the middle of each window and fewer starts. */
double reference_tdecq_rough(const struct reference_input *input,
                             const struct tdecq_settings *settings);

/* Normalised autocorrelation, k symbols apart, of white noise behind the filter of Ceq. */
double reference_noise_correlation(guint k, double bandwidth_ui);

#endif

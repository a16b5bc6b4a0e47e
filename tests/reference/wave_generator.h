/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_WAVE_GENERATOR_H
#define TESTS_REFERENCE_WAVE_GENERATOR_H

#include "base/waveform.h"
#include "tests/reference/exact_wave.h"

#include <glib.h>

/* Random numbers that are the same everywhere. */
struct dice {
	guint64 state;
};
double dice_uniform(struct dice *dice, double low, double high);
double dice_gauss(struct dice *dice); /* mean 0, variance 1 */

/* Patterns, from their recursions. */
enum wave_pattern {
	WAVE_PRBS9Q,
	WAVE_PRBS13Q,
	WAVE_SSPRQ,
	WAVE_DE_BRUIJN, /* 4^7 symbols: each word of seven once */
};
guint8 *wave_pattern_new(enum wave_pattern pattern, gsize *n_symbols);

/* A transmitter with a fibre, behind the reference receiver. Frequencies in units of the baud. */
struct wave_spec {
	enum wave_pattern pattern;
	guint samples_per_symbol;
	double offset_samples; /* symbol 0 is launched at this sample, any fraction */
	gboolean inverted;     /* the light carries 3 - symbol */
	double oma_w;          /* between the outer levels as launched */
	double zero_w;         /* power of the lowest level */
	double inner[2];       /* levels 1 and 2 as parts of the way from 0 to 1 */
	double pole[2];        /* two low passes of one pole each; 0: not there */
	double gauss;          /* Gaussian low pass; 0: not there */
	double fir[2];         /* weights one symbol before and after, the middle is 1 - both */
	double echo;           /* a reflection of this size, */
	double echo_delay_ui;  /* so late */
	double dispersion;     /* small-signal response cos(a f^2) + chirp sin(a f^2) */
	double chirp;
	double group_delay;     /* phase turns with f^3: late (or early) high frequencies */
	double droop;           /* corner of a high pass; 0: none */
	double receiver;        /* -3 dB of the 4th-order Bessel-Thomson filter; 0: none */
	double signal_noise[4]; /* rms in each sample whose symbol has this level (light), relative
	                           to the outer OMA */
	double noise_delay_ui;  /* a sample belongs to the symbol launched so much earlier */
	double scope_noise;     /* rms, relative to the outer OMA */
	guint passes;
	guint64 noise_seed;
};

/* A plain transmitter: levels even, no impairment, receiver 0.5, 16 samples, one pass, 1 mW. */
void wave_spec_plain(struct wave_spec *spec, enum wave_pattern pattern);

/*
 * Draws everything but pattern and noise over what the limits of 400G transmitters span: OMA -4..4
 * dBm (sometimes a thousandth of it), ER 2.5..8 dB, RLM from 0.8. Everything bad at once is too
 * much for most limits: soften it.
 */
void wave_spec_draw(struct wave_spec *spec, enum wave_pattern pattern, struct dice *dice);
/* Scales the impairments: 0.9 makes them smaller. */
void wave_spec_soften(struct wave_spec *spec, double factor);
char *wave_spec_text(const struct wave_spec *spec); /* all of it on one line; caller frees */

/* Noiseless; time 0 is the launch of symbol 0. */
struct exact_wave *wave_exact(const struct wave_spec *spec);

/* What a scope samples of it, with noise. */
struct waveform *wave_sample(const struct wave_spec *spec, const struct exact_wave *exact);

/* Response of the Bessel-Thomson filter at f, both in the same unit. */
complex double wave_bessel_thomson(double f, double bandwidth);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_FLAT_WAVE_H
#define TESTS_REFERENCE_FLAT_WAVE_H

#include "signal/tdecq.h"
#include "tests/reference/wave_generator.h"

#include <glib.h>

/* Rectangular symbols with ISI from the symbol before: signals whose TDECQ theory tells. */
struct flat_wave {
	double level[4];    /* 0 to 1 */
	double now, before; /* weights of this symbol and the one before */
	double ramp;        /* common to all symbols: slope per UI, 0 in the middle of the symbol */
	double signal_noise, scope_noise; /* rms in one sample of one sweep */
	enum wave_pattern pattern;
};

/* Watt for 1, and for level 0; the sample at which symbol 0 begins. */
#define FLAT_SCALE_W 1e-3
#define FLAT_ZERO_W  0.4e-3
#define FLAT_START   37.0

/* Even levels, no impairment, a de Bruijn sequence: each word of symbols is equally likely. */
struct flat_wave flat_wave_plain(void);

double flat_wave_average(const struct flat_wave *f);

/* t from the beginning of symbol 0. */
double flat_wave_at(const struct flat_wave *f, const guint8 *levels, gsize n, double t);

/*
 * Without an equaliser, nothing adjusted, by enumeration of all words of two symbols over both
 * windows: the error ratio of the worse one with this noise on top, and TDECQ.
 */
double flat_wave_ser(const struct flat_wave *f, double noise);
double flat_wave_db(const struct flat_wave *f);

struct flat_sampled {
	struct waveform *wave;
	guint8 *levels;
	struct tdecq_input input;
};
typedef struct flat_sampled flat_sampled; /* for g_auto(flat_sampled) only */
void flat_sampled_clear(struct flat_sampled *s);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(flat_sampled, flat_sampled_clear)

/* Samples it; the average of `passes` sweeps with noise from this seed. */
void flat_wave_sample(const struct flat_wave *f, guint spu, guint passes, guint64 seed,
                      struct flat_sampled *s);

#endif

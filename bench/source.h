/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include "bench/lightwave.h"

/*
 * The reference transmitters before the attenuators: straight light over drive, SECQ 0.9 dB, and
 * what the pattern generator adds on purpose for the stressed receiver test.
 */
#define SOURCE_ER_DB   6.0
#define SOURCE_SECQ_DB 0.9

struct source_stress {
	double isi;   /* post-cursor of the generator's FIR, 0 to 0.45 */
	double noise; /* Gaussian in the light behind the reference receiver, rms over OMA */
};

/* Average power of such light with that OMA. */
double source_average_w(double oma_w);

/* Such a transmitter as a lane and its settings, to be given to lightwave_make. */
void source_lane(double oma_w, double isi, struct dut_lane *lane, struct world_tx_knobs *knobs);

/*
 * SECQ of the light without added noise: one measurement of its eye with that many taps, some
 * 100 ms. symbols: one period of SSPRQ.
 */
double source_quiet_secq_db(double isi, const guint8 *symbols, gsize n_symbols, guint n_taps);

/*
 * With Gaussian noise as well, rms over OMA: as much less may be added before the error ratio is
 * reached. +infinity when none may.
 */
double source_noisy_secq_db(double quiet_db, double noise);

#endif

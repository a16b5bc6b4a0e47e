/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_LIGHTWAVE_H
#define BENCH_LIGHTWAVE_H

#include "bench/optics.h"
#include "bench/random.h"

#define LIGHTWAVE_SYMBOL_RATE_BD 53.125e9
#define LIGHTWAVE_BANDWIDTH_HZ   26.5625e9 /* reference receiver */
/* Equivalent noise bandwidth of a fourth-order Bessel-Thomson response over its -3 dB. */
#define LIGHTWAVE_NOISE_BANDWIDTH 1.04637

struct lightwave_request {
	const struct dut_lane *lane;
	struct world_tx_knobs knobs;
	double laser_degc;
	const guint8 *symbols; /* one period, 0..3 */
	gsize n_symbols;
	guint samples_per_symbol;  /* 1..64 */
	double bandwidth_hz;       /* Bessel-Thomson of the observer; 0 for none */
	double shift_symbols;      /* how much earlier the pattern starts; 0 <= shift < n_symbols */
	const struct fibre *fibre; /* between lane and observer; null for none */
};

/*
 * One period of the light leaving the lane, in W, without noise. out holds n_symbols *
 * samples_per_symbol. Driver levels, FIR, driver bandwidth, reflection, modulator, dispersion of
 * the fibre (not its loss), observer.
 */
void lightwave_make(const struct lightwave_request *request, float *out);

/*
 * Average power over that of the steady laser: of a modulator, whatever the laser's current. NaN
 * below the threshold of a VCSEL.
 */
double lightwave_mean_transmission(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                                   double laser_degc, const guint8 *symbols, gsize n_symbols);

/* Relative variance that the laser's intensity noise makes in that bandwidth. */
double lightwave_rin_variance(const struct dut_lane *lane, double bandwidth_hz);

/*
 * Multiplies by gain and adds the noise of `passes` sweeps averaged: intensity noise, jitter times
 * slope, and the receiver's own rms. Independent from sample to sample, as in a sampling scope.
 */
void lightwave_observe(const struct lightwave_request *request, double gain,
                       double receiver_noise_w, guint passes, struct random_stream *stream,
                       float *inout);

#endif

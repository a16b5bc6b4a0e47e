/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_OPTICS_H
#define BENCH_OPTICS_H

#include "bench/dut.h"

/*
 * Statics of a lane's transmitter: light over current, voltage and temperature. laser_degc is that
 * of dut_laser_degc.
 */

/* Light into the fibre at a steady current, modulator fully transparent; 0 below threshold. */
double optics_laser_w(const struct dut_lane *lane, double bias_a, double laser_degc);

/*
 * How much more relative intensity noise a laser has at a current that is below the one it is made
 * for: it falls with the third power of I / Ith - 1 (Coldren, Corzine and Mashanovitch, Diode
 * Lasers and Photonic Integrated Circuits, chapter 5, below the relaxation resonance). Never more
 * than 40 dB.
 */
double optics_starved_noise_db(const struct dut_lane *lane, double sound_a, double bias_a,
                               double laser_degc);

/* The modulator's transmission, 0 to 1, at a reverse voltage. */
double optics_transmission(const struct dut_lane *lane, double volt, double laser_degc);

/* Light at a normalised drive: -1 and 1 are the ends of the swing, 1 the brightest symbol. */
double optics_light_w(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                      double laser_degc, double drive);

/* Normalised driver levels -1..1 of the four symbols, FIR left out. */
void optics_driver_levels(const struct dut_lane *lane, double level_skew, double levels[4]);

/*
 * What a long run of one symbol settles to, in W at the connector's glass; FIR included, as it
 * scales a run by main + pre + post.
 */
void optics_settled_levels_w(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                             double laser_degc, double levels_w[4]);

/* What knobs come to at a supply voltage: of 10 % less, the driver's swing loses 1 %. */
struct world_tx_knobs optics_supplied(const struct world_tx_knobs *knobs, double volt);

/* Driver and laser, -3 dB. */
double optics_bandwidth_hz(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                           double laser_degc);

double optics_wavelength_m(const struct dut_lane *lane, double laser_degc);
/* Chirp, and wavelength and width at that temperature. */
struct fibre_light optics_fibre_light(const struct dut_lane *lane, double laser_degc);

/*
 * The laser's lines, the powers as fractions of the whole: of an EML its mode and one to each
 * side, of a VCSEL five, whose RMS width is light.rms_width_m. Fills at most max, returns how many.
 */
guint optics_lines(const struct dut_lane *lane, double laser_degc, struct world_line *lines,
                   guint max);

/* What the TX power monitor reads, without noise, at an average power before any dirt. */
double optics_monitor_raw_w(const struct dut_lane *lane, double case_degc, double power_w);

static inline double optics_fir_main(const struct world_tx_knobs *knobs)
{
	double pre = knobs->fir_pre, post = knobs->fir_post;

	return 1 - (pre < 0 ? -pre : pre) - (post < 0 ? -post : post);
}

#endif

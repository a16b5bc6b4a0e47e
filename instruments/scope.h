/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_SCOPE_H
#define INSTRUMENTS_SCOPE_H

#include "base/waveform.h"
#include "instruments/instrument.h"

/*
 * Sampling oscilloscopes with an optical reference receiver. Channels from 1: the first, second ...
 * of the optical channels listed by the parameter "channels" (default "1A").
 *
 * Parameter "noise": rms noise of the receiver ("4 uW") for one sweep at the reference bandwidth,
 * from its calibration; needed for TDECQ.
 *
 * Not every model gives its waveforms away: some tell their own results only.
 */

struct scope_setup {
	double symbol_rate_bd;
	gsize pattern_symbols; /* length of the repeating pattern: 65535 SSPRQ, 8191 PRBS13Q */
	guint samples_per_symbol;
	double filter_bandwidth_hz; /* -3 dB of the fourth-order Bessel-Thomson reference receiver
	                             */
	double wavelength_m;        /* the nearest calibrated one is selected */
	double external_loss_db; /* between the unit and the scope; the results refer to the unit */
};

struct scope_facts {
	gboolean gives_waveforms; /* else samples and passes below mean nothing */
	double symbol_rate_min_bd, symbol_rate_max_bd;
	double bandwidth_min_hz, bandwidth_max_hz;
	const double
		*wavelengths_m; /* calibrated ones, in the order of the instrument's own numbers */
	gsize n_wavelengths;
	double wavelength_tolerance_m; /* how far from one of those the light may be */
	gsize pattern_max_symbols;
	guint samples_min, samples_max; /* per symbol */
	double external_loss_max_db;
	guint max_passes;
	double lock_s;     /* worst case of finding the pattern */
	double pass_s;     /* worst case of one sweep over the longest pattern */
	double equalise_s; /* worst case of optimising the taps */
};

/* Called through the wrappers below only, with channel and values already checked. */
struct scope_ops {
	guint (*n_channels)(const struct instrument *scope);
	gboolean (*configure)(struct instrument *scope, guint channel,
	                      const struct scope_setup *setup, const struct bounds *bounds,
	                      GError **error);
	struct waveform *(*acquire_waveform)(struct instrument *scope, guint channel, guint passes,
	                                     const struct bounds *bounds, GError **error);
	gboolean (*measure_tdecq)(struct instrument *scope, guint channel, double *tdecq_db,
	                          const struct bounds *bounds, GError **error);
	gboolean (*measure_oma)(struct instrument *scope, guint channel, double *oma_w,
	                        const struct bounds *bounds, GError **error);
	gboolean (*measure_er)(struct instrument *scope, guint channel, double *er_db,
	                       const struct bounds *bounds, GError **error);
	gboolean (*measure_power)(struct instrument *scope, guint channel, double *power_w,
	                          const struct bounds *bounds, GError **error);
	gboolean (*measure_light)(struct instrument *scope, guint channel, double wavelength_m,
	                          double *power_w, const struct bounds *bounds, GError **error);
};

/*
 * Whether waveforms can be had of it: else STATION_ERROR_UNSUPPORTED. Asks nothing of the
 * instrument: to be called before anything is moved, by whoever acquires a waveform later.
 */
gboolean scope_require_waveforms(const struct instrument *scope, GError **error);

/* How many channels the configuration lists. */
guint scope_channels(const struct instrument *scope);

/* Reference receiver, loss correction, time base, pattern length and lock, which needs light. */
gboolean scope_configure(struct instrument *scope, guint channel, const struct scope_setup *setup,
                         const struct bounds *bounds, GError **error);

/*
 * One whole period of the pattern, averaged over `passes` sweeps (1 or more), as configured last
 * for this channel; owned by the caller. STATION_ERROR_DATA: the scope has no lock on the pattern;
 * STATION_ERROR_PROTOCOL: not the number of points asked for, or a sample that is no number. Its
 * scope_noise_w is the parameter "noise" as seen through the loss correction, for one sweep.
 */
struct waveform *scope_acquire_waveform(struct instrument *scope, guint channel, guint passes,
                                        const struct bounds *bounds, GError **error);

/*
 * The instrument's own results on what it acquired, as a cross-check of ours. Each acquires anew.
 * STATION_ERROR_DATA with the instrument's reason when it has no value or calls it doubtful.
 */
gboolean scope_measure_tdecq_db(struct instrument *scope, guint channel, double *tdecq_db,
                                const struct bounds *bounds, GError **error);
/* Outer OMA, watt. */
gboolean scope_measure_oma_w(struct instrument *scope, guint channel, double *oma_w,
                             const struct bounds *bounds, GError **error);
/* Outer extinction ratio, dB. */
gboolean scope_measure_er_db(struct instrument *scope, guint channel, double *er_db,
                             const struct bounds *bounds, GError **error);
/* Average power, watt. */
gboolean scope_measure_power_w(struct instrument *scope, guint channel, double *power_w,
                               const struct bounds *bounds, GError **error);

/*
 * Average power at the scope's own input, watt, no loss corrected, of light that need not carry a
 * pattern. Needs no scope_configure before; what was configured is lost.
 */
gboolean scope_measure_light_w(struct instrument *scope, guint channel, double wavelength_m,
                               double *power_w, const struct bounds *bounds, GError **error);

/* The parameter "noise" in watt; STATION_ERROR_CONFIG when not there or no positive number. */
gboolean scope_noise_w(const struct instrument *scope, double *noise_w, GError **error);

#endif

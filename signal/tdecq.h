/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_TDECQ_H
#define SIGNAL_TDECQ_H

#include "base/waveform.h"
#include "signal/status.h"

#include <gio/gio.h>

/*
 * TDECQ, IEEE 802.3 clause 121.8.5: how much less noise a signal bears than an ideal one of
 * the same OMAouter, behind a reference equaliser, at the target symbol error ratio.
 */
#define TDECQ_MAX_TAPS 16

struct tdecq_settings {
	guint taps;                   /* symbol-spaced; 1..TDECQ_MAX_TAPS; 1 means no equaliser */
	guint max_precursors;         /* the main tap has at most so many taps before it */
	double main_tap_min;          /* lower limit of the main tap (0.8, from memory) */
	double target_ser;            /* 4.8e-4 */
	double window_offset_ui;      /* windows at centre -/+ this: 0.05 */
	double window_width_ui;       /* 0.04 */
	double receiver_bandwidth_ui; /* reference receiver, fraction of the baud: 0.5 */
	gboolean require_receiver;    /* no value unless the waveform says it went through it */
	double noise_bandwidth_ui;    /* Bessel-Thomson noise of Ceq, fraction of the baud: 0.5 */
	gboolean fit_centre;          /* let the pair of windows slide, spacing kept */
	double centre_limit_ui;       /* by at most this: 0.25 */
	gboolean adjust_thresholds;   /* move each threshold separately (802.3cd, from memory) */
	double threshold_limit;       /* by at most this fraction of OMAouter: 0.01 */
	/* Samples taken at one go or filtered by software: their noise hangs together and went
	 * through the equaliser as the signal did. Nothing of it is told apart, and the scope's is
	 * added to what the signal bears (121-10). */
	gboolean noise_in_samples;
	/* Borrowed; null: none. Triggered, the search ends at once: STATION_ERROR_CANCELLED. */
	GCancellable *stop;
};

/* 400GBASE-DR4: 5 taps, up to 2 precursors, everything else as in the comments above, all on. */
void tdecq_settings_default(struct tdecq_settings *settings);

/* What the waveform is, apart from its samples: from pam4_measure. */
struct tdecq_input {
	const struct waveform *waveform; /* borrowed */
	const guint8 *levels; /* borrowed; waveform->n_symbols levels 0..3 as in the light */
	double start_samples; /* where symbol 0 begins (its crossing) */
	double average_w;
	double oma_w;             /* OMAouter */
	double oma_uncertainty_w; /* standard; 0 when nobody knows */
};

struct tdecq_result {
	struct signal_value tdecq_db;
	struct signal_value tdecq_minus_ceq_db; /* TDECQ - 10 log10 Ceq */
	guint n_taps;
	guint main_tap;              /* index of the main tap = number of precursors */
	double taps[TDECQ_MAX_TAPS]; /* tap i weighs the signal (main_tap - i) symbols later; sum 1
	                              */
	double ceq;                  /* noise gain of the taps */
	double noise_w;              /* R: rms noise that the signal bears */
	double scope_noise_w;        /* what was taken off for the measuring receiver */
	double signal_noise_w;       /* rms noise of the signal itself, found in the samples */
	double centre_ui;            /* middle of the pair of windows; 0.5 when not fitted */
	double threshold_w[3];       /* as used, lower to upper */
	double threshold_shift[3];   /* from Pave -/+ OMA/3, as fraction of OMAouter */
	double ser[2];               /* left, right at noise_w; the larger is the target */
	gsize symbol_errors; /* wrong decisions of the equalised signal, in the worse window */
	double sweeps;       /* looks at all symbols that the search took; parts count as parts */
};

/*
 * Searches the taps, thresholds and centre with the least TDECQ. Deterministic and bounded. The
 * result does not depend on scale, offset or phase of the pattern.
 *
 * Noise: samples are taken to carry independent noise (equivalent-time sampling), averaged over
 * waveform->passes sweeps; waveform->scope_noise_w is the receiver's noise in ONE sweep. The noise
 * in the samples is measured per level as what a local polynomial leaves over, put back to the size
 * it has in one sweep, and enters the error ratio as a variance; thus neither averaging nor
 * interpolation hides noise (unless settings->noise_in_samples).
 *
 * The uncertainty of tdecq_db is that of the samples' noise, of OMAouter, and 0.002 dB of the
 * search.
 *
 * A closed eye gives SIGNAL_EYE_CLOSED in tdecq_db and TRUE, declared scope noise that is not in
 * the samples SIGNAL_SCOPE_NOISE; the other members then describe the best try. STATION_ERROR_RANGE
 * for settings out of range, STATION_ERROR_DATA for an input that has no eye at all (fewer than 8
 * samples per symbol, samples that are not finite, no OMA).
 */
gboolean tdecq_measure(const struct tdecq_input *input, const struct tdecq_settings *settings,
                       struct tdecq_result *result, GError **error);

/*
 * The same for given taps (settings->taps of them, sum 1, main tap at main_tap): only thresholds
 * and centre are searched, as far as the settings allow.
 */
gboolean tdecq_evaluate(const struct tdecq_input *input, const struct tdecq_settings *settings,
                        const double *taps, guint main_tap, struct tdecq_result *result,
                        GError **error);

#endif

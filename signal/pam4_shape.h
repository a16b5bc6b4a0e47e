/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PAM4_SHAPE_H
#define SIGNAL_PAM4_SHAPE_H

#include "base/waveform.h"
#include "signal/pam4_noise.h"
#include "signal/status.h"

#include <glib.h>

/*
 * What is read from the shape of an aligned waveform, sample times joined by straight lines.
 * levels: n_symbols values 0..3 as they are in the light; start_samples: begin of symbol 0.
 *
 * Uncertainties are what the noise of the samples (struct pam4_noise) does to the result, to first
 * order.
 */
struct pam4_view {
	const struct waveform *wave; /* borrowed, as the others */
	const guint8 *levels;
	double start_samples;
	const struct pam4_noise *noise;
	const struct pam4_long_runs *runs;
};

/* The long runs of the outer levels in a pattern, in the order in which they begin. */
#define PAM4_RUN_LEAST 5
struct pam4_long_run {
	gsize at; /* symbol it begins with; it may go on beyond the end of the pattern */
	gsize length;
	guint8 level; /* 0 or 3 */
};
struct pam4_long_runs {
	guint n;
	struct pam4_long_run *run; /* owned */
};
void pam4_long_runs_init(struct pam4_long_runs *runs, const guint8 *levels, gsize n_symbols);
void pam4_long_runs_clear(struct pam4_long_runs *runs);

/* Mean over the time from `from` to `to`, in samples, cyclic. to > from. */
double pam4_mean_between(const struct waveform *wave, double from, double to);

/* Mean of each level over the middle tenth of the symbol; no value for one that does not occur. */
void pam4_level_means(const struct pam4_view *view, struct signal_value level_w[4]);

/*
 * Mean power over the central 2 UI of the runs of `level` (0 or 3) that last at least `least`
 * symbols (exactly so many when `exactly`), each run with the same weight. least: PAM4_RUN_LEAST or
 * more, in what follows too.
 */
struct signal_value pam4_run_mean(const struct pam4_view *view, guint8 level, guint least,
                                  gboolean exactly, guint *used);

/*
 * Time between 20 % and 80 % of p0..p3 on the mean of all edges from at least `before` symbols of
 * one outer level to at least `after` of the other. No value when the pattern has no such edge.
 */
struct signal_value pam4_edge_time(const struct pam4_view *view, gboolean rising, guint before,
                                   guint after, struct signal_value p0_w, struct signal_value p3_w);

/*
 * Powers that a fraction of all samples is above, and below. Their uncertainty comes from the noise
 * of those samples that it can move to the other side.
 */
void pam4_extremes(const struct pam4_view *view, double fraction, struct signal_value *high_w,
                   struct signal_value *low_w);

#endif

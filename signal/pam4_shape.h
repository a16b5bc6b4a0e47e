/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PAM4_SHAPE_H
#define SIGNAL_PAM4_SHAPE_H

#include "base/waveform.h"
#include "signal/status.h"

#include <glib.h>

/*
 * What is read from the shape of an aligned waveform, sample times joined by straight lines.
 * levels: n_symbols values 0..3 as they are in the light; start_samples: begin of symbol 0.
 */

/* Mean over the time from `from` to `to`, in samples, cyclic. to > from. */
double pam4_mean_between(const struct waveform *wave, double from, double to);

/* Mean of each level over the middle tenth of the symbol; NaN for a level that does not occur. */
void pam4_level_means(const struct waveform *wave, const guint8 *levels, double start_samples,
                      double mean_w[4]);

/*
 * Mean power over the central 2 UI of the runs of `level` that last at least `least` symbols
 * (exactly so many when `exactly`), each run with the same weight. NaN when there are none.
 */
double pam4_run_mean(const struct waveform *wave, const guint8 *levels, double start_samples,
                     guint8 level, guint least, gboolean exactly, guint *runs);

/*
 * Time between 20 % and 80 % of p0..p3 on the mean of all edges from at least `before` symbols of
 * one outer level to at least `after` of the other. No value when the pattern has no such edge.
 */
struct signal_value pam4_edge_time(const struct waveform *wave, const guint8 *levels,
                                   double start_samples, gboolean rising, guint before, guint after,
                                   double p0_w, double p3_w);

/* Powers that a fraction of all samples is above, and below. */
void pam4_extremes(const struct waveform *wave, double fraction, double *high_w, double *low_w);

#endif

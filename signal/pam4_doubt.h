/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PAM4_DOUBT_H
#define SIGNAL_PAM4_DOUBT_H

#include "base/waveform.h"
#include "signal/pam4_search.h"
#include "signal/status.h"

#include <glib.h>

/*
 * Why a waveform cannot be measured. Each sets STATION_ERROR_DATA with what was found and returns
 * the status.
 */

/* For samples that are not finite, or too large to be summed. */
enum signal_status pam4_doubt_finite(const struct waveform *wave, GError **error);

/* For a waveform of another length than its pattern. */
enum signal_status pam4_doubt_length(const struct waveform *wave, const guint8 *symbols,
                                     gsize n_symbols, GError **error);

/*
 * SIGNAL_CLIPPED, with the error set, for a waveform cut off at the top or bottom, else SIGNAL_OK.
 * Cut off means: more than half a percent of all samples are exactly the largest (or the smallest)
 * one, no other value is nearly as frequent, there are many of those, and the signal reaches the
 * extreme in a step. An ideal signal, which settles at its outer levels, is none of that.
 */
enum signal_status pam4_doubt_clipped(const struct waveform *wave, float low, float high,
                                      GError **error);

/*
 * The other codings of the two bits of a symbol: the bits exchanged, plain binary, both, the second
 * bit inverted. symbol[s] is sent for symbol s.
 */
struct pam4_coding {
	const char *name;
	guint8 symbol[4];
};
#define PAM4_CODINGS 4
extern const struct pam4_coding pam4_codings[PAM4_CODINGS];

/*
 * For a waveform that does not correlate with its pattern well enough: looks for other codings, a
 * wrong rate, and well-known patterns. correlation: the best that was found.
 */
enum signal_status pam4_doubt_pattern(const struct waveform *wave, const struct pam4_fold *fold,
                                      const guint8 *symbols, double mean_w, double correlation,
                                      GError **error);

/*
 * For levels of the light (NaN: does not occur) that are not in order, or hardly apart: says which
 * coding explains them. SIGNAL_OK when they are in order and no other coding fits better.
 */
enum signal_status pam4_doubt_order(const struct waveform *wave, const guint8 *symbols,
                                    double average_w, double correlation, const double mean_w[4],
                                    GError **error);

/* SIGNAL_WRONG_RATE for a waveform that slips by so many symbols in its length. */
enum signal_status pam4_doubt_rate(const struct waveform *wave, double slip_symbols,
                                   GError **error);

#endif

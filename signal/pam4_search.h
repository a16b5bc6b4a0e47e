/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PAM4_SEARCH_H
#define SIGNAL_PAM4_SEARCH_H

#include "base/waveform.h"

#include <glib.h>

/*
 * Which symbol of the pattern is where in a waveform, in whole symbols. First a stretch of the
 * waveform is compared with the whole pattern by signs alone, 64 symbols at a time; the best of
 * that are judged by the full correlation. When none of them convinces, a Fourier transform gives
 * the correlation at all shifts.
 */

#define PAM4_STRETCH 256 /* symbols compared by sign */

/* One value for each symbol, taken where the symbols differ most. */
struct pam4_fold {
	gsize n;
	guint phase;  /* sample of a symbol's length, in the middle of those taken */
	float *value; /* owned; mean taken off */
	double energy;
};

/* Where symbol 0 of the pattern is among the folded values. */
struct pam4_match {
	gsize shift;
	gboolean inverted;
	double correlation; /* 0..1 */
};

/*
 * The sample of a symbol's length with the largest variance over n symbols from `first` on (not
 * beyond the end): near the middle of the eye.
 */
guint pam4_open_phase(const struct waveform *wave, gsize first, gsize n);

void pam4_fold_init(struct pam4_fold *fold, const struct waveform *wave, double mean_w);
void pam4_fold_clear(struct pam4_fold *fold);

/* symbols: fold->n of them. A pattern that is its own inverse somewhere is taken upright. */
struct pam4_match pam4_search(const struct pam4_fold *fold, const guint8 *symbols);

/* A stretch of the waveform in the pattern. */
struct pam4_place {
	gsize at; /* symbol of the pattern that the stretch begins with */
	gboolean inverted;
	double agreement; /* of the signs, 0.5 is chance */
};

/*
 * Signs of the stretch of PAM4_STRETCH symbols (fewer when the waveform is shorter) that begins
 * with sample `first`; those samples must exist. One bit each, first symbol lowest.
 */
struct pam4_signs {
	guint n;
	guint64 bit[PAM4_STRETCH / 64];
};
void pam4_signs_of_wave(const struct waveform *wave, gsize first, double mean_w,
                        struct pam4_signs *signs);

#define PAM4_PLACES 4

/*
 * The best places of both polarities, upright ones first, best first within them; returns how many
 * of the 2 * PAM4_PLACES were filled. symbols: a pattern of n, repeated for a stretch longer than
 * it.
 */
guint pam4_best_places(const struct pam4_signs *signs, const guint8 *symbols, gsize n,
                       struct pam4_place place[2 * PAM4_PLACES]);

#endif

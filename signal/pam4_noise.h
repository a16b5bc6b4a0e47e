/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PAM4_NOISE_H
#define SIGNAL_PAM4_NOISE_H

#include "base/waveform.h"

#include <glib.h>

/*
 * The noise of one sample as the waveform holds it: of the signal and of the scope, averaged over
 * the passes. From sixth differences of neighbouring samples around the middle of the symbols,
 * which let nearly nothing of the signal through. The noise of neighbours is taken to be
 * independent (base/waveform.h): a filter applied to the samples makes them alike, and less noise
 * is found than there is. With fewer than 8 samples per symbol only symbols between equal ones are
 * used.
 */
struct pam4_noise {
	double variance_w2[4]; /* by level; the mean where a level does not occur */
	double mean_w2;        /* over all symbols */
	gsize count[4];        /* symbols that told it */
};

/* levels: n_symbols values 0..3 as in the light; start_samples: begin of symbol 0. */
void pam4_noise_measure(const struct waveform *wave, const guint8 *levels, double start_samples,
                        struct pam4_noise *noise);

#endif

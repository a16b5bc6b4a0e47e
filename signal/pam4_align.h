/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PAM4_ALIGN_H
#define SIGNAL_PAM4_ALIGN_H

#include "base/waveform.h"
#include "signal/status.h"

#include <glib.h>

/* Where a captured waveform stands relative to its pattern. */
struct pam4_alignment {
	double start_samples;      /* where symbol 0 begins (mean crossing), 0 <= start < length */
	gboolean inverted;         /* the light carries 3 - symbol */
	double correlation;        /* of waveform and pattern at the eye's centre, 0..1 */
	double slip_symbols;       /* how far the waveform runs away from its pattern from its first
	                              sample to its last; NaN where that cannot be told */
	enum signal_status status; /* SIGNAL_OK, or why the waveform was refused */
};

/*
 * Finds the cyclic phase (to a fraction of a sample) and polarity. symbols: one whole period.
 *
 * STATION_ERROR_DATA for a waveform that cannot be measured, with the reason in alignment->status
 * and more of it in the message: SIGNAL_WRONG_LENGTH (what part of the pattern it seems to be),
 * SIGNAL_TOO_COARSE (fewer than 4 samples per symbol), SIGNAL_NOT_FINITE (how many, where the first
 * one is), SIGNAL_CONSTANT, SIGNAL_CLIPPED (pam4_doubt.h), SIGNAL_WRONG_RATE (the parts per
 * million), SIGNAL_GRAY_SWAPPED (which coding fits), SIGNAL_WRONG_PATTERN (the best match, or a
 * symbol above 3).
 */
gboolean pam4_align(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                    struct pam4_alignment *alignment, GError **error);

#endif

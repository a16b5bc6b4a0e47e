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
	enum signal_status status; /* SIGNAL_OK, or why the waveform was refused */
};

/*
 * Finds the cyclic phase (to a fraction of a sample) and polarity. symbols: one whole period.
 * STATION_ERROR_DATA when the lengths differ, samples are not finite or all equal, there are fewer
 * than 4 samples per symbol, or nothing correlates: the message tells the best correlation.
 */
gboolean pam4_align(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                    struct pam4_alignment *alignment, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_LANES_H
#define SIGNAL_LANES_H

#include "signal/pam4.h"

#include <glib.h>

/* One waveform to be measured, and what came of it. */
struct lane {
	const struct waveform *wave; /* borrowed, with symbols */
	const guint8 *symbols;
	gsize n_symbols;
	struct pam4_result result;
	gboolean measured; /* what pam4_measure returned */
	GError *error;     /* of it; the caller's to free */
};

/*
 * pam4_measure of n waveforms side by side, on as many threads as there are processors or lanes.
 * The results are those of one after the other, to the last bit. Returns when all are done.
 */
void lanes_measure(struct lane *lane, guint n, const struct pam4_settings *settings);

#endif

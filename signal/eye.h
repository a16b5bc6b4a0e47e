/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_EYE_H
#define SIGNAL_EYE_H

#include "base/waveform.h"

#include <glib.h>

/* How often the signal passes each cell of a picture two symbols wide, one eye in its middle. */
struct eye_density {
	guint columns;   /* column 0 begins half a symbol before the middle eye's left crossing */
	guint rows;      /* row 0 is the highest power */
	double top_w;    /* power at the upper edge of row 0 */
	double bottom_w; /* power at the lower edge of the last row */
	guint32 peak;    /* largest count */
	gsize outside;   /* points above top_w or below bottom_w */
	guint32 *count;  /* rows * columns, row by row; owned */
};
typedef struct eye_density eye_density; /* for g_autoptr(eye_density) only */

/*
 * Where many symbols make the picture (8192 or more), each sample gives one point on the way to the
 * next sample; which part of the way, changes from symbol to symbol so that all columns get
 * as many points, give or take what the last few symbols leave uneven. Fewer symbols give a point
 * in the middle of every column each. Between samples the signal is a straight line.
 *
 * Folds the waveform at start_samples (struct pam4_alignment). columns must be even, 8..4096, rows
 * 8..4096, else STATION_ERROR_RANGE. top_w and bottom_w: the range to show; both 0 takes the
 * waveform's own range and a twentieth more on each side. The picture of an equalised waveform is
 * that of equalise_waveform's result. STATION_ERROR_DATA for samples that are not finite.
 */
struct eye_density *eye_density_new(const struct waveform *wave, double start_samples,
                                    guint columns, guint rows, double top_w, double bottom_w,
                                    GError **error);
void eye_density_free(struct eye_density *eye); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(eye_density, eye_density_free)

#endif

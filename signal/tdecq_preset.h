/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_TDECQ_PRESET_H
#define SIGNAL_TDECQ_PRESET_H

#include "signal/tdecq.h"

#include <glib.h>

/*
 * How the standards want TDECQ of a module type: reference receiver and reference equaliser. Not
 * every number could be read in the standard itself; from_memory says which could not.
 */
struct tdecq_preset {
	const char *name;   /* "400GBASE-DR4" */
	const char *clause; /* "IEEE 802.3 clause 124, method of 121.8.5" */
	guint taps;
	guint max_precursors;
	double main_tap_min;
	double receiver_bandwidth_ui; /* fraction of the baud, likewise the next */
	double noise_bandwidth_ui;
	double target_ser;
	const char *cited;       /* what was read in public sources */
	const char *from_memory; /* what was not, and what is unconfirmed */
};

/* Row i; null past the end. Static storage. Row 0 is the default. */
const struct tdecq_preset *tdecq_preset_at(guint i);

/*
 * By name in upper or lower case: whole ("400gbase-lr4-6"), up to a dash ("400gbase-lr4"), or
 * without its first word ("lr4"). Null when there is none.
 */
const struct tdecq_preset *tdecq_preset_find(const char *name);

/* Puts the numbers of a preset into settings; whatever it does not tell stays. */
void tdecq_preset_apply(const struct tdecq_preset *preset, struct tdecq_settings *settings);

#endif

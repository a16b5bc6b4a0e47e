/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_WAVEFORM_ANALYSIS_H
#define STATION_FRONT_WAVEFORM_ANALYSIS_H

#include "signal/eye.h"
#include "station/front/waveform_call.h"

#include <glib.h>

/* What became of one file. */
struct waveform_analysis {
	const char *path;   /* borrowed */
	GError *error;      /* null: analysed; else the rest is what was known until then */
	gboolean read;      /* the error, if any, came after the file was read */
	struct waveform is; /* as analysed; without its samples */
	enum pattern_id pattern;
	struct pam4_result result;
	struct eye_density *before, *after; /* the equaliser; null when not wanted or not there */
};
typedef struct waveform_analysis waveform_analysis; /* for g_autoptr only */

/* Reads, filters, writes (call->write) and measures; never null. Any thread. */
struct waveform_analysis *waveform_analysis_new(const struct waveform_call *call, const char *path);
void waveform_analysis_free(struct waveform_analysis *analysis); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(waveform_analysis, waveform_analysis_free)

/* What to do about a status, as the end of a sentence; null when there is nothing to say. */
const char *waveform_advice(enum signal_status status);

/* The status of a refusal; SIGNAL_OK when the error was another. */
enum signal_status waveform_refusal(const struct waveform_analysis *analysis);

/*
 * One quantity of the result as people and files name it. All but the last two members are the
 * same for every waveform.
 */
struct waveform_row {
	const char *key;                /* "oma_outer_dbm": stable, with the unit of the value */
	const char *title;              /* "OMA, outer levels" */
	const char *unit;               /* of the value: "dBm", "s", "1" */
	const char *unit_of_difference; /* "dB" for dBm; also that of the uncertainty */
	const char *short_title;        /* of the most wanted ones; null for the others */
	struct signal_value value;      /* uncertainty k = 1 */
};

#define WAVEFORM_ROWS_MAX 40

/* The rows, always the same ones in the same order; returns their number. */
guint waveform_rows(const struct waveform_call *call, const struct waveform_analysis *analysis,
                    struct waveform_row rows[WAVEFORM_ROWS_MAX]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_WAVEFORM_CALL_H
#define STATION_FRONT_WAVEFORM_CALL_H

#include "signal/pam4.h"
#include "signal/pattern.h"
#include "signal/tdecq_preset.h"
#include "signal/wave_file.h"

#include <glib.h>

/* What a call of "station waveform" wants. Texts are borrowed from the call. */
struct waveform_call {
	GPtrArray *paths; /* const char * */
	struct wave_facts facts;
	enum pattern_id pattern;
	gboolean any_pattern; /* find out which it is */
	const struct tdecq_preset *preset;
	struct pam4_settings settings;
	const char *quantity; /* what TDECQ is called here: "TDECQ", "TECQ", "SECQ" */
	gboolean apply_filter;
	double apply_filter_hz; /* 0: what the preset says */
	gboolean json, brief, compare;
	const char *html, *write; /* files to be written, or null */
};
typedef struct waveform_call waveform_call; /* for g_auto(waveform_call) only */

/* Reads the words behind "waveform" (argv[0]). On FALSE *wrong says what is not right. */
gboolean waveform_call_parse(struct waveform_call *call, int argc, char **argv, char **wrong);
void waveform_call_clear(struct waveform_call *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(waveform_call, waveform_call_clear)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_WAVEFORM_OUTPUT_H
#define STATION_FRONT_WAVEFORM_OUTPUT_H

#include "station/front/waveform_analysis.h"

#include <glib.h>

/*
 * What a call of "station waveform" tells, as text, JSON or a page. analyses: struct
 * waveform_analysis, in the order of the call. Free results with g_free. Uncertainties are told
 * expanded (k = 2).
 */

/* Paragraphs and options for --help. */
extern const char waveform_help[];

/* A table for the file: all quantities, the equaliser. Only for one that was analysed. */
char *waveform_text(const struct waveform_call *call, const struct waveform_analysis *analysis);

/* One line for each file, refused ones too. */
char *waveform_text_brief(const struct waveform_call *call, const GPtrArray *analyses);

/* Two analysed files side by side with the difference. */
char *waveform_text_compare(const struct waveform_call *call, const GPtrArray *analyses);

/* One document of schema WAVEFORM_SCHEMA; with the comparison when asked for and possible. */
#define WAVEFORM_SCHEMA "station-waveform-1"
char *waveform_json(const struct waveform_call *call, const GPtrArray *analyses);

/* A self-contained page. */
char *waveform_html(const struct waveform_call *call, const GPtrArray *analyses);

/* What was captured, in words: "SSPRQ, 65535 symbols of 16 samples at 53.125 GBd, ...". */
char *waveform_facts_text(const struct waveform_analysis *analysis);

/* "no value (eye-closed)" or the value with its unit. */
char *waveform_value_text(const struct waveform_row *row);
/* "0.023 dB", expanded; "" when it is unknown or there is no value. */
char *waveform_uncertainty_text(const struct waveform_row *row);

/* Whether two waveforms differ, as far as that can be told. */
enum waveform_verdict {
	WAVEFORM_NO_VALUE,  /* one has none */
	WAVEFORM_UNCERTAIN, /* one has no uncertainty */
	WAVEFORM_WITHIN,    /* the expanded uncertainty of the difference */
	WAVEFORM_BEYOND,
};

/* One quantity of two waveforms. */
struct waveform_difference {
	double value;       /* second less first; NaN when one has no value */
	double uncertainty; /* expanded, of independent measurements; NaN when one is unknown */
	enum waveform_verdict verdict;
};

/* Rows of the same key. */
struct waveform_difference waveform_differ(const struct waveform_row *first,
                                           const struct waveform_row *second);

/* "+0.12 dB"; "" when there is none. */
char *waveform_difference_text(const struct waveform_row *row,
                               const struct waveform_difference *difference);

/* "beyond", "within", "unknown", "no-value": stable, for files and programs. Static storage. */
const char *waveform_verdict_name(enum waveform_verdict verdict);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_WAVEFORM_PAGE_H
#define REPORTS_WAVEFORM_PAGE_H

#include "reports/markup.h"
#include "reports/record.h"

#include <glib.h>

/*
 * The page of "station waveform": what analysed waveforms are, without any unit or run. Everything
 * is borrowed and already in words; a text that is null or "" is left out.
 */
struct waveform_page_fact {
	const char *name, *value;
};

/* A quantity: a value, or why there is none. */
struct waveform_page_row {
	const char *title;
	const char *value;       /* "2.13 dB"; null when there is none */
	const char *uncertainty; /* "0.02 dB", expanded; null or "" when it is unknown */
	const char *status;      /* "eye-closed" */
	const char *reason;
	gboolean headline; /* large, above the table, and in the table of several files */
};

struct waveform_page_file {
	const char *name;
	const char *error; /* why it could not be analysed, or null */
	const struct waveform_page_fact *facts;
	guint n_facts;
	const struct waveform_page_row *rows; /* the same titles for every file */
	guint n_rows;
	const struct record_eye *before, *after; /* the equaliser; null when there is none */
	const double *taps;
	guint n_taps;
	guint main_tap;
};

/* A quantity of two files. */
struct waveform_page_difference {
	const char *title, *first, *second, *difference, *uncertainty, *verdict;
	gboolean beyond; /* what the uncertainties explain: to be seen at once */
};

struct waveform_page {
	const char *software; /* "station 0.1.0" */
	const struct waveform_page_file *files;
	guint n_files;
	const struct waveform_page_difference *differences; /* of the first two files */
	guint n_differences;                                /* 0: they are not compared */
	const struct waveform_page_fact *settings;
	guint n_settings;
};

/* One self-contained page, light or dark as the reader likes it, printable. Free with g_free. */
char *waveform_page(const struct waveform_page *page);

/* The taps as bars, the main one in another colour. */
void waveform_page_taps(struct markup *markup, const double *taps, guint n_taps, guint main_tap);

#endif

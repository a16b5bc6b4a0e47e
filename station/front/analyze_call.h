/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_ANALYZE_CALL_H
#define STATION_FRONT_ANALYZE_CALL_H

#include "station/analyze/analyze.h"

#include <glib.h>

/* One kind of analysis: the one table of them makes the help, the parsing and the manual. */
struct analyze_kind {
	const char *name;
	const char *operands; /* "A B", "SERIAL" or "" */
	const char *summary;
	guint n_operands;
	enum analyze_group by; /* unless the call says */
	gboolean all_tries;
	guint baseline;
	struct analysis *(*run)(struct population *population,
	                        const struct analyze_settings *settings, GError **error);
};
extern const struct analyze_kind analyze_kinds[];
extern const guint n_analyze_kinds;

/* What a call of "station analyze" wants. Texts are borrowed from the call. */
struct analyze_call {
	const struct analyze_kind *kind;
	const char *operands[2];
	struct selection selection;
	struct analyze_settings settings;
	gboolean has_by, has_baseline;
	gboolean json, wide;
	const char *html;  /* a file to be written, or null */
	const char *store; /* a sink to be read, or null: the station's own store */
};

/* Reads the words behind "analyze" (argv[0]). On FALSE *wrong says what is not right. */
gboolean analyze_call_parse(struct analyze_call *call, int argc, char **argv, char **wrong);

/*
 * "2026-01-31", "2026-01-31T14:30", "2026-01-31T14:30:05", local time, or with "Z" or "+01:00"
 * behind a time. until: a date alone means its end. FALSE for anything else, days and hours that
 * there are not included.
 */
gboolean analyze_parse_time(const char *text, gboolean until, gint64 *time_us);

/* The text for a terminal that many columns wide (0: all columns of tables); free with g_free.
 * blocks: characters beyond ASCII may be drawn with. */
char *analyze_text(const struct analysis *analysis, guint width, gboolean blocks);
/* How many columns the standard output has: COLUMNS, the terminal's, or 120. */
guint analyze_width(void);
/* A chart in characters, appended. */
void analyze_picture(GString *out, const struct analysis_chart *chart, guint width,
                     gboolean blocks);

#endif

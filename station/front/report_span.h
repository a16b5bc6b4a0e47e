/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_REPORT_SPAN_H
#define STATION_FRONT_REPORT_SPAN_H

#include "reports/report.h"
#include "station/engine/operator_policy.h"

/* Which time "station report" is asked for; borrowed words, null: not given. */
struct span_words {
	const char *shift; /* "now", "last", "today", "yesterday", or a time in the shift */
	const char *since, *until;
};

/* Whether any is given. */
gboolean span_is_asked(const struct span_words *words);

/*
 * The time that the words mean, by the local time and the shifts of the configuration: the shift
 * that it is now, the one before it, or the one that a time (as analyze_parse_time) lies in; the
 * local day; or from --since until --until, without it until now. span->station is left alone.
 * FALSE with what would have been right in *wrong (free with g_free).
 */
gboolean span_parse(const struct span_words *words, const struct operator_policy *policy,
                    gint64 now_us, struct report_span *span, char **wrong);

/* "2026-01-31 06:00 to 14:00 CET", local time. Free with g_free. */
char *span_name(const struct report_span *span);

/* 95 % bounds of a share, exact binomial (signal/ber.h). */
void span_bounds(guint good, guint of, double *low, double *high);

#endif

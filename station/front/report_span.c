/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/report_span.h"

#include "signal/ber.h"
#include "station/front/analyze_call.h"

#include <math.h>
#include <string.h>

#define CONFIDENCE 0.95
#define STEP_US    ((gint64)60 * G_USEC_PER_SEC) /* shifts begin at whole minutes */
/* A shift is a day long at most, and a day 25 hours. */
#define SHIFT_MOST_US ((gint64)26 * 3600 * G_USEC_PER_SEC)

gboolean span_is_asked(const struct span_words *words)
{
	return words->shift || words->since || words->until;
}

/* The shift that a moment lies in. */
static void take_shift(const struct operator_policy *policy, gint64 moment_us,
                       struct report_span *span)
{
	gint64 end_us;

	span->since_us = operator_policy_shift_start(policy, moment_us);
	for (end_us = span->since_us + STEP_US; end_us < span->since_us + SHIFT_MOST_US;
	     end_us += STEP_US)
		if (operator_policy_shift_start(policy, end_us) != span->since_us)
			break;
	span->until_us = end_us;
}

/* A local day, so many days before today. */
static void take_day(int before, gint64 now_us, struct report_span *span)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(now_us / G_USEC_PER_SEC);
	g_autoptr(GDateTime) midnight =
		g_date_time_new_local(g_date_time_get_year(now), g_date_time_get_month(now),
	                              g_date_time_get_day_of_month(now), 0, 0, 0);
	g_autoptr(GDateTime) from = g_date_time_add_days(midnight, -before);
	g_autoptr(GDateTime) to = g_date_time_add_days(midnight, 1 - before);

	span->since_us = g_date_time_to_unix(from) * G_USEC_PER_SEC;
	span->until_us = g_date_time_to_unix(to) * G_USEC_PER_SEC;
}

static gboolean parse_shift(const char *word, const struct operator_policy *policy, gint64 now_us,
                            struct report_span *span, char **wrong)
{
	gint64 moment_us = now_us;

	if (strcmp(word, "today") == 0 || strcmp(word, "yesterday") == 0) {
		take_day(strcmp(word, "yesterday") == 0, now_us, span);
		return TRUE;
	}
	if (strcmp(word, "last") == 0) {
		moment_us = operator_policy_shift_start(policy, now_us) - 1;
	} else if (strcmp(word, "now") != 0 && !analyze_parse_time(word, FALSE, &moment_us)) {
		*wrong = g_strdup_printf("--shift \"%s\": now, last, today, yesterday, or a time "
		                         "in the shift such as 2026-01-31T06:00",
		                         word);
		return FALSE;
	}
	take_shift(policy, moment_us, span);
	return TRUE;
}

static gboolean parse_time(const char *option, const char *word, gboolean until, gint64 *time_us,
                           char **wrong)
{
	if (analyze_parse_time(word, until, time_us))
		return TRUE;
	*wrong = g_strdup_printf("%s \"%s\": a date such as 2026-01-31, or a time such as "
	                         "2026-01-31T14:30",
	                         option, word);
	return FALSE;
}

gboolean span_parse(const struct span_words *words, const struct operator_policy *policy,
                    gint64 now_us, struct report_span *span, char **wrong)
{
	span->now_us = now_us;
	span->until_us = now_us;
	if (words->shift && (words->since || words->until)) {
		*wrong = g_strdup("--shift with --since or --until: one or the other");
		return FALSE;
	}
	if (words->shift)
		return parse_shift(words->shift, policy, now_us, span, wrong);
	if (!words->since) {
		*wrong = g_strdup("--until without --since");
		return FALSE;
	}
	if (!parse_time("--since", words->since, FALSE, &span->since_us, wrong) ||
	    (words->until && !parse_time("--until", words->until, TRUE, &span->until_us, wrong)))
		return FALSE;
	if (span->since_us < span->until_us)
		return TRUE;
	*wrong =
		g_strdup(words->until ? "--since is not before --until" : "--since is yet to come");
	return FALSE;
}

char *span_name(const struct report_span *span)
{
	g_autoptr(GDateTime) from =
		g_date_time_new_from_unix_local(span->since_us / G_USEC_PER_SEC);
	g_autoptr(GDateTime) to = g_date_time_new_from_unix_local(span->until_us / G_USEC_PER_SEC);
	g_autofree char *day = g_date_time_format(from, "%Y-%m-%d");
	g_autofree char *last_day = g_date_time_format(to, "%Y-%m-%d");
	g_autofree char *begin = g_date_time_format(from, "%H:%M");
	g_autofree char *end = g_date_time_format(to, "%H:%M %Z");

	if (strcmp(day, last_day) == 0)
		return g_strdup_printf("%s %s to %s", day, begin, end);
	return g_strdup_printf("%s %s to %s %s", day, begin, last_day, end);
}

void span_bounds(guint good, guint of, double *low, double *high)
{
	struct ber_estimate share;
	gboolean ok = ber_from_counts(of, good, CONFIDENCE, &share, NULL);

	*low = ok ? share.lower : NAN;
	*high = ok ? share.upper : NAN;
}

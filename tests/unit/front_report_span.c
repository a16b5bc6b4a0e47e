/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/report_span.h"

#include <math.h>

#define S(seconds)          ((gint64)((seconds)*1000000))
#define NEAR(value, wanted) g_assert_cmpfloat_with_epsilon(value, wanted, 1e-6)

/* 2026-11-23 10:00 UTC, where shifts begin at 06:00, 14:00 and 22:00. */
#define NOW_US S(1795428000.0)

static gint64 utc(const char *text)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

static const struct {
	struct span_words words;
	const char *since, *until; /* null: now */
	const char *name;          /* without the zone */
} spans[] = {
	{{"now"}, "2026-11-23T06:00:00Z", "2026-11-23T14:00:00Z", "2026-11-23 06:00 to 14:00"},
	{{"last"},
         "2026-11-22T22:00:00Z",
         "2026-11-23T06:00:00Z",
         "2026-11-22 22:00 to 2026-11-23 06:00"},
	{{"2026-11-20T15:30"},
         "2026-11-20T14:00:00Z",
         "2026-11-20T22:00:00Z",
         "2026-11-20 14:00 to 22:00"},
	{{"today"},
         "2026-11-23T00:00:00Z",
         "2026-11-24T00:00:00Z",
         "2026-11-23 00:00 to 2026-11-24 00:00"},
	{{"yesterday"},
         "2026-11-22T00:00:00Z",
         "2026-11-23T00:00:00Z",
         "2026-11-22 00:00 to 2026-11-23 00:00"},
	{{NULL, "2026-11-23T08:00", NULL},
         "2026-11-23T08:00:00Z",
         NULL,
         "2026-11-23 08:00 to 10:00"},
	{{NULL, "2026-11-20", "2026-11-21"},
         "2026-11-20T00:00:00Z",
         "2026-11-22T00:00:00Z",
         "2026-11-20 00:00 to 2026-11-22 00:00"},
};

static const struct {
	struct span_words words;
	const char *wrong;
} wrongs[] = {
	{{"tomorrow"}, "--shift \"tomorrow\": now, last, today, *"},
	{{"now", "2026-11-20", NULL}, "--shift with --since or --until*"},
	{{NULL, NULL, "2026-11-20"}, "--until without --since"},
	{{NULL, "11/20", NULL}, "--since \"11/20\": a date such as*"},
	{{NULL, "2026-11-20", "2026-11-40"}, "--until \"2026-11-40\": a date such as*"},
	{{NULL, "2026-11-21", "2026-11-19"}, "--since is not before --until"},
	{{NULL, "2026-11-24", NULL}, "--since is yet to come"},
};

static void test_spans(void)
{
	const struct operator_policy policy = {.shifts = {360, 840, 1320}, .n_shifts = 3};

	for (gsize i = 0; i < G_N_ELEMENTS(spans); i++) {
		struct report_span span = {0};
		char *wrong = NULL;
		gint64 until_us = spans[i].until ? utc(spans[i].until) : NOW_US;

		g_assert_true(span_parse(&spans[i].words, &policy, NOW_US, &span, &wrong));
		g_assert_cmpint(span.since_us, ==, utc(spans[i].since));
		g_assert_cmpint(span.until_us, ==, until_us);
		g_autofree char *name = span_name(&span);
		g_autofree char *wanted = g_strconcat(spans[i].name, " UTC", NULL);
		g_assert_cmpstr(name, ==, wanted);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(wrongs); i++) {
		struct report_span span = {0};
		g_autofree char *wrong = NULL;

		g_assert_false(span_parse(&wrongs[i].words, &policy, NOW_US, &span, &wrong));
		if (!g_pattern_match_simple(wrongs[i].wrong, wrong))
			g_error("row %zu: \"%s\"", i, wrong);
	}
}

static void test_bounds(void)
{
	double low, high;

	/* Clopper and Pearson's own table: 0 of 10 */
	span_bounds(0, 10, &low, &high);
	NEAR(low, 0);
	g_assert_cmpfloat_with_epsilon(high, 0.3085, 1e-4);
	span_bounds(0, 0, &low, &high);
	g_assert_true(isnan(low) && isnan(high));
}

int main(int argc, char **argv)
{
	g_setenv("TZ", "UTC", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report-span/spans", test_spans);
	g_test_add_func("/report-span/bounds", test_bounds);
	return g_test_run();
}

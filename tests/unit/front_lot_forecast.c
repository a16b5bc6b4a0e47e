/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_forecast.h"

#include <math.h>
#include <string.h>

#define S(seconds)          ((gint64)((seconds)*1000000))
#define NEAR(value, wanted) g_assert_cmpfloat_with_epsilon(value, wanted, 1e-6)

static void tell(struct lot_forecast *forecast, enum event_kind kind, int site, const char *serial,
                 double now_s, double took_s)
{
	struct event event = event_make(kind, site, serial);

	event.mono_us = S(now_s);
	event.seconds = took_s;
	event.verdict = VERDICT_PASS;
	lot_forecast_event(forecast, &event);
}

/* Sites 1 and 2 take all; what is long goes to site 2 only. */
static struct lot_forecast *make(void)
{
	static const int both[] = {1, 2};
	struct lot_forecast *forecast = lot_forecast_new();

	lot_forecast_add_unit(forecast, "A", "short", both, 2);
	lot_forecast_add_unit(forecast, "B", "short", both, 2);
	lot_forecast_add_unit(forecast, "C", "short", both, 2);
	lot_forecast_add_unit(forecast, "D", "long", both + 1, 1);
	lot_forecast_add_unit(forecast, "E", "long", both + 1, 1);
	return forecast;
}

static void test_before(void)
{
	struct lot_forecast *forecast = make();

	g_assert_true(isnan(lot_forecast_left_s(forecast, S(0))));
	lot_forecast_expect(forecast, "short", 100);
	/* nothing is known of the long ones: as the short ones; A and C at 1, B, D, E at 2 */
	NEAR(lot_forecast_left_s(forecast, S(0)), 300);
	lot_forecast_expect(forecast, "long", 500);
	NEAR(lot_forecast_left_s(forecast, S(0)), 1100);
	lot_forecast_free(forecast);
}

static void test_meanwhile(void)
{
	struct lot_forecast *forecast = make();
	g_autofree char *line = NULL;

	lot_forecast_expect(forecast, "short", 100);
	lot_forecast_expect(forecast, "long", 500);
	tell(forecast, EVENT_RUN_START, 1, "A", 1000, 0);
	tell(forecast, EVENT_RUN_START, 2, "B", 1000, 0);
	NEAR(lot_forecast_left_s(forecast, S(1040)), 60 + 1000);
	/* one that takes longer than others did ends any time now */
	NEAR(lot_forecast_left_s(forecast, S(1150)), 1000);
	/* what units take here counts more than what they took before */
	tell(forecast, EVENT_RUN_END, 1, "A", 1200, 200);
	tell(forecast, EVENT_RUN_START, 1, "C", 1200, 0);
	tell(forecast, EVENT_RUN_END, 2, "B", 1200, 200);
	tell(forecast, EVENT_RUN_START, 2, "D", 1200, 0);
	NEAR(lot_forecast_left_s(forecast, S(1200)), 1000);
	tell(forecast, EVENT_RUN_END, 2, "D", 1300, 100);
	NEAR(lot_forecast_left_s(forecast, S(1300)), 100);
	line = lot_forecast_json(forecast, S(1300));
	g_assert_cmpstr(line, ==, "{\"event\":\"forecast\",\"units_left\":2,\"left_s\":100}");
	/* what has no site any more is not waited for */
	tell(forecast, EVENT_SITE_DOWN, 2, "E", 1300, 0);
	NEAR(lot_forecast_left_s(forecast, S(1350)), 50);
	tell(forecast, EVENT_RUN_LOST, 1, "C", 1350, 0);
	NEAR(lot_forecast_left_s(forecast, S(1350)), 0);
	lot_forecast_free(forecast);
}

static void test_text(void)
{
	static const struct {
		double left_s;
		const char *text;
	} rows[] = {{0, "0:00"}, {59.2, "1:00"}, {725, "12:05"}, {7380, "2:03:00"}};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = lot_forecast_text(rows[i].left_s);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lot-forecast/before", test_before);
	g_test_add_func("/lot-forecast/meanwhile", test_meanwhile);
	g_test_add_func("/lot-forecast/text", test_text);
	return g_test_run();
}

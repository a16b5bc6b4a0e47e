/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/lot_use.h"

#include "reports/gantt.h"
#include "reports/report.h"
#include "reports/shift.h"
#include "tests/unit/reports_sample.h"

#include <json-glib/json-glib.h>

#define BEGIN_US   ((gint64)1774000000 * G_USEC_PER_SEC)
#define NEAR(a, b) g_assert_cmpfloat_with_epsilon(a, b, 1e-6)

static void add_instrument(struct run_record *record, const char *name)
{
	sample_text(&run_record_add_instrument(record)->name, name);
}

/* A run of a site from start_s on; its instruments are its own meter and the scope of all. */
static struct run_record *add_run(GPtrArray *records, const char *serial, int site, double start_s,
                                  double end_s)
{
	struct run_record *record = run_record_new();
	g_autofree char *meter = g_strdup_printf("meter%d", site);
	sample_text(&record->serial, serial);
	sample_text(&record->station_id, "S1");
	sample_text(&record->lot, "L1");
	sample_text(&record->operator_name, "Op 471");
	record->site = site;
	record->start_us = BEGIN_US + (gint64)(start_s * 1e6);
	record->end_us = BEGIN_US + (gint64)(end_s * 1e6);
	record->verdict = VERDICT_PASS;
	add_instrument(record, meter);
	add_instrument(record, "scope");
	g_ptr_array_add(records, record);
	return record;
}

static void use(struct run_record *record, guint64 instruments, double start_s, double waited_s,
                double held_s)
{
	guint at = run_record_add_use(record, -1, instruments, (gint64)(start_s * 1e3),
	                              (gint64)(waited_s * 1e3));
	run_record_end_use(record, at, (gint64)(held_s * 1e3));
}

static GPtrArray *make_records(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);
}

/* Two sites; a pause of half an hour before the last run. */
static GPtrArray *make_lot(void)
{
	GPtrArray *records = make_records();
	struct run_record *run = add_run(records, "A", 1, 0, 100);
	use(run, 3, 10, 0, 50);
	run = add_run(records, "B", 2, 20, 120);
	use(run, 2, 40, 40, 40);
	use(run, 1, 80, 0, 10);
	run = add_run(records, "C", 1, 2000, 2100);
	use(run, 2, 10, 0, 30);
	use(run, 0, 60, 5, 0);
	return records;
}

static void test_sums(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	struct lot_use *use = lot_use_of(records);
	const struct lot_instrument *scope = lot_use_bottleneck(use);
	NEAR(use->test_s, 220);
	NEAR(use->runs_per_hour, 3600.0 * 3 / 220);
	g_assert_cmpstr(scope->name, ==, "scope");
	NEAR(scope->busy_s, 120);
	NEAR(scope->busy_pct, 12000.0 / 220);
	g_assert_cmpuint(scope->takes, ==, 3);
	g_assert_cmpuint(use->instruments->len, ==, 3);
	const struct lot_instrument *meter =
		&g_array_index(use->instruments, struct lot_instrument, 1);
	g_assert_cmpstr(meter->name, ==, "meter1");
	NEAR(meter->busy_s, 50);
	g_assert_cmpuint(use->sites->len, ==, 2);
	const struct lot_site *second = &g_array_index(use->sites, struct lot_site, 1);
	g_assert_cmpstr(second->name, ==, "site 2");
	NEAR(second->waited_s, 40);
	NEAR(second->test_s, 100);
	g_assert_cmpuint(use->sessions->len, ==, 2);
	const struct lot_session *session = &g_array_index(use->sessions, struct lot_session, 0);
	g_assert_cmpint(session->end_us - session->start_us, ==, 120 * G_USEC_PER_SEC);
	g_autofree char *text = lot_use_text(use);
	g_assert_cmpstr(text, ==,
	                "Bottleneck: scope, busy 54.5 % of the 3 min 40 s with a unit under test. "
	                "49.1 runs an hour of it.");
	lot_use_free(use);
	lot_use_free(NULL);
}

/* A record from before there were uses, and one that has not ended. */
static void test_nothing(void)
{
	g_autoptr(GPtrArray) records = make_records();
	struct lot_use *use = lot_use_of(records);
	g_assert_null(lot_use_bottleneck(use));
	g_assert_true(isnan(use->runs_per_hour));
	lot_use_free(use);
	add_run(records, "A", 1, 0, 100);
	add_run(records, "B", 1, 100, 50);
	use = lot_use_of(records);
	g_assert_null(lot_use_bottleneck(use));
	NEAR(use->test_s, 100);
	g_assert_cmpuint(use->sites->len, ==, 1);
	lot_use_free(use);
}

static void test_two_stations(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	sample_text(&((struct run_record *)records->pdata[1])->station_id, "S2");
	struct lot_use *use = lot_use_of(records);
	g_assert_cmpuint(use->instruments->len, ==, 4);
	g_assert_cmpstr(lot_use_bottleneck(use)->name, ==, "S1: scope");
	g_assert_cmpstr(g_array_index(use->sites, struct lot_site, 1).name, ==, "S2: site 2");
	lot_use_free(use);
}

/* --- the chart ----------------------------------------------------------------------------------
 */

static guint count(const char *text, const char *what)
{
	guint n = 0;
	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

static void test_chart(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	const struct lot_report lot = {.lot = "L1", .records = records};
	g_autofree char *html = report_lot_html(&lot);
	g_assert_cmpuint(count(html, "class=\"chart gantt\""), ==, 2);
	g_assert_cmpuint(count(html, "<pattern"), ==, 1);
	g_assert_cmpuint(count(html, "fill=\"url(#waiting)\""), ==, 2);
	g_assert_cmpuint(count(html, "<desc>Time to the right."), ==, 2);
	g_assert_nonnull(strstr(html, "<title>B, site 2, PASS, 1 min 40 s</title>"));
	/* 118 + 60 / 120 of 1034: the scope goes from A to B when A gives it back */
	g_assert_nonnull(strstr(html, "c1 has\" d=\"M635 "));
	g_assert_nonnull(strstr(html, ">The runs of the chart as a table<"));
	g_assert_nonnull(strstr(html, "Bottleneck: scope, busy 54.5 %"));
}

/* 64 units at four sites, 400 steps each, all with a scope that all share. */
static GPtrArray *make_large(void)
{
	GPtrArray *records = make_records();
	for (guint i = 0; i < 64; i++) {
		g_autofree char *serial = g_strdup_printf("SN%04u", i);
		int site = (int)(i % 4);
		double start_s = 900.0 * (i / 4) + 40 * site, step_s = 880.0 / 400;
		struct run_record *run = add_run(records, serial, site + 1, start_s, start_s + 890);
		for (guint s = 0; s < 400; s++)
			use(run, 2 + (s % 3 == 0), s * step_s + 0.6, s % 7 ? 0 : 0.5, 0.4);
	}
	return records;
}

static void test_bounded(void)
{
	g_autoptr(GPtrArray) records = make_large();
	const struct lot_report lot = {.lot = "L64", .records = records};
	g_autofree char *html = report_lot_html(&lot);
	g_assert_cmpuint(strlen(html), <, 600000);
	g_assert_nonnull(strstr(html, ">SN0063</text>"));
}

/* --- a shift ------------------------------------------------------------------------------------
 */

static void bounds(guint good, guint of, double *low, double *high)
{
	*low = 0.25;
	*high = of ? (double)good / of : NAN;
}

static void test_shift(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	struct run_record *second = records->pdata[1];
	second->verdict = VERDICT_ERROR;
	second->reason = g_strdup("scope: <no> answer");
	sample_text(&second->lot, "L2");
	sample_text(&second->operator_name, "");
	const struct report_span span = {"S1", BEGIN_US - (gint64)3600 * G_USEC_PER_SEC,
	                                 BEGIN_US + (gint64)7200 * G_USEC_PER_SEC,
	                                 BEGIN_US + (gint64)2400 * G_USEC_PER_SEC};
	const struct lot_report report = {.lot = "2026-03-20 06:00 to 14:00",
	                                  .records = records,
	                                  .span = &span,
	                                  .bounds = bounds};
	struct shift_summary *summary = shift_summarise(&report);
	g_assert_cmpuint(summary->lots->len, ==, 2);
	g_assert_cmpuint(g_array_index(summary->lots, struct shift_share, 1).errors, ==, 1);
	g_assert_cmpuint(g_array_index(summary->operators, struct shift_share, 0).passed, ==, 2);
	/* before the first run, in the pause; the five minutes since the last one are none */
	g_assert_cmpuint(summary->stops->len, ==, 2);
	const struct shift_stop *stop = &g_array_index(summary->stops, struct shift_stop, 1);
	g_assert_true(stop->before == second);
	NEAR(summary->stopped_s, 3600 + 1880);
	shift_summary_free(summary);
	shift_summary_free(NULL);
	g_autofree char *html = report_lot_html(&report);
	g_assert_nonnull(strstr(html, "<h1>Station S1: 2026-03-20 06:00 to 14:00</h1>"));
	g_assert_nonnull(strstr(html, "B: ERROR, scope: &lt;no&gt; answer"));
	g_assert_nonnull(strstr(html, "95 % bounds 25.0 to 100.0 %"));
	g_autofree char *json = report_lot_json(&report);
	g_autoptr(JsonNode) root = json_from_string(json, NULL);
	JsonObject *object = json_node_get_object(root);
	g_assert_cmpstr(json_object_get_string_member(object, "schema"), ==, "station-shift-1");
	g_assert_cmpstr(json_object_get_string_member(object, "until"), ==, "2026-03-20T11:46:40Z");
	g_assert_cmpuint(json_array_get_length(json_object_get_array_member(object, "stops")), ==,
	                 2);
	JsonObject *use = json_object_get_object_member(object, "use");
	g_assert_cmpstr(json_object_get_string_member(use, "bottleneck"), ==, "scope");
	g_autofree char *csv = report_lot_csv(&report);
	g_assert_nonnull(strstr(csv, "\r\nL2,B,"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lot-use/sums", test_sums);
	g_test_add_func("/lot-use/nothing", test_nothing);
	g_test_add_func("/lot-use/two-stations", test_two_stations);
	g_test_add_func("/lot-use/chart", test_chart);
	g_test_add_func("/lot-use/bounded", test_bounded);
	g_test_add_func("/lot-use/shift", test_shift);
	return g_test_run();
}

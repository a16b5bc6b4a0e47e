/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/lot.h"

#include "base/csv.h"
#include "tests/unit/reports_sample.h"

#include <json-glib/json-glib.h>

#include <math.h>
#include <string.h>

static void add_run(GPtrArray *records, const char *serial, const char *stage, enum verdict verdict,
                    const char *failing_step)
{
	struct run_record *record = run_record_new();
	sample_text(&record->serial, serial);
	sample_text(&record->stage, stage);
	record->start_us = 1774000000000000 + 60000000 * (gint64)records->len;
	record->end_us = record->start_us + 1000000 * (gint64)(records->len + 1);
	record->verdict = verdict;
	record->first_failing_step = g_strdup(failing_step);
	record->reason = verdict == VERDICT_PASS ? NULL : g_strdup("because <of> this");
	sample_step(record, "identify", 0, records->len + 1, VERDICT_PASS);
	sample_step(record, "skipped", 0, 99, VERDICT_SKIPPED);
	g_ptr_array_add(records, record);
}

static GPtrArray *make_records(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);
}

/* Two stages; every way through them. */
static GPtrArray *make_lot(void)
{
	GPtrArray *records = make_records();
	add_run(records, "good", "calibrate", VERDICT_PASS, NULL);
	add_run(records, "good", "final", VERDICT_PASS, NULL);
	add_run(records, "second", "calibrate", VERDICT_PASS, NULL);
	add_run(records, "second", "final", VERDICT_FAIL, "tx-measure");
	add_run(records, "second", "final", VERDICT_PASS, NULL);
	add_run(records, "bad", "calibrate", VERDICT_FAIL, "calibrate-tx");
	add_run(records, "worse", "calibrate", VERDICT_PASS, NULL);
	add_run(records, "worse", "final", VERDICT_FAIL, "tx-measure");
	add_run(records, "also", "calibrate", VERDICT_FAIL, "calibrate-tx");
	add_run(records, "broken", "calibrate", VERDICT_PASS, NULL);
	add_run(records, "broken", "final", VERDICT_ERROR, "rx-waterfall");
	add_run(records, "half", "calibrate", VERDICT_PASS, NULL);
	add_run(records, "stopped", "calibrate", VERDICT_PASS, NULL);
	add_run(records, "stopped", "final", VERDICT_ABORTED, NULL);
	add_run(records, "relapse", "calibrate", VERDICT_PASS, NULL);
	add_run(records, "relapse", "final", VERDICT_PASS, NULL);
	add_run(records, "relapse", "final", VERDICT_FAIL, NULL);
	return records;
}

static void test_summary(void)
{
	static const struct {
		const char *serial, *word;
		gboolean first_pass;
		guint runs;
	} units[] = {
		{"good", "PASS", TRUE, 2},        {"second", "PASS", FALSE, 3},
		{"bad", "FAIL", FALSE, 1},        {"worse", "FAIL", FALSE, 2},
		{"also", "FAIL", FALSE, 1},       {"broken", "ERROR", FALSE, 2},
		{"half", "INCOMPLETE", FALSE, 1}, {"stopped", "ABORTED", FALSE, 2},
		{"relapse", "FAIL", FALSE, 3},
	};
	g_autoptr(GPtrArray) records = make_lot();
	const struct lot_report lot = {"L1", records, NULL, NULL, NULL};
	struct lot_summary *summary = lot_summarise(&lot);
	g_assert_cmpuint(summary->units->len, ==, G_N_ELEMENTS(units));
	for (guint i = 0; i < summary->units->len; i++) {
		const struct lot_unit *unit = &g_array_index(summary->units, struct lot_unit, i);
		g_assert_cmpstr(unit->serial, ==, units[i].serial);
		g_assert_cmpstr(lot_unit_word(unit), ==, units[i].word);
		g_assert_cmpint(unit->first_pass, ==, units[i].first_pass);
		g_assert_cmpuint(unit->n_runs, ==, units[i].runs);
	}
	g_assert_cmpuint(summary->passed, ==, 2);
	g_assert_cmpuint(summary->first_passed, ==, 1);
	g_assert_cmpuint(summary->failed, ==, 4);
	g_assert_cmpuint(summary->not_judged, ==, 3);
	g_assert_cmpfloat_with_epsilon(lot_yield(summary->passed, summary->passed, summary->failed),
	                               2.0 / 6, 1e-12);
	g_assert_cmpuint(summary->causes->len, ==, 3);
	const struct lot_cause *most = &g_array_index(summary->causes, struct lot_cause, 0);
	g_assert_cmpstr(most->step, ==, "calibrate-tx");
	g_assert_cmpuint(most->count, ==, 2);
	g_assert_cmpstr((most + 1)->step, ==, "tx-measure");
	g_assert_cmpstr((most + 2)->step, ==, "unknown");
	/* Runs last 1 to 17 s, and so do their only steps that were done. */
	g_assert_cmpuint(summary->times->len, ==, 1);
	const struct lot_time *time = &g_array_index(summary->times, struct lot_time, 0);
	g_assert_cmpfloat(time->median_s, ==, 9);
	g_assert_cmpfloat(time->total_s, ==, 153);
	g_assert_cmpuint(time->count, ==, 17);
	g_assert_cmpfloat_with_epsilon(summary->median_run_s, 9, 1e-9);
	lot_summary_free(summary);
	lot_summary_free(NULL);
}

static void touch(struct run_record *record)
{
	record->touched = g_new0(struct record_touch, 1);
	record->touched->time_us = 1774000000000000 + 3600 * (gint64)G_USEC_PER_SEC;
	record->touched->station = g_strdup("S");
	record->touched->who = g_strdup("ann");
	record->touched->what = g_strdup("laser <bias>");
}

#define TOUCHED                                                                                    \
	"touched by hand 2026-03-20 10:46:40 UTC by ann (laser <bias>): its PASS does not stand "  \
	"until a full run passes"

/* A PASS that does not stand is none, and whoever reads the lot is told. */
static void test_touched(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	const struct lot_report lot = {"L1", records, NULL, NULL, NULL};
	touch(records->pdata[0]);
	touch(records->pdata[1]);
	touch(records->pdata[5]);
	struct lot_summary *summary = lot_summarise(&lot);
	const struct lot_unit *units = (const struct lot_unit *)(gpointer)summary->units->data;
	g_autofree char *reason = lot_unit_reason(&units[0]);
	g_autofree char *failed = lot_unit_reason(&units[2]);
	g_assert_cmpstr(lot_unit_word(&units[0]), ==, "TOUCHED");
	g_assert_cmpstr(reason, ==, TOUCHED);
	g_assert_cmpstr(lot_unit_word(&units[2]), ==, "FAIL");
	g_assert_cmpstr(failed, ==, "because <of> this");
	g_assert_cmpuint(summary->passed, ==, 1);
	g_assert_cmpuint(summary->not_judged, ==, 4);
	lot_summary_free(summary);
	g_autofree char *html = report_lot_html(&lot);
	g_assert_nonnull(strstr(html, ">TOUCHED<"));
	g_assert_nonnull(strstr(html, "by ann (laser &lt;bias&gt;): its PASS does not stand"));
	g_autofree char *json = report_lot_json(&lot);
	g_assert_nonnull(strstr(json, "\"" TOUCHED "\""));
	g_autofree char *text = report_lot_csv(&lot);
	g_assert_nonnull(strstr(text, "TOUCHED,0,0,final," TOUCHED ","));
}

static void test_empty(void)
{
	g_autoptr(GPtrArray) records = make_records();
	const struct lot_report lot = {"<empty>", records, NULL, NULL, NULL};
	g_autofree char *html = report_lot_html(&lot);
	g_assert_nonnull(strstr(html, "Lot &lt;empty&gt;"));
	g_assert_nonnull(strstr(html, "No unit failed."));
	g_assert_null(strstr(html, "nan"));
	g_autofree char *text = report_lot_csv(&lot);
	g_assert_true(g_str_has_suffix(text, "run_id\r\n"));
	g_autofree char *json = report_lot_json(&lot);
	g_assert_nonnull(strstr(json, "\"final_yield\": null"));
}

static char *href(const struct run_record *record, gpointer data)
{
	if (strcmp(record->serial, "half") == 0)
		return NULL;
	return g_strdup_printf("%s/%s.html?a&b", (const char *)data, record->serial);
}

static void test_html(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	const struct lot_report lot = {"L1", records, href, (gpointer) "units", NULL};
	g_autofree char *html = report_lot_html(&lot);
	static const char *const texts[] = {
		"16.7 %",
		"first-pass yield: 1 of 6",
		"33.3 %",
		"final yield: 2 of 6",
		"<a href=\"units/bad.html?a&amp;b\">bad</a>",
		"<td>half</td>",
		"INCOMPLETE",
		"because &lt;of&gt; this",
		"calibrate-tx",
		"50 %",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (!strstr(html, texts[i]))
			g_error("\"%s\" is not on the page", texts[i]);
	}
}

static void test_json(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	const struct lot_report lot = {"L1", records, NULL, NULL, NULL};
	g_autofree char *json = report_lot_json(&lot);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) error = NULL;
	json_parser_load_from_data(parser, json, -1, &error);
	g_assert_no_error(error);
	JsonObject *root = json_node_get_object(json_parser_get_root(parser));
	g_assert_cmpstr(json_object_get_string_member(root, "schema"), ==, "station-lot-1");
	g_assert_cmpint(json_object_get_int_member(root, "passed"), ==, 2);
	g_assert_cmpint(json_object_get_int_member(root, "failed"), ==, 4);
	JsonArray *units = json_object_get_array_member(root, "units");
	g_assert_cmpuint(json_array_get_length(units), ==, 9);
	JsonObject *broken = json_array_get_object_element(units, 5);
	g_assert_cmpstr(json_object_get_string_member(broken, "verdict"), ==, "ERROR");
	g_assert_cmpstr(json_object_get_string_member(broken, "reason"), ==, "because <of> this");
}

static void test_csv(void)
{
	g_autoptr(GPtrArray) records = make_lot();
	const struct lot_report lot = {"L1", records, NULL, NULL, NULL};
	g_autofree char *text = report_lot_csv(&lot);
	g_autoptr(GError) error = NULL;
	g_autoptr(csv) table = csv_load_text(text, -1, "lot.csv", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(csv_rows(table), ==, 9);
	g_assert_cmpstr(csv_field(table, 1, "verdict"), ==, "PASS");
	g_assert_cmpstr(csv_field(table, 1, "first_pass"), ==, "0");
	g_assert_cmpstr(csv_field(table, 3, "first_failing_step"), ==, "tx-measure");
}

static void set_type(struct run_record *record, const char *type, const char *part_number)
{
	sample_text(&record->type, type);
	sample_text(&record->part_number, part_number);
}

static void add_failures(struct run_record *record, const char *id, int lanes)
{
	for (int lane = 1; lane <= lanes; lane++)
		run_record_add_measurement(record, id, 0, lane, 4, "dB")->verdict = VERDICT_FAIL;
}

/* Three units of two types that began in another order than the lot file has. */
static GPtrArray *make_mixed(void)
{
	GPtrArray *records = make_records();
	add_run(records, "c", "final", VERDICT_FAIL, "tx-measure");
	add_run(records, "a", "final", VERDICT_PASS, NULL);
	add_run(records, "b", "final", VERDICT_FAIL, "tx-measure");
	set_type(records->pdata[0], "400GBASE-FR4", "P-F");
	set_type(records->pdata[1], "400GBASE-DR4", "P-D");
	set_type(records->pdata[2], "400GBASE-DR4", "P-D");
	add_failures(records->pdata[0], "tx_tdecq", 4);
	add_failures(records->pdata[2], "tx_tdecq", 1);
	add_failures(records->pdata[2], "tx_er", 2);
	return records;
}

static void test_mixed(void)
{
	static const char *const serials[] = {"a", "b", "c", NULL};
	g_autoptr(GPtrArray) records = make_mixed();
	const struct lot_report lot = {"L2", records, NULL, NULL, serials};
	struct lot_summary *summary = lot_summarise(&lot);
	g_assert_cmpuint(summary->units->len, ==, 3);
	for (guint i = 0; i < 3; i++)
		g_assert_cmpstr(g_array_index(summary->units, struct lot_unit, i).serial, ==,
		                serials[i]);
	g_assert_cmpuint(summary->types->len, ==, 2);
	const struct lot_type *dr4 = &g_array_index(summary->types, struct lot_type, 0);
	g_assert_cmpstr(dr4->type, ==, "400GBASE-DR4");
	g_assert_cmpuint(dr4->units, ==, 2);
	g_assert_cmpuint(dr4->passed, ==, 1);
	g_assert_cmpuint(dr4->first_passed, ==, 1);
	g_assert_cmpuint(dr4->failed, ==, 1);
	g_assert_cmpuint((dr4 + 1)->failed, ==, 1);
	g_assert_cmpuint(summary->parameters->len, ==, 2);
	const struct lot_parameter *tdecq =
		&g_array_index(summary->parameters, struct lot_parameter, 0);
	g_assert_cmpstr(tdecq->id, ==, "tx_tdecq");
	g_assert_cmpuint(tdecq->count, ==, 2);
	g_assert_cmpuint(tdecq->by_type[0], ==, 1);
	g_assert_cmpuint(tdecq->by_type[1], ==, 1);
	g_assert_cmpstr((tdecq + 1)->id, ==, "tx_er");
	g_assert_cmpuint((tdecq + 1)->count, ==, 1);
	lot_summary_free(summary);
	g_autofree char *html = report_lot_html(&lot);
	g_assert_nonnull(strstr(html, "By type"));
	g_assert_nonnull(strstr(html, "Failing parameters"));
	g_assert_nonnull(strstr(html, "<td>P-D</td><td>400GBASE-DR4</td>"));
	g_assert_nonnull(strstr(html, "lane 1: tx_tdecq failed, +2 more"));
	g_autofree char *json = report_lot_json(&lot);
	g_assert_nonnull(strstr(json, "\"failing_parameters\""));
	g_assert_nonnull(strstr(json, "\"part_number\": \"P-F\""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/lot/summary", test_summary);
	g_test_add_func("/reports/lot/touched", test_touched);
	g_test_add_func("/reports/lot/empty", test_empty);
	g_test_add_func("/reports/lot/html", test_html);
	g_test_add_func("/reports/lot/json", test_json);
	g_test_add_func("/reports/lot/csv", test_csv);
	g_test_add_func("/reports/lot/mixed", test_mixed);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/report.h"

#include "base/csv.h"
#include "reports/markup.h"
#include "reports/page.h"
#include "reports/shape.h"
#include "reports/title.h"
#include "tests/unit/reports_page.h"
#include "tests/unit/reports_sample.h"

#include <math.h>
#include <string.h>

static void test_unit(void)
{
	static const char *const texts[] = {
		"VB240001",
		"id_checksum page 00h: checksum 0x12, computed 0x13, +",
		"Lane 3: TDECQ at 25 degC, 3.3 V: 4.31 dB &gt; 3.40 dB",
		"First failing step: tx-measure",
		"Parameters by lane",
		"Begun and not known to be complete: the module may hold half of it.",
		"1 place changed for good",
		"9Fh:132-133",
		"OMA, outer levels",
		"class=\"cell fail\"",
		"PASS",
		" marginal",
		"no value",
		"data:image/png;base64,",
		"FEC limit 2.4e-4",
		"-5.35 dBm",
		"class=\"pair\"",
		"captured at 25 degC, 3.3 V",
		"equalised at 25 degC, 3.3 V",
		"through the fibre",
		"taps 0.02, -0.13, 1.24, -0.1, -0.03",
		"class=\"threshold\"",
		"class=\"window\"",
		"class=\"level\"",
		"class=\"band\"",
		"laser_bias_dac",
		"1 (replaced)",
		"dca1: no answer in 2.000 s",
		"2027-03-31",
		"TESTED_SIM",
		"60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
		"connector of site 1 cleaned",
		"@media print",
		"point none",
		"<div class=\"value\">no</div>",
		"1 more check passed",
		"Recorded only",
		"page 00h: checksum 0x12, computed 0x13",
	};
	g_autoptr(run_record) record = sample_record();
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (!strstr(html, texts[i]))
			g_error("\"%s\" is not on the page", texts[i]);
	}
	g_assert_cmpuint(strlen(html), <, 600 << 10);
	/* The superseded attempt's -30 dBm counts nowhere. */
	g_assert_null(strstr(html, "-30.00 dBm"));
}

/* Even a record full of pictures and curves makes a page of bounded size that says so. */
static void test_size(void)
{
	g_autoptr(run_record) record = sample_record();
	for (int i = 0; i < 80; i++)
		sample_eye(record, 1, i, "captured");
	for (int i = 0; i < 40; i++)
		sample_waterfall(record, 1, i);
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	g_assert_nonnull(strstr(html, "more pictures are only in the run document"));
	g_assert_nonnull(strstr(html, "more curves are only in the run document"));
	g_assert_cmpuint(strlen(html), <, 1000 << 10);
}

static guint add_step(struct run_record *record, const char *kind, const char *corner)
{
	guint step = sample_step(record, kind, 0, 1, VERDICT_PASS);
	sample_text(&((struct record_step *)record->steps->pdata[step])->corner, corner);
	return step;
}

static void add_value(struct run_record *record, const char *id, guint step, int lane,
                      enum verdict verdict)
{
	gboolean finding = strcmp(id, "tx_light") == 0;
	struct record_measurement *measurement =
		run_record_add_measurement(record, id, step, lane, finding ? 1 : 2.5 + lane,
	                                   finding ? "1" : "dB");
	sample_text(&measurement->corner,
	            ((struct record_step *)record->steps->pdata[step])->corner);
	measurement->verdict = verdict;
	measurement->reason = verdict == VERDICT_FAIL ? g_strdup("too much") : NULL;
}

/* A run that calibrates, and tests at three corners; one value fails at the last. */
static struct run_record *make_corners(void)
{
	static const char *const corners[] = {"25C 3.300V", "0C 3.300V", "70C 3.300V"};
	struct run_record *record = run_record_new();
	guint begin = add_step(record, "calibrate-begin", corners[0]);
	for (int lane = 1; lane <= 4; lane++) {
		add_value(record, "tx_light", begin, lane, VERDICT_PASS);
		add_value(record, "cal_tx_er_error", begin, lane, VERDICT_PASS);
	}
	add_step(record, "store-constants", corners[0]);
	for (guint c = 0; c < G_N_ELEMENTS(corners); c++) {
		guint step = add_step(record, "tx-measure", corners[c]);
		add_value(record, "module_power", step, 0, VERDICT_PASS);
		for (int lane = 1; lane <= 4; lane++) {
			add_value(record, "tx_light", step, lane, VERDICT_PASS);
			add_value(record, "tx_oma", step, lane, VERDICT_PASS);
			add_value(record, "tx_tdecq", step, lane,
			          c == 2 && lane == 3 ? VERDICT_FAIL : VERDICT_PASS);
			add_value(record, "tx_rlm", step, lane, VERDICT_NONE);
			run_record_add_note(record, "lane %d: no more", lane);
			sample_eye(record, step, lane, "captured");
			sample_waterfall_at(record, step, lane, c);
		}
	}
	record->verdict = VERDICT_FAIL;
	return record;
}

/* Texts that a page has in that order. */
static void check_order(const char *html, const char *const *texts, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		const char *found = strstr(html, texts[i]);
		if (!found)
			g_error("\"%s\" is not behind what comes before it", texts[i]);
		html = found + 1;
	}
}

/* A parameter is one block with its corners in order; what failed stands first, what the
 * calibration did behind the test and folded. */
static void test_corners(void)
{
	static const char *const texts[] = {
		"lane 3 at 70 degC: tx_tdecq too much",
		"<li class=\"soft wrap\">lanes 1-4: no more</li>",
		"<td class=\"name\" rowspan=\"3\">TDECQ ",
		"<td class=\"corner\">0 degC</td>",
		"<td class=\"corner\">25 degC</td>",
		"<td class=\"corner\">70 degC</td>",
		"class=\"cell fail\"",
		"<td class=\"name\" rowspan=\"3\">OMA, outer levels ",
		"<details><summary>Recorded only: 1 parameter</summary>",
		"The whole unit",
		"<th>0 degC</th><th>25 degC</th><th>70 degC</th>",
		"Power consumption",
		"<details><summary>12 checks, all passed</summary>",
		"captured at 25 degC",
		"<details><summary>eyes at 0 degC</summary>",
		"captured at 0 degC",
		"<details><summary>eyes at 70 degC</summary>",
		"BER waterfall",
		">0 degC: -4.35 dBm<",
		">25 degC: -5.35 dBm<",
		"<h2>Calibration</h2>",
		"<details><summary>Judged, by lane: 1 parameter</summary>",
		"Extinction ratio, distance from target",
		"<details><summary>4 checks, all passed</summary>",
		"lanes 1-4",
	};
	g_autoptr(run_record) record = make_corners();
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	check_order(html, texts, G_N_ELEMENTS(texts));
	/* three corners of a lane share a chart */
	g_assert_cmpuint(count_of(html, "class=\"chart many\""), ==, 4);
}

/* A calibration that failed does not hide it. */
static void test_failed_calibration(void)
{
	static const char *const texts[] = {
		"<h2>Calibration</h2>",
		"Extinction ratio, distance from target",
		"too much",
		"<details>",
	};
	g_autoptr(run_record) record = make_corners();
	struct record_measurement *measurement = record->measurements->pdata[1];
	measurement->verdict = VERDICT_FAIL;
	measurement->reason = g_strdup("too much");
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	check_order(strstr(html, "<h2>Calibration</h2>"), texts, G_N_ELEMENTS(texts));
}

/* Text of whoever wrote the module's memory must stay text. */
static void hostile(const struct shape *shape, gpointer object)
{
	for (gsize i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];
		gpointer at = shape_at(field, object);
		if (field->kind == SHAPE_TEXT || field->kind == SHAPE_TEXT_OR_NULL)
			sample_text(at, "\"><script>'&</table>\x01\xff");
		if (field->kind == SHAPE_PART)
			hostile(field->part, at);
		if (field->kind != SHAPE_LIST)
			continue;
		const GPtrArray *list = *(GPtrArray **)at;
		for (guint n = 0; n < list->len; n++)
			hostile(field->part, list->pdata[n]);
	}
}

static void test_hostile(void)
{
	g_autoptr(run_record) record = sample_record();
	hostile(&shape_run, record);
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	g_autofree char *csv_text = report_unit_csv(record);
	g_assert_nonnull(strstr(csv_text, "\"\"\"><script>"));
}

/* On the page, in each line of the table, and in the document. */
static void test_touched(void)
{
	g_autoptr(run_record) record = sample_record();
	g_autoptr(GError) error = NULL;
	record->verdict = VERDICT_PASS;
	g_autofree char *before = run_record_to_json(record);
	g_assert_null(strstr(before, "touched"));
	record->touched = g_new0(struct record_touch, 1);
	record->touched->time_us = 1774000000000000;
	record->touched->station = g_strdup("S");
	record->touched->who = g_strdup("");
	record->touched->what = g_strdup("pins");
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	g_assert_nonnull(strstr(html, "class=\"hero none\""));
	g_assert_nonnull(strstr(html,
	                        "The unit was touched by hand 2026-03-20 09:46:40 UTC (pins): "
	                        "its PASS does not stand until a full run passes."));
	g_assert_nonnull(strstr(html, "PASS, touched since</title>"));
	g_autofree char *text = report_unit_csv(record);
	g_autoptr(csv) table = csv_load_text(text, -1, "run.csv", &error);
	g_assert_cmpstr(csv_field(table, 0, "touched"), ==, "2026-03-20 09:46:40 UTC");
	g_autofree char *json = run_record_to_json(record);
	g_autoptr(run_record) read = run_record_from_json(json, -1, &error);
	g_assert_no_error(error);
	g_assert_cmpint(read->touched->time_us, ==, 1774000000000000);
	g_assert_cmpstr(read->touched->what, ==, "pins");
	record->verdict = VERDICT_FAIL;
	g_autofree char *failed = report_unit_html(record);
	g_assert_nonnull(strstr(failed, "(pins): what this run found need not be so any more."));
}

static void test_empty(void)
{
	static const enum verdict verdicts[] = {VERDICT_NONE, VERDICT_SKIPPED, VERDICT_PASS,
	                                        VERDICT_FAIL, VERDICT_ERROR,   VERDICT_ABORTED};
	for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
		g_autoptr(run_record) record = run_record_new();
		record->verdict = verdicts[i];
		g_autofree char *html = report_unit_html(record);
		check_page(html);
	}
}

/* What was decided by is told once for all and with each judgement. */
static void test_decision(void)
{
	g_autoptr(run_record) record = sample_record();
	g_autofree char *html = report_unit_html(record);
	g_assert_nonnull(strstr(html, "<dt>Decision rule</dt><dd>marginal, 2.3 % false accept<"));
	/* TDECQ of lane 4: 3.31 dB, kept 0.25 dB from 3.4 dB */
	g_assert_nonnull(strstr(html, ">3.15 dB<"));
	g_autofree char *text = report_unit_csv(record);
	g_autoptr(GError) error = NULL;
	g_autoptr(csv) table = csv_load_text(text, -1, "run.csv", &error);
	g_assert_no_error(error);
	guint found = 0;
	for (guint i = 0; i < csv_rows(table); i++) {
		if (strcmp(csv_field(table, i, "id"), "tx_tdecq") != 0)
			continue;
		found++;
		g_assert_cmpstr(csv_field(table, i, "rule"), ==, "marginal");
		g_assert_cmpstr(csv_field(table, i, "false_accept"), ==, "0.023");
	}
	g_assert_cmpuint(found, ==, 4);
}

static void test_csv(void)
{
	g_autoptr(run_record) record = sample_record();
	g_autofree char *text = report_unit_csv(record);
	g_autoptr(GError) error = NULL;
	g_autoptr(csv) table = csv_load_text(text, -1, "run.csv", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(csv_rows(table), ==, record->measurements->len);
	gboolean found = FALSE, replaced = FALSE;
	for (guint i = 0; i < csv_rows(table); i++) {
		const char *id = csv_field(table, i, "id");
		replaced = replaced || strcmp(csv_field(table, i, "superseded"), "1") == 0;
		if (strcmp(id, "tx_tdecq") != 0 || strcmp(csv_field(table, i, "lane"), "3") != 0)
			continue;
		found = TRUE;
		g_assert_cmpstr(csv_field(table, i, "value"), ==, "4.31");
		g_assert_cmpstr(csv_field(table, i, "high"), ==, "3.4");
		g_assert_cmpstr(csv_field(table, i, "low"), ==, "");
		g_assert_cmpstr(csv_field(table, i, "verdict"), ==, "FAIL");
		g_assert_cmpstr(csv_field(table, i, "gate"), ==, "GATE");
		g_assert_cmpstr(csv_field(table, i, "attempt"), ==, "2");
	}
	g_assert_true(found);
	g_assert_true(replaced);
}

static void test_constants_csv(void)
{
	g_autoptr(run_record) record = sample_record();
	g_autofree char *text = report_constants_csv(record);
	g_autoptr(GError) error = NULL;
	g_autoptr(csv) table = csv_load_text(text, -1, "constants.csv", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(csv_rows(table), ==, record->constants->len);
	guint last = csv_rows(table) - 1;
	g_assert_cmpstr(csv_field(table, 0, "entry"), ==, "");
	g_assert_cmpstr(csv_field(table, 0, "source"), ==, "bisection, 7 readings");
	g_assert_cmpstr(csv_field(table, last, "knob"), ==, "bias_table");
	g_assert_cmpstr(csv_field(table, last, "lane"), ==, "2");
	g_assert_cmpstr(csv_field(table, last, "entry"), ==, "15");
	g_assert_cmpstr(csv_field(table, last, "raw"), ==, "2231");
	g_assert_cmpstr(csv_field(table, last, "address"), ==, "A0h:158-159");
	g_assert_cmpstr(csv_field(table, last, "fit"), ==, "bias_over_temp");
	g_assert_cmpstr(csv_field(table, last, "residual_unit"), ==, "A");
}

static void test_markup(void)
{
	struct markup *markup = markup_new();
	markup_open(markup, "p");
	markup_attr(markup, "title", "a\"b'c<d>&");
	markup_text(markup, "1 < 2 & \x02");
	markup_open(markup, "br");
	markup_close(markup);
	markup_attr_number((markup_open(markup, "i"), markup), "x", 1.005);
	g_autofree char *text = markup_end(markup);
	g_assert_cmpstr(text, ==,
	                "<!DOCTYPE html>\n<p title=\"a&quot;b&#39;c&lt;d&gt;&amp;\">1 &lt; 2 &amp; "
	                "\xEF\xBF\xBD<br><i x=\"1\"></i></p>\n");
	static const struct {
		double value;
		int decimals;
		const char *text;
	} rows[] = {
		{1.5, 2, "1.5"}, {100, 2, "100"},    {-0.001, 2, "0"},
		{NAN, 2, "0"},   {0.126, 2, "0.13"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *number = markup_number(rows[i].value, rows[i].decimals);
		g_assert_cmpstr(number, ==, rows[i].text);
	}
}

static void test_durations(void)
{
	static const struct {
		double seconds;
		const char *text;
	} rows[] = {
		{0.0123, "0.012 s"},  {12.34, "12.3 s"}, {99.96, "1 min 40 s"}, {184, "3 min 04 s"},
		{3720, "1 h 02 min"}, {NAN, "unknown"},  {-1, "unknown"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = page_duration(rows[i].seconds);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void test_titles(void)
{
	for (gsize i = 0; title_id(i); i++) {
		g_assert_cmpstr(title_of(title_id(i)), !=, title_id(i));
		if (i > 0)
			g_assert_cmpstr(title_id(i - 1), <, title_id(i));
	}
	g_assert_cmpstr(title_of("no_such"), ==, "no_such");
}

/* Whatever the shipped limits judge has a name, in whatever edition. */
static void test_titles_of_limits(void)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *folder = g_build_filename(root ? root : ".", "limits", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
	guint files = 0;
	g_assert_no_error(error);
	for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		if (!g_str_has_suffix(name, ".csv"))
			continue;
		g_autoptr(csv) table = csv_load_file(path, &error);
		g_assert_no_error(error);
		for (guint i = 0; i < csv_rows(table); i++) {
			const char *measure = csv_field(table, i, "measure");
			if (title_of(measure) == measure)
				g_error("%s: %s has no title", name, measure);
		}
		files++;
	}
	g_assert_cmpuint(files, >, 0);
}

/* What a step calls its measurements has a name. Ids that are made, or stand in tables, are known
 * by how they begin. */
static void check_ids(const char *name, const char *pattern, const char *text, guint *found)
{
	static const char *const not_measured[] = {"cal_date", "cal_status", NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, &error);
	g_autoptr(GMatchInfo) match = NULL;
	g_assert_no_error(error);
	for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match);
	     g_match_info_next(match, NULL)) {
		g_autofree char *id = g_match_info_fetch_named(match, "id");
		gboolean knob = g_strv_contains(not_measured, id) || strstr(id, "_mon_");
		if (!knob && strcmp(title_of(id), id) == 0)
			g_error("%s: %s has no title", name, id);
		*found += 1;
	}
}

static void test_titles_of_steps(void)
{
	static const char call[] = "step_(check|measure|series|map|eye|no_value\\w*)\\(\\s*[^,\"]+,"
				   "\\s*\"(?<id>\\w+)\"";
	static const char literal[] = "\"(?<id>(tx|rx|cal|los|id|path|connector|breakout|"
				      "application|eye_sweep|ber_sweep)_[a-z0-9_]+)\"";
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *folder = g_build_filename(root ? root : ".", "station", "steps", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
	guint calls = 0, literals = 0;
	g_assert_no_error(error);
	for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *text = NULL;
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		check_ids(name, call, text, &calls);
		check_ids(name, literal, text, &literals);
	}
	g_assert_cmpuint(calls, >, 40);
	g_assert_cmpuint(literals, >, 80);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/html/unit", test_unit);
	g_test_add_func("/reports/html/touched", test_touched);
	g_test_add_func("/reports/html/size", test_size);
	g_test_add_func("/reports/html/corners", test_corners);
	g_test_add_func("/reports/html/failed-calibration", test_failed_calibration);
	g_test_add_func("/reports/html/hostile", test_hostile);
	g_test_add_func("/reports/html/empty", test_empty);
	g_test_add_func("/reports/html/decision", test_decision);
	g_test_add_func("/reports/html/csv", test_csv);
	g_test_add_func("/reports/html/constants-csv", test_constants_csv);
	g_test_add_func("/reports/html/markup", test_markup);
	g_test_add_func("/reports/html/durations", test_durations);
	g_test_add_func("/reports/html/titles", test_titles);
	g_test_add_func("/reports/html/titles-of-limits", test_titles_of_limits);
	g_test_add_func("/reports/html/titles-of-steps", test_titles_of_steps);
	return g_test_run();
}

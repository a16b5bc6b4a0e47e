/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/report.h"

#include "base/csv.h"
#include "reports/chart.h"
#include "reports/markup.h"
#include "reports/page.h"
#include "reports/picture.h"
#include "reports/shape.h"
#include "reports/title.h"
#include "tests/unit/reports_sample.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Every element closed in order, every attribute quoted, nothing that runs or loads. */
static void check_page(const char *html)
{
	g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);
	g_assert_true(g_utf8_validate(html, -1, NULL));
	g_assert_null(strstr(html, "<script"));
	g_assert_null(strstr(html, "http:"));
	g_assert_null(strstr(html, "https:"));
	g_assert_null(strstr(html, "=\"nan"));
	g_assert_null(strstr(html, "=\"inf"));
	for (const char *p = strchr(html, '<'); p; p = strchr(p + 1, '<')) {
		if (p[1] == '!')
			continue;
		gsize len = strcspn(p + 1 + (p[1] == '/'), " >");
		g_autofree char *tag = g_strndup(p + 1 + (p[1] == '/'), len);
		if (strcmp(tag, "meta") == 0)
			continue;
		if (p[1] != '/') {
			g_ptr_array_add(open, g_steal_pointer(&tag));
			continue;
		}
		g_assert_cmpuint(open->len, >, 0);
		g_assert_cmpstr(tag, ==, open->pdata[open->len - 1]);
		g_ptr_array_set_size(open, (int)open->len - 1);
	}
	g_assert_cmpuint(open->len, ==, 0);
}

static void test_unit(void)
{
	static const char *const texts[] = {
		"VB240001",
		"lane 3: tx_tdecq 4.31 dB &gt; 3.40 dB",
		"First failing step: tx-measure",
		"Parameters by lane",
		"OMA, outer levels",
		"class=\"cell fail\"",
		"PASS",
		" marginal",
		"no value",
		"data:image/png;base64,",
		"FEC limit 2.4e-4",
		"-5.35 dBm",
		"class=\"pair\"",
		"captured at 25C 3.300V",
		"equalised at 25C 3.300V",
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
	g_assert_cmpuint(strlen(html), <, 800 << 10);
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

/* Curves and pictures that nobody would draw must still give a page. */
static void test_odd_series(void)
{
	/* clang-format off */
	static const struct {
		double x[3], y[3];
		guint n;
		double marker, line;
		const char *id;
	} rows[] = {
		{{0}, {0}, 0, NAN, NAN, "odd_waterfall"},
		{{0}, {0}, 0, 1, 2.4e-4, "odd_waterfall"},
		{{1}, {0}, 1, NAN, NAN, "odd_waterfall"},
		{{1, 2, 3}, {NAN, NAN, NAN}, 3, NAN, NAN, "odd_waterfall"},
		{{1, 2, 3}, {1, 0, -1}, 3, NAN, 2, "odd_waterfall"},
		{{1, 1, 1}, {5, 5, 5}, 3, NAN, NAN, "odd"},
		{{NAN, NAN, NAN}, {1, 2, 3}, 3, NAN, NAN, "odd"},
		{{1, 2, INFINITY}, {1, 2, -INFINITY}, 3, INFINITY, INFINITY, "odd"},
		{{1e300, -1e300, 0}, {1e-300, 0, 1}, 3, NAN, NAN, "odd"},
		{{-DBL_MAX, DBL_MAX, 0}, {DBL_MAX, -DBL_MAX, 0}, 3, NAN, NAN, "odd"},
		{{1e18, 1e18 + 128, 1e18}, {1, 1, 1}, 3, NAN, NAN, "odd"},
	};
	/* clang-format on */
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(run_record) record = run_record_new();
		sample_step(record, "s", 1, NAN, VERDICT_PASS);
		struct record_series *series = run_record_add_series(record, rows[i].id, 0, 1);
		g_array_append_vals(series->x, rows[i].x, rows[i].n);
		g_array_append_vals(series->y, rows[i].y, rows[i].n);
		series->marker_x = rows[i].marker;
		series->line_y = rows[i].line;
		g_autofree char *html = report_unit_html(record);
		check_page(html);
	}
}

static void test_picture(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_eye *eye = run_record_add_eye(record, "tx_eye", 0, 1);
	g_assert_null(picture_eye_png(eye));
	eye->columns = 500;
	eye->rows = 3;
	g_assert_null(picture_eye_png(eye));
	g_array_set_size(eye->counts, 1500);
	for (guint i = 0; i < 3; i++) {
		/* No light, one bin, and the largest counts. */
		g_array_index(eye->counts, guint32, 700) = i > 0;
		g_array_index(eye->counts, guint32, 701) = i > 1 ? G_MAXUINT32 : 0;
		g_autofree char *png = picture_eye_png(eye);
		gsize len = 0;
		g_autofree guchar *bytes = g_base64_decode(png, &len);
		static const guint8 head[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A,
		                              0,    0,   0,   13,  'I',  'H',  'D',  'R',
		                              0,    0,   1,   24,  0,    0,    0,    3};
		g_assert_cmpmem(bytes, MIN(len, sizeof head), head, sizeof head);
	}
}

static guint count_of(const char *text, const char *what)
{
	guint n = 0;
	for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
		n++;
	return n;
}

static char *drawn_eye(const struct record_eye *eye)
{
	struct markup *markup = markup_new();
	chart_eye(markup, eye, "AAAA");
	return markup_end(markup);
}

/* Threshold at half the height is drawn there; what lies outside the picture is not drawn. */
static void test_eye_marks(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_eye *eye = run_record_add_eye(record, "tx_eye", 0, 1);
	static const double inside_w[] = {0.5e-3, 1e-3, 1.5e-3}, outside_w[] = {-1e-3, NAN, 9};
	static const double windows_ui[] = {0.95, 1.05}, far_ui[] = {-1, 1.99};
	eye->x_span_ui = 2;
	eye->y_max_w = 2e-3;
	g_autofree char *plain = drawn_eye(eye);
	g_assert_null(strstr(plain, "threshold"));
	g_assert_null(strstr(plain, "window"));
	g_array_append_vals(eye->thresholds_w, inside_w, 3);
	g_array_append_vals(eye->windows_ui, windows_ui, 2);
	g_array_append_vals(eye->levels_w, inside_w, 3);
	eye->window_width_ui = 0.04;
	g_autofree char *marked = drawn_eye(eye);
	check_page(marked);
	g_assert_cmpuint(count_of(marked, "class=\"threshold\""), ==, 3);
	g_assert_cmpuint(count_of(marked, "class=\"window\""), ==, 2);
	g_assert_cmpuint(count_of(marked, "class=\"level\""), ==, 3);
	g_assert_nonnull(strstr(marked, "class=\"threshold\" x1=\"44\" y1=\"94\" x2=\"282\""));
	g_array_set_size(eye->thresholds_w, 0);
	g_array_set_size(eye->windows_ui, 0);
	g_array_set_size(eye->levels_w, 0);
	g_array_append_vals(eye->thresholds_w, outside_w, 3);
	g_array_append_vals(eye->levels_w, outside_w, 3);
	g_array_append_vals(eye->windows_ui, far_ui, 2);
	g_autofree char *outside = drawn_eye(eye);
	check_page(outside);
	g_assert_null(strstr(outside, "threshold"));
	g_assert_null(strstr(outside, "window"));
	g_assert_null(strstr(outside, "level"));
}

/* An equalised eye is put beside the captured one of its step; others stand alone. */
static void test_pairs(void)
{
	g_autoptr(run_record) record = run_record_new();
	guint first = sample_step(record, "tx-measure", 1, 1, VERDICT_PASS);
	guint second = sample_step(record, "tx-measure", 2, 1, VERDICT_PASS);
	sample_eye(record, first, 1, "captured");
	sample_eye(record, second, 2, "captured");
	sample_eye(record, second, 2, "equalised");
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	g_assert_cmpuint(count_of(html, "class=\"pair\""), ==, 2);
	g_assert_cmpuint(count_of(html, "class=\"eye\""), ==, 3);
	((struct record_step *)record->steps->pdata[second])->superseded = TRUE;
	g_autofree char *fewer = report_unit_html(record);
	g_assert_cmpuint(count_of(fewer, "class=\"eye\""), ==, 1);
	((struct record_step *)record->steps->pdata[first])->superseded = TRUE;
	g_autofree char *none = report_unit_html(record);
	g_assert_null(strstr(none, "<h2>Eyes"));
}

/* The band is one closed area: as many corners as both its edges have points in the plot. */
static void test_band(void)
{
	g_autoptr(run_record) record = run_record_new();
	sample_waterfall(record, 0, 1);
	struct record_series *series = record->series->pdata[0];
	struct markup *markup = markup_new();
	chart_series(markup, series);
	g_autofree char *html = markup_end(markup);
	const char *band = strstr(html, "class=\"band\" points=\"");
	g_assert_nonnull(band);
	g_autofree char *points = g_strndup(band, strcspn(band, ">"));
	g_assert_cmpuint(count_of(points, ","), ==, 2 * series->x_fit->len);
	for (guint i = 0; i < 3; i++)
		g_array_index(series->fit_low, double, i) = NAN;
	markup = markup_new();
	chart_series(markup, series);
	g_autofree char *gaps = markup_end(markup);
	check_page(gaps);
	g_clear_pointer(&series->fit_high, g_array_unref);
	markup = markup_new();
	chart_series(markup, series);
	g_autofree char *half = markup_end(markup);
	g_assert_null(strstr(half, "band"));
}

static void test_q(void)
{
	/* BER 2.4e-4 of a binary channel; and the middle. */
	g_assert_cmpfloat_with_epsilon(chart_q_from_ber(0.5), 0, 1e-9);
	g_assert_cmpfloat_with_epsilon(erfc(chart_q_from_ber(2.4e-4) / G_SQRT2) / 2, 2.4e-4, 1e-12);
	g_assert_cmpfloat_with_epsilon(chart_q_from_ber(1e-12), 7.0345, 1e-3);
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
	/* Whatever the shipped limits judge has a name. */
	g_autoptr(limit_set) limits = sample_limits();
	for (guint i = 0; i < limit_set_size(limits); i++) {
		const char *measure = limit_set_row(limits, i)->measure;
		if (title_of(measure) == measure)
			g_error("%s has no title", measure);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/html/unit", test_unit);
	g_test_add_func("/reports/html/size", test_size);
	g_test_add_func("/reports/html/hostile", test_hostile);
	g_test_add_func("/reports/html/empty", test_empty);
	g_test_add_func("/reports/html/odd-series", test_odd_series);
	g_test_add_func("/reports/html/picture", test_picture);
	g_test_add_func("/reports/html/eye-marks", test_eye_marks);
	g_test_add_func("/reports/html/pairs", test_pairs);
	g_test_add_func("/reports/html/band", test_band);
	g_test_add_func("/reports/html/q", test_q);
	g_test_add_func("/reports/html/csv", test_csv);
	g_test_add_func("/reports/html/markup", test_markup);
	g_test_add_func("/reports/html/durations", test_durations);
	g_test_add_func("/reports/html/titles", test_titles);
	return g_test_run();
}

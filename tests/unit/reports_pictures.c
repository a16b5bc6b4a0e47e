/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/chart.h"
#include "reports/markup.h"
#include "reports/picture.h"
#include "reports/report.h"
#include "tests/unit/reports_page.h"
#include "tests/unit/reports_sample.h"

#include <float.h>
#include <math.h>
#include <string.h>

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

static char *drawn_map(const struct record_map *map)
{
	struct markup *markup = markup_new();
	g_assert_true(chart_map(markup, map));
	return markup_end(markup);
}

/* Every cell once, holes crossed out, contours at the round values and at the limit. */
static void test_map(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_map *map = sample_fir_map(record, 0, 1);
	g_autofree char *html = drawn_map(map);
	check_page(html);
	g_assert_cmpuint(count_of(html, "<rect fill="), ==, 13 * 11 - 2 + 24);
	g_assert_cmpuint(count_of(html, "<rect class=\"hole\""), ==, 2);
	g_assert_cmpuint(count_of(html, "<path class=\"contour\""), ==, 5);
	g_assert_cmpuint(count_of(html, "<path class=\"limit\""), ==, 1);
	g_assert_nonnull(strstr(html, ">3.4</text>"));
	g_assert_nonnull(strstr(html, "class=\"best\""));
	struct record_map *log_map = sample_ber_map(record, 0, 1);
	g_autofree char *log_html = drawn_map(log_map);
	check_page(log_html);
	g_assert_null(strstr(log_html, "hole"));
	g_assert_nonnull(strstr(log_html, ">2.4e-4</text>"));
	g_assert_nonnull(strstr(log_html, ">1e-6</text>"));
	g_assert_null(strstr(log_html, "class=\"best"));
}

/* The contour of a plane is a straight line where the plane has that value. */
static void test_contour(void)
{
	g_autoptr(run_record) record = run_record_new();
	struct record_map *map = run_record_add_map(record, "m", 0, 1);
	const double places[] = {0, 1, 2, 3};
	g_array_append_vals(map->x, places, 4);
	g_array_append_vals(map->y, places, 2);
	for (int i = 0; i < 8; i++) {
		double z = i % 4;
		g_array_append_val(map->z, z);
	}
	map->line_z = 1.5;
	g_autofree char *html = drawn_map(map);
	/* between -0.5 and 3.5 the value 1.5 is the middle: x 62 to 374, y of 0 and 1 */
	g_assert_nonnull(strstr(html, "class=\"limit\" d=\"M218,197L218,75\""));
	/* the same when it was swept the other way */
	for (guint i = 0; i < 4; i++) {
		g_array_index(map->x, double, i) = places[3 - i];
		g_array_index(map->z, double, i) = places[3 - i];
		g_array_index(map->z, double, 4 + i) = places[3 - i];
	}
	g_autofree char *back = drawn_map(map);
	g_assert_cmpstr(back, ==, html);
}

/* Maps that nobody would draw must still give a page. */
static void test_odd_maps(void)
{
	/* clang-format off */
	static const struct {
		double x[3], y[2], z[6];
		guint nx, ny, nz;
		gboolean log_z, drawn;
	} rows[] = {
		{{0}, {0}, {0}, 0, 0, 0, FALSE, FALSE},
		{{1}, {1}, {5}, 1, 1, 1, FALSE, TRUE},
		{{1, 2, 3}, {1, 2}, {1, 2, 3, 4, 5}, 3, 2, 5, FALSE, FALSE},
		{{1, 2, 3}, {1, NAN}, {1, 2, 3, 4, 5, 6}, 3, 2, 6, FALSE, FALSE},
		{{1, 2, 3}, {1, 2}, {NAN, NAN, NAN, NAN, NAN, NAN}, 3, 2, 6, FALSE, FALSE},
		{{1, 2, 3}, {1, 2}, {7, 7, 7, 7, 7, 7}, 3, 2, 6, FALSE, TRUE},
		{{1, 1, 1}, {2, 2}, {1, 2, 3, 4, 5, 6}, 3, 2, 6, FALSE, TRUE},
		{{1, 2, 3}, {1, 2}, {0, 0, 0, 0, 0, 0}, 3, 2, 6, TRUE, FALSE},
		{{1, 2, 3}, {1, 2}, {0, 1e-3, -1, INFINITY, 1e-5, 0}, 3, 2, 6, TRUE, TRUE},
		{{1, 2, 3}, {1, 2}, {1, 0, 1, 0, 1, 0}, 3, 2, 6, FALSE, TRUE},
		{{-DBL_MAX, 0, DBL_MAX}, {1, 2}, {DBL_MAX, 0, 1, -DBL_MAX, 1, 0}, 3, 2, 6, FALSE,
		 TRUE},
		{{1e18, 1e18, 1e18 + 128}, {1, 2}, {1, 2, 3, 1, 2, 3}, 3, 2, 6, FALSE, TRUE},
	};
	/* clang-format on */
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(run_record) record = run_record_new();
		sample_step(record, "s", 1, 1, VERDICT_PASS);
		struct record_map *map = run_record_add_map(record, "m", 0, 1);
		g_array_append_vals(map->x, rows[i].x, rows[i].nx);
		g_array_append_vals(map->y, rows[i].y, rows[i].ny);
		g_array_append_vals(map->z, rows[i].z, rows[i].nz);
		map->log_z = rows[i].log_z;
		map->line_z = 2.5;
		map->best_x = 99;
		map->best_y = -99;
		g_test_message("row %zu", i);
		g_autofree char *html = report_unit_html(record);
		check_page(html);
		g_assert_cmpint(strstr(html, "Not drawn") == NULL, ==, rows[i].drawn);
	}
}

/* Corners of a lane share a chart and are named; lanes have charts of their own, unless a group
 * joins them; a chart has so many curves and no more. */
static void test_curves(void)
{
	g_autoptr(run_record) record = run_record_new();
	guint step = sample_step(record, "rx-waterfall", 1, 1, VERDICT_PASS);
	sample_corners(record, step, 1);
	sample_corners(record, step, 2);
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	g_assert_cmpuint(count_of(html, "class=\"chart many\""), ==, 2);
	g_assert_cmpuint(count_of(html, "class=\"legend\""), ==, 8);
	g_assert_nonnull(strstr(html, ">70 degC, 3.465 V: -4.75 dBm<"));
	g_assert_cmpuint(count_of(html, "FEC limit 2.4e-4"), ==, 2);
	for (guint i = 0; i < record->series->len; i++)
		sample_text(&((struct record_series *)record->series->pdata[i])->group, "lanes");
	sample_corners(record, step, 3);
	for (guint i = 8; i < record->series->len; i++)
		sample_text(&((struct record_series *)record->series->pdata[i])->group, "lanes");
	g_autofree char *joined = report_unit_html(record);
	check_page(joined);
	/* twelve curves: eight and four */
	g_assert_cmpuint(count_of(joined, "class=\"chart many\""), ==, 2);
	g_assert_nonnull(strstr(joined, ">lane 2, 0 degC, 3.135 V: -5.85 dBm<"));
	struct record_series *named = run_record_add_series(record, "other", step, 1);
	run_record_add_series(record, "other", step, 1);
	sample_text(&named->label, "600 mV");
	g_autofree char *labelled = report_unit_html(record);
	check_page(labelled);
	g_assert_nonnull(strstr(labelled, ">600 mV<"));
	g_assert_nonnull(strstr(labelled, ">curve 2<"));
}

/* A tile for each place, those that were not taken too; not among the other eyes. */
static void test_matrix(void)
{
	g_autoptr(run_record) record = run_record_new();
	guint step = sample_step(record, "eye-sweep", 1, 1, VERDICT_PASS);
	sample_matrix(record, step, 1);
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	g_assert_null(strstr(html, "<h2>Eyes"));
	g_assert_cmpuint(count_of(html, "<image"), ==, 11);
	g_assert_cmpuint(count_of(html, "class=\"tile-none\""), ==, 1);
	g_assert_true(strstr(html, ">70 degC<") < strstr(html, ">0 degC<"));
	g_assert_true(strstr(html, ">60 mA<") < strstr(html, ">90 mA<"));
	g_assert_nonnull(strstr(html, "TDECQ 1.60 dB"));
	/* one dimension is one row */
	for (guint i = 0; i < record->eyes->len; i++) {
		struct record_eye *eye = record->eyes->pdata[i];
		sample_text(&eye->y_name, "");
		eye->x_value = i;
		eye->y_value = NAN;
	}
	g_autofree char *row = report_unit_html(record);
	check_page(row);
	g_assert_cmpuint(count_of(row, "<image"), ==, 11);
	g_assert_null(strstr(row, "class=\"tile-none\""));
	/* a long one says what it leaves out */
	for (int i = 11; i < 20; i++) {
		struct record_eye *eye = sample_eye_of(record, step, 1, "captured", 48, 36);
		sample_text(&eye->id, "eye_sweep");
		sample_text(&eye->x_name, "Bias");
		eye->x_value = i;
	}
	g_autofree char *cut = report_unit_html(record);
	check_page(cut);
	g_assert_cmpuint(count_of(cut, "<image"), ==, 16);
	g_assert_nonnull(strstr(cut, "4 more pictures"));
}

/* What two steps of a plan took is apart, and says whose it is; what one took says nothing. */
static void test_steps(void)
{
	g_autoptr(run_record) record = run_record_new();
	guint first = sample_step(record, "by swing", 1, 1, VERDICT_PASS);
	sample_matrix(record, first, 1);
	sample_sweep(record, first, 1);
	g_autofree char *alone = report_unit_html(record);
	check_page(alone);
	g_assert_null(strstr(alone, "(by swing)"));
	g_assert_cmpuint(count_of(alone, "<table class=\"eyes\">"), ==, 1);
	guint second = sample_step(record, "by supply", 1, 1, VERDICT_PASS);
	sample_matrix(record, second, 1);
	sample_sweep(record, second, 1);
	sample_text(&((struct record_series *)record->series->pdata[1])->x_name, "Supply");
	g_autofree char *both = report_unit_html(record);
	check_page(both);
	g_assert_cmpuint(count_of(both, "<div class=\"matrices\">"), ==, 1);
	g_assert_cmpuint(count_of(both, "<table class=\"eyes\">"), ==, 2);
	/* a matrix and a chart each */
	g_assert_cmpuint(count_of(both, "(by swing)"), ==, 2);
	g_assert_cmpuint(count_of(both, "(by supply)"), ==, 2);
	/* over the same thing they share a chart, which is of no single step */
	sample_text(&((struct record_series *)record->series->pdata[1])->x_name,
	            ((struct record_series *)record->series->pdata[0])->x_name);
	g_autofree char *shared = report_unit_html(record);
	check_page(shared);
	g_assert_cmpuint(count_of(shared, "(by swing)"), ==, 1);
	g_assert_nonnull(strstr(shared, ">by supply<"));
}

/* A table is drawn with its readings, the curve behind it not a second time; constants by lane. */
static void test_constants(void)
{
	g_autoptr(run_record) record = run_record_new();
	guint step = sample_step(record, "calibrate", 1, 1, VERDICT_PASS);
	sample_table(record, step, 1);
	sample_table(record, step, 2);
	run_record_add_constant(record, "vcc_offset", step, 0);
	g_autofree char *html = report_unit_html(record);
	check_page(html);
	g_assert_cmpuint(count_of(html, "readings and their fit"), ==, 2);
	g_assert_null(strstr(html, "<h2>Bias over temperature"));
	g_assert_nonnull(strstr(html, "<details open=\"\"><summary>Lane 2: 16 constants"));
	g_assert_nonnull(strstr(html, "The whole unit: 1 constant<"));
	g_assert_nonnull(strstr(html, "bias_table[3] at 11.5 degC"));
	g_assert_nonnull(strstr(html, "A0h:134-135"));
	g_assert_nonnull(strstr(html, "largest residual 400 uA"));
	sample_table(record, step, 3);
	g_autofree char *many = report_unit_html(record);
	g_assert_null(strstr(many, "<details open=\"\"><summary>Lane"));
	g_assert_nonnull(strstr(many, "<details><summary>Lane 3: 16 constants"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/pictures/odd-series", test_odd_series);
	g_test_add_func("/reports/pictures/picture", test_picture);
	g_test_add_func("/reports/pictures/eye-marks", test_eye_marks);
	g_test_add_func("/reports/pictures/pairs", test_pairs);
	g_test_add_func("/reports/pictures/band", test_band);
	g_test_add_func("/reports/pictures/map", test_map);
	g_test_add_func("/reports/pictures/contour", test_contour);
	g_test_add_func("/reports/pictures/odd-maps", test_odd_maps);
	g_test_add_func("/reports/pictures/curves", test_curves);
	g_test_add_func("/reports/pictures/matrix", test_matrix);
	g_test_add_func("/reports/pictures/steps", test_steps);
	g_test_add_func("/reports/pictures/constants", test_constants);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/waveform_page.h"

#include "reports/shape.h"

#include <math.h>
#include <string.h>

/* Every element closed in order, nothing that runs or loads, no number that is none. */
static void check_page(const char *html)
{
	g_autoptr(GPtrArray) open = g_ptr_array_new_with_free_func(g_free);

	g_assert_true(g_utf8_validate(html, -1, NULL));
	g_assert_null(strstr(html, "<script"));
	g_assert_null(strstr(html, "http:"));
	g_assert_null(strstr(html, "https:"));
	g_assert_null(strstr(html, "(null)"));
	g_assert_null(strstr(html, "=\"nan"));
	for (const char *p = strchr(html, '<'); p; p = strchr(p + 1, '<')) {
		gsize end = p[1] == '/', len = strcspn(p + 1 + end, " >");
		g_autofree char *tag = g_strndup(p + 1 + end, len);

		if (p[1] == '!' || strcmp(tag, "meta") == 0)
			continue;
		if (!end) {
			g_ptr_array_add(open, g_steal_pointer(&tag));
			continue;
		}
		g_assert_cmpuint(open->len, >, 0);
		g_assert_cmpstr(tag, ==, open->pdata[open->len - 1]);
		g_ptr_array_set_size(open, (int)open->len - 1);
	}
	g_assert_cmpuint(open->len, ==, 0);
}

static guint count_of(const char *html, const char *text)
{
	guint n = 0;

	for (const char *at = html; (at = strstr(at, text)); at += strlen(text))
		n++;
	return n;
}

/* --- something to show ------------------------------------------------------------------------ */

static const double taps[] = {-0.05, 1.2, -0.15};
static const struct waveform_page_fact facts[] = {{"Pattern", "SSPRQ"}, {"Polarity", "as sent"}};
static const struct waveform_page_row rows[] = {
	{"OMA, outer levels", "0.97 dBm", "0.012 dB", "ok", NULL, TRUE},
	{"TDECQ", NULL, NULL, "eye-closed", "no taps open the eye", TRUE},
	{"Rise time", "11.2 ps", NULL, "ok", NULL, FALSE},
};

static struct record_eye *make_eye(guint columns, guint rows_of_eye)
{
	struct record_eye *eye = shape_new(&shape_eye);

	eye->columns = columns;
	eye->rows = rows_of_eye;
	for (guint32 i = 0; i < columns * rows_of_eye; i++) {
		guint32 mixed = i * 2654435761u, count;

		mixed = (mixed ^ mixed >> 15) * 2246822519u;
		count = mixed >> 24;
		g_array_append_val(eye->counts, count);
	}
	eye->x_span_ui = 2.0;
	eye->y_max_w = 1e-3;
	return eye;
}

static struct waveform_page_file make_file(const char *name, const struct record_eye *eye)
{
	return (struct waveform_page_file){
		.name = name,
		.facts = facts,
		.n_facts = G_N_ELEMENTS(facts),
		.rows = rows,
		.n_rows = G_N_ELEMENTS(rows),
		.before = eye,
		.after = eye,
		.taps = taps,
		.n_taps = G_N_ELEMENTS(taps),
		.main_tap = 1,
	};
}

static char *make_page(const struct waveform_page_file *files, guint n,
                       const struct waveform_page_difference *differences, guint n_differences)
{
	const struct waveform_page page = {
		.software = "station 1.2.3",
		.files = files,
		.n_files = n,
		.differences = differences,
		.n_differences = n_differences,
		.settings = facts,
		.n_settings = G_N_ELEMENTS(facts),
	};
	char *html = waveform_page(&page);

	check_page(html);
	return html;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_one(void)
{
	struct record_eye *eye = make_eye(40, 30);
	const struct waveform_page_file file = make_file("lane1.csv", eye);
	g_autofree char *html = make_page(&file, 1, NULL, 0);

	g_assert_nonnull(strstr(html, "1 file, station 1.2.3"));
	g_assert_cmpuint(count_of(html, "data:image/png;base64,"), ==, 2);
	/* headlines stand above the table, too */
	g_assert_cmpuint(count_of(html, "0.97 dBm"), ==, 2);
	g_assert_cmpuint(count_of(html, "11.2 ps"), ==, 1);
	g_assert_cmpuint(count_of(html, "no taps open the eye"), ==, 2);
	g_assert_nonnull(strstr(html, "\xC2\xB1 0.012 dB"));
	g_assert_null(strstr(html, ">Files<"));
	g_assert_null(strstr(html, "Comparison"));
	g_assert_nonnull(strstr(html, "prefers-color-scheme:dark"));
	g_assert_nonnull(strstr(html, "@media print"));
	shape_eye.free(eye);
}

/* One that was refused keeps its place; the others are whole. */
static void test_several(void)
{
	struct waveform_page_file files[] = {make_file("refused.csv", NULL),
	                                     make_file("good.csv", NULL)};
	g_autofree char *html = NULL;

	files[0] =
		(struct waveform_page_file){.name = "refused.csv", .error = "nothing <correlates>"};
	html = make_page(files, 2, NULL, 0);
	g_assert_nonnull(strstr(html, ">Files<"));
	g_assert_nonnull(strstr(html, "nothing &lt;correlates&gt;"));
	g_assert_nonnull(strstr(html, "colspan=\"2\">nothing")); /* both headlines wide */
	g_assert_cmpuint(count_of(html, "0.97 dBm"), ==, 3);
	g_assert_cmpuint(count_of(html, "not available"), ==, 2);
	g_clear_pointer(&html, g_free);
	html = make_page(files, 1, NULL, 0);
	g_assert_nonnull(strstr(html, "nothing &lt;correlates&gt;"));
}

static void test_compared(void)
{
	static const struct waveform_page_difference differences[] = {
		{"TDECQ", "2.13 dB", "2.50 dB", "+0.37 dB", "0.02 dB", "beyond the uncertainty",
	         TRUE},
		{"RLM", "0.98", "0.98", "0", "0.01", "within the uncertainty", FALSE},
	};
	struct record_eye *eye = make_eye(40, 30);
	const struct waveform_page_file files[] = {make_file("a.csv", eye),
	                                           make_file("b.csv", eye)};
	g_autofree char *html = make_page(files, 2, differences, G_N_ELEMENTS(differences));

	g_assert_nonnull(strstr(html, "A: a.csv"));
	g_assert_nonnull(strstr(html, "B: b.csv"));
	g_assert_cmpuint(count_of(html, "data:image/png;base64,"), ==, 4);
	g_assert_cmpuint(count_of(html, "class=\"beyond\""), ==, 1);
	g_assert_nonnull(strstr(html, "+0.37 dB"));
	g_assert_cmpuint(count_of(html, "class=\"tap main\""), ==, 2);
	shape_eye.free(eye);
}

/* Names of files are whatever somebody called them. */
static void test_hostile(void)
{
	static const char bad[] = "\"><script>'&</table>\x01\xff";
	const struct waveform_page_file files[] = {make_file(bad, NULL),
	                                           {.name = bad, .error = bad}};

	g_free(make_page(files, 2, NULL, 0));
}

/* Many files make a page of bounded size that says what is missing. */
static void test_size(void)
{
	struct record_eye *eye = make_eye(280, 200);
	struct waveform_page_file files[60];
	g_autofree char *html = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(files); i++)
		files[i] = make_file("many.csv", eye);
	html = make_page(files, G_N_ELEMENTS(files), NULL, 0);
	g_assert_cmpuint(strlen(html), <, 3 << 20);
	g_assert_nonnull(strstr(html, "left out, for size"));
	shape_eye.free(eye);
}

/* Bars grow from the zero line, up for taps above zero and down for those below. */
static void test_taps(void)
{
	static const double flat[] = {0.0, 0.0};
	struct markup *markup = markup_new();
	g_autofree char *svg = NULL;
	g_autofree char *none = NULL;
	double zero, top, bar[3][2];
	const char *at;

	waveform_page_taps(markup, taps, G_N_ELEMENTS(taps), 1);
	svg = markup_end(markup);
	at = strstr(svg, "class=\"frame\"");
	zero = g_ascii_strtod(strstr(at, "y1=\"") + 4, NULL);
	at = svg;
	for (guint i = 0; i < G_N_ELEMENTS(taps); i++) {
		at = strstr(at + 1, "<rect");
		bar[i][0] = g_ascii_strtod(strstr(at, "y=\"") + 3, NULL);
		bar[i][1] = g_ascii_strtod(strstr(at, "height=\"") + 8, NULL);
	}
	top = bar[1][0];
	g_assert_cmpfloat_with_epsilon(top + bar[1][1], zero, 0.02);
	g_assert_cmpfloat_with_epsilon(bar[0][0], zero, 0.02);
	g_assert_cmpfloat_with_epsilon(bar[0][1] / bar[1][1], 0.05 / 1.2, 1e-3);
	g_assert_cmpfloat_with_epsilon(bar[2][1] / bar[1][1], 0.15 / 1.2, 1e-3);
	g_assert_cmpuint(count_of(svg, "tap main"), ==, 1);
	g_assert_nonnull(strstr(svg, ">+1<"));
	g_assert_nonnull(strstr(svg, ">-1<"));
	markup = markup_new();
	waveform_page_taps(markup, flat, G_N_ELEMENTS(flat), 0);
	waveform_page_taps(markup, flat, 0, 0);
	none = markup_end(markup);
	g_assert_null(strstr(none, "nan"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/waveform-page/one", test_one);
	g_test_add_func("/waveform-page/several", test_several);
	g_test_add_func("/waveform-page/compared", test_compared);
	g_test_add_func("/waveform-page/hostile", test_hostile);
	g_test_add_func("/waveform-page/size", test_size);
	g_test_add_func("/waveform-page/taps", test_taps);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/css.h"
#include "reports/svg_draw.h"
#include "tests/unit/reports_export_bed.h"

#include <math.h>

/* --- pictures -------------------------------------------------------------------------------- */

static void test_css(void)
{
	static const char text[] = ":root{--pass:#1a7f37}"
				   "*{fill:#111111}"
				   "svg{stroke:none}.a text,.b{fill:#222222;stroke-width:2}"
				   "@media print{.b{fill:#333}text{fill:#333}}"
				   ".b.c{fill:var(--pass)}.many .c{stroke:var(--c)}.c0{--c:#0af}"
				   ".b:hover{fill:#444444}";
	g_autoptr(GError) error = NULL;
	struct css *css = css_parse(text);
	struct xml_node *root =
		xml_parse("<svg class=\"a many\"><g class=\"c0\"><text class=\"b c\">"
	                  "x &lt; <b>y</b></text></g><text/></svg>",
	                  &error);
	g_assert_no_error(error);
	const struct xml_node *first = xml_below(root, "text");
	const struct xml_node *last = root->children->pdata[1];
	g_autofree char *words = xml_text(first);
	g_assert_cmpstr(words, ==, "x < y");
	g_assert_cmpstr(css_value(css, root, "stroke"), ==, "none");
	g_assert_cmpstr(css_value(css, first, "fill"), ==, "#1a7f37");
	g_assert_cmpstr(css_value(css, first, "stroke"), ==, "#0af");
	g_assert_cmpstr(css_value(css, first, "stroke-width"), ==, "2");
	g_assert_cmpstr(css_value(css, last, "fill"), ==, "#222222");
	g_assert_null(css_value(css, last, "stroke"));
	g_assert_cmphex((guint)css_root_colour(css, "--pass"), ==, 0x1a7f37);
	g_assert_cmphex((guint)css_colour("#0af"), ==, 0x00aaff);
	g_assert_cmpint(css_colour("none"), ==, -1);
	g_assert_cmpint(css_colour("#12345"), ==, -1);
	g_assert_cmpint(css_colour(NULL), ==, -1);
	g_assert_null(xml_parse("<a><b></a>", NULL));
	xml_node_free(root);
	css_free(css);
}

static guint32 dot(cairo_surface_t *surface, int x, int y)
{
	cairo_surface_flush(surface);
	const guchar *line = cairo_image_surface_get_data(surface) +
	                     y * (gsize)cairo_image_surface_get_stride(surface);
	return ((const guint32 *)(gconstpointer)line)[x] & 0xFFFFFF;
}

/* Each kind of shape leaves its colour where it is. */
static void test_svg(void)
{
	static const char svg[] =
		"<svg viewBox=\"0 0 100 50\">"
		"<rect fill=\"#ff0000\" x=\"0\" y=\"0\" width=\"10\" height=\"10\"/>"
		"<line class=\"l\" x1=\"20\" y1=\"5\" x2=\"40\" y2=\"5\"/>"
		"<circle class=\"k\" cx=\"50\" cy=\"5\" r=\"4\"/>"
		"<polygon class=\"k\" points=\"60,0 70,0 70,10 60,10\"/>"
		"<polyline class=\"l\" points=\"80,5 99,5\"/>"
		"<path class=\"l\" d=\"M0,20L20,20M30,20L50,20\"/>"
		"<unknown x=\"1\"/></svg>";
	struct css *css = css_parse(".l{stroke:#00ff00;stroke-width:4;fill:none}.k{fill:#0000ff}");
	struct xml_node *root = xml_parse(svg, NULL);
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 200, 100);
	cairo_t *cr = cairo_create(surface);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	g_assert_cmpfloat(svg_draw_height(root, 200), ==, 100);
	svg_draw(cr, css, root, 0, 0, 200);
	g_assert_cmphex(dot(surface, 10, 10), ==, 0xFF0000);
	g_assert_cmphex(dot(surface, 60, 10), ==, 0x00FF00);
	g_assert_cmphex(dot(surface, 100, 10), ==, 0x0000FF);
	g_assert_cmphex(dot(surface, 130, 10), ==, 0x0000FF);
	g_assert_cmphex(dot(surface, 180, 10), ==, 0x00FF00);
	g_assert_cmphex(dot(surface, 20, 40), ==, 0x00FF00);
	g_assert_cmphex(dot(surface, 50, 40), ==, 0xFFFFFF);
	g_assert_cmphex(dot(surface, 80, 40), ==, 0x00FF00);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
	xml_node_free(root);
	css_free(css);
}

/* --- documents ------------------------------------------------------------------------------- */

static char *read_text(GBytes *bytes)
{
	const char *const words[] = {"pdftotext", "-layout", "", "-", NULL};
	return bed_read(words, bytes, "no pdftotext (poppler-utils)");
}

static char *read_info(GBytes *bytes)
{
	const char *const words[] = {"pdfinfo", "-isodates", "", NULL};
	return bed_read(words, bytes, "no pdfinfo (poppler-utils)");
}

/* A line of the table: its cells in this order, whatever room is between them. */
static void check_line(const char *text, const char *pattern)
{
	if (!g_regex_match_simple(pattern, text, G_REGEX_MULTILINE, 0))
		g_error("\"%s\" is not in:\n%s", pattern, text);
}

static void test_unit(void)
{
	static const char *const info[] = {
		"VB-QDD-DR4-500 VB240001: FAIL\n",
		"Test report of VB240001, stage final\n",
		"2026-03-20T09:48:03Z\n",
		"(A4)\n",
		NULL,
	};
	static const char *const lines[] = {
		"^ *FAIL +id_checksum page 00h: checksum 0x12, computed 0x13, \\+\\d+ more",
		"Page 1 of \\d",
		"Operator$",
		"m\\.rossi$",
		"^ *Outside their limits, or not judged$",
		"^ *TDECQ +3 +25 degC, 3.3 V +4.31 dB +0.25 dB +3.40 dB +-0.91 dB +FAIL$",
		"^ *OMA, outer levels +1 +25 degC, 3.3 V +1.07 dBm +0.15 dB",
		"no value",
		"Lane 1 captured at 25 degC",
		"Lane 1 BER waterfall",
		"FEC limit 2.4e-4",
		"TDECQ over the transmit filter",
		"^ *tx-measure +3 +25 degC, 3.3 V +1 \\(old\\) +dca1: no answer in 2.000 s +ERROR$",
		"^ *pm1 +power_meter +Keysight +N7744A +DE47700112 +2027-03-31$",
		"not known$",
		"60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752$",
		"Released by +Date +Signature",
		"connector of site 1 cleaned",
	};
	g_autoptr(GPtrArray) records = bed_records();
	g_ptr_array_add(records, sample_record());
	g_autoptr(GBytes) bytes = bed_export("pdf", NULL, records);
	g_assert_cmpuint(g_bytes_get_size(bytes), <, 1 << 20);
	g_autofree char *about = read_info(bytes);
	g_autofree char *text = read_text(bytes);
	if (!about || !text)
		return;
	bed_says(about, info);
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		check_line(text, lines[i]);
	/* what a later attempt replaced, and where files and instruments lay */
	g_assert_null(strstr(text, "-30.00 dBm"));
	g_assert_null(strstr(text, "/etc/"));
	g_assert_null(strstr(text, "127.0.0.1"));
}

/* Many values: heads and parameter's names on each page, the count of pages is right. */
static void test_pages(void)
{
	g_autoptr(GPtrArray) records = bed_records();
	struct run_record *record = bed_hard("SN1", VERDICT_ABORTED);
	guint step = sample_step(record, "many", 0, 1, VERDICT_PASS);
	for (int lane = 1; lane <= 150; lane++)
		bed_value(record, "tx_oma", step, lane, 1, "dBm", VERDICT_PASS);
	for (int lane = 1; lane <= 30; lane++)
		bed_value(record, "rx_lock", step, lane, 1, "1", VERDICT_PASS);
	g_ptr_array_add(records, record);
	g_autoptr(GBytes) bytes = bed_export("pdf", NULL, records);
	g_autofree char *text = read_text(bytes);
	if (!text)
		return;
	g_auto(GStrv) pages = g_strsplit(text, "\f", -1);
	guint n = g_strv_length(pages) - 1; /* behind the last feed is nothing */
	g_assert_cmpuint(n, >=, 4);
	for (guint i = 0; i < n; i++) {
		g_autofree char *number = g_strdup_printf("Page %u of %u", i + 1, n);
		g_assert_nonnull(strstr(pages[i], number));
	}
	check_line(pages[2], "^ *Parameter +Lane +Corner +Value");
	check_line(pages[2], "^ *OMA, outer levels +\\d+ ");
	check_line(text, "^ *Receiver locks to the pattern +30 places +yes +PASS$");
	check_line(text, "^ *TDECQ +1 +25 degC +no value +3.40 dB +FAIL$");
	check_line(text, "^ *OMA, outer levels +1 +25 degC +1.30 dBm +-2.55 dBm +1.25 dBm +-0.05 "
	                 "dB +FAIL$");
	check_line(text, "Zo\xC3\xAB \xE2\x89\xA4 +<&\">");
}

static void test_lot(void)
{
	static const char *const lines[] = {
		"^ *Lot <L&1>$",         "^ *50 %: 1 of 2 +50 %: 1 of 2 +4$",
		"^ *tx v1.2 +1 +100 %$", "^ *SN1 +VB-QDD-DR4-500 +400GBASE-DR4 +.*FAIL$",
		"^ *SN2 .* PASS$",       "^ *SN3 .* ERROR$",
		"^ *SN4 .* ABORTED$",    "Page 1 of 1",
	};
	g_autoptr(GPtrArray) records = bed_records();
	g_ptr_array_add(records, bed_hard("SN1", VERDICT_FAIL));
	g_ptr_array_add(records, bed_hard("SN2", VERDICT_PASS));
	g_ptr_array_add(records, bed_hard("SN3", VERDICT_ERROR));
	g_ptr_array_add(records, bed_hard("SN4", VERDICT_ABORTED));
	g_autoptr(GBytes) bytes = bed_export("pdf", "<L&1>", records);
	g_autofree char *text = read_text(bytes);
	for (gsize i = 0; text && i < G_N_ELEMENTS(lines); i++)
		check_line(text, lines[i]);
}

/* A run of nothing, a lot of nothing. */
static void test_empty(void)
{
	g_autoptr(GPtrArray) records = bed_records();
	g_autoptr(GBytes) lot = bed_export("pdf", "L1", records);
	g_ptr_array_add(records, run_record_new());
	g_autoptr(GBytes) run = bed_export("pdf", NULL, records);
	g_autofree char *lot_text = read_text(lot);
	g_autofree char *run_text = read_text(run);
	if (!lot_text || !run_text)
		return;
	check_line(run_text, "NO VERDICT");
	check_line(lot_text, "^ *none +none +0$");
}

/* A PASS that does not stand is none on paper either. */
static void test_touched(void)
{
	g_autoptr(GPtrArray) records = bed_records();
	struct run_record *record = run_record_new();
	sample_head(record);
	record->verdict = VERDICT_PASS;
	record->touched = g_new0(struct record_touch, 1);
	record->touched->time_us = record->start_us;
	record->touched->who = g_strdup("ann");
	record->touched->what = g_strdup("laser bias");
	g_ptr_array_add(records, record);
	g_autoptr(GBytes) run = bed_export("pdf", NULL, records);
	g_autoptr(GBytes) lot = bed_export("pdf", "L1", records);
	g_autofree char *run_text = read_text(run);
	g_autofree char *lot_text = read_text(lot);
	if (!run_text || !lot_text)
		return;
	check_line(run_text, "^ *TOUCHED +touched by hand 2026-03-20 09:46:40 UTC by ann");
	check_line(run_text, "VB240001: touched by hand$");
	check_line(lot_text, "^ *VB240001 .* TOUCHED$");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/pdf/css", test_css);
	g_test_add_func("/reports/pdf/svg", test_svg);
	g_test_add_func("/reports/pdf/unit", test_unit);
	g_test_add_func("/reports/pdf/pages", test_pages);
	g_test_add_func("/reports/pdf/lot", test_lot);
	g_test_add_func("/reports/pdf/touched", test_touched);
	g_test_add_func("/reports/pdf/empty", test_empty);
	return g_test_run();
}

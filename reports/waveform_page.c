/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/waveform_page.h"

#include "reports/chart.h"
#include "reports/page.h"
#include "reports/picture.h"

#include <string.h>

/* A page must stay mailable however many files it is about. */
enum { PICTURE_BYTES_MAX = 2 << 20 };

/* On top of the sheet that all pages have. */
static const char style[] =
	".trio{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:10px 18px;"
	"margin-top:14px}"
	"@media(max-width:720px){.trio{grid-template-columns:1fr}}"
	".duo{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:10px 18px;"
	"max-width:960px;margin:0 auto}"
	".tap{fill:#7fb0da}.tap.main{fill:#1f6fb2}"
	".tile b i{display:block;font:400 12px/1.4 system-ui,sans-serif;color:var(--soft)}"
	".tile{display:flex;flex-direction:column}.tile "
	"b{font-size:22px;white-space:nowrap;margin-top:auto}.tile b.none{font-size:18px}"
	".halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));"
	"gap:0 36px}td.wrap{min-width:110px}.none{color:var(--error)}tr.beyond "
	"td{background:#fff6e0}"
	"tr.beyond .verdict{color:var(--marginal)}"
	".refused{border-left:10px solid var(--error)}"
	".facts{margin-top:14px}@media print{.halves{grid-template-columns:1fr 1fr}"
	".trio{grid-template-columns:repeat(3,1fr)}}"
	"@media screen and (prefers-color-scheme:dark){"
	":root{--pass:#3fb950;--fail:#ff7b72;--error:#e3a04f;--marginal:#e0b341;--none:#8b949e;"
	"--ink:#e6edf3;--soft:#9aa4af;--rule:#30363d;--back:#0d1117;color-scheme:dark}"
	"section{background:#161b22}a{color:#79b8ff}"
	".eye image{filter:invert(.91) hue-rotate(180deg)}"
	".eye text{fill:#9aa4af}.eye .axis{fill:#e6edf3}.frame{stroke:#6e7681}"
	".halo{stroke:#0d1117}.threshold,.level{stroke:#e6edf3}"
	".window{fill:#e6edf3;stroke:#e6edf3}.tap{fill:#2f5f8f}.tap.main{fill:#58a6ff}"
	"tr.beyond td{background:#3a2f12}}";

static void write_facts(struct markup *markup, const struct waveform_page_fact *facts, guint n)
{
	markup_open(markup, "dl");
	markup_attr(markup, "class", "facts");
	for (guint i = 0; i < n; i++)
		page_fact(markup, facts[i].name, facts[i].value);
	markup_close(markup);
}

/* "2.13 dB", or in another colour why there is none. */
static void write_value_cell(struct markup *markup, const struct waveform_page_row *row)
{
	if (row->value)
		markup_element(markup, "td", "number value", row->value);
	else
		markup_element(markup, "td", "number none", row->status);
}

/* --- values ----------------------------------------------------------------------------------- */

static void write_tile(struct markup *markup, const struct waveform_page_row *row)
{
	markup_open(markup, "div");
	markup_attr(markup, "class", "tile");
	markup_element(markup, "span", NULL, row->title);
	markup_open(markup, "b");
	if (!row->value)
		markup_attr(markup, "class", "none");
	markup_text(markup, row->value ? row->value : row->status);
	if (row->uncertainty && *row->uncertainty != '\0')
		markup_elementf(markup, "i", NULL, "\xC2\xB1 %s", row->uncertainty);
	markup_close(markup);
	if (!row->value)
		markup_element(markup, "span", NULL, row->reason);
	markup_close(markup);
}

static void write_tiles(struct markup *markup, const struct waveform_page_file *file)
{
	markup_open(markup, "div");
	markup_attr(markup, "class", "tiles");
	for (guint i = 0; i < file->n_rows; i++)
		if (file->rows[i].headline)
			write_tile(markup, &file->rows[i]);
	markup_close(markup);
}

static void write_value_row(struct markup *markup, const struct waveform_page_row *row)
{
	markup_open(markup, "tr");
	markup_element(markup, "td", NULL, row->title);
	if (row->value) {
		markup_element(markup, "td", "number value", row->value);
		markup_element(markup, "td", "number", row->uncertainty);
	} else {
		markup_open(markup, "td");
		markup_attr(markup, "colspan", "2");
		markup_element(markup, "span", "none", row->status);
		markup_elementf(markup, "span", "small", " %s", row->reason);
		markup_close(markup);
	}
	markup_close(markup);
}

/* In two columns, to be seen at once. */
static void write_values(struct markup *markup, const struct waveform_page_file *file)
{
	static const char *const heads[] = {"Quantity", "Value", "Uncertainty (k = 2)", NULL};
	guint half = (file->n_rows + 1) / 2;

	markup_open(markup, "div");
	markup_attr(markup, "class", "halves");
	for (guint i = 0; i < file->n_rows; i++) {
		if (i % half == 0)
			page_table(markup, NULL, heads);
		write_value_row(markup, &file->rows[i]);
		if (i % half == half - 1 || i + 1 == file->n_rows)
			page_table_end(markup);
	}
	markup_close(markup);
}

/* --- pictures --------------------------------------------------------------------------------- */

static const char captured[] = "as captured";
static const char equalised[] = "behind the reference equaliser";

static void write_eye(struct markup *markup, const char *name, const char *caption,
                      const struct record_eye *eye, gsize *room)
{
	g_autofree char *png = eye ? picture_eye_png(eye) : NULL;
	gboolean fits = png && strlen(png) <= *room;

	markup_open(markup, "figure");
	markup_open(markup, "figcaption");
	if (name)
		markup_elementf(markup, "b", NULL, "%s ", name);
	markup_text(markup, caption);
	markup_close(markup);
	if (fits) {
		*room -= strlen(png);
		chart_eye(markup, eye, png);
	} else {
		markup_element(markup, "p", "small", eye ? "left out, for size" : "not available");
	}
	markup_close(markup);
}

static void write_taps(struct markup *markup, const char *name,
                       const struct waveform_page_file *file)
{
	markup_open(markup, "figure");
	markup_open(markup, "figcaption");
	if (name)
		markup_elementf(markup, "b", NULL, "%s ", name);
	markup_text(markup, "taps of the equaliser");
	markup_close(markup);
	if (file->n_taps > 0)
		waveform_page_taps(markup, file->taps, file->n_taps, file->main_tap);
	else
		markup_element(markup, "p", "small", "not available");
	markup_close(markup);
}

static void write_legend(struct markup *markup)
{
	markup_element(markup, "p", "small",
	               "Dashed: decision thresholds. Bands: the two histogram windows. Marks on "
	               "the right: mean levels 0 to 3.");
}

static void write_trio(struct markup *markup, const struct waveform_page_file *file, gsize *room)
{
	markup_open(markup, "div");
	markup_attr(markup, "class", "trio");
	write_eye(markup, NULL, captured, file->before, room);
	write_eye(markup, NULL, equalised, file->after, room);
	write_taps(markup, NULL, file);
	markup_close(markup);
}

/* --- sections --------------------------------------------------------------------------------- */

static void write_refused(struct markup *markup, const struct waveform_page_file *file)
{
	markup_open(markup, "section");
	markup_attr(markup, "class", "refused");
	markup_element(markup, "h2", "wrap", file->name);
	markup_element(markup, "p", "wrap", file->error);
	markup_close(markup);
}

static void write_file(struct markup *markup, const struct waveform_page_file *file, gsize *room)
{
	if (file->error) {
		write_refused(markup, file);
		return;
	}
	markup_open(markup, "section");
	markup_element(markup, "h2", "wrap", file->name);
	write_tiles(markup, file);
	write_trio(markup, file, room);
	write_legend(markup);
	write_facts(markup, file->facts, file->n_facts);
	markup_close(markup);
	page_section(markup, "All values");
	write_values(markup, file);
	markup_close(markup);
}

static const struct waveform_page_file *first_analysed(const struct waveform_page *page)
{
	for (guint i = 0; i < page->n_files; i++)
		if (!page->files[i].error)
			return &page->files[i];
	return NULL;
}

static void write_overview_head(struct markup *markup, const struct waveform_page_file *file)
{
	g_autoptr(GPtrArray) heads = g_ptr_array_new();

	g_ptr_array_add(heads, (gpointer) "File");
	for (guint i = 0; i < file->n_rows; i++)
		if (file->rows[i].headline)
			g_ptr_array_add(heads, (gpointer)file->rows[i].title);
	g_ptr_array_add(heads, NULL);
	page_table(markup, NULL, (const char *const *)heads->pdata);
}

static void write_overview_row(struct markup *markup, const struct waveform_page_file *file,
                               guint headlines)
{
	g_autofree char *span = g_strdup_printf("%u", headlines);

	markup_open(markup, "tr");
	markup_element(markup, "td", "wrap", file->name);
	for (guint i = 0; !file->error && i < file->n_rows; i++)
		if (file->rows[i].headline)
			write_value_cell(markup, &file->rows[i]);
	if (file->error) {
		markup_open(markup, "td");
		markup_attr(markup, "class", "wrap none");
		markup_attr(markup, "colspan", span);
		markup_text(markup, file->error);
		markup_close(markup);
	}
	markup_close(markup);
}

/* Several files by their headline values. */
static void write_overview(struct markup *markup, const struct waveform_page *page)
{
	const struct waveform_page_file *sample = first_analysed(page);
	guint headlines = 0;

	if (page->n_files < 2 || !sample)
		return;
	for (guint i = 0; i < sample->n_rows; i++)
		headlines += sample->rows[i].headline ? 1 : 0;
	page_section(markup, "Files");
	write_overview_head(markup, sample);
	for (guint i = 0; i < page->n_files; i++)
		write_overview_row(markup, &page->files[i], headlines);
	page_table_end(markup);
	markup_close(markup);
}

static void write_differences(struct markup *markup, const struct waveform_page *page)
{
	static const char *const heads[] =
		{"Quantity", "A", "B", "B \xE2\x88\x92 A", "Uncertainty (k = 2)", "", NULL};

	page_section(markup, "Comparison");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < page->n_differences; i++) {
		const struct waveform_page_difference *row = &page->differences[i];

		markup_open(markup, "tr");
		if (row->beyond)
			markup_attr(markup, "class", "beyond");
		markup_element(markup, "td", NULL, row->title);
		markup_element(markup, "td", "number", row->first);
		markup_element(markup, "td", "number", row->second);
		markup_element(markup, "td", "number value", row->difference);
		markup_element(markup, "td", "number", row->uncertainty);
		markup_element(markup, "td", row->beyond ? "verdict" : "small", row->verdict);
		markup_close(markup);
	}
	page_table_end(markup);
	markup_close(markup);
}

/* The same picture of both, side by side. */
static void write_both(struct markup *markup, const struct waveform_page *page, gsize *room)
{
	static const char *const names[] = {"A", "B"};

	page_section(markup, "Eyes");
	markup_open(markup, "div");
	markup_attr(markup, "class", "duo");
	for (guint i = 0; i < 2; i++)
		write_eye(markup, names[i], captured, page->files[i].before, room);
	for (guint i = 0; i < 2; i++)
		write_eye(markup, names[i], equalised, page->files[i].after, room);
	for (guint i = 0; i < 2; i++)
		write_taps(markup, names[i], &page->files[i]);
	markup_close(markup);
	write_legend(markup);
	markup_close(markup);
}

/* What the two files are. */
static void write_compared(struct markup *markup, const struct waveform_page *page)
{
	for (guint i = 0; i < 2; i++) {
		const struct waveform_page_file *file = &page->files[i];

		markup_open(markup, "section");
		markup_elementf(markup, "h2", "wrap", "%c: %s", (int)('A' + i), file->name);
		write_tiles(markup, file);
		write_facts(markup, file->facts, file->n_facts);
		markup_close(markup);
	}
}

char *waveform_page(const struct waveform_page *page)
{
	struct markup *markup = page_begin("Waveform analysis");
	gsize room = PICTURE_BYTES_MAX;

	markup_style(markup, style);
	markup_element(markup, "h1", NULL, "Waveform analysis");
	markup_elementf(markup, "p", "soft", "%u file%s, %s", page->n_files,
	                page->n_files == 1 ? "" : "s", page->software);
	if (page->n_differences > 0) {
		write_compared(markup, page);
		write_both(markup, page, &room);
		write_differences(markup, page);
	} else {
		write_overview(markup, page);
		for (guint i = 0; i < page->n_files; i++)
			write_file(markup, &page->files[i], &room);
	}
	page_section(markup, "Settings");
	write_facts(markup, page->settings, page->n_settings);
	markup_close(markup);
	return markup_end(markup);
}

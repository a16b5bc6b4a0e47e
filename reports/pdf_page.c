/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/pdf_page.h"

#include "reports/page.h"
#include "reports/pen_text.h"

#include <cairo-pdf.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* A4 with margins of 15 mm */
static const double page_width = 595.28, page_height = 841.89, margin = 42.5;
const double pdf_left = 42.5, pdf_width = 510.28;
static const double text_top = 66, text_bottom = 790;
static const double body_size = 8, table_size = 7, line_height = 11;
enum { INK = 0x1b1f24, SOFT = 0x5b6470, RULE = 0xd9dee4 };

/* --- pens ------------------------------------------------------------------------------------ */

static void set_colour(struct pdf *pdf, int colour)
{
	cairo_set_source_rgb(pdf->cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
	                     (colour & 255) / 255.0);
}

static void set_font(struct pdf *pdf, double size, gboolean bold)
{
	cairo_select_font_face(pdf->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
	                       bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(pdf->cr, size);
}

static double width_of(struct pdf *pdf, const char *text)
{
	cairo_text_extents_t extents;
	cairo_text_extents(pdf->cr, text, &extents);
	return extents.x_advance;
}

static void show_at(struct pdf *pdf, double x, double y, const char *text)
{
	cairo_move_to(pdf->cr, x, y);
	cairo_show_text(pdf->cr, text);
	cairo_new_path(pdf->cr);
}

static void draw_rule(struct pdf *pdf, double y)
{
	set_colour(pdf, RULE);
	cairo_set_dash(pdf->cr, NULL, 0, 0);
	cairo_set_line_width(pdf->cr, 0.5);
	cairo_move_to(pdf->cr, pdf_left, y);
	cairo_line_to(pdf->cr, pdf_left + pdf_width, y);
	cairo_stroke(pdf->cr);
}

static int verdict_colour(struct pdf *pdf, enum verdict verdict, gboolean marginal)
{
	const char *name = page_verdict_class(verdict, marginal);
	gboolean as_error = verdict == VERDICT_ABORTED;
	g_autofree char *property = g_strconcat("--", as_error ? "error" : name, NULL);
	int colour = css_root_colour(pdf->css, property);
	return colour < 0 ? SOFT : colour;
}

/* What of the text fits, with an ellipsis where it was cut. Free with g_free. */
static char *cut_to(struct pdf *pdf, const char *text, double width)
{
	char *valid = pen_text(text);
	if (width_of(pdf, valid) <= width)
		return valid;
	glong low = 0, high = g_utf8_strlen(valid, -1);
	while (high - low > 1) {
		glong middle = (low + high) / 2;
		g_autofree char *head = g_utf8_substring(valid, 0, middle);
		g_autofree char *tried = g_strconcat(head, "\xE2\x80\xA6", NULL);
		if (width_of(pdf, tried) <= width)
			low = middle;
		else
			high = middle;
	}
	g_autofree char *head = g_utf8_substring(valid, 0, low);
	g_free(valid);
	return g_strconcat(g_strchomp(head), "\xE2\x80\xA6", NULL);
}

static void show_cut(struct pdf *pdf, double x, double y, const char *text, double width,
                     gboolean to_right)
{
	g_autofree char *shown = cut_to(pdf, text, width);
	show_at(pdf, to_right ? x + width - width_of(pdf, shown) : x, y, shown);
}

/* --- pages ----------------------------------------------------------------------------------- */

static void draw_frame(struct pdf *pdf)
{
	g_autofree char *number = g_strdup_printf("Page %u of %u", pdf->page, pdf->n_pages);
	set_font(pdf, table_size, FALSE);
	set_colour(pdf, SOFT);
	show_cut(pdf, pdf_left, margin, pdf->head->title, pdf_width, FALSE);
	show_cut(pdf, pdf_left, page_height - margin + 12, pdf->head->foot, pdf_width - 90, FALSE);
	show_cut(pdf, pdf_left, page_height - margin + 12, number, pdf_width, TRUE);
	draw_rule(pdf, margin + 6);
	draw_rule(pdf, page_height - margin);
}

static void draw_heads(struct pdf *pdf)
{
	double x = pdf_left;
	set_font(pdf, table_size, TRUE);
	set_colour(pdf, SOFT);
	for (guint i = 0; i < pdf->table->n; i++) {
		const struct pdf_column *column = &pdf->table->columns[i];
		double width = column->share * pdf_width;
		show_cut(pdf, x, pdf->y + PDF_ROW_HEIGHT - 3, column->head, width - 5,
		         column->is_number);
		x += width;
	}
	pdf->y += PDF_ROW_HEIGHT + 1;
	draw_rule(pdf, pdf->y - 1);
}

static void begin_page(struct pdf *pdf)
{
	if (pdf->page > 0)
		cairo_show_page(pdf->cr);
	pdf->page++;
	pdf->y = text_top;
	draw_frame(pdf);
	if (pdf->table)
		draw_heads(pdf);
}

void pdf_room(struct pdf *pdf, double height)
{
	if (pdf->y + height > text_bottom && pdf->y > text_top)
		begin_page(pdf);
}

/* --- text ------------------------------------------------------------------------------------ */

void pdf_title(struct pdf *pdf, const char *text)
{
	pdf_room(pdf, 26);
	set_font(pdf, 17, TRUE);
	set_colour(pdf, INK);
	show_cut(pdf, pdf_left, pdf->y + 16, text, pdf_width, FALSE);
	pdf->y += 26;
}

void pdf_section(struct pdf *pdf, const char *text)
{
	pdf_room(pdf, 60);
	set_font(pdf, 10.5, TRUE);
	set_colour(pdf, INK);
	show_cut(pdf, pdf_left, pdf->y + 18, text, pdf_width, FALSE);
	pdf->y += 25;
}

static void show_line(struct pdf *pdf, const char *line)
{
	pdf_room(pdf, line_height);
	set_font(pdf, body_size, FALSE);
	set_colour(pdf, INK);
	show_cut(pdf, pdf_left, pdf->y + body_size, line, pdf_width, FALSE);
	pdf->y += line_height;
}

void pdf_paragraph(struct pdf *pdf, const char *text)
{
	g_autoptr(GString) line = g_string_new(NULL);
	g_autofree char *valid = pen_text(text);
	g_auto(GStrv) words = g_strsplit(valid, " ", -1);
	for (gsize i = 0; words[i]; i++) {
		g_autofree char *longer =
			g_strconcat(line->str, line->len > 0 ? " " : "", words[i], NULL);
		set_font(pdf, body_size, FALSE);
		if (line->len > 0 && width_of(pdf, longer) > pdf_width) {
			show_line(pdf, line->str);
			g_string_assign(line, words[i]);
		} else {
			g_string_assign(line, longer);
		}
	}
	if (line->len > 0) {
		show_line(pdf, line->str);
		pdf->y += 3;
	}
}

void pdf_paragraphf(struct pdf *pdf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	pdf_paragraph(pdf, text);
}

void pdf_verdict(struct pdf *pdf, enum verdict verdict, const char *word, const char *line)
{
	const double height = 40;
	pdf_room(pdf, height);
	set_colour(pdf, verdict_colour(pdf, verdict, FALSE));
	cairo_rectangle(pdf->cr, pdf_left, pdf->y, 5, height - 8);
	cairo_fill(pdf->cr);
	set_font(pdf, 22, TRUE);
	show_at(pdf, pdf_left + 14, pdf->y + 24, word);
	double x = pdf_left + 14 + width_of(pdf, word) + 14;
	set_font(pdf, 9, FALSE);
	set_colour(pdf, INK);
	show_cut(pdf, x, pdf->y + 23, line, pdf_left + pdf_width - x, FALSE);
	pdf->y += height;
}

void pdf_facts(struct pdf *pdf, const struct pdf_fact *facts)
{
	const guint columns = 3;
	double width = pdf_width / columns;
	guint n = 0;
	for (; facts->name; facts++) {
		double x = pdf_left + n % columns * width;
		g_autofree char *value = pen_text(facts->value);
		if (*value == '\0')
			continue;
		if (n % columns == 0)
			pdf_room(pdf, 23);
		set_font(pdf, 6.5, FALSE);
		set_colour(pdf, SOFT);
		show_cut(pdf, x, pdf->y + 7, facts->name, width - 8, FALSE);
		set_font(pdf, body_size, FALSE);
		if (width_of(pdf, value) > width - 8) /* room for a run's id */
			set_font(pdf, table_size, FALSE);
		set_colour(pdf, INK);
		show_cut(pdf, x, pdf->y + 17, value, width - 8, FALSE);
		n++;
		pdf->y += n % columns == 0 ? 23 : 0;
	}
	pdf->y += n % columns == 0 ? 0 : 23;
}

void pdf_signatures(struct pdf *pdf, const char *const *roles)
{
	for (; *roles; roles++) {
		pdf_room(pdf, 34);
		set_font(pdf, 6.5, FALSE);
		set_colour(pdf, SOFT);
		show_at(pdf, pdf_left, pdf->y + 30, *roles);
		show_at(pdf, pdf_left + pdf_width * 0.4, pdf->y + 30, "Date");
		show_at(pdf, pdf_left + pdf_width * 0.6, pdf->y + 30, "Signature");
		draw_rule(pdf, pdf->y + 22);
		pdf->y += 34;
	}
}

/* --- tables ---------------------------------------------------------------------------------- */

void pdf_table_begin(struct pdf *pdf, const struct pdf_table *table)
{
	pdf_room(pdf, 3 * PDF_ROW_HEIGHT);
	pdf->table = table;
	draw_heads(pdf);
}

void pdf_row(struct pdf *pdf, const char *const *cells, enum verdict verdict, gboolean marginal)
{
	double x = pdf_left;
	pdf_room(pdf, PDF_ROW_HEIGHT);
	set_font(pdf, table_size, FALSE);
	for (guint i = 0; i < pdf->table->n; i++) {
		const struct pdf_column *column = &pdf->table->columns[i];
		double width = column->share * pdf_width;
		gboolean is_loud = i + 1 == pdf->table->n && (verdict >= VERDICT_FAIL || marginal);
		set_font(pdf, table_size, is_loud);
		set_colour(pdf, is_loud ? verdict_colour(pdf, verdict, marginal) : INK);
		show_cut(pdf, x, pdf->y + PDF_ROW_HEIGHT - 3, cells[i], width - 5,
		         column->is_number);
		x += width;
	}
	pdf->y += PDF_ROW_HEIGHT;
}

void pdf_table_end(struct pdf *pdf)
{
	pdf->table = NULL;
	pdf->y += 6;
}

/* --- the document ---------------------------------------------------------------------------- */

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int length)
{
	if (closure)
		g_byte_array_append(closure, data, length);
	return CAIRO_STATUS_SUCCESS;
}

/* "2026-03-20T09:46:40Z" */
static char *date_text(gint64 unix_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_us / G_USEC_PER_SEC);
	return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

static void tell(cairo_surface_t *surface, const struct pdf_head *head)
{
	g_autofree char *created = date_text(head->created_us);
	const struct {
		cairo_pdf_metadata_t key;
		const char *value;
	} rows[] = {
		{CAIRO_PDF_METADATA_TITLE, head->title},
		{CAIRO_PDF_METADATA_SUBJECT, head->subject},
		{CAIRO_PDF_METADATA_CREATOR, "station " STATION_VERSION},
		{CAIRO_PDF_METADATA_CREATE_DATE, created},
		{CAIRO_PDF_METADATA_MOD_DATE, created},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *valid = pen_text(rows[i].value);
		cairo_pdf_surface_set_metadata(surface, rows[i].key, valid);
	}
}

/* How many pages it has. */
static guint write_once(const struct pdf_head *head, struct css *css, GByteArray *to, guint n_pages,
                        void (*write)(struct pdf *pdf, gconstpointer data), gconstpointer data)
{
	cairo_surface_t *surface =
		cairo_pdf_surface_create_for_stream(append, to, page_width, page_height);
	struct pdf pdf = {.cr = cairo_create(surface),
	                  .css = css,
	                  .head = head,
	                  .n_pages = n_pages};
	tell(surface, head);
	begin_page(&pdf);
	write(&pdf, data);
	if (cairo_status(pdf.cr) != CAIRO_STATUS_SUCCESS)
		g_warning("the PDF is not complete: %s",
		          cairo_status_to_string(cairo_status(pdf.cr)));
	cairo_show_page(pdf.cr);
	cairo_destroy(pdf.cr);
	cairo_surface_finish(surface);
	cairo_surface_destroy(surface);
	return pdf.page;
}

GBytes *pdf_make(const struct pdf_head *head, void (*write)(struct pdf *pdf, gconstpointer data),
                 gconstpointer data)
{
	struct css *css = css_parse(page_style());
	GByteArray *bytes = g_byte_array_new();
	guint n_pages = write_once(head, css, NULL, 0, write, data);
	write_once(head, css, bytes, n_pages, write, data);
	css_free(css);
	return g_byte_array_free_to_bytes(bytes);
}

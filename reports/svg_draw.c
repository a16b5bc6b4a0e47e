/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/svg_draw.h"

#include "reports/pen_text.h"

#include <string.h>

enum { DASHES_MAX = 4 };
static const double font_size = 11;

struct drawing {
	cairo_t *cr;
	const struct css *css;
};

static double number_or(const char *text, double absent)
{
	return text ? g_ascii_strtod(text, NULL) : absent;
}

static double style_number(const struct drawing *drawing, const struct xml_node *node,
                           const char *property, double absent)
{
	return number_or(css_value(drawing->css, node, property), absent);
}

static void set_colour(const struct drawing *drawing, int colour, double opacity)
{
	cairo_set_source_rgba(drawing->cr, (colour >> 16 & 255) / 255.0,
	                      (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0, opacity);
}

/* The sheet's word, else the attribute's, else black. */
static int fill_of(const struct drawing *drawing, const struct xml_node *node)
{
	const char *said = css_value(drawing->css, node, "fill");
	said = said ? said : xml_attribute(node, "fill");
	return said ? css_colour(said) : 0;
}

static void set_stroke(const struct drawing *drawing, const struct xml_node *node, int colour)
{
	const char *dashes = css_value(drawing->css, node, "stroke-dasharray");
	double lengths[DASHES_MAX];
	int n = 0;
	while (dashes && *dashes != '\0' && n < DASHES_MAX) {
		char *end;
		lengths[n++] = g_ascii_strtod(dashes, &end);
		dashes = *end == ' ' ? end + 1 : end;
	}
	cairo_set_dash(drawing->cr, lengths, n, 0);
	cairo_set_line_width(drawing->cr, style_number(drawing, node, "stroke-width", 1));
	set_colour(drawing, colour, style_number(drawing, node, "opacity", 1));
}

/* Paints the path that is there; a line has no inside. */
static void paint(const struct drawing *drawing, const struct xml_node *node, gboolean has_inside)
{
	int fill = has_inside ? fill_of(drawing, node) : -1;
	int stroke = css_colour(css_value(drawing->css, node, "stroke"));
	double opacity = style_number(drawing, node, "opacity", 1) *
	                 style_number(drawing, node, "fill-opacity", 1);
	if (fill >= 0) {
		set_colour(drawing, fill, opacity);
		cairo_fill_preserve(drawing->cr);
	}
	if (stroke >= 0) {
		set_stroke(drawing, node, stroke);
		cairo_stroke_preserve(drawing->cr);
	}
	cairo_new_path(drawing->cr);
}

/* --- shapes ---------------------------------------------------------------------------------- */

static void draw_line(const struct drawing *drawing, const struct xml_node *node)
{
	cairo_move_to(drawing->cr, xml_number(node, "x1"), xml_number(node, "y1"));
	cairo_line_to(drawing->cr, xml_number(node, "x2"), xml_number(node, "y2"));
	paint(drawing, node, FALSE);
}

static void draw_rectangle(const struct drawing *drawing, const struct xml_node *node)
{
	cairo_rectangle(drawing->cr, xml_number(node, "x"), xml_number(node, "y"),
	                xml_number(node, "width"), xml_number(node, "height"));
	paint(drawing, node, TRUE);
}

static void draw_circle(const struct drawing *drawing, const struct xml_node *node)
{
	cairo_arc(drawing->cr, xml_number(node, "cx"), xml_number(node, "cy"),
	          xml_number(node, "r"), 0, 2 * G_PI);
	paint(drawing, node, TRUE);
}

/* "x,y" pairs; a letter M before one begins a piece. */
static void trace(const struct drawing *drawing, const char *text)
{
	gboolean begins = TRUE;
	while (text && *text != '\0') {
		char *comma, *end;
		begins = begins || *text == 'M';
		text += strspn(text, "ML ");
		double x = g_ascii_strtod(text, &comma);
		if (comma == text || *comma != ',')
			return;
		double y = g_ascii_strtod(comma + 1, &end);
		if (begins)
			cairo_move_to(drawing->cr, x, y);
		else
			cairo_line_to(drawing->cr, x, y);
		begins = FALSE;
		text = end;
	}
}

static void draw_polyline(const struct drawing *drawing, const struct xml_node *node)
{
	trace(drawing, xml_attribute(node, "points"));
	paint(drawing, node, TRUE);
}

static void draw_polygon(const struct drawing *drawing, const struct xml_node *node)
{
	trace(drawing, xml_attribute(node, "points"));
	cairo_close_path(drawing->cr);
	paint(drawing, node, TRUE);
}

static void draw_path(const struct drawing *drawing, const struct xml_node *node)
{
	trace(drawing, xml_attribute(node, "d"));
	paint(drawing, node, TRUE);
}

/* --- texts and pictures ---------------------------------------------------------------------- */

static void show(const struct drawing *drawing, const struct xml_node *node, const char *text)
{
	int stroke = css_colour(css_value(drawing->css, node, "stroke"));
	const char *anchor = css_value(drawing->css, node, "text-anchor");
	double shift = !anchor                         ? 0
	               : strcmp(anchor, "middle") == 0 ? 0.5
	               : strcmp(anchor, "end") == 0    ? 1
	                                               : 0;
	cairo_text_extents_t extents;
	cairo_text_extents(drawing->cr, text, &extents);
	cairo_rel_move_to(drawing->cr, -shift * extents.x_advance, 0);
	double x, y;
	cairo_get_current_point(drawing->cr, &x, &y);
	if (stroke >= 0) { /* a halo around it */
		cairo_text_path(drawing->cr, text);
		set_stroke(drawing, node, stroke);
		cairo_stroke(drawing->cr);
		cairo_move_to(drawing->cr, x, y);
	}
	set_colour(drawing, MAX(fill_of(drawing, node), 0), 1);
	cairo_show_text(drawing->cr, text);
}

/* "translate(14 130) rotate(-90)" */
static gboolean turn(const struct drawing *drawing, const char *transform)
{
	char *end;
	if (!transform || !g_str_has_prefix(transform, "translate("))
		return FALSE;
	double x = g_ascii_strtod(transform + strlen("translate("), &end);
	double y = g_ascii_strtod(end, NULL);
	cairo_translate(drawing->cr, x, y);
	cairo_rotate(drawing->cr, -G_PI / 2);
	return TRUE;
}

static void draw_text(const struct drawing *drawing, const struct xml_node *node)
{
	g_autofree char *said = xml_text(node);
	g_autofree char *text = pen_text(said);
	gboolean bold = style_number(drawing, node, "font-weight", 400) >= 600;
	cairo_save(drawing->cr);
	cairo_select_font_face(drawing->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
	                       bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	/* the font of paper is wider than those of screens */
	cairo_set_font_size(drawing->cr, 0.9 * style_number(drawing, node, "font-size", font_size));
	if (turn(drawing, xml_attribute(node, "transform")))
		cairo_move_to(drawing->cr, 0, 0);
	else
		cairo_move_to(drawing->cr, xml_number(node, "x"), xml_number(node, "y"));
	show(drawing, node, text);
	cairo_new_path(drawing->cr);
	cairo_restore(drawing->cr);
}

struct source {
	guchar *bytes;
	gsize length, used;
};

static cairo_status_t take(void *closure, unsigned char *data, unsigned int length)
{
	struct source *source = closure;
	if (source->length - source->used < length)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(data, source->bytes + source->used, length);
	source->used += length;
	return CAIRO_STATUS_SUCCESS;
}

static void draw_surface(const struct drawing *drawing, const struct xml_node *node,
                         cairo_surface_t *surface)
{
	int columns = cairo_image_surface_get_width(surface);
	int rows = cairo_image_surface_get_height(surface);
	if (columns < 1 || rows < 1)
		return;
	cairo_save(drawing->cr);
	cairo_translate(drawing->cr, xml_number(node, "x"), xml_number(node, "y"));
	cairo_scale(drawing->cr, xml_number(node, "width") / columns,
	            xml_number(node, "height") / rows);
	cairo_set_source_surface(drawing->cr, surface, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(drawing->cr), CAIRO_FILTER_NEAREST);
	cairo_paint(drawing->cr);
	cairo_restore(drawing->cr);
}

static void draw_image(const struct drawing *drawing, const struct xml_node *node)
{
	static const char prefix[] = "data:image/png;base64,";
	const char *href = xml_attribute(node, "href");
	struct source source = {0};
	if (!href || !g_str_has_prefix(href, prefix))
		return;
	source.bytes = g_base64_decode(href + strlen(prefix), &source.length);
	cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(take, &source);
	if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
		draw_surface(drawing, node, surface);
	cairo_surface_destroy(surface);
	g_free(source.bytes);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void draw(const struct drawing *drawing, const struct xml_node *node)
{
	static const struct {
		const char *tag;
		void (*draw)(const struct drawing *drawing, const struct xml_node *node);
	} shapes[] = {
		{"line", draw_line},         {"rect", draw_rectangle},  {"circle", draw_circle},
		{"polyline", draw_polyline}, {"polygon", draw_polygon}, {"path", draw_path},
		{"text", draw_text},         {"image", draw_image},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
		if (xml_is(node, shapes[i].tag)) {
			shapes[i].draw(drawing, node);
			return;
		}
	}
	for (guint i = 0; node->children && i < node->children->len; i++)
		draw(drawing, node->children->pdata[i]);
}

/* Width and height of "0 0 460 300". */
static gboolean read_box(const struct xml_node *svg, double *width, double *height)
{
	const char *box = xml_attribute(svg, "viewBox");
	g_auto(GStrv) parts = g_strsplit(box ? box : "", " ", 5);
	if (g_strv_length(parts) != 4)
		return FALSE;
	*width = g_ascii_strtod(parts[2], NULL);
	*height = g_ascii_strtod(parts[3], NULL);
	return *width > 0 && *height > 0;
}

double svg_draw_height(const struct xml_node *svg, double width)
{
	double box_width, box_height;
	return read_box(svg, &box_width, &box_height) ? width * box_height / box_width : 0;
}

void svg_draw(cairo_t *cr, const struct css *css, const struct xml_node *svg, double x, double y,
              double width)
{
	const struct drawing drawing = {cr, css};
	double box_width, box_height;
	if (!read_box(svg, &box_width, &box_height))
		return;
	cairo_save(cr);
	cairo_translate(cr, x, y);
	cairo_scale(cr, width / box_width, width / box_width);
	for (guint i = 0; i < svg->children->len; i++)
		draw(&drawing, svg->children->pdata[i]);
	cairo_restore(cr);
}

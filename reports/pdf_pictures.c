/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/pdf_page.h"

#include "reports/pen_text.h"
#include "reports/svg_draw.h"

#include <string.h>

static const double gap = 14, caption_height = 12, below = 6;

/* Figures of a section that stand beside each other. */
struct gallery {
	struct pdf *pdf;
	const char *heading; /* borrowed; null once it was written */
	const struct xml_node *left;
};

static double column_width(void)
{
	return (pdf_width - gap) / 2;
}

static double height_of(const struct xml_node *figure)
{
	const struct xml_node *svg = figure ? xml_below(figure, "svg") : NULL;
	return svg ? svg_draw_height(svg, column_width()) + caption_height + below : 0;
}

static void draw_figure(struct pdf *pdf, const struct xml_node *figure, double x)
{
	const struct xml_node *caption = xml_child(figure, "figcaption");
	g_autofree char *said = caption ? xml_text(caption) : NULL;
	g_autofree char *text = pen_text(said);
	cairo_save(pdf->cr);
	cairo_rectangle(pdf->cr, x, pdf->y, column_width(), caption_height);
	cairo_clip(pdf->cr);
	cairo_select_font_face(pdf->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
	                       CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(pdf->cr, 7.5);
	cairo_set_source_rgb(pdf->cr, 0.1, 0.12, 0.14);
	cairo_move_to(pdf->cr, x, pdf->y + 9);
	cairo_show_text(pdf->cr, text);
	cairo_restore(pdf->cr);
	if (pdf->n_pages > 0)
		svg_draw(pdf->cr, pdf->css, xml_below(figure, "svg"), x, pdf->y + caption_height,
		         column_width());
}

/* One or two of them. */
static void draw_pair(struct gallery *gallery, const struct xml_node *left,
                      const struct xml_node *right)
{
	double height = MAX(height_of(left), height_of(right));
	pdf_room(gallery->pdf, height + (gallery->heading ? 25 : 0));
	if (gallery->heading)
		pdf_section(gallery->pdf, gallery->heading);
	gallery->heading = NULL;
	draw_figure(gallery->pdf, left, pdf_left);
	if (right)
		draw_figure(gallery->pdf, right, pdf_left + column_width() + gap);
	gallery->pdf->y += height;
}

static void add_figure(struct gallery *gallery, const struct xml_node *figure)
{
	if (height_of(figure) <= 0)
		return;
	if (!gallery->left) {
		gallery->left = figure;
		return;
	}
	draw_pair(gallery, gallery->left, figure);
	gallery->left = NULL;
}

static void end_row(struct gallery *gallery)
{
	if (gallery->left)
		draw_pair(gallery, gallery->left, NULL);
	gallery->left = NULL;
}

/* A captured eye and its equalised one stay beside each other. */
static void walk(struct gallery *gallery, const struct xml_node *node)
{
	if (xml_is(node, "details") || !node->children)
		return;
	if (xml_is(node, "figure")) {
		if (!xml_child(node, "table"))
			add_figure(gallery, node);
		return;
	}
	if (xml_has_class(node, "pair"))
		end_row(gallery);
	for (guint i = 0; i < node->children->len; i++)
		walk(gallery, node->children->pdata[i]);
	if (xml_has_class(node, "pair"))
		end_row(gallery);
}

void pdf_pictures(struct pdf *pdf, const char *html)
{
	g_autoptr(GError) error = NULL;
	struct xml_node *root = xml_parse(html, &error);
	if (!root)
		g_warning("pictures are left out: %s", error->message);
	for (guint i = 0; root && i < root->children->len; i++) {
		const struct xml_node *section = root->children->pdata[i];
		const struct xml_node *heading = xml_child(section, "h2");
		g_autofree char *text = heading ? xml_text(heading) : NULL;
		struct gallery gallery = {pdf, text, NULL};
		walk(&gallery, section);
		end_row(&gallery);
	}
	xml_node_free(root);
}

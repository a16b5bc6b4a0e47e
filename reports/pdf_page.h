/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_PDF_PAGE_H
#define REPORTS_PDF_PAGE_H

#include "limits/verdict.h"
#include "reports/css.h"

#include <cairo.h>
#include <glib.h>

/*
 * Pages of A4, written from above to below; what does not fit goes on on the next one, tables with
 * their heads. Lengths are points (1/72 inch). Each page has a head and a foot with its number and
 * how many there are, for which a document is written twice: the first time only to count.
 */
struct pdf_head {
	const char *title;   /* of the document: in its metadata and at the head of each page */
	const char *subject; /* in its metadata */
	const char *foot;    /* at the foot of each page */
	gint64 created_us;   /* UTC */
};

struct pdf {
	cairo_t *cr;
	struct css *css;
	const struct pdf_head *head;
	double y;                      /* where what comes next is put */
	guint page, n_pages;           /* n_pages 0: pages are counted only */
	const struct pdf_table *table; /* that is open; its head is repeated */
};

enum { PDF_ROW_HEIGHT = 11 };
struct pdf_column {
	const char *head;
	double share;       /* of the width; those of a table add up to 1 */
	gboolean is_number; /* to the right */
};
struct pdf_table {
	const struct pdf_column *columns;
	guint n;
};

/* The document that `write` writes: the same bytes whenever it is made. */
GBytes *pdf_make(const struct pdf_head *head, void (*write)(struct pdf *pdf, gconstpointer data),
                 gconstpointer data);

extern const double pdf_left, pdf_width; /* of what is written on a page */

/* Makes sure that so much fits on the page, else begins another. */
void pdf_room(struct pdf *pdf, double height);

void pdf_title(struct pdf *pdf, const char *text);
/* A heading that does not stand alone at the end of a page. */
void pdf_section(struct pdf *pdf, const char *text);
/* A paragraph, broken into lines; nothing when null or "". */
void pdf_paragraph(struct pdf *pdf, const char *text);
void pdf_paragraphf(struct pdf *pdf, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A verdict as a large word in its colour, beside it a line that may be "". */
void pdf_verdict(struct pdf *pdf, enum verdict verdict, const char *word, const char *line);
/* Names and values in three columns; ends with a null name. Without a value they are left out. */
struct pdf_fact {
	const char *name, *value;
};
void pdf_facts(struct pdf *pdf, const struct pdf_fact *facts);
/* Lines for name, date and signature of each of the roles, null-terminated. */
void pdf_signatures(struct pdf *pdf, const char *const *roles);

/* Cells of a row, one for each column, cut where they are too long; null: empty. A row of a verdict
 * that is no PASS has its last cell in the verdict's colour. */
void pdf_table_begin(struct pdf *pdf, const struct pdf_table *table);
void pdf_row(struct pdf *pdf, const char *const *cells, enum verdict verdict, gboolean marginal);
void pdf_table_end(struct pdf *pdf);

/* The pictures (<figure>) of sections that markup.h wrote, but for what is folded or within a
 * table: two beside each other, headings and captions with them. */
void pdf_pictures(struct pdf *pdf, const char *html);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_MARKUP_H
#define REPORTS_MARKUP_H

#include <glib.h>

/*
 * The one writer of HTML, SVG and XML. Everything that comes from outside goes through markup_text
 * or markup_attr, which escape; bytes that are not UTF-8 and control characters, and the two that
 * XML forbids, become U+FFFD. Tags and attribute names are the program's own.
 */
struct markup;

struct markup *markup_new(void);         /* a document that begins with its type */
struct markup *markup_new_xml(void);     /* an XML document: each element ends a line */
char *markup_end(struct markup *markup); /* closes what is open, frees, gives the text */

void markup_open(struct markup *markup, const char *tag);
/* Attributes: right after markup_open of their element. */
void markup_attr(struct markup *markup, const char *name, const char *value);
void markup_attr_number(struct markup *markup, const char *name, double value); /* 2 decimals */
void markup_text(struct markup *markup, const char *text);                      /* null: nothing */
void markup_textf(struct markup *markup, const char *format, ...) G_GNUC_PRINTF(2, 3);
void markup_close(struct markup *markup); /* the innermost open element */

/* open, class (null: none), text, close. */
void markup_element(struct markup *markup, const char *tag, const char *class_name,
                    const char *text);
void markup_elementf(struct markup *markup, const char *tag, const char *class_name,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);

/* A style sheet, which is the program's own and not escaped. */
void markup_style(struct markup *markup, const char *css);

/* A number with at most `decimals` (0..17) digits after the point. Free with g_free. */
char *markup_number(double value, int decimals);

#endif

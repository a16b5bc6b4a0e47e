/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include "limits/verdict.h"
#include "reports/markup.h"

#include <glib.h>

/* What the pages for units and lots have in common. */

/* The style sheet of all pages. */
const char *page_style(void);

/* A page up to its open <main>; markup_end closes it. */
struct markup *page_begin(const char *title);

/* "pass", "fail", "error", "aborted", "marginal" or "none": the class that colours a verdict. */
const char *page_verdict_class(enum verdict verdict, gboolean marginal);

/* A verdict as a word in its colour: "PASS", "PASS marginal", "FAIL" ... */
void page_verdict(struct markup *markup, enum verdict verdict, gboolean marginal);

/* A section with its heading, left open. */
void page_section(struct markup *markup, const char *title);

/* One name and value of a list of facts (an open <dl>); nothing when value is null or "". */
void page_fact(struct markup *markup, const char *name, const char *value);

/* An open <table> in an open box, after its head; heads is null-terminated. Closed by
 * page_table_end. */
void page_table(struct markup *markup, const char *class_name, const char *const *heads);
void page_table_end(struct markup *markup);

/* A table cell with a bar of `share` (0..1) of its width behind a text. */
void page_bar_cell(struct markup *markup, double share, const char *text);

/* "12.3 s", "3 min 04 s", "1 h 02 min". Free with g_free. */
char *page_duration(double seconds);
/* "2026-01-31 12:34:56 UTC", "" for 0. Free with g_free. */
char *page_time(gint64 unix_us);

#endif

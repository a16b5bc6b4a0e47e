/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/page.h"
#include "reports/unit_page.h"

#include <string.h>

#define ROWS_MAX 400

static const struct record_write *write_at(const struct run_record *record, guint i)
{
	return record->writes->pdata[i];
}

static gboolean is_whole(const struct record_write *write)
{
	return strcmp(write->how, "open") != 0 && strcmp(write->how, "damaged") != 0;
}

static void write_row(struct markup *markup, const struct record_write *write)
{
	const char *const cells[] = {write->what,    write->step,   write->time,
	                             write->address, write->before, write->after};

	markup_open(markup, "tr");
	for (gsize c = 0; c < G_N_ELEMENTS(cells); c++)
		markup_element(markup, "td", c > 2 ? "code wrap" : NULL, cells[c]);
	markup_elementf(markup, "td", is_whole(write) ? NULL : "fail", "%s%s%s", write->how,
	                *write->words ? ": " : "", write->words);
	markup_close(markup);
}

static void write_table(struct markup *markup, const struct run_record *record, gboolean whole)
{
	static const char *const heads[] = {"What",   "Step",  "Time",    "Address",
	                                    "Before", "After", "Outcome", NULL};
	guint rows = 0;

	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->writes->len; i++)
		if (is_whole(write_at(record, i)) == whole && rows++ < ROWS_MAX)
			write_row(markup, write_at(record, i));
	page_table_end(markup);
	unit_left_out(markup, rows > ROWS_MAX ? rows - ROWS_MAX : 0, "rows");
}

/* What is not known to be whole is in sight, the rest is folded. */
void unit_writes(struct markup *markup, const struct run_record *record)
{
	guint n = record->writes->len, open = 0;

	if (n == 0)
		return;
	for (guint i = 0; i < n; i++)
		open += !is_whole(write_at(record, i));
	page_section(markup, "Written to the module's memory");
	if (open > 0) {
		markup_element(markup, "p", NULL,
		               "Begun and not known to be complete: the module may hold half of "
		               "it.");
		write_table(markup, record, FALSE);
	}
	if (n > open) {
		markup_open(markup, "details");
		markup_elementf(markup, "summary", NULL, "%u place%s changed for good", n - open,
		                n - open == 1 ? "" : "s");
		write_table(markup, record, TRUE);
		markup_close(markup);
	}
	markup_close(markup);
}

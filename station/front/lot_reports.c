/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_reports.h"

#include "reports/report.h"
#include "station/front/report_span.h"

#include <stdio.h>

static gboolean write_file(const char *path, char *text, GError **error)
{
	gboolean ok = g_file_set_contents(path, text, -1, error);

	g_free(text);
	return ok;
}

char *lot_reports_write(const char *folder, const struct run_record *record, GError **error)
{
	g_autofree char *name = g_strdup_printf("%s-%s", record->serial, record->run_id);
	g_autofree char *base = g_build_filename(folder, g_strdelimit(name, "/ ", '_'), NULL);
	g_autofree char *html = g_strconcat(base, ".html", NULL);
	g_autofree char *json = g_strconcat(base, ".json", NULL);
	g_autofree char *csv = g_strconcat(base, ".csv", NULL);
	g_autofree char *constants = g_strconcat(base, "-constants.csv", NULL);

	return write_file(html, report_unit_html(record), error) &&
	                       write_file(json, run_record_to_json(record), error) &&
	                       write_file(csv, report_unit_csv(record), error) &&
	                       write_file(constants, report_constants_csv(record), error)
	               ? g_steal_pointer(&html)
	               : NULL;
}

void lot_reports_unit(const struct lot_reports *to, struct lot_view *view, const char *run_id,
                      const char *serial)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(run_record) record = store_load_run(to->store, run_id, &error);
	g_autofree char *html = NULL;

	if (record) {
		lot_view_set_record(view, record);
		html = lot_reports_write(to->folder, record, &error);
	}
	if (html) {
		lot_view_set_report(view, run_id, html);
		return;
	}
	lot_view_clear(view);
	fprintf(stderr,
	        "station: report of %s: %s (the record is stored; \"station report %s\" "
	        "makes it)\n",
	        serial, error->message, serial);
}

static char *unit_href(const struct run_record *record, gpointer data)
{
	g_autofree char *name = g_strdup_printf("%s-%s.html", record->serial, record->run_id);

	return g_strdup(g_strdelimit(name, "/ ", '_'));
}

/* A start that was cut off has not written those of its last runs; the lot's page points to them.
 */
static gboolean write_missing(const char *folder, const GPtrArray *records, GError **error)
{
	for (guint i = 0; i < records->len; i++) {
		const struct run_record *record = g_ptr_array_index(records, i);
		g_autofree char *name = unit_href(record, NULL);
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *written = NULL;

		if (g_file_test(path, G_FILE_TEST_EXISTS))
			continue;
		written = lot_reports_write(folder, record, error);
		if (!written)
			return FALSE;
	}
	return TRUE;
}

char *lot_reports_lot(const struct lot_reports *to, const char *lot, const char *const *serials)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) records = store_load_lot(to->store, lot, &error);
	struct lot_report report = {.lot = lot,
	                            .records = records,
	                            .unit_href = unit_href,
	                            .serials = serials,
	                            .bounds = span_bounds};
	g_autofree char *path = g_build_filename(to->folder, "index.html", NULL);

	if (records && write_missing(to->folder, records, &error) &&
	    write_file(path, report_lot_html(&report), &error))
		return g_steal_pointer(&path);
	fprintf(stderr, "station: report of the lot: %s\n", error->message);
	return NULL;
}

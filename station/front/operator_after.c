/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/operator_after.h"

#include "station/front/lot_reports.h"
#include "station/operator/ticket.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gstdio.h>

static gboolean write_reports(const struct config *config, const struct run_record *record,
                              GError **error)
{
	g_autofree char *folder = g_build_filename(config->reports_path, record->lot, NULL);
	g_autofree char *html = NULL;

	if (g_mkdir_with_parents(folder, 0755) != 0) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s: %s", folder,
		                  g_strerror(errno));
		return FALSE;
	}
	html = lot_reports_write(folder, record, error);
	return html != NULL;
}

gboolean operator_after(const struct config *config, struct store *store, const char *run_id,
                        gboolean label_only, GError **error)
{
	g_autoptr(run_record) record = store_load_run(store, run_id, error);
	g_autoptr(GError) label = NULL;
	gboolean ok = record && (label_only || write_reports(config, record, error));

	if (!record || ticket_print(config->operator_policy, record, &label))
		return ok;
	if (ok)
		g_propagate_error(error, g_steal_pointer(&label));
	return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/bytes.h"
#include "base/error.h"
#include "fixtures/write_history.h"
#include "fixtures/write_line.h"
#include "station/engine/run.h"

#include <string.h>

#define BLOCK MODULE_IMAGE_BLOCK

char *run_journal_folder(const struct config *config)
{
	return g_strconcat(config->store_path, ".writes", NULL);
}

gboolean run_journal_open(struct run *run, GCancellable *stop, GError **error)
{
	g_autofree char *folder = run_journal_folder(run->config);
	const struct write_unit unit = {
		.run = run->record->run_id,
		.serial = run->request->serial,
		.part_number = run->request->part_number,
		.station = run->config->station_id,
		.site = run->site->site,
		.stop = stop,
	};

	run->journal = write_journal_open(folder, &unit, error);
	return run->journal != NULL;
}

/* --- into the record -------------------------------------------------------------------------- */

static char *address_text(const struct module_run *run)
{
	guint bank = run->address >> 16, page = run->address >> 8 & 0xFF;
	guint first = run->address & 0xFF, last = first + run->len - 1;
	g_autofree char *where = bank ? g_strdup_printf("bank %u ", bank) : g_strdup("");

	return last > first ? g_strdup_printf("%s%02Xh:%u-%u", where, page, first, last)
	                    : g_strdup_printf("%s%02Xh:%u", where, page, first);
}

static char *bytes_text(const struct module_image *image, const struct module_run *run)
{
	guint8 bytes[BLOCK];

	return module_image_get(image, run->address, bytes, run->len)
	               ? bytes_to_hex(bytes, run->len)
	               : g_strdup("");
}

static void record_store(struct run_record *record, const struct write_store *store,
                         const struct module_run *run)
{
	struct record_write *out = run_record_add_write(record);
	g_autofree char *address = run ? address_text(run) : g_strdup("");
	g_autofree char *before = run ? bytes_text(store->before, run) : g_strdup("");
	g_autofree char *after = run ? bytes_text(store->after, run) : g_strdup("");

	record_text(&out->what, store->what);
	record_text(&out->way, write_way_name(store->way));
	record_text(&out->step, store->step);
	record_text(&out->time, store->time);
	record_text(&out->how, write_how_name(store->how));
	record_text(&out->words, store->words);
	record_text(&out->address, address);
	record_text(&out->before, before);
	record_text(&out->after, after);
}

static void record_stores(struct run_record *record, const struct write_history *history)
{
	for (guint i = 0; i < history->stores->len; i++) {
		const struct write_store *store = g_ptr_array_index(history->stores, i);
		g_autoptr(GArray) runs = module_image_runs(store->after, store->before);

		for (guint k = 0; k < runs->len; k++)
			record_store(record, store, &g_array_index(runs, struct module_run, k));
		if (!runs->len)
			record_store(record, store, NULL);
	}
}

static gboolean record_file(struct run *run, const char *path, GError **error)
{
	g_autofree char *text = NULL;
	g_autofree char *sha256 = NULL;
	g_autoptr(GError) cause = NULL;
	gsize len = 0;

	if (!g_file_get_contents(path, &text, &len, &cause)) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s", cause->message);
		return FALSE;
	}
	sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, len);
	run_record_add_file(run->record, "writes", path, sha256);
	return TRUE;
}

/* --- the verdict ------------------------------------------------------------------------------ */

/* Damage was seen in the module. A store whose end nobody saw, the station's own fault perhaps, is
 * nothing that anybody could judge. */
static void condemn(struct run_record *record, const struct write_history *history,
                    const struct write_store *store, gboolean is_own)
{
	g_autofree char *words =
		g_strdup_printf(JUDGING_HALF_WRITTEN ": %s of %s, begun %s, %s%s%s", store->what,
	                        is_own ? "this run" : history->run, store->time,
	                        store->how == WRITE_DAMAGED ? "could not be made good"
	                                                    : "not known to be complete",
	                        *store->words ? ": " : "", store->words);

	run_record_add_note(record, "%s", words);
	if (record->verdict != VERDICT_PASS)
		return;
	record->verdict = store->how == WRITE_DAMAGED ? VERDICT_FAIL : VERDICT_ERROR;
	record->marginal = FALSE;
	g_free(record->reason);
	record->reason = g_strdup(words);
	g_free(record->first_failing_step);
	record->first_failing_step = g_strdup(*store->step ? store->step : "writes");
}

static void condemn_all(struct run_record *record, const struct write_history *history,
                        gboolean is_own)
{
	for (guint i = 0; i < history->stores->len; i++) {
		const struct write_store *store = g_ptr_array_index(history->stores, i);

		if (write_store_is_open(store))
			condemn(record, history, store, is_own);
	}
}

static gboolean account(struct run *run, GError **error)
{
	const char *path;
	g_autofree char *folder = run_journal_folder(run->config);
	g_autoptr(GPtrArray) others = NULL;
	g_autoptr(write_history) own = NULL;

	if (!write_journal_finish(run->journal, error))
		return FALSE;
	path = write_journal_path(run->journal);
	own = write_history_load(path, error);
	if (!own || !record_file(run, path, error))
		return FALSE;
	others = write_history_open(folder, run->request->serial, run->record->run_id, error);
	if (!others)
		return FALSE;
	record_stores(run->record, own);
	condemn_all(run->record, own, TRUE);
	for (guint i = 0; i < others->len; i++)
		condemn_all(run->record, g_ptr_array_index(others, i), FALSE);
	return TRUE;
}

void run_journal_close(struct run *run)
{
	struct run_record *record = run->record;
	g_autoptr(GError) error = NULL;

	if (!run->journal)
		return;
	if (run->module)
		module_set_journal(run->module, NULL);
	if (!account(run, &error)) {
		run_record_add_note(record, "journal of writes: %s", error->message);
		if (record->verdict < VERDICT_ERROR) {
			record->verdict = VERDICT_ERROR;
			g_free(record->reason);
			record->reason = g_strdup(error->message);
			g_free(record->first_failing_step);
			record->first_failing_step = g_strdup("writes");
		}
	}
	g_clear_pointer(&run->journal, write_journal_free);
}

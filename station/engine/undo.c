/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

#include "base/error.h"
#include "station/engine/guard.h"

/* Another site may hold an instrument as long as a step lasts; then each undo gets its own time,
 * whatever happened before. An abort cancels neither. */
#define UNDO_WAIT_S  1500.0
#define UNDO_LIMIT_S 30.0

void undo_entry_free(struct undo_entry *entry)
{
	g_free(entry->name);
	g_free(entry);
}

static gboolean undo_one(struct run *run, const struct undo_entry *entry, GError **error)
{
	struct step_context ctx = {.run = run};
	gboolean ok;

	ctx.bounds.deadline = deadline_in_s(UNDO_WAIT_S);
	if (entry->files)
		ctx.corner = &g_array_index(entry->files->plan->corners, struct plan_corner, 0);
	if (!run_take(&ctx, entry->needs, error))
		return FALSE;
	ctx.bounds.deadline = deadline_in_s(UNDO_LIMIT_S);
	ok = entry->undo(&ctx, &ctx.bounds, error);
	if (!ok)
		station_error_set(error, STATION_ERROR_INTERNAL, "it did not say why");
	run_give(&ctx, run_session_broken(*error));
	return ok && !*error;
}

static void add_entries(struct guard_site *told, const GPtrArray *entries)
{
	for (guint i = 0; entries && i < entries->len; i++) {
		told->fixture = TRUE;
		told->classes |= ((const struct undo_entry *)g_ptr_array_index(entries, i))->needs;
	}
}

void run_tell_guard(const struct run *run)
{
	struct guard_site told = {.site = run->site->site};

	add_entries(&told, run->undo);
	add_entries(&told, run->left);
	guard_tell(pool_guard(run->pool), &told);
}

static void keep_or_free(struct run *run, struct undo_entry *entry, const GError *error)
{
	if (error && run->left)
		g_ptr_array_insert(run->left, 0, entry);
	else
		undo_entry_free(entry);
}

gboolean run_undo(struct run *run)
{
	gboolean all = TRUE;

	while (run->undo->len) {
		struct undo_entry *entry = g_ptr_array_steal_index(run->undo, run->undo->len - 1);
		struct event event = event_make(EVENT_UNDO, 0, NULL);
		const struct product_files *own = run->files;
		g_autoptr(GError) error = NULL;

		run->files = entry->files; /* one that was left is of the unit before */
		if (!undo_one(run, entry, &error)) {
			all = FALSE;
			run_record_add_note(run->record, "undo \"%s\" failed: %s", entry->name,
			                    error->message);
			event_set_text(&event, error->message);
		}
		run->files = own;
		g_strlcpy(event.name, entry->name, sizeof event.name);
		run_publish(run, &event);
		keep_or_free(run, entry, error);
		run_tell_guard(run);
	}
	return all;
}

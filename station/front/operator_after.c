/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/operator_after.h"

#include "reports/reason.h"
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

/* One unit on its way through a clerk. */
struct task {
	struct operator_after after;
	char *run_id;
	gboolean label_only;
	char *trouble; /* null: there was none */
};

static void task_free(gpointer data)
{
	struct task *task = data;

	g_free(task->run_id);
	g_free(task->trouble);
	g_free(task);
}

static void keep_trouble(struct task *task, GError *error)
{
	if (error && !task->trouble)
		task->trouble = g_strdup(error->message);
	g_clear_error(&error);
}

/* A label that says PASS is not put on a unit whose PASS does not stand any more. */
static gboolean print_label(const struct task *task, const struct run_record *record,
                            GError **error)
{
	g_autofree char *touched = reason_touched(record);

	if (!touched || record->verdict != VERDICT_PASS)
		return ticket_print(task->after.config->operator_policy, record, error);
	station_error_set(error, STATION_ERROR_REFUSED, "no label for %s: %s", record->serial,
	                  touched);
	return FALSE;
}

/* The label does not wait for reports that cannot be written. */
static void work(gpointer data)
{
	struct task *task = data;
	GError *error = NULL;
	g_autoptr(run_record) record = store_load_run(task->after.store, task->run_id, &error);

	if (record && !task->label_only)
		write_reports(task->after.config, record, &error);
	keep_trouble(task, g_steal_pointer(&error));
	if (record)
		print_label(task, record, &error);
	keep_trouble(task, error);
}

static void done(gpointer data)
{
	const struct task *task = data;

	if (task->trouble)
		task->after.trouble(task->after.data, task->trouble);
}

void operator_after_give(struct clerk *clerk, const struct operator_after *after,
                         const char *run_id, gboolean label_only)
{
	struct task *task = g_new0(struct task, 1);

	*task = (struct task){*after, g_strdup(run_id), label_only, NULL};
	clerk_give(clerk, work, done, task, task_free);
}

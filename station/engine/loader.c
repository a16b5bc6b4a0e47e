/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/loader.h"

#include "base/error.h"

#include <gio/gio.h>
#include <string.h>

static char *replace(const char *text, const char *word, const char *with)
{
	g_auto(GStrv) parts = g_strsplit(text, word, -1);

	return g_strjoinv(with, parts);
}

/* `word` is what `with` stands for in the command: {serial} or {lane}. */
static char **command_line(const struct config_site *site, char **command, const char *action,
                           const char *word, const char *with)
{
	GPtrArray *argv = g_ptr_array_new();
	g_autofree char *number = g_strdup_printf("%d", site->site);

	for (char **part = command; *part; part++) {
		g_autofree char *a = replace(*part, "{action}", action);
		g_autofree char *b = replace(a, "{site}", number);
		g_ptr_array_add(argv, replace(b, word, with));
	}
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

/* A child that outlives the deadline is ended. */
static gboolean expire(gpointer data)
{
	g_cancellable_cancel(data);
	return G_SOURCE_REMOVE;
}

struct wait {
	GMainLoop *loop;
	GBytes *out, *err; /* what the child printed */
	GError *error;
	gboolean ok;
};

static void finished(GObject *source, GAsyncResult *result, gpointer data)
{
	struct wait *wait = data;

	wait->ok = g_subprocess_communicate_finish(G_SUBPROCESS(source), result, &wait->out,
	                                           &wait->err, &wait->error);
	g_main_loop_quit(wait->loop);
}

static void forward(GCancellable *outer, gpointer inner)
{
	g_cancellable_cancel(inner);
}

/* Waits for the child on a main context of our own, ended by the deadline or an abort. */
static gboolean wait_for(GSubprocess *child, const struct bounds *bounds, struct wait *wait)
{
	g_autoptr(GMainContext) context = g_main_context_new();
	g_autoptr(GCancellable) stop = g_cancellable_new();
	g_autoptr(GSource) timer =
		g_timeout_source_new((guint)(deadline_left_s(bounds->deadline) * 1000) + 1);
	gulong handler = 0;

	g_main_context_push_thread_default(context);
	wait->loop = g_main_loop_new(context, FALSE);
	g_source_set_callback(timer, expire, stop, NULL);
	g_source_attach(timer, context);
	if (bounds->cancellable)
		handler =
			g_cancellable_connect(bounds->cancellable, G_CALLBACK(forward), stop, NULL);
	g_subprocess_communicate_async(child, NULL, stop, finished, wait);
	g_main_loop_run(wait->loop);
	if (handler)
		g_cancellable_disconnect(bounds->cancellable, handler);
	g_source_destroy(timer);
	g_main_loop_unref(wait->loop);
	g_main_context_pop_thread_default(context);
	return wait->ok;
}

/* Runs it; `key` is the command's in the configuration. */
static gboolean run(const struct config_site *site, char **argv, const char *key,
                    const char *action, const char *with, const struct bounds *bounds,
                    GError **error)
{
	g_autoptr(GSubprocess) child = NULL;
	struct wait wait = {0};
	gboolean ok = FALSE;

	child = g_subprocess_newv((const char *const *)argv,
	                          G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
	                          &wait.error);
	if (!child) {
		station_error_set(error, STATION_ERROR_FIXTURE, "site %d: %s: %s", site->site, key,
		                  wait.error->message);
	} else if (!wait_for(child, bounds, &wait)) {
		g_subprocess_force_exit(child);
		if (bounds_check(bounds, key, error))
			station_error_set(error, STATION_ERROR_FIXTURE, "site %d: %s: %s",
			                  site->site, key, wait.error->message);
	} else if (!g_subprocess_get_successful(child)) {
		GBytes *told = wait.err && g_bytes_get_size(wait.err) ? wait.err : wait.out;
		gsize n = told ? g_bytes_get_size(told) : 0;
		const char *said = n ? g_bytes_get_data(told, NULL) : "";
		while (n > 0 && g_ascii_isspace(said[n - 1]))
			n--;
		station_error_set(error, STATION_ERROR_FIXTURE, "site %d: %s %s %s failed: %.*s",
		                  site->site, key, action, with, (int)MIN(n, 160), said);
	} else {
		ok = TRUE;
	}
	g_clear_pointer(&wait.out, g_bytes_unref);
	g_clear_pointer(&wait.err, g_bytes_unref);
	g_clear_error(&wait.error);
	return ok;
}

gboolean loader_run(const struct config_site *site, const char *action, const char *serial,
                    const struct bounds *bounds, GError **error)
{
	g_auto(GStrv) argv = command_line(site, site->loader, action, "{serial}", serial);

	return run(site, argv, "loader", action, serial, bounds, error);
}

gboolean loader_reference(const struct config_site *site, const char *action, int lane,
                          const struct bounds *bounds, GError **error)
{
	g_autofree char *number = lane ? g_strdup_printf("%d", lane) : g_strdup("off");
	g_auto(GStrv) argv = command_line(site, site->reference, action, "{lane}", number);

	return run(site, argv, "reference", action, number, bounds, error);
}

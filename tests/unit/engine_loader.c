/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/loader.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

static gboolean run_loader(const char **command, double limit_s, GCancellable *cancellable,
                           GError **error)
{
	struct config_site site = {.site = 7, .loader = (char **)command};
	struct bounds bounds = {deadline_in_s(limit_s), cancellable};

	return loader_run(&site, "load", "SN 'x; 1", &bounds, error);
}

/* The words arrive as arguments of their own: no shell reads a serial number. */
static void test_arguments(void)
{
	g_autofree char *folder = g_dir_make_tmp("loader-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "said", NULL);
	g_autofree char *text = NULL;
	const char *command[] = {"sh",
	                         "-c",
	                         "printf '%s|' \"$@\" > \"$0\"",
	                         path,
	                         "{action}",
	                         "{site}",
	                         "{serial}",
	                         "a{site}b{site}",
	                         NULL};
	GError *error = NULL;

	g_assert_true(run_loader(command, 20, NULL, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "load|7|SN 'x; 1|a7b7|");
	g_unlink(path);
	g_rmdir(folder);
}

/* The other command of a site; no lane is "off". */
static void test_reference(void)
{
	const char *good[] = {"sh",         "-c",       "test \"$*\" = \"$0\"",
	                      "source 7 3", "{action}", "{site}",
	                      "{lane}",     NULL};
	const char *off[] = {"sh",          "-c",       "test \"$*\" = \"$0\"",
	                     "probe 7 off", "{action}", "{site}",
	                     "{lane}",      NULL};
	const char *bad[] = {"sh", "-c", "echo no fibre; exit 1", NULL};
	struct config_site site = {.site = 7, .reference = (char **)good};
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autoptr(GError) error = NULL;

	g_assert_true(loader_reference(&site, "source", 3, &bounds, &error));
	g_assert_no_error(error);
	site.reference = (char **)off;
	g_assert_true(loader_reference(&site, "probe", 0, &bounds, &error));
	g_assert_no_error(error);
	site.reference = (char **)bad;
	g_assert_false(loader_reference(&site, "probe", 2, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_cmpstr(error->message, ==, "site 7: reference probe 2 failed: no fibre");
}

static void expect(const char **command, double limit_s, GCancellable *cancellable,
                   enum station_error code, const char *part)
{
	g_autoptr(GError) error = NULL;
	gint64 start = g_get_monotonic_time();

	g_assert_false(run_loader(command, limit_s, cancellable, &error));
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, part))
		g_error("\"%s\" does not say \"%s\"", error->message, part);
	g_assert_cmpfloat((double)(g_get_monotonic_time() - start), <, 15e6);
}

static void test_failures(void)
{
	const char *exit_code[] = {"sh", "-c", "echo out; echo 'gripper open' >&2; exit 3", NULL};
	const char *talks[] = {"sh", "-c", "echo jammed; exit 1", NULL};
	const char *silent[] = {"false", NULL};
	const char *killed[] = {"sh", "-c", "echo gone >&2; kill -9 $$", NULL};
	const char *absent[] = {"/nonexistent/loader", "{action}", NULL};
	const char *verbose[] = {"sh", "-c", "yes error | head -c 300000 >&2; exit 1", NULL};

	expect(exit_code, 20, NULL, STATION_ERROR_FIXTURE,
	       "site 7: loader load SN 'x; 1 failed: gripper open");
	expect(talks, 20, NULL, STATION_ERROR_FIXTURE, "failed: jammed");
	expect(silent, 20, NULL, STATION_ERROR_FIXTURE, "site 7: loader load");
	expect(killed, 20, NULL, STATION_ERROR_FIXTURE, "gone");
	expect(absent, 20, NULL, STATION_ERROR_FIXTURE, "/nonexistent/loader");
	expect(verbose, 20, NULL, STATION_ERROR_FIXTURE, "error\nerror");
}

/* A loader that hangs is ended; so is one that closed its standard error first. */
static void test_hangs(void)
{
	const char *hangs[] = {"sleep", "600", NULL};
	const char *closed[] = {"sh", "-c", "exec 2>&-; exec sleep 600", NULL};

	expect(hangs, 0.05, NULL, STATION_ERROR_TIMEOUT, "loader");
	expect(closed, 0.05, NULL, STATION_ERROR_TIMEOUT, "loader");
	expect(hangs, -1, NULL, STATION_ERROR_TIMEOUT, "loader");
}

/* What the ended loader left running must not keep us. */
static void test_hang_in_background(void)
{
	const char *command[] = {"sh", "-c", "sleep 20 & wait", NULL};

	expect(command, 0.05, NULL, STATION_ERROR_TIMEOUT, "loader");
}

static gpointer cancel_later(gpointer data)
{
	g_usleep(20000);
	g_cancellable_cancel(data);
	return NULL;
}

static void test_cancelled(void)
{
	const char *hangs[] = {"sleep", "600", NULL};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	GThread *thread = g_thread_new("cancel", cancel_later, cancellable);

	expect(hangs, 60, cancellable, STATION_ERROR_CANCELLED, "loader");
	g_thread_join(thread);
	/* and when it is so already */
	expect(hangs, 60, cancellable, STATION_ERROR_CANCELLED, "loader");
}

static gpointer run_many(gpointer data)
{
	const char *good[] = {"true", NULL};

	for (guint i = 0; i < 10; i++) {
		GError *error = NULL;
		g_assert_true(run_loader(good, 30, NULL, &error));
		g_assert_no_error(error);
	}
	return NULL;
}

/* Several sites load at once. */
static void test_threads(void)
{
	GThread *threads[3];

	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("site", run_many, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/loader/arguments", test_arguments);
	g_test_add_func("/loader/reference", test_reference);
	g_test_add_func("/loader/failures", test_failures);
	g_test_add_func("/loader/hangs", test_hangs);
	g_test_add_func("/loader/hang-in-background", test_hang_in_background);
	g_test_add_func("/loader/cancelled", test_cancelled);
	g_test_add_func("/loader/threads", test_threads);
	return g_test_run();
}

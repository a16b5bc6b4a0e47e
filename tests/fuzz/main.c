/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include <glib.h>

/*
 * Stands in for libFuzzer: gives each file of tests/fuzz/corpus/TARGET to the target, a test each,
 * and then the same file cut short at every length. Old bugs stay dead without clang.
 */

#define CUTS_MAX 4096

static void feed(const guint8 *data, gsize len)
{
	/* a copy of that very length, so that a sanitizer sees a read beyond it */
	g_autofree guint8 *copy = g_memdup2(data, len);

	g_assert_cmpint(LLVMFuzzerTestOneInput(copy ? copy : (const guint8 *)"", len), ==, 0);
}

static void one_file(gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize len = 0;

	g_file_get_contents(data, &text, &len, &error);
	g_assert_no_error(error);
	feed((const guint8 *)text, len);
	for (gsize cut = 0; cut < MIN(len, CUTS_MAX); cut++)
		feed((const guint8 *)text, cut);
}

int main(int argc, char **argv)
{
	g_autofree char *target = g_path_get_basename(argv[0]);
	g_autofree char *folder = NULL;
	g_autoptr(GDir) dir = NULL;
	const char *source = g_getenv("STATION_SRC"), *name;

	g_test_init(&argc, &argv, NULL);
	folder = g_build_filename(source ? source : ".", "tests/fuzz/corpus", target, NULL);
	dir = g_dir_open(folder, 0, NULL);
	if (!dir)
		g_error("%s is not there", folder);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_strconcat("/fuzz/", target, "/", name, NULL);
		g_test_add_data_func_full(path, g_build_filename(folder, name, NULL), one_file,
		                          g_free);
	}
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/template.h"

#include "base/error.h"

#include <glib/gstdio.h>

static GHashTable *values(void)
{
	GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(table, (gpointer) "scope1", (gpointer) "5025");
	g_hash_table_insert(table, (gpointer) "seed", (gpointer) "7");
	return table;
}

static void test_fill(void)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{"", ""},
		{"a: @scope1@\nb: @seed@@seed@", "a: 5025\nb: 77"},
		{"VOLT 1,(@1) me@here.org", "VOLT 1,(@1) me@here.org"},
		{"@@ @ @scope1 @1@", "@@ @ @scope1 @1@"},
		{"@@seed@", "@7"},
	};
	g_autoptr(GHashTable) table = values();
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *out = template_fill(rows[i].in, "t", table, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(out, ==, rows[i].out);
	}
}

static void test_unknown(void)
{
	g_autoptr(GHashTable) table = values();
	g_autoptr(GError) error = NULL;
	g_assert_null(template_fill("a\nb @scope9@\n", "t.in", table, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_cmpstr(error->message, ==,
	                "t.in:2: unknown token @scope9@; did you mean @scope1@?");
}

static void test_file(void)
{
	g_autofree char *folder = g_dir_make_tmp("templateXXXXXX", NULL);
	g_autofree char *in = g_build_filename(folder, "in", NULL);
	g_autofree char *out = g_build_filename(folder, "out", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GHashTable) table = values();
	g_autoptr(GError) error = NULL;

	g_assert_false(template_fill_file(in, out, table, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(in, "port @scope1@", -1, NULL));
	g_assert_true(template_fill_file(in, out, table, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "port 5025");
	g_assert_true(g_file_set_contents(in, "@nothing@", -1, NULL));
	g_assert_false(template_fill_file(in, out, table, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_remove(in);
	g_remove(out);
	g_rmdir(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/template/fill", test_fill);
	g_test_add_func("/bench/template/unknown", test_unknown);
	g_test_add_func("/bench/template/file", test_file);
	return g_test_run();
}

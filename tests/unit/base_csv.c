/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/csv.h"

#include "base/error.h"

#include <string.h>

static struct csv *load(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct csv *table = csv_load_text(text, -1, "t.csv", &error);
	g_assert_no_error(error);
	return table;
}

static void test_read(void)
{
	g_autoptr(csv) table = load("\xef\xbb\xbf# limits\n\nname, low ,high\r\n"
	                            "a,1 ,  2\n"
	                            "\"b, \"\"c\"\"\",\" 1 \",\"two\nlines\"\n"
	                            "#d,1,2\n"
	                            "   \n"
	                            "e,,");
	g_assert_cmpuint(csv_rows(table), ==, 3);
	g_assert_cmpstr(csv_field(table, 0, "name"), ==, "a");
	g_assert_cmpstr(csv_field(table, 0, "low"), ==, "1");
	g_assert_cmpstr(csv_field(table, 0, "high"), ==, "2");
	g_assert_cmpstr(csv_field(table, 1, "name"), ==, "b, \"c\"");
	g_assert_cmpstr(csv_field(table, 1, "low"), ==, " 1 ");
	g_assert_cmpstr(csv_field(table, 1, "high"), ==, "two\nlines");
	g_assert_cmpstr(csv_field(table, 2, "high"), ==, "");
	g_assert_null(csv_field(table, 0, "unit"));
	g_assert_cmpint(csv_line(table, 0), ==, 4);
	g_assert_cmpint(csv_line(table, 1), ==, 5);
	g_assert_cmpint(csv_line(table, 2), ==, 9);
	csv_free(NULL);
}

static void test_refuse(void)
{
	static const struct {
		const char *text;
		gssize len;
		const char *message; /* pattern */
	} rows[] = {
		{"", -1, "t.csv:1: no header*"},
		{"# only\n\n", -1, "t.csv:3: no header*"},
		{"a,b\n1\n", -1, "t.csv:2: 1 fields*has 2"},
		{"a,b\n1,2\n\n1,2,3\n", -1, "t.csv:4: 3 fields*has 2"},
		{"a,a\n1,2\n", -1, "t.csv:1: column \"a\"*"},
		{"a,,b\n", -1, "t.csv:1: a column without*"},
		{"a,b\n\"1,2\n\n", -1, "t.csv:2: quote without*"},
		{"a,b\n1,\"2\"x\n", -1, "t.csv:2: text after*"},
		{"a,b\n1, \"2\"\n", -1, "t.csv:2: quote inside*"},
		{"a,b\n1\r2,3\n", -1, "t.csv:2: carriage return*"},
		{"a,b\n1,\xff\n", -1, "t.csv:2: not UTF-8*"},
		{"a,b\n1,\0002\n", 8, "t.csv:2: not UTF-8*"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(csv_load_text(rows[i].text, rows[i].len, "t.csv", &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("row %" G_GSIZE_FORMAT ": %s", i, error->message);
	}
}

static void test_columns(void)
{
	static const char *const required[] = {"name", "low", NULL};
	static const char *const optional[] = {"high", NULL};
	static const struct {
		const char *header;
		const char *message; /* pattern, null when it is right */
	} rows[] = {
		{"name,low,high\n", NULL},
		{"low,name\n", NULL},
		{"name\n", "t.csv: column \"low\" is missing"},
		{"name,lo,high\n", "t.csv: column \"lo\"*did you mean \"low\"?"},
		{"name,low,whatever\n", "t.csv: column \"whatever\" is not known"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(csv) table = load(rows[i].header);
		gboolean ok = csv_check_columns(table, required, optional, &error);
		g_assert_cmpint(ok, ==, rows[i].message == NULL);
		if (ok)
			continue;
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_pattern_match_simple(rows[i].message, error->message));
	}
	g_autoptr(csv) table = load("name,low,high\n");
	g_assert_false(csv_check_columns(table, required, NULL, NULL));
}

static void test_error(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(csv) table = load("a\n\n1\n");
	csv_error(table, 0, &error, "low %d above high", 7);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_cmpstr(error->message, ==, "t.csv:3: low 7 above high");
}

static void test_file(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_dir_make_tmp(NULL, &error);
	g_assert_no_error(error);
	g_autofree char *path = g_build_filename(dir, "abc.csv", NULL);
	g_assert_null(csv_load_file(path, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_true(g_str_has_prefix(error->message, path));
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(path, "abc", -1, NULL));
	g_autoptr(csv) table = csv_load_file(path, &error);
	g_assert_no_error(error);
	/* FIPS 180-4 example: the digest of "abc". */
	g_assert_cmpstr(csv_sha256(table), ==,
	                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	g_assert_cmpuint(csv_rows(table), ==, 0);
}

static char *random_text(int most)
{
	static const char *const pieces[] = {",", "\"", "\n",     "\r\n", "#",    " ",
	                                     "a", "b",  "\u00b5", "\r",   "\"\"", "\xff"};
	GString *text = g_string_new(NULL);
	int n = g_test_rand_int_range(0, most);
	for (int i = 0; i < n; i++)
		g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
	return g_string_free(text, FALSE);
}

/* Any fields that are text come back as they were written. */
static void test_round_trip(void)
{
	for (int i = 0; i < 2000; i++) {
		g_autoptr(GString) out = g_string_new("x,y\n");
		g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
		for (int j = 0; j < 6; j++) {
			g_autofree char *raw = random_text(6);
			char *field = g_utf8_make_valid(raw, -1);
			g_ptr_array_add(fields, field);
			csv_append(out, field);
			if (j % 2 == 1)
				g_string_append_c(out, '\n');
		}
		g_autoptr(csv) table = load(out->str);
		g_assert_cmpuint(csv_rows(table), ==, 3);
		for (guint j = 0; j < 6; j++)
			g_assert_cmpstr(csv_field(table, j / 2, j % 2 ? "y" : "x"), ==,
			                g_ptr_array_index(fields, j));
	}
}

/* Whatever the bytes: a table with all its fields, or one error of the right kind. */
static void test_random(void)
{
	for (int i = 0; i < 5000; i++) {
		g_autofree char *body = random_text(30);
		g_autofree char *text = g_strconcat(i % 2 ? "a,b\n" : "", body, NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(csv) table = csv_load_text(text, -1, "t.csv", &error);
		if (!table) {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
			g_assert_true(g_str_has_prefix(error->message, "t.csv:"));
			continue;
		}
		g_assert_no_error(error);
		for (guint row = 0; i % 2 && row < csv_rows(table); row++) {
			g_assert_nonnull(csv_field(table, row, "a"));
			g_assert_nonnull(csv_field(table, row, "b"));
			g_assert_cmpint(csv_line(table, row), >, 1);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/csv/read", test_read);
	g_test_add_func("/base/csv/refuse", test_refuse);
	g_test_add_func("/base/csv/columns", test_columns);
	g_test_add_func("/base/csv/error", test_error);
	g_test_add_func("/base/csv/file", test_file);
	g_test_add_func("/base/csv/round_trip", test_round_trip);
	g_test_add_func("/base/csv/random", test_random);
	return g_test_run();
}

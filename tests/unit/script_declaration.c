/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/script/script_step.h"

#include <glib/gstdio.h>
#include <string.h>

/* What a file says of its step: a row like those of the table, or why it is none. */

static const struct step_table none = {0};

static struct step_file *load(const char *name, const char *text, gssize length, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("declaration-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, name, NULL);
	struct step_file *file;

	g_assert_true(g_file_set_contents(path, text, length, NULL));
	file = script_source.load(path, &none, error);
	g_assert_cmpint(g_unlink(path), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	return file;
}

static void test_good(void)
{
	static const char text[] =
		"return {help = 'does it', scope = 'lane', needs = {'scope', 'optical-switch'},\n"
		"limit_s = 1.5, needs_fibre = true, params = {\n"
		"{name = 'a', unit = 'dBm', default = -3, help = 'power'},\n"
		"{name = 'b', unit = 'count', default = 2, min = 1, max = 9, help = 'times'},\n"
		"{name = 'c', unit = 's', help = 'no default'},\n"
		"{name = 'd', default = '', help = 'words'}}, run = function() end}";
	GError *error = NULL;
	struct step_file *file = load("my-step.lua", text, -1, &error);
	g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	g_assert_no_error(error);
	g_assert_cmpstr(file->def.name, ==, "my-step");
	g_assert_cmpstr(file->def.help, ==, "does it");
	g_assert_cmpint(file->def.scope, ==, STEP_LANE);
	g_assert_cmpuint(file->def.needs, ==,
	                 (1u << INSTRUMENT_SCOPE) | (1u << INSTRUMENT_OPTICAL_SWITCH));
	g_assert_true(file->def.needs_fibre);
	g_assert_cmpfloat(file->def.limit_s, ==, 1.5);
	g_assert_cmpstr(file->def.params[0].absent, ==, "-3 dBm");
	g_assert_cmpuint(file->def.params[1].max, ==, 9);
	g_assert_null(file->def.params[2].absent);
	g_assert_null(file->def.params[3].unit);
	g_assert_null(file->def.params[4].name);
	g_assert_cmpstr(file->sha256, ==, sha256);
	file->free(file);
}

#define REST               "help = 'h', scope = 'unit', limit_s = 1, run = function() end"
#define WITH_PARAM(fields) "return {" REST ", params = {{" fields "}}}"

static void test_bad(void)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"x =", "s.lua:1: unexpected symbol near <eof>"},
		{"", "s.lua: it has to return a table*"},
		{"return 7", "s.lua: it has to return a table*"},
		{"return {}", "s.lua: \"run\" is missing"},
		{"return {run = 7}", "s.lua: run has to be of kind function, not integer"},
		{"return {" REST ", need = {}}",
	         "*unknown field \"need\"; did you mean \"needs\"?"},
		{"return {" REST ", 1}", "*a value without a name"},
		{"return {" REST ", needs = {'scoop'}}", "*needs: *scoop*"},
		{"return {" REST ", needs = {1}}", "*needs is a list of names*"},
		{"return {help = '', scope = 'unit', limit_s = 1, run = print}",
	         "*help wants one line of words"},
		{"return {help = 'h', scope = 'all', limit_s = 1, run = print}",
	         "*scope is \"lane\" or \"unit\", not \"all\""},
		{"return {help = 'h', scope = 'unit', run = print}", "*limit_s*missing*"},
		{"return {help = 'h', scope = 'unit', limit_s = 1e9, run = print}",
	         "*limit_s is above 0, 1400 at most"},
		{"return {" REST ", params = {a = 1}}", "*params is a list*"},
		{WITH_PARAM("help = 'h'"), "*parameter without a name: \"name\" is missing"},
		{WITH_PARAM("name = 'a'"), "*parameter a: \"help\" is missing"},
		{WITH_PARAM("name = 'A', help = 'h'"), "*lower-case letters*"},
		{WITH_PARAM("name = 'a', help = 'h', unit = 'furlong'"), "*is no unit*"},
		{WITH_PARAM("name = 'a', help = 'h', unit = 's', default = '3 V'"),
	         "*parameter a: a: expected a time*"},
		{WITH_PARAM("name = 'a', help = 'h', unit = 's', default = -3"),
	         "*must not be below zero"},
		{WITH_PARAM("name = 'a', help = 'h', unit = 's', default = {}"),
	         "*default is a text or a number"},
		{WITH_PARAM("name = 'a', help = 'h', unit = 'count', min = 2, default = 1"),
	         "*a is a whole number from 2 to *"},
		{WITH_PARAM("name = 'a', help = 'h', unit = 's', max = 1"), "*for unit \"count\""},
		{WITH_PARAM("name = 'a', help = 'h'}, {name = 'a', help = 'h'"), "*there twice"},
		{"step.note('x') return {" REST "}",
	         "s.lua:1: step.note: only while the step runs, in its function*"},
		{"while true do end", "s.lua: out of time"},
		{"local t = {} while true do t[#t + 1] = ('x'):rep(2 ^ 19) .. #t end",
	         "s.lua: not enough memory"},
		{"\33Lua", "*attempt to load a binary chunk*"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		GError *error = NULL;

		g_assert_null(load("s.lua", rows[i].text, -1, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("%s: %s", rows[i].text, error->message);
		g_error_free(error);
	}
}

static void test_files(void)
{
	g_autofree char *text = g_strnfill((256 << 10) + 1, ' ');
	GError *error = NULL;

	g_assert_null(load("long.lua", text, -1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	g_assert_null(load("My Step.lua", "return {" REST "}", -1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	g_assert_null(script_source.load("/nonexistent/x.lua", &none, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
}

/* The one that is installed. */
static void test_shipped(void)
{
	g_autofree char *path = g_build_filename(g_getenv("STATION_SRC"), "station", "scripts",
	                                         "best-fir-tap.lua", NULL);
	GError *error = NULL;
	struct step_file *file = script_source.load(path, &none, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(file->def.name, ==, "best-fir-tap");
	file->free(file);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/script/declaration/good", test_good);
	g_test_add_func("/script/declaration/bad", test_bad);
	g_test_add_func("/script/declaration/files", test_files);
	g_test_add_func("/script/declaration/shipped", test_shipped);
	return g_test_run();
}

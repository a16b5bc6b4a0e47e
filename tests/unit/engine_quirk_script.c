/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* Scripts that say how what a module says of itself reads: the shipped one, wrong and hostile ones.
 */
#include "station/engine/quirk_script.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const identity[QUIRK_FIELDS] = {
	[QUIRK_VENDOR] = "ACME",  [QUIRK_PART_NUMBER] = "ABC-400_________",
	[QUIRK_SERIAL] = "S1",    [QUIRK_REVISION] = "1A",
	[QUIRK_FIRMWARE] = "1.4", [QUIRK_DATE_CODE] = "260131",
};

/* A table of one row with that script beside it; null for the installed one. */
static struct quirk_table *table_of(const char *name, const char *text, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("quirk-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "quirks.yaml", NULL);
	g_autofree char *script = g_build_filename(folder, name, NULL);
	g_autofree char *rows = g_strdup_printf("quirks:\n  - {vendor: ACME, quirk: identity, "
	                                        "script: %s, reason: r, source: s}\n",
	                                        name);

	g_assert_true(g_file_set_contents(path, rows, -1, NULL));
	g_assert_true(!text || g_file_set_contents(script, text, -1, NULL));
	g_autoptr(quirk_table) table = quirk_table_load(path, error);
	g_assert_no_error(*error);
	gboolean done = quirk_scripts_load(table, error);
	g_unlink(path);
	g_unlink(script);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	return done ? g_steal_pointer(&table) : NULL;
}

/* "part_number=ABC serial=1", or the error. Free with g_free. */
static char *answer(const char *name, const char *text, const char *const *is, GCancellable *stop)
{
	struct bounds bounds = {deadline_in_s(60), stop};
	GError *error = NULL;
	g_autoptr(quirk_table) table = table_of(name, text, &error);
	char *reads[QUIRK_FIELDS] = {NULL};
	g_autoptr(GString) said = g_string_new(NULL);

	if (table && table->reader(g_ptr_array_index(table->rows, 0), is, reads, &bounds, &error))
		for (guint i = 0; i < QUIRK_FIELDS; i++)
			if (reads[i])
				g_string_append_printf(said, "%s%s=%s", said->len ? " " : "",
				                       quirk_field_name((enum quirk_field)i),
				                       reads[i]);
	for (guint i = 0; i < QUIRK_FIELDS; i++)
		g_free(reads[i]);
	if (error) {
		int code = stop && g_cancellable_is_cancelled(stop) ? STATION_ERROR_CANCELLED
		                                                    : STATION_ERROR_CONFIG;
		g_assert_error(error, STATION_ERROR, code);
		g_string_assign(said, error->message);
		g_error_free(error);
	}
	return g_strdup(said->str);
}

static void test_answers(void)
{
	static const struct {
		const char *text, *says; /* a pattern */
	} rows[] = {
		{"return function(i) return {part_number = i.part_number:sub(1, 7)} end",
	         "part_number=ABC-400"},
		{"return function(i) return {serial = i.vendor .. i.revision .. i.firmware ..\n"
	         " i.date_code .. i.serial, vendor = ''} end",
	         "vendor= serial=ACME1A1.4260131S1"},
		{"return function() end", ""},
		{"return function() return nil end", ""},
		{"return function() return {} end", ""},
		{"return 3", "q.lua: has to return a function"},
		{"x = 1", "q.lua: has to return a function"},
		{"return function( end", "q.lua:1: *"},
		{"return function() return 'ABC' end", "*has to return a table, or nothing"},
		{"return function() return {}, {} end", "*has to return a table, or nothing"},
		{"return function() return {'ABC'} end", "*a list, not a table*"},
		{"return function() return {part_numbre = 'A'} end",
	         "*\"part_numbre\"*did you mean \"part_number\"?"},
		{"return function() return {serial = 12} end", "*serial is no text"},
		{"return function() return {serial = 'A\\0B'} end", "*serial is no text"},
		{"return function(i)\n return i.nothing.there end", "q.lua:2: *"},
		/* it cannot pass its own fault for the module's */
		{"return function() error({kind = 'module', message = 'bad unit'}) end",
	         "*bad unit*"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *said = answer("q.lua", rows[i].text, identity, NULL);
		if (!g_pattern_match_simple(rows[i].says, said))
			g_error("%s\nsays %s", rows[i].text, said);
	}
}

/* Whatever it does it ends, soon and in bounded memory. */
static void test_hostile(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"while true do end return function() end", "*not done within 0.5 s"},
		{"return function() while true do pcall(error) end end", "*not done within 0.5 s"},
		/* which of the two depends on how busy the machine is */
		{"return function() local t = {} for i = 1, 1e9 do\n"
	         " t[i] = ('x'):rep(1000):rep(1000) end end",
	         "*not *"},
		{"return function() local function f() return 1 + f() end f() end", "*q.lua: *"},
		{"return function() return os.execute('false') end", "*global 'os'*"},
		{"return load('return 1')", "*global 'load'*"},
		{"\033Lua", "*"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 start_us = g_get_monotonic_time();
		g_autofree char *said = answer("q.lua", rows[i].text, identity, NULL);
		if (!g_pattern_match_simple(rows[i].says, said) || !*said)
			g_error("%s\nsays %s", rows[i].text, said);
		g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
	}
}

static void test_cancelled(void)
{
	g_autoptr(GCancellable) stop = g_cancellable_new();

	g_cancellable_cancel(stop);
	g_free(answer("q.lua", "return function() while true do end end", identity, stop));
}

static void test_absent(void)
{
	g_autofree char *said = answer("absent.lua", NULL, identity, NULL);

	g_assert_nonnull(strstr(said, "quirks.yaml: there is no script absent.lua"));
}

/* The one that is shipped, found among the installed ones. */
static void test_shipped(void)
{
	static const struct {
		const char *is, *says;
	} rows[] = {
		{"ABC-400_________", "part_number=ABC-400"},
		{"ABC-400.........", "part_number=ABC-400"},
		{"ABC-4D0000000000", "part_number=ABC-4D"},
		{"ABC-400\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff", "part_number=ABC-400"},
		/* as long as a field is, and not padded */
		{"QDD-400G-DR4-000", ""},
		{"QDD-400G-DR4-A01", ""},
		/* ended in blanks: what is before them is the maker's */
		{"ABC-400_", ""},
		{"ABC-4000000", ""},
		{"", ""},
		{"________________", "part_number=_"},
	};
	const char *sources = g_getenv("STATION_SRC");
	g_autofree char *data = g_build_filename(sources ? sources : ".", "station", NULL);

	g_setenv("STATION_DATADIR", data, TRUE);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *is[QUIRK_FIELDS];
		memcpy(is, identity, sizeof is);
		is[QUIRK_PART_NUMBER] = rows[i].is;
		g_autofree char *said = answer("strip-padding.lua", NULL, is, NULL);
		g_assert_cmpstr(said, ==, rows[i].says);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/engine/quirk-script/answers", test_answers);
	g_test_add_func("/engine/quirk-script/hostile", test_hostile);
	g_test_add_func("/engine/quirk-script/cancelled", test_cancelled);
	g_test_add_func("/engine/quirk-script/absent", test_absent);
	g_test_add_func("/engine/quirk-script/shipped", test_shipped);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox.h"

#include "base/error.h"

#include <string.h>

/* Scripts that return a table with functions, and hosts that do not let everything be called. */

static gboolean take(const struct sandbox_value *arguments, guint count, GArray *results,
                     const struct bounds *bounds, gpointer data, GError **error)
{
	return TRUE;
}

static gboolean fail(const struct sandbox_value *arguments, guint count, GArray *results,
                     const struct bounds *bounds, gpointer data, GError **error)
{
	station_error_set(error, STATION_ERROR_MODULE, "no answer");
	return FALSE;
}

static const struct sandbox_function functions[] = {
	{"take", "*", "(...): nothing", take},
	{"fail", "", "(): an error", fail},
};

static gboolean run(struct sandbox *sandbox, const char *text, GArray *results, GError **error)
{
	struct bounds bounds = {deadline_in_s(60), NULL};
	return sandbox_run(sandbox, "t.lua", text, strlen(text), &bounds, results, error);
}

static gboolean no_take(const struct sandbox_function *function, gpointer data, GError **error)
{
	if (strcmp(function->name, "take") != 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_REFUSED, "%s: not here", function->name);
	return FALSE;
}

static void test_may_call(void)
{
	const struct sandbox_host host = {.functions = functions,
	                                  .n_functions = G_N_ELEMENTS(functions),
	                                  .may_call = no_take};
	g_autoptr(sandbox) sandbox = sandbox_new(&host, NULL);
	g_autoptr(GArray) results = sandbox_values_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(run(sandbox,
	                  "local ok, e = pcall(take) return not ok and e.kind == 'refused'"
	                  " and e.message == 'take: not here'",
	                  results, &error));
	g_assert_true(g_array_index(results, struct sandbox_value, 0).boolean);
	g_assert_false(run(sandbox, "fail()", NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
}

static gboolean run_entry(struct sandbox *sandbox, const char *text, GArray *results,
                          GError **error)
{
	struct bounds bounds = {deadline_in_s(0.5), NULL};
	return sandbox_run_entry(sandbox, "t.lua", text, strlen(text), "run", &bounds, results,
	                         error);
}

static void test_entry(void)
{
	static const struct {
		const char *text;
		int kind;
		const char *message;
	} rows[] = {
		{"return 1", STATION_ERROR_CONFIG,
	         "t.lua: has to return a table with a function \"run\""},
		{"return {run = 1}", STATION_ERROR_CONFIG, "*a function \"run\""},
		{"return setmetatable({}, {__index = function() return print end})",
	         STATION_ERROR_CONFIG, "*a function \"run\""},
		{"return {run = function()\nfail() end}", STATION_ERROR_MODULE,
	         "t.lua:2: no answer"},
		{"return {run = function() while true do pcall(error) end end}",
	         STATION_ERROR_TIMEOUT, "t.lua: out of time"},
	};
	const struct sandbox_host host = {.functions = functions, .n_functions = 2};
	g_autoptr(sandbox) sandbox = sandbox_new(&host, NULL);
	g_autoptr(GArray) results = sandbox_values_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(run_entry(sandbox, "local n = 2 return {run = function(x) return n, x end}",
	                        results, &error));
	g_assert_cmpuint(results->len, ==, 2);
	g_assert_cmpint(g_array_index(results, struct sandbox_value, 0).integer, ==, 2);
	g_assert_cmpint(g_array_index(results, struct sandbox_value, 1).kind, ==, SANDBOX_NIL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_false(run_entry(sandbox, rows[i].text, NULL, &error));
		g_assert_error(error, STATION_ERROR, rows[i].kind);
		g_assert_true(g_pattern_match_simple(rows[i].message, error->message));
		g_clear_error(&error);
	}
	/* of a function only that it is there passes, and only as a result */
	g_array_set_size(results, 0);
	g_assert_true(run(sandbox, "return {run = print, n = 1}", results, &error));
	const struct sandbox_value *table = &g_array_index(results, struct sandbox_value, 0);
	g_assert_cmpint(sandbox_table_get(table, "run")->kind, ==, SANDBOX_FUNCTION);
	g_assert_cmpstr(sandbox_kind_name(SANDBOX_FUNCTION), ==, "function");
}

/* Whatever a function of a library is given, it returns or raises an error. */
static void test_every_function(void)
{
	static const char text[] =
		"local odd = {false, true, 0, 1, -1, 3, 2 ^ 53, 1 << 62, 0.5, 0 / 0, 1 / 0, '', "
		"'x', "
		"'%s', '%d+(', '\\0', {}, {1, 2}, {a = 1}, print, function() end, "
		"coroutine.create(print)}\n"
		"local names, called = {}, 0\n"
		"local function try(f)\n"
		"  for i = 1, 200 do\n"
		"    local given = {}\n"
		"    for k = 1, math.random(0, 5) do given[k] = odd[math.random(#odd)] end\n"
		"    local ok, why = pcall(f, table.unpack(given))\n"
		"    called = called + 1\n"
		"  end\n"
		"end\n"
		"for _, space in ipairs {_G, math, string, table, utf8, coroutine} do\n"
		"  for name, f in pairs(space) do\n"
		"    if type(f) == 'function' then names[#names + 1] = {name, f} end\n"
		"  end\n"
		"end\n"
		"for _, row in ipairs(names) do try(row[2]) end\n"
		"return called > 14000 and math.random(1) == 1";
	const struct sandbox_host host = {.functions = functions, .n_functions = 2};
	g_autoptr(sandbox) sandbox = sandbox_new(&host, NULL);
	g_autoptr(GArray) results = sandbox_values_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(run(sandbox, text, results, &error));
	g_assert_no_error(error);
	g_assert_true(g_array_index(results, struct sandbox_value, 0).boolean);
}

/* What is played back takes the same turns. */
static void test_chance(void)
{
	const struct sandbox_host host = {.functions = functions, .n_functions = 2};
	gint64 first[2];
	for (gsize i = 0; i < G_N_ELEMENTS(first); i++) {
		g_autoptr(sandbox) sandbox = sandbox_new(&host, NULL);
		g_autoptr(GArray) results = sandbox_values_new();
		g_assert_true(run(sandbox, "return math.random(1 << 60)", results, NULL));
		first[i] = g_array_index(results, struct sandbox_value, 0).integer;
	}
	g_assert_cmpint(first[0], ==, first[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/limits/sandbox/may-call", test_may_call);
	g_test_add_func("/limits/sandbox/entry", test_entry);
	g_test_add_func("/limits/sandbox/every-function", test_every_function);
	g_test_add_func("/limits/sandbox/chance", test_chance);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/script/script.h"

#include <string.h>

/* The table of functions of scripts is whole, and the reference tells each as the table does. */

static void test_rows(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	const struct script_function *row;
	guint n = 0;

	for (; (row = script_function_at(n)); n++) {
		const struct sandbox_function *function = &row->function;
		const char *dot = strchr(function->name, '.');

		g_assert_true(dot && dot > function->name && dot[1]);
		g_assert_true(g_hash_table_add(names, (gpointer)function->name));
		g_assert_cmpuint(strspn(function->takes, "bintTv|*"), ==, strlen(function->takes));
		g_assert_nonnull(function->call);
		g_assert_true(function->help[0] == '(' && strstr(function->help, "): "));
		g_assert_cmpuint(row->needs, <, 1u << INSTRUMENT_N_CLASSES);
		g_assert_true(script_function_find(function->name) == row);
	}
	g_assert_cmpuint(n, >, 50);
	g_assert_null(script_function_find("step"));
}

/* What moves something says so: the shell asks for a right by it. */
static void test_touches(void)
{
	static const char *const touching[] = {
		"step.run",           "module.write",    "module.write_bytes", "module.set_knob",
		"module.settle_knob", "module.pattern",  "module.pattern_off", "module.tx_disable",
		"attenuator.set",     "attenuator.open", "attenuator.close",   "light.on",
		"light.off",          "light.set",       "scope.measure",      "supply.set",
	};
	guint n = 0;

	for (guint i = 0; script_function_at(i); i++)
		n += script_function_at(i)->touches ? 1 : 0;
	g_assert_cmpuint(n, ==, G_N_ELEMENTS(touching));
	for (guint i = 0; i < G_N_ELEMENTS(touching); i++)
		g_assert_true(script_function_find(touching[i])->touches);
}

/* All blanks and line ends of a text as one blank each. */
static char *in_one_line(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; words[i]; i++)
		if (*words[i])
			g_string_append_printf(line, "%s%s", line->len ? " " : "", words[i]);
	return g_string_free(g_steal_pointer(&line), FALSE);
}

static void test_reference(void)
{
	g_autofree char *path =
		g_build_filename(g_getenv("STATION_SRC"), "docs", "scripting.md", NULL);
	g_autofree char *text = NULL;
	g_autofree char *page = NULL;
	const struct script_function *row;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	page = in_one_line(text);
	for (guint i = 0; (row = script_function_at(i)); i++) {
		const char *help = row->function.help, *colon = strstr(help, "): ") + 1;
		g_autofree char *told = g_strdup_printf("- `%s%.*s`: %s.", row->function.name,
		                                        (int)(colon - help), help, colon + 2);

		if (!strstr(page, told))
			g_error("%s does not have: %s", path, told);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/script/table/rows", test_rows);
	g_test_add_func("/script/table/touches", test_touches);
	g_test_add_func("/script/table/reference", test_reference);
	return g_test_run();
}

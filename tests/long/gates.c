/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/*
 * Gates that end when they are certain against full ones, over 2000 units (UNITS); the last line is
 * for programs.
 */
#include "tests/reference/gates_trial.h"

#define UNITS 2000

static void test_gates(gconstpointer data)
{
	char **last_line = (char **)data;
	const char *wanted = g_getenv("UNITS");
	struct gates_totals totals;

	gates_run(wanted ? (guint)g_ascii_strtoull(wanted, NULL, 10) : UNITS, 1, TRUE, &totals);
	g_auto(GStrv) lines = g_strsplit(totals.lines->str, "\n", -1);
	for (guint i = 0; lines[i] && *lines[i]; i++)
		g_test_message("%s", lines[i]);
	if (totals.faults->len)
		g_test_fail_printf("%s", totals.faults->str);
	*last_line = gates_line(&totals);
	gates_totals_clear(&totals);
}

int main(int argc, char **argv)
{
	char *last_line = NULL;
	int status;

	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_data_func("/long/gates", &last_line, test_gates);
	status = g_test_run();
	g_print("%s\n", last_line ? last_line : "");
	g_free(last_line);
	return status;
}

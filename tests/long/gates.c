/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/*
 * Gates that end when they are certain against full ones, over 2000 units (UNITS); the last line is
 * for programs.
 */
#include "tests/reference/gates_trial.h"

#include <stdlib.h>

static char *last_line;

static void test_gates(void)
{
	const char *wanted = g_getenv("UNITS");
	struct gates_totals totals;

	gates_run(wanted ? (guint)strtoul(wanted, NULL, 10) : 2000, 1, TRUE, &totals);
	g_auto(GStrv) lines = g_strsplit(totals.lines->str, "\n", -1);
	for (guint i = 0; lines[i] && *lines[i]; i++)
		g_test_message("%s", lines[i]);
	if (totals.faults->len)
		g_test_fail_printf("%s", totals.faults->str);
	last_line = gates_line(&totals);
	gates_totals_clear(&totals);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/long/gates", test_gates);
	status = g_test_run();
	g_print("%s\n", last_line ? last_line : "");
	g_free(last_line);
	return status;
}

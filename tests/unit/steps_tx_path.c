/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

/* The instrument's part is expanded already, that of the samples is standard. */
static void test_expanded(void)
{
	g_assert_cmpfloat_with_epsilon(tx_path_expanded(0.3, 0.2), 0.5, 1e-12);
	g_assert_cmpfloat_with_epsilon(tx_path_expanded(0.2, NAN), 0.2, 1e-12);
	g_assert_cmpfloat_with_epsilon(tx_path_expanded(NAN, 0.1), 0.2, 1e-12);
	g_assert_cmpfloat(tx_path_expanded(0.0, 0.0), ==, 0.0);
	g_assert_true(isnan(tx_path_expanded(NAN, NAN)));
}

/* Only the step that tells TDECQ asks for the fibre. */
static void test_fibre(void)
{
	const struct step_def *through = step_table_find(&steps_table, "tx-measure", NULL);
	const struct step_def *direct = step_table_find(&steps_table, "tx-measure-direct", NULL);

	g_assert_true(through->needs_fibre);
	g_assert_false(direct->needs_fibre);
	for (guint i = 0; i < steps_table.n; i++)
		g_assert_true(steps_table.steps[i] == through ||
		              !steps_table.steps[i]->needs_fibre);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/tx-path/expanded", test_expanded);
	g_test_add_func("/tx-path/fibre", test_fibre);
	return g_test_run();
}

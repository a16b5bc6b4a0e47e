/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/causes.h"
#include "station/store/query.h"

static void add(GPtrArray *stored, const char *step, const char *measurement, guint count)
{
	struct store_cause *cause = g_new0(struct store_cause, 1);

	*cause = (struct store_cause){(char *)step, (char *)measurement, VERDICT_FAIL, count};
	g_ptr_array_add(stored, cause);
}

static void assert_line(const GArray *causes, guint i, const char *what, guint count)
{
	const struct desk_cause *line = &g_array_index(causes, struct desk_cause, i);

	g_assert_cmpstr(line->what, ==, what);
	g_assert_cmpuint(line->count, ==, count);
}

static void test_one_value(void)
{
	g_autoptr(GPtrArray) stored = g_ptr_array_new_with_free_func(g_free);

	add(stored, "identify", "", 3);
	add(stored, "tx-calibrate", "tx_er", 2);
	add(stored, "tx-measure", "tx_er", 2);
	add(stored, "rx-waterfall", "rx_sensitivity", 1);
	g_autoptr(GArray) causes = causes_new(stored);
	g_assert_cmpuint(causes->len, ==, 3);
	assert_line(causes, 0, "tx_er", 4);
	assert_line(causes, 1, "identify", 3);
	assert_line(causes, 2, "rx_sensitivity", 1);
}

static void test_none(void)
{
	g_autoptr(GArray) causes = causes_new(NULL);

	g_assert_cmpuint(causes->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/causes/one-value", test_one_value);
	g_test_add_func("/operator/causes/none", test_none);
	return g_test_run();
}

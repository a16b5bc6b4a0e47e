/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/suggest.h"

static const char *const keys[] = {"voltage", "current", "wavelength", "x",
                                   "settle",  "sites",   NULL};

static void test_nearest(void)
{
	static const struct {
		const char *word, *nearest;
	} rows[] = {
		{"voltage", "voltage"},
		{"voltge", "voltage"},
		{"votlage", "voltage"},
		{"VOLTAGE", "voltage"},
		{"curent", "current"},
		{"currents", "current"},
		{"wavelegnth", "wavelength"},
		{"wave", NULL},
		{"y", "x"},
		{"", NULL},
		{"power", NULL},
		{"voltageeeeee", NULL},
		{"site", "sites"},
		{"setle", "settle"},
		{"sties", "sites"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(suggest_nearest(rows[i].word, keys), ==, rows[i].nearest);
}

static void test_ties_and_none(void)
{
	static const char *const same[] = {"lane1", "lane2", NULL};
	static const char *const none[] = {NULL};
	g_assert_true(suggest_nearest("lane3", same) == same[0]);
	g_assert_true(suggest_nearest("lane2", same) == same[1]);
	g_assert_null(suggest_nearest("lane", none));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/suggest/nearest", test_nearest);
	g_test_add_func("/base/suggest/ties_and_none", test_ties_and_none);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/registry.h"
#include "instruments/roster.h"

static const char *const makers[] = {"Acme", "Old Acme", NULL};
static const struct instrument_model models[] = {{.model = "AB-12*"}, {.model = "X 100"}};
static const struct instrument_roster roster = {makers, models, G_N_ELEMENTS(models)};

static const struct {
	const char *maker, *model;
	int row; /* -1: none */
} rows[] = {
	{"Acme", "X100", 1},       {"ACME Instruments", "x-100", 1},
	{"Old Acme", "ab12 c", 0}, {"Acme", "AB1", -1},
	{"Acme", "X1000", -1},     {"Acm", "X100", -1},
	{"The Acme", "X100", -1},  {"", "X100", -1},
	{"Acme", "", -1},
};

static void test_find(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_true(roster_find(&roster, rows[i].maker, rows[i].model) ==
		              (rows[i].row < 0 ? NULL : &models[rows[i].row]));
}

/* Every row of every driver is found by the first of its makers. */
static void test_drivers(void)
{
	const struct instrument_driver *const *drivers = registry_drivers();

	for (guint i = 0; drivers[i]; i++) {
		for (gsize j = 0; j < drivers[i]->n_models && !drivers[i]->own_roster; j++) {
			g_autoptr(GPtrArray) found_models = NULL;
			g_autoptr(GPtrArray) found =
				roster_drivers(drivers[i]->makers[0], drivers[i]->models[j].model,
			                       &found_models);
			guint at = 0;
			g_assert_cmpuint(found_models->len, ==, found->len);
			g_assert_true(g_ptr_array_find(found, drivers[i], &at));
			g_assert_true(found_models->pdata[at] == &drivers[i]->models[j]);
		}
	}
	g_autoptr(GPtrArray) none = roster_drivers("Acme", "N7744A", NULL);
	g_assert_cmpuint(none->len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/roster/find", test_find);
	g_test_add_func("/roster/drivers", test_drivers);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/dut.h"
#include "bench/world.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define UNITS 2000

static const struct defect_set sound;

static void make(struct dut *dut, guint i, double width)
{
	g_autofree char *serial = g_strdup_printf("P%u", i);

	dut_init_wide(dut, world_model_at(0), 5, serial, &sound, width);
}

/* Spread of a parameter over many units. */
static double spread_of_slope(double width)
{
	double sum = 0, square = 0;

	for (guint i = 0; i < UNITS; i++) {
		struct dut dut;
		make(&dut, i, width);
		double slope = dut.lanes[0].slope_w_per_a;
		sum += slope;
		square += slope * slope;
	}
	return sqrt(square / UNITS - sum / UNITS * (sum / UNITS));
}

static void test_width(void)
{
	struct dut usual, same;

	make(&usual, 1, 1);
	dut_init(&same, world_model_at(0), 5, "P1", &sound);
	g_assert_cmpmem(&usual, sizeof usual, &same, sizeof same);
	double once = spread_of_slope(1);
	g_assert_cmpfloat_with_epsilon(spread_of_slope(2) / once, 2, 1e-6);
}

/* What is worse is one thing, by any amount, and follows from seed and serial number. */
static void test_degrade(void)
{
	g_autoptr(GHashTable) kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint worse = 0, slight = 0;

	for (guint i = 0; i < UNITS; i++) {
		g_autofree char *serial = g_strdup_printf("P%u", i);
		struct dut dut, again, before;
		make(&dut, i, 1);
		again = before = dut;
		g_autofree char *said = dut_degrade(&dut, 5, serial, 0.3);
		g_autofree char *once_more = dut_degrade(&again, 5, serial, 0.3);
		g_assert_cmpstr(said, ==, once_more);
		g_assert_cmpmem(&dut, sizeof dut, &again, sizeof again);
		if (!said) {
			g_assert_cmpmem(&dut, sizeof dut, &before, sizeof before);
			continue;
		}
		char kind[32];
		double amount;
		g_assert_cmpint(sscanf(said, "%31s %lf", kind, &amount), ==, 2);
		worse++;
		slight += fabs(amount) < 0.25;
		g_hash_table_add(kinds, g_strdup(kind));
	}
	g_assert_cmpfloat_with_epsilon((double)worse / UNITS, 0.3, 0.04);
	g_assert_cmpfloat_with_epsilon((double)slight / worse, 0.25, 0.07);
	g_assert_cmpuint(g_hash_table_size(kinds), ==, 19);
}

/* Nobody is made worse when nobody asks for it, and everybody when all are to be. */
static void test_rates(void)
{
	for (guint i = 0; i < 50; i++) {
		g_autofree char *serial = g_strdup_printf("P%u", i);
		struct dut dut;
		make(&dut, i, 1);
		g_assert_null(dut_degrade(&dut, 5, serial, 0));
		g_autofree char *said = dut_degrade(&dut, 5, serial, 1);
		g_assert_nonnull(said);
	}
}

static void test_truth_between(void)
{
	struct world *world = world_new(1, 5, 1000);
	struct world_truth truth = {0};
	struct world_truth_corner at;

	world_set_population(world, 1, 1);
	g_assert_true(world_insert(world, 0, "P1", NULL, NULL));
	struct world_unit *unit = world_unit(world, 0);
	world_truth(world, unit, &truth);
	g_assert_nonnull(truth.degraded);
	for (int i = 0; i < WORLD_CORNERS; i++) {
		const struct world_truth_corner *corner = &truth.corners[i];
		world_truth_at(world, unit, corner->case_degc, &at);
		g_assert_cmpfloat(at.lanes[0].oma_dbm, ==, corner->lanes[0].oma_dbm);
		g_assert_cmpfloat(at.lanes[0].er_db, ==, corner->lanes[0].er_db);
		g_assert_cmpfloat(at.temp_error_degc, ==, corner->temp_error_degc);
		g_assert_true(isnan(at.lanes[0].tdecq_db));
	}
	world_truth_at(world, unit, 40, &at);
	g_assert_cmpfloat(at.case_degc, ==, 40);
	g_assert_cmpfloat(at.lanes[0].oma_dbm, <,
	                  truth.corners[WORLD_CORNER_COLD].lanes[0].oma_dbm);
	g_assert_cmpfloat(at.lanes[0].oma_dbm, >, truth.corners[WORLD_CORNER_HOT].lanes[0].oma_dbm);
	world_truth_clear(&truth);
	world_free(world);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/population/width", test_width);
	g_test_add_func("/bench/population/degrade", test_degrade);
	g_test_add_func("/bench/population/rates", test_rates);
	g_test_add_func("/bench/population/truth-between", test_truth_between);
	return g_test_run();
}

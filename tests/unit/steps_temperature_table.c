/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/temperature_table.h"

#include "base/error.h"

#include <math.h>

/* A laser as data sheets of EMLs have it. */
static double threshold_at(double degc)
{
	return 10.5e-3 * exp((degc - 18) / 60);
}

static double slope_at(double degc)
{
	return 0.063 * exp(-(degc - 18) / 150);
}

static double bias_at(double degc)
{
	double over_a = 1.6e-3 / slope_at(degc);

	return threshold_at(degc) + over_a * (1 + over_a / 0.40); /* it rolls over a little */
}

static struct temperature_table_point point_at(double degc, gboolean known)
{
	return (struct temperature_table_point){
		.degc = degc,
		.value = bias_at(degc),
		.threshold_a = known ? threshold_at(degc) : NAN,
		.slope_w_per_a = known ? slope_at(degc) : NAN,
	};
}

static void fill(const double *degc, guint n, gboolean known, struct temperature_table *table)
{
	struct temperature_table_point points[TEMPERATURE_TABLE_POINTS];
	GError *error = NULL;

	for (guint i = 0; i < n; i++)
		points[i] = point_at(degc[i], known);
	g_assert_true(temperature_table_fill(points, n, TEMPERATURE_TABLE_BIAS, 0, 10, 8, 5, table,
	                                     &error));
	g_assert_no_error(error);
}

/* Largest error of the light in dB that the entries make. */
static double worst_db(const struct temperature_table *table)
{
	double worst = 0;

	for (guint i = 0; i < table->n; i++) {
		double degc = table->degc[i];
		double light = (table->value[i] - threshold_at(degc)) * slope_at(degc);
		double wanted = (bias_at(degc) - threshold_at(degc)) * slope_at(degc);
		worst = fmax(worst, fabs(10 * log10(light / wanted)));
	}
	return worst;
}

/* Three temperatures in any order are enough where the laser is known, and nearly where not. */
static void test_laser(void)
{
	static const double three[] = {70, 0, 25}, two[] = {0, 70};
	struct temperature_table table;

	fill(three, 3, TRUE, &table);
	g_assert_cmpint(table.law, ==, TEMPERATURE_TABLE_BIAS);
	g_assert_true(table.monotonic);
	g_assert_cmpuint(table.n_held, ==, 0);
	g_assert_cmpfloat(worst_db(&table), <, 0.01);
	g_assert_cmpfloat(table.omitted_max, <, 0.01);
	fill(three, 3, FALSE, &table);
	g_assert_cmpint(table.law, ==, TEMPERATURE_TABLE_PLAIN);
	g_assert_cmpfloat(worst_db(&table), <, 0.3);
	g_assert_cmpfloat(worst_db(&table), >, 0.01);
	fill(two, 2, TRUE, &table);
	g_assert_cmpfloat(worst_db(&table), <, 0.05);
	g_assert_true(isnan(table.omitted_max));
}

static void test_through_points(void)
{
	static const double degc[] = {0, 30, 70};
	struct temperature_table table;

	fill(degc, 3, TRUE, &table);
	g_assert_cmpfloat_with_epsilon(table.value[0], bias_at(0), 1e-12);
	g_assert_cmpfloat_with_epsilon(table.value[3], bias_at(30), 1e-12);
	g_assert_cmpfloat_with_epsilon(table.value[7], bias_at(70), 1e-12);
}

/* Beyond the points the law goes on for a while, then the value is held, and told. */
static void test_beyond(void)
{
	static const double degc[] = {22, 35, 48};
	struct temperature_table table;

	fill(degc, 3, TRUE, &table);
	g_assert_cmpuint(table.n_held, ==, 4); /* 0, 10, 60, 70 */
	g_assert_cmpfloat(table.value[0], ==, table.value[1]);
	g_assert_cmpfloat(table.value[6], ==, table.value[7]);
	g_assert_cmpfloat(fabs(table.value[5] / bias_at(50) - 1), <, 0.002);
}

static void test_not_monotonic(void)
{
	struct temperature_table_point points[] = {{0, 1.2, NAN, NAN},
	                                           {25, 1.1, NAN, NAN},
	                                           {70, 1.3, NAN, NAN}};
	struct temperature_table table;

	g_assert_true(temperature_table_fill(points, 3, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0,
	                                     &table, NULL));
	g_assert_false(table.monotonic);
	g_assert_cmpfloat(table.omitted_max, >, 0.1);
}

/* Where a cooler holds the laser the search's noise is all there is. */
static void test_still(void)
{
	struct temperature_table_point points[] = {{0, 0.0500, NAN, NAN},
	                                           {25, 0.0502, NAN, NAN},
	                                           {70, 0.0499, NAN, NAN}};
	struct temperature_table table;

	g_assert_true(temperature_table_fill(points, 3, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0,
	                                     &table, NULL));
	g_assert_true(table.monotonic);
	points[1].value = 0.0525;
	g_assert_true(temperature_table_fill(points, 3, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0,
	                                     &table, NULL));
	g_assert_false(table.monotonic);
}

/* What is not near in any measure is not left out of the worst. */
static void test_omitted_zero(void)
{
	struct temperature_table_point points[] = {{0, 1, NAN, NAN},
	                                           {25, 0, NAN, NAN},
	                                           {50, 1, NAN, NAN},
	                                           {70, 1, NAN, NAN}};
	struct temperature_table table;

	g_assert_true(temperature_table_fill(points, 4, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0,
	                                     &table, NULL));
	g_assert_true(isinf(table.omitted_max));
	for (guint i = 0; i < G_N_ELEMENTS(points); i++)
		points[i].value = 0;
	g_assert_true(temperature_table_fill(points, 4, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0,
	                                     &table, NULL));
	g_assert_cmpfloat(table.omitted_max, ==, 0);
}

/* As many entries as a page holds are more than a table here. */
static void test_entries(void)
{
	struct temperature_table_point points[] = {{0, 1, NAN, NAN}, {70, 2, NAN, NAN}};
	struct temperature_table table;
	GError *error = NULL;

	g_assert_true(temperature_table_fill(points, 2, TEMPERATURE_TABLE_PLAIN, 0, 2,
	                                     TEMPERATURE_TABLE_ENTRIES, 0, &table, &error));
	g_assert_no_error(error);
	g_assert_false(temperature_table_fill(points, 2, TEMPERATURE_TABLE_PLAIN, 0, 2,
	                                      TEMPERATURE_TABLE_ENTRIES + 1, 0, &table, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
}

static void test_refused(void)
{
	struct temperature_table_point none[] = {{0, 1, NAN, NAN}, {25, NAN, NAN, NAN}};
	struct temperature_table_point same[] = {{25, 1, NAN, NAN}, {25, 2, NAN, NAN}};
	struct temperature_table table;
	GError *error = NULL;

	g_assert_false(temperature_table_fill(none, 2, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0, &table,
	                                      &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_assert_false(temperature_table_fill(none, 1, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0, &table,
	                                      &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_assert_false(temperature_table_fill(same, 2, TEMPERATURE_TABLE_PLAIN, 0, 10, 8, 0, &table,
	                                      &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/steps/temperature-table/laser", test_laser);
	g_test_add_func("/steps/temperature-table/through-points", test_through_points);
	g_test_add_func("/steps/temperature-table/beyond", test_beyond);
	g_test_add_func("/steps/temperature-table/not-monotonic", test_not_monotonic);
	g_test_add_func("/steps/temperature-table/still", test_still);
	g_test_add_func("/steps/temperature-table/omitted-zero", test_omitted_zero);
	g_test_add_func("/steps/temperature-table/entries", test_entries);
	g_test_add_func("/steps/temperature-table/refused", test_refused);
	return g_test_run();
}

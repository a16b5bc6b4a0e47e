/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/cmis/cmis_vdm.h"
#include "tests/bench/module_bed.h"

#include <math.h>

/* The fixture's diagnostics on the simulated modules: each typed the page for itself. */

#define LANES 0x0F

static void bring_up(struct bed *bed, guint application)
{
	g_autoptr(GError) error = NULL;

	module_bring_up(bed->module, application, NULL, &bed->bounds, &error);
	g_assert_no_error(error);
}

static void light(struct bed *bed, double db)
{
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		world_set_ppg(bed->world, 0, lane, TRUE);
		world_set_attenuator(bed->world, 0, lane, db, TRUE);
	}
	world_set_ppg_global(bed->world, 0, TRUE);
	sim_module_tick(bed->sim);
}

static void count(struct bed *bed, enum cmis_side side, guint8 lanes,
                  struct cmis_error_count counts[CMIS_MAX_LANES])
{
	g_autoptr(GError) error = NULL;

	cmis_checker_count(module_memory(bed->module), side, CMIS_PATTERN_PRBS31Q, lanes, 2, counts,
	                   &bed->bounds, &error);
	g_assert_no_error(error);
}

/* Ratios of the counts are those of the light, and of the module's own register. */
static void test_media(void)
{
	struct bed *bed = bed_new("dr4", "");
	struct cmis_error_count counts[CMIS_MAX_LANES];
	struct world_analog analog;

	bring_up(bed, 1);
	light(bed, 8.5);
	count(bed, CMIS_MEDIA, LANES, counts);
	world_analog(bed->world, 0, &analog);
	for (guint lane = 0; lane < 4; lane++) {
		double ratio = (double)counts[lane].errors / (double)counts[lane].bits;
		double scatter = sqrt((double)counts[lane].errors) / (double)counts[lane].bits;

		g_test_message("lane %u: %g, %g", lane + 1, ratio, analog.rx_ber[lane]);
		g_assert_true(counts[lane].locked);
		/* the case warms up meanwhile */
		g_assert_cmpfloat(fabs(ratio - analog.rx_ber[lane]), <, 6 * scatter + 0.05 * ratio);
		g_assert_cmpfloat(fabs(counts[lane].ber - ratio), <, 0.005 * ratio);
		g_assert_cmpfloat_with_epsilon((double)counts[lane].bits, 5 * 106.25e9, 1e9);
	}
	g_assert_cmpuint(counts[4].bits, ==, 0);
	bed_free(bed);
}

/* Darkness, and the other pattern, have no lock; a loopback brings the module's own. */
static void test_lock(void)
{
	struct bed *bed = bed_new("dr4", "");
	struct cmis_memory *memory = module_memory(bed->module);
	struct cmis_error_count counts[CMIS_MAX_LANES];
	g_autoptr(GError) error = NULL;

	bring_up(bed, 1);
	count(bed, CMIS_MEDIA, LANES, counts);
	for (guint lane = 0; lane < 4; lane++)
		g_assert_false(counts[lane].locked);
	g_assert_true(
		cmis_loopback_set(memory, CMIS_LOOPBACK_MEDIA_OUTPUT, LANES, &bed->bounds, &error));
	g_assert_true(cmis_pattern_start(memory, CMIS_MEDIA, CMIS_GENERATOR, CMIS_PATTERN_PRBS31Q,
	                                 0x07, &bed->bounds, &error));
	count(bed, CMIS_MEDIA, LANES, counts);
	for (guint lane = 0; lane < 4; lane++) {
		g_assert_cmpint(counts[lane].locked, ==, lane < 3);
		g_assert_cmpuint(counts[lane].errors, ==, 0);
	}
	g_assert_false(
		cmis_loopback_set(memory, CMIS_LOOPBACK_HOST_INPUT, 0x01, &bed->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	g_assert_true(
		cmis_loopback_set(memory, CMIS_LOOPBACK_MEDIA_OUTPUT, 0, &bed->bounds, &error));
	bed_free(bed);
}

static void test_host(void)
{
	struct bed *bed = bed_new("osfp-dr4", "");
	struct cmis_error_count counts[CMIS_MAX_LANES];
	double snr_db[CMIS_MAX_LANES];
	g_autoptr(GError) error = NULL;

	bring_up(bed, 1);
	light(bed, 8.5);
	count(bed, CMIS_HOST, LANES, counts);
	for (guint lane = 0; lane < 4; lane++) {
		g_assert_true(counts[lane].locked);
		g_assert_cmpuint(counts[lane].errors, ==, 0);
	}
	cmis_snr_read(module_memory(bed->module), CMIS_HOST, snr_db, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(snr_db[3], ==, 22);
	g_assert_cmpfloat(snr_db[4], ==, 0);
	bed_free(bed);
}

static const struct cmis_vdm_item *item_of(const struct cmis_vdm *vdm, const char *name, guint lane)
{
	for (guint i = 0; i < vdm->n; i++)
		if (vdm->items[i].type && g_str_equal(vdm->items[i].type->name, name) &&
		    vdm->items[i].lane == lane)
			return &vdm->items[i];
	g_error("no %s of lane %u", name, lane);
}

/* Of the light since the release, with the module's own thresholds and flags. */
static void test_vdm(void)
{
	struct bed *bed = bed_new("lr4-6", "");
	struct cmis_memory *memory = module_memory(bed->module);
	g_autofree struct cmis_vdm *vdm = g_new0(struct cmis_vdm, 1);
	struct world_analog analog;
	g_autoptr(GError) error = NULL;

	bring_up(bed, 1);
	cmis_vdm_read(memory, vdm, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(vdm->n, ==, 5 * 4 + 8 + 4);
	g_assert_cmpfloat(vdm->interval_s, ==, 1);
	cmis_vdm_sample(memory, vdm, &bed->bounds, &error);
	g_assert_no_error(error);
	/* in the dark: below both of its low limits */
	g_assert_cmphex(item_of(vdm, "snr_media", 1)->flags, ==, 0xA);
	g_assert_cmpfloat(item_of(vdm, "snr_media", 1)->thresholds[1], ==, 14);
	light(bed, 6);
	g_assert_true(clock_sleep_s(0.5, &bed->bounds, &error));
	cmis_vdm_sample(memory, vdm, &bed->bounds, &error);
	g_assert_true(clock_sleep_s(1, &bed->bounds, &error));
	cmis_vdm_sample(memory, vdm, &bed->bounds, &error);
	g_assert_no_error(error);
	world_analog(bed->world, 0, &analog);
	for (guint lane = 1; lane <= 4; lane++) {
		double ber = analog.rx_ber[lane - 1];

		g_assert_cmpfloat(fabs(item_of(vdm, "ber_media", lane)->value / ber - 1), <, 0.2);
		g_assert_cmpfloat(fabs(item_of(vdm, "ber_mean_media", lane)->value / ber - 1), <,
		                  0.2);
		g_assert_cmpfloat(item_of(vdm, "ber_min_media", lane)->value, <=,
		                  item_of(vdm, "ber_max_media", lane)->value);
		g_assert_cmpfloat(item_of(vdm, "laser_temperature", lane)->value, ==, 45);
	}
	bed_free(bed);
}

static void test_without(void)
{
	struct bed *bed = bed_new("sr4", "");
	struct cmis_error_count counts[CMIS_MAX_LANES];
	double snr_db[CMIS_MAX_LANES];
	g_autoptr(GError) error = NULL;

	bring_up(bed, 1);
	g_assert_false(cmis_checker_count(module_memory(bed->module), CMIS_MEDIA,
	                                  CMIS_PATTERN_PRBS31Q, LANES, 2, counts, &bed->bounds,
	                                  &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	g_assert_false(cmis_snr_read(module_memory(bed->module), CMIS_MEDIA, snr_db, &bed->bounds,
	                             &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	bed_free(bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/diagnostics/media", test_media);
	g_test_add_func("/diagnostics/lock", test_lock);
	g_test_add_func("/diagnostics/host", test_host);
	g_test_add_func("/diagnostics/vdm", test_vdm);
	g_test_add_func("/diagnostics/without", test_without);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_module_bed.h"

#include <math.h>
#include <string.h>

/* ---- flags ---- */

static void test_flags(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	g_assert_false(sim_module_int_l(bed.module)); /* arrived in ModuleLowPwr */
	g_assert_cmphex(get1(&bed, 3) & 1, ==, 0);
	g_assert_cmphex(get1(&bed, 8), ==, 0x01);
	g_assert_cmphex(get1(&bed, 8), ==, 0x00);
	g_assert_true(sim_module_int_l(bed.module));
	g_assert_cmphex(get1(&bed, 3) & 1, ==, 1);
	put1(&bed, 31, 0x01); /* masked: a flag, but no interrupt */
	put(&bed, 32, (const guint8[]){0xff, 0xff, 0xff}, 3);
	page(&bed, 0x10);
	for (guint i = 0; i < 20; i++)
		put1(&bed, (guint8)(213 + i), 0xff);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	advance(&bed, 10);
	g_assert_true(sim_module_int_l(bed.module));
	g_assert_cmphex(get1(&bed, 4) & 1, ==, 1);
	g_assert_cmphex(get1(&bed, 8), ==, 0x01);
	page(&bed, 0x10);
	put1(&bed, 213, 0x00);
	g_assert_false(sim_module_int_l(bed.module));
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 134), ==, 0xff);
	g_assert_cmphex(get1(&bed, 134), ==, 0x00);
	g_assert_true(sim_module_int_l(bed.module));
	/* Rx LOS is still true: it comes back after each read. */
	g_assert_cmphex(get1(&bed, 147), ==, 0x0f);
	g_assert_cmphex(get1(&bed, 147), ==, 0x0f);
	bed_done(&bed);
}

/* ---- maker's pages ---- */

static void test_password(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 128), ==, 0);
	put2(&bed, 128, 3000);
	unlock(&bed);
	g_assert_cmpuint(get2(&bed, 128), ==, 2000); /* the write was refused */
	g_assert_cmpuint(get2(&bed, 122), ==, 0);    /* passwords cannot be read */
	put2(&bed, 128, 3000);
	g_assert_cmpuint(get2(&bed, 128), ==, 3000);
	put(&bed, 122, (const guint8[]){0xa5, 0xc3, 0xf0, 0x1f}, 4);
	g_assert_cmpuint(get2(&bed, 128), ==, 0);
	unlock(&bed);
	g_assert_cmpuint(get2(&bed, 128), ==, 3000);
	bed_done(&bed);
}

static void test_ranges(void)
{
	static const struct {
		guint8 byte;
		guint width;
		int bad[2];
		int good[2];
		int standard;
	} rows[] = {
		{128, 2, {6001, 65535}, {0, 6000}, 2000}, {142, 2, {3001, 65535}, {0, 3000}, 1200},
		{146, 2, {199, 2501}, {200, 2500}, 1000}, {152, 1, {-33, 33}, {-32, 32}, 0},
		{159, 1, {-33, 127}, {-32, 32}, 0},       {161, 1, {-65, 65}, {-64, 64}, 0},
	};
	struct bed bed = bed_new("");
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb0);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (guint k = 0; k < 4; k++) {
			int old = k < 2 ? rows[i].standard : rows[i].good[k - 2];
			int value = k < 2 ? rows[i].bad[k] : rows[i].good[k - 2];
			if (rows[i].width == 2)
				put2(&bed, rows[i].byte, (guint16)value);
			else
				put1(&bed, rows[i].byte, (guint8)value);
			int read = rows[i].width == 2 ? get2(&bed, rows[i].byte)
			                              : (gint8)get1(&bed, rows[i].byte);
			g_assert_cmpint(read, ==, old);
		}
	}
	/* One bad value in a WRITE does not take its neighbours with it. */
	put(&bed, 128, (const guint8[]){0x03, 0xe8, 0xff, 0xff, 0x07, 0xd1, 0x00, 0x00}, 8);
	g_assert_cmpuint(get2(&bed, 128), ==, 1000);
	g_assert_cmpuint(get2(&bed, 130), ==, 2000);
	g_assert_cmpuint(get2(&bed, 132), ==, 2001);
	g_assert_cmpuint(get2(&bed, 134), ==, 0);
	bed_done(&bed);
}

static void test_commit(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb0);
	put2(&bed, 128, 2222);
	cycle(&bed);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 128), ==, 2000); /* never committed */
	put2(&bed, 130, 2345);
	page(&bed, 0xb1);
	put2(&bed, 136, (guint16)-120);
	put2(&bed, 200, 0xca1b);
	put1(&bed, 254, 0x02); /* means nothing */
	g_assert_cmphex(get1(&bed, 255), ==, 0x00);
	put1(&bed, 254, 0x01);
	g_assert_cmphex(get1(&bed, 255), ==, 0x01);
	advance(&bed, MODULE_COMMIT_S / 2);
	cycle(&bed); /* power lost in the middle: the first page is stored, half of the second */
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 130), ==, 2345);
	page(&bed, 0xb1);
	g_assert_cmphex(get2(&bed, 136), ==, (guint16)-120);
	g_assert_cmphex(get2(&bed, 200), ==, 0xffff); /* erased */
	g_assert_cmphex(get1(&bed, 255), ==, 0x80);
	page(&bed, 0xb0);
	put2(&bed, 130, 2345);
	page(&bed, 0xb1);
	put2(&bed, 136, (guint16)-120);
	put2(&bed, 200, 0xca1b);
	put1(&bed, 254, 0x01);
	advance(&bed, MODULE_COMMIT_S + 0.001);
	g_assert_cmphex(get1(&bed, 255), ==, 0x00);
	cycle(&bed);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 130), ==, 2345);
	page(&bed, 0xb1);
	g_assert_cmpint((gint16)get2(&bed, 136), ==, -120);
	g_assert_cmphex(get2(&bed, 200), ==, 0xca1b);
	g_assert_cmphex(get2(&bed, 254), ==, 0x0000);
	bed_done(&bed);
}

/* What was committed, and nothing else, is what the world judges the unit by. */
static void test_commit_is_told(void)
{
	struct bed bed = bed_new("");
	struct world_truth before = {0};
	struct world_truth after = {0};
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb1);
	put2(&bed, 128, 16384); /* tx_mon_slope of lane 1: twice the factory's */
	put2(&bed, 200, 0xca1b);
	world_truth(bed.world, bed.module->unit, &before);
	put1(&bed, 254, 0x01);
	advance(&bed, MODULE_COMMIT_S + 0.001);
	world_truth(bed.world, bed.module->unit, &after);
	g_assert_false(before.calibrated);
	g_assert_true(after.calibrated);
	double change_db = after.lanes[0].tx_monitor_error_db - before.lanes[0].tx_monitor_error_db;
	g_assert_cmpfloat(change_db, >, 2.0);
	g_assert_cmpfloat_with_epsilon(after.lanes[1].tx_monitor_error_db,
	                               before.lanes[1].tx_monitor_error_db, 1e-9);
	world_truth_clear(&before);
	world_truth_clear(&after);
	bed_done(&bed);
}

static void test_commit_fails_when_supply_is_low(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	unlock(&bed);
	world_set_supply(bed.world, 0, 2.95, 5.0, TRUE);
	page(&bed, 0xb1);
	put1(&bed, 254, 0x01);
	g_assert_cmphex(get1(&bed, 255), ==, 0x80);
	world_set_supply(bed.world, 0, 3.3, 5.0, TRUE);
	put1(&bed, 254, 0x01);
	g_assert_cmphex(get1(&bed, 255), ==, 0x01);
	bed_done(&bed);
}

static void test_constants_stay_with_the_unit(void)
{
	g_autoptr(GError) error = NULL;
	struct bed bed = bed_new("");
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb0);
	put2(&bed, 128, 2500);
	page(&bed, 0xb1);
	put1(&bed, 254, 0x01);
	advance(&bed, MODULE_COMMIT_S + 0.001);
	for (guint i = 0; i < 2; i++) {
		world_remove(bed.world, 0, &error);
		g_assert_no_error(error);
		sim_module_tick(bed.module);
		g_assert_false(sim_module_present(bed.module));
		world_insert(bed.world, 0, i == 0 ? "VB0002" : "VB0001", "", &error);
		g_assert_no_error(error);
		sim_module_tick(bed.module); /* a hot plug */
		advance(&bed, MODULE_MGMT_INIT_S + 0.001);
		unlock(&bed);
		page(&bed, 0xb0);
		g_assert_cmpuint(get2(&bed, 128), ==, i == 0 ? 2000 : 2500);
	}
	bed_done(&bed);
}

/* ---- light and monitors ---- */

static void test_light_follows(void)
{
	struct bed bed = bed_new("");
	activate(&bed);
	/* Nothing drives the host side: squelched until the generator sends. */
	g_assert_cmpfloat(light(&bed, 0), ==, 0.0);
	sends_sspr(&bed);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		g_assert_cmpfloat(light(&bed, lane), >, 50e-6);
	put1(&bed, 156, 0xc7); /* pattern 7 is not offered */
	g_assert_cmphex(get1(&bed, 156), ==, 0xcc);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 133), ==, 0x0f);
	page(&bed, 0x10);
	put1(&bed, 130, 0x02);
	g_assert_cmpfloat(light(&bed, 1), ==, 0.0);
	put1(&bed, 130, 0x00);
	advance(&bed, 1);
	g_assert_cmpfloat(light(&bed, 1), >, 50e-6);
	unlock(&bed);
	page(&bed, 0xb0);
	put2(&bed, 130, 0); /* no laser current */
	double dim_w = light(&bed, 1);
	g_assert_cmpfloat(dim_w, <, 5e-6);
	page(&bed, 0x13);
	put1(&bed, 152, 0x0e);
	g_assert_cmpfloat(light(&bed, 0), ==, 0.0);
	world_set_ppg(bed.world, 0, 0, TRUE);
	world_set_ppg_global(bed.world, 0, TRUE);
	advance(&bed, 0.1);
	g_assert_cmpfloat(light(&bed, 0), >, 50e-6);
	page(&bed, 0x13);
	put1(&bed, 152, 0x0f);
	supply(&bed, FALSE);
	supply(&bed, TRUE);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		g_assert_cmpfloat(light(&bed, lane), ==, 0.0);
	advance(&bed, 10);
	g_assert_cmpfloat(light(&bed, 0), >, 50e-6); /* LPMode is low: it comes up by itself */
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, FALSE);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		g_assert_cmpfloat(light(&bed, lane), ==, 0.0);
	bed_done(&bed);
}

static void lit_receiver(struct bed *bed, double db)
{
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		world_set_ppg(bed->world, 0, lane, TRUE);
		world_set_attenuator(bed->world, 0, lane, db, TRUE);
	}
	world_set_ppg_global(bed->world, 0, TRUE);
	advance(bed, 0.1);
}

static void test_monitors(void)
{
	struct bed bed = bed_new("");
	activate(&bed);
	sends_sspr(&bed);
	lit_receiver(&bed, 3.0);
	unlock(&bed);
	page(&bed, 0xb1);
	put2(&bed, 130, 9000);
	put2(&bed, 138, (guint16)-77);
	put2(&bed, 148, 7000);
	put2(&bed, 156, 55);
	put2(&bed, 160, (guint16)(-2 * 256));
	put2(&bed, 162, 150);
	double tx = 9000 / 8192.0 * get2(&bed, 182) - 77;
	double rx = 7000 / 8192.0 * get2(&bed, 192) + 55;
	int temp = (gint16)get2(&bed, 196) - 2 * 256;
	guint vcc = get2(&bed, 198) + 150u;
	/* No time has passed: the same sample. */
	page(&bed, 0x11);
	g_assert_cmpuint(get2(&bed, 156), ==, (guint)lround(tx));
	g_assert_cmpuint(get2(&bed, 190), ==, (guint)lround(rx));
	g_assert_cmpuint(get2(&bed, 162), ==, 0); /* lane 5 */
	g_assert_cmpint((gint16)get2(&bed, 14), ==, temp);
	g_assert_cmpuint(get2(&bed, 16), ==, vcc);
	g_assert_cmpfloat(temp / 256.0, >, 10);
	g_assert_cmpfloat(temp / 256.0, <, 70);
	g_assert_cmpfloat_with_epsilon(vcc * 100e-6, 3.3, 0.2);
	double bias_a = get2(&bed, 170) * 2e-6;
	g_assert_cmpfloat_with_epsilon(bias_a, 0.040, 0.002);
	bed_done(&bed);
}

static void test_los(void)
{
	struct bed bed = bed_new("");
	activate(&bed);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 147), ==, 0x0f);
	g_assert_cmphex(get1(&bed, 132), ==, 0x00); /* squelched */
	lit_receiver(&bed, 0.0);
	get1(&bed, 147);
	g_assert_cmphex(get1(&bed, 147), ==, 0x00);
	g_assert_cmphex(get1(&bed, 132), ==, 0xff);
	unlock(&bed);
	page(&bed, 0xb1);
	guint16 raw = get2(&bed, 188);
	g_assert_cmpuint(raw, >, 2000);
	put2(&bed, 172, (guint16)(raw + 2000)); /* hysteresis: it was gone, and stays gone */
	put2(&bed, 164, (guint16)(raw - 1000));
	advance(&bed, 0.1);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 147), ==, 0x00);
	page(&bed, 0xb1);
	put2(&bed, 164, (guint16)(raw + 1000));
	advance(&bed, 0.1);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 147), ==, 0x01);
	g_assert_cmphex(get1(&bed, 132), ==, 0xfc);
	page(&bed, 0xb1);
	put2(&bed, 164, (guint16)(raw - 1000)); /* below the raw value, but it must pass 172 */
	advance(&bed, 0.1);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 147), ==, 0x01);
	page(&bed, 0x10);
	put1(&bed, 139, 0x03); /* squelch disabled: the outputs come back */
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 132), ==, 0xff);
	bed_done(&bed);
}

static void test_dead_lane_fails(void)
{
	struct bed bed = bed_new("dead-lane:3");
	activate(&bed);
	sends_sspr(&bed);
	advance(&bed, 0.1);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 135), ==, 0x04);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/module/flags", test_flags);
	g_test_add_func("/module/vendor/password", test_password);
	g_test_add_func("/module/vendor/ranges", test_ranges);
	g_test_add_func("/module/vendor/commit", test_commit);
	g_test_add_func("/module/vendor/told", test_commit_is_told);
	g_test_add_func("/module/vendor/low-supply", test_commit_fails_when_supply_is_low);
	g_test_add_func("/module/vendor/with-the-unit", test_constants_stay_with_the_unit);
	g_test_add_func("/module/light", test_light_follows);
	g_test_add_func("/module/monitors", test_monitors);
	g_test_add_func("/module/los", test_los);
	g_test_add_func("/module/dead-lane", test_dead_lane_fails);
	return g_test_run();
}

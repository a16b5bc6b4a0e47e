/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_module_bed.h"

#include "bench/world_model.h"

#include <string.h>

static void write_settings(struct bed *bed, guint count)
{
	page(bed, 0xb0);
	for (guint i = 0; i < count; i++)
		put2(bed, 130, (guint16)(2100 + i));
}

static void test_resets(void)
{
	struct bed bed = bed_new("resets");
	const guint8 byte = 0;
	activate(&bed);
	unlock(&bed);
	write_settings(&bed, 39);
	g_assert_cmpuint(get2(&bed, 130), ==, 2138);
	put2(&bed, 130, 2500);
	g_assert_cmpint(try_write(&bed, &byte, 1), ==, SIM_BUS_NACK_ADDRESS);
	g_assert_cmpfloat(light(&bed, 0), ==, 0);
	advance(&bed, MODULE_MGMT_INIT_S + 0.001);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 130), ==, 0); /* locked */
	unlock(&bed);
	g_assert_cmpuint(get2(&bed, 130), ==, 2000); /* back to what is stored */
	write_settings(&bed, 60);                    /* once is enough */
	g_assert_cmpuint(get2(&bed, 130), ==, 2159);
	cycle(&bed);
	write_settings(&bed, 39);
	put2(&bed, 130, 2500);
	g_assert_cmpint(try_write(&bed, &byte, 1), ==, SIM_BUS_NACK_ADDRESS);
	bed_done(&bed);
	struct bed sound = bed_new("");
	wake(&sound);
	unlock(&sound);
	write_settings(&sound, 100);
	g_assert_cmpuint(get2(&sound, 130), ==, 2199);
	bed_done(&sound);
}

static void test_forgetful(void)
{
	struct bed bed = bed_new("forgetful");
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb0);
	put2(&bed, 128, 2345);
	page(&bed, 0xb1);
	put2(&bed, 200, 0xca1b);
	put1(&bed, 254, 0x01);
	g_assert_cmphex(get1(&bed, 255), ==, 0x01);
	advance(&bed, MODULE_COMMIT_S + 0.001);
	g_assert_cmphex(get1(&bed, 255), ==, 0x00);
	g_assert_cmphex(get2(&bed, 200), ==, 0xca1b);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 128), ==, 2345);
	g_assert_false(bed.module->unit->constants.calibrated);
	cycle(&bed);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 128), ==, 2000);
	page(&bed, 0xb1);
	g_assert_cmphex(get2(&bed, 200), ==, 0x0000);
	bed_done(&bed);
}

static void test_stuck_knob(void)
{
	struct bed bed = bed_new("stuck-knob:2");
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb0);
	put(&bed, 128, (const guint8[]){0x08, 0x98, 0x08, 0x98, 0x08, 0x98, 0x08, 0x98}, 8);
	g_assert_cmpuint(get2(&bed, 128), ==, 2200);
	g_assert_cmpuint(get2(&bed, 130), ==, 2000);
	g_assert_cmpuint(get2(&bed, 132), ==, 2200);
	put2(&bed, 138, 1100); /* only its bias is */
	g_assert_cmpuint(get2(&bed, 138), ==, 1100);
	/* Nor does it follow its table, and that is what the unit is judged by. */
	page(&bed, 0xb2);
	for (guint i = 0; i < 16; i++)
		put2(&bed, (guint8)(128 + 2 * i), 2600);
	page(&bed, 0xb0);
	put1(&bed, 248, 1);
	g_assert_cmpuint(get2(&bed, 128), ==, 2600);
	g_assert_cmpuint(get2(&bed, 130), ==, 2000);
	g_assert_cmpfloat_with_epsilon(bed.module->drive.tx[1].knobs.laser_bias_a, 40e-3, 1e-9);
	commit(&bed);
	const struct world_constants *told = &bed.module->unit->constants;
	g_assert_cmpfloat_with_epsilon(told->bias_table_a[0][3], 52e-3, 1e-9);
	g_assert_cmpfloat_with_epsilon(told->bias_table_a[1][3], 40e-3, 1e-9);
	bed_done(&bed);
}

static void test_old_firmware(void)
{
	struct bed bed = bed_new("old-firmware");
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb0);
	g_assert_cmphex(get2(&bed, 250), ==, 0x0100);
	g_assert_cmpuint(get2(&bed, 136), ==, 1000); /* the swing, where the bias belongs */
	g_assert_cmpuint(get2(&bed, 144), ==, 1200);
	put2(&bed, 136, 199); /* with the swing's range */
	g_assert_cmpuint(get2(&bed, 136), ==, 1000);
	put2(&bed, 144, 0);
	g_assert_cmpfloat(bed.module->drive.tx[0].knobs.mod_bias_v, ==, 0);
	g_assert_cmpfloat_with_epsilon(bed.module->drive.tx[0].knobs.mod_swing_v, 1.0, 1e-9);
	put1(&bed, 248, 1); /* no tables */
	g_assert_cmpuint(get1(&bed, 248), ==, 0);
	put2(&bed, 126, 0x00b2);
	g_assert_cmphex(get2(&bed, 126), ==, 0x0000);
	commit(&bed);
	cycle(&bed);
	page(&bed, 0xb0);
	g_assert_cmphex(get2(&bed, 250), ==, 0x0100);
	g_assert_cmpuint(get2(&bed, 144), ==, 0);
	bed_done(&bed);
}

static void test_cmis3(void)
{
	struct bed bed = bed_new("cmis3");
	wake(&bed);
	g_assert_cmphex(get1(&bed, 1), ==, 0x30);
	page(&bed, 0x01);
	g_assert_cmphex(get1(&bed, 163), ==, 0); /* no CDB */
	page(&bed, 0x10);
	g_assert_cmphex(get1(&bed, 128), ==, 0xff);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	advance(&bed, 10);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED); /* by itself, like any other */
	apply(&bed, 128, 0x00);                                 /* elsewhere that powers up */
	advance(&bed, 1);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_DEACTIVATED);
	apply(&bed, 128, 0xff);
	advance(&bed, 10);
	g_assert_cmpuint(path_of(&bed, 7), ==, PATH_ACTIVATED);
	bed_done(&bed);
}

/* ---- a QSFP28 module ---- */

static guint sum_of(const guint8 *bytes, guint first, guint last)
{
	guint sum = 0;
	for (guint i = first; i <= last; i++)
		sum += bytes[i - 128];
	return sum & 0xff;
}

static void test_qsfp28_identity(void)
{
	struct bed bed = bed_new("qsfp28");
	guint8 upper[128];
	wake(&bed);
	g_assert_cmphex(get1(&bed, 0), ==, 0x11);
	g_assert_cmphex(get1(&bed, 2) & 0x05, ==, 0); /* paged, data ready */
	get(&bed, 128, upper, sizeof upper);
	g_assert_cmphex(upper[0], ==, 0x11);
	g_assert_cmpmem(upper + 20, 16, "VIRTUAL BENCH   ", 16);
	g_assert_cmpmem(upper + 40, 16, "VB-Q28-SR4-100  ", 16);
	g_assert_cmpmem(upper + 68, 16, "VB0001          ", 16);
	g_assert_cmphex(upper[63], ==, sum_of(upper, 128, 190));
	g_assert_cmphex(upper[95], ==, sum_of(upper, 192, 222));
	g_assert_cmpuint(get2(&bed, 186) * 0.05, ==, 850);
	/* Only pages 00h and 03h are there, and 126 is no bank. */
	put1(&bed, 127, 0x03);
	g_assert_cmphex(get2(&bed, 128), ==, 0x4b00);
	put1(&bed, 127, 0x10);
	g_assert_cmphex(get1(&bed, 127), ==, 0x00);
	g_assert_cmphex(get1(&bed, 128), ==, 0x11);
	put2(&bed, 126, 0x01b0);
	g_assert_cmphex(get2(&bed, 126), ==, 0x0000);
	put1(&bed, 168, 'X');
	g_assert_cmphex(get1(&bed, 168), ==, 'V');
	bed_done(&bed);
}

static void test_qsfp28_behaviour(void)
{
	struct bed bed = bed_new("qsfp28");
	const guint8 byte = 0;
	g_assert_cmpint(try_write(&bed, &byte, 1), ==, SIM_BUS_NACK_ADDRESS);
	make_ready(&bed);
	world_set_ppg(bed.world, 0, 0, TRUE);
	world_set_ppg_global(bed.world, 0, TRUE);
	advance(&bed, 10);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		g_assert_cmpfloat(light(&bed, lane), ==, 0);
	double degc = (gint16)get2(&bed, 22) / 256.0;
	g_assert_cmpfloat(degc, >, 10);
	g_assert_cmpfloat(degc, <, 60);
	g_assert_cmpfloat_with_epsilon(get2(&bed, 26) * 100e-6, 3.3, 0.2);
	g_assert_cmpuint(get2(&bed, 34), ==, 0);
	/* Loss of signal interrupts until it is masked. */
	g_assert_cmphex(get1(&bed, 3), ==, 0xff);
	g_assert_false(sim_module_int_l(bed.module));
	put1(&bed, 100, 0xff);
	g_assert_true(sim_module_int_l(bed.module));
	g_assert_cmphex(get1(&bed, 2) & 0x02, ==, 0x02);
	/* What a host of CMIS would do to it does nothing. */
	put(&bed, 122, (const guint8[]){0xa5, 0xc3, 0xf0, 0x1e}, 4);
	put1(&bed, 26, 0x08);
	g_assert_cmphex(get1(&bed, 0), ==, 0x11);
	struct sim_module_status status;
	sim_module_status(bed.module, &status);
	g_assert_cmpstr(status.state, ==, "ModuleLowPwr");
	g_assert_cmpstr(status.data_path[3], ==, "DPDeactivated");
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, FALSE);
	g_assert_cmpint(try_write(&bed, &byte, 1), ==, SIM_BUS_NACK_ADDRESS);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/module/defects/resets", test_resets);
	g_test_add_func("/module/defects/forgetful", test_forgetful);
	g_test_add_func("/module/defects/stuck-knob", test_stuck_knob);
	g_test_add_func("/module/defects/old-firmware", test_old_firmware);
	g_test_add_func("/module/defects/cmis3", test_cmis3);
	g_test_add_func("/module/defects/qsfp28/identity", test_qsfp28_identity);
	g_test_add_func("/module/defects/qsfp28/behaviour", test_qsfp28_behaviour);
	return g_test_run();
}

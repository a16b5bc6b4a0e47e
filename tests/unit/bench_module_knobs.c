/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_module_bed.h"

#include "bench/world_model.h"

#include <string.h>

static struct bed unlocked(const char *model, const char *defects)
{
	struct bed bed = bed_of(model, defects);
	wake(&bed);
	unlock(&bed);
	return bed;
}

static int read_as(struct bed *bed, guint8 byte, guint width, gboolean is_signed)
{
	if (width == 1)
		return is_signed ? (gint8)get1(bed, byte) : get1(bed, byte);
	return is_signed ? (gint16)get2(bed, byte) : get2(bed, byte);
}

static void write_as(struct bed *bed, guint8 byte, guint width, int value)
{
	if (width == 1)
		put1(bed, byte, (guint8)value);
	else
		put2(bed, byte, (guint16)value);
}

/* ---- which settings a product has ---- */

/* low > high: the product has it not. */
struct range_row {
	const char *model;
	guint8 page, byte;
	guint width;
	gboolean is_signed;
	int low, high, standard;
};

static const struct range_row ranges[] = {
	{"dr4", 0xb0, 134, 2, FALSE, 0, 6000, 2000},
	{"dr4", 0xb0, 136, 2, FALSE, 0, 3000, 1200},
	{"dr4", 0xb0, 164, 2, TRUE, 1, 0, 0},
	{"dr4", 0xb0, 166, 2, FALSE, 1, 0, 0},
	{"dr4", 0xb0, 172, 2, FALSE, 1, 0, 0},
	{"dr4", 0xb0, 174, 2, FALSE, 1, 0, 0},
	{"dr4", 0xb0, 248, 1, FALSE, 0, 1, 0},
	{"dr4", 0xb2, 128, 2, FALSE, 0, 6000, 2000},
	{"dr4", 0xb2, 190, 2, FALSE, 0, 6000, 2000},
	{"dr4", 0xb2, 192, 2, FALSE, 0, 3000, 1200},
	{"lr4-10", 0xb0, 164, 2, TRUE, 35 * 256, 60 * 256, 45 * 256},
	{"lr4-6", 0xb0, 164, 2, TRUE, 35 * 256, 60 * 256, 45 * 256},
	{"fr4", 0xb0, 164, 2, TRUE, 1, 0, 0},
	{"sr4", 0xb0, 128, 2, FALSE, 0, 600, 300},
	{"sr4", 0xb0, 136, 2, FALSE, 1, 0, 0},
	{"sr4", 0xb0, 150, 2, FALSE, 1, 0, 0},
	{"sr4", 0xb0, 152, 1, TRUE, -32, 32, 0},
	{"sr4", 0xb0, 163, 1, TRUE, -64, 64, 0},
	{"sr4", 0xb0, 164, 2, TRUE, 1, 0, 0},
	{"sr4", 0xb0, 172, 2, FALSE, 0, 1200, 500},
	{"sr4", 0xb2, 128, 2, FALSE, 0, 600, 300},
	{"sr4", 0xb2, 254, 2, FALSE, 0, 1200, 500},
};

static void check_range(const struct range_row *row)
{
	struct bed bed = unlocked(row->model, "");
	page(&bed, row->page);
	g_assert_cmpint(read_as(&bed, row->byte, row->width, row->is_signed), ==, row->standard);
	if (row->low > row->high) {
		write_as(&bed, row->byte, row->width, 1);
		g_assert_cmpint(read_as(&bed, row->byte, row->width, row->is_signed), ==, 0);
		bed_done(&bed);
		return;
	}
	const int values[] = {row->low, row->high, row->low - 1, row->high + 1};
	const int taken[] = {row->low, row->high, row->high, row->high};
	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		write_as(&bed, row->byte, row->width, values[i]);
		g_assert_cmpint(read_as(&bed, row->byte, row->width, row->is_signed), ==, taken[i]);
	}
	bed_done(&bed);
}

static void test_ranges(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(ranges); i++) {
		g_test_message("%s %02x %u", ranges[i].model, ranges[i].page, ranges[i].byte);
		check_range(&ranges[i]);
	}
}

static void test_defaults_of_monitors(void)
{
	struct bed bed = unlocked("fr4", "");
	static const struct {
		guint8 byte;
		guint16 value;
	} rows[] = {{128, 8192}, {144, 8192}, {206, 0}, {214, 65535}, {220, 65535},
	            {222, 8192}, {228, 8192}, {230, 0}, {238, 32768}, {240, 32768},
	            {164, 316},  {178, 631},  {200, 0}};
	page(&bed, 0xb1);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpuint(get2(&bed, rows[i].byte), ==, rows[i].value);
	page(&bed, 0xb0);
	g_assert_cmphex(get2(&bed, 250), ==, 0x0200);
	put2(&bed, 250, 0x1234); /* read only */
	g_assert_cmphex(get2(&bed, 250), ==, 0x0200);
	bed_done(&bed);
}

static void test_tables_are_locked(void)
{
	struct bed bed = bed_of("dr4", "");
	wake(&bed);
	page(&bed, 0xb2);
	g_assert_cmpuint(get2(&bed, 128), ==, 0);
	put2(&bed, 128, 100);
	unlock(&bed);
	g_assert_cmpuint(get2(&bed, 128), ==, 2000);
	bed_done(&bed);
}

/* The settings that only some products have reach the optics in SI units. */
static void test_drive(void)
{
	struct bed cooled = unlocked("lr4-10", "");
	page(&cooled, 0xb0);
	put2(&cooled, 164, 50 * 256 + 128);
	g_assert_cmpfloat_with_epsilon(cooled.module->drive.tec_degc, 50.5, 1e-9);
	bed_done(&cooled);
	struct bed vcsel = unlocked("sr4", "");
	page(&vcsel, 0xb0);
	put2(&vcsel, 168, 777);
	put2(&vcsel, 130, 450);
	const struct world_tx_knobs *knobs = &vcsel.module->drive.tx[1].knobs;
	g_assert_cmpfloat_with_epsilon(knobs->mod_current_a, 7.77e-3, 1e-9);
	g_assert_cmpfloat_with_epsilon(knobs->laser_bias_a, 9e-3, 1e-9);
	g_assert_cmpfloat(knobs->mod_bias_v, ==, 0);
	g_assert_cmpfloat(knobs->mod_swing_v, ==, 0);
	bed_done(&vcsel);
}

/* ---- tables ---- */

/* A slope of zero: the module shows this temperature, whatever it senses. */
static void show_temperature(struct bed *bed, double degc)
{
	page(bed, 0xb1);
	put2(bed, 238, 0);
	put2(bed, 160, (guint16)(gint16)(degc * 256));
	g_assert_cmpint((gint16)get2(bed, 14), ==, (int)(degc * 256));
}

static void fill_table(struct bed *bed, guint8 first, guint lane, const guint16 values[8])
{
	page(bed, 0xb2);
	for (guint i = 0; i < 8; i++)
		put2(bed, (guint8)(first + 16 * lane + 2 * i), values[i]);
}

static const guint16 bias_values[8] = {1500, 1600, 1700, 2000, 2100, 2600, 3000, 4000};
static const guint16 mod_values[8] = {1300, 1280, 1260, 1250, 1200, 1150, 1100, 900};

static void test_tables_act(void)
{
	static const struct {
		double degc;
		guint16 bias, mod;
	} rows[] = {
		{-20, 1500, 1300},  {0, 1500, 1300},    {10, 1600, 1280}, {25, 1850, 1255},
		{32.5, 2025, 1238}, {69.75, 3975, 905}, {70, 4000, 900},  {95, 4000, 900},
	};
	struct bed bed = unlocked("dr4", "");
	fill_table(&bed, 128, 2, bias_values);
	fill_table(&bed, 192, 2, mod_values);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 132), ==, 2000); /* the mode is off */
	put1(&bed, 248, 1);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%g degC", rows[i].degc);
		show_temperature(&bed, rows[i].degc);
		page(&bed, 0xb0);
		g_assert_cmpuint(get2(&bed, 132), ==, rows[i].bias);
		g_assert_cmpuint(get2(&bed, 140), ==, rows[i].mod);
		g_assert_cmpuint(get2(&bed, 130), ==, 2000); /* another lane's table is flat */
		const struct world_tx_knobs *knobs = &bed.module->drive.tx[2].knobs;
		g_assert_cmpfloat_with_epsilon(knobs->laser_bias_a, rows[i].bias * 20e-6, 1e-9);
		g_assert_cmpfloat_with_epsilon(knobs->mod_bias_v, rows[i].mod * 1e-3, 1e-9);
	}
	bed_done(&bed);
}

static void test_tables_hold_their_settings(void)
{
	struct bed bed = unlocked("dr4", "");
	fill_table(&bed, 128, 0, bias_values);
	page(&bed, 0xb0);
	put1(&bed, 248, 1);
	show_temperature(&bed, 40);
	page(&bed, 0xb0);
	put2(&bed, 128, 555);
	put2(&bed, 136, 555);
	put2(&bed, 144, 777); /* the swing is not of the tables */
	put1(&bed, 248, 2);
	g_assert_cmpuint(get2(&bed, 128), ==, 2100);
	g_assert_cmpuint(get2(&bed, 136), ==, 1200);
	g_assert_cmpuint(get2(&bed, 144), ==, 777);
	g_assert_cmpuint(get1(&bed, 248), ==, 1);
	/* A table that is written while it acts, acts. */
	page(&bed, 0xb2);
	put2(&bed, 136, 2222);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 128), ==, 2222);
	put1(&bed, 248, 0);
	show_temperature(&bed, 60);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 128), ==, 2222); /* what acted last */
	put2(&bed, 128, 555);
	g_assert_cmpuint(get2(&bed, 128), ==, 555);
	bed_done(&bed);
}

/* The calibrated temperature counts: the offset moves the place in the table. */
static void test_tables_of_vcsel(void)
{
	static const guint16 bias[8] = {250, 260, 270, 280, 290, 300, 320, 340};
	static const guint16 mod[8] = {500, 520, 540, 560, 580, 600, 640, 680};
	struct bed bed = unlocked("sr4", "");
	fill_table(&bed, 128, 3, bias);
	fill_table(&bed, 192, 3, mod);
	page(&bed, 0xb0);
	put1(&bed, 248, 1);
	show_temperature(&bed, 65);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 134), ==, 330);
	g_assert_cmpuint(get2(&bed, 172), ==, 660);
	put2(&bed, 172, 100);
	g_assert_cmpuint(get2(&bed, 172), ==, 660);
	g_assert_cmpuint(get2(&bed, 142), ==, 0); /* it has no mod_bias */
	bed_done(&bed);
}

static void test_tables_are_stored(void)
{
	struct bed bed = unlocked("dr4", "");
	fill_table(&bed, 128, 1, bias_values);
	cycle(&bed);
	page(&bed, 0xb2);
	g_assert_cmpuint(get2(&bed, 144), ==, 2000); /* never committed */
	fill_table(&bed, 128, 1, bias_values);
	page(&bed, 0xb0);
	put1(&bed, 248, 1);
	show_temperature(&bed, 50);
	commit(&bed);
	cycle(&bed);
	page(&bed, 0xb2);
	g_assert_cmpuint(get2(&bed, 144), ==, 1500);
	g_assert_cmpuint(get2(&bed, 158), ==, 4000);
	page(&bed, 0xb0);
	g_assert_cmpuint(get1(&bed, 248), ==, 1);
	g_assert_cmphex(get2(&bed, 250), ==, 0x0200);
	g_assert_cmpuint(get2(&bed, 130), ==, 2600);
	bed_done(&bed);
}

/* ---- what the world is told ---- */

static const struct world_constants *told(struct bed *bed)
{
	return &bed->module->unit->constants;
}

static void test_constants_of_eml(void)
{
	struct bed bed = unlocked("lr4-6", "");
	fill_table(&bed, 128, 3, bias_values);
	fill_table(&bed, 192, 0, mod_values);
	page(&bed, 0xb0);
	put2(&bed, 164, 40 * 256);
	put1(&bed, 153, (guint8)-16);
	put1(&bed, 248, 1);
	page(&bed, 0xb1);
	put2(&bed, 216, 5000);
	put2(&bed, 224, 9000);
	put2(&bed, 232, (guint16)-12);
	put2(&bed, 206, 500); /* no quadratic product */
	put2(&bed, 238, 32000);
	put2(&bed, 240, 33000);
	put2(&bed, 200, 0xca1b);
	commit(&bed);
	const struct world_constants *constants = told(&bed);
	g_assert_true(constants->table_mode);
	g_assert_true(constants->calibrated);
	for (guint i = 0; i < 8; i++) {
		g_assert_cmpfloat_with_epsilon(constants->bias_table_a[3][i],
		                               bias_values[i] * 20e-6, 1e-9);
		g_assert_cmpfloat_with_epsilon(constants->mod_table[0][i], mod_values[i] * 1e-3,
		                               1e-9);
		g_assert_cmpfloat_with_epsilon(constants->bias_table_a[1][i], 40e-3, 1e-9);
	}
	g_assert_cmpfloat(constants->tec_degc, ==, 40);
	g_assert_cmpfloat(constants->tx[1].fir_pre, ==, -0.125);
	g_assert_cmpfloat(constants->temp_slope, ==, 32000 / 32768.0);
	g_assert_cmpfloat(constants->vcc_slope, ==, 33000 / 32768.0);
	g_assert_cmpfloat_with_epsilon(constants->rx_mon_break_raw_w[1], 500e-6, 1e-12);
	g_assert_cmpfloat(constants->rx_mon_slope_high[1], ==, 9000 / 8192.0);
	g_assert_cmpfloat_with_epsilon(constants->rx_mon_offset_high_w[1], -1.2e-6, 1e-12);
	g_assert_cmpfloat(constants->rx_mon_quad_per_w[0], ==, 0);
	bed_done(&bed);
}

static void test_constants_of_vcsel(void)
{
	static const guint16 mod[8] = {500, 520, 540, 560, 580, 600, 640, 680};
	struct bed bed = unlocked("sr4", "");
	fill_table(&bed, 192, 2, mod);
	page(&bed, 0xb0);
	put2(&bed, 166, 321);
	page(&bed, 0xb1);
	put2(&bed, 210, (guint16)-30);
	commit(&bed);
	const struct world_constants *constants = told(&bed);
	g_assert_cmpfloat_with_epsilon(constants->tx[0].mod_current_a, 3.21e-3, 1e-9);
	g_assert_cmpfloat_with_epsilon(constants->tx[0].laser_bias_a, 6e-3, 1e-9);
	g_assert_cmpfloat_with_epsilon(constants->mod_table[2][7], 6.8e-3, 1e-9);
	g_assert_cmpfloat(constants->rx_mon_quad_per_w[2], ==, -15);
	g_assert_false(constants->table_mode);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/module/knobs/ranges", test_ranges);
	g_test_add_func("/module/knobs/monitor-defaults", test_defaults_of_monitors);
	g_test_add_func("/module/knobs/locked", test_tables_are_locked);
	g_test_add_func("/module/knobs/drive", test_drive);
	g_test_add_func("/module/tables/act", test_tables_act);
	g_test_add_func("/module/tables/hold", test_tables_hold_their_settings);
	g_test_add_func("/module/tables/vcsel", test_tables_of_vcsel);
	g_test_add_func("/module/tables/stored", test_tables_are_stored);
	g_test_add_func("/module/told/eml", test_constants_of_eml);
	g_test_add_func("/module/told/vcsel", test_constants_of_vcsel);
	return g_test_run();
}

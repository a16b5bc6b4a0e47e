/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_module_bed.h"

#include "bench/sim_module_memory.h"

#include <string.h>

/* ---- the table ---- */

static void test_memory_table(void)
{
	guint count = 0;
	const struct memory_row *rows = memory_rows(&count);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_assert_cmpuint(count, >, 0);
	for (guint i = 0; i < count; i++) {
		const struct memory_row *row = &rows[i];
		gboolean lower = row->page == MEMORY_LOWER;
		gboolean changes = row->access == MEMORY_RW || row->access == MEMORY_WO;
		g_test_message("%s", row->name);
		g_assert_true(g_hash_table_add(names, (gpointer)row->name));
		g_assert_cmpuint(strspn(row->name, "abcdefghijklmnopqrstuvwxyz_0123456789"), ==,
		                 strlen(row->name));
		g_assert_true(lower || memory_has_page(row->page));
		g_assert_cmpuint(row->first, <=, row->last);
		g_assert_cmpuint(row->first, >=, lower ? 0 : 128);
		g_assert_cmpuint(row->last, <=, lower ? 127 : 255);
		g_assert_cmpint(row->write_mask != 0, ==, changes);
		g_assert_cmpuint(strlen(row->source), >, 0);
		g_assert_true(memory_row_of(row->page, row->last) == row);
		if (i == 0 || rows[i - 1].page != row->page)
			continue;
		g_assert_cmpuint(rows[i - 1].last, <, row->first);
	}
	for (guint i = 2; i < count; i++)
		if (rows[i - 1].page != MEMORY_LOWER)
			g_assert_cmpuint(rows[i - 1].page, <=, rows[i].page);
	g_assert_false(memory_has_page(MEMORY_LOWER));
	g_assert_false(memory_has_page(0x21));
}

static void test_memory_cells(void)
{
	struct module_memory memory;
	memory_clear(&memory);
	memory_put_u16(&memory, 0x11, 154, 0x1234);
	g_assert_cmphex(*memory_at(&memory, 0x11, 154), ==, 0x12);
	g_assert_cmphex(memory_get_u16(&memory, 0x11, 154), ==, 0x1234);
	memory_put_nibble(&memory, 0x11, 128, 0, 4);
	memory_put_nibble(&memory, 0x11, 128, 1, 7);
	g_assert_cmphex(*memory_at(&memory, 0x11, 128), ==, 0x74);
	g_assert_cmpuint(memory_get_nibble(&memory, 0x11, 128, 1), ==, 7);
	*memory_at(&memory, 0x11, 134) = 0x81;
	g_assert_cmphex(memory_host_read(&memory, 0x11, 134), ==, 0x81);
	g_assert_cmphex(memory_host_read(&memory, 0x11, 134), ==, 0);
	memory_host_write(&memory, 0x11, 134, 0xff);
	g_assert_cmphex(memory_host_read(&memory, 0x11, 134), ==, 0);
	memory_host_write(&memory, 0x10, 143, 0xff);
	g_assert_cmphex(memory_host_read(&memory, 0x10, 143), ==, 0);
	g_assert_cmphex(*memory_at(&memory, 0x10, 143), ==, 0xff);
	memory_host_write(&memory, MEMORY_LOWER, 26, 0xff);
	g_assert_cmphex(memory_host_read(&memory, MEMORY_LOWER, 26), ==, 0x7f);
	memory_host_write(&memory, 0x10, 133, 0xff); /* in no row */
	g_assert_cmphex(memory_host_read(&memory, 0x10, 133), ==, 0);
}

/* ---- identity ---- */

static void test_identity(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	char text[17] = {0};
	g_assert_cmphex(get1(&bed, 0), ==, 0x18);
	g_assert_cmphex(get1(&bed, 1), ==, 0x52);
	g_assert_cmphex(get2(&bed, 39), ==, 0x0104);
	g_assert_cmphex(get1(&bed, 85), ==, 0x02);
	g_assert_cmphex(get2(&bed, 86), ==, 0x111c);
	g_assert_cmphex(get2(&bed, 88), ==, 0x8401);
	g_assert_cmphex(get2(&bed, 90), ==, 0x0d14);
	g_assert_cmphex(get2(&bed, 92), ==, 0x2155);
	g_assert_cmphex(get1(&bed, 94), ==, 0xff);
	page(&bed, 0x00);
	get(&bed, 129, (guint8 *)text, 16);
	g_assert_cmpstr(text, ==, "VIRTUAL BENCH   ");
	get(&bed, 148, (guint8 *)text, 16);
	g_assert_cmpstr(text, ==, "VB-QDD-DR4-500  ");
	get(&bed, 166, (guint8 *)text, 16);
	g_assert_cmpstr(text, ==, "VB0001          ");
	g_assert_cmphex(get2(&bed, 200), ==, 0xa024);
	g_assert_cmphex(get1(&bed, 203), ==, 0x0c);
	put1(&bed, 148, 'X'); /* read only */
	g_assert_cmphex(get1(&bed, 148), ==, 'V');
	page(&bed, 0x01);
	g_assert_cmpuint(get2(&bed, 138), ==, 26200);
	page(&bed, 0x13);
	g_assert_cmphex(get2(&bed, 134), ==, 0x4110);
	bed_done(&bed);
}

static guint host_sum(struct bed *bed, guint8 number, guint first, guint last)
{
	guint8 bytes[128];
	guint sum = 0;
	page(bed, number);
	get(bed, 128, bytes, sizeof bytes);
	for (guint i = first; i <= last; i++)
		sum += bytes[i - 128];
	return sum & 0xff;
}

static void test_checksums(void)
{
	struct bed good = bed_new("");
	wake(&good);
	g_assert_cmphex(host_sum(&good, 0x00, 128, 221), ==, get1(&good, 222));
	g_assert_cmphex(host_sum(&good, 0x01, 130, 254), ==, get1(&good, 255));
	g_assert_cmphex(host_sum(&good, 0x02, 128, 254), ==, get1(&good, 255));
	bed_done(&good);
	struct bed bad = bed_new("corrupt-checksum");
	wake(&bad);
	g_assert_cmphex(host_sum(&bad, 0x00, 128, 221), !=, get1(&bad, 222));
	g_assert_cmphex(host_sum(&bad, 0x01, 130, 254), ==, get1(&bad, 255));
	bed_done(&bad);
	struct bed other = bed_new("wrong-part-number");
	wake(&other);
	guint8 part[14];
	page(&other, 0x00);
	get(&other, 148, part, sizeof part);
	g_assert_true(memcmp(part, "VB-QDD-DR4-500", sizeof part) != 0);
	g_assert_cmphex(host_sum(&other, 0x00, 128, 221), ==, get1(&other, 222));
	bed_done(&other);
}

/* Upper bounds of the duration codes, in s. CMIS 5.2, page 01h. */
static const double bounds_s[] = {1e-3, 5e-3, 10e-3, 50e-3, 0.1, 0.5, 1, 5, 10};

static void test_durations_are_advertised(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	page(&bed, 0x01);
	const struct {
		guint8 byte;
		guint shift;
		double lasts_s;
	} rows[] = {
		{144, 4, PATH_DEINIT_S},      {144, 0, PATH_INIT_S},
		{167, 4, MODULE_PWR_DN_S},    {167, 0, MODULE_PWR_UP_S},
		{168, 4, PATH_TX_TURN_OFF_S}, {168, 0, PATH_TX_TURN_ON_S},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint code = get1(&bed, rows[i].byte) >> rows[i].shift & 15;
		g_assert_cmpuint(code, <, G_N_ELEMENTS(bounds_s));
		g_assert_cmpfloat(rows[i].lasts_s, <, bounds_s[code]);
	}
	bed_done(&bed);
}

/* ---- states ---- */

static void test_bring_up(void)
{
	struct bed bed = bed_new("");
	const guint8 first = 0;
	guint8 read;
	/* In reset, then initialising: nobody answers. */
	g_assert_cmpint(try_write(&bed, &first, 1), ==, SIM_BUS_NACK_ADDRESS);
	sim_module_set_pin(bed.module, SIM_PIN_MOD_SEL_L, FALSE);
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, TRUE);
	advance(&bed, MODULE_MGMT_INIT_S * 0.9);
	g_assert_cmpint(try_write(&bed, &first, 1), ==, SIM_BUS_NACK_ADDRESS);
	g_assert_true(sim_module_int_l(bed.module));
	advance(&bed, MODULE_MGMT_INIT_S * 0.2);
	g_assert_cmpuint(module_state(&bed), ==, 1);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_DEACTIVATED);
	g_assert_cmpint(sim_module_transfer(bed.module, 0x51, &first, 1, &read, 1), ==,
	                SIM_BUS_NACK_ADDRESS);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	g_assert_cmpuint(module_state(&bed), ==, 2);
	advance(&bed, MODULE_PWR_UP_S + 0.001);
	g_assert_cmpuint(module_state(&bed), ==, 3);
	g_assert_cmpuint(path_of(&bed, 7), ==, PATH_INIT);
	advance(&bed, PATH_INIT_S);
	g_assert_cmpuint(path_of(&bed, 7), ==, PATH_TX_TURN_ON);
	g_assert_cmpfloat(light(&bed, 0), ==, 0.0);
	advance(&bed, PATH_TX_TURN_ON_S);
	g_assert_cmpuint(path_of(&bed, 7), ==, PATH_ACTIVATED);
	/* Low power again, by the software bit: the data path goes down first. */
	put1(&bed, 26, 0x50);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_TX_TURN_OFF);
	advance(&bed, PATH_TX_TURN_OFF_S + 0.001);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_DEINIT);
	g_assert_cmpuint(module_state(&bed), ==, 3);
	advance(&bed, PATH_DEINIT_S);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_DEACTIVATED);
	g_assert_cmpuint(module_state(&bed), ==, 4);
	advance(&bed, MODULE_PWR_DN_S);
	g_assert_cmpuint(module_state(&bed), ==, 1);
	bed_done(&bed);
}

static void test_long_step_ends_where_short_ones_do(void)
{
	struct bed bed = bed_new("");
	sim_module_set_pin(bed.module, SIM_PIN_MOD_SEL_L, FALSE);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, TRUE);
	advance(&bed, MODULE_MGMT_INIT_S + MODULE_PWR_UP_S + PATH_INIT_S + 0.9 * PATH_TX_TURN_ON_S);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_TX_TURN_ON);
	advance(&bed, 0.2 * PATH_TX_TURN_ON_S);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED);
	bed_done(&bed);
}

static void test_held_path_stays_down(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	page(&bed, 0x10);
	put1(&bed, 128, 0xff);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	advance(&bed, 10);
	g_assert_cmpuint(module_state(&bed), ==, 3);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_DEACTIVATED);
	page(&bed, 0x10);
	put1(&bed, 130, 0x01);
	put1(&bed, 128, 0x00);
	advance(&bed, 10);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_INITIALIZED); /* Tx is disabled */
	page(&bed, 0x10);
	put1(&bed, 130, 0x00);
	advance(&bed, 1);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED);
	bed_done(&bed);
}

static void test_software_reset(void)
{
	struct bed bed = bed_new("");
	activate(&bed);
	unlock(&bed);
	guint8 reset[] = {26, 0x08};
	g_assert_cmpint(try_write(&bed, reset, 2), ==, SIM_BUS_OK);
	g_assert_cmpint(try_write(&bed, reset, 1), ==, SIM_BUS_NACK_ADDRESS);
	advance(&bed, MODULE_MGMT_INIT_S + 0.001);
	g_assert_cmphex(get1(&bed, 26), ==, 0x40);
	page(&bed, 0xb0);
	g_assert_cmpuint(get2(&bed, 128), ==, 0); /* locked again */
	bed_done(&bed);
}

/* ---- configuration ---- */

static void test_config_results(void)
{
	static const struct {
		const char *name;
		guint8 configs[8];
		guint8 lanes;
		guint lane;
		enum config_status status;
	} rows[] = {
		{"400G", {16, 16, 16, 16, 16, 16, 16, 16}, 0xff, 7, CONFIG_SUCCESS},
		{"4x100G", {32, 32, 36, 36, 40, 40, 44, 44}, 0xff, 5, CONFIG_SUCCESS},
		{"one 100G", {16, 16, 36, 36, 16, 16, 16, 16}, 0x0c, 2, CONFIG_SUCCESS},
		{"unused", {0, 0, 0, 0, 0, 0, 0, 0}, 0xff, 0, CONFIG_SUCCESS},
		{"no such application",
	         {48, 48, 48, 48, 48, 48, 48, 48},
	         0xff,
	         0,
	         CONFIG_BAD_APPSEL},
		{"bad start", {18, 18, 18, 18, 18, 18, 18, 18}, 0xff, 3, CONFIG_BAD_LANES},
		{"odd start", {34, 34, 36, 36, 40, 40, 44, 44}, 0xff, 1, CONFIG_BAD_LANES},
		{"mixed", {16, 16, 16, 16, 16, 16, 32, 16}, 0xff, 0, CONFIG_BAD_LANES},
		{"other lane's path", {32, 32, 32, 36, 40, 40, 44, 44}, 0xff, 2, CONFIG_BAD_LANES},
		{"half a path", {16, 16, 16, 16, 16, 16, 16, 16}, 0x0f, 0, CONFIG_PARTIAL_PATH},
		{"not triggered", {16, 16, 16, 16, 16, 16, 16, 16}, 0x0f, 7, CONFIG_UNDEFINED},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		struct bed bed = bed_new("");
		wake(&bed);
		stage(&bed, rows[i].configs);
		apply(&bed, 143, rows[i].lanes);
		if (rows[i].lanes >> rows[i].lane & 1)
			g_assert_cmpuint(status_of(&bed, rows[i].lane), ==, CONFIG_IN_PROGRESS);
		advance(&bed, MODULE_CONFIG_S + 0.001);
		g_assert_cmpuint(status_of(&bed, rows[i].lane), ==, rows[i].status);
		guint8 active = get1(&bed, (guint8)(206 + rows[i].lane));
		guint8 wanted = rows[i].configs[rows[i].lane];
		g_assert_cmphex(active, ==, rows[i].status == CONFIG_SUCCESS ? wanted : 0x10);
		bed_done(&bed);
	}
}

static void test_config_si(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	stage(&bed, (const guint8[8]){17, 17, 17, 17, 17, 17, 17, 17});
	put1(&bed, 162, 0x35);
	apply(&bed, 143, 0xff);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmpuint(status_of(&bed, 0), ==, CONFIG_SUCCESS);
	g_assert_cmphex(get1(&bed, 223), ==, 0x35);
	g_assert_cmphex(get1(&bed, 231), ==, 0x22);
	page(&bed, 0x10);
	put1(&bed, 162, 0x08);
	apply(&bed, 143, 0xff);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmpuint(status_of(&bed, 0), ==, CONFIG_BAD_SI);
	g_assert_cmphex(get1(&bed, 223), ==, 0x35);
	bed_done(&bed);
}

/* What the host takes for the outputs' amplitude acts while the data path runs. */
static void test_host_swing(void)
{
	static const double swings_v[] = {0.2, 0.4, 0.6, 0.8};
	struct bed bed = bed_new("");
	activate(&bed);
	page(&bed, 0x10);
	put1(&bed, 139, 0xff); /* not squelched in the dark */
	advance(&bed, 0.01);
	g_assert_cmpfloat(bed.module->drive.host_swing_v[5], ==, 0.6);
	for (guint code = 0; code < G_N_ELEMENTS(swings_v); code++) {
		stage(&bed, (const guint8[8]){17, 17, 17, 17, 17, 17, 17, 17});
		put1(&bed, 172, (guint8)(code << 4 | 2));
		apply(&bed, 144, 0xff);
		advance(&bed, MODULE_CONFIG_S + 0.001);
		g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED);
		g_assert_cmpfloat(bed.module->drive.host_swing_v[5], ==, swings_v[code]);
		g_assert_cmpfloat(bed.module->drive.host_swing_v[4], ==, 0.6);
	}
	page(&bed, 0x10);
	put1(&bed, 138, 0x20);
	advance(&bed, 0.001);
	g_assert_cmpfloat(bed.module->drive.host_swing_v[5], ==, 0);
	bed_done(&bed);
}

static void test_config_of_running_path(void)
{
	struct bed bed = bed_new("");
	activate(&bed);
	stage(&bed, (const guint8[8]){32, 32, 36, 36, 40, 40, 44, 44});
	apply(&bed, 143, 0xff);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmpuint(status_of(&bed, 0), ==, CONFIG_LANES_IN_USE);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED);
	stage(&bed, (const guint8[8]){16, 16, 16, 16, 16, 16, 16, 16});
	apply(&bed, 144, 0xff);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmpuint(status_of(&bed, 0), ==, CONFIG_SUCCESS);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED);
	apply(&bed, 143, 0xff);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmphex(get1(&bed, 235), ==, 0); /* read on page 10h: custom area */
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 235), ==, 0xff);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_TX_TURN_OFF);
	advance(&bed, PATH_TX_TURN_OFF_S + PATH_DEINIT_S + 0.001);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_INIT);
	g_assert_cmphex(get1(&bed, 235), ==, 0);
	advance(&bed, PATH_INIT_S + PATH_TX_TURN_ON_S);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED);
	bed_done(&bed);
}

static void test_four_paths(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	stage(&bed, (const guint8[8]){32, 32, 36, 36, 40, 40, 44, 44});
	apply(&bed, 143, 0xff);
	page(&bed, 0x10);
	put1(&bed, 128, 0x0c);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	advance(&bed, 10);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_ACTIVATED);
	g_assert_cmpuint(path_of(&bed, 2), ==, PATH_DEACTIVATED);
	sends_sspr(&bed);
	page(&bed, 0x10);
	put1(&bed, 130, 0x04);
	advance(&bed, 1);
	g_assert_cmpuint(path_of(&bed, 4), ==, PATH_INITIALIZED);
	g_assert_cmpuint(path_of(&bed, 6), ==, PATH_ACTIVATED);
	g_assert_cmpfloat(light(&bed, 0), >, 0.0);
	g_assert_cmpfloat(light(&bed, 1), ==, 0.0);
	g_assert_cmpfloat(light(&bed, 2), ==, 0.0);
	g_assert_cmpfloat(light(&bed, 3), >, 0.0);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 133), ==, 0x09);
	bed_done(&bed);
}

/* ---- the bus ---- */

static void test_bus_rules(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	guint8 nine[10] = {184, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	guint8 read[8];
	page(&bed, 0x13);
	g_assert_cmpint(try_write(&bed, nine, 10), ==, SIM_BUS_NACK_DATA);
	g_assert_cmpuint(get1(&bed, 184), ==, 0);
	g_assert_cmpint(try_write(&bed, nine, 9), ==, SIM_BUS_OK);
	get(&bed, 184, read, 8);
	g_assert_cmpmem(read, 8, nine + 1, 8);
	/* The pointer stays in its half of the address space, and goes on where it was. */
	get(&bed, 254, read, 4);
	g_assert_cmpmem(read + 2, 2, ((const guint8[]){0x3f, 0xa4}), 2); /* 13h:128-129 */
	get(&bed, 126, read, 4);
	g_assert_cmpmem(read, 4, ((const guint8[]){0, 0x13, 0x18, 0x52}), 4);
	g_assert_cmpint(sim_module_transfer(bed.module, 0x50, NULL, 0, read, 1), ==, SIM_BUS_OK);
	g_assert_cmphex(read[0], ==, 0x00); /* byte 2 */
	/* Pages that are not there show page 00h, and so do other banks. */
	put2(&bed, 126, 0x0021);
	g_assert_cmphex(get2(&bed, 126), ==, 0x0000);
	put2(&bed, 126, 0x0111);
	g_assert_cmphex(get2(&bed, 126), ==, 0x0000);
	put1(&bed, 127, 0x02);
	g_assert_cmphex(get2(&bed, 126), ==, 0x0002);
	sim_module_set_pin(bed.module, SIM_PIN_MOD_SEL_L, TRUE);
	g_assert_cmpint(try_write(&bed, nine, 1), ==, SIM_BUS_NACK_ADDRESS);
	sim_module_set_pin(bed.module, SIM_PIN_MOD_SEL_L, FALSE);
	g_assert_cmpint(try_write(&bed, nine, 1), ==, SIM_BUS_NACK_ADDRESS); /* too early */
	advance(&bed, MODULE_SELECT_S + 1e-6);
	g_assert_cmpint(try_write(&bed, nine, 1), ==, SIM_BUS_OK);
	supply(&bed, FALSE);
	g_assert_cmpint(try_write(&bed, nine, 1), ==, SIM_BUS_NACK_ADDRESS);
	bed_done(&bed);
}

static void test_never_acks(void)
{
	struct bed bed = bed_new("i2c-nack");
	const guint8 byte = 0;
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, TRUE);
	sim_module_set_pin(bed.module, SIM_PIN_MOD_SEL_L, FALSE);
	for (guint i = 0; i < 5; i++) {
		advance(&bed, 1);
		g_assert_cmpint(try_write(&bed, &byte, 1), ==, SIM_BUS_NACK_ADDRESS);
	}
	bed_done(&bed);
}

static void test_user_eeprom(void)
{
	struct bed bed = bed_new("");
	wake(&bed);
	page(&bed, 0x03);
	put1(&bed, 200, 0x77);
	g_assert_cmphex(get1(&bed, 200), ==, 0); /* wants a password */
	put(&bed, 122, (const guint8[]){0x00, 0x00, 0x10, 0x11}, 4);
	put1(&bed, 200, 0x5a);
	const guint8 byte = 200;
	g_assert_cmpint(try_write(&bed, &byte, 1), ==, SIM_BUS_NACK_ADDRESS); /* writes flash */
	advance(&bed, MODULE_NV_WRITE_S + 1e-6);
	g_assert_cmphex(get1(&bed, 200), ==, 0x5a);
	supply(&bed, FALSE);
	supply(&bed, TRUE);
	advance(&bed, MODULE_MGMT_INIT_S + 0.001);
	page(&bed, 0x03);
	g_assert_cmphex(get1(&bed, 200), ==, 0x5a);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/module/memory/table", test_memory_table);
	g_test_add_func("/module/memory/cells", test_memory_cells);
	g_test_add_func("/module/identity", test_identity);
	g_test_add_func("/module/checksums", test_checksums);
	g_test_add_func("/module/durations", test_durations_are_advertised);
	g_test_add_func("/module/bring-up", test_bring_up);
	g_test_add_func("/module/long-step", test_long_step_ends_where_short_ones_do);
	g_test_add_func("/module/held-path", test_held_path_stays_down);
	g_test_add_func("/module/software-reset", test_software_reset);
	g_test_add_func("/module/config/results", test_config_results);
	g_test_add_func("/module/config/si", test_config_si);
	g_test_add_func("/module/config/host-swing", test_host_swing);
	g_test_add_func("/module/config/running", test_config_of_running_path);
	g_test_add_func("/module/config/four-paths", test_four_paths);
	g_test_add_func("/module/bus/rules", test_bus_rules);
	g_test_add_func("/module/bus/never-acks", test_never_acks);
	g_test_add_func("/module/user-eeprom", test_user_eeprom);
	return g_test_run();
}

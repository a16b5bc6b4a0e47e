/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_module_bed.h"

#include "bench/model_set.h"

#include <string.h>

/* ---- identity ---- */

/* Typed from docs/virtual-module.md, not from bench/model.c. */
static const struct {
	const char *model;
	const char *part;
	guint8 identifier, media_type, connector, technology, max_power, rx_type;
	guint16 wavelength;
	guint8 reach[4]; /* single-mode, OM5, OM4, OM3 */
	guint8 cooled;
	guint8 tx_map[4];
	guint8 applications[4][5]; /* the fifth byte: where on the media side it may start */
} sheets[] = {
	{"dr4",
         "VB-QDD-DR4-500  ",
         0x18,
         2,
         0x0c,
         6,
         36,
         0x18,
         26200,
         {0x05},
         0,
         {0x11, 0x22, 0x33, 0x44},
         {{0x11, 0x1c, 0x84, 0x01, 0x01}, {0x0d, 0x14, 0x21, 0x55, 0x0f}}},
	{"fr4",
         "VB-QDD-FR4-2K   ",
         0x18,
         2,
         0x07,
         6,
         40,
         0x18,
         26200,
         {0x14},
         0,
         {0x11, 0x21, 0x31, 0x41},
         {{0x11, 0x1d, 0x84, 0x01, 0x01}}},
	{"lr4-6",
         "VB-QDD-LR4-6K   ",
         0x18,
         2,
         0x07,
         6,
         44,
         0x18,
         26200,
         {0x3c},
         0x80,
         {0x11, 0x21, 0x31, 0x41},
         {{0x11, 0x43, 0x84, 0x01, 0x01}}},
	{"lr4-10",
         "VB-QDD-LR4-10K  ",
         0x18,
         2,
         0x07,
         6,
         44,
         0x18,
         26200,
         {0x4a},
         0x80,
         {0x11, 0x21, 0x31, 0x41},
         {{0x11, 0x1e, 0x84, 0x01, 0x01}}},
	{"sr4",
         "VB-OSFP-SR4-100 ",
         0x19,
         1,
         0x0c,
         0,
         34,
         0x00,
         17100,
         {0, 50, 50, 30},
         0,
         {0x11, 0x22, 0x33, 0x44},
         {{0x4f, 0x11, 0x44, 0x01, 0x01},
          {0x4b, 0x0d, 0x11, 0x0f, 0x0f},
          {0x4d, 0x1b, 0x22, 0x05, 0x05},
          {0x32, 0x11, 0x44, 0x01, 0x01}}},
	{"osfp-dr4",
         "VB-OSFP-DR4-500 ",
         0x19,
         2,
         0x0c,
         6,
         36,
         0x18,
         26200,
         {0x05},
         0,
         {0x11, 0x22, 0x33, 0x44},
         {{0x4f, 0x1c, 0x44, 0x01, 0x01}, {0x4b, 0x14, 0x11, 0x0f, 0x0f}}},
};

static guint sum_of(struct bed *bed, guint8 number, guint first, guint last)
{
	guint8 bytes[128];
	guint sum = 0;
	page(bed, number);
	get(bed, 128, bytes, sizeof bytes);
	for (guint i = first; i <= last; i++)
		sum += bytes[i - 128];
	return sum & 0xff;
}

static void check_applications(struct bed *bed, const guint8 wanted[4][5])
{
	page(bed, 0x01);
	for (guint i = 0; i < 8; i++) {
		guint8 entry[4];
		get(bed, (guint8)(86 + 4 * i), entry, 4);
		if (i >= 4 || wanted[i][0] == 0) {
			g_assert_cmphex(entry[0], ==, 0xff);
			g_assert_cmphex(get1(bed, (guint8)(176 + i)), ==, 0);
			continue;
		}
		g_assert_cmpmem(entry, 4, wanted[i], 4);
		g_assert_cmphex(get1(bed, (guint8)(176 + i)), ==, wanted[i][4]);
	}
}

static void test_identities(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(sheets); i++) {
		g_test_message("%s", sheets[i].model);
		struct bed bed = bed_of(sheets[i].model, "");
		char part[17] = {0};
		guint8 map[4];
		guint8 reach[4];
		wake(&bed);
		g_assert_cmphex(get1(&bed, 0), ==, sheets[i].identifier);
		g_assert_cmphex(get1(&bed, 85), ==, sheets[i].media_type);
		page(&bed, 0x00);
		g_assert_cmphex(get1(&bed, 128), ==, sheets[i].identifier);
		get(&bed, 148, (guint8 *)part, 16);
		g_assert_cmpstr(part, ==, sheets[i].part);
		g_assert_cmphex(get1(&bed, 200), ==, 0xa0);
		g_assert_cmpuint(get1(&bed, 201), ==, sheets[i].max_power);
		g_assert_cmphex(get1(&bed, 203), ==, sheets[i].connector);
		g_assert_cmphex(get1(&bed, 210), ==, 0xf0);
		g_assert_cmpuint(get1(&bed, 212), ==, sheets[i].technology);
		check_applications(&bed, sheets[i].applications);
		page(&bed, 0x01);
		g_assert_cmpuint(get2(&bed, 138), ==, sheets[i].wavelength);
		g_assert_cmphex(get1(&bed, 145), ==, sheets[i].cooled);
		g_assert_cmphex(get1(&bed, 151), ==, sheets[i].rx_type);
		get(&bed, 132, reach, 4);
		g_assert_cmpmem(reach, 4, sheets[i].reach, 4);
		page(&bed, 0x11);
		get(&bed, 240, map, 4);
		g_assert_cmpmem(map, 4, sheets[i].tx_map, 4);
		g_assert_cmphex(sum_of(&bed, 0x00, 128, 221), ==, get1(&bed, 222));
		g_assert_cmphex(sum_of(&bed, 0x01, 130, 254), ==, get1(&bed, 255));
		g_assert_cmphex(sum_of(&bed, 0x02, 128, 254), ==, get1(&bed, 255));
		bed_done(&bed);
	}
	g_assert_null(world_model_at(G_N_ELEMENTS(sheets))); /* none is left out */
}

/* The other part number is one that a lot may be waiting for. */
static void test_wrong_part_numbers(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(sheets); i++) {
		struct bed bed = bed_of(sheets[i].model, "wrong-part-number");
		char part[17] = {0};
		gboolean known = FALSE;
		wake(&bed);
		page(&bed, 0x00);
		get(&bed, 148, (guint8 *)part, 16);
		for (guint k = 0; k < G_N_ELEMENTS(sheets); k++)
			known |= strcmp(part, sheets[k].part) == 0;
		g_assert_true(known);
		g_assert_cmpstr(part, !=, sheets[i].part);
		g_assert_cmphex(sum_of(&bed, 0x00, 128, 221), ==, get1(&bed, 222));
		bed_done(&bed);
	}
}

/* Nothing of the firmware is written for the program's own models: this one is a file's. */
static void test_model_of_a_file(void)
{
	static const char text[] = "models:\n"
				   "  - name: half\n"
				   "    like: dr4\n"
				   "    part_number: VB-HALF\n"
				   "    type: 200G-XR2\n"
				   "    lanes: 2\n"
				   "    host_lanes: 4\n"
				   "    wavelengths: [1295 nm, 1305 nm]\n"
				   "    reach: 8000 m\n"
				   "    applications:\n"
				   "      - {host_id: 0x0f, media_id: 0xc0, host_lanes: 4, "
				   "media_lanes: 2, starts: 0x01,"
				   " media_starts: 0x01}\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(model_set) set = model_set_new();
	model_set_load_text(set, text, "models.yaml", &error);
	g_assert_no_error(error);
	struct bed bed = bed_of_model(model_set_find(set, "half", NULL), "");
	char part[9] = {0};
	activate(&bed);
	g_assert_cmphex(get2(&bed, 86), ==, 0x0fc0);
	g_assert_cmphex(get2(&bed, 88), ==, 0x4201);
	g_assert_cmphex(get1(&bed, 90), ==, 0xff);
	page(&bed, 0x00);
	get(&bed, 148, (guint8 *)part, 8);
	g_assert_cmpstr(part, ==, "VB-HALF ");
	g_assert_cmphex(get1(&bed, 210), ==, 0xfc);
	page(&bed, 0x01);
	g_assert_cmphex(get1(&bed, 132), ==, 0x40 | 8);
	g_assert_cmpuint(get2(&bed, 138), ==, 26000);
	sends_sspr(&bed);
	g_assert_cmpuint(path_of(&bed, 3), ==, PATH_ACTIVATED);
	g_assert_cmpuint(path_of(&bed, 4), ==, PATH_DEACTIVATED);
	g_assert_cmphex(get1(&bed, 133), ==, 0x03);
	g_assert_cmphex(get1(&bed, 147), ==, 0x03);
	bed_done(&bed);
}

/* ---- data paths ---- */

/* Every application at every host lane: what is advertised is taken, nothing else is. */
static void test_starts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(sheets); i++) {
		guint n_host = sheets[i].identifier == 0x18 ? 8 : 4;
		for (guint k = 0; k < 4 * n_host; k++) {
			const guint8 *application = sheets[i].applications[k / n_host];
			guint first = k % n_host;
			guint count = application[2] >> 4;
			guint8 configs[8] = {0};
			guint8 lanes = 0;
			if (application[0] == 0)
				continue;
			for (guint lane = first; lane < MIN(first + count, 8); lane++) {
				configs[lane] = (guint8)((k / n_host + 1) << 4 | first << 1);
				lanes |= (guint8)(1u << lane);
			}
			g_test_message("%s AppSel %u at %u", sheets[i].model, k / n_host + 1,
			               first + 1);
			struct bed bed = bed_of(sheets[i].model, "");
			wake(&bed);
			stage(&bed, configs);
			apply(&bed, 143, lanes);
			advance(&bed, MODULE_CONFIG_S + 0.001);
			gboolean advertised = (application[3] >> first & 1) != 0;
			g_assert_cmpuint(status_of(&bed, first), ==,
			                 advertised ? CONFIG_SUCCESS : CONFIG_BAD_LANES);
			bed_done(&bed);
		}
	}
}

static void all_activated_but(struct bed *bed, guint host_lanes, guint8 others,
                              enum path_state state)
{
	for (guint lane = 0; lane < host_lanes; lane++)
		g_assert_cmpuint(path_of(bed, lane), ==,
		                 others >> lane & 1 ? state : PATH_ACTIVATED);
}

static void lit_but(struct bed *bed, guint8 dark)
{
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		if (dark >> lane & 1)
			g_assert_cmpfloat(light(bed, lane), ==, 0.0);
	page(bed, 0x11);
	g_assert_cmphex(get1(bed, 133), ==, 0x0f & ~dark);
}

/* Each data path goes down and up by itself, by both ways, while the others carry light. */
static void check_breakout(const char *model, const guint8 configs[8], guint n_host, guint paths)
{
	struct bed bed = bed_of(model, "");
	guint host_each = n_host / paths;
	guint media_each = WORLD_LANES / paths;
	wake(&bed);
	stage(&bed, configs);
	apply(&bed, 143, (guint8)((1u << n_host) - 1));
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	advance(&bed, 10);
	sends_sspr(&bed);
	all_activated_but(&bed, n_host, 0, PATH_ACTIVATED);
	for (guint i = 0; i < paths; i++) {
		guint8 host = (guint8)(((1u << host_each) - 1) << i * host_each);
		guint8 media = (guint8)(((1u << media_each) - 1) << i * media_each);
		apply(&bed, 128, host);
		advance(&bed, 1);
		all_activated_but(&bed, n_host, host, PATH_DEACTIVATED);
		lit_but(&bed, media);
		apply(&bed, 128, 0);
		advance(&bed, 5);
		apply(&bed, 130, media);
		advance(&bed, 1);
		all_activated_but(&bed, n_host, host, PATH_INITIALIZED);
		lit_but(&bed, media);
		apply(&bed, 130, 0);
		advance(&bed, 1);
		all_activated_but(&bed, n_host, 0, PATH_ACTIVATED);
		lit_but(&bed, 0);
	}
	bed_done(&bed);
}

static void test_breakout(void)
{
	check_breakout("sr4", (const guint8[8]){0x20, 0x22, 0x24, 0x26}, 4, 4);
	check_breakout("sr4", (const guint8[8]){0x30, 0x30, 0x34, 0x34}, 4, 2);
	check_breakout("osfp-dr4", (const guint8[8]){0x20, 0x22, 0x24, 0x26}, 4, 4);
	check_breakout("dr4", (const guint8[8]){32, 32, 36, 36, 40, 40, 44, 44}, 8, 4);
	check_breakout("sr4", (const guint8[8]){0x40, 0x40, 0x40, 0x40}, 4, 1); /* NDR */
}

/* One of four paths gets another application's lanes: what is left of the old one stays down. */
static void test_torn_path_stays_down(void)
{
	struct bed bed = bed_of("sr4", "");
	wake(&bed);
	stage(&bed, (const guint8[8]){0x10, 0x22, 0x10, 0x10});
	apply(&bed, 143, 0x02);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmpuint(status_of(&bed, 1), ==, CONFIG_SUCCESS);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	advance(&bed, 10);
	g_assert_cmpuint(path_of(&bed, 1), ==, PATH_ACTIVATED);
	g_assert_cmpuint(path_of(&bed, 0), ==, PATH_DEACTIVATED);
	g_assert_cmpuint(path_of(&bed, 3), ==, PATH_DEACTIVATED);
	bed_done(&bed);
}

/* A running instance may be given a new start without its neighbours noticing. */
static void test_one_path_starts_again(void)
{
	struct bed bed = bed_of("sr4", "");
	wake(&bed);
	stage(&bed, (const guint8[8]){0x20, 0x22, 0x24, 0x26});
	apply(&bed, 143, 0x0f);
	sim_module_set_pin(bed.module, SIM_PIN_LP_MODE, FALSE);
	advance(&bed, 10);
	apply(&bed, 143, 0x04);
	advance(&bed, MODULE_CONFIG_S + PATH_TX_TURN_OFF_S + PATH_DEINIT_S + 0.01);
	all_activated_but(&bed, 4, 0x04, PATH_INIT);
	advance(&bed, PATH_INIT_S + PATH_TX_TURN_ON_S);
	all_activated_but(&bed, 4, 0, PATH_ACTIVATED);
	/* Two of them as one of 200G: not while they run, but with those two down. */
	stage(&bed, (const guint8[8]){0x30, 0x30, 0x24, 0x26});
	apply(&bed, 143, 0x03);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmpuint(status_of(&bed, 0), ==, CONFIG_LANES_IN_USE);
	apply(&bed, 128, 0x03);
	advance(&bed, 1);
	apply(&bed, 143, 0x03);
	advance(&bed, MODULE_CONFIG_S + 0.001);
	g_assert_cmpuint(status_of(&bed, 0), ==, CONFIG_SUCCESS);
	apply(&bed, 128, 0x00);
	advance(&bed, 5);
	all_activated_but(&bed, 4, 0, PATH_ACTIVATED);
	page(&bed, 0x11);
	g_assert_cmphex(get2(&bed, 206), ==, 0x3030);
	bed_done(&bed);
}

/* ---- host lanes, selection ---- */

static void check_host_lanes(const char *model, guint8 one, guint8 all)
{
	struct bed bed = bed_of(model, "");
	activate(&bed);
	shine(&bed, 0x04);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 132), ==, one);
	get1(&bed, 147);
	g_assert_cmphex(get1(&bed, 147), ==, 0x0b);
	/* Driven on all host lanes: no loss of signal there, and light. */
	get1(&bed, 136);
	g_assert_cmphex(get1(&bed, 136), ==, 0x00);
	lit_but(&bed, 0);
	shine(&bed, 0x0f);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 132), ==, all);
	page(&bed, 0x10);
	put1(&bed, 138, 0x01);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 132), ==, all & 0xfe);
	world_set_ppg_global(bed.world, 0, FALSE);
	advance(&bed, 0.1);
	page(&bed, 0x11);
	g_assert_cmphex(get1(&bed, 136), ==, all); /* Tx LOS of the lanes that are there */
	bed_done(&bed);
}

static void test_host_lanes(void)
{
	check_host_lanes("dr4", 0x30, 0xff);
	check_host_lanes("osfp-dr4", 0x04, 0x0f);
}

static void test_osfp_is_always_selected(void)
{
	struct bed bed = bed_of("osfp-dr4", "");
	sim_module_set_pin(bed.module, SIM_PIN_RESET_L, TRUE);
	g_assert_true(sim_module_pin(bed.module, SIM_PIN_MOD_SEL_L));
	advance(&bed, MODULE_MGMT_INIT_S + 0.001);
	g_assert_cmphex(get1(&bed, 0), ==, 0x19);
	page(&bed, 0x01);
	g_assert_cmphex(get1(&bed, 143), ==, 0);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/module/models/identities", test_identities);
	g_test_add_func("/module/models/wrong-part-numbers", test_wrong_part_numbers);
	g_test_add_func("/module/models/of-a-file", test_model_of_a_file);
	g_test_add_func("/module/models/starts", test_starts);
	g_test_add_func("/module/models/breakout", test_breakout);
	g_test_add_func("/module/models/torn-path", test_torn_path_stays_down);
	g_test_add_func("/module/models/one-path", test_one_path_starts_again);
	g_test_add_func("/module/models/host-lanes", test_host_lanes);
	g_test_add_func("/module/models/osfp-selected", test_osfp_is_always_selected);
	return g_test_run();
}

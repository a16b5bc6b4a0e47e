/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/knobs.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* The knob maps that are shipped, against docs/virtual-module.md, typed once more. */

enum product { DR4 = 1, FR4 = 2, LR4 = 4, SR4 = 8, OSFP_DR4 = 16, EML = 23, ALL = 31 };

static const struct {
	const char *file;
	enum product product;
	const char *part_numbers[2];
} maps[] = {
	{"vb-qdd-dr4", DR4, {"VB-QDD-DR4-500", NULL}},
	{"vb-qdd-fr4", FR4, {"VB-QDD-FR4-2K", NULL}},
	{"vb-qdd-lr4", LR4, {"VB-QDD-LR4-6K", "VB-QDD-LR4-10K"}},
	{"vb-osfp-sr4", SR4, {"VB-OSFP-SR4-100", NULL}},
	{"vb-osfp-dr4", OSFP_DR4, {"VB-OSFP-DR4-500", NULL}},
};

static const struct {
	const char *name;
	guint products;
	guint8 page, byte, last;
	enum knob_type type;
	double min, max;
	gboolean read_only;
} documented[] = {
	{"laser_bias", EML, 0xB0, 128, 135, KNOB_U16, 0, 0.120, FALSE},
	{"laser_bias", SR4, 0xB0, 128, 135, KNOB_U16, 0, 0.012, FALSE},
	{"mod_bias", EML, 0xB0, 136, 143, KNOB_U16, 0, 3.0, FALSE},
	{"mod_swing", EML, 0xB0, 144, 151, KNOB_U16, 0.2, 2.5, FALSE},
	{"fir_pre", ALL, 0xB0, 152, 155, KNOB_S8, -0.25, 0.25, FALSE},
	{"fir_post", ALL, 0xB0, 156, 159, KNOB_S8, -0.25, 0.25, FALSE},
	{"level_skew", ALL, 0xB0, 160, 163, KNOB_S8, -0.25, 0.25, FALSE},
	{"tec_setpoint", LR4, 0xB0, 164, 165, KNOB_S16, 35, 60, FALSE},
	{"mod_current", SR4, 0xB0, 166, 173, KNOB_U16, 0, 0.012, FALSE},
	{"table_mode", ALL, 0xB0, 248, 248, KNOB_U8, 0, 1, FALSE},
	{"map_revision", ALL, 0xB0, 250, 251, KNOB_U16, 0, 65535, TRUE},
	{"tx_mon_slope", ALL, 0xB1, 128, 135, KNOB_U16, 0, 65535 / 8192.0, FALSE},
	{"tx_mon_offset", ALL, 0xB1, 136, 143, KNOB_S16, -3.2768e-3, 3.2767e-3, FALSE},
	{"rx_mon_slope", ALL, 0xB1, 144, 151, KNOB_U16, 0, 65535 / 8192.0, FALSE},
	{"rx_mon_offset", ALL, 0xB1, 152, 159, KNOB_S16, -3.2768e-3, 3.2767e-3, FALSE},
	{"temp_offset", ALL, 0xB1, 160, 161, KNOB_S16, -128, 32767 / 256.0, FALSE},
	{"vcc_offset", ALL, 0xB1, 162, 163, KNOB_S16, -3.2768, 3.2767, FALSE},
	{"los_assert", ALL, 0xB1, 164, 171, KNOB_U16, 0, 6.5535e-3, FALSE},
	{"los_deassert", ALL, 0xB1, 172, 179, KNOB_U16, 0, 6.5535e-3, FALSE},
	{"tx_mon_raw", ALL, 0xB1, 180, 187, KNOB_U16, 0, 6.5535e-3, TRUE},
	{"rx_mon_raw", ALL, 0xB1, 188, 195, KNOB_U16, 0, 6.5535e-3, TRUE},
	{"temp_raw", ALL, 0xB1, 196, 197, KNOB_S16, -128, 32767 / 256.0, TRUE},
	{"vcc_raw", ALL, 0xB1, 198, 199, KNOB_U16, 0, 6.5535, TRUE},
	{"cal_status", ALL, 0xB1, 200, 201, KNOB_U16, 0, 65535, FALSE},
	{"cal_date", ALL, 0xB1, 202, 205, KNOB_U32, 0, 4294967295.0, FALSE},
	{"rx_mon_quad", SR4, 0xB1, 206, 213, KNOB_S16, -16384, 16383.5, FALSE},
	{"rx_mon_break", FR4 | LR4, 0xB1, 214, 221, KNOB_U16, 0, 6.5535e-3, FALSE},
	{"rx_mon_slope_high", FR4 | LR4, 0xB1, 222, 229, KNOB_U16, 0, 65535 / 8192.0, FALSE},
	{"rx_mon_offset_high", FR4 | LR4, 0xB1, 230, 237, KNOB_S16, -3.2768e-3, 3.2767e-3, FALSE},
	{"temp_slope", ALL, 0xB1, 238, 239, KNOB_U16, 0, 65535 / 32768.0, FALSE},
	{"vcc_slope", ALL, 0xB1, 240, 241, KNOB_U16, 0, 65535 / 32768.0, FALSE},
	{"bias_table", EML, 0xB2, 128, 191, KNOB_U16, 0, 0.120, FALSE},
	{"bias_table", SR4, 0xB2, 128, 191, KNOB_U16, 0, 0.012, FALSE},
	{"mod_table", EML, 0xB2, 192, 255, KNOB_U16, 0, 3.0, FALSE},
	{"mod_table", SR4, 0xB2, 192, 255, KNOB_U16, 0, 0.012, FALSE},
};

static const guint sizes[] = {1, 1, 2, 2, 4};

static struct knob_map *load(const char *file)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *name = g_strconcat(file, ".yaml", NULL);
	g_autofree char *path = g_build_filename(root ? root : ".", "fixtures/modules", name, NULL);
	g_autoptr(GError) error = NULL;
	struct knob_map *map = knob_map_load(path, &error);

	g_assert_no_error(error);
	return map;
}

static void check_knob(const struct knob *knob, guint row)
{
	guint lanes = MAX(knob->lanes, 1u);
	guint entries = MAX(knob->entries, 1u);
	guint last = knob->byte + (lanes - 1) * knob->stride + (entries - 1) * knob->entry_stride +
	             sizes[knob->type] - 1;
	double min, max;

	g_test_message("%s", knob->name);
	g_assert_cmpuint(knob->page, ==, documented[row].page);
	g_assert_cmpuint(knob->byte, ==, documented[row].byte);
	g_assert_cmpuint(last, ==, documented[row].last);
	g_assert_cmpint(knob->type, ==, documented[row].type);
	g_assert_cmpint(knob->read_only, ==, documented[row].read_only);
	/* Every byte of the range belongs to it. */
	g_assert_cmpuint(last + 1 - knob->byte, ==, lanes * entries * sizes[knob->type]);
	knob_limits(knob, &min, &max);
	g_assert_cmpfloat_with_epsilon(min, documented[row].min, 1e-9);
	g_assert_cmpfloat_with_epsilon(max, documented[row].max, 1e-9);
}

/* Each product has its own knobs, all of them and no others. */
static void test_products(gconstpointer data)
{
	guint m = GPOINTER_TO_UINT(data);
	g_autoptr(knob_map) map = load(maps[m].file);
	g_autoptr(GError) error = NULL;
	guint n = 0, expected = 0;

	g_assert_cmpstr(knob_map_name(map), ==, maps[m].file);
	g_assert_cmpuint(strlen(knob_map_sha256(map)), ==, 64);
	for (guint i = 0; i < G_N_ELEMENTS(maps); i++)
		for (guint k = 0; k < 2; k++)
			if (maps[i].part_numbers[k])
				g_assert_cmpint(knob_map_fits(map, maps[i].part_numbers[k]), ==,
				                i == m);
	g_assert_false(knob_map_fits(map, "VB-QDD-DR4-50"));
	knob_map_knobs(map, &n);
	for (guint i = 0; i < G_N_ELEMENTS(documented); i++) {
		const struct knob *knob;

		if (!(documented[i].products & maps[m].product))
			continue;
		knob = knob_map_find(map, documented[i].name, &error);
		g_assert_no_error(error);
		check_knob(knob, i);
		expected++;
	}
	g_assert_cmpuint(n, ==, expected);
	g_assert_null(knob_map_find(map, "laser_bais", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "laser_bias"));
}

static void mark(guint8 used[3][256], guint page, guint first, guint n)
{
	g_assert_cmpuint(page, >=, 0xB0);
	g_assert_cmpuint(page, <=, 0xB2);
	for (guint byte = first; byte < first + n; byte++) {
		g_assert_cmpuint(byte, <=, 255);
		g_assert_cmpuint(used[page - 0xB0][byte]++, ==, 0);
	}
}

/* No byte belongs to two knobs, nor to a knob and the commit. */
static void test_bytes(gconstpointer data)
{
	g_autoptr(knob_map) map = load(maps[GPOINTER_TO_UINT(data)].file);
	guint8 used[3][256] = {{0}};
	guint n = 0;
	const struct knob *knobs = knob_map_knobs(map, &n);

	mark(used, 0xB1, 254, 2);
	for (guint i = 0; i < n; i++) {
		const struct knob *k = &knobs[i];

		for (guint lane = 0; lane < MAX(k->lanes, 1u); lane++)
			for (guint entry = 0; entry < MAX(k->entries, 1u); entry++)
				mark(used, k->page,
				     k->byte + lane * k->stride + entry * k->entry_stride,
				     sizes[k->type]);
	}
}

static void test_tables(gconstpointer data)
{
	guint m = GPOINTER_TO_UINT(data);
	g_autoptr(knob_map) map = load(maps[m].file);
	const char *modulation = maps[m].product == SR4 ? "mod_current" : "mod_bias";
	const char *const of[] = {"laser_bias", modulation};
	const char *const names[] = {"bias_table", "mod_table"};

	for (guint i = 0; i < 2; i++) {
		const struct knob_table *table = knob_map_table(map, of[i]);

		g_assert_nonnull(table);
		g_assert_cmpstr(table->of->name, ==, of[i]);
		g_assert_cmpstr(table->table->name, ==, names[i]);
		g_assert_cmpfloat(table->first_degc, ==, 0);
		g_assert_cmpfloat(table->step_degc, ==, 10);
		g_assert_cmpuint(table->n, ==, 8);
		g_assert_cmpstr(table->mode->name, ==, "table_mode");
		/* What the knob takes, its table takes. */
		g_assert_cmpint(table->table->max_raw, ==, table->of->max_raw);
		g_assert_cmpfloat(table->table->scale, ==, table->of->scale);
	}
	g_assert_null(knob_map_table(map, "fir_pre"));
	g_assert_null(knob_map_table(map, "nonsense"));
}

/* Nothing is shipped that is not checked here. */
static void test_complete(void)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *folder = g_build_filename(root ? root : ".", "fixtures/modules", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;
	guint found = 0;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir))) {
		gboolean known = FALSE;

		/* tests/unit/fixtures_quirk.c looks at the other */
		if (!g_str_has_suffix(name, ".yaml") || g_str_equal(name, "quirks.yaml"))
			continue;
		for (guint i = 0; i < G_N_ELEMENTS(maps); i++)
			known |= g_str_has_prefix(name, maps[i].file) &&
			         strlen(name) == strlen(maps[i].file) + 5;
		g_test_message("%s", name);
		g_assert_true(known);
		found++;
	}
	g_assert_cmpuint(found, ==, G_N_ELEMENTS(maps));
}

static void add(const char *name, const char *file, guint m, void (*test)(gconstpointer))
{
	g_autofree char *path = g_strdup_printf("/fixtures/maps/%s/%s", name, file);

	g_test_add_data_func(path, GUINT_TO_POINTER(m), test);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(maps); i++) {
		add("products", maps[i].file, i, test_products);
		add("bytes", maps[i].file, i, test_bytes);
		add("tables", maps[i].file, i, test_tables);
	}
	g_test_add_func("/fixtures/maps/complete", test_complete);
	return g_test_run();
}

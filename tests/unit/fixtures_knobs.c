/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/knobs.h"

#include "tests/unit/fixtures_fake.h"

#include <glib/gstdio.h>

#include <math.h>
#include <string.h>

struct bench {
	struct fake *fake;
	struct module *module;
	struct knob_map *map;
};

static struct knob_map *load_shipped(void)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *path =
		g_build_filename(root ? root : ".", "fixtures/modules/vb-qdd-dr4.yaml", NULL);
	g_autoptr(GError) error = NULL;
	struct knob_map *map = knob_map_load(path, &error);

	g_assert_no_error(error);
	return map;
}

static void set_up(struct bench *bench, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bench->fake = fake_new();
	fake_fill(bench->fake);
	bench->module = module_new(&bench->fake->base);
	bench->map = load_shipped();
	module_power_up(bench->module, &bench->fake->bounds, &error);
	g_assert_no_error(error);
	module_identify(bench->module, &bench->fake->bounds, &error);
	g_assert_no_error(error);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
	knob_map_free(bench->map);
	module_free(bench->module);
	fake_free(bench->fake);
}

static void unlock(struct bench *bench)
{
	g_autoptr(GError) error = NULL;

	knobs_unlock(bench->module, bench->map, &bench->fake->bounds, &error);
	g_assert_no_error(error);
}

/* docs/virtual-module.md, typed once more. */
static const struct {
	const char *name;
	guint8 page, byte, last;
	enum knob_type type;
	double min, max;
} documented[] = {
	{"laser_bias", 0xB0, 128, 135, KNOB_U16, 0, 0.120},
	{"mod_bias", 0xB0, 136, 143, KNOB_U16, 0, 3.0},
	{"mod_swing", 0xB0, 144, 151, KNOB_U16, 0.2, 2.5},
	{"fir_pre", 0xB0, 152, 155, KNOB_S8, -0.25, 0.25},
	{"fir_post", 0xB0, 156, 159, KNOB_S8, -0.25, 0.25},
	{"level_skew", 0xB0, 160, 163, KNOB_S8, -0.25, 0.25},
	{"tx_mon_slope", 0xB1, 128, 135, KNOB_U16, 0, 65535 / 8192.0},
	{"tx_mon_offset", 0xB1, 136, 143, KNOB_S16, -3.2768e-3, 3.2767e-3},
	{"rx_mon_slope", 0xB1, 144, 151, KNOB_U16, 0, 65535 / 8192.0},
	{"rx_mon_offset", 0xB1, 152, 159, KNOB_S16, -3.2768e-3, 3.2767e-3},
	{"temp_offset", 0xB1, 160, 161, KNOB_S16, -128, 32767 / 256.0},
	{"vcc_offset", 0xB1, 162, 163, KNOB_S16, -3.2768, 3.2767},
	{"los_assert", 0xB1, 164, 171, KNOB_U16, 0, 6.5535e-3},
	{"los_deassert", 0xB1, 172, 179, KNOB_U16, 0, 6.5535e-3},
	{"tx_mon_raw", 0xB1, 180, 187, KNOB_U16, 0, 6.5535e-3},
	{"rx_mon_raw", 0xB1, 188, 195, KNOB_U16, 0, 6.5535e-3},
	{"temp_raw", 0xB1, 196, 197, KNOB_S16, -128, 32767 / 256.0},
	{"vcc_raw", 0xB1, 198, 199, KNOB_U16, 0, 6.5535},
	{"cal_status", 0xB1, 200, 201, KNOB_U16, 0, 65535},
	{"cal_date", 0xB1, 202, 205, KNOB_U32, 0, 4294967295.0},
};

static void test_shipped(void)
{
	static const guint sizes[] = {1, 1, 2, 2, 4};
	g_autoptr(knob_map) map = load_shipped();
	g_autoptr(GError) error = NULL;
	guint n = 0;
	const struct knob *knobs = knob_map_knobs(map, &n);

	g_assert_cmpstr(knob_map_name(map), ==, "vb-qdd-dr4");
	g_assert_cmpuint(strlen(knob_map_sha256(map)), ==, 64);
	g_assert_cmpstr(knob_map_part_numbers(map)[0], ==, "VB-QDD-DR4-500");
	g_assert_null(knob_map_part_numbers(map)[1]);
	g_assert_true(knob_map_fits(map, "VB-QDD-DR4-500"));
	g_assert_false(knob_map_fits(map, "VB-QDD-DR4-50"));
	g_assert_cmpuint(n, ==, G_N_ELEMENTS(documented));
	for (guint i = 0; i < n; i++) {
		const struct knob *knob = knob_map_find(map, documented[i].name, &error);
		guint lanes = MAX(knob->lanes, 1u);
		double min;
		double max;

		g_test_message("%s", documented[i].name);
		g_assert_no_error(error);
		g_assert_true(knob == &knobs[i]);
		g_assert_cmpuint(knob->page, ==, documented[i].page);
		g_assert_cmpuint(knob->byte, ==, documented[i].byte);
		g_assert_cmpint(knob->type, ==, documented[i].type);
		g_assert_cmpuint(knob->byte + (lanes - 1) * knob->stride + sizes[knob->type] - 1,
		                 ==, documented[i].last);
		g_assert_cmpint(knob->read_only, ==, g_str_has_suffix(knob->name, "_raw"));
		knob_limits(knob, &min, &max);
		g_assert_cmpfloat_with_epsilon(min, documented[i].min, 1e-9);
		g_assert_cmpfloat_with_epsilon(max, documented[i].max, 1e-9);
	}
	g_assert_null(knob_map_find(map, "laser_bais", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "laser_bias"));
}

static void test_write(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	struct knob_written written = {0};
	double value = 0;

	unlock(bench);
	g_assert_true(knob_write(bench->module, bench->map, "laser_bias", 3, 0.050007, &written,
	                         &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpint(written.raw, ==, 2500);
	g_assert_cmpfloat_with_epsilon(written.value, 0.05, 1e-12);
	g_assert_cmpfloat_with_epsilon(written.quantisation, -7e-6, 1e-12);
	g_assert_cmpmem(fake->pages[0xB0] + 4, 2, "\x09\xC4", 2);
	g_assert_true(knob_read(bench->module, bench->map, "laser_bias", 3, &value, &fake->bounds,
	                        &error));
	g_assert_cmpfloat_with_epsilon(value, 0.05, 1e-12);
	g_assert_true(knob_write(bench->module, bench->map, "fir_pre", 2, -12 / 128.0, &written,
	                         &fake->bounds, &error));
	g_assert_cmpuint(fake->pages[0xB0][153 - 128], ==, 0xF4);
	g_assert_cmpfloat(written.quantisation, ==, 0);
	g_assert_true(
		knob_read(bench->module, bench->map, "fir_pre", 2, &value, &fake->bounds, &error));
	g_assert_cmpfloat(value, ==, -12 / 128.0);
	g_assert_true(knob_write(bench->module, bench->map, "rx_mon_offset", 4, -1.25e-6, NULL,
	                         &fake->bounds, &error));
	g_assert_cmpuint(fake->pages[0xB1][158 - 128], ==, 0xFF);
	g_assert_true(knob_write(bench->module, bench->map, "cal_date", 0, 4e9, NULL, &fake->bounds,
	                         &error));
	g_assert_cmpmem(fake->pages[0xB1] + 202 - 128, 4, "\xEE\x6B\x28\x00", 4);
	g_assert_true(
		knob_read(bench->module, bench->map, "cal_date", 0, &value, &fake->bounds, &error));
	g_assert_cmpfloat(value, ==, 4e9);
	g_assert_true(knob_write(bench->module, bench->map, "cal_status", 0, 0xCA1B, NULL,
	                         &fake->bounds, &error));
	g_assert_cmpmem(fake->pages[0xB1] + 200 - 128, 2, "\xCA\x1B", 2);
	g_assert_no_error(error);
}

static void test_write_refused(struct bench *bench, gconstpointer data)
{
	static const struct {
		const char *name;
		guint lane;
		double value;
		enum station_error code;
	} rows[] = {
		{"laser_bias", 1, 0.12002, STATION_ERROR_RANGE},
		{"laser_bias", 1, -20e-6, STATION_ERROR_RANGE},
		{"laser_bias", 1, NAN, STATION_ERROR_RANGE},
		{"laser_bias", 1, INFINITY, STATION_ERROR_RANGE},
		{"laser_bias", 1, 1e30, STATION_ERROR_RANGE},
		{"mod_swing", 1, 0.199, STATION_ERROR_RANGE},
		{"fir_post", 1, -33 / 128.0, STATION_ERROR_RANGE},
		{"laser_bias", 0, 0.05, STATION_ERROR_INTERNAL},
		{"laser_bias", 5, 0.05, STATION_ERROR_INTERNAL},
		{"vcc_offset", 1, 0, STATION_ERROR_INTERNAL},
		{"tx_mon_raw", 1, 0, STATION_ERROR_INTERNAL},
		{"nonsense", 1, 0, STATION_ERROR_CONFIG},
	};
	struct fake *fake = bench->fake;
	gsize logged;

	unlock(bench);
	logged = fake->log->len;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(knob_write(bench->module, bench->map, rows[i].name, rows[i].lane,
		                          rows[i].value, NULL, &fake->bounds, &error));
		g_test_message("%s", error->message);
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
	}
	g_assert_cmpuint(fake->log->len, ==, logged);
}

static void test_read_back(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	unlock(bench);
	fake->ignores_writes = TRUE;
	g_assert_false(knob_write(bench->module, bench->map, "mod_bias", 1, 1.2, NULL,
	                          &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
}

/* Locked pages read as zero: nothing may be taken from them for a value. */
static void test_locked(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	double value = -1;

	g_assert_false(knob_read(bench->module, bench->map, "laser_bias", 1, &value, &fake->bounds,
	                         &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(knobs_commit(bench->module, bench->map, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	unlock(bench);
	g_assert_true(knob_read(bench->module, bench->map, "laser_bias", 1, &value, &fake->bounds,
	                        &error));
	g_assert_true(module_reset(bench->module, &fake->bounds, &error));
	g_assert_false(knob_read(bench->module, bench->map, "laser_bias", 1, &value, &fake->bounds,
	                         &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(knobs_unlock(bench->module, bench->map, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
}

static void test_unlock_refused(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	memset(fake->pages[0xB1], 0, 8);
	g_assert_false(knobs_unlock(bench->module, bench->map, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_null(strstr(error->message, "A5C3"));
	g_clear_error(&error);
	fake->pages[0][148 - 128] = 'X';
	g_assert_true(module_identify(bench->module, &fake->bounds, &error));
	fake->password = 0;
	g_assert_false(knobs_unlock(bench->module, bench->map, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_assert_cmpuint(fake->password, ==, 0);
}

static void test_commit(struct bench *bench, gconstpointer data)
{
	static const struct {
		guint8 result;
		gboolean hangs;
		const char *says; /* null: done */
	} rows[] = {
		{0x00, FALSE, NULL},
		{0x80, FALSE, "failed"},
		{0x42, FALSE, "unknown status 42h"},
		{0x00, TRUE, "still busy"},
	};
	struct fake *fake = bench->fake;

	unlock(bench);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gboolean ok;

		fake->commit_result = rows[i].result;
		fake->commit_hangs = rows[i].hangs;
		ok = knobs_commit(bench->module, bench->map, &fake->bounds, &error);
		g_assert_cmpint(ok, ==, rows[i].says == NULL);
		if (!rows[i].says)
			continue;
		g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
		g_assert_nonnull(strstr(error->message, rows[i].says));
	}
	g_assert_nonnull(strstr(fake->log->str, "B1h:254=01 "));
}

#define HEAD "name: x\npart_numbers: [A]\npassword: A5C3F01E\n"
#define COMMIT                                                                                     \
	"commit: {page: B1, byte: 254, value: 1, status_byte: 255, done: 0, busy: 1, "             \
	"failed: 128, time: 500 ms}\n"
#define KNOB(rest) "  - {name: a, page: B0, byte: 128, type: U16, unit: A, scale: 1 mA" rest "}\n"

/* clang-format off */
static const struct {
	const char *text;
	const char *says; /* null: good */
} files[] = {
	{HEAD COMMIT "knobs:\n" KNOB(""), NULL},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 4, stride: 2"), NULL},
	{"- 1\n", "expected a knob map"},
	{HEAD COMMIT "knobs: []\n", "no knobs"},
	{HEAD COMMIT "knobs: [7]\n", "expected a map"},
	{HEAD "knobs:\n" KNOB(""), "commit"},
	{HEAD COMMIT, "knobs"},
	{HEAD COMMIT "colour: red\nknobs:\n" KNOB(""), "colour"},
	{HEAD COMMIT "proof: b\nknobs:\n" KNOB(""), "none of the knobs"},
	{HEAD COMMIT "knobs:\n" KNOB("") KNOB(""), "twice"},
	{HEAD COMMIT "knobs:\n" KNOB("") "  - {name: b, page: B0, byte: 129, type: U8, "
	 "unit: A, scale: 1 mA}\n", "shares a byte"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B1, byte: 251, type: U32, unit: s, "
	 "scale: 1 s}\n", "shares a byte"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 255, type: U16, unit: s, "
	 "scale: 1 s}\n", "past its page"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 127, type: U16, unit: s, "
	 "scale: 1 s}\n", "byte"},
	{HEAD COMMIT "knobs:\n  - {name: B, page: B0, byte: 128, type: U16, unit: s, "
	 "scale: 1 s}\n", "not a name"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: 1B0, byte: 128, type: U16, unit: s, "
	 "scale: 1 s}\n", "not a page"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U64, unit: s, "
	 "scale: 1 s}\n", "not a type"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U16, unit: ell, "
	 "scale: 1}\n", "not a unit"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U16, unit: V, "
	 "scale: 1 mA}\n", "scale"},
	{HEAD COMMIT "knobs:\n  - {name: b, page: B0, byte: 128, type: U16, unit: V, "
	 "scale: 0 V}\n", "above zero"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 4"), "stride"},
	{HEAD COMMIT "knobs:\n" KNOB(", stride: 4"), "lanes"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 4, stride: 1"), "stride"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 9, stride: 2"), "more than 8 lanes"},
	{HEAD COMMIT "knobs:\n" KNOB(", lanes: 8, stride: 20"), "past its page"},
	{HEAD COMMIT "knobs:\n" KNOB(", min_count: 7, max_count: 7"), "not below"},
	{HEAD COMMIT "knobs:\n" KNOB(", max_count: 65536"), "max_count"},
	{HEAD COMMIT "knobs:\n" KNOB(", max_cuont: 5"), "max_count"},
	{HEAD COMMIT "knobs:\n" KNOB(", read_only: maybe"), "read_only"},
	{"name: x\npart_numbers: []\n" COMMIT "knobs:\n" KNOB(""), "no part numbers"},
	{"name: x\npart_numbers: [A]\npassword: A5C3F01\n" COMMIT "knobs:\n" KNOB(""),
	 "eight hexadecimal digits"},
	{"name: x\npart_numbers: [A]\npassword: A5C3F01EG\n" COMMIT "knobs:\n" KNOB(""),
	 "eight hexadecimal digits"},
	{HEAD "commit: {page: B1, byte: 254, value: 1, status_byte: 255, done: 1, busy: 1, "
	 "failed: 128, time: 500 ms}\nknobs:\n" KNOB(""),
	 "have to differ"},
	{HEAD "commit: {page: B1, byte: 254, value: 1, status_byte: 255, done: 0, busy: 1, "
	 "failed: 128, time: 0 s}\nknobs:\n" KNOB(""),
	 "up to 60 s"},
	{HEAD "commit: {page: B1, byte: 256, value: 1, status_byte: 255, done: 0, busy: 1, "
	 "failed: 128, time: 1 s}\nknobs:\n" KNOB(""),
	 "byte"},
};
/* clang-format on */

static void test_bad_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("knobs-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "map.yaml", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(knob_map) map = NULL;

		g_assert_true(g_file_set_contents(path, files[i].text, -1, NULL));
		map = knob_map_load(path, &error);
		if (!files[i].says) {
			g_assert_no_error(error);
			g_assert_nonnull(map);
			continue;
		}
		g_assert_null(map);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, files[i].says));
		g_assert_nonnull(strstr(error->message, "map.yaml:"));
		g_assert_null(strstr(error->message, "A5C3"));
	}
	g_unlink(path);
	g_rmdir(folder);
}

static void test_no_file(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(knob_map_load("/nonexistent/map.yaml", &error));
	g_assert_nonnull(error);
}

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/knobs/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/knobs/shipped", test_shipped);
	add("write", test_write);
	add("write-refused", test_write_refused);
	add("read-back", test_read_back);
	add("locked", test_locked);
	add("unlock-refused", test_unlock_refused);
	add("commit", test_commit);
	g_test_add_func("/fixtures/knobs/bad-files", test_bad_files);
	g_test_add_func("/fixtures/knobs/no-file", test_no_file);
	return g_test_run();
}

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
	fake->pages[0xB0][250 - 128] = 0; /* as locked pages read */
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

/* A module of another layout is left alone. */
static void test_revision(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	gsize logged;

	fake->pages[0xB0][250 - 128] = 0x01;
	g_assert_false(knobs_unlock(bench->module, bench->map, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpstr(error->message, ==,
	                "unlock: the module's page layout is 0100h, the knob map vb-qdd-dr4 is for "
	                "0200h: no knob was touched");
	g_clear_error(&error);
	/* And the pages, which are open now, stay out of reach. */
	g_assert_false(knob_write(bench->module, bench->map, "mod_bias", 1, 1.2, NULL,
	                          &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_null(strstr(fake->log->str, "B0h:1"));
	g_assert_null(strstr(fake->log->str, "B1h:1"));
	/* None at all, in pages that are open. */
	fake->pages[0xB0][250 - 128] = 0;
	logged = fake->log->len;
	g_assert_false(knobs_unlock(bench->module, bench->map, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_nonnull(strstr(error->message, "layout is 0000h"));
	g_assert_cmpuint(fake->log->len, >, logged);
	g_clear_error(&error);
	fake->pages[0xB0][250 - 128] = 0x02;
	unlock(bench);
}

/* Opening pages that are open asks for the proof, before and after, and for nothing constant. */
static void test_unlock_again(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;

	unlock(bench);
	fake->transfers = 0;
	fake->page_writes = 0;
	unlock(bench);
	/* selector and proof, password, selector and proof */
	g_assert_cmpuint(fake->transfers, ==, 5);
	g_assert_cmpuint(fake->page_writes, ==, 0);
	fake->pages[0xB1][0] = 0; /* the proof is looked at each time */
	g_assert_false(knobs_unlock(bench->module, bench->map, &fake->bounds, NULL));
}

static void test_entries(struct bench *bench, gconstpointer data)
{
	static const struct {
		const char *name;
		guint lane;
		enum station_error code;
	} rows[] = {
		{"bias_table", 1, STATION_ERROR_INTERNAL},
		{"bias_table[8]", 1, STATION_ERROR_CONFIG},
		{"bias_table[]", 1, STATION_ERROR_CONFIG},
		{"bias_table[-1]", 1, STATION_ERROR_CONFIG},
		{"bias_table[1", 1, STATION_ERROR_CONFIG},
		{"laser_bias[0]", 1, STATION_ERROR_CONFIG},
		{"nonsense[0]", 1, STATION_ERROR_CONFIG},
		{"bias_table[0]", 5, STATION_ERROR_INTERNAL},
	};
	struct fake *fake = bench->fake;
	struct knob_written written = {0};
	g_autoptr(GError) error = NULL;
	g_autofree char *name = knob_entry_name(knob_map_find(bench->map, "mod_table", NULL), 7);
	double value = 0;

	unlock(bench);
	g_assert_cmpstr(name, ==, "mod_table[7]");
	g_assert_true(knob_write(bench->module, bench->map, "bias_table[3]", 2, 0.05, &written,
	                         &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpmem(fake->pages[0xB2] + 16 + 6, 2, "\x09\xC4", 2);
	g_assert_true(knob_read(bench->module, bench->map, "bias_table[3]", 2, &value,
	                        &fake->bounds, &error));
	g_assert_cmpfloat_with_epsilon(value, 0.05, 1e-12);
	g_assert_true(
		knob_write(bench->module, bench->map, name, 4, 1.5, NULL, &fake->bounds, &error));
	g_assert_cmpmem(fake->pages[0xB2] + 126, 2, "\x05\xDC", 2);
	g_assert_true(knob_map_find(bench->map, "bias_table[3]", &error) ==
	              knob_map_find(bench->map, "bias_table", &error));
	g_assert_no_error(error);
	g_assert_true(knob_map_has(bench->map, "bias_table"));
	g_assert_true(knob_map_has(bench->map, "bias_table[7]"));
	g_assert_false(knob_map_has(bench->map, "bias_table[8]"));
	g_assert_false(knob_map_has(bench->map, "mod_current"));
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_false(knob_write(bench->module, bench->map, rows[i].name, rows[i].lane,
		                          0.01, NULL, &fake->bounds, &error));
		g_test_message("%s", error->message);
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
		g_clear_error(&error);
	}
}

static void test_block(struct bench *bench, gconstpointer data)
{
	static const double wanted[8] = {0.04, 0.0401, 0.040207, 0.0403, 0.045, 0.05, 0.06, 0.07};
	struct fake *fake = bench->fake;
	struct knob_written written[8] = {0};
	g_autoptr(GError) error = NULL;
	double values[8] = {0};
	guint transfers;
	gsize logged;

	unlock(bench);
	knobs_read_block(bench->module, bench->map, "bias_table", 3, values, 8, &fake->bounds,
	                 &error);
	g_assert_no_error(error);
	transfers = fake->transfers;
	knobs_write_block(bench->module, bench->map, "bias_table", 3, wanted, 8, written,
	                  &fake->bounds, &error);
	g_assert_no_error(error);
	/* Two writes of eight bytes, two reads; the fake takes no longer ones. */
	g_assert_cmpuint(fake->transfers - transfers, ==, 4);
	g_assert_cmpint(written[2].raw, ==, 2010);
	g_assert_cmpfloat_with_epsilon(written[2].value, 0.0402, 1e-12);
	g_assert_cmpfloat_with_epsilon(written[2].quantisation, -7e-6, 1e-12);
	g_assert_cmpmem(fake->pages[0xB2] + 32, 2, "\x07\xD0", 2);
	g_assert_cmpmem(fake->pages[0xB2] + 46, 2, "\x0D\xAC", 2);
	g_assert_true(knobs_read_block(bench->module, bench->map, "bias_table", 3, values, 8,
	                               &fake->bounds, &error));
	for (guint i = 0; i < 8; i++)
		g_assert_cmpfloat(values[i], ==, written[i].value);
	/* One entry outside the range: none is written. */
	logged = fake->log->len;
	values[7] = 0.13;
	g_assert_false(knobs_write_block(bench->module, bench->map, "bias_table", 3, values, 8,
	                                 NULL, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_nonnull(strstr(error->message, "knob bias_table[7], lane 3: "));
	g_clear_error(&error);
	for (guint n = 7; n < 10; n += 2) {
		g_assert_false(knobs_write_block(bench->module, bench->map, "bias_table", 3, wanted,
		                                 n, NULL, &fake->bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
		g_clear_error(&error);
	}
	g_assert_false(knobs_read_block(bench->module, bench->map, "laser_bias", 3, values, 1,
	                                &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_cmpuint(fake->log->len, ==, logged);
	fake->ignores_writes = TRUE;
	values[7] = 0.07;
	values[5] = 0.01;
	g_assert_false(knobs_write_block(bench->module, bench->map, "bias_table", 3, values, 8,
	                                 NULL, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_nonnull(strstr(error->message, "knob bias_table[5], lane 3: module: reads back"));
}

/* Entries with something else between them are written one by one. */
static void test_spread(struct bench *bench, gconstpointer data)
{
	static const double wanted[3] = {1, 2, 3};
	g_autofree char *folder = g_dir_make_tmp("knobs-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "map.yaml", NULL);
	g_autoptr(knob_map) map = NULL;
	g_autoptr(GError) error = NULL;
	double values[3] = {0};

	g_assert_true(g_file_set_contents(
		path,
		"name: x\npart_numbers: [VB-QDD-DR4-500]\npassword: A5C3F01E\n"
		"commit: {page: B1, byte: 254, value: 1, status_byte: 255, done: 0, busy: 1, "
		"failed: 128, time: 500 ms}\n"
		"knobs:\n  - {name: t, page: B2, byte: 129, type: U8, unit: \"1\", scale: 1, "
		"entries: 3, entry_stride: 3}\n",
		-1, NULL));
	map = knob_map_load(path, &error);
	g_assert_no_error(error);
	memset(bench->fake->pages[0xB2], 0xEE, 16);
	g_assert_true(knobs_unlock(bench->module, map, &bench->fake->bounds, &error));
	g_assert_true(knobs_write_block(bench->module, map, "t", 0, wanted, 3, NULL,
	                                &bench->fake->bounds, &error));
	g_assert_cmpmem(bench->fake->pages[0xB2], 9, "\xEE\x01\xEE\xEE\x02\xEE\xEE\x03\xEE", 9);
	g_assert_true(knobs_read_block(bench->module, map, "t", 0, values, 3, &bench->fake->bounds,
	                               &error));
	g_assert_cmpfloat(values[2], ==, 3);
	g_assert_no_error(error);
	g_unlink(path);
	g_rmdir(folder);
}

/* As after a restart that nobody asked for: the maker's pages are locked again. */
static void restart(struct fake *fake)
{
	fake->unlocked = FALSE;
	fake->ignores_writes = TRUE;
	memset(fake->pages[0xB0], 0, 128);
	memset(fake->pages[0xB1], 0, 128);
}

static void test_restart(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	unlock(bench);
	g_assert_true(knob_write(bench->module, bench->map, "laser_bias", 2, 0.05, NULL,
	                         &fake->bounds, &error));
	restart(fake);
	g_assert_false(knob_write(bench->module, bench->map, "laser_bias", 2, 0.06, NULL,
	                          &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_true(g_str_has_prefix(error->message,
	                               "knob laser_bias, lane 2: module: it restarted by itself"));
	g_clear_error(&error);
	g_assert_false(module_password_entered(bench->module));
}

/* Opening the pages once more does not pass over it, and once it was told it can be done. */
static void test_restart_between(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;
	guint8 revision[2], proof;

	unlock(bench);
	memcpy(revision, &fake->pages[0xB0][250 - 128], 2);
	proof = fake->pages[0xB1][0];
	restart(fake);
	fake->page = 0;
	fake->address_nacks = 3; /* it is not yet there again */
	g_assert_false(knobs_unlock(bench->module, bench->map, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_nonnull(strstr(error->message, "restarted by itself"));
	g_clear_error(&error);
	memcpy(&fake->pages[0xB0][250 - 128], revision, 2);
	fake->pages[0xB1][0] = proof;
	unlock(bench);
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

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/knobs/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	add("write", test_write);
	add("write-refused", test_write_refused);
	add("read-back", test_read_back);
	add("locked", test_locked);
	add("unlock-refused", test_unlock_refused);
	add("revision", test_revision);
	add("unlock-again", test_unlock_again);
	add("entries", test_entries);
	add("block", test_block);
	add("spread", test_spread);
	add("restart", test_restart);
	add("restart-between", test_restart_between);
	add("commit", test_commit);
	return g_test_run();
}

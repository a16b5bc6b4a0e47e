/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/firmware.h"
#include "tests/unit/fixtures_fake.h"

/* What of commands and firmware needs no module; the rest is tests/bench/module_firmware.c. */

static void test_check_code(void)
{
	static const struct {
		guint id;
		guint8 code;
	} rows[] = {{0x0100, 0xFE}, {0x0041, 0xBE}, {0x0044, 0xBB}, {0x0045, 0xBA}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const guint8 frame[] = {(guint8)(rows[i].id >> 8), (guint8)rows[i].id, 0, 0, 0};

		g_assert_cmphex(cmis_cdb_check_code(0, frame, sizeof(frame)), ==, rows[i].code);
	}
}

static void test_status(void)
{
	static const struct {
		guint8 status;
		const char *text;
	} rows[] = {
		{0x01, "done: completed"},
		{0x83, "busy: executing"},
		{0x45, "failed: wrong check code"},
		{0x46, "failed: a password is wanted"},
		{0x40, "failed: no reason given"},
		{0x61, "failed: code 33 of this command"},
		{0x7F, "failed: code 63 of the maker's"},
		{0xB0, "busy: code 48 of the maker's"},
		{0x50, "failed: code 16"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = cmis_cdb_status_text(rows[i].status);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void test_features(void)
{
	static const struct {
		guint8 bytes[4];
		struct cmis_cdb_features wanted;
	} rows[] = {
		{{0x47, 15, 0x1F, 0x80}, {1, FALSE, 2048, 128, 128, 31 * 0.160}},
		{{0x60, 0, 0x00, 0x80}, {1, TRUE, 0, 8, 8, 0.160}},
		{{0x85, 31, 0x05, 0x10}, {2, FALSE, 1024, 128, 128, 0.080}},
		{{0xC0, 3, 0, 0}, {0, FALSE, 0, 32, 32, 0.080}},
		{{0x4F, 255, 0, 0}, {1, FALSE, 0, 128, 128, 0.080}},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct cmis_cdb_features *w = &rows[i].wanted;
		struct cmis_cdb_features f;

		cmis_cdb_features_decode(rows[i].bytes, &f);
		g_assert_cmpuint(f.instances, ==, w->instances);
		g_assert_cmpint(f.background, ==, w->background);
		g_assert_cmpuint(f.epl_bytes, ==, w->epl_bytes);
		g_assert_cmpuint(f.lpl_write, ==, w->lpl_write);
		g_assert_cmpuint(f.epl_write, ==, w->epl_write);
		g_assert_cmpfloat_with_epsilon(f.busy_s, w->busy_s, 1e-9);
	}
}

static void test_info(void)
{
	guint8 data[120] = {0};
	struct firmware_info info;
	g_autofree char *none = NULL;
	g_autofree char *both = NULL;
	g_autofree char *cut = NULL;

	firmware_info_decode(data, 0, &info);
	none = firmware_info_text(&info);
	g_assert_cmpstr(none, ==, "none");
	g_assert_cmpint(firmware_running(&info), ==, FIRMWARE_PLACES);
	g_assert_cmpint(firmware_spare(&info), ==, FIRMWARE_PLACES);
	data[0] = 0x43 | 0x30; /* A: running, committed; B: all three */
	data[1] = 0x07;
	data[2] = 2;
	data[3] = 7;
	data[5] = 9;
	memcpy(data + 6, "rc\x01   ", 6);
	data[74] = 1; /* factory */
	firmware_info_decode(data, 110, &info);
	both = firmware_info_text(&info);
	g_assert_cmpstr(both, ==,
	                "A 2.7.9 running committed; B not whole running committed; F 1.0.0");
	g_assert_cmpstr(info.images[FIRMWARE_A].text, ==, "rc?");
	g_assert_cmpint(firmware_spare(&info), ==, FIRMWARE_B);
	/* what the answer is too short for is not there */
	firmware_info_decode(data, 38, &info);
	cut = firmware_info_text(&info);
	g_assert_cmpstr(cut, ==, "A 2.7.9 running committed");
}

static void test_ways(void)
{
	static const struct {
		guint8 way, longer;
		guint epl;
		gsize block; /* 0: refused */
		gboolean by_epl;
	} rows[] = {
		{0x00, 14, 2048, 116, FALSE},  {0x01, 0, 2048, 8, FALSE},
		{0x10, 255, 2048, 2048, TRUE}, {0x11, 255, 1024, 1024, TRUE},
		{0x11, 255, 0, 116, FALSE},    {0x03, 15, 128, 128, TRUE},
		{0x10, 255, 0, 0, FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct cmis_cdb_features cdb = {.epl_bytes = rows[i].epl};
		guint8 data[18] = {0, 0x09, 200, 0xFF, rows[i].longer, rows[i].way};
		struct firmware_features features;
		g_autoptr(GError) error = NULL;
		gboolean ok;

		data[9] = 3; /* start: 3 times 10 ms */
		ok = firmware_features_decode(data, sizeof(data), &cdb, &features, &error);
		g_assert_cmpint(ok, ==, rows[i].block != 0);
		g_assert_cmpfloat_with_epsilon(features.start_s, 0.03, 1e-9);
		g_assert_cmpuint(features.header, ==, 112); /* no more has a place */
		if (!ok) {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
			continue;
		}
		g_assert_cmpuint(features.block, ==, rows[i].block);
		g_assert_cmpint(features.by_epl, ==, rows[i].by_epl);
		g_assert_false(firmware_features_decode(data, 17, &cdb, &features, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	}
}

static void test_version(void)
{
	static const char *const wrong[] = {"",          "1",       "1.",   ".4",  "1.256",
	                                    "1.4.65536", "1.4.0.1", "v1.4", "1.-4"};
	struct firmware_version version;
	g_autoptr(GError) error = NULL;

	g_assert_true(firmware_version_parse("1.4", &version, &error));
	g_assert_cmpuint(version.minor, ==, 4);
	g_assert_true(firmware_version_parse("255.0.65535", &version, &error));
	g_assert_cmpuint(version.build, ==, 65535);
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_false(firmware_version_parse(wrong[i], &version, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_clear_error(&error);
	}
}

/* A module whose status stands still. */
static void expect_answer(guint8 status, int kind, const char *says)
{
	struct fake *fake = fake_new();
	g_autoptr(module) module = NULL;
	struct firmware_info info;
	g_autoptr(GError) error = NULL;

	fake_fill(fake);
	fake_select(fake);
	module = module_new(&fake->base);
	fake->pages[1][163 - 128] = 0x40;
	fake->has_page[0x9F] = TRUE;
	fake->lower[37] = status;
	g_assert_false(firmware_info_read(module, &info, &fake->bounds, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, STATION_ERROR, kind);
	g_assert_nonnull(strstr(error->message, says));
	g_assert_true(status & 0x80 || strstr(fake->log->str, "9Fh:133=FE"));
	g_clear_error(&error);
	fake->pages[1][163 - 128] = 0;
	cmis_memory_invalidate(module_memory(module));
	g_assert_false(firmware_info_read(module, &info, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_pointer(&module, module_free);
	fake_free(fake);
}

static void test_answers(void)
{
	expect_answer(0x41, STATION_ERROR_UNSUPPORTED, "unknown command");
	expect_answer(0x46, STATION_ERROR_MODULE, "a password is wanted");
	expect_answer(0x83, STATION_ERROR_MODULE, "busy: executing");
	expect_answer(0x00, STATION_ERROR_MODULE, "no status, as after a restart");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/cdb/check-code", test_check_code);
	g_test_add_func("/fixtures/cdb/status", test_status);
	g_test_add_func("/fixtures/cdb/features", test_features);
	g_test_add_func("/fixtures/cdb/answers", test_answers);
	g_test_add_func("/fixtures/firmware/info", test_info);
	g_test_add_func("/fixtures/firmware/ways", test_ways);
	g_test_add_func("/fixtures/firmware/version", test_version);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/cmis/cmis_control.h"
#include "fixtures/cmis/cmis_decode.h"
#include "fixtures/cmis/cmis_memory.h"
#include "tests/unit/fixtures_fake.h"

#include <string.h>

static void set_up(struct fake **fake, gconstpointer data)
{
	*fake = fake_new();
	fake_fill(*fake);
}

static void tear_down(struct fake **fake, gconstpointer data)
{
	fake_free(*fake);
}

static void test_page_cache(struct fake **fixture, gconstpointer data)
{
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;
	guint8 bytes[128];

	fake_select(fake);
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x00, 128), bytes, 128,
	                               &fake->bounds, &error));
	g_assert_cmpmem(bytes, 128, fake->pages[0], 128);
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x00, 200), bytes, 4,
	                               &fake->bounds, &error));
	g_assert_cmpuint(fake->page_writes, ==, 1);
	g_assert_true(cmis_memory_read(fake->memory, 0, bytes, 3, &fake->bounds, &error));
	g_assert_cmpuint(fake->page_writes, ==, 1);
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x01, 130), bytes, 1,
	                               &fake->bounds, &error));
	g_assert_cmpuint(fake->page_writes, ==, 2);
	/* A reset behind the cache's back is seen by the fixture's epoch. */
	g_assert_true(fixture_pin_set(&fake->base, "ResetL", FALSE, &fake->bounds, &error));
	g_assert_true(fixture_pin_set(&fake->base, "ResetL", TRUE, &fake->bounds, &error));
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x01, 138), bytes, 2,
	                               &fake->bounds, &error));
	g_assert_cmpuint(fake->page_writes, ==, 3);
	g_assert_cmpmem(bytes, 2, fake->pages[1] + 10, 2);
	fake->page = 0;
	cmis_memory_invalidate(fake->memory);
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x01, 138), bytes, 2,
	                               &fake->bounds, &error));
	g_assert_cmpmem(bytes, 2, fake->pages[1] + 10, 2);
	g_assert_no_error(error);
}

/* The laser current multiplier, which cannot change while a module runs. */
static guint8 read_static(struct fake *fake)
{
	g_autoptr(GError) error = NULL;
	guint8 byte = 0;

	cmis_memory_read_static(fake->memory, CMIS_ADDRESS(0, 0x01, 160), &byte, 1, &fake->bounds,
	                        &error);
	g_assert_no_error(error);
	return byte;
}

static void test_static(struct fake **fixture, gconstpointer data)
{
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;
	guint8 *byte = &fake->pages[1][160 - 128];
	guint8 two[2] = {0};

	fake_select(fake);
	*byte = 1;
	g_assert_cmpuint(read_static(fake), ==, 1);
	*byte = 0;
	fake->transfers = 0;
	g_assert_cmpuint(read_static(fake), ==, 1);
	g_assert_cmpuint(fake->transfers, ==, 0);
	/* A byte more than is kept is read with all of them. */
	g_assert_true(cmis_memory_read_static(fake->memory, CMIS_ADDRESS(0, 0x01, 160), two, 2,
	                                      &fake->bounds, &error));
	g_assert_cmpuint(two[0], ==, 0);
	/* A real read never comes from what is kept. */
	*byte = 2;
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x01, 160), two, 1,
	                               &fake->bounds, &error));
	g_assert_cmpuint(two[0], ==, 2);
	g_assert_cmpuint(read_static(fake), ==, 0);
	cmis_memory_invalidate(fake->memory);
	g_assert_cmpuint(read_static(fake), ==, 2);
	*byte = 3;
	g_assert_true(fixture_pin_set(&fake->base, "ResetL", FALSE, &fake->bounds, &error));
	g_assert_true(fixture_pin_set(&fake->base, "ResetL", TRUE, &fake->bounds, &error));
	g_assert_cmpuint(read_static(fake), ==, 3);
	*byte = 4;
	g_assert_true(fixture_safe(&fake->base, &fake->bounds, &error));
	fake_select(fake);
	g_assert_cmpuint(read_static(fake), ==, 4);
	g_assert_no_error(error);
	/* Out of the socket and in again. */
	*byte = 5;
	fake->address_nacks = G_MAXUINT;
	g_assert_false(cmis_memory_read(fake->memory, 0, two, 1, &fake->bounds, NULL));
	fake->address_nacks = 0;
	g_assert_cmpuint(read_static(fake), ==, 5);
}

/* After an answer that the module did not give, the page is not taken for granted. */
static void test_doubt(struct fake **fixture, gconstpointer data)
{
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;
	guint8 bytes[2];

	fake_select(fake);
	g_assert_cmpuint(read_static(fake), ==, 0x0F);
	fake->pages[0x11][26] = 0x27;
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x11, 154), bytes, 2,
	                               &fake->bounds, &error));
	g_assert_cmpuint(bytes[0], ==, 0x27);
	fake->transfers = 0;
	fake->page_writes = 0;
	for (guint i = 0; i < 2; i++) { /* read back once, then as before */
		if (i == 0)
			read_static(fake);
		g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x11, 154), bytes, 2,
		                               &fake->bounds, &error));
		g_assert_cmpuint(fake->transfers, ==, 2 + i);
	}
	g_assert_cmpuint(fake->page_writes, ==, 0);
	/* A restart nobody knows of is found out, and nothing is read from the wrong page. */
	fake->page = 0;
	fake->pages[1][160 - 128] = 0x07;
	g_assert_cmpuint(read_static(fake), ==, 0x0F);
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x11, 154), bytes, 2,
	                               &fake->bounds, &error));
	g_assert_cmpuint(bytes[0], ==, 0x27);
	g_assert_cmpuint(fake->page_writes, ==, 1);
	g_assert_cmpuint(read_static(fake), ==, 0x07);
	/* Nothing is kept from a wrong page. */
	cmis_memory_invalidate(fake->memory);
	g_assert_true(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x01, 154), bytes, 2,
	                               &fake->bounds, &error));
	fake->page = 0;
	g_assert_cmpuint(read_static(fake), ==, 0x07);
	cmis_memory_doubt(fake->memory);
	fake->broken = TRUE;
	g_assert_false(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x01, 154), bytes, 2,
	                                &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "select page 01h"));
}

static void test_missing_page(struct fake **fixture, gconstpointer data)
{
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;
	guint8 byte = 0;

	fake_select(fake);
	g_assert_false(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x20, 128), &byte, 1,
	                                &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	fake->wrong_page = TRUE;
	g_assert_false(cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0x01, 128), &byte, 1,
	                                &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
}

static void test_bad_ranges(struct fake **fixture, gconstpointer data)
{
	static const struct {
		guint32 address;
		gsize len;
	} rows[] = {
		{0, 0},
		{0, 129},
		{127, 2},
		{CMIS_ADDRESS(0, 1, 255), 2},
		{CMIS_ADDRESS(0, 1, 5), 1},
		{0x1000000, 1},
	};
	struct fake *fake = *fixture;
	guint8 bytes[256] = {0};

	fake_select(fake);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(cmis_memory_read(fake->memory, rows[i].address, bytes, rows[i].len,
		                                &fake->bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	}
	g_assert_false(cmis_memory_write(fake->memory, 120, bytes, 8, &fake->bounds, NULL));
	g_assert_cmpuint(fake->transfers, ==, 0);
}

static void test_busy(struct fake **fixture, gconstpointer data)
{
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;
	guint8 byte = 0;

	fake_select(fake);
	fake->address_nacks = 4;
	g_assert_true(cmis_memory_read(fake->memory, 0, &byte, 1, &fake->bounds, &error));
	g_assert_cmpuint(byte, ==, 0x18);
	fake->address_nacks = G_MAXUINT;
	g_assert_false(cmis_memory_read(fake->memory, 0, &byte, 1, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	fake->address_nacks = 0;
	/* A write that was begun is not done again by itself. */
	fake->data_nack = TRUE;
	fake->transfers = 0;
	g_assert_false(cmis_memory_write(fake->memory, 31, &byte, 1, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	g_assert_cmpuint(fake->transfers, ==, 1);
	fake->broken = TRUE;
	g_assert_false(cmis_memory_read(fake->memory, 0, &byte, 1, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
}

/* Behind a bridge that writes five bytes at a time, the pointer included, eight take two. */
static void test_write_limit(struct fake **fixture, gconstpointer data)
{
	static const gsize limits[] = {0, 9, 5, 2};
	static const guint transfers[] = {1, 1, 2, 8};
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;
	guint8 bytes[8], back[8];

	fake_select(fake);
	fake->has_page[0xA0] = TRUE;
	cmis_memory_read(fake->memory, CMIS_ADDRESS(0, 0xA0, 128), back, 1, &fake->bounds, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
		guint before = fake->transfers;

		memset(bytes, (int)i + 1, sizeof bytes);
		fake->base.write_limit = limits[i];
		cmis_memory_write(fake->memory, CMIS_ADDRESS(0, 0xA0, 130), bytes, sizeof bytes,
		                  &fake->bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(fake->transfers - before, ==, transfers[i]);
		g_assert_cmpmem(fake->pages[0xA0] + 2, 8, bytes, 8);
	}
}

static void test_modify(struct fake **fixture, gconstpointer data)
{
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;

	fake_select(fake);
	fake->lower[26] = 0x67;
	g_assert_true(cmis_set_low_power(fake->memory, TRUE, FALSE, &fake->bounds, &error));
	g_assert_cmpuint(fake->lower[26], ==, 0x37);
	g_assert_true(cmis_write_raw(fake->memory, "control.low_power_allow_pin", 0, 1,
	                             &fake->bounds, &error));
	g_assert_cmpuint(fake->lower[26], ==, 0x77);
	g_assert_true(
		cmis_write_raw(fake->memory, "staged.rx_post_cursor", 4, 9, &fake->bounds, &error));
	g_assert_cmpuint(fake->pages[0x10][167 - 128], ==, 0x90);
	g_assert_true(
		cmis_write_raw(fake->memory, "lane.tx_force_squelch", 8, 1, &fake->bounds, &error));
	g_assert_cmpuint(fake->pages[0x10][132 - 128], ==, 0x80);
	g_assert_no_error(error);
	g_assert_false(cmis_write_raw(fake->memory, "staged.rx_post_cursor", 4, 16, &fake->bounds,
	                              &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(cmis_write_raw(fake->memory, "module.state", 0, 3, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
}

static void test_decode(struct fake **fixture, gconstpointer data)
{
	static const struct {
		const char *name;
		guint lane;
		const char *text;
	} shown[] = {
		{"module.identifier", 0, "QSFP-DD"}, {"module.media_type", 0, "SMF"},
		{"module.vcc", 0, "3.3 V"},          {"vendor.name", 0, "VIRTUAL BENCH"},
		{"vendor.oui", 0, "00-00-00"},       {"power.class", 0, "class 6"},
		{"power.maximum", 0, "9 W"},         {"laser.wavelength", 0, "1.31 um"},
		{"module.firmware_minor", 0, "4"},   {"lane.media_generator_pattern", 2, "PRBS31Q"},
	};
	struct fake *fake = *fixture;
	g_autoptr(GError) error = NULL;
	double values[8] = {0};
	double value = 0;
	gint64 raw = 0;
	guint8 *bias = &fake->pages[0x11][170 - 128];

	fake_select(fake);
	for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
		g_autofree char *text = cmis_read_display(fake->memory, shown[i].name,
		                                          shown[i].lane, &fake->bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(text, ==, shown[i].text);
	}
	fake->lower[14] = 0xFB; /* -4.5 degC */
	fake->lower[15] = 0x80;
	g_assert_true(cmis_read_double(fake->memory, "module.temperature", 0, &value, &fake->bounds,
	                               &error));
	g_assert_cmpfloat(value, ==, -4.5);
	bias[2] = 0x27;
	bias[3] = 0x10; /* 10000 steps of 4 uA */
	g_assert_true(
		cmis_read_lanes(fake->memory, "lane.tx_bias", 4, values, &fake->bounds, &error));
	g_assert_cmpfloat_with_epsilon(values[1], 0.040, 1e-12);
	g_assert_cmpfloat(values[0], ==, 0);
	fake->pages[1][160 - 128] |= 0x18;
	cmis_memory_invalidate(fake->memory);
	g_assert_false(
		cmis_read_double(fake->memory, "lane.tx_bias", 1, &value, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	g_assert_false(
		cmis_read_raw(fake->memory, "lane.tx_power", 33, &raw, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(cmis_read_raw(fake->memory, "module.vcc", 1, &raw, &fake->bounds, &error));
	g_clear_error(&error);
	g_assert_false(cmis_read_raw(fake->memory, "vendor.name", 0, &raw, &fake->bounds, &error));
	g_clear_error(&error);
	g_assert_null(cmis_read_text(fake->memory, "module.nonsense", &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
}

/* Lanes 9 to 32 are in the other banks of the same page, as far as a module has them. */
static void test_banks(struct fake **pointer, gconstpointer unused)
{
	struct fake *fake = *pointer;
	g_autoptr(GError) error = NULL;
	double values[16] = {0};
	gint64 raw = 0;

	fake_select(fake);
	fake->banks = 2;
	fake->banked[1][0x11][154 - 128] = 0x10;
	fake->banked[1][0x11][154 - 128 + 15] = 0x20;
	fake->pages[0x11][154 - 128 + 15] = 0x01;
	g_assert_true(
		cmis_read_lanes(fake->memory, "lane.tx_power", 16, values, &fake->bounds, &error));
	g_assert_cmpfloat_with_epsilon(values[7], 1e-7, 1e-12);
	g_assert_cmpfloat_with_epsilon(values[8], 4096e-7, 1e-12);
	g_assert_cmpfloat_with_epsilon(values[15], 32e-7, 1e-12);
	g_assert_true(cmis_write_raw(fake->memory, "lane.tx_output_disable", 10, 1, &fake->bounds,
	                             &error));
	g_assert_cmphex(fake->banked[1][0x10][130 - 128], ==, 0x02);
	g_assert_cmphex(fake->pages[0x10][130 - 128], ==, 0);
	g_assert_true(cmis_read_raw(fake->memory, "lane.tx_output_disable", 10, &raw, &fake->bounds,
	                            &error));
	g_assert_cmpint(raw, ==, 1);
	g_assert_no_error(error);
	g_assert_false(
		cmis_read_raw(fake->memory, "lane.tx_power", 17, &raw, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_assert_nonnull(strstr(error->message, "no page 11h, bank 2"));
	g_clear_error(&error);
	/* and the first eight are read where they were */
	g_assert_true(cmis_read_raw(fake->memory, "lane.tx_power", 8, &raw, &fake->bounds, &error));
	g_assert_cmpint(raw, ==, 1);
}

/* What a revision does not have yet is not advertised, whatever its bytes say. */
static void test_revisions(struct fake **pointer, gconstpointer unused)
{
	static const struct {
		const char *name;
		guint8 since;
	} rows[] = {
		{"has.full_page_read", 0x53},        {"module.auto_commissioning", 0x53},
		{"vdm.power_saving", 0x53},          {"lane.path_init_pending", 0x50},
		{"staged.apply_immediate_rx", 0x50}, {"module.state", 0x40},
	};
	static const guint8 revisions[] = {0x40, 0x41, 0x50, 0x52, 0x53};
	struct fake *fake = *pointer;
	g_autoptr(GError) error = NULL;

	fake_select(fake);
	fake->pages[1][142 - 128] |= 0x40;
	fake->pages[1][162 - 128] |= 0x40;
	for (guint r = 0; r < G_N_ELEMENTS(revisions); r++) {
		fake->lower[1] = revisions[r];
		cmis_memory_invalidate(fake->memory);
		for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
			gboolean supported = 2;

			g_test_message("%s in %02x", rows[i].name, revisions[r]);
			cmis_is_supported(fake->memory, cmis_field_find(rows[i].name), &supported,
			                  &fake->bounds, &error);
			g_assert_no_error(error);
			g_assert_cmpint(supported, ==, revisions[r] >= rows[i].since);
		}
	}
}

static void add(const char *name, void (*test)(struct fake **, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/memory/", name, NULL);

	g_test_add(path, struct fake *, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	add("page-cache", test_page_cache);
	add("static", test_static);
	add("doubt", test_doubt);
	add("missing-page", test_missing_page);
	add("bad-ranges", test_bad_ranges);
	add("busy", test_busy);
	add("write-limit", test_write_limit);
	add("modify", test_modify);
	add("decode", test_decode);
	add("banks", test_banks);
	add("revisions", test_revisions);
	return g_test_run();
}

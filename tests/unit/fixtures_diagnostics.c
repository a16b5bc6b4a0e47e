/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/cmis/cmis_diagnostics.h"

#include "tests/unit/fixtures_fake.h"

#include <math.h>

#define LANES 0x0F

static guint8 *page13(struct fake *fake, guint byte)
{
	return &fake->pages[0x13][byte - 128];
}

static guint8 *page14(struct fake *fake, guint byte)
{
	return &fake->pages[0x14][byte - 128];
}

/* A module that can do all of it. */
static struct fake *capable_new(void)
{
	static const guint8 capabilities[] = {0x3F, 0xA4, 0x33, 0x66, 0x41, 0x00,
	                                      0x41, 0x10, 0x41, 0x00, 0x45, 0x00};
	struct fake *fake = fake_new();

	fake_fill(fake);
	fake_select(fake);
	memcpy(page13(fake, 128), capabilities, sizeof(capabilities));
	return fake;
}

static void put_le64(guint8 *at, guint64 value)
{
	for (guint i = 0; i < 8; i++)
		at[i] = (guint8)(value >> (8 * i));
}

static void test_f16(void)
{
	static const struct {
		guint16 word;
		double value;
	} rows[] = {
		{0x0000, 0}, {0x72E0, 7.36e-8},  {0x0001, 1e-24},
		{0xC001, 1}, {0xFFFF, 2.047e10}, {0x07FF, 2047e-24},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_true(fabs(cmis_f16(rows[i].word) - rows[i].value) <=
		              rows[i].value * 1e-12);
}

/* Ratios are big-endian, counts and SNR little-endian, all on one page. */
static void test_byte_orders(void)
{
	struct cmis_error_count counts[4] = {0};
	double values[CMIS_MAX_LANES];
	guint8 data[64] = {0};

	data[0] = 0x72;
	data[1] = 0xE0;
	data[16 + 14] = 0xC0;
	data[16 + 15] = 0x01;
	cmis_decode_ber(data, CMIS_HOST, values);
	g_assert_cmpfloat_with_epsilon(values[0], 7.36e-8, 1e-18);
	g_assert_cmpfloat(values[7], ==, 0);
	cmis_decode_ber(data, CMIS_MEDIA, values);
	g_assert_cmpfloat(values[7], ==, 1);
	memset(data, 0, sizeof(data));
	put_le64(data + 48, 0x0102030405060708);
	put_le64(data + 56, 0x1112131415161718);
	cmis_decode_counts(data, counts);
	g_assert_cmpuint(counts[3].errors, ==, 0x0102030405060708);
	g_assert_cmpuint(counts[3].bits, ==, 0x1112131415161718);
	g_assert_cmpuint(counts[0].bits, ==, 0);
	data[16] = 0x80; /* host lane 1: 0x1680 / 256 */
	data[17] = 0x16;
	cmis_decode_snr(data, CMIS_HOST, values);
	g_assert_cmpfloat(values[0], ==, 22.5);
	cmis_decode_snr(data, CMIS_MEDIA, values);
	g_assert_cmpfloat(values[0], ==, 0x0708 / 256.0);
}

static void test_advertised(void)
{
	struct fake *fake = capable_new();
	struct cmis_diagnostics d;
	g_autoptr(GError) error = NULL;

	g_assert_true(cmis_diagnostics_read(fake->memory, &d, &fake->bounds, &error));
	g_assert_cmphex(d.patterns[CMIS_MEDIA][CMIS_GENERATOR], ==, 0x1041);
	g_assert_cmphex(d.patterns[CMIS_HOST][CMIS_GENERATOR], ==, 0x0041);
	g_assert_cmphex(d.patterns[CMIS_MEDIA][CMIS_CHECKER], ==, 0x0045);
	g_assert_cmphex(d.loopbacks, ==, 0x0F);
	g_assert_true(d.loopback_per_lane[CMIS_HOST] && d.loopback_per_lane[CMIS_MEDIA]);
	g_assert_true(d.gates && d.keeps_gated && d.counts && d.ber && d.snr[CMIS_HOST]);
	g_assert_false(d.loopback_both_sides);
	fake->pages[1][142 - 128] = 0;
	cmis_memory_invalidate(fake->memory);
	g_assert_false(cmis_diagnostics_read(fake->memory, &d, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	fake_free(fake);
}

/* Each generator and checker has its own eight bytes; nothing else is touched. */
static void test_units(void)
{
	static const struct {
		enum cmis_side side;
		enum cmis_unit unit;
		const char *log;
	} rows[] = {
		{CMIS_HOST, CMIS_GENERATOR,
	         "13h:148=66 13h:149=66 13h:150=00 13h:151=00 13h:144=0F "},
		{CMIS_MEDIA, CMIS_GENERATOR,
	         "13h:156=66 13h:157=66 13h:158=00 13h:159=00 13h:152=0F "},
		{CMIS_HOST, CMIS_CHECKER,
	         "13h:164=66 13h:165=66 13h:166=00 13h:167=00 13h:160=0F "},
		{CMIS_MEDIA, CMIS_CHECKER,
	         "13h:172=66 13h:173=66 13h:174=00 13h:175=00 13h:168=0F "},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct fake *fake = capable_new();
		g_autoptr(GError) error = NULL;
		char *first;

		cmis_pattern_start(fake->memory, rows[i].side, rows[i].unit, CMIS_PATTERN_PRBS13Q,
		                   LANES, &fake->bounds, &error);
		g_assert_no_error(error);
		first = strstr(fake->log->str, "13h:");
		g_assert_cmpstr(first, ==, rows[i].log);
		g_assert_true(cmis_pattern_stop(fake->memory, rows[i].side, rows[i].unit,
		                                &fake->bounds, &error));
		g_assert_false(cmis_pattern_start(fake->memory, rows[i].side, rows[i].unit,
		                                  CMIS_PATTERN_PRBS7Q, LANES, &fake->bounds,
		                                  &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
		fake_free(fake);
	}
}

static void expect_loopback(struct fake *fake, enum cmis_loopback loopback, guint8 lanes,
                            gboolean allowed)
{
	g_autoptr(GError) error = NULL;
	gboolean ok;

	cmis_memory_invalidate(fake->memory);
	ok = cmis_loopback_set(fake->memory, loopback, lanes, &fake->bounds, &error);
	if (allowed)
		g_assert_no_error(error);
	else
		g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_assert_cmpint(ok, ==, allowed);
}

static void test_loopbacks(void)
{
	struct fake *fake = capable_new();

	expect_loopback(fake, CMIS_LOOPBACK_MEDIA_OUTPUT, 0x03, TRUE);
	g_assert_cmphex(*page13(fake, 180), ==, 0x03);
	expect_loopback(fake, CMIS_LOOPBACK_HOST_INPUT, 0x0C, TRUE);
	g_assert_cmphex(*page13(fake, 183), ==, 0x0C);
	/* one lane, two sides */
	expect_loopback(fake, CMIS_LOOPBACK_HOST_OUTPUT, 0x01, FALSE);
	*page13(fake, 128) = 0x7F;
	expect_loopback(fake, CMIS_LOOPBACK_HOST_OUTPUT, 0x01, TRUE);
	/* all lanes or none */
	*page13(fake, 128) = 0x4F;
	expect_loopback(fake, CMIS_LOOPBACK_HOST_OUTPUT, 0x01, FALSE);
	expect_loopback(fake, CMIS_LOOPBACK_HOST_OUTPUT, 0xFF, TRUE);
	expect_loopback(fake, CMIS_LOOPBACK_HOST_OUTPUT, 0x00, TRUE);
	*page13(fake, 128) = 0x40;
	expect_loopback(fake, CMIS_LOOPBACK_MEDIA_INPUT, 0xFF, FALSE);
	fake_free(fake);
}

/* The selector is written when it changes, and not again: each write empties the results. */
static void test_selector(void)
{
	struct fake *fake = capable_new();
	struct cmis_error_count counts[CMIS_MAX_LANES];
	double ber[CMIS_MAX_LANES];
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 2; i++)
		g_assert_true(
			cmis_ber_read(fake->memory, CMIS_MEDIA, FALSE, ber, &fake->bounds, &error));
	g_assert_cmpstr(strstr(fake->log->str, "14h:"), ==, "14h:128=01 ");
	g_string_truncate(fake->log, 0);
	g_assert_true(
		cmis_counts_read(fake->memory, CMIS_MEDIA, TRUE, counts, &fake->bounds, &error));
	g_assert_cmpstr(fake->log->str, ==, "14h:128=14 14h:128=15 ");
	put_le64(page14(fake, 192), 2);
	put_le64(page14(fake, 200), 1);
	g_assert_false(
		cmis_counts_read(fake->memory, CMIS_HOST, FALSE, counts, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_nonnull(strstr(error->message, "not in the order"));
	fake_free(fake);
}

/* Bits and errors, a lane without lock, a lane that was not asked for. */
static void test_count(void)
{
	struct fake *fake = capable_new();
	struct cmis_error_count counts[CMIS_MAX_LANES];
	g_autoptr(GError) error = NULL;

	*page13(fake, 129) = 0; /* it cannot gate */
	for (guint lane = 0; lane < 4; lane++) {
		put_le64(page14(fake, 192 + 16 * lane), 10 + lane);
		put_le64(page14(fake, 200 + 16 * lane), 1000000);
	}
	*page14(fake, 139) = 0x02; /* the fake does not clear it: lane 2 never locks */
	cmis_checker_count(fake->memory, CMIS_MEDIA, CMIS_PATTERN_PRBS31Q, 0x07, 1, counts,
	                   &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(counts[0].errors, ==, 10);
	g_assert_cmpuint(counts[0].bits, ==, 1000000);
	g_assert_true(counts[0].locked);
	g_assert_false(counts[1].locked);
	g_assert_true(counts[2].locked);
	g_assert_cmpuint(counts[3].bits, ==, 0);
	g_assert_false(counts[3].locked);
	/* running results, counted anew, and off afterwards */
	g_assert_nonnull(strstr(fake->log->str, "13h:177=20 13h:177=00 "));
	g_assert_nonnull(strstr(fake->log->str, "14h:128=04 14h:128=05 14h:128=01 "));
	g_assert_true(g_str_has_suffix(fake->log->str, "13h:168=00 "));
	*page13(fake, 130) = 0x01;
	cmis_memory_invalidate(fake->memory);
	g_assert_false(cmis_checker_count(fake->memory, CMIS_MEDIA, CMIS_PATTERN_PRBS31Q, 0x07, 1,
	                                  counts, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	fake_free(fake);
}

static void test_gate(void)
{
	struct fake *fake = capable_new();
	struct cmis_error_count counts[CMIS_MAX_LANES];
	g_autoptr(GError) error = NULL;

	g_assert_cmpfloat(cmis_gate_s(0.1), ==, 5);
	g_assert_cmpfloat(cmis_gate_s(60), ==, 60);
	g_assert_cmpfloat(cmis_gate_s(61), ==, 120);
	g_assert_cmpfloat(cmis_gate_s(301), ==, 0);
	/* nothing sets the flag of a gate that is over */
	g_assert_false(cmis_checker_count(fake->memory, CMIS_MEDIA, CMIS_PATTERN_PRBS31Q, LANES, 6,
	                                  counts, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_nonnull(strstr(fake->log->str, "13h:177=04 "));
	g_assert_true(g_str_has_suffix(fake->log->str, "13h:168=00 "));
	g_clear_error(&error);
	*page14(fake, 135) = LANES;
	put_le64(page14(fake, 200), 5);
	cmis_checker_count(fake->memory, CMIS_MEDIA, CMIS_PATTERN_PRBS31Q, LANES, 6, counts,
	                   &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(fake->log->str, "14h:128=14 14h:128=15 14h:128=11 "));
	g_assert_cmpuint(counts[0].bits, ==, 5);
	fake_free(fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/diagnostics/f16", test_f16);
	g_test_add_func("/fixtures/diagnostics/byte-orders", test_byte_orders);
	g_test_add_func("/fixtures/diagnostics/advertised", test_advertised);
	g_test_add_func("/fixtures/diagnostics/units", test_units);
	g_test_add_func("/fixtures/diagnostics/loopbacks", test_loopbacks);
	g_test_add_func("/fixtures/diagnostics/selector", test_selector);
	g_test_add_func("/fixtures/diagnostics/count", test_count);
	g_test_add_func("/fixtures/diagnostics/gate", test_gate);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/bytes.h"

#include "base/error.h"

#include <string.h>

static const guint8 data[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88};

static void test_widths(void)
{
	struct rd rd = rd_init(data, sizeof data);
	g_assert_cmphex(rd_be64(&rd), ==, G_GUINT64_CONSTANT(0x0102030405060788));
	rd = rd_init(data, sizeof data);
	g_assert_cmphex(rd_le64(&rd), ==, G_GUINT64_CONSTANT(0x8807060504030201));
	rd = rd_init(data, sizeof data);
	g_assert_cmphex(rd_u8(&rd), ==, 0x01);
	g_assert_cmphex(rd_be16(&rd), ==, 0x0203);
	g_assert_cmphex(rd_le16(&rd), ==, 0x0504);
	g_assert_cmpuint(rd_left(&rd), ==, 3);
	rd = rd_init(data + 4, 4);
	g_assert_cmphex(rd_be32(&rd), ==, 0x05060788);
	rd = rd_init(data + 4, 4);
	g_assert_cmphex(rd_le32(&rd), ==, 0x88070605);
	g_assert_false(rd.bad);
	g_assert_cmpuint(rd_left(&rd), ==, 0);
	static const guint8 minus_two[] = {0x00, 0x00, 0x00, 0xc0};
	rd = rd_init(minus_two, sizeof minus_two);
	g_assert_cmpfloat(rd_lef32(&rd), ==, -2.0f);
}

static void test_past_end(void)
{
	struct rd rd = rd_init(data, 3);
	g_assert_cmphex(rd_be16(&rd), ==, 0x0102);
	g_assert_cmphex(rd_be32(&rd), ==, 0);
	g_assert_true(rd.bad);
	/* The byte that was left is not read as another field. */
	g_assert_cmphex(rd_u8(&rd), ==, 0);
	g_assert_null(rd_bytes(&rd, 0));
	rd = rd_init(data, 4);
	g_assert_true(rd_bytes(&rd, 4) == data);
	g_assert_false(rd.bad);
	g_assert_null(rd_bytes(&rd, G_MAXSIZE));
	g_assert_true(rd.bad);
	rd = rd_init(NULL, 0);
	g_assert_cmpuint(rd_left(&rd), ==, 0);
	g_assert_cmphex(rd_le64(&rd), ==, 0);
	g_assert_true(rd.bad);
}

static void test_put(void)
{
	guint8 out[8] = {0};
	put_be16(out, 0xbeef);
	put_be32(out + 2, 0xdeadf00d);
	static const guint8 expected[] = {0xbe, 0xef, 0xde, 0xad, 0xf0, 0x0d, 0, 0};
	g_assert_cmpmem(out, sizeof out, expected, sizeof expected);
}

static void test_hex(void)
{
	for (gsize len = 0; len <= sizeof data; len++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *hex = bytes_to_hex(data, len);
		g_autoptr(GByteArray) back = bytes_from_hex(hex, &error);
		g_assert_no_error(error);
		g_assert_cmpmem(back->data, back->len, data, len);
	}
	g_autofree char *hex = bytes_to_hex(data, sizeof data);
	g_assert_cmpstr(hex, ==, "0102030405060788");
	g_autoptr(GByteArray) upper = bytes_from_hex("aBFf", NULL);
	g_assert_cmpmem(upper->data, upper->len, "\xab\xff", 2);
	static const char *const wrong[] = {"0", "0g", "g0", "0x10", "01 2", "001", "\xc3\xa9"};
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(bytes_from_hex(wrong[i], &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	}
}

static void test_crc16(void)
{
	g_assert_cmphex(bytes_crc16("123456789", 9), ==, 0x29b1);
	g_assert_cmphex(bytes_crc16("", 0), ==, 0xffff);
	/* A message with its own sum behind it leaves nothing. */
	guint8 message[11];
	memcpy(message, "123456789", 9);
	put_be16(message + 9, bytes_crc16(message, 9));
	g_assert_cmphex(bytes_crc16(message, sizeof message), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/bytes/widths", test_widths);
	g_test_add_func("/base/bytes/past_end", test_past_end);
	g_test_add_func("/base/bytes/put", test_put);
	g_test_add_func("/base/bytes/hex", test_hex);
	g_test_add_func("/base/bytes/crc16", test_crc16);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/drivers/mecom.h"

#include "base/error.h"

#include <string.h>

static void test_crc(void)
{
	g_assert_cmphex(mecom_crc16("123456789", 9), ==, 0x31c3);
	g_assert_cmphex(mecom_crc16("", 0), ==, 0);
}

/* Whole frames, worked out apart from this code. */
static void test_requests(void)
{
	g_autofree char *get = mecom_payload_get(1000, 1);
	g_autofree char *set = mecom_payload_set(3000, 1, mecom_from_float(25));
	g_autofree char *get_status = mecom_payload_get(104, 1);
	const struct {
		guint8 address;
		guint16 sequence;
		const char *payload;
		const char *frame;
	} rows[] = {
		{0, 1, "?IF", "#000001?IF6C6C"},
		{0, 1, get, "#000001?VR03E801844D"},
		{0, 2, set, "#000002VS0BB80141C80000FDB5"},
		{0, 0x15ab, get, "#0015AB?VR03E801C21A"},
		{255, 0xffff, get_status, "#FFFFFF?VR0068010FDE"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *frame =
			mecom_request(rows[i].address, rows[i].sequence, rows[i].payload);
		g_assert_cmpstr(frame, ==, rows[i].frame);
	}
}

#define ASKED "#000001?VR03E801844D"
#define SET   "#000002VS0BB80141C80000FDB5"

static void test_replies(void)
{
	struct mecom_reply reply;
	g_autoptr(GError) error = NULL;
	g_assert_true(mecom_parse("!00000141C800009FE5", ASKED, &reply, &error));
	g_assert_cmpint(reply.kind, ==, MECOM_VALUE);
	g_assert_cmpfloat(mecom_to_float(reply.bits), ==, 25);
	/* any unit may answer what was sent to address 0 */
	g_assert_true(mecom_parse("!020001FFFFFFFF9569", ASKED, &reply, &error));
	g_assert_cmpint(mecom_to_int(reply.bits), ==, -1);
	/* done repeats the checksum of the request */
	g_assert_true(mecom_parse("!000002FDB5", SET, &reply, &error));
	g_assert_cmpint(reply.kind, ==, MECOM_DONE);
	g_assert_true(
		mecom_parse("!0000018065-TEC-1091       95B7", "#000001?IF6C6C", &reply, &error));
	g_assert_cmpint(reply.kind, ==, MECOM_TEXT);
	g_assert_cmpstr(reply.text, ==, "8065-TEC-1091");
}

static void test_refused(void)
{
	static const struct {
		const char *reply;
		const char *request;
		int kind;
		const char *part;
	} rows[] = {
		{"!000002+076AEE", SET, STATION_ERROR_INSTRUMENT, "7, value out of range"},
		{"!000002+1F3769", SET, STATION_ERROR_INSTRUMENT, "31, unknown error"},
		{"!000002+076AEF", SET, STATION_ERROR_PROTOCOL, "wrong CRC"},
		{"!000002+0G1479", SET, STATION_ERROR_PROTOCOL, "without a number"},
		{"", ASKED, STATION_ERROR_PROTOCOL, "not a MeCom frame"},
		{"!000001", ASKED, STATION_ERROR_PROTOCOL, "not a MeCom frame"},
		{"#000001844D", ASKED, STATION_ERROR_PROTOCOL, "not a MeCom frame"},
		{"!00000X844D", ASKED, STATION_ERROR_PROTOCOL, "not a MeCom frame"},
		{"!00000141C800009FE4", ASKED, STATION_ERROR_PROTOCOL, "wrong CRC"},
		{"!00000141C80000XXXX", ASKED, STATION_ERROR_PROTOCOL, "no CRC"},
		{"!00000241C80000B2A1", ASKED, STATION_ERROR_PROTOCOL, "sequence number"},
		{"!00000141C800009FE5", "#050001?VR03E8010289", STATION_ERROR_PROTOCOL, "address"},
		/* done where a value was asked for, and the other way round */
		{"!000001844D", ASKED, STATION_ERROR_PROTOCOL, "not the kind"},
		{"!00000241C80000B2A1", SET, STATION_ERROR_PROTOCOL, "not the kind"},
		{"!00000141C84681", ASKED, STATION_ERROR_PROTOCOL, "unknown kind"},
		{"!00000141C8000G9195", ASKED, STATION_ERROR_PROTOCOL, "unknown kind"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct mecom_reply reply = {.bits = 7};
		g_assert_false(mecom_parse(rows[i].reply, rows[i].request, &reply, &error));
		g_assert_error(error, STATION_ERROR, rows[i].kind);
		g_assert_nonnull(strstr(error->message, rows[i].part));
		g_assert_cmpuint(reply.bits, ==, 7);
	}
}

/* A reply cut anywhere is no reply, and so is one with a byte changed. */
static void test_damaged(void)
{
	static const char whole[] = "!00000141C800009FE5";
	struct mecom_reply reply;
	for (gsize i = 0; i < strlen(whole); i++) {
		g_autofree char *cut = g_strndup(whole, i);
		g_assert_false(mecom_parse(cut, ASKED, &reply, NULL));
		g_autofree char *changed = g_strdup(whole);
		changed[i] = changed[i] == '3' ? '4' : '3';
		/* the address is anyone's, but under the checksum as well */
		g_assert_false(mecom_parse(changed, ASKED, &reply, NULL));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/mecom/crc", test_crc);
	g_test_add_func("/mecom/requests", test_requests);
	g_test_add_func("/mecom/replies", test_replies);
	g_test_add_func("/mecom/refused", test_refused);
	g_test_add_func("/mecom/damaged", test_damaged);
	return g_test_run();
}

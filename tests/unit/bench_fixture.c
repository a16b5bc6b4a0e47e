/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_fixture_bed.h"

#include "base/bytes.h"

#include <string.h>

static void test_compose(void)
{
	g_assert_cmphex(bytes_crc16("123456789", 9), ==, 0x29b1);
	g_autofree char *line = fixture_compose(7, "HELLO");
	g_autofree char *expected = g_strdup_printf("#7 HELLO*%04X\n", bytes_crc16("7 HELLO", 7));
	g_assert_cmpstr(line, ==, expected);
	/* Worked out apart from this program. */
	g_autofree char *known = fixture_compose(1, "PINS?");
	g_assert_cmpstr(known, ==, "#1 PINS?*370F\n");
}

static void test_parse_good(void)
{
	static const char *const bodies[] = {"X", "PIN ResetL 1", "READ 50 128", "OK"};
	static const guint seqs[] = {1, 9, 10, 65535};
	for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autofree char *line = fixture_compose(seqs[i], bodies[i]);
		struct fixture_request request;
		g_assert_true(fixture_parse(line, strlen(line), &request));
		g_assert_cmpuint(request.seq, ==, seqs[i]);
		g_autofree char *body = g_strjoinv(" ", request.words);
		g_assert_cmpstr(body, ==, bodies[i]);
		fixture_request_clear(&request);
	}
}

/* Text between # and *, with the right CRC put behind. */
static char *sealed(const char *text, const char *end)
{
	return g_strdup_printf("#%s*%04X%s", text, bytes_crc16(text, strlen(text)), end);
}

static void refuse(struct bed *bed, const char *line, gsize len)
{
	struct fixture_request request;
	g_test_message("%.60s", line);
	g_assert_false(fixture_parse(line, len, &request));
	g_assert_null(request.words);
	g_autofree char *reply = sim_fixture_line(bed->fixture, line, len);
	g_autofree char *expected = fixture_compose(0, "ERR 1 bad-line");
	g_assert_cmpstr(reply, ==, expected);
}

static void test_parse_bad(void)
{
	struct bed bed = bed_new();
	static const char *const forms[] = {
		"",         "1",         "0 HELLO",  "65536 HELLO", "01 HELLO",    "+1 HELLO",
		"-1 HELLO", "x HELLO",   "1  HELLO", " 1 HELLO",    "1 HELLO ",    "1 PIN  ResetL",
		"1 HEL*LO", "1 HELLO\r", "1 HE\tLO", "1 H\xc3\xa9", "1 HELLO\x7f", "100000 HELLO",
	};
	for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *line = sealed(forms[i], "\n");
		refuse(&bed, line, strlen(line));
	}
	g_autofree char *good = sealed("1 HELLO", "\n");
	gsize len = strlen(good);
	struct fixture_request request;
	g_assert_true(fixture_parse(good, len, &request));
	fixture_request_clear(&request);
	for (gsize i = 0; i < len; i++) { /* no single byte may change */
		g_autofree char *garbled = g_strdup(good);
		garbled[i] ^= 0x01;
		refuse(&bed, garbled, len);
	}
	for (gsize i = 0; i < len; i++)
		refuse(&bed, good, i);
	g_autofree char *cr = sealed("1 HELLO", "\r\n");
	refuse(&bed, cr, strlen(cr));
	/* The CRC of "2 PINS?" holds a letter, which must be a capital. */
	g_autofree char *letters = sealed("2 PINS?", "\n");
	g_autofree char *lower = g_strdup(letters);
	char *crc = strchr(lower, '*') + 1;
	for (gsize i = 0; i < 4; i++)
		crc[i] = g_ascii_tolower(crc[i]);
	g_assert_cmpstr(lower, !=, letters);
	refuse(&bed, lower, strlen(lower));
	char nul[] = "#1 HELLO*0000\n";
	nul[4] = '\0';
	refuse(&bed, nul, sizeof nul - 1);
	bed_done(&bed);
}

static void test_line_length(void)
{
	struct bed bed = bed_new();
	/* "#", the text, "*CCCC\n": 1200 in all are allowed. */
	for (gsize extra = 0; extra < 2; extra++) {
		gsize text_len = 1200 - 7 + extra;
		g_autofree char *text = g_strnfill(text_len, 'A');
		memcpy(text, "1 ", 2);
		g_autofree char *line = sealed(text, "\n");
		struct fixture_request request;
		g_assert_cmpint(fixture_parse(line, strlen(line), &request), ==, extra == 0);
		fixture_request_clear(&request);
	}
	bed_done(&bed);
}

static void test_replies(void)
{
	static const struct {
		const char *body;
		const char *reply;
	} rows[] = {
		{"HELLO", "OK station-fixture 1 VBFX0001 QSFP-DD"},
		{"HELLO 1", "ERR 3 bad-argument"},
		{"hello", "ERR 2 unknown-command"},
		{"PINS", "ERR 2 unknown-command"},
		{"PINS?", "OK ResetL=0 LPMode=1 ModSelL=1 ModPrsL=1 IntL=1"},
		{"PIN? ResetL", "OK 0"},
		{"PIN? resetl", "ERR 4 unknown-pin"},
		{"PIN?", "ERR 3 bad-argument"},
		{"PIN ResetL 1", "OK"},
		{"PIN? ResetL", "OK 1"},
		{"PIN ResetL 2", "ERR 3 bad-argument"},
		{"PIN ResetL 01", "ERR 3 bad-argument"},
		{"PIN ResetL", "ERR 3 bad-argument"},
		{"PIN IntL 1", "ERR 5 input-pin"},
		{"PIN ModPrsL 0", "ERR 5 input-pin"},
		{"PIN Power 1", "ERR 4 unknown-pin"},
		{"LINE? ResetL", "ERR 4 unknown-pin"},
		{"LINE? INT/RSTn", "ERR 4 unknown-pin"},
		{"LINE?", "ERR 3 bad-argument"},
		{"COUNT?", "OK 0"},
		{"READ 50 1", "ERR 20 no-module"},
		{"READ 50 256", "ERR 20 no-module"},
		{"READ 50 0", "ERR 3 bad-argument"},
		{"READ 50 257", "ERR 3 bad-argument"},
		{"READ 50 01", "ERR 3 bad-argument"},
		{"READ 80 1", "ERR 3 bad-argument"},
		{"READ 5 1", "ERR 3 bad-argument"},
		{"READ 5a 1", "ERR 3 bad-argument"},
		{"READ 0x50 1", "ERR 3 bad-argument"},
		{"READ 50 -1", "ERR 3 bad-argument"},
		{"WRITE 50 00", "ERR 20 no-module"},
		{"WRITE 50 0", "ERR 3 bad-argument"},
		{"WRITE 50 0g", "ERR 3 bad-argument"},
		{"WRITE 50 ab", "ERR 3 bad-argument"},
		{"WRITE 50", "ERR 3 bad-argument"},
		{"XFER 50 00 1", "ERR 20 no-module"},
		{"XFER 50 00", "ERR 3 bad-argument"},
		{"XFER 50 00 0", "ERR 3 bad-argument"},
		{"SAFE", "OK"},
		{"PIN? ResetL", "OK 0"},
	};
	struct bed bed = bed_new();
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].body);
		check(&bed, rows[i].body, rows[i].reply);
	}
	g_autofree char *most = g_strnfill(512, 'A');
	g_autofree char *fits = g_strconcat("WRITE 50 ", most, NULL);
	check(&bed, fits, "ERR 20 no-module");
	g_autofree char *more = g_strconcat(fits, "AA", NULL);
	check(&bed, more, "ERR 3 bad-argument");
	bed_done(&bed);
}

static void test_transfers(void)
{
	struct bed bed = bed_new();
	insert(&bed, "VB0001");
	check(&bed, "PIN? ModPrsL", "OK 0");
	check(&bed, "READ 50 1", "ERR 10 nack-address"); /* no power */
	world_set_supply(bed.world, 0, 3.3, 5.0, TRUE);
	sim_fixture_tick(bed.fixture);
	check(&bed, "READ 50 1", "ERR 10 nack-address"); /* in reset */
	check(&bed, "PIN ModSelL 0", "OK");
	check(&bed, "PIN ResetL 1", "OK");
	g_autofree char *reply = ask_until_answered(&bed, "XFER 50 00 2");
	g_assert_cmpstr(reply, ==, "OK 1852");
	check(&bed, "PIN? IntL", "OK 0");
	check(&bed, "XFER 51 00 2", "ERR 10 nack-address");
	check(&bed, "WRITE 50 7F13", "OK 2");
	check(&bed, "XFER 50 7F 1", "OK 13");
	check(&bed, "WRITE 50 B80102030405060708", "OK 9");
	check(&bed, "WRITE 50 B8", "OK 1");
	check(&bed, "READ 50 8", "OK 0102030405060708");
	check(&bed, "WRITE 50 B8010203040506070809", "ERR 11 nack-data");
	check(&bed, "PIN ModSelL 1", "OK");
	check(&bed, "READ 50 1", "ERR 10 nack-address");
	take_out(&bed);
	check(&bed, "READ 50 1", "ERR 20 no-module");
	check(&bed, "PINS?", "OK ResetL=1 LPMode=1 ModSelL=1 ModPrsL=1 IntL=1");
	bed_done(&bed);
}

static void test_insertions(void)
{
	struct bed bed = bed_new();
	insert(&bed, "VB0001");
	check(&bed, "COUNT?", "OK 1");
	take_out(&bed);
	insert(&bed, "VB0001");
	take_out(&bed);
	check(&bed, "COUNT?", "OK 2");
	insert(&bed, "VB0002");
	check(&bed, "COUNT?", "OK 3");
	g_assert_cmpuint(sim_fixture_insertions(bed.fixture), ==, 3);
	bed_done(&bed);
}

static gboolean send_line(void *session, const char *body, char **text)
{
	g_autofree char *line = fixture_compose(5, body);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	gboolean open = sim_fixture_server_ops.message(session, line, strlen(line), reply);
	*text = reply->len ? g_strndup((const char *)reply->data, reply->len) : g_strdup("");
	return open;
}

static void test_connection_lost(void)
{
	struct bed bed = bed_new();
	const struct server_ops *ops = &sim_fixture_server_ops;
	g_autofree char *text = NULL;
	void *session = ops->session_new(bed.fixture);
	g_assert_true(send_line(session, "PIN ResetL 1", &text));
	g_autofree char *expected = fixture_compose(5, "OK");
	g_assert_cmpstr(text, ==, expected);
	check(&bed, "PIN LPMode 0", "OK");
	check(&bed, "PIN ModSelL 0", "OK");
	ops->session_free(session);
	check(&bed, "PINS?", "OK ResetL=0 LPMode=1 ModSelL=1 ModPrsL=1 IntL=1");
	bed_done(&bed);
}

static void test_newer_connection_takes_over(void)
{
	struct bed bed = bed_new();
	const struct server_ops *ops = &sim_fixture_server_ops;
	g_autofree char *first = NULL;
	g_autofree char *second = NULL;
	void *old = ops->session_new(bed.fixture);
	check(&bed, "PIN ResetL 1", "OK");
	void *now = ops->session_new(bed.fixture);
	check(&bed, "PIN? ResetL", "OK 0"); /* the old connection counts as lost */
	check(&bed, "PIN ResetL 1", "OK");
	g_assert_false(send_line(old, "PIN ResetL 0", &first));
	g_assert_cmpstr(first, ==, "");
	ops->session_free(old);
	check(&bed, "PIN? ResetL", "OK 1");
	g_assert_true(send_line(now, "PIN? ResetL", &second));
	ops->session_free(now);
	check(&bed, "PIN? ResetL", "OK 0");
	bed_done(&bed);
}

/* A host, the bench's timer and the control port at once. */
static void *keep_asking(void *data)
{
	struct bed *bed = data;
	for (guint i = 0; i < 200; i++) {
		g_autofree char *pins = ask(bed, "PINS?");
		g_autofree char *bytes = ask(bed, "XFER 50 00 4");
		g_assert_true(g_str_has_prefix(pins, "OK ResetL="));
		g_assert_true(g_str_has_prefix(bytes, "OK ") ||
		              g_str_has_prefix(bytes, "ERR 10 ") ||
		              g_str_has_prefix(bytes, "ERR 20 "));
	}
	return NULL;
}

static void test_threads(void)
{
	struct bed bed = bed_new();
	GThread *hosts[2];
	check(&bed, "PIN ResetL 1", "OK");
	check(&bed, "PIN ModSelL 0", "OK");
	world_set_supply(bed.world, 0, 3.3, 5.0, TRUE);
	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++)
		hosts[i] = g_thread_new("host", keep_asking, &bed);
	for (guint i = 0; i < 50; i++) {
		insert(&bed, i % 2 == 0 ? "VB0001" : "VB0002");
		sim_fixture_tick(bed.fixture);
		take_out(&bed);
	}
	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++)
		g_thread_join(hosts[i]);
	g_assert_cmpuint(sim_fixture_insertions(bed.fixture), ==, 50);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixture/compose", test_compose);
	g_test_add_func("/fixture/parse/good", test_parse_good);
	g_test_add_func("/fixture/parse/bad", test_parse_bad);
	g_test_add_func("/fixture/parse/length", test_line_length);
	g_test_add_func("/fixture/replies", test_replies);
	g_test_add_func("/fixture/transfers", test_transfers);
	g_test_add_func("/fixture/insertions", test_insertions);
	g_test_add_func("/fixture/connection-lost", test_connection_lost);
	g_test_add_func("/fixture/take-over", test_newer_connection_takes_over);
	g_test_add_func("/fixture/threads", test_threads);
	return g_test_run();
}

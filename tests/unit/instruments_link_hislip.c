/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"

#include "base/bytes.h"
#include "base/error.h"
#include "instruments/link/hislip_message.h"
#include "instruments/link/hislip_session.h"
#include "instruments/link/resource.h"
#include "tests/unit/instruments_link_hislip_peer.h"

enum { REPLY_MAX = 1000 };

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

/* ---- bytes ---- */

struct golden_row {
	const char *hex;
	struct hislip_header header;
};

/* clang-format off */
static const struct golden_row golden_rows[] = {
	{"48530000010058580000000000000007",
	 {HISLIP_INITIALIZE, 0, (guint32)HISLIP_VERSION_1_0 << 16 | HISLIP_VENDOR, 7}},
	{"48530700ffffff000000000000000006", {HISLIP_DATA_END, 0, HISLIP_FIRST_ID, 6}},
	{"48530f00000000000000000000000008", {HISLIP_ASYNC_MAXIMUM_MESSAGE_SIZE, 0, 0, 8}},
	{"48531501fffffefe0000000000000000", {HISLIP_ASYNC_STATUS_QUERY, 1, HISLIP_NO_ID, 0}},
};
/* clang-format on */

static void test_golden(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(golden_rows); i++) {
		const struct golden_row *row = &golden_rows[i];
		guint8 bytes[HISLIP_HEADER_LEN];
		struct hislip_header back = {0};
		hislip_pack(&row->header, bytes);
		g_autofree char *hex = bytes_to_hex(bytes, sizeof bytes);
		g_assert_cmpstr(hex, ==, row->hex);
		g_assert_true(hislip_unpack(bytes, &back, NULL));
		g_assert_cmpuint(back.type, ==, row->header.type);
		g_assert_cmpuint(back.control, ==, row->header.control);
		g_assert_cmpuint(back.parameter, ==, row->header.parameter);
		g_assert_cmpuint(back.length, ==, row->header.length);
	}
}

static void test_no_header(void)
{
	guint8 bytes[HISLIP_HEADER_LEN] = {'H', 'T'};
	struct hislip_header header;
	g_autoptr(GError) error = NULL;
	g_assert_false(hislip_unpack(bytes, &header, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	g_clear_error(&error);
	bytes[1] = 'S';
	bytes[8] = 0x80;
	g_assert_false(hislip_unpack(bytes, &header, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	hislip_pack_size(G_GUINT64_CONSTANT(0x0102030405060708), bytes);
	g_assert_cmpuint(hislip_unpack_size(bytes), ==, G_GUINT64_CONSTANT(0x0102030405060708));
	g_assert_cmpuint(bytes[0], ==, 1);
}

/* ---- conversations ---- */

/* What is done on an open link, in order; the first that is null ends it. */
enum act {
	ACT_END,
	ACT_WRITE,
	ACT_READ,
	ACT_LINE,
	ACT_BLOCK, /* indefinite, of 4 bytes */
	ACT_QUERY,
	ACT_STATUS,
	ACT_CLEAR,
	ACT_LOCK,
	ACT_UNLOCK,
};

struct action {
	enum act act;
	const char *text;   /* sent; expected of a read; else what the failure says */
	const char *answer; /* of a query, or what its failure says; status: one byte */
	int fails;          /* 1 + the code of the failure */
};

struct conversation {
	const char *name;
	const char *scripts[3];
	struct action actions[8];
	const char *log; /* null: not looked at */
	int sessions;    /* 0: one */
};

#define FAIL(code) (1 + STATION_ERROR_##code)
#define OPEN       PEER_OPEN
#define SIZE       "A<15|A#16 0 0 0000000000100000|"
#define OPEN_2     "S>1 0 02000007|+|A<17|A>18 0 5858|" SIZE
#define OPEN_OVER  "S>1 1 02000007|+|A<17|A>18 0 5858|" SIZE

/* clang-format off */
static const struct conversation conversations[] = {
	{"echo", {OPEN "E"}, {{ACT_QUERY, "A?", "A?"}, {ACT_QUERY, "B?", "B?"}},
	 .log = "7:0:A?\n,7:1:B?\n,"},
	{"version-2", {OPEN_2 "E"}, {{ACT_QUERY, "A?", "A?"}}},
	{"several-data", {OPEN "S<7|S>6 0 id 1,|S>6 0 ffffffff 2,|S>7 0 id 3\\n"},
	 {{ACT_QUERY, "A?", "1,2,3"}}},
	{"end-alone", {OPEN "S<7|S>6 0 id 12\\n|S>7 0 id "}, {{ACT_QUERY, "A?", "12"}}},
	{"no-newline", {OPEN "S<7|S>7 0 id 12"}, {{ACT_QUERY, "A?", "12"}}},
	{"empty", {OPEN "S<7|S>7 0 id "}, {{ACT_QUERY, "A?", ""}}},
	{"block", {OPEN "S<7|S>6 0 id #15a\\nb|S>7 0 id \\nc\\n"}, {{ACT_QUERY, "A?", "#15a\nb\nc"}}},
	{"indefinite", {OPEN "S<7|S>7 0 id #0a\\nb\\n\\n"}, {{ACT_QUERY, "A?", "#0a\nb\n"}}},
	{"indefinite-known", {OPEN "S<7|S>7 0 id #0a\\nbc\\n"},
	 {{ACT_WRITE, "A?"}, {ACT_BLOCK, "a\nbc"}}},
	{"lines", {OPEN "S<7|S>7 0 id 1\\n2\\n3\\n|S<7|S>7 0 id 4\\n"},
	 {{ACT_WRITE, "A?"}, {ACT_LINE, "1"}, {ACT_READ, "2"}, {ACT_READ, "3"}, {ACT_QUERY, "B?", "4"}},
	 .log = "7:0:A?\n,7:1:B?\n,"},
	{"line-unread", {OPEN "S<7|S>7 0 id 1\\n2\\n|E"},
	 {{ACT_QUERY, "A?", "1"}, {ACT_WRITE, "B?", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "C?", "C?"}},
	 .log = "7:0:A?\n,7:0:C?\n,"},
	{"chunks", {"S>1 0 01000007|+|A<17|A>18 0 5858|A<15|A#16 0 0 0000000000000014|S<6|S<6|S<7|S>7 0 id ok"},
	 {{ACT_QUERY, "ABCDEFGHIJ", "ok"}}, .log = "6:0:ABCD,6:0:EFGH,7:0:IJ\n,"},
	{"no-size", {"S>1 0 01000007|+|A<17|A>18 0 5858|A<15|A#16 0 0 0000000000000010"},
	 {{ACT_END, "no messages", .fails = FAIL(PROTOCOL)}}},
	{"short-size", {"S>1 0 01000007|+|A<17|A>18 0 5858|A<15|A#16 0 0 00001000"},
	 {{ACT_END, "no messages", .fails = FAIL(PROTOCOL)}}},
	{"long-size", {"S>1 0 01000007|+|A<17|A>18 0 5858|A<15|A#16 0 0 000000000000100000"},
	 {{ACT_END, "9 bytes", .fails = FAIL(PROTOCOL)}}},
	{"version-3", {"S>1 0 03000007"}, {{ACT_END, "version 3.0", .fails = FAIL(PROTOCOL)}}},
	{"version-0", {"S>1 0 00000007"}, {{ACT_END, "version 0.0", .fails = FAIL(PROTOCOL)}}},
	{"encryption-of-1", {"S>1 6 01000007|+|A<17|A>18 0 5858|" SIZE "E"}, {{ACT_QUERY, "A?", "A?"}}},
	{"wrong-response", {"S>7 0 0 hi"}, {{ACT_END, "DataEND where", .fails = FAIL(PROTOCOL)}}},
	{"too-many", {"S>2 4 0 five of five"},
	 {{ACT_END, "fatal error 4 (too many clients): five of five", .fails = FAIL(IO)}}},
	{"stale-dropped", {OPEN "S<7|S>7 0 old 1\\n|S>6 0 ffffffff 2|S>7 0 old 3\\n|S>7 0 id 4\\n"},
	 {{ACT_QUERY, "A?", "4"}}},
	{"stale-then-other", {OPEN "S<7|S>6 0 ffffffff 9|S>6 0 old 8|S>7 0 id 4\\n"}, {{ACT_QUERY, "A?", "4"}}},
	{"answer-twice", {OPEN "S<7|S>7 0 id 1\\n|S>7 0 id 2\\n|A<21|A>22 7 0|S<7|S>7 0 id 3\\n"},
	 {{ACT_QUERY, "A?", "1"}, {ACT_STATUS, .answer = "\7"}, {ACT_QUERY, "B?", "3"}}},
	{"overlapped", {OPEN_OVER "S<7|S>6 0 own 1,|S>7 0 own 2\\n|S<7|S>7 0 own 3\\n"},
	 {{ACT_QUERY, "A?", "1,2"}, {ACT_QUERY, "B?", "3"}}},
	{"overlapped-twice", {OPEN_OVER "S<7|S>7 0 own 1\\n|S>7 0 own 2\\n|A<21|A>22 0 0|E"},
	 {{ACT_QUERY, "A?", "1"}, {ACT_STATUS, .answer = ""},
	  {ACT_WRITE, "B?", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "C?", "C?"}}},
	{"interrupted-sync-first",
	 {OPEN "S<7|S<7|S>6 0 ffffffff 1|S>13 0 id |A>14 0 id |S>7 0 id 2\\n"},
	 {{ACT_WRITE, "A?"}, {ACT_QUERY, "B?", "2"}}},
	{"interrupted-async-first",
	 {OPEN "S<7|S<7|A>14 0 id |S>6 0 ffffffff 1|S>13 0 id |S>7 0 id 2\\n"},
	 {{ACT_WRITE, "A?"}, {ACT_QUERY, "B?", "2"}}},
	{"interrupted-before-sending",
	 {OPEN "S<7|A>14 0 id |A<21|A>22 0 0|S>7 0 id 1|S>13 0 id |S<7|S>7 0 id 2\\n"},
	 {{ACT_WRITE, "A?"}, {ACT_STATUS, .answer = ""}, {ACT_QUERY, "B?", "2"}}},
	{"service-request", {OPEN "S<7|A>20 40 0 |S>7 0 id 1\\n|A<21|A>20 50 0 |A>22 40 0|E"},
	 {{ACT_QUERY, "A?", "1"}, {ACT_STATUS, .answer = "\100"}, {ACT_QUERY, "B?", "B?"}}},
	{"status-while-awaited", {OPEN "S<7|A<21|A>22 10 0|S>7 0 id 1\\n"},
	 {{ACT_WRITE, "A?"}, {ACT_STATUS, .answer = "\20"}, {ACT_READ, "1"}}},
	{"error", {OPEN "S<7|S>3 4 0 too long|E"},
	 {{ACT_QUERY, "A?", "error 4 (message too large): too long", .fails = FAIL(PROTOCOL)},
	  {ACT_QUERY, "B?", "B?"}}, .log = "7:0:A?\n,7:0:B?\n,"},
	{"error-async", {OPEN "A<21|A>3 1 0 no status|C", OPEN "E"},
	 {{ACT_STATUS, "no status", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "B?", "B?"}}, .sessions = 2},
	{"fatal", {OPEN "S<7|S>2 1 0 \\001bad|C", OPEN "E"},
	 {{ACT_QUERY, "A?", "fatal error 1 (poorly formed message header): ?bad", .fails = FAIL(IO)},
	  {ACT_QUERY, "B?", "B?"}}, .sessions = 2},
	{"fatal-cut", {OPEN "S<7|S!48530200000000000000000000000010|C", OPEN "E"},
	 {{ACT_QUERY, "A?", "fatal error 0", .fails = FAIL(IO)}, {ACT_QUERY, "B?", "B?"}}, .sessions = 2},
	{"garbage", {OPEN "S<7|S!48545000000000000000000000000001000000|E", OPEN "E"},
	 {{ACT_QUERY, "A?", "no header", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "B?", "B?"}}, .sessions = 2},
	{"oversized", {OPEN "S<7|S!48530700ffffff0000000000800000003132330a|E", OPEN "E"},
	 {{ACT_QUERY, "A?", "2147483648 bytes", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "B?", "B?"}}, .sessions = 2},
	{"wrong-type", {OPEN "S<7|S>22 0 0|E"},
	 {{ACT_QUERY, "A?", "AsyncStatusResponse where", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "B?", "B?"}}},
	{"unknown-type", {OPEN "S<7|S>99 0 0 abc|E"},
	 {{ACT_QUERY, "A?", "type 99", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "B?", "B?"}}},
	{"wrong-type-async", {OPEN "A<21|A>7 0 0|C", OPEN "E"},
	 {{ACT_STATUS, "DataEND", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "B?", "B?"}}, .sessions = 2},
	{"cut-in-block", {OPEN "S<7|S>7 0 id #15abc|E"},
	 {{ACT_QUERY, "A?", "inside a block", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "B?", "B?"}}},
	{"clear", {OPEN "S<7|S>6 0 id 1|A<19|S>7 0 id 2|A>20 0 0|A>22 0 0|A>23 0 0|S>13 0 id |S<8|S>6 0 id 3|S>9 0 0|E"},
	 {{ACT_WRITE, "A?"}, {ACT_CLEAR}, {ACT_QUERY, "B?", "B?"}}, .log = "7:0:A?\n,7:0:B?\n,"},
	{"clear-to-overlapped", {OPEN "A<19|A>23 1 0|S<8|S>9 1 0|S<7|S>7 0 own 1\\n"},
	 {{ACT_CLEAR}, {ACT_QUERY, "A?", "1"}}},
	{"clear-refused", {OPEN "A<19|A>2 0 0 no|C", OPEN "E"}, {{ACT_CLEAR}, {ACT_QUERY, "A?", "A?"}}, .sessions = 2},
	{"clear-after-close", {OPEN "C", OPEN "E"}, {{ACT_CLEAR}, {ACT_QUERY, "A?", "A?"}}, .sessions = 2},
	{"lock", {OPEN "A<4|A>5 1 0|A<4|A>5 1 0|E"}, {{ACT_LOCK}, {ACT_UNLOCK}, {ACT_QUERY, "A?", "A?"}}},
	{"lock-refused", {OPEN "A<4|A>5 0 0|E"},
	 {{ACT_LOCK, "another client", .fails = FAIL(REFUSED)}, {ACT_QUERY, "A?", "A?"}}},
	{"lock-error", {OPEN "A<4|A>5 3 0|A<4|A>5 3 0|E"},
	 {{ACT_LOCK, "code 3", .fails = FAIL(REFUSED)}, {ACT_UNLOCK, "code 3", .fails = FAIL(REFUSED)}}},
	{"lock-garbled", {OPEN "A<4|A>22 1 0|C", OPEN "E"},
	 {{ACT_LOCK, "AsyncStatusResponse", .fails = FAIL(PROTOCOL)}, {ACT_QUERY, "A?", "A?"}}, .sessions = 2},
	/* a lock ends with its connection: the next one takes it again, or is of no use */
	{"lock-anew", {OPEN "A<4|A>5 1 0|C", OPEN "A<4|A>5 1 0|E"},
	 {{ACT_LOCK}, {ACT_CLEAR}, {ACT_QUERY, "A?", "A?"}}, .sessions = 2},
	{"lock-lost", {OPEN "A<4|A>5 1 0|C", OPEN "A<4|A>5 0 0|A<19|A>23 0 0|S<8|S>9 0 0|A<4|A>5 1 0|E"},
	 {{ACT_LOCK}, {ACT_CLEAR, "another client", .fails = FAIL(REFUSED)}, {ACT_QUERY, "A?", "A?"}}, .sessions = 2},
	{"lock-given-back", {OPEN "A<4|A>5 1 0|A<4|A>5 1 0|C", OPEN "E"},
	 {{ACT_LOCK}, {ACT_UNLOCK}, {ACT_CLEAR}, {ACT_QUERY, "A?", "A?"}}, .sessions = 2},
};
/* clang-format on */

static gboolean act_on(struct link *link, const struct action *action, GByteArray *reply,
                       const struct bounds *bounds, GError **error)
{
	guint8 status = 0;
	gboolean ok;
	switch (action->act) {
	case ACT_WRITE:
		return link_write(link, action->text, strlen(action->text), bounds, error);
	case ACT_READ:
		return link_read(link, reply, REPLY_MAX, bounds, error);
	case ACT_LINE:
		return link_read_line(link, reply, REPLY_MAX, bounds, error);
	case ACT_BLOCK:
		return link_read_indefinite(link, reply, 4, bounds, error);
	case ACT_QUERY:
		return link_query(link, action->text, reply, REPLY_MAX, bounds, error);
	case ACT_STATUS:
		ok = link_status_byte(link, &status, bounds, error);
		if (ok)
			g_assert_cmpuint(status, ==, (guint8)action->answer[0]);
		return ok;
	case ACT_CLEAR:
		return link_clear(link, bounds, error);
	case ACT_LOCK:
		return link_lock(link, bounds, error);
	default:
		return link_unlock(link, bounds, error);
	}
}

static void assert_failed(const struct action *action, const GError *error)
{
	g_assert_error(error, STATION_ERROR, action->fails - 1);
	const char *says = action->answer ? action->answer : action->text;
	if (action->act != ACT_WRITE && !strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

static void assert_action(struct link *link, const struct action *action,
                          const struct bounds *bounds)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gboolean ok = act_on(link, action, reply, bounds, &error);
	if (action->fails) {
		g_assert_false(ok);
		g_assert_cmpuint(reply->len, ==, 0);
		assert_failed(action, error);
		return;
	}
	g_assert_no_error(error);
	g_assert_true(ok);
	const char *expected = action->act == ACT_QUERY ? action->answer : action->text;
	if (action->act != ACT_WRITE && expected)
		g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
}

static void test_conversation(gconstpointer data)
{
	const struct conversation *row = data;
	struct hislip_peer peer;
	struct bounds bounds = within(10);
	g_autoptr(GError) error = NULL;
	peer_start(&peer, row->scripts, PEER_FAULT_NONE, 0);
	struct link *link = link_open(peer.resource, &link_settings_scpi, NULL, &bounds, &error);
	if (!link) {
		g_assert_cmpint(row->actions[0].act, ==, ACT_END);
		assert_failed(&row->actions[0], error);
	}
	for (const struct action *action = row->actions; link && action->act; action++)
		assert_action(link, action, &bounds);
	g_assert_true(link || row->actions[0].fails);
	link_close(link);
	peer_join(&peer);
	g_assert_false(peer.failed);
	g_assert_cmpint(peer.sessions, ==, MAX(row->sessions, 1));
	if (row->log)
		g_assert_cmpstr(peer.log->str, ==, row->log);
	peer_free(&peer);
}

/* ---- what a row cannot say ---- */

static struct link *open_link(const struct hislip_peer *peer)
{
	struct bounds bounds = within(10);
	GError *error = NULL;
	struct link *link = link_open(peer->resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	return link;
}

/* The answer to a status query that was given up is not taken for that of the next. */
static void test_late_status(void)
{
	static const char *const scripts[] = {OPEN "A<21|A<21|A>22 1 0|A>22 2 0|E", NULL};
	struct hislip_peer peer;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = open_link(&peer);
	struct bounds soon = within(0.1), bounds = within(10);
	guint8 status = 0;
	g_autoptr(GError) error = NULL;
	g_assert_false(link_status_byte(link, &status, &soon, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_false(link_is_dirty(link));
	g_assert_true(link_status_byte(link, &status, &bounds, NULL));
	g_assert_cmpuint(status, ==, 2);
	link_close(link);
	peer_join(&peer);
	g_assert_false(peer.failed);
	peer_free(&peer);
}

/* Interrupted overtakes AsyncInterrupted: one of each is enough. */
static void test_interrupted_late(void)
{
	static const char *const scripts[] = {OPEN "A>20 40 0 |A>14 0 ffffff00 |E", NULL};
	struct hislip_peer peer;
	struct hislip_session session = {0};
	struct resource resource;
	struct bounds bounds = within(10);
	g_autoptr(GError) error = NULL;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	g_assert_true(resource_parse(peer.resource, &resource, NULL));
	hislip_session_init(&session, resource.host, resource.port, resource.name);
	g_assert_true(hislip_session_connect(&session, &bounds, NULL));
	hislip_session_interrupted(&session, &bounds, &error);
	g_assert_no_error(error);
	g_assert_false(session.interrupted);
	hislip_session_done(&session);
	resource_done(&resource);
	peer_join(&peer);
	peer_free(&peer);
}

/* After a timeout the link clears, and the late answer is gone with it. */
static void test_late_answer(void)
{
	static const char *const scripts[] =
		{OPEN "S<7|A<19|S>7 0 id late\\n|A>23 0 0|S<8|S>7 0 id later\\n|S>9 0 0|E", NULL};
	struct hislip_peer peer;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = open_link(&peer);
	struct bounds soon = within(0.02), bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(link_write(link, "A?", 2, &bounds, NULL));
	g_assert_false(link_read(link, reply, REPLY_MAX, &soon, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_nonnull(strstr(error->message, "no answer in 0."));
	g_assert_true(link_query(link, "B?", reply, REPLY_MAX, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "B?", 2);
	link_close(link);
	peer_join(&peer);
	g_assert_false(peer.failed);
	g_assert_cmpint(peer.sessions, ==, 1);
	peer_free(&peer);
}

/* The tail of an answer given up half-way is not an answer, even without a clear between. */
static void test_torn(void)
{
	static const char *const scripts[] = {OPEN "S<7|S>6 0 id 12|A<21|S>7 0 id 34\\n|A>22 0 0",
	                                      NULL};
	static const struct link_settings settings = {.stall_s = 0.02};
	struct hislip_peer peer;
	struct bounds bounds = within(10);
	guint8 status = 0;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = link_open(peer.resource, &settings, NULL, &bounds, NULL);
	g_assert_false(link_query(link, "A?", reply, REPLY_MAX, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_nonnull(strstr(error->message, "after 2 bytes, before its end mark"));
	g_clear_error(&error);
	g_assert_true(link_status_byte(link, &status, &bounds, NULL));
	g_assert_false(link_read(link, reply, REPLY_MAX, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	link_close(link);
	peer_join(&peer);
	g_assert_false(peer.failed);
	peer_free(&peer);
}

/* A lock that was not answered in time may have been given: the connection is not kept. */
static void test_lock_silent(void)
{
	static const char *const scripts[] = {OPEN "A<4", OPEN "E", NULL};
	struct hislip_peer peer;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = open_link(&peer);
	struct bounds soon = within(0.1), bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_false(link_lock(link, &soon, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_true(link_is_dirty(link));
	g_assert_true(link_query(link, "B?", reply, REPLY_MAX, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "B?", 2);
	link_close(link);
	peer_join(&peer);
	g_assert_cmpint(peer.sessions, ==, 2);
	peer_free(&peer);
}

/* A large block comes whole, over many Data, and its size is bounded. */
static void test_large(void)
{
	enum { LEN = 3 << 20 };
	static const char *const scripts[] = {OPEN "E", NULL};
	struct hislip_peer peer;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = open_link(&peer);
	struct bounds bounds = within(20);
	g_autoptr(GByteArray) block = g_byte_array_new();
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_byte_array_append(block, (const guint8 *)"#71000000", 9);
	for (guint i = 0; i < 1000000; i++) {
		guint8 byte = (guint8)(i * 7 + (i >> 8));
		g_byte_array_append(block, &byte, 1);
	}
	g_assert_true(link_write(link, block->data, block->len, &bounds, NULL));
	g_assert_true(link_read(link, reply, LEN, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, block->data, block->len);
	g_autoptr(GError) error = NULL;
	g_assert_true(link_write(link, block->data, block->len, &bounds, NULL));
	g_assert_false(link_read(link, reply, REPLY_MAX, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	link_close(link);
	peer_join(&peer);
	peer_free(&peer);
}

static gpointer cancel_when_awaited(gpointer data)
{
	g_usleep(5000);
	g_cancellable_cancel(data);
	return NULL;
}

static void test_cancel(void)
{
	static const char *const scripts[] = {OPEN "S<7", NULL};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct hislip_peer peer;
	peer_start(&peer, scripts, PEER_FAULT_NONE, 0);
	struct link *link = open_link(&peer);
	struct bounds bounds = {deadline_in_s(60), cancellable};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	GThread *thread = g_thread_new("cancel", cancel_when_awaited, cancellable);
	gint64 start_us = g_get_monotonic_time();
	g_assert_false(link_query(link, "A?", reply, REPLY_MAX, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
	g_thread_join(thread);
	link_close(link);
	peer_join(&peer);
	peer_free(&peer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/hislip/golden", test_golden);
	g_test_add_func("/link/hislip/no-header", test_no_header);
	for (gsize i = 0; i < G_N_ELEMENTS(conversations); i++) {
		g_autofree char *path = g_strconcat("/link/hislip/", conversations[i].name, NULL);
		g_test_add_data_func(path, &conversations[i], test_conversation);
	}
	g_test_add_func("/link/hislip/late-status", test_late_status);
	g_test_add_func("/link/hislip/interrupted-late", test_interrupted_late);
	g_test_add_func("/link/hislip/late-answer", test_late_answer);
	g_test_add_func("/link/hislip/torn", test_torn);
	g_test_add_func("/link/hislip/lock-silent", test_lock_silent);
	g_test_add_func("/link/hislip/large", test_large);
	g_test_add_func("/link/hislip/cancel", test_cancel);
	return g_test_run();
}

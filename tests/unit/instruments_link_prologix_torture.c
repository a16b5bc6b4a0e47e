/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/instruments_link_prologix_fake.h"

enum { QUERY_LINES = 3 }; /* ++addr, the query, ++read eoi */

/* Whatever happened, it ended in time, and afterwards the next question gets its answer. */
static void assert_recovers(struct link *link, const GError *error)
{
	g_assert_true(error->domain == STATION_ERROR);
	g_assert_true(link_is_dirty(link));
	assert_answer(link, "AFTER?", "at 9: AFTER?");
}

/* The adapter goes or falls silent at each line that it is told. */
static void fail_at(int at, enum act act, double limit_s, gboolean recovers)
{
	struct fake fake;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	fake_start(&fake);
	fake.at = at;
	fake.act = act;
	/* what is to succeed has all the time */
	struct link *link = try_open(&fake, "9", at <= SET_UP_LINES ? limit_s : 10, &error);
	g_assert_cmpint(link == NULL, ==, at <= SET_UP_LINES);
	if (link)
		g_assert_false(ask(link, "A?", reply, limit_s, &error));
	g_test_message("line %d: %s", at, error->message);
	g_assert_true(error->domain == STATION_ERROR);
	g_assert_cmpint(error->code, ==,
	                act == ACT_HANG ? STATION_ERROR_TIMEOUT : STATION_ERROR_IO);
	g_assert_cmpuint(reply->len, ==, 0);
	if (link && recovers)
		assert_recovers(link, error);
	link_close(link);
	fake_stop(&fake);
}

static void test_disconnect(void)
{
	for (int at = 1; at <= SET_UP_LINES + QUERY_LINES; at++)
		fail_at(at, ACT_CLOSE, 10, TRUE);
}

/* A dead adapter is waited for once, then connected anew. */
static void test_hang(void)
{
	for (int at = 1; at <= SET_UP_LINES + QUERY_LINES; at++)
		fail_at(at, ACT_HANG, 0.05, at == SET_UP_LINES + 2);
}

/* Cut at every byte: no part of an answer is ever taken for it. */
static void test_cut(void)
{
	static const char whole[] = "at 9: A?\r\n";
	for (gsize cut = 0; cut < sizeof whole - 1; cut++) {
		struct fake fake;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		fake_start(&fake);
		fake.at = SET_UP_LINES + QUERY_LINES;
		fake.act = ACT_CUT;
		fake.cut = cut;
		struct link *link = open_at(&fake, "9");
		g_assert_false(ask(link, "A?", reply, 0.03, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_cmpuint(reply->len, ==, 0);
		assert_recovers(link, error);
		link_close(link);
		fake_stop(&fake);
		g_assert_cmpint(fake.peer.connections, ==, 1);
	}
}

static void test_split(void)
{
	static const char whole[] = "#16a\n+\r\x1B-\r\n";
	for (gsize cut = 1; cut < sizeof whole - 1; cut++) {
		struct fake fake;
		fake_start(&fake);
		fake.at = SET_UP_LINES + QUERY_LINES;
		fake.act = ACT_SPLIT;
		fake.cut = cut;
		struct link *link = open_at(&fake, "9");
		assert_answer(link, "BLOCK?", "#16a\n+\r\x1B-");
		assert_answer(link, "A?", "at 9: A?");
		link_close(link);
		fake_stop(&fake);
	}
}

/* An instrument that pauses longer than the adapter waits is asked for the rest. */
static void test_pause(void)
{
	struct fake fake;
	fake_start(&fake);
	fake.at = SET_UP_LINES + QUERY_LINES;
	fake.act = ACT_PAUSE;
	fake.cut = 4;
	struct link *link = open_at(&fake, "9");
	assert_answer(link, "A?", "at 9: A?");
	link_close(link);
	g_assert_nonnull(strstr(fake.told->str, "A?\n|++read eoi|++ver|++read eoi|"));
	fake_stop(&fake);
}

static void test_late(void)
{
	struct fake fake;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	fake_start(&fake);
	fake.at = SET_UP_LINES + QUERY_LINES;
	fake.act = ACT_LATE;
	struct link *link = open_at(&fake, "9");
	struct link *other = open_at(&fake, "5");
	/* Within its time it is still the answer, though it came after the adapter was quiet. */
	assert_answer(link, "A?", "at 9: A?");
	/* Past it, it is nobody's. */
	fake.at = fake.lines + 2;
	g_assert_false(ask(link, "B?", reply, 0.03, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	assert_answer(other, "C?", "at 5: C?");
	assert_recovers(link, error);
	link_close(link);
	link_close(other);
	fake_stop(&fake);
}

/* More than was asked for is told when the next question would be put. */
static void test_unread(void)
{
	struct fake fake;
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	fake_start(&fake);
	struct link *link = open_at(&fake, "9");
	struct link *other = open_at(&fake, "5");
	assert_answer(link, "TWO?", "1");
	assert_answer(other, "A?", "at 5: A?");
	g_assert_cmpuint(link_unread(link), ==, 2);
	g_assert_false(link_write(link, "B?", 2, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	assert_recovers(link, error);
	link_close(link);
	link_close(other);
	fake_stop(&fake);
}

static void test_twice(void)
{
	struct fake fake;
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	fake_start(&fake);
	fake.at = SET_UP_LINES + QUERY_LINES;
	fake.act = ACT_TWICE;
	struct link *link = open_at(&fake, "9");
	struct link *other = open_at(&fake, "5");
	assert_answer(link, "A?", "at 9: A?");
	while (link_unread(link) == 0)
		g_thread_yield();
	/* It is not taken for what the other instrument answers. */
	assert_answer(other, "C?", "at 5: C?");
	g_assert_true(link_clear(link, &bounds, NULL));
	assert_answer(link, "B?", "at 9: B?");
	link_close(link);
	link_close(other);
	fake_stop(&fake);
}

static void test_bad_status(void)
{
	struct fake fake;
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	guint8 status = 7;
	fake_start(&fake);
	struct link *link = open_at(&fake, "9");
	fake.at = SET_UP_LINES + 3; /* ++addr, ++spoll, then ++spoll again */
	fake.act = ACT_CUT;
	fake.cut = 0;
	g_assert_true(link_status_byte(link, &status, &bounds, NULL));
	g_assert_cmpuint(status, ==, 0);
	struct bounds brief = {deadline_in_s(0.03), NULL};
	g_assert_false(link_status_byte(link, &status, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	assert_answer(link, "A?", "at 9: A?");
	link_close(link);
	fake_stop(&fake);
}

/* Something else answers at that port, or never stops. */
static void serve_other(int fd, int connection, gpointer data)
{
	char line[100];
	int n = 0;
	while (peer_line(fd, line, sizeof line)) {
		g_autofree char *reply = g_strdup_printf("-113,\"Undefined header %d\"\n", n++);
		peer_send(fd, reply, strlen(reply));
	}
}

static void test_no_adapter(void)
{
	struct fake fake = {.act = ACT_NONE};
	g_autoptr(GError) error = NULL;
	peer_start(&fake.peer, serve_other, NULL);
	g_assert_null(try_open(&fake, "9", 0.1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_nonnull(strstr(error->message, "set up the adapter: "));
	peer_stop(&fake.peer);
}

static gpointer cancel_main(gpointer cancellable)
{
	g_cancellable_cancel(cancellable);
	return NULL;
}

static void test_cancel(void)
{
	struct fake fake;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(60), cancellable};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	fake_start(&fake);
	struct link *link = open_at(&fake, "9");
	GThread *thread = g_thread_new("cancel", cancel_main, cancellable);
	g_assert_false(link_query(link, "SILENT", reply, 100, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_thread_join(thread);
	assert_answer(link, "A?", "at 9: A?");
	link_close(link);
	fake_stop(&fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/prologix/disconnect", test_disconnect);
	g_test_add_func("/link/prologix/hang", test_hang);
	g_test_add_func("/link/prologix/cut", test_cut);
	g_test_add_func("/link/prologix/split", test_split);
	g_test_add_func("/link/prologix/pause", test_pause);
	g_test_add_func("/link/prologix/late", test_late);
	g_test_add_func("/link/prologix/unread", test_unread);
	g_test_add_func("/link/prologix/twice", test_twice);
	g_test_add_func("/link/prologix/bad-status", test_bad_status);
	g_test_add_func("/link/prologix/no-adapter", test_no_adapter);
	g_test_add_func("/link/prologix/cancel", test_cancel);
	return g_test_run();
}

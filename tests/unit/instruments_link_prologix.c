/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/prologix.h"

#include "tests/unit/instruments_link_prologix_fake.h"

static void test_exchange(void)
{
	struct fake fake;
	struct bounds bounds = {deadline_in_s(10), NULL};
	guint8 status = 0;
	fake_start(&fake);
	struct link *link = open_at(&fake, "9");
	assert_answer(link, "*IDN?", "at 9: *IDN?");
	g_assert_true(link_write(link, "A+\x1B", 3, &bounds, NULL));
	assert_answer(link, "BLOCK?", "#16a\n+\r\x1B-");
	g_assert_true(link_write(link, "B?", 2, &bounds, NULL));
	g_assert_true(link_status_byte(link, &status, &bounds, NULL));
	g_assert_cmpuint(status, ==, 16);
	g_assert_true(link_clear(link, &bounds, NULL));
	g_assert_true(link_status_byte(link, &status, &bounds, NULL));
	g_assert_cmpuint(status, ==, 0);
	assert_answer(link, "C?", "at 9: C?");
	g_autoptr(GError) error = NULL;
	g_assert_false(link_lock(link, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	link_close(link);
	g_assert_cmpint(fake.clears, ==, 1);
	g_autofree char *expected = g_strconcat(set_up,
	                                        "++addr 9|*IDN?\n|++read "
	                                        "eoi|A+\x1B\n|BLOCK?\n|++read eoi|B?\n|++spoll|",
	                                        "++clr|++ver|++spoll|C?\n|++read eoi|", NULL);
	g_assert_cmpstr(fake.told->str, ==, expected);
	fake_stop(&fake);
}

static void test_escapes(void)
{
	g_autoptr(GByteArray) text = g_byte_array_new();
	prologix_escape(text, (const guint8 *)"++a\r\n\x1B\0b", 8);
	g_assert_cmpmem(text->data, text->len, "\x1B+\x1B+a\x1B\r\x1B\n\x1B\x1B\0b\n", 14);
}

/* Several instruments share the one connection; the address is told when it changed. */
static void test_shared(void)
{
	struct fake fake;
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	fake_start(&fake);
	struct link *nine = open_at(&fake, "9");
	struct link *five = open_at(&fake, "5,3");
	g_assert_true(link_write(nine, "A?", 2, &bounds, NULL));
	assert_answer(five, "B?", "at 5: B?");
	g_assert_cmpint(fake.secondary, ==, 99);
	g_assert_true(link_read(nine, reply, 100, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "at 9: A?", 8);
	link_close(nine);
	assert_answer(five, "C?", "at 5: C?");
	link_close(five);
	g_autofree char *expected =
		g_strconcat(set_up,
	                    "++addr 9|A?\n|++addr 5 99|B?\n|++read eoi|++addr 9|++read eoi|",
	                    "++addr 5 99|C?\n|++read eoi|", NULL);
	g_assert_cmpstr(fake.told->str, ==, expected);
	fake_stop(&fake);
	g_assert_cmpint(fake.peer.connections, ==, 1);
}

struct user {
	struct fake *fake;
	int address;
};

static gpointer user_main(gpointer data)
{
	const struct user *user = data;
	g_autofree char *address = g_strdup_printf("%d", user->address);
	struct link *link = open_at(user->fake, address);
	for (int i = 0; i < 100; i++) {
		g_autofree char *query = g_strdup_printf("Q%d?", i);
		g_autofree char *expected = g_strdup_printf("at %d: Q%d?", user->address, i);
		assert_answer(link, query, expected);
	}
	link_close(link);
	return NULL;
}

static void test_threads(void)
{
	enum { USERS = 4 };
	struct fake fake;
	struct user users[USERS];
	GThread *threads[USERS];
	fake_start(&fake);
	struct link *first = open_at(&fake, "0");
	for (int i = 0; i < USERS; i++) {
		users[i] = (struct user){&fake, i + 1};
		threads[i] = g_thread_new("user", user_main, &users[i]);
	}
	for (int i = 0; i < USERS; i++)
		g_thread_join(threads[i]);
	link_close(first);
	fake_stop(&fake);
	g_assert_cmpint(fake.peer.connections, ==, 1);
}

/* Who waits for its turn waits no longer than its own bounds. */
static gpointer hanging_main(gpointer data)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_false(ask(data, "A?", reply, 0.3, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	return NULL;
}

static void test_turns_are_bounded(void)
{
	struct fake fake;
	fake_start(&fake);
	fake.at = SET_UP_LINES + 3;
	fake.act = ACT_HANG;
	struct link *nine = open_at(&fake, "9");
	struct link *five = open_at(&fake, "5");
	GThread *thread = g_thread_new("hanging", hanging_main, nine);
	while (g_atomic_int_get(&fake.lines) < fake.at)
		g_thread_yield();
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gint64 start_us = g_get_monotonic_time();
	g_assert_false(ask(five, "B?", reply, 0.01, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 5 * G_USEC_PER_SEC);
	g_thread_join(thread);
	link_close(nine);
	link_close(five);
	fake_stop(&fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/prologix/exchange", test_exchange);
	g_test_add_func("/link/prologix/escapes", test_escapes);
	g_test_add_func("/link/prologix/shared", test_shared);
	g_test_add_func("/link/prologix/threads", test_threads);
	g_test_add_func("/link/prologix/turns-are-bounded", test_turns_are_bounded);
	return g_test_run();
}

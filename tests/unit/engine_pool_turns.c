/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/engine_pool_bed.h"

/* Who came first gets it first, also when only a part of what he wants is free; who wants something
 * else does not wait at all. */
static void test_first_come(void)
{
	struct supply_at answers[N];
	struct set set;
	struct taker b = {&set, "ab", 30, NULL, NULL, FALSE, 0, 0};
	struct taker c = {&set, "bc", 30, NULL, NULL, FALSE, 0, 0};

	set_start(&set, answers);
	take_well(&set, "abcd");
	give(&set, "bcd", FALSE);
	GThread *first = g_thread_new("first", taker_main, &b);
	until_queued(&set, "b");
	GThread *second = g_thread_new("second", taker_main, &c);
	until_queued(&set, "c");
	take_in_vain(&set, "b", 0, STATION_ERROR_TIMEOUT, "waiting for b");
	take_in_vain(&set, "c", 0.01, STATION_ERROR_TIMEOUT, "waiting for c");
	take_well(&set, "d");
	give(&set, "d", FALSE);
	g_assert_false(g_atomic_int_get(&b.done) || g_atomic_int_get(&c.done));
	give(&set, "a", FALSE);
	while (!g_atomic_int_get(&b.done))
		g_usleep(200);
	g_assert_false(g_atomic_int_get(&c.done));
	g_atomic_int_set(&b.may_give, 1);
	g_thread_join(first);
	g_atomic_int_set(&c.may_give, 1);
	g_thread_join(second);
	g_assert_true(b.ok && c.ok);
	set_stop(&set);
}

/* Somebody who waits for a busy instrument does not keep idle what is free, but for ever he does
 * not wait either: so often others may overtake him, and then what he wants is kept for him. */
static void test_overtaken(void)
{
	struct supply_at answers[N];
	struct set set;
	struct taker ab = {&set, "ab", 30, NULL, NULL, FALSE, 0, 1};
	const char *const b[] = {"b"}, *const both[] = {"b", "a"};

	set_start(&set, answers);
	take_well(&set, "a");
	GThread *thread = g_thread_new("ab", taker_main, &ab);
	while (pool_n_waiting(set.pool, "b") == 0)
		g_usleep(200);
	g_assert_cmpuint(pool_n_waiting(set.pool, "a"), ==, 1);
	g_assert_cmpuint(pool_n_waiting(set.pool, "c"), ==, 0);
	for (guint i = 0; i < POOL_OVERTAKES; i++) {
		g_assert_true(pool_are_free(set.pool, b, 1));
		g_assert_false(pool_are_free(set.pool, both, 2));
		take_well(&set, "b");
		g_assert_false(pool_are_free(set.pool, b, 1));
		give(&set, "b", FALSE);
	}
	g_assert_false(pool_are_free(set.pool, b, 1));
	take_in_vain(&set, "b", 0, STATION_ERROR_TIMEOUT, "waiting for b");
	take_well(&set, "cd"); /* nobody else wants those */
	give(&set, "cd", FALSE);
	g_assert_false(g_atomic_int_get(&ab.done));
	give(&set, "a", FALSE);
	g_thread_join(thread);
	g_assert_true(ab.ok);
	take_well(&set, "b");
	give(&set, "b", FALSE);
	set_stop(&set);
}

/* Whoever gives up waiting does not keep those behind him. */
static void test_impatient(void)
{
	struct supply_at answers[N];
	struct set set;

	for (guint way = 0; way < 2; way++) {
		int code = way ? STATION_ERROR_CANCELLED : STATION_ERROR_TIMEOUT;
		g_autoptr(GCancellable) cancellable = g_cancellable_new();
		struct taker b = {&set, "ab", way ? 60 : 0.2, cancellable, NULL, FALSE, 0, 0};
		struct taker c = {&set, "b", 30, NULL, NULL, FALSE, 0, 1};

		set_start(&set, answers);
		take_well(&set, "ab");
		give(&set, "b", FALSE);
		GThread *first = g_thread_new("first", taker_main, &b);
		if (way)
			until_queued(&set, "b");
		GThread *second = g_thread_new("second", taker_main, &c);
		if (way)
			g_cancellable_cancel(cancellable);
		g_thread_join(first);
		g_thread_join(second);
		g_assert_false(b.ok);
		g_assert_error(b.error, STATION_ERROR, code);
		g_assert_nonnull(strstr(b.error->message, "waiting for a"));
		g_error_free(b.error);
		g_assert_true(c.ok);
		give(&set, "a", FALSE);
		set_stop(&set);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pool/first-come", test_first_come);
	g_test_add_func("/pool/overtaken", test_overtaken);
	g_test_add_func("/pool/impatient", test_impatient);
	return g_test_run();
}

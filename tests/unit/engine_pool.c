/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/engine_pool_bed.h"

static void test_connections(void)
{
	struct supply_at answers[N];
	struct set set;

	set_start(&set, answers);
	g_assert_null(pool_peek(set.pool, "a"));
	take_well(&set, "ca");
	g_assert_cmpstr(instrument_identity(pool_peek(set.pool, "a"))->model, ==, "E36312A");
	give(&set, "ca", FALSE);
	take_well(&set, "a");
	give(&set, "a", TRUE);
	g_assert_null(pool_peek(set.pool, "a"));
	g_assert_nonnull(pool_peek(set.pool, "c"));
	take_well(&set, "a");
	give(&set, "a", FALSE);
	take_well(&set, "");
	give(&set, "", FALSE);
	set_stop(&set);
	g_assert_cmpint(set.peers[0].connections, ==, 2);
	g_assert_cmpint(set.peers[1].connections, ==, 0);
	g_assert_cmpint(set.peers[2].connections, ==, 1);
}

/* One of several cannot be reached: none is taken, and later it can. */
static void test_unreachable(void)
{
	struct supply_at answers[N];
	struct set set;

	set_start(&set, answers);
	set.items[1].config.resource = "TCPIP::127.0.0.1::1::SOCKET";
	take_in_vain(&set, "abc", 20, STATION_ERROR_IO, "b: ");
	take_well(&set, "ac");
	give(&set, "ac", FALSE);
	set.items[1].config.resource = set.peers[1].resource;
	g_atomic_int_set(&set.silent[1], 1);
	take_in_vain(&set, "abc", 0.05, STATION_ERROR_TIMEOUT, "b: ");
	g_atomic_int_set(&set.silent[1], 0);
	take_well(&set, "abc");
	give(&set, "abc", FALSE);
	set_stop(&set);
}

/* Which one it is has to be what the configuration says, when it does. */
static void test_identity(void)
{
	static const struct {
		const char *model, *serial, *firmware;
		const char *says; /* null: it is the right one */
	} rows[] = {
		{"E36312A", "MY59000001", "1.0.4-1.0.0-1.00", NULL},
		{"E36313A", NULL, NULL,
	         "s.yaml:14: a: open: the model \"E36312A\" answers, but \"E36313A\" is "
	         "configured"},
		{NULL, "MY59000002", NULL,
	         "s.yaml:14: a: open: the serial \"MY59000001\" answers, but \"MY59000002\" is "
	         "configured"},
		{NULL, NULL, "1.0", "but \"1.0\" is configured"},
	};
	struct supply_at answers[N];
	struct set set;

	set_start(&set, answers);
	set.config.path = (char *)"s.yaml";
	set.items[0].line = 14;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		GError *error = NULL;

		set.items[0].model = (char *)rows[i].model;
		set.items[0].serial = (char *)rows[i].serial;
		set.items[0].firmware = (char *)rows[i].firmware;
		if (rows[i].says) {
			take_in_vain(&set, "ba", 20, STATION_ERROR_CONFIG, rows[i].says);
			g_assert_null(pool_peek(set.pool, "a"));
			g_assert_false(pool_is_right(set.pool, &error));
			g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
			g_clear_error(&error);
			continue;
		}
		take_well(&set, "a");
		give(&set, "a", TRUE);
		g_assert_true(pool_is_right(set.pool, &error));
		g_assert_no_error(error);
	}
	set.items[0].firmware = NULL;
	take_well(&set, "a");
	give(&set, "a", FALSE);
	g_assert_true(pool_is_right(set.pool, NULL));
	set_stop(&set);
}

/* Another pool is another station, also in this process. */
static void test_exclusive(void)
{
	struct supply_at answers[N];
	struct set set;

	set_start(&set, answers);
	set.config.station_id = (char *)"line2";
	struct pool *other = pool_new(&set.config), *mine = set.pool;
	set.pool = other;
	take_well(&set, "b");
	give(&set, "b", TRUE);
	set.pool = mine;
	take_in_vain(&set, "ab", 20, STATION_ERROR_REFUSED,
	             "b: in use by station \"line2\" (user ");
	g_assert_false(pool_is_right(set.pool, NULL));
	pool_free(other);
	take_well(&set, "ab");
	g_assert_true(pool_is_right(set.pool, NULL));
	give(&set, "ab", FALSE);
	set_stop(&set);
}

static void test_cancelled_before(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct supply_at answers[N];
	struct set set;
	GError *error = NULL;

	set_start(&set, answers);
	take_well(&set, "a");
	g_cancellable_cancel(cancellable);
	g_assert_false(take(&set, "a", 60, cancellable, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	give(&set, "a", FALSE);
	set_stop(&set);
}

struct hammer {
	struct set *set;
	gint *held; /* atomic, by instrument */
	guint32 seed;
};

static gpointer hammer_main(gpointer data)
{
	struct hammer *hammer = data;
	g_autoptr(GRand) random = g_rand_new_with_seed(hammer->seed);

	for (guint i = 0; i < 1000; i++) {
		guint mask = (guint)g_rand_int_range(random, 1, 1 << N);
		char letters[N + 1] = "";
		guint n = 0;

		/* in any order: what one asks for first must not matter */
		for (guint k = 0; k < N; k++) {
			guint bit = hammer->seed % 2 ? k : N - 1 - k;
			if (mask & (1u << bit))
				letters[n++] = (char)('a' + bit);
		}
		letters[n] = '\0';
		take_well(hammer->set, letters);
		for (guint k = 0; k < n; k++)
			g_assert_cmpint(g_atomic_int_add(&hammer->held[letters[k] - 'a'], 1), ==,
			                0);
		for (guint k = 0; k < n; k++)
			g_atomic_int_add(&hammer->held[letters[k] - 'a'], -1);
		give(hammer->set, letters, g_rand_int_range(random, 0, 100) == 0);
	}
	return NULL;
}

static void test_hammer(void)
{
	struct supply_at answers[N];
	struct set set;
	gint held[N] = {0};
	struct hammer hammers[4];
	GThread *threads[4];

	set_start(&set, answers);
	for (guint i = 0; i < 4; i++) {
		hammers[i] = (struct hammer){&set, held, 100 + i};
		threads[i] = g_thread_new("hammer", hammer_main, &hammers[i]);
	}
	for (guint i = 0; i < 4; i++)
		g_thread_join(threads[i]);
	take_well(&set, "abcd");
	give(&set, "abcd", FALSE);
	set_stop(&set);
}

/* One that does not answer and one that is not there do not keep the others from being made safe.
 */
static void test_safe_state(void)
{
	g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
	struct bounds bounds = {deadline_in_s(4), NULL};
	struct supply_at answers[N];
	struct set set;

	set_start(&set, answers);
	g_atomic_int_set(&set.silent[0], 1);
	set.items[2].config.resource = "TCPIP::127.0.0.1::1::SOCKET";
	pool_safe_state(set.pool, failures, &bounds);
	g_assert_cmpuint(failures->len, ==, 2);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(failures, 0), "a: "));
	g_assert_true(g_str_has_prefix(g_ptr_array_index(failures, 1), "c: "));
	g_assert_cmpint(g_atomic_int_get(&set.off[1]), ==, 3);
	g_assert_cmpint(g_atomic_int_get(&set.off[3]), ==, 3);
	/* without a list, and with what answers now */
	g_atomic_int_set(&set.silent[0], 0);
	bounds.deadline = deadline_in_s(20);
	pool_safe_state(set.pool, NULL, &bounds);
	g_assert_cmpint(g_atomic_int_get(&set.off[0]), ==, 3);
	take_well(&set, "abd");
	give(&set, "abd", FALSE);
	set_stop(&set);
}

/* Lost is what was there and is not: since it was given up, until it is connected again. */
static void test_lost(void)
{
	struct supply_at answers[N];
	struct set set;
	g_autoptr(GError) error = NULL;

	set_start(&set, answers);
	g_assert_false(pool_is_lost(set.pool, "a"));
	g_atomic_int_set(&set.silent[0], 1);
	g_assert_false(take(&set, "a", 0.2, NULL, &error));
	g_assert_false(pool_is_lost(set.pool, "a")); /* never seen */
	g_clear_error(&error);
	g_atomic_int_set(&set.silent[0], 0);
	g_assert_true(take(&set, "ab", 10, NULL, &error));
	g_assert_false(pool_is_lost(set.pool, "a"));
	pool_give(set.pool, names, 1, TRUE);
	pool_give(set.pool, names + 1, 1, FALSE);
	g_assert_true(pool_is_lost(set.pool, "a"));
	g_assert_false(pool_is_lost(set.pool, "b"));
	g_atomic_int_set(&set.silent[0], 1);
	g_assert_false(take(&set, "a", 0.2, NULL, &error));
	g_assert_true(pool_is_lost(set.pool, "a"));
	g_clear_error(&error);
	g_atomic_int_set(&set.silent[0], 0);
	g_assert_true(take(&set, "a", 10, NULL, &error));
	g_assert_false(pool_is_lost(set.pool, "a"));
	pool_give(set.pool, names, 1, FALSE);
	set_stop(&set);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	clock_set_scale(10000);
	g_test_add_func("/pool/connections", test_connections);
	g_test_add_func("/pool/unreachable", test_unreachable);
	g_test_add_func("/pool/identity", test_identity);
	g_test_add_func("/pool/exclusive", test_exclusive);
	g_test_add_func("/pool/cancelled-before", test_cancelled_before);
	g_test_add_func("/pool/hammer", test_hammer);
	g_test_add_func("/pool/safe-state", test_safe_state);
	g_test_add_func("/pool/lost", test_lost);
	return g_test_run();
}

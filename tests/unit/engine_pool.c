/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/pool.h"

#include "base/clock.h"
#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

#define N 4

/* Supplies a, b, c, d, each a peer of its own that answers what a supply would. */
struct set {
	struct config config;
	struct config_instrument items[N];
	struct peer peers[N];
	gint silent[N]; /* atomic: answers nothing */
	gint off[N];    /* atomic: how often an output was switched off */
	struct pool *pool;
};

struct answer {
	struct set *set;
	guint index;
};

static void serve(int fd, int connection, gpointer data)
{
	struct answer *answer = data;
	struct set *set = answer->set;
	char line[256];

	while (peer_line(fd, line, sizeof line)) {
		const char *reply = "0\n";

		if (g_str_has_prefix(line, "OUTP 0"))
			g_atomic_int_inc(&set->off[answer->index]);
		if (!g_str_has_suffix(line, "?") && !strchr(line, '?'))
			continue;
		if (g_atomic_int_get(&set->silent[answer->index]))
			continue;
		if (strcmp(line, "*IDN?") == 0)
			reply = "Keysight Technologies,E36312A,MY59000001,1.0.4-1.0.0-1.00\n";
		else if (strstr(line, "SYST:ERR?"))
			reply = "+0,\"No error\"\n";
		peer_send(fd, reply, strlen(reply));
	}
}

static const char *const names[N] = {"a", "b", "c", "d"};

static void set_start(struct set *set, struct answer *answers)
{
	memset(set, 0, sizeof *set);
	set->config.instruments = g_ptr_array_new();
	for (guint i = 0; i < N; i++) {
		answers[i] = (struct answer){set, i};
		peer_start(&set->peers[i], serve, &answers[i]);
		set->items[i].config = (struct instrument_config){
			.name = names[i],
			.class = INSTRUMENT_SUPPLY,
			.driver = "keysight-supply",
			.resource = set->peers[i].resource,
		};
		g_ptr_array_add(set->config.instruments, &set->items[i]);
	}
	set->pool = pool_new(&set->config);
}

static void set_stop(struct set *set)
{
	pool_free(set->pool);
	for (guint i = 0; i < N; i++)
		peer_stop(&set->peers[i]);
	g_ptr_array_unref(set->config.instruments);
}

/* Takes the instruments named by letters ("ac"); an error is left to the caller. */
static gboolean take(struct set *set, const char *letters, double limit_s,
                     GCancellable *cancellable, GError **error)
{
	struct bounds bounds = {deadline_in_s(limit_s), cancellable};
	const char *wanted[N];
	struct instrument *out[N] = {NULL};
	guint n = 0;

	for (; letters[n]; n++)
		wanted[n] = names[letters[n] - 'a'];
	if (!pool_take(set->pool, wanted, n, out, &bounds, error))
		return FALSE;
	for (guint i = 0; i < n; i++)
		g_assert_cmpstr(instrument_name(out[i]), ==, wanted[i]);
	return TRUE;
}

static void give(struct set *set, const char *letters, gboolean give_up)
{
	const char *wanted[N];
	guint n = 0;

	for (; letters[n]; n++)
		wanted[n] = names[letters[n] - 'a'];
	pool_give(set->pool, wanted, n, give_up);
}

static void take_well(struct set *set, const char *letters)
{
	GError *error = NULL;

	take(set, letters, 20, NULL, &error);
	g_assert_no_error(error);
}

static void take_in_vain(struct set *set, const char *letters, double limit_s,
                         enum station_error code, const char *part)
{
	GError *error = NULL;

	g_assert_false(take(set, letters, limit_s, NULL, &error));
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, part))
		g_error("\"%s\" does not say \"%s\"", error->message, part);
	g_error_free(error);
}

static void test_connections(void)
{
	struct answer answers[N];
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
	struct answer answers[N];
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
	struct answer answers[N];
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
	struct answer answers[N];
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

struct taker {
	struct set *set;
	const char *letters;
	double limit_s;
	GCancellable *cancellable;
	GError *error;
	gboolean ok;
	gint done;     /* atomic */
	gint may_give; /* atomic */
};

static gpointer taker_main(gpointer data)
{
	struct taker *taker = data;

	taker->ok =
		take(taker->set, taker->letters, taker->limit_s, taker->cancellable, &taker->error);
	g_atomic_int_set(&taker->done, 1);
	while (taker->ok && !g_atomic_int_get(&taker->may_give))
		g_usleep(200);
	if (taker->ok)
		give(taker->set, taker->letters, FALSE);
	return NULL;
}

/* Until somebody waits for that instrument, which nobody has: a take without patience finds out. */
static void until_queued(struct set *set, const char *letter)
{
	GError *error = NULL;
	gint64 end = g_get_monotonic_time() + 20000000;

	while (take(set, letter, 0, NULL, &error)) {
		give(set, letter, FALSE);
		g_assert_cmpint(g_get_monotonic_time(), <, end);
		g_usleep(200);
	}
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_error_free(error);
}

/* Who came first gets it first, also when only a part of what he wants is free; who wants something
 * else does not wait at all. */
static void test_first_come(void)
{
	struct answer answers[N];
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

/* Whoever gives up waiting does not keep those behind him. */
static void test_impatient(void)
{
	struct answer answers[N];
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

static void test_cancelled_before(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct answer answers[N];
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
	struct answer answers[N];
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
	struct answer answers[N];
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
	struct answer answers[N];
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
	g_test_add_func("/pool/first-come", test_first_come);
	g_test_add_func("/pool/impatient", test_impatient);
	g_test_add_func("/pool/cancelled-before", test_cancelled_before);
	g_test_add_func("/pool/hammer", test_hammer);
	g_test_add_func("/pool/safe-state", test_safe_state);
	g_test_add_func("/pool/lost", test_lost);
	return g_test_run();
}

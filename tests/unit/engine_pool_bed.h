/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_ENGINE_POOL_BED_H
#define TESTS_UNIT_ENGINE_POOL_BED_H

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

struct supply_at {
	struct set *set;
	guint index;
};

G_GNUC_UNUSED static void serve(int fd, int connection, gpointer data)
{
	struct supply_at *answer = data;
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

G_GNUC_UNUSED static void set_start(struct set *set, struct supply_at *answers)
{
	memset(set, 0, sizeof *set);
	set->config.instruments = g_ptr_array_new();
	for (guint i = 0; i < N; i++) {
		answers[i] = (struct supply_at){set, i};
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

G_GNUC_UNUSED static void set_stop(struct set *set)
{
	pool_free(set->pool);
	for (guint i = 0; i < N; i++)
		peer_stop(&set->peers[i]);
	g_ptr_array_unref(set->config.instruments);
}

/* Takes the instruments named by letters ("ac"); an error is left to the caller. */
G_GNUC_UNUSED static gboolean take(struct set *set, const char *letters, double limit_s,
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

G_GNUC_UNUSED static void give(struct set *set, const char *letters, gboolean give_up)
{
	const char *wanted[N];
	guint n = 0;

	for (; letters[n]; n++)
		wanted[n] = names[letters[n] - 'a'];
	pool_give(set->pool, wanted, n, give_up);
}

G_GNUC_UNUSED static void take_well(struct set *set, const char *letters)
{
	GError *error = NULL;

	take(set, letters, 20, NULL, &error);
	g_assert_no_error(error);
}

G_GNUC_UNUSED static void take_in_vain(struct set *set, const char *letters, double limit_s,
                                       enum station_error code, const char *part)
{
	GError *error = NULL;

	g_assert_false(take(set, letters, limit_s, NULL, &error));
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, part))
		g_error("\"%s\" does not say \"%s\"", error->message, part);
	g_error_free(error);
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

G_GNUC_UNUSED static gpointer taker_main(gpointer data)
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
G_GNUC_UNUSED static void until_queued(struct set *set, const char *letter)
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

#endif

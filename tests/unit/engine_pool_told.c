/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/pool.h"

#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

/* What is told of an instrument that two sites share. */
struct told {
	struct config config;
	struct config_instrument item;
	struct peer peer;
	gint silent; /* atomic: answers nothing */
	struct event_bus *bus;
	struct event_queue *events;
	struct pool *pool;
};

static void serve(int fd, int connection, gpointer data)
{
	struct told *told = data;
	char line[256];

	while (peer_line(fd, line, sizeof line)) {
		const char *reply = "0\n";

		if (!strchr(line, '?') || g_atomic_int_get(&told->silent))
			continue;
		if (strcmp(line, "*IDN?") == 0)
			reply = "Keysight Technologies,E36312A,MY59000001,1.0.4-1.0.0-1.00\n";
		else if (strstr(line, "SYST:ERR?"))
			reply = "+0,\"No error\"\n";
		peer_send(fd, reply, strlen(reply));
	}
}

static void told_start(struct told *told)
{
	memset(told, 0, sizeof *told);
	told->config.instruments = g_ptr_array_new();
	peer_start(&told->peer, serve, told);
	told->item.config = (struct instrument_config){
		.name = "psu",
		.class = INSTRUMENT_SUPPLY,
		.driver = "keysight-supply",
		.resource = told->peer.resource,
	};
	g_ptr_array_add(told->config.instruments, &told->item);
	told->bus = event_bus_new();
	told->events = event_queue_new(told->bus, 100);
	told->pool = pool_new(&told->config);
	pool_tell(told->pool, told->bus);
}

static void told_stop(struct told *told)
{
	pool_free(told->pool);
	event_queue_free(told->events);
	event_bus_free(told->bus);
	peer_stop(&told->peer);
	g_ptr_array_unref(told->config.instruments);
}

static gboolean take(struct told *told, int site, double limit_s)
{
	static const char *const names[] = {"psu"};
	struct bounds bounds = {deadline_in_s(limit_s), NULL};
	struct instrument *out;

	return pool_take_for(told->pool, site, names, 1, &out, &bounds, NULL);
}

static void give(struct told *told, gboolean give_up)
{
	static const char *const names[] = {"psu"};

	pool_give(told->pool, names, 1, give_up);
}

/* The next that is told; "" nothing more. */
static void assert_next(struct told *told, const char *begins)
{
	struct event event = {0};

	if (!event_queue_pop(told->events, 0, &event)) {
		g_assert_cmpstr("", ==, begins);
		return;
	}
	g_assert_cmpint(event.kind, ==, EVENT_INSTRUMENT);
	g_assert_cmpint(event.site, ==, 0);
	g_assert_cmpstr(event.name, ==, "psu");
	if (!*begins || !g_str_has_prefix(event.text, begins))
		g_error("\"%s\" was told, not \"%s\"", event.text, begins);
}

static void test_changes(void)
{
	struct told told;

	told_start(&told);
	g_assert_true(take(&told, 0, 20)); /* the station's own look */
	assert_next(&told, "");
	give(&told, FALSE);
	assert_next(&told, "idle");
	for (int site = 1; site <= 2; site++) {
		g_autofree char *text = g_strdup_printf("site %d", site);
		g_assert_true(take(&told, site, 20));
		assert_next(&told, text);
		give(&told, FALSE);
		assert_next(&told, "idle");
	}
	g_assert_true(take(&told, 0, 20));
	give(&told, FALSE);
	assert_next(&told, "");
	told_stop(&told);
}

static void test_lost(void)
{
	struct told told;

	told_start(&told);
	g_assert_true(take(&told, 1, 20));
	assert_next(&told, "site 1");
	give(&told, TRUE);
	assert_next(&told, "lost: ");
	g_atomic_int_set(&told.silent, 1);
	g_assert_false(take(&told, 1, 0.2));
	assert_next(&told, "lost: psu: ");
	g_assert_false(take(&told, 2, 0));
	g_atomic_int_set(&told.silent, 0);
	while (take(&told, 2, 20) == FALSE)
		continue;
	give(&told, FALSE);
	struct event event, last = {0};
	while (event_queue_pop(told.events, 0, &event))
		last = event;
	g_assert_cmpstr(last.text, ==, "idle");
	told_stop(&told);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/pool-told/changes", test_changes);
	g_test_add_func("/pool-told/lost", test_lost);
	return g_test_run();
}

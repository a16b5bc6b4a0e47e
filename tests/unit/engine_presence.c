/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/presence.h"

#include "base/error.h"

#include <string.h>

/* A site that looks, without one. */
struct porch {
	struct presence presence;
	struct config_site site;
	struct event_bus *bus;
	struct event_queue *events;
};

static void porch_open(struct porch *porch)
{
	*porch = (struct porch){.site = {.site = 2, .fixture = (char *)"controller:host:1"}};
	porch->bus = event_bus_new();
	porch->events = event_queue_new(porch->bus, 10);
	presence_watch(&porch->presence, TRUE);
}

static void porch_close(struct porch *porch)
{
	event_queue_free(porch->events);
	event_bus_free(porch->bus);
}

/* One look; code -1: none went wrong. */
static void look(struct porch *porch, gboolean present, int code)
{
	g_autoptr(GCancellable) cancellable = presence_begin(&porch->presence);
	g_autoptr(GError) error = NULL;

	if (code >= 0)
		station_error_set(&error, code, "made up");
	presence_end(&porch->presence, present, error, porch->bus, porch->site.site);
}

/* What was told meanwhile: '+' a unit, '-' none, 'n' a note. */
static void assert_told(struct porch *porch, const char *what)
{
	g_autoptr(GString) told = g_string_new(NULL);
	struct event event;

	while (event_queue_pop(porch->events, 0, &event)) {
		g_assert_cmpint(event.site, ==, 2);
		if (event.kind == EVENT_NOTE)
			g_assert_nonnull(strstr(event.text, "fixture of site 2: made up"));
		else
			g_assert_cmpint(event.kind, ==, EVENT_UNIT_PRESENT);
		g_string_append_c(told, event.kind == EVENT_NOTE ? 'n' : event.done ? '+' : '-');
	}
	g_assert_cmpstr(told->str, ==, what);
}

static void test_changes(void)
{
	static const gboolean seen[] = {FALSE, FALSE, TRUE, TRUE, TRUE, FALSE, TRUE};
	struct porch porch;

	porch_open(&porch);
	for (guint i = 0; i < G_N_ELEMENTS(seen); i++)
		look(&porch, seen[i], -1);
	assert_told(&porch, "-+-+");
	presence_watch(&porch.presence, TRUE);
	look(&porch, TRUE, -1);
	assert_told(&porch, "+");
	porch_close(&porch);
}

/* What a fixture that is away says is told once, and what is in it when it is back. */
static void test_blind(void)
{
	struct porch porch;
	gint64 now_us;

	porch_open(&porch);
	look(&porch, TRUE, -1);
	for (guint i = 0; i < 5; i++) {
		now_us = g_get_monotonic_time();
		look(&porch, FALSE, STATION_ERROR_FIXTURE);
		g_assert_cmpint(presence_next_us(&porch.presence, &porch.site), >=,
		                now_us + (gint64)(PRESENCE_RETRY_S * 1e6));
	}
	assert_told(&porch, "+n");
	now_us = g_get_monotonic_time();
	look(&porch, TRUE, -1);
	g_assert_cmpint(presence_next_us(&porch.presence, &porch.site), >=,
	                now_us + (gint64)(PRESENCE_LOOK_S * 1e6));
	g_assert_cmpint(presence_next_us(&porch.presence, &porch.site), <,
	                now_us + (gint64)(PRESENCE_RETRY_S * 1e6));
	look(&porch, TRUE, STATION_ERROR_FIXTURE);
	assert_told(&porch, "+n");
	porch_close(&porch);
}

/* A look that had to make way, or that nobody wants any more, tells nothing. */
static void test_hurry(void)
{
	struct porch porch;

	porch_open(&porch);
	presence_hurry(&porch.presence);
	g_autoptr(GCancellable) cancellable = presence_begin(&porch.presence);
	g_autoptr(GError) error = NULL;
	presence_hurry(&porch.presence);
	g_assert_true(g_cancellable_set_error_if_cancelled(cancellable, NULL));
	/* whatever the fixture makes of it */
	station_error_set(&error, STATION_ERROR_FIXTURE, "made up");
	presence_end(&porch.presence, FALSE, error, porch.bus, 2);
	presence_hurry(&porch.presence);
	assert_told(&porch, "");
	g_assert_cmpint(presence_next_us(&porch.presence, &porch.site), ==, 0);
	g_autoptr(GCancellable) next = presence_begin(&porch.presence);
	presence_watch(&porch.presence, FALSE);
	presence_end(&porch.presence, TRUE, NULL, porch.bus, 2);
	assert_told(&porch, "");
	porch_close(&porch);
}

static void test_never(void)
{
	static const char *const taped[] = {"record:file=a:controller:host:1",
	                                    "replay:file=a:controller:host:1"};
	struct porch porch;

	porch_open(&porch);
	g_assert_cmpint(presence_next_us(&porch.presence, &porch.site), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(taped); i++) {
		struct config_site site = {.fixture = (char *)taped[i]};
		g_assert_cmpint(presence_next_us(&porch.presence, &site), ==, PRESENCE_NEVER);
	}
	presence_watch(&porch.presence, FALSE);
	g_assert_cmpint(presence_next_us(&porch.presence, &porch.site), ==, PRESENCE_NEVER);
	porch_close(&porch);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/presence/changes", test_changes);
	g_test_add_func("/presence/blind", test_blind);
	g_test_add_func("/presence/hurry", test_hurry);
	g_test_add_func("/presence/never", test_never);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/event.h"

#include <math.h>
#include <poll.h>
#include <string.h>

static void publish(struct event_bus *bus, enum event_kind kind, guint done)
{
	struct event event = event_make(kind, 1, "SN1");

	event.done = done;
	event_publish(bus, &event);
}

static void test_order(void)
{
	struct event_bus *bus = event_bus_new();
	struct event_queue *a = event_queue_new(bus, 10), *b = event_queue_new(bus, 10);
	struct event event;

	publish(bus, EVENT_RUN_START, 0);
	publish(bus, EVENT_STEP_START, 1);
	publish(bus, EVENT_RUN_END, 2);
	for (guint i = 0; i < 3; i++) {
		g_assert_true(event_queue_pop(a, 0, &event));
		g_assert_cmpuint(event.done, ==, i);
		g_assert_cmpuint(event.seq, ==, i + 1);
		g_assert_cmpstr(event.serial, ==, "SN1");
	}
	g_assert_false(event_queue_pop(a, 0, &event));
	g_assert_true(event_queue_pop(b, 0, &event));
	g_assert_cmpint(event.kind, ==, EVENT_RUN_START);
	event_queue_free(a);
	event_queue_free(b);
	event_bus_free(bus);
}

/* Progress may be lost, and the loss is told; a verdict never is. */
static void test_overflow(void)
{
	struct event_bus *bus = event_bus_new();
	struct event_queue *queue = event_queue_new(bus, 4);
	guint verdicts = 0, progress = 0, lost = 0;
	struct event event;

	for (guint i = 0; i < 100; i++) {
		publish(bus, EVENT_PROGRESS, i);
		publish(bus, EVENT_RUN_END, i);
	}
	while (event_queue_pop(queue, 0, &event)) {
		if (event.kind == EVENT_RUN_END)
			g_assert_cmpuint(event.done, ==, verdicts++);
		else if (event.kind == EVENT_PROGRESS)
			progress++;
		else
			lost += event.kind == EVENT_LOST ? event.done : 0;
	}
	g_assert_cmpuint(verdicts, ==, 100);
	g_assert_cmpuint(progress, ==, 4);
	g_assert_cmpuint(progress + lost, ==, 100);
	event_queue_free(queue);
	event_bus_free(bus);
}

/* What an operator must know is not dropped either. */
static void test_kept(void)
{
	static const enum event_kind kept[] = {EVENT_UNDO,        EVENT_NOTE,     EVENT_PROMPT,
	                                       EVENT_RUN_LOST,    EVENT_QUESTION, EVENT_ANSWER,
	                                       EVENT_UNIT_PRESENT};

	for (guint k = 0; k < G_N_ELEMENTS(kept); k++) {
		struct event_bus *bus = event_bus_new();
		struct event_queue *queue = event_queue_new(bus, 1);
		guint n = 0;
		struct event event;

		for (guint i = 0; i < 50; i++) {
			publish(bus, kept[k], i);
			publish(bus, EVENT_PROGRESS, i);
		}
		while (event_queue_pop(queue, 0, &event))
			if (event.kind == kept[k])
				g_assert_cmpuint(event.done, ==, n++);
		g_assert_cmpuint(n, ==, 50);
		event_queue_free(queue);
		event_bus_free(bus);
	}
}

static gboolean is_readable(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	return poll(&pollfd, 1, 0) == 1;
}

/* Readable exactly while there is something to be taken, lost ones too. */
static void test_fd(void)
{
	struct event_bus *bus = event_bus_new();
	struct event_queue *queue, *early;
	struct event event;

	g_assert_false(event_bus_is_heard(bus));
	queue = event_queue_new(bus, 2);
	g_assert_true(event_bus_is_heard(bus));
	int fd = event_queue_fd(queue);
	g_assert_cmpint(fd, >=, 0);
	g_assert_false(is_readable(fd));
	for (guint round = 0; round < 3; round++) {
		for (guint i = 0; i < 5; i++) {
			publish(bus, EVENT_PROGRESS, i);
			g_assert_true(is_readable(fd));
		}
		publish(bus, EVENT_RUN_END, 0);
		/* the loss, two of five, the end */
		for (guint i = 0; i < 4; i++) {
			g_assert_true(is_readable(fd));
			g_assert_true(event_queue_pop(queue, 0, &event));
		}
		g_assert_false(is_readable(fd));
		g_assert_false(event_queue_pop(queue, 0, &event));
		g_assert_false(is_readable(fd));
	}
	g_assert_cmpint(event_queue_fd(queue), ==, fd);
	/* asked for when something waits already */
	early = event_queue_new(bus, 2);
	publish(bus, EVENT_NOTE, 0);
	g_assert_true(is_readable(event_queue_fd(early)));
	event_queue_free(early);
	event_queue_free(queue);
	event_bus_free(bus);
}

struct producer {
	struct event_bus *bus;
	guint n;
};

static gpointer produce(gpointer data)
{
	struct producer *p = data;

	for (guint i = 0; i < p->n; i++)
		publish(p->bus, EVENT_RUN_END, i);
	return NULL;
}

static void test_threads(void)
{
	struct event_bus *bus = event_bus_new();
	struct event_queue *queue = event_queue_new(bus, 4);
	struct producer p = {bus, 2000};
	GThread *threads[3];
	guint64 last = 0;
	struct event event;

	for (guint i = 0; i < 3; i++)
		threads[i] = g_thread_new("produce", produce, &p);
	for (guint i = 0; i < 3 * p.n; i++) {
		g_assert_true(event_queue_pop(queue, 20, &event));
		g_assert_cmpuint(event.seq, >, last);
		last = event.seq;
	}
	for (guint i = 0; i < 3; i++)
		g_thread_join(threads[i]);
	g_assert_false(event_queue_pop(queue, 0, &event));
	event_queue_free(queue);
	event_bus_free(bus);
}

static void test_names(void)
{
	struct event event = event_make(EVENT_NOTE, 2, NULL);

	for (guint i = 0; i < EVENT_N_KINDS; i++) {
		g_assert_nonnull(event_kind_name(i));
		for (guint k = 0; k < i; k++)
			g_assert_cmpstr(event_kind_name(i), !=, event_kind_name(k));
	}
	g_assert_true(isnan(event.value) && isnan(event.low) && isnan(event.high));
	g_assert_true(isnan(event.x) && isnan(event.line));
	g_assert_cmpstr(event.serial, ==, "");
}

static void test_text(void)
{
	struct event event = event_make(EVENT_NOTE, 1, NULL);
	g_autoptr(GString) longer = g_string_new(NULL);

	event_set_text(&event, "said \033[2J\n\"x\"");
	g_assert_cmpstr(event.text, ==, "said  [2J \"x\"");
	event_set_text(&event, NULL);
	g_assert_cmpstr(event.text, ==, "");
	/* three bytes a character: the last one that fits whole stays */
	for (guint i = 0; i < 200; i++)
		g_string_append(longer, "\342\204\246");
	event_set_text(&event, longer->str);
	g_assert_true(g_utf8_validate(event.text, -1, NULL));
	g_assert_cmpuint(strlen(event.text), ==, (sizeof event.text - 1) / 3 * 3);
	event_set_text(&event, "\377bad");
	g_assert_true(g_utf8_validate(event.text, -1, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/event/order", test_order);
	g_test_add_func("/event/overflow", test_overflow);
	g_test_add_func("/event/kept", test_kept);
	g_test_add_func("/event/fd", test_fd);
	g_test_add_func("/event/threads", test_threads);
	g_test_add_func("/event/names", test_names);
	g_test_add_func("/event/text", test_text);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/event.h"

#include <math.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct event_bus {
	GMutex lock;
	guint64 seq;
	GPtrArray *queues; /* borrowed */
};

struct event_queue {
	struct event_bus *bus;
	GCond arrived;
	GQueue events;   /* struct event *, owned */
	guint droppable; /* how many of them may be dropped */
	guint capacity;
	gboolean asleep; /* somebody waits for an event, and was not woken yet */
	gboolean dozing; /* the same, but only for one that may not be dropped */
	gboolean fresh;  /* an event was taken since somebody dozed last */
	guint lost;      /* dropped since the last event taken */
	int fd;          /* readable while events wait; -1: nobody has asked for it */
};

/* Who has just taken an event is woken by the next droppable one after so long at the latest: steps
 * that follow each other closely wake their hearer once for many. */
#define DOZE_US 1000

static const struct {
	const char *name;
	gboolean droppable;
} kinds[EVENT_N_KINDS] = {
	[EVENT_UNIT_WAIT] = {"unit-wait", FALSE},
	[EVENT_RUN_START] = {"run-start", FALSE},
	[EVENT_STEP_START] = {"step-start", TRUE},
	[EVENT_PROGRESS] = {"progress", TRUE},
	[EVENT_MEASUREMENT] = {"measurement", TRUE},
	[EVENT_STEP_END] = {"step-end", TRUE},
	[EVENT_PROMPT] = {"prompt", FALSE},
	[EVENT_UNDO] = {"undo", FALSE},
	[EVENT_NOTE] = {"note", FALSE},
	[EVENT_SITE_DOWN] = {"site-down", FALSE},
	[EVENT_RECOVERED] = {"recovered", FALSE},
	[EVENT_RUN_END] = {"run-end", FALSE},
	[EVENT_RUN_LOST] = {"run-lost", FALSE},
	[EVENT_UNIT_PRESENT] = {"unit-present", FALSE},
	[EVENT_QUESTION] = {"question", FALSE},
	[EVENT_ANSWER] = {"answer", FALSE},
	[EVENT_EYE] = {"eye", TRUE},
	[EVENT_POINT] = {"point", TRUE},
	[EVENT_UNIT_REFUSED] = {"unit-refused", FALSE},
	[EVENT_INSTRUMENT] = {"instrument", TRUE},
	[EVENT_CONDITION] = {"condition", TRUE},
	[EVENT_LOST] = {"lost", TRUE},
};

const char *event_kind_name(enum event_kind kind)
{
	return kind < EVENT_N_KINDS ? kinds[kind].name : "unknown";
}

struct event event_make(enum event_kind kind, int site, const char *serial)
{
	struct event event;

	memset(&event, 0, sizeof event);
	event.kind = kind;
	event.site = site;
	event.value = event.low = event.high = event.fraction = event.seconds = NAN;
	event.x = event.line = NAN;
	g_strlcpy(event.serial, serial ? serial : "", sizeof event.serial);
	return event;
}

void event_set_text(struct event *event, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	const char *end = valid;

	for (char *c = valid; *c; c++)
		if (g_ascii_iscntrl(*c))
			*c = ' ';
	while (*end && g_utf8_next_char(end) - valid < (gssize)sizeof event->text)
		end = g_utf8_next_char(end);
	g_strlcpy(event->text, valid, (gsize)(end - valid) + 1);
}

struct event_bus *event_bus_new(void)
{
	struct event_bus *bus = g_new0(struct event_bus, 1);

	g_mutex_init(&bus->lock);
	bus->queues = g_ptr_array_new();
	return bus;
}

void event_bus_free(struct event_bus *bus)
{
	if (!bus)
		return;
	g_ptr_array_unref(bus->queues);
	g_mutex_clear(&bus->lock);
	g_free(bus);
}

/* Under the bus lock. The descriptor is readable exactly while there is something to be taken. */
static void queue_show(struct event_queue *queue)
{
	eventfd_t count;

	if (queue->fd < 0)
		return;
	/* neither waits: it does not block, and a counter of 1 is far from full */
	if (queue->lost || queue->events.length)
		(void)eventfd_write(queue->fd, 1);
	else
		(void)eventfd_read(queue->fd, &count);
}

/* Under the bus lock. */
static gboolean is_pressing(const struct event_queue *queue, const struct event *event)
{
	return !kinds[event->kind].droppable || queue->droppable >= queue->capacity / 2;
}

/* Under the bus lock. The newest is what a screen needs, so the oldest droppable one goes. */
static void queue_push(struct event_queue *queue, const struct event *event)
{
	if (kinds[event->kind].droppable) {
		if (queue->droppable >= queue->capacity) {
			for (GList *l = queue->events.head; l; l = l->next) {
				struct event *old = l->data;
				if (!kinds[old->kind].droppable)
					continue;
				g_queue_delete_link(&queue->events, l);
				g_free(old);
				queue->droppable--;
				queue->lost++;
				break;
			}
		}
		queue->droppable++;
	}
	g_queue_push_tail(&queue->events, g_memdup2(event, sizeof *event));
	/* to wake somebody costs more than all else here: once is enough */
	if (queue->asleep || (queue->dozing && is_pressing(queue, event)))
		g_cond_broadcast(&queue->arrived);
	queue->asleep = FALSE;
	if (queue->events.length == 1)
		queue_show(queue);
}

void event_publish(struct event_bus *bus, struct event *event)
{
	g_mutex_lock(&bus->lock);
	event->seq = ++bus->seq;
	event->mono_us = g_get_monotonic_time();
	for (guint i = 0; i < bus->queues->len; i++)
		queue_push(g_ptr_array_index(bus->queues, i), event);
	g_mutex_unlock(&bus->lock);
}

struct event_queue *event_queue_new(struct event_bus *bus, guint capacity)
{
	struct event_queue *queue = g_new0(struct event_queue, 1);

	queue->bus = bus;
	queue->capacity = MAX(capacity, 1);
	queue->fd = -1;
	g_queue_init(&queue->events);
	g_cond_init(&queue->arrived);
	g_mutex_lock(&bus->lock);
	g_ptr_array_add(bus->queues, queue);
	g_mutex_unlock(&bus->lock);
	return queue;
}

void event_queue_free(struct event_queue *queue)
{
	if (!queue)
		return;
	g_mutex_lock(&queue->bus->lock);
	g_ptr_array_remove(queue->bus->queues, queue);
	g_mutex_unlock(&queue->bus->lock);
	g_queue_clear_full(&queue->events, g_free);
	g_cond_clear(&queue->arrived);
	if (queue->fd >= 0)
		close(queue->fd);
	g_free(queue);
}

/* Under the bus lock. */
static gboolean queue_take(struct event_queue *queue, struct event *event)
{
	struct event *head;

	if (queue->lost) {
		*event = event_make(EVENT_LOST, 0, "");
		event->done = queue->lost;
		queue->lost = 0;
		return TRUE;
	}
	head = g_queue_pop_head(&queue->events);
	if (!head)
		return FALSE;
	if (kinds[head->kind].droppable)
		queue->droppable--;
	*event = *head;
	g_free(head);
	return TRUE;
}

/* Under the bus lock: until there may be an event; FALSE when it is too late for one. */
static gboolean queue_wait(struct event_queue *queue, gint64 end_us)
{
	gint64 now_us = g_get_monotonic_time();

	if (now_us >= end_us)
		return FALSE;
	if (queue->fresh) {
		queue->fresh = FALSE;
		queue->dozing = TRUE;
		g_cond_wait_until(&queue->arrived, &queue->bus->lock,
		                  MIN(end_us, now_us + DOZE_US));
		queue->dozing = FALSE;
		return TRUE;
	}
	queue->asleep = TRUE;
	return g_cond_wait_until(&queue->arrived, &queue->bus->lock, end_us);
}

gboolean event_queue_pop(struct event_queue *queue, double timeout_s, struct event *event)
{
	gint64 end = g_get_monotonic_time() + (gint64)(timeout_s * 1e6);
	gboolean got;

	g_mutex_lock(&queue->bus->lock);
	while (!(got = queue_take(queue, event)) && queue_wait(queue, end))
		continue;
	queue->fresh = got;
	if (!queue->events.length)
		queue_show(queue);
	g_mutex_unlock(&queue->bus->lock);
	return got;
}

int event_queue_fd(struct event_queue *queue)
{
	int fd;

	g_mutex_lock(&queue->bus->lock);
	if (queue->fd < 0) {
		queue->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		queue_show(queue);
	}
	fd = queue->fd;
	g_mutex_unlock(&queue->bus->lock);
	return fd;
}

gboolean event_bus_is_heard(struct event_bus *bus)
{
	gboolean heard;

	g_mutex_lock(&bus->lock);
	heard = bus->queues->len > 0;
	g_mutex_unlock(&bus->lock);
	return heard;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/talker.h"

#include <string.h>

#define LOOK_US 20000 /* a wait looks so often whether it was stopped */

struct output {
	GByteArray *bytes;
	gsize at;
	gsize split; /* where the fault `split` makes a pause; 0: nowhere */
};

struct talker {
	struct bus_session *bus;
	talker_request_fn request; /* null: nobody wants to know */
	void *request_data;
	GThread *worker;
	GMutex lock;
	GCond changed;
	GByteArray *input; /* of a message that has not ended */
	GQueue messages;   /* of GByteArray */
	GQueue outputs;    /* of struct output */
	gboolean working;
	gboolean interrupted; /* to be told to the device */
	gboolean repeated;    /* the reply that waits is the second of the fault `twice` */
	gboolean disconnect;
	gboolean stopping;
	guint clears; /* a message that began before the last one has no reply */
};

static void output_free(gpointer data)
{
	struct output *output = data;

	g_byte_array_unref(output->bytes);
	g_free(output);
}

static void add_output(struct talker *talker, GByteArray *bytes, gsize split)
{
	struct output *output = g_new0(struct output, 1);

	output->bytes = g_byte_array_ref(bytes);
	output->split = split;
	g_queue_push_tail(&talker->outputs, output);
}

/* With the lock held. */
static void keep_reply(struct talker *talker, enum bus_reply fate, GByteArray *reply)
{
	if (fate == BUS_REPLY_DISCONNECT)
		talker->disconnect = TRUE;
	if (reply->len == 0 || fate == BUS_REPLY_DISCONNECT)
		return;
	if (!g_queue_is_empty(&talker->messages)) {
		talker->interrupted = TRUE;
		return;
	}
	add_output(talker, reply, fate == BUS_REPLY_SPLIT ? reply->len / 2 : 0);
	if (fate == BUS_REPLY_TWICE) {
		add_output(talker, reply, 0);
		talker->repeated = TRUE;
	}
}

/* With the lock held, which is given up meanwhile. */
static void work(struct talker *talker)
{
	g_autoptr(GByteArray) message = g_queue_pop_head(&talker->messages);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	gboolean interrupted = talker->interrupted;
	guint clears = talker->clears;

	talker->working = TRUE;
	talker->interrupted = FALSE;
	g_mutex_unlock(&talker->lock);
	if (interrupted)
		bus_session_query_error(talker->bus, -410);
	enum bus_reply fate = bus_session_execute(talker->bus, message->data, message->len, reply);
	g_mutex_lock(&talker->lock);
	talker->working = FALSE;
	if (clears == talker->clears)
		keep_reply(talker, fate, reply);
	gboolean available = !g_queue_is_empty(&talker->outputs);
	g_cond_broadcast(&talker->changed);
	guint8 byte = 0;
	g_mutex_unlock(&talker->lock);
	if (bus_session_requests(talker->bus, available, &byte) && talker->request)
		talker->request(talker->request_data);
	g_mutex_lock(&talker->lock);
}

static void *worker_thread(void *data)
{
	struct talker *talker = data;

	g_mutex_lock(&talker->lock);
	while (!talker->stopping) {
		if (g_queue_is_empty(&talker->messages))
			g_cond_wait(&talker->changed, &talker->lock);
		else
			work(talker);
	}
	g_mutex_unlock(&talker->lock);
	return NULL;
}

struct talker *talker_new(const struct bus_device *device, talker_request_fn request, void *data)
{
	struct talker *talker = g_new0(struct talker, 1);

	talker->request = request;
	talker->request_data = data;
	talker->bus = bus_session_new(device);
	talker->input = g_byte_array_new();
	g_queue_init(&talker->messages);
	g_queue_init(&talker->outputs);
	g_mutex_init(&talker->lock);
	g_cond_init(&talker->changed);
	talker->worker = g_thread_new("talker", worker_thread, talker);
	return talker;
}

static void drop_all(struct talker *talker)
{
	g_byte_array_set_size(talker->input, 0);
	g_queue_clear_full(&talker->messages, (GDestroyNotify)g_byte_array_unref);
	g_queue_clear_full(&talker->outputs, output_free);
	talker->repeated = FALSE;
}

void talker_free(struct talker *talker)
{
	if (!talker)
		return;
	g_mutex_lock(&talker->lock);
	talker->stopping = TRUE;
	g_cond_broadcast(&talker->changed);
	g_mutex_unlock(&talker->lock);
	g_thread_join(talker->worker);
	drop_all(talker);
	g_byte_array_unref(talker->input);
	bus_session_free(talker->bus);
	g_mutex_clear(&talker->lock);
	g_cond_clear(&talker->changed);
	g_free(talker);
}

/* With the lock held. */
static void end_message(struct talker *talker)
{
	if (talker->repeated)
		talker->repeated = FALSE; /* it comes before the next one: that is the fault */
	else if (!g_queue_is_empty(&talker->outputs)) {
		g_queue_clear_full(&talker->outputs, output_free);
		talker->interrupted = TRUE;
	}
	g_queue_push_tail(&talker->messages, talker->input);
	talker->input = g_byte_array_new();
	g_cond_broadcast(&talker->changed);
}

gboolean talker_listen(struct talker *talker, const void *data, gsize len, gboolean end,
                       gboolean lines)
{
	gboolean taken = TRUE;

	g_mutex_lock(&talker->lock);
	if (talker->input->len + len > SERVER_MESSAGE_MAX) {
		g_byte_array_set_size(talker->input, 0);
		taken = FALSE;
	} else {
		g_byte_array_append(talker->input, data, (guint)len);
		guint had = talker->input->len;
		if (end || (lines && had > 0 && talker->input->data[had - 1] == '\n'))
			end_message(talker);
	}
	g_mutex_unlock(&talker->lock);
	return taken;
}

/* With the lock held and an output waiting. */
static enum talk give(struct talker *talker, gsize max, int termination, GByteArray *to)
{
	struct output *output = g_queue_peek_head(&talker->outputs);
	const guint8 *from = output->bytes->data + output->at;
	gsize len = MIN(output->bytes->len - output->at, max);

	if (output->split > output->at)
		len = MIN(len, output->split - output->at);
	const guint8 *found = termination >= 0 ? memchr(from, termination, len) : NULL;
	if (found)
		len = (gsize)(found - from) + 1;
	g_byte_array_append(to, from, (guint)len);
	output->at += len;
	if (output->at < output->bytes->len)
		return found ? TALK_TERM : TALK_PART;
	output_free(g_queue_pop_head(&talker->outputs));
	return TALK_END;
}

/* With the lock held. Nothing is under way, so nothing will come: a query error. */
static void look_for_query(struct talker *talker)
{
	if (talker->working || !g_queue_is_empty(&talker->messages) ||
	    !g_queue_is_empty(&talker->outputs))
		return;
	g_mutex_unlock(&talker->lock);
	bus_session_query_error(talker->bus, -420);
	g_mutex_lock(&talker->lock);
}

/* With the lock held: true when there is an output to give. */
static gboolean wait_output(struct talker *talker, gint64 end_us, GCancellable *stop)
{
	look_for_query(talker);
	while (g_queue_is_empty(&talker->outputs) && !talker->disconnect) {
		gint64 now_us = g_get_monotonic_time();

		if (now_us >= end_us || g_cancellable_is_cancelled(stop))
			return FALSE;
		g_cond_wait_until(&talker->changed, &talker->lock, MIN(end_us, now_us + LOOK_US));
	}
	return !talker->disconnect;
}

static void pause_split(struct talker *talker)
{
	struct output *output = g_queue_peek_head(&talker->outputs);

	if (!output || output->split == 0 || output->at != output->split)
		return;
	output->split = 0;
	g_mutex_unlock(&talker->lock);
	server_split_pause();
	g_mutex_lock(&talker->lock);
}

enum talk talker_talk(struct talker *talker, gsize max, int termination, gint64 end_us,
                      GCancellable *stop, GByteArray *to)
{
	enum talk talk = TALK_LATE;

	g_mutex_lock(&talker->lock);
	pause_split(talker);
	if (wait_output(talker, end_us, stop))
		talk = give(talker, max, termination, to);
	else if (talker->disconnect)
		talk = TALK_DISCONNECT;
	else if (g_cancellable_is_cancelled(stop))
		talk = TALK_STOPPED;
	talker->disconnect = FALSE;
	g_mutex_unlock(&talker->lock);
	return talk;
}

void talker_clear(struct talker *talker)
{
	g_mutex_lock(&talker->lock);
	drop_all(talker);
	talker->interrupted = FALSE;
	talker->clears++;
	bus_session_clear(talker->bus);
	g_mutex_unlock(&talker->lock);
}

static gboolean has_output(struct talker *talker)
{
	g_mutex_lock(&talker->lock);
	gboolean has = !g_queue_is_empty(&talker->outputs);
	g_mutex_unlock(&talker->lock);
	return has;
}

guint8 talker_poll(struct talker *talker)
{
	return bus_session_poll(talker->bus, has_output(talker));
}

gboolean talker_requests(struct talker *talker)
{
	return bus_session_requesting(talker->bus, has_output(talker));
}

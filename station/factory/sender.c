/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sender.h"

#include "base/clock.h"
#include "base/error.h"

#include <math.h>

/* How long to wait after the store itself could not be asked. */
#define STORE_PAUSE_S 5.0
/* Another process may have made something due. */
#define LOOK_S 60.0

/* --- one step -----------------------------------------------------------------------------------
 */

double sender_pause_s(guint attempts, double random)
{
	double pause_s = fmin(ldexp(1.0, (int)MIN(attempts, 30)), SENDER_PAUSE_MAX_S);

	return pause_s * (0.75 + 0.5 * random);
}

static enum sink_answer send_run(struct sink *sink, const struct outbox_item *item,
                                 const struct bounds *bounds, char **words)
{
	GError *error = NULL;
	g_autoptr(run_record) record = NULL;

	if (!item->document) {
		*words = g_strdup_printf("run %s is no longer in the store", item->run_id);
		return SINK_REFUSED;
	}
	record = run_record_from_json(item->document, -1, &error);
	if (!record) {
		*words = g_strdup_printf("run %s cannot be read: %s", item->run_id, error->message);
		g_clear_error(&error);
		return SINK_REFUSED;
	}
	struct sink_run run = {record, item->document, item->link.number ? &item->link : NULL};
	return sink->ops->send(sink, &run, bounds, words);
}

static enum sink_answer send_item(struct sink *sink, const struct outbox_item *item,
                                  const struct bounds *bounds, char **words)
{
	struct sink_touch touch;

	if (!item->touched)
		return send_run(sink, item, bounds, words);
	if (!sink->ops->touch)
		return SINK_TAKEN;
	touch = (struct sink_touch){item->touched->station, item->touch, item->serial,
	                            item->touched};
	return sink->ops->touch(sink, &touch, bounds, words);
}

static gboolean note_answer(struct store *store, const struct outbox_item *item,
                            enum sink_answer answer, gint64 now_us, struct sender_result *result,
                            GError **error)
{
	switch (answer) {
	case SINK_TAKEN:
		result->step = SENDER_TAKEN;
		return outbox_taken(store, item->number, error);
	case SINK_REFUSED:
		result->step = SENDER_REFUSED;
		return outbox_refused(store, item->number, result->words, error);
	case SINK_LATER:
	default:
		result->step = SENDER_PUT_OFF;
		result->next_us =
			now_us + (gint64)(1e6 * sender_pause_s(item->attempts, g_random_double()));
		return outbox_put_off(store, item->number, result->next_us, result->words, error);
	}
}

gboolean sender_step(struct store *store, struct sink *sink, gint64 now_us,
                     const struct bounds *bounds, struct sender_result *result, GError **error)
{
	struct bounds own = bounds_within(bounds, SENDER_LIMIT_S);
	struct outbox_item item;
	gint64 start_us = g_get_monotonic_time();
	enum sink_answer answer;
	gboolean found, ok;

	*result = (struct sender_result){.step = SENDER_NOTHING};
	ok = outbox_next(store, sink->name, now_us, &item, &found, &result->next_us, error);
	/* a clock that was set back would keep it waiting for as long as that */
	if (ok && !found && result->next_us != G_MAXINT64 &&
	    result->next_us > now_us + (gint64)(2e6 * SENDER_PAUSE_MAX_S))
		ok = outbox_next(store, sink->name, result->next_us, &item, &found,
		                 &result->next_us, error);
	if (ok && found) {
		answer = send_item(sink, &item, &own, &result->words);
		if (answer != SINK_TAKEN && !result->words)
			result->words = g_strdup("it does not say why");
		if (answer == SINK_LATER && g_cancellable_is_cancelled(bounds->cancellable))
			result->step = SENDER_STOPPED;
		else
			/* an attempt may have taken its time */
			ok = note_answer(store, &item, answer,
			                 now_us + g_get_monotonic_time() - start_us, result, error);
	}
	outbox_item_clear(&item);
	return ok;
}

/* --- threads ------------------------------------------------------------------------------------
 */

struct lane {
	struct sender *sender;
	struct sink *sink;
	GThread *thread;
	/* under the sender's lock */
	gboolean woken;
	gint64 idle_until_us; /* wall clock; 0: at work */
	/* the thread's own */
	char *trouble; /* that was told last; null: none */
};

struct sender {
	struct store *store;
	GMutex lock;
	GCond changed; /* woken, stopping, idle */
	gboolean stopping;
	GCancellable *stop;
	GAsyncQueue *news; /* struct sender_news */
	GPtrArray *lanes;  /* struct lane */
};

void sender_news_free(struct sender_news *news)
{
	if (!news)
		return;
	g_free(news->sink);
	g_free(news->words);
	g_free(news);
}

static void tell(struct lane *lane, const char *words)
{
	g_autoptr(GPtrArray) states = outbox_states(lane->sender->store, NULL);
	struct sender_news *news = g_new0(struct sender_news, 1);

	news->sink = g_strdup(lane->sink->name);
	news->words = g_strdup(words);
	for (guint i = 0; states && i < states->len; i++) {
		const struct outbox_state *state = g_ptr_array_index(states, i);

		if (g_strcmp0(state->sink, lane->sink->name) != 0)
			continue;
		news->waiting = state->waiting;
		news->refused = state->refused;
		news->oldest_us = state->oldest_us;
	}
	g_async_queue_push(lane->sender->news, news);
}

static void note_trouble(struct lane *lane, const char *words)
{
	if (g_strcmp0(lane->trouble, words) == 0)
		return;
	g_free(lane->trouble);
	lane->trouble = g_strdup(words);
	tell(lane, words);
}

/* Waits until something is due or may be, or is to stop. FALSE: to stop. */
static gboolean rest(struct lane *lane, gint64 next_us)
{
	struct sender *sender = lane->sender;
	gint64 now_us = clock_unix_us();
	double wait_s = CLAMP((double)(next_us - now_us) * 1e-6, 0.0, LOOK_S);
	gint64 end_us = g_get_monotonic_time() + (gint64)(wait_s * 1e6);
	gboolean stopping;

	g_mutex_lock(&sender->lock);
	lane->idle_until_us = next_us;
	g_cond_broadcast(&sender->changed);
	while (!lane->woken && !sender->stopping &&
	       g_cond_wait_until(&sender->changed, &sender->lock, end_us))
		;
	lane->woken = FALSE;
	lane->idle_until_us = 0;
	stopping = sender->stopping;
	g_mutex_unlock(&sender->lock);
	return !stopping;
}

/* One step; *next_us gets when the next is worth a try. */
static void take_step(struct lane *lane, gint64 *next_us)
{
	struct bounds bounds = {deadline_in_s(SENDER_LIMIT_S), lane->sender->stop};
	struct sender_result result;
	GError *error = NULL;

	*next_us = 0;
	if (!sender_step(lane->sender->store, lane->sink, clock_unix_us(), &bounds, &result,
	                 &error)) {
		*next_us = clock_unix_us() + (gint64)(STORE_PAUSE_S * 1e6);
		note_trouble(lane, error->message);
		g_clear_error(&error);
	} else if (result.step == SENDER_PUT_OFF) {
		*next_us = result.next_us;
		note_trouble(lane, result.words);
	} else if (result.step == SENDER_REFUSED) {
		tell(lane, result.words);
	} else if (result.step == SENDER_NOTHING) {
		*next_us = result.next_us;
		/* one that was put off by an earlier start still is in trouble */
		if (result.next_us == G_MAXINT64 && lane->trouble)
			note_trouble(lane, NULL);
		if (lane->sink->ops->rest)
			lane->sink->ops->rest(lane->sink);
	}
	g_free(result.words);
}

static gpointer run_lane(gpointer data)
{
	struct lane *lane = data;
	gint64 next_us;

	do {
		if (g_cancellable_is_cancelled(lane->sender->stop))
			break;
		take_step(lane, &next_us);
	} while (next_us == 0 || rest(lane, next_us));
	return NULL;
}

static void lane_free(gpointer data)
{
	struct lane *lane = data;

	g_thread_join(lane->thread);
	g_free(lane->trouble);
	g_free(lane);
}

struct sender *sender_new(struct store *store, const GPtrArray *sinks)
{
	struct sender *sender = g_new0(struct sender, 1);

	sender->store = store;
	g_mutex_init(&sender->lock);
	g_cond_init(&sender->changed);
	sender->stop = g_cancellable_new();
	sender->news = g_async_queue_new_full((GDestroyNotify)sender_news_free);
	sender->lanes = g_ptr_array_new_with_free_func(lane_free);
	for (guint i = 0; i < sinks->len; i++) {
		struct lane *lane = g_new0(struct lane, 1);

		lane->sender = sender;
		lane->sink = g_ptr_array_index(sinks, i);
		g_ptr_array_add(sender->lanes, lane);
		lane->thread = g_thread_new("sender", run_lane, lane);
	}
	return sender;
}

void sender_free(struct sender *sender)
{
	if (!sender)
		return;
	g_mutex_lock(&sender->lock);
	sender->stopping = TRUE;
	g_cond_broadcast(&sender->changed);
	g_mutex_unlock(&sender->lock);
	g_cancellable_cancel(sender->stop);
	g_ptr_array_unref(sender->lanes);
	g_async_queue_unref(sender->news);
	g_object_unref(sender->stop);
	g_cond_clear(&sender->changed);
	g_mutex_clear(&sender->lock);
	g_free(sender);
}

void sender_wake(struct sender *sender)
{
	g_mutex_lock(&sender->lock);
	for (guint i = 0; i < sender->lanes->len; i++) {
		struct lane *lane = g_ptr_array_index(sender->lanes, i);

		lane->woken = TRUE;
		lane->idle_until_us = 0;
	}
	g_cond_broadcast(&sender->changed);
	g_mutex_unlock(&sender->lock);
}

/* Under the lock. *all: nothing waits anywhere. */
static gboolean is_drained(const struct sender *sender, gint64 end_us, gboolean *all)
{
	gboolean drained = TRUE;

	*all = TRUE;
	for (guint i = 0; i < sender->lanes->len; i++) {
		const struct lane *lane = g_ptr_array_index(sender->lanes, i);

		drained = drained && lane->idle_until_us > end_us;
		*all = *all && lane->idle_until_us == G_MAXINT64;
	}
	return drained;
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
	struct sender *sender = data;

	g_mutex_lock(&sender->lock);
	g_cond_broadcast(&sender->changed);
	g_mutex_unlock(&sender->lock);
}

gboolean sender_drain(struct sender *sender, double seconds, GCancellable *cancellable)
{
	gint64 end_us = g_get_monotonic_time() + (gint64)(seconds * 1e6);
	gint64 end_unix_us = clock_unix_us() + (gint64)(seconds * 1e6);
	gulong id = cancellable ? g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled),
	                                                sender, NULL)
	                        : 0;
	gboolean all;

	sender_wake(sender);
	g_mutex_lock(&sender->lock);
	while (!is_drained(sender, end_unix_us, &all) && !g_cancellable_is_cancelled(cancellable) &&
	       g_cond_wait_until(&sender->changed, &sender->lock, end_us))
		;
	is_drained(sender, end_unix_us, &all);
	g_mutex_unlock(&sender->lock);
	if (cancellable)
		g_cancellable_disconnect(cancellable, id);
	return all;
}

/* --- news ---------------------------------------------------------------------------------------
 */

struct sender_news *sender_next_news(struct sender *sender)
{
	return g_async_queue_try_pop(sender->news);
}

static char *age_text(gint64 since_us, gint64 now_us)
{
	gint64 minutes = MAX(now_us - since_us, 0) / (60 * G_USEC_PER_SEC);

	if (minutes < 1)
		return g_strdup("less than a minute");
	if (minutes < 120)
		return g_strdup_printf("%d min", (int)minutes);
	if (minutes < 48 * 60)
		return g_strdup_printf("%d h", (int)(minutes / 60));
	return g_strdup_printf("%d days", (int)(minutes / (24 * 60)));
}

char *sender_news_text(const struct sender_news *news, gint64 now_us)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%s: ", news->sink);
	if (news->waiting) {
		g_autofree char *age = age_text(news->oldest_us, now_us);

		g_string_append_printf(text, "%u result%s wait%s, the oldest for %s", news->waiting,
		                       news->waiting == 1 ? "" : "s", news->waiting == 1 ? "s" : "",
		                       age);
	} else {
		g_string_append(text, "has all results");
	}
	if (news->refused)
		g_string_append_printf(text, ", %u refused", news->refused);
	if (news->words)
		g_string_append_printf(text, ": %s", news->words);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

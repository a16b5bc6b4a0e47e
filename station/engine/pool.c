/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/pool.h"

#include "base/error.h"
#include "base/recording.h"

#include <string.h>

/* How long connecting one instrument may take. */
#define OPEN_LIMIT_S 90.0 /* an attenuator with a motor looks for its home first */

struct slot {
	struct pool *pool;
	guint place; /* in the configuration */
	const struct config_instrument *config;
	char *recorded;                /* resource with a recording on it; null: as configured */
	struct instrument *instrument; /* null: not connected */
	gint64 on_since_us;            /* first seen switched on */
	GError *refusal;               /* why it must not be used, as far as is known */
	gboolean taken;
	gboolean kept;  /* under the lock; of busy_for */
	gboolean lost;  /* under the lock; pool_is_lost */
	char told[240]; /* under the lock; what it does, as it was told; "": not yet */
};

struct waiter {
	const char *const *names;
	guint n;
	int site;        /* 0: none */
	guint overtaken; /* so often somebody later was served with what this one wants */
};

struct pool {
	const struct config *config;
	struct exclusive *exclusive;
	struct event_bus *bus; /* null: nobody is told */
	struct guard *guard;   /* null: nobody guards */
	pool_hear hear;        /* null: nobody listens */
	gpointer hear_data;
	GMutex lock;
	GCond given;
	GPtrArray *slots; /* struct slot */
	GQueue waiting;   /* struct waiter, on the stacks of those who wait, oldest first */
	struct usage *usage;
};

static struct usage *usage_of(const struct config *config)
{
	guint n_sites = config->sites ? config->sites->len : 0;
	g_autofree const char **names = g_new0(const char *, config->instruments->len + 1);
	g_autofree int *sites = g_new0(int, n_sites + 1);

	for (guint i = 0; i < config->instruments->len; i++)
		names[i] = ((const struct config_instrument *)config->instruments->pdata[i])
		                   ->config.name;
	for (guint i = 0; i < n_sites; i++)
		sites[i] = ((const struct config_site *)config->sites->pdata[i])->site;
	return usage_new(names, config->instruments->len, sites, n_sites);
}

struct pool *pool_new(const struct config *config)
{
	struct pool *pool = g_new0(struct pool, 1);

	pool->config = config;
	pool->exclusive = exclusive_new(config->station_id);
	g_mutex_init(&pool->lock);
	g_cond_init(&pool->given);
	g_queue_init(&pool->waiting);
	pool->usage = usage_of(config);
	pool->slots = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < config->instruments->len; i++) {
		struct slot *slot = g_new0(struct slot, 1);
		slot->pool = pool;
		slot->place = i;
		slot->config = g_ptr_array_index(config->instruments, i);
		g_ptr_array_add(pool->slots, slot);
	}
	return pool;
}

/* It answers, or did until now. */
static void see(struct pool *pool, struct slot *slot)
{
	slot->on_since_us =
		exclusive_seen_on(pool->exclusive, slot->config->config.resource,
	                          instrument_identity(slot->instrument)->serial, g_get_real_time());
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	for (guint i = 0; i < pool->slots->len; i++) {
		struct slot *slot = g_ptr_array_index(pool->slots, i);
		if (slot->instrument)
			see(pool, slot);
		instrument_close(slot->instrument);
		g_free(slot->recorded);
		g_clear_error(&slot->refusal);
	}
	exclusive_free(pool->exclusive); /* when nothing is connected any more */
	g_ptr_array_unref(pool->slots);
	usage_free(pool->usage);
	g_cond_clear(&pool->given);
	g_mutex_clear(&pool->lock);
	g_free(pool);
}

void pool_tell(struct pool *pool, struct event_bus *bus)
{
	pool->bus = bus;
}

/* Under the lock, so that it is told in the order in which it happens. */
static void tell(struct pool *pool, struct slot *slot, const char *text)
{
	struct event event = event_make(EVENT_INSTRUMENT, 0, NULL);

	event_set_text(&event, text);
	if (!pool->bus || strcmp(event.text, slot->told) == 0)
		return;
	g_strlcpy(slot->told, event.text, sizeof slot->told);
	g_strlcpy(event.name, slot->config->config.name, sizeof event.name);
	event_publish(pool->bus, &event);
}

static struct slot *slot_find(const struct pool *pool, const char *name)
{
	for (guint i = 0; i < pool->slots->len; i++) {
		struct slot *slot = g_ptr_array_index(pool->slots, i);
		if (strcmp(slot->config->config.name, name) == 0)
			return slot;
	}
	return NULL;
}

static gboolean wants(const struct waiter *waiter, const char *name)
{
	for (guint i = 0; i < waiter->n; i++)
		if (strcmp(waiter->names[i], name) == 0)
			return TRUE;
	return FALSE;
}

static const char *busy_name(struct pool *pool, const struct waiter *waiter)
{
	for (guint i = 0; i < waiter->n; i++) {
		const struct slot *slot = slot_find(pool, waiter->names[i]);

		if (slot->taken || slot->kept)
			return waiter->names[i];
	}
	return NULL;
}

/*
 * Under the lock: the first instrument that keeps `waiter`, who is in the queue, waiting; null when
 * all are free. Those who came earlier have a right to all they want where nothing of it is taken,
 * so that they are about to be served, and where they were overtaken often enough.
 */
static const char *busy_for(struct pool *pool, const struct waiter *waiter)
{
	for (guint i = 0; i < pool->slots->len; i++)
		((struct slot *)g_ptr_array_index(pool->slots, i))->kept = FALSE;
	for (GList *l = pool->waiting.head; l->data != waiter; l = l->next) {
		const struct waiter *earlier = l->data;
		gboolean has_right =
			!busy_name(pool, earlier) || earlier->overtaken >= POOL_OVERTAKES;

		for (guint i = 0; has_right && i < earlier->n; i++)
			slot_find(pool, earlier->names[i])->kept = TRUE;
	}
	return busy_name(pool, waiter);
}

/* Under the lock: those who wait longer, and want what `waiter` is being served with. */
static void count_overtaken(struct pool *pool, const struct waiter *waiter)
{
	for (GList *l = pool->waiting.head; l->data != waiter; l = l->next) {
		struct waiter *earlier = l->data;
		gboolean shares = FALSE;

		for (guint i = 0; i < waiter->n; i++)
			shares = shares || wants(earlier, waiter->names[i]);
		earlier->overtaken += shares;
	}
}

static void wake(GCancellable *cancellable, gpointer data)
{
	struct pool *pool = data;

	g_mutex_lock(&pool->lock);
	g_cond_broadcast(&pool->given);
	g_mutex_unlock(&pool->lock);
}

/* Waits until all of them are free and nobody earlier wants one, then marks them taken. */
static gboolean reserve(struct pool *pool, struct waiter *waiter, const struct bounds *bounds,
                        GError **error)
{
	const char *busy;
	gboolean ok = TRUE;
	gulong handler = 0;
	guint places[POOL_TAKE_MAX];

	if (bounds->cancellable)
		handler = g_cancellable_connect(bounds->cancellable, G_CALLBACK(wake), pool, NULL);
	g_mutex_lock(&pool->lock);
	g_queue_push_tail(&pool->waiting, waiter);
	usage_ask(pool->usage, waiter->site, g_get_monotonic_time());
	while (ok && (busy = busy_for(pool, waiter))) {
		g_autofree char *what = g_strdup_printf("waiting for %s", busy);
		ok = bounds_check(bounds, what, error);
		if (ok)
			g_cond_wait_until(&pool->given, &pool->lock, bounds->deadline.end_us);
	}
	for (guint i = 0; ok && i < waiter->n; i++) {
		struct slot *slot = slot_find(pool, waiter->names[i]);

		slot->taken = TRUE;
		places[i] = slot->place;
	}
	usage_take(pool->usage, waiter->site, places, ok ? waiter->n : 0, g_get_monotonic_time());
	if (ok)
		count_overtaken(pool, waiter);
	g_queue_remove(&pool->waiting, waiter);
	g_cond_broadcast(&pool->given);
	g_mutex_unlock(&pool->lock);
	if (handler)
		g_cancellable_disconnect(bounds->cancellable, handler);
	return ok;
}

guint pool_n_waiting(struct pool *pool, const char *name)
{
	guint n = 0;

	g_mutex_lock(&pool->lock);
	for (GList *l = pool->waiting.head; l; l = l->next)
		n += wants(l->data, name);
	g_mutex_unlock(&pool->lock);
	return n;
}

gboolean pool_are_free(struct pool *pool, const char *const *names, guint n)
{
	struct waiter asks = {.names = names, .n = n};
	gboolean is_free;

	g_mutex_lock(&pool->lock);
	g_queue_push_tail(&pool->waiting, &asks);
	is_free = !busy_for(pool, &asks);
	g_queue_pop_tail(&pool->waiting);
	g_mutex_unlock(&pool->lock);
	return is_free;
}

void pool_listen(struct pool *pool, pool_hear hear, gpointer data)
{
	pool->hear = hear;
	pool->hear_data = data;
}

static void hear_slot(const struct link_event *event, gpointer data)
{
	const struct slot *slot = data;

	slot->pool->hear(slot->config->config.name, event, slot->pool->hear_data);
}

gboolean pool_record(struct pool *pool, const char *name, const char *path, GError **error)
{
	struct slot *slot = slot_find(pool, name);

	if (!slot) {
		station_error_set(error, STATION_ERROR_CONFIG, "there is no instrument \"%s\"",
		                  name);
		return FALSE;
	}
	g_return_val_if_fail(!slot->taken, FALSE);
	g_clear_pointer(&slot->instrument, instrument_close);
	g_free(slot->recorded);
	slot->recorded =
		path ? recording_resource("record", path, slot->config->config.resource) : NULL;
	return TRUE;
}

static gboolean open_slot(struct pool *pool, struct slot *slot, const struct bounds *bounds,
                          GError **error)
{
	const struct config_instrument *item = slot->config;
	const struct instrument_identity expected = {
		.model = item->model,
		.serial = item->serial,
		.firmware = item->firmware,
	};
	const struct link_sink sink = {hear_slot, slot};
	struct instrument_config config = item->config;

	if (slot->recorded)
		config.resource = slot->recorded;
	if (pool->hear)
		config.sink = &sink;
	config.exclusive = TRUE;
	config.expected = &expected;
	slot->instrument = instrument_open(&config, bounds, error);
	if (slot->instrument && instrument_read_options(slot->instrument, bounds, error))
		return TRUE;
	g_clear_pointer(&slot->instrument, instrument_close);
	if (error && g_error_matches(*error, STATION_ERROR, STATION_ERROR_CONFIG))
		g_prefix_error(error, "%s:%d: ", pool->config->path, item->line);
	return FALSE;
}

/* Nobody has it, and that is not because somebody lost patience. */
static void tell_lost(struct pool *pool, struct slot *slot, const GError *cause)
{
	g_autofree char *text = g_strdup_printf("lost: %s", cause->message);

	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED))
		return;
	g_mutex_lock(&pool->lock);
	tell(pool, slot, text);
	g_mutex_unlock(&pool->lock);
}

/* Not that it does not answer: that it is somebody else's, or not the one that was meant. */
static gboolean is_refusal(const GError *error)
{
	return g_error_matches(error, STATION_ERROR, STATION_ERROR_REFUSED) ||
	       g_error_matches(error, STATION_ERROR, STATION_ERROR_CONFIG);
}

/* The slot is taken, so nobody else touches it. */
static gboolean connect_slot(struct pool *pool, struct slot *slot, const struct bounds *bounds,
                             GError **error)
{
	struct bounds open_bounds = bounds_within(bounds, OPEN_LIMIT_S);
	const struct instrument_config *config = &slot->config->config;
	GError *cause = NULL;

	if (slot->instrument)
		return TRUE;
	g_clear_error(&slot->refusal);
	if (exclusive_take(pool->exclusive, config->name, config->resource, &cause) &&
	    open_slot(pool, slot, &open_bounds, &cause)) {
		see(pool, slot);
		g_mutex_lock(&pool->lock);
		slot->lost = FALSE;
		g_mutex_unlock(&pool->lock);
		return TRUE;
	}
	if (is_refusal(cause))
		slot->refusal = g_error_copy(cause);
	else if (!g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED))
		exclusive_seen_off(pool->exclusive, config->resource);
	tell_lost(pool, slot, cause);
	g_propagate_error(error, cause);
	return FALSE;
}

static void tell_taken(struct pool *pool, int site, const char *const *names, guint n)
{
	char text[32];

	g_snprintf(text, sizeof text, "site %d", site);
	g_mutex_lock(&pool->lock);
	for (guint i = 0; i < n; i++)
		tell(pool, slot_find(pool, names[i]), text);
	g_mutex_unlock(&pool->lock);
}

gboolean pool_take(struct pool *pool, const char *const *names, guint n, struct instrument **out,
                   const struct bounds *bounds, GError **error)
{
	return pool_take_for(pool, 0, names, n, out, bounds, error);
}

gboolean pool_take_for(struct pool *pool, int site, const char *const *names, guint n,
                       struct instrument **out, const struct bounds *bounds, GError **error)
{
	struct waiter waiter = {.names = names, .n = n, .site = site};

	g_return_val_if_fail(n <= POOL_TAKE_MAX, FALSE);
	if (!reserve(pool, &waiter, bounds, error))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		struct slot *slot = slot_find(pool, names[i]);
		if (!connect_slot(pool, slot, bounds, error)) {
			pool_give(pool, names, n, FALSE);
			return FALSE;
		}
		out[i] = slot->instrument;
	}
	if (site)
		tell_taken(pool, site, names, n);
	return TRUE;
}

void pool_give(struct pool *pool, const char *const *names, guint n, gboolean give_up)
{
	for (guint i = 0; give_up && i < n; i++)
		g_clear_pointer(&slot_find(pool, names[i])->instrument, instrument_close);
	g_mutex_lock(&pool->lock);
	for (guint i = 0; i < n; i++) {
		struct slot *slot = slot_find(pool, names[i]);

		slot->taken = FALSE;
		usage_give(pool->usage, slot->place, g_get_monotonic_time());
		/* one that never was there is no more lost than before */
		slot->lost = !slot->instrument && (give_up || slot->lost);
		if (slot->instrument)
			tell(pool, slot, "idle");
		else if (give_up)
			tell(pool, slot, "lost: its session is not trusted any more");
	}
	g_cond_broadcast(&pool->given);
	g_mutex_unlock(&pool->lock);
}

gboolean pool_is_lost(struct pool *pool, const char *name)
{
	gboolean lost;

	g_mutex_lock(&pool->lock);
	lost = slot_find(pool, name)->lost;
	g_mutex_unlock(&pool->lock);
	return lost;
}

const struct instrument *pool_peek(const struct pool *pool, const char *name)
{
	return slot_find(pool, name)->instrument;
}

gboolean pool_is_right(const struct pool *pool, GError **error)
{
	for (guint i = 0; i < pool->slots->len; i++) {
		const struct slot *slot = g_ptr_array_index(pool->slots, i);
		if (!slot->refusal)
			continue;
		g_propagate_error(error, g_error_copy(slot->refusal));
		return FALSE;
	}
	return TRUE;
}

gint64 pool_on_since_us(const struct pool *pool, const char *name)
{
	return slot_find(pool, name)->on_since_us;
}

void pool_set_guard(struct pool *pool, struct guard *guard)
{
	pool->guard = guard;
}

struct guard *pool_guard(const struct pool *pool)
{
	return pool->guard;
}

struct usage *pool_usage(struct pool *pool)
{
	return pool->usage;
}

const struct config *pool_config(const struct pool *pool)
{
	return pool->config;
}

struct exclusive *pool_exclusive(struct pool *pool)
{
	return pool->exclusive;
}

gboolean pool_take_all_for_itself(struct pool *pool, GError **error)
{
	for (guint i = 0; i < pool->slots->len; i++) {
		const struct slot *slot = g_ptr_array_index(pool->slots, i);
		if (!exclusive_take(pool->exclusive, slot->config->config.name,
		                    slot->config->config.resource, error))
			return FALSE;
	}
	for (guint i = 0; i < pool->config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(pool->config->sites, i);
		if (!exclusive_take_fixture(pool->exclusive, site->site, site->fixture, error))
			return FALSE;
	}
	return TRUE;
}

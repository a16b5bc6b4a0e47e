/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/tries.h"

enum { STRANGERS_MAX = 256 };

struct badge_tries {
	guint wrong; /* in a row */
	gboolean is_known;
	gint64 pause_until_us;
};

struct tries {
	GMutex lock;
	GHashTable *by_badge; /* struct badge_tries */
	guint n_strangers;
};

struct tries *tries_new(void)
{
	struct tries *tries = g_new0(struct tries, 1);

	g_mutex_init(&tries->lock);
	tries->by_badge = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return tries;
}

void tries_free(struct tries *tries)
{
	if (!tries)
		return;
	g_hash_table_unref(tries->by_badge);
	g_mutex_clear(&tries->lock);
	g_free(tries);
}

static gboolean is_stranger(gpointer badge, gpointer item, gpointer unused)
{
	return !((struct badge_tries *)item)->is_known;
}

/* Somebody who tries badge after badge must not fill the memory. */
static struct badge_tries *tries_of(struct tries *tries, const char *badge, gboolean is_known)
{
	struct badge_tries *item = g_hash_table_lookup(tries->by_badge, badge);

	if (item)
		return item;
	if (tries->n_strangers >= STRANGERS_MAX) {
		g_hash_table_foreach_remove(tries->by_badge, is_stranger, NULL);
		tries->n_strangers = 0;
	}
	tries->n_strangers += !is_known;
	item = g_new0(struct badge_tries, 1);
	item->is_known = is_known;
	g_hash_table_insert(tries->by_badge, g_strdup(badge), item);
	return item;
}

int tries_begin(struct tries *tries, const char *badge, gboolean is_known, gint64 now_us)
{
	struct badge_tries *item;
	gint64 left_us;

	g_mutex_lock(&tries->lock);
	item = tries_of(tries, badge, is_known);
	left_us = item->pause_until_us ? item->pause_until_us - now_us : 0;
	if (left_us <= 0 && ++item->wrong >= TRIES_MAX)
		item->pause_until_us = now_us + TRIES_PAUSE_S * G_USEC_PER_SEC;
	g_mutex_unlock(&tries->lock);
	return left_us > 0 ? (int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;
}

void tries_forget(struct tries *tries, const char *badge)
{
	g_mutex_lock(&tries->lock);
	g_hash_table_remove(tries->by_badge, badge);
	g_mutex_unlock(&tries->lock);
}

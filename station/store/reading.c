/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/reading.h"

#include "station/store/query.h"
#include "station/store/sqlite_store.h"

struct store *store_read_through(const struct store_reading *reading, gpointer reader,
                                 const char *place)
{
	struct store *store = g_new0(struct store, 1);

	g_mutex_init(&store->lock);
	store->path = g_strdup(place);
	store->reading = reading;
	store->reader = reader;
	return store;
}

/* --- tries --------------------------------------------------------------------------------------
 */

struct store_tries *store_tries_new(void)
{
	struct store_tries *tries = g_new0(struct store_tries, 1);

	tries->runs = g_array_new(FALSE, FALSE, sizeof(struct store_try));
	tries->texts = g_string_chunk_new(1 << 16);
	return tries;
}

void store_tries_free(struct store_tries *tries)
{
	if (!tries)
		return;
	g_array_unref(tries->runs);
	g_string_chunk_free(tries->texts);
	g_free(tries);
}

const char *store_tries_keep(struct store_tries *tries, const char *text)
{
	return g_string_chunk_insert_const(tries->texts, text ? text : "");
}

/* Counts one try more of what the words name together. */
static guint attempt_of(GHashTable *attempts, const char *serial, const char *lot,
                        const char *stage)
{
	g_autofree char *unit = g_strjoin("\x1f", serial, lot, stage, NULL);
	guint before = GPOINTER_TO_UINT(g_hash_table_lookup(attempts, unit));

	g_hash_table_insert(attempts, g_steal_pointer(&unit), GUINT_TO_POINTER(before + 1));
	return before + 1;
}

void store_tries_count(struct store_tries *tries, gboolean within_lots)
{
	g_autoptr(GHashTable) attempts =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < tries->runs->len; i++) {
		struct store_try *run = &g_array_index(tries->runs, struct store_try, i);
		const char *lot = within_lots ? run->lot : "";

		if (!store_is_try(run->verdict))
			continue;
		/* what no stage is called tells both counts apart */
		run->attempt = attempt_of(attempts, run->serial, lot, "\x1f");
		run->attempt_at_stage = attempt_of(attempts, run->serial, lot, run->stage);
	}
}

/* --- keys ---------------------------------------------------------------------------------------
 */

struct store_key *store_key_new(guint number, const char *id, int lane, const char *corner,
                                const char *unit)
{
	struct store_key *key = g_new0(struct store_key, 1);

	key->number = number;
	key->id = g_strdup(id);
	key->lane = lane;
	key->corner = g_strdup(corner);
	key->unit = g_strdup(unit);
	return key;
}

void store_key_free(gpointer data)
{
	struct store_key *key = data;

	g_free(key->id);
	g_free(key->corner);
	g_free(key->unit);
	g_free(key);
}

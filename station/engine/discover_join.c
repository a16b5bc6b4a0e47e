/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/discover.h"

#include "instruments/roster.h"

#include <string.h>

static gboolean is_told(const char *text)
{
	return text && *text;
}

/* Many an instrument without a serial number says 0. */
static gboolean tells_unit(const struct instrument_identity *identity)
{
	return is_told(identity->model) && is_told(identity->serial) &&
	       strspn(identity->serial, "0") < strlen(identity->serial);
}

static gboolean equal(const char *a, const char *b)
{
	g_autofree char *bare_a = roster_bare(a);
	g_autofree char *bare_b = roster_bare(b);

	return strcmp(bare_a, bare_b) == 0;
}

static gboolean is_same(const struct discovered *instrument, const struct discover_way *way)
{
	const struct instrument_identity *a = &instrument->identity, *b = &way->told;

	if (tells_unit(a) && tells_unit(b))
		return equal(a->model, b->model) && equal(a->serial, b->serial);
	if (is_told(a->model) && is_told(b->model) && !equal(a->model, b->model))
		return FALSE;
	for (guint i = 0; i < instrument->ways->len; i++) {
		const struct discover_way *other = instrument->ways->pdata[i];
		if (strcmp(other->where, way->where) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The only one that the way may lead to. */
static struct discovered *find(const GPtrArray *instruments, const struct discover_way *way)
{
	struct discovered *only = NULL;

	for (guint i = 0; i < instruments->len; i++) {
		struct discovered *instrument = instruments->pdata[i];
		if (!is_same(instrument, way))
			continue;
		if (only)
			return NULL;
		only = instrument;
	}
	return only;
}

/* Who tells most of itself comes first, for the others to join. */
static int by_telling(gconstpointer a, gconstpointer b)
{
	const struct discover_way *x = *(struct discover_way *const *)a;
	const struct discover_way *y = *(struct discover_way *const *)b;
	int telling_x = 2 * tells_unit(&x->told) + x->answered;
	int telling_y = 2 * tells_unit(&y->told) + y->answered;

	if (telling_x != telling_y)
		return telling_y - telling_x;
	return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->where, y->where);
}

/* One that answers before one that does not, then as the kinds go. */
static int by_preference(gconstpointer a, gconstpointer b)
{
	const struct discover_way *x = *(struct discover_way *const *)a;
	const struct discover_way *y = *(struct discover_way *const *)b;

	if (x->answered != y->answered)
		return (int)y->answered - (int)x->answered;
	return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->where, y->where);
}

static int by_first_way(gconstpointer a, gconstpointer b)
{
	const struct discovered *x = *(struct discovered *const *)a;
	const struct discovered *y = *(struct discovered *const *)b;
	int order = by_preference(&x->ways->pdata[0], &y->ways->pdata[0]);

	if (order == 0)
		order = g_strcmp0(((struct discover_way *)x->ways->pdata[0])->resource,
		                  ((struct discover_way *)y->ways->pdata[0])->resource);
	return order;
}

static void discovered_free(gpointer data)
{
	struct discovered *instrument = data;

	g_free(instrument->identity.maker);
	g_free(instrument->identity.model);
	g_free(instrument->identity.serial);
	g_free(instrument->identity.firmware);
	g_ptr_array_unref(instrument->ways);
	g_ptr_array_unref(instrument->drivers);
	g_ptr_array_unref(instrument->models);
	g_free(instrument);
}

static struct discovered *discovered_new(void)
{
	struct discovered *instrument = g_new0(struct discovered, 1);

	instrument->ways = g_ptr_array_new_with_free_func(discover_way_free);
	return instrument;
}

static void fill(char **field, const char *text)
{
	if (!is_told(*field) && is_told(text)) {
		g_free(*field);
		*field = g_strdup(text);
	}
}

/* The first to come has told most: others fill what it left open. */
static void add_way(struct discovered *instrument, struct discover_way *way)
{
	g_ptr_array_add(instrument->ways, way);
	instrument->answered = instrument->answered || way->answered;
	fill(&instrument->identity.maker, way->told.maker);
	fill(&instrument->identity.model, way->told.model);
	fill(&instrument->identity.serial, way->told.serial);
	fill(&instrument->identity.firmware, way->told.firmware);
}

static void find_drivers(struct discovered *instrument)
{
	const struct instrument_identity *identity = &instrument->identity;

	g_ptr_array_sort(instrument->ways, by_preference);
	instrument->drivers =
		roster_drivers(identity->maker ? identity->maker : "",
	                       identity->model ? identity->model : "", &instrument->models);
}

GPtrArray *discover_join(GPtrArray *ways)
{
	GPtrArray *instruments = g_ptr_array_new_with_free_func(discovered_free);

	g_ptr_array_sort(ways, by_telling);
	while (ways->len > 0) {
		struct discover_way *way = g_ptr_array_steal_index(ways, 0);
		struct discovered *instrument = find(instruments, way);
		if (!instrument) {
			instrument = discovered_new();
			g_ptr_array_add(instruments, instrument);
		}
		add_way(instrument, way);
	}
	for (guint i = 0; i < instruments->len; i++)
		find_drivers(instruments->pdata[i]);
	g_ptr_array_sort(instruments, by_first_way);
	return instruments;
}

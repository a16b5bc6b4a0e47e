/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record_tail.h"

#include "base/error.h"
#include "reports/record_check.h"
#include "reports/record_json.h"

#include <string.h>

/* --- the lists that only grow ----------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *key; /* of the place that is marked */
	gsize offset;
} lists[RECORD_TAIL_LISTS] = {
	{"steps",        offsetof(struct run_record, steps)}, /* first: others name a step */
	{"measurements", offsetof(struct run_record, measurements)},
	{"constants",    offsetof(struct run_record, constants)},
	{"answers",      offsetof(struct run_record, answers)},
	{"notes",        offsetof(struct run_record, notes)},
	{"series",       offsetof(struct run_record, series)},
	{"maps",         offsetof(struct run_record, maps)},
	{"eyes",         offsetof(struct run_record, eyes)},
};
/* clang-format on */

static GPtrArray **list_of(const struct run_record *record, guint i)
{
	return (GPtrArray **)((guint8 *)record + lists[i].offset);
}

static guint known_of(const struct run_record *record)
{
	guint known = 0;

	for (guint i = 0; i < record->instruments->len; i++)
		known +=
			*((const struct record_instrument *)record->instruments->pdata[i])->model !=
			'\0';
	return known;
}

struct record_mark record_mark(const struct run_record *record)
{
	const struct record_step *last =
		record->steps->len ? record->steps->pdata[record->steps->len - 1] : NULL;
	struct record_mark mark = {.known = known_of(record)};

	for (guint i = 0; i < RECORD_TAIL_LISTS; i++)
		mark.n[i] = (*list_of(record, i))->len;
	if (last && last->verdict == VERDICT_NONE && !(last->duration_s > 0))
		mark.n[0]--;
	return mark;
}

/* --- writing ---------------------------------------------------------------------------------- */

char *record_tail_to_json(const struct run_record *record, const struct record_mark *since)
{
	struct json_text json = json_text_begin_line();
	struct run_record tail = {.identity = record->identity};

	for (guint i = 0; i < RECORD_TAIL_LISTS; i++) {
		GPtrArray *all = *list_of(record, i);
		guint from = MIN(since->n[i], all->len);

		*list_of(&tail, i) = g_ptr_array_new();
		for (guint k = from; k < all->len; k++)
			g_ptr_array_add(*list_of(&tail, i), all->pdata[k]);
	}
	tail.instruments = known_of(record) == since->known ? g_ptr_array_new()
	                                                    : g_ptr_array_ref(record->instruments);
	json_text_open(&json, NULL, '{');
	json_text_open(&json, "since", '{');
	for (guint i = 0; i < RECORD_TAIL_LISTS; i++)
		json_text_int(&json, lists[i].key, since->n[i]);
	json_text_close(&json, '}');
	record_json_write(&json, "added", &shape_tail, &tail);
	json_text_close(&json, '}');
	for (guint i = 0; i < RECORD_TAIL_LISTS; i++)
		g_ptr_array_unref(*list_of(&tail, i));
	g_ptr_array_unref(tail.instruments);
	return json_text_end(&json);
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *why)
{
	station_error_set(error, STATION_ERROR_STORAGE, "run document: addition: %s", why);
	return FALSE;
}

static gboolean read_since(JsonObject *object, struct record_mark *since)
{
	JsonNode *node = json_object_get_member(object, "since");
	JsonObject *members =
		node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

	for (guint i = 0; i < RECORD_TAIL_LISTS; i++) {
		JsonNode *n = members ? json_object_get_member(members, lists[i].key) : NULL;
		gint64 value = n && json_node_get_value_type(n) == G_TYPE_INT64
		                       ? json_node_get_int(n)
		                       : -1;

		if (value < 0 || value > G_MAXINT)
			return FALSE;
		since->n[i] = (guint)value;
	}
	return TRUE;
}

/* As the engine does before a further attempt. */
static void supersede(struct run_record *record, guint from)
{
	for (guint i = MAX(from, 1); i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		struct record_step *before = record->steps->pdata[i - 1];

		if (step->attempt > 1 && before->attempt == step->attempt - 1 &&
		    before->lane == step->lane && strcmp(before->name, step->name) == 0)
			before->superseded = TRUE;
	}
}

static gboolean join(struct run_record *record, struct run_record *tail,
                     const struct record_mark *since, GError **error)
{
	struct record_identity identity = record->identity;

	for (guint i = 0; i < RECORD_TAIL_LISTS; i++)
		if (since->n[i] > (*list_of(record, i))->len)
			return refuse(error, "something is missing before it");
	for (guint i = 0; i < RECORD_TAIL_LISTS; i++) {
		GPtrArray *list = *list_of(record, i), *added = *list_of(tail, i);
		gsize n = 0;
		g_autofree gpointer *items = g_ptr_array_steal(added, &n);

		g_ptr_array_set_size(list, (gint)since->n[i]);
		for (gsize k = 0; k < n; k++)
			g_ptr_array_add(list, items[k]);
	}
	record->identity = tail->identity;
	tail->identity = identity;
	if (tail->instruments->len) {
		GPtrArray *instruments = record->instruments;

		record->instruments = tail->instruments;
		tail->instruments = instruments;
	}
	supersede(record, since->n[0]);
	return record_check(record, error);
}

gboolean record_tail_add(struct run_record *record, const char *json, gssize len, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	g_autoptr(GError) cause = NULL;
	g_autoptr(run_record) tail = shape_new(&shape_run);
	struct record_mark since;
	JsonNode *root, *added;

	if (!json_parser_load_from_data(parser, json, len, &cause))
		return refuse(error, cause->message);
	root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root) ||
	    !read_since(json_node_get_object(root), &since))
		return refuse(error, "it does not say behind what it is");
	added = json_object_get_member(json_node_get_object(root), "added");
	if (!added || !record_json_read(added, &shape_tail, tail, &cause))
		return refuse(error, cause ? cause->message : "nothing was added");
	return join(record, tail, &since, error);
}

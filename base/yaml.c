/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/yaml.h"

#include "base/error.h"
#include "base/yaml_tree.h"

#include <yaml.h>

#include <string.h>

static const gsize longest = (gsize)16 << 20;
enum { DEPTH_MAX = 64 };

struct yaml_doc {
	char *name;
	char *sha256;
	GPtrArray *nodes; /* every node, owned */
	struct yaml_node *root;
};

struct loader {
	struct yaml_doc *doc;
	yaml_parser_t parser;
	int depth;
};

static void entry_free(gpointer data)
{
	struct yaml_entry *entry = data;
	g_free(entry->key);
	g_free(entry);
}

static void node_free(gpointer data)
{
	struct yaml_node *node = data;
	g_free(node->text);
	g_clear_pointer(&node->items, g_ptr_array_unref);
	g_clear_pointer(&node->by_key, g_hash_table_unref);
	g_clear_pointer(&node->entries, g_ptr_array_unref);
	g_clear_pointer(&node->asked, g_hash_table_unref);
	g_free(node);
}

void yaml_doc_free(struct yaml_doc *doc)
{
	if (!doc)
		return;
	g_ptr_array_unref(doc->nodes);
	g_free(doc->name);
	g_free(doc->sha256);
	g_free(doc);
}

static struct yaml_node *node_new(struct loader *loader, enum yaml_kind kind, int line)
{
	struct yaml_node *node = g_new0(struct yaml_node, 1);
	node->doc = loader->doc;
	node->kind = kind;
	node->line = line;
	g_ptr_array_add(loader->doc->nodes, node);
	return node;
}

static gboolean refuse(const struct loader *loader, int line, GError **error, const char *what)
{
	station_error_set(error, STATION_ERROR_CONFIG, "%s:%d: %s", loader->doc->name, line, what);
	return FALSE;
}

static int event_line(const yaml_event_t *event)
{
	return (int)event->start_mark.line + 1;
}

/* The next event; the caller deletes it. On error there is none to delete. */
static gboolean next_event(struct loader *loader, yaml_event_t *event, GError **error)
{
	yaml_parser_t *parser = &loader->parser;
	if (yaml_parser_parse(parser, event))
		return TRUE;
	const char *problem = parser->problem ? parser->problem : "not YAML";
	g_autofree char *what = parser->context
	                                ? g_strdup_printf("%s, %s", problem, parser->context)
	                                : g_strdup(problem);
	return refuse(loader, (int)parser->problem_mark.line + 1, error, what);
}

/* Anchors, aliases and tags: one file, one meaning, to be read without knowing more than YAML. */
static gboolean check_event(const struct loader *loader, const yaml_event_t *event, GError **error)
{
	const yaml_char_t *anchor = NULL;
	const yaml_char_t *tag = NULL;
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return refuse(loader, event_line(event), error, "aliases (*name) are not allowed");
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor)
		return refuse(loader, event_line(event), error, "anchors (&name) are not allowed");
	if (tag)
		return refuse(loader, event_line(event), error, "tags (!name) are not allowed");
	return TRUE;
}

static struct yaml_node *load_node(struct loader *loader, const yaml_event_t *event,
                                   GError **error);

static struct yaml_node *load_scalar(struct loader *loader, const yaml_event_t *event,
                                     GError **error)
{
	const char *value = (const char *)event->data.scalar.value;
	gsize len = event->data.scalar.length;
	if (memchr(value, '\0', len)) {
		refuse(loader, event_line(event), error, "a zero character in a text");
		return NULL;
	}
	struct yaml_node *node = node_new(loader, YAML_SCALAR, event_line(event));
	node->text = g_strndup(value, len);
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return node;
}

static gboolean load_items(struct loader *loader, struct yaml_node *list, GError **error)
{
	for (;;) {
		yaml_event_t event;
		if (!next_event(loader, &event, error))
			return FALSE;
		struct yaml_node *item = NULL;
		gboolean end = event.type == YAML_SEQUENCE_END_EVENT;
		if (!end)
			item = load_node(loader, &event, error);
		yaml_event_delete(&event);
		if (end || !item)
			return end;
		g_ptr_array_add(list->items, item);
	}
}

static gboolean add_key(struct loader *loader, struct yaml_node *map, const yaml_event_t *event,
                        GError **error)
{
	if (!check_event(loader, event, error))
		return FALSE;
	int line = event_line(event);
	if (event->type != YAML_SCALAR_EVENT)
		return refuse(loader, line, error, "a key must be a text");
	const char *key = (const char *)event->data.scalar.value;
	if (*key == '\0' || strlen(key) != event->data.scalar.length)
		return refuse(loader, line, error, "a key must be a text that is not empty");
	const struct yaml_entry *same = g_hash_table_lookup(map->by_key, key);
	if (same) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s:%d: key \"%s\" stands there twice, first in line %d",
		                  loader->doc->name, line, key, same->line);
		return FALSE;
	}
	struct yaml_entry *entry = g_new0(struct yaml_entry, 1);
	entry->key = g_strdup(key);
	entry->line = line;
	g_ptr_array_add(map->entries, entry);
	g_hash_table_insert(map->by_key, entry->key, entry);
	return TRUE;
}

static gboolean load_entries(struct loader *loader, struct yaml_node *map, GError **error)
{
	for (;;) {
		yaml_event_t event;
		if (!next_event(loader, &event, error))
			return FALSE;
		gboolean end = event.type == YAML_MAPPING_END_EVENT;
		gboolean ok = !end && add_key(loader, map, &event, error);
		yaml_event_delete(&event);
		if (!ok)
			return end;
		if (!next_event(loader, &event, error))
			return FALSE;
		struct yaml_node *value = load_node(loader, &event, error);
		yaml_event_delete(&event);
		if (!value)
			return FALSE;
		struct yaml_entry *entry = g_ptr_array_index(map->entries, map->entries->len - 1);
		entry->value = value;
	}
}

static struct yaml_node *load_inner(struct loader *loader, const yaml_event_t *event,
                                    GError **error)
{
	int line = event_line(event);
	if (loader->depth >= DEPTH_MAX) {
		refuse(loader, line, error, "lists and maps nested too deep");
		return NULL;
	}
	gboolean is_list = event->type == YAML_SEQUENCE_START_EVENT;
	struct yaml_node *node = node_new(loader, is_list ? YAML_LIST : YAML_MAP, line);
	loader->depth++;
	gboolean ok;
	if (is_list) {
		node->items = g_ptr_array_new();
		ok = load_items(loader, node, error);
	} else {
		node->entries = g_ptr_array_new_with_free_func(entry_free);
		node->by_key = g_hash_table_new(g_str_hash, g_str_equal);
		node->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		ok = load_entries(loader, node, error);
	}
	loader->depth--;
	return ok ? node : NULL;
}

static struct yaml_node *load_node(struct loader *loader, const yaml_event_t *event, GError **error)
{
	if (!check_event(loader, event, error))
		return NULL;
	if (event->type == YAML_SCALAR_EVENT)
		return load_scalar(loader, event, error);
	return load_inner(loader, event, error);
}

/* Skips events that say nothing; the caller deletes the one returned. */
static gboolean next_content(struct loader *loader, yaml_event_t *event, GError **error)
{
	while (next_event(loader, event, error)) {
		if (event->type != YAML_STREAM_START_EVENT &&
		    event->type != YAML_DOCUMENT_START_EVENT &&
		    event->type != YAML_DOCUMENT_END_EVENT)
			return TRUE;
		yaml_event_delete(event);
	}
	return FALSE;
}

static gboolean load_root(struct loader *loader, GError **error)
{
	yaml_event_t event;
	if (!next_content(loader, &event, error))
		return FALSE;
	if (event.type == YAML_STREAM_END_EVENT)
		refuse(loader, 1, error, "nothing in it");
	else
		loader->doc->root = load_node(loader, &event, error);
	yaml_event_delete(&event);
	if (!loader->doc->root || !next_content(loader, &event, error))
		return FALSE;
	gboolean ok =
		event.type == YAML_STREAM_END_EVENT ||
		refuse(loader, event_line(&event), error, "more than one document in the file");
	yaml_event_delete(&event);
	return ok;
}

/* g_utf8_validate_len stops at a zero byte too, which no text has. */
static gboolean check_text(const struct loader *loader, const char *text, gsize len, GError **error)
{
	if (len > longest)
		return refuse(loader, 1, error, "the file is too long");
	const char *bad;
	if (g_utf8_validate_len(text, len, &bad))
		return TRUE;
	int line = 1;
	for (const char *p = text; p < bad; p++)
		line += *p == '\n';
	return refuse(loader, line, error, "not UTF-8 text");
}

struct yaml_doc *yaml_load_text(const char *text, gssize len, const char *name, GError **error)
{
	gsize length = len < 0 ? strlen(text) : (gsize)len;
	g_autoptr(yaml_doc) doc = g_new0(struct yaml_doc, 1);
	doc->name = g_utf8_make_valid(name, -1);
	doc->nodes = g_ptr_array_new_with_free_func(node_free);
	doc->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
	struct loader loader = {.doc = doc};
	if (!check_text(&loader, text, length, error))
		return NULL;
	if (!yaml_parser_initialize(&loader.parser)) {
		station_error_set(error, STATION_ERROR_INTERNAL, "%s: no memory to read it", name);
		return NULL;
	}
	yaml_parser_set_encoding(&loader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&loader.parser, (const unsigned char *)text, length);
	gboolean ok = load_root(&loader, error);
	yaml_parser_delete(&loader.parser);
	return ok ? g_steal_pointer(&doc) : NULL;
}

struct yaml_doc *yaml_load_file(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize len = 0;
	g_autoptr(GError) cause = NULL;
	if (!g_file_get_contents(path, &text, &len, &cause)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", path, cause->message);
		return NULL;
	}
	return yaml_load_text(text, (gssize)len, path, error);
}

const struct yaml_node *yaml_root(const struct yaml_doc *doc)
{
	return doc->root;
}

const char *yaml_name(const struct yaml_doc *doc)
{
	return doc->name;
}

const char *yaml_sha256(const struct yaml_doc *doc)
{
	return doc->sha256;
}

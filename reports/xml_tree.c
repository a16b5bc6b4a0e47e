/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/xml_tree.h"

#include <string.h>

struct reading {
	struct xml_node *root, *open;
};

static struct xml_node *node_new(struct xml_node *parent)
{
	struct xml_node *node = g_new0(struct xml_node, 1);
	node->parent = parent;
	if (parent)
		g_ptr_array_add(parent->children, node);
	return node;
}

void xml_node_free(struct xml_node *node)
{
	if (!node)
		return;
	g_free(node->tag);
	g_free(node->text);
	g_strfreev(node->classes);
	g_clear_pointer(&node->attributes, g_hash_table_unref);
	g_clear_pointer(&node->children, g_ptr_array_unref);
	g_free(node);
}

static void on_start(GMarkupParseContext *context, const char *tag, const char **names,
                     const char **values, gpointer data, GError **error)
{
	struct reading *reading = data;
	struct xml_node *node = node_new(reading->open);
	node->tag = g_strdup(tag);
	node->attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	node->children = g_ptr_array_new_with_free_func((GDestroyNotify)xml_node_free);
	for (gsize i = 0; names[i]; i++)
		g_hash_table_insert(node->attributes, g_strdup(names[i]), g_strdup(values[i]));
	const char *classes = xml_attribute(node, "class");
	node->classes = g_strsplit(classes ? classes : "", " ", -1);
	if (!reading->root)
		reading->root = node;
	reading->open = node;
}

static void on_end(GMarkupParseContext *context, const char *tag, gpointer data, GError **error)
{
	struct reading *reading = data;
	reading->open = reading->open->parent;
}

static void on_text(GMarkupParseContext *context, const char *text, gsize len, gpointer data,
                    GError **error)
{
	struct reading *reading = data;
	if (reading->open && len > 0)
		node_new(reading->open)->text = g_strndup(text, len);
}

struct xml_node *xml_parse(const char *text, GError **error)
{
	static const GMarkupParser parser = {on_start, on_end, on_text, NULL, NULL};
	struct reading reading = {NULL, NULL};
	GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &reading, NULL);
	gboolean good = g_markup_parse_context_parse(context, text, -1, error) &&
	                g_markup_parse_context_end_parse(context, error);
	g_markup_parse_context_free(context);
	if (!good)
		g_clear_pointer(&reading.root, xml_node_free);
	return reading.root;
}

const char *xml_attribute(const struct xml_node *node, const char *name)
{
	return node->attributes ? g_hash_table_lookup(node->attributes, name) : NULL;
}

double xml_number(const struct xml_node *node, const char *name)
{
	const char *text = xml_attribute(node, name);
	return text ? g_ascii_strtod(text, NULL) : 0;
}

gboolean xml_is(const struct xml_node *node, const char *tag)
{
	return node->tag && strcmp(node->tag, tag) == 0;
}

gboolean xml_has_class(const struct xml_node *node, const char *name)
{
	return node->classes && g_strv_contains((const char *const *)node->classes, name);
}

const struct xml_node *xml_child(const struct xml_node *node, const char *tag)
{
	for (guint i = 0; node->children && i < node->children->len; i++) {
		if (xml_is(node->children->pdata[i], tag))
			return node->children->pdata[i];
	}
	return NULL;
}

const struct xml_node *xml_below(const struct xml_node *node, const char *tag)
{
	const struct xml_node *found = NULL;
	for (guint i = 0; node->children && i < node->children->len && !found; i++) {
		const struct xml_node *child = node->children->pdata[i];
		found = xml_is(child, tag) ? child : xml_below(child, tag);
	}
	return found;
}

static void append_text(GString *out, const struct xml_node *node)
{
	if (node->text)
		g_string_append(out, node->text);
	for (guint i = 0; node->children && i < node->children->len; i++)
		append_text(out, node->children->pdata[i]);
}

char *xml_text(const struct xml_node *node)
{
	g_autoptr(GString) out = g_string_new(NULL);
	append_text(out, node);
	return g_strdup(out->str);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_XML_TREE_H
#define REPORTS_XML_TREE_H

#include <glib.h>

/*
 * What markup.h wrote, read again as a tree, so that its pictures can be drawn on paper. For
 * well-formed text of ours only: documents of others are nobody's business here.
 */
struct xml_node {
	char *tag;               /* null: text */
	char *text;              /* null: an element */
	char **classes;          /* words of its class; may be empty */
	GHashTable *attributes;  /* name -> value; null of text */
	GPtrArray *children;     /* struct xml_node, owned; null of text */
	struct xml_node *parent; /* borrowed; null: the root */
};

/* The root, or null with an error. Free with xml_node_free. */
struct xml_node *xml_parse(const char *text, GError **error);
void xml_node_free(struct xml_node *node); /* null is allowed */

/* Null when there is no such attribute. Borrowed. */
const char *xml_attribute(const struct xml_node *node, const char *name);
/* As a number; 0 without one. */
double xml_number(const struct xml_node *node, const char *name);

gboolean xml_is(const struct xml_node *node, const char *tag); /* false for text */
gboolean xml_has_class(const struct xml_node *node, const char *name);

/* The first child, or the first below in any depth, with that tag; null when there is none. */
const struct xml_node *xml_child(const struct xml_node *node, const char *tag);
const struct xml_node *xml_below(const struct xml_node *node, const char *tag);

/* All text in it. Free with g_free. */
char *xml_text(const struct xml_node *node);

#endif

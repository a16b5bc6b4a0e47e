/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_YAML_TREE_H
#define BASE_YAML_TREE_H

#include "base/yaml.h"

/* The tree that yaml.c makes of a file and yaml_bind.c reads; for these two only. */
struct yaml_entry {
	char *key;
	int line; /* of the key */
	struct yaml_node *value;
	gboolean asked;
};

/*
 * The arrays and the set can change behind a pointer to a const node: what was asked for is
 * remembered there, and is no part of what the node says.
 */
struct yaml_node {
	const struct yaml_doc *doc;
	enum yaml_kind kind;
	int line;
	char *text;         /* scalar */
	gboolean plain;     /* scalar written without quotes and not as a block */
	GPtrArray *items;   /* list: struct yaml_node *, borrowed from the document */
	GPtrArray *entries; /* map: struct yaml_entry *, owned */
	GHashTable *by_key; /* map: borrowed key to struct yaml_entry * */
	GHashTable *asked;  /* map: owned names of keys asked for, there or not */
};

#endif

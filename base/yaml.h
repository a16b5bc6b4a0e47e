/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <glib.h>

/*
 * YAML under a strict binder. A file becomes a tree whose nodes remember file and line. Values are
 * asked for by key and kind; what was asked for is remembered, so that yaml_done can refuse a key
 * that nobody asked for, with the nearest known one as suggestion. Duplicate keys, anchors,
 * aliases, tags and several documents in one file are refused when the file is read; so are text
 * that is not UTF-8, an empty file, more than 64 levels and more than 16 MiB.
 *
 * Every error is STATION_ERROR_CONFIG and begins "FILE:LINE: " ("FILE: " when the file cannot be
 * read at all), then for a value under a key "KEY: ". Nodes are borrowed from the
 * document and live as long as it does. A document may be read from one thread at a time.
 */
struct yaml_doc;
struct yaml_node;
typedef struct yaml_doc yaml_doc; /* for g_autoptr(yaml_doc) only */

enum yaml_kind { YAML_SCALAR, YAML_MAP, YAML_LIST };

struct yaml_doc *yaml_load_file(const char *path, GError **error);
/* `name` stands for the file in messages. */
struct yaml_doc *yaml_load_text(const char *text, gssize len, const char *name, GError **error);
void yaml_doc_free(struct yaml_doc *doc); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(yaml_doc, yaml_doc_free)

const struct yaml_node *yaml_root(const struct yaml_doc *doc);
const char *yaml_name(const struct yaml_doc *doc);
/* SHA-256 of the bytes read, 64 hexadecimal digits. */
const char *yaml_sha256(const struct yaml_doc *doc);

enum yaml_kind yaml_kind(const struct yaml_node *node);
int yaml_line(const struct yaml_node *node);

/* Lists: number of items, and the i-th. Maps: number of entries, the i-th key and value, in file
 * order; walking by index counts as asking for the key. */
guint yaml_size(const struct yaml_node *node);
const struct yaml_node *yaml_item(const struct yaml_node *list, guint i);
const char *yaml_key(const struct yaml_node *map, guint i);
const struct yaml_node *yaml_value(const struct yaml_node *map, guint i);

/* The value of a key of a map, or null when absent (no error). */
const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key);

/*
 * Typed values. `map` and `key`: the entry must be there (…_or gives a default instead of an
 * error when it is absent; a wrong kind is an error in either form). yaml_quantity wants a number
 * with its unit (base/unit.h). Strings are borrowed. On error the value is untouched. A key with
 * nothing after it ("", "~" or "null" without quotes) has a wrong kind. Numbers in quotes are
 * texts. Whole numbers may be written 0x1F; 010 is refused, as it is read in two ways.
 */
gboolean yaml_string(const struct yaml_node *map, const char *key, const char **value,
                     GError **error);
gboolean yaml_string_or(const struct yaml_node *map, const char *key, const char **value,
                        const char *absent, GError **error);
gboolean yaml_int(const struct yaml_node *map, const char *key, gint64 min, gint64 max,
                  gint64 *value, GError **error);
gboolean yaml_int_or(const struct yaml_node *map, const char *key, gint64 min, gint64 max,
                     gint64 *value, gint64 absent, GError **error);
gboolean yaml_number(const struct yaml_node *map, const char *key, double *value, GError **error);
gboolean yaml_number_or(const struct yaml_node *map, const char *key, double *value, double absent,
                        GError **error);
gboolean yaml_quantity(const struct yaml_node *map, const char *key, const char *unit,
                       double *value, GError **error);
gboolean yaml_quantity_or(const struct yaml_node *map, const char *key, const char *unit,
                          double *value, double absent, GError **error);
/* true or false, nothing else. */
gboolean yaml_bool_or(const struct yaml_node *map, const char *key, gboolean *value,
                      gboolean absent, GError **error);
/* A list or a map under the key; null in *value when absent in the _or forms. */
gboolean yaml_list(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                   GError **error);
gboolean yaml_list_or(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                      GError **error);
gboolean yaml_map(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                  GError **error);
gboolean yaml_map_or(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                     GError **error);

/* A node itself as text, integer, number or quantity; for list items. */
gboolean yaml_as_string(const struct yaml_node *node, const char **value, GError **error);
gboolean yaml_as_int(const struct yaml_node *node, gint64 min, gint64 max, gint64 *value,
                     GError **error);
gboolean yaml_as_number(const struct yaml_node *node, double *value, GError **error);
gboolean yaml_as_quantity(const struct yaml_node *node, const char *unit, double *value,
                          GError **error);

/* Refuses the first key of the map that was never asked for. */
gboolean yaml_done(const struct yaml_node *map, GError **error);

/* Sets STATION_ERROR_CONFIG with "FILE:LINE: " of the node in front. */
void yaml_error(const struct yaml_node *node, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

#endif

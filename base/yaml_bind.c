/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/yaml.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "base/yaml_tree.h"

#include <stdarg.h>
#include <string.h>

static const char *const kind_names[] = {
	[YAML_SCALAR] = "a single value",
	[YAML_MAP] = "a map",
	[YAML_LIST] = "a list",
};

enum yaml_kind yaml_kind(const struct yaml_node *node)
{
	return node->kind;
}

int yaml_line(const struct yaml_node *node)
{
	return node->line;
}

static void error_at(const struct yaml_node *node, int line, GError **error, const char *text)
{
	station_error_set(error, STATION_ERROR_CONFIG, "%s:%d: %s", yaml_name(node->doc), line,
	                  text);
}

void yaml_error(const struct yaml_node *node, GError **error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	error_at(node, node->line, error, text);
}

guint yaml_size(const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_MAP:
		return node->entries->len;
	case YAML_LIST:
		return node->items->len;
	case YAML_SCALAR:
		break;
	}
	return 0;
}

const struct yaml_node *yaml_item(const struct yaml_node *list, guint i)
{
	g_return_val_if_fail(list->kind == YAML_LIST && i < list->items->len, NULL);
	return g_ptr_array_index(list->items, i);
}

static const struct yaml_entry *walk(const struct yaml_node *map, guint i)
{
	g_return_val_if_fail(map->kind == YAML_MAP && i < map->entries->len, NULL);
	struct yaml_entry *entry = g_ptr_array_index(map->entries, i);
	entry->asked = TRUE;
	return entry;
}

const char *yaml_key(const struct yaml_node *map, guint i)
{
	const struct yaml_entry *entry = walk(map, i);
	return entry ? entry->key : NULL;
}

const struct yaml_node *yaml_value(const struct yaml_node *map, guint i)
{
	const struct yaml_entry *entry = walk(map, i);
	return entry ? entry->value : NULL;
}

const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key)
{
	if (map->kind != YAML_MAP)
		return NULL;
	if (!g_hash_table_contains(map->asked, key))
		g_hash_table_add(map->asked, g_strdup(key));
	struct yaml_entry *entry = g_hash_table_lookup(map->by_key, key);
	if (!entry)
		return NULL;
	entry->asked = TRUE;
	return entry->value;
}

/* An empty value, "~" and "null" without quotes: the key is there, but says nothing. */
static gboolean says_nothing(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && node->plain &&
	       (*node->text == '\0' || strcmp(node->text, "~") == 0 ||
	        g_ascii_strcasecmp(node->text, "null") == 0);
}

static const char *found(const struct yaml_node *node)
{
	return says_nothing(node) ? "nothing" : kind_names[node->kind];
}

/* Looks a key up; *value is null when it is absent, which is an error when `required`. */
static gboolean look_up(const struct yaml_node *map, const char *key, gboolean required,
                        const struct yaml_node **value, GError **error)
{
	if (map->kind != YAML_MAP) {
		yaml_error(map, error, "expected a map with the key \"%s\", found %s", key,
		           found(map));
		return FALSE;
	}
	*value = yaml_find(map, key);
	if (*value || !required)
		return TRUE;
	yaml_error(map, error, "key \"%s\" is missing", key);
	return FALSE;
}

/* `key` names the value in messages; null for a node that has none. */
static void wrong(const struct yaml_node *node, const char *key, GError **error, const char *text)
{
	if (key)
		yaml_error(node, error, "%s: %s", key, text);
	else
		yaml_error(node, error, "%s", text);
}

static gboolean check_scalar(const struct yaml_node *node, const char *key, const char *expected,
                             GError **error)
{
	if (node->kind == YAML_SCALAR && !says_nothing(node))
		return TRUE;
	g_autofree char *text = g_strdup_printf("expected %s, found %s", expected, found(node));
	wrong(node, key, error, text);
	return FALSE;
}

static gboolean to_string(const struct yaml_node *node, const char *key, const char **value,
                          GError **error)
{
	if (!check_scalar(node, key, "a text", error))
		return FALSE;
	*value = node->text;
	return TRUE;
}

/* Numbers in quotes are texts: whoever put them there meant them so. */
static gboolean check_number(const struct yaml_node *node, const char *key, const char *expected,
                             GError **error)
{
	if (!check_scalar(node, key, expected, error))
		return FALSE;
	if (node->plain)
		return TRUE;
	g_autofree char *text = g_strdup_printf("expected %s, found a text in quotes", expected);
	wrong(node, key, error, text);
	return FALSE;
}

/* 0x and hexadecimal digits, as registers and pages are written. */
static gboolean parse_hex(const char *text, gint64 min, gint64 max, gint64 *value)
{
	if (!g_str_has_prefix(text, "0x"))
		return FALSE;
	const char *digits = text + 2;
	gsize len = strlen(digits);
	if (len == 0 || len > 15 || strspn(digits, "0123456789abcdefABCDEF") != len)
		return FALSE;
	gint64 parsed = g_ascii_strtoll(digits, NULL, 16);
	if (parsed < min || parsed > max)
		return FALSE;
	*value = parsed;
	return TRUE;
}

/* 010 is eight to one reader and ten to the next. */
static gboolean has_leading_zero(const char *text)
{
	text += *text == '-' || *text == '+';
	return text[0] == '0' && g_ascii_isdigit(text[1]);
}

static gboolean to_int(const struct yaml_node *node, const char *key, gint64 min, gint64 max,
                       gint64 *value, GError **error)
{
	if (!check_number(node, key, "a whole number", error))
		return FALSE;
	if (parse_hex(node->text, min, max, value) ||
	    (!has_leading_zero(node->text) && number_parse_int(node->text, min, max, value, NULL)))
		return TRUE;
	g_autofree char *text = NULL;
	if (min == G_MININT64 && max == G_MAXINT64)
		text = g_strdup_printf("expected a whole number, found \"%.60s\"", node->text);
	else
		text = g_strdup_printf("expected a whole number from %" G_GINT64_FORMAT
		                       " to %" G_GINT64_FORMAT ", found \"%.60s\"",
		                       min, max, node->text);
	wrong(node, key, error, text);
	return FALSE;
}

static gboolean to_number(const struct yaml_node *node, const char *key, double *value,
                          GError **error)
{
	if (!check_number(node, key, "a number", error))
		return FALSE;
	if (number_parse_double(node->text, value, NULL))
		return TRUE;
	g_autofree char *text = g_strdup_printf("expected a number, found \"%.60s\"", node->text);
	wrong(node, key, error, text);
	return FALSE;
}

static gboolean to_quantity(const struct yaml_node *node, const char *key, const char *unit,
                            double *value, GError **error)
{
	if (!check_scalar(node, key, "a number with its unit", error))
		return FALSE;
	g_autoptr(GError) cause = NULL;
	if (unit_parse(node->text, unit, value, &cause))
		return TRUE;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_CONFIG))
		wrong(node, key, error, cause->message);
	else
		station_error_set(error, STATION_ERROR_INTERNAL, "%s", cause->message);
	return FALSE;
}

static gboolean to_bool(const struct yaml_node *node, const char *key, gboolean *value,
                        GError **error)
{
	if (!check_scalar(node, key, "true or false", error))
		return FALSE;
	gboolean yes = node->plain && strcmp(node->text, "true") == 0;
	gboolean no = node->plain && strcmp(node->text, "false") == 0;
	if (yes || no) {
		*value = yes;
		return TRUE;
	}
	g_autofree char *text =
		g_strdup_printf("expected true or false, found \"%.60s\"", node->text);
	wrong(node, key, error, text);
	return FALSE;
}

static gboolean of_kind(const struct yaml_node *map, const char *key, enum yaml_kind kind,
                        gboolean required, const struct yaml_node **value, GError **error)
{
	const struct yaml_node *node = NULL;
	if (!look_up(map, key, required, &node, error))
		return FALSE;
	if (node && node->kind != kind) {
		yaml_error(node, error, "%s: expected %s, found %s", key, kind_names[kind],
		           found(node));
		return FALSE;
	}
	*value = node;
	return TRUE;
}

gboolean yaml_string(const struct yaml_node *map, const char *key, const char **value,
                     GError **error)
{
	const struct yaml_node *node = NULL;
	return look_up(map, key, TRUE, &node, error) && to_string(node, key, value, error);
}

gboolean yaml_string_or(const struct yaml_node *map, const char *key, const char **value,
                        const char *absent, GError **error)
{
	const struct yaml_node *node = NULL;
	if (!look_up(map, key, FALSE, &node, error))
		return FALSE;
	if (node)
		return to_string(node, key, value, error);
	*value = absent;
	return TRUE;
}

gboolean yaml_int(const struct yaml_node *map, const char *key, gint64 min, gint64 max,
                  gint64 *value, GError **error)
{
	const struct yaml_node *node = NULL;
	return look_up(map, key, TRUE, &node, error) && to_int(node, key, min, max, value, error);
}

gboolean yaml_int_or(const struct yaml_node *map, const char *key, gint64 min, gint64 max,
                     gint64 *value, gint64 absent, GError **error)
{
	const struct yaml_node *node = NULL;
	if (!look_up(map, key, FALSE, &node, error))
		return FALSE;
	if (node)
		return to_int(node, key, min, max, value, error);
	*value = absent;
	return TRUE;
}

gboolean yaml_number(const struct yaml_node *map, const char *key, double *value, GError **error)
{
	const struct yaml_node *node = NULL;
	return look_up(map, key, TRUE, &node, error) && to_number(node, key, value, error);
}

gboolean yaml_number_or(const struct yaml_node *map, const char *key, double *value, double absent,
                        GError **error)
{
	const struct yaml_node *node = NULL;
	if (!look_up(map, key, FALSE, &node, error))
		return FALSE;
	if (node)
		return to_number(node, key, value, error);
	*value = absent;
	return TRUE;
}

gboolean yaml_quantity(const struct yaml_node *map, const char *key, const char *unit,
                       double *value, GError **error)
{
	const struct yaml_node *node = NULL;
	return look_up(map, key, TRUE, &node, error) && to_quantity(node, key, unit, value, error);
}

gboolean yaml_quantity_or(const struct yaml_node *map, const char *key, const char *unit,
                          double *value, double absent, GError **error)
{
	const struct yaml_node *node = NULL;
	if (!look_up(map, key, FALSE, &node, error))
		return FALSE;
	if (node)
		return to_quantity(node, key, unit, value, error);
	*value = absent;
	return TRUE;
}

gboolean yaml_bool_or(const struct yaml_node *map, const char *key, gboolean *value,
                      gboolean absent, GError **error)
{
	const struct yaml_node *node = NULL;
	if (!look_up(map, key, FALSE, &node, error))
		return FALSE;
	if (node)
		return to_bool(node, key, value, error);
	*value = absent;
	return TRUE;
}

gboolean yaml_list(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                   GError **error)
{
	return of_kind(map, key, YAML_LIST, TRUE, value, error);
}

gboolean yaml_list_or(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                      GError **error)
{
	return of_kind(map, key, YAML_LIST, FALSE, value, error);
}

gboolean yaml_map(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                  GError **error)
{
	return of_kind(map, key, YAML_MAP, TRUE, value, error);
}

gboolean yaml_map_or(const struct yaml_node *map, const char *key, const struct yaml_node **value,
                     GError **error)
{
	return of_kind(map, key, YAML_MAP, FALSE, value, error);
}

gboolean yaml_as_string(const struct yaml_node *node, const char **value, GError **error)
{
	return to_string(node, NULL, value, error);
}

gboolean yaml_as_int(const struct yaml_node *node, gint64 min, gint64 max, gint64 *value,
                     GError **error)
{
	return to_int(node, NULL, min, max, value, error);
}

gboolean yaml_as_number(const struct yaml_node *node, double *value, GError **error)
{
	return to_number(node, NULL, value, error);
}

gboolean yaml_as_quantity(const struct yaml_node *node, const char *unit, double *value,
                          GError **error)
{
	return to_quantity(node, NULL, unit, value, error);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of the keys asked for, one that the file has not: that may be what was meant. */
static const char *nearest_absent(const struct yaml_node *map, const char *key)
{
	g_autoptr(GPtrArray) absent = g_ptr_array_new();
	GHashTableIter iter;
	gpointer name;
	g_hash_table_iter_init(&iter, map->asked);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		if (!g_hash_table_contains(map->by_key, name))
			g_ptr_array_add(absent, name);
	}
	g_ptr_array_sort(absent, compare_names);
	g_ptr_array_add(absent, NULL);
	return suggest_nearest(key, (const char *const *)absent->pdata);
}

gboolean yaml_done(const struct yaml_node *map, GError **error)
{
	if (map->kind != YAML_MAP) {
		yaml_error(map, error, "expected a map, found %s", found(map));
		return FALSE;
	}
	for (guint i = 0; i < map->entries->len; i++) {
		const struct yaml_entry *entry = g_ptr_array_index(map->entries, i);
		if (entry->asked)
			continue;
		const char *nearest = nearest_absent(map, entry->key);
		g_autofree char *text =
			nearest ? g_strdup_printf("key \"%s\" is not known; did you mean \"%s\"?",
		                                  entry->key, nearest)
				: g_strdup_printf("key \"%s\" is not known", entry->key);
		error_at(map, entry->line, error, text);
		return FALSE;
	}
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record.h"

#include "base/error.h"
#include "reports/counts_text.h"
#include "reports/record_check.h"
#include "reports/record_json.h"

#include <math.h>
#include <string.h>

/* --- times ---------------------------------------------------------------------------------- */

static char *time_text(gint64 unix_us)
{
	gint64 seconds = unix_us / G_USEC_PER_SEC - (unix_us % G_USEC_PER_SEC < 0);
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
	if (unix_us == 0 || !time)
		return NULL;
	g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
	return g_strdup_printf("%s.%06dZ", text, (int)(unix_us - seconds * G_USEC_PER_SEC));
}

static gboolean time_parse(const char *text, gint64 *unix_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
	if (!time)
		return FALSE;
	*unix_us = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	g_autofree char *again = time_text(*unix_us);
	return again && strcmp(again, text) == 0;
}

/* --- writing -------------------------------------------------------------------------------- */

static void write_object(struct json_text *json, const char *key, const struct shape *shape,
                         gconstpointer object);

static void write_list(struct json_text *json, const struct shape_field *field,
                       const GPtrArray *list)
{
	json_text_open(json, field->key, '[');
	for (guint i = 0; i < list->len; i++) {
		if (field->part)
			write_object(json, NULL, field->part, list->pdata[i]);
		else
			json_text_string(json, NULL, list->pdata[i]);
	}
	json_text_close(json, ']');
}

static void write_numbers(struct json_text *json, const char *key, const GArray *numbers)
{
	if (numbers)
		json_text_numbers(json, key, (const double *)(const void *)numbers->data,
		                  numbers->len);
	else
		json_text_string(json, key, NULL);
}

static void write_counts(struct json_text *json, const struct shape_field *field,
                         gconstpointer object)
{
	const GArray *counts = *(GArray *const *)shape_at(field, object);
	json_text_counts(json, field->key, (const guint32 *)(const void *)counts->data,
	                 counts->len);
}

static void write_time(struct json_text *json, const char *key, gint64 unix_us)
{
	g_autofree char *text = time_text(unix_us);
	json_text_string(json, key, text);
}

static void write_field(struct json_text *json, const struct shape_field *field,
                        gconstpointer object)
{
	gconstpointer at = shape_at(field, object);
	const char *key = field->key;
	switch (field->kind) {
	case SHAPE_TEXT:
		json_text_string(json, key, *(char *const *)at ? *(char *const *)at : "");
		break;
	case SHAPE_TEXT_OR_NULL:
		json_text_string(json, key, *(char *const *)at);
		break;
	case SHAPE_INT:
	case SHAPE_INDEX:
		json_text_int(json, key, *(const int *)at);
		break;
	case SHAPE_UINT:
		json_text_int(json, key, *(const guint *)at);
		break;
	case SHAPE_TIME:
		write_time(json, key, *(const gint64 *)at);
		break;
	case SHAPE_FLAG:
		json_text_flag(json, key, *(const gboolean *)at);
		break;
	case SHAPE_NUMBER:
	case SHAPE_NUMBER_OR_NAN:
		json_text_number(json, key, *(const double *)at);
		break;
	case SHAPE_VERDICT:
		json_text_string(json, key, verdict_name(*(const enum verdict *)at));
		break;
	case SHAPE_GATE:
		json_text_string(json, key, limit_gate_name(*(const enum limit_gate *)at));
		break;
	case SHAPE_RULE:
		json_text_string(json, key, limit_rule_name(*(const enum limit_rule *)at));
		break;
	case SHAPE_LETTER:
		json_text_string(json, key, (const char[]){*(const char *)at, '\0'});
		break;
	case SHAPE_NUMBERS:
	case SHAPE_NUMBERS_OR_NULL:
		write_numbers(json, key, *(GArray *const *)at);
		break;
	case SHAPE_COUNTS:
		write_counts(json, field, object);
		break;
	case SHAPE_PART:
		write_object(json, key, field->part, at);
		break;
	case SHAPE_PART_OR_NULL:
		if (*(const gconstpointer *)at)
			write_object(json, key, field->part, *(const gconstpointer *)at);
		break;
	case SHAPE_LIST:
	case SHAPE_TEXTS:
		write_list(json, field, *(GPtrArray *const *)at);
		break;
	}
}

static void write_object(struct json_text *json, const char *key, const struct shape *shape,
                         gconstpointer object)
{
	json_text_open(json, key, '{');
	if (shape == &shape_run)
		json_text_string(json, "schema", RECORD_SCHEMA);
	for (gsize i = 0; i < shape->n_fields; i++)
		write_field(json, &shape->fields[i], object);
	json_text_close(json, '}');
}

void record_json_write(struct json_text *json, const char *key, const struct shape *shape,
                       gconstpointer object)
{
	write_object(json, key, shape, object);
}

char *run_record_to_json(const struct run_record *record)
{
	struct json_text json = json_text_begin();
	write_object(&json, NULL, &shape_run, record);
	return json_text_end(&json);
}

/* --- reading -------------------------------------------------------------------------------- */

static gboolean refuse(GError **error, const char *expected)
{
	station_error_set(error, STATION_ERROR_STORAGE, "expected %s", expected);
	return FALSE;
}

static gboolean read_text(JsonNode *node, char **text, GError **error)
{
	if (json_node_get_value_type(node) != G_TYPE_STRING)
		return refuse(error, "a text");
	g_free(*text);
	*text = json_node_dup_string(node);
	return TRUE;
}

static gboolean read_whole(JsonNode *node, gint64 min, gint64 max, gint64 *value, GError **error)
{
	if (json_node_get_value_type(node) != G_TYPE_INT64)
		return refuse(error, "a whole number");
	*value = json_node_get_int(node);
	return (*value >= min && *value <= max) || refuse(error, "a smaller whole number");
}

static gboolean read_number(JsonNode *node, double *value, GError **error)
{
	GType type = json_node_get_value_type(node);
	if (JSON_NODE_HOLDS_NULL(node))
		*value = NAN;
	else if (type == G_TYPE_DOUBLE)
		*value = json_node_get_double(node);
	else if (type == G_TYPE_INT64)
		*value = (double)json_node_get_int(node);
	else
		return refuse(error, "a number or null");
	return !isinf(*value) || refuse(error, "a smaller number");
}

static gboolean read_array(JsonNode *node, JsonArray **array, GError **error)
{
	if (!JSON_NODE_HOLDS_ARRAY(node))
		return refuse(error, "an array");
	*array = json_node_get_array(node);
	return TRUE;
}

static gboolean read_numbers(JsonNode *node, GArray **numbers, GError **error)
{
	JsonArray *array;
	if (!read_array(node, &array, error))
		return FALSE;
	g_clear_pointer(numbers, g_array_unref);
	*numbers = g_array_new(FALSE, TRUE, sizeof(double));
	for (guint i = 0; i < json_array_get_length(array); i++) {
		double value;
		if (!read_number(json_array_get_element(array, i), &value, error))
			return FALSE;
		g_array_append_val(*numbers, value);
	}
	return TRUE;
}

/* The array of documents of the first schema. */
static gboolean read_counts_array(JsonNode *node, GArray *counts, GError **error)
{
	JsonArray *array;
	if (!read_array(node, &array, error))
		return FALSE;
	for (guint i = 0; i < json_array_get_length(array); i++) {
		gint64 whole;
		if (!read_whole(json_array_get_element(array, i), 0, G_MAXUINT32, &whole, error))
			return FALSE;
		g_array_append_vals(counts, &(guint32){(guint32)whole}, 1);
	}
	return TRUE;
}

static gboolean read_counts(JsonNode *node, GArray *counts, GError **error)
{
	if (JSON_NODE_HOLDS_ARRAY(node))
		return read_counts_array(node, counts, error);
	return (json_node_get_value_type(node) == G_TYPE_STRING &&
	        counts_text_read(json_node_get_string(node), RECORD_PICTURE_MAX, counts)) ||
	       refuse(error, "counts such as \"5120x0 3 17\"");
}

static gboolean read_time(JsonNode *node, gint64 *unix_us, GError **error)
{
	*unix_us = 0;
	if (JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	if (json_node_get_value_type(node) != G_TYPE_STRING ||
	    !time_parse(json_node_get_string(node), unix_us))
		return refuse(error, "a time such as 2026-01-31T12:34:56.000000Z, or null");
	return TRUE;
}

/* A text that stands for one of a few values. */
static gboolean read_name(JsonNode *node, const struct shape_field *field, gpointer at,
                          GError **error)
{
	g_autofree char *name = NULL;
	if (!read_text(node, &name, error))
		return FALSE;
	if (field->kind == SHAPE_VERDICT)
		return verdict_parse(name, at) || refuse(error, "a verdict");
	if (field->kind == SHAPE_GATE)
		return limit_gate_parse(name, at) || refuse(error, "a gate");
	if (field->kind == SHAPE_RULE)
		return limit_rule_parse(name, at) || refuse(error, "a rule");
	*(char *)at = *name;
	return strlen(name) <= 1 || refuse(error, "one letter or none");
}

/* `before`: the document is of the schema before, which lacks what is new. */
static gboolean read_object(JsonNode *node, const struct shape *shape, gpointer object,
                            gboolean before, GError **error);

static gboolean read_list(JsonNode *node, const struct shape_field *field, GPtrArray *list,
                          gboolean before, GError **error)
{
	JsonArray *array;
	if (!read_array(node, &array, error))
		return FALSE;
	for (guint i = 0; i < json_array_get_length(array); i++) {
		JsonNode *item = json_array_get_element(array, i);
		gpointer entry = field->part ? shape_new(field->part) : g_strdup("");
		g_ptr_array_add(list, entry);
		gboolean good = field->part ? read_object(item, field->part, entry, before, error)
		                            : read_text(item, (char **)&list->pdata[i], error);
		if (!good) {
			g_prefix_error(error, "item %u: ", i);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_flag(JsonNode *node, gboolean *flag, GError **error)
{
	if (json_node_get_value_type(node) != G_TYPE_BOOLEAN)
		return refuse(error, "true or false");
	*flag = json_node_get_boolean(node);
	return TRUE;
}

static gboolean read_int(JsonNode *node, const struct shape_field *field, gpointer at,
                         GError **error)
{
	gint64 value = 0;
	gboolean is_unsigned = field->kind == SHAPE_UINT;
	if (!read_whole(node, is_unsigned ? 0 : G_MININT, is_unsigned ? G_MAXUINT : G_MAXINT,
	                &value, error))
		return FALSE;
	if (is_unsigned)
		*(guint *)at = (guint)value;
	else
		*(int *)at = (int)value;
	return TRUE;
}

static gboolean read_field(JsonNode *node, const struct shape_field *field, gpointer object,
                           gboolean before, GError **error)
{
	gpointer at = shape_at(field, object);
	switch (field->kind) {
	case SHAPE_TEXT_OR_NULL:
		if (JSON_NODE_HOLDS_NULL(node))
			return TRUE;
		return read_text(node, at, error);
	case SHAPE_TEXT:
		return read_text(node, at, error);
	case SHAPE_INT:
	case SHAPE_INDEX:
	case SHAPE_UINT:
		return read_int(node, field, at, error);
	case SHAPE_TIME:
		return read_time(node, at, error);
	case SHAPE_FLAG:
		return read_flag(node, at, error);
	case SHAPE_NUMBER:
	case SHAPE_NUMBER_OR_NAN:
		return read_number(node, at, error);
	case SHAPE_VERDICT:
	case SHAPE_GATE:
	case SHAPE_RULE:
	case SHAPE_LETTER:
		return read_name(node, field, at, error);
	case SHAPE_NUMBERS_OR_NULL:
		if (JSON_NODE_HOLDS_NULL(node))
			return TRUE;
		return read_numbers(node, at, error);
	case SHAPE_NUMBERS:
		return read_numbers(node, at, error);
	case SHAPE_COUNTS:
		return read_counts(node, *(GArray **)at, error);
	case SHAPE_PART:
		return read_object(node, field->part, at, before, error);
	case SHAPE_PART_OR_NULL:
		*(gpointer *)at = shape_new(field->part);
		return read_object(node, field->part, *(gpointer *)at, before, error);
	case SHAPE_LIST:
	case SHAPE_TEXTS:
		return read_list(node, field, *(GPtrArray **)at, before, error);
	}
	return refuse(error, "a field of a known kind");
}

static const struct shape_field *find_field(const struct shape *shape, const char *key)
{
	for (gsize i = 0; i < shape->n_fields; i++) {
		if (strcmp(shape->fields[i].key, key) == 0)
			return &shape->fields[i];
	}
	return NULL;
}

static gboolean check_keys(JsonObject *members, const struct shape *shape, GError **error)
{
	g_autoptr(GList) keys = json_object_get_members(members);
	for (GList *key = keys; key; key = key->next) {
		gboolean is_schema = shape == &shape_run && strcmp(key->data, "schema") == 0;
		if (is_schema || find_field(shape, key->data))
			continue;
		station_error_set(error, STATION_ERROR_STORAGE, "key \"%s\" is not known",
		                  (const char *)key->data);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_object(JsonNode *node, const struct shape *shape, gpointer object,
                            gboolean before, GError **error)
{
	if (!JSON_NODE_HOLDS_OBJECT(node))
		return refuse(error, "an object");
	JsonObject *members = json_node_get_object(node);
	if (!check_keys(members, shape, error))
		return FALSE;
	for (gsize i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];
		JsonNode *member = json_object_get_member(members, field->key);
		if (!member && (field->is_late || (before && field->is_new)))
			continue;
		if (!member) {
			station_error_set(error, STATION_ERROR_STORAGE, "no key \"%s\"",
			                  field->key);
			return FALSE;
		}
		if (!read_field(member, field, object, before, error)) {
			g_prefix_error(error, "%s: ", field->key);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean record_json_read(JsonNode *node, const struct shape *shape, gpointer object,
                          GError **error)
{
	return read_object(node, shape, object, FALSE, error);
}

static gboolean check_schema(JsonNode *root, gboolean *before, GError **error)
{
	JsonNode *schema = NULL;
	if (root && JSON_NODE_HOLDS_OBJECT(root))
		schema = json_object_get_member(json_node_get_object(root), "schema");
	const char *name = NULL;
	if (schema && json_node_get_value_type(schema) == G_TYPE_STRING)
		name = json_node_get_string(schema);
	*before = g_strcmp0(name, RECORD_SCHEMA_BEFORE) == 0;
	if (*before || g_strcmp0(name, RECORD_SCHEMA) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "schema is not " RECORD_SCHEMA);
	return FALSE;
}

struct run_record *run_record_from_json(const char *json, gssize len, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	g_autoptr(GError) cause = NULL;
	if (!json_parser_load_from_data(parser, json, len, &cause)) {
		station_error_set(error, STATION_ERROR_STORAGE, "run document: %s", cause->message);
		return NULL;
	}
	g_autoptr(run_record) record = shape_new(&shape_run);
	JsonNode *root = json_parser_get_root(parser);
	gboolean before = FALSE;
	if (!check_schema(root, &before, error) ||
	    !read_object(root, &shape_run, record, before, error) || !record_check(record, error)) {
		g_prefix_error(error, "run document: ");
		return NULL;
	}
	return g_steal_pointer(&record);
}

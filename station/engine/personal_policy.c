/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/personal_policy.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"

#include <string.h>

#define BLOCK_MAX 8

/* A field by its name, or bytes at a place. */
struct personal_item {
	char *field; /* null: bytes */
	guint page, byte;
	char *text; /* with $; null: data */
	GByteArray *data;
};

static void item_free(gpointer data)
{
	struct personal_item *item = data;

	g_free(item->field);
	g_free(item->text);
	if (item->data)
		g_byte_array_unref(item->data);
	g_free(item);
}

void personal_policy_free(struct personal_policy *policy)
{
	if (!policy)
		return;
	g_ptr_array_unref(policy->items);
	g_free(policy);
}

/* --- $ ---------------------------------------------------------------------------------------- */

static char *today(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(clock_unix_us() / G_USEC_PER_SEC);

	return g_date_time_format(now, "%y%m%d");
}

/* The value behind a $; null when there is none of the name. */
static const char *value_of(const struct personal_unit *unit, const char *date, const char *name,
                            gsize len)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{"serial", unit->serial}, {"part_number", unit->part_number},
		{"lot", unit->lot},       {"type", unit->type},
		{"date", date},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strlen(rows[i].name) == len && strncmp(rows[i].name, name, len) == 0)
			return rows[i].value;
	return NULL;
}

static gsize name_length(const char *text)
{
	gsize len = 0;

	while (g_ascii_islower(text[len]) || text[len] == '_')
		len++;
	return len;
}

/* $$ is a $. Free with g_free. */
static char *substitute(const char *text, const struct personal_unit *unit, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *date = today();

	for (; *text; text++) {
		const char *value;
		gsize len;

		if (*text != '$' || text[1] == '$') {
			g_string_append_c(out, *text);
			text += *text == '$';
			continue;
		}
		len = name_length(text + 1);
		value = value_of(unit, date, text + 1, len);
		if (!value) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "\"$%.*s\" is none of $serial, $part_number, $lot, "
			                  "$type, $date; a $ itself is $$",
			                  (int)len, text + 1);
			return NULL;
		}
		g_string_append(out, value);
		text += len;
	}
	return g_strdup(out->str);
}

static gboolean put_item(struct module_image *image, const struct personal_item *item,
                         const struct personal_unit *unit, GError **error)
{
	g_autofree char *text = NULL;

	if (item->data)
		return personal_put_bytes(image, item->page, item->byte, item->data->data,
		                          item->data->len, error);
	text = substitute(item->text, unit, error);
	if (!text)
		return FALSE;
	if (item->field)
		return personal_put_field(image, item->field, text, error);
	return personal_put_bytes(image, item->page, item->byte, (const guint8 *)text, strlen(text),
	                          error);
}

struct module_image *personal_policy_image(const struct personal_policy *policy,
                                           const struct personal_unit *unit, GError **error)
{
	g_autoptr(module_image) image = module_image_new();
	g_autoptr(GError) cause = NULL;

	for (guint i = 0; i < policy->items->len; i++) {
		if (put_item(image, g_ptr_array_index(policy->items, i), unit, &cause))
			continue;
		station_error_set(error, STATION_ERROR_CONFIG, "personalise: %s", cause->message);
		return NULL;
	}
	return g_steal_pointer(&image);
}

gboolean personal_policy_sets(const struct personal_policy *policy, const char *field)
{
	for (guint i = 0; policy && i < policy->items->len; i++) {
		const struct personal_item *item = g_ptr_array_index(policy->items, i);

		if (g_strcmp0(item->field, field) == 0)
			return TRUE;
	}
	return FALSE;
}

/* --- the file --------------------------------------------------------------------------------- */

/* With values that fit everywhere: what is wrong then is wrong for every unit. */
static gboolean check_item(const struct personal_item *item, const struct yaml_node *node,
                           GError **error)
{
	static const struct personal_unit shortest = {"", "", "", ""};
	g_autoptr(module_image) image = module_image_new();
	g_autoptr(GError) cause = NULL;
	gboolean may_be_empty = item->text && strchr(item->text, '$');

	if (put_item(image, item, &shortest, &cause) ||
	    (may_be_empty && !item->field && cause->code == STATION_ERROR_RANGE))
		return TRUE;
	yaml_error(node, error, "%s", cause->message);
	return FALSE;
}

static gboolean read_fields(struct personal_policy *policy, const struct yaml_node *map,
                            GError **error)
{
	for (guint i = 0; map && i < yaml_size(map); i++) {
		struct personal_item *item = g_new0(struct personal_item, 1);
		const struct yaml_node *node = yaml_value(map, i);
		const char *text;

		g_ptr_array_add(policy->items, item);
		item->field = g_strdup(yaml_key(map, i));
		if (!yaml_as_string(node, &text, error))
			return FALSE;
		item->text = g_strdup(text);
		if (!check_item(item, node, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean read_value(struct personal_item *item, const struct yaml_node *map, GError **error)
{
	const char *text, *hex;

	if (!yaml_string_or(map, "text", &text, NULL, error) ||
	    !yaml_string_or(map, "hex", &hex, NULL, error))
		return FALSE;
	if (!text == !hex) {
		yaml_error(map, error, "bytes want either text or hex");
		return FALSE;
	}
	item->text = g_strdup(text);
	item->data = hex ? bytes_from_hex(hex, NULL) : NULL;
	if (text || item->data)
		return TRUE;
	yaml_error(yaml_find(map, "hex"), error,
	           "\"hex: %s\": pairs of hexadecimal digits, in quotes", hex);
	return FALSE;
}

static gboolean read_bytes(struct personal_policy *policy, const struct yaml_node *list,
                           GError **error)
{
	for (guint i = 0; list && i < yaml_size(list); i++) {
		struct personal_item *item = g_new0(struct personal_item, 1);
		const struct yaml_node *map = yaml_item(list, i);
		gint64 page, byte;

		g_ptr_array_add(policy->items, item);
		if (!yaml_int(map, "page", 0, 3, &page, error) ||
		    !yaml_int(map, "byte", 128, 255, &byte, error))
			return FALSE;
		item->page = (guint)page;
		item->byte = (guint)byte;
		if (!read_value(item, map, error) || !yaml_done(map, error) ||
		    !check_item(item, map, error))
			return FALSE;
	}
	return TRUE;
}

struct personal_policy *personal_policy_load(const struct yaml_node *map, GError **error)
{
	struct personal_policy *policy = g_new0(struct personal_policy, 1);
	const struct yaml_node *fields, *bytes;
	gint64 password, block;

	policy->items = g_ptr_array_new_with_free_func(item_free);
	if (yaml_map_or(map, "fields", &fields, error) && read_fields(policy, fields, error) &&
	    yaml_list_or(map, "bytes", &bytes, error) && read_bytes(policy, bytes, error) &&
	    yaml_int_or(map, "password", 0, G_MAXUINT32, &password, -1, error) &&
	    yaml_int_or(map, "block", 1, BLOCK_MAX, &block, BLOCK_MAX, error) &&
	    yaml_quantity_or(map, "write_time", "s", &policy->write_s, 0.08, error) &&
	    yaml_done(map, error)) {
		policy->has_password = password >= 0;
		policy->password = (guint32)MAX(password, 0);
		policy->block = (gsize)block;
		if (policy->items->len)
			return policy;
		yaml_error(map, error, "personalise wants fields or bytes");
	}
	personal_policy_free(policy);
	return NULL;
}

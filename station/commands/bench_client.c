/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/bench_client.h"

#include "base/error.h"
#include "base/number.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* To tell what a unit is in truth takes the bench longest. */
#define LIMIT_S   60
#define REPLY_MAX (1u << 20)

/* --- the request ------------------------------------------------------------------------------ */

static void add_argument(JsonBuilder *request, const struct bench_argument *argument)
{
	double number;

	json_builder_set_member_name(request, argument->member);
	if (!argument->is_number || !number_parse_double(argument->text, &number, NULL))
		json_builder_add_string_value(request, argument->text);
	else if (number == floor(number) && fabs(number) < 1e15)
		json_builder_add_int_value(request, (gint64)number);
	else
		json_builder_add_double_value(request, number);
}

/* With a line feed. */
static char *request_text(const char *command, const struct bench_argument *arguments, guint n)
{
	g_autoptr(JsonBuilder) request = json_builder_new();

	json_builder_begin_object(request);
	json_builder_set_member_name(request, "command");
	json_builder_add_string_value(request, command);
	for (guint i = 0; i < n; i++)
		add_argument(request, &arguments[i]);
	json_builder_end_object(request);
	g_autoptr(JsonNode) root = json_builder_get_root(request);
	g_autofree char *text = json_to_string(root, FALSE);
	return g_strconcat(text, "\n", NULL);
}

/* --- the reply -------------------------------------------------------------------------------- */

static void free_item(gpointer data)
{
	struct bench_item *item = data;

	g_free(item->name);
	shell_value_clear(&item->value);
	g_free(item);
}

/* The unit that a name ends in; *end is where. */
static const char *unit_of(const char *name, gsize *end, double *factor)
{
	static const struct {
		const char *ending, *unit;
		double factor;
	} rows[] = {
		{"_dbm", "dBm", 1}, {"_db", "dB", 1}, {"_degc", "degC", 1},
		{"_nm", "m", 1e-9}, {"_v", "V", 1},   {"_w", "W", 1},
		{"_s", "s", 1},     {"_m", "m", 1},   {"_light", "dBm", 1},
	};

	*end = strlen(name);
	*factor = 1;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!g_str_has_suffix(name, rows[i].ending))
			continue;
		/* "tx_light" is a level whose name does not say so */
		*end -= strcmp(rows[i].ending, "_light") == 0 ? 0 : strlen(rows[i].ending);
		*factor = rows[i].factor;
		return rows[i].unit;
	}
	return "1";
}

static struct value value_of(JsonNode *node, const char *unit, double factor)
{
	GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_NONE;

	if (type == G_TYPE_BOOLEAN)
		return shell_value_flag(json_node_get_boolean(node));
	if (type == G_TYPE_STRING)
		return shell_value_text(json_node_get_string(node));
	if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE)
		return shell_value_number(json_node_get_double(node) * factor, unit);
	return (struct value){0};
}

static void flatten(GPtrArray *items, const char *name, guint index, JsonNode *node)
{
	if (JSON_NODE_HOLDS_OBJECT(node)) {
		JsonObjectIter iter;
		const char *key;
		JsonNode *member;

		json_object_iter_init_ordered(&iter, json_node_get_object(node));
		while (json_object_iter_next_ordered(&iter, &key, &member)) {
			g_autofree char *inner =
				*name ? g_strdup_printf("%s.%s", name, key) : g_strdup(key);
			flatten(items, inner, index, member);
		}
	} else if (JSON_NODE_HOLDS_ARRAY(node)) {
		JsonArray *array = json_node_get_array(node);
		g_autofree char *outer =
			index ? g_strdup_printf("%u.%s", index, name) : g_strdup(name);

		for (guint i = 0; i < json_array_get_length(array); i++)
			flatten(items, outer, i + 1, json_array_get_element(array, i));
	} else {
		struct bench_item *item = g_new0(struct bench_item, 1);
		double factor;
		gsize end;
		const char *unit = unit_of(name, &end, &factor);

		item->name = g_strndup(name, end);
		item->index = index;
		item->value = value_of(node, unit, factor);
		g_ptr_array_add(items, item);
	}
}

static GPtrArray *read_reply(const char *text, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	GPtrArray *items;
	JsonObject *reply;

	if (!json_parser_load_from_data(parser, text, -1, NULL) || !json_parser_get_root(parser) ||
	    !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "virtual bench: this is no reply: %.80s", text);
		return NULL;
	}
	reply = json_node_get_object(json_parser_get_root(parser));
	if (!json_object_get_boolean_member_with_default(reply, "ok", FALSE)) {
		station_error_set(error, STATION_ERROR_REFUSED, "virtual bench: %s",
		                  json_object_get_string_member_with_default(reply, "error",
		                                                             "it did not say why"));
		return NULL;
	}
	items = g_ptr_array_new_with_free_func(free_item);
	flatten(items, "", 0, json_parser_get_root(parser));
	g_ptr_array_remove_index(items, 0);
	return items;
}

/* --- the connection --------------------------------------------------------------------------- */

static GString *exchange(GSocketConnection *connection, const char *request, GCancellable *stop,
                         GError **error)
{
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
	GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
	g_autoptr(GString) reply = g_string_new(NULL);

	if (!g_output_stream_write_all(out, request, strlen(request), NULL, stop, error))
		return NULL;
	while (!memchr(reply->str, '\n', reply->len) && reply->len < REPLY_MAX) {
		char chunk[4096];
		gssize got = g_input_stream_read(in, chunk, sizeof chunk, stop, error);
		if (got < 0)
			return NULL;
		if (got == 0) {
			g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CLOSED,
			                    "the connection was closed");
			return NULL;
		}
		g_string_append_len(reply, chunk, got);
	}
	return g_steal_pointer(&reply);
}

static void tell_failure(guint16 port, const GError *why, GError **error)
{
	enum station_error kind = STATION_ERROR_IO;

	if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
		kind = STATION_ERROR_TIMEOUT;
	if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		kind = STATION_ERROR_CANCELLED;
	station_error_set(error, kind, "virtual bench at port %u: %s", port, why->message);
}

GPtrArray *bench_client_ask(guint16 port, const char *command,
                            const struct bench_argument *arguments, guint n, GCancellable *stop,
                            GError **error)
{
	g_autofree char *request = request_text(command, arguments, n);
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) why = NULL;

	g_socket_client_set_timeout(client, LIMIT_S);
	g_socket_client_set_enable_proxy(client, FALSE);
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_to_host(client, "127.0.0.1", port, stop, &why);
	g_autoptr(GString) reply = connection ? exchange(connection, request, stop, &why) : NULL;
	if (reply)
		return read_reply(reply->str, error);
	tell_failure(port, why, error);
	return NULL;
}

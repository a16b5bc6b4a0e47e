/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/control_client.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "bench/control.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define REPLY_MAX (1u << 20)

static const struct control_command *find_command(const char *name, GError **error)
{
	const char *names[32] = {0};
	g_return_val_if_fail(control_n_commands < G_N_ELEMENTS(names), NULL);

	for (guint i = 0; i < control_n_commands; i++) {
		if (strcmp(control_commands[i].name, name) == 0)
			return &control_commands[i];
		names[i] = control_commands[i].name;
	}
	const char *nearest = suggest_nearest(name, names);
	station_error_set(error, STATION_ERROR_CONFIG, "there is no command %s%s%s%s", name,
	                  nearest ? "; did you mean " : "", nearest ? nearest : "",
	                  nearest ? "?" : "");
	return NULL;
}

/* One argument as the member that the command's row names. */
static gboolean add_member(JsonBuilder *request, const char *member, const char *word,
                           GError **error)
{
	double number = 0.0;
	/* A unit is the number of a site when it looks like one, else a serial number. */
	gboolean site = strcmp(member, "unit") == 0 && strlen(word) <= 2 &&
	                strspn(word, "0123456789") == strlen(word);
	gboolean off = strcmp(member, "lane") == 0 && strcmp(word, "off") == 0;

	json_builder_set_member_name(request, member);
	if ((!g_strv_contains(control_number_members, member) && !site) || off) {
		json_builder_add_string_value(request, word);
		return TRUE;
	}
	if (!number_parse_double(word, &number, error)) {
		g_prefix_error(error, "%s: ", member);
		return FALSE;
	}
	if (number == floor(number) && fabs(number) < 1e15)
		json_builder_add_int_value(request, (gint64)number);
	else
		json_builder_add_double_value(request, number);
	return TRUE;
}

char *control_client_request(const char *const *words, GError **error)
{
	const struct control_command *command = find_command(words[0], error);
	if (!command)
		return NULL;

	g_auto(GStrv) members =
		*command->parameters ? g_strsplit(command->parameters, " ", -1) : NULL;
	g_autoptr(JsonBuilder) request = json_builder_new();
	guint n = 1;
	json_builder_begin_object(request);
	json_builder_set_member_name(request, "command");
	json_builder_add_string_value(request, command->name);
	for (guint i = 0; members && members[i]; i++) {
		gboolean optional = members[i][0] == '?';
		if (!words[n] && optional)
			break;
		if (!words[n]) {
			station_error_set(error, STATION_ERROR_CONFIG, "%s: %s is missing",
			                  command->name, members[i]);
			return NULL;
		}
		if (!add_member(request, members[i] + optional, words[n++], error))
			return NULL;
	}
	if (words[n]) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: too many arguments: %s",
		                  command->name, words[n]);
		return NULL;
	}
	json_builder_end_object(request);
	g_autoptr(JsonNode) root = json_builder_get_root(request);
	g_autofree char *text = json_to_string(root, FALSE);
	return g_strconcat(text, "\n", NULL);
}

/* Error kinds of GIO as ours. */
static void set_io_error(GError **error, guint16 port, const GError *cause)
{
	gboolean late = g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
	station_error_set(error, late ? STATION_ERROR_TIMEOUT : STATION_ERROR_IO,
	                  "virtual bench at port %u: %s", port, cause->message);
}

static GString *exchange(GSocketConnection *connection, const char *request, GError **error)
{
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
	GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
	g_autoptr(GString) reply = g_string_new(NULL);

	if (!g_output_stream_write_all(out, request, strlen(request), NULL, NULL, error))
		return NULL;
	while (!memchr(reply->str, '\n', reply->len) && reply->len < REPLY_MAX) {
		char chunk[4096];
		gssize got = g_input_stream_read(in, chunk, sizeof(chunk), NULL, error);
		if (got < 0)
			return NULL;
		if (got == 0) {
			g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CLOSED,
			                    "connection closed");
			return NULL;
		}
		g_string_append_len(reply, chunk, got);
	}
	return g_steal_pointer(&reply);
}

char *control_client_ask(guint16 port, const char *request, double timeout_s, gboolean *ok,
                         GError **error)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) cause = NULL;

	g_socket_client_set_timeout(client, (guint)ceil(timeout_s));
	g_socket_client_set_enable_proxy(client, FALSE);
	g_autoptr(GSocketConnection) connection =
		g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, &cause);
	g_autoptr(GString) reply = connection ? exchange(connection, request, &cause) : NULL;
	if (!reply) {
		set_io_error(error, port, cause);
		return NULL;
	}
	g_strchomp(reply->str);

	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	JsonNode *root = NULL;
	if (json_parser_load_from_data(parser, reply->str, -1, NULL))
		root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "not a reply: %s", reply->str);
		return NULL;
	}
	*ok = json_object_get_boolean_member_with_default(json_node_get_object(root), "ok", FALSE);
	return g_strdup(reply->str);
}

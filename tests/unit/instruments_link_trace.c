/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/trace.h"

#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

#include <json-glib/json-glib.h>

static void serve_echo(int fd, int connection, gpointer data)
{
	char line[256];
	while (peer_line(fd, line, sizeof line)) {
		if (g_str_equal(line, "bye"))
			return;
		peer_send(fd, line, strlen(line));
		peer_send(fd, "\n", 1);
	}
}

/* One line for each event: kind, bytes, error. */
static void note_event(const struct link_event *event, gpointer user_data)
{
	GString *notes = user_data;
	g_assert_cmpint(event->start_us, >, 0);
	g_assert_cmpint(event->duration_us, >=, 0);
	g_assert_true(g_str_has_prefix(event->resource, "TCPIP::127.0.0.1::"));
	g_string_append_printf(notes, "%d[%.*s]%s\n", (int)event->kind, (int)event->len,
	                       event->data ? (const char *)event->data : "",
	                       event->error ? "!" : "");
}

/* A query that works, one that does not, one after recovery. */
static void talk(struct link *link)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(link_query(link, "a\"\\\t?", reply, 100, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "a\"\\\t?", 5);
	g_assert_false(link_query(link, "bye", reply, 100, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_true(link_query(link, "#12\n\xff", reply, 100, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "#12\n\xff", 5);
}

/* In a message of ours the LF within the block is a line for the peer: its echo is the same bytes.
 */
static void test_sink(void)
{
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	g_autoptr(GString) notes = g_string_new(NULL);
	struct link_sink sink = {note_event, notes};
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autofree char *resource = g_strconcat("trace:", peer.resource, NULL);
	struct link *link = link_open(resource, &link_settings_scpi, &sink, &bounds, NULL);
	g_assert_cmpstr(link_resource(link), ==, peer.resource);
	talk(link);
	link_close(link);
	peer_stop(&peer);
	g_assert_cmpstr(notes->str, ==,
	                "0[]\n"
	                "1[a\"\\\t?]\n2[a\"\\\t?]\n"
	                "1[bye]\n2[]!\n"
	                "3[]\n"
	                "1[#12\n\xff]\n2[#12\n\xff]\n"
	                "4[]\n");
}

static JsonObject *parse_line(const char *line, JsonParser *parser)
{
	GError *error = NULL;
	json_parser_load_from_data(parser, line, -1, &error);
	g_assert_no_error(error);
	JsonObject *object = json_node_get_object(json_parser_get_root(parser));
	g_assert_cmpint(json_object_get_int_member(object, "start_us"), >, 0);
	g_assert_cmpint(json_object_get_int_member(object, "duration_us"), >=, 0);
	return object;
}

struct line_row {
	const char *event;
	const char *text;
	const char *hex;
	const char *error;
};

/* clang-format off */
static const struct line_row line_rows[] = {
	{"opened",   NULL,       NULL,         NULL},
	{"sent",     "a\"\\\t?", NULL,         NULL},
	{"received", "a\"\\\t?", NULL,         NULL},
	{"sent",     "bye",      NULL,         NULL},
	{"received", "",         NULL,         "io"},
	{"cleared",  NULL,       NULL,         NULL},
	{"sent",     NULL,       "2331320aff", NULL},
	{"received", NULL,       "2331320aff", NULL},
	{"closed",   NULL,       NULL,         NULL},
};
/* clang-format on */

static void assert_member(JsonObject *object, const char *name, const char *expected)
{
	g_assert_cmpint(json_object_has_member(object, name), ==, expected != NULL);
	if (expected)
		g_assert_cmpstr(json_object_get_string_member(object, name), ==, expected);
}

static void test_file(void)
{
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	g_autofree char *path = g_build_filename(g_get_user_runtime_dir(), "trace:1.jsonl", NULL);
	g_mkdir_with_parents(g_get_user_runtime_dir(), 0700);
	g_autofree char *escaped =
		g_build_filename(g_get_user_runtime_dir(), "trace%3A1.jsonl", NULL);
	g_autofree char *resource = g_strdup_printf("trace:file=%s:%s", escaped, peer.resource);
	struct bounds bounds = {deadline_in_s(10), NULL};
	GError *error = NULL;
	for (int i = 0; i < 2; i++) {
		struct link *link = link_open(resource, &link_settings_scpi, NULL, &bounds, &error);
		g_assert_no_error(error);
		talk(link);
		link_close(link);
	}
	peer_stop(&peer);
	g_autofree char *content = NULL;
	g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(content, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 2 * G_N_ELEMENTS(line_rows) + 1);
	for (gsize i = 0; i < 2 * G_N_ELEMENTS(line_rows); i++) {
		const struct line_row *row = &line_rows[i % G_N_ELEMENTS(line_rows)];
		g_autoptr(JsonParser) parser = json_parser_new();
		JsonObject *object = parse_line(lines[i], parser);
		assert_member(object, "event", row->event);
		assert_member(object, "text", row->text);
		assert_member(object, "hex", row->hex);
		assert_member(object, "error", row->error);
	}
}

static void test_failures(void)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_null(link_open("trace:TCPIP::127.0.0.1::9::SOCKET", &link_settings_scpi, NULL,
	                        &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	g_assert_null(link_open("trace:file=/nowhere/at/all:TCPIP::127.0.0.1::9::SOCKET",
	                        &link_settings_scpi, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
}

/* A trace that cannot be written stops the work: a full disk is not to be found out afterwards. */
static void test_full_disk(void)
{
	if (access("/dev/full", W_OK) != 0) {
		g_test_skip("/dev/full is not here");
		return;
	}
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	g_autofree char *resource = g_strconcat("trace:file=/dev/full:", peer.resource, NULL);
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	struct link *link = link_open(resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	g_assert_false(link_write(link, "a", 1, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	link_close(link);
	peer_stop(&peer);
}

/* Failing to open is an event as well. */
static void test_open_fails(void)
{
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	g_autofree char *resource = g_strdup(peer.resource);
	peer_stop(&peer);
	g_autoptr(GString) notes = g_string_new(NULL);
	struct link_sink sink = {note_event, notes};
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_null(link_open(resource, &link_settings_scpi, &sink, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_cmpstr(notes->str, ==, "0[]!\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/trace/sink", test_sink);
	g_test_add_func("/link/trace/file", test_file);
	g_test_add_func("/link/trace/failures", test_failures);
	g_test_add_func("/link/trace/full-disk", test_full_disk);
	g_test_add_func("/link/trace/open-fails", test_open_fails);
	return g_test_run();
}

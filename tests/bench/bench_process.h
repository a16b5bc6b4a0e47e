/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_BENCH_PROCESS_H
#define TESTS_BENCH_BENCH_PROCESS_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

/*
 * A virtual bench of a test's own, on ports from the kernel, and plain sockets to it. Every wait
 * ends after BENCH_TIMEOUT_S at the latest, as a failed assertion.
 */
#define BENCH_TIMEOUT_S 30

struct bench_process {
	GSubprocess *process;
	GHashTable *ports; /* of the ready line: name -> text of the number */
};

struct bench_socket {
	GSocketConnection *connection;
	GDataInputStream *in;
	GOutputStream *out;
};

static inline char *bench_program(void)
{
	const char *folder = g_getenv("STATION_BIN");
	return g_build_filename(folder ? folder : "build/release/bin", "virtual-bench", NULL);
}

/* A test that dies takes its bench along. */
static inline void bench_die_with_parent(gpointer data)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* arguments: null-terminated, after the program's name. */
static inline void bench_start(struct bench_process *bench, const char *const *arguments)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *program = bench_program();

	g_ptr_array_add(argv, program);
	for (guint i = 0; arguments[i]; i++)
		g_ptr_array_add(argv, (gpointer)arguments[i]);
	g_ptr_array_add(argv, NULL);
	g_autoptr(GSubprocessLauncher) launcher =
		g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
	g_subprocess_launcher_set_child_setup(launcher, bench_die_with_parent, NULL, NULL);
	bench->process =
		g_subprocess_launcher_spawnv(launcher, (const char *const *)argv->pdata, &error);
	g_assert_no_error(error);

	g_autoptr(GDataInputStream) out =
		g_data_input_stream_new(g_subprocess_get_stdout_pipe(bench->process));
	g_autofree char *line = g_data_input_stream_read_line(out, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(line);
	g_assert_true(g_str_has_prefix(line, "virtual-bench: ready "));
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	bench->ports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 2; words[i]; i++) {
		char *equals = strchr(words[i], '=');
		g_assert_nonnull(equals);
		g_hash_table_insert(bench->ports, g_strndup(words[i], (gsize)(equals - words[i])),
		                    g_strdup(equals + 1));
	}
}

static inline guint16 bench_port(const struct bench_process *bench, const char *name)
{
	const char *text = g_hash_table_lookup(bench->ports, name);
	g_assert_nonnull(text);
	return (guint16)g_ascii_strtoull(text, NULL, 10);
}

/* Ends the bench by signal and wants exit status 0. */
static inline void bench_stop(struct bench_process *bench, int signal_number)
{
	g_autoptr(GError) error = NULL;
	if (signal_number)
		g_subprocess_send_signal(bench->process, signal_number);
	g_subprocess_wait(bench->process, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_subprocess_get_if_exited(bench->process));
	g_assert_cmpint(g_subprocess_get_exit_status(bench->process), ==, 0);
	g_clear_object(&bench->process);
	g_clear_pointer(&bench->ports, g_hash_table_unref);
}

static inline struct bench_socket *bench_connect(const struct bench_process *bench,
                                                 const char *name)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) error = NULL;
	struct bench_socket *to = g_new0(struct bench_socket, 1);

	g_socket_client_set_timeout(client, BENCH_TIMEOUT_S);
	g_socket_client_set_enable_proxy(client, FALSE);
	to->connection = g_socket_client_connect_to_host(client, "127.0.0.1",
	                                                 bench_port(bench, name), NULL, &error);
	g_assert_no_error(error);
	to->in = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(to->connection)));
	g_data_input_stream_set_newline_type(to->in, G_DATA_STREAM_NEWLINE_TYPE_LF);
	to->out = g_io_stream_get_output_stream(G_IO_STREAM(to->connection));
	return to;
}

static inline void bench_disconnect(struct bench_socket *to)
{
	g_io_stream_close(G_IO_STREAM(to->connection), NULL, NULL);
	g_object_unref(to->in);
	g_object_unref(to->connection);
	g_free(to);
}

static inline void bench_send(struct bench_socket *to, const char *bytes)
{
	g_autoptr(GError) error = NULL;
	g_output_stream_write_all(to->out, bytes, strlen(bytes), NULL, NULL, &error);
	g_assert_no_error(error);
}

/* One line without its LF; null when the bench closed the connection. */
static inline char *bench_receive(struct bench_socket *to)
{
	g_autoptr(GError) error = NULL;
	char *line = g_data_input_stream_read_line(to->in, NULL, NULL, &error);
	g_assert_no_error(error);
	return line;
}

static inline void bench_receive_bytes(struct bench_socket *to, void *bytes, gsize len)
{
	g_autoptr(GError) error = NULL;
	gsize got = 0;
	g_input_stream_read_all(G_INPUT_STREAM(to->in), bytes, len, &got, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(got, ==, len);
}

static inline char *bench_ask(struct bench_socket *to, const char *bytes)
{
	bench_send(to, bytes);
	char *line = bench_receive(to);
	g_assert_nonnull(line);
	return line;
}

static inline void bench_expect(struct bench_socket *to, const char *bytes, const char *reply)
{
	g_autofree char *line = bench_ask(to, bytes);
	g_test_message("%s", bytes);
	g_assert_cmpstr(line, ==, reply);
}

/* A request on the control port; the reply must say ok. Free with json_object_unref. */
static inline JsonObject *bench_control(const struct bench_process *bench, const char *request)
{
	struct bench_socket *to = bench_connect(bench, "control");
	bench_send(to, request);
	g_autofree char *line = bench_ask(to, "\n");
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) error = NULL;

	json_parser_load_from_data(parser, line, -1, &error);
	g_assert_no_error(error);
	JsonObject *reply = json_object_ref(json_node_get_object(json_parser_get_root(parser)));
	if (!json_object_get_boolean_member(reply, "ok"))
		g_test_message("%s -> %s", request, line);
	g_assert_true(json_object_get_boolean_member(reply, "ok"));
	bench_disconnect(to);
	return reply;
}

static inline void bench_tell(const struct bench_process *bench, const char *request)
{
	json_object_unref(bench_control(bench, request));
}

#endif

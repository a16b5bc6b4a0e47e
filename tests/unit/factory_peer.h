/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FACTORY_PEER_H
#define TESTS_UNIT_FACTORY_PEER_H

#include <gio/gio.h>
#include <string.h>

/* A program that others wrote, or that uses what others wrote, to talk to: it prints "ready PORT"
 * and ends with its standard input. */
struct peer {
	GSubprocess *process;
	GDataInputStream *out;
	int port;
};

/* A line that it prints; free with g_free. */
static inline char *peer_line(struct peer *peer)
{
	char *line = g_data_input_stream_read_line(peer->out, NULL, NULL, NULL);

	g_assert_nonnull(line);
	return line;
}

static inline void peer_start(struct peer *peer, const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *ready = NULL;

	peer->process =
		g_subprocess_newv(argv,
	                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
	                          &error);
	g_assert_no_error(error);
	peer->out = g_data_input_stream_new(g_subprocess_get_stdout_pipe(peer->process));
	ready = peer_line(peer);
	g_assert_true(g_str_has_prefix(ready, "ready "));
	peer->port = (int)g_ascii_strtoll(ready + strlen("ready "), NULL, 10);
}

static inline void peer_stop(struct peer *peer)
{
	g_output_stream_close(g_subprocess_get_stdin_pipe(peer->process), NULL, NULL);
	g_assert_true(g_subprocess_wait(peer->process, NULL, NULL));
	g_object_unref(peer->out);
	g_object_unref(peer->process);
}

static inline char *peer_script(const char *name)
{
	return g_build_filename(g_getenv("STATION_SRC"), "tests/factory", name, NULL);
}

/* Whether a command ends well. */
static inline gboolean peer_has(const char *const *argv)
{
	g_autoptr(GSubprocess) process =
		g_subprocess_newv(argv,
	                          G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
	                                  G_SUBPROCESS_FLAGS_STDERR_SILENCE,
	                          NULL);

	return process && g_subprocess_wait_check(process, NULL, NULL);
}

/* The Python that has a module: the one that comes first, or Debian's; null: neither. */
static inline const char *peer_python(const char *module)
{
	static const char *const pythons[] = {"python3", "/usr/bin/python3"};
	g_autofree char *import = g_strdup_printf("import %s", module);

	for (guint i = 0; i < G_N_ELEMENTS(pythons); i++) {
		const char *argv[] = {pythons[i], "-c", import, NULL};

		if (peer_has(argv))
			return pythons[i];
	}
	return NULL;
}

#endif

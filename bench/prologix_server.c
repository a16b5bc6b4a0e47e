/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/prologix_server.h"

#include "bench/listener.h"
#include "bench/talker.h"

#include <string.h>

#define ESCAPE       0x1B
#define ADDRESSES    31
#define READ_BYTES   65536
#define RECEIVE_MAX  4096
#define WORDS_MAX    4
#define UNKNOWN      "Unrecognized command\r\n"
#define VERSION_TEXT "Prologix GPIB-ETHERNET Controller version 01.06.06.00\r\n"

/* What ++NAME sets and tells. */
enum value {
	VALUE_MODE,
	VALUE_ADDRESS,
	VALUE_AUTO,
	VALUE_EOI,
	VALUE_EOS,
	VALUE_EOT_ENABLE,
	VALUE_EOT_CHAR,
	VALUE_READ_TMO,
	VALUE_SAVECFG,
	VALUES,
};

static const struct {
	const char *name;
	int min, max, start;
} values[VALUES] = {
	[VALUE_MODE] = {"mode", 0, 1, 1},
	[VALUE_ADDRESS] = {"addr", 0, ADDRESSES - 1, 1},
	[VALUE_AUTO] = {"auto", 0, 1, 0},
	[VALUE_EOI] = {"eoi", 0, 1, 1},
	[VALUE_EOS] = {"eos", 0, 3, 0},
	[VALUE_EOT_ENABLE] = {"eot_enable", 0, 1, 0},
	[VALUE_EOT_CHAR] = {"eot_char", 0, 255, 0},
	[VALUE_READ_TMO] = {"read_tmo_ms", 1, 3000, 200},
	[VALUE_SAVECFG] = {"savecfg", 0, 1, 1},
};

struct prologix_server {
	struct listener *listener;
	GMutex lock; /* the bus: one line at a time is executed */
	int value[VALUES];
	struct talker *talkers[ADDRESSES]; /* null: nobody there */
};

struct connection {
	struct prologix_server *server;
	GSocket *socket;
	GCancellable *stop;
	GByteArray *line; /* without escapes */
	gboolean escaped; /* the next byte is data */
	guint plain_plus; /* so many '+' at the start that were not escaped */
};

static gboolean send_text(struct connection *connection, const char *text)
{
	return socket_send_all(connection->socket, text, strlen(text), connection->stop);
}

static gboolean send_number(struct connection *connection, int number)
{
	g_autofree char *text = g_strdup_printf("%d\r\n", number);

	return send_text(connection, text);
}

static struct talker *addressed(const struct prologix_server *server)
{
	return server->talkers[server->value[VALUE_ADDRESS]];
}

/* A reply up to EOI, or to `termination` (-1: none). Nothing in time is nothing sent. */
static gboolean read_talker(struct connection *connection, int termination)
{
	struct prologix_server *server = connection->server;
	struct talker *talker = addressed(server);
	g_autoptr(GByteArray) part = g_byte_array_new();
	enum talk talk = TALK_PART;

	while (talker && talk == TALK_PART) {
		gint64 end_us = g_get_monotonic_time() + server->value[VALUE_READ_TMO] * 1000;
		g_byte_array_set_size(part, 0);
		talk = talker_talk(talker, READ_BYTES, termination, end_us, connection->stop, part);
		guint8 mark = (guint8)server->value[VALUE_EOT_CHAR];
		if (talk == TALK_END && server->value[VALUE_EOT_ENABLE])
			g_byte_array_append(part, &mark, 1);
		if (!socket_send_all(connection->socket, part->data, part->len, connection->stop))
			return FALSE;
	}
	return talk != TALK_DISCONNECT;
}

/* --- commands of the adapter -------------------------------------------------------------------
 */

static gboolean take_int(const char *word, int min, int max, int *value)
{
	gint64 number = 0;

	if (!word || !g_ascii_string_to_signed(word, 10, min, max, &number, NULL))
		return FALSE;
	*value = (int)number;
	return TRUE;
}

/* "++read", "++read eoi", "++read 10" */
static gboolean run_read(struct connection *connection, char **words)
{
	int termination = -1;

	if (words[0] && strcmp(words[0], "eoi") != 0 && !take_int(words[0], 0, 255, &termination))
		return send_text(connection, UNKNOWN);
	return read_talker(connection, termination);
}

static gboolean run_clear(struct connection *connection, char **words)
{
	struct talker *talker = addressed(connection->server);

	if (talker)
		talker_clear(talker);
	return TRUE;
}

static gboolean run_trigger(struct connection *connection, char **words)
{
	struct talker *talker = addressed(connection->server);

	if (talker)
		talker_listen(talker, "*TRG\n", 5, TRUE, FALSE);
	return TRUE;
}

static gboolean run_poll(struct connection *connection, char **words)
{
	int address = connection->server->value[VALUE_ADDRESS];

	if (words[0] && !take_int(words[0], 0, ADDRESSES - 1, &address))
		return send_text(connection, UNKNOWN);
	struct talker *talker = connection->server->talkers[address];
	return send_number(connection, talker ? talker_poll(talker) : 0);
}

static gboolean run_request(struct connection *connection, char **words)
{
	gboolean requests = FALSE;

	for (int i = 0; i < ADDRESSES; i++) {
		struct talker *talker = connection->server->talkers[i];
		requests = (talker && talker_requests(talker)) || requests;
	}
	return send_number(connection, requests);
}

static gboolean run_version(struct connection *connection, char **words)
{
	return send_text(connection, VERSION_TEXT);
}

/* Interface clear, local, lockout: nothing here has a front panel. */
static gboolean run_accepted(struct connection *connection, char **words)
{
	return TRUE;
}

static const struct {
	const char *name;
	gboolean (*run)(struct connection *connection, char **words);
} commands[] = {
	{"read", run_read},    {"clr", run_clear},    {"trg", run_trigger},
	{"spoll", run_poll},   {"srq", run_request},  {"ver", run_version},
	{"ifc", run_accepted}, {"llo", run_accepted}, {"loc", run_accepted},
};

/* Without a word it tells. A secondary address is read and not used: nobody here has one. */
static gboolean run_value(struct connection *connection, enum value which, char **words)
{
	int *value = &connection->server->value[which];

	if (!words[0])
		return send_number(connection, *value);
	if (!take_int(words[0], values[which].min, values[which].max, value))
		return send_text(connection, UNKNOWN);
	return TRUE;
}

static gboolean run_command(struct connection *connection, const char *line)
{
	g_auto(GStrv) split = g_strsplit_set(line, " \t", -1);
	char *words[WORDS_MAX + 1] = {NULL};
	guint n = 0;

	for (guint i = 0; split[i] && n < WORDS_MAX; i++) {
		if (*split[i])
			words[n++] = split[i];
	}
	for (guint i = 0; words[0] && i < G_N_ELEMENTS(commands); i++) {
		if (g_ascii_strcasecmp(words[0], commands[i].name) == 0)
			return commands[i].run(connection, words + 1);
	}
	for (int i = 0; words[0] && i < VALUES; i++) {
		if (g_ascii_strcasecmp(words[0], values[i].name) == 0)
			return run_value(connection, (enum value)i, words + 1);
	}
	return send_text(connection, UNKNOWN);
}

/* --- what arrives ------------------------------------------------------------------------------
 */

/* Data for the instrument that is addressed. */
static gboolean forward(struct connection *connection)
{
	static const char *const ends[] = {"\r\n", "\r", "\n", ""};
	struct prologix_server *server = connection->server;
	const char *end = ends[server->value[VALUE_EOS]];
	gboolean eoi = server->value[VALUE_EOI] != 0;
	struct talker *talker = addressed(server);

	if (server->value[VALUE_MODE] == 0 || !talker)
		return TRUE;
	g_byte_array_append(connection->line, (const guint8 *)end, (guint)strlen(end));
	if (!talker_listen(talker, connection->line->data, connection->line->len, eoi, !eoi))
		return FALSE;
	return !server->value[VALUE_AUTO] || read_talker(connection, -1);
}

static gboolean take_line(struct connection *connection)
{
	gboolean open = TRUE;

	if (connection->line->len == 0)
		return TRUE;
	g_mutex_lock(&connection->server->lock);
	if (connection->plain_plus >= 2) {
		g_autofree char *line = g_strndup((const char *)connection->line->data + 2,
		                                  connection->line->len - 2);
		open = run_command(connection, line);
	} else {
		open = forward(connection);
	}
	g_mutex_unlock(&connection->server->lock);
	g_byte_array_set_size(connection->line, 0);
	connection->plain_plus = 0;
	return open;
}

/* A '+' that is not escaped belongs to a command, and is dropped from data. */
static gboolean take_byte(struct connection *connection, guint8 byte)
{
	GByteArray *line = connection->line;

	if (!connection->escaped) {
		if (byte == '\r' || byte == '\n')
			return take_line(connection);
		if (byte == ESCAPE) {
			connection->escaped = TRUE;
			return TRUE;
		}
		if (byte == '+' && line->len != connection->plain_plus)
			return TRUE;
		if (byte == '+')
			connection->plain_plus++;
		else if (connection->plain_plus == 1 && line->len == 1) {
			connection->plain_plus = 0;
			g_byte_array_set_size(line, 0);
		}
	}
	connection->escaped = FALSE;
	g_byte_array_append(line, &byte, 1);
	return line->len <= SERVER_MESSAGE_MAX;
}

static void serve(void *data, GSocket *socket, GCancellable *stop)
{
	struct connection connection = {data, socket, stop, g_byte_array_new()};
	char bytes[RECEIVE_MAX];
	gboolean open = TRUE;

	while (open) {
		gssize got = g_socket_receive(socket, bytes, sizeof(bytes), stop, NULL);
		open = got > 0;
		for (gssize i = 0; i < got && open; i++)
			open = take_byte(&connection, (guint8)bytes[i]);
	}
	g_byte_array_unref(connection.line);
}

struct prologix_server *prologix_server_new(const char *name, guint16 port,
                                            const struct bus_device *devices, guint n_devices,
                                            GError **error)
{
	struct prologix_server *server = g_new0(struct prologix_server, 1);

	g_mutex_init(&server->lock);
	for (int i = 0; i < VALUES; i++)
		server->value[i] = values[i].start;
	for (guint i = 0; i < n_devices && i + 1 < ADDRESSES; i++)
		server->talkers[i + 1] = talker_new(&devices[i], NULL, NULL);
	server->listener = listener_new(name, port, serve, server, error);
	if (!server->listener)
		g_clear_pointer(&server, prologix_server_free);
	return server;
}

guint16 prologix_server_port(const struct prologix_server *server)
{
	return listener_port(server->listener);
}

void prologix_server_free(struct prologix_server *server)
{
	if (!server)
		return;
	listener_free(server->listener);
	for (int i = 0; i < ADDRESSES; i++)
		talker_free(server->talkers[i]);
	g_mutex_clear(&server->lock);
	g_free(server);
}

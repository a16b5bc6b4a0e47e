/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FIXTURES_BOARD_H
#define TESTS_UNIT_FIXTURES_BOARD_H

#include "base/bytes.h"
#include "fixtures/fixture.h"

#include <gio/gio.h>

#include <string.h>

/* A fixture controller on a thread of the test's process, told how to misbehave at a request. */

enum mischief {
	GOOD,
	SPLIT, /* in two pieces, the first of `at` bytes */
	CUT,   /* closed after `at` bytes */
	WRONG_CRC,
	LOWER_CASE_CRC,
	NOT_PRINTABLE,
	CR_BEFORE_LF,
	NO_HASH,
	WRONG_SEQUENCE,
	TWICE,
	TOO_LONG,
	LATE, /* after the next thing the board hears: the end of the connection */
	NOT_TAKEN,
	BODY, /* `body` in place of the right answer */
};

struct turn {
	enum mischief mischief;
	gsize at;
	const char *body;
};

struct board {
	GThread *thread;
	GSocketListener *listener;
	GCancellable *stop;
	guint16 port;
	GMutex lock;
	GQueue turns;     /* of struct turn, for the requests to come */
	GPtrArray *heard; /* bodies of requests, without HELLO */
	guint connections;
	const char *hello;
	gboolean empty;   /* under the lock: no module is in */
	const char *pins; /* answer to PINS?, which is neither heard nor spoilt; null: a socket's */
};

static inline char *frame(guint sequence, const char *body)
{
	g_autofree char *inner = g_strdup_printf("%u %s", sequence, body);

	return g_strdup_printf("#%s*%04X\n", inner, bytes_crc16(inner, strlen(inner)));
}

static inline char *answer(struct board *board, const char *body)
{
	if (g_str_equal(body, "HELLO"))
		return g_strdup(board->hello);
	if (g_str_equal(body, "PINS?"))
		return g_strdup(board->pins ? board->pins
		                            : "OK ResetL=0 LPMode=1 ModSelL=1 ModPrsL=0 IntL=1");
	if (g_str_equal(body, "COUNT?"))
		return g_strdup("OK 17");
	if (g_str_equal(body, "PIN? ModPrsL")) {
		g_mutex_lock(&board->lock);
		gboolean empty = board->empty;
		g_mutex_unlock(&board->lock);
		return g_strdup(empty ? "OK 1" : "OK 0");
	}
	if (g_str_equal(body, "READ 50 3") || g_str_equal(body, "XFER 50 80 3"))
		return g_strdup("OK 18520A");
	if (g_str_equal(body, "WRITE 50 1A40"))
		return g_strdup("OK 2");
	if (g_str_has_prefix(body, "PIN ") || g_str_equal(body, "SAFE"))
		return g_strdup("OK");
	return g_strdup("ERR 2 unknown-command");
}

static inline void put(GOutputStream *out, const char *data, gsize len)
{
	/* What the station closed early cannot be written; that is part of the game. */
	(void)g_output_stream_write_all(out, data, len, NULL, NULL, NULL);
}

/* Sends the answer in the way asked for; false when the connection is to be closed. */
static inline gboolean send_answer(GOutputStream *out, const struct turn *turn, guint sequence,
                                   const char *body)
{
	g_autofree char *line = frame(turn->mischief == WRONG_SEQUENCE ? sequence + 1 : sequence,
	                              turn->mischief == BODY ? turn->body : body);
	gsize len = strlen(line);
	g_autofree char *other = NULL;

	switch (turn->mischief) {
	case SPLIT:
		put(out, line, MIN(turn->at, len));
		put(out, line + MIN(turn->at, len), len - MIN(turn->at, len));
		return TRUE;
	case CUT:
		put(out, line, MIN(turn->at, len - 1));
		return FALSE;
	case WRONG_CRC:
		line[len - 2] = line[len - 2] == '0' ? '1' : '0';
		break;
	case LOWER_CASE_CRC:
		line[len - 2] = 'f';
		break;
	case NOT_PRINTABLE:
		line[3] = '\x01';
		break;
	case CR_BEFORE_LF:
		line[len - 1] = '\r';
		put(out, line, len);
		put(out, "\n", 1);
		return TRUE;
	case NO_HASH:
		line[0] = ' ';
		break;
	case TWICE:
		other = g_strconcat(line, line, NULL);
		put(out, other, strlen(other));
		return TRUE;
	case TOO_LONG:
		other = g_strnfill(1300, 'x');
		put(out, other, 1300);
		return TRUE;
	case LATE:
		return TRUE;
	case NOT_TAKEN:
		other = frame(0, "ERR 1 bad-line");
		put(out, other, strlen(other));
		return TRUE;
	default:
		break;
	}
	put(out, line, len);
	return TRUE;
}

static inline struct turn next_turn(struct board *board, const char *body)
{
	struct turn turn = {GOOD, 0, NULL};
	struct turn *queued = NULL;

	g_mutex_lock(&board->lock);
	if (!g_str_equal(body, "HELLO") && !g_str_equal(body, "PINS?")) {
		g_ptr_array_add(board->heard, g_strdup(body));
		queued = g_queue_pop_head(&board->turns);
	}
	g_mutex_unlock(&board->lock);
	if (queued)
		turn = *queued;
	g_free(queued);
	return turn;
}

static inline void serve(struct board *board, GSocketConnection *connection)
{
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
	g_autoptr(GDataInputStream) in =
		g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));

	g_mutex_lock(&board->lock);
	board->connections++;
	g_mutex_unlock(&board->lock);
	for (;;) {
		g_autofree char *line = g_data_input_stream_read_line(in, NULL, board->stop, NULL);
		g_autofree char *body = NULL;
		g_autofree char *reply = NULL;
		g_autofree char *again = NULL;
		struct turn turn;
		guint sequence;

		if (!line)
			return;
		sequence = (guint)g_ascii_strtoull(line + 1, NULL, 10);
		body = g_strdup(strchr(line, ' ') + 1);
		*strrchr(body, '*') = '\0';
		/* What the station sends has to be right to the byte. */
		again = frame(sequence, body);
		g_assert_true(g_str_has_prefix(again, line));
		g_assert_cmpuint(strlen(again), ==, strlen(line) + 1);
		turn = next_turn(board, body);
		reply = answer(board, body);
		if (!send_answer(out, &turn, sequence, reply))
			return;
	}
}

static inline gpointer run_board(gpointer data)
{
	struct board *board = data;

	for (;;) {
		g_autoptr(GSocketConnection) connection =
			g_socket_listener_accept(board->listener, NULL, board->stop, NULL);

		if (!connection)
			return NULL;
		serve(board, connection);
		g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
	}
}

static inline struct board *board_new(void)
{
	struct board *board = g_new0(struct board, 1);
	g_autoptr(GInetAddress) host = g_inet_address_new_from_string("127.0.0.1");
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new(host, 0);
	g_autoptr(GSocketAddress) bound = NULL;
	g_autoptr(GError) error = NULL;

	g_mutex_init(&board->lock);
	g_queue_init(&board->turns);
	board->heard = g_ptr_array_new_with_free_func(g_free);
	board->hello = "OK station-fixture 1 FX-0042 QSFP-DD";
	board->stop = g_cancellable_new();
	board->listener = g_socket_listener_new();
	g_socket_listener_add_address(board->listener, address, G_SOCKET_TYPE_STREAM,
	                              G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
	g_assert_no_error(error);
	board->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
	board->thread = g_thread_new("board", run_board, board);
	return board;
}

static inline void board_free(struct board *board)
{
	g_cancellable_cancel(board->stop);
	g_thread_join(board->thread);
	g_socket_listener_close(board->listener);
	g_object_unref(board->listener);
	g_object_unref(board->stop);
	g_queue_clear_full(&board->turns, g_free);
	g_ptr_array_unref(board->heard);
	g_mutex_clear(&board->lock);
	g_free(board);
}

static inline void board_will(struct board *board, enum mischief mischief, gsize at,
                              const char *body)
{
	struct turn turn = {mischief, at, body};

	g_mutex_lock(&board->lock);
	g_queue_push_tail(&board->turns, g_memdup2(&turn, sizeof(turn)));
	g_mutex_unlock(&board->lock);
}

static inline void board_seat(struct board *board, gboolean seated)
{
	g_mutex_lock(&board->lock);
	board->empty = !seated;
	g_mutex_unlock(&board->lock);
}

static inline guint heard(struct board *board)
{
	guint n;

	g_mutex_lock(&board->lock);
	n = board->heard->len;
	g_mutex_unlock(&board->lock);
	return n;
}

static inline struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static inline struct fixture *open_board(struct board *board, GError **error)
{
	g_autofree char *resource = g_strdup_printf("controller:127.0.0.1:%u", board->port);
	struct bounds bounds = within(20);

	return fixture_open(resource, &bounds, error);
}

/* Open, module released and selected. */
static inline struct fixture *open_ready(struct board *board)
{
	g_autoptr(GError) error = NULL;
	struct fixture *fix = open_board(board, &error);
	struct bounds bounds = within(20);

	g_assert_no_error(error);
	g_assert_true(fixture_pin_set(fix, "ModSelL", FALSE, &bounds, &error));
	g_assert_true(fixture_pin_set(fix, "ResetL", TRUE, &bounds, &error));
	return fix;
}

#endif

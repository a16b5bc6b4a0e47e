/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <glib.h>

struct faults;

/*
 * What a simulated device does with a connection. The server listens, cuts what arrives into
 * messages and sends each reply with one send(). Every connection has its own thread: a device that
 * keeps state shared by its connections locks it itself. `frame`,
 * `interrupted`, `status_byte` and `query_error` may be null.
 */
struct server_ops {
	/* A connection was made. `device` is what server_new was given. Never null. */
	void *(*session_new)(void *device);

	/*
	 * Length of the first whole message at the start of data, terminator included; 0 when it is
	 * not complete yet. Null means: up to and with the next LF.
	 */
	gsize (*frame)(void *session, const char *data, gsize len);

	/*
	 * One message, terminator included, not null-terminated. The reply, when there is one, is
	 * appended to `reply`, with its terminator. May sleep in simulated time. False closes the
	 * connection after the reply is sent.
	 */
	gboolean (*message)(void *session, const char *data, gsize len, GByteArray *reply);

	/*
	 * More bytes have arrived before the reply to the last message was sent. True drops the
	 * reply. Null: replies are always sent.
	 */
	gboolean (*interrupted)(void *session);

	/*
	 * The status byte of IEEE 488.2 as a serial poll sees it, but that bit 6 is the summary of
	 * the enabled bits. message_available is bit 4, which the bus knows. Does not wait for a
	 * message under way. Null: this device has none, and no bus but a raw socket.
	 */
	guint8 (*status_byte)(void *session, gboolean message_available);

	/*
	 * The bus saw a query error: -410, a reply dropped because the next message came, or -420,
	 * a reply asked for that nothing will make. Null: it is not kept.
	 */
	void (*query_error)(void *session, int number);

	/* The connection is gone, or the bench ends. */
	void (*session_free)(void *session);
};

/* The time between the two parts of a reply that the fault `split` cuts, on every bus. */
void server_split_pause(void);

/* A message longer than this ends the connection. */
#define SERVER_MESSAGE_MAX (4u << 20)

struct server;

/*
 * Listens on 127.0.0.1, `port` 0 meaning one of the kernel's choice, and starts to serve. ops,
 * device and faults (null: none) are borrowed and must outlive the server. `name` is for error
 * messages and thread names. Null with STATION_ERROR_IO when the port cannot be had.
 */
struct server *server_new(const char *name, guint16 port, const struct server_ops *ops,
                          void *device, struct faults *faults, GError **error);

guint16 server_port(const struct server *server);

/* Stops to listen, closes every connection and waits until all threads have ended; null allowed. */
void server_free(struct server *server);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <glib.h>

struct faults;

/*
 * What a simulated device does with a connection. The server listens, cuts what arrives into
 * messages and sends each reply with one send(). Every connection has its own thread: a device that
 * keeps state shared by its connections locks it itself. `frame` and
 * `interrupted` may be null.
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

	/* The connection is gone, or the bench ends. */
	void (*session_free)(void *session);
};

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

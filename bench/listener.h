/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_LISTENER_H
#define BENCH_LISTENER_H

#include <gio/gio.h>

/* A TCP port of 127.0.0.1 and a thread for each connection made to it. */
struct listener;

/*
 * What is done with a connection, in a thread of its own. socket is borrowed, closed and freed
 * after the return. stop is cancelled when the listener ends: whatever waits ends then.
 */
typedef void (*listener_serve_fn)(void *data, GSocket *socket, GCancellable *stop);

/*
 * port 0 is one of the kernel's choice. data is borrowed. name is for messages and threads. Null
 * with STATION_ERROR_IO when the port cannot be had.
 */
struct listener *listener_new(const char *name, guint16 port, listener_serve_fn serve, void *data,
                              GError **error);

guint16 listener_port(const struct listener *listener);

/* Cancels what waits, closes every connection, waits until all threads have ended; null allowed. */
void listener_free(struct listener *listener);

/* All of data, in as many pieces as it takes; false when the peer is gone or stop cancelled. */
gboolean socket_send_all(GSocket *socket, const void *data, gsize len, GCancellable *stop);
/* Exactly len bytes; false when there are fewer to come. */
gboolean socket_receive_all(GSocket *socket, void *data, gsize len, GCancellable *stop);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_SPEED_IO_PEERS_H
#define TESTS_SPEED_IO_PEERS_H

#include "bench/listener.h"

#define IO_QUERY       "Q?\n"
#define IO_ANSWER      "+1.23456789E-03\n"
#define IO_BLOCK_QUERY "B?\n"
#define IO_BLOCK_BYTES (64u << 20)

/* The definite block with its header and LF, made once; what all peers send. */
struct io_block {
	guint8 *bytes;
	gsize len;
};

struct io_block io_block_make(void);

/*
 * Servers that do nothing but answer both queries, each with the same calls of the system as that
 * of the plain socket: what is measured is our end. They rely on a client that sends a message in
 * one piece and waits for its answer. data of listener_new is the block. A listener each; end with
 * listener_free.
 */
void io_serve_raw(void *data, GSocket *socket, GCancellable *stop);
void io_serve_hislip(void *data, GSocket *socket, GCancellable *stop);
void io_serve_vxi11(void *data, GSocket *socket, GCancellable *stop);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_PROLOGIX_ADAPTER_H
#define INSTRUMENTS_LINK_PROLOGIX_ADAPTER_H

#include "base/deadline.h"
#include "instruments/link/resource.h"

#include <glib.h>

/*
 * A Prologix adapter. It serves one connection at a time while its bus carries several instruments:
 * all links of the process that name the same host and port, or device, share one of these. The
 * links may belong to several threads: what is done between adapter_enter and adapter_leave is one
 * exchange, which nobody else's bytes can fall into. A link's query and its answer are two
 * exchanges: an instrument keeps its answer until it is addressed to talk.
 *
 * The bytes of a reply are followed by no mark. What comes next is known only while every reply was
 * received to its end; after anything else the adapter is astray, and the next exchange begins by
 * asking for its version: it answers in the order it was asked, so what comes before that is late
 * and thrown away. An adapter that does not answer is connected anew.
 *
 * Errors of everything that waits: STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL.
 */
struct adapter;

enum {
	/* How long the adapter waits for an instrument's next byte; then others get their turn. */
	ADAPTER_READ_MS = 200,
};
/* Longer than the adapter ever takes to answer for itself. */
#define ADAPTER_ANSWER_S 1

/*
 * The adapter of a resource; opens nothing yet. STATION_ERROR_CONFIG when it is in use with other
 * settings of its line. Give back with adapter_put, outside of an exchange.
 */
struct adapter *adapter_get(const struct resource *resource, GError **error);
void adapter_put(struct adapter *adapter);

/*
 * Begins an exchange: waits for its turn, connects or finds the way back where that is due. Each
 * that succeeded is ended with adapter_leave. who names the link.
 */
gboolean adapter_enter(struct adapter *adapter, gconstpointer who, const struct bounds *bounds,
                       GError **error);
void adapter_leave(struct adapter *adapter);

/* Bytes that came after the last exchange, when that was who's and nobody is in one now. */
gsize adapter_unread(struct adapter *adapter, gconstpointer who);

/* ---- within an exchange ---- */

/*
 * Sends text after "++addr" where another address was the last. A failure leaves half a line with
 * the adapter, so the connection is given up then.
 */
gboolean adapter_send(struct adapter *adapter, int address, int secondary, const guint8 *text,
                      gsize len, const struct bounds *bounds, GError **error);

/* Appends what has come to bytes; waits for it until bounds end: STATION_ERROR_TIMEOUT. */
gboolean adapter_receive(struct adapter *adapter, GByteArray *bytes, const struct bounds *bounds,
                         GError **error);

/* One line that the adapter answers by itself, without its end; at most 200 bytes. */
gboolean adapter_receive_line(struct adapter *adapter, GByteArray *line,
                              const struct bounds *bounds, GError **error);

/*
 * Waits until the adapter has done all it was told; what came before that is appended to late,
 * which may be null.
 */
gboolean adapter_settle(struct adapter *adapter, GByteArray *late, const struct bounds *bounds,
                        GError **error);

/* What comes next is not known any more. */
void adapter_mark_astray(struct adapter *adapter);

#endif

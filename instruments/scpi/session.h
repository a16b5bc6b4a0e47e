/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_SCPI_SESSION_H
#define INSTRUMENTS_SCPI_SESSION_H

#include "instruments/scpi/scpi.h"

#include <glib.h>

/* The inside of a session, shared by the files of this folder. */

struct scpi {
	struct link *link;
	const struct scpi_dialect *dialect;
	GByteArray *reply;      /* of the last query */
	char *identity;         /* the whole answer to identify; null until known */
	gboolean stale;         /* recovery is due, or was not finished */
	guint upsets;           /* what scpi_upsets counts past the link's */
	GString *reason;        /* what the last recovery found in the error queue */
	gboolean no_service;    /* the link has turned out to have none */
	gboolean service_ready; /* the registers are set, when nothing was upset since: */
	guint service_upsets;
};

enum {
	SCPI_TEXT_MAX = 1 << 20, /* bytes of an answer that is no block */
};

/* How an answer is to be received. */
enum session_shape {
	SESSION_REPLY,      /* a response message of up to len bytes */
	SESSION_LINE,       /* one line: arbitrary ASCII, where '#' and quotes mean nothing */
	SESSION_INDEFINITE, /* a block with exactly len bytes */
};

/* Sends after recovering where that is due. Errors begin with the message. */
gboolean session_send(struct scpi *scpi, const char *message, const struct bounds *bounds,
                      GError **error);

/* Sends, and receives the answer into scpi->reply. */
gboolean session_ask(struct scpi *scpi, const char *query, enum session_shape shape, gsize len,
                     const struct bounds *bounds, GError **error);

/*
 * Ends a query: hands cause (null when all went well) on to error with the query in front. An
 * answer that could not be understood makes the session stale. Gives whether all went well.
 */
gboolean session_conclude(struct scpi *scpi, const char *query, GError *cause, GError **error);

/* Empties the error queue; appends what is in it to entries, joined by "; ". */
gboolean session_drain(struct scpi *scpi, GString *entries, const struct bounds *bounds,
                       GError **error);

/* Recovers now, whether it is due or not. */
gboolean session_recover(struct scpi *scpi, const struct bounds *bounds, GError **error);

/* Four fields, of which the first two are there: what *IDN? must answer. */
gboolean session_parse_identity(const char *text, struct scpi_identity *identity, GError **error);

#endif

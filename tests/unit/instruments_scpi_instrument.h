/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_INSTRUMENTS_SCPI_INSTRUMENT_H
#define TESTS_UNIT_INSTRUMENTS_SCPI_INSTRUMENT_H

#include "base/error.h"
#include "instruments/scpi/scpi.h"
#include "tests/unit/instruments_link_peer.h"

/* ---- a small instrument ---- */

enum how {
	ANSWER,
	SILENT, /* never answers */
	LATE,   /* answers on the next connection, before anything is asked there */
	CLOSES, /* sends what it has and closes */
};

struct row {
	const char *query;
	const char *answer; /* with its LF */
	gsize len;
	enum how how;
};

#define TEXT(text) (text), sizeof(text) - 1

static const char identity_text[] = "Keysight Technologies,N7744A,MY1,1.23\n";

/* Lives in the peer's thread but for what is set before it starts and read after it ended. */
struct instrument {
	const struct row *rows;
	gsize n_rows;
	const char *const *errors; /* what the queue gives after each command; null-terminated */
	guint next_error;
	int opc_after;              /* *OPC? answers 0 so many times */
	const char *identity;       /* null: identity_text */
	const char *other_identity; /* from the second connection on */
	GString *heard;             /* all lines, joined by '|' */
	const char *late;
};

static void answer_error(int fd, struct instrument *it)
{
	const char *entry = it->errors ? it->errors[it->next_error] : NULL;
	if (entry)
		it->next_error++;
	else
		entry = "+0,\"No error\"";
	g_autofree char *line = g_strconcat(entry, "\n", NULL);
	peer_send(fd, line, strlen(line));
}

/* What every instrument knows. */
static void answer_standard(int fd, struct instrument *it, const char *line, int connection)
{
	const char *identity = it->identity ? it->identity : identity_text;
	if (connection > 0 && it->other_identity)
		identity = it->other_identity;
	if (g_str_equal(line, "*IDN?"))
		peer_send(fd, identity, strlen(identity));
	else if (g_str_equal(line, ":SYST:ERR?"))
		answer_error(fd, it);
	else if (g_str_equal(line, "*CLS"))
		it->errors = NULL;
	else if (g_str_equal(line, "*OPC?"))
		peer_send(fd, it->opc_after-- > 0 ? "0\n" : "1\n", 2);
}

static const struct row *find_row(const struct instrument *it, const char *line)
{
	for (gsize i = 0; i < it->n_rows; i++) {
		if (g_str_equal(it->rows[i].query, line))
			return &it->rows[i];
	}
	return NULL;
}

static void serve(int fd, int connection, gpointer data)
{
	struct instrument *it = data;
	char line[256];
	if (connection > 0 && it->late)
		peer_send(fd, it->late, strlen(it->late));
	it->late = NULL;
	while (peer_line(fd, line, sizeof line)) {
		g_string_append_printf(it->heard, "%s%s", it->heard->len > 0 ? "|" : "", line);
		const struct row *row = find_row(it, line);
		if (!row)
			answer_standard(fd, it, line, connection);
		else if (row->how == LATE)
			it->late = row->answer;
		else if (row->how != SILENT)
			peer_send(fd, row->answer, row->len);
		if (row && row->how == CLOSES)
			return;
	}
}

/* ---- a session with it ---- */

struct fixture {
	struct instrument instrument;
	struct peer peer;
	struct scpi *scpi;
	struct bounds bounds;
};

static void fixture_start(struct fixture *f, const struct row *rows, gsize n_rows,
                          const struct scpi_dialect *dialect)
{
	GError *error = NULL;
	f->instrument.rows = rows;
	f->instrument.n_rows = n_rows;
	f->instrument.heard = g_string_new(NULL);
	f->bounds = (struct bounds){deadline_in_s(20), NULL};
	peer_start(&f->peer, serve, &f->instrument);
	f->scpi = scpi_open(f->peer.resource, dialect ? dialect : &scpi_dialect_standard, NULL,
	                    &f->bounds, &error);
	g_assert_no_error(error);
}

/* heard: what the instrument must have been sent; null when it does not matter. */
static void fixture_stop(struct fixture *f, const char *heard)
{
	scpi_free(f->scpi);
	peer_stop(&f->peer);
	if (heard)
		g_assert_cmpstr(f->instrument.heard->str, ==, heard);
	g_string_free(f->instrument.heard, TRUE);
}

static void assert_error(GError *error, enum station_error code, const char *says)
{
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

#endif

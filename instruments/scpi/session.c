/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scpi/session.h"

#include "base/error.h"

#include <string.h>

enum {
	RECOVER_TRIES = 3,
	LATE_LINES_MAX = 64, /* thrown away while looking for the identity */
	SHOWN_MAX = 60,      /* bytes of a message in an error's text */
};

/* ---- identity ---- */

static gboolean has_letter(const char *text)
{
	while (*text && !g_ascii_isalpha(*text))
		text++;
	return *text != '\0';
}

static gboolean store_field(char *field, gsize size, char *text)
{
	return g_strlcpy(field, g_strstrip(text), size) < size;
}

gboolean session_parse_identity(const char *text, struct scpi_identity *identity, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", 4);
	struct scpi_identity parsed;
	if (g_strv_length(parts) == 4 && store_field(parsed.maker, sizeof parsed.maker, parts[0]) &&
	    store_field(parsed.model, sizeof parsed.model, parts[1]) &&
	    store_field(parsed.serial, sizeof parsed.serial, parts[2]) &&
	    store_field(parsed.firmware, sizeof parsed.firmware, parts[3]) &&
	    /* A late list of numbers has four fields as well. */
	    has_letter(parsed.maker) && parsed.model[0] != '\0') {
		*identity = parsed;
		return TRUE;
	}
	g_autofree char *cut = g_strndup(text, SHOWN_MAX);
	g_autofree char *escaped = g_strescape(cut, NULL);
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "expected maker, model, serial number, firmware; got \"%s\"", escaped);
	return FALSE;
}

/* ---- recovery ---- */

static gboolean is_identity(const struct scpi *scpi, const char *text)
{
	struct scpi_identity identity;
	if (scpi->identity)
		return strcmp(text, scpi->identity) == 0;
	return session_parse_identity(text, &identity, NULL);
}

/*
 * Answers come in the order of the questions: what comes before the identity is late and thrown
 * away, what comes after it is new.
 */
static gboolean find_identity(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	const char *query = scpi->dialect->identify;
	if (!link_write(scpi->link, query, strlen(query), bounds, error))
		return FALSE;
	for (int i = 0; i < LATE_LINES_MAX; i++) {
		if (!link_read_line(scpi->link, scpi->reply, SCPI_TEXT_MAX, bounds, error))
			return FALSE;
		g_autofree char *text = scpi_parse_text(scpi->reply->data, scpi->reply->len, NULL);
		if (text && is_identity(scpi, text))
			return TRUE;
		struct scpi_identity other;
		if (text && scpi->identity && session_parse_identity(text, &other, NULL)) {
			station_error_set(error, STATION_ERROR_INSTRUMENT,
			                  "another instrument answers: %s, was %s", text,
			                  scpi->identity);
			return FALSE;
		}
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "%d lines, none of them the identity",
	                  LATE_LINES_MAX);
	return FALSE;
}

/* One question to the error queue, past the check for staleness. */
static gboolean next_error(struct scpi *scpi, char **text, gint64 *code,
                           const struct bounds *bounds, GError **error)
{
	if (!link_query(scpi->link, scpi->dialect->error_query, scpi->reply, SCPI_TEXT_MAX, bounds,
	                error))
		return FALSE;
	g_autofree char *entry = scpi_parse_text(scpi->reply->data, scpi->reply->len, error);
	if (!entry || !scpi_parse_error_code(entry, code, error)) {
		link_mark_dirty(scpi->link);
		return FALSE;
	}
	*text = g_steal_pointer(&entry);
	return TRUE;
}

static gboolean drain(struct scpi *scpi, GString *entries, const struct bounds *bounds,
                      GError **error)
{
	for (guint i = 0; i < scpi->dialect->error_depth + 2; i++) {
		g_autofree char *text = NULL;
		gint64 code = 0;
		if (!next_error(scpi, &text, &code, bounds, error))
			return FALSE;
		if (code == 0)
			return TRUE;
		g_string_append_printf(entries, "%s%s", entries->len > 0 ? "; " : "", text);
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "the error queue does not end: %s",
	                  entries->str);
	return FALSE;
}

static gboolean send_clear(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	const char *clear = scpi->dialect->clear_status;
	return !clear || link_write(scpi->link, clear, strlen(clear), bounds, error);
}

static gboolean recover_once(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	gboolean keep = scpi->dialect->errors_tell; /* *CLS would take them away */
	g_string_truncate(scpi->reason, 0);
	if (!link_clear(scpi->link, bounds, error))
		return FALSE;
	if (!keep && !send_clear(scpi, bounds, error))
		return FALSE;
	if (scpi->dialect->identify && !find_identity(scpi, bounds, error))
		return FALSE;
	/* What it holds belongs to what failed before, and has been reported by then. */
	if (scpi->dialect->error_query && !drain(scpi, scpi->reason, bounds, error))
		return FALSE;
	return !keep || send_clear(scpi, bounds, error);
}

gboolean session_recover(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	for (int i = 1;; i++) {
		g_autoptr(GError) cause = NULL;
		if (recover_once(scpi, bounds, &cause)) {
			scpi->stale = FALSE;
			return TRUE;
		}
		/* A late answer can fall into the middle of it; the next try begins behind that. */
		if (i == RECOVER_TRIES ||
		    !g_error_matches(cause, STATION_ERROR, STATION_ERROR_PROTOCOL)) {
			g_propagate_prefixed_error(error, g_steal_pointer(&cause),
			                           "after an earlier failure: ");
			return FALSE;
		}
	}
}

static gboolean make_ready(struct scpi *scpi, const struct bounds *bounds, GError **error)
{
	if (link_is_dirty(scpi->link))
		scpi->stale = TRUE;
	return !scpi->stale || session_recover(scpi, bounds, error);
}

/* ---- messages ---- */

gboolean session_conclude(struct scpi *scpi, const char *query, GError *cause, GError **error)
{
	if (!cause)
		return TRUE;
	scpi->upsets++;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_PROTOCOL))
		scpi->stale = TRUE;
	g_autofree char *cut = g_strndup(query, SHOWN_MAX);
	g_autofree char *escaped = g_strescape(cut, "\"");
	g_propagate_prefixed_error(error, cause, "%s%s: ", escaped,
	                           strlen(query) > SHOWN_MAX ? "..." : "");
	return FALSE;
}

gboolean session_send(struct scpi *scpi, const char *message, const struct bounds *bounds,
                      GError **error)
{
	GError *cause = NULL;
	if (strstr(message, "*RST"))
		scpi->upsets++;
	/* Two messages in one would be answered twice. */
	if (strpbrk(message, "\r\n"))
		station_error_set(&cause, STATION_ERROR_INTERNAL, "a line end within a message");
	else if (make_ready(scpi, bounds, &cause))
		link_write(scpi->link, message, strlen(message), bounds, &cause);
	return session_conclude(scpi, message, cause, error);
}

static gboolean receive(struct scpi *scpi, enum session_shape shape, gsize len,
                        const struct bounds *bounds, GError **error)
{
	switch (shape) {
	case SESSION_LINE:
		return link_read_line(scpi->link, scpi->reply, len, bounds, error);
	case SESSION_INDEFINITE:
		return link_read_indefinite(scpi->link, scpi->reply, len, bounds, error);
	default:
		return link_read(scpi->link, scpi->reply, len, bounds, error);
	}
}

gboolean session_ask(struct scpi *scpi, const char *query, enum session_shape shape, gsize len,
                     const struct bounds *bounds, GError **error)
{
	if (!session_send(scpi, query, bounds, error))
		return FALSE;
	GError *cause = NULL;
	receive(scpi, shape, len, bounds, &cause);
	/* What is known to be only a part must not be taken for the answer. */
	gsize unread = cause ? 0 : link_unread(scpi->link);
	if (unread > 0)
		station_error_set(&cause, STATION_ERROR_PROTOCOL,
		                  "%" G_GSIZE_FORMAT " bytes more after the answer", unread);
	return session_conclude(scpi, query, cause, error);
}

gboolean session_drain(struct scpi *scpi, GString *entries, const struct bounds *bounds,
                       GError **error)
{
	GError *cause = NULL;
	if (make_ready(scpi, bounds, &cause))
		drain(scpi, entries, bounds, &cause);
	return session_conclude(scpi, scpi->dialect->error_query, cause, error);
}

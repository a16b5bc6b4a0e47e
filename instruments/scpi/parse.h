/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_SCPI_PARSE_H
#define INSTRUMENTS_SCPI_PARSE_H

#include <glib.h>

/* What stands in an answer; pure functions. Every failure is STATION_ERROR_PROTOCOL. */

struct scpi_dialect;

/*
 * A number, or why there is none. SCPI-99 vol. 1 §7.2.1.4-5: 9.91E37 is "not a number", 9.9E37
 * and its negative are the infinities. The words NAN, INF, NINF and -INF mean the same.
 */
enum scpi_value_kind {
	SCPI_VALUE_OK,
	SCPI_VALUE_NONE,  /* not a number: no result */
	SCPI_VALUE_OVER,  /* +infinity, or at or above the dialect's over_range */
	SCPI_VALUE_UNDER, /* -infinity, or at or below the negative of it */
};

struct scpi_value {
	enum scpi_value_kind kind;
	double value; /* NaN unless OK */
};

/* "no value", "over range", "under range"; "ok". Static. */
const char *scpi_value_kind_name(enum scpi_value_kind kind);

/* What a number received means; over_range as in the dialect. */
struct scpi_value scpi_judge_value(double number, double over_range);

/* The whole text as one value. Without a dialect only the standard's numbers are special. */
gboolean scpi_parse_value(const char *text, const struct scpi_dialect *dialect,
                          struct scpi_value *value, GError **error);

/*
 * The elements of an answer, split at `separator` outside of quotes, blanks around them removed; an
 * empty last element is dropped (a trailing comma). Never null. Free with g_strfreev.
 */
char **scpi_split(const char *text, char separator);

/* What one quoted string holds, doubled quotes undone; a copy of text when it is none. */
char *scpi_unquote(const char *text);

/* 1, 0, ON, OFF; numbers in any form. */
gboolean scpi_parse_bool(const char *text, gboolean *value, GError **error);

/* A whole number in any form, exact. */
gboolean scpi_parse_int(const char *text, gint64 *value, GError **error);

/* The number in front of an error queue's entry: `-222,"Data out of range"`. */
gboolean scpi_parse_error_code(const char *text, gint64 *code, GError **error);

/*
 * Where the payload lies within a reply that is one definite block and nothing else (blanks, CR and
 * NUL after it aside).
 */
gboolean scpi_parse_block(const guint8 *reply, gsize len, const guint8 **payload,
                          gsize *payload_len, GError **error);

/* A reply as text, blanks, CR and NUL around it removed; made UTF-8. Null with a NUL inside. */
char *scpi_parse_text(const guint8 *reply, gsize len, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_CANON_H
#define STATION_STORE_CANON_H

#include <glib.h>

/*
 * The bytes that stand for values when they are hashed or signed, and SHA-256 over them. A value
 * is a letter and what follows it, whole numbers in 8 bytes, most significant first:
 *
 *   N              NULL
 *   I  number      integer, two's complement
 *   R  number      real: the bits of the IEEE 754 double; -0 is 0
 *   T  length ...  text: its length in bytes, then they (UTF-8)
 *   B  length ...  bytes, likewise
 *
 * A row is its columns in the order of its table, rows follow one another without anything between
 * them. docs/store.md tells it to those who compute it by other means.
 */
enum { CANON_SHA256 = 32, CANON_STATE = 128 };

struct canon {
	guint64 state[CANON_STATE / sizeof(guint64)]; /* of the hash */
};

void canon_begin(struct canon *canon);
void canon_null(struct canon *canon);
void canon_int(struct canon *canon, gint64 value);
/* NaN is NULL, as in a column. */
void canon_real(struct canon *canon, double value);
/* Null is NULL. */
void canon_text(struct canon *canon, const char *text);
/* Text of n bytes, whatever they are. */
void canon_text_n(struct canon *canon, const char *text, gsize n);
void canon_bytes(struct canon *canon, const void *bytes, gsize n);
void canon_end(struct canon *canon, guint8 sha256[CANON_SHA256]);

/* SHA-256 of bytes as they are. */
void canon_sha256(const void *bytes, gsize n, guint8 sha256[CANON_SHA256]);

/* As hexadecimal digits; free with g_free. */
char *canon_hex(const guint8 *bytes, gsize n);
/* FALSE unless the text begins with exactly 2 n hexadecimal digits and then ends or goes on with
 * white space. */
gboolean canon_from_hex(const char *text, guint8 *bytes, gsize n);

#endif

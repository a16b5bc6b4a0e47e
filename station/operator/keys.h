/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_KEYS_H
#define STATION_OPERATOR_KEYS_H

#include <glib.h>

/*
 * What a terminal sends, made into keys: UTF-8, the sequences of VT220, xterm, screen and the Linux
 * console, those of the terminal's description, bracketed paste. Pure: bytes and times in, keys
 * out.
 *
 * Escape begins the sequences too; it is the key itself when nothing follows within KEYS_ESCAPE_US.
 * Where keys are missing (a VT220 has no F5, a VT100 only four), and with Alt everywhere, Escape
 * and a digit are F1 to F9 and, 0, F10, provided that the digit is the last for KEYS_DIGIT_US: a
 * scan just behind an Escape begins with a digit, too, and must not press a key. Ctrl-C just behind
 * another character is the end mark (ETX) of a scanner and is left out for the same reason.
 */

enum {
	KEYS_ESCAPE_US = 25000,
	KEYS_DIGIT_US = 50000,
	KEYS_SLOW_US = 1000000,  /* for a digit by hand, on terminals without function keys */
	KEYS_REST_US = 500000,   /* for the rest of a sequence or a character that has begun */
	KEYS_PASTE_US = 2000000, /* a paste whose end is lost ends after that much silence */
};

enum terminal_kind {
	TERMINAL_TIMEOUT,   /* the time is over */
	TERMINAL_OTHER,     /* the other descriptor can be read */
	TERMINAL_CHARACTER, /* c is a character or one of enum scan_key: for scanner_key */
	TERMINAL_FUNCTION,  /* number is 1..12 */
	TERMINAL_UP,
	TERMINAL_DOWN,
	TERMINAL_LEFT,
	TERMINAL_RIGHT,
	TERMINAL_PAGE_UP,
	TERMINAL_PAGE_DOWN,
	TERMINAL_HOME,
	TERMINAL_END,
	TERMINAL_RESIZE,    /* terminal_size has changed; draw anew */
	TERMINAL_INTERRUPT, /* somebody wants us to end; number: SIGINT, SIGTERM; 0: Ctrl-C */
	TERMINAL_HANGUP, /* the terminal is gone; from now on this is all that is read, at once */
	TERMINAL_REDRAW, /* Ctrl-L; terminal_read acts on it itself and never gives it */
};

struct terminal_key {
	enum terminal_kind kind;
	gunichar c;
	int number;
	gint64 time_us; /* g_get_monotonic_time() when it was read */
};

struct keys;

/* slow: wait for a digit behind Escape, see above. Free with keys_free. */
struct keys *keys_new(gboolean slow);
void keys_free(struct keys *keys); /* null is allowed */

/* What the terminal's description says that this key sends; null and "" are passed over. */
void keys_define(struct keys *keys, const char *sequence, enum terminal_kind kind, int number);

void keys_bytes(struct keys *keys, const void *bytes, gsize n, gint64 time_us);

/* The next key that is certain at the time now_us; FALSE: none yet. */
gboolean keys_take(struct keys *keys, gint64 now_us, struct terminal_key *key);

/* When keys_take, which just gave FALSE, would give something without another byte; 0: never. */
gint64 keys_deadline_us(const struct keys *keys);

#endif

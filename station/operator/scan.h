/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_SCAN_H
#define STATION_OPERATOR_SCAN_H

#include <glib.h>

/*
 * A barcode scanner types like a keyboard, only faster. Characters are gathered into a line that
 * Enter or Tab ends; whether fingers or a scanner made it shows in the time between them. No
 * character of a line is ever taken for a command, so that a scan can press no key: commands have
 * function keys, or bar codes of their own.
 */

enum { SCAN_LENGTH_MAX = 512 }; /* bytes; what is longer is refused as a whole */

/* What a key may be beside a character. */
enum scan_key {
	SCAN_KEY_ENTER = 0x110000, /* behind the last character of Unicode */
	SCAN_KEY_TAB,
	SCAN_KEY_BACKSPACE,
	SCAN_KEY_ESCAPE,
	SCAN_KEY_PASTE_BEGIN, /* bracketed paste: what follows is one scan */
	SCAN_KEY_PASTE_END,
};

enum scan_result {
	SCAN_NOTHING,  /* the key was taken; the line may have changed */
	SCAN_LINE,     /* a line is complete: scanner_take gives it */
	SCAN_TOO_LONG, /* a line was longer than SCAN_LENGTH_MAX and is gone */
	SCAN_PLAIN,    /* Enter, Tab or Escape by itself, with no line begun */
};

struct scanner;

/* gap_s: characters nearer than that were scanned; ordinary scanners need 1 to 20 ms. */
struct scanner *scanner_new(double gap_s);
void scanner_free(struct scanner *scanner); /* null is allowed */

/* A character (or one of enum scan_key) at a time, microseconds. An Enter just behind a scanned
 * line that is already complete (scanners send CR LF) is taken and does nothing. */
enum scan_result scanner_key(struct scanner *scanner, gunichar key, gint64 time_us);

/* What has been typed so far; borrowed until the next call. */
const char *scanner_line(const struct scanner *scanner);

/* The complete line, UTF-8, and whether a scanner made it; clears it. Free with g_free. */
char *scanner_take(struct scanner *scanner, gboolean *scanned);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_FRAME_H
#define INSTRUMENTS_LINK_FRAME_H

#include "instruments/link/link.h"

#include <glib.h>

/*
 * Finds the end of one message in a stream of bytes that comes in pieces of any size. Pure: reads
 * nothing itself. Source of the rules: IEEE 488.2 §8.7, response data: strings and blocks (the
 * number is from memory).
 */

enum frame_state {
	FRAME_ELEMENT, /* where a string or a block may begin */
	FRAME_TEXT,
	FRAME_QUOTED,
	FRAME_QUOTE_END, /* past a quote that ends the string unless it is doubled */
	FRAME_HASH,      /* past '#' */
	FRAME_DIGITS,    /* within a block's announced length */
	FRAME_BLOCK,
	FRAME_AFTER_BLOCK,
	FRAME_REST,    /* an indefinite block on a transport that marks its end */
	FRAME_LINES,   /* within lines of which one will be the last */
	FRAME_TAIL,    /* past the last of them, where an empty one may follow */
	FRAME_TAIL_CR, /* within that */
	FRAME_ENDED,
};

struct frame_scan {
	const struct link_frame *frame;
	enum frame_state state;
	gboolean header_possible; /* no comma since the message unit began */
	char quote;
	guint digits_left;
	gsize block_left;
	gsize fixed_len;  /* of the reply: bytes up to here belong to a block */
	gsize line_start; /* of the reply: where its latest line begins */
};

/* frame is borrowed as long as the scan is used. */
void frame_scan_init(struct frame_scan *scan, const struct link_frame *frame);

/*
 * Takes bytes up to the message's end or all of them, tells in *used how many, and appends the
 * message's bytes to reply; the end itself is not kept. FALSE: STATION_ERROR_PROTOCOL (a block
 * header that is none, too long, bytes after a block) or UNSUPPORTED (indefinite block).
 */
gboolean frame_scan_take(struct frame_scan *scan, const guint8 *data, gsize len, gsize *used,
                         GByteArray *reply, GError **error);

gboolean frame_scan_ended(const struct frame_scan *scan);

/*
 * The message is complete, but for an empty line after it that some units send and others do not.
 * Silence for FRAME_TAIL_S ends it too: 10 ms are that line at 1920 baud, the rest is the
 * adapter's.
 */
#define FRAME_TAIL_S 0.1
gboolean frame_scan_may_end(const struct frame_scan *scan);

/*
 * The transport has marked the end of the message after the bytes taken so far. A message may come
 * without its end then; the LF of an indefinite block is taken off. FALSE: STATION_ERROR_PROTOCOL,
 * cut inside a string or block.
 */
gboolean frame_scan_finish(struct frame_scan *scan, GByteArray *reply, GError **error);

/* What is still missing, for messages: "inside a block with 12 bytes to come". Free with g_free. */
char *frame_scan_where(const struct frame_scan *scan);

/* Appends the bytes of an end to message; gives their number. */
gsize frame_append_end(GByteArray *message, enum link_end end);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/frame.h"

#include "base/error.h"

#include <string.h>

void frame_scan_init(struct frame_scan *scan, const struct link_frame *frame)
{
	*scan = (struct frame_scan){.frame = frame, .header_possible = TRUE};
	if (frame->framing == LINK_FRAMING_LINE)
		scan->state = FRAME_TEXT;
	else if (frame->framing == LINK_FRAMING_DONE)
		scan->state = FRAME_LINES;
}

gboolean frame_scan_ended(const struct frame_scan *scan)
{
	return scan->state == FRAME_ENDED;
}

gboolean frame_scan_may_end(const struct frame_scan *scan)
{
	return scan->state == FRAME_TAIL || scan->state == FRAME_TAIL_CR;
}

static gboolean check_room(const struct frame_scan *scan, gsize have, gsize more, GError **error)
{
	if (have <= scan->frame->max_len && more <= scan->frame->max_len - have)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "the answer is longer than the %" G_GSIZE_FORMAT " bytes allowed",
	                  scan->frame->max_len);
	return FALSE;
}

/* True when c ends the message; then a CR that belongs to the end is taken off reply again. */
static gboolean ends_message(const struct frame_scan *scan, guint8 c, GByteArray *reply)
{
	gboolean past_cr = reply->len > scan->fixed_len && reply->data[reply->len - 1] == '\r';
	switch (scan->frame->read_end) {
	case LINK_END_LF:
		if (c == '\n' && past_cr)
			g_byte_array_set_size(reply, reply->len - 1);
		return c == '\n';
	case LINK_END_CR:
		return c == '\r';
	case LINK_END_CRLF:
		if (c != '\n' || !past_cr)
			return FALSE;
		g_byte_array_set_size(reply, reply->len - 1);
		return TRUE;
	default:
		return FALSE;
	}
}

static void begin_block(struct frame_scan *scan, gsize len, GByteArray *reply)
{
	if (scan->frame->indefinite)
		g_byte_array_set_size(reply, 0);
	scan->block_left = len;
	scan->fixed_len = reply->len + len;
	scan->state = len > 0 ? FRAME_BLOCK : FRAME_AFTER_BLOCK;
}

static gboolean take_hash(struct frame_scan *scan, guint8 c, GByteArray *reply, GError **error)
{
	if (c >= '1' && c <= '9') {
		scan->digits_left = c - '0';
		scan->state = FRAME_DIGITS;
		return TRUE;
	}
	if (c == '0' && scan->frame->indefinite) {
		begin_block(scan, scan->frame->indefinite_len, reply);
		return TRUE;
	}
	if (c == '0' && scan->frame->marked) {
		scan->state = FRAME_REST;
		return TRUE;
	}
	if (c == '0') {
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "an indefinite block has no end on this link");
		return FALSE;
	}
	/* Hexadecimal, octal and binary numbers begin with the same sign. */
	if (c != '\0' && strchr("HhQqBb", c) && !scan->frame->indefinite) {
		scan->state = FRAME_TEXT;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "byte 0x%02x in a block's header", c);
	return FALSE;
}

static gboolean take_digit(struct frame_scan *scan, guint8 c, GByteArray *reply, GError **error)
{
	if (!g_ascii_isdigit(c)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "byte 0x%02x in a block's length",
		                  c);
		return FALSE;
	}
	scan->block_left = scan->block_left * 10 + (gsize)(c - '0');
	if (--scan->digits_left > 0)
		return TRUE;
	gsize len = scan->block_left;
	if (scan->frame->indefinite && len != scan->frame->indefinite_len) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "a block of %" G_GSIZE_FORMAT " bytes, expected %" G_GSIZE_FORMAT,
		                  len, scan->frame->indefinite_len);
		return FALSE;
	}
	begin_block(scan, len, reply);
	return TRUE;
}

static gboolean take_after_block(struct frame_scan *scan, guint8 c, GError **error)
{
	if ((c == ',' || c == ';') && !scan->frame->indefinite) {
		scan->state = FRAME_ELEMENT;
		return TRUE;
	}
	/* A CR may begin the end; some firmware adds a NUL or blanks. */
	if (c == '\r' || c == '\0' || c == ' ')
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "byte 0x%02x after a block where its end should be", c);
	return FALSE;
}

static void take_text(struct frame_scan *scan, guint8 c)
{
	scan->state = FRAME_TEXT;
	if (c == ',') {
		scan->header_possible = FALSE;
		scan->state = FRAME_ELEMENT;
	} else if (c == ';') {
		scan->header_possible = TRUE;
		scan->state = FRAME_ELEMENT;
	} else if (c == ' ' && scan->header_possible) {
		/* Past a response header (":CURV #15…"), but not within "…,Model #1,…". */
		scan->state = FRAME_ELEMENT;
	}
}

static gboolean take_element(struct frame_scan *scan, guint8 c, GError **error)
{
	if (c == '#') {
		scan->block_left = 0;
		scan->state = FRAME_HASH;
		return TRUE;
	}
	if (scan->frame->indefinite) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the answer begins with byte 0x%02x, expected a block", c);
		return FALSE;
	}
	if (c == '"' || c == '\'') {
		scan->quote = (char)c;
		scan->state = FRAME_QUOTED;
	} else if (c != ' ' && c != '\t') {
		take_text(scan, c);
	}
	return TRUE;
}

static gboolean append(const struct frame_scan *scan, guint8 c, GByteArray *reply, GError **error)
{
	if (!check_room(scan, reply->len, 1, error))
		return FALSE;
	g_byte_array_append(reply, &c, 1);
	return TRUE;
}

static gboolean take_lines(struct frame_scan *scan, guint8 c, GByteArray *reply, GError **error)
{
	if (!ends_message(scan, c, reply))
		return append(scan, c, reply, error);
	const char *line = (const char *)reply->data + scan->line_start;
	gsize len = reply->len - scan->line_start;
	if (reply->len == 0)
		return TRUE;
	if ((len == 4 && memcmp(line, "Done", 4) == 0) ||
	    (len >= 5 && memcmp(line, "Error", 5) == 0)) {
		scan->state = FRAME_TAIL;
		return TRUE;
	}
	if (!append(scan, '\n', reply, error))
		return FALSE;
	scan->line_start = reply->len;
	return TRUE;
}

/* Past the last line: gives whether c is of the empty one after it. */
static gboolean take_tail(struct frame_scan *scan, guint8 c)
{
	guint8 end = scan->frame->read_end == LINK_END_CR ? '\r' : '\n';
	if (c == '\r' && end == '\n' && scan->state == FRAME_TAIL) {
		scan->state = FRAME_TAIL_CR;
		return TRUE;
	}
	scan->state = FRAME_ENDED;
	return c == end;
}

static gboolean take_byte(struct frame_scan *scan, guint8 c, GByteArray *reply, GError **error)
{
	if (scan->state == FRAME_LINES)
		return take_lines(scan, c, reply, error);
	gboolean closed = scan->state != FRAME_QUOTED && scan->state != FRAME_HASH &&
	                  scan->state != FRAME_DIGITS && scan->state != FRAME_REST;
	gboolean nothing_yet = scan->frame->indefinite && scan->state == FRAME_ELEMENT;
	if (closed && !nothing_yet && ends_message(scan, c, reply)) {
		scan->state = FRAME_ENDED;
		if (scan->frame->indefinite)
			g_byte_array_set_size(reply, (guint)scan->fixed_len);
		return TRUE;
	}
	if (!append(scan, c, reply, error))
		return FALSE;
	if (scan->frame->framing == LINK_FRAMING_LINE)
		return TRUE;
	switch (scan->state) {
	case FRAME_REST:
		return TRUE;
	case FRAME_HASH:
		return take_hash(scan, c, reply, error);
	case FRAME_DIGITS:
		return take_digit(scan, c, reply, error);
	case FRAME_AFTER_BLOCK:
		return take_after_block(scan, c, error);
	case FRAME_ELEMENT:
		return take_element(scan, c, error);
	case FRAME_QUOTED:
		if ((char)c == scan->quote)
			scan->state = FRAME_QUOTE_END;
		return TRUE;
	case FRAME_QUOTE_END:
		if ((char)c == scan->quote)
			scan->state = FRAME_QUOTED;
		else
			take_text(scan, c);
		return TRUE;
	default:
		take_text(scan, c);
		return TRUE;
	}
}

/* The announced length is looked at before its bytes are waited for. */
static gboolean check_block(const struct frame_scan *scan, const GByteArray *reply, GError **error)
{
	return scan->state != FRAME_BLOCK || check_room(scan, reply->len, scan->block_left, error);
}

gboolean frame_scan_take(struct frame_scan *scan, const guint8 *data, gsize len, gsize *used,
                         GByteArray *reply, GError **error)
{
	gsize at = 0;
	while (at < len && scan->state != FRAME_ENDED) {
		if (scan->state == FRAME_BLOCK) {
			gsize piece = MIN(scan->block_left, len - at);
			g_byte_array_append(reply, data + at, (guint)piece);
			at += piece;
			scan->block_left -= piece;
			if (scan->block_left == 0)
				scan->state = FRAME_AFTER_BLOCK;
			continue;
		}
		if (frame_scan_may_end(scan)) {
			at += take_tail(scan, data[at]);
			continue;
		}
		if (!take_byte(scan, data[at], reply, error) || !check_block(scan, reply, error))
			return FALSE;
		at++;
	}
	*used = at;
	return TRUE;
}

gboolean frame_scan_finish(struct frame_scan *scan, GByteArray *reply, GError **error)
{
	switch (scan->state) {
	case FRAME_ENDED:
		return TRUE;
	case FRAME_TAIL:
	case FRAME_TAIL_CR:
		break;
	case FRAME_REST:
		if (reply->len > 0 && reply->data[reply->len - 1] == '\n')
			g_byte_array_set_size(reply, reply->len - 1);
		break;
	case FRAME_AFTER_BLOCK:
		if (scan->frame->indefinite)
			g_byte_array_set_size(reply, (guint)scan->fixed_len);
		break;
	case FRAME_ELEMENT:
	case FRAME_TEXT:
	case FRAME_QUOTE_END:
		if (!scan->frame->indefinite)
			break;
		/* fall through */
	default: {
		g_autofree char *where = frame_scan_where(scan);
		station_error_set(error, STATION_ERROR_PROTOCOL, "the answer ends %s", where);
		return FALSE;
	}
	}
	scan->state = FRAME_ENDED;
	return TRUE;
}

char *frame_scan_where(const struct frame_scan *scan)
{
	switch (scan->state) {
	case FRAME_BLOCK:
		return g_strdup_printf("inside a block with %" G_GSIZE_FORMAT " bytes to come",
		                       scan->block_left);
	case FRAME_HASH:
	case FRAME_DIGITS:
		return g_strdup("inside a block's header");
	case FRAME_AFTER_BLOCK:
		return g_strdup("after a block, before its end mark");
	case FRAME_QUOTED:
		return g_strdup("inside a quoted string");
	case FRAME_LINES:
		return g_strdup("before the line that ends it");
	default:
		return g_strdup("before its end mark");
	}
}

gsize frame_append_end(GByteArray *message, enum link_end end)
{
	static const char *const bytes[] = {
		[LINK_END_LF] = "\n",
		[LINK_END_CR] = "\r",
		[LINK_END_CRLF] = "\r\n",
		[LINK_END_NONE] = "",
	};
	gsize len = strlen(bytes[end]);
	g_byte_array_append(message, (const guint8 *)bytes[end], (guint)len);
	return len;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/keys.h"

#include "station/operator/scan.h"

#include <string.h>

enum { ETX = 0x03, EOT = 0x04, BACKSPACE = 0x08, FORM_FEED = 0x0c, ESC = 0x1b, DEL = 0x7f };
enum { FILE_SEPARATOR = 0x1c, UNIT_SEPARATOR = 0x1f };
enum { CSI_MAX = 32 }; /* bytes of a sequence; what is longer is none */
enum { REPLACEMENT = 0xfffd };

struct sequence {
	const char *bytes;
	enum terminal_kind kind;
	int number;
};

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";

/* XTerm Control Sequences (ctlseqs), "PC-Style Function Keys" and "VT220-Style Function Keys";
 * console_codes(4) and its keymaps for "[[A" .. "[[E". */
static const struct sequence known[] = {
	{"\033[A", TERMINAL_UP},           {"\033OA", TERMINAL_UP},
	{"\033[B", TERMINAL_DOWN},         {"\033OB", TERMINAL_DOWN},
	{"\033[C", TERMINAL_RIGHT},        {"\033OC", TERMINAL_RIGHT},
	{"\033[D", TERMINAL_LEFT},         {"\033OD", TERMINAL_LEFT},
	{"\033[H", TERMINAL_HOME},         {"\033OH", TERMINAL_HOME},
	{"\033[F", TERMINAL_END},          {"\033OF", TERMINAL_END},
	{"\033[1~", TERMINAL_HOME},        {"\033[7~", TERMINAL_HOME},
	{"\033[4~", TERMINAL_END},         {"\033[8~", TERMINAL_END},
	{"\033[5~", TERMINAL_PAGE_UP},     {"\033[6~", TERMINAL_PAGE_DOWN},
	{"\033OP", TERMINAL_FUNCTION, 1},  {"\033OQ", TERMINAL_FUNCTION, 2},
	{"\033OR", TERMINAL_FUNCTION, 3},  {"\033OS", TERMINAL_FUNCTION, 4},
	{"\033[[A", TERMINAL_FUNCTION, 1}, {"\033[[B", TERMINAL_FUNCTION, 2},
	{"\033[[C", TERMINAL_FUNCTION, 3}, {"\033[[D", TERMINAL_FUNCTION, 4},
	{"\033[[E", TERMINAL_FUNCTION, 5},
};

/* ESC [ number ~ */
static const guint8 tilde_functions[] = {
	[11] = 1, [12] = 2, [13] = 3, [14] = 4,  [15] = 5,  [17] = 6,
	[18] = 7, [19] = 8, [20] = 9, [21] = 10, [23] = 11, [24] = 12,
};

struct keys {
	gboolean slow;
	gboolean pasting;
	GByteArray *bytes;
	GArray *times;    /* gint64, of each byte */
	GPtrArray *mine;  /* struct sequence * */
	gint64 before_us; /* of the last byte that was taken; 0: none */
	gint64 deadline_us;
};

/* What the first bytes are: so many bytes with or without a key, or (used 0) not certain until so
 * long after the last byte. */
struct reading {
	gsize used;
	gboolean is_key;
	enum terminal_kind kind;
	gunichar c;
	int number;
	gint64 wait_us;
};

static void free_sequence(gpointer data)
{
	struct sequence *sequence = data;

	g_free((char *)sequence->bytes);
	g_free(sequence);
}

struct keys *keys_new(gboolean slow)
{
	struct keys *keys = g_new0(struct keys, 1);

	keys->slow = slow;
	keys->bytes = g_byte_array_new();
	keys->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	keys->mine = g_ptr_array_new_with_free_func(free_sequence);
	return keys;
}

void keys_free(struct keys *keys)
{
	if (!keys)
		return;
	g_byte_array_unref(keys->bytes);
	g_array_unref(keys->times);
	g_ptr_array_unref(keys->mine);
	g_free(keys);
}

void keys_define(struct keys *keys, const char *sequence, enum terminal_kind kind, int number)
{
	struct sequence *defined;

	/* a key that sends one plain byte is a character */
	if (!sequence || sequence[0] != ESC || !sequence[1])
		return;
	defined = g_new0(struct sequence, 1);
	*defined = (struct sequence){g_strdup(sequence), kind, number};
	g_ptr_array_add(keys->mine, defined);
}

void keys_bytes(struct keys *keys, const void *bytes, gsize n, gint64 time_us)
{
	g_byte_array_append(keys->bytes, bytes, (guint)n);
	for (gsize i = 0; i < n; i++)
		g_array_append_val(keys->times, time_us);
}

/* --- what the first bytes are --------------------------------------------------------------------
 */

static struct reading wait_for(gint64 wait_us)
{
	return (struct reading){.wait_us = wait_us};
}

static struct reading dropped(gsize used)
{
	return (struct reading){.used = used};
}

static struct reading character(gsize used, gunichar c)
{
	return (struct reading){used, TRUE, TERMINAL_CHARACTER, c};
}

static struct reading special(gsize used, enum terminal_kind kind, int number)
{
	return (struct reading){used, TRUE, kind, 0, number};
}

/* 1: they begin with it; 0: they may yet; -1: no */
static int compare(const struct keys *keys, const char *sequence)
{
	gsize n = strlen(sequence), have = keys->bytes->len;

	if (memcmp(keys->bytes->data, sequence, MIN(n, have)) != 0)
		return -1;
	return have >= n;
}

static gboolean is_quick(const struct keys *keys, gsize i, gint64 within_us)
{
	const gint64 *times = (const gint64 *)(gpointer)keys->times->data;

	return times[i] - (i ? times[i - 1] : keys->before_us) <= within_us;
}

static struct reading read_utf8(const struct keys *keys, gboolean over)
{
	const char *text = (const char *)keys->bytes->data;
	gunichar c = g_utf8_get_char_validated(text, (gssize)keys->bytes->len);

	if (c == (gunichar)-2 && !over)
		return wait_for(KEYS_REST_US);
	if (c == (gunichar)-1 || c == (gunichar)-2)
		return character(1, REPLACEMENT);
	/* the upper control characters */
	if (c >= 0x80 && c < 0xa0)
		return dropped(2);
	return character((gsize)g_unichar_to_utf8(c, NULL), c);
}

static struct reading read_control(const struct keys *keys, guint8 byte)
{
	switch (byte) {
	case '\r':
	case '\n':
		return character(1, SCAN_KEY_ENTER);
	case '\t':
		return character(1, SCAN_KEY_TAB);
	case BACKSPACE:
	case DEL:
		return keys->pasting ? dropped(1) : character(1, SCAN_KEY_BACKSPACE);
	case FORM_FEED:
		return keys->pasting ? dropped(1) : special(1, TERMINAL_REDRAW, 0);
	case ETX:
		if (keys->pasting || (keys->before_us && is_quick(keys, 0, KEYS_ESCAPE_US)))
			return dropped(1);
		return special(1, TERMINAL_INTERRUPT, 0);
	default:
		/* the separators in bar codes: ISO/IEC 15434, GS1 General Specifications 7.8 */
		if (byte == EOT || (byte >= FILE_SEPARATOR && byte <= UNIT_SEPARATOR))
			return character(1, byte);
		return dropped(1);
	}
}

/* ESC [ parameters final */
static struct reading read_csi(const struct keys *keys, gboolean over)
{
	const guint8 *bytes = keys->bytes->data;
	gsize n = keys->bytes->len, end = 2;
	guint number = 0;

	while (end < n && end < CSI_MAX && (bytes[end] < '@' || bytes[end] > '~')) {
		number = g_ascii_isdigit(bytes[end]) ? number * 10 + (guint)(bytes[end] - '0')
		                                     : G_N_ELEMENTS(tilde_functions);
		number = MIN(number, G_N_ELEMENTS(tilde_functions));
		if (bytes[end] < ' ' || bytes[end] == DEL)
			return dropped(end); /* broken off */
		end++;
	}
	if (end == n || end == CSI_MAX)
		return over || end == CSI_MAX ? dropped(end) : wait_for(KEYS_REST_US);
	if (bytes[end] == '~' && number < G_N_ELEMENTS(tilde_functions) && tilde_functions[number])
		return special(end + 1, TERMINAL_FUNCTION, tilde_functions[number]);
	/* keys that we have no use for, with Shift and the like: nothing */
	return dropped(end + 1);
}

/* Escape and a digit */
static struct reading read_digit(const struct keys *keys, gboolean over)
{
	guint8 digit = keys->bytes->data[1];

	if (keys->bytes->len > 2 && is_quick(keys, 2, KEYS_DIGIT_US))
		return character(1, SCAN_KEY_ESCAPE);
	if (keys->bytes->len == 2 && !over)
		return wait_for(KEYS_DIGIT_US);
	return special(2, TERMINAL_FUNCTION, digit == '0' ? 10 : digit - '0');
}

static struct reading read_sequence(const struct keys *keys, const struct sequence *sequence,
                                    struct reading otherwise)
{
	int fits = compare(keys, sequence->bytes);

	if (fits == 1)
		return special(strlen(sequence->bytes), sequence->kind, sequence->number);
	/* longer sequences are as good as known when they have begun */
	if (fits == 0 && keys->bytes->len > 1 && otherwise.used == 0)
		return wait_for(KEYS_REST_US);
	return otherwise;
}

static struct reading read_escape(struct keys *keys, gboolean over)
{
	struct reading reading = {0};
	guint8 second = keys->bytes->len > 1 ? keys->bytes->data[1] : 0;

	if (keys->bytes->len == 1)
		return over ? character(1, SCAN_KEY_ESCAPE)
		            : wait_for(keys->slow ? KEYS_SLOW_US : KEYS_ESCAPE_US);
	if (!is_quick(keys, 1, KEYS_ESCAPE_US))
		return keys->slow && g_ascii_isdigit(second) ? read_digit(keys, over)
		                                             : character(1, SCAN_KEY_ESCAPE);
	if (compare(keys, paste_begin) == 1) {
		keys->pasting = TRUE;
		return character(strlen(paste_begin), SCAN_KEY_PASTE_BEGIN);
	}
	for (guint i = 0; i < keys->mine->len && !reading.used; i++)
		reading = read_sequence(keys, g_ptr_array_index(keys->mine, i), reading);
	for (guint i = 0; i < G_N_ELEMENTS(known) && !reading.used; i++)
		reading = read_sequence(keys, &known[i], reading);
	if (reading.used || (reading.wait_us && !over))
		return reading;
	if (second == '[')
		return read_csi(keys, over);
	if (second == 'O')
		return keys->bytes->len == 2 && !over ? wait_for(KEYS_REST_US)
		                                      : dropped(MIN(keys->bytes->len, 3));
	if (g_ascii_isdigit(second))
		return read_digit(keys, over);
	return character(1, SCAN_KEY_ESCAPE);
}

static struct reading read_paste(struct keys *keys, gboolean over)
{
	guint8 byte = keys->bytes->len ? keys->bytes->data[0] : 0;
	int fits = keys->bytes->len ? compare(keys, paste_end) : 0;

	if (fits == 1 || (fits == 0 && over)) {
		keys->pasting = FALSE;
		return character(fits == 1 ? strlen(paste_end) : keys->bytes->len,
		                 SCAN_KEY_PASTE_END);
	}
	if (fits == 0)
		return wait_for(KEYS_PASTE_US);
	if (byte == ESC)
		return dropped(1);
	return byte < ' ' || byte == DEL ? read_control(keys, byte) : read_utf8(keys, over);
}

static struct reading read_first(struct keys *keys, gboolean over)
{
	guint8 byte;

	if (keys->pasting)
		return read_paste(keys, over);
	byte = keys->bytes->data[0];
	if (byte == ESC)
		return read_escape(keys, over);
	return byte < ' ' || byte == DEL ? read_control(keys, byte) : read_utf8(keys, over);
}

/* --- taking them --------------------------------------------------------------------------------
 */

static gint64 last_time(const struct keys *keys)
{
	return keys->times->len ? g_array_index(keys->times, gint64, keys->times->len - 1)
	                        : keys->before_us;
}

gboolean keys_take(struct keys *keys, gint64 now_us, struct terminal_key *key)
{
	keys->deadline_us = 0;
	while (keys->bytes->len || keys->pasting) {
		struct reading reading = read_first(keys, FALSE);
		if (!reading.used && !reading.is_key) {
			keys->deadline_us = last_time(keys) + reading.wait_us;
			if (now_us < keys->deadline_us)
				return FALSE;
			keys->deadline_us = 0;
			reading = read_first(keys, TRUE);
		}
		if (reading.used) {
			keys->before_us = g_array_index(keys->times, gint64, reading.used - 1);
			g_byte_array_remove_range(keys->bytes, 0, (guint)reading.used);
			g_array_remove_range(keys->times, 0, (guint)reading.used);
		}
		if (reading.is_key) {
			*key = (struct terminal_key){reading.kind, reading.c, reading.number,
			                             keys->before_us};
			return TRUE;
		}
	}
	return FALSE;
}

gint64 keys_deadline_us(const struct keys *keys)
{
	return keys->deadline_us;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/scan.h"

/* Fewer characters may be a finger that slipped over two keys. */
enum { SCANNED_MIN = 3 };

struct scanner {
	gint64 gap_us;
	GString *line;
	gint64 last_us; /* of the last character; 0: none */
	guint quick;    /* characters in a row that came quickly */
	gboolean pasting;
	gboolean overflow; /* until its end */
	gboolean complete;
	gboolean scanned; /* the complete line */
	gint64 ended_us;  /* when a scanned line was ended; 0: none */
};

struct scanner *scanner_new(double gap_s)
{
	struct scanner *scanner = g_new0(struct scanner, 1);

	scanner->gap_us = (gint64)(gap_s * 1e6);
	scanner->line = g_string_new(NULL);
	return scanner;
}

void scanner_free(struct scanner *scanner)
{
	if (!scanner)
		return;
	g_string_free(scanner->line, TRUE);
	g_free(scanner);
}

static void begin_line(struct scanner *scanner)
{
	g_string_truncate(scanner->line, 0);
	scanner->quick = 0;
	scanner->overflow = FALSE;
	scanner->complete = FALSE;
	scanner->scanned = FALSE;
}

static enum scan_result add(struct scanner *scanner, gunichar c, gint64 time_us)
{
	gboolean quick = scanner->pasting || time_us - scanner->last_us <= scanner->gap_us;

	if (scanner->complete)
		begin_line(scanner); /* nobody took it */
	scanner->quick = quick ? scanner->quick + 1 : 1;
	scanner->last_us = time_us;
	if (scanner->line->len + 6 > SCAN_LENGTH_MAX)
		scanner->overflow = TRUE;
	if (!scanner->overflow)
		g_string_append_unichar(scanner->line, c);
	return SCAN_NOTHING;
}

static enum scan_result end(struct scanner *scanner, gint64 time_us)
{
	gboolean quick = time_us - scanner->last_us <= scanner->gap_us;

	if (scanner->overflow) {
		begin_line(scanner);
		return SCAN_TOO_LONG;
	}
	if (scanner->complete || !scanner->line->len)
		return scanner->ended_us && time_us - scanner->ended_us <= scanner->gap_us
		               ? SCAN_NOTHING
		               : SCAN_PLAIN;
	scanner->complete = TRUE;
	scanner->scanned = scanner->pasting ||
	                   (quick && scanner->quick >= SCANNED_MIN &&
	                    scanner->quick == (guint)g_utf8_strlen(scanner->line->str, -1));
	scanner->ended_us = scanner->scanned ? time_us : 0;
	return SCAN_LINE;
}

static void rub_out(struct scanner *scanner)
{
	GString *line = scanner->line;
	const char *last = g_utf8_find_prev_char(line->str, line->str + line->len);

	if (!scanner->complete && last)
		g_string_truncate(line, (gsize)(last - line->str));
	scanner->quick = 0;
}

enum scan_result scanner_key(struct scanner *scanner, gunichar key, gint64 time_us)
{
	switch (key) {
	case SCAN_KEY_PASTE_BEGIN:
		begin_line(scanner);
		scanner->pasting = TRUE;
		return SCAN_NOTHING;
	case SCAN_KEY_PASTE_END: {
		/* what was pasted is complete without an Enter */
		enum scan_result result = scanner->line->len || scanner->overflow
		                                  ? end(scanner, time_us)
		                                  : SCAN_NOTHING;
		scanner->pasting = FALSE;
		return result == SCAN_PLAIN ? SCAN_NOTHING : result;
	}
	case SCAN_KEY_ENTER:
	case SCAN_KEY_TAB:
		/* in a paste only its end ends it; further lines of it are not another scan */
		if (scanner->pasting)
			return add(scanner, '\n', time_us);
		return end(scanner, time_us);
	case SCAN_KEY_ESCAPE:
		if (scanner->line->len && !scanner->complete) {
			begin_line(scanner);
			return SCAN_NOTHING;
		}
		return SCAN_PLAIN;
	case SCAN_KEY_BACKSPACE:
		rub_out(scanner);
		return SCAN_NOTHING;
	default:
		return add(scanner, key, time_us);
	}
}

const char *scanner_line(const struct scanner *scanner)
{
	return scanner->complete ? "" : scanner->line->str;
}

char *scanner_take(struct scanner *scanner, gboolean *scanned)
{
	char *text = g_strdup(scanner->line->str);

	*scanned = scanner->scanned;
	begin_line(scanner);
	return text;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/scan.h"

#include <string.h>

#define GAP_S 0.03

/* A key of a row: of the text a character, but '\r' Enter, '\t' Tab, '\b' backspace, '\x1b' Escape,
 * '<' and '>' the ends of a paste. */
static gunichar key_of(char c)
{
	switch (c) {
	case '\r':
		return SCAN_KEY_ENTER;
	case '\t':
		return SCAN_KEY_TAB;
	case '\b':
		return SCAN_KEY_BACKSPACE;
	case '\x1b':
		return SCAN_KEY_ESCAPE;
	case '<':
		return SCAN_KEY_PASTE_BEGIN;
	case '>':
		return SCAN_KEY_PASTE_END;
	default:
		return (gunichar)(guchar)c;
	}
}

/* Feeds the keys so many milliseconds apart; gives "s:TEXT|" for a scanned line, "t:TEXT|" for a
 * typed one, "!|" for one that was too long, ".|" for a key by itself. */
static void feed(struct scanner *scanner, const char *keys, int apart_ms, gint64 *time_us,
                 GString *seen)
{
	for (const char *p = keys; *p; p++) {
		*time_us += apart_ms * 1000;
		switch (scanner_key(scanner, key_of(*p), *time_us)) {
		case SCAN_LINE: {
			gboolean scanned;
			g_autofree char *line = scanner_take(scanner, &scanned);
			g_string_append_printf(seen, "%c:%s|", scanned ? 's' : 't', line);
			break;
		}
		case SCAN_TOO_LONG:
			g_string_append(seen, "!|");
			break;
		case SCAN_PLAIN:
			g_string_append(seen, ".|");
			break;
		case SCAN_NOTHING:
			break;
		}
	}
}

static void test_lines(void)
{
	static const struct {
		const char *keys;
		int apart_ms;
		const char *seen;
	} rows[] = {
		{"DR400123\r", 5, "s:DR400123|"},
		{"DR400123\t", 5, "s:DR400123|"},
		/* CR LF, and two labels one after the other */
		{"A123\r\rB456\r", 5, "s:A123|s:B456|"},
		{"DR400123\r", 120, "t:DR400123|"},
		/* two keys at once are a slip of the finger */
		{"7f\r", 5, "t:7f|"},
		{"\r", 120, ".|"},
		{"\x1b", 120, ".|"},
		{"ab\x1b\r", 120, ".|"},
		{"abd\bc\r", 120, "t:abc|"},
		{"a\b\b\b\r", 120, ".|"},
		/* what is pasted is one scan, with all its lines */
		{"<SN:1\rCMD:ABORT\r>", 120, "s:SN:1\nCMD:ABORT\n|"},
		{"<>", 120, ""},
		{"ab<cd>", 120, "s:cd|"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct scanner *scanner = scanner_new(GAP_S);
		g_autoptr(GString) seen = g_string_new(NULL);
		gint64 time_us = 1000000;
		feed(scanner, rows[i].keys, rows[i].apart_ms, &time_us, seen);
		g_assert_cmpstr(seen->str, ==, rows[i].seen);
		scanner_free(scanner);
	}
}

/* The first characters were typed: a line of both is no scan, so that what asks for one is not
 * deceived. */
static void test_half_typed(void)
{
	struct scanner *scanner = scanner_new(GAP_S);
	g_autoptr(GString) seen = g_string_new(NULL);
	gint64 time_us = 0;

	feed(scanner, "xy", 200, &time_us, seen);
	g_assert_cmpstr(scanner_line(scanner), ==, "xy");
	time_us += 500000;
	feed(scanner, "DR400123\r", 5, &time_us, seen);
	g_assert_cmpstr(seen->str, ==, "t:xyDR400123|");
	g_assert_cmpstr(scanner_line(scanner), ==, "");
	/* a person's Enter long after a scan is an Enter */
	g_string_truncate(seen, 0);
	feed(scanner, "DR400123\r", 5, &time_us, seen);
	time_us += 1000000;
	feed(scanner, "\r", 5, &time_us, seen);
	g_assert_cmpstr(seen->str, ==, "s:DR400123|.|");
	scanner_free(scanner);
}

static void test_too_long(void)
{
	struct scanner *scanner = scanner_new(GAP_S);
	g_autoptr(GString) seen = g_string_new(NULL);
	g_autofree char *noise = g_strnfill(3 * SCAN_LENGTH_MAX, 'x');
	gint64 time_us = 0;

	feed(scanner, noise, 1, &time_us, seen);
	feed(scanner, "\rGOOD\r", 1, &time_us, seen);
	g_assert_cmpstr(seen->str, ==, "!|s:GOOD|");
	scanner_free(scanner);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/scan/lines", test_lines);
	g_test_add_func("/operator/scan/half-typed", test_half_typed);
	g_test_add_func("/operator/scan/too-long", test_too_long);
	return g_test_run();
}

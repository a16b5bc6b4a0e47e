/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/keys.h"

#include "station/operator/scan.h"
#include "station/operator/signs.h"

#include <string.h>

/* Keys in words: characters as they are, "<F5>", "<up>", "<enter>" ... */
static void append_key(GString *words, const struct terminal_key *key)
{
	static const char *const kinds[] = {
		[TERMINAL_UP] = "up",           [TERMINAL_DOWN] = "down",
		[TERMINAL_LEFT] = "left",       [TERMINAL_RIGHT] = "right",
		[TERMINAL_PAGE_UP] = "page-up", [TERMINAL_PAGE_DOWN] = "page-down",
		[TERMINAL_HOME] = "home",       [TERMINAL_END] = "end",
		[TERMINAL_REDRAW] = "redraw",   [TERMINAL_INTERRUPT] = "interrupt",
	};
	static const char *const specials[] = {"enter",  "tab",   "backspace",
	                                       "escape", "paste", "paste-end"};

	if (key->kind == TERMINAL_FUNCTION)
		g_string_append_printf(words, "<F%d>", key->number);
	else if (key->kind != TERMINAL_CHARACTER)
		g_string_append_printf(words, "<%s>", kinds[key->kind]);
	else if (key->c >= SCAN_KEY_ENTER)
		g_string_append_printf(words, "<%s>", specials[key->c - SCAN_KEY_ENTER]);
	else if (key->c < ' ')
		g_string_append_printf(words, "<%02x>", key->c);
	else
		g_string_append_unichar(words, key->c);
}

static void take_all(struct keys *keys, gint64 now_us, GString *words)
{
	struct terminal_key key;

	while (keys_take(keys, now_us, &key))
		append_key(words, &key);
}

/* One packet and then silence. */
static void expect_of(struct keys *keys, const char *bytes, const char *wanted)
{
	g_autoptr(GString) words = g_string_new(NULL);

	keys_bytes(keys, bytes, strlen(bytes), 1000000);
	take_all(keys, 1000000, words);
	take_all(keys, 9000000, words);
	g_assert_cmpstr(words->str, ==, wanted);
	keys_free(keys);
}

static void test_packets(void)
{
	static const struct {
		const char *bytes, *keys;
	} rows[] = {
		{"SN-1\r", "SN-1<enter>"},
		{"a\tb\n\b\177", "a<tab>b<enter><backspace><backspace>"},
		{"\u5de5\u4f4d\u00e9", "\u5de5\u4f4d\u00e9"},
		{"\xe5\xb7", "\ufffd\ufffd"},
		{"a\xff"
	         "b",
	         "a\ufffdb"},
		{"\xc2\x9b"
	         "1",
	         "1"},
		{"\033OP\033OS\033[11~\033[15~\033[24~", "<F1><F4><F1><F5><F12>"},
		{"\033[[A\033[[E\033[17~", "<F1><F5><F6>"},
		{"\033[A\033OB\033[C\033[D", "<up><down><right><left>"},
		{"\033[5~\033[6~\033[1~\033[4~\033[H\033OF",
	         "<page-up><page-down><home><end><home><end>"},
		/* keys of no use, and what is no key: nothing, and nothing of them is text */
		{"x\033[17;2~\033[1;5A\033[99~\033[?1;2c\033OxY", "xY"},
		{"\033[1;2\rz", "<enter>z"},
		{"\033", "<escape>"},
		{"\033\033", "<escape><escape>"},
		{"\033[", ""},
		{"\033x", "<escape>x"},
		/* Escape and a digit, alone and in front of a scan */
		{"\0331", "<F1>"},
		{"\0330", "<F10>"},
		{"\033123456\r", "<escape>123456<enter>"},
		{"\014", "<redraw>"},
		{"\003", "<interrupt>"},
		/* the marks in bar codes; other control characters are nothing */
		{"[)>\03606\035P1\036\004", "[)><1e>06<1d>P1<1e><04>"},
		{"\002SN1\003", "SN1"},
		{"\032\023\021a", "a"},
		/* a paste, in which nothing is a key */
		{"\033[200~a\033[15~\003\014\rb\033[201~c", "<paste>a[15~<enter>b<paste-end>c"},
		{"\033[200~lost", "<paste>lost<paste-end>"},
		{"\033[200~lost\033[20", "<paste>lost<paste-end>"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		expect_of(keys_new(FALSE), rows[i].bytes, rows[i].keys);
}

static void test_described(void)
{
	struct keys *keys = keys_new(FALSE);

	keys_define(keys, "\033[224z", TERMINAL_FUNCTION, 1);
	keys_define(keys, "\033[A", TERMINAL_PAGE_UP, 0); /* counts more than what is usual */
	keys_define(keys, "\b", TERMINAL_LEFT, 0);        /* a character, whatever it says */
	keys_define(keys, NULL, TERMINAL_LEFT, 0);
	keys_define(keys, "\033", TERMINAL_LEFT, 0);
	expect_of(keys, "\033[224z\033[A\b\033", "<F1><page-up><backspace><escape>");
}

/* Every cut of a stream into packets gives the same keys. */
static void test_cuts(void)
{
	static const char bytes[] = "a\u5de5\033[15~\033OP\033[200~x\033[201~\r\033[A";

	for (gsize cut = 0; cut < sizeof(bytes); cut++) {
		struct keys *keys = keys_new(FALSE);
		g_autoptr(GString) words = g_string_new(NULL);
		keys_bytes(keys, bytes, cut, 1000000);
		take_all(keys, 1000000, words);
		keys_bytes(keys, bytes + cut, sizeof(bytes) - 1 - cut, 1010000);
		take_all(keys, 1010000, words);
		g_assert_cmpstr(words->str, ==, "a\u5de5<F5><F1><paste>x<paste-end><enter><up>");
		keys_free(keys);
	}
}

struct byte {
	char c;
	gint64 at_ms;
};

static void expect_timed(gboolean slow, const struct byte *bytes, const char *wanted)
{
	struct keys *keys = keys_new(slow);
	g_autoptr(GString) words = g_string_new(NULL);

	for (; bytes->c; bytes++) {
		/* up to the byte, and with it */
		take_all(keys, bytes->at_ms * 1000 - 1, words);
		keys_bytes(keys, &bytes->c, 1, bytes->at_ms * 1000);
		take_all(keys, bytes->at_ms * 1000, words);
	}
	take_all(keys, 1000000000, words);
	g_assert_cmpstr(words->str, ==, wanted);
	keys_free(keys);
}

static void test_times(void)
{
	static const struct byte apart[] = {{'\033', 100}, {'5', 400}, {0}};
	static const struct byte far[] = {{'\033', 100}, {'5', 2000}, {0}};
	static const struct byte scan[] = {{'\033', 100}, {'5', 400}, {'6', 405}, {'7', 410}, {0}};
	static const struct byte letters[] = {{'\033', 100}, {'O', 400}, {'P', 405}, {0}};
	static const struct byte twice[] = {{'\033', 100}, {'\033', 300}, {0}};
	static const struct byte etx[] = {{'a', 100}, {3, 105}, {3, 400}, {0}};

	/* by hand: a function key only where the terminal has none */
	expect_timed(FALSE, apart, "<escape>5");
	expect_timed(TRUE, apart, "<F5>");
	expect_timed(TRUE, far, "<escape>5");
	/* a scan behind an Escape presses no key */
	expect_timed(FALSE, scan, "<escape>567");
	expect_timed(TRUE, scan, "<escape>567");
	expect_timed(TRUE, letters, "<escape>OP");
	expect_timed(TRUE, twice, "<escape><escape>");
	/* the end mark of a scanner, and Ctrl-C */
	expect_timed(FALSE, etx, "a<interrupt>");
}

static void test_deadline(void)
{
	struct keys *keys = keys_new(FALSE);
	struct terminal_key key;

	g_assert_false(keys_take(keys, 5, &key));
	g_assert_cmpint(keys_deadline_us(keys), ==, 0);
	keys_bytes(keys, "\033", 1, 1000);
	g_assert_false(keys_take(keys, 1000, &key));
	g_assert_cmpint(keys_deadline_us(keys), ==, 1000 + KEYS_ESCAPE_US);
	g_assert_false(keys_take(keys, 999 + KEYS_ESCAPE_US, &key));
	g_assert_true(keys_take(keys, 1000 + KEYS_ESCAPE_US, &key));
	/* when it was pressed, not when it was certain */
	g_assert_cmpint(key.time_us, ==, 1000);
	g_assert_false(keys_take(keys, G_MAXINT64, &key));
	g_assert_cmpint(keys_deadline_us(keys), ==, 0);
	keys_free(keys);
}

static void test_signs(void)
{
	g_assert_cmpint(signs_of("xterm-256color", TRUE, NULL), ==, SIGNS_BRAILLE);
	g_assert_cmpint(signs_of("screen", TRUE, ""), ==, SIGNS_BRAILLE);
	g_assert_cmpint(signs_of("linux", TRUE, NULL), ==, SIGNS_BLOCKS);
	g_assert_cmpint(signs_of("vt220", TRUE, NULL), ==, SIGNS_ASCII);
	g_assert_cmpint(signs_of("xterm-256color", FALSE, NULL), ==, SIGNS_ASCII);
	g_assert_cmpint(signs_of("vt220", TRUE, "blocks"), ==, SIGNS_BLOCKS);
	g_assert_cmpint(signs_of("xterm", TRUE, "ascii"), ==, SIGNS_ASCII);
	g_assert_cmpint(signs_of("linux", TRUE, "braille"), ==, SIGNS_BRAILLE);
	g_assert_cmpint(signs_of("linux", TRUE, "colour"), ==, SIGNS_BLOCKS);
	g_assert_cmpint(signs_of(NULL, TRUE, NULL), ==, SIGNS_BRAILLE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keys/packets", test_packets);
	g_test_add_func("/keys/described", test_described);
	g_test_add_func("/keys/cuts", test_cuts);
	g_test_add_func("/keys/times", test_times);
	g_test_add_func("/keys/deadline", test_deadline);
	g_test_add_func("/keys/signs", test_signs);
	return g_test_run();
}

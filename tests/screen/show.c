/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/*
 * usage: show [THEME]
 * A terminal and nothing else, for tests/e2e/terminal.t: shows looks, signs and wide characters,
 * and names each key. The word "crash" and Enter is a crash, "exit" calls exit, "quit now" ends;
 * "tick" draws ten frames of a screen on which a clock, a bar and a few values change, and says
 * what they cost.
 */
#include "station/operator/scan.h"
#include "station/operator/terminal.h"

#include <glib-unix.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct shown {
	struct terminal *terminal;
	struct scanner *scanner;
	char last[120]; /* the last key */
	char said[120]; /* what came of it */
	int count, ticks;
	gboolean over;
};

static const char *const names[LOOK_N] = {
	[LOOK_TEXT] = "TEXT",       [LOOK_DIM] = "DIM",       [LOOK_TITLE] = "TITLE",
	[LOOK_KEY] = "KEY",         [LOOK_INPUT] = "INPUT",   [LOOK_RUNNING] = "RUNNING",
	[LOOK_PASS] = "PASS",       [LOOK_FAIL] = "FAIL",     [LOOK_ERROR] = "ERROR",
	[LOOK_WARNING] = "WARNING", [LOOK_LOCKED] = "LOCKED",
};

static void draw_values(struct canvas *canvas, struct area area, int ticks)
{
	char text[80];

	g_snprintf(text, sizeof(text), "12:00:%02d", ticks % 60);
	canvas_text_right(canvas, canvas_area(canvas), 0, LOOK_TITLE, text);
	canvas_bar(canvas, area, 0, LOOK_RUNNING, ticks % 100 / 100.0);
	for (int i = 0; i < 8; i++) {
		g_snprintf(text, sizeof(text), "%7.3f", sin(ticks + i) * 10);
		canvas_text(canvas, area, i * 9, 1, i == ticks % 8 ? LOOK_WARNING : LOOK_TEXT,
		            text);
	}
}

static void draw(struct shown *shown)
{
	int columns, rows;
	char text[160];

	terminal_size(shown->terminal, &columns, &rows);
	struct canvas *canvas = canvas_new(columns, rows, terminal_signs(shown->terminal));
	struct area area = canvas_area(canvas), line = area_take_top(&area, 1);

	canvas_fill(canvas, line, ' ', LOOK_TITLE, FALSE);
	g_snprintf(text, sizeof(text), "size %dx%d signs %d colours %d pid %d ", columns, rows,
	           canvas->signs, terminal_has_colours(shown->terminal), getpid());
	canvas_text(canvas, line, 0, 0, LOOK_TITLE, text);
	for (int look = 0, x = 0; look < LOOK_N; look++)
		x = canvas_text(canvas, area, x, 0, (enum look)look, names[look]) + 1;
	canvas_text(canvas, area, 0, 1, LOOK_TEXT, "\u5de5\u4f4d|\u6d4b\u8bd5\u901a\u8fc7|");
	canvas_text(canvas, area, 0, 2, LOOK_TEXT, "AAAA|BBBBBBBB|");
	if (canvas->signs == SIGNS_BRAILLE)
		canvas_text(canvas, area, 0, 3, LOOK_TEXT, "\u28ff\u2801|\u2580\u2588|\u2713");
	area.y += 4;
	area.height -= 4;
	struct area frame = area_take_top(&area, 6);
	frame = canvas_frame(canvas, frame, LOOK_DIM, "keys");
	g_snprintf(text, sizeof(text), "key %d: %s", shown->count, shown->last);
	canvas_text(canvas, frame, 0, 0, LOOK_TEXT, text);
	canvas_text(canvas, frame, 0, 1, LOOK_TEXT, shown->said);
	int x = canvas_text(canvas, frame, 0, 2, LOOK_TEXT, "> ");
	x = canvas_text(canvas, frame, x, 2, LOOK_INPUT, scanner_line(shown->scanner));
	draw_values(canvas, area, shown->ticks);
	terminal_cursor(shown->terminal, frame.x + x, frame.y + 2);
	terminal_show(shown->terminal, canvas);
	canvas_free(canvas);
}

static void tick(struct shown *shown)
{
	guint64 before = terminal_bytes_sent(shown->terminal);

	for (int i = 0; i < 10; i++) {
		shown->ticks++;
		draw(shown);
	}
	g_snprintf(shown->said, sizeof(shown->said), "a tick is %" G_GUINT64_FORMAT " bytes",
	           (terminal_bytes_sent(shown->terminal) - before) / 10);
}

static void on_line(struct shown *shown)
{
	gboolean scanned;
	g_autofree char *line = scanner_take(shown->scanner, &scanned);

	g_snprintf(shown->said, sizeof(shown->said), "%s \"%s\"", scanned ? "scanned" : "typed",
	           line);
	if (strcmp(line, "crash") == 0) {
		g_printerr("the reason of the crash\n");
		abort();
	}
	if (strcmp(line, "exit") == 0)
		exit(7);
	if (strcmp(line, "tick") == 0)
		tick(shown);
	if (strcmp(line, "beep") == 0)
		terminal_beep(shown->terminal);
	shown->over = strcmp(line, "quit now") == 0;
}

static void on_key(struct shown *shown, const struct terminal_key *key)
{
	static const char *const kinds[] = {
		[TERMINAL_TIMEOUT] = "timeout", [TERMINAL_OTHER] = "other",
		[TERMINAL_UP] = "up",           [TERMINAL_DOWN] = "down",
		[TERMINAL_LEFT] = "left",       [TERMINAL_RIGHT] = "right",
		[TERMINAL_PAGE_UP] = "page-up", [TERMINAL_PAGE_DOWN] = "page-down",
		[TERMINAL_HOME] = "home",       [TERMINAL_END] = "end",
		[TERMINAL_RESIZE] = "resize",   [TERMINAL_INTERRUPT] = "interrupt",
		[TERMINAL_HANGUP] = "hangup",   [TERMINAL_CHARACTER] = "character",
		[TERMINAL_FUNCTION] = "F",
	};

	shown->count++;
	g_snprintf(shown->last, sizeof(shown->last), "%s", kinds[key->kind]);
	if (key->kind == TERMINAL_FUNCTION)
		g_snprintf(shown->last, sizeof(shown->last), "F%d", key->number);
	if (key->kind == TERMINAL_CHARACTER)
		g_snprintf(shown->last, sizeof(shown->last), "U+%04X", key->c);
	if (key->kind == TERMINAL_CHARACTER &&
	    scanner_key(shown->scanner, key->c, key->time_us) == SCAN_LINE)
		on_line(shown);
}

/* Says into the file of the environment how it ended: the terminal may be gone. */
static void say_end(const char *how)
{
	const char *path = g_getenv("SHOW_END");

	if (path)
		g_file_set_contents(path, how, -1, NULL);
}

int main(int argc, char **argv)
{
	struct shown shown = {.last = "none"};
	const struct theme *theme = theme_by_name(argc > 1 ? argv[1] : "blue");
	g_autoptr(GError) error = NULL;
	struct terminal_key key = {0};
	int events = eventfd(0, EFD_CLOEXEC);

	setlocale(LC_ALL, "");
	shown.terminal = theme ? terminal_open(theme, &error) : NULL;
	if (!shown.terminal) {
		g_printerr("show: %s\n", error ? error->message : "no such theme");
		return 1;
	}
	shown.scanner = scanner_new(0.02);
	while (!shown.over) {
		draw(&shown);
		terminal_read(shown.terminal, events, INFINITY, &key);
		on_key(&shown, &key);
		shown.over = shown.over || key.kind == TERMINAL_HANGUP;
	}
	draw(&shown);
	terminal_close(shown.terminal);
	scanner_free(shown.scanner);
	close(events);
	say_end(key.kind == TERMINAL_HANGUP ? "hangup\n" : "end\n");
	return 0;
}

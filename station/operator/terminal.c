/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/terminal.h"

#include "base/error.h"
#include "station/operator/cells.h"
#include "station/operator/signs.h"
#include "station/operator/tty.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>
#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>
/* names of capabilities, which are ours too */
#undef columns
#undef lines

/* Curses draws into a file in memory; what is in it then is sent. So no call of curses waits for
 * the line, every byte is counted, and curses changes no mode of the device. */

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

struct terminal {
	struct tty *tty;
	struct keys *keys;
	FILE *drawing; /* what curses writes to */
	SCREEN *screen;
	attr_t attributes[LOOK_N];
	gboolean blocks[LOOK_N]; /* a block looks there like a reversed blank */
	gboolean colours, is_ansi, is_utf8;
	int columns, rows;
	struct canvas *wanted; /* the newest; null: none yet */
	gboolean is_new;       /* it has not been drawn yet */
	struct cell *shown;    /* columns x rows, as curses knows them */
	int cursor_x, cursor_y;
	char *arrival; /* what takes the screen again */
	gboolean was_resized;
	int signal; /* that came and was not told; 0: none */
};

/* --- opening ------------------------------------------------------------------------------------
 */

static const char *capability(const char *name)
{
	const char *value = tigetstr(name);

	return value && value != (const char *)-1 ? value : NULL;
}

/* Without the delays: "$<2>". */
static void append_capability(GString *to, const char *name)
{
	const char *value = capability(name);

	while (value && *value) {
		const char *end = g_str_has_prefix(value, "$<") ? strchr(value, '>') : NULL;
		if (!end)
			g_string_append_c(to, *value);
		value = (end ? end : value) + 1;
	}
}

static gboolean check_type(GError **error)
{
	const char *name = g_getenv("TERM");
	g_autofree char *found = NULL;
	int status = 0;

	if (!name || !*name || setupterm(name, STDOUT_FILENO, &status) == ERR) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "TERM is \"%s\", which no description is known of here: set it "
		                  "to "
		                  "what the terminal is (xterm-256color, linux, vt220), or install "
		                  "the descriptions (Debian: ncurses-term)",
		                  name ? name : "");
		return FALSE;
	}
	found = g_strdup(capability("cup"));
	del_curterm(cur_term);
	if (!found)
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "TERM is \"%s\", which cannot place its cursor: the operator "
		                  "terminal needs one that can (xterm-256color, linux, vt220)",
		                  name);
	return found != NULL;
}

static void set_looks(struct terminal *terminal, const struct theme *theme)
{
	terminal->colours = has_colors() && start_color() == OK && COLORS >= 8;
	if (!terminal->colours)
		theme = theme_without_colour();
	use_default_colors();
	for (int look = 0; look < LOOK_N; look++) {
		const struct theme_style *style = &theme->styles[look];
		attr_t attributes = (style->bold ? A_BOLD : 0) | (style->reverse ? A_REVERSE : 0) |
		                    (style->underline ? A_UNDERLINE : 0);
		if (style->foreground >= 0 || style->background >= 0) {
			init_pair((short)(look + 1), style->foreground, style->background);
			attributes |= (attr_t)COLOR_PAIR(look + 1);
		}
		terminal->attributes[look] = attributes;
		terminal->blocks[look] = !(attributes & (A_REVERSE | A_UNDERLINE));
	}
}

static void define_keys(struct terminal *terminal)
{
	static const struct {
		const char *name;
		enum terminal_kind kind;
		int number;
	} names[] = {
		{"kcuu1", TERMINAL_UP},          {"kcud1", TERMINAL_DOWN},
		{"kcub1", TERMINAL_LEFT},        {"kcuf1", TERMINAL_RIGHT},
		{"kpp", TERMINAL_PAGE_UP},       {"knp", TERMINAL_PAGE_DOWN},
		{"khome", TERMINAL_HOME},        {"kend", TERMINAL_END},
		{"kf1", TERMINAL_FUNCTION, 1},   {"kf2", TERMINAL_FUNCTION, 2},
		{"kf3", TERMINAL_FUNCTION, 3},   {"kf4", TERMINAL_FUNCTION, 4},
		{"kf5", TERMINAL_FUNCTION, 5},   {"kf6", TERMINAL_FUNCTION, 6},
		{"kf7", TERMINAL_FUNCTION, 7},   {"kf8", TERMINAL_FUNCTION, 8},
		{"kf9", TERMINAL_FUNCTION, 9},   {"kf10", TERMINAL_FUNCTION, 10},
		{"kf11", TERMINAL_FUNCTION, 11}, {"kf12", TERMINAL_FUNCTION, 12},
	};
	gboolean slow = FALSE;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].kind == TERMINAL_FUNCTION && names[i].number <= 10)
			slow = slow || !capability(names[i].name);
	terminal->keys = keys_new(slow);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		keys_define(terminal->keys, capability(names[i].name), names[i].kind,
		            names[i].number);
}

/* What takes the screen again, and what gives it back. */
static void set_passages(struct terminal *terminal)
{
	const char *paste = terminal->is_ansi ? PASTE_OFF : "";
	g_autoptr(GString) farewell = g_string_new(paste);
	GString *arrival = g_string_new(NULL);

	append_capability(arrival, "smcup");
	if (terminal->is_ansi)
		g_string_append(arrival, PASTE_ON);
	append_capability(arrival, "civis");
	append_capability(farewell, "sgr0");
	append_capability(farewell, "op");
	append_capability(farewell, "cnorm");
	/* without a screen of its own: an empty one */
	append_capability(farewell, capability("rmcup") ? "rmcup" : "clear");
	tty_set_farewell(terminal->tty, farewell->str);
	terminal->arrival = g_string_free(arrival, FALSE);
}

static void take_size(struct terminal *terminal)
{
	int lines = tigetnum("lines"), columns = tigetnum("cols");

	if (!tty_size(terminal->tty, &terminal->columns, &terminal->rows)) {
		terminal->columns = columns > 0 ? columns : 80;
		terminal->rows = lines > 0 ? lines : 24;
	}
	resize_term(terminal->rows, terminal->columns);
	g_free(terminal->shown);
	terminal->shown = g_new0(struct cell, (gsize)terminal->columns * (gsize)terminal->rows);
	clearok(curscr, TRUE);
}

/* Sends what curses has drawn since the last time. */
static void send_drawing(struct terminal *terminal)
{
	int fd = fileno(terminal->drawing);
	char bytes[4096];
	off_t end, at = 0;

	fflush(terminal->drawing);
	end = lseek(fd, 0, SEEK_CUR);
	while (at < end) {
		gssize n = pread(fd, bytes, MIN(sizeof(bytes), (gsize)(end - at)), at);
		if (n <= 0)
			break;
		tty_write(terminal->tty, bytes, (gsize)n);
		at += n;
	}
	lseek(fd, 0, SEEK_SET);
}

static gboolean start_curses(struct terminal *terminal, GError **error)
{
	int fd = memfd_create("drawing", MFD_CLOEXEC);

	terminal->drawing = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (terminal->drawing)
		terminal->screen = newterm(NULL, terminal->drawing, stdin);
	if (!terminal->screen) {
		station_error_set(error, STATION_ERROR_IO, "the terminal cannot be set up");
		return FALSE;
	}
	nonl();
	typeahead(-1);
	leaveok(stdscr, FALSE);
	scrollok(stdscr, FALSE);
	curs_set(0);
	return TRUE;
}

struct terminal *terminal_open(const struct theme *theme, GError **error)
{
	struct terminal *terminal;
	struct tty *tty;
	const char *place;

	if (!tty_check(error) || !check_type(error))
		return NULL;
	tty = tty_open(error);
	if (!tty)
		return NULL;
	terminal = g_new0(struct terminal, 1);
	terminal->tty = tty;
	terminal->cursor_x = -1;
	terminal->is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (!start_curses(terminal, error)) {
		terminal_close(terminal);
		return NULL;
	}
	place = capability("cup");
	terminal->is_ansi = place && g_str_has_prefix(place, "\033[");
	set_looks(terminal, theme);
	define_keys(terminal);
	set_passages(terminal);
	take_size(terminal);
	if (terminal->is_ansi)
		tty_write(terminal->tty, PASTE_ON, strlen(PASTE_ON));
	send_drawing(terminal);
	return terminal;
}

void terminal_close(struct terminal *terminal)
{
	if (!terminal)
		return;
	tty_close(terminal->tty);
	if (terminal->screen)
		delscreen(terminal->screen);
	if (terminal->drawing)
		fclose(terminal->drawing);
	keys_free(terminal->keys);
	canvas_free(terminal->wanted);
	g_free(terminal->shown);
	g_free(terminal->arrival);
	g_free(terminal);
}

/* --- what it can --------------------------------------------------------------------------------
 */

void terminal_size(const struct terminal *terminal, int *columns, int *rows)
{
	*columns = terminal->columns;
	*rows = terminal->rows;
}

enum signs terminal_signs(const struct terminal *terminal)
{
	return signs_of(g_getenv("TERM"), terminal->is_utf8, g_getenv("STATION_SIGNS"));
}

gboolean terminal_has_colours(const struct terminal *terminal)
{
	return terminal->colours;
}

guint64 terminal_bytes_sent(const struct terminal *terminal)
{
	return tty_bytes_sent(terminal->tty);
}

/* --- showing ------------------------------------------------------------------------------------
 */

/* What the locale can neither say nor place would move all that is behind it. */
static gboolean can_show(gunichar c)
{
	char bytes[MB_LEN_MAX];
	mbstate_t state = {0};

	if (c < 0x7f)
		return c >= ' ';
	return wcrtomb(bytes, (wchar_t)c, &state) != (size_t)-1 &&
	       wcwidth((wchar_t)c) == (g_unichar_iswide(c) ? 2 : 1);
}

static void draw_cell(struct terminal *terminal, const struct cell *cell, gunichar c)
{
	attr_t attributes = terminal->attributes[cell->look];
	wchar_t text[2] = {(wchar_t)c, 0};
	cchar_t complex;

	if (cell->reverse)
		attributes ^= A_REVERSE;
	setcchar(&complex, text, attributes, (short)PAIR_NUMBER(attributes), NULL);
	add_wch(&complex);
}

static void draw_row(struct terminal *terminal, int y, const struct cell *cells)
{
	int columns = terminal->columns;

	move(y, 0);
	for (int x = 0; x < columns; x++) {
		gunichar c = cells[x].c;
		int wide = c && g_unichar_iswide(c) ? 2 : 1;
		gboolean whole = wide == 1 || (x + 1 < columns && !cells[x + 1].c);
		if (!c || !whole) {
			draw_cell(terminal, &cells[x], ' ');
			continue;
		}
		if (can_show(c)) {
			draw_cell(terminal, &cells[x], c);
		} else {
			for (int i = 0; i < wide; i++)
				draw_cell(terminal, &cells[x], c < ' ' ? ' ' : '?');
		}
		x += wide - 1;
	}
}

/* Draws the newest canvas, if the line has taken what was before. */
static void draw(struct terminal *terminal)
{
	int columns = terminal->columns;
	g_autofree struct cell *cells = NULL;

	if (!terminal->is_new || tty_is_behind(terminal->tty) || tty_is_gone(terminal->tty))
		return;
	terminal->is_new = FALSE;
	cells = g_new(struct cell, columns);
	for (int y = 0; y < terminal->rows; y++) {
		struct cell *shown = &terminal->shown[y * columns];
		cells_row(terminal->wanted, y, cells, columns);
		if (cells_same(cells, shown, columns))
			continue;
		draw_row(terminal, y, cells);
		memcpy(shown, cells, sizeof(*cells) * (gsize)columns);
	}
	gboolean visible = terminal->cursor_x >= 0 && terminal->cursor_x < columns &&
	                   terminal->cursor_y >= 0 && terminal->cursor_y < terminal->rows;
	curs_set(visible);
	leaveok(stdscr, !visible);
	if (visible)
		move(terminal->cursor_y, terminal->cursor_x);
	refresh();
	send_drawing(terminal);
}

void terminal_cursor(struct terminal *terminal, int x, int y)
{
	terminal->cursor_x = x;
	terminal->cursor_y = y;
}

void terminal_show(struct terminal *terminal, const struct canvas *canvas)
{
	struct canvas *wanted = terminal->wanted;

	if (!wanted || wanted->columns != canvas->columns || wanted->rows != canvas->rows) {
		canvas_free(wanted);
		wanted = canvas_new(canvas->columns, canvas->rows, canvas->signs);
		terminal->wanted = wanted;
	}
	memcpy(wanted->cells, canvas->cells,
	       sizeof(*canvas->cells) * (gsize)canvas->columns * (gsize)canvas->rows);
	wanted->signs = canvas->signs;
	if (terminal->is_utf8 && wanted->signs != SIGNS_ASCII)
		cells_use_blocks(wanted, terminal->blocks);
	terminal->is_new = TRUE;
	draw(terminal);
}

void terminal_redraw(struct terminal *terminal)
{
	clearok(curscr, TRUE);
	terminal->is_new = terminal->wanted != NULL;
	draw(terminal);
}

void terminal_beep(struct terminal *terminal)
{
	const char *own = capability("bel"), *sound = own ? own : "\a";

	if (!tty_is_behind(terminal->tty))
		tty_write(terminal->tty, sound, strlen(sound));
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* The signals since the last time. */
static void take_events(struct terminal *terminal)
{
	enum tty_event event;

	while (tty_event(terminal->tty, &event)) {
		if (event == TTY_INTERRUPT || event == TTY_TERMINATE)
			terminal->signal = (int)event;
		if (event == TTY_CONTINUED) {
			tty_write(terminal->tty, terminal->arrival, strlen(terminal->arrival));
			if (terminal->cursor_x >= 0)
				curs_set(0); /* the next drawing shows it */
			terminal_redraw(terminal);
		}
		/* somebody may have made the window another while we stood still, too */
		if (event == TTY_RESIZE || event == TTY_CONTINUED)
			terminal->was_resized = TRUE;
	}
}

/* What is known without waiting. */
static gboolean take_key(struct terminal *terminal, struct terminal_key *key)
{
	int columns = terminal->columns, rows = terminal->rows;

	key->time_us = g_get_monotonic_time();
	while (keys_take(terminal->keys, key->time_us, key)) {
		if (key->kind != TERMINAL_REDRAW)
			return TRUE;
		terminal_redraw(terminal);
		key->time_us = g_get_monotonic_time();
	}
	take_events(terminal);
	if (terminal->signal) {
		key->kind = TERMINAL_INTERRUPT;
		key->number = terminal->signal;
		terminal->signal = 0;
		return TRUE;
	}
	if (terminal->was_resized) {
		terminal->was_resized = FALSE;
		tty_size(terminal->tty, &columns, &rows);
		if (columns != terminal->columns || rows != terminal->rows) {
			take_size(terminal);
			terminal->is_new = terminal->wanted != NULL;
			key->kind = TERMINAL_RESIZE;
			return TRUE;
		}
	}
	key->kind = TERMINAL_HANGUP;
	return tty_is_gone(terminal->tty);
}

void terminal_read(struct terminal *terminal, int other_fd, double timeout_s,
                   struct terminal_key *key)
{
	double timeout_us = MAX(timeout_s, 0) * G_USEC_PER_SEC;
	gint64 until = timeout_us < 1e15 ? g_get_monotonic_time() + (gint64)timeout_us : G_MAXINT64;

	*key = (struct terminal_key){0};
	for (;;) {
		guint8 bytes[256];
		gboolean other;
		gint64 deadline;
		gsize n;

		if (take_key(terminal, key))
			return;
		draw(terminal);
		deadline = keys_deadline_us(terminal->keys);
		tty_wait(terminal->tty, other_fd, deadline ? MIN(until, deadline) : until, &other);
		key->time_us = g_get_monotonic_time();
		n = tty_read(terminal->tty, bytes, sizeof(bytes));
		keys_bytes(terminal->keys, bytes, n, key->time_us);
		if (take_key(terminal, key))
			return;
		key->kind = other ? TERMINAL_OTHER : TERMINAL_TIMEOUT;
		if (other || key->time_us >= until)
			return;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"
#include "station/front/operator_world.h"
#include "station/front/telling.h"
#include "station/operator/screen.h"
#include "station/operator/terminal.h"
#include "station/operator/words.h"

#include "base/clock.h"
#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 4096
/* How long the end waits for who is to be told; they are told later then. */
#define TELL_S 2.0
/* What the engine tells is drawn so often at most; keys at once. A slow line sees less of it. */
#define DRAW_EVERY_US 200000

struct operator_call {
	const char *theme, *language; /* null: as the configuration says */
};

struct shift {
	const struct config *config;
	struct engine *engine;
	struct event_queue *events;
	struct operator_world *world;
	struct desk *desk;
	struct terminal *terminal;
	struct telling *telling;
	int wake; /* epoll: events, clerks */
	gboolean dirty;
	gint64 drawn_us;
	int signal; /* what ended it; 0: the operator */
};

/* --- keys and pictures --------------------------------------------------------------------------
 */

static void tick(struct shift *shift)
{
	desk_tick(shift->desk, g_get_monotonic_time(), clock_unix_us());
}

static void draw(struct shift *shift)
{
	struct canvas *canvas;
	int columns, rows;

	terminal_size(shift->terminal, &columns, &rows);
	canvas = canvas_new(columns, rows, terminal_signs(shift->terminal));
	shift->desk->signs = canvas->signs;
	shift->desk->scroll_most = screen_scroll_most(shift->desk, columns, rows);
	shift->desk->scroll = MIN(shift->desk->scroll, shift->desk->scroll_most);
	screen_draw(shift->desk, canvas);
	terminal_show(shift->terminal, canvas);
	canvas_free(canvas);
	if (operator_world_beeps(shift->world))
		terminal_beep(shift->terminal);
	shift->dirty = FALSE;
	shift->drawn_us = g_get_monotonic_time();
}

static gunichar key_of(const struct terminal_key *key)
{
	switch (key->kind) {
	case TERMINAL_CHARACTER:
		return key->c;
	case TERMINAL_FUNCTION:
		return DESK_KEY_F1 + (gunichar)key->number - 1;
	case TERMINAL_UP:
		return DESK_KEY_UP;
	case TERMINAL_DOWN:
		return DESK_KEY_DOWN;
	case TERMINAL_LEFT:
		return DESK_KEY_LEFT;
	case TERMINAL_RIGHT:
		return DESK_KEY_RIGHT;
	case TERMINAL_PAGE_UP:
		return DESK_KEY_PAGE_UP;
	case TERMINAL_PAGE_DOWN:
		return DESK_KEY_PAGE_DOWN;
	case TERMINAL_HOME:
		return DESK_KEY_HOME;
	case TERMINAL_END:
		return DESK_KEY_END;
	default:
		return 0;
	}
}

static void take_events(struct shift *shift)
{
	struct event event;

	tick(shift);
	while (event_queue_pop(shift->events, 0, &event)) {
		desk_event(shift->desk, &event);
		operator_world_event(shift->world, &event);
		if (event.kind == EVENT_RUN_END)
			telling_wake(shift->telling);
	}
	operator_world_deliver(shift->world);
	shift->dirty = TRUE;
}

/* Nobody sees or types anything any more: what runs is aborted, and only the engine is waited for.
 */
static void end_without(struct shift *shift)
{
	struct epoll_event event;

	desk_leave(shift->desk);
	while (!shift->desk->quit) {
		epoll_wait(shift->wake, &event, 1, 1000);
		take_events(shift);
	}
}

/* The desk's own clock for a key is when it was read: that tells fingers from scanners. */
static void take_key(struct shift *shift, const struct terminal_key *key)
{
	gunichar c = key_of(key);

	if (key->kind == TERMINAL_INTERRUPT && key->number) {
		if (!shift->signal)
			shift->signal = key->number;
		desk_leave(shift->desk);
	} else if (key->kind == TERMINAL_INTERRUPT) {
		desk_interrupt(shift->desk);
	} else if (c) {
		desk_tick(shift->desk, key->time_us, clock_unix_us());
		desk_key(shift->desk, c);
	}
	draw(shift);
}

/* Until the next second begins, or until what came may be drawn. */
static double wait_s(const struct shift *shift)
{
	gint64 now_us = g_get_monotonic_time();
	gint64 second_us = G_USEC_PER_SEC - clock_unix_us() % G_USEC_PER_SEC;
	gint64 draw_us = shift->drawn_us + DRAW_EVERY_US - now_us;

	if (shift->dirty && draw_us < second_us)
		return (double)MAX(draw_us, 0) * 1e-6;
	return (double)second_us * 1e-6;
}

/* Who is told of runs and does not take them. */
static void tell_news(struct shift *shift)
{
	g_autoptr(sender_news) news = telling_news(shift->telling);
	g_autofree char *text = NULL;

	if (!news || !news->words)
		return;
	text = g_strdup_printf(_("%s: %u results are sent later: %s"), news->sink, news->waiting,
	                       news->words);
	desk_say(shift->desk, LOOK_WARNING, text);
}

static void serve(struct shift *shift)
{
	take_events(shift);
	draw(shift);
	while (!shift->desk->quit) {
		struct terminal_key key;
		double wait = wait_s(shift);

		terminal_read(shift->terminal, shift->wake, wait, &key);
		switch (key.kind) {
		case TERMINAL_OTHER:
			take_events(shift);
			break;
		case TERMINAL_TIMEOUT:
			tick(shift);
			tell_news(shift);
			draw(shift);
			break;
		case TERMINAL_RESIZE:
			draw(shift);
			break;
		case TERMINAL_HANGUP:
			if (!shift->signal)
				shift->signal = SIGHUP;
			end_without(shift);
			break;
		default:
			take_key(shift, &key);
		}
		if (shift->dirty && wait_s(shift) <= 0)
			draw(shift);
	}
}

/* --- beginning and end --------------------------------------------------------------------------
 */

static gboolean watch(struct shift *shift, GError **error)
{
	int fds[3] = {event_queue_fd(shift->events)};

	operator_world_fds(shift->world, fds + 1);
	shift->wake = epoll_create1(EPOLL_CLOEXEC);
	for (guint i = 0; i < G_N_ELEMENTS(fds) && shift->wake >= 0; i++) {
		struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fds[i]};
		if (epoll_ctl(shift->wake, EPOLL_CTL_ADD, fds[i], &wanted) == 0)
			continue;
		close(shift->wake);
		shift->wake = -1;
	}
	if (shift->wake < 0)
		station_error_set(error, STATION_ERROR_IO, "epoll: %s", g_strerror(errno));
	return shift->wake >= 0;
}

static const struct theme *theme_of(const struct shift *shift, const struct operator_call *call)
{
	return call->theme
	               ? theme_by_name(call->theme)
	               : theme_by_name(operator_theme_name(shift->config->operator_policy->theme));
}

static gboolean open_terminal(struct shift *shift, const struct operator_call *call, GError **error)
{
	shift->terminal = terminal_open(theme_of(shift, call), error);
	return shift->terminal != NULL;
}

static int run_shift(struct shift *shift, const struct operator_call *call)
{
	GError *error = NULL;
	int code = EXIT_CODE_OK;

	fputs("station: connecting to the instruments\n", stderr);
	engine_prepare(shift->engine);
	engine_set_attended(shift->engine, TRUE);
	if (!engine_is_ready(shift->engine, &error) || !engine_recover(shift->engine, &error) ||
	    !watch(shift, &error) || !open_terminal(shift, call, &error)) {
		code = front_fail(error);
	} else {
		engine_watch_presence(shift->engine, TRUE);
		serve(shift);
		code = shift->signal ? EXIT_CODE_SIGNAL + shift->signal : EXIT_CODE_OK;
	}
	engine_watch_presence(shift->engine, FALSE);
	engine_set_attended(shift->engine, FALSE);
	terminal_close(shift->terminal);
	if (shift->wake > 0)
		close(shift->wake);
	return code;
}

static int with_store(const struct front *front, const struct config *config, struct store *store,
                      const struct operator_call *call)
{
	struct shift shift = {.config = config};
	GError *error = NULL;
	int code;

	shift.engine = engine_new(config, front->steps, store, &error);
	if (!shift.engine)
		return front_fail(error);
	shift.events = engine_events(shift.engine, EVENTS_MAX);
	shift.telling = telling_begin(config, store, TRUE);
	shift.world = operator_world_new(config, front->steps, store, shift.engine, &error);
	if (shift.world) {
		shift.desk = operator_world_desk(shift.world);
		code = run_shift(&shift, call);
		desk_free(shift.desk);
	} else {
		code = front_fail(error);
	}
	operator_world_free(shift.world);
	event_queue_free(shift.events);
	engine_free(shift.engine);
	telling_end(shift.telling, TELL_S);
	return code;
}

const char *const operator_options[] = {"--theme", "--language", NULL};

static gboolean parse(int argc, char **argv, struct operator_call *call, const char **wrong)
{
	for (int i = 0; i < argc; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		*wrong = argv[i];
		if (strcmp(argv[i], operator_options[0]) == 0 && next && theme_by_name(next))
			call->theme = argv[++i];
		else if (strcmp(argv[i], operator_options[1]) == 0 && next)
			call->language = argv[++i];
		else
			return FALSE;
	}
	return TRUE;
}

static int run_operator(struct front *front, int argc, char **argv)
{
	struct operator_call call = {0};
	const char *wrong;
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = NULL;
	g_autoptr(store) store = NULL;
	GError *error = NULL;

	/* the first word is the command's own name, when it was given */
	if (argc > 0 && strcmp(argv[0], cli_operator.name) == 0) {
		argc--;
		argv++;
	}
	if (!parse(argc, argv, &call, &wrong))
		return front_usage(&cli_operator, "\"%s\"", wrong);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs("station: the operator terminal needs a terminal; \"station --lot FILE\" "
		      "works without one, \"station --help\" tells more\n",
		      stderr);
		return EXIT_CODE_USAGE;
	}
	config = front_config(front, &code);
	if (!config)
		return code;
	words_setup(call.language ? call.language : config->operator_policy->language,
	            config_data_folder());
	store = store_open(config->store_path, &error);
	return store ? with_store(front, config, store, &call) : front_fail(error);
}

const struct command cli_operator = {
	.name = "terminal",
	.summary = "the operator's terminal; \"station\" alone is the same",
	.usage = "[terminal] [--theme blue|classic|mono] [--language zh_CN]",
	.details =
		"Fills the screen: log in with badge and PIN, scan or choose (F3) a lot, scan a "
		"unit,\nput it in, read the verdict, take the next. A scanner is a keyboard to it; "
		"F1 shows\nevery key and every bar code. What stands under \"operator\" in the "
		"configuration tells\nusers, lots, shifts, labels and the language "
		"(man station.yaml).\n\n"
		"--theme NAME     blue (PASS white on blue, FAIL black on yellow), classic "
		"(green, red)\n"
		"                 or mono\n"
		"--language NAME  en, zh_CN; else that of the configuration, else the locale's\n\n"
		"STATION_SIGNS=ascii, blocks or braille says what the terminal can show, when it "
		"was\nguessed wrongly. When the terminal goes, the units under test are aborted, "
		"made safe and\nrecorded.\n\n"
		"Exit code: 0 closed by the operator, 2 no terminal, 3 configuration, 4 a station "
		"fault,\n7 storage, 128+N ended by signal N.\n",
	.examples = "  station                       # the whole shift\n"
		    "  station --theme mono          # without colours\n"
		    "  station --language zh_CN\n",
	.run = run_operator,
};

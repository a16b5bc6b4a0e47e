/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/tell.h"

#include "base/number.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

/* How many events may wait: points of a sweep come fast. */
#define EVENTS_MAX 1000
#define LOOK_S     0.02
#define CLEAR_LINE "\r\033[K"

struct shell_tell {
	const struct shell_world *world;
	struct event_queue *queue;
	GThread *thread;
	gint stopping;   /* atomic */
	gboolean errors; /* lines are messages */
	gboolean quiet;  /* only what somebody has to do is told */
	gboolean shown;  /* the terminal's last line shows how far it is */
};

static char *point_text(const struct event *event)
{
	g_autofree char *lane =
		event->lane ? g_strdup_printf(" lane %d", event->lane) : g_strdup("");
	g_autofree char *x = number_format_digits(event->x, 6);
	g_autofree char *y = number_format_digits(event->value > 0 ? event->value : event->high, 3);

	return g_strdup_printf("  %s%s: %s %s: %s%s", event->name, lane, event->text, x,
	                       event->value > 0 ? "" : "below ", y);
}

static char *end_text(const struct event *event)
{
	g_autofree char *lane =
		event->lane ? g_strdup_printf(" lane %d", event->lane) : g_strdup("");

	return g_strdup_printf("%s%s: %s%s, %.1f s%s%s", event->name, lane,
	                       verdict_name(event->verdict), event->marginal ? " marginal" : "",
	                       event->seconds, *event->text ? ": " : "", event->text);
}

char *shell_tell_text(const struct event *event)
{
	switch (event->kind) {
	case EVENT_STEP_END:
		return end_text(event);
	case EVENT_POINT:
		return point_text(event);
	case EVENT_NOTE:
		return g_strdup_printf("  %s", event->text);
	case EVENT_PROMPT:
		return g_strdup(event->text);
	case EVENT_QUESTION:
		return g_strdup_printf("question: %s", event->text);
	case EVENT_UNDO:
		return g_strdup_printf("%s: %s%s%s", *event->text ? "NOT undone" : "undone",
		                       event->name, *event->text ? ": " : "", event->text);
	default:
		return NULL;
	}
}

/* What is shown in the last line until something else is; null: nothing. */
static char *progress_text(const struct event *event)
{
	switch (event->kind) {
	case EVENT_STEP_START:
		return event->lane ? g_strdup_printf("%s lane %d", event->name, event->lane)
		                   : g_strdup(event->name);
	case EVENT_PROGRESS:
		return g_strdup_printf("%s %3.0f %%  %s", event->name, 100 * event->fraction,
		                       event->text);
	case EVENT_CONDITION:
		return g_strdup(event->text);
	default:
		return NULL;
	}
}

static void clear(struct shell_tell *tell)
{
	if (tell->shown)
		tell->world->write(CLEAR_LINE, tell->world->data);
	tell->shown = FALSE;
}

static void write_line(const struct shell_world *world, gboolean errors, const char *text)
{
	g_autofree char *line = g_strconcat(text, "\n", NULL);

	if (errors)
		world->write_error(text, world->data);
	else
		world->write(line, world->data);
}

static void show(struct shell_tell *tell, const struct event *event)
{
	const struct shell_world *world = tell->world;
	g_autofree char *text = shell_tell_text(event);
	g_autofree char *now = NULL;

	if (tell->quiet && event->kind != EVENT_PROMPT && event->kind != EVENT_QUESTION &&
	    event->kind != EVENT_UNDO)
		return;
	if (text) {
		clear(tell);
		write_line(world, tell->errors, text);
		return;
	}
	now = world->width && !world->json ? progress_text(event) : NULL;
	if (!now)
		return;
	g_autofree char *cut =
		g_utf8_substring(now, 0, MIN(g_utf8_strlen(now, -1), (glong)world->width - 1));
	g_autofree char *line = g_strconcat(CLEAR_LINE, cut, NULL);
	world->write(line, world->data);
	tell->shown = TRUE;
}

static gpointer tell_main(gpointer data)
{
	struct shell_tell *tell = data;
	struct event event;

	for (;;) {
		gboolean last = g_atomic_int_get(&tell->stopping) != 0;
		if (event_queue_pop(tell->queue, last ? 0 : LOOK_S, &event))
			show(tell, &event);
		else if (last)
			break;
	}
	clear(tell);
	return NULL;
}

static struct shell_tell *begin(struct shell *shell, struct hand *hand, gboolean errors)
{
	struct shell_tell *tell = g_new0(struct shell_tell, 1);

	tell->world = shell_world(shell);
	tell->queue = hand_events(hand, EVENTS_MAX);
	tell->errors = errors;
	tell->quiet = shell_is_quiet(shell);
	tell->thread = g_thread_new("shell-tell", tell_main, tell);
	return tell;
}

struct shell_tell *shell_tell_begin(struct shell *shell, struct hand *hand)
{
	return begin(shell, hand, shell_world(shell)->json);
}

struct shell_tell *shell_tell_begin_errors(struct shell *shell, struct hand *hand)
{
	return begin(shell, hand, TRUE);
}

void shell_tell_end(struct shell_tell *tell)
{
	g_atomic_int_set(&tell->stopping, 1);
	g_thread_join(tell->thread);
	event_queue_free(tell->queue);
	g_free(tell);
}

void shell_tell_line(struct shell *shell, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	write_line(shell_world(shell), shell_world(shell)->json, text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_view.h"

#include <math.h>
#include <string.h>

#define SITES_MAX 65

struct site_line { /* what a site is doing */
	char serial[48], what[96];
	guint done, total;
};

struct lot_view {
	FILE *talk;
	gboolean terminal, color, shown;
	guint units;
	gint64 start_us, drawn_us;
	struct site_line sites[SITES_MAX];
	GPtrArray *results; /* struct lot_unit_result */
};

static void result_free(gpointer data)
{
	struct lot_unit_result *result = data;

	g_free(result->serial);
	g_free(result->run_id);
	g_free(result->reason);
	g_free(result->step);
	g_free(result->report);
	g_free(result);
}

struct lot_view *lot_view_new(guint units, FILE *talk, gboolean terminal, gboolean color)
{
	struct lot_view *view = g_new0(struct lot_view, 1);

	view->talk = talk;
	view->terminal = terminal;
	view->color = color;
	view->units = units;
	view->start_us = g_get_monotonic_time();
	view->results = g_ptr_array_new_with_free_func(result_free);
	return view;
}

void lot_view_free(struct lot_view *view)
{
	if (!view)
		return;
	g_ptr_array_unref(view->results);
	g_free(view);
}

const GPtrArray *lot_view_results(const struct lot_view *view)
{
	return view->results;
}

void lot_view_clear(struct lot_view *view)
{
	if (view->shown)
		fputs("\r\033[K", view->talk);
	view->shown = FALSE;
}

static const char *paint(enum verdict verdict, gboolean color)
{
	if (!color)
		return "";
	return verdict == VERDICT_PASS   ? "\033[1;34m"
	       : verdict == VERDICT_FAIL ? "\033[1;33m"
	                                 : "\033[1;35m";
}

/* Finished units tell how long the rest will take; before the first one nothing is known. */
static void append_time_left(const struct lot_view *view, GString *line)
{
	double spent_s = (double)(g_get_monotonic_time() - view->start_us) * 1e-6;
	double finished = view->results->len;

	for (guint i = 0; i < SITES_MAX; i++)
		if (view->sites[i].total)
			finished += (double)view->sites[i].done / view->sites[i].total;
	if (finished < 0.05)
		return;
	int left_s = (int)ceil(spent_s / finished * MAX(view->units - finished, 0));
	g_string_append_printf(line, "  %d:%02d left", left_s / 60, left_s % 60);
}

static void draw(struct lot_view *view, gboolean now)
{
	gint64 t = g_get_monotonic_time();
	g_autoptr(GString) line = g_string_new(NULL);

	if (!view->terminal || (!now && t - view->drawn_us < 100000))
		return;
	view->drawn_us = t;
	g_string_append_printf(line, "[%u/%u]", view->results->len, view->units);
	for (guint i = 0; i < SITES_MAX; i++)
		if (view->sites[i].total)
			g_string_append_printf(line, "  %u: %s %u/%u %s", i, view->sites[i].serial,
			                       view->sites[i].done + 1, view->sites[i].total,
			                       view->sites[i].what);
	append_time_left(view, line);
	if (line->len > 118)
		g_string_truncate(line, 118);
	fprintf(view->talk, "\r\033[K%s", line->str);
	fflush(view->talk);
	view->shown = TRUE;
}

static void end_run(struct lot_view *view, const struct event *event)
{
	struct lot_unit_result *result = g_new0(struct lot_unit_result, 1);

	result->serial = g_strdup(event->serial);
	result->run_id = g_strdup(event->run_id);
	result->reason = g_strdup(event->text);
	result->step = g_strdup(event->name);
	result->site = event->site;
	result->verdict = event->verdict;
	result->marginal = event->marginal;
	result->seconds = event->seconds;
	g_ptr_array_add(view->results, result);
	lot_view_clear(view);
	fprintf(view->talk, "[%u/%u] site %d  %-16s %s%-7s%s %5.1f s  %s\n", view->results->len,
	        view->units, event->site, event->serial, paint(event->verdict, view->color),
	        verdict_name(event->verdict), view->color ? "\033[0m" : "", event->seconds,
	        event->verdict == VERDICT_PASS && event->marginal ? "marginal" : event->text);
	fflush(view->talk);
}

static void say(struct lot_view *view, const struct event *event, const char *what)
{
	lot_view_clear(view);
	if (event->site)
		fprintf(view->talk, "site %d: ", event->site);
	fprintf(view->talk, "%s%s%s\n", what, *what && *event->text ? ": " : "", event->text);
	fflush(view->talk);
}

void lot_view_event(struct lot_view *view, const struct event *event)
{
	struct site_line *site = &view->sites[CLAMP(event->site, 0, SITES_MAX - 1)];

	switch (event->kind) {
	case EVENT_STEP_START:
		g_strlcpy(site->serial, event->serial, sizeof site->serial);
		if (event->lane)
			g_snprintf(site->what, sizeof site->what, "%s lane %d", event->name,
			           event->lane);
		else
			g_strlcpy(site->what, event->name, sizeof site->what);
		site->done = event->done;
		site->total = event->total;
		break;
	case EVENT_PROMPT:
	case EVENT_NOTE:
		say(view, event, "");
		break;
	case EVENT_UNDO:
		if (*event->text)
			say(view, event, "NOT SAFE: undo failed");
		break;
	case EVENT_RUN_LOST:
		memset(site, 0, sizeof *site);
		say(view, event, "the result could not be stored, no verdict");
		break;
	case EVENT_RUN_END:
		memset(site, 0, sizeof *site);
		end_run(view, event);
		break;
	default:
		break;
	}
	draw(view, event->kind == EVENT_RUN_START);
}

void lot_view_set_report(struct lot_view *view, const char *run_id, const char *path)
{
	for (guint i = 0; i < view->results->len; i++) {
		struct lot_unit_result *result = g_ptr_array_index(view->results, i);
		if (strcmp(result->run_id, run_id) != 0)
			continue;
		g_free(result->report);
		result->report = g_strdup(path);
	}
}

void lot_view_summary(const struct lot_view *view, FILE *out, gboolean color)
{
	guint count[VERDICT_ABORTED + 1] = {0};

	fprintf(out, "\n%-16s %-8s %7s  %s\n", "serial", "verdict", "time/s", "reason");
	for (guint i = 0; i < view->results->len; i++) {
		const struct lot_unit_result *r = g_ptr_array_index(view->results, i);
		count[r->verdict]++;
		fprintf(out, "%-16s %s%-8s%s %7.1f  %s\n", r->serial, paint(r->verdict, color),
		        verdict_name(r->verdict), color ? "\033[0m" : "", r->seconds,
		        r->verdict == VERDICT_PASS && r->marginal ? "marginal" : r->reason);
	}
	fputc('\n', out);
	for (guint i = 0; i < view->results->len; i++) {
		const struct lot_unit_result *r = g_ptr_array_index(view->results, i);
		if (r->report)
			fprintf(out, "report %-16s %s\n", r->serial, r->report);
	}
	fprintf(out, "units=%u passed=%u failed=%u errors=%u aborted=%u\n", view->results->len,
	        count[VERDICT_PASS], count[VERDICT_FAIL], count[VERDICT_ERROR],
	        count[VERDICT_ABORTED]);
}

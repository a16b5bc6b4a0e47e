/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_view.h"

#include "reports/lane_list.h"
#include "reports/reason.h"

#include <math.h>
#include <string.h>

#define SITES_MAX  65
#define REASON_MAX 100
/* The forecast is asked so often. */
#define FORECAST_US G_USEC_PER_SEC

struct site_line { /* what a site is doing */
	char serial[48], what[96];
	guint done, total;
	GPtrArray *notes; /* char *, of the step so far; null: none */
	GHashTable *told; /* char *, notes of the run that were shown; null: none */
};

struct lot_view {
	FILE *talk;
	gboolean terminal, color, shown;
	guint units;
	gint64 start_us, drawn_us;
	struct lot_forecast *forecast; /* null: none */
	gint64 asked_us;               /* when it was asked */
	double end_us;                 /* what it said; NAN: not known */
	struct site_line sites[SITES_MAX];
	GPtrArray *results; /* struct lot_unit_result */
	GPtrArray *refused; /* struct lot_refusal */
};

static void result_free(gpointer data)
{
	struct lot_unit_result *result = data;

	g_free(result->serial);
	g_free(result->run_id);
	g_free(result->reason);
	g_free(result->step);
	g_free(result->report);
	g_free(result->part_number);
	g_free(result->line);
	g_free(result);
}

static void refusal_free(gpointer data)
{
	struct lot_refusal *refusal = data;

	g_free(refusal->serial);
	g_free(refusal->why);
	g_free(refusal);
}

static void forget(struct site_line *site)
{
	g_clear_pointer(&site->notes, g_ptr_array_unref);
	g_clear_pointer(&site->told, g_hash_table_unref);
	memset(site, 0, sizeof *site);
}

struct lot_view *lot_view_new(guint units, FILE *talk, gboolean terminal, gboolean color)
{
	struct lot_view *view = g_new0(struct lot_view, 1);

	view->talk = talk;
	view->terminal = terminal;
	view->color = color;
	view->units = units;
	view->start_us = g_get_monotonic_time();
	view->end_us = NAN;
	view->results = g_ptr_array_new_with_free_func(result_free);
	view->refused = g_ptr_array_new_with_free_func(refusal_free);
	return view;
}

void lot_view_free(struct lot_view *view)
{
	if (!view)
		return;
	for (guint i = 0; i < SITES_MAX; i++)
		forget(&view->sites[i]);
	g_ptr_array_unref(view->results);
	g_ptr_array_unref(view->refused);
	lot_forecast_free(view->forecast);
	g_free(view);
}

const GPtrArray *lot_view_results(const struct lot_view *view)
{
	return view->results;
}

guint lot_view_refused(const struct lot_view *view)
{
	return view->refused->len;
}

void lot_view_set_forecast(struct lot_view *view, struct lot_forecast *forecast)
{
	lot_forecast_free(view->forecast);
	view->forecast = forecast;
}

void lot_view_tell_forecast(const struct lot_view *view)
{
	g_autofree char *line =
		view->forecast ? lot_forecast_json(view->forecast, g_get_monotonic_time()) : NULL;

	if (line) {
		puts(line);
		fflush(stdout);
	}
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

/* Where nothing else is known finished units tell how long the rest will take. */
static double guess_left_s(const struct lot_view *view)
{
	double spent_s = (double)(g_get_monotonic_time() - view->start_us) * 1e-6;
	double finished = view->results->len + view->refused->len;

	for (guint i = 0; i < SITES_MAX; i++)
		if (view->sites[i].total)
			finished += (double)view->sites[i].done / view->sites[i].total;
	return finished < 0.05 ? NAN : spent_s / finished * MAX(view->units - finished, 0);
}

/* The forecast goes through the whole lot, so not for each line. */
static double left_s(struct lot_view *view, gint64 now_us)
{
	double left = NAN;

	if (view->forecast && now_us - view->asked_us >= FORECAST_US) {
		view->asked_us = now_us;
		view->end_us = NAN;
		left = lot_forecast_left_s(view->forecast, now_us);
		if (isfinite(left))
			view->end_us = (double)now_us + left * 1e6;
	}
	left = (view->end_us - (double)now_us) * 1e-6;
	return isfinite(left) ? fmax(left, 0) : guess_left_s(view);
}

static void append_time_left(struct lot_view *view, GString *line)
{
	double left = left_s(view, g_get_monotonic_time());
	g_autofree char *text = isfinite(left) ? lot_forecast_text(left) : NULL;

	if (text)
		g_string_append_printf(line, "  %s left", text);
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
	result->part_number = g_strdup("");
	result->line = event->verdict == VERDICT_PASS && event->marginal
	                       ? g_strdup("marginal")
	                       : reason_cut(event->text, REASON_MAX);
	result->site = event->site;
	result->verdict = event->verdict;
	result->marginal = event->marginal;
	result->seconds = event->seconds;
	g_ptr_array_add(view->results, result);
	lot_view_clear(view);
	fprintf(view->talk, "[%u/%u] site %d  %-16s %s%-7s%s %5.1f s  %s\n", view->results->len,
	        view->units, event->site, event->serial, paint(event->verdict, view->color),
	        verdict_name(event->verdict), view->color ? "\033[0m" : "", event->seconds,
	        result->line);
	fflush(view->talk);
}

static void say(struct lot_view *view, int site, const char *what, const char *text)
{
	lot_view_clear(view);
	if (site)
		fprintf(view->talk, "site %d: ", site);
	fprintf(view->talk, "%s%s%s\n", what, *what && *text ? ": " : "", text);
	fflush(view->talk);
}

static void refuse(struct lot_view *view, const struct event *event)
{
	struct lot_refusal *refusal = g_new0(struct lot_refusal, 1);
	g_autofree char *what = g_strdup_printf("%s was refused", event->serial);

	refusal->serial = g_strdup(event->serial);
	refusal->why = g_strdup_printf("%s: %s", event->name, event->text);
	g_ptr_array_add(view->refused, refusal);
	say(view, event->site, what, refusal->why);
}

/* --- notes --------------------------------------------------------------------------------------
 */

/* Those of a site wait until its step has ended, so that lanes that note the same share a line. At
 * the next corner the same is not told again. */
static void note(struct lot_view *view, struct site_line *site, const struct event *event)
{
	if (!event->site) {
		say(view, 0, "", event->text);
		return;
	}
	if (!site->notes)
		site->notes = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(site->notes, g_strdup(event->text));
}

static void tell_notes(struct lot_view *view, struct site_line *site, int number)
{
	g_autoptr(GPtrArray) notes = g_steal_pointer(&site->notes);

	if (!notes)
		return;
	g_autoptr(GPtrArray) joined = lane_list_join(notes);
	if (!site->told)
		site->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < joined->len; i++) {
		const char *text = g_ptr_array_index(joined, i);
		if (g_hash_table_add(site->told, g_strdup(text)))
			say(view, number, "", text);
	}
}

static void begin_step(struct site_line *site, const struct event *event)
{
	g_strlcpy(site->serial, event->serial, sizeof site->serial);
	if (event->lane)
		g_snprintf(site->what, sizeof site->what, "%s lane %d", event->name, event->lane);
	else
		g_strlcpy(site->what, event->name, sizeof site->what);
	site->done = event->done;
	site->total = event->total;
}

static void tell_recovered(struct lot_view *view, const struct event *event)
{
	g_autofree char *what = g_strdup_printf("%s of an earlier start, %s", event->serial,
	                                        verdict_name(event->verdict));

	say(view, event->site, what, event->text);
}

/* --- events -------------------------------------------------------------------------------------
 */

/* Comes in the middle of a step, the notes of which are told when it has ended. */
static gboolean is_within_step(enum event_kind kind)
{
	switch (kind) {
	case EVENT_NOTE:
	case EVENT_MEASUREMENT:
	case EVENT_PROGRESS:
	case EVENT_EYE:
	case EVENT_POINT:
	case EVENT_INSTRUMENT:
	case EVENT_CONDITION:
	case EVENT_ANSWER:
		return TRUE;
	default:
		return FALSE;
	}
}

static void ask(struct lot_view *view, const struct event *event)
{
	g_autofree char *text = g_strdup_printf("%s%s%s%s", event->text, *event->name ? " (" : "",
	                                        event->name, *event->name ? ")" : "");

	say(view, event->site, "question", text);
}

void lot_view_event(struct lot_view *view, const struct event *event)
{
	struct site_line *site = &view->sites[CLAMP(event->site, 0, SITES_MAX - 1)];

	if (view->forecast)
		lot_forecast_event(view->forecast, event);
	if (!is_within_step(event->kind))
		tell_notes(view, site, event->site);
	switch (event->kind) {
	case EVENT_STEP_START:
		begin_step(site, event);
		break;
	case EVENT_PROMPT:
		say(view, event->site, "", event->text);
		break;
	case EVENT_QUESTION:
		ask(view, event);
		break;
	case EVENT_NOTE:
		note(view, site, event);
		break;
	case EVENT_UNDO:
		if (*event->text)
			say(view, event->site, "NOT SAFE: undo failed", event->text);
		break;
	case EVENT_SITE_DOWN:
		say(view, event->site, "out of use, no more units here", event->text);
		break;
	case EVENT_RECOVERED:
		tell_recovered(view, event);
		break;
	case EVENT_UNIT_REFUSED:
		refuse(view, event);
		break;
	case EVENT_RUN_LOST:
		forget(site);
		say(view, event->site, "the result could not be stored, no verdict", event->text);
		break;
	case EVENT_RUN_END:
		forget(site);
		end_run(view, event);
		break;
	default:
		break;
	}
	draw(view, event->kind == EVENT_RUN_START);
}

/* --- results ------------------------------------------------------------------------------------
 */

void lot_view_set_record(struct lot_view *view, const struct run_record *record)
{
	for (guint i = 0; i < view->results->len; i++) {
		struct lot_unit_result *result = g_ptr_array_index(view->results, i);
		if (strcmp(result->run_id, record->run_id) != 0)
			continue;
		g_free(result->part_number);
		g_free(result->line);
		result->part_number = g_strdup(record->part_number);
		result->line = reason_line(record);
	}
}

static guint place_of(const char *const *serials, const struct lot_unit_result *result)
{
	guint place = 0;

	while (serials[place] && strcmp(serials[place], result->serial) != 0)
		place++;
	return place;
}

static int compare_results(gconstpointer a, gconstpointer b, gpointer serials)
{
	guint first = place_of(serials, *(const struct lot_unit_result *const *)a);
	guint second = place_of(serials, *(const struct lot_unit_result *const *)b);

	return (first > second) - (first < second);
}

void lot_view_sort(struct lot_view *view, const char *const *serials)
{
	g_ptr_array_sort_with_data(view->results, compare_results, (gpointer)serials);
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

static int widest_part_number(const struct lot_view *view)
{
	gsize widest = strlen("part number");

	for (guint i = 0; i < view->results->len; i++) {
		const struct lot_unit_result *r = g_ptr_array_index(view->results, i);
		widest = MAX(widest, strlen(r->part_number));
	}
	return (int)MIN(widest, 24);
}

void lot_view_summary(const struct lot_view *view, FILE *out, const char *between, gboolean color)
{
	guint count[VERDICT_ABORTED + 1] = {0};
	int wide = widest_part_number(view);

	fprintf(out, "\n%-16s %-*s %-8s %7s  %s\n", "serial", wide, "part number", "verdict",
	        "time/s", "reason");
	for (guint i = 0; i < view->results->len; i++) {
		const struct lot_unit_result *r = g_ptr_array_index(view->results, i);
		count[r->verdict]++;
		fprintf(out, "%-16s %-*s %s%-8s%s %7.1f  %s\n", r->serial, wide, r->part_number,
		        paint(r->verdict, color), verdict_name(r->verdict), color ? "\033[0m" : "",
		        r->seconds, r->line);
	}
	fputc('\n', out);
	for (guint i = 0; i < view->results->len; i++) {
		const struct lot_unit_result *r = g_ptr_array_index(view->results, i);
		if (r->report)
			fprintf(out, "report %-16s %s\n", r->serial, r->report);
	}
	for (guint i = 0; i < view->refused->len; i++) {
		const struct lot_refusal *r = g_ptr_array_index(view->refused, i);
		fprintf(out, "not tested, refused by the pre-check: %-16s %s\n", r->serial, r->why);
	}
	fprintf(out, "%s%s", between, *between ? "\n" : "");
	fprintf(out, "units=%u passed=%u failed=%u errors=%u aborted=%u", view->results->len,
	        count[VERDICT_PASS], count[VERDICT_FAIL], count[VERDICT_ERROR],
	        count[VERDICT_ABORTED]);
	if (view->refused->len)
		fprintf(out, " refused=%u", view->refused->len);
	fputc('\n', out);
}

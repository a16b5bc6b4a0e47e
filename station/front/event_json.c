/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/event_json.h"

#include "reports/json_text.h"

#include <math.h>

/* Not written by json-glib: its version 1.6 makes "3e-09.0" of 3e-9, which is no number. */

static void add_text(struct json_text *json, const char *key, const char *text)
{
	if (*text)
		json_text_string(json, key, text);
}

static void add_number(struct json_text *json, const char *key, double value)
{
	if (isfinite(value))
		json_text_number(json, key, value);
}

/* A measurement without a value says null: it was looked for and is not there. */
static void add_measurement(struct json_text *json, const struct event *event)
{
	json_text_number(json, "value", event->value);
	add_text(json, "unit", event->unit);
	add_number(json, "low", event->low);
	add_number(json, "high", event->high);
}

/* x and what it is, the ratio with its bounds, and the limit. */
static void add_point(struct json_text *json, const struct event *event)
{
	add_number(json, "x", event->x);
	add_number(json, "value", event->value);
	add_number(json, "low", event->low);
	add_number(json, "high", event->high);
	add_number(json, "line", event->line);
}

/* None: any words will do. */
static void add_answers(struct json_text *json, const struct event *event)
{
	g_auto(GStrv) answers = g_strsplit(event->name, "|", -1);

	json_text_open(json, "answers", '[');
	for (guint i = 0; answers[i]; i++)
		json_text_string(json, NULL, answers[i]);
	json_text_close(json, ']');
}

static void add_name(struct json_text *json, const struct event *event)
{
	if (event->kind == EVENT_QUESTION)
		add_answers(json, event);
	else
		add_text(json, event->kind == EVENT_ANSWER ? "who" : "name", event->name);
}

/* What only some kinds have. */
static void add_values(struct json_text *json, const struct event *event)
{
	if (event->kind == EVENT_MEASUREMENT)
		add_measurement(json, event);
	else if (event->kind == EVENT_POINT)
		add_point(json, event);
	else if (event->kind == EVENT_CONDITION)
		add_number(json, "value", event->value);
	else if (event->kind == EVENT_UNIT_PRESENT)
		json_text_flag(json, "present", event->done);
}

char *event_json_head(const char *lot, guint units)
{
	struct json_text json = json_text_begin_line();

	json_text_open(&json, NULL, '{');
	add_text(&json, "schema", EVENT_JSON_SCHEMA);
	add_text(&json, "lot", lot);
	json_text_int(&json, "units", units);
	json_text_close(&json, '}');
	return json_text_end(&json);
}

char *event_json(const struct event *event)
{
	struct json_text json = json_text_begin_line();

	json_text_open(&json, NULL, '{');
	json_text_int(&json, "seq", (gint64)event->seq);
	add_number(&json, "t", (double)event->mono_us * 1e-6);
	add_text(&json, "event", event_kind_name(event->kind));
	if (event->site)
		json_text_int(&json, "site", event->site);
	add_text(&json, "serial", event->serial);
	add_text(&json, "run_id", event->run_id);
	add_name(&json, event);
	add_text(&json, "group", event->group);
	add_text(&json, "corner", event->corner);
	if (event->lane)
		json_text_int(&json, "lane", event->lane);
	if (event->attempt)
		json_text_int(&json, "attempt", event->attempt);
	if (event->total || event->kind == EVENT_LOST) {
		json_text_int(&json, "done", event->done);
		json_text_int(&json, "total", event->total);
	}
	add_values(&json, event);
	add_number(&json, "fraction", event->fraction);
	if (event->verdict != VERDICT_NONE) {
		add_text(&json, "verdict", verdict_name(event->verdict));
		json_text_flag(&json, "marginal", event->marginal);
	}
	add_number(&json, "seconds", event->seconds);
	add_text(&json, "text", event->text);
	json_text_close(&json, '}');
	return json_text_end(&json);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/event_json.h"

#include <json-glib/json-glib.h>
#include <math.h>

static void add_text(JsonBuilder *b, const char *key, const char *text)
{
	if (!*text)
		return;
	json_builder_set_member_name(b, key);
	json_builder_add_string_value(b, text);
}

static void add_int(JsonBuilder *b, const char *key, gint64 value)
{
	json_builder_set_member_name(b, key);
	json_builder_add_int_value(b, value);
}

static void add_number(JsonBuilder *b, const char *key, double value)
{
	if (!isfinite(value))
		return;
	json_builder_set_member_name(b, key);
	json_builder_add_double_value(b, value);
}

/* A measurement without a value says null: it was looked for and is not there. */
static void add_measurement(JsonBuilder *b, const struct event *event)
{
	json_builder_set_member_name(b, "value");
	if (isfinite(event->value))
		json_builder_add_double_value(b, event->value);
	else
		json_builder_add_null_value(b);
	add_text(b, "unit", event->unit);
	add_number(b, "low", event->low);
	add_number(b, "high", event->high);
}

/* x and what it is, the ratio with its bounds, and the limit. */
static void add_point(JsonBuilder *b, const struct event *event)
{
	add_number(b, "x", event->x);
	add_number(b, "value", event->value);
	add_number(b, "low", event->low);
	add_number(b, "high", event->high);
	add_number(b, "line", event->line);
}

/* None: any words will do. */
static void add_answers(JsonBuilder *b, const struct event *event)
{
	g_auto(GStrv) answers = g_strsplit(event->name, "|", -1);

	json_builder_set_member_name(b, "answers");
	json_builder_begin_array(b);
	for (guint i = 0; answers[i]; i++)
		json_builder_add_string_value(b, answers[i]);
	json_builder_end_array(b);
}

static void add_name(JsonBuilder *b, const struct event *event)
{
	if (event->kind == EVENT_QUESTION)
		add_answers(b, event);
	else
		add_text(b, event->kind == EVENT_ANSWER ? "who" : "name", event->name);
}

/* What only some kinds have. */
static void add_values(JsonBuilder *b, const struct event *event)
{
	if (event->kind == EVENT_MEASUREMENT)
		add_measurement(b, event);
	else if (event->kind == EVENT_POINT)
		add_point(b, event);
	else if (event->kind == EVENT_CONDITION)
		add_number(b, "value", event->value);
	if (event->kind != EVENT_UNIT_PRESENT)
		return;
	json_builder_set_member_name(b, "present");
	json_builder_add_boolean_value(b, event->done);
}

static char *to_line(JsonBuilder *b)
{
	g_autoptr(JsonGenerator) generator = json_generator_new();
	g_autoptr(JsonNode) root = json_builder_get_root(b);

	json_generator_set_root(generator, root);
	return json_generator_to_data(generator, NULL);
}

char *event_json_head(const char *lot, guint units)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	add_text(b, "schema", EVENT_JSON_SCHEMA);
	add_text(b, "lot", lot);
	add_int(b, "units", units);
	json_builder_end_object(b);
	return to_line(b);
}

char *event_json(const struct event *event)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	add_int(b, "seq", (gint64)event->seq);
	add_number(b, "t", (double)event->mono_us * 1e-6);
	add_text(b, "event", event_kind_name(event->kind));
	if (event->site)
		add_int(b, "site", event->site);
	add_text(b, "serial", event->serial);
	add_text(b, "run_id", event->run_id);
	add_name(b, event);
	add_text(b, "group", event->group);
	add_text(b, "corner", event->corner);
	if (event->lane)
		add_int(b, "lane", event->lane);
	if (event->attempt)
		add_int(b, "attempt", event->attempt);
	if (event->total || event->kind == EVENT_LOST) {
		add_int(b, "done", event->done);
		add_int(b, "total", event->total);
	}
	add_values(b, event);
	add_number(b, "fraction", event->fraction);
	if (event->verdict != VERDICT_NONE) {
		add_text(b, "verdict", verdict_name(event->verdict));
		json_builder_set_member_name(b, "marginal");
		json_builder_add_boolean_value(b, event->marginal);
	}
	add_number(b, "seconds", event->seconds);
	add_text(b, "text", event->text);
	json_builder_end_object(b);
	return to_line(b);
}

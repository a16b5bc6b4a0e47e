/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/event_json.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* The line read back; it must be one line and one object. */
static JsonNode *parse(const char *line)
{
	JsonParser *parser = json_parser_new();
	JsonNode *root;

	g_assert_null(strchr(line, '\n'));
	g_assert_true(json_parser_load_from_data(parser, line, -1, NULL));
	root = json_parser_steal_root(parser);
	g_assert_true(JSON_NODE_HOLDS_OBJECT(root));
	g_object_unref(parser);
	return root;
}

static JsonNode *read_event(const struct event *event)
{
	g_autofree char *line = event_json(event);

	return parse(line);
}

static void test_measurement(void)
{
	struct event event = event_make(EVENT_MEASUREMENT, 2, "SN \"1\"\t\\");

	event.seq = G_GUINT64_CONSTANT(9007199254740993);
	event.mono_us = 1500000;
	event.value = 1.0 / 3;
	event.high = -2.2;
	event.lane = 4;
	event.verdict = VERDICT_FAIL;
	g_strlcpy(event.name, "tx_oma", sizeof event.name);
	g_strlcpy(event.unit, "dBm", sizeof event.unit);
	g_autoptr(JsonNode) root = read_event(&event);
	JsonObject *o = json_node_get_object(root);

	g_assert_cmpstr(json_object_get_string_member(o, "event"), ==, "measurement");
	g_assert_cmpstr(json_object_get_string_member(o, "serial"), ==, "SN \"1\"\t\\");
	g_assert_cmpint(json_object_get_int_member(o, "seq"), ==,
	                G_GINT64_CONSTANT(9007199254740993));
	g_assert_cmpfloat(json_object_get_double_member(o, "t"), ==, 1.5);
	g_assert_cmpfloat(json_object_get_double_member(o, "value"), ==, 1.0 / 3);
	g_assert_cmpfloat(json_object_get_double_member(o, "high"), ==, -2.2);
	g_assert_false(json_object_has_member(o, "low"));
	g_assert_cmpint(json_object_get_int_member(o, "lane"), ==, 4);
	g_assert_cmpstr(json_object_get_string_member(o, "verdict"), ==, "FAIL");
	g_assert_false(json_object_get_boolean_member(o, "marginal"));
	g_assert_false(json_object_has_member(o, "fraction"));
	g_assert_false(json_object_has_member(o, "text"));
}

/* The shortest form that reads back, whatever its size. */
static void test_numbers(void)
{
	static const double values[] = {0,     3e-9, -3e-9, 1e22,      5,     -2.2,
	                                1e-12, 0.1,  1e300, 2.6562e10, 5e-324};

	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		struct event event = event_make(EVENT_MEASUREMENT, 1, "A");

		event.value = values[i];
		g_autoptr(JsonNode) root = read_event(&event);
		g_assert_cmpfloat(json_object_get_double_member(json_node_get_object(root),
		                                                "value"),
		                  ==, values[i]);
	}
}

/* JSON knows no NaN: a value that was looked for and is not there is null. */
static void test_no_value(void)
{
	static const double values[] = {NAN, INFINITY, -INFINITY};

	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		struct event event = event_make(EVENT_MEASUREMENT, 1, "A");

		event.value = event.low = values[i];
		g_autoptr(JsonNode) root = read_event(&event);
		g_assert_true(json_object_get_null_member(json_node_get_object(root), "value"));
		g_assert_false(json_object_has_member(json_node_get_object(root), "low"));
	}
}

static void test_kinds(void)
{
	for (enum event_kind kind = 0; kind < EVENT_N_KINDS; kind++) {
		struct event event = event_make(kind, 0, NULL);
		g_autoptr(JsonNode) root = read_event(&event);
		JsonObject *o = json_node_get_object(root);

		g_assert_cmpstr(json_object_get_string_member(o, "event"), ==,
		                event_kind_name(kind));
		g_assert_false(json_object_has_member(o, "serial"));
		g_assert_false(json_object_has_member(o, "site"));
		g_assert_false(json_object_has_member(o, "verdict"));
		g_assert_cmpint(json_object_has_member(o, "value"), ==, kind == EVENT_MEASUREMENT);
		g_assert_cmpint(json_object_has_member(o, "present"), ==,
		                kind == EVENT_UNIT_PRESENT);
		g_assert_cmpint(json_object_has_member(o, "answers"), ==, kind == EVENT_QUESTION);
		g_assert_cmpint(json_object_has_member(o, "done"), ==, kind == EVENT_LOST);
	}
}

static void test_run_end(void)
{
	struct event event = event_make(EVENT_RUN_END, 1, "A");

	event.verdict = VERDICT_PASS;
	event.marginal = TRUE;
	event.seconds = 12.25;
	g_strlcpy(event.run_id, "0190", sizeof event.run_id);
	g_autoptr(JsonNode) root = read_event(&event);
	JsonObject *o = json_node_get_object(root);
	g_assert_cmpstr(json_object_get_string_member(o, "run_id"), ==, "0190");
	g_assert_true(json_object_get_boolean_member(o, "marginal"));
	g_assert_cmpfloat(json_object_get_double_member(o, "seconds"), ==, 12.25);
}

static void test_question(void)
{
	static const struct {
		const char *name;
		guint n;
	} cases[] = {{"done|cannot", 2}, {"done", 1}, {"", 0}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct event event = event_make(EVENT_QUESTION, 1, "A");

		event_set_text(&event, "turn the fibre");
		g_strlcpy(event.name, cases[i].name, sizeof event.name);
		g_autoptr(JsonNode) root = read_event(&event);
		JsonObject *o = json_node_get_object(root);
		JsonArray *answers = json_object_get_array_member(o, "answers");

		g_assert_cmpstr(json_object_get_string_member(o, "text"), ==, "turn the fibre");
		g_assert_false(json_object_has_member(o, "name"));
		g_assert_cmpuint(json_array_get_length(answers), ==, cases[i].n);
		if (cases[i].n)
			g_assert_cmpstr(json_array_get_string_element(answers, 0), ==, "done");
	}
}

static void test_answer(void)
{
	struct event event = event_make(EVENT_ANSWER, 1, "A");

	event_set_text(&event, "done");
	g_strlcpy(event.name, "Op 471", sizeof event.name);
	event.seconds = 3;
	g_autoptr(JsonNode) root = read_event(&event);
	JsonObject *o = json_node_get_object(root);
	g_assert_cmpstr(json_object_get_string_member(o, "text"), ==, "done");
	g_assert_cmpstr(json_object_get_string_member(o, "who"), ==, "Op 471");
	g_assert_cmpfloat(json_object_get_double_member(o, "seconds"), ==, 3);
}

/* A ratio without errors is 0, with the bound that it has. */
static void test_point(void)
{
	struct event event = event_make(EVENT_POINT, 1, "A");

	event.x = -5.5;
	event.value = event.low = 0;
	event.high = 3e-9;
	event.line = 2.4e-4;
	event.lane = 2;
	g_strlcpy(event.name, "rx_waterfall", sizeof event.name);
	g_autoptr(JsonNode) root = read_event(&event);
	JsonObject *o = json_node_get_object(root);
	g_assert_cmpfloat(json_object_get_double_member(o, "x"), ==, -5.5);
	g_assert_cmpfloat(json_object_get_double_member(o, "value"), ==, 0);
	g_assert_cmpfloat(json_object_get_double_member(o, "high"), ==, 3e-9);
	g_assert_cmpfloat(json_object_get_double_member(o, "line"), ==, 2.4e-4);
	g_assert_cmpstr(json_object_get_string_member(o, "name"), ==, "rx_waterfall");
}

static void test_presence(void)
{
	for (guint present = 0; present < 2; present++) {
		struct event event = event_make(EVENT_UNIT_PRESENT, 2, NULL);

		event.done = present;
		g_autoptr(JsonNode) root = read_event(&event);
		JsonObject *o = json_node_get_object(root);
		g_assert_cmpint(json_object_get_boolean_member(o, "present"), ==, (int)present);
		g_assert_false(json_object_has_member(o, "done"));
	}
}

static void test_head(void)
{
	g_autofree char *line = event_json_head("LOT \"7\"", 8);
	g_autoptr(JsonNode) root = parse(line);
	JsonObject *o = json_node_get_object(root);

	g_assert_cmpstr(json_object_get_string_member(o, "schema"), ==, EVENT_JSON_SCHEMA);
	g_assert_cmpstr(json_object_get_string_member(o, "lot"), ==, "LOT \"7\"");
	g_assert_cmpint(json_object_get_int_member(o, "units"), ==, 8);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/event-json/measurement", test_measurement);
	g_test_add_func("/event-json/no-value", test_no_value);
	g_test_add_func("/event-json/numbers", test_numbers);
	g_test_add_func("/event-json/kinds", test_kinds);
	g_test_add_func("/event-json/run-end", test_run_end);
	g_test_add_func("/event-json/question", test_question);
	g_test_add_func("/event-json/answer", test_answer);
	g_test_add_func("/event-json/point", test_point);
	g_test_add_func("/event-json/presence", test_presence);
	g_test_add_func("/event-json/head", test_head);
	return g_test_run();
}

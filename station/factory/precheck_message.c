/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/precheck_message.h"

#include "reports/json_text.h"

#include <json-glib/json-glib.h>
#include <string.h>

enum { DEPTH_MAX = 32 };

char *precheck_request(const struct precheck_unit *unit)
{
	struct json_text json = json_text_begin_line();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "schema", PRECHECK_SCHEMA);
	json_text_string(&json, "station", unit->station);
	json_text_int(&json, "site", unit->site);
	json_text_string(&json, "operation", unit->operation);
	json_text_string(&json, "serial", unit->serial);
	json_text_string(&json, "part_number", unit->part_number);
	json_text_string(&json, "lot", unit->lot);
	json_text_string(&json, "operator", unit->operator_name);
	json_text_string(&json, "plan", unit->plan);
	json_text_string(&json, "plan_revision", unit->plan_revision);
	json_text_close(&json, '}');
	return json_text_end(&json);
}

/* One object, with blanks around it at most: the parser takes several, and assignments. Not deep:
 * it calls itself for each level. */
static gboolean is_one_object(const char *text, gsize len)
{
	gboolean in_string = FALSE, over = FALSE;
	int depth = 0;

	for (gsize i = 0; i < len; i++) {
		if (!in_string && g_ascii_isspace(text[i]))
			continue;
		if (over || (!depth && text[i] != '{'))
			return FALSE;
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!in_string && (text[i] == '}' || text[i] == ']'))
			depth--;
		over = depth == 0;
		if (depth > DEPTH_MAX)
			return FALSE;
	}
	return over;
}

/* A member of that type; null when it is absent, or *wrong is set. Null counts as absent. */
static JsonNode *member(JsonObject *reply, const char *name, GType type, const char **wrong)
{
	JsonNode *node = json_object_get_member(reply, name);

	if (!node || JSON_NODE_HOLDS_NULL(node))
		return NULL;
	if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type)
		return node;
	*wrong = name;
	return NULL;
}

static const char *text_of(JsonObject *reply, const char *name, const char **wrong)
{
	JsonNode *node = member(reply, name, G_TYPE_STRING, wrong);

	return node ? json_node_get_string(node) : NULL;
}

/* What the factory thinks that the unit is has to be what it would be tested as. */
static char *find_difference(const struct precheck_unit *unit, JsonObject *reply,
                             const char **wrong)
{
	const struct {
		const char *name, *words, *ours;
	} facts[] = {
		{"serial", "serial number", unit->serial},
		{"part_number", "part number", unit->part_number},
		{"lot", "lot", unit->lot},
		{"operation", "operation", unit->operation},
		{"plan", "plan", unit->plan},
		{"plan_revision", "revision of the plan", unit->plan_revision},
	};
	char *difference = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
		const char *theirs = text_of(reply, facts[i].name, wrong);

		if (theirs && !difference && strcmp(theirs, facts[i].ours) != 0)
			difference = g_strdup_printf("the factory has the %s \"%s\", here it is "
			                             "\"%s\"",
			                             facts[i].words, theirs, facts[i].ours);
	}
	return difference;
}

static void judge_object(const struct precheck_unit *unit, JsonObject *reply,
                         struct precheck_answer *answer)
{
	const char *wrong = NULL;
	JsonNode *allow = member(reply, "allow", G_TYPE_BOOLEAN, &wrong);
	const char *text = text_of(reply, "text", &wrong);
	g_autofree char *difference = find_difference(unit, reply, &wrong);

	if (wrong || !allow) {
		answer->said = PRECHECK_UNANSWERED;
		answer->words =
			g_strdup_printf("\"%s\" of the reply is %s", wrong ? wrong : "allow",
		                        wrong ? "of a wrong kind" : "missing");
	} else if (!json_node_get_boolean(allow)) {
		answer->said = PRECHECK_DENIED;
		answer->words = g_strdup(text && *text ? text : "no reason was given");
	} else if (difference) {
		answer->said = PRECHECK_OTHER;
		answer->words = g_steal_pointer(&difference);
	} else {
		answer->said = PRECHECK_ALLOWED;
		answer->words = g_strdup(text ? text : "");
	}
	answer->allowed = answer->said == PRECHECK_ALLOWED;
}

void precheck_judge(const struct precheck_unit *unit, GBytes *bytes, struct precheck_answer *answer)
{
	gsize len;
	const char *reply = g_bytes_get_data(bytes, &len);
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	JsonNode *root = NULL;

	if (len && g_utf8_validate(reply, (gssize)len, NULL) && is_one_object(reply, len) &&
	    json_parser_load_from_data(parser, reply, (gssize)len, NULL))
		root = json_parser_get_root(parser);
	if (root && JSON_NODE_HOLDS_OBJECT(root)) {
		judge_object(unit, json_node_get_object(root), answer);
		return;
	}
	answer->said = PRECHECK_UNANSWERED;
	answer->allowed = FALSE;
	answer->words = g_strdup(len ? "the reply is no JSON object" : "the reply is empty");
}

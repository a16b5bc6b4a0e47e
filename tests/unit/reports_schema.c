/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record.h"

#include "reports/shape.h"
#include "tests/unit/reports_sample.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include <string.h>
#include <sys/wait.h>

static char *schema_path(void)
{
	const char *root = g_getenv("STATION_SRC");
	return g_build_filename(root ? root : ".", "reports", "run.schema.json", NULL);
}

static gboolean is_required(JsonObject *object, const char *key)
{
	JsonArray *required = json_object_get_array_member(object, "required");
	for (guint i = 0; i < json_array_get_length(required); i++) {
		if (strcmp(json_array_get_string_element(required, i), key) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The type that the schema must give a field of each kind; null: looked at elsewhere. */
static const char *schema_type(enum shape_kind kind)
{
	switch (kind) {
	case SHAPE_TEXT:
	case SHAPE_COUNTS:
		return "string";
	case SHAPE_TEXT_OR_NULL:
		return "string,null";
	case SHAPE_INT:
	case SHAPE_INDEX:
	case SHAPE_UINT:
		return "integer";
	case SHAPE_FLAG:
		return "boolean";
	case SHAPE_NUMBER:
	case SHAPE_NUMBER_OR_NAN:
		return "number,null";
	case SHAPE_NUMBERS:
	case SHAPE_LIST:
	case SHAPE_TEXTS:
		return "array";
	case SHAPE_NUMBERS_OR_NULL:
		return "array,null";
	default:
		return NULL;
	}
}

static char *type_text(JsonObject *property)
{
	JsonNode *type = json_object_get_member(property, "type");
	if (!type)
		return g_strdup("");
	if (!JSON_NODE_HOLDS_ARRAY(type))
		return json_node_dup_string(type);
	g_autoptr(GString) text = g_string_new(NULL);
	JsonArray *types = json_node_get_array(type);
	for (guint i = 0; i < json_array_get_length(types); i++)
		g_string_append_printf(text, "%s%s", i ? "," : "",
		                       json_array_get_string_element(types, i));
	return g_strdup(text->str);
}

static void check_shape(JsonObject *root, JsonObject *object, const struct shape *shape)
{
	g_assert_false(json_object_get_boolean_member(object, "additionalProperties"));
	JsonObject *properties = json_object_get_object_member(object, "properties");
	guint extra = shape == &shape_run ? 1 : 0, late = 0;
	g_assert_cmpuint(json_object_get_size(properties), ==, shape->n_fields + extra);
	for (gsize i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];
		if (is_required(object, field->key) == field->is_late)
			g_error("%s.%s is required or not", shape->name, field->key);
		late += field->is_late;
		JsonObject *property = json_object_get_object_member(properties, field->key);
		g_autofree char *type = type_text(property);
		if (schema_type(field->kind))
			g_assert_cmpstr(type, ==, schema_type(field->kind));
		if (!field->part)
			continue;
		if (field->kind == SHAPE_LIST)
			property = json_object_get_object_member(property, "items");
		g_autofree char *ref = g_strconcat("#/$defs/", field->part->name, NULL);
		g_assert_cmpstr(json_object_get_string_member(property, "$ref"), ==, ref);
		JsonObject *defs = json_object_get_object_member(root, "$defs");
		check_shape(root, json_object_get_object_member(defs, field->part->name),
		            field->part);
	}
	g_assert_cmpuint(json_array_get_length(json_object_get_array_member(object, "required")),
	                 ==, shape->n_fields + extra - late);
}

static void test_schema(void)
{
	g_autofree char *path = schema_path();
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonParser) parser = json_parser_new();
	json_parser_load_from_file(parser, path, &error);
	g_assert_no_error(error);
	JsonObject *root = json_node_get_object(json_parser_get_root(parser));
	check_shape(root, root, &shape_run);
	JsonObject *properties = json_object_get_object_member(root, "properties");
	JsonObject *schema = json_object_get_object_member(properties, "schema");
	g_assert_cmpstr(json_object_get_string_member(schema, "const"), ==, RECORD_SCHEMA);
}

static const char validator[] =
	"import json, sys\n"
	"try:\n"
	"    import jsonschema\n"
	"except ImportError:\n"
	"    sys.exit(77)\n"
	"schema = json.load(open(sys.argv[1]))\n"
	"cls = jsonschema.validators.validator_for(schema)\n"
	"cls.check_schema(schema)\n"
	"errors = list(cls(schema).iter_errors(json.load(open(sys.argv[2]))))\n"
	"print(errors[0].message[:300] if errors else 'valid')\n"
	"sys.exit(1 if errors else 0)\n";

/* -1: there is no validator. */
static int validate(const char *json)
{
	g_autofree char *schema = schema_path();
	g_autofree char *document = NULL;
	int file = g_file_open_tmp("run-XXXXXX.json", &document, NULL);
	g_assert_cmpint(file, >=, 0);
	g_assert_true(g_close(file, NULL));
	g_assert_true(g_file_set_contents(document, json, -1, NULL));
	g_autofree char *python = g_find_program_in_path("python3");
	const char *argv[] = {python, "-c", validator, schema, document, NULL};
	int status = 0;
	gboolean ran = python && g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
	                                      NULL, NULL, NULL, NULL, &status, NULL);
	g_assert_cmpint(g_unlink(document), ==, 0);
	return ran && WIFEXITED(status) && WEXITSTATUS(status) != 77 ? WEXITSTATUS(status) : -1;
}

static void test_validator(void)
{
	g_autoptr(run_record) record = sample_record();
	g_autofree char *json = run_record_to_json(record);
	int result = validate(json);
	if (result < 0) {
		g_test_skip("no python3-jsonschema");
		return;
	}
	g_assert_cmpint(result, ==, 0);
	g_autofree char *bad = sample_edited(json, "\"site\": 1", "\"site\": \"1\"");
	g_assert_cmpint(validate(bad), ==, 1);
	g_autoptr(run_record) empty = run_record_new();
	g_autofree char *empty_json = run_record_to_json(empty);
	g_assert_cmpint(validate(empty_json), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/schema/shapes", test_schema);
	g_test_add_func("/reports/schema/validator", test_validator);
	return g_test_run();
}

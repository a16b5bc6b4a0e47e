/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record.h"

#include "base/error.h"
#include "reports/shape.h"
#include "tests/unit/reports_sample.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include <float.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>

static struct run_record *read_back(const char *json)
{
	g_autoptr(GError) error = NULL;
	struct run_record *record = run_record_from_json(json, -1, &error);
	g_assert_no_error(error);
	return record;
}

static void test_round_trip(void)
{
	g_autoptr(run_record) record = sample_record();
	sample_text(&record->serial, "quote \" back \\ line\n tab\t bell\a \xc3\xa9 <b>&");
	g_autofree char *json = run_record_to_json(record);
	g_autoptr(run_record) again = read_back(json);
	g_autofree char *second = run_record_to_json(again);
	g_assert_cmpstr(second, ==, json);
	g_assert_cmpstr(again->serial, ==, record->serial);
	g_assert_cmpint(again->start_us, ==, record->start_us);
	g_assert_cmpuint(again->measurements->len, ==, record->measurements->len);
	const struct record_measurement *found = run_record_find(again, "tx_tdecq", 3, NULL);
	g_assert_cmpint(found->verdict, ==, VERDICT_FAIL);
	g_assert_cmpstr(found->reason, ==, "4.31 dB > 3.40 dB");
	const struct judgement *judgement = found->judgements->pdata[0];
	g_assert_cmpint(judgement->gate, ==, LIMIT_GATE);
	g_assert_true(isnan(judgement->low));
	g_assert_cmpfloat(judgement->high, ==, 3.4);
	g_assert_cmpint(judgement->mark, ==, 'C');
	g_assert_true(isnan(run_record_find(again, "tx_off", 2, NULL)->value));
}

static void test_empty(void)
{
	g_autoptr(run_record) record = run_record_new();
	g_assert_cmpint(record->verdict, ==, VERDICT_NONE);
	g_assert_cmpstr(record->serial, ==, "");
	g_assert_null(record->reason);
	g_autofree char *json = run_record_to_json(record);
	g_autoptr(run_record) again = read_back(json);
	g_assert_cmpint(again->end_us, ==, 0);
	g_assert_null(again->identity.vendor);
	g_assert_cmpint(again->start_us, ==, record->start_us);
	run_record_free(NULL);
}

/* Every double of every size comes back as it was. */
static void test_numbers(void)
{
	static const double values[] = {0,
	                                -0.0,
	                                0.1,
	                                1.0 / 3,
	                                1e-300,
	                                DBL_MAX,
	                                DBL_MIN,
	                                5e-324,
	                                1e15,
	                                1e17,
	                                1e22,
	                                -2.4e-4,
	                                123456789012345680.0,
	                                G_PI * 1e16,
	                                9007199254740993.0,
	                                2.65625e20};
	g_autoptr(run_record) record = run_record_new();
	sample_step(record, "s", 0, 1, VERDICT_PASS);
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
		run_record_add_measurement(record, "x", 0, 0, values[i], "1");
	struct record_measurement *infinite = run_record_add_measurement(record, "x", 0, 0, 1, "1");
	infinite->value = -INFINITY;
	g_autofree char *json = run_record_to_json(record);
	g_autoptr(run_record) again = read_back(json);
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		const struct record_measurement *measurement = again->measurements->pdata[i];
		g_assert_true(memcmp(&measurement->value, &values[i], sizeof(double)) == 0);
	}
	infinite = again->measurements->pdata[G_N_ELEMENTS(values)];
	g_assert_true(isnan(infinite->value));
}

static void test_bad_bytes(void)
{
	g_autoptr(run_record) record = run_record_new();
	sample_text(&record->serial, "A\xff\x01Z");
	g_autofree char *json = run_record_to_json(record);
	g_assert_true(g_utf8_validate(json, -1, NULL));
	g_autoptr(run_record) again = read_back(json);
	g_assert_cmpstr(again->serial, ==, "A\xEF\xBF\xBD\x01Z");
}

/* --- what must be refused: an edit of a good document, and the message ------------------------ */

static char *edited(const char *json, const char *from, const char *to)
{
	const char *found = strstr(json, from);
	if (!found)
		g_error("\"%s\" is not in the document", from);
	g_autofree char *head = g_strndup(json, (gsize)(found - json));
	return g_strconcat(head, to, found + strlen(from), NULL);
}

static void test_refuse(void)
{
	/* clang-format off */
	static const struct {
		const char *from, *to;
		const char *message; /* pattern */
	} rows[] = {
		{"station-run-1", "station-run-2", "*schema is not*"},
		{"\"schema\": \"station-run-1\",", "", "*schema is not*"},
		{"\"lot\": ", "\"lott\": ", "*key \"lott\" is not known"},
		{"\"stage\": \"final\",", "", "*no key \"stage\""},
		{"\"stage\": \"final\"", "\"stage\": 7", "*stage: expected a text"},
		{"\"stage\": \"final\"", "\"stage\": null", "*stage: expected a text"},
		{"\"site\": 1", "\"site\": 1.5", "*site: expected a whole number"},
		{"\"site\": 1", "\"site\": 4294967296", "*site: expected a smaller*"},
		{"\"verdict\": \"FAIL\"", "\"verdict\": \"BAD\"", "*verdict: expected a verdict"},
		{"\"gate\": \"GATE\"", "\"gate\": \"GAT\"", "*judgements: item 0: gate: expected*"},
		{"\"mark\": \"C\"", "\"mark\": \"CC\"", "*mark: expected one letter*"},
		{"\"marginal\": false", "\"marginal\": 0", "*marginal: expected true*"},
		{".123456Z", "Z", "*start: expected a time*"},
		{"\"start\": \"2026", "\"start\": \"x026", "*start: expected a time*"},
		{"\"value\": 8.31", "\"value\": \"8.31\"", "*item 0: value: expected a number*"},
		{"\"value\": 8.31", "\"value\": 1e999", "*"},
		{"\"files\": [", "\"files\": [7, ", "*files: item 0: expected an object"},
		{"\"notes\": [", "\"notes\": [7, ", "*notes: item 0: expected a text"},
		{"\"identity\": {", "\"identity\": [], \"x\": {", "*"},
		{"\"step\": 0,", "\"step\": 99,", "*there is no step 99"},
		{"\"step\": 0,", "\"step\": -1,", "*step: expected a smaller*"},
		{"\"x\": [", "\"x\": [1, ", "*arrays of different length"},
		{"\"y_low\": [", "\"y_low\": [1, ", "*arrays of different length"},
		{"\"fit_low\": [", "\"fit_low\": [1, ", "*arrays of different length"},
		{"\"fit_high\": [", "\"fit_high\": [1, ", "*arrays of different length"},
		{"\"kind\": \"captured\"", "\"kind\": 1", "*kind: expected a text"},
		{"\"taps\": []", "\"taps\": null", "*taps: expected an array"},
		{"\"window_width_ui\": ", "\"window_width\": ", "*\"window_width\" is not known"},
		{"\"columns\": 128", "\"columns\": 127", "*counts are not columns by rows"},
		{"\"counts\": [", "\"counts\": [-1, ", "*counts: expected a smaller*"},
		{"\"instruments\": [", "\"instruments\": [[", "*"},
	};
	/* clang-format on */
	g_autoptr(run_record) record = sample_record();
	g_autofree char *json = run_record_to_json(record);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *bad = edited(json, rows[i].from, rows[i].to);
		g_assert_null(run_record_from_json(bad, -1, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
		g_assert_true(g_str_has_prefix(error->message, "run document: "));
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("row %zu: \"%s\"", i, error->message);
	}
	static const char *const texts[] = {"", "7", "null", "[]", "{}", "{", "\xff", "\"a\""};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(run_record_from_json(texts[i], -1, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(run_record_from_json(json, (gssize)strlen(json) / 2, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
}

static void test_find(void)
{
	g_autoptr(run_record) record = sample_record();
	/* The first attempt measured -30 dBm, and is superseded. */
	g_assert_cmpfloat(run_record_find(record, "tx_oma", 3, NULL)->value, >, 0);
	g_assert_null(run_record_find(record, "tx_oma", 5, NULL));
	g_assert_null(run_record_find(record, "tx_oma", 1, "70C 3.300V"));
	g_assert_nonnull(run_record_find(record, "tx_oma", 1, "25C 3.300V"));
	guint step = sample_step(record, "again", 1, 1, VERDICT_PASS);
	run_record_add_measurement(record, "tx_oma", step, 1, 3.5, "dBm");
	g_assert_cmpfloat(run_record_find(record, "tx_oma", 1, NULL)->value, ==, 3.5);
	g_assert_false(run_record_superseded(record, 9999));
}

static void test_decisive(void)
{
	g_autoptr(run_record) record = sample_record();
	const struct record_measurement *oma = run_record_find(record, "tx_oma", 3, NULL);
	g_assert_cmpuint(oma->judgements->len, ==, 2);
	g_assert_cmpstr(record_measurement_decisive(oma)->limit_id, ==, "tx_oma_tdecq_low_er");
	const struct record_measurement *info = run_record_find(record, "tx_tdecq_scope", 1, NULL);
	g_assert_cmpint(record_measurement_decisive(info)->gate, ==, LIMIT_INFO);
	struct record_measurement *bare = run_record_add_measurement(record, "bare", 0, 0, 1, "1");
	g_assert_null(record_measurement_decisive(bare));
}

static void test_uuid(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *before = record_uuid7();
	for (int i = 0; i < 1000; i++) {
		char *id = record_uuid7();
		g_assert_true(g_regex_match_simple("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-"
		                                   "9a-f]{3}-[0-9a-f]{12}$",
		                                   id, 0, 0));
		g_assert_true(g_hash_table_add(seen, id));
	}
	/* 48 bits of milliseconds in front. */
	g_autofree char *digits = g_strdup_printf("%.8s%.4s", before, before + 9);
	gint64 ms = g_ascii_strtoll(digits, NULL, 16);
	g_assert_cmpint(ABS(ms - g_get_real_time() / 1000), <, 60000);
}

/* --- the published schema ------------------------------------------------------------------- */

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
		return "string";
	case SHAPE_TEXT_OR_NULL:
		return "string,null";
	case SHAPE_INT:
	case SHAPE_UINT:
		return "integer";
	case SHAPE_FLAG:
		return "boolean";
	case SHAPE_NUMBER:
	case SHAPE_NUMBER_OR_NAN:
		return "number,null";
	case SHAPE_NUMBERS:
	case SHAPE_COUNTS:
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
	guint extra = shape == &shape_run ? 1 : 0;
	g_assert_cmpuint(json_object_get_size(properties), ==, shape->n_fields + extra);
	g_assert_cmpuint(json_array_get_length(json_object_get_array_member(object, "required")),
	                 ==, shape->n_fields + extra);
	for (gsize i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];
		if (!is_required(object, field->key))
			g_error("%s.%s is not required", shape->name, field->key);
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
	g_autofree char *bad = edited(json, "\"site\": 1", "\"site\": \"1\"");
	g_assert_cmpint(validate(bad), ==, 1);
	g_autoptr(run_record) empty = run_record_new();
	g_autofree char *empty_json = run_record_to_json(empty);
	g_assert_cmpint(validate(empty_json), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/record/round-trip", test_round_trip);
	g_test_add_func("/reports/record/empty", test_empty);
	g_test_add_func("/reports/record/numbers", test_numbers);
	g_test_add_func("/reports/record/bad-bytes", test_bad_bytes);
	g_test_add_func("/reports/record/refuse", test_refuse);
	g_test_add_func("/reports/record/find", test_find);
	g_test_add_func("/reports/record/decisive", test_decisive);
	g_test_add_func("/reports/record/uuid", test_uuid);
	g_test_add_func("/reports/record/schema", test_schema);
	g_test_add_func("/reports/record/validator", test_validator);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/record.h"

#include "base/error.h"
#include "reports/shape.h"
#include "tests/unit/reports_sample.h"

#include <json-glib/json-glib.h>

#include <float.h>
#include <math.h>
#include <string.h>

static struct run_record *read_back(const char *json)
{
	g_autoptr(GError) error = NULL;
	struct run_record *record = run_record_from_json(json, -1, &error);
	g_assert_no_error(error);
	return record;
}

static struct run_record *sample_with_uses(void)
{
	struct run_record *record = sample_record();
	run_record_end_use(record, run_record_add_use(record, 0, 1, 120, 40), 650);
	run_record_end_use(record, run_record_add_use(record, -1, 1, 98765, 0), 7);
	return record;
}

static void test_round_trip(void)
{
	g_autoptr(run_record) record = sample_with_uses();
	struct record_answer *answer = run_record_add_answer(record, 2);
	sample_text(&answer->question, "Is the label <whole>?");
	sample_text(&answer->answer, "yes");
	sample_text(&answer->who, "Op 471");
	answer->wait_s = 12.5;
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
	g_assert_cmpuint(again->answers->len, ==, 1);
	answer = again->answers->pdata[0];
	g_assert_cmpuint(answer->step, ==, 2);
	g_assert_cmpstr(answer->answer, ==, "yes");
	g_assert_cmpstr(answer->who, ==, "Op 471");
	g_assert_cmpfloat(answer->wait_s, ==, 12.5);
	g_assert_cmpuint(again->uses.step->len, ==, 2);
	g_assert_cmpfloat(g_array_index(again->uses.step, double, 1), ==, -1);
	g_assert_cmpfloat(g_array_index(again->uses.instruments, double, 0), ==, 1);
	g_assert_cmpfloat(g_array_index(again->uses.start_ms, double, 1), ==, 98765);
	g_assert_cmpfloat(g_array_index(again->uses.waited_ms, double, 0), ==, 40);
	g_assert_cmpfloat(g_array_index(again->uses.held_ms, double, 0), ==, 650);
}

/* An answer belongs to a step, as all else does. */
static void test_answer_without_step(void)
{
	g_autoptr(run_record) record = sample_record();
	g_autoptr(run_record) again = NULL;
	g_autofree char *json = NULL;
	g_autoptr(GError) error = NULL;

	run_record_add_answer(record, 999);
	json = run_record_to_json(record);
	again = run_record_from_json(json, -1, &error);
	g_assert_null(again);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
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

/* clang-format off */
static const struct {
	const char *from, *to;
	const char *message; /* pattern */
} refused[] = {
	{"station-run-2", "station-run-3", "*schema is not*"},
	{"\"schema\": \"station-run-2\",", "", "*schema is not*"},
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
	{"\"counts\": \"", "\"counts\": \"-1 ", "*counts: expected counts such as*"},
	{"\"counts\": \"", "\"counts\": \"9999999x0 ", "*counts: expected counts such as*"},
	{"\"instruments\": [", "\"instruments\": [[", "*"},
	{"\"rule\": \"marginal\"", "\"rule\": \"lax\"", "*rule: expected a rule"},
	{"\"entry\": -1", "\"entry\": null", "*entry: expected a whole number"},
	{"\"z\": [", "\"z\": [1, ", "*maps: item 0: z is not x by y"},
	{"\"start_ms\": [", "\"start_ms\": [1, ", "*uses: columns of different length"},
	{"\"held_ms\": [650", "\"held_ms\": [null", "*uses: entry 0: no step of the run*"},
	{"\"waited_ms\": [40", "\"waited_ms\": [-40", "*uses: entry 0: no step of the run*"},
	{"\"step\": [0, ", "\"step\": [99, ", "*uses: entry 0: no step of the run*"},
	{"\"log_z\": ", "\"log\": ", "*\"log\" is not known"},
	{"\"address\": \"9F", "\"address_\": \"9F", "*\"address_\" is not known"},
};
/* clang-format on */

static void test_refuse(void)
{
	g_autoptr(run_record) record = sample_with_uses();
	g_ptr_array_set_size(record->eyes, 1); /* each document is read whole */
	g_autofree char *json = run_record_to_json(record);
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *bad = sample_edited(json, refused[i].from, refused[i].to);
		g_assert_null(run_record_from_json(bad, -1, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
		g_assert_true(g_str_has_prefix(error->message, "run document: "));
		if (!g_pattern_match_simple(refused[i].message, error->message))
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

/* --- the schema before ------------------------------------------------------------------------ */

static void drop_new(JsonObject *object, const struct shape *shape)
{
	for (gsize i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];
		if (field->is_new) {
			json_object_remove_member(object, field->key);
			continue;
		}
		if (field->kind != SHAPE_LIST)
			continue;
		JsonArray *list = json_object_get_array_member(object, field->key);
		for (guint n = 0; n < json_array_get_length(list); n++)
			drop_new(json_array_get_object_element(list, n), field->part);
	}
}

/* A document as it was written before: without what is new, under the older name. */
static char *document_before(const struct run_record *record, gboolean renamed)
{
	g_autofree char *json = run_record_to_json(record);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_assert_true(json_parser_load_from_data(parser, json, -1, NULL));
	JsonNode *root = json_parser_get_root(parser);
	drop_new(json_node_get_object(root), &shape_run);
	if (renamed)
		json_object_set_string_member(json_node_get_object(root), "schema",
		                              RECORD_SCHEMA_BEFORE);
	return json_to_string(root, FALSE);
}

static void test_before(void)
{
	g_autoptr(run_record) record = sample_record();
	g_ptr_array_set_size(record->eyes, 1); /* the document is read three times */
	g_autofree char *json = document_before(record, TRUE);
	g_assert_null(strstr(json, "false_accept"));
	g_autoptr(run_record) again = read_back(json);
	g_assert_cmpstr(again->reason, ==, record->reason);
	g_assert_cmpuint(again->measurements->len, ==, record->measurements->len);
	g_assert_cmpuint(again->maps->len, ==, 0);
	const struct record_constant *constant = again->constants->pdata[0];
	g_assert_cmpint(constant->entry, ==, -1);
	g_assert_true(isnan(constant->raw));
	g_assert_null(constant->fit);
	const struct record_measurement *found = run_record_find(again, "tx_tdecq", 3, NULL);
	const struct judgement *judgement = found->judgements->pdata[0];
	g_assert_true(isnan(judgement->false_accept));
	g_assert_cmpint(judgement->rule, ==, LIMIT_MARGINAL);
	/* It is written anew as what is now, and a new one must be whole. */
	g_autofree char *now = run_record_to_json(again);
	g_assert_nonnull(strstr(now, RECORD_SCHEMA));
	g_autoptr(GError) error = NULL;
	g_autofree char *half = document_before(record, FALSE);
	g_assert_null(run_record_from_json(half, -1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_assert_nonnull(strstr(error->message, "no key"));
}

/* --- provenance ------------------------------------------------------------------------------- */

static void test_fit(void)
{
	g_autoptr(run_record) record = run_record_new();
	guint old = sample_step(record, "first", 1, 1, VERDICT_PASS);
	guint step = sample_step(record, "second", 1, 1, VERDICT_PASS);
	struct record_constant *constant = run_record_add_constant(record, "k", step, 1);
	run_record_add_series(record, "curve", step, 2);
	g_assert_null(run_record_fit(record, constant));
	constant->fit = g_strdup("curve");
	g_assert_null(run_record_fit(record, constant));
	const struct record_series *shared = run_record_add_series(record, "curve", step, 0);
	g_assert_true(run_record_fit(record, constant) == shared);
	const struct record_series *own = run_record_add_series(record, "curve", step, 1);
	run_record_add_series(record, "curve", old, 1);
	((struct record_step *)record->steps->pdata[old])->superseded = TRUE;
	g_assert_true(run_record_fit(record, constant) == own);
	g_assert_cmpstr(own->corner, ==, "25C 3.300V");
	g_assert_cmpint(constant->entry, ==, -1);
}

static void test_provenance(void)
{
	g_autoptr(run_record) record = sample_record();
	g_autofree char *json = run_record_to_json(record);
	g_autoptr(run_record) again = read_back(json);
	const struct record_constant *entry = again->constants->pdata[again->constants->len - 1];
	g_assert_cmpstr(entry->knob, ==, "bias_table");
	g_assert_cmpint(entry->entry, ==, 15);
	g_assert_cmpfloat(entry->at, ==, 77.5);
	g_assert_cmpfloat(entry->raw, ==, 2231);
	g_assert_cmpstr(entry->address, ==, "A0h:158-159");
	g_assert_cmpstr(entry->source, ==, "fit of 5 readings, quadratic");
	g_assert_cmpfloat(entry->residual, ==, 4e-4);
	g_assert_cmpuint(run_record_fit(again, entry)->x->len, ==, 5);
	const struct record_map *map = again->maps->pdata[0];
	g_assert_cmpuint(map->z->len, ==, 13 * 11);
	g_assert_true(isnan(g_array_index(map->z, double, 13 * 11 - 1)));
	g_assert_cmpfloat(map->best_x, ==, -0.06);
	const struct record_measurement *found = run_record_find(again, "tx_tdecq", 3, NULL);
	const struct judgement *judgement = found->judgements->pdata[0];
	g_assert_cmpfloat(judgement->value, ==, 4.31);
	g_assert_cmpfloat(judgement->uncertainty, ==, 0.25);
	g_assert_cmpfloat(judgement->false_accept, ==, 0.023);
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/record/round-trip", test_round_trip);
	g_test_add_func("/reports/record/answer", test_answer_without_step);
	g_test_add_func("/reports/record/empty", test_empty);
	g_test_add_func("/reports/record/numbers", test_numbers);
	g_test_add_func("/reports/record/bad-bytes", test_bad_bytes);
	g_test_add_func("/reports/record/refuse", test_refuse);
	g_test_add_func("/reports/record/before", test_before);
	g_test_add_func("/reports/record/fit", test_fit);
	g_test_add_func("/reports/record/provenance", test_provenance);
	g_test_add_func("/reports/record/find", test_find);
	g_test_add_func("/reports/record/decisive", test_decisive);
	return g_test_run();
}

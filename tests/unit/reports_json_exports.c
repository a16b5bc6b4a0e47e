/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/reports_export_bed.h"

#include <json-glib/json-glib.h>

/* WSJF and OpenHTF: what a reader of JSON finds in them, and what their schemas say. */

static void check_schema(const char *name, GBytes *bytes)
{
	g_autofree char *script = bed_path("check_json.py");
	g_autofree char *schema = bed_path(name);
	const char *const words[] = {"python3", script, schema, "", NULL};
	g_autofree char *out = bed_read(words, bytes, "no python3-jsonschema");
}

static JsonNode *parse(GBytes *bytes)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	g_autoptr(GError) error = NULL;
	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);
	g_assert_true(g_utf8_validate(text, (gssize)size, NULL));
	json_parser_load_from_data(parser, text, (gssize)size, &error);
	g_assert_no_error(error);
	return json_parser_steal_root(parser);
}

/* "root/steps/0/name" as text; "none" where there is nothing. */
static char *look(JsonNode *node, const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	for (guint i = 0; node && parts[i]; i++) {
		if (JSON_NODE_HOLDS_ARRAY(node)) {
			JsonArray *array = json_node_get_array(node);
			guint at = (guint)g_ascii_strtoull(parts[i], NULL, 10);
			node = at < json_array_get_length(array) ? json_array_get_element(array, at)
			                                         : NULL;
		} else {
			node = JSON_NODE_HOLDS_OBJECT(node)
			               ? json_object_get_member(json_node_get_object(node),
			                                        parts[i])
			               : NULL;
		}
	}
	return node ? json_to_string(node, FALSE) : g_strdup("none");
}

struct row {
	const char *path, *value;
};

static void check_rows(JsonNode *root, const struct row *rows, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		g_autofree char *value = look(root, rows[i].path);
		if (strcmp(value, rows[i].value) != 0)
			g_error("%s is %s, not %s", rows[i].path, value, rows[i].value);
	}
}

/* Of bias and power; the second place has none. */
static void add_curve(struct run_record *record, guint step)
{
	static const double x[] = {0.01, 0.02, 0.03}, y[] = {0.001, NAN, 0.002};
	struct record_series *series = run_record_add_series(record, "li", step, 2);
	sample_text(&series->label, "up");
	sample_text(&series->x_name, "Bias");
	sample_text(&series->x_unit, "A");
	sample_text(&series->y_name, "Power");
	sample_text(&series->y_unit, "W");
	g_array_append_vals(series->x, x, 3);
	g_array_append_vals(series->y, y, 3);
}

static GPtrArray *make_run(void)
{
	GPtrArray *records = bed_records();
	struct run_record *record = bed_hard("SN1", VERDICT_FAIL);
	g_autofree char *name = g_strnfill(150, 'n');
	record->identity.revision = g_strdup("B2");
	sample_text(&((struct record_step *)record->steps->pdata[3])->name, name);
	add_curve(record, 1); /* of a replaced attempt */
	add_curve(record, 2);
	add_curve(record, 2);
	/* a curve that has the name of a test */
	run_record_add_series(record, "rx_sensitivity", 2, 2);
	g_ptr_array_add(records, record);
	return records;
}

static const struct row wsjf_rows[] = {
	{"type", "\"T\""},
	{"id", "\"01a20513-040f-72a3-884a-8953337daa5b\""},
	{"pn", "\"VB-QDD-DR4-500\""},
	{"sn", "\"SN1\""},
	{"rev", "\"B2\""},
	{"processCode", "50"},
	{"result", "\"F\""},
	{"machineName", "\"line2-station3\""},
	{"location", "\"Hall 3\""},
	{"purpose", "\"-\""},
	{"start", "\"2026-03-20T09:46:40.123+00:00\""},
	{"startUTC", "\"2026-03-20T09:46:40.123Z\""},
	{"uut/testSocketIndex", "1"},
	{"uut/batchSN", "\"DR4-2026-117\""},
	{"uut/errorMessage", "\"lane 1: tx_oma\""},
	{"assets/0/sn", "\"DE47700112\""},
	{"root/stepType", "\"SequenceCall\""},
	{"root/status", "\"F\""},
	{"root/steps/0/name", "\"tx v1.2 lane 1 25C 3.300V\""},
	{"root/steps/0/status", "\"F\""},
	{"root/steps/0/causedUUTFailure", "true"},
	/* only its guard band fails it */
	{"root/steps/0/steps/0/numericMeas/0",
         "{\"status\":\"F\",\"value\":1.3,\"unit\":\"dBm\",\"compOp\":\"GELE\","
         "\"lowLimit\":-2.5499999999999998,\"highLimit\":1.25}"},
	{"root/steps/0/steps/0/reportText", "\"1.30 dBm > 1.25 dBm, 5 \xC2\xB5W\""},
	{"root/steps/0/steps/1/numericMeas/0/unit", "\"nm\""},
	{"root/steps/0/steps/1/status", "\"P\""},
	{"root/steps/0/steps/2/numericMeas/0",
         "{\"status\":\"F\",\"value\":\"NaN\",\"unit\":\"dB\",\"compOp\":\"LE\","
         "\"lowLimit\":3.3999999999999999}"},
	{"root/steps/0/steps/3/numericMeas/0",
         "{\"status\":\"E\",\"value\":\"NaN\",\"unit\":\"dB\",\"compOp\":\"GE\","
         "\"lowLimit\":3.5}"},
	{"root/steps/0/steps/4/numericMeas/0",
         "{\"status\":\"D\",\"value\":0.96999999999999997,\"unit\":\"\",\"compOp\":"
         "\"LOG\"}"},
	{"root/steps/0/steps/5/stepType", "\"ET_PFT\""},
	{"root/steps/0/steps/5/booleanMeas/0", "{\"status\":\"F\",\"value\":false}"},
	{"root/steps/0/steps/6/name", "\"tx_light lane 1 25C 3.300V #2\""},
	{"root/steps/1/status", "\"D\""},
	{"root/steps/1/steps", "[]"},
	{"root/steps/1/reportText",
         "\"rx, lane 2, 25C 3.300V, attempt 1 (replaced): ERROR: bert1: no answer\""},
	{"root/steps/2/status", "\"T\""},
	{"root/steps/2/causedUUTFailure", "false"},
	{"root/steps/3/status", "\"S\""},
	{"root/steps/4/errorMessage", "\"psu1: no answer\""},
};

static void test_wsjf(void)
{
	g_autoptr(GPtrArray) records = make_run();
	struct report_factory factory = {.location = (char *)"Hall 3"};
	factory.processes = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(factory.processes, (gpointer) "final", GINT_TO_POINTER(50));
	const struct report_set set = {NULL, records, &factory};
	g_autoptr(GBytes) bytes = export_wsjf(&set);
	g_autoptr(JsonNode) root = parse(bytes);
	check_rows(root, wsjf_rows, G_N_ELEMENTS(wsjf_rows));
	check_schema("wsjf.schema.json", bytes);
	g_hash_table_unref(factory.processes);
}

static const struct row openhtf_rows[] = {
	{"dut_id", "\"SN1\""},
	{"station_id", "\"line2-station3\""},
	{"start_time_millis", "1774000000123"},
	{"end_time_millis", "1774000083323"},
	{"outcome", "\"FAIL\""},
	{"outcome_details/0", "{\"code\":\"tx v1.2\",\"description\":\"lane 1: tx_oma\"}"},
	{"metadata/test_name", "\"dr4-final\""},
	{"metadata/operator", "\"Zo\xC3\xAB \xE2\x89\xA4 \\u0001<&\\\">\xEF\xBF\xBF\""},
	{"metadata/files/0/role", "\"plan\""},
	{"phases/0/name", "\"tx v1.2 lane 1 25C 3.300V\""},
	{"phases/0/outcome", "\"FAIL\""},
	{"phases/0/start_time_millis", "1774000001123"},
	{"phases/0/end_time_millis", "1774000003623"},
	{"phases/0/measurements/tx_oma lane 1 25C 3.300V/outcome", "\"FAIL\""},
	{"phases/0/measurements/tx_oma lane 1 25C 3.300V/validators", "[\"-2.55 <= x <= 1.25\"]"},
	{"phases/0/measurements/tx_wavelength lane 1 25C 3.300V/units",
         "{\"name\":\"nanometre\",\"code\":\"C45\",\"suffix\":\"nm\"}"},
	{"phases/0/measurements/tx_tdecq lane 1 25C 3.300V/measured_value", "\"nan\""},
	{"phases/0/measurements/tx_tdecq lane 1 25C 3.300V/outcome", "\"FAIL\""},
	{"phases/0/measurements/tx_er lane 1 25C 3.300V/outcome", "\"UNSET\""},
	{"phases/0/measurements/tx_er lane 1 25C 3.300V/validators", "[\"3.5 <= x\"]"},
	{"phases/0/measurements/tx_rlm lane 1 25C 3.300V/outcome", "\"PASS\""},
	{"phases/0/measurements/tx_rlm lane 1 25C 3.300V/validators", "none"},
	{"phases/0/measurements/tx_light lane 1 25C 3.300V/measured_value", "false"},
	{"phases/0/measurements/tx_light lane 1 25C 3.300V #2/measured_value", "true"},
	{"phases/1/outcome", "\"SKIP\""},
	{"phases/2/measurements/rx_sensitivity lane 2 25C 3.300V/measured_value",
         "-5.0999999999999996"},
	{"phases/2/measurements/rx_sensitivity lane 2 25C 3.300V #2/measured_value", "[]"},
	{"phases/1/measurements", "{}"},
	{"phases/2/outcome", "\"ERROR\""},
	{"phases/3/outcome", "\"SKIP\""},
	{"log_records/1/message",
         "\"rx, lane 2, 25C 3.300V, attempt 1 (replaced): ERROR: bert1: no answer\""},
	{"log_records/1/level", "40"},
	{"phases/2/measurements/li lane 2 25C 3.300V up",
         "{\"name\":\"li lane 2 25C 3.300V up\",\"outcome\":\"PASS\","
         "\"measured_value\":[[10,0.001],[30,0.002]],\"dimensions\":[{\"name\":\"Bias\","
         "\"code\":\"4K\",\"suffix\":\"mA\",\"description\":\"Bias\"}],\"units\":{\"name\":"
         "\"watt\","
         "\"code\":\"WTT\",\"suffix\":\"W\"},\"docstring\":\"Power\"}"},
	{"phases/2/measurements/li lane 2 25C 3.300V up #2/outcome", "\"PASS\""},
	{"phases/1/measurements", "{}"},
	{"marginal", "false"},
};

static void test_openhtf(void)
{
	g_autoptr(GPtrArray) records = make_run();
	g_autoptr(GBytes) bytes = bed_export("openhtf", NULL, records);
	g_autoptr(JsonNode) root = parse(bytes);
	check_rows(root, openhtf_rows, G_N_ELEMENTS(openhtf_rows));
	check_schema("openhtf.schema.json", bytes);
}

/* A run that has not ended, one of nothing, and the sample, as lists. */
static void test_lots(void)
{
	static const struct row wsjf[] = {
		{"0/result", "\"E\""},
		{"0/rev", "\"-\""},
		{"0/pn", "\"-\""},
		{"1/result", "\"F\""},
		{"1/processCode", "0"},
		{"2/result", "\"T\""},
		{"0/uut/batchSN", "none"},
		{"1/uut/batchSN", "\"DR4-2026-117\""},
		{"3", "none"},
	};
	static const struct row openhtf[] = {
		{"0/outcome", "\"ERROR\""},
		{"1/outcome", "\"FAIL\""},
		{"2/outcome", "\"ABORTED\""},
		{"3", "none"},
	};
	g_autoptr(GPtrArray) records = bed_records();
	struct run_record *aborted = bed_hard("SN2", VERDICT_ABORTED);
	g_ptr_array_add(records, run_record_new());
	g_ptr_array_add(records, sample_record());
	g_ptr_array_add(records, aborted);
	g_autoptr(GBytes) first = bed_export("wsjf", "L1", records);
	g_autoptr(GBytes) second = bed_export("openhtf", "L1", records);
	g_autoptr(JsonNode) first_root = parse(first);
	g_autoptr(JsonNode) second_root = parse(second);
	check_rows(first_root, wsjf, G_N_ELEMENTS(wsjf));
	check_rows(second_root, openhtf, G_N_ELEMENTS(openhtf));
	check_schema("wsjf.schema.json", first);
	check_schema("openhtf.schema.json", second);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/reports/json-exports/wsjf", test_wsjf);
	g_test_add_func("/reports/json-exports/openhtf", test_openhtf);
	g_test_add_func("/reports/json-exports/lots", test_lots);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/shell_bed.h"

#include "signal/wave_file.h"
#include "station/shell/table.h"

#include <locale.h>
#include <math.h>
#include <string.h>

/* Instruments by hand, against what the bench knows. */

static const struct value *find_cell(const struct shell_bed *bed, guint row, const char *column)
{
	const struct value *last = shell_lookup("_", bed->shell);

	g_assert_nonnull(last);
	g_assert_cmpint(last->kind, ==, VALUE_TABLE);
	g_assert_cmpuint(row, <, table_rows(last->table));
	for (guint i = 0; i < table_columns(last->table); i++)
		if (strcmp(table_column(last->table, i)->name, column) == 0)
			return table_cell(last->table, row, i);
	g_error("the last result has no column %s", column);
}

/* A number, or a flag as one, of the last result; NAN where there is none. */
static double cell(const struct shell_bed *bed, guint row, const char *column)
{
	const struct value *value = find_cell(bed, row, column);

	if (value->kind == VALUE_FLAG)
		return value->flag;
	return value->kind == VALUE_NUMBER ? value->number : NAN;
}

static const char *text_cell(const struct shell_bed *bed, guint row, const char *column)
{
	const struct value *value = find_cell(bed, row, column);

	return value->kind == VALUE_TEXT ? value->text : "";
}

static void say(struct shell_bed *bed, const char *line)
{
	const char *said = shell_bed_say(bed, line);

	if (strstr(said, "error: "))
		g_error("\"%s\" says %s", line, said);
	g_test_message("%s\n%s", line, said);
}

/* The module is up with its lasers on. */
static void up(struct shell_bed *bed)
{
	struct hand *hand = shell_hand(bed->shell, NULL);

	if (!hand_is_up(hand))
		say(bed, "module up");
	if (module_media_lanes(hand_module(hand)) == 0)
		say(bed, "module bring-up");
}

/* A number, or a flag as one, of what holds at the site; NAN: null. */
static double state(const struct shell_bed *bed, const char *member, guint lane)
{
	JsonObject *reply = bench_control(&bed->bench, "{\"command\":\"state\",\"site\":1}");
	JsonNode *node = json_object_get_member(reply, member);
	double value = NAN;

	if (JSON_NODE_HOLDS_ARRAY(node))
		node = json_array_get_element(json_node_get_array(node), lane - 1);
	if (json_node_get_value_type(node) == G_TYPE_BOOLEAN)
		value = json_node_get_boolean(node);
	else if (!JSON_NODE_HOLDS_NULL(node))
		value = json_node_get_double(node);
	json_object_unref(reply);
	return value;
}

/* What a lane of the unit is in truth. */
static double truth(const struct shell_bed *bed, guint lane, const char *member)
{
	JsonObject *reply = bench_control(&bed->bench, "{\"command\":\"truth\",\"unit\":\"SN1\"}");
	JsonArray *lanes = json_object_get_array_member(reply, "lanes");
	double value = json_object_get_double_member(json_array_get_object_element(lanes, lane - 1),
	                                             member);

	json_object_unref(reply);
	return value;
}

static void test_unknown(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "meter read", "error: which product it is is not known*");
	shell_bed_expect(bed, "attenuator set 3 dB", "error: which product it is is not known*");
	shell_bed_expect(bed, "attenuator open", "error: which product it is is not known*");
	shell_bed_expect(bed, "light on", "error: no module is up at site 1*");
	shell_bed_expect(bed, "light set -5", "error: no light is on: \"light on\"*");
}

static void test_meter(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	say(bed, "module up");
	say(bed, "meter read 1");
	g_assert_false(cell(bed, 0, "power") > -40); /* noise, or less than nothing */
	g_assert_true(isnan(cell(bed, 0, "power")) == (*text_cell(bed, 0, "reason") != '\0'));
	say(bed, "meter zero");
}

static void test_light_of_the_module(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	up(bed);
	say(bed, "meter read");
	for (guint lane = 1; lane <= 4; lane++) {
		double truth_dbm = state(bed, "tx_light", lane);
		g_assert_cmpfloat_with_epsilon(cell(bed, lane - 1, "power"), truth_dbm, 0.3);
		g_assert_cmpfloat_with_epsilon(cell(bed, lane - 1, "raw"), truth_dbm - 7.55, 0.3);
		g_assert_cmpfloat(cell(bed, lane - 1, "uncertainty"), >, 0.05);
	}
	say(bed, "meter wavelength 1271 nm 2");
	g_assert_cmpfloat(cell(bed, 0, "lane"), ==, 2);
	shell_bed_expect(bed, "meter zero", "error: *");
	shell_bed_expect(bed, "meter read 5", "error: there is no lane 5; VB-QDD-DR4-500 has 4\n");
}

static void test_light(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	up(bed);
	say(bed, "light on");
	g_assert_true(state(bed, "ppg_on", 1) == 1);
	g_assert_true(state(bed, "attenuator_open", 1) == 0);
	say(bed, "light set -6 dBm");
	say(bed, "light set -8 dBm 3");
	say(bed, "light show");
	for (guint lane = 1; lane <= 4; lane++) {
		double oma_dbm = lane == 3 ? -8 : -6;
		g_assert_cmpfloat_with_epsilon(cell(bed, lane - 1, "oma"), oma_dbm, 0.05);
		g_assert_cmpfloat_with_epsilon(cell(bed, lane - 1, "average"),
		                               state(bed, "rx_light", lane), 0.3);
	}
	shell_bed_expect(bed, "light set 5 dBm 2", "error: *at most 2.55 dBm OMA*");
	say(bed, "light off");
	g_assert_true(state(bed, "ppg_on", 1) == 0);
	g_assert_true(state(bed, "attenuator_open", 2) == 0);
}

/* A stronger transmitter than the receiver bears: nothing lets its light through. */
static void test_damage(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	struct config_site *site = g_ptr_array_index(bed->config->sites, 0);
	double was_dbm = site->lanes[1].reference_oma_dbm;

	up(bed);
	say(bed, "light on");
	say(bed, "attenuator set 2 dB 2");
	site->lanes[1].reference_oma_dbm = 9;
	shell_bed_expect(bed, "light set 5.5 dBm 2", "error: *lane 2: up to *reach the receiver*");
	shell_bed_expect(bed, "attenuator set 1 dB 2",
	                 "error: *lane 2: up to *reach the receiver*");
	shell_bed_expect(bed, "attenuator open 2", "error: *lane 2: up to *reach the receiver*");
	g_assert_true(state(bed, "attenuator_open", 2) == 0);
	say(bed, "attenuator set 6 dB 2");
	say(bed, "attenuator open 2");
	site->lanes[1].reference_oma_dbm = was_dbm;
}

static void test_attenuator(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	up(bed);
	say(bed, "attenuator set 7.5");
	say(bed, "attenuator open 1");
	say(bed, "attenuator show");
	g_assert_cmpfloat_with_epsilon(cell(bed, 0, "attenuation"), 7.5, 0.05);
	g_assert_cmpfloat_with_epsilon(cell(bed, 0, "oma"), 4.5 - 1.95 - 7.5, 0.05);
	g_assert_true(cell(bed, 0, "open") == 1);
	g_assert_true(state(bed, "attenuator_open", 1) == 1);
	g_assert_cmpfloat_with_epsilon(state(bed, "attenuator_db", 1), 7.5, 0.05);
	say(bed, "attenuator close 1");
	g_assert_true(state(bed, "attenuator_open", 1) == 0);
	say(bed, "attenuator open");
	say(bed, "module down");
	for (guint lane = 1; lane <= 4; lane++)
		g_assert_true(state(bed, "attenuator_open", lane) == 0);
}

static void test_bert(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	up(bed);
	say(bed, "bert show");
	g_assert_cmpfloat(cell(bed, 3, "generator"), ==, 4);
	g_assert_cmpstr(text_cell(bed, 3, "analysers"), ==, "7,8");
	say(bed, "light on");
	say(bed, "bert ber 10 ms 2");
	g_assert_true(cell(bed, 0, "locked") == 0);
	g_assert_true(isnan(cell(bed, 0, "ber")) && isnan(cell(bed, 0, "oma")));
	g_assert_cmpstr(text_cell(bed, 0, "reason"), ==, "no lock on the pattern");
	say(bed, "light set -3 dBm");
	say(bed, "bert align");
	g_assert_true(cell(bed, 3, "aligned") == 1);
	say(bed, "light set -8.5 dBm 2");
	say(bed, "bert ber 100 ms");
	g_assert_true(cell(bed, 1, "locked") == 1);
	g_assert_cmpfloat_with_epsilon(cell(bed, 1, "oma"), -8.5, 0.05);
	g_assert_cmpfloat(cell(bed, 1, "ber"), >, 10 * cell(bed, 0, "ber"));
	g_assert_cmpfloat(cell(bed, 1, "low"), <=, cell(bed, 1, "ber"));
	g_assert_cmpfloat(cell(bed, 1, "high"), >=, cell(bed, 1, "ber"));
	/* both host lanes of the media lane, 53.125 GBd of two bits for 0.1 s */
	g_assert_cmpfloat_with_epsilon(cell(bed, 1, "bits"), 0.1 * 2 * 53.125e9, 1e8);
	say(bed, "light off");
}

static void test_scope(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autofree char *path = g_build_filename(bed->folder, "lane1.npy", NULL);
	g_autofree char *line = g_strdup_printf("scope save %s", path);
	const struct value *last;
	double tecq_db;
	g_autoptr(GError) error = NULL;

	up(bed);
	shell_bed_expect(bed, "scope eye", "error: nothing was captured of this unit yet*");
	say(bed, "scope measure 1");
	g_assert_cmpstr(text_cell(bed, 1, "quantity"), ==, "oma");
	g_assert_cmpfloat_with_epsilon(cell(bed, 0, "value"), state(bed, "tx_light", 1), 0.3);
	g_assert_cmpstr(text_cell(bed, 11, "quantity"), ==, "tecq");
	tecq_db = cell(bed, 11, "value");
	g_assert_cmpfloat_with_epsilon(tecq_db, truth(bed, 1, "tecq_db"), 0.3);
	say(bed, "scope tdecq"); /* of the same capture, not one more */
	last = shell_lookup("_", bed->shell);
	g_assert_cmpint(last->kind, ==, VALUE_NUMBER);
	g_assert_cmpfloat(last->number, ==, tecq_db);
	shell_bed_expect(bed, "scope eye", "*lane 1, direct, SSPRQ*2 UI*mW*");
	g_test_message("%s", bed->out->str);
	say(bed, line);
	g_autoptr(waveform) wave = wave_file_read(path, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(wave->n_symbols, ==, 65535);
	shell_bed_expect(bed, "scope tdecq 9", "error: *");
	say(bed, "scope tdecq 1"); /* through the fibre */
	last = shell_lookup("_", bed->shell);
	g_assert_cmpfloat_with_epsilon(last->number, truth(bed, 1, "tdecq_db"), 0.3);
}

static void test_around(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	up(bed);
	say(bed, "supply set 3.2 V");
	say(bed, "supply show");
	g_assert_cmpfloat_with_epsilon(cell(bed, 0, "voltage"), 3.2, 0.02);
	g_assert_cmpfloat_with_epsilon(state(bed, "supply_v", 0), 3.2, 0.02);
	g_assert_cmpfloat(cell(bed, 0, "power"), >, 2);
	g_assert_true(cell(bed, 0, "output") == 1 && cell(bed, 0, "tripped") == 0);
	shell_bed_expect(bed, "supply set 5 V", "error: *VOLTAGE is from 3 V to 3.6 V*");
	say(bed, "thermal set 45 degC");
	g_assert_true(state(bed, "thermal_flow", 0) == 1);
	say(bed, "thermal show");
	g_assert_cmpfloat(cell(bed, 0, "temperature"), >, 0);
	say(bed, "thermal off");
	g_assert_true(state(bed, "thermal_flow", 0) == 0);
	say(bed, "switch route 3");
	g_assert_cmpfloat(state(bed, "switch_channel", 0), ==, 3);
	shell_bed_expect(bed, "switch route 99", "error: *no channel 99*");
	say(bed, "wavelength read 2");
	g_assert_cmpfloat_with_epsilon(cell(bed, 0, "wavelength"), 1311e-9, 7e-9);
	g_assert_cmpfloat(cell(bed, 0, "smsr"), >, 25);
	g_assert_cmpfloat(state(bed, "switch_channel", 0), ==, 2);
	say(bed, "thermal set 45 degC");
	say(bed, "module down");
	g_assert_true(state(bed, "thermal_flow", 0) == 0);
	say(bed, "wavelength read 2");
	g_assert_true(isnan(cell(bed, 0, "wavelength")));
	g_assert_cmpstr(text_cell(bed, 0, "reason"), ==, "no light around the lane's wavelength");
	say(bed, "supply show");
	g_assert_true(cell(bed, 0, "output") == 0);
	say(bed, "supply set 3.3 V");
}

/* The row of the last table whose first column says that. */
static guint row_of(const struct shell_bed *bed, const char *name)
{
	const struct table *table = shell_lookup("_", bed->shell)->table;

	for (guint i = 0; i < table_rows(table); i++)
		if (g_strcmp0(table_cell(table, i, 0)->text, name) == 0)
			return i;
	g_error("no row of %s", name);
}

static void test_instruments(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	guint row;

	say(bed, "site release");
	say(bed, "instrument list");
	row = row_of(bed, "osa1");
	g_assert_true(cell(bed, row, "connected") == 0);
	g_assert_cmpstr(text_cell(bed, row, "held"), ==, "");
	say(bed, "instrument identify osa1");
	g_assert_cmpstr(text_cell(bed, 0, "model"), ==, "AQ6370D");
	say(bed, "instrument identify power-meter");
	g_assert_cmpstr(text_cell(bed, 0, "name"), ==, "meter1");
	say(bed, "instrument list");
	g_assert_true(cell(bed, row, "connected") == 1);
	g_assert_cmpstr(text_cell(bed, row, "held"), ==, "this process");
	g_assert_cmpstr(text_cell(bed, row, "model"), ==, "AQ6370D");
	g_assert_cmpstr(text_cell(bed, row, "evidence"), ==, "tested-sim");
	g_assert_cmpstr(text_cell(bed, row, "calibration_due"), ==, "2099-12-31");
	shell_bed_expect(bed, "instrument selftest meter1", "passed\n");
	shell_bed_expect(bed, "instrument selftest switch1", "error: *has no self-test\n");
	shell_bed_expect(bed, "instrument identify meter2",
	                 "error: site 1 uses no \"meter2\"; did you mean \"meter1\"?\n");
}

/* Another process has it: what it is called is told, and nothing is taken from it. */
static void test_held(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	const struct config_instrument *meter = config_instrument(bed->config, "meter1");
	struct exclusive *other = exclusive_new("line2");
	g_autoptr(GError) error = NULL;

	say(bed, "site release");
	exclusive_take(other, "meter1", meter->config.resource, &error);
	g_assert_no_error(error);
	say(bed, "instrument list");
	g_assert_true(g_str_has_prefix(text_cell(bed, row_of(bed, "meter1"), "held"),
	                               "in use by station \"line2\""));
	shell_bed_expect(bed, "instrument identify meter1", "error: *in use by station*line2*");
	exclusive_free(other);
	say(bed, "instrument identify meter1");
}

static void test_safe(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	up(bed);
	say(bed, "light on");
	say(bed, "light set -6 dBm");
	say(bed, "instrument safe attenuator1");
	g_assert_true(state(bed, "attenuator_open", 1) == 0);
	g_assert_true(state(bed, "ppg_on", 1) == 1);
	say(bed, "instrument safe");
	g_assert_true(state(bed, "ppg_on", 1) == 0);
	g_assert_true(state(bed, "supply_on", 0) == 0);
	say(bed, "module down");
}

static void test_trace(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "instrument trace meter1 on", "");
	shell_bed_expect(bed, "scpi meter1 *IDN?",
	                 "! meter1 > ?IDN? (* ms)\n! meter1 < Keysight*N7745*(* ms)\n*");
	shell_bed_expect(bed, "instrument trace meter1 off", "");
	g_assert_null(strstr(shell_bed_say(bed, "scpi meter1 *IDN?"), "! meter1"));
}

static void test_scpi(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	say(bed, "scpi power-meter *IDN?");
	g_assert_nonnull(strstr(text_cell(bed, 0, "answer"), "N774"));
	g_assert_cmpfloat(cell(bed, 0, "time"), >, 0);
	g_assert_cmpstr(text_cell(bed, 0, "errors"), ==, "");
	say(bed, "scpi meter1 :NO:SUCH 1");
	g_assert_cmpstr(text_cell(bed, 0, "answer"), ==, "");
	g_assert_nonnull(strstr(text_cell(bed, 0, "errors"), "-113"));
	say(bed, "scpi meter1 '*CLS;*OPC?'");
	g_assert_cmpstr(text_cell(bed, 0, "answer"), ==, "1");
	/* what was switched on goes off with all the rest */
	say(bed, "scpi supply1 'VOLT 3.3,(@1)'");
	say(bed, "scpi supply1 'OUTP 1,(@1)'");
	g_assert_true(state(bed, "supply_on", 0) == 1);
	say(bed, "module down");
	g_assert_true(state(bed, "supply_on", 0) == 0);
}

/* What was recorded answers in the instrument's place. */
static void test_record(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autofree char *path = g_build_filename(bed->folder, "meter1.jsonl", NULL);
	g_autofree char *line = g_strdup_printf("instrument record meter1 %s", path);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	say(bed, line);
	say(bed, "instrument identify meter1");
	say(bed, "instrument record meter1");
	say(bed, "instrument identify meter1");
	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(text, "*IDN?"));
	g_assert_nonnull(strstr(text, "\"closed\""));
}

int main(int argc, char **argv)
{
	struct shell_bed bed;
	int code;

	setlocale(LC_ALL, "");
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/shell/instruments/unknown", &bed, test_unknown);
	g_test_add_data_func("/shell/instruments/meter", &bed, test_meter);
	g_test_add_data_func("/shell/instruments/light-of-the-module", &bed,
	                     test_light_of_the_module);
	g_test_add_data_func("/shell/instruments/light", &bed, test_light);
	g_test_add_data_func("/shell/instruments/damage", &bed, test_damage);
	g_test_add_data_func("/shell/instruments/attenuator", &bed, test_attenuator);
	g_test_add_data_func("/shell/instruments/bert", &bed, test_bert);
	g_test_add_data_func("/shell/instruments/scope", &bed, test_scope);
	g_test_add_data_func("/shell/instruments/around", &bed, test_around);
	g_test_add_data_func("/shell/instruments/instruments", &bed, test_instruments);
	g_test_add_data_func("/shell/instruments/held", &bed, test_held);
	g_test_add_data_func("/shell/instruments/safe", &bed, test_safe);
	g_test_add_data_func("/shell/instruments/trace", &bed, test_trace);
	g_test_add_data_func("/shell/instruments/scpi", &bed, test_scpi);
	g_test_add_data_func("/shell/instruments/record", &bed, test_record);
	shell_bed_begin(&bed);
	code = g_test_run();
	shell_bed_end(&bed);
	return code;
}

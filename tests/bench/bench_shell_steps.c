/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/shell_bed.h"

#include "station/shell/table.h"

/* A plan one step at a time, what it undoes, and sweeps. */

static double supply_v(const struct shell_bed *bed)
{
	struct bench_socket *supply = bench_connect(&bed->bench, "supply1");
	g_autofree char *line = bench_ask(supply, "MEAS:VOLT? (@1)\n");

	bench_disconnect(supply);
	return g_ascii_strtod(line, NULL);
}

static void test_nothing_known(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "step list", "error: which product it is is not known*");
	shell_bed_expect(bed, "step list 400g.yaml", "*1  setup*power-up*next*");
	shell_bed_expect(bed, "step run power-up", "error: *which product it is is not known*");
	shell_bed_expect(bed, "undo show", "n  undo\n");
}

/* Up through the setup of the plan, a break before its end. */
static void test_go(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "site product VB-QDD-DR4-500", "");
	shell_bed_expect(bed, "step next", "error: which unit it is is not known*");
	shell_bed_expect(bed, "site load SN1", "");
	shell_bed_expect(bed, "step break nonsense", "error: the plan has no step \"nonsense\"\n");
	shell_bed_expect(bed, "step break bring-upp", "error: *did you mean \"bring-up\"?\n");
	shell_bed_expect(bed, "step break bring-up", "");
	shell_bed_expect(bed, "step break 2", "");
	shell_bed_expect(bed, "step go", "power-up: PASS*break before 2 recover\nstep *PASS*");
	g_assert_null(strstr(bed->out->str, "identify"));
	shell_bed_expect(bed, "undo show",
	                 "n  undo\n1  module in reset\n2  supply off\n3  unit out*");
	g_assert_cmpfloat(supply_v(bed), >, 3.2);
	shell_bed_expect(bed, "step next", "recover: PASS*");
	shell_bed_expect(bed, "step go", "identify: PASS*break before 6 bring-up\n*");
	shell_bed_expect(bed, "step list",
	                 "*setup    set-corner * done * PASS\n*bring-up * next, break\n*");
	shell_bed_expect(bed, "step clear", "");
	shell_bed_expect(bed, "step run 6", "bring-up: PASS*power_up_time*path_init_time*");
	shell_bed_expect(bed, "step values", "measurement*power_up_time * *s\n*");
}

/* One in a file is read as it is now, and told in the record. */
static void expect_file(struct shell_bed *bed, const struct run_record *record)
{
	static const char text[] =
		"return {help = 'h', scope = 'lane', limit_s = 9, params = {"
		"{name = 'add', unit = '1', default = 1, help = 'h'}}, run = "
		"function() step.measure('own', step.lane() + step.param('add'), "
		"'1') end}";
	g_autofree char *path = g_build_filename(bed->folder, "own.lua", NULL);
	const struct record_file *file;

	shell_bed_expect(bed, "step run own.lua 2", "error: own.lua is neither beside*");
	g_assert_true(g_file_set_contents(path, "return", -1, NULL));
	shell_bed_expect(bed, "step run own.lua 2", "error: own.lua: it has to return a table*");
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	shell_bed_expect(bed, "step run own.lua", "error: *is for one lane: say which\n");
	shell_bed_expect(bed, "step run own.lua 2 ad=1", "error: *did you mean \"add\"?\n");
	shell_bed_expect(bed, "step run own.lua 2 add=40", "own lane 2: PASS*own*42*");
	file = g_ptr_array_index(record->files, record->files->len - 1);
	g_assert_cmpstr(file->role, ==, "script");
	g_assert_cmpstr(file->name, ==, "own.lua");
}

/* By its name, with values of its own, in place of what it measured before. */
static void test_by_name(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	const struct run_record *record = hand_record(shell_hand(bed->shell, NULL));
	guint first = record->measurements->len;

	shell_bed_expect(bed, "step run module-powr",
	                 "error: there is no step \"module-powr\"; did you mean "
	                 "\"module-power\"?\n");
	shell_bed_expect(bed, "step run module-power 2", "error: *it takes no lane\n");
	shell_bed_expect(bed, "step run tx-measure", "error: *is for one lane: say which\n");
	shell_bed_expect(bed, "step run tx-measure 5", "error: there is no lane 5: 1 to 4\n");
	shell_bed_expect(bed, "step run module-power suply=3.3 V",
	                 "error: step module-power has no parameter \"suply\"; did you mean "
	                 "\"supply\"?\n");
	shell_bed_expect(bed, "step run module-power supply=3.3 dB",
	                 "error: step module-power: supply: expected a voltage such as 3.3 V*");
	shell_bed_expect(bed, "step run module-power supply=-3 V",
	                 "error: *supply must not be below zero\n");
	shell_bed_expect(bed, "step run module-power; step run module-power supply=3.2 V",
	                 "module-power: PASS*module_power*module-power: PASS*");
	g_assert_cmpuint(record->measurements->len, ==, first + 4);
	const struct record_measurement *before = g_ptr_array_index(record->measurements, first);
	g_assert_true(run_record_superseded(record, before->step));
	expect_file(bed, record);
	shell_bed_expect(bed, "step run 7 8", "error: step 7 of the plan has its lane*");
	shell_bed_expect(bed, "step run 700", "error: there is no step 700: 1 to *");
}

/* What one step read the next one finds: the record is their memory. */
static void test_calibration(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "step run calibrate-begin", "calibrate-begin: PASS*");
	shell_bed_expect(bed, "step run tx-calibrate 2", "*tx-calibrate* lane 2: PASS*");
	shell_bed_expect(bed, "step run tx-li 2", "*tx-li lane 2: PASS*");
	shell_bed_expect(bed, "step run tx-monitor-calibrate 2",
	                 "*tx-monitor-calibrate lane 2: PASS*");
}

/* The document is whole: it is read back. */
static void test_save(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autofree char *path = g_build_filename(bed->folder, "by-hand.json", NULL);
	g_autofree char *line = g_strdup_printf("step save %s", path);
	g_autofree char *json = NULL;
	g_autoptr(GError) error = NULL;

	shell_bed_expect(bed, line, "");
	g_assert_true(g_file_get_contents(path, &json, NULL, &error));
	g_autoptr(run_record) record = run_record_from_json(json, -1, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(record->serial, ==, "SN1");
	g_assert_cmpstr(record->product, ==, "VB-QDD-DR4-500");
	g_assert_nonnull(run_record_find(record, "module_power", 0, NULL));
	shell_bed_expect(bed, "step save /nowhere/x.json", "error: *No such file*");
}

static void test_undo(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "undo run",
	                 "undone: thermal head off\nundone: module in reset\nundone: supply off\n"
	                 "undone: unit out of the socket\n");
	shell_bed_expect(bed, "undo show", "n  undo\n");
	g_assert_cmpfloat(supply_v(bed), <, 0.1);
	bench_tell(&bed->bench, "{\"command\":\"insert\",\"site\":1,\"serial\":\"SN1\"}");
	shell_bed_expect(bed, "step run power-up", "power-up: PASS*");
	g_string_truncate(bed->out, 0);
	shell_bed_open(bed, FALSE);
	g_assert_cmpstr(bed->out->str, ==, "! undone: module in reset\n! undone: supply off\n");
	g_assert_cmpfloat(supply_v(bed), <, 0.1);
}

/* --- the bench -------------------------------------------------------------------------------- */

static void test_bench(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "bench show", "*module *SN1\n*supply_on *off\n*bias_part *4 *1\n*");
	shell_bed_expect(bed, "bench truth", "lane * tdecq *\n* 4 * dBm * um *");
	shell_bed_expect(bed, "bench truth 2", "lane * tdecq *\n   2 * dBm * um *\n");
	shell_bed_expect(bed, "bench faults", "*demux * GRID *laser-bias * LANE PART *");
	shell_bed_expect(bed, "bench remove", "");
	shell_bed_expect(bed, "bench truth", "error: virtual bench: there is no such unit\n");
	shell_bed_expect(bed, "bench insert SN1", "");
	shell_bed_expect(bed, "bench insert SN2", "error: virtual bench: site 1 holds unit SN1\n");
	shell_bed_expect(bed, "bench tell ports", "*scope1 *");
	shell_bed_expect(bed, "bench tell prots",
	                 "error: *no command \"prots\"; did you mean "
	                 "\"ports\"?\n");
	shell_bed_expect(bed, "bench tell state", "error: it is: state site\n");
	shell_bed_expect(bed, "bench fault laser-bais 2 0.4",
	                 "error: *no fault \"laser-bais\"; did you mean \"laser-bias\"?\n");
	shell_bed_expect(bed, "bench fault laser-bias 2 2",
	                 "error: virtual bench: \"part\" is 0 to 1\n");
	shell_bed_expect(bed, "bench repair laser-bias", "error: *not broken in this shell\n");
}

/* The value of the last step of the shell. */
static double measured(struct shell_bed *bed, const char *id, int lane)
{
	const struct record_measurement *found =
		run_record_find(hand_record(shell_hand(bed->shell, NULL)), id, lane, NULL);

	g_assert_nonnull(found);
	return found->value;
}

/* A laser that is starved is weak and noisy, and as before when that is repaired. */
static void test_laser_bias(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	double tdecq_db, oma_dbm;

	shell_bed_expect(bed, "module up; step run bring-up; step run calibrate-begin",
	                 "*bring-up: PASS*calibrate-begin: PASS*");
	shell_bed_expect(bed, "step run tx-calibrate 2", "*tx-calibrate* lane 2: PASS*");
	shell_bed_expect(bed, "step run tx-measure 2", "*tx_tdecq*");
	tdecq_db = measured(bed, "tx_tdecq", 2);
	oma_dbm = measured(bed, "tx_oma", 2);
	shell_bed_expect(bed, "bench fault laser-bias 2 0.7", "");
	shell_bed_expect(bed, "bench faults", "*laser-bias * 1 2 0.7\n*");
	shell_bed_expect(bed, "step run tx-measure 2", "*tx_tdecq*");
	g_assert_cmpfloat(measured(bed, "tx_oma", 2), <, oma_dbm - 0.8);
	g_print("# TDECQ %.3f dB, starved %.3f dB\n", tdecq_db, measured(bed, "tx_tdecq", 2));
	g_assert_cmpfloat(measured(bed, "tx_tdecq", 2), >, tdecq_db + 0.3);
	shell_bed_expect(bed, "bench repair laser-bias", "");
	shell_bed_expect(bed, "step run tx-measure 2", "*tx_tdecq*");
	g_assert_cmpfloat(measured(bed, "tx_tdecq", 2), <, tdecq_db + 0.1);
	shell_bed_expect(bed, "site release", "");
}

static void test_repair(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "bench fault swap 1 2; bench fault age 3 1.5 rx", "");
	shell_bed_expect(bed, "bench fault fault scope1 silent", "");
	shell_bed_expect(bed, "bench repair swap", "");
	shell_bed_expect(bed, "bench repair", "");
	shell_bed_expect(bed, "bench faults", "*swap*");
	g_assert_null(strstr(bed->out->str, "1.5 rx"));
	shell_bed_expect(bed, "module up; module down", "*SN1*");
}

/* --- sweeps ----------------------------------------------------------------------------------- */

/* A number of the shell's last table of a row and column. */
static double cell(struct shell_bed *bed, guint row, const char *column)
{
	const struct value *last = shell_lookup("_", bed->shell);

	g_assert_cmpint(last->kind, ==, VALUE_TABLE);
	for (guint c = 0; c < table_columns(last->table); c++)
		if (strcmp(table_column(last->table, c)->name, column) == 0)
			return table_cell(last->table, row, c)->number;
	g_error("the last result has no column %s", column);
}

/* The attenuators are where they were, and the receivers are as good as the bench knows them. */
static void test_waterfall(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	double truth_dbm;

	shell_bed_expect(bed, "fit waterfall", "error: no sweep of error ratios is there*");
	shell_bed_expect(bed, "module up; step run bring-up; light on", "*bring-up: PASS*");
	shell_bed_expect(bed, "light set -5 dBm; bert align", "*4  on\n");
	shell_bed_expect(bed, "attenuator show", "*");
	double before_db = cell(bed, 1, "attenuation");
	shell_bed_expect(bed, "sweep attenuator 7.5..10 dB step 0.5 dB : bert ber 0.1 s",
	                 "attenuator  lane *ber *\n    7.5 dB     1 *  10 dB     4 *");
	shell_bed_expect(bed, "fit waterfall", "*");
	for (guint lane = 0; lane < 4; lane++)
		g_assert_cmpfloat(cell(bed, lane, "uncertainty"), <, 0.5);
	double fitted_dbm = cell(bed, 1, "sensitivity");
	shell_bed_expect(bed, "bench truth 2", "*");
	truth_dbm = cell(bed, 0, "sensitivity");
	g_assert_cmpfloat_with_epsilon(fitted_dbm, truth_dbm, 0.5);
	shell_bed_expect(bed, "attenuator show", "*");
	g_assert_cmpfloat(cell(bed, 1, "attenuation"), ==, before_db);
	shell_set_width(bed->shell, 80);
	shell_bed_expect(bed, "sweep light 2 -6..-5 dBm step 0.5 dB : bert ber 0.1 s 2",
	                 "*ber at light -5 dBm, 3 of 3*");
	shell_bed_expect(bed, "fit waterfall 2", "*BER*OMA dBm*sensitivity*2 * dBm *");
	shell_set_width(bed->shell, 0);
	shell_bed_expect(bed, "sweep light -5..9 dBm step 7 dB : bert ber 0.1 s",
	                 "error: at 9 dBm, after 2 of 3 points: *");
	shell_bed_expect(bed, "sweep supply 3.2..3.4 V step 0.1 V : supply show", "*3.4 V*");
	g_assert_cmpfloat_with_epsilon(cell(bed, 0, "voltage"), 3.2, 0.02);
	g_assert_cmpfloat_with_epsilon(supply_v(bed), 3.3, 0.01);
	shell_bed_expect(bed, "sweep laser_bias 2 44..48 mA step 2 mA : knob read laser_bias 2",
	                 "laser_bias  value\n*44 mA  44 mA\n*48 mA  48 mA\n");
	shell_bed_expect(bed, "knob read laser_bias 2", "40 mA\n");
	shell_bed_expect(bed, "sweep laser_bias 30..36 mA step 6 mA : knob read laser_bias",
	                 "laser_bias  lane *30 mA     1  30 mA\n*36 mA     4  36 mA\n");
	shell_bed_expect(bed, "knob read laser_bias", "*1  40 mA\n*4  40 mA\n");
	shell_bed_expect(bed, "sweep thermal 26..27 degC step 1 degC : print 1",
	                 "thermal set stays at the last point*");
	shell_bed_expect(bed, "sweep light -9..20 dBm step 29 dB : print 1", "error: *");
	shell_bed_expect(bed, "site release", "");
}

int main(int argc, char **argv)
{
	struct shell_bed bed;
	int code;

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/shell/steps/nothing-known", &bed, test_nothing_known);
	g_test_add_data_func("/shell/steps/go", &bed, test_go);
	g_test_add_data_func("/shell/steps/by-name", &bed, test_by_name);
	g_test_add_data_func("/shell/steps/calibration", &bed, test_calibration);
	g_test_add_data_func("/shell/steps/save", &bed, test_save);
	g_test_add_data_func("/shell/steps/undo", &bed, test_undo);
	g_test_add_data_func("/shell/bench/commands", &bed, test_bench);
	g_test_add_data_func("/shell/bench/laser-bias", &bed, test_laser_bias);
	g_test_add_data_func("/shell/bench/repair", &bed, test_repair);
	g_test_add_data_func("/shell/sweep/waterfall", &bed, test_waterfall);
	shell_bed_begin(&bed);
	code = g_test_run();
	shell_bed_end(&bed);
	return code;
}

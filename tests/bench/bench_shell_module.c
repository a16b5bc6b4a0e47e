/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/shell_bed.h"

/* The shell's commands on a module, against a module of the virtual bench. */

static void be_up(struct shell_bed *bed)
{
	shell_bed_expect(bed, "module up", "*serial SN1*");
}

/* The number in a result such as "38.9 mA", without its prefix. */
static double number_of(struct shell_bed *bed, const char *line)
{
	const char *said = shell_bed_say(bed, line);
	char *end;
	double number = g_ascii_strtod(said, &end);

	if (end == said)
		g_error("\"%s\" says no number but\n%s", line, said);
	return number;
}

/* What is not possible yet says what to do. */
static void test_not_up(gconstpointer data)
{
	static const char *const lines[] = {
		"module identity",
		"module states",
		"module dump",
		"module read module.temperature",
		"module write lane.tx_output_disable on",
		"module bring-up",
	};
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "module down", "");
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
		shell_bed_expect(bed, lines[i],
		                 "error: no module is up at site 1: \"module up\" brings it up\n");
}

static void test_identity(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	shell_bed_expect(bed, "module identity",
	                 "*part number *VB-QDD-DR4-500\n*serial number *SN1\n*maximum power *9 W\n"
	                 "*product *400GBASE-DR4\n");
	shell_bed_expect(bed, "module applications",
	                 "*1  400GAUI-8 * 8  400GBASE-DR4 * 4  1-8 to 1-4\n"
	                 "*2  100GAUI-2 * 2  100GBASE-DR * 1  1-2 to 1, 3-4 to 2, 5-6 to 3, "
	                 "7-8 to 4\n");
	shell_bed_expect(bed, "module features",
	                 "*\npages.vdm *on\n*\nhas.tx_polarity_flip *off\n*");
	shell_bed_expect(bed, "module quirks", "none: *\n");
	shell_bed_expect(bed, "module wake",
	                 "*reset to first answer *s\nreset to ModuleLowPwr *s\n");
}

static void test_states(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	shell_bed_expect(bed, "module states",
	                 "*\nmodule *ModuleLowPwr\ndata path 1 *DPDeactivated*muted *muted\n");
	shell_bed_expect(bed, "module bring-up 9",
	                 "error: *no application 9*\"module applications\"*");
	shell_bed_expect(bed, "module bring-up 2", "*2  100GAUI-2  100GBASE-DR *");
	shell_bed_expect(bed, "module states",
	                 "*\nmodule *ModuleReady\n*data path 1  1-2 *1 *2 100GAUI-2 to 100GBASE-DR "
	                 "*DPActivated*\n*data path 7  7-8   4 *DPActivated*ConfigSuccess*\n");
	shell_bed_expect(bed,
	                 "module write lane.path_deinit on 3; module write lane.path_deinit on 4",
	                 "*");
	shell_bed_expect(bed, "module states", "*data path 1 *DPActivated*data path 3 *DPDe*");
	shell_bed_expect(bed, "module low-power", "");
	shell_bed_expect(bed, "module states", "*\nmodule *ModuleLowPwr\n*DPDeactivated*");
	shell_bed_expect(bed, "module bring-up; module reset; module states", "*ModuleLowPwr\n*");
}

/* The laser current that a knob asks for is what the monitor reads and the supply feels. */
static void test_monitors(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	shell_bed_expect(bed, "module power", "*in low power\n");
	shell_bed_expect(bed, "module bring-up", "*400GBASE-DR4*");
	shell_bed_expect(bed, "module power", "* V  * A  * W *9 W  class 6\n");
	shell_bed_expect(bed, "module monitors",
	                 "*temperature * degC *tx_power *  4 * dBm *rx_power *low alarm*");
	/* laser_bias of lane 2: 500 steps of 20 uA */
	shell_bed_expect(bed, "module write B0h:130 '01 f4'",
	                 "*laser_bias     2  B0h:130-131  40 mA   10 mA\n");
	g_assert_cmpfloat_with_epsilon(number_of(bed, "module read lane.tx_bias 2"), 10, 1);
	shell_bed_expect(bed, "module monitors", "*tx_power *2 * low * -5.9* dBm*");
}

static void test_flags(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	shell_bed_expect(bed, "module bring-up; module flags",
	                 "*module_state_changed*normal after power-up*rx_los * 1-4 *no light at "
	                 "the "
	                 "receiver *fibre*");
	/* what is so still comes again; what has happened does not */
	g_assert_null(strstr(shell_bed_say(bed, "module flags"), "module_state_changed"));
	g_assert_nonnull(strstr(bed->out->str, "rx_los"));
	shell_bed_expect(bed, "module reset; module flags; module flags", "*no flag is raised\n");
}

static void test_memory(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	shell_bed_expect(bed, "module dump lower", "lower memory\n  0 00   18 52 *|\n");
	shell_bed_expect(bed, "module dump 00h",
	                 "page 00h\n128 80   18 56 49 52 54 55 41 4C  20 42 45 4E 43 48 20 20  "
	                 "|.VIRTUAL BENCH  |\n*");
	shell_bed_expect(bed, "module dump", "lower*page 00h\n*page 14h\n*page B2h\n*");
	shell_bed_expect(bed, "module dump EEh", "error: *page*");
	shell_bed_expect(bed, "module dump 123", "error: \"123\" is no page: *11h, or lower\n");
	shell_bed_expect(bed, "module decode 'lane.tx_o*'",
	                 "field * lanes  value  raw  address  sure *\n"
	                 "lane.tx_output_disable  1-8    0        0  10h:130  confirmed\n"
	                 "lane.tx_output_valid    1-8    0        0  11h:133  confirmed\n");
	shell_bed_expect(bed, "module decode vendor.name", "*VIRTUAL BENCH *00h:129-144*");
	shell_bed_expect(bed, "module decode A3h", "error: *no page A3h*\"module dump A3h\"*");
	shell_bed_expect(bed, "module decode 'nothing.*'", "error: *no field \"nothing.*\"\n");
	shell_bed_expect(bed, "module read vendor.serial_number", "SN1\n");
	shell_bed_expect(bed, "module read lane.path_state 3", "DPDeactivated\n");
	shell_bed_expect(bed, "module read lane.tx_bias", "lane *\n   1 *\n   8  0 A      0\n");
	shell_bed_expect(bed, "module read 00h:129 7", "56 49 52 54 55 41 4C\n");
	shell_bed_expect(bed, "module read lower:0", "18\n");
	shell_bed_expect(bed, "module read 11h:250 8", "error: 8 bytes would leave *at most 6\n");
	shell_bed_expect(bed, "module read 11h:26", "error: \"11h:26\" is no place: *");
	shell_bed_expect(bed, "module read module.temprature",
	                 "error: *did you mean \"module.temperature\"?*");
	shell_bed_expect(bed, "module read laser_bias", "error: *\"knob read laser_bias\"*");
	shell_bed_expect(bed, "module read module.temperature 2", "error: *has no lane 2\n");
}

static void test_write(gconstpointer data)
{
	static const struct {
		const char *line, *said;
	} rows[] = {
		{"module write lane.tx_output_disable on 2",
	         "field *\nlane.tx_output_disable     2  10h:130  0       1\n"},
		{"module write 10h:130 0x0f",
	         "field *\n* 1 *0 *1\n* 3 *0 *1\n*lane.tx_output_disable     4  10h:130  0       "
	         "1\n"},
		{"module write lane.tx_output_disable off", "*  1 *1 *0\n*  2 *1 *0\n*  4 *1 *0\n"},
		{"module write staged.rx_amplitude '300-600 mV' 3",
	         "*staged.rx_amplitude     3  10h:170-173  400-800 mV  300-600 mV\n"},
		{"module write lane.tx_output_disable off", "*10h:130 * reads as before\n"},
		/* locked without its password */
		{"module write 03h:128 '4c 61 62'", "*03h:128-130 *reads as before\n"},
		{"module write staged.rx_amplitude loud",
	         "error: *one of: 100-400 mV, *not \"loud\"\n"},
		{"module write staged.rx_amplitude 17",
	         "error: *4 bits: its raw value is 0 to 15\n"},
		{"module write lane.tx_output_disable on 9", "error: *has no lane 9\n"},
		{"module write lane.tx_output_disable 1 V", "error: *is in no unit, not in V\n"},
		{"module write lane.tx_power 1 mW", "error: *read only*(11h:154-169)\n"},
		{"module write lower:122 1", "error: *\"module password HEX\"*"},
		{"module write password.entry 1", "error: *\"module password HEX\"*"},
		{"module write 11h:250 '00 00 00 00 00 00 00'", "error: 7 bytes would leave *"},
		{"module write 10h:130 256", "error: a byte is 0 to 255 *"},
		{"module write 10h:130 'xy'", "error: expected bytes in hexadecimal*"},
	};
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		shell_bed_expect(bed, rows[i].line, rows[i].said);
}

static void test_files(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autofree char *path = g_build_filename(bed->folder, "before.txt", NULL);
	g_autofree char *save = g_strdup_printf("module save %s", path);
	g_autofree char *compare = g_strdup_printf("module compare %s", path);

	be_up(bed);
	shell_bed_expect(bed, save, "");
	shell_bed_expect(bed, compare, "no difference in 1??? bytes that both know\n");
	shell_bed_expect(bed, "module write lane.tx_output_disable on 4; module write B0h:131 0",
	                 "*");
	shell_bed_expect(bed, compare,
	                 "field *\nlane.tx_output_disable     4  10h:130      0      1\n"
	                 "laser_bias                 2  B0h:130-131  40 mA  35.84 mA\n");
	shell_bed_expect(bed, "module compare /no/such/file", "error: *No such file*");
	shell_bed_expect(bed, "module save /no/such/file", "error: *No such file*");
}

int main(int argc, char **argv)
{
	struct shell_bed bed;
	int code;

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/shell/module/not-up", &bed, test_not_up);
	g_test_add_data_func("/shell/module/identity", &bed, test_identity);
	g_test_add_data_func("/shell/module/states", &bed, test_states);
	g_test_add_data_func("/shell/module/monitors", &bed, test_monitors);
	g_test_add_data_func("/shell/module/flags", &bed, test_flags);
	g_test_add_data_func("/shell/module/memory", &bed, test_memory);
	g_test_add_data_func("/shell/module/write", &bed, test_write);
	g_test_add_data_func("/shell/module/files", &bed, test_files);
	shell_bed_begin(&bed);
	code = g_test_run();
	shell_bed_end(&bed);
	return code;
}

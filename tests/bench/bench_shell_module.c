/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/complete.h"
#include "tests/bench/shell_bed.h"

#include <math.h>

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

struct exchange {
	const char *line, *said;
};

static void expect_rows(struct shell_bed *bed, const struct exchange *rows, guint n)
{
	for (guint i = 0; i < n; i++)
		shell_bed_expect(bed, rows[i].line, rows[i].said);
}

/* Of "module power", in the only row of its table. */
static double power_w(struct shell_bed *bed)
{
	const char *said = shell_bed_say(bed, "module power");
	g_auto(GStrv) words = g_strsplit(strchr(said, '\n') + 1, "  ", -1);
	double watt = NAN;

	for (guint i = 0; words[i]; i++)
		if (g_str_has_suffix(words[i], " W") && isnan(watt))
			watt = g_ascii_strtod(words[i], NULL);
	g_assert_cmpfloat(watt, >, 0);
	return watt;
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

static const struct exchange identity_rows[] = {
	{"module identity",
         "*part number *VB-QDD-DR4-500\n*serial number *SN1\n*maximum power *9 W\n"
         "*product *400GBASE-DR4\n"},
	{"module applications", "*1  400GAUI-8 * 8  400GBASE-DR4 * 4  1-8 to 1-4\n"
                                "*2  100GAUI-2 * 2  100GBASE-DR * 1  1-2 to 1, 3-4 to 2, 5-6 to 3, "
                                "7-8 to 4\n"},
	{"module features", "*\npages.vdm *on\n*\nhas.tx_polarity_flip *off\n*"
                            "\npattern.media_generator_codes *PRBS31Q, PRBS13Q, SSPRQ\n*"
                            "\ncdb.background *off\ncdb.extended_payload_bytes *2048\n*"},
	{"module quirks", "none: *\n"},
	{"module wake", "*reset to first answer *s\nreset to ModuleLowPwr *s\n"},
};

static void test_identity(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	expect_rows(bed, identity_rows, G_N_ELEMENTS(identity_rows));
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

static const struct exchange memory_rows[] = {
	{"module dump lower", "lower memory\n  0 00   18 52 *|\n"},
	{"module dump 00h", "page 00h\n128 80   18 56 49 52 54 55 41 4C  20 42 45 4E 43 48 20 20  "
                            "|.VIRTUAL BENCH  |\n*"},
	{"module dump", "lower*page 00h\n*page 14h\n*page B2h\n*"},
	{"module dump EEh", "error: *page*"},
	{"module dump 123", "error: \"123\" is no page: *11h, or lower\n"},
	{"module decode 'lane.tx_o*'",
         "field * lanes  value  raw  address  sure *\n"
         "lane.tx_output_disable  1-8    0        0  10h:130  confirmed\n"
         "lane.tx_output_valid    1-8    0        0  11h:133  confirmed\n"},
	{"module decode vendor.name", "*VIRTUAL BENCH *00h:129-144*"},
	{"module decode A3h", "error: *no page A3h*\"module dump A3h\"*"},
	{"module decode 'nothing.*'", "error: *no field \"nothing.*\"\n"},
	{"module read vendor.serial_number", "SN1\n"},
	{"module read lane.path_state 3", "DPDeactivated\n"},
	{"module read lane.tx_bias", "lane *\n   1 *\n   8  0 A      0\n"},
	{"module read 00h:129 7", "56 49 52 54 55 41 4C\n"},
	{"module read lower:0", "18\n"},
	{"module read 11h:250 8", "error: 8 bytes would leave *at most 6\n"},
	{"module read 11h:26", "error: \"11h:26\" is no place: *"},
	{"module read module.temprature", "error: *did you mean \"module.temperature\"?*"},
	{"module read laser_bias", "error: *\"knob read laser_bias\"*"},
	{"module read module.temperature 2", "error: *has no lane 2\n"},
};

static void test_memory(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	expect_rows(bed, memory_rows, G_N_ELEMENTS(memory_rows));
}

static const struct exchange write_rows[] = {
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
	{"module write staged.rx_amplitude loud", "error: *one of: 100-400 mV, *not \"loud\"\n"},
	{"module write staged.rx_amplitude 17", "error: *4 bits: its raw value is 0 to 15\n"},
	{"module write lane.tx_output_disable on 9", "error: *"}, /* of a bank that it has not */
	{"module write control.low_power_request off 1", "error: *has no lane 1\n"},
	{"module write lane.tx_output_disable 1 V", "error: *is in no unit, not in V\n"},
	{"module write lane.tx_power 1 mW", "error: *read only*(11h:154-169)\n"},
	{"module write lower:122 1", "error: *\"module password HEX\"*"},
	{"module write password.entry 1", "error: *\"module password HEX\"*"},
	{"module write 11h:250 '00 00 00 00 00 00 00'", "error: 7 bytes would leave *"},
	{"module write 10h:130 256", "error: a byte is 0 to 255 *"},
	{"module write 10h:130 1 2", "error: bytes of a page have no lanes*"},
	{"module write 10h:130 'xy'", "error: expected bytes in hexadecimal*"},
};

static void test_write(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	expect_rows(bed, write_rows, G_N_ELEMENTS(write_rows));
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
	shell_bed_expect(bed, "module compare SN99", "error: *no run and no serial number*");
	shell_bed_expect(bed, "module compare site:9", "error: *no such site\n");
	shell_bed_expect(bed, "module save /no/such/file", "error: *No such file*");
}

/* A knob is what the module does: its own monitor and the supply tell, and so do its bytes. */
static void test_knobs(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	double before_w, after_w;

	be_up(bed);
	shell_bed_expect(bed, "module bring-up", "*400GBASE-DR4*");
	shell_bed_expect(bed, "knob read laser_bias", "*\n   1  40 mA\n*\n   4  40 mA\n");
	shell_bed_expect(bed, "module power", "*");
	before_w = power_w(bed);
	shell_bed_expect(bed, "knob write laser_bias 80.013 mA 3",
	                 "lane  before     after  rounded_by\n   3   40 mA  80.02 mA        7 "
	                 "uA\n");
	shell_bed_expect(bed, "knob read laser_bias 3", "80.02 mA\n");
	shell_bed_expect(bed, "knob read laser_bias 2", "40 mA\n");
	shell_bed_expect(bed, "module read B0h:132 2", "0F A1\n"); /* 4001 steps of 20 uA */
	g_assert_cmpfloat_with_epsilon(number_of(bed, "module read lane.tx_bias 3"), 80, 4);
	g_assert_cmpfloat_with_epsilon(number_of(bed, "module read lane.tx_bias 2"), 40, 4);
	after_w = power_w(bed);
	g_assert_cmpfloat(after_w, >, before_w + 0.02);
	shell_bed_expect(bed, "knob write fir_pre -0.05",
	                 "*\n   1       0  -0.046875    0.003125\n*\n   4       0  -0.046875 *\n");
	shell_bed_expect(bed, "knob write los_assert -13 dBm 2", "*\n   2  31.6 uW  50.1 uW *\n");
	shell_bed_expect(bed, "knob write bias_table[3] 50 mA 2", "*\n   2   40 mA  50 mA *\n");
	shell_bed_expect(bed, "knob read bias_table[3]", "*\n   1  40 mA\n   2  50 mA\n*");
	shell_bed_expect(bed, "knob read bias_table[3] 2", "50 mA\n");
	shell_bed_expect(bed, "knob read bias_table 2", "*\n   2      3      30 degC  50 mA\n*");
	shell_bed_expect(bed, "knob list 'l*'",
	                 "knob *laser_bias    1-2  *40 mA  *or bias_table, by table_mode\n"
	                 "laser_bias    3  *80.02 mA *\nlos_assert *");
	/* what was not stored is gone, and the pages are opened again by themselves */
	shell_bed_expect(bed, "module reset; knob read laser_bias 3", "40 mA\n");
	shell_bed_expect(bed, "knob write laser_bias 41 mA 1; knob store; module reset", "*");
	shell_bed_expect(bed, "knob read laser_bias 1", "41 mA\n");
	shell_bed_expect(bed, "knob write laser_bias 40 mA; knob store", "*");
}

static const struct exchange knob_errors_rows[] = {
	{"knob read laser_bia", "error: *did you mean \"laser_bias\"?\n"},
	{"knob read laser_bias 5", "error: *laser_bias has lanes 1 to 4\n"},
	{"knob read table_mode 1", "error: *table_mode has no lanes\n"},
	{"knob read bias_table[8]", "error: *bias_table has 8 entries\n"},
	{"knob write temp_raw 3", "error: *temp_raw is read only\n"},
	{"knob write laser_bias 3 V", "error: *wants a number in A, not 3 V\n"},
	{"knob write laser_bias low", "error: *wants a number in A, not low\n"},
	{"knob write laser_bias 1 A", "error: *1 A is not within 0 A to 120 mA\n"},
	{"knob write bias_table 1 mA", "error: *write its entries, bias_table[0] to *[7]\n"},
	{"knob list 'z*'", "error: *no knob of vb-qdd-dr4 is like \"z*\"\n"},
};

static void test_knob_errors(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	expect_rows(bed, knob_errors_rows, G_N_ELEMENTS(knob_errors_rows));
	shell_bed_expect(bed, "knob read laser_bias", "*\n   1  40 mA\n*\n   4  40 mA\n");
	/* ranges need no module */
	shell_bed_open(bed, FALSE);
	shell_bed_expect(bed, "knob limits", "error: which product *");
	shell_bed_expect(bed, "site product VB-QDD-DR4-500; knob limits 'laser*'",
	                 "*laser_bias  1-4 * 0 A  120 mA  20 uA\n");
	shell_bed_expect(bed, "site release; knob read laser_bias", "error: no module is up *");
}

/* What comes from its own generator is what its own checker counts. */
static const struct exchange patterns_rows[] = {
	{"module pattern SSPRQ", "error: no data path is up: \"module bring-up\"*"},
	{"module bring-up; module pattern SSPRQ", "*"},
	{"module decode lane.media_generator_pattern", "*1-4 * SSPRQ *5-8 *"},
	{"module pattern PRBS9Q", "error: *"},
	{"module pattern PRBS31Q; module loopback media-output", ""},
	{"module checker PRBS31Q",
         "*\n   1    0       0  5.3125e11  yes\n*\n   4    0       0  *  yes\n"},
	{"module checker PRBS13Q 5 s", "*\n   1 * 0     0  no\n*"},
	{"module loopback off", ""},
	{"module decode 'loopback.media_output'", "*1-8 *0 *"},
	{"module loopback host-input 2", ""},
	{"module decode loopback.host_input", "*  2 *1 *"},
	{"module loopback off; module pattern off", ""},
	{"module decode lane.media_generator_enable", "*  1-8 *0 *"},
	{"module pattern PRBS31Q host", ""},
	{"module decode lane.host_generator_enable", "*  1-8 *1 *"},
	{"module pattern off host", ""},
	{"module pattern PRBS3Q", "error: *did you mean*"},
};

static void test_patterns(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	expect_rows(bed, patterns_rows, G_N_ELEMENTS(patterns_rows));
}

static void test_observables(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	shell_bed_expect(bed, "module bring-up; module vdm", "*");
	shell_bed_expect(bed, "module vdm",
	                 "*snr_media *  4 * dB * 14 dB *ber_media *snr_host *  8 *");
	/* in a loop it hears itself, without errors */
	shell_bed_expect(bed, "module pattern PRBS31Q; module loopback media-output", "");
	shell_bed_expect(bed, "module vdm; module vdm", "*\nber_mean_media     4 *0 *");
	shell_bed_expect(bed, "module loopback off", "");
}

static const struct exchange commands_rows[] = {
	{"module firmware", "*\nA      1.4.0    on       on         on     virtual A\n"
                            "B      1.3.0    off      off        on     virtual B\n"},
	{"module cdb 0041h", "*0041h *features  done: completed  00 03 20 *"},
	{"module cdb 0x100", "*0100h *firmware info *virtual A*virtual B*"},
	{"module cdb 0FFFh", "error: *failed: *"},
	{"module cdb 0001h 00001011", "error: *\"module password HEX\"*"},
	{"module cdb x", "error: \"x\" is no command: *0041h\n"},
	{"module cdb 0041h 1", "error: expected bytes *"},
};

static void test_commands(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	expect_rows(bed, commands_rows, G_N_ELEMENTS(commands_rows));
}

/* A password opens what it should, and is nowhere afterwards. */
static void test_password(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	shell_bed_expect(bed, "module write 03h:128 '4c 61 62'", "*reads as before\n");
	shell_bed_expect(bed, "module password 00001011", "entered*\n");
	shell_bed_expect(bed, "module write 03h:128 '4c 61 62'", "*03h:128-130  000000  4c6162\n");
	shell_bed_expect(bed, "module read 03h:128 3", "4C 61 62\n");
	shell_bed_expect(bed, "module write 03h:128 '00 00 00'", "*03h:128-130  4c6162  000000\n");
	/* the maker's pages are opened again with the maker's */
	shell_bed_expect(bed, "knob read laser_bias 1", "40 mA\n");
	shell_bed_say(bed, "module password 1011zz");
	g_assert_nonnull(strstr(bed->out->str, "error: "));
	g_assert_null(strstr(bed->out->str, "1011"));
}

static void test_pins(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "module down; pin show",
	                 "*\nResetL *low *held in reset\n*\nModPrsL *low *module present\n*"
	                 "insertions *");
	be_up(bed);
	shell_bed_expect(bed, "pin show",
	                 "*\nResetL *high *not in reset\nLPMode *high *low power*");
	shell_bed_expect(bed, "pin set low-power off; pin show",
	                 "*\nLPMode *low *high power allowed\n*");
	shell_bed_expect(bed, "pin set LPMode on; pin show",
	                 "*\nLPMode *high *low power asked for\n*");
	shell_bed_expect(bed, "pin set reset on; pin show", "*\nResetL *low *held in reset\n*");
	shell_bed_expect(bed, "module read module.temperature", "error: *in reset*");
	shell_bed_expect(bed, "pin set ModPrsL on",
	                 "error: there is no pin \"ModPrsL\" to be set; *");
	shell_bed_expect(bed, "pin set rest on", "error: *did you mean \"reset\"?\n");
	be_up(bed);
	/* what a pin let go of is taken back */
	shell_bed_expect(bed, "pin set low-power off; module down; pin show", "*held in reset\n*");
}

/* A socket of the other form, where two lines say by zones of voltage what pins say elsewhere. */
static void test_other_socket(void)
{
	struct shell_bed bed;

	shell_bed_begin_for(&bed, "sr4");
	shell_bed_expect(&bed, "pin show",
	                 "*\nRSTn *low *held in reset\nLPWn *low *low power asked for\n"
	                 "INT/RSTn * mV *no interrupt\nLPWn/PRSn * mV *module present\n*");
	shell_bed_expect(&bed, "module up", "*VB-OSFP-SR4-100*no product of the configuration\n");
	shell_bed_expect(&bed, "pin show", "*\nRSTn *high *not in reset\n*INT/RSTn * V *\n*");
	shell_bed_expect(&bed, "pin set LPMode on",
	                 "error: there is no pin \"LPMode\" to be set; there is: *RSTn, LPWn, *\n");
	shell_bed_expect(&bed, "pin set reset on; pin show", "*\nRSTn *low *held in reset\n*");
	shell_bed_expect(&bed, "module up; module vdm", "*error: *does not advertise*");
	shell_bed_expect(&bed, "module read B0h:128; knob list", "00\nerror: which product *");
	shell_bed_end(&bed);
}

/* The manual's session by hand works as it stands there. */
static void test_manual(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	const char *source = g_getenv("STATION_SRC");
	g_autofree char *path =
		g_build_filename(source ? source : ".", "docs", "man", "station-shell.1.in", NULL);
	g_autofree char *here = g_get_current_dir();
	g_autofree char *text = NULL;
	guint n = 0;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	const char *begin = strstr(text, ".\\\" session begins\n");
	const char *end = strstr(text, ".\\\" session ends\n");
	g_assert_true(begin && end && begin < end);
	g_autofree char *session = g_strndup(begin, (gsize)(end - begin));
	g_auto(GStrv) lines = g_strsplit(session, "\n", -1);
	g_assert_cmpint(g_chdir(bed->folder), ==, 0);
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(lines[i], "\\-", -1);
		g_autofree char *line = g_strjoinv("-", parts);
		if (*line == '.' || !*line)
			continue;
		shell_bed_say(bed, line);
		if (strstr(bed->out->str, "error: "))
			g_error("the manual's \"%s\" says\n%s", line, bed->out->str);
		n++;
	}
	g_assert_cmpint(g_chdir(here), ==, 0);
	g_assert_cmpuint(n, >, 10);
}

/* Completion knows names of fields, and those of knobs as soon as the product is known. */
static void test_completion(gconstpointer data)
{
	static const struct {
		const char *line, *found;
	} rows[] = {
		{"module read lane.tx_b", "lane.tx_bias"},
		{"module decode lo", "loopback.has_both_sides"},
		{"module dump lo", "lower"},
		{"module pattern SS", "SSPRQ"},
		{"module loopback media-i", "media-input"},
		{"module cdb 004", "0040h"},
		{"knob write laser", "laser_bias"},
		{"pin set LP", "LPMode"},
		{"pin set low-power ", "off"},
	};
	struct shell_bed *bed = (struct shell_bed *)data;

	be_up(bed);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gsize begin;
		g_autoptr(GPtrArray) found =
			complete(bed->shell, rows[i].line, strlen(rows[i].line), &begin);
		g_assert_cmpuint(found->len, >, 0);
		const struct candidate *first = g_ptr_array_index(found, 0);
		g_assert_cmpstr(first->text, ==, rows[i].found);
	}
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
	g_test_add_data_func("/shell/module/knobs", &bed, test_knobs);
	g_test_add_data_func("/shell/module/knob-errors", &bed, test_knob_errors);
	g_test_add_data_func("/shell/module/patterns", &bed, test_patterns);
	g_test_add_data_func("/shell/module/observables", &bed, test_observables);
	g_test_add_data_func("/shell/module/commands", &bed, test_commands);
	g_test_add_data_func("/shell/module/password", &bed, test_password);
	g_test_add_data_func("/shell/module/pins", &bed, test_pins);
	g_test_add_data_func("/shell/module/completion", &bed, test_completion);
	g_test_add_func("/shell/module/other-socket", test_other_socket);
	g_test_add_data_func("/shell/module/manual", &bed, test_manual);
	shell_bed_begin(&bed);
	code = g_test_run();
	shell_bed_end(&bed);
	return code;
}

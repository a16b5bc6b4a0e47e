/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/power_meter.h"
#include "instruments/supply.h"
#include "tests/unit/instruments_driver_script.h"

#include <glib/gstdio.h>
#include <math.h>

/* Instruments told in YAML alone: what is shipped, what is sent, what is refused. */

static char *shipped(const char *name)
{
	return g_build_filename(g_getenv("STATION_SRC"), "instruments/dialects", name, NULL);
}

static char *write_dialect(const char *text)
{
	g_autoptr(GError) error = NULL;
	char *path = g_build_filename(g_get_user_cache_dir(), "dialect.yaml", NULL);
	g_mkdir_with_parents(g_get_user_cache_dir(), 0700);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	return path;
}

static struct instrument_config config_of(enum instrument_class class, const char *driver,
                                          const struct instrument_parameter *dialect)
{
	return (struct instrument_config){
		.name = "it",
		.class = class,
		.driver = driver,
		.resource = "TCPIP::127.0.0.1::1::SOCKET",
		.parameters = dialect,
		.n_parameters = 1,
	};
}

/* ---- R&S HMP ---- */

#define NO_ERROR  "> :SYST:ERR?", "< 0,\"No error\""
#define SELECT(n) "> INST:NSEL " n, NO_ERROR, "> INST:NSEL?", "< " n
#define OFF(n)    SELECT(n), "> OUTP:SEL 0", NO_ERROR, "> OUTP:SEL?", "< 0"
#define MASTER(n) "> OUTP:GEN " n, NO_ERROR, "> OUTP:GEN?", "< " n
#define HMP(model)                                                                                 \
	"> *CLS", "> *IDN?", "< ROHDE&SCHWARZ," model ",101234,HW50020003/SW2.70", MASTER("0")

/* The general output comes on with the first channel, and none but that one is behind it. */
static void test_hmp(void)
{
	static const char *const lines[] = {
		HMP("HMP2020"), OFF("1"),      OFF("2"),       SELECT("2"), "> CURR 1.5",
		NO_ERROR,       "> CURR?",     "< 1.5000",     SELECT("2"), "> VOLT 3.3",
		NO_ERROR,       "> VOLT?",     "< 3.300",      SELECT("2"), "> OUTP:SEL 1",
		NO_ERROR,       "> OUTP:SEL?", "< 1",          MASTER("1"), "> *OPC?",
		"< 1",          SELECT("2"),   "> MEAS:VOLT?", "< 3.299",   SELECT("2"),
		"> MEAS:CURR?", "< 1.2001",    NO_ERROR,       SELECT("2"), "> VOLT:PROT:TRIP?",
		"< 1",          MASTER("0"),   OFF("1"),       OFF("2"),    NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	g_autofree char *path = shipped("rohde-hmp.yaml");
	const struct instrument_parameter dialect = {"dialect", path};
	double volt = 0, ampere = 0;
	gboolean tripped = FALSE;
	rig_start(&rig, config_of(INSTRUMENT_SUPPLY, "generic-supply", &dialect), lines);
	struct instrument *psu = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	g_assert_true(supply_set(psu, 2, 3.3, 1.5, bounds, &error));
	expect_error(supply_set(psu, 2, 3.3, 5.02, bounds, &error), &error, STATION_ERROR_RANGE,
	             "0 to 5.01 A of HMP2020");
	g_assert_true(supply_set_output(psu, 2, TRUE, bounds, &error));
	g_assert_true(supply_measure(psu, 2, &volt, &ampere, bounds, &error));
	g_assert_cmpfloat(volt, ==, 3.299);
	g_assert_cmpfloat(ampere, ==, 1.2001);
	g_assert_true(supply_protection_tripped(psu, 2, &tripped, bounds, &error));
	g_assert_true(tripped);
	g_assert_true(instrument_safe_state(psu, bounds, &error));
	rig_close(&rig);
}

/*
 * One more model of a known dialect: refused before, and opened after one row was added to one
 * file. Program, configuration and everything else stay as they are.
 */
static void test_one_row(void)
{
	static const char row[] = "  - {model: HMP1010, channels: [10A]}\n";
	static const char *const unknown[] = {"> *CLS", "> *IDN?",
	                                      "< ROHDE&SCHWARZ,HMP1010,101235,HW5/SW2.70", NULL};
	static const char *const known[] = {HMP("HMP1010"), OFF("1"), NULL};
	g_autofree char *path = shipped("rohde-hmp.yaml");
	g_autofree char *before = NULL;
	g_autoptr(GError) error = NULL;
	struct rig rig;
	g_file_get_contents(path, &before, NULL, &error);
	g_assert_no_error(error);

	g_autofree char *copy = write_dialect(before);
	const struct instrument_parameter dialect = {"dialect", copy};
	const struct instrument_config config =
		config_of(INSTRUMENT_SUPPLY, "generic-supply", &dialect);
	expect_error(rig_open(&rig, config, unknown, &error), &error, STATION_ERROR_INSTRUMENT,
	             "a \"HMP1010\" of \"ROHDE&SCHWARZ\" answers; the driver generic-supply knows "
	             "HMP4040, ");
	rig_close(&rig);

	g_assert_true(g_str_has_suffix(before, "}\n"));
	g_autofree char *after = g_strconcat(before, row, NULL);
	g_free(write_dialect(after));
	rig_start(&rig, config, known);
	g_assert_cmpuint(instrument_channels(rig.instrument), ==, 1);
	rig_close(&rig);
}

/* ---- power meter ---- */

static const char meter_text[] = "dialect: test\n"
				 "class: power-meter\n"
				 "source: this test\n"
				 "makers: [ACME]\n"
				 "error_query: none\n"
				 "over_range: 1e5\n"
				 "start: [\"UNIT{channel} DBM\"]\n"
				 "operations:\n"
				 "  wavelength: {send: \"WAV{channel} {value}\", unit: nm, ask: "
				 "\"WAV{channel}?\", tolerance: 0.1 nm, digits: 6}\n"
				 "  averaging: {send: \"AVG{channel} {value}\", unit: ms, ask: "
				 "\"AVG{channel}?\"}\n"
				 "  power: {ask: \"READ{channel}?\", unit: dBm}\n"
				 "ranges:\n"
				 "  all: {wavelength: [800 nm, 1700 nm], averaging: [1 ms, 1 s]}\n"
				 "models:\n"
				 "  - {model: \"PM1*\", channels: 2, range: all}\n";

static void test_power_meter(void)
{
	static const char *const lines[] = {
		"> *CLS",      "> *IDN?",     "< Acme,PM-1200,7,1",
		"> UNIT1 DBM", "> UNIT2 DBM", "> WAV2 1310.57",
		"> WAV2?",     "< 1310.6",    "> AVG1 100",
		"> AVG1?",     "< 128",       "> AVG1 100",
		"> AVG1?",     "< 40",        "> READ2?",
		"< -10.0",     "> READ1?",    "< -3.01030",
		"> READ2?",    "< 1e5",       NULL,
	};
	g_autofree char *path = write_dialect(meter_text);
	const struct instrument_parameter dialect = {"dialect", path};
	g_autoptr(GError) error = NULL;
	struct rig rig;
	double watt[2] = {0, 0};
	rig_start(&rig, config_of(INSTRUMENT_POWER_METER, "generic-power-meter", &dialect), lines);
	struct instrument *meter = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	power_meter_set_wavelength(meter, 2, 1310.57e-9, bounds, &error);
	g_assert_no_error(error);
	g_assert_true(power_meter_set_averaging_s(meter, 1, 0.1, bounds, &error));
	expect_error(power_meter_set_averaging_s(meter, 1, 0.1, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "averaging set to 100 ms, but the instrument says");
	g_assert_true(power_meter_read_w(meter, 2, &watt[0], bounds, &error));
	g_assert_cmpfloat_with_epsilon(watt[0], 1e-4, 1e-12);
	/* one of them out of range */
	g_assert_true(power_meter_read_all_w(meter, watt, 2, bounds, &error));
	g_assert_cmpfloat_with_epsilon(watt[0], 0.5e-3, 1e-9);
	g_assert_true(isnan(watt[1]));
	expect_error(power_meter_zero(meter, bounds, &error), &error, STATION_ERROR_UNSUPPORTED,
	             "the dialect test has no operation zero");
	rig_close(&rig);
}

/* ---- refused files ---- */

/* What takes the place of a text of the file above, and what is said of it. */
static void test_refused(void)
{
	static const struct {
		const char *was, *is, *said;
	} rows[] = {
		{"class: power-meter", "class: supply",
	         "dialect.yaml:2: class: this file is for supply"},
		{"source: this test\n", "", "source"},
		{"makers: [ACME]", "makers: []", "dialect.yaml:4: no makers"},
		{"over_range: 1e5", "over_rnge: 1e5", "over_range"},
		{"UNIT{channel} DBM", "UNIT{chanel} DBM", "dialect.yaml:7: "},
		{"UNIT{channel} DBM", "UNIT?", "is a query"},
		{"WAV{channel} {value}", "WAV{channel}",
	         "dialect.yaml:9: send: \"WAV{channel}\" "
	         "needs {value} once"},
		{"WAV{channel} {value}", "WAV{channel} {value} {value}", "needs {value} once"},
		{"WAV{channel} {value}", "WAV{channel} {value};X", "more than one command"},
		{"\"WAV{channel}?\"", "\"WAV{channel}\"", "ask: \"WAV{channel}\" is no query"},
		{"unit: nm", "unit: s", "unit: \"s\" is not in m"},
		{"0.1 nm", "0 nm", "dialect.yaml:9: tolerance: expected more than 0"},
		{"tolerance: 0.1 nm, ", "", "dialect.yaml:9: "},
		{"digits: 6", "digits: 18", "digits"},
		{"digits: 6", "digts: 6", "did you mean"},
		{"  power: {", "  powr: {", "power"},
		{"READ{channel}?", "READ?", "dialect.yaml:15: has several channels, but \"READ?\""},
		{"unit: dBm", "unit: dB", "unit: \"dB\" is not in W"},
		{"[800 nm, 1700 nm]", "[1700 nm, 800 nm]", "the least is not below the most"},
		{"[800 nm, 1700 nm]", "[800 nm]", "expected the least and the most"},
		{"range: all", "range: al", "ranges has no map \"al\"; did you mean all?"},
		{"channels: 2", "channels: 0", "channels"},
		{"range: all}", "range: all}\n  - {model: pm1*, channels: 1, range: all}",
	         "the model pm1* is there twice"},
		{"error_query: none", "identify: none", "identify: a model is known by"},
		{"error_query: none", "completion: soon",
	         "\"soon\" is none of waits, polled, none"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) text = g_string_new(meter_text);
		g_autoptr(GError) error = NULL;
		g_assert_cmpuint(g_string_replace(text, rows[i].was, rows[i].is, 1), ==, 1);
		g_autofree char *path = write_dialect(text->str);
		const struct instrument_parameter dialect = {"dialect", path};
		struct instrument_config config =
			config_of(INSTRUMENT_POWER_METER, "generic-power-meter", &dialect);
		g_test_message("%s", rows[i].is);
		expect_error(instrument_config_check(&config, &error), &error, STATION_ERROR_CONFIG,
		             rows[i].said);
	}
}

static void test_no_file(void)
{
	static const struct instrument_parameter absent = {"dialect", "/nowhere/x.yaml"};
	struct instrument_config config = config_of(INSTRUMENT_SUPPLY, "generic-supply", &absent);
	g_autoptr(GError) error = NULL;
	expect_error(instrument_config_check(&config, &error), &error, STATION_ERROR_CONFIG,
	             "/nowhere/x.yaml");
	config.n_parameters = 0;
	expect_error(instrument_config_check(&config, &error), &error, STATION_ERROR_CONFIG,
	             "it: the driver generic-supply needs the parameter dialect");
}

/* Every file that is shipped is a dialect of its class. */
static void test_shipped(void)
{
	static const char *const drivers[INSTRUMENT_N_CLASSES] = {
		[INSTRUMENT_POWER_METER] = "generic-power-meter",
		[INSTRUMENT_ATTENUATOR] = "generic-attenuator",
		[INSTRUMENT_SUPPLY] = "generic-supply",
	};
	g_autofree char *folder = shipped("");
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint n = 0;
	for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir), n++) {
		g_autofree char *path = shipped(name);
		const struct instrument_parameter dialect = {"dialect", path};
		guint accepted = 0;
		for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
			g_autoptr(GError) error = NULL;
			struct instrument_config config =
				config_of((enum instrument_class)i, drivers[i], &dialect);
			if (!drivers[i])
				continue;
			if (instrument_config_check(&config, &error))
				accepted++;
			else
				g_test_message("%s", error->message);
		}
		g_assert_cmpuint(accepted, ==, 1);
	}
	g_assert_cmpuint(n, >, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/generic/hmp", test_hmp);
	g_test_add_func("/generic/one_row", test_one_row);
	g_test_add_func("/generic/power_meter", test_power_meter);
	g_test_add_func("/generic/refused", test_refused);
	g_test_add_func("/generic/no_file", test_no_file);
	g_test_add_func("/generic/shipped", test_shipped);
	return run_scripts();
}

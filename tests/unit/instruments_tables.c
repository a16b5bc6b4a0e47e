/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/attenuator.h"
#include "instruments/bert.h"
#include "instruments/command.h"
#include "instruments/optical_switch.h"
#include "instruments/power_meter.h"
#include "instruments/registry.h"
#include "instruments/scope.h"
#include "instruments/supply.h"
#include "instruments/thermal.h"
#include "instruments/wavelength_meter.h"
#include "tests/unit/instruments_driver_script.h"

#include <math.h>

/* ---- command tables ---- */

/* Words of letters and digits, a leading capital, '*' or '%', joined by ':', '#' for a number. */
static gboolean header_is_good(const char *header)
{
	const char *p = header;
	if (*p == ':' || *p == '*' || *p == '%')
		p++;
	gboolean word = FALSE;
	for (; *p; p++) {
		gboolean letter = g_ascii_isalpha(*p);
		if (*p == '?')
			return word && p[1] == '\0';
		if (*p == ':' && !word)
			return FALSE;
		if (!letter && *p != ':' && (!word || (*p != '#' && !g_ascii_isdigit(*p))))
			return FALSE;
		if (letter && !word && !g_ascii_isupper(*p))
			return FALSE;
		word = *p != ':';
	}
	return word;
}

static void check_command(const char *driver, const struct command *command)
{
	const char *header = command->header;
	g_test_message("%s: %s", driver, header);
	g_assert_nonnull(header);
	g_assert_true(header_is_good(header));
	g_assert_cmpint(g_str_has_suffix(header, "?"), ==, command->reply == COMMAND_ANSWER);
	g_assert_cmpint(strchr(header, '#') != NULL, ==, command->place == COMMAND_PLACE_HASH);
	if (command->argument == COMMAND_NUMBER) {
		g_assert_cmpint(command->digits, >=, 1);
		g_assert_cmpint(command->digits, <=, 17);
	} else {
		g_assert_cmpint(command->digits, ==, 0);
	}
	if (command->reply == COMMAND_ANSWER)
		g_assert_cmpint(command->argument, ==, COMMAND_NO_ARGUMENT);
}

static void test_commands(void)
{
	for (const struct instrument_driver *const *d = registry_drivers(); *d; d++) {
		g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
		/* who has no *IDN? has no headers either; dialect files have their own test */
		g_assert_true((*d)->n_commands > 0 || (*d)->identify || (*d)->own_roster);
		for (gsize i = 0; i < (*d)->n_commands; i++) {
			const struct command *command = &(*d)->commands[i];
			check_command((*d)->name, command);
			g_assert_true(g_hash_table_add(seen, (gpointer)command->header));
		}
	}
}

/* The check itself refuses what it should. */
static void test_header_check(void)
{
	static const char *const good[] = {":SENS#:POW:WAV?",
	                                   "*IDN?",
	                                   "%RM",
	                                   "VOLT",
	                                   "MODule:CATalog?",
	                                   ":SPRocess1:AVERage:ECOunt"};
	static const char *const bad[] = {"",           ":",     "VOLT:",  "VOLT::CURR",
	                                  "VOLT?:CURR", "VOLT ", "VOLT 1", "volt:x?",
	                                  "#VOLT",      ":1A",   "A;B",    "??"};
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(header_is_good(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(header_is_good(bad[i]));
}

static const struct command preset = COMMAND_SET("CONF:PRES", NONE);
static const struct command wavelength = COMMAND_SET_NUMBER(":SENS#:POW:WAV", HASH, 9);
static const struct command volt = COMMAND_SET_NUMBER("VOLT", LIST, 7);
static const struct command volt_ask = COMMAND_ASK("VOLT?", LIST);
static const struct command output = COMMAND_SET_BOOLEAN(":OUTP:STAT", QUOTED);
static const struct command sequence = COMMAND_SET_WORD(":SEQ", DOUBLE);
static const struct command location = COMMAND_SET_WORD("A:ALOC", QUOTED);
static const struct command lock = COMMAND_WAIT_WORD(":TRIGger:PLOCk", NONE);
static const struct command length = COMMAND_SET_INTEGER(":TRIGger:PLENgth", NONE);

static void test_format(void)
{
	static const struct {
		const struct command *command;
		const char *place;
		double number;
		const char *word;
		const char *expected;
	} rows[] = {
		{&preset, NULL, 0, NULL, "CONF:PRES"},
		{&wavelength, "3", 1310e-9, NULL, ":SENS3:POW:WAV 1.31e-6"},
		{&volt, "2", 3.3, NULL, "VOLT 3.3,(@2)"},
		{&volt_ask, "2", 0, NULL, "VOLT? (@2)"},
		{&output, "M1.Out", 1, NULL, ":OUTP:STAT 'M1.Out',1"},
		{&sequence, "Analyzer", 0, "CLOCK,'2'", ":SEQ \"Analyzer\",CLOCK,'2'"},
		{&location, "n", 0, "'M2.DataIn'", "A:ALOC 'n','M2.DataIn'"},
		{&lock, NULL, 0, "ON", ":TRIGger:PLOCk ON;*OPC?"},
		{&length, NULL, 65535, NULL, ":TRIGger:PLENgth 65535"},
		/* what does not fit the row */
		{&preset, "1", 0, NULL, NULL},
		{&volt, NULL, 1, NULL, NULL},
		{&volt, "1", NAN, NULL, NULL},
		{&volt, "1", INFINITY, NULL, NULL},
		{&volt, "1);OUTP", 1, NULL, NULL},
		{&lock, NULL, 0, NULL, NULL},
		{&location, "n", 0, "a\nb", NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = command_format(rows[i].command, rows[i].place,
		                                       rows[i].number, rows[i].word, &error);
		g_assert_cmpstr(text, ==, rows[i].expected);
		g_assert_cmpint(error != NULL, ==, rows[i].expected == NULL);
	}
}

/* ---- facts ---- */

static void check_range(double min, double max)
{
	g_assert_true(isfinite(min) && isfinite(max));
	g_assert_cmpfloat(min, <, max);
}

static void check_supply(const struct instrument_model *model)
{
	for (guint i = 0; i < model->n_channels; i++) {
		const struct supply_channel_facts *facts = &model->supply->channels[i];
		check_range(facts->volt_min, facts->volt_max);
		check_range(facts->ampere_min, facts->ampere_max);
		g_assert_cmpfloat(facts->volt_resolution, >, 0);
		g_assert_cmpfloat(facts->ampere_resolution, >, 0);
	}
}

static void check_scope(const struct scope_facts *facts)
{
	check_range(facts->symbol_rate_min_bd, facts->symbol_rate_max_bd);
	check_range(facts->bandwidth_min_hz, facts->bandwidth_max_hz);
	if (facts->gives_waveforms)
		check_range(facts->samples_min, facts->samples_max);
	g_assert_cmpuint(facts->n_wavelengths, >, 0);
	g_assert_cmpuint(facts->pattern_max_symbols, >=, 65535);
	g_assert_cmpfloat(facts->pass_s, >, 0);
	g_assert_cmpfloat(facts->equalise_s, >, 0);
}

static void check_facts(const struct instrument_driver *driver,
                        const struct instrument_model *model)
{
	switch (driver->class) {
	case INSTRUMENT_POWER_METER:
		check_range(model->power_meter->wavelength_min_m,
		            model->power_meter->wavelength_max_m);
		check_range(model->power_meter->averaging_min_s,
		            model->power_meter->averaging_max_s);
		break;
	case INSTRUMENT_ATTENUATOR:
		check_range(model->attenuator->attenuation_min_db,
		            model->attenuator->attenuation_max_db);
		check_range(model->attenuator->wavelength_min_m,
		            model->attenuator->wavelength_max_m);
		g_assert_cmpfloat(model->attenuator->resolution_db, >, 0);
		break;
	case INSTRUMENT_SCOPE:
		check_scope(model->scope);
		break;
	case INSTRUMENT_BERT:
		check_range(model->bert->symbol_rate_min_bd, model->bert->symbol_rate_max_bd);
		check_range(model->bert->gate_min_s, model->bert->gate_max_s);
		break;
	case INSTRUMENT_SUPPLY:
		check_supply(model);
		break;
	case INSTRUMENT_OPTICAL_SWITCH:
		g_assert_cmpuint(model->optical_switch->max_modules, >, 0);
		check_range(model->optical_switch->poll_s, model->optical_switch->move_s);
		break;
	case INSTRUMENT_THERMAL:
		check_range(model->thermal->degc_min, model->thermal->degc_max);
		check_range(model->thermal->window_min_degc, model->thermal->window_max_degc);
		break;
	case INSTRUMENT_WAVELENGTH_METER:
		check_range(model->wavelength_meter->wavelength_min_m,
		            model->wavelength_meter->wavelength_max_m);
		if (model->wavelength_meter->sweeps) {
			check_range(model->wavelength_meter->span_min_m,
			            model->wavelength_meter->span_max_m);
			check_range(model->wavelength_meter->resolution_min_m,
			            model->wavelength_meter->resolution_max_m);
		}
		g_assert_cmpfloat(model->wavelength_meter->wavelength_uncertainty_m, >, 0);
		g_assert_cmpfloat(model->wavelength_meter->sweep_s, >, 0);
		break;
	case INSTRUMENT_N_CLASSES:
		g_assert_not_reached();
	}
}

static void check_driver(const struct instrument_driver *driver)
{
	g_autoptr(GHashTable) models = g_hash_table_new(g_str_hash, g_str_equal);
	g_test_message("%s", driver->name);
	g_assert_true(g_regex_match_simple("^[a-z0-9]+(-[a-z0-9]+)+$", driver->name, 0, 0));
	g_assert_nonnull(driver->parameters);
	g_assert_cmpfloat(driver->connect_s, >, 0);
	if (driver->own_roster)
		return;
	g_assert_nonnull(driver->makers[0]);
	g_assert_true((driver->dialect->identify == NULL) == (driver->identify != NULL));
	g_assert_cmpuint(driver->n_models, >, 0);
	for (gsize i = 0; i < driver->n_models; i++) {
		const struct instrument_model *model = &driver->models[i];
		g_assert_true(g_hash_table_add(models, (gpointer)model->model));
		g_assert_cmpfloat(model->answer_s, >, 0);
		/* nobody has seen a real one yet */
		g_assert_cmpint(model->evidence, <=, EVIDENCE_TESTED_SIM);
		check_facts(driver, model);
	}
}

static void test_drivers(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	gboolean has_class[INSTRUMENT_N_CLASSES] = {FALSE};
	for (const struct instrument_driver *const *d = registry_drivers(); *d; d++) {
		g_autoptr(GError) error = NULL;
		check_driver(*d);
		g_assert_true(g_hash_table_add(names, (gpointer)(*d)->name));
		g_assert_true(registry_find((*d)->name, &error) == *d);
		has_class[(*d)->class] = TRUE;
	}
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++)
		g_assert_true(has_class[i]);
}

/* ---- names ---- */

static void test_names(void)
{
	g_autoptr(GError) error = NULL;
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		enum instrument_class class = INSTRUMENT_N_CLASSES;
		const char *name = instrument_class_name((enum instrument_class)i);
		g_assert_true(instrument_class_parse(name, &class, &error));
		g_assert_cmpuint(class, ==, i);
	}
	enum instrument_class class = INSTRUMENT_SCOPE;
	expect_error(instrument_class_parse("power-metre", &class, &error), &error,
	             STATION_ERROR_CONFIG, "did you mean \"power-meter\"?");
	expect_error(registry_find("keysight-scop", &error) != NULL, &error, STATION_ERROR_CONFIG,
	             "did you mean \"keysight-scope\"?");
	expect_error(registry_find("x", &error) != NULL, &error, STATION_ERROR_CONFIG,
	             "there are intest-thermal, ");
	g_assert_cmpstr(evidence_name(EVIDENCE_TESTED_SIM), ==, "tested-sim");
}

static void test_config(void)
{
	static const struct instrument_parameter twice[] = {{"noise", "1 uW"}, {"noise", "2 uW"}};
	static const struct instrument_config good = {
		.name = "x",
		.class = INSTRUMENT_SCOPE,
		.driver = "keysight-scope",
		.resource = "TCPIP::127.0.0.1::1::SOCKET",
		.parameters = twice,
		.n_parameters = 1,
	};
	struct instrument_config bad[4] = {good, good, good, good};
	static const char *const parts[] = {"given twice", "is for the class scope", "no driver",
	                                    "there are none"};
	bad[0].n_parameters = 2;
	bad[1].class = INSTRUMENT_BERT;
	bad[2].driver = "tektronix";
	bad[3].class = INSTRUMENT_SUPPLY;
	bad[3].driver = "keysight-supply";
	g_autoptr(GError) error = NULL;
	struct bounds bounds = {.deadline = deadline_in_s(5)};
	g_assert_true(instrument_config_check(&good, &error));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		expect_error(instrument_config_check(&bad[i], &error), &error, STATION_ERROR_CONFIG,
		             parts[i]);
		g_assert_null(instrument_open(&bad[i], &bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_clear_error(&error);
	}
}

/* A driver without hooks: each wrapper says so instead of calling. */
static void test_unsupported(void)
{
	static const struct power_meter_ops meter_ops = {.zero = NULL};
	static const struct attenuator_ops attenuator_ops = {.open_shutters = NULL};
	static const struct supply_ops supply_ops = {.measure = NULL};
	static const struct optical_switch_ops switch_ops = {.route = NULL};
	static const struct thermal_ops thermal_ops = {.start = NULL};
	static const struct wavelength_meter_ops wavelength_ops = {.measure = NULL};
	struct spectrum_result spectrum;
	struct instrument_driver driver = {.name = "bare"};
	struct instrument_model model = {.model = "BARE", .n_channels = 1};
	char name[] = "x";
	struct instrument bare = {.name = name, .driver = &driver, .model = &model};
	struct bounds bounds = {.deadline = deadline_in_s(5)};
	g_autoptr(GError) error = NULL;
	double value = 0;

	driver.class = INSTRUMENT_POWER_METER;
	driver.power_meter = &meter_ops;
	expect_error(power_meter_zero(&bare, &bounds, &error), &error, STATION_ERROR_UNSUPPORTED,
	             "x: zero: the driver bare cannot do it");
	expect_error(power_meter_read_w(&bare, 1, &value, &bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "x: read power: ");
	driver.class = INSTRUMENT_ATTENUATOR;
	driver.attenuator = &attenuator_ops;
	expect_error(attenuator_open_shutter(&bare, 1, TRUE, &bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "x: open shutter: ");
	driver.class = INSTRUMENT_SUPPLY;
	driver.supply = &supply_ops;
	expect_error(supply_measure(&bare, 1, &value, &value, &bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "x: measure: ");
	driver.class = INSTRUMENT_OPTICAL_SWITCH;
	driver.optical_switch = &switch_ops;
	expect_error(optical_switch_route(&bare, 1, 1, &bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "x: route: ");
	driver.class = INSTRUMENT_THERMAL;
	driver.thermal = &thermal_ops;
	expect_error(thermal_start(&bare, &bounds, &error), &error, STATION_ERROR_UNSUPPORTED,
	             "x: start: ");
	driver.class = INSTRUMENT_WAVELENGTH_METER;
	driver.wavelength_meter = &wavelength_ops;
	expect_error(wavelength_meter_measure(&bare, &spectrum, &bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "x: measure spectrum: ");
	/* nothing to make safe */
	g_assert_true(instrument_safe_state(&bare, &bounds, &error));
}

/* Nobody listens there. */
static void test_unreachable(void)
{
	struct peer peer;
	g_autoptr(GError) error = NULL;
	struct bounds bounds = {.deadline = deadline_in_s(5)};
	peer_start(&peer, NULL, NULL);
	g_autofree char *resource = g_strdup(peer.resource);
	peer_stop(&peer);
	struct instrument_config config = {
		.name = "psu1",
		.class = INSTRUMENT_SUPPLY,
		.driver = "keysight-supply",
		.resource = resource,
	};
	expect_error(instrument_open(&config, &bounds, &error) != NULL, &error, STATION_ERROR_IO,
	             "psu1: open: ");
	config.resource = "nonsense";
	expect_error(instrument_open(&config, &bounds, &error) != NULL, &error,
	             STATION_ERROR_CONFIG, "psu1: open: ");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/instruments/tables/commands", test_commands);
	g_test_add_func("/instruments/tables/header_check", test_header_check);
	g_test_add_func("/instruments/tables/format", test_format);
	g_test_add_func("/instruments/tables/drivers", test_drivers);
	g_test_add_func("/instruments/tables/names", test_names);
	g_test_add_func("/instruments/tables/config", test_config);
	g_test_add_func("/instruments/tables/unsupported", test_unsupported);
	g_test_add_func("/instruments/tables/unreachable", test_unreachable);
	return run_scripts();
}

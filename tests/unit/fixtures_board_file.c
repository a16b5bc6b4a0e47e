/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/board_file.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

/* Board files: the examples, and one bad file of each kind with what is said about it. */

static struct board_file *load(const char *text, char **path, GError **error)
{
	*path = g_build_filename(g_get_user_data_dir(), "board.yaml", NULL);
	g_mkdir_with_parents(g_get_user_data_dir(), 0700);
	g_assert_true(g_file_set_contents(*path, text, -1, NULL));
	return board_file_load(*path, error);
}

static struct board_file *load_example(const char *name)
{
	g_autofree char *path =
		g_build_filename(g_getenv("STATION_SRC"), "fixtures", "boards", name, NULL);
	g_autoptr(GError) error = NULL;
	struct board_file *file = board_file_load(path, &error);

	g_assert_no_error(error);
	return file;
}

static void test_pair(void)
{
	static const char *const order[] = {
		"ResetL", "LPMode",   "ModSelL",    "ModPrsL",    "IntL",      "Start",
		"Lid",    "TowerRed", "TowerAmber", "TowerGreen", "TowerBlue",
	};
	g_autoptr(board_file) file = load_example("qsfp-dd-pair.yaml");

	g_assert_cmpstr(file->form, ==, "QSFP-DD");
	g_assert_null(file->serial_number);
	g_assert_cmpuint(file->eeprom.address, ==, 0x57);
	g_assert_cmpuint(file->eeprom.offset_bytes, ==, 1);
	g_assert_cmpstr(file->bus.device, ==, "/dev/station/fixture-bus");
	g_assert_null(file->bus.adapter);
	g_assert_cmpfloat(file->bus.clock_hz, ==, 400e3);
	g_assert_cmpuint(file->bus.mux_address, ==, 0x70);
	g_assert_cmpuint(file->bus.mux_channel, ==, 0);
	g_assert_false(file->bus.shared);
	g_assert_cmpuint(file->n_pins, ==, G_N_ELEMENTS(order));
	for (guint i = 0; i < file->n_pins; i++)
		g_assert_cmpstr(file->pins[i].name, ==, order[i]);
	g_assert_cmpint(file->pin_of[BOARD_LID], ==, board_file_pin(file, "Lid"));
	g_assert_true(file->pins[board_file_pin(file, "Lid")].active_low);
	g_assert_cmpint(board_file_pin(file, "RSTn"), ==, -1);
	g_assert_cmpint(file->pin_of[BOARD_PRESENCE_LOW], ==, -1);
	/* what is safe, from the first moment on */
	g_assert_false(file->pins[0].level);
	g_assert_true(file->pins[1].level && file->pins[2].level);
	g_assert_true(file->pins[0].is_output && !file->pins[3].is_output);
	g_assert_cmpstr(file->count_file, ==, "/var/lib/station/socket-1.count");
	g_assert_cmpint(file->wear_limit, ==, 5000);
}

static void test_osfp(void)
{
	g_autoptr(board_file) file = load_example("osfp-adc.yaml");
	int low = file->pin_of[BOARD_PRESENCE_LOW], high = file->pin_of[BOARD_PRESENCE_HIGH];

	g_assert_cmpstr(file->serial_number, ==, "FX-0043");
	g_assert_cmpstr(file->bus.adapter, ==, "i2c-tiny-usb at bus 001 device 002");
	g_assert_cmpuint(file->bus.mux_address, ==, 0);
	g_assert_cmpstr(file->interrupt_adc.device, ==, "ads1015");
	g_assert_cmpfloat(file->interrupt_adc.divider, ==, 2);
	g_assert_null(file->presence_adc.device);
	g_assert_cmpint(low, >=, 0);
	g_assert_cmpint(high, ==, low + 1);
	g_assert_cmpint(file->pins[low].pull, ==, PIN_PULL_UP);
	g_assert_cmpstr(file->pins[high].name, ==, "LPWn/PRSn high");
	g_assert_cmpint(file->pin_of[BOARD_INTERRUPT_LOW], ==, -1);
	/* both safe levels are low; the lines behind them are inverted */
	for (guint i = 0; i < 2; i++)
		g_assert_true(!file->pins[i].level && file->pins[i].active_low);
	g_assert_cmpint(file->wear_limit, ==, 0);
}

static void test_bridges(void)
{
	g_autoptr(board_file) one = load_example("qsfp-dd-cp2112.yaml");
	g_autoptr(board_file) two = load_example("osfp-mcp2221a.yaml");

	g_assert_cmpuint(one->n_bridges, ==, 1);
	g_assert_cmpint(one->bridges[0].model, ==, BRIDGE_CP2112);
	g_assert_cmpstr(one->bridges[0].serial_number, ==, "00A1B2C3");
	g_assert_null(one->bridges[0].port);
	g_assert_true(!one->bus.device && !one->bus.adapter);
	g_assert_cmpuint(one->bus.bridge, ==, 0);
	g_assert_cmpint(board_file_bridge(one, one->pins[one->pin_of[BOARD_LID]].chip), ==, 0);
	g_assert_cmpint(board_file_bridge(one, "second"), ==, -1);
	g_assert_cmpuint(two->n_bridges, ==, 2);
	g_assert_cmpint(two->bridges[1].model, ==, BRIDGE_MCP2221A);
	g_assert_cmpstr(two->bridges[1].port, ==, "1-2.2");
	g_assert_cmpint(board_file_bridge(two, two->pins[two->pin_of[BOARD_START]].chip), ==, 1);
}

/* A good file in parts, of which a row of the table takes one's place. */
enum part { FORM, SERIAL, BUS, PINS, COUNT, REST, N_PARTS };

static const char *const good[N_PARTS] = {
	[FORM] = "form: QSFP-DD\n",
	[SERIAL] = "serial_number: FX-1\n",
	[BUS] = "bus: {device: /dev/i2c-1, clock: 400 kHz}\n",
	[PINS] = "pins:\n"
		 "  ResetL: {chip: a, line: 0}\n"
		 "  LPMode: {chip: a, line: 1}\n"
		 "  ModSelL: {chip: a, line: 2}\n"
		 "  ModPrsL: {chip: a, line: 3}\n"
		 "  IntL: {chip: a, line: 4, pull: up}\n",
	[COUNT] = "insertions: {file: n.count}\n",
	[REST] = "",
};

#define OSFP "form: OSFP\n"
#define SOME_PINS                                                                                  \
	"pins:\n  ResetL: {chip: a, line: 0}\n  LPMode: {chip: a, line: 1}\n"                      \
	"  ModSelL: {chip: a, line: 2}\n  ModPrsL: {chip: a, line: 3}\n"
#define OSFP_PINS "pins: {RSTn: {chip: a, line: 0}, LPWn: {chip: a, line: 1}}\n"

static const struct {
	enum part part;
	const char *text;
	const char *says; /* after the file's name */
} bad[] = {
	{FORM, "", "1: key \"form\" is missing"},
	{FORM, "form: SFP\n", "1: form: expected QSFP-DD or OSFP, found \"SFP\""},
	{FORM, "form: [QSFP-DD]\n", "1: form: expected a"},
	{SERIAL, "", "1: key \"serial_number\" is missing"},
	{SERIAL, "serial_number: FX 1\n",
         "2: serial_number: expected 1 to 24 printable characters without blanks, found \"FX 1\""},
	{SERIAL, "serial_number: ABCDEFGHIJKLMNOPQRSTUVWXY\n",
         "2: serial_number: expected 1 to 24"},
	{SERIAL, "serial_number: {}\n",
         "2: serial_number: expected a text, or a map with \"eeprom\" or \"file\""},
	{SERIAL, "serial_number: {file: ''}\n", "2: file: expected a text, found an empty one"},
	{SERIAL, "serial_number: {file: a, offset: 3}\n", "2: key \"offset\" is not known"},
	{SERIAL, "serial_number: {eeprom: 0x50}\n", "2: eeprom: address 0x50 is the module's"},
	{SERIAL, "serial_number: {eeprom: 0x80}\n",
         "2: eeprom: expected a whole number from 8 to 119"},
	{SERIAL, "serial_number: {eeprom: 0x57, offset_bytes: 3}\n", "2: offset_bytes: expected"},
	{SERIAL, "serial_number: {eeprom: 0x57, offset: 193}\n", "2: offset: expected"},
	{SERIAL, "serial_number: {eeprom: 0x57, before_multiplexer: true}\n",
         "2: before_multiplexer: the bus has no multiplexer"},
	{SERIAL, "serial_number: {eeprom: 0x57, page: 8}\n", "2: key \"page\" is not known"},
	{BUS, "", "1: key \"bus\" is missing"},
	{BUS, "bus: /dev/i2c-1\n", "3: bus: expected a map"},
	{BUS, "bus: {clock: 400 kHz}\n",
         "3: bus: expected either \"device\" (as /dev/i2c-1), \"adapter\""},
	{BUS, "bus: {device: /dev/i2c-1, adapter: x, clock: 400 kHz}\n", "3: bus: expected either"},
	{BUS, "bus: {device: i2c-1, clock: 400 kHz}\n",
         "3: device: \"i2c-1\" is not a path as /dev/i2c-1"},
	{BUS, "bus: {adapter: '', clock: 400 kHz}\n", "3: adapter: expected a text"},
	{BUS, "bus: {device: /dev/i2c-1}\n", "3: key \"clock\" is missing"},
	{BUS, "bus: {device: /dev/i2c-1, clock: 400}\n", "3: clock: "},
	{BUS, "bus: {device: /dev/i2c-1, clock: 3.4 MHz}\n",
         "3: clock: expected a frequency from 10 kHz to 1 MHz"},
	{BUS, "bus: {device: /dev/i2c-1, clock: 400 kHz, speed: 1}\n",
         "3: key \"speed\" is not known"},
	{BUS,
         "bus: {device: /dev/i2c-1, clock: 400 kHz, multiplexer: {address: 0x50, channel: 0}}\n",
         "3: address: expected a whole number from 112 to 119"},
	{BUS,
         "bus: {device: /dev/i2c-1, clock: 400 kHz, multiplexer: {address: 0x70, channel: 8}}\n",
         "3: channel: expected a whole number from 0 to 7"},
	{BUS, "bus: {device: /dev/i2c-1, clock: 400 kHz, multiplexer: {address: 0x70}}\n",
         "3: key \"channel\" is missing"},
	{BUS, "bus: {device: /dev/i2c-1, clock: 400 kHz, shared: yes}\n",
         "3: shared: expected true or"},
	{BUS, "bus: {device: /dev/i2c-1, clock: 400 kHz, select_setup: 1 s}\n",
         "3: select_setup: expected a time from 0 s to 100 ms"},
	{BUS, "bus: {bridge: b, clock: 400 kHz}\n", "3: bridge: \"b\" is none of \"bridges\""},
	{BUS, "bus: {bridge: b, device: /dev/i2c-1, clock: 400 kHz}\n", "3: bus: expected either"},
	{REST, "bridges: {b: {model: FT232}}\n",
         "11: model: expected CP2112 or MCP2221A, found \"FT232\""},
	{REST, "bridges: {b: {serial_number: 1}}\n", "11: key \"model\" is missing"},
	{REST, "bridges: {b: {model: CP2112, port: usb1}}\n",
         "11: port: expected a USB port as 1-2.3"},
	{REST, "bridges: {b: {model: CP2112, speed: 1}}\n", "11: key \"speed\" is not known"},
	{REST, "bridges:\n  a: {model: CP2112, port: 1-1}\n  b: {model: CP2112}\n",
         "13: b may be the same CP2112 as a"},
	{REST, "bridges: [b]\n", "11: bridges: expected a map"},
	{PINS, "", "1: key \"pins\" is missing"},
	{PINS, SOME_PINS, "5: key \"IntL\" is missing"},
	{PINS, SOME_PINS "  IntL: 4\n", "9: IntL: expected a map"},
	{PINS, SOME_PINS "  IntL: {line: 4}\n", "9: key \"chip\" is missing"},
	{PINS, SOME_PINS "  IntL: {chip: a}\n", "9: key \"line\" is missing"},
	{PINS, SOME_PINS "  IntL: {chip: a, line: ''}\n", "9: line: expected a text"},
	{PINS, SOME_PINS "  IntL: {chip: a, line: 4, active: yes}\n",
         "9: active: expected high or low, found \"yes\""},
	{PINS, SOME_PINS "  IntL: {chip: a, line: 4, pull: sideways}\n",
         "9: pull: expected up or down or none, found \"sideways\""},
	{PINS, SOME_PINS "  IntL: {chip: a, line: 4, drive: open-drain}\n",
         "9: key \"drive\" is not known"},
	{PINS, SOME_PINS "  IntL: {chip: a, line: 2}\n",
         "9: IntL: line 2 of chip a is ModSelL already"},
	{PINS, SOME_PINS "  IntL: {chip: a, line: 4}\n  Reset: {chip: a, line: 5}\n",
         "10: key \"Reset\" is not known"},
	{REST, "start: {chip: a, line: 4}\n", "11: Start: line 4 of chip a is IntL already"},
	{REST, "tower: {purple: {chip: a, line: 9}}\n", "11: key \"purple\" is not known"},
	{REST, "lid: open\n", "11: lid: expected a map"},
	{COUNT, "", "1: key \"insertions\" is missing"},
	{COUNT, "insertions: {limit: 3}\n", "10: key \"file\" is missing"},
	{COUNT, "insertions: {file: a, limit: 0}\n", "10: limit: expected a whole number from 1"},
	{REST, "inserts: {file: a}\n", "11: key \"inserts\" is not known"},
	{REST, "lines: {}\n", "11: key \"lines\" is not known"},
	{FORM, OSFP, "5: key \"RSTn\" is missing"},
};

static char *assemble(enum part part, const char *text)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < N_PARTS; i++)
		g_string_append(all, i == part ? text : good[i]);
	return g_string_free(all, FALSE);
}

static void assert_refused(const char *text, const char *says)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	struct board_file *file = load(text, &path, &error);
	g_autofree char *expected = g_strdup_printf("%s:%s", path, says);

	g_assert_null(file);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_test_message("%s", error->message);
	if (!g_str_has_prefix(error->message, expected))
		g_error("expected \"%s\", got \"%s\"", expected, error->message);
}

static void test_bad(void)
{
	g_autofree char *right = assemble(N_PARTS, NULL);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(board_file) file = load(right, &path, &error);

	g_assert_no_error(error);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = assemble(bad[i].part, bad[i].text);

		assert_refused(text, bad[i].says);
	}
}

static void test_bad_osfp(void)
{
	static const struct {
		const char *rest;
		const char *says;
	} rows[] = {
		{"", "1: key \"lines\" is missing"},
		{"lines: {INT/RSTn: {adc: x, channel: 0}}\n", "5: key \"LPWn/PRSn\" is missing"},
		{"lines: {INT/RSTn: {}}\n",
	         "5: INT/RSTn: expected \"adc\" and \"channel\", or \"low\" and \"high\""},
		{"lines: {INT/RSTn: {adc: x}}\n", "5: key \"channel\" is missing"},
		{"lines: {INT/RSTn: {adc: x, channel: 64}}\n", "5: channel: expected"},
		{"lines: {INT/RSTn: {adc: x, channel: 0, divider: 0.5}}\n", "5: divider: expected"},
		{"lines: {INT/RSTn: {low: {chip: a, line: 3}}}\n", "5: key \"high\" is missing"},
		{"lines: {INT/RSTn: {low: {chip: a, line: 1}}}\n",
	         "5: INT/RSTn low: line 1 of chip a is LPWn already"},
		{"lines: {INT/RSTn: {adc: x, channel: 0, low: {chip: a, line: 3}}}\n",
	         "5: key \"low\" is not known"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
			g_strconcat(OSFP, good[SERIAL], good[BUS], OSFP_PINS, rows[i].rest, NULL);

		assert_refused(text, rows[i].says);
	}
	assert_refused(OSFP "serial_number: FX-1\n"
	                    "bus: {device: /dev/i2c-1, clock: 1 MHz, shared: true}\n" OSFP_PINS,
	               "3: shared: an OSFP module has no select pin");
}

static void test_names_of_files(void)
{
	g_autofree char *text = assemble(SERIAL, "serial_number: {file: id.txt}\n");
	g_autofree char *path = NULL;
	g_autofree char *folder = NULL;
	g_autofree char *expected = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(board_file) file = load(text, &path, &error);

	g_assert_no_error(error);
	folder = g_path_get_dirname(path);
	expected = g_build_filename(folder, "id.txt", NULL);
	g_assert_cmpstr(file->serial_file, ==, expected);
	g_clear_pointer(&expected, g_free);
	expected = g_build_filename(folder, "n.count", NULL);
	g_assert_cmpstr(file->count_file, ==, expected);
	g_assert_null(board_file_load("/nonexistent/board.yaml", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/board-file/qsfp-dd", test_pair);
	g_test_add_func("/fixtures/board-file/osfp", test_osfp);
	g_test_add_func("/fixtures/board-file/bridges", test_bridges);
	g_test_add_func("/fixtures/board-file/bad", test_bad);
	g_test_add_func("/fixtures/board-file/bad-osfp", test_bad_osfp);
	g_test_add_func("/fixtures/board-file/names-of-files", test_names_of_files);
	return g_test_run();
}

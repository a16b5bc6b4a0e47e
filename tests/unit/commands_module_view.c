/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/commands.h"
#include "station/commands/flag_meaning.h"
#include "station/commands/module_view.h"

#include <string.h>

static void test_lanes(void)
{
	static const struct {
		guint32 bits;
		const char *text;
	} rows[] = {
		{0, ""},          {0x01, "1"},           {0xFF, "1-8"},
		{0x0D, "1, 3-4"}, {0x80000001, "1, 32"}, {0xFFFFFFFF, "1-32"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = unit_lanes_text(rows[i].bits);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void test_bytes(void)
{
	static const char *const same[] = {"1950af", "19 50 AF", "0x19 0x50 0xaf", "19,50,af"};
	static const char *const bad[] = {"", "1", "19 5", "xy", "0x", "19 50 g0"};

	for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
		g_autoptr(GByteArray) bytes = unit_bytes(same[i], NULL);
		g_assert_nonnull(bytes);
		g_assert_cmpmem(bytes->data, bytes->len, "\x19\x50\xaf", 3);
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(unit_bytes(bad[i], &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	}
}

static void test_places(void)
{
	static const struct {
		const char *text;
		gint64 address; /* -1: is refused */
	} rows[] = {
		{"11h:154", CMIS_ADDRESS(0, 0x11, 154)},
		{"11:154", CMIS_ADDRESS(0, 0x11, 154)},
		{"0xB0:128", CMIS_ADDRESS(0, 0xB0, 128)},
		{"1/11h:255", CMIS_ADDRESS(1, 0x11, 255)},
		{"lower:26", 26},
		{"00h:26", 26},
		{"00h:129", CMIS_ADDRESS(0, 0, 129)},
		{"lane.tx_power", CMIS_ADDRESS(0, 0x11, 154)},
		{"11h:26", -1},
		{"lower:128", -1},
		{"11h:256", -1},
		{"16/11h:154", -1},
		{"x/11h:154", -1},
		{"111h:154", -1},
		{":154", -1},
		{"11h:", -1},
		{"11h:1/2", -1},
		{"lane.tx_pwer", -1},
	};
	const struct unit_call unit = {0};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct unit_target target;
		g_autoptr(GError) error = NULL;
		gboolean ok = unit_target(&unit, rows[i].text, &target, &error);

		g_assert_true(ok == (rows[i].address >= 0));
		if (ok)
			g_assert_cmphex(target.address, ==, (guint64)rows[i].address);
		else
			g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	}
}

/* Each flag of the map is explained, and each explanation is some flag's. */
static void test_flags(void)
{
	guint n, n_flags = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	for (guint i = 0; i < n; i++) {
		const struct flag_meaning *meaning = flag_meaning(fields[i].name);

		g_assert_true(g_str_has_prefix(fields[i].name, "flag.") == (meaning != NULL));
		n_flags += meaning != NULL;
		if (meaning)
			g_assert_true(*meaning->means && *meaning->look_at);
	}
	g_assert_cmpuint(n_flags, >, 30);
	g_assert_cmpstr(flag_meaning("flag.tx_power.low_alarm")->name, ==, "flag.tx_power.low");
	g_assert_null(flag_meaning("lane.tx_power"));
}

/* Powers are in dBm but for those of the supply; codes and levels in words. */
static void test_values(void)
{
	g_autoptr(module_image) image = module_image_new();
	const guint8 start[3] = {0x18, 0x52, 0}, state = 0x06, class = 0xA0, most = 36;
	const guint8 power[16] = {0x27, 0x10};

	module_image_put(image, 0, start, sizeof start);
	module_image_put(image, 3, &state, 1);
	module_image_put(image, CMIS_ADDRESS(0, 0x00, 200), &class, 1);
	module_image_put(image, CMIS_ADDRESS(0, 0x00, 201), &most, 1);
	module_image_put(image, CMIS_ADDRESS(0, 0x11, 154), power, sizeof power);
	g_autoptr(image_decoded) decoded = image_decode(image);
	static const struct {
		const char *name;
		guint lane;
		const char *shown;
	} rows[] = {
		{"module.state", 0, "ModuleReady"}, {"power.maximum", 0, "9 W"},
		{"power.class", 0, "class 6"},      {"lane.tx_power", 1, "0 dBm"},
		{"lane.tx_power", 2, "no light"},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct image_field *field = unit_field(decoded, rows[i].name);
		g_assert_nonnull(field);
		g_auto(shell_value) value =
			unit_value(field, &field->values[rows[i].lane ? rows[i].lane - 1 : 0]);
		g_autofree char *shown = shell_value_show(&value);
		g_assert_cmpstr(shown, ==, rows[i].shown);
	}
	gint64 raw = 0;
	g_assert_true(unit_raw(decoded, "lane.tx_power", 1, &raw));
	g_assert_cmpint(raw, ==, 10000);
	g_assert_false(unit_raw(decoded, "lane.tx_power", 9, &raw));
	g_assert_false(unit_raw(decoded, "lane.tx_bias", 1, &raw));
}

/* Lines with a password are kept nowhere, wherever in them it stands. */
static void test_secret(void)
{
	static const struct {
		const char *line;
		gboolean is_secret;
	} rows[] = {
		{"module password 00001011", TRUE},
		{"  module   password 00001011", TRUE},
		{"module up; module password 00001011; module firmware", TRUE},
		{"repeat 2 'module\tpassword 00001011'", TRUE},
		{"\"module\" 'password' 00001011", TRUE},
		{"time module password\n", TRUE},
		{"module up", FALSE},
		{"help module", FALSE},
		{"print password", FALSE},
		{"module read password.entry", FALSE},
		{"", FALSE},
	};
	struct shell_world world = {.commands = shell_commands, .station_id = "S"};
	struct shell *shell = shell_new(&world);
	guint n = 0;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_true(shell_is_secret(shell, rows[i].line) == rows[i].is_secret);
		shell_remember(shell, rows[i].line);
		n += !rows[i].is_secret;
	}
	g_assert_cmpuint(shell_history(shell)->len, ==, n);
	shell_free(shell);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/commands/module-view/lanes", test_lanes);
	g_test_add_func("/commands/module-view/bytes", test_bytes);
	g_test_add_func("/commands/module-view/places", test_places);
	g_test_add_func("/commands/module-view/flags", test_flags);
	g_test_add_func("/commands/module-view/values", test_values);
	g_test_add_func("/commands/module-view/secret", test_secret);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/lot_run.h"

/*
 * A DR4 module through `station --lot`, from the lot file to the verdict, by libgpiod, i2c-dev,
 * libusb and libserialport: firmware, calibration over temperature, final test, record.
 */

/* A slow machine must keep pace. */
#define TIME_SCALE 100.0

#define UNIT "KRN00001"

/* While the station has the lines: those that nobody has are where resistors pull them. */
static void hear(struct whole_site *site, const char *event, const char *what, void *data)
{
	guint *ends = data;

	if (!g_str_equal(event, "run-end"))
		return;
	whole_site_assert_safe(site);
	++*ends;
}

/* The shipped plan, but that its final test is at one of its corners; and a firmware to be had. */
static void shorten_plan(struct whole_site *site)
{
	static const char *const corners = "at: [25C 3.300V, 0C 3.135V, 70C 3.465V]";
	g_autofree char *path =
		g_build_filename(g_getenv("STATION_SRC"), "station/plans/400g.yaml", NULL);
	g_autofree char *shipped = NULL;
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, &shipped, NULL, &error);
	g_assert_no_error(error);
	g_autoptr(GString) text = g_string_new(shipped);
	g_assert_cmpuint(g_string_replace(text, corners, "at: [70C 3.465V]", 0), ==, 1);
	whole_site_write(site, "unit.yaml", text->str);
	whole_site_change(site, "plan: 400g.yaml", "plan: unit.yaml");
	whole_site_change(site, "knobs: vb-qdd-dr4.yaml\n",
	                  "knobs: vb-qdd-dr4.yaml\n    firmware: {accept: [\"1.4\"]}\n");
}

static gboolean is_good(struct whole_site *site, const char *serial)
{
	g_autofree char *request =
		g_strdup_printf("{\"command\": \"truth\", \"unit\": \"%s\"}", serial);
	g_autoptr(JsonNode) truth = whole_site_ask(site, request);

	return json_object_get_boolean_member(json_node_get_object(truth), "good");
}

static JsonObject *find(JsonNode *record, const char *list, const char *member, const char *value)
{
	JsonArray *all = json_object_get_array_member(json_node_get_object(record), list);

	for (guint i = 0; i < json_array_get_length(all); i++) {
		JsonObject *it = json_array_get_object_element(all, i);
		if (g_str_equal(json_object_get_string_member(it, member), value))
			return it;
	}
	g_error("no %s with %s %s in the record", list, member, value);
}

static void assert_instrument(JsonNode *record, const char *name, const char *model,
                              const char *serial, const char *resource)
{
	JsonObject *it = find(record, "instruments", "name", name);

	g_assert_cmpstr(json_object_get_string_member(it, "model"), ==, model);
	g_assert_cmpstr(json_object_get_string_member(it, "serial"), ==, serial);
	g_assert_cmpstr(json_object_get_string_member(it, "resource"), ==, resource);
}

/* Of every part of a whole unit something: that the last of them is there says it went all the way.
 */
static void assert_whole(JsonNode *record)
{
	static const char *const measured[] =
		{"firmware_accepted", "cal_temp_residual",    "constants_kept", "module_power",
	         "tx_tdecq",          "tx_eye_height_middle", "tx_off",         "rx_sensitivity",
	         "los_hysteresis",    "rx_monitor_error"};

	for (guint i = 0; i < G_N_ELEMENTS(measured); i++)
		find(record, "measurements", "id", measured[i]);
	find(record, "constants", "knob", "temp_offset");
	find(record, "eyes", "kind", "equalised");
}

static void assert_record(struct whole_site *site)
{
	g_autoptr(JsonNode) record = lot_record(site, UNIT);

	g_assert_cmpstr(json_object_get_string_member(json_node_get_object(record), "verdict"), ==,
	                "PASS");
	g_assert_true(is_good(site, UNIT));
	assert_instrument(record, "meter1", "N7745A", "DE50200101", WHOLE_SITE_METER_AT);
	assert_instrument(record, "thermal1", "TEC-1091", "101", WHOLE_SITE_HEAD_AT);
	assert_whole(record);
}

static void test_good(void)
{
	static const char *const lot[] = {UNIT, NULL};
	guint ends = 0;

	if (whole_site_missing())
		return;
	struct whole_site *site = whole_site_new(WHOLE_SITE_LINES, TIME_SCALE);
	shorten_plan(site);
	int status = lot_run(site, lot, hear, &ends);
	assert_record(site);
	g_assert_cmpint(status, ==, 0);
	g_assert_cmpuint(ends, ==, 1);
	whole_site_assert_safe(site);
	g_test_message("%u transfers with the module",
	               site_board_transfers(whole_site_board(site)));
	whole_site_free(site);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/whole-unit/good", test_good);
	return g_test_run();
}

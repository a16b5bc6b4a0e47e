/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/model_set.h"

#include <string.h>

/* Rows of models from files. */

#define NEEDED "models:\n  - name: xr4\n    like: fr4\n    part_number: VB-X\n    type: 400G-XR4\n"

static void test_whole(void)
{
	static const char text[] =
		"models:\n"
		"  - name: x2\n"
		"    like: osfp-dr4\n"
		"    part_number: VB-OSFP-X2\n"
		"    type: 200G-X2\n"
		"    form: QSFP-DD\n"
		"    wdm: true\n"
		"    multimode: false\n"
		"    transmitter: eml-cooled\n"
		"    rssi: quadratic\n"
		"    rx_in_oma: true\n"
		"    lanes: 2\n"
		"    host_lanes: 4\n"
		"    wavelengths: [1304.5 nm, 1317.5 nm]\n"
		"    reach: 1.5 km\n"
		"    media_type: 0x02\n"
		"    connector: 0x07\n"
		"    technology: 0x06\n"
		"    max_power: 7.25 W\n"
		"    applications:\n"
		"      - {host_id: 0x0f, media_id: 0x19, host_lanes: 4, media_lanes: 2,\n"
		"         starts: 0x01, media_starts: 0x03}\n";
	g_autoptr(model_set) set = model_set_new();
	g_autoptr(GError) error = NULL;

	model_set_load_text(set, text, "text", &error);
	g_assert_no_error(error);
	const struct world_model *row = model_set_find(set, "x2", NULL);
	g_assert_nonnull(row);
	g_assert_true(world_model_origin(row) == world_model_find("osfp-dr4"));
	g_assert_cmpstr(row->part_number, ==, "VB-OSFP-X2");
	g_assert_cmpstr(row->type, ==, "200G-X2");
	g_assert_true(!row->osfp && row->wdm && !row->multimode && row->rx_in_oma);
	g_assert_cmpint(row->transmitter, ==, MODEL_EML_COOLED);
	g_assert_cmpint(row->rssi, ==, MODEL_RSSI_QUADRATIC);
	g_assert_cmpuint(row->n_lanes, ==, 2);
	g_assert_cmpuint(row->n_host_lanes, ==, 4);
	g_assert_cmpfloat(row->wavelength_m[1], ==, 1317.5e-9);
	g_assert_cmpfloat(row->reach_m, ==, 1500);
	g_assert_cmpuint(row->connector, ==, 7);
	g_assert_cmpuint(row->max_power_quarter_w, ==, 29);
	g_assert_cmpuint(row->applications[0].lanes, ==, 0x42);
	g_assert_cmpuint(row->applications[0].media_starts, ==, 3);
	g_assert_cmpuint(row->applications[1].host_id, ==, 0);
	/* behind the program's own */
	guint i = 0;
	for (; model_set_at(set, i) != row; i++)
		g_assert_true(model_set_at(set, i) == world_model_at(i));
	g_assert_null(model_set_at(set, i + 1));
}

/* What is left out is as in the row it is like. */
static void test_short(void)
{
	g_autoptr(model_set) set = model_set_new();
	const struct world_model *fr4 = world_model_find("fr4");

	g_assert_true(model_set_load_text(set, NEEDED, "text", NULL));
	const struct world_model *row = model_set_find(set, "xr4", NULL);
	g_assert_true(row->wdm);
	g_assert_cmpfloat(row->reach_m, ==, fr4->reach_m);
	g_assert_cmpmem(row->applications, sizeof row->applications, fr4->applications,
	                sizeof fr4->applications);
	g_assert_true(world_model_origin(row) == fr4);
	g_assert_true(world_model_origin(fr4) == fr4);
	g_assert_true(world_model_fits(row, fr4));
}

/* Each is refused with the line, and leaves the set as it was. */
static void test_refused(void)
{
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{"rows: []\n", "text:1: "},
		{"models: 3\n", "text:1: models: "},
		{"models: [3]\n", "text:1: models: expected a map"},
		{"models:\n  - name: x\n    like: fr4\n    type: t\n", "part_number"},
		{"models:\n  - name: x\n    like: fr5\n    part_number: P\n    type: t\n",
	         "text:3: the program has no model fr5"},
		{"models:\n  - name: fr4\n    like: fr4\n    part_number: P\n    type: t\n",
	         "text:2: there is a model fr4"},
		{"models:\n  - name: X y\n    like: fr4\n    part_number: P\n    type: t\n",
	         "text:2: name: "},
		{NEEDED "  - name: xr4\n    like: fr4\n    part_number: P\n    type: t\n",
	         "text:6: there is a model xr4"},
		{NEEDED "    colour: red\n", "text:6: "},
		{NEEDED "    form: SFP\n", "text:6: form: expected one of: QSFP-DD, OSFP"},
		{NEEDED "    transmitter: led\n", "text:6: transmitter: "},
		{NEEDED "    transmitter: vcsel\n", "a VCSEL goes with multimode"},
		{NEEDED "    wavelengths: [1271 nm]\n", "text:6: wavelengths: expected 4"},
		{NEEDED "    wavelengths: [1271 nm, 1291 nm, 1291 nm, 1331 nm]\n", "text:6: "},
		{NEEDED "    wavelengths: [1271 nm, 1291 nm, 1311 nm, 2 um]\n", "1650 nm"},
		{NEEDED "    wavelengths: [1, 2, 3, 4]\n", "text:6: "},
		{NEEDED "    lanes: 5\n", "text:6: lanes: "},
		{NEEDED "    lanes: 2\n", "host_lanes: expected"},
		{NEEDED "    host_lanes: 4\n", "applications are missing"},
		{NEEDED "    reach: 11 km\n", "text:6: reach: "},
		{NEEDED "    max_power: 7.3 W\n", "text:6: max_power: "},
		{NEEDED "    connector: 256\n", "text:6: connector: "},
		{NEEDED "    applications: []\n", "text:6: applications: expected 1 to 8"},
		{NEEDED "    applications:\n      - {host_id: 0x11}\n", "text:7: "},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(model_set) set = model_set_new();
		g_autoptr(GError) error = NULL;
		g_assert_false(model_set_load_text(set, rows[i].text, "text", &error));
		g_test_message("%s", error->message);
		g_assert_true(g_str_has_prefix(error->message, "text:"));
		g_assert_nonnull(strstr(error->message, rows[i].says));
		g_assert_null(model_set_find(set, "xr4", NULL));
	}
}

static void test_find(void)
{
	g_autoptr(model_set) set = model_set_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(model_set_find(set, "lr4-10", NULL) == world_model_find("lr4-10"));
	g_assert_null(model_set_find(set, "lr4-1O", &error));
	g_assert_nonnull(strstr(error->message, "did you mean lr4-10?"));
	g_assert_false(model_set_load(set, "/nowhere/models.yaml", NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bench/models/whole", test_whole);
	g_test_add_func("/bench/models/short", test_short);
	g_test_add_func("/bench/models/refused", test_refused);
	g_test_add_func("/bench/models/find", test_find);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/type.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static struct optical_type *load(const char *name)
{
	g_autofree char *file = optical_type_file(name);
	g_autofree char *path = g_build_filename(g_getenv("STATION_SRC"), "station", file, NULL);
	GError *error = NULL;
	struct optical_type *type = optical_type_load(path, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(type->name, ==, name);
	return type;
}

static void test_shipped(void)
{
	static const struct {
		const char *name;
		guint n_lanes;
		gboolean wdm, tdecq_by_fibre;
		enum type_fibre fibre;
		double reach_m;
		guint8 media_id;
	} rows[] = {
		{"400GBASE-SR4", 4, FALSE, FALSE, TYPE_MMF, 100, 0x11},
		{"400GBASE-DR4", 4, FALSE, TRUE, TYPE_SMF, 500, 0x1c},
		{"400GBASE-FR4", 4, TRUE, TRUE, TYPE_SMF, 2000, 0x1d},
		{"400GBASE-LR4-6", 4, TRUE, TRUE, TYPE_SMF, 6000, 0x43},
		{"400G-LR4-10", 4, TRUE, TRUE, TYPE_SMF, 10000, 0x1e},
		{"800GBASE-DR8", 8, FALSE, TRUE, TYPE_SMF, 500, 0x56},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(optical_type) type = load(rows[i].name);
		const struct type_application *first =
			&g_array_index(type->applications, struct type_application, 0);

		g_assert_cmpuint(type->n_lanes, ==, rows[i].n_lanes);
		g_assert_cmpint(type->wdm, ==, rows[i].wdm);
		g_assert_cmpint(type->tdecq_by_fibre, ==, rows[i].tdecq_by_fibre);
		g_assert_cmpint(type->fibre, ==, rows[i].fibre);
		g_assert_cmpint(type->media_type, ==, rows[i].fibre == TYPE_MMF ? 1 : 2);
		g_assert_cmpfloat(type->reach_m, ==, rows[i].reach_m);
		g_assert_cmpuint(first->media_id, ==, rows[i].media_id);
		g_assert_cmpuint(first->media_lanes, ==, rows[i].n_lanes);
		g_assert_cmpfloat(type->symbol_rate_bd, ==, 53.125e9);
		g_assert_cmpfloat(type->bandwidth_hz, ==, 26.5625e9);
		g_assert_cmpfloat(type->tdecq_bandwidth_hz, <=, type->bandwidth_hz);
		g_assert_cmpint(type->tdecq_bandwidth_hz < type->bandwidth_hz, !=,
		                type->tdecq_by_fibre);
		g_assert_cmpuint(strlen(type->sha256), ==, 64);
		g_assert_nonnull(type->rx_damage_source);
	}
}

/* Wavelengths of a fibre that lanes share rise by the 20 nm of CWDM; else they are all the same. */
static void test_wavelengths(void)
{
	g_autoptr(optical_type) parallel = load("800GBASE-DR8"), shared = load("400G-LR4-10");

	for (guint i = 1; i < parallel->n_lanes; i++)
		g_assert_cmpfloat(parallel->wavelength_m[i], ==, parallel->wavelength_m[0]);
	for (guint i = 1; i < shared->n_lanes; i++)
		g_assert_cmpfloat_with_epsilon(shared->wavelength_m[i] -
		                                       shared->wavelength_m[i - 1],
		                               20e-9, 1e-12);
	/* one is known to be unknown */
	g_assert_true(isnan(shared->stressed_oma_dbm));
}

static const char small[] = "type: T\nlanes: 2\nmedium: parallel\nfibre: MMF\nconnector: LC\n"
			    "media_type: 0x01\nreach: 100 m\nsymbol_rate: 50 GBd\n"
			    "wavelengths: [850 nm, 851 nm]\nreceiver_bandwidth: 25 GHz\n"
			    "tdecq:\n  by: bandwidth\n  bandwidth: 20 GHz\n  pattern: SSPRQ\n"
			    "  taps: 9\n  max_precursors: 3\n  main_tap_min: 0.8\n"
			    "  target_ser: 4.8e-4\n"
			    "receiver: {ber_limit: 2.4e-4, secq: 4 dB}\n"
			    "applications:\n"
			    "  - {name: A, host_id: 1, media_id: 0x11, host_lanes: 4, "
			    "media_lanes: 2}\n";

static struct optical_type *load_text(const char *text, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("type-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "t.yaml", NULL);
	struct optical_type *type;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	type = optical_type_load(path, error);
	g_unlink(path);
	g_rmdir(folder);
	return type;
}

static void test_fields(void)
{
	GError *error = NULL;
	g_autoptr(optical_type) type = load_text(small, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(type->n_lanes, ==, 2);
	g_assert_cmpfloat_with_epsilon(type->wavelength_m[1], 851e-9, 1e-15);
	g_assert_cmpfloat(type->tdecq_bandwidth_hz, ==, 20e9);
	g_assert_cmpuint(type->taps, ==, 9);
	g_assert_cmpuint(type->max_precursors, ==, 3);
	g_assert_cmpfloat(type->secq_db, ==, 4);
	g_assert_true(isnan(type->rx_damage_dbm));
	g_assert_null(type->rx_damage_source);
	g_assert_null(type->note);
}

static void test_refused(void)
{
	static const struct {
		const char *a, *b, *says;
	} bad[] = {
		{"type: T", "type: \"\"", "type must not be empty"},
		{"lanes: 2", "lanes: 3", "2 wavelengths for 3 lanes"},
		{"lanes: 2", "lanes: 9", "lanes"},
		{"medium: parallel", "medium: serial", ":3: medium is"},
		{"fibre: MMF", "fibre: POF", "\"SMF\" or \"MMF\""},
		{"850 nm", "850", "a length"},
		{"850 nm", "85 nm", "outside 800 to 1700 nm"},
		{"reach: 100 m", "reach: 0 m", "above zero"},
		{"by: bandwidth", "by: guess", "\"fibre\" or \"bandwidth\""},
		{"by: bandwidth", "by: fibre", "bandwidth"},
		{"bandwidth: 20 GHz", "bandwidth: 30 GHz", "could not stand for a fibre"},
		{"taps: 9", "taps: 17", "taps"},
		{"max_precursors: 3", "max_precursors: 9", "max_precursors"},
		{"main_tap_min: 0.8", "main_tap_min: 1.8", "between 0 and 1"},
		{"  target_ser: 4.8e-4", "  threshold_limit: 0.2\n  target_ser: 4.8e-4",
	         "from 0 to 0.05"},
		{"secq: 4 dB", "secq: 4 dB, damage: 5 dBm", "damage_source"},
		{"media_lanes: 2", "media_lanes: 3", "media_lanes"},
		{"host_id: 1", "host_id: 256", "host_id"},
		{"connector: LC\n", "connector: LC\ncolour: red\n", "colour"},
		{"connector: LC\n", "", "connector"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_auto(GStrv) parts = g_strsplit(small, bad[i].a, 2);
		g_autofree char *text = g_strconcat(parts[0], bad[i].b, parts[1], NULL);
		GError *error = NULL;

		g_assert_null(load_text(text, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, bad[i].says) || !strstr(error->message, "t.yaml:"))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        bad[i].says);
		g_clear_error(&error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/type/shipped", test_shipped);
	g_test_add_func("/type/wavelengths", test_wavelengths);
	g_test_add_func("/type/fields", test_fields);
	g_test_add_func("/type/refused", test_refused);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern.h"
#include "signal/tdecq_preset.h"
#include "station/steps/tx_path.h"

#include <math.h>

static struct optical_type *load(const char *name)
{
	g_autofree char *file = optical_type_file(name);
	g_autofree char *path = g_build_filename(g_getenv("STATION_SRC"), "station", file, NULL);
	GError *error = NULL;
	struct optical_type *type = optical_type_load(path, &error);

	g_assert_no_error(error);
	return type;
}

static void assert_same(const struct tdecq_settings *a, const struct tdecq_settings *b)
{
	g_assert_cmpuint(a->taps, ==, b->taps);
	g_assert_cmpuint(a->max_precursors, ==, b->max_precursors);
	g_assert_cmpfloat(a->main_tap_min, ==, b->main_tap_min);
	g_assert_cmpfloat(a->target_ser, ==, b->target_ser);
	g_assert_cmpfloat_with_epsilon(a->receiver_bandwidth_ui, b->receiver_bandwidth_ui, 1e-12);
	g_assert_cmpfloat_with_epsilon(a->noise_bandwidth_ui, b->noise_bandwidth_ui, 1e-12);
	g_assert_cmpint(a->adjust_thresholds, ==, b->adjust_thresholds);
	g_assert_cmpint(a->fit_centre, ==, b->fit_centre);
	g_assert_cmpfloat(a->window_offset_ui, ==, b->window_offset_ui);
}

/* A waveform analysed by itself is reckoned as at the station. */
static void test_presets(void)
{
	const struct tdecq_preset *preset;

	for (guint i = 0; (preset = tdecq_preset_at(i)); i++) {
		g_autoptr(optical_type) type = load(preset->name);
		struct tdecq_settings ours, theirs;
		enum pattern_id pattern;

		tx_path_settings(type, TX_DIRECT, &ours);
		tdecq_settings_default(&theirs);
		tdecq_preset_apply(preset, &theirs);
		assert_same(&ours, &theirs);
		g_assert_true(pattern_from_name(type->pattern, &pattern));
		g_assert_cmpint(pattern, ==, PATTERN_SSPRQ);
	}
}

/* Behind a fibre everything is as without; where a bandwidth stands for it, only that differs. */
static void test_dispersed(void)
{
	g_autoptr(optical_type) dr4 = load("400GBASE-DR4"), sr4 = load("400GBASE-SR4");
	struct tdecq_settings direct, dispersed;

	tx_path_settings(dr4, TX_DIRECT, &direct);
	tx_path_settings(dr4, TX_DISPERSED, &dispersed);
	assert_same(&direct, &dispersed);

	tx_path_settings(sr4, TX_DIRECT, &direct);
	tx_path_settings(sr4, TX_DISPERSED, &dispersed);
	g_assert_cmpfloat_with_epsilon(dispersed.receiver_bandwidth_ui, 22.4 / 53.125, 1e-12);
	dispersed.receiver_bandwidth_ui = direct.receiver_bandwidth_ui;
	assert_same(&direct, &dispersed);
	g_assert_cmpfloat(tx_path_bandwidth_hz(sr4, TX_DIRECT), ==, 26.5625e9);
	g_assert_cmpfloat(tx_path_bandwidth_hz(sr4, TX_DISPERSED), ==, 22.4e9);
}

/* Two neighbours as strong as the lane. */
static void test_leak(void)
{
	g_assert_cmpfloat(tx_path_leak_db(NAN), ==, 0);
	g_assert_cmpfloat_with_epsilon(tx_path_leak_db(28), 0.01374, 1e-5);
	g_assert_cmpfloat_with_epsilon(tx_path_leak_db(0), 4.77121, 1e-5);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/type/presets", test_presets);
	g_test_add_func("/type/dispersed", test_dispersed);
	g_test_add_func("/type/leak", test_leak);
	return g_test_run();
}

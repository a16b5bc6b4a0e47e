/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/eye.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>

static const guint8 toggling[] = {0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3};

static struct waveform *make_toggling(void)
{
	struct maker maker = {.symbols = toggling,
	                      .n_symbols = 16,
	                      .spu = 16,
	                      .level_w = {1e-3, 2e-3, 3e-3, 4e-3}};

	return maker_run(&maker);
}

static void test_density(void)
{
	g_autoptr(waveform) wave = make_toggling();
	g_autoptr(eye_density) eye = eye_density_new(wave, 255.5, 64, 40, 5.05e-3, 0.05e-3, NULL);
	guint64 total = 0;

	g_assert_nonnull(eye);
	for (gsize i = 0; i < 64 * 40; i++)
		total += eye->count[i];
	g_assert_cmpuint(total, ==, 16 * 64);
	g_assert_cmpuint(eye->outside, ==, 0);
	/* in the middle of the eye half the symbols at each level and none between */
	g_assert_cmpuint(eye->count[8 * 64 + 32], ==, 8);
	g_assert_cmpuint(eye->count[32 * 64 + 32], ==, 8);
	for (guint row = 10; row < 30; row++)
		g_assert_cmpuint(eye->count[row * 64 + 32], ==, 0);
	g_assert_cmpuint(eye->peak, ==, 8);
	/* the second symbol looks like the first */
	for (guint row = 0; row < 40; row++)
		g_assert_cmpmem(eye->count + row * 64, 32 * sizeof(guint32),
		                eye->count + row * 64 + 32, 32 * sizeof(guint32));
	/* the crossing, a quarter of the picture from the left, is passed at half power by all */
	guint between = 0;

	for (guint row = 10; row < 30; row++)
		between += eye->count[row * 64 + 15] + eye->count[row * 64 + 16];
	g_assert_cmpuint(between, ==, 32);
}

static void test_range(void)
{
	g_autoptr(waveform) wave = make_toggling();
	g_autoptr(eye_density) own = eye_density_new(wave, 0.0, 8, 8, 0.0, 0.0, NULL);
	g_autoptr(eye_density) narrow = eye_density_new(wave, 0.0, 8, 8, 2e-3, 0.5e-3, NULL);

	g_assert_cmpfloat_with_epsilon(own->top_w, 4.15e-3, 1e-9);
	g_assert_cmpfloat_with_epsilon(own->bottom_w, 0.85e-3, 1e-9);
	g_assert_cmpuint(own->outside, ==, 0);
	g_assert_cmpuint(narrow->outside, >, 16 * 8 / 3);
}

static void test_refused(void)
{
	static const struct {
		guint columns, rows;
		double start, top, bottom;
	} rows[] = {
		{7, 8, 0, 0, 0},       {9, 8, 0, 0, 0},       {8, 4, 0, 0, 0},
		{8192, 8, 0, 0, 0},    {8, 8192, 0, 0, 0},    {8, 8, (double)NAN, 0, 0},
		{8, 8, 0, 1e-3, 2e-3}, {8, 8, 0, 1e-3, 1e-3}, {8, 8, 0, (double)NAN, 0},
		{8, 8, 1e9, 0, 0},
	};
	g_autoptr(waveform) wave = make_toggling();
	g_autoptr(GError) bad = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(eye_density_new(wave, rows[i].start, rows[i].columns, rows[i].rows,
		                              rows[i].top, rows[i].bottom, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	}
	wave->power_w[77] = NAN;
	g_assert_null(eye_density_new(wave, 0.0, 8, 8, 0.0, 0.0, &bad));
	g_assert_error(bad, STATION_ERROR, STATION_ERROR_DATA);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/eye/density", test_density);
	g_test_add_func("/signal/eye/range", test_range);
	g_test_add_func("/signal/eye/refused", test_refused);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/eye.h"

#include "base/error.h"
#include "signal/equalise.h"
#include "signal/pattern.h"
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

/* A long pattern with noise: one point for each sample. */
static struct waveform *make_long(guint spu)
{
	g_autofree guint8 *symbols = pattern_first(PATTERN_SSPRQ, 20000);
	struct maker maker = {.symbols = symbols,
	                      .n_symbols = 20000,
	                      .spu = spu,
	                      .level_w = {1e-3, 2e-3, 3e-3, 4e-3},
	                      .pole_ui = 0.2,
	                      .bessel_ui = 0.5};
	struct waveform *wave = maker_run(&maker);

	maker_add_noise(wave, 0.05e-3, 8);
	return wave;
}

static double column_total(const struct eye_density *eye, guint column, double *mean_w)
{
	double total = 0.0, sum = 0.0;

	for (guint r = 0; r < eye->rows; r++) {
		double count = eye->count[r * eye->columns + column];

		total += count;
		sum += count * (eye->top_w - (r + 0.5) * (eye->top_w - eye->bottom_w) / eye->rows);
	}
	*mean_w = sum / total;
	return total;
}

/* Sum of squared distance from the average, over the symbols at one moment, by straight lines. */
static double spread_at(const struct waveform *wave, double at, double average)
{
	gsize length = waveform_length(wave);
	double sum = 0.0;

	for (gsize n = 0; n < wave->n_symbols; n++) {
		double position = at + (double)(n * wave->samples_per_symbol) + (double)length;
		gsize k = (gsize)position;
		double part = position - (double)k, a = wave->power_w[k % length],
		       value = a + part * (wave->power_w[(k + 1) % length] - a);

		sum += pow(value - average, 2.0);
	}
	return sum / (double)wave->n_symbols;
}

/* All columns get their share, for any number of samples and columns, wherever it begins. */
static void test_shares(void)
{
	static const struct {
		guint spu, columns, rows;
		double start;
	} rows[] = {{16, 128, 96, 77.3},       {16, 100, 50, 0.0},   {8, 256, 64, 159999.9},
	            {5, 64, 96, 12345.6},      {13, 26, 33, 1000.5}, {16, 1024, 8, 319990.2},
	            {16, 8, 4096, 319999.999}, {20, 16, 16, -3.7}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(waveform) wave = make_long(rows[i].spu);
		g_autoptr(eye_density) eye = eye_density_new(wave, rows[i].start, rows[i].columns,
		                                             rows[i].rows, 0.0, 0.0, NULL);
		double all = 0.0, share = 2.0 * (double)waveform_length(wave) / rows[i].columns;

		for (guint c = 0; c < rows[i].columns; c++) {
			double mean_w, total = column_total(eye, c, &mean_w);

			all += total;
			g_assert_cmpfloat_with_epsilon(total / share, 1.0, 0.01);
			g_assert_cmpfloat_with_epsilon(mean_w, 2.5e-3, 0.1e-3);
		}
		g_assert_cmpuint(eye->outside, ==, 0);
		g_assert_cmpfloat(all, ==, 2.0 * (double)waveform_length(wave));
	}
}

/* Each column shows the moment it stands for: its spread is that of all symbols there. */
static void test_moments(void)
{
	g_autoptr(waveform) wave = make_long(16);
	g_autoptr(eye_density) eye = eye_density_new(wave, 3.4, 64, 512, 0.0, 0.0, NULL);
	double height = (eye->top_w - eye->bottom_w) / eye->rows;

	for (guint c = 0; c < 32; c++) {
		double expected = 0.0, mean_w, total = column_total(eye, c, &mean_w), sum = 0.0;

		for (guint r = 0; r < eye->rows; r++)
			sum += eye->count[r * 64 + c] *
			       pow(eye->top_w - (r + 0.5) * height - 2.5e-3, 2.0);
		for (guint k = 0; k < 4; k++)
			expected += 0.25 * spread_at(wave,
			                             3.4 + ((c + 0.125 + 0.25 * k) / 32 - 0.5) * 16,
			                             2.5e-3);
		g_assert_cmpfloat_with_epsilon(sum / total / expected, 1.0, 0.03);
	}
}

static void test_range_given(void)
{
	g_autoptr(waveform) wave = make_long(16);
	g_autoptr(eye_density) eye = eye_density_new(wave, 0.0, 64, 64, 3.5e-3, 1.5e-3, NULL);
	double inside = 0.0, beyond = 0.0, length = (double)waveform_length(wave);

	for (guint i = 0; i < 64 * 64; i++)
		inside += eye->count[i];
	for (gsize k = 0; k < waveform_length(wave); k++)
		beyond += wave->power_w[k] > 3.5e-3f || wave->power_w[k] < 1.5e-3f;
	g_assert_cmpfloat(beyond / length, >, 0.2);
	g_assert_cmpfloat_with_epsilon(0.5 * (double)eye->outside / length, beyond / length, 0.01);
	g_assert_cmpfloat(inside + (double)eye->outside, ==, 2.0 * length);
}

/* All steps of the ladder draw the same picture, but for points on the line between cells. */
static void test_steps(void)
{
	static const char *const steps[] = {"plain", "avx2", "avx512"};
	g_autoptr(eye_density) first = NULL;

	for (guint spu = 5; spu <= 16; spu += 11) {
		g_autoptr(waveform) wave = make_long(spu);

		for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
			g_autoptr(eye_density) eye = NULL;
			guint64 apart = 0;

			g_setenv("STATION_KERNELS", steps[i], TRUE);
			eye = eye_density_new(wave, 31.7, 128, 96, 0.0, 0.0, NULL);
			if (i == 0) {
				g_clear_pointer(&first, eye_density_free);
				first = g_steal_pointer(&eye);
				continue;
			}
			for (guint k = 0; k < 128 * 96; k++)
				apart += (guint64)ABS((gint64)eye->count[k] -
				                      (gint64)first->count[k]);
			g_test_message("%s: %u of %u points elsewhere", steps[i], (guint)apart / 4,
			               (guint)waveform_length(wave));
			g_assert_cmpuint(apart / 4, <=, waveform_length(wave) / 10000);
		}
	}
	g_unsetenv("STATION_KERNELS");
}

/* Behind an equaliser that undoes what the neighbours do, the middle of the eye is empty. */
static void test_equalised(void)
{
	static const double taps[] = {-0.04, 1.22, -0.18};
	g_autoptr(waveform) wave = make_long(16), better = NULL;
	g_autoptr(eye_density) before = NULL, after = NULL;
	guint64 in_way[2] = {0, 0};

	better = equalise_waveform(wave, taps, 3, 1, NULL);
	before = eye_density_new(wave, 11.0, 64, 60, 5e-3, 0.0, NULL);
	after = eye_density_new(better, 11.0, 64, 60, 5e-3, 0.0, NULL);
	for (guint r = 29; r <= 30; r++) {
		in_way[0] += before->count[r * 64 + 32];
		in_way[1] += after->count[r * 64 + 32];
	}
	g_test_message("%u points between the middle levels, %u after", (guint)in_way[0],
	               (guint)in_way[1]);
	g_assert_cmpuint(2 * in_way[1], <, in_way[0]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/eye/density", test_density);
	g_test_add_func("/signal/eye/range", test_range);
	g_test_add_func("/signal/eye/refused", test_refused);
	g_test_add_func("/signal/eye/shares", test_shares);
	g_test_add_func("/signal/eye/moments", test_moments);
	g_test_add_func("/signal/eye/range-given", test_range_given);
	g_test_add_func("/signal/eye/steps", test_steps);
	g_test_add_func("/signal/eye/equalised", test_equalised);
	return g_test_run();
}

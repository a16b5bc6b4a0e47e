/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4.h"

#include "signal/pattern.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

/*
 * What is told of the uncertainty, against how far the values of many waveforms scatter that differ
 * in their noise alone.
 */
#define REPEATS 50

/* A quantity: where it is in the result. */
struct quantity {
	const char *name;
	gsize offset;
};
#define QUANTITY(member)                                                                           \
	{                                                                                          \
#member, G_STRUCT_OFFSET(struct pam4_result, member)                               \
	}

static const struct quantity all[] = {
	QUANTITY(average_power_w),   QUANTITY(level_w[0]),
	QUANTITY(level_w[1]),        QUANTITY(level_w[2]),
	QUANTITY(level_w[3]),        QUANTITY(oma_outer_w),
	QUANTITY(outer_er_db),       QUANTITY(rlm),
	QUANTITY(rise_time_s),       QUANTITY(fall_time_s),
	QUANTITY(transition_time_s), QUANTITY(overshoot),
	QUANTITY(undershoot),        QUANTITY(power_excursion_w),
	QUANTITY(rin_oma_db_hz),     QUANTITY(eye[0].height_w),
	QUANTITY(eye[1].height_w),   QUANTITY(eye[2].height_w),
	QUANTITY(eye[0].width_ui),   QUANTITY(eye[1].width_ui),
	QUANTITY(eye[2].width_ui),
};

struct sums {
	double value, square, told;
	guint n;
};

static void add(struct sums *sums, const struct pam4_result *result)
{
	for (guint q = 0; q < G_N_ELEMENTS(all); q++) {
		const struct signal_value *value =
			(const struct signal_value *)((const char *)result + all[q].offset);

		if (value->status != SIGNAL_OK || isnan(value->uncertainty))
			continue;
		sums[q].value += value->value;
		sums[q].square += value->value * value->value;
		sums[q].told += value->uncertainty;
		sums[q].n++;
	}
}

/* How many of the quantities were there; each scatters as it says. */
static guint compare(const struct sums *sums)
{
	guint there = 0;

	for (guint q = 0; q < G_N_ELEMENTS(all); q++) {
		double mean = sums[q].value / REPEATS, told = sums[q].told / REPEATS, found;

		if (sums[q].n < REPEATS)
			continue;
		found = sqrt((sums[q].square / REPEATS - mean * mean) * REPEATS / (REPEATS - 1.0));
		g_test_message("%-18s %.6g: scatters by %.3g, told %.3g, ratio %.2f", all[q].name,
		               mean, found, told, found / told);
		g_assert_cmpfloat(found, >, 0.6 * told);
		g_assert_cmpfloat(found, <, 1.6 * told);
		there++;
	}
	return there;
}

/* A short pattern with long runs, edges between them and all levels in all sequences of two. */
static guint8 *make_pattern(gsize n)
{
	static const guint8 runs[] = {0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3,
	                              0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 3, 3, 3, 3, 3};
	guint8 *symbols = pattern_first(PATTERN_PRBS13Q, n);

	memcpy(symbols, runs, sizeof(runs));
	return symbols;
}

static guint scatter(struct maker *maker, double noise_w, guint passes, gboolean with_eye)
{
	g_autofree struct pam4_result *result = g_new(struct pam4_result, 1);
	g_autoptr(waveform) clean = maker_run(maker), wave = maker_run(maker);
	struct sums sums[G_N_ELEMENTS(all)] = {0};
	struct pam4_settings settings;

	pam4_settings_default(&settings);
	settings.with_tdecq = settings.with_eye = with_eye;
	settings.eye_ser = 1e-4;
	for (guint i = 0; i < REPEATS; i++) {
		memcpy(wave->power_w, clean->power_w, waveform_length(wave) * sizeof(float));
		maker_add_noise(wave, noise_w / sqrt(passes), 1000 + i);
		wave->passes = passes;
		wave->scope_noise_w = 0.5 * noise_w;
		g_assert_true(pam4_measure(wave, maker->symbols, maker->n_symbols, &settings,
		                           result, NULL));
		add(sums, result);
	}
	return compare(sums);
}

static void test_single(void)
{
	g_autofree guint8 *symbols = make_pattern(1024);
	struct maker maker = {.symbols = symbols,
	                      .n_symbols = 1024,
	                      .spu = 16,
	                      .level_w = {0.2e-3, 0.45e-3, 0.74e-3, 1.0e-3},
	                      .pole_ui = 0.2,
	                      .bessel_ui = 0.5};

	/* all but the eyes */
	g_assert_cmpuint(scatter(&maker, 12e-6, 1, FALSE), ==, G_N_ELEMENTS(all) - 6);
}

static void test_averaged(void)
{
	g_autofree guint8 *symbols = make_pattern(1024);
	struct maker maker = {.symbols = symbols,
	                      .n_symbols = 1024,
	                      .spu = 8,
	                      .level_w = {0.2e-3, 0.47e-3, 0.73e-3, 1.0e-3},
	                      .pole_ui = 0.1,
	                      .bessel_ui = 0.5};

	g_assert_cmpuint(scatter(&maker, 20e-6, 16, FALSE), ==, G_N_ELEMENTS(all) - 6);
}

static void test_eye(void)
{
	g_autofree guint8 *symbols = make_pattern(4096);
	struct maker maker = {.symbols = symbols,
	                      .n_symbols = 4096,
	                      .spu = 8,
	                      .level_w = {0.2e-3, 0.46e-3, 0.74e-3, 1.0e-3},
	                      .pole_ui = 0.1,
	                      .bessel_ui = 0.5};

	g_assert_cmpuint(scatter(&maker, 12e-6, 4, TRUE), ==, G_N_ELEMENTS(all));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/uncertainty/single", test_single);
	g_test_add_func("/signal/uncertainty/averaged", test_averaged);
	g_test_add_func("/signal/uncertainty/eye", test_eye);
	return g_test_run();
}

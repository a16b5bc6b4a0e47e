/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/eye_opening.h"

#include "base/error.h"
#include "signal/equalise.h"
#include "base/normal.h"
#include "signal/pam4.h"
#include "signal/pattern.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

#define OMA 0.9e-3
#define SER 1e-6

static const double one_tap[] = {1.0};

struct fixture {
	guint8 *symbols;
	gsize n;
	struct waveform *wave;
	struct pam4_noise noise;
	struct eye_opening_input input;
	struct eye_opening opening[3];
};

/* A pattern that runs from level to level in straight lines, each edge_ui long (0: at once). */
static void fixture_init(struct fixture *f, enum pattern_id id, double edge_ui)
{
	guint spu = 16;

	memset(f, 0, sizeof(*f));
	f->symbols = pattern_symbols(id, &f->n, NULL);
	f->wave = waveform_new(f->n, spu, maker_baud, NULL);
	for (gsize i = 0; i < f->n * spu; i++) {
		/* the first half of a symbol may hold the end of the edge before it */
		double at = (i % spu + 0.5) / spu, here = f->symbols[i / spu], other, part;

		other = f->symbols[(i / spu + (at < 0.5 ? f->n - 1 : 1)) % f->n];
		part = fmin(at, 1.0 - at) < 0.5 * edge_ui ? 0.5 - fmin(at, 1.0 - at) / edge_ui
		                                          : 0.0;
		f->wave->power_w[i] = (float)(1e-3 + OMA / 3.0 * (here + part * (other - here)));
	}
	f->input = (struct eye_opening_input){
		.wave = f->wave,
		.levels = f->symbols,
		.noise = &f->noise,
		.start_samples = (double)f->n * spu - 0.5,
		.taps = one_tap,
		.n_taps = 1,
		.noise_gain = 1.0,
		.centre_ui = 0.5,
		.average_w = 1e-3 + 0.5 * OMA,
		.oma_w = OMA,
		.threshold_w = {1e-3 + OMA / 6.0, 1e-3 + OMA / 2.0, 1e-3 + OMA / 1.2},
		.ser = SER,
	};
}

static void fixture_clear(struct fixture *f)
{
	g_free(f->symbols);
	waveform_free(f->wave);
}

static void open_eyes(struct fixture *f)
{
	pam4_noise_measure(f->wave, f->symbols, f->input.start_samples, &f->noise);
	eye_openings(&f->input, f->opening);
	for (guint k = 0; k < 3; k++)
		g_test_message("height %.5f +- %.5f OMA, width %.4f +- %.4f UI",
		               f->opening[k].height_w.value / OMA,
		               f->opening[k].height_w.uncertainty / OMA,
		               f->opening[k].width_ui.value, f->opening[k].width_ui.uncertainty);
}

static void expect_heights(const struct fixture *f, double of_oma, double tolerance)
{
	for (guint k = 0; k < 3; k++) {
		g_assert_cmpint(f->opening[k].height_w.status, ==, SIGNAL_OK);
		g_assert_cmpfloat_with_epsilon(f->opening[k].height_w.value / OMA, of_oma,
		                               tolerance);
		g_assert_cmpfloat(fabs(f->opening[k].height_w.value / OMA - of_oma), <,
		                  5.0 * f->opening[k].height_w.uncertainty / OMA + 1e-4);
	}
}

/* Gaussian noise on ideal levels: the quantile is that of the normal distribution. */
static void test_gaussian(void)
{
	const double sigma = 0.02, scope = 0.015, z = normal_tail_inverse(SER);
	static const guint passes[] = {1, 1, 16};
	struct fixture f;

	for (guint i = 0; i < 3; i++) {
		double in_samples = hypot(sigma, i > 0 ? scope : 0.0);

		fixture_init(&f, i == 1 ? PATTERN_SSPRQ : PATTERN_PRBS13Q, 0.0);
		f.wave->passes = passes[i];
		f.wave->scope_noise_w = i > 0 ? scope * OMA : 0.0;
		maker_add_noise(f.wave, in_samples * OMA / sqrt(passes[i]), 40 + i);
		open_eyes(&f);
		expect_heights(&f, 1.0 / 3.0 - 2.0 * z * sigma, i == 1 ? 0.003 : 0.009);
		fixture_clear(&f);
	}
}

/* The equaliser's noise gain is that of the signal; what it does to independent samples is not. */
static void test_noise_gain(void)
{
	static const double taps[] = {-0.1, 1.2, -0.1};
	const double sigma = 0.004, gain = 1.05, z = normal_tail_inverse(SER * 16.0);
	struct fixture f;

	fixture_init(&f, PATTERN_SSPRQ, 0.0);
	maker_add_noise(f.wave, sigma * OMA, 50);
	f.input.taps = taps;
	f.input.n_taps = 3;
	f.input.main_tap = 1;
	f.input.noise_gain = gain;
	open_eyes(&f);
	/* worst: neighbours that both push inwards, one sequence in sixteen of each level; which
	 * the pattern has a little more or less often */
	expect_heights(&f, 1.2 / 3.0 - 0.2 - 2.0 * z * sigma * gain, 0.002);
	fixture_clear(&f);
}

/* Interference of the neighbours with hardly any noise: the worst case of it is what counts. */
static void test_interference(void)
{
	static const double taps[] = {0.93, 0.07};
	const double sigma = 1e-4, z = normal_tail_inverse(4.0 * SER);
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q, 0.0);
	maker_add_noise(f.wave, sigma * OMA, 51);
	f.input.taps = taps;
	f.input.n_taps = 2;
	f.input.main_tap = 0;
	open_eyes(&f);
	expect_heights(&f, 0.93 / 3.0 - 0.07 - 2.0 * z * sigma, 0.0005);
	fixture_clear(&f);
}

/*
 * The middle eye closes where the edge from an outermost level has three quarters of its way behind
 * it, a quarter of the edge's time after the boundary; noise takes its part over the slope.
 */
static void test_width(void)
{
	const double edge = 0.5, sigma = 0.006, z = normal_tail_inverse(4.0 * SER);
	double by_noise = z * sigma / (2.0 / 3.0 / edge);
	struct fixture f;

	fixture_init(&f, PATTERN_SSPRQ, edge);
	open_eyes(&f);
	g_assert_cmpfloat_with_epsilon(f.opening[1].width_ui.value, 1.0 - 0.5 * edge, 0.002);
	/* in the outer eyes the edge from the far side has five sixths behind it */
	g_assert_cmpfloat_with_epsilon(f.opening[0].width_ui.value, 1.0 - 2.0 * edge / 3.0, 0.002);
	g_assert_cmpfloat_with_epsilon(f.opening[2].width_ui.value, 1.0 - 2.0 * edge / 3.0, 0.002);
	maker_add_noise(f.wave, sigma * OMA, 52);
	open_eyes(&f);
	g_assert_cmpfloat_with_epsilon(f.opening[1].width_ui.value,
	                               1.0 - 0.5 * edge - 2.0 * by_noise, 0.004);
	fixture_clear(&f);
}

static void test_none(void)
{
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q, 0.0);
	maker_add_noise(f.wave, 0.05 * OMA, 53);
	open_eyes(&f);
	for (guint k = 0; k < 3; k++) {
		g_assert_cmpint(f.opening[k].height_w.status, ==, SIGNAL_EYE_CLOSED);
		g_assert_cmpint(f.opening[k].width_ui.status, ==, SIGNAL_EYE_CLOSED);
		g_assert_true(isnan(f.opening[k].height_w.value));
	}
	f.input.ser = 0.0;
	open_eyes(&f);
	g_assert_cmpint(f.opening[1].height_w.status, ==, SIGNAL_BAD_SETTING);
	fixture_clear(&f);
	fixture_init(&f, PATTERN_SQUARE, 0.0);
	open_eyes(&f);
	g_assert_cmpint(f.opening[2].height_w.status, ==, SIGNAL_NO_FEATURE);
	fixture_clear(&f);
}

/* In the whole measurement: what has no TDECQ has no eye, and an eye behind its equaliser. */
static void test_measured(void)
{
	g_autofree struct pam4_result *result = g_new(struct pam4_result, 1);
	g_autofree guint8 *symbols = NULL;
	g_autoptr(waveform) wave = NULL;
	struct pam4_settings settings;
	struct maker maker;
	gsize n;

	symbols = pattern_symbols(PATTERN_PRBS13Q, &n, NULL);
	maker = (struct maker){.symbols = symbols,
	                       .n_symbols = n,
	                       .spu = 16,
	                       .level_w = {0.2e-3, 0.5e-3, 0.8e-3, 1.1e-3},
	                       .pole_ui = 0.2,
	                       .bessel_ui = 0.5};
	wave = maker_run(&maker);
	maker_add_noise(wave, 5e-6, 1);
	pam4_settings_default(&settings);
	g_assert_true(pam4_measure(wave, symbols, n, &settings, result, NULL));
	for (guint k = 0; k < 3; k++) {
		g_assert_cmpint(result->eye[k].height_w.status, ==, SIGNAL_OK);
		g_assert_cmpfloat(result->eye[k].height_w.value, >, 0.1e-3);
		g_assert_cmpfloat(result->eye[k].height_w.value, <, 0.3e-3);
		g_assert_cmpfloat(result->eye[k].width_ui.value, >, 0.2);
		g_assert_cmpfloat(result->eye[k].threshold_w.value, ==,
		                  result->tdecq.threshold_w[k]);
	}
	g_assert_cmpfloat(result->noise_margin_w.value, ==, result->tdecq.noise_w);
	wave->filter_bandwidth_hz = 0.0;
	g_assert_true(pam4_measure(wave, symbols, n, &settings, result, NULL));
	g_assert_cmpint(result->eye[0].height_w.status, ==, SIGNAL_NOT_FILTERED);
	g_assert_cmpint(result->noise_margin_w.status, ==, SIGNAL_NOT_FILTERED);
	settings.with_eye = FALSE;
	g_assert_true(pam4_measure(wave, symbols, n, &settings, result, NULL));
	g_assert_cmpint(result->eye[0].width_ui.status, ==, SIGNAL_NOT_ASKED);
}

static void test_equalise(void)
{
	static const double taps[] = {-0.05, 1.2, -0.2, 0.05};
	g_autoptr(waveform) wave = waveform_new(300, 7, maker_baud, NULL), out = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = waveform_length(wave);

	maker_add_noise(wave, 1e-3, 7);
	wave->scope_noise_w = 1e-5;
	wave->passes = 3;
	wave->filter_bandwidth_hz = 1e9;
	out = equalise_waveform(wave, taps, 4, 1, NULL);
	for (gsize i = 0; i < length; i++) {
		double sum = 0.0;

		for (guint t = 0; t < 4; t++)
			sum += taps[t] * wave->power_w[(i + length + 7 - 7 * t) % length];
		g_assert_cmpfloat_with_epsilon(out->power_w[i], sum, 1e-9);
	}
	g_assert_cmpfloat_with_epsilon(out->scope_noise_w, 1e-5 * sqrt(1.485), 1e-12);
	g_assert_cmpuint(out->passes, ==, 3);
	g_assert_cmpfloat(out->filter_bandwidth_hz, ==, 1e9);
	g_assert_null(equalise_waveform(wave, taps, 4, 4, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_null(equalise_waveform(wave, taps, 0, 0, NULL));
	g_assert_null(equalise_waveform(wave, taps, EQUALISE_MAX_TAPS + 1, 0, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/opening/gaussian", test_gaussian);
	g_test_add_func("/signal/opening/noise-gain", test_noise_gain);
	g_test_add_func("/signal/opening/interference", test_interference);
	g_test_add_func("/signal/opening/width", test_width);
	g_test_add_func("/signal/opening/none", test_none);
	g_test_add_func("/signal/opening/measured", test_measured);
	g_test_add_func("/signal/opening/equalise", test_equalise);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4.h"

#include "base/error.h"
#include "signal/pam4_doubt.h"
#include "signal/pattern.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

/* Waveforms that have something wrong with them, and one that has not. */
static struct maker maker_of(enum pattern_id id, guint8 **symbols)
{
	gsize n = 0;

	*symbols = pattern_symbols(id, &n, NULL);
	return (struct maker){
		.symbols = *symbols,
		.n_symbols = n,
		.spu = 16,
		.level_w = {0.2e-3, 0.4e-3, 0.6e-3, 0.8e-3},
		.pole_ui = 0.2,
		.bessel_ui = 0.5,
	};
}

static void expect(const struct waveform *wave, const guint8 *symbols, gsize n,
                   enum signal_status status, const char *word)
{
	g_autofree struct pam4_result *result = g_new(struct pam4_result, 1);
	g_autoptr(GError) error = NULL;
	struct pam4_settings settings;

	pam4_settings_default(&settings);
	settings.with_tdecq = FALSE;
	g_assert_false(pam4_measure(wave, symbols, n, &settings, result, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_test_message("%s", error->message);
	g_assert_cmpint(result->status, ==, status);
	g_assert_nonnull(strstr(error->message, word));
	/* nothing of it passes for a value */
	g_assert_cmpint(result->oma_outer_w.status, !=, SIGNAL_OK);
	g_assert_cmpint(result->tdecq_db.status, !=, SIGNAL_OK);
	g_assert_true(isnan(result->eye[1].height_w.value));
}

/* Any phase and polarity, clean and noisy, is found in the long pattern with inverted copies. */
static void test_ssprq(void)
{
	g_autofree guint8 *symbols = NULL;
	struct maker maker = maker_of(PATTERN_SSPRQ, &symbols);
	double length = (double)maker.n_symbols * maker.spu, reference = 0.0;

	maker.spu = 8;
	length = (double)maker.n_symbols * maker.spu;
	for (guint i = 0; i < 8; i++) {
		g_autoptr(waveform) wave = NULL;
		struct pam4_alignment found;
		double apart;

		maker.rotate = i * 9001;
		maker.shift_ui = i / 8.0;
		wave = maker_run(&maker);
		for (gsize k = 0; i % 2 && k < waveform_length(wave); k++)
			wave->power_w[k] = 1e-3f - wave->power_w[k];
		maker_add_noise(wave, i < 4 ? 1e-6 : 40e-6, i);
		g_assert_true(pam4_align(wave, symbols, maker.n_symbols, &found, NULL));
		g_assert_cmpint(found.inverted, ==, i % 2);
		g_assert_cmpfloat(found.correlation, >, i < 4 ? 0.98 : 0.95);
		g_assert_cmpfloat_with_epsilon(found.slip_symbols, 0.0, 0.02);
		if (i == 0)
			reference = found.start_samples;
		apart = fmod(found.start_samples - reference -
		                     (maker.shift_ui - (double)maker.rotate) * maker.spu +
		                     3.0 * length,
		             length);
		g_assert_cmpfloat(fmin(apart, length - apart), <, i < 4 ? 0.01 : 0.05);
	}
}

/* A slow, noisy signal, of which no stretch agrees well by signs, is found all the same. */
static void test_hard(void)
{
	g_autofree guint8 *symbols = NULL;
	struct maker maker = maker_of(PATTERN_PRBS13Q, &symbols);
	g_autoptr(waveform) wave = NULL;
	struct pam4_alignment found;

	maker.rotate = 3210;
	maker.pole_ui = 0.9;
	wave = maker_run(&maker);
	maker_add_noise(wave, 0.1e-3, 4);
	g_assert_true(pam4_align(wave, symbols, maker.n_symbols, &found, NULL));
	g_assert_cmpfloat(floor(found.start_samples / 16.0), >=, (double)maker.n_symbols - 3210.0);
	g_assert_cmpfloat(floor(found.start_samples / 16.0), <=, (double)maker.n_symbols - 3208.0);
}

static void test_form(void)
{
	g_autofree guint8 *symbols = NULL;
	struct maker maker = maker_of(PATTERN_PRBS13Q, &symbols);
	g_autoptr(waveform) wave = maker_run(&maker);
	gsize n = maker.n_symbols, length = waveform_length(wave);

	symbols[77] = 4;
	expect(wave, symbols, n, SIGNAL_WRONG_PATTERN, "symbol 77 of the pattern is 4");
	symbols[77] = 1;
	wave->n_symbols = n / 2;
	expect(wave, symbols, n, SIGNAL_WRONG_LENGTH,
	       "looks like 0.50 of the pattern, from symbol 8190");
	wave->n_symbols = n;
	wave->samples_per_symbol = 3;
	expect(wave, symbols, n, SIGNAL_TOO_COARSE, "3 samples");
	wave->samples_per_symbol = 16;
	wave->power_w[1000] = wave->power_w[1600] = NAN;
	wave->power_w[77777] = INFINITY;
	expect(wave, symbols, n, SIGNAL_NOT_FINITE, "3 of 131056 samples are no numbers");
	expect(wave, symbols, n, SIGNAL_NOT_FINITE, "sample 1000 (symbol 62)");
	for (gsize i = 0; i < length; i++)
		wave->power_w[i] = 1e-3f;
	expect(wave, symbols, n, SIGNAL_CONSTANT, "constant");
	for (gsize i = 0; i < length; i++)
		wave->power_w[i] = 1e-41f * (float)symbols[i / 16];
	expect(wave, symbols, n, SIGNAL_CONSTANT, "constant");
	for (gsize i = 0; i < length; i++)
		wave->power_w[i] = i % 2 ? 3e38f : 2e38f;
	wave->power_w[5] = 1e38f;
	expect(wave, symbols, n, SIGNAL_NOT_FINITE, "too large");
}

/* Four samples per symbol are enough for everything but TDECQ and the eyes. */
static void test_coarse(void)
{
	g_autofree struct pam4_result *result = g_new(struct pam4_result, 1);
	g_autofree guint8 *symbols = NULL;
	struct maker maker = maker_of(PATTERN_PRBS13Q, &symbols);
	g_autoptr(waveform) wave = NULL;
	struct pam4_settings settings;

	maker.spu = 4;
	wave = maker_run(&maker);
	maker_add_noise(wave, 6e-6, 2);
	pam4_settings_default(&settings);
	g_assert_true(pam4_measure(wave, symbols, maker.n_symbols, &settings, result, NULL));
	g_assert_cmpint(result->status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(result->oma_outer_w.value, 0.6e-3, 8e-6);
	g_assert_cmpfloat_with_epsilon(result->oma_outer_w.uncertainty, 3e-6, 0.3e-6);
	g_assert_cmpint(result->tdecq_db.status, ==, SIGNAL_TOO_COARSE);
	g_assert_cmpint(result->eye[0].height_w.status, ==, SIGNAL_TOO_COARSE);
	settings.tdecq.taps = 0;
	g_clear_pointer(&wave, waveform_free);
	maker.spu = 8;
	wave = maker_run(&maker);
	g_assert_false(pam4_measure(wave, symbols, maker.n_symbols, &settings, result, NULL));
	g_assert_cmpint(result->status, ==, SIGNAL_BAD_SETTING);
}

/* The rate of the waveform is off by some parts per million: linear interpolation along it. */
static struct waveform *stretch(const struct waveform *wave, double ppm)
{
	struct waveform *out =
		waveform_new(wave->n_symbols, wave->samples_per_symbol, maker_baud, NULL);
	gsize length = waveform_length(wave);

	for (gsize i = 0; i < length; i++) {
		double at = (double)i * (1.0 + ppm * 1e-6);
		gsize whole = (gsize)at;
		float part = (float)(at - (double)whole), here = wave->power_w[whole % length];

		out->power_w[i] = here + part * (wave->power_w[(whole + 1) % length] - here);
	}
	return out;
}

static void test_rate(void)
{
	static const struct {
		double ppm;
		const char *word;
	} rows[] = {
		{100.0, "+10"}, {-100.0, "-10"}, {30.0, "+30."}, {-10.0, "-10."}, {800.0, "+80"},
	};
	g_autofree guint8 *symbols = NULL;
	struct maker maker = maker_of(PATTERN_SSPRQ, &symbols);
	g_autoptr(waveform) wave = NULL, little = NULL;
	struct pam4_alignment found;

	maker.spu = 8;
	maker.rotate = 40000;
	wave = maker_run(&maker);
	maker_add_noise(wave, 8e-6, 1);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(waveform) off = stretch(wave, rows[i].ppm);

		expect(off, symbols, maker.n_symbols, SIGNAL_WRONG_RATE, rows[i].word);
	}
	/* a fiftieth of a symbol is nothing that makes a waveform useless */
	little = stretch(wave, 0.3);
	g_assert_true(pam4_align(little, symbols, maker.n_symbols, &found, NULL));
	g_assert_cmpfloat_with_epsilon(found.slip_symbols, 0.02, 0.01);
}

/* Nothing slips where the eye is so closed that no piece of it tells where a symbol is; half of a
 * waveform that is a symbol late does. */
static void test_no_rate(void)
{
	g_autofree guint8 *symbols = NULL;
	struct maker maker = maker_of(PATTERN_SSPRQ, &symbols);
	g_autoptr(waveform) wave = NULL;
	gsize length;

	maker.spu = 8;
	wave = maker_run(&maker);
	length = waveform_length(wave);
	for (guint seed = 1; seed <= 24; seed++) {
		g_autoptr(waveform) closed =
			waveform_new(wave->n_symbols, maker.spu, maker_baud, NULL);
		struct pam4_alignment found;

		/* an echo as strong as the light itself, a symbol behind it */
		for (gsize i = 0; i < length; i++)
			closed->power_w[i] = wave->power_w[i] +
			                     wave->power_w[(i + length - maker.spu) % length] -
			                     0.5e-3f;
		maker_add_noise(closed, 0.4e-3, seed);
		pam4_align(closed, symbols, maker.n_symbols, &found, NULL);
		g_test_message("slip %.2f", found.slip_symbols);
		g_assert_cmpint(found.status, !=, SIGNAL_WRONG_RATE);
	}
	memmove(wave->power_w + length / 2 + maker.spu, wave->power_w + length / 2,
	        (length / 2 - maker.spu) * sizeof *wave->power_w);
	expect(wave, symbols, maker.n_symbols, SIGNAL_WRONG_RATE, "slips");
}

static void test_coding(void)
{
	g_autofree guint8 *symbols = NULL, *other = NULL;
	struct maker maker = maker_of(PATTERN_PRBS13Q, &symbols);

	other = g_new(guint8, maker.n_symbols);
	maker.symbols = other;
	for (guint c = 0; c < 2 * PAM4_CODINGS; c++) {
		g_autoptr(waveform) wave = NULL;
		const struct pam4_coding *coding = &pam4_codings[c / 2];

		for (gsize i = 0; i < maker.n_symbols; i++) {
			other[i] = coding->symbol[symbols[i]];
			if (c % 2)
				other[i] = 3 - other[i];
		}
		wave = maker_run(&maker);
		maker_add_noise(wave, 5e-6, c);
		expect(wave, symbols, maker.n_symbols, SIGNAL_GRAY_SWAPPED, coding->name);
	}
}

static void test_pattern(void)
{
	g_autofree guint8 *symbols = NULL, *other = NULL;
	struct maker maker = maker_of(PATTERN_PRBS13Q, &symbols);
	g_autoptr(waveform) wave = NULL, noise = NULL;

	/* another one that is well known, from somewhere in it on */
	other = pattern_first(PATTERN_SSPRQ, 20000);
	maker.symbols = other + 9000;
	wave = maker_run(&maker);
	expect(wave, symbols, maker.n_symbols, SIGNAL_WRONG_PATTERN, "looks like SSPRQ");
	noise = waveform_new(maker.n_symbols, 16, maker_baud, NULL);
	maker_add_noise(noise, 1e-3, 6);
	expect(noise, symbols, maker.n_symbols, SIGNAL_WRONG_PATTERN, "best correlation 0.0");
}

static void clip(struct waveform *wave, double top, double bottom)
{
	for (gsize i = 0; i < waveform_length(wave); i++)
		wave->power_w[i] = CLAMP(wave->power_w[i], (float)bottom, (float)top);
}

static void test_clipped(void)
{
	g_autofree guint8 *symbols = NULL;
	struct maker maker = maker_of(PATTERN_PRBS13Q, &symbols);

	for (guint i = 0; i < 4; i++) {
		g_autoptr(waveform) wave = maker_run(&maker);

		if (i % 2)
			maker_add_noise(wave, 10e-6, i);
		clip(wave, i < 2 ? 0.795e-3 : 1.0, i < 2 ? 0.0 : 0.21e-3);
		expect(wave, symbols, maker.n_symbols, SIGNAL_CLIPPED,
		       i < 2 ? "at the top" : "at the bottom");
	}
}

/* Signals that are at their extremes often for good reasons. */
static void test_not_clipped(void)
{
	static const struct {
		double pole_ui, bessel_ui, noise_w, step_w;
	} rows[] = {
		{0.0, 0.0, 0.0, 0.0},    {0.05, 0.0, 0.0, 0.0}, {0.1, 0.0, 0.0, 0.0},
		{0.15, 0.0, 0.0, 0.0},   {0.0, 0.5, 0.0, 0.0},  {0.2, 0.5, 0.0, 5e-6},
		{0.2, 0.5, 10e-6, 5e-6}, {0.0, 0.0, 0.0, 5e-6},
	};
	static const enum pattern_id ids[] = {PATTERN_PRBS13Q, PATTERN_SQUARE};

	for (guint i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
		g_autofree guint8 *symbols = NULL;
		struct maker maker = maker_of(ids[i % 2], &symbols);
		g_autoptr(waveform) wave = NULL;
		g_autoptr(GError) error = NULL;
		struct pam4_alignment found;
		double step = rows[i / 2].step_w;

		maker.pole_ui = rows[i / 2].pole_ui;
		maker.bessel_ui = rows[i / 2].bessel_ui;
		maker.shift_ui = 0.37;
		maker.spu = i % 2 ? 64 : 16;
		wave = maker_run(&maker);
		if (rows[i / 2].noise_w > 0.0)
			maker_add_noise(wave, rows[i / 2].noise_w, i);
		for (gsize k = 0; step > 0.0 && k < waveform_length(wave); k++)
			wave->power_w[k] = (float)(step * rint(wave->power_w[k] / step));
		pam4_align(wave, symbols, maker.n_symbols, &found, &error);
		g_test_message("row %u", i);
		g_assert_no_error(error);
		g_assert_cmpint(found.status, ==, SIGNAL_OK);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/align/ssprq", test_ssprq);
	g_test_add_func("/signal/align/hard", test_hard);
	g_test_add_func("/signal/align/form", test_form);
	g_test_add_func("/signal/align/coarse", test_coarse);
	g_test_add_func("/signal/align/rate", test_rate);
	g_test_add_func("/signal/align/no-rate", test_no_rate);
	g_test_add_func("/signal/align/coding", test_coding);
	g_test_add_func("/signal/align/pattern", test_pattern);
	g_test_add_func("/signal/align/clipped", test_clipped);
	g_test_add_func("/signal/align/not-clipped", test_not_clipped);
	return g_test_run();
}

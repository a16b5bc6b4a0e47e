/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_file.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

/* A pattern of 64 symbols that is a sum of sines: known at any time. */
enum { SYMBOLS = 64, SPU = 16, LENGTH = SYMBOLS * SPU, PAIRS_MAX = 60 * LENGTH };
static const double pattern_s = SYMBOLS / 53.125e9;

static double power_at(double time_s)
{
	double turn = 2.0 * G_PI * time_s / pattern_s;

	return 1e-3 + 3e-4 * sin(5.0 * turn) + 2e-4 * sin(19.0 * turn + 1.0) +
	       5e-5 * cos(31.0 * turn);
}

/* Pairs at random times over many patterns, negative ones too: no order, and jitter. */
struct pairs {
	double time_s[PAIRS_MAX];
	double power_w[PAIRS_MAX];
	gsize n;
	double noise_w;
	double jitter_s;
	double rate; /* true symbol rate over the nominal one */
	double span_s;
};

static void take(struct pairs *pairs)
{
	struct maker_rng rng = {.state = 3};

	for (gsize i = 0; i < pairs->n; i++) {
		double time_s = pairs->span_s * (maker_uniform(&rng) - 0.3);
		double late_s = pairs->jitter_s * maker_normal(&rng);

		pairs->time_s[i] = time_s;
		pairs->power_w[i] = power_at(time_s * pairs->rate + late_s) +
		                    pairs->noise_w * maker_normal(&rng);
	}
}

static struct pairs *pairs_new(gsize n)
{
	struct pairs *pairs = g_new0(struct pairs, 1);

	pairs->n = n;
	pairs->rate = 1.0;
	pairs->span_s = 1000.0 * pattern_s;
	return pairs;
}

static struct wave_facts facts_of_pattern(void)
{
	struct wave_facts facts;

	wave_facts_unknown(&facts);
	facts.symbol_rate_bd = maker_baud;
	facts.samples_per_symbol = SPU;
	facts.n_symbols = SYMBOLS;
	facts.scope_noise_w = 5e-6;
	return facts;
}

static double rms_error(const struct waveform *wave)
{
	double sum = 0.0;

	for (guint i = 0; i < LENGTH; i++) {
		double off = wave->power_w[i] - power_at(i * pattern_s / LENGTH);

		sum += off * off;
	}
	return sqrt(sum / LENGTH);
}

/* Without noise what is left is the bend within a spacing: a 24th of the second difference. */
static void test_smooth(void)
{
	struct wave_facts facts = facts_of_pattern();
	g_autofree struct pairs *pairs = pairs_new(PAIRS_MAX);
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL;
	double bend = 0.0;

	take(pairs);
	wave = waveform_from_pairs(pairs->time_s, pairs->power_w, pairs->n, &facts, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(wave->n_symbols, ==, SYMBOLS);
	g_assert_cmpuint(wave->samples_per_symbol, ==, SPU);
	g_assert_cmpfloat(wave->scope_noise_w, ==, 5e-6);
	g_assert_cmpfloat(wave->filter_bandwidth_hz, ==, 0.0);
	g_assert_cmpuint(wave->passes, >=, 50);
	g_assert_cmpuint(wave->passes, <=, 60);
	for (guint i = 0; i < LENGTH; i++) {
		double step = pattern_s / LENGTH, t = i * step;
		double second = power_at(t - step) - 2.0 * power_at(t) + power_at(t + step);

		bend += second * second / (24.0 * 24.0);
	}
	g_assert_cmpfloat(rms_error(wave), <, 1.3 * sqrt(bend / LENGTH));
	g_assert_cmpfloat(rms_error(wave), <, 2e-7);
}

/* Noise of the pairs goes down by what is averaged, and shows in the scatter. */
static void test_noise(void)
{
	struct wave_facts facts = facts_of_pattern();
	g_autofree struct pairs *pairs = pairs_new(PAIRS_MAX);
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL;
	double scatter_w = 0.0;

	pairs->noise_w = 5e-6;
	facts.passes = 4;
	take(pairs);
	wave = waveform_from_pairs(pairs->time_s, pairs->power_w, pairs->n, &facts, &scatter_w,
	                           &error);
	g_assert_no_error(error);
	g_assert_cmpfloat_with_epsilon(scatter_w, 5e-6, 1e-7);
	g_assert_cmpuint(wave->passes % 4, ==, 0);
	g_assert_cmpfloat_with_epsilon(rms_error(wave), 5e-6 / sqrt(wave->passes / 4.0), 5e-8);
}

/* Jitter of a fiftieth of a symbol scatters by the slope's rms, on top of noise; the mean stays. */
static void test_jitter(void)
{
	struct wave_facts facts = facts_of_pattern();
	g_autofree struct pairs *pairs = pairs_new(PAIRS_MAX);
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL;
	double scatter_w = 0.0, slope = 0.0;

	pairs->noise_w = 5e-6;
	pairs->jitter_s = 0.02 / maker_baud;
	take(pairs);
	wave = waveform_from_pairs(pairs->time_s, pairs->power_w, pairs->n, &facts, &scatter_w,
	                           &error);
	g_assert_no_error(error);
	for (guint i = 0; i < LENGTH; i++) {
		double t = i * pattern_s / LENGTH, part = pairs->jitter_s / 10.0;
		double rise = (power_at(t + part) - power_at(t - part)) * 5.0;

		slope += rise * rise / LENGTH;
	}
	g_assert_cmpfloat_with_epsilon(scatter_w, sqrt(slope + 25e-12), 1e-7);
	g_assert_cmpfloat(rms_error(wave), <, 3e-6);
}

/* One pass on an even grid of 18.7 samples a symbol, shuffled: hardly more pairs than samples. */
static void test_sparse(void)
{
	struct wave_facts facts = facts_of_pattern();
	const gsize n = 1197;
	g_autofree struct pairs *pairs = pairs_new(n);
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL;
	double scatter_w = 0.0;

	for (gsize i = 0; i < n; i++) {
		pairs->time_s[i] = (double)(i * 500 % n) * pattern_s / (double)n;
		pairs->power_w[i] = power_at(pairs->time_s[i]);
	}
	wave = waveform_from_pairs(pairs->time_s, pairs->power_w, n, &facts, &scatter_w, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(wave->passes, >=, 1);
	g_assert_cmpuint(wave->passes, <=, 2);
	g_assert_true(isnan(scatter_w));
	g_assert_cmpfloat(rms_error(wave), <, 2e-6);
}

/* The same pairs in another order, and whole patterns later, are the same wave. */
static void test_order(void)
{
	struct wave_facts facts = facts_of_pattern();
	g_autofree struct pairs *pairs = pairs_new(8 * LENGTH);
	g_autoptr(waveform) wave = NULL, other = NULL;

	pairs->noise_w = 5e-6;
	take(pairs);
	wave = waveform_from_pairs(pairs->time_s, pairs->power_w, pairs->n, &facts, NULL, NULL);
	for (gsize i = 0, j = pairs->n - 1; i < j; i++, j--) {
		double time_s = pairs->time_s[i], power_w = pairs->power_w[i];

		pairs->time_s[i] = pairs->time_s[j] + 7.0 * pattern_s;
		pairs->power_w[i] = pairs->power_w[j];
		pairs->time_s[j] = time_s + 7.0 * pattern_s;
		pairs->power_w[j] = power_w;
	}
	other = waveform_from_pairs(pairs->time_s, pairs->power_w, pairs->n, &facts, NULL, NULL);
	g_assert_nonnull(wave);
	g_assert_nonnull(other);
	for (guint i = 0; i < LENGTH; i++)
		g_assert_cmpfloat_with_epsilon(wave->power_w[i], other->power_w[i], 1e-8);
}

static void assert_refused(struct pairs *pairs, const struct wave_facts *facts, int code,
                           const char *message)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(
		waveform_from_pairs(pairs->time_s, pairs->power_w, pairs->n, facts, NULL, &error));
	g_assert_error(error, STATION_ERROR, code);
	if (!g_pattern_match_simple(message, error->message))
		g_error("expected %s, got: %s", message, error->message);
}

/* No pair from symbol 20 to 21.5 of the pattern. */
static void test_gap(void)
{
	struct wave_facts facts = facts_of_pattern();
	g_autofree struct pairs *pairs = pairs_new(20 * LENGTH);

	take(pairs);
	for (gsize i = 0; i < pairs->n; i++) {
		double symbol = fmod(pairs->time_s[i] / pattern_s + 1000.0, 1.0) * SYMBOLS;

		if (symbol >= 20.0 && symbol <= 21.5)
			pairs->time_s[i] += pattern_s / 2.0;
	}
	assert_refused(pairs, &facts, STATION_ERROR_DATA,
	               "no line through pairs at 2? of 1024 samples, the first in symbol 20 *");
}

static void test_wrong_rate(void)
{
	struct wave_facts facts = facts_of_pattern();
	g_autofree struct pairs *pairs = pairs_new(PAIRS_MAX);

	/* 64000 symbols: 2 ppm are 2 samples */
	pairs->noise_w = 5e-6;
	pairs->rate = 1.0 + 2e-6;
	take(pairs);
	assert_refused(pairs, &facts, STATION_ERROR_DATA,
	               "the pairs drift against a symbol rate of 5.3125e+10 Bd by about 2 samples: "
	               "it "
	               "is "
	               "off by about 2 ppm");
}

static void test_refused(void)
{
	struct wave_facts facts = facts_of_pattern();
	g_autofree struct pairs *pairs = pairs_new(4 * LENGTH);

	take(pairs);
	pairs->power_w[7] = NAN;
	pairs->time_s[9] = INFINITY;
	assert_refused(pairs, &facts, STATION_ERROR_DATA, "pair 7 *2 of 4096 are such");
	take(pairs);
	pairs->time_s[5] = 1e6;
	assert_refused(pairs, &facts, STATION_ERROR_DATA, "pair 5 *too far*1 of 4096*");
	take(pairs);
	pairs->n = LENGTH - 1;
	assert_refused(pairs, &facts, STATION_ERROR_DATA,
	               "1023 pairs do not carry 64 symbols of 16 samples");
	facts.n_symbols = 0;
	assert_refused(pairs, &facts, STATION_ERROR_RANGE, "pairs need *");
	facts.n_symbols = (gsize)1 << 28;
	assert_refused(pairs, &facts, STATION_ERROR_DATA, "1023 pairs do not carry 268435456 *");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/wave_pairs/smooth", test_smooth);
	g_test_add_func("/signal/wave_pairs/noise", test_noise);
	g_test_add_func("/signal/wave_pairs/jitter", test_jitter);
	g_test_add_func("/signal/wave_pairs/sparse", test_sparse);
	g_test_add_func("/signal/wave_pairs/order", test_order);
	g_test_add_func("/signal/wave_pairs/gap", test_gap);
	g_test_add_func("/signal/wave_pairs/wrong_rate", test_wrong_rate);
	g_test_add_func("/signal/wave_pairs/refused", test_refused);
	return g_test_run();
}

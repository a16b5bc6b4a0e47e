/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/eyesearch.h"
#include "bench/stimulus.h"

#include <math.h>
#include <string.h>

static const double identity[EYE_MAX_TAPS] = {1};

/* Both windows hold h0 * symbol + h1 * the one before, -0.5..0.5, and levels if given. */
static struct eye_windows *windows_new(enum world_pattern pattern, guint8 **symbols, double h0,
                                       double h1, const double levels[4])
{
	static const double even[4] = {-0.5, -1 / 6.0, 1 / 6.0, 0.5};
	gsize n;

	*symbols = stimulus_new(pattern, &n);
	struct eye_windows *w = eye_windows_new(n, EYE_TAPS_SMF);
	w->symbols = *symbols;
	if (!levels)
		levels = even;
	for (int row = 0; row < 6; row++)
		for (gsize i = 0; i < n; i++)
			w->samples[row][i] = (float)(h0 * levels[(*symbols)[i]] +
			                             h1 * levels[(*symbols)[(i + n - 1) % n]]);
	return w;
}

struct row {
	enum world_pattern pattern;
	double h0, h1;
	double levels[4]; /* about their mean; all 0 for even ones */
	double noise;     /* r: rms noise over OMA / (6 Qt) */
	double tdecq_db;
	double within_db;
};

/* Closed forms: level statistics, two-symbol interference enumerated, noise folded. */
static const struct row rows[] = {
	{WORLD_PATTERN_PRBS13Q, 1.0, 0.0, {0}, 0, 0.0, 0.002},
	{WORLD_PATTERN_SSPRQ, 1.0, 0.0, {0}, 0, 0.00822, 0.001},
	{WORLD_PATTERN_PRBS13Q, 0.9, 0.1, {0}, 0, 2.91393, 0.01},
	{WORLD_PATTERN_PRBS13Q, 0.8, 0.2, {0}, 0, 6.45161, 0.02},
	{WORLD_PATTERN_PRBS13Q, 1.1, -0.1, {0}, 0, 1.19362, 0.01},
	{WORLD_PATTERN_PRBS13Q, 1.0, 0.0, {0}, 0.3, 0.2048, 0.003},
	{WORLD_PATTERN_PRBS13Q, 1.0, 0.0, {0}, 0.6, 0.9691, 0.005},
	{WORLD_PATTERN_PRBS13Q, 1.0, 0.0, {0}, 0.8, 2.2124, 0.01},
	{WORLD_PATTERN_PRBS13Q, 1.0, 0.0, {-0.485, -0.185, 0.155, 0.515}, 0, 0.19530, 0.003},
	{WORLD_PATTERN_PRBS13Q, 1.0, 0.0, {-0.5, -0.19, 0.19, 0.5}, 0, 0.30387, 0.003},
};

static void test_closed_forms(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct row *r = &rows[i];
		guint8 *symbols;
		gboolean even = r->levels[0] == 0;
		struct eye_windows *w =
			windows_new(r->pattern, &symbols, r->h0, r->h1, even ? NULL : r->levels);
		w->slope_variance = pow(r->noise / (6 * 3.414), 2);
		double db = eye_tdecq_db(w, identity, 0);
		g_test_message("row %zu: %.4f dB, closed form %.4f dB", i, db, r->tdecq_db);
		g_assert_cmpfloat_with_epsilon(db, r->tdecq_db, r->within_db);
		eye_windows_free(w);
		g_free(symbols);
	}
}

/*
 * Free taps: white noise would give 1.10733 dB for (0.8, 0.2) with five taps; noise that the
 * reference receiver has coloured is enhanced a little less.
 */
static void test_search(void)
{
	guint8 *symbols;
	struct eye_equalised best;
	struct eye_windows *w = windows_new(WORLD_PATTERN_PRBS13Q, &symbols, 0.8, 0.2, NULL);
	double nudged[EYE_MAX_TAPS];

	eye_search(w, NULL, &best);
	g_assert_cmpfloat(best.tdecq_db, <, 1.1073);
	g_assert_cmpfloat(best.tdecq_db, >, 1.04);
	/* The taps found sum to one and no small change of them is better. */
	guint main = 0;
	double sum = 0;
	for (guint i = 0; i < EYE_TAPS_SMF; i++) {
		sum += best.taps[i];
		if (best.taps[i] > best.taps[main])
			main = i;
	}
	g_assert_cmpfloat_with_epsilon(sum, 1, 1e-9);
	for (guint i = 0; i < EYE_TAPS_SMF; i++) {
		for (int sign = -1; sign <= 1; sign += 2) {
			memcpy(nudged, best.taps, sizeof nudged);
			nudged[i] += sign * 0.01;
			nudged[main] -= sign * 0.01;
			if (i != main)
				g_assert_cmpfloat(eye_tdecq_db(w, nudged, main), >,
				                  best.tdecq_db - 0.003);
		}
	}
	eye_windows_free(w);
	g_free(symbols);
}

/* Near the taps of an eye like it the search ends where the whole one does, if that is near. */
static void test_near(void)
{
	guint8 *symbols, *again;
	struct eye_equalised whole, other, near;
	struct eye_windows *w = windows_new(WORLD_PATTERN_PRBS13Q, &symbols, 0.8, 0.2, NULL);
	struct eye_windows *v = windows_new(WORLD_PATTERN_PRBS13Q, &again, 0.83, 0.17, NULL);

	eye_search(w, NULL, &whole);
	eye_search(v, NULL, &other);
	eye_search(w, other.taps, &near);
	g_assert_cmpfloat_with_epsilon(near.tdecq_db, whole.tdecq_db, 0.01);
	eye_windows_free(w);
	eye_windows_free(v);
	g_free(symbols);
	g_free(again);
}

/* Nine taps leave less of the interference than five, and the rest of them is zero. */
static void test_nine_taps(void)
{
	guint8 *symbols;
	struct eye_equalised five, nine;
	struct eye_windows *w = windows_new(WORLD_PATTERN_PRBS13Q, &symbols, 0.7, 0.3, NULL);

	eye_search(w, NULL, &five);
	w->n_taps = EYE_TAPS_MMF;
	eye_search(w, NULL, &nine);
	g_test_message("five taps %.3f dB, nine %.3f dB", five.tdecq_db, nine.tdecq_db);
	g_assert_cmpfloat(nine.tdecq_db, <, five.tdecq_db - 0.02);
	for (guint i = EYE_TAPS_SMF; i < EYE_MAX_TAPS; i++)
		g_assert_cmpfloat(five.taps[i], ==, 0);
	eye_windows_free(w);
	g_free(symbols);
}

static void test_no_eye(void)
{
	gsize n;
	g_autofree guint8 *symbols = stimulus_new(WORLD_PATTERN_PRBS13Q, &n);
	g_autofree float *flat = g_new(float, n * 8);
	struct eye_result result;
	struct eye_input input = {
		.power_w = flat,
		.n_symbols = n,
		.samples_per_symbol = 8,
		.symbols = symbols,
		.symbol_rate_bd = 53.125e9,
	};

	for (gsize i = 0; i < n * 8; i++)
		flat[i] = 1e-3f;
	g_assert_false(eye_measure(&input, &result));
	/* Nor without the long runs that OMA asks for. */
	for (gsize i = 0; i < n; i++)
		symbols[i] = (guint8)(i % 4);
	for (gsize i = 0; i < n * 8; i++)
		flat[i] = 1e-4f * (float)(i / 8 % 4);
	g_assert_false(eye_measure(&input, &result));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/eyetruth/closed-forms", test_closed_forms);
	g_test_add_func("/bench/eyetruth/search", test_search);
	g_test_add_func("/bench/eyetruth/near", test_near);
	g_test_add_func("/bench/eyetruth/nine-taps", test_nine_taps);
	g_test_add_func("/bench/eyetruth/no-eye", test_no_eye);
	return g_test_run();
}

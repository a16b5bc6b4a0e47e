/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/rin.h"

#include "signal/pam4.h"
#include "signal/pattern.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>

#define OMA 0.8e-3

/* A square wave, or SSPRQ, with noise of its own and of the scope. */
static struct waveform *make(enum pattern_id id, double signal_w, double scope_w, guint passes)
{
	g_autofree guint8 *symbols = NULL;
	struct waveform *wave;
	struct maker maker;
	gsize n;

	symbols = pattern_symbols(id, &n, NULL);
	maker = (struct maker){.symbols = symbols,
	                       .n_symbols = n,
	                       .spu = id == PATTERN_SQUARE ? 128 : 16,
	                       .level_w = {0.2e-3, 0.2e-3 + OMA / 3, 0.2e-3 + 2 * OMA / 3, 1e-3},
	                       .pole_ui = 0.15,
	                       .bessel_ui = 0.5};
	wave = maker_run(&maker);
	maker_add_noise(wave, hypot(signal_w, scope_w) / sqrt(passes), 77);
	wave->scope_noise_w = scope_w;
	wave->passes = passes;
	return wave;
}

static struct signal_value measure(const struct waveform *wave, enum pattern_id id)
{
	g_autofree struct pam4_result *result = g_new(struct pam4_result, 1);
	g_autofree guint8 *symbols = NULL;
	struct pam4_settings settings;
	gsize n;

	symbols = pattern_symbols(id, &n, NULL);
	pam4_settings_default(&settings);
	settings.with_tdecq = FALSE;
	g_assert_true(pam4_measure(wave, symbols, n, &settings, result, NULL));
	return result->rin_oma_db_hz;
}

static double expected_db_hz(double noise_w)
{
	/* the noise bandwidth of the Bessel-Thomson receiver at half the baud */
	return 10.0 * log10(noise_w * noise_w / (1.04637 * 0.5 * maker_baud * 0.25 * OMA * OMA));
}

static void test_known(void)
{
	static const struct {
		enum pattern_id id;
		double signal, scope;
		guint passes;
	} rows[] = {
		{PATTERN_SSPRQ, 0.01, 0.0, 1},    {PATTERN_SSPRQ, 0.01, 0.008, 1},
		{PATTERN_SSPRQ, 0.01, 0.008, 16}, {PATTERN_SQUARE, 0.02, 0.01, 1},
		{PATTERN_SQUARE, 0.004, 0.0, 4},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(waveform) wave =
			make(rows[i].id, rows[i].signal * OMA, rows[i].scope * OMA, rows[i].passes);
		struct signal_value rin = measure(wave, rows[i].id);

		g_test_message("%.3f +- %.3f dB/Hz, expected %.3f", rin.value, rin.uncertainty,
		               expected_db_hz(rows[i].signal * OMA));
		g_assert_cmpint(rin.status, ==, SIGNAL_OK);
		g_assert_cmpfloat(rin.uncertainty, <, 0.6);
		g_assert_cmpfloat_with_epsilon(rin.value, expected_db_hz(rows[i].signal * OMA),
		                               3.0 * rin.uncertainty);
	}
}

static void test_refused(void)
{
	g_autoptr(waveform) scope = make(PATTERN_SSPRQ, 0.0, 0.01 * OMA, 1);
	g_autoptr(waveform) other = make(PATTERN_PRBS13Q, 0.01 * OMA, 0.0, 1);

	g_assert_cmpint(measure(scope, PATTERN_SSPRQ).status, ==, SIGNAL_SCOPE_NOISE);
	/* more than is there at all */
	scope->scope_noise_w *= 2.0;
	g_assert_cmpint(measure(scope, PATTERN_SSPRQ).status, ==, SIGNAL_SCOPE_NOISE);
	/* one run of each level is enough for a value, but not a good one */
	g_assert_cmpfloat(measure(other, PATTERN_PRBS13Q).uncertainty, >, 0.5);
	other->filter_bandwidth_hz = 0.0;
	g_assert_cmpint(measure(other, PATTERN_PRBS13Q).status, ==, SIGNAL_NOT_FILTERED);
}

static void test_definitions(void)
{
	g_autoptr(waveform) wave = make(PATTERN_SQUARE, 0.02 * OMA, 0.0, 1);
	g_autofree guint8 *symbols = NULL;
	struct pam4_noise noise = {0};
	struct pam4_long_runs runs;
	struct pam4_view view;
	gsize n;
	double half, legacy;

	symbols = pattern_symbols(PATTERN_SQUARE, &n, NULL);
	pam4_long_runs_init(&runs, symbols, n);
	g_assert_cmpuint(runs.n, ==, 2);
	view = (struct pam4_view){wave, symbols, 100.0, &noise, &runs};
	half = rin_oma_db_hz(&view, signal_ok(OMA, 0.0), RIN_HALF_OMA).value;
	legacy = rin_oma_db_hz(&view, signal_ok(OMA, 0.0), RIN_LEGACY).value;
	g_assert_cmpfloat_with_epsilon(half - legacy, 20.0 * log10(2.0), 1e-9);
	g_assert_cmpint(rin_oma_db_hz(&view, signal_none(SIGNAL_NO_FEATURE, "none"), RIN_LEGACY)
	                        .status,
	                ==, SIGNAL_NO_FEATURE);
	pam4_long_runs_clear(&runs);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/rin/known", test_known);
	g_test_add_func("/signal/rin/refused", test_refused);
	g_test_add_func("/signal/rin/definitions", test_definitions);
	return g_test_run();
}

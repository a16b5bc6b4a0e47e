/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* A dozen waveforms against the judge in tests/reference; tests/long/tdecq200.c has the rest. */
#include "tests/reference/tdecq_trial.h"

#include <math.h>
#include <string.h>

/* Known from publications, so that generator and signal/ are not both wrong. */
static void test_patterns(void)
{
	gsize n = 0;
	g_autofree guint8 *prbs = wave_pattern_new(WAVE_PRBS13Q, &n);
	const char *begin = "1031320220111130103121231210012102121023131112";

	g_assert_cmpuint(n, ==, 8191);
	for (gsize i = 0; begin[i]; i++)
		g_assert_cmpuint(prbs[i], ==, (guint)(begin[i] - '0'));
	g_autofree guint8 *ssprq = wave_pattern_new(WAVE_SSPRQ, &n);
	g_assert_cmpuint(n, ==, 65535);
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, ssprq, n);
	g_assert_cmpstr(sum, ==,
	                "f17f5effb8e68863e5355258186456e1c3b3c48b5519c1a0c46dac855fae3582");
}

/* The numbers that are printed for the Bessel-Thomson noise at half the baud. */
static void test_noise_correlation(void)
{
	static const double rho[] = {1, 0.0205613961, 0.00134954135, -7.97904e-5, 1.7288e-6};

	for (guint k = 0; k < G_N_ELEMENTS(rho); k++)
		g_assert_cmpfloat_with_epsilon(reference_noise_correlation(k, 0.5), rho[k], 1e-9);
	g_assert_cmpfloat_with_epsilon(reference_noise_correlation(1, 0.728), -0.0066840, 1e-7);
}

/* The transform and the time function, against sums written as they are defined. */
static void test_exact_wave(void)
{
	static const guint8 levels[7] = {0, 3, 1, 2, 2, 0, 3};
	g_autoptr(exact_wave) wave = exact_wave_new(levels, 7, 4);
	double power[7], slope[7];

	for (gsize k = 0; k < wave->n_lines; k++)
		wave->line[k] = CMPLX(1 / (1.0 + (double)k), k ? 0.1 * (double)(k % 3) : 0);
	exact_wave_at(wave, 0.37, power, slope);
	for (gsize i = 0; i < 7; i++) {
		double want = creal(wave->line[0]), rate = 0;
		for (gsize k = 1; k < wave->n_lines; k++) {
			double omega = 2 * G_PI * (double)k / 7, a = omega * ((double)i + 0.37);
			double re = creal(wave->line[k]), im = cimag(wave->line[k]);
			want += 2 * (re * cos(a) - im * sin(a));
			rate -= 2 * omega * (re * sin(a) + im * cos(a));
		}
		g_assert_cmpfloat_with_epsilon(power[i], want, 1e-12);
		g_assert_cmpfloat_with_epsilon(slope[i], rate, 1e-11);
	}
}

static void check(struct tdecq_trial *trial)
{
	tdecq_trial_run(trial);
	g_autofree char *line = tdecq_trial_line(trial);
	g_autofree char *fault = tdecq_trial_fault(trial);
	g_autofree char *spec = wave_spec_text(&trial->spec);

	g_test_message("%s", line);
	if (!fault)
		return;
	g_test_message("DIFFERS, %s; %s", fault, spec);
	g_test_fail();
}

static void test_drawn(void)
{
	for (guint i = 0; i < 6; i++) {
		struct tdecq_trial trial;
		tdecq_trial_draw(&trial, WAVE_PRBS9Q, i % 2 ? 9 : 5, FALSE, 100 + i);
		check(&trial);
	}
}

static void test_drawn_long(void)
{
	struct tdecq_trial trial;

	tdecq_trial_draw(&trial, WAVE_PRBS13Q, 5, TRUE, 203);
	trial.random_points = 40;
	check(&trial);
}

/* Two optima far apart: with another main tap, or with the windows elsewhere. */
static void test_two_optima(void)
{
	static const struct {
		guint taps;
		struct wave_spec spec;
	} rows[] = {
		/* only the first tap's place lets the last one reach the echo */
		{9,
	         {.offset_samples = 5992.605990932203,
	          .inverted = TRUE,
	          .oma_w = 4.1475045444289523e-4,
	          .zero_w = 1.9844550196663596e-4,
	          .inner = {0.30682469556306186, 0.69117136836529658},
	          .pole = {0.35831532769676211},
	          .fir = {0.0079771052658401675, -0.050613273101267536},
	          .echo = -0.056988107823082945,
	          .echo_delay_ui = 8.3369606314063969,
	          .group_delay = 1.3050300402856605}},
		/* a skewed eye: the windows belong well before the middle between the crossings */
		{5,
	         {.offset_samples = 291.970829207119,
	          .oma_w = 6.7086506315247205e-4,
	          .zero_w = 3.5386546e-4,
	          .inner = {0.32396076749513175, 0.64694081578795493},
	          .pole = {0.26091602261304153},
	          .fir = {-0.029256613663340258, 0.00089060602657894949},
	          .echo = -0.03971533064197718,
	          .echo_delay_ui = 3.2950469747364779,
	          .dispersion = -1.4526201265456744,
	          .chirp = -0.47011920609186897,
	          .group_delay = 2.5053553424216615}},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct tdecq_trial trial = {.spec = rows[i].spec, .random_points = 100};
		tdecq_settings_default(&trial.settings);
		trial.settings.taps = rows[i].taps;
		trial.spec.pattern = WAVE_PRBS9Q;
		trial.spec.samples_per_symbol = 16;
		trial.spec.receiver = 0.5;
		trial.spec.passes = 1;
		check(&trial);
	}
}

/* The switches, one after the other. */
static void test_settings(void)
{
	for (guint i = 0; i < 8; i++) {
		struct tdecq_trial trial;
		tdecq_trial_draw(&trial, WAVE_PRBS9Q, 5, FALSE, 300 + i);
		struct tdecq_settings *s = &trial.settings;
		s->fit_centre = i != 0 && i != 2;
		s->adjust_thresholds = i != 1 && i != 2;
		s->taps = i == 3 ? 1 : i == 4 ? 3 : i == 5 ? 7 : 5;
		s->max_precursors = i == 6 ? 0 : 2;
		s->target_ser = i == 7 ? 1e-3 : 4.8e-4;
		s->noise_bandwidth_ui = i == 7 ? 0.728 : 0.5;
		/* little can be done with one tap, or with none before the main tap */
		wave_spec_soften(&trial.spec, i == 3 ? 0.25 : i == 6 ? 0.6 : 1);
		check(&trial);
	}
}

/* A main tap that wants to be smaller than it may. */
static void test_main_tap_limit(void)
{
	struct tdecq_trial trial;

	tdecq_trial_draw(&trial, WAVE_PRBS9Q, 5, FALSE, 400);
	trial.spec.fir[0] = trial.spec.fir[1] = -0.22;
	trial.spec.pole[0] = 2;
	trial.spec.pole[1] = trial.spec.gauss = 0;
	check(&trial);
	g_assert_cmpfloat_with_epsilon(trial.judge.point.taps[trial.judge.point.main_tap], 0.8,
	                               1e-9);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tdecq-reference/patterns", test_patterns);
	g_test_add_func("/tdecq-reference/noise-correlation", test_noise_correlation);
	g_test_add_func("/tdecq-reference/exact-wave", test_exact_wave);
	g_test_add_func("/tdecq-reference/drawn", test_drawn);
	g_test_add_func("/tdecq-reference/drawn-long", test_drawn_long);
	g_test_add_func("/tdecq-reference/two-optima", test_two_optima);
	g_test_add_func("/tdecq-reference/settings", test_settings);
	g_test_add_func("/tdecq-reference/main-tap-limit", test_main_tap_limit);
	return g_test_run();
}

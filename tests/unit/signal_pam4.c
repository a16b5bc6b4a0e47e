/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4.h"

#include "base/error.h"
#include "signal/lanes.h"
#include "signal/pattern.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

#define LEVELS                                                                                     \
	{                                                                                          \
		0.2e-3, 0.2e-3 + 0.8e-3 / 3.0, 0.2e-3 + 1.6e-3 / 3.0, 1.0e-3                       \
	}

struct fixture {
	guint8 *symbols;
	gsize n;
	struct maker maker;
	struct pam4_settings settings;
	struct pam4_result result;
	GError *error;
};

static void fixture_init(struct fixture *f, enum pattern_id id)
{
	memset(f, 0, sizeof(*f));
	f->symbols = pattern_symbols(id, &f->n, NULL);
	f->maker = (struct maker){.symbols = f->symbols,
	                          .n_symbols = f->n,
	                          .spu = 16,
	                          .level_w = LEVELS,
	                          .pole_ui = 0.2,
	                          .bessel_ui = 0.5};
	pam4_settings_default(&f->settings);
}

static void fixture_clear(struct fixture *f)
{
	g_free(f->symbols);
	g_clear_error(&f->error);
}

static void measure(struct fixture *f, const struct waveform *wave)
{
	g_assert_true(pam4_measure(wave, f->symbols, f->n, &f->settings, &f->result, &f->error));
	g_assert_no_error(f->error);
}

/* The start of symbol 0 moves with the waveform, to a hundredth of a sample, both ways up. */
static void test_align(void)
{
	static const double shifts[] = {0.0, 0.11, 0.5, 0.93};
	struct pam4_alignment first = {0}, found;
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	for (guint i = 0; i < 2 * G_N_ELEMENTS(shifts); i++) {
		g_autoptr(waveform) wave = NULL;
		double length = (double)f.n * 16, expected, apart;

		f.maker.shift_ui = shifts[i / 2];
		f.maker.rotate = (i * 1234567) % f.n;
		wave = maker_run(&f.maker);
		for (gsize k = 0; i % 2 && k < waveform_length(wave); k++)
			wave->power_w[k] = 1.2e-3f - wave->power_w[k];
		g_assert_true(pam4_align(wave, f.symbols, f.n, &found, NULL));
		g_assert_cmpint(found.inverted, ==, i % 2);
		g_assert_cmpfloat(found.correlation, >, 0.98);
		if (i == 0)
			first = found;
		expected = first.start_samples + (shifts[i / 2] - (double)f.maker.rotate) * 16.0;
		apart = fmod(found.start_samples - expected + 3.0 * length, length);
		g_assert_cmpfloat(fmin(apart, length - apart), <, 0.01);
	}
	/* without filters the crossing is where the symbols meet: half a sample before the first */
	g_autoptr(waveform) flat = NULL;

	f.maker.rotate = 0;
	f.maker.shift_ui = 0.0;
	f.maker.pole_ui = f.maker.bessel_ui = 0.0;
	flat = maker_run(&f.maker);
	g_assert_true(pam4_align(flat, f.symbols, f.n, &found, NULL));
	g_assert_cmpfloat_with_epsilon(found.start_samples, (double)f.n * 16 - 0.5, 1e-3);
	fixture_clear(&f);
}

static void test_align_noisy(void)
{
	struct pam4_alignment clean, noisy;
	g_autoptr(waveform) wave = NULL;
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	f.maker.rotate = 4000;
	f.maker.pole_ui = 0.5;
	wave = maker_run(&f.maker);
	g_assert_true(pam4_align(wave, f.symbols, f.n, &clean, NULL));
	maker_add_noise(wave, 0.1e-3, 5);
	g_assert_true(pam4_align(wave, f.symbols, f.n, &noisy, NULL));
	g_assert_cmpfloat_with_epsilon(noisy.start_samples, clean.start_samples, 0.25);
	fixture_clear(&f);
}

static void test_square_is_upright(void)
{
	g_autoptr(waveform) wave = NULL;
	struct fixture f;

	fixture_init(&f, PATTERN_SQUARE);
	f.maker.rotate = 11;
	f.maker.pole_ui = 0.0;
	wave = maker_run(&f.maker);
	measure(&f, wave);
	g_assert_false(f.result.alignment.inverted);
	g_assert_cmpfloat_with_epsilon(f.result.oma_outer_w.value, 0.8e-3, 1e-6);
	g_assert_cmpint(f.result.rlm.status, !=, SIGNAL_OK);
	g_assert_cmpint(f.result.level_w[1].status, !=, SIGNAL_OK);
	g_assert_true(isnan(f.result.tdecq_db.value));
	/* 20-80 % of the receiver alone: 0.2362 / f3 */
	g_assert_cmpfloat_with_epsilon(f.result.transition_time_s.value, 8.892e-12, 0.03e-12);
	fixture_clear(&f);
}

static void expect_data_error(struct fixture *f, const struct waveform *wave, gsize n,
                              const char *word)
{
	struct pam4_result result;
	GError *error = NULL;

	g_assert_false(pam4_measure(wave, f->symbols, n, &f->settings, &result, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, word));
	g_clear_error(&error);
}

static void test_refused(void)
{
	g_autoptr(waveform) wave = NULL, half = NULL, coarse = NULL;
	g_autofree guint8 *other = NULL;
	struct fixture f;
	gsize n = 0;

	fixture_init(&f, PATTERN_PRBS9Q);
	wave = maker_run(&f.maker);
	wave->power_w[1000] = NAN;
	expect_data_error(&f, wave, f.n, "no numbers");
	wave->power_w[1000] = -INFINITY;
	expect_data_error(&f, wave, f.n, "no numbers");
	for (gsize i = 0; i < waveform_length(wave); i++)
		wave->power_w[i] = 1e-3f;
	expect_data_error(&f, wave, f.n, "constant");
	maker_add_noise(wave, 1e-4, 3);
	expect_data_error(&f, wave, f.n, "correlation");
	half = waveform_new(f.n / 2, 16, maker_baud, NULL);
	expect_data_error(&f, half, f.n, "symbols");
	f.maker.spu = 3;
	coarse = maker_run(&f.maker);
	expect_data_error(&f, coarse, f.n, "3 samples");
	fixture_clear(&f);

	/* The right length, but another sequence: PRBS13 with other taps, and swapped Gray code. */
	fixture_init(&f, PATTERN_PRBS13Q);
	g_clear_pointer(&wave, waveform_free);
	other = pattern_symbols(PATTERN_PRBS13Q, &n, NULL);
	for (gsize i = 0; i < n; i++)
		other[i] = f.symbols[i * 5 % n];
	f.maker.symbols = other;
	wave = maker_run(&f.maker);
	expect_data_error(&f, wave, f.n, "correlation");
	for (gsize i = 0; i < n; i++)
		other[i] = f.symbols[i] >= 2 ? 5 - f.symbols[i] : f.symbols[i];
	g_clear_pointer(&wave, waveform_free);
	wave = maker_run(&f.maker);
	expect_data_error(&f, wave, f.n, "binary instead of Gray");
	fixture_clear(&f);
}

/* Everything that the levels determine, on a signal whose levels are known. */
static void test_quantities(void)
{
	g_autoptr(waveform) wave = NULL;
	struct fixture f;

	fixture_init(&f, PATTERN_SSPRQ);
	f.maker.pole_ui = 0.0;
	f.maker.shift_ui = 0.3;
	f.maker.rotate = 30000;
	f.settings.with_tdecq = FALSE;
	wave = maker_run(&f.maker);
	measure(&f, wave);
	g_assert_cmpfloat_with_epsilon(f.result.average_power_w.value, 0.6e-3, 0.01e-6);
	g_assert_cmpfloat_with_epsilon(f.result.oma_outer_w.value, 0.8e-3, 0.2e-6);
	g_assert_cmpfloat_with_epsilon(f.result.outer_er_db.value, 10.0 * log10(5.0), 2e-3);
	g_assert_cmpuint(f.result.runs_of_threes, ==, 39);
	g_assert_cmpuint(f.result.runs_of_zeros, ==, 59);
	g_assert_cmpfloat_with_epsilon(f.result.transition_time_s.value, 8.892e-12, 0.04e-12);
	g_assert_cmpfloat_with_epsilon(f.result.rise_time_s.value, f.result.fall_time_s.value,
	                               0.02e-12);
	g_assert_cmpfloat_with_epsilon(f.result.overshoot.value, 0.004, 0.003);
	g_assert_cmpfloat_with_epsilon(f.result.undershoot.value, 0.004, 0.003);
	g_assert_cmpfloat_with_epsilon(f.result.power_excursion_w.value,
	                               0.4e-3 + 0.8e-3 * f.result.overshoot.value, 1e-6);
	g_assert_cmpint(f.result.tdecq_db.status, !=, SIGNAL_OK);
	f.settings.runs = PAM4_RUNS_EXACTLY;
	measure(&f, wave);
	g_assert_cmpuint(f.result.runs_of_threes, ==, 16);
	g_assert_cmpuint(f.result.runs_of_zeros, ==, 20);
	fixture_clear(&f);
}

/* A pole of the transmitter slows the edge; without the receiver its own 20-80 % is tau ln 4. */
static void test_transition_of_pole(void)
{
	g_autoptr(waveform) wave = NULL;
	struct fixture f;

	fixture_init(&f, PATTERN_SQUARE);
	f.maker.spu = 64;
	f.maker.pole_ui = 0.5;
	f.maker.bessel_ui = 0.0;
	f.settings.with_tdecq = FALSE;
	wave = maker_run(&f.maker);
	measure(&f, wave);
	g_assert_cmpfloat_with_epsilon(f.result.transition_time_s.value,
	                               0.5 * log(4.0) / maker_baud, 0.02e-12);
	fixture_clear(&f);
}

/* RLM of one inner level off by 2.5 % of the span is 0.925. */
static void test_rlm(void)
{
	g_autoptr(waveform) wave = NULL;
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	f.maker.pole_ui = f.maker.bessel_ui = 0.0;
	f.maker.level_w[2] += 0.025 * 0.8e-3;
	f.settings.with_tdecq = FALSE;
	wave = maker_run(&f.maker);
	measure(&f, wave);
	g_assert_cmpfloat_with_epsilon(f.result.rlm.value, 0.85, 1e-4);
	for (guint level = 0; level < 4; level++)
		g_assert_cmpfloat_with_epsilon(f.result.level_w[level].value,
		                               f.maker.level_w[level], 1e-9);
	g_assert_cmpint(f.result.transition_time_s.status, !=, SIGNAL_OK);
	g_assert_true(isnan(f.result.transition_time_s.value));
	g_assert_cmpuint(f.result.runs_of_threes, ==, 1);
	fixture_clear(&f);
}

/* Zeros at darkness have no extinction ratio; a short pattern has no OMAouter. */
static void test_missing(void)
{
	g_autoptr(waveform) dark = NULL, brief = NULL;
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	f.settings.with_tdecq = FALSE;
	f.maker.level_w[0] = -0.01e-3;
	dark = maker_run(&f.maker);
	measure(&f, dark);
	g_assert_cmpint(f.result.outer_er_db.status, !=, SIGNAL_OK);
	g_assert_cmpint(f.result.oma_outer_w.status, ==, SIGNAL_OK);
	fixture_clear(&f);

	fixture_init(&f, PATTERN_PRBS7Q);
	brief = maker_run(&f.maker);
	measure(&f, brief);
	g_assert_cmpint(f.result.oma_outer_w.status, !=, SIGNAL_OK);
	g_assert_cmpint(f.result.tdecq_db.status, !=, SIGNAL_OK);
	g_assert_cmpint(f.result.overshoot.status, !=, SIGNAL_OK);
	g_assert_cmpint(f.result.average_power_w.status, ==, SIGNAL_OK);
	fixture_clear(&f);
}

/* Ideal SSPRQ: its levels are not equally likely, which costs 0.0082 dB without an equaliser. */
static void test_ssprq_ideal(void)
{
	static const double one[] = {1.0};
	g_autoptr(waveform) wave = NULL;
	struct tdecq_settings settings;
	struct tdecq_result result;
	struct tdecq_input input;
	struct fixture f;

	fixture_init(&f, PATTERN_SSPRQ);
	f.maker.pole_ui = f.maker.bessel_ui = 0.0;
	wave = maker_run(&f.maker);
	f.settings.with_tdecq = FALSE;
	measure(&f, wave);
	tdecq_settings_default(&settings);
	settings.taps = 1;
	settings.require_receiver = settings.fit_centre = settings.adjust_thresholds = FALSE;
	input = (struct tdecq_input){.waveform = wave,
	                             .levels = f.symbols,
	                             .start_samples = f.result.alignment.start_samples,
	                             .average_w = 0.6e-3,
	                             .oma_w = 0.8e-3};
	g_assert_true(tdecq_evaluate(&input, &settings, one, 0, &result, NULL));
	g_assert_cmpfloat_with_epsilon(result.tdecq_db.value, 0.00822, 2e-4);
	fixture_clear(&f);
}

/* Scale, offset, rotation, polarity, number of samples: the same TDECQ. */
static void test_invariances(void)
{
	g_autoptr(waveform) plain = NULL, fine = NULL;
	double tdecq, ceq;
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	f.maker.level_w[1] += 0.02e-3;
	plain = maker_run(&f.maker);
	measure(&f, plain);
	g_assert_cmpint(f.result.tdecq_db.status, ==, SIGNAL_OK);
	tdecq = f.result.tdecq_db.value;
	ceq = f.result.ceq_db.value;
	g_test_message("%.5f dB, %.1f sweeps", tdecq, f.result.tdecq.sweeps);
	measure(&f, plain);
	g_assert_cmpfloat(f.result.tdecq_db.value, ==, tdecq);
	for (guint i = 0; i < 4; i++) {
		g_autoptr(waveform) other = NULL;

		f.maker.rotate = i == 2 ? 5000 : 0;
		f.maker.shift_ui = i == 2 ? 0.25 : 0.0;
		other = maker_run(&f.maker);
		for (gsize k = 0; k < waveform_length(other); k++) {
			float *w = &other->power_w[k];

			*w = i == 0 ? *w * 1e3f : i == 1 ? *w + 1e-3f : i == 3 ? 1.3e-3f - *w : *w;
		}
		measure(&f, other);
		g_assert_cmpfloat_with_epsilon(f.result.tdecq_db.value, tdecq, 5e-4);
		g_assert_cmpfloat_with_epsilon(f.result.ceq_db.value, ceq, 0.01);
	}
	f.maker.spu = 32;
	fine = maker_run(&f.maker);
	measure(&f, fine);
	g_assert_cmpfloat_with_epsilon(f.result.tdecq_db.value, tdecq, 2e-3);
	fixture_clear(&f);
}

/* One sweep with noise, many averaged, and the noiseless signal tell the same story. */
static void test_noise_is_honest(void)
{
	const double oma = 0.8e-3, signal_noise = 0.02 * oma, scope = 0.015 * oma;
	double clean, single, averaged;
	struct fixture f;

	fixture_init(&f, PATTERN_SSPRQ);
	g_autoptr(waveform) wave = maker_run(&f.maker);
	measure(&f, wave);
	clean = f.result.tdecq_db.value;
	/* noise of the scope alone is taken off again */
	maker_add_noise(wave, scope, 21);
	wave->scope_noise_w = scope;
	measure(&f, wave);
	g_assert_cmpfloat_with_epsilon(f.result.tdecq_db.value, clean, 0.01);
	maker_add_noise(wave, signal_noise, 22);
	measure(&f, wave);
	single = f.result.tdecq_db.value;
	g_autoptr(waveform) mean = maker_run(&f.maker);
	maker_add_noise(mean, hypot(signal_noise, scope) / 4.0, 23);
	mean->scope_noise_w = scope;
	mean->passes = 16;
	measure(&f, mean);
	averaged = f.result.tdecq_db.value;
	g_test_message("clean %.4f, single %.4f, averaged %.4f dB", clean, single, averaged);
	g_assert_cmpfloat(single, >, clean + 0.3);
	g_assert_cmpfloat_with_epsilon(single, averaged, 0.02);
	g_assert_cmpfloat_with_epsilon(f.result.tdecq.signal_noise_w, signal_noise,
	                               0.02 * signal_noise);
	fixture_clear(&f);
}

/* Each freedom can only help: more taps, thresholds, centre; and a limit only hurt. */
static void test_freedoms(void)
{
	g_autoptr(waveform) wave = NULL;
	double none, all, nine, limited;
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	f.maker.pole_ui = 0.3;
	f.maker.level_w[2] += 0.03e-3;
	wave = maker_run(&f.maker);
	measure(&f, wave);
	all = f.result.tdecq_db.value;
	f.settings.tdecq.taps = TDECQ_MAX_TAPS;
	measure(&f, wave);
	nine = f.result.tdecq_db.value;
	g_assert_cmpuint(f.result.tdecq.n_taps, ==, TDECQ_MAX_TAPS);
	f.settings.tdecq.taps = 5;
	f.settings.tdecq.adjust_thresholds = f.settings.tdecq.fit_centre = FALSE;
	measure(&f, wave);
	none = f.result.tdecq_db.value;
	g_assert_cmpfloat(f.result.tdecq.threshold_shift[0], ==, 0.0);
	g_assert_cmpfloat(f.result.tdecq.centre_ui, ==, 0.5);
	f.settings.tdecq.max_precursors = 0;
	measure(&f, wave);
	limited = f.result.tdecq_db.value;
	g_assert_cmpuint(f.result.tdecq.main_tap, ==, 0);
	g_test_message("nine taps %.4f, five %.4f, bare %.4f, no precursor %.4f dB", nine, all,
	               none, limited);
	g_assert_cmpfloat(nine, <=, all + 1e-4);
	g_assert_cmpfloat(all, <, none - 0.005);
	g_assert_cmpfloat(none, <=, limited + 1e-4);
	fixture_clear(&f);
}

static void test_closed_eye(void)
{
	g_autoptr(waveform) wave = NULL;
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	f.maker.pole_ui = 1.5;
	wave = maker_run(&f.maker);
	maker_add_noise(wave, 0.05e-3, 9);
	measure(&f, wave);
	g_assert_cmpint(f.result.tdecq_db.status, !=, SIGNAL_OK);
	g_test_message("%s", f.result.tdecq_db.reason);
	g_assert_true(isnan(f.result.tdecq_db.value));
	g_assert_true(isnan(f.result.ceq_db.value));
	fixture_clear(&f);
}

/* Lanes side by side are measured as one after the other, and a bad one spoils no other. */
static void test_lanes(void)
{
	struct lane lane[6] = {0};
	struct waveform *wave[6];
	struct fixture f;

	fixture_init(&f, PATTERN_PRBS13Q);
	for (guint i = 0; i < 6; i++) {
		f.maker.rotate = 1000 * i;
		f.maker.pole_ui = 0.1 + 0.02 * i;
		wave[i] = maker_run(&f.maker);
		maker_add_noise(wave[i], 8e-6, i);
		lane[i] = (struct lane){.wave = wave[i], .symbols = f.symbols, .n_symbols = f.n};
	}
	wave[4]->power_w[0] = NAN;
	lanes_measure(lane, 6, &f.settings);
	for (guint i = 0; i < 6; i++) {
		const struct pam4_result *r = &lane[i].result;

		g_assert_cmpint(lane[i].measured, ==, i != 4);
		if (lane[i].measured) {
			measure(&f, wave[i]);
			g_assert_no_error(lane[i].error);
			g_assert_cmpfloat(r->tdecq_db.value, ==, f.result.tdecq_db.value);
			g_assert_cmpfloat(r->eye[1].height_w.value, ==,
			                  f.result.eye[1].height_w.value);
		} else {
			g_assert_cmpint(r->status, ==, SIGNAL_NOT_FINITE);
			g_assert_error(lane[i].error, STATION_ERROR, STATION_ERROR_DATA);
		}
		g_clear_error(&lane[i].error);
		waveform_free(wave[i]);
	}
	lanes_measure(lane, 0, &f.settings);
	fixture_clear(&f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/pam4/align", test_align);
	g_test_add_func("/signal/pam4/align-noisy", test_align_noisy);
	g_test_add_func("/signal/pam4/square", test_square_is_upright);
	g_test_add_func("/signal/pam4/refused", test_refused);
	g_test_add_func("/signal/pam4/quantities", test_quantities);
	g_test_add_func("/signal/pam4/transition-of-pole", test_transition_of_pole);
	g_test_add_func("/signal/pam4/rlm", test_rlm);
	g_test_add_func("/signal/pam4/missing", test_missing);
	g_test_add_func("/signal/pam4/ssprq-ideal", test_ssprq_ideal);
	g_test_add_func("/signal/pam4/invariances", test_invariances);
	g_test_add_func("/signal/pam4/noise", test_noise_is_honest);
	g_test_add_func("/signal/pam4/freedoms", test_freedoms);
	g_test_add_func("/signal/pam4/closed-eye", test_closed_eye);
	g_test_add_func("/signal/pam4/lanes", test_lanes);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq.h"

#include "base/error.h"
#include "signal/minimise.h"
#include "signal/symbol_fit.h"
#include "signal/tdecq_cost.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

#define SPU 16

/* A cyclic sequence of 4^order symbols that holds each word of `order` once. */
struct de_bruijn {
	guint8 *symbols;
	gsize n;
	guint order;
	guint8 word[16];
};

static void de_bruijn_extend(struct de_bruijn *d, guint t, guint period)
{
	if (t > d->order) {
		for (guint i = 1; d->order % period == 0 && i <= period; i++)
			d->symbols[d->n++] = d->word[i];
		return;
	}
	d->word[t] = d->word[t - period];
	de_bruijn_extend(d, t + 1, period);
	for (guint8 s = d->word[t - period] + 1; s < 4; s++) {
		d->word[t] = s;
		de_bruijn_extend(d, t + 1, t);
	}
}

static guint8 *de_bruijn(guint order, gsize *n)
{
	struct de_bruijn d = {.order = order};

	d.symbols = g_new(guint8, (gsize)1 << (2 * order));
	de_bruijn_extend(&d, 1, 1);
	*n = d.n;
	g_assert_cmpuint(d.n, ==, 1u << (2 * order));
	return d.symbols;
}

/* A test signal: levels from 0 to 1, each symbol flat but for a ramp, ISI from one symbol before.
 */
struct flat {
	double level[4];
	double now, before; /* weights of this symbol and the one before */
	double ramp;        /* per UI, zero in the middle of the symbol */
	guint order;
};

struct signal {
	struct waveform *wave;
	guint8 *levels;
	struct tdecq_input input;
	struct tdecq_settings settings;
};

static void signal_clear(struct signal *signal)
{
	waveform_free(signal->wave);
	g_free(signal->levels);
}

/* No equaliser, no adjustments: the bare definition. */
static void settings_bare(struct tdecq_settings *settings)
{
	tdecq_settings_default(settings);
	settings->taps = 1;
	settings->max_precursors = 0;
	settings->require_receiver = FALSE;
	settings->fit_centre = FALSE;
	settings->adjust_thresholds = FALSE;
}

static void make_flat(const struct flat *flat, struct signal *signal)
{
	double sum = 0.0;
	gsize n;

	memset(signal, 0, sizeof(*signal));
	signal->levels = de_bruijn(flat->order, &n);
	signal->wave = waveform_new(n, SPU, maker_baud, NULL);
	for (gsize i = 0; i < n; i++) {
		double value = flat->now * flat->level[signal->levels[i]] +
		               flat->before * flat->level[signal->levels[(i + n - 1) % n]];

		for (guint j = 0; j < SPU; j++) {
			double time = (j + 0.5) / SPU - 0.5;

			signal->wave->power_w[i * SPU + j] = (float)(value + flat->ramp * time);
			sum += value;
		}
	}
	signal->input = (struct tdecq_input){
		.waveform = signal->wave,
		.levels = signal->levels,
		.start_samples = (double)(n * SPU) - 0.5,
		.average_w = sum / (double)(n * SPU),
		.oma_w = 1.0,
	};
	settings_bare(&signal->settings);
}

static double bare_tdecq(const struct flat *flat)
{
	static const double one[] = {1.0};
	struct tdecq_result result;
	struct signal signal;

	make_flat(flat, &signal);
	g_assert_true(tdecq_evaluate(&signal.input, &signal.settings, one, 0, &result, NULL));
	signal_clear(&signal);
	g_assert_cmpfloat_with_epsilon(fmax(result.ser[0], result.ser[1]), 4.8e-4, 1e-9);
	return 10.0 * log10(1.0 / (6.0 * 3.414 * result.noise_w));
}

#define EVEN                                                                                       \
	{                                                                                          \
		0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0                                                     \
	}

/* Closed forms without equaliser. */
static void test_closed_forms(void)
{
	static const struct {
		const char *what;
		struct flat flat;
		double db;
	} rows[] = {
		{"ideal", {EVEN, 1.0, 0.0, 0.0, 5}, 0.00009},
		{"tenth of the symbol before", {EVEN, 0.9, 0.1, 0.0, 5}, 2.91393},
		{"fifth of it", {EVEN, 0.8, 0.2, 0.0, 5}, 6.45161},
		{"negative", {EVEN, 1.1, -0.1, 0.0, 5}, 1.19362},
		{"levels 0 .30 .64 1", {{0.0, 0.30, 0.64, 1.0}, 1.0, 0.0, 0.0, 5}, 0.19530},
		{"levels 0 .31 .69 1", {{0.0, 0.31, 0.69, 1.0}, 1.0, 0.0, 0.0, 5}, 0.30387},
		{"ramp", {EVEN, 1.0, 0.0, 0.6, 5}, 0.66697},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		double db = bare_tdecq(&rows[i].flat);

		g_test_message("%s: %.5f dB, in theory %.5f", rows[i].what, db, rows[i].db);
		g_assert_cmpfloat_with_epsilon(db, rows[i].db, 5e-4);
	}
}

/* Taps free, noise white at the taps: known optima. */
static void test_free_taps(void)
{
	static const struct {
		struct flat flat;
		guint taps;
		double db, main;
	} rows[] = {
		{{EVEN, 0.85, 0.15, 0.0, 6}, 3, 0.77828, 1.17281},
		{{EVEN, 0.8, 0.2, 0.0, 6}, 5, 1.10733, 0.0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct tdecq_result result;
		struct signal signal;

		make_flat(&rows[i].flat, &signal);
		signal.settings.taps = rows[i].taps;
		signal.settings.noise_bandwidth_ui = 4.9; /* nearly no correlation between taps */
		g_assert_true(tdecq_measure(&signal.input, &signal.settings, &result, NULL));
		g_test_message("%u taps: %.5f dB, %.1f sweeps", rows[i].taps, result.tdecq_db.value,
		               result.sweeps);
		g_assert_cmpint(result.tdecq_db.status, ==, SIGNAL_OK);
		g_assert_cmpfloat_with_epsilon(result.tdecq_db.value, rows[i].db, 2e-3);
		g_assert_cmpuint(result.main_tap, ==, 0);
		if (rows[i].main > 0.0)
			g_assert_cmpfloat_with_epsilon(result.taps[0], rows[i].main, 0.01);
		g_assert_cmpfloat(result.sweeps, <, 120);
		signal_clear(&signal);
	}
}

static double one_with_noise(double signal_noise, double scope_noise, double declared, guint passes,
                             guint64 seed, struct tdecq_result *result)
{
	static const struct flat flat = {EVEN, 1.0, 0.0, 0.0, 7};
	static const double one[] = {1.0};
	struct signal signal;

	make_flat(&flat, &signal);
	maker_add_noise(signal.wave, hypot(signal_noise, scope_noise) / sqrt(passes), seed);
	signal.wave->passes = passes;
	signal.wave->scope_noise_w = declared;
	g_assert_true(tdecq_evaluate(&signal.input, &signal.settings, one, 0, result, NULL));
	signal_clear(&signal);
	return result->tdecq_db.value;
}

/* Mean of several: one waveform scatters by what its finite length allows. */
static double with_noise(double signal_noise, double scope_noise, double declared, guint passes,
                         struct tdecq_result *result)
{
	double sum = 0.0;

	for (guint64 seed = 1; seed <= 8; seed++)
		sum += one_with_noise(signal_noise, scope_noise, declared, passes, seed, result);
	return sum / 8.0;
}

/*
 * Noise that is in the signal already costs -5 log10(1 - r^2), however it was sampled. For 0.8 that
 * is 2.2185, with the distances folded at the thresholds 2.2124: between the two.
 */
static void test_signal_noise(void)
{
	static const struct {
		double r, db, tolerance;
	} rows[] = {{0.3, 0.2048, 0.005}, {0.6, 0.9691, 0.01}, {0.8, 2.2154, 0.02}};
	double unit = 1.0 / (6.0 * 3.414);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (guint passes = 1; passes <= 64; passes *= 8) {
			struct tdecq_result result;
			double db = with_noise(rows[i].r * unit, 0.0, 0.0, passes, &result);

			g_test_message("r %.1f, %u passes: %.4f dB, in theory %.4f", rows[i].r,
			               passes, db, rows[i].db);
			g_assert_cmpfloat_with_epsilon(db, rows[i].db, rows[i].tolerance);
			g_assert_cmpfloat_with_epsilon(result.signal_noise_w / unit, rows[i].r,
			                               0.01);
		}
	}
}

/* Near the end of what an eye bears each waveform scatters by 0.03 dB: the mean of many does not.
 */
static void test_much_noise(void)
{
	double unit = 1.0 / (6.0 * 3.414), sum = 0.0;
	struct tdecq_result result;

	for (guint64 seed = 1; seed <= 96; seed++)
		sum += one_with_noise(0.8 * unit, 0.0, 0.0, seed % 2 ? 1 : 64, seed, &result);
	g_test_message("r 0.8: %.4f dB, in theory 2.2124 to 2.2185", sum / 96.0);
	g_assert_cmpfloat_with_epsilon(sum / 96.0, 2.2154, 0.01);
}

/* The scope's noise, declared and in the samples, leaves no trace; undeclared it costs. */
static void test_scope_noise(void)
{
	double unit = 1.0 / (6.0 * 3.414);
	struct tdecq_result result;
	double clean = with_noise(0.5 * unit, 0.0, 0.0, 1, &result);
	double taken_off = with_noise(0.5 * unit, 0.5 * unit, 0.5 * unit, 1, &result);

	g_assert_cmpfloat_with_epsilon(taken_off, clean, 0.012);
	g_assert_cmpfloat_with_epsilon(result.scope_noise_w, 0.5 * unit, 1e-9);
	g_assert_cmpfloat_with_epsilon(with_noise(0.5 * unit, 0.5 * unit, 0.5 * unit, 16, &result),
	                               clean, 0.012);
	g_assert_cmpfloat(with_noise(0.5 * unit, 0.5 * unit, 0.0, 1, &result), >, clean + 0.5);
	/* Declared but not there: refused. */
	with_noise(0.0, 0.0, 0.5 * unit, 1, &result);
	g_assert_cmpint(result.tdecq_db.status, ==, SIGNAL_SCOPE_NOISE);
	g_assert_cmpfloat(result.scope_noise_w, <, 1e-6);
}

/* What repeats scatter is what each of them says. */
static void test_uncertainty(void)
{
	static const struct flat flat = {EVEN, 0.92, 0.08, 0.1, 6};
	enum { REPEATS = 32 };
	double sum = 0.0, sum2 = 0.0, told = 0.0, scatter, unit = 1.0 / (6.0 * 3.414);
	struct tdecq_result result;
	struct signal signal;

	for (guint i = 0; i < REPEATS; i++) {
		make_flat(&flat, &signal);
		tdecq_settings_default(&signal.settings);
		signal.settings.require_receiver = FALSE;
		maker_add_noise(signal.wave, 0.6 * unit, 100 + i);
		g_assert_true(tdecq_measure(&signal.input, &signal.settings, &result, NULL));
		signal_clear(&signal);
		sum += result.tdecq_db.value / REPEATS;
		sum2 += result.tdecq_db.value * result.tdecq_db.value / REPEATS;
		told += result.tdecq_db.uncertainty / REPEATS;
	}
	scatter = sqrt(sum2 - sum * sum);
	g_test_message("%.4f dB, scatter %.4f, told %.4f", sum, scatter, told);
	g_assert_cmpfloat(scatter, >, 0.5 * told);
	g_assert_cmpfloat(scatter, <, 1.6 * told);
}

/* Noise that lasts a whole symbol goes through the equaliser like the signal. */
static double with_lasting_noise(double noise, double declared)
{
	static const struct flat flat = {EVEN, 1.0, 0.0, 0.0, 8};
	static const double one[] = {1.0};
	struct maker_rng rng = {.state = 4};
	struct tdecq_result result;
	struct signal signal;

	make_flat(&flat, &signal);
	for (gsize i = 0; i < signal.wave->n_symbols; i++) {
		float added = (float)(noise * maker_normal(&rng));

		for (guint j = 0; j < SPU; j++)
			signal.wave->power_w[i * SPU + j] += added;
	}
	signal.wave->scope_noise_w = declared;
	signal.settings.noise_in_samples = TRUE;
	g_assert_true(tdecq_evaluate(&signal.input, &signal.settings, one, 0, &result, NULL));
	signal_clear(&signal);
	return result.tdecq_db.value;
}

static void test_noise_in_samples(void)
{
	double unit = 1.0 / (6.0 * 3.414);

	g_assert_cmpfloat_with_epsilon(with_lasting_noise(0.3 * unit, 0.0), 0.2048, 0.01);
	g_assert_cmpfloat_with_epsilon(with_lasting_noise(0.6 * unit, 0.0), 0.9691, 0.02);
	/* Half of it the scope's: given back as the standard does, R^2 = sigma_G^2 + sigma_S^2. */
	g_assert_cmpfloat_with_epsilon(with_lasting_noise(sqrt(0.5) * unit, 0.5 * unit), 0.6247,
	                               0.02);
}

static void test_no_value(void)
{
	static const struct flat closed = {EVEN, 0.55, 0.45, 0.0, 5};
	static const struct flat open = {EVEN, 1.0, 0.0, 0.0, 5};
	static const double one[] = {1.0};
	double unit = 1.0 / (6.0 * 3.414);
	struct tdecq_result result;
	struct signal signal;

	make_flat(&closed, &signal);
	g_assert_true(tdecq_evaluate(&signal.input, &signal.settings, one, 0, &result, NULL));
	g_assert_cmpint(result.tdecq_db.status, !=, SIGNAL_OK);
	g_assert_true(isnan(result.tdecq_db.value));
	g_assert_nonnull(strstr(result.tdecq_db.reason, "closed"));
	g_assert_cmpuint(result.symbol_errors, >, 0);
	signal_clear(&signal);

	/* More noise than the target allows before any is added. */
	with_noise(1.2 * unit, 0.0, 0.0, 1, &result);
	g_assert_cmpint(result.tdecq_db.status, !=, SIGNAL_OK);
	/* A scope that is noisier than what the signal bears cannot tell. */
	with_noise(0.3 * unit, 1.3 * unit, 1.3 * unit, 1, &result);
	g_assert_cmpint(result.tdecq_db.status, !=, SIGNAL_OK);
	g_assert_true(isnan(result.tdecq_minus_ceq_db.value));

	make_flat(&open, &signal);
	signal.settings.require_receiver = TRUE;
	g_assert_true(tdecq_evaluate(&signal.input, &signal.settings, one, 0, &result, NULL));
	g_assert_cmpint(result.tdecq_db.status, !=, SIGNAL_OK);
	g_assert_nonnull(strstr(result.tdecq_db.reason, "receiver"));
	signal_clear(&signal);
}

/* The slopes that the search follows are those of the costs, noise and all. */
static void test_gradient(void)
{
	static const struct flat flat = {EVEN, 0.88, 0.12, 0.1, 5};
	struct minimise_values at, up, down;
	struct tdecq_cost cost = {0};
	struct symbol_fit fit;
	struct signal signal;
	struct tdecq_variables start;
	double *x = start.x, *scale = start.scale;
	guint n;

	make_flat(&flat, &signal);
	maker_add_noise(signal.wave, 0.02, 8);
	tdecq_settings_default(&signal.settings);
	symbol_fit_init(&fit, signal.wave, signal.levels, signal.input.start_samples,
	                signal.input.average_w, 1.0);
	cost = (struct tdecq_cost){.fit = &fit,
	                           .settings = &signal.settings,
	                           .n_taps = 5,
	                           .main_tap = 1,
	                           .stride = 1,
	                           .nodes = 3,
	                           .tolerance = 1e-4,
	                           .outcome.noise = {0.03, 0.03},
	                           .point.taps = {-0.02, 1.1, -0.1, 0.03, -0.01},
	                           .point.centre_ui = 0.02,
	                           .signal_mean = 1e-4};
	for (guint level = 0; level < 4; level++)
		cost.signal_variance[level] = 0.5e-4 + 0.3e-4 * level;
	tdecq_cost_init(&cost);
	n = tdecq_cost_variables(&cost);
	g_assert_cmpuint(n, ==, 8);
	tdecq_cost_start(&cost, &start);
	tdecq_cost_at(&cost, x, &at);
	g_assert_false(cost.outcome.closed);
	for (guint i = 0; i < n; i++) {
		double step = 0.01 * scale[i], middle = x[i];

		x[i] = middle + step;
		tdecq_cost_at(&cost, x, &up);
		x[i] = middle - step;
		tdecq_cost_at(&cost, x, &down);
		x[i] = middle;
		for (guint side = 0; side < 2; side++) {
			double slope = (up.value[side] - down.value[side]) / (2.0 * step);

			g_assert_cmpfloat_with_epsilon(at.gradient[side][i], slope,
			                               2e-3 * fabs(slope) + 2e-4);
		}
	}
	symbol_fit_clear(&fit);
	signal_clear(&signal);
}

static void expect_refused(struct signal *signal, int code)
{
	g_autoptr(GError) error = NULL;
	struct tdecq_result result;

	g_assert_false(tdecq_measure(&signal->input, &signal->settings, &result, &error));
	g_assert_error(error, STATION_ERROR, code);
}

static void test_refused(void)
{
	static const struct flat flat = {EVEN, 1.0, 0.0, 0.0, 3};
	static const double half[] = {0.5};
	g_autoptr(GCancellable) stop = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	struct tdecq_result result;
	struct signal signal;

	make_flat(&flat, &signal);
	signal.wave->power_w[99] = NAN;
	expect_refused(&signal, STATION_ERROR_DATA);
	signal.wave->power_w[99] = INFINITY;
	expect_refused(&signal, STATION_ERROR_DATA);
	signal.wave->power_w[99] = 0.5f;
	signal.input.oma_w = 0.0;
	expect_refused(&signal, STATION_ERROR_DATA);
	signal.input.oma_w = NAN;
	expect_refused(&signal, STATION_ERROR_DATA);
	signal.input.oma_w = 1.0;
	signal.input.start_samples = -1.0;
	expect_refused(&signal, STATION_ERROR_DATA);
	signal.input.start_samples = 0.0;
	signal.wave->scope_noise_w = NAN;
	expect_refused(&signal, STATION_ERROR_DATA);
	signal.wave->scope_noise_w = 0.0;
	signal.levels[5] = 4;
	expect_refused(&signal, STATION_ERROR_DATA);
	signal.levels[5] = 0;
	signal.settings.taps = TDECQ_MAX_TAPS + 1;
	expect_refused(&signal, STATION_ERROR_RANGE);
	signal.settings.taps = 0;
	expect_refused(&signal, STATION_ERROR_RANGE);
	signal.settings.taps = 1;
	signal.settings.target_ser = NAN;
	expect_refused(&signal, STATION_ERROR_RANGE);
	signal.settings.target_ser = 4.8e-4;
	g_assert_false(tdecq_evaluate(&signal.input, &signal.settings, half, 0, &result, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	/* nobody wants it any more */
	signal.settings.taps = 5;
	signal.settings.stop = stop;
	g_cancellable_cancel(stop);
	expect_refused(&signal, STATION_ERROR_CANCELLED);
	signal_clear(&signal);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/tdecq/closed-forms", test_closed_forms);
	g_test_add_func("/signal/tdecq/free-taps", test_free_taps);
	g_test_add_func("/signal/tdecq/signal-noise", test_signal_noise);
	g_test_add_func("/signal/tdecq/much-noise", test_much_noise);
	g_test_add_func("/signal/tdecq/scope-noise", test_scope_noise);
	g_test_add_func("/signal/tdecq/noise-in-samples", test_noise_in_samples);
	g_test_add_func("/signal/tdecq/uncertainty", test_uncertainty);
	g_test_add_func("/signal/tdecq/no-value", test_no_value);
	g_test_add_func("/signal/tdecq/gradient", test_gradient);
	g_test_add_func("/signal/tdecq/refused", test_refused);
	return g_test_run();
}

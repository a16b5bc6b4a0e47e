/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/*
 * Signals whose TDECQ theory tells: enumerated over all words of symbols, without a search. Each at
 * 8, 16 and 32 samples per symbol, within 0.01 dB.
 */
#include "signal/pam4.h"
#include "tests/reference/flat_wave.h"
#include "tests/reference/tdecq_reference.h"

#include <math.h>

#define CLOSE_DB 0.01

/* No equaliser, nothing slides. */
static void bare_settings(struct tdecq_settings *settings)
{
	tdecq_settings_default(settings);
	settings->taps = 1;
	settings->fit_centre = FALSE;
	settings->adjust_thresholds = FALSE;
}

static double bare_db(const struct flat_wave *f, guint spu, guint passes, guint64 seed,
                      struct tdecq_result *result)
{
	struct tdecq_settings settings;
	g_auto(flat_sampled) s = {0};
	g_autoptr(GError) error = NULL;

	bare_settings(&settings);
	flat_wave_sample(f, spu, passes, seed, &s);
	g_assert_true(tdecq_measure(&s.input, &settings, result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(result->tdecq_db.status, ==, SIGNAL_OK);
	g_assert_cmpfloat(result->ceq, ==, 1);
	return result->tdecq_db.value;
}

/* Told and counted; the next case is tried all the same. */
static void expect(const char *what, guint spu, double got, double want, double tolerance)
{
	g_test_message("%2u samples, %s: %.5f, theory %.5f", spu, what, got, want);
	if (!(fabs(got - want) <= tolerance)) {
		g_test_message("differs by more than %.5f", tolerance);
		g_test_fail();
	}
}

/* Theory, the printed value where there is one, and the measurement agree at all rates. */
static void check(const struct flat_wave *f, double printed_db)
{
	double want = flat_wave_db(f);

	if (!isnan(printed_db))
		g_assert_cmpfloat_with_epsilon(want, printed_db, 2e-5);
	for (guint spu = 8; spu <= 32; spu *= 2) {
		struct tdecq_result result;
		double db = bare_db(f, spu, 1, 0, &result);
		expect("dB", spu, db, want, CLOSE_DB);
		/* the noise it tells meets the target, by the theory */
		double ser = flat_wave_ser(f, result.noise_w / FLAT_SCALE_W);
		expect("SER / target", spu, ser / 4.8e-4, 1, 0.02);
	}
}

/* -- without noise -------------------------------------------------------------------------- */

static void test_ideal(void)
{
	struct flat_wave f = flat_wave_plain();

	check(&f, 0.00009);
	f.pattern = WAVE_SSPRQ;
	check(&f, 0.00822);
}

static void test_isi(void)
{
	static const struct {
		double now, before, db;
	} rows[] = {{0.9, 0.1, 2.91393}, {1.1, -0.1, 1.19362}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct flat_wave f = flat_wave_plain();
		f.now = rows[i].now;
		f.before = rows[i].before;
		check(&f, rows[i].db);
	}
}

/* Here the formula has a solution, but symbols are decided wrongly without any noise. */
static void test_isi_closed(void)
{
	struct flat_wave f = flat_wave_plain();
	struct tdecq_settings settings;
	struct tdecq_result result;
	g_auto(flat_sampled) s = {0};

	f.now = 0.8;
	f.before = 0.2;
	bare_settings(&settings);
	flat_wave_sample(&f, 16, 1, 1, &s);
	g_assert_true(tdecq_measure(&s.input, &settings, &result, NULL));
	g_assert_cmpint(result.tdecq_db.status, ==, SIGNAL_EYE_CLOSED);
	g_assert_true(isnan(result.tdecq_db.value));
	/* of the words 3, 0 and 0, 3 one each is on the wrong side, a sixteenth of all */
	g_assert_cmpuint(result.symbol_errors, ==, s.wave->n_symbols / 8);
	g_assert_cmpfloat_with_epsilon(flat_wave_db(&f), 6.45161, 2e-5);
	double db = 10 * log10(FLAT_SCALE_W / (6 * 3.414 * result.noise_w));
	expect("dB of the best try", 16, db, 6.45161, CLOSE_DB);
}

static void test_levels(void)
{
	static const struct {
		double inner[2], db;
	} rows[] = {{{0.30, 0.64}, 0.19530}, {{0.31, 0.69}, 0.30387}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct flat_wave f = flat_wave_plain();
		f.level[1] = rows[i].inner[0];
		f.level[2] = rows[i].inner[1];
		check(&f, rows[i].db);
	}
}

static void test_ramp(void)
{
	struct flat_wave f = flat_wave_plain();

	f.ramp = 0.6;
	check(&f, 0.66697);
	f.ramp = -0.6;
	check(&f, 0.66697);
}

static void test_combined(void)
{
	struct flat_wave f = flat_wave_plain();

	f.now = 0.94;
	f.before = 0.06;
	f.level[1] = 0.31;
	f.level[2] = 0.65;
	check(&f, NAN);
	f.ramp = 0.3;
	check(&f, NAN);
	f.now = 1.05;
	f.before = -0.05;
	check(&f, NAN);
}

/* -- with noise ----------------------------------------------------------------------------- */

#define BARE_NOISE (1 / (6 * 3.414)) /* what an ideal signal bears, part of OMA */

/* The mean of so many waveforms: how much noise there is in one is known to half a percent only. */
#define REPEATS 6

static double mean_db(const struct flat_wave *f, guint spu, struct tdecq_result *result)
{
	double sum = 0;

	for (guint i = 0; i < REPEATS; i++)
		sum += bare_db(f, spu, 64, 100 * spu + i, result);
	return sum / REPEATS;
}

static void check_noisy(const struct flat_wave *f, double printed_db, double close_db)
{
	double want = flat_wave_db(f);

	if (!isnan(printed_db))
		g_assert_cmpfloat_with_epsilon(want, printed_db, 5e-4);
	for (guint spu = 8; spu <= 32; spu *= 2) {
		struct tdecq_result result;
		expect("dB", spu, mean_db(f, spu, &result), want, close_db);
		expect("noise", spu, result.signal_noise_w / (f->signal_noise * FLAT_SCALE_W), 1,
		       0.03);
	}
}

static void test_noise(void)
{
	static const struct {
		double r, close_db;
	} rows[] = {{0.3, 0.005}, {0.6, CLOSE_DB}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct flat_wave f = flat_wave_plain();
		f.signal_noise = rows[i].r * BARE_NOISE;
		check_noisy(&f, -5 * log10(1 - rows[i].r * rows[i].r), rows[i].close_db);
	}
}

/* Much noise: its uncertainty counts three times as much as it does at 0.6. */
static void test_much_noise(void)
{
	struct flat_wave f = flat_wave_plain();

	f.signal_noise = 0.8 * BARE_NOISE;
	check_noisy(&f, -5 * log10(1 - 0.64), 0.03);
}

/* Noise of the scope is taken off: it lowers TDECQ against the same noise in the signal by
 * 5 log10(1 + a^2), a in units of the noise that could still be added. */
static void test_scope_noise(void)
{
	struct flat_wave f = flat_wave_plain(), all = flat_wave_plain();
	struct tdecq_result told, untold;
	double r = 0.3, s = 0.35, added = 1 - r * r - s * s, a2 = s * s / added;

	f.signal_noise = r * BARE_NOISE;
	f.scope_noise = s * BARE_NOISE;
	all.signal_noise = hypot(r, s) * BARE_NOISE;
	check_noisy(&f, -5 * log10(1 - r * r), CLOSE_DB);
	double difference = mean_db(&all, 32, &untold) - mean_db(&f, 32, &told);
	g_assert_cmpfloat_with_epsilon(difference, 5 * log10(1 + a2), CLOSE_DB);
	g_assert_cmpfloat_with_epsilon(told.scope_noise_w, f.scope_noise * FLAT_SCALE_W, 1e-9);
}

static void test_noise_combined(void)
{
	struct flat_wave f = flat_wave_plain();

	f.signal_noise = 0.3 * BARE_NOISE;
	f.now = 0.94;
	f.before = 0.06;
	check_noisy(&f, NAN, CLOSE_DB);
	f.level[1] = 0.31;
	f.level[2] = 0.65;
	check_noisy(&f, NAN, CLOSE_DB);
	f.scope_noise = 0.2 * BARE_NOISE;
	f.ramp = 0.3;
	check_noisy(&f, NAN, CLOSE_DB);
}

/* -- free taps ------------------------------------------------------------------------------ */

static void flat_window(gconstpointer data, double t, double *power, double *slope)
{
	const struct flat_wave *f = data;
	gsize n = 0;
	g_autofree guint8 *levels = wave_pattern_new(f->pattern, &n);

	for (gsize i = 0; i < n; i++) {
		power[i] = FLAT_ZERO_W + FLAT_SCALE_W * flat_wave_at(f, levels, n, (double)i + t);
		if (slope)
			slope[i] = 0;
	}
}

/* The judge's optimum over the enumeration, at this bandwidth of the noise. */
static void judge_flat(const struct flat_wave *f, const struct tdecq_settings *settings,
                       struct reference_result *result)
{
	gsize n = 0;
	g_autofree guint8 *levels = wave_pattern_new(f->pattern, &n);
	struct reference_input input = {.at = flat_window,
	                                .wave = f,
	                                .levels = levels,
	                                .n_symbols = n,
	                                .average_w =
	                                        FLAT_ZERO_W + FLAT_SCALE_W * flat_wave_average(f),
	                                .oma_w = FLAT_SCALE_W * (f->now + f->before)};

	reference_tdecq(&input, settings, NULL, 30, result);
}

static void test_free_taps(void)
{
	static const struct {
		double now;
		guint taps;
		double db;
	} rows[] = {{0.85, 3, 0.77828}, {0.8, 5, 1.10733}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct flat_wave f = flat_wave_plain();
		struct tdecq_settings settings;
		struct reference_result judge;
		f.now = rows[i].now;
		f.before = 1 - rows[i].now;
		bare_settings(&settings);
		settings.taps = rows[i].taps;
		/* as good as white: the printed values are for white noise */
		settings.noise_bandwidth_ui = 40;
		judge_flat(&f, &settings, &judge);
		g_assert_cmpfloat(judge.tdecq_db, <, rows[i].db + 1e-4);
		g_assert_cmpfloat(judge.tdecq_db, >, rows[i].db - 1e-3);
		settings.noise_bandwidth_ui = 0.5;
		judge_flat(&f, &settings, &judge);
		for (guint spu = 8; spu <= 32; spu *= 2) {
			struct tdecq_result result;
			g_auto(flat_sampled) s = {0};
			flat_wave_sample(&f, spu, 1, 0, &s);
			g_assert_true(tdecq_measure(&s.input, &settings, &result, NULL));
			expect("dB", spu, result.tdecq_db.value, judge.tdecq_db, 0.005);
		}
	}
}

/* A transmitter with peaking is better than an ideal one: no clamp at 0 dB. */
static void test_below_zero(void)
{
	struct flat_wave f = flat_wave_plain();
	struct tdecq_settings settings;
	struct tdecq_result result;
	struct reference_result judge;
	g_auto(flat_sampled) s = {0};

	f.now = 1.1;
	f.before = -0.1;
	bare_settings(&settings);
	settings.taps = 5;
	judge_flat(&f, &settings, &judge);
	flat_wave_sample(&f, 16, 1, 0, &s);
	g_assert_true(tdecq_measure(&s.input, &settings, &result, NULL));
	g_assert_cmpfloat(judge.tdecq_db, <, -0.1);
	g_assert_cmpfloat(result.ceq, <, 1);
	g_assert_cmpfloat_with_epsilon(result.tdecq_db.value, judge.tdecq_db, 0.005);
}

/* -- what comes along ----------------------------------------------------------------------- */

/* OMA, ER, RLM, Pave of flat signals, from the samples alone. */
static void test_companions(void)
{
	for (guint spu = 8; spu <= 32; spu *= 2) {
		struct flat_wave f = flat_wave_plain();
		struct pam4_settings settings;
		struct pam4_result result;
		g_auto(flat_sampled) s = {0};
		f.level[1] = 0.30;
		f.level[2] = 0.64;
		flat_wave_sample(&f, spu, 1, 0, &s);
		pam4_settings_default(&settings);
		bare_settings(&settings.tdecq);
		settings.with_eye = FALSE;
		g_assert_true(pam4_measure(s.wave, s.levels, s.wave->n_symbols, &settings, &result,
		                           NULL));
		g_assert_cmpfloat_with_epsilon(result.oma_outer_w.value / FLAT_SCALE_W, 1, 1e-6);
		g_assert_cmpfloat_with_epsilon(result.outer_er_db.value,
		                               10 * log10((FLAT_ZERO_W + FLAT_SCALE_W) /
		                                          FLAT_ZERO_W),
		                               1e-5);
		/* (V1 - Vmid) / (V0 - Vmid) = 0.4, (V2 - Vmid) / (V3 - Vmid) = 0.28 */
		g_assert_cmpfloat_with_epsilon(result.rlm.value, 2 - 3 * 0.4, 1e-5);
		g_assert_cmpfloat_with_epsilon(result.average_power_w.value,
		                               FLAT_ZERO_W + FLAT_SCALE_W * flat_wave_average(&f),
		                               1e-3 * FLAT_SCALE_W);
		expect("dB", spu, result.tdecq_db.value, flat_wave_db(&f), CLOSE_DB);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tdecq-closed/ideal", test_ideal);
	g_test_add_func("/tdecq-closed/isi", test_isi);
	g_test_add_func("/tdecq-closed/isi-closed", test_isi_closed);
	g_test_add_func("/tdecq-closed/levels", test_levels);
	g_test_add_func("/tdecq-closed/ramp", test_ramp);
	g_test_add_func("/tdecq-closed/combined", test_combined);
	g_test_add_func("/tdecq-closed/noise", test_noise);
	g_test_add_func("/tdecq-closed/much-noise", test_much_noise);
	g_test_add_func("/tdecq-closed/scope-noise", test_scope_noise);
	g_test_add_func("/tdecq-closed/noise-combined", test_noise_combined);
	g_test_add_func("/tdecq-closed/free-taps", test_free_taps);
	g_test_add_func("/tdecq-closed/below-zero", test_below_zero);
	g_test_add_func("/tdecq-closed/companions", test_companions);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* What must not change TDECQ: seeded waveforms, each measured as it is and changed. */
#include "tests/reference/tdecq_trial.h"

#include <math.h>
#include <string.h>

#define SAME_DB 1e-3
#define SEEDS   4

/* A waveform and all that tdecq_measure wants to know of it. */
struct scene {
	struct wave_spec spec;
	struct tdecq_settings settings;
	struct wave_measures own;
	struct waveform *wave;
	guint8 *levels;
	double start;
};
typedef struct scene scene; /* for g_auto(scene) only */

static void scene_clear(struct scene *s)
{
	waveform_free(s->wave);
	g_free(s->levels);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(scene, scene_clear)

static void scene_make(struct scene *s)
{
	g_autoptr(exact_wave) exact = wave_exact(&s->spec);
	double length = (double)exact->n_symbols * s->spec.samples_per_symbol;

	scene_clear(s);
	wave_measure(exact, s->spec.inverted, &s->own);
	s->wave = wave_sample(&s->spec, exact);
	s->levels = g_memdup2(exact->levels, exact->n_symbols);
	s->start = s->spec.offset_samples + s->own.start_ui * s->spec.samples_per_symbol;
	s->start -= length * floor(s->start / length);
}

static void scene_draw(struct scene *s, guint seed)
{
	struct tdecq_trial trial;

	tdecq_trial_draw(&trial, WAVE_PRBS9Q, seed % 2 ? 9 : 5, FALSE, 500 + seed);
	*s = (struct scene){.spec = trial.spec, .settings = trial.settings};
	/* the extremes have two optima so near each other that which is found is a matter of luck
	 */
	wave_spec_soften(&s->spec, 0.6);
	s->spec.zero_w = fmax(s->spec.zero_w, 0.3 * s->spec.oma_w);
	scene_make(s);
}

static void measure(const struct scene *s, struct tdecq_result *result)
{
	struct tdecq_input input = {.waveform = s->wave,
	                            .levels = s->levels,
	                            .start_samples = s->start,
	                            .average_w = s->own.average_w,
	                            .oma_w = s->spec.oma_w};
	g_autoptr(GError) error = NULL;

	g_assert_true(tdecq_measure(&input, &s->settings, result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(result->tdecq_db.status, ==, SIGNAL_OK);
}

static double value(const struct scene *s)
{
	struct tdecq_result result;

	measure(s, &result);
	return result.tdecq_db.value;
}

static void expect(const char *what, guint seed, double changed, double plain, double tolerance)
{
	g_test_message("%u, %s: %.5f dB, %+.5f", seed, what, plain, changed - plain);
	if (!(fabs(changed - plain) <= tolerance)) {
		g_test_message("differs by more than %.5f", tolerance);
		g_test_fail();
	}
}

static void scale_samples(struct scene *s, double factor, double offset_w)
{
	for (gsize i = 0; i < waveform_length(s->wave); i++)
		s->wave->power_w[i] = (float)(factor * s->wave->power_w[i] + offset_w);
	s->own.average_w = factor * s->own.average_w + offset_w;
	s->spec.oma_w *= factor;
}

static void test_scale_and_offset(void)
{
	for (guint seed = 0; seed < SEEDS; seed++) {
		g_auto(scene) s = {0};
		scene_draw(&s, seed);
		double plain = value(&s);
		scale_samples(&s, 1e-3, 0);
		expect("microwatts", seed, value(&s), plain, SAME_DB);
		scale_samples(&s, 3.3e4, 0);
		expect("tens of milliwatts", seed, value(&s), plain, SAME_DB);
		scale_samples(&s, 1, 3 * s.spec.oma_w);
		expect("offset", seed, value(&s), plain, SAME_DB);
	}
}

/* The same samples, the record begun elsewhere. */
static void test_rotation(void)
{
	for (guint seed = 0; seed < SEEDS; seed++) {
		g_auto(scene) s = {0};
		scene_draw(&s, seed);
		gsize n = waveform_length(s.wave), by = 1000 + 777 * seed;
		g_autofree float *copy = g_memdup2(s.wave->power_w, n * sizeof(float));
		double plain = value(&s);
		for (gsize i = 0; i < n; i++)
			s.wave->power_w[(i + by) % n] = copy[i];
		s.start = fmod(s.start + (double)by, (double)n);
		expect("rotated", seed, value(&s), plain, SAME_DB);
	}
}

/* Sampled at other moments, and at other rates: the interpolation differs, and where the search
 * ends. */
static void test_sampling(void)
{
	static const struct {
		guint spu;
		double shift, tolerance;
	} rows[] = {{16, 0.5, 0.002}, {16, 0.31, 0.002}, {32, 0.7, 0.002}, {8, 0.2, 0.01}};

	for (guint seed = 0; seed < SEEDS; seed++) {
		g_auto(scene) s = {0};
		scene_draw(&s, seed);
		struct wave_spec spec = s.spec;
		double plain = value(&s);
		for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
			g_autofree char *name = g_strdup_printf("%u samples per symbol, %.2f late",
			                                        rows[i].spu, rows[i].shift);
			s.spec = spec;
			s.spec.samples_per_symbol = rows[i].spu;
			s.spec.offset_samples =
				spec.offset_samples * rows[i].spu / 16 + rows[i].shift;
			scene_make(&s);
			expect(name, seed, value(&s), plain, rows[i].tolerance);
		}
	}
}

/* Light and dark exchanged. */
static void test_polarity(void)
{
	for (guint seed = 0; seed < SEEDS; seed++) {
		g_auto(scene) s = {0};
		scene_draw(&s, seed);
		double plain = value(&s);
		scale_samples(&s, -1, 10 * s.spec.oma_w);
		s.spec.oma_w = -s.spec.oma_w;
		for (gsize i = 0; i < s.wave->n_symbols; i++)
			s.levels[i] = 3 - s.levels[i];
		expect("inverted", seed, value(&s), plain, SAME_DB);
	}
}

/* Backwards, with every place allowed for the main tap, the taps come out mirrored. */
static void test_time_reversal(void)
{
	for (guint seed = 0; seed < SEEDS; seed++) {
		g_auto(scene) s = {0};
		scene_draw(&s, seed);
		s.settings.taps = 5;
		s.settings.max_precursors = 4;
		double plain = value(&s);
		gsize n = waveform_length(s.wave), symbols = s.wave->n_symbols;
		for (gsize i = 0; i < n / 2; i++) {
			float other = s.wave->power_w[i];
			s.wave->power_w[i] = s.wave->power_w[n - 1 - i];
			s.wave->power_w[n - 1 - i] = other;
		}
		for (gsize i = 0; i < symbols / 2; i++) {
			guint8 other = s.levels[i];
			s.levels[i] = s.levels[symbols - 1 - i];
			s.levels[symbols - 1 - i] = other;
		}
		/* the end of the last symbol, which is the begin of the first, comes first */
		s.start = fmod(2 * (double)n - 1 - s.start, (double)n);
		expect("backwards", seed, value(&s), plain, SAME_DB);
	}
}

static gpointer measure_in_thread(gpointer data)
{
	struct tdecq_result *result = g_new0(struct tdecq_result, 1);

	measure(data, result);
	return result;
}

static void assert_same(const struct tdecq_result *a, const struct tdecq_result *b)
{
	g_assert_cmpfloat(a->tdecq_db.value, ==, b->tdecq_db.value);
	g_assert_cmpfloat(a->noise_w, ==, b->noise_w);
	g_assert_cmpfloat(a->ceq, ==, b->ceq);
	g_assert_cmpfloat(a->centre_ui, ==, b->centre_ui);
	g_assert_cmpuint(a->main_tap, ==, b->main_tap);
	for (guint i = 0; i < a->n_taps; i++)
		g_assert_cmpfloat(a->taps[i], ==, b->taps[i]);
	for (guint k = 0; k < 3; k++)
		g_assert_cmpfloat(a->threshold_shift[k], ==, b->threshold_shift[k]);
	for (guint k = 0; k < 2; k++)
		g_assert_cmpfloat(a->ser[k], ==, b->ser[k]);
}

/* However many are at work, every bit is the same. */
static void test_threads(void)
{
	static const guint counts[] = {1, 2, 8};
	struct tdecq_result plain;
	g_auto(scene) s = {0};

	scene_draw(&s, 1);
	measure(&s, &plain);
	for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
		GThread *threads[8];
		for (guint k = 0; k < counts[i]; k++)
			threads[k] = g_thread_new("measure", measure_in_thread, &s);
		for (guint k = 0; k < counts[i]; k++) {
			g_autofree struct tdecq_result *result = g_thread_join(threads[k]);
			assert_same(result, &plain);
		}
	}
}

/* Prints the value: what is left when the kernels are chosen anew, in a process of its own. */
static int print_values(void)
{
	for (guint seed = 0; seed < SEEDS; seed++) {
		g_auto(scene) s = {0};
		scene_draw(&s, seed);
		g_print("%.9f\n", value(&s));
	}
	return 0;
}

/* Whatever part of the ladder of kernels is used. */
static void test_kernels(gconstpointer program)
{
	static const char *const steps[] = {"plain", "avx2", "avx512"};
	double plain[SEEDS];

	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		const char *argv[] = {program, "--values", NULL};
		g_autofree char *out = NULL;
		int status = -1;
		g_auto(GStrv) environment =
			g_environ_setenv(g_get_environ(), "STATION_KERNELS", steps[i], TRUE);
		g_assert_true(g_spawn_sync(NULL, (char **)argv, environment, G_SPAWN_DEFAULT, NULL,
		                           NULL, &out, NULL, &status, NULL));
		g_assert_cmpint(status, ==, 0);
		g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
		g_assert_cmpuint(g_strv_length(lines), ==, SEEDS + 1);
		for (guint seed = 0; seed < SEEDS; seed++) {
			double db = g_ascii_strtod(lines[seed], NULL);
			plain[seed] = i ? plain[seed] : db;
			expect(steps[i], seed, db, plain[seed], SAME_DB);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--values"))
		return print_values();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tdecq-invariance/scale-and-offset", test_scale_and_offset);
	g_test_add_func("/tdecq-invariance/rotation", test_rotation);
	g_test_add_func("/tdecq-invariance/sampling", test_sampling);
	g_test_add_func("/tdecq-invariance/polarity", test_polarity);
	g_test_add_func("/tdecq-invariance/time-reversal", test_time_reversal);
	g_test_add_func("/tdecq-invariance/threads", test_threads);
	g_test_add_data_func("/tdecq-invariance/kernels", argv[0], test_kernels);
	return g_test_run();
}

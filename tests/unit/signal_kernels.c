/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* Every step of the ladder says what plain C says, for every length and address. */
#include "signal/kernels.h"

#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

#define SYMBOLS_MAX 1000

static const struct kernels *plain(void)
{
	return kernels_for(1u << KERNELS_PLAIN);
}

/* Runs `test` with each wider step that this machine has. */
static void for_each_step(void (*test)(const struct kernels *kernels))
{
	for (guint step = 1; step < KERNELS_N; step++) {
		const struct kernels *kernels = kernels_for(1u << step);

		if (kernels == plain())
			g_test_message("step %u: not on this machine", step);
		else
			test(kernels);
	}
}

static void test_choice(void)
{
	g_autofree char *before = g_strdup(g_getenv("STATION_KERNELS"));

	g_assert_cmpstr(plain()->name, ==, "plain");
	g_assert_true(kernels_for(0) == plain());
	g_setenv("STATION_KERNELS", "plain", TRUE);
	g_assert_true(kernels_best() == plain());
	g_setenv("STATION_KERNELS", "avx2", TRUE);
	g_assert_true(kernels_best() == kernels_for(1u << KERNELS_AVX2));
	g_unsetenv("STATION_KERNELS");
	g_assert_true(kernels_best() == kernels_for(KERNELS_ALL));
	if (before)
		g_setenv("STATION_KERNELS", before, TRUE);
}

static void range_of(const struct kernels *kernels)
{
	struct maker_rng rng = {.state = 5};
	float x[700];

	for (gsize i = 0; i < G_N_ELEMENTS(x); i++)
		x[i] = (float)(1e-3 * maker_normal(&rng));
	for (gsize n = 1; n < 600; n += 1 + n / 3) {
		for (gsize from = 0; from < 5; from++) {
			struct kernels_range a = plain()->range(x + from, n);
			struct kernels_range b = kernels->range(x + from, n);

			g_assert_cmpfloat(a.low, ==, b.low);
			g_assert_cmpfloat(a.high, ==, b.high);
			g_assert_cmpfloat_with_epsilon(a.sum, b.sum, 1e-8 * (double)n);
		}
	}
	x[333] = NAN;
	g_assert_false(isfinite(kernels->range(x, 600).sum));
	x[333] = INFINITY;
	g_assert_false(isfinite(kernels->range(x, 600).sum));
	/* The smallest numbers that there are count as well. */
	for (gsize i = 0; i < G_N_ELEMENTS(x); i++)
		x[i] = (float)i * 1e-42f;
	g_assert_cmpfloat(kernels->range(x, 600).high, ==, x[599]);
}

static void test_range(void)
{
	for_each_step(range_of);
}

/* Symbols with all polynomials' terms, and room on both sides. */
struct terms {
	float store[SWEEP_TERMS][SYMBOLS_MAX + 2 * SWEEP_PAD];
	guint8 level[SYMBOLS_MAX + SWEEP_PAD];
};

static void make_terms(struct terms *terms, struct sweep_input *in)
{
	static const double size[SWEEP_TERMS] = {0.03, 0.2, 0.5, 1.0, 2.0};
	struct maker_rng rng = {.state = 77};

	for (gsize i = 0; i < G_N_ELEMENTS(terms->level); i++)
		terms->level[i] = maker_random(&rng) % 4;
	for (guint d = 0; d < SWEEP_TERMS; d++) {
		for (gsize i = 0; i < G_N_ELEMENTS(terms->store[d]); i++)
			terms->store[d][i] = (float)(size[d] * maker_normal(&rng));
		in->term[d] = terms->store[d] + SWEEP_PAD;
	}
	for (gsize i = 0; i < SYMBOLS_MAX + SWEEP_PAD; i++)
		terms->store[0][SWEEP_PAD + i] += ((float)terms->level[i] - 1.5f) / 3.0f;
	in->level = terms->level;
}

static void compare_slope(double a, double b, double largest)
{
	g_assert_cmpfloat_with_epsilon(a, b, 2e-3 * largest);
}

static void compare_windows(const struct sweep_window *a, const struct sweep_window *b)
{
	double largest = 0.0;

	g_assert_cmpfloat_with_epsilon(a->ser, b->ser, 1e-4 * a->ser);
	g_assert_cmpfloat_with_epsilon(a->errors, b->errors, 1e-9);
	g_assert_cmpfloat_with_epsilon(a->slope2, b->slope2, 4e-3 * a->slope2);
	for (guint k = 0; k < 3; k++)
		largest = fmax(largest, fabs(a->threshold[k]));
	for (guint k = 0; k < 3; k++)
		compare_slope(a->threshold[k], b->threshold[k], largest);
	for (guint l = 0; l < 4; l++)
		compare_slope(a->log_sigma[l], b->log_sigma[l], fmax(a->log_sigma[l], 1e-12));
	for (guint i = 0; i < SWEEP_MAX_TAPS; i++)
		compare_slope(a->tap[i], b->tap[i], largest);
	compare_slope(a->time, b->time, largest);
}

static void sweep_with(const struct kernels *kernels)
{
	static const gsize sizes[] = {1, 15, 63, 64, 65, 200, 999};
	static const guint taps[] = {1, 5, 9, 16};
	struct sweep_input in = {
		.node_weight = {0.5f, 0.5f, 0.0f},
		.threshold = {-0.33f, 0.004f, 0.334f},
		.inverse_sigma = {{20.0f, 22.0f, 24.0f, 26.0f}, {25.0f, 24.0f, 23.0f, 22.0f}},
		.time_ui = {{-0.06f, -0.05f, -0.04f}, {0.04f, 0.05f, 0.06f}},
		.tap = {0.02f, 1.05f, -0.05f, -0.03f, 0.01f},
	};
	struct terms *terms = g_new(struct terms, 1);
	struct sweep_output a, b;

	make_terms(terms, &in);
	for (guint run = 0; run < G_N_ELEMENTS(sizes) * G_N_ELEMENTS(taps); run++) {
		in.n = sizes[run % G_N_ELEMENTS(sizes)];
		in.n_taps = taps[run / G_N_ELEMENTS(sizes)];
		in.main_tap = in.n_taps > 1 ? 1 : 0;
		in.stride = 1 + run % 3;
		in.nodes = 2 + run % 2;
		plain()->tdecq_sweep(&in, &a);
		kernels->tdecq_sweep(&in, &b);
		g_assert_cmpuint(a.n, ==, b.n);
		compare_windows(&a.window[0], &b.window[0]);
		compare_windows(&a.window[1], &b.window[1]);
	}
	g_free(terms);
}

static void test_sweep(void)
{
	for_each_step(sweep_with);
}

/* Rows that are any numbers: that they are orthonormal is not the kernel's business. */
static void fit_with(const struct kernels *kernels)
{
	struct fit_symbols_input *in = g_new0(struct fit_symbols_input, 1);
	struct maker_rng rng = {.state = 9};
	float x[SYMBOLS_MAX * 4], a[SWEEP_TERMS][200], b[SWEEP_TERMS][200];
	guint8 level[200];

	for (gsize i = 0; i < G_N_ELEMENTS(x); i++)
		x[i] = (float)(1e-3 + 1e-4 * maker_normal(&rng));
	for (gsize i = 0; i < G_N_ELEMENTS(level); i++)
		level[i] = i % 4;
	for (guint d = 0; d < SWEEP_TERMS; d++) {
		for (guint j = 0; j < FIT_MAX_SAMPLES; j++)
			in->row[d][j] = (float)(0.3 * maker_normal(&rng));
		for (guint e = 0; e < SWEEP_TERMS; e++)
			in->power[d][e] = (float)maker_normal(&rng);
	}
	in->offset = 1e-3f;
	in->scale = 1e4f;
	for (guint run = 0; run < 40; run++) {
		float *term_a[SWEEP_TERMS], *term_b[SWEEP_TERMS];
		double left_a[4] = {0.0}, left_b[4] = {0.0};

		for (guint d = 0; d < SWEEP_TERMS; d++) {
			term_a[d] = a[d];
			term_b[d] = b[d];
		}
		in->x = x + run;
		in->n = 1 + 3 * run;
		in->step = 16 + run % 3;
		in->hop = 1 + run % 2;
		in->samples = 7 + run % 3;
		in->left_from = run % 3;
		in->left_to = in->samples - run % 3;
		plain()->fit_symbols(in, level, term_a, left_a);
		kernels->fit_symbols(in, level, term_b, left_b);
		for (gsize i = 0; i < in->n; i++) {
			for (guint d = 0; d < SWEEP_TERMS; d++)
				g_assert_cmpfloat_with_epsilon(a[d][i], b[d][i], 1e-4);
		}
		for (guint l = 0; l < 4; l++)
			g_assert_cmpfloat_with_epsilon(left_a[l], left_b[l],
			                               1e-4 * left_a[l] + 1e-9);
	}
	g_free(in);
}

static void test_fit(void)
{
	for_each_step(fit_with);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/kernels/choice", test_choice);
	g_test_add_func("/signal/kernels/range", test_range);
	g_test_add_func("/signal/kernels/tdecq-sweep", test_sweep);
	g_test_add_func("/signal/kernels/fit-symbols", test_fit);
	return g_test_run();
}

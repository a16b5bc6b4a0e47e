/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/flat_wave.h"

#include "tests/reference/exact_wave.h"

#include <math.h>

struct flat_wave flat_wave_plain(void)
{
	return (struct flat_wave){.level = {0, 1 / 3.0, 2 / 3.0, 1},
	                          .now = 1,
	                          .pattern = WAVE_DE_BRUIJN};
}

/* At t from the middle of a symbol. */
static double level_at(const struct flat_wave *f, guint8 now, guint8 before, double t)
{
	return f->now * f->level[now] + f->before * f->level[before] + f->ramp * t;
}

static double tail(double x)
{
	return 0.5 * erfc(x / G_SQRT2);
}

/* -- theory --------------------------------------------------------------------------------- */

/* All words of two symbols, each looked at at the nodes of both windows. */
enum { NODES = 5, WORDS = 16, LOOKS = NODES * WORDS };

struct theory {
	double y[2][LOOKS]; /* less the average */
	double weight[LOOKS];
	double noise;
};

/* How likely a level is: even in a de Bruijn sequence. */
static double likely(const struct flat_wave *f, guint8 level)
{
	static const double ssprq[4] = {15215, 17553, 17552, 15215};

	return f->pattern == WAVE_SSPRQ ? ssprq[level] / 65535 : 0.25;
}

double flat_wave_average(const struct flat_wave *f)
{
	double sum = 0;

	for (guint8 l = 0; l < 4; l++)
		sum += likely(f, l) * f->level[l];
	return sum * (f->now + f->before);
}

static void theory_init(const struct flat_wave *f, struct theory *theory)
{
	double node[NODES], weight[NODES];

	gauss_nodes(NODES, node, weight);
	for (guint i = 0; i < LOOKS; i++) {
		guint8 now = i / NODES % 4, before = (guint8)(i / NODES / 4);
		theory->weight[i] = weight[i % NODES] * likely(f, now) * likely(f, before);
		for (int side = 0; side < 2; side++) {
			double t = (side ? 0.05 : -0.05) + 0.02 * node[i % NODES];
			theory->y[side][i] = level_at(f, now, before, t) - flat_wave_average(f);
		}
	}
	theory->noise = f->signal_noise;
}

/* Of the worse window. */
static double theory_ser(const struct theory *theory, double noise)
{
	double ser[2] = {0}, total = hypot(noise, theory->noise);

	for (guint i = 0; i < 2 * LOOKS; i++)
		for (int k = -1; k <= 1; k++)
			ser[i / LOOKS] +=
				theory->weight[i % LOOKS] *
				tail(fabs(theory->y[i / LOOKS][i % LOOKS] - k / 3.0) / total);
	return fmax(ser[0], ser[1]);
}

double flat_wave_ser(const struct flat_wave *f, double noise)
{
	g_autofree struct theory *theory = g_new(struct theory, 1);

	theory_init(f, theory);
	return theory_ser(theory, noise);
}

double flat_wave_db(const struct flat_wave *f)
{
	g_autofree struct theory *theory = g_new(struct theory, 1);
	double low = 0, high = 0.2;

	theory_init(f, theory);
	while (high - low > 1e-9) {
		double middle = (low + high) / 2;
		if (theory_ser(theory, middle) < 4.8e-4)
			low = middle;
		else
			high = middle;
	}
	return -10 * log10(6 * 3.414 * low);
}

/* -- the signal ----------------------------------------------------------------------------- */

double flat_wave_at(const struct flat_wave *f, const guint8 *levels, gsize n, double t)
{
	double symbol = floor(t);
	gsize i = (gsize)(symbol + (double)n) % n;

	return level_at(f, levels[i], levels[(i + n - 1) % n], t - symbol - 0.5);
}

void flat_sampled_clear(struct flat_sampled *s)
{
	waveform_free(s->wave);
	g_free(s->levels);
}
void flat_wave_sample(const struct flat_wave *f, guint spu, guint passes, guint64 seed,
                      struct flat_sampled *s)
{
	struct dice dice = {seed};
	gsize n = 0;

	s->levels = wave_pattern_new(f->pattern, &n);
	s->wave = waveform_new(n, spu, 53.125e9, NULL);
	g_assert_nonnull(s->wave);
	double noise = hypot(f->signal_noise, f->scope_noise) / sqrt(passes);
	for (gsize i = 0; i < waveform_length(s->wave); i++) {
		double power = flat_wave_at(f, s->levels, n, ((double)i - FLAT_START) / spu);
		power += noise > 0 ? noise * dice_gauss(&dice) : 0;
		s->wave->power_w[i] = (float)(FLAT_ZERO_W + FLAT_SCALE_W * power);
	}
	s->wave->passes = passes;
	s->wave->scope_noise_w = f->scope_noise * FLAT_SCALE_W;
	s->wave->filter_bandwidth_hz = 0.5 * 53.125e9;
	s->input =
		(struct tdecq_input){.waveform = s->wave,
	                             .levels = s->levels,
	                             .start_samples = FLAT_START,
	                             .average_w = FLAT_ZERO_W + FLAT_SCALE_W * flat_wave_average(f),
	                             .oma_w = FLAT_SCALE_W * (f->now + f->before)};
}

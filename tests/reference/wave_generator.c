/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/wave_generator.h"

#include <math.h>
#include <string.h>

/* -- dice: splitmix64 ----------------------------------------------------------------------- */

static guint64 dice_next(struct dice *dice)
{
	guint64 z = dice->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

double dice_uniform(struct dice *dice, double low, double high)
{
	return low + (high - low) * ((double)(dice_next(dice) >> 11) * 0x1p-53);
}

double dice_gauss(struct dice *dice)
{
	double radius = sqrt(-2 * log(1 - dice_uniform(dice, 0, 1)));

	return radius * cos(dice_uniform(dice, 0, 2 * G_PI));
}

/* -- patterns ------------------------------------------------------------------------------- */

/* Shifts up by one; the new bit goes into stage 0 and is the output. */
static guint8 shift_bit(guint32 *stages, guint32 taps)
{
	guint8 bit = (guint8)(__builtin_popcount(*stages & taps) & 1);

	*stages = *stages << 1 | bit;
	return bit;
}

static guint8 gray(guint8 first, guint8 second)
{
	static const guint8 code[4] = {0, 1, 3, 2};

	return code[first * 2 + second];
}

static guint8 *prbs_q(guint order, guint32 taps, guint32 seed, gsize *n_symbols)
{
	gsize n = ((gsize)1 << order) - 1;
	guint8 *symbols = g_new(guint8, n);
	guint32 stages = seed;

	for (gsize i = 0; i < n; i++) {
		guint8 first = shift_bit(&stages, taps);
		symbols[i] = gray(first, shift_bit(&stages, taps));
	}
	*n_symbols = n;
	return symbols;
}

/* Three pieces of PRBS31 (output inverted), four times with two bits left out, Gray coded; the
 * second and fourth quarter upside down. */
static guint8 *ssprq(gsize *n_symbols)
{
	static const struct {
		guint32 seed;
		guint bits;
	} piece[3] = {{0x00000002, 10924}, {0x34013ff7, 10922}, {0x0ccccccc, 10922}};
	enum { A = 32768, BITS = 4 * A - 2, N = BITS / 2 };
	g_autofree guint8 *a = g_new(guint8, A);
	g_autofree guint8 *bits = g_new(guint8, BITS);
	guint8 *symbols = g_new(guint8, N);
	gsize n = 0;

	for (guint p = 0; p < 3; p++) {
		guint32 stages = piece[p].seed;
		for (guint i = 0; i < piece[p].bits; i++) {
			guint8 bit = (guint8)((stages >> 27 ^ stages >> 30) & 1);
			stages = (stages << 1 | bit) & 0x7fffffff;
			a[n++] = !bit;
		}
	}
	g_assert(n == A);
	memcpy(bits, a, A);
	memcpy(bits + A, a, A);
	memcpy(bits + 2 * A, a + 1, A - 1);
	memcpy(bits + 3 * A - 1, a, A - 1);
	for (gsize i = 0; i < N; i++) {
		gboolean over = (i >= 16384 && i < 32768) || i >= 49151;
		guint8 s = gray(bits[2 * i], bits[2 * i + 1]);
		symbols[i] = over ? 3 - s : s;
	}
	*n_symbols = N;
	return symbols;
}

/* Each word of `order` quaternary digits once: of the words still unused the one with the largest
 * digit goes next. */
static guint8 *de_bruijn(guint order, gsize *n_symbols)
{
	gsize n = (gsize)1 << (2 * order), word = 0;
	g_autofree guint8 *used = g_new0(guint8, n);
	guint8 *symbols = g_new(guint8, n);

	for (gsize i = 0; i < n; i++) {
		gsize shifted = word << 2 & (n - 1);
		guint digit = 3;
		while (digit > 0 && used[shifted | digit])
			digit--;
		word = shifted | digit;
		used[word] = 1;
		symbols[i] = (guint8)digit;
	}
	*n_symbols = n;
	return symbols;
}

guint8 *wave_pattern_new(enum wave_pattern pattern, gsize *n_symbols)
{
	switch (pattern) {
	case WAVE_PRBS9Q:
		return prbs_q(9, 1u << 4 | 1u << 8, 0x1ff, n_symbols);
	case WAVE_PRBS13Q:
		/* lane 0: 0000010101011, S0 first */
		return prbs_q(13, 1u | 1u << 1 | 1u << 11 | 1u << 12, 0x1aa0, n_symbols);
	case WAVE_SSPRQ:
		return ssprq(n_symbols);
	case WAVE_DE_BRUIJN:
		return de_bruijn(7, n_symbols);
	}
	g_assert_not_reached();
}

/* -- the transmitter ------------------------------------------------------------------------ */

void wave_spec_plain(struct wave_spec *spec, enum wave_pattern pattern)
{
	*spec = (struct wave_spec){.pattern = pattern,
	                           .samples_per_symbol = 16,
	                           .oma_w = 1e-3,
	                           .zero_w = 0.5e-3,
	                           .inner = {1 / 3.0, 2 / 3.0},
	                           .receiver = 0.5,
	                           .passes = 1};
}

void wave_spec_soften(struct wave_spec *spec, double factor)
{
	for (guint i = 0; i < 2; i++) {
		double even = (i + 1) / 3.0;
		spec->inner[i] = even + factor * (spec->inner[i] - even);
		spec->pole[i] /= factor;
		spec->fir[i] *= factor;
	}
	spec->gauss /= factor;
	spec->echo *= factor;
	spec->dispersion *= factor;
	spec->group_delay *= factor;
	spec->droop *= factor;
}

void wave_spec_draw(struct wave_spec *spec, enum wave_pattern pattern, struct dice *dice)
{
	gsize n = 0;
	g_autofree guint8 *symbols = wave_pattern_new(pattern, &n);
	double er, shift = 0.2 / 6;

	wave_spec_plain(spec, pattern);
	spec->offset_samples = dice_uniform(dice, 0, (double)n * 16);
	spec->inverted = dice_uniform(dice, 0, 1) < 0.5;
	spec->oma_w = 1e-3 * pow(10, dice_uniform(dice, -4, 4) / 10);
	er = pow(10, dice_uniform(dice, 2.5, 8) / 10);
	spec->zero_w = spec->oma_w / (er - 1);
	if (dice_uniform(dice, 0, 1) < 0.1) {
		spec->oma_w *= 1e-3;
		spec->zero_w *= 1e-3;
	}
	for (guint i = 0; i < 2; i++)
		spec->inner[i] += dice_uniform(dice, -shift, shift);
	if (dice_uniform(dice, 0, 1) < 0.3)
		spec->gauss = dice_uniform(dice, 0.22, 0.7);
	else
		spec->pole[0] = dice_uniform(dice, 0.17, 0.8);
	if (dice_uniform(dice, 0, 1) < 0.5)
		spec->pole[1] = dice_uniform(dice, 0.35, 1.2);
	spec->fir[0] = dice_uniform(dice, -0.12, 0.08);
	spec->fir[1] = dice_uniform(dice, -0.15, 0.10);
	if (dice_uniform(dice, 0, 1) < 0.6) {
		spec->echo = dice_uniform(dice, -0.08, 0.08);
		spec->echo_delay_ui = dice_uniform(dice, 1, 14);
	}
	if (dice_uniform(dice, 0, 1) < 0.5) {
		spec->dispersion = dice_uniform(dice, -1.5, 1.5);
		spec->chirp = dice_uniform(dice, -0.5, 0.5);
	}
	if (dice_uniform(dice, 0, 1) < 0.5)
		spec->group_delay = dice_uniform(dice, -3, 3);
	if (dice_uniform(dice, 0, 1) < 0.5)
		spec->droop = dice_uniform(dice, 0, 1e-4);
}

char *wave_spec_text(const struct wave_spec *s)
{
	return g_strdup_printf(
		"pattern=%d spu=%u offset=%.17g inverted=%d oma_w=%.17g zero_w=%.17g "
		"inner=%.17g,%.17g pole=%.17g,%.17g gauss=%.17g fir=%.17g,%.17g echo=%.17g@%.17g "
		"dispersion=%.17g chirp=%.17g group_delay=%.17g droop=%.17g receiver=%g "
		"signal_noise=%.9g,%.9g,%.9g,%.9g scope_noise=%.9g passes=%u "
		"seed=%" G_GUINT64_FORMAT,
		s->pattern, s->samples_per_symbol, s->offset_samples, s->inverted, s->oma_w,
		s->zero_w, s->inner[0], s->inner[1], s->pole[0], s->pole[1], s->gauss, s->fir[0],
		s->fir[1], s->echo, s->echo_delay_ui, s->dispersion, s->chirp, s->group_delay,
		s->droop, s->receiver, s->signal_noise[0], s->signal_noise[1], s->signal_noise[2],
		s->signal_noise[3], s->scope_noise, s->passes, s->noise_seed);
}

/* H(s) = 105 / (s^4 + 10 s^3 + 45 s^2 + 105 s + 105) */
complex double wave_bessel_thomson(double f, double bandwidth)
{
	complex double s = CMPLX(0, f * 2.1139176749042154 / bandwidth);

	return 105 / ((((s + 10) * s + 45) * s + 105) * s + 105);
}

static complex double cycles(double x)
{
	return cexp(CMPLX(0, 2 * G_PI * x));
}

/* What the transmitter, the fibre and the receiver make of a line at f; 1 at f = 0. */
static complex double response(const struct wave_spec *s, double f)
{
	complex double h = f > 0 ? sin(G_PI * f) / (G_PI * f) * cycles(-f / 2) : 1;
	double angle = s->dispersion * f * f;

	for (guint i = 0; i < 2; i++)
		if (s->pole[i] > 0)
			h /= CMPLX(1, f / s->pole[i]);
	if (s->gauss > 0)
		h *= exp(-0.5 * G_LN2 * (f / s->gauss) * (f / s->gauss));
	h *= s->fir[0] * cycles(f) + (1 - s->fir[0] - s->fir[1]) + s->fir[1] * cycles(-f);
	h *= 1 - s->echo + s->echo * cycles(-f * s->echo_delay_ui);
	h *= cos(angle) + s->chirp * sin(angle);
	h *= cexp(CMPLX(0, s->group_delay * f * f * f));
	if (s->droop > 0 && f > 0)
		h *= CMPLX(0, f) / CMPLX(s->droop, f);
	if (s->receiver > 0)
		h *= wave_bessel_thomson(f, s->receiver);
	return h;
}

struct exact_wave *wave_exact(const struct wave_spec *spec)
{
	gsize n = 0;
	g_autofree guint8 *levels = wave_pattern_new(spec->pattern, &n);
	const double power[4] = {spec->zero_w, spec->zero_w + spec->inner[0] * spec->oma_w,
	                         spec->zero_w + spec->inner[1] * spec->oma_w,
	                         spec->zero_w + spec->oma_w};
	g_autofree complex double *a = g_new(complex double, n);

	for (gsize i = 0; i < n; i++) {
		levels[i] = spec->inverted ? 3 - levels[i] : levels[i];
		a[i] = power[levels[i]] / (double)n;
	}
	struct exact_wave *wave = exact_wave_new(levels, n, 4);
	transform_run(wave->plan, a, -1);
	for (gsize k = 0; k < wave->n_lines; k++)
		wave->line[k] = a[k % n] * response(spec, (double)k / (double)n);
	return wave;
}

/* The noise that is left in a sample after averaging. */
static double sample_noise_w(const struct wave_spec *spec, guint level)
{
	double signal = spec->signal_noise[level], scope = spec->scope_noise;

	return spec->oma_w * sqrt((signal * signal + scope * scope) / spec->passes);
}

struct waveform *wave_sample(const struct wave_spec *spec, const struct exact_wave *exact)
{
	guint m = spec->samples_per_symbol;
	gsize n = exact->n_symbols;
	struct waveform *wave = waveform_new(n, m, 53.125e9, NULL);
	g_autofree double *power = g_new(double, n);
	struct dice dice = {spec->noise_seed};
	double noise[4], delay = spec->offset_samples / m;

	g_assert_nonnull(wave);
	for (guint level = 0; level < 4; level++)
		noise[level] = sample_noise_w(spec, level);
	for (guint j = 0; j < m; j++) {
		exact_wave_at(exact, j / (double)m - delay, power, NULL);
		for (gsize i = 0; i < n; i++) {
			double t = (double)i + j / (double)m - delay - spec->noise_delay_ui;
			double symbol = floor(t);
			double cyclic = symbol - (double)n * floor(symbol / (double)n);
			guint level = exact->levels[(gsize)cyclic % n];
			double extra = noise[level] > 0 ? noise[level] * dice_gauss(&dice) : 0;
			wave->power_w[i * m + j] = (float)(power[i] + extra);
		}
	}
	wave->scope_noise_w = spec->scope_noise * spec->oma_w;
	wave->filter_bandwidth_hz = spec->receiver * wave->symbol_rate_bd;
	wave->passes = spec->passes;
	return wave;
}

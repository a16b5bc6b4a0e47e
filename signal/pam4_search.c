/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4_search.h"

#include "signal/fft.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define WIDE 16 /* values taken together in a loop */

/* A full correlation above this needs no second opinion; shorter patterns get one anyway. */
static const double convincing = 0.6;
static const gsize short_pattern = 1024;

guint pam4_open_phase(const struct waveform *wave, gsize first, gsize n)
{
	guint spu = wave->samples_per_symbol, best = 0;
	const float *x = wave->power_w + first * spu;
	g_autofree double *sum = g_new0(double, spu), *square = g_new0(double, spu);
	double most = -1.0, origin = x[0];

	n = MIN(n, wave->n_symbols - first);
	for (gsize i = 0; i < n; i++) {
		for (guint j = 0; j < spu; j++) {
			double v = x[i * spu + j] - origin;

			sum[j] += v;
			square[j] += v * v;
		}
	}
	for (guint j = 0; j < spu; j++) {
		double variance = square[j] - sum[j] * sum[j] / (double)n;

		if (variance > most) {
			most = variance;
			best = j;
		}
	}
	return best;
}

/* A quarter of a symbol around the phase: some noise averaged, little of the neighbours. */
static void fold_values(const struct waveform *wave, guint phase, double mean_w, float *value)
{
	guint spu = wave->samples_per_symbol, width = MAX(1, spu / 4);
	gsize length = waveform_length(wave), at = phase + length - width / 2;
	float origin = (float)mean_w;

	for (gsize n = 0; n < wave->n_symbols; n++, at += spu) {
		float sum = 0.0f;

		for (guint j = 0; j < width; j++) {
			gsize k = at + j;

			sum += wave->power_w[k >= length ? k - length : k] - origin;
		}
		value[n] = sum;
		at = at >= length ? at - length : at;
	}
}

void pam4_fold_init(struct pam4_fold *fold, const struct waveform *wave, double mean_w)
{
	double sum = 0.0;

	fold->n = wave->n_symbols;
	fold->phase = pam4_open_phase(wave, 0, 2 * PAM4_STRETCH);
	fold->value = g_new(float, fold->n);
	fold->energy = 0.0;
	fold_values(wave, fold->phase, mean_w, fold->value);
	for (gsize i = 0; i < fold->n; i++)
		sum += fold->value[i];
	sum /= (double)fold->n;
	for (gsize i = 0; i < fold->n; i++) {
		fold->value[i] -= (float)sum;
		fold->energy += (double)fold->value[i] * fold->value[i];
	}
}

void pam4_fold_clear(struct pam4_fold *fold)
{
	g_clear_pointer(&fold->value, g_free);
}

static double product(const float *restrict a, const float *restrict b, gsize n)
{
	double total = 0.0;
	gsize i = 0;

	while (i + WIDE <= n) {
		gsize end = MIN(n / WIDE * WIDE, i + 64 * WIDE);
		float sum[WIDE] = {0.0f};

		for (; i < end; i += WIDE) {
			for (guint k = 0; k < WIDE; k++)
				sum[k] += a[i + k] * b[i + k];
		}
		for (guint k = 0; k < WIDE; k++)
			total += sum[k];
	}
	for (; i < n; i++)
		total += (double)a[i] * b[i];
	return total;
}

static void set_bit(guint64 *bits, gsize at, gboolean value)
{
	bits[at / 64] |= (guint64)(value ? 1 : 0) << (at % 64);
}

static void signs_of_values(const float *value, struct pam4_signs *signs)
{
	memset(signs, 0, sizeof(*signs));
	signs->n = PAM4_STRETCH;
	for (guint i = 0; i < signs->n; i++)
		set_bit(signs->bit, i, value[i] > 0.0f);
}

/* Patterns have stretches that hardly change; one that does tells more. */
static gsize lively_stretch(const struct pam4_fold *fold)
{
	gsize best_at = 0;
	guint most = 0;

	for (guint part = 0; part < 16; part++) {
		gsize at = (fold->n - PAM4_STRETCH) * part / 16;
		guint changes = 0;

		for (gsize i = at + 1; i < at + PAM4_STRETCH; i++)
			changes += (fold->value[i] > 0.0f) != (fold->value[i - 1] > 0.0f);
		if (changes > most) {
			most = changes;
			best_at = at;
		}
	}
	return best_at;
}

void pam4_signs_of_wave(const struct waveform *wave, gsize first, double mean_w,
                        struct pam4_signs *signs)
{
	guint spu = wave->samples_per_symbol;

	memset(signs, 0, sizeof(*signs));
	signs->n = (guint)MIN((waveform_length(wave) - first + spu - 1) / spu, PAM4_STRETCH);
	for (guint i = 0; i < signs->n; i++)
		set_bit(signs->bit, i, wave->power_w[first + (gsize)i * spu] > mean_w);
}

/* Puts a place among the best `room`, best first. */
static void insert_place(struct pam4_place *list, guint *filled, guint room,
                         struct pam4_place place)
{
	guint i;

	if (*filled < room)
		(*filled)++;
	else if (place.agreement <= list[room - 1].agreement)
		return;
	for (i = *filled - 1; i > 0 && place.agreement > list[i - 1].agreement; i--)
		list[i] = list[i - 1];
	list[i] = place;
}

/* Ones in each byte; four of them still fit into bytes. */
static guint64 bytes_of_ones(guint64 x)
{
	x -= (x >> 1) & 0x5555555555555555u;
	x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
	return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
}

/* How many signs differ from those of the pattern from symbol `at` on. */
static guint different(const guint64 *bit, const guint64 *mask, const guint64 *pattern, gsize at)
{
	const guint64 *word = pattern + at / 64;
	guint by = at % 64;
	guint64 ones = 0;

	for (guint k = 0; k < PAM4_STRETCH / 64; k++) {
		/* two shifts: one by 64 is not defined */
		guint64 here = word[k] >> by | word[k + 1] << 1 << (63 - by);

		ones += bytes_of_ones((here ^ bit[k]) & mask[k]);
	}
	/* 256 does not fit into the byte at the top */
	ones = (ones & 0x00ff00ff00ff00ffu) + ((ones >> 8) & 0x00ff00ff00ff00ffu);
	return (guint)((ones * 0x0001000100010001u) >> 48);
}

guint pam4_best_places(const struct pam4_signs *signs, const guint8 *symbols, gsize n,
                       struct pam4_place place[2 * PAM4_PLACES])
{
	gsize bits = n + PAM4_STRETCH + 64;
	g_autofree guint64 *pattern = g_new0(guint64, bits / 64 + 2);
	struct pam4_place upright[PAM4_PLACES], inverted[PAM4_PLACES];
	guint n_upright = 0, n_inverted = 0, least = signs->n, most = 0;
	guint64 mask[PAM4_STRETCH / 64] = {0};

	for (guint i = 0; i < signs->n; i++)
		set_bit(mask, i, TRUE);
	for (gsize i = 0, at = 0; i < bits; i++) {
		set_bit(pattern, i, symbols[at] >= 2);
		at = at + 1 < n ? at + 1 : 0;
	}
	for (gsize at = 0; at < n; at++) {
		guint wrong = different(signs->bit, mask, pattern, at);
		double agreement = 1.0 - (double)wrong / signs->n;

		if (n_upright < PAM4_PLACES || wrong < least) {
			insert_place(upright, &n_upright, PAM4_PLACES,
			             (struct pam4_place){at, FALSE, agreement});
			least = (guint)lround((1.0 - upright[n_upright - 1].agreement) * signs->n);
		}
		if (n_inverted < PAM4_PLACES || wrong > most) {
			insert_place(inverted, &n_inverted, PAM4_PLACES,
			             (struct pam4_place){at, TRUE, 1.0 - agreement});
			most = (guint)lround(inverted[n_inverted - 1].agreement * signs->n);
		}
	}
	memcpy(place, upright, n_upright * sizeof(*place));
	memcpy(place + n_upright, inverted, n_inverted * sizeof(*place));
	return n_upright + n_inverted;
}

/* The pattern without its mean; returns the sum of squares. */
static double centre_pattern(const guint8 *symbols, gsize n, float *pattern)
{
	double sum = 0.0, square = 0.0;
	float mean;

	for (gsize i = 0; i < n; i++)
		sum += symbols[i];
	mean = (float)(sum / (double)n);
	for (gsize i = 0; i < n; i++) {
		pattern[i] = symbols[i] - mean;
		square += (double)pattern[i] * pattern[i];
	}
	return square;
}

/* Turns the spectrum of p + i w into that of the cross-correlation of w with p. */
static void correlate_spectra(double complex *data, gsize size)
{
	for (gsize k = 0; k <= size / 2; k++) {
		gsize mirror = (size - k) & (size - 1);
		double complex a = data[k], b = conj(data[mirror]);
		double complex p = (a + b) / 2.0, w = (a - b) * CMPLX(0.0, -0.5);
		double complex both = w * conj(p);

		data[k] = both;
		data[mirror] = conj(both);
	}
}

/* The linear correlation of padded sequences, folded, is the cyclic one: any length will do. */
static struct pam4_match search_all(const struct pam4_fold *fold, const float *pattern, double norm)
{
	gsize n = fold->n, size;
	g_autofree double complex *data = NULL;
	struct pam4_match match = {0};
	guint log2_size = 1;
	double best = 0.0;

	while (((gsize)1 << log2_size) < 2 * n - 1)
		log2_size++;
	size = (gsize)1 << log2_size;
	data = g_new0(double complex, size);
	for (gsize i = 0; i < n; i++)
		data[i] = CMPLX(pattern[i], fold->value[i]);
	fft_forward(data, log2_size);
	correlate_spectra(data, size);
	fft_backward(data, log2_size);
	for (gsize k = 0; k < n; k++) {
		double value = creal(data[k]) + (k > 0 ? creal(data[size - n + k]) : 0.0);
		gboolean upright = value > 0.0;

		/* Correlations that differ by rounding alone are equal. */
		if (fabs(value) > best * (1.0 + 1e-6) ||
		    (upright && match.inverted && value > best * (1.0 - 1e-6))) {
			best = fabs(value);
			match.shift = k;
			match.inverted = !upright;
		}
	}
	match.correlation = norm > 0.0 ? best / (double)size / norm : 0.0;
	return match;
}

struct pam4_match pam4_search(const struct pam4_fold *fold, const guint8 *symbols)
{
	struct pam4_place place[2 * PAM4_PLACES];
	g_autofree float *pattern = g_new(float, fold->n);
	double norm = sqrt(centre_pattern(symbols, fold->n, pattern) * fold->energy);
	struct pam4_match match = {0};
	struct pam4_signs signs;
	gsize stretch;
	guint places;

	if (fold->n < short_pattern)
		return search_all(fold, pattern, norm);
	stretch = lively_stretch(fold);
	signs_of_values(fold->value + stretch, &signs);
	places = pam4_best_places(&signs, symbols, fold->n, place);
	for (guint i = 0; i < places; i++) {
		/* where the pattern is at the waveform's first symbol */
		gsize at = (place[i].at + fold->n - stretch) % fold->n, rest = fold->n - at;
		double value = product(fold->value, pattern + at, rest) +
		               product(fold->value + rest, pattern, at);

		value = norm > 0.0 ? (place[i].inverted ? -value : value) / norm : 0.0;
		if (value > match.correlation * (1.0 + 1e-6)) {
			match.correlation = value;
			match.inverted = place[i].inverted;
			match.shift = at > 0 ? rest : 0;
		}
	}
	return match.correlation >= convincing ? match : search_all(fold, pattern, norm);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4_align.h"

#include "base/error.h"
#include "signal/fft.h"

#include <complex.h>
#include <math.h>

/* Below this a pattern is not what the waveform carries; chance stays below 0.05. */
static const double least_correlation = 0.6;
static const gsize longest_pattern = (gsize)1 << 22;

static gboolean check_waveform(const struct waveform *wave, gsize n_symbols, double *mean,
                               GError **error)
{
	gsize length = waveform_length(wave);
	float low = wave->power_w[0], high = low;
	double sum = 0.0;

	if (wave->n_symbols != n_symbols || n_symbols < 8 || n_symbols > longest_pattern) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform holds %" G_GSIZE_FORMAT
		                  " symbols, its pattern %" G_GSIZE_FORMAT,
		                  wave->n_symbols, n_symbols);
		return FALSE;
	}
	if (wave->samples_per_symbol < 4) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%u samples per symbol are too few, 4 are the least",
		                  wave->samples_per_symbol);
		return FALSE;
	}
	for (gsize i = 0; i < length; i++) {
		sum += wave->power_w[i];
		low = MIN(low, wave->power_w[i]);
		high = MAX(high, wave->power_w[i]);
	}
	if (!isfinite(sum) || !isfinite(low) || !isfinite(high)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform holds samples that are no numbers");
		return FALSE;
	}
	if (low >= high) {
		station_error_set(error, STATION_ERROR_DATA, "waveform is constant: no modulation");
		return FALSE;
	}
	*mean = sum / (double)length;
	return TRUE;
}

/* Pattern in the real part, one mean per symbol of the waveform in the imaginary part. */
static void load_sequences(const struct waveform *wave, const guint8 *symbols, double mean,
                           double pattern_mean, double complex *data)
{
	guint spu = wave->samples_per_symbol;

	for (gsize n = 0; n < wave->n_symbols; n++) {
		const float *x = &wave->power_w[n * spu];
		double sum = 0.0;

		for (guint j = 0; j < spu; j++)
			sum += x[j];
		data[n] = CMPLX((double)symbols[n] - pattern_mean, sum / spu - mean);
	}
}

/* Turns the spectrum of p + i w into that of the cross-correlation of w with p. */
static void correlate_spectra(double complex *data, gsize size)
{
	for (gsize k = 0; k <= size / 2; k++) {
		gsize mirror = (size - k) & (size - 1);
		double complex a = data[k], b = conj(data[mirror]);
		double complex p = (a + b) / 2.0, w = (a - b) * CMPLX(0.0, -0.5);
		double complex product = w * conj(p);

		data[k] = product;
		data[mirror] = conj(product);
	}
}

/*
 * Position of pattern symbol 0 in whole symbols, with the sign of the correlation. The linear
 * correlation of padded sequences, folded, is the cyclic one: any pattern length will do.
 */
static gsize find_symbol_shift(const struct waveform *wave, const guint8 *symbols, double mean,
                               double pattern_mean, double *sign)
{
	gsize n = wave->n_symbols, size, best_at = 0;
	g_autofree double complex *data = NULL;
	double best = 0.0;
	guint log2_size = 1;

	while (((gsize)1 << log2_size) < 2 * n - 1)
		log2_size++;
	size = (gsize)1 << log2_size;
	data = g_new0(double complex, size);
	load_sequences(wave, symbols, mean, pattern_mean, data);
	fft_forward(data, log2_size);
	correlate_spectra(data, size);
	fft_backward(data, log2_size);
	for (gsize k = 0; k < n; k++) {
		double value = creal(data[k]) + (k > 0 ? creal(data[size - n + k]) : 0.0);

		/* A pattern that is its own inverse shifted (square wave) is taken upright. */
		if (value > best * (1.0 - 1e-9) || -value > best * (1.0 + 1e-9)) {
			gboolean tie_upright = value > 0.0 && *sign > 0.0 && value <= best;

			if (tie_upright)
				continue;
			best = fabs(value);
			best_at = k;
			*sign = value > 0.0 ? 1.0 : -1.0;
		}
	}
	return best_at;
}

/*
 * Correlation at each sample from one symbol before to two after the found one: in shape the
 * response to a single symbol. Returns where it peaks, in samples relative to symbol shift * spu.
 */
static double find_peak(const struct waveform *wave, const guint8 *symbols, gsize shift,
                        double pattern_mean, double sign)
{
	guint spu = wave->samples_per_symbol, width = 3 * spu, at = 1;
	gsize length = waveform_length(wave);
	gsize position = (shift * spu + length - spu) % length;
	g_autofree double *sum = g_new0(double, width);
	double below, above, bend;

	for (gsize n = 0; n < wave->n_symbols; n++) {
		double weight = sign * ((double)symbols[n] - pattern_mean);
		gsize first = MIN(width, length - position);

		for (gsize j = 0; j < first; j++)
			sum[j] += weight * wave->power_w[position + j];
		for (gsize j = first; j < width; j++)
			sum[j] += weight * wave->power_w[(position + j) % length];
		position += spu;
		if (position >= length)
			position -= length;
	}
	for (guint j = 1; j + 1 < width; j++) {
		if (sum[j] > sum[at])
			at = j;
	}
	below = sum[at] - sum[at - 1];
	above = sum[at] - sum[at + 1];
	bend = below + above;
	return (double)at - spu + (bend > 0.0 ? 0.5 * (below - above) / bend : 0.0);
}

/* Normalised correlation of the pattern with the samples nearest to `position`. */
static double correlation_at(const struct waveform *wave, const guint8 *symbols, double position,
                             double pattern_mean)
{
	gsize length = waveform_length(wave);
	gsize at = (gsize)(floor(position + 0.5) + (double)length) % length;
	double sx = 0.0, sxx = 0.0, sxp = 0.0, spp = 0.0, n = (double)wave->n_symbols;

	for (gsize i = 0; i < wave->n_symbols; i++) {
		double p = (double)symbols[i] - pattern_mean, x = wave->power_w[at];

		sx += x;
		sxx += x * x;
		sxp += x * p;
		spp += p * p;
		at += wave->samples_per_symbol;
		if (at >= length)
			at -= length;
	}
	sxx -= sx * sx / n;
	return sxx > 0.0 && spp > 0.0 ? sxp / sqrt(sxx * spp) : 0.0;
}

/* Mean wave around the boundary for one pair of levels on either side of the mean power. */
struct edge {
	double *sum; /* width values */
	guint count;
};

static guint8 light_level(guint8 symbol, gboolean inverted)
{
	return inverted ? 3 - symbol : symbol;
}

/* Where the mean wave of an edge passes `level` nearest to its middle; NaN if it does not. */
static double edge_crossing(const struct edge *edge, guint width, double level, gboolean rising)
{
	double nearest = NAN, middle = 0.5 * (width - 1);

	for (guint j = 0; j + 1 < width; j++) {
		double a = edge->sum[j] / edge->count - level;
		double b = edge->sum[j + 1] / edge->count - level;
		double at;

		if (rising ? !(a < 0.0 && b >= 0.0) : !(a > 0.0 && b <= 0.0))
			continue;
		at = j + a / (a - b);
		if (!(fabs(at - middle) >= fabs(nearest - middle)))
			nearest = at;
	}
	return nearest;
}

/* How far the mean crossing lies behind `start`, in samples; 0 when nothing crosses. */
static double crossing_offset(const struct waveform *wave, const guint8 *symbols, double mean,
                              gboolean inverted, double start)
{
	guint spu = wave->samples_per_symbol, width = 2 * (spu * 3 / 4) + 1;
	gsize length = waveform_length(wave);
	g_autofree double *store = g_new0(double, 16 * (gsize)width);
	struct edge edges[16];
	double whole = floor(start) - spu * 3 / 4, sum = 0.0;
	gsize position = (gsize)(whole + (double)length) % length, count = 0;
	guint8 before = light_level(symbols[wave->n_symbols - 1], inverted);

	for (guint e = 0; e < 16; e++)
		edges[e] = (struct edge){.sum = store + e * width};
	for (gsize n = 0; n < wave->n_symbols; n++) {
		guint8 level = light_level(symbols[n], inverted);
		struct edge *edge = &edges[before * 4 + level];

		if ((before < 2) != (level < 2)) {
			edge->count++;
			for (gsize j = 0; j < width; j++) {
				gsize at = position + j;

				edge->sum[j] += wave->power_w[at < length ? at : at - length];
			}
		}
		before = level;
		position += spu;
		if (position >= length)
			position -= length;
	}
	for (guint e = 0; e < 16; e++) {
		double at =
			edges[e].count > 0 ? edge_crossing(&edges[e], width, mean, e / 4 < 2) : NAN;

		if (isfinite(at)) {
			sum += at * edges[e].count;
			count += edges[e].count;
		}
	}
	return count > 0 ? whole + sum / (double)count - start : 0.0;
}

gboolean pam4_align(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                    struct pam4_alignment *alignment, GError **error)
{
	double mean, pattern_mean = 0.0, sign = 1.0, start, peak, correlation;
	guint spu = wave->samples_per_symbol;
	gsize shift, length = waveform_length(wave);

	if (!check_waveform(wave, n_symbols, &mean, error))
		return FALSE;
	for (gsize n = 0; n < n_symbols; n++)
		pattern_mean += symbols[n];
	pattern_mean /= (double)n_symbols;
	shift = find_symbol_shift(wave, symbols, mean, pattern_mean, &sign);
	peak = (double)(shift * spu) + find_peak(wave, symbols, shift, pattern_mean, sign);
	correlation = fabs(correlation_at(wave, symbols, peak, pattern_mean));
	if (!(correlation >= least_correlation)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform does not carry its pattern: best correlation %.3f, "
		                  "at least %.1f is needed",
		                  correlation, least_correlation);
		return FALSE;
	}
	start = peak - 0.5 * spu;
	for (guint i = 0; i < 2; i++)
		start += crossing_offset(wave, symbols, mean, sign < 0.0, start);
	start = fmod(start + (double)length, (double)length);
	*alignment = (struct pam4_alignment){
		.start_samples = start < 0.0 ? start + (double)length : start,
		.inverted = sign < 0.0,
		.correlation = correlation,
	};
	return TRUE;
}

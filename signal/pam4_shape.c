/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4_shape.h"

#include <math.h>

#define EXTREME_BINS 8192
#define EDGE_UI      3 /* length of the mean edge, the crossing in its middle */

static double sample_at(const struct waveform *wave, double position)
{
	gsize length = waveform_length(wave);
	double whole = floor(position), part = position - whole;
	gsize at =
		(gsize)(gssize)fmod(fmod(whole, (double)length) + (double)length, (double)length);
	gsize next = at + 1 < length ? at + 1 : 0;

	return wave->power_w[at] + part * ((double)wave->power_w[next] - wave->power_w[at]);
}

double pam4_mean_between(const struct waveform *wave, double from, double to)
{
	double sum = 0.0, at = from;

	/* Trapezoids between the samples are exact for straight lines. */
	while (at < to) {
		double next = fmin(floor(at) + 1.0, to);

		sum += (next - at) * 0.5 * (sample_at(wave, at) + sample_at(wave, next));
		at = next;
	}
	return sum / (to - from);
}

void pam4_level_means(const struct waveform *wave, const guint8 *levels, double start_samples,
                      double mean_w[4])
{
	double from = start_samples + 0.45 * wave->samples_per_symbol, first = floor(from);
	double to = start_samples + 0.55 * wave->samples_per_symbol, sum[4] = {0.0},
	       count[4] = {0.0};
	guint n = (guint)(ceil(to) - first) + 1;
	g_autofree double *weight = g_new0(double, n);
	gsize length = waveform_length(wave);
	gsize position = (gsize)fmod(first, (double)length);

	/* The same weights hold for every symbol: how much each sample counts in the mean. */
	for (double at = from; at < to;) {
		double next = fmin(floor(at) + 1.0, to), middle = 0.5 * (at + next);
		guint j = (guint)(floor(middle) - first);
		double part = middle - floor(middle);

		weight[j] += (next - at) * (1.0 - part) / (to - from);
		weight[j + 1] += (next - at) * part / (to - from);
		at = next;
	}
	for (gsize i = 0; i < wave->n_symbols; i++) {
		double value = 0.0;

		for (guint j = 0; j < n; j++)
			value += weight[j] * wave->power_w[(position + j) % length];
		sum[levels[i]] += value;
		count[levels[i]] += 1.0;
		position = (position + wave->samples_per_symbol) % length;
	}
	for (guint level = 0; level < 4; level++)
		mean_w[level] = count[level] > 0.0 ? sum[level] / count[level] : NAN;
}

/* Length of the cyclic run that begins at `at`, at most n_symbols; 0 when none begins there. */
static gsize run_from(const struct waveform *wave, const guint8 *levels, gsize at)
{
	gsize n = wave->n_symbols, length = 1;

	if (levels[at] == levels[at > 0 ? at - 1 : n - 1])
		return 0;
	while (length < n && levels[(at + length) % n] == levels[at])
		length++;
	return length;
}

double pam4_run_mean(const struct waveform *wave, const guint8 *levels, double start_samples,
                     guint8 level, guint least, gboolean exactly, guint *runs)
{
	double sum = 0.0, spu = wave->samples_per_symbol;

	*runs = 0;
	for (gsize at = 0; at < wave->n_symbols; at++) {
		gsize length = levels[at] == level ? run_from(wave, levels, at) : 0;
		double middle = start_samples + ((double)at + 0.5 * (double)length) * spu;

		if (length < least || (exactly && length != least))
			continue;
		sum += pam4_mean_between(wave, middle - spu, middle + spu);
		(*runs)++;
	}
	return *runs > 0 ? sum / *runs : NAN;
}

/* Samples from the middle outwards until the power is beyond `level`; NaN when it never is. */
static double walk(const double *edge, guint n, double level, double sign, int step)
{
	int last = (int)n - 1, at = last / 2;

	/* Start where the edge itself is on the near side of the level. */
	while (at + step >= 0 && at + step <= last) {
		double here = sign * (edge[at] - level), next = sign * (edge[at + step] - level);

		if (here * step <= 0.0 && next * step > 0.0)
			return at + step * (here / (here - next));
		at += step;
	}
	return NAN;
}

static double time_between(const double *edge, guint n, double p0_w, double p3_w, gboolean rising)
{
	double low = p0_w + 0.2 * (p3_w - p0_w), high = p0_w + 0.8 * (p3_w - p0_w);
	double sign = rising ? 1.0 : -1.0;
	double early = walk(edge, n, rising ? low : high, sign, -1);
	double late = walk(edge, n, rising ? high : low, sign, 1);

	return late - early;
}

struct signal_value pam4_edge_time(const struct waveform *wave, const guint8 *levels,
                                   double start_samples, gboolean rising, guint before, guint after,
                                   double p0_w, double p3_w)
{
	guint8 from = rising ? 0 : 3, to = rising ? 3 : 0;
	guint spu = wave->samples_per_symbol, width = EDGE_UI * spu + 1, edges = 0;
	g_autofree double *edge = g_new0(double, width);
	gsize n = wave->n_symbols;
	double samples;

	for (gsize at = 0; at < n; at++) {
		gsize length = levels[at] == from ? run_from(wave, levels, at) : 0;
		gsize next = (at + length) % n;
		double boundary = start_samples + (double)(at + length) * spu;

		if (length < before || levels[next] != to || run_from(wave, levels, next) < after)
			continue;
		/* Whole samples: all boundaries lie alike between them. */
		for (guint j = 0; j < width; j++)
			edge[j] += sample_at(wave, floor(boundary) - EDGE_UI * spu / 2 + j);
		edges++;
	}
	if (edges == 0)
		return signal_none(SIGNAL_NO_FEATURE,
		                   "pattern has no edge between long runs of zeros and threes");
	for (guint j = 0; j < width; j++)
		edge[j] /= edges;
	samples = time_between(edge, width, p0_w, p3_w, rising);
	if (!isfinite(samples))
		return signal_none(SIGNAL_NO_FEATURE, "edge does not pass 20 % and 80 %");
	return signal_ok(samples / (spu * wave->symbol_rate_bd), NAN);
}

/* Power with `above` samples in higher bins, counted from the top or the bottom. */
static double walk_bins(const guint32 *count, double above, gboolean from_top)
{
	double seen = 0.0;

	for (guint i = 0; i < EXTREME_BINS; i++) {
		guint bin = from_top ? EXTREME_BINS - 1 - i : i;

		if (seen + count[bin] > above) {
			double part = (above - seen) / count[bin];

			return from_top ? bin + 1.0 - part : bin + part;
		}
		seen += count[bin];
	}
	return from_top ? 0.0 : EXTREME_BINS;
}

void pam4_extremes(const struct waveform *wave, double fraction, double *high_w, double *low_w)
{
	gsize length = waveform_length(wave);
	float low = wave->power_w[0], high = low;
	g_autofree guint32 *count = g_new0(guint32, EXTREME_BINS);
	double scale, above = fraction * (double)length;

	for (gsize i = 1; i < length; i++) {
		low = MIN(low, wave->power_w[i]);
		high = MAX(high, wave->power_w[i]);
	}
	scale = ((double)high - low) / EXTREME_BINS;
	for (gsize i = 0; i < length && scale > 0.0; i++) {
		guint bin = (guint)(((double)wave->power_w[i] - low) / scale);

		count[MIN(bin, EXTREME_BINS - 1)]++;
	}
	*high_w = low + scale * (scale > 0.0 ? walk_bins(count, above, TRUE) : 0.0);
	*low_w = low + scale * (scale > 0.0 ? walk_bins(count, above, FALSE) : 0.0);
}

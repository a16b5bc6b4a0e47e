/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4_shape.h"

#include "signal/cyclic.h"
#include "signal/kernels.h"

#include <math.h>

#define EXTREME_BINS 8192

static double sample_at(const struct waveform *wave, double position)
{
	double whole = floor(position), part = position - whole;
	gsize at = cyclic_sample(wave, whole);
	gsize next = at + 1 < waveform_length(wave) ? at + 1 : 0;

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

/* How much each sample from floor(from) on counts in the mean from `from` to `to`. */
static void mean_weights(double from, double to, double *weight)
{
	double first = floor(from);

	for (double at = from; at < to;) {
		double next = fmin(floor(at) + 1.0, to), middle = 0.5 * (at + next);
		guint j = (guint)(floor(middle) - first);
		double part = middle - floor(middle);

		weight[j] += (next - at) * (1.0 - part) / (to - from);
		weight[j + 1] += (next - at) * part / (to - from);
		at = next;
	}
}

void pam4_level_means(const struct pam4_view *view, struct signal_value level_w[4])
{
	const struct waveform *wave = view->wave;
	double from = view->start_samples + 0.45 * wave->samples_per_symbol;
	double to = view->start_samples + 0.55 * wave->samples_per_symbol;
	double sum[4] = {0.0}, count[4] = {0.0}, squares = 0.0;
	guint n = (guint)(ceil(to) - floor(from)) + 1;
	g_autofree double *weight = g_new0(double, n);
	g_autofree float *buffer = g_new(float, n);
	gsize position = cyclic_sample(wave, floor(from));

	/* The same weights hold for every symbol. */
	mean_weights(from, to, weight);
	for (guint j = 0; j < n; j++)
		squares += weight[j] * weight[j];
	for (gsize i = 0; i < wave->n_symbols; i++) {
		const float *x = cyclic_window(wave, position, n, buffer);
		double value = 0.0;

		for (guint j = 0; j < n; j++)
			value += weight[j] * x[j];
		sum[view->levels[i]] += value;
		count[view->levels[i]] += 1.0;
		position = cyclic_next(wave, position);
	}
	for (guint l = 0; l < 4; l++)
		level_w[l] =
			count[l] > 0.0
				? signal_ok(sum[l] / count[l],
		                            sqrt(view->noise->variance_w2[l] * squares / count[l]))
				: signal_none(SIGNAL_NO_FEATURE,
		                              "pattern does not have this level");
}

/* The first symbol that is not like the one before it; n when all are alike. */
static gsize first_change(const guint8 *levels, gsize n)
{
	gsize at = 0;

	if (levels[0] != levels[n - 1])
		return 0;
	while (at < n && levels[at] == levels[0])
		at++;
	return at;
}

void pam4_long_runs_init(struct pam4_long_runs *runs, const guint8 *levels, gsize n_symbols)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct pam4_long_run));
	gsize first = first_change(levels, n_symbols);
	struct pam4_long_run run = {first, 0, levels[first % n_symbols]};

	/* once around, and the first symbol again to end the last run */
	for (gsize i = 0, at = first; i <= n_symbols && first < n_symbols; i++) {
		if (levels[at] != run.level || i == n_symbols) {
			if (run.length >= PAM4_RUN_LEAST && (run.level == 0 || run.level == 3))
				g_array_append_val(list, run);
			run = (struct pam4_long_run){at, 0, levels[at]};
		}
		run.length++;
		at = at + 1 < n_symbols ? at + 1 : 0;
	}
	runs->n = list->len;
	runs->run = (struct pam4_long_run *)g_array_free(list, FALSE);
}

void pam4_long_runs_clear(struct pam4_long_runs *runs)
{
	g_clear_pointer(&runs->run, g_free);
	runs->n = 0;
}

struct signal_value pam4_run_mean(const struct pam4_view *view, guint8 level, guint least,
                                  gboolean exactly, guint *used)
{
	double sum = 0.0, spu = view->wave->samples_per_symbol;

	*used = 0;
	for (guint i = 0; i < view->runs->n; i++) {
		const struct pam4_long_run *run = &view->runs->run[i];
		double middle =
			view->start_samples + ((double)run->at + 0.5 * (double)run->length) * spu;

		if (run->level != level || run->length < least || (exactly && run->length != least))
			continue;
		sum += pam4_mean_between(view->wave, middle - spu, middle + spu);
		(*used)++;
	}
	if (*used == 0)
		return signal_none(SIGNAL_NO_FEATURE,
		                   "pattern has no run of seven threes or six zeros");
	return signal_ok(sum / *used, sqrt(view->noise->variance_w2[level] / (2.0 * spu * *used)));
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

/*
 * What noise of sigma (in bins) moves a quantile. Of n samples with density f around it, those that
 * may be on either side have the variance n f sigma / sqrt pi in number (the integral of Q (1 -
 * Q)), and never more than n p (1 - p).
 */
static double quantile_sigma(const guint32 *count, double n, double p, gboolean from_top,
                             double sigma)
{
	double near = walk_bins(count, 1.4 * p * n, from_top);
	double far = walk_bins(count, 0.7 * p * n, from_top);
	double density = 0.7 * p / fmax(fabs(near - far), 1e-3);

	return sqrt(fmin(n * p * (1.0 - p), n * density * sigma / sqrt(G_PI))) / (n * density);
}

/* In turns into two tables: a sample like the one before it does not wait for its count. */
static void count_bins(const float *x, gsize n, float low, float scale, guint32 *count)
{
	g_autofree guint32 *other = g_new0(guint32, EXTREME_BINS);

	for (gsize i = 0; i < n; i++) {
		guint bin = (guint)(gint)((x[i] - low) * scale);

		(i % 2 ? other : count)[MIN(bin, EXTREME_BINS - 1)]++;
	}
	for (guint bin = 0; bin < EXTREME_BINS; bin++)
		count[bin] += other[bin];
}

void pam4_extremes(const struct pam4_view *view, double fraction, struct signal_value *high_w,
                   struct signal_value *low_w)
{
	gsize length = waveform_length(view->wave);
	struct kernels_range range = kernels_best()->range(view->wave->power_w, length);
	g_autofree guint32 *count = g_new0(guint32, EXTREME_BINS);
	double width = ((double)range.high - range.low) / EXTREME_BINS, n = (double)length;
	double sigma = width > 0.0 ? sqrt(view->noise->mean_w2) / width : 0.0;

	if (!(width > 0.0)) {
		*high_w = *low_w = signal_ok(range.low, NAN);
		return;
	}
	count_bins(view->wave->power_w, length, range.low, (float)(1.0 / width), count);
	*high_w = signal_ok(range.low + width * walk_bins(count, fraction * n, TRUE),
	                    width * quantile_sigma(count, n, fraction, TRUE, sigma));
	*low_w = signal_ok(range.low + width * walk_bins(count, fraction * n, FALSE),
	                   width * quantile_sigma(count, n, fraction, FALSE, sigma));
}

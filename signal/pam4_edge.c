/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/cyclic.h"
#include "signal/pam4_shape.h"

#include <math.h>

#define EDGE_UI 3 /* length of the mean edge, the crossing in its middle */

/* A mean edge as it passes a level. */
struct crossing {
	double at;    /* samples; NaN when it never does */
	double slope; /* power per sample */
	double gain;  /* variance of the value there, for unit variance of the samples */
};

/* Samples from the middle outwards until the power is beyond `level`. */
static struct crossing walk(const double *edge, guint n, double level, double sign, int step)
{
	int last = (int)n - 1, at = last / 2;

	/* Start where the edge itself is on the near side of the level. */
	while (at + step >= 0 && at + step <= last) {
		double here = sign * (edge[at] - level), next = sign * (edge[at + step] - level);

		if (here * step <= 0.0 && next * step > 0.0) {
			double part = here / (here - next);

			return (struct crossing){
				.at = at + step * part,
				.slope = fabs(next - here),
				.gain = part * part + (1.0 - part) * (1.0 - part),
			};
		}
		at += step;
	}
	return (struct crossing){.at = NAN};
}

/* Samples between 20 % and 80 %, with its uncertainty; variance is that of the mean edge. */
static struct signal_value time_between(const double *edge, guint n, struct signal_value p0_w,
                                        struct signal_value p3_w, gboolean rising, double variance)
{
	double span = p3_w.value - p0_w.value, sign = rising ? 1.0 : -1.0;
	double low = p0_w.value + 0.2 * span, high = p0_w.value + 0.8 * span;
	struct crossing lower = walk(edge, n, rising ? low : high, sign, -1);
	struct crossing upper = walk(edge, n, rising ? high : low, sign, 1);
	double slope_low = rising ? lower.slope : upper.slope; /* at 20 % */
	double slope_high = rising ? upper.slope : lower.slope;
	double by_p0 = 0.2 / slope_high - 0.8 / slope_low;
	double by_p3 = 0.8 / slope_high - 0.2 / slope_low;
	double by_edge = variance * (lower.gain / (lower.slope * lower.slope) +
	                             upper.gain / (upper.slope * upper.slope));

	if (!isfinite(lower.at) || !isfinite(upper.at))
		return signal_none(SIGNAL_NO_FEATURE, "edge does not pass 20 % and 80 %");
	return signal_ok(upper.at - lower.at, sqrt(by_edge + pow(by_p0 * p0_w.uncertainty, 2.0) +
	                                           pow(by_p3 * p3_w.uncertainty, 2.0)));
}

/* Adds the samples around a boundary; all boundaries lie alike between them. */
static void add_edge(const struct waveform *wave, double boundary, guint width, double *edge)
{
	gsize at = cyclic_sample(wave, floor(boundary) - EDGE_UI * wave->samples_per_symbol / 2);
	gsize length = waveform_length(wave);

	for (guint j = 0; j < width; j++) {
		edge[j] += wave->power_w[at];
		at = at + 1 < length ? at + 1 : 0;
	}
}

struct signal_value pam4_edge_time(const struct pam4_view *view, gboolean rising, guint before,
                                   guint after, struct signal_value p0_w, struct signal_value p3_w)
{
	const struct waveform *wave = view->wave;
	guint8 from = rising ? 0 : 3, to = rising ? 3 : 0;
	guint spu = wave->samples_per_symbol, width = EDGE_UI * spu + 1, edges = 0;
	g_autofree double *edge = g_new0(double, width);
	struct signal_value samples;

	for (guint i = 0; i < view->runs->n; i++) {
		const struct pam4_long_run *run = &view->runs->run[i];
		const struct pam4_long_run *next = &view->runs->run[(i + 1) % view->runs->n];
		gsize boundary = run->at + run->length;

		if (run->level != from || run->length < before || next->level != to ||
		    next->length < after || next->at != boundary % wave->n_symbols)
			continue;
		add_edge(wave, view->start_samples + (double)boundary * spu, width, edge);
		edges++;
	}
	if (edges == 0)
		return signal_none(SIGNAL_NO_FEATURE,
		                   "pattern has no edge between long runs of zeros and threes");
	for (guint j = 0; j < width; j++)
		edge[j] /= edges;
	samples = time_between(edge, width, p0_w, p3_w, rising, view->noise->mean_w2 / edges);
	if (samples.status != SIGNAL_OK)
		return samples;
	return signal_ok(samples.value / (spu * wave->symbol_rate_bd),
	                 samples.uncertainty / (spu * wave->symbol_rate_bd));
}

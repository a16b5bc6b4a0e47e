/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/spectrum.h"

#include <math.h>

#define FILTER_REACH 4.0 /* resolutions: 190 dB down */
#define FLOOR_RIPPLE 0.1

static double wavelength_at(const struct spectrum_trace *trace, double point)
{
	return trace->start_m + point * trace->step_m;
}

static void add_line(struct spectrum_trace *trace, const struct spectrum_request *request,
                     const struct world_line *line)
{
	double centre_m = line->wavelength_m + request->shift_m;
	double reach_m = FILTER_REACH * request->resolution_m;
	double first = ceil((centre_m - reach_m - trace->start_m) / trace->step_m);
	double last = floor((centre_m + reach_m - trace->start_m) / trace->step_m);

	for (double i = MAX(first, 0); i <= MIN(last, trace->points - 1.0); i++) {
		double off = (wavelength_at(trace, i) - centre_m) / request->resolution_m;
		trace->power_w[(guint)i] += line->power_w * request->gain * exp2(-4 * off * off);
	}
}

void spectrum_sweep(struct spectrum_trace *trace, const struct spectrum_request *request,
                    const struct world_line *lines, guint n_lines, struct random_stream *noise)
{
	g_return_if_fail(request->points >= 2 && request->points <= SPECTRUM_POINTS_MAX);
	g_return_if_fail(request->stop_m > request->start_m && request->resolution_m > 0);
	spectrum_clear(trace);
	trace->start_m = request->start_m;
	trace->step_m = (request->stop_m - request->start_m) / (request->points - 1);
	trace->points = request->points;
	trace->power_w = g_new0(double, trace->points);
	for (guint i = 0; i < n_lines; i++)
		add_line(trace, request, &lines[i]);
	for (guint i = 0; i < trace->points; i++)
		trace->power_w[i] +=
			request->floor_w * fabs(1 + FLOOR_RIPPLE * random_normal(noise));
}

void spectrum_clear(struct spectrum_trace *trace)
{
	g_free(trace->power_w);
	*trace = (struct spectrum_trace){0};
}

static struct world_line peak_at(const struct spectrum_trace *trace, guint top)
{
	const double *power_w = trace->power_w;
	struct world_line peak = {wavelength_at(trace, top), power_w[top]};

	if (top == 0 || top + 1 == trace->points)
		return peak;
	double below = log(power_w[top - 1] / power_w[top]);
	double above = log(power_w[top + 1] / power_w[top]);
	double bend = below + above;
	if (bend < 0) {
		double shift = (below - above) / (2 * bend);
		peak.wavelength_m = wavelength_at(trace, top + shift);
		peak.power_w *= exp(-bend * shift * shift / 2);
	}
	return peak;
}

guint spectrum_peaks(const struct spectrum_trace *trace, double difference_db,
                     struct world_line *peaks, guint max)
{
	double ratio = pow(10, difference_db / 10);
	gboolean rising = TRUE; /* a peak is looked for, else the dip behind it */
	guint top = 0, n = 0;
	double dip_w = trace->points > 0 ? trace->power_w[0] : 0;

	for (guint i = 1; i < trace->points && n < max; i++) {
		double power_w = trace->power_w[i];
		if (rising && power_w > trace->power_w[top])
			top = i;
		else if (rising && power_w * ratio < trace->power_w[top]) {
			if (trace->power_w[top] > dip_w * ratio)
				peaks[n++] = peak_at(trace, top);
			rising = FALSE;
			dip_w = power_w;
		} else if (!rising && power_w < dip_w) {
			dip_w = power_w;
		} else if (!rising && power_w > dip_w * ratio) {
			rising = TRUE;
			top = i;
		}
	}
	return n;
}

void spectrum_width(const struct spectrum_trace *trace, double threshold_db, double *centre_m,
                    double *rms_m)
{
	double highest_w = 0, sum_w = 0, first = 0, second = 0;

	for (guint i = 0; i < trace->points; i++)
		highest_w = MAX(highest_w, trace->power_w[i]);
	for (guint i = 0; i < trace->points; i++) {
		/* from the middle of the trace, or the squares would be all rounding */
		double off = i - (trace->points - 1) / 2.0, power_w = trace->power_w[i];
		if (power_w < highest_w * pow(10, -threshold_db / 10))
			continue;
		sum_w += power_w;
		first += power_w * off;
		second += power_w * off * off;
	}
	double mean = first / sum_w;
	*centre_m = wavelength_at(trace, mean + (trace->points - 1) / 2.0);
	*rms_m = trace->step_m * sqrt(MAX(second / sum_w - mean * mean, 0));
}

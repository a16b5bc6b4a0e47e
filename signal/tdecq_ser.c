/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq_ser.h"

#include "signal/gauss.h"

#include <math.h>

static const double least_sigma = 1e-3;

void ser_table_init(struct ser_table *table)
{
	for (guint i = 0; i < G_N_ELEMENTS(table->tail); i++) {
		double z = (double)i / SER_TABLE_PER_UNIT;

		table->tail[i] = gauss_q(z);
		table->density[i] = gauss_density(z);
	}
}

static double bin_value(guint bin)
{
	return bin * (2.0 * SER_RANGE / SER_BINS) - SER_RANGE;
}

static double bin_of(double value)
{
	return (value + SER_RANGE) * (SER_BINS / (2.0 * SER_RANGE));
}

/* The bins within SER_TABLE_END sigma of a threshold; others contribute nothing. */
static void bins_near(double threshold, double sigma, guint *first, guint *last)
{
	double reach = SER_TABLE_END * sigma;

	*first = (guint)CLAMP(ceil(bin_of(threshold - reach)), 0.0, SER_BINS);
	*last = (guint)CLAMP(floor(bin_of(threshold + reach)), 0.0, SER_BINS);
}

double ser_sigma(const struct ser_model *model, guint level, double noise)
{
	double variance = model->gain2 * noise * noise + model->extra[level];

	return variance > least_sigma * least_sigma ? sqrt(variance) : least_sigma;
}

static double interpolate(const double *table, double at)
{
	guint i = (guint)at;

	return table[i] + (at - i) * (table[i + 1] - table[i]);
}

/* Adds what one level pays at one threshold. */
static void add_threshold(const float *count, const struct ser_model *model, guint k, double sigma,
                          struct ser_slopes *slopes, double *by_sigma)
{
	double per_bin = 2.0 * SER_RANGE / SER_BINS / sigma * SER_TABLE_PER_UNIT;
	double start, tail = 0.0, shift = 0.0, width = 0.0;
	guint first, last;

	bins_near(model->threshold[k], sigma, &first, &last);
	start = (bin_value(0) - model->threshold[k]) / sigma * SER_TABLE_PER_UNIT;
	for (guint bin = first; bin <= last; bin++) {
		double z = start + bin * per_bin, at, density;

		if (count[bin] == 0.0f)
			continue;
		at = fmin(fabs(z), SER_TABLE_END * SER_TABLE_PER_UNIT);
		density = count[bin] * interpolate(model->table->density, at);
		tail += count[bin] * interpolate(model->table->tail, at);
		shift += z > 0.0 ? density : -density;
		width += density * at;
	}
	slopes->ser += tail;
	slopes->threshold[k] += shift / sigma;
	*by_sigma += width / (SER_TABLE_PER_UNIT * sigma);
}

struct ser_slopes ser_at(const struct ser_histogram *histogram, const struct ser_model *model,
                         double noise)
{
	struct ser_slopes slopes = {0};
	double total = 0.0;

	for (guint level = 0; level < 4; level++) {
		double sigma = ser_sigma(model, level, noise);

		for (guint bin = 0; bin <= SER_BINS; bin++)
			total += histogram->count[level][bin];
		for (guint k = 0; k < 3; k++)
			add_threshold(histogram->count[level], model, k, sigma, &slopes,
			              &slopes.sigma[level]);
	}
	slopes.ser /= total;
	for (guint k = 0; k < 3; k++)
		slopes.threshold[k] /= total;
	for (guint level = 0; level < 4; level++) {
		slopes.sigma[level] /= total;
		slopes.log_noise += slopes.sigma[level] * model->gain2 * noise * noise /
		                    ser_sigma(model, level, noise);
	}
	return slopes;
}

double ser_solve(const struct ser_histogram *histogram, const struct ser_model *model,
                 double target, double least, double guess, struct ser_slopes *slopes)
{
	double low = log(least), high = log(10.0), at = log(CLAMP(guess, least, 1.0));
	gboolean low_known = FALSE;

	/* Newton's method in the logarithms of both, kept between bounds known to be too low or
	 * high. */
	for (guint i = 0; i < 60; i++) {
		double off, step;

		*slopes = ser_at(histogram, model, exp(at));
		off = log(fmax(slopes->ser, 1e-300) / target);
		if (fabs(off) < 1e-7)
			break;
		if (off > 0.0)
			high = at;
		else
			low = at;
		low_known = low_known || off < 0.0;
		if (high - low < 1e-12)
			break;
		step = slopes->log_noise > 0.0 ? -off * slopes->ser / slopes->log_noise : 0.0;
		if (at + step > low && at + step < high && step != 0.0)
			at += step;
		else if (!low_known && at > log(least))
			at = log(least);
		else
			at = 0.5 * (low + high);
		if (!low_known && off > 0.0 && high <= log(least))
			break;
	}
	return exp(at);
}

void ser_value_slopes(const struct ser_model *model, double noise, double factor,
                      float table[4][SER_BINS + 1])
{
	for (guint level = 0; level < 4; level++) {
		double sigma = ser_sigma(model, level, noise);

		for (guint bin = 0; bin <= SER_BINS; bin++)
			table[level][bin] = 0.0f;
		for (guint k = 0; k < 3; k++) {
			guint first, last;

			bins_near(model->threshold[k], sigma, &first, &last);
			for (guint bin = first; bin <= last; bin++) {
				double z = (bin_value(bin) - model->threshold[k]) / sigma;
				double at = fmin(fabs(z), SER_TABLE_END) * SER_TABLE_PER_UNIT;
				double slope = interpolate(model->table->density, at) / sigma;

				table[level][bin] += (float)(factor * (z > 0.0 ? -slope : slope));
			}
		}
	}
}

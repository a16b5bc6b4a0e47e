/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq_cost.h"

#include "signal/bessel.h"

#include <math.h>
#include <string.h>

#define BLOCK 64
#define TERMS SYMBOL_FIT_TERMS

G_STATIC_ASSERT(SYMBOL_FIT_PAD >= BLOCK + TDECQ_MAX_TAPS);

/* Less noise than this (17 dB) and the eye counts as closed. */
static const double least_noise = 1e-3;
static const double main_tap_penalty = 50.0;

/* Gauss-Legendre, three nodes: exact for the mean of a polynomial of degree 5 over the window. */
static const double gauss_node[3] = {-0.7745966692414834, 0.0, 0.7745966692414834};
static const double gauss_weight[3] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};

void tdecq_cost_init(struct tdecq_cost *cost)
{
	gsize blocks = (cost->fit->n + BLOCK - 1) / BLOCK;

	cost->table = g_new(struct ser_table, 1);
	ser_table_init(cost->table);
	cost->histogram = g_new(struct ser_histogram, 2);
	cost->value_slope = g_malloc_n(2, sizeof(*cost->value_slope));
	for (guint d = 0; d < TERMS; d++)
		cost->term[d] = g_new(float, blocks *BLOCK);
	for (guint k = 0; k < TDECQ_MAX_TAPS; k++)
		cost->correlation[k] =
			bessel_noise_correlation(k * cost->settings->noise_bandwidth_ui);
}

void tdecq_cost_clear(struct tdecq_cost *cost)
{
	for (guint d = 0; d < TERMS; d++)
		g_clear_pointer(&cost->term[d], g_free);
	g_clear_pointer(&cost->value_slope, g_free);
	g_clear_pointer(&cost->histogram, g_free);
	g_clear_pointer(&cost->table, g_free);
}

guint tdecq_cost_variables(const struct tdecq_cost *cost)
{
	return (cost->fixed_taps ? 0 : cost->n_taps - 1) +
	       (cost->settings->adjust_thresholds ? 3 : 0) + (cost->settings->fit_centre ? 1 : 0);
}

/* A bounded quantity is limit * sin(variable): no bound is ever in the way of the descent. */
static double bounded_variable(double value, double limit)
{
	return asin(CLAMP(value / limit, -0.99, 0.99));
}

void tdecq_cost_start(const struct tdecq_cost *cost, double *x, double *scale)
{
	const struct tdecq_settings *settings = cost->settings;
	guint n = 0;

	for (guint i = 0; i < cost->n_taps && !cost->fixed_taps; i++) {
		if (i == cost->main_tap)
			continue;
		scale[n] = 0.15;
		x[n++] = cost->point.taps[i];
	}
	for (guint k = 0; k < 3 && settings->adjust_thresholds; k++) {
		scale[n] = 2.0;
		x[n++] = bounded_variable(cost->point.shift[k], settings->threshold_limit);
	}
	if (settings->fit_centre) {
		scale[n] = 0.2;
		x[n++] = bounded_variable(cost->point.centre_ui, settings->centre_limit_ui);
	}
}

static void take_variables(struct tdecq_cost *cost, const double *x)
{
	const struct tdecq_settings *settings = cost->settings;
	struct tdecq_point *point = &cost->point;
	double main_tap = 1.0;
	guint n = 0;

	for (guint i = 0; i < cost->n_taps && !cost->fixed_taps; i++) {
		if (i == cost->main_tap)
			continue;
		point->taps[i] = x[n++];
		main_tap -= point->taps[i];
	}
	if (!cost->fixed_taps)
		point->taps[cost->main_tap] = main_tap;
	for (guint k = 0; k < 3 && settings->adjust_thresholds; k++)
		point->shift[k] = settings->threshold_limit * sin(x[n++]);
	if (settings->fit_centre)
		point->centre_ui = settings->centre_limit_ui * sin(x[n++]);
	for (guint side = 0; side < 2; side++) {
		double middle = point->centre_ui + (side == 0 ? -settings->window_offset_ui
		                                              : settings->window_offset_ui);

		for (guint j = 0; j < 3; j++)
			cost->node_ui[side][j] =
				middle + 0.5 * settings->window_width_ui * gauss_node[j];
	}
}

/* The equaliser acts on the polynomials: out[d] are the terms of the equalised symbols. */
static void equalise_block(const struct tdecq_cost *cost, gsize at)
{
	for (guint d = 0; d < TERMS; d++) {
		float *out = cost->term[d] + at;

		memset(out, 0, BLOCK * sizeof(*out));
		for (guint i = 0; i < cost->n_taps; i++) {
			const float *in = cost->fit->term[d] + at + cost->main_tap - i;
			float tap = (float)cost->point.taps[i];

			for (guint j = 0; j < BLOCK; j++)
				out[j] += tap * in[j];
		}
	}
}

static void values_at(const struct tdecq_cost *cost, gsize at, double time_ui, float *value)
{
	const float *a = cost->term[0] + at, *b = cost->term[1] + at, *c = cost->term[2] + at;
	const float *d = cost->term[3] + at, *e = cost->term[4] + at;
	float t = (float)time_ui;

	G_STATIC_ASSERT(TERMS == 5);
	for (guint j = 0; j < BLOCK; j++)
		value[j] = a[j] + t * (b[j] + t * (c[j] + t * (d[j] + t * e[j])));
}

static guint block_size(const struct tdecq_cost *cost, gsize at)
{
	return (guint)MIN((gsize)BLOCK, cost->fit->n - at);
}

static void fill_histograms(struct tdecq_cost *cost)
{
	float value[BLOCK];

	memset(cost->histogram, 0, 2 * sizeof(*cost->histogram));
	for (gsize at = 0; at < cost->fit->n; at += BLOCK * cost->stride) {
		const guint8 *level = cost->levels + at;
		guint n = block_size(cost, at);

		equalise_block(cost, at);
		for (guint node = 0; node < 6; node++) {
			struct ser_histogram *histogram = &cost->histogram[node / 3];
			float weight = (float)gauss_weight[node % 3];

			values_at(cost, at, cost->node_ui[node / 3][node % 3], value);
			for (guint j = 0; j < n; j++) {
				float position = ser_position(value[j]);
				guint bin = (guint)position;
				float part = weight * (position - (float)bin);

				histogram->count[level[j]][bin] += weight - part;
				histogram->count[level[j]][bin + 1] += part;
			}
		}
	}
}

/* Of one window's cost. */
struct slopes {
	double tap[TDECQ_MAX_TAPS];
	double shift[3];
	double centre;
};

/* Slopes of the added noise's gain; returns the gain squared. */
static double noise_gain(const struct tdecq_cost *cost, double *slope)
{
	double gain2 = 0.0;

	for (guint i = 0; i < cost->n_taps; i++) {
		slope[i] = 0.0;
		for (guint j = 0; j < cost->n_taps; j++)
			slope[i] += 2.0 * cost->point.taps[j] *
			            cost->correlation[i > j ? i - j : j - i];
		gain2 += 0.5 * slope[i] * cost->point.taps[i];
	}
	return gain2;
}

/* What the polynomials let through of the samples' noise, mean over a window. */
static double window_gain(const struct tdecq_cost *cost, guint side, double *slope)
{
	double gain = 0.0, node_slope;

	*slope = 0.0;
	for (guint j = 0; j < 3; j++) {
		gain += gauss_weight[j] *
		        symbol_fit_noise_gain(cost->fit, cost->node_ui[side][j], &node_slope);
		*slope += gauss_weight[j] * node_slope;
	}
	return gain;
}

/*
 * The signal's own noise adds to what is put on top; the noise still in the fitted values is in the
 * histogram already and is taken off.
 */
static void fill_model(const struct tdecq_cost *cost, guint side, double gain2,
                       struct ser_model *model)
{
	double unused, let_through = window_gain(cost, side, &unused), main2, sum2 = 0.0;
	double bin = 2.0 * SER_RANGE / SER_BINS;

	for (guint i = 0; i < cost->n_taps; i++)
		sum2 += cost->point.taps[i] * cost->point.taps[i];
	main2 = cost->point.taps[cost->main_tap] * cost->point.taps[cost->main_tap];
	model->table = cost->table;
	model->gain2 = gain2;
	for (guint k = 0; k < 3; k++)
		model->threshold[k] = ((double)k - 1.0) / 3.0 + cost->point.shift[k];
	for (guint l = 0; l < 4; l++)
		model->extra[l] =
			gain2 * cost->signal_mean +
			main2 * (cost->signal_variance[l] - cost->signal_mean) -
			let_through * (main2 * cost->fit->noise_variance[l] +
		                       (sum2 - main2) * cost->fit->noise_mean) -
			bin * bin / 6.0; /* what sharing a sample between two bins widens it */
}

/* Adds the slopes with taps and centre by way of sigma. */
static void add_sigma_slopes(const struct tdecq_cost *cost, guint side,
                             const struct ser_model *model, const struct ser_slopes *ser,
                             double factor, const double *gain_slope, struct slopes *slopes)
{
	double through_slope, let_through = window_gain(cost, side, &through_slope);
	double noise = cost->outcome.noise[side], mean = cost->fit->noise_mean, sum2 = 0.0;
	double main_tap = cost->point.taps[cost->main_tap];

	for (guint i = 0; i < cost->n_taps; i++)
		sum2 += cost->point.taps[i] * cost->point.taps[i];
	for (guint l = 0; l < 4; l++) {
		double by_variance = factor * ser->sigma[l] / (2.0 * ser_sigma(model, l, noise));
		double differs = cost->fit->noise_variance[l] - mean;

		for (guint i = 0; i < cost->n_taps; i++)
			slopes->tap[i] +=
				by_variance * (gain_slope[i] * (noise * noise + cost->signal_mean) -
			                       2.0 * let_through * cost->point.taps[i] * mean);
		slopes->tap[cost->main_tap] +=
			by_variance * 2.0 * main_tap *
			(cost->signal_variance[l] - cost->signal_mean - let_through * differs);
		slopes->centre -=
			by_variance * through_slope * (main_tap * main_tap * differs + sum2 * mean);
	}
}

/* Of one block and window: weight[d][j] = sum over nodes of d cost / d value * time^d. */
static void block_weights(const struct tdecq_cost *cost, gsize at, guint side,
                          float weight[TERMS][BLOCK])
{
	const float(*table)[SER_BINS + 1] = cost->value_slope[side];
	const guint8 *level = cost->levels + at;
	guint n = block_size(cost, at);
	float value[BLOCK];

	memset(weight, 0, TERMS * sizeof(*weight));
	for (guint node = 0; node < 3; node++) {
		double time = cost->node_ui[side][node];
		float slope[BLOCK] = {0.0f}, power = (float)gauss_weight[node];

		values_at(cost, at, time, value);
		for (guint j = 0; j < n; j++) {
			float position = ser_position(value[j]);
			guint bin = (guint)position;
			const float *row = table[level[j]] + bin;

			slope[j] = row[0] + (position - (float)bin) * (row[1] - row[0]);
		}
		for (guint d = 0; d < TERMS; d++) {
			for (guint j = 0; j < BLOCK; j++)
				weight[d][j] += power * slope[j];
			power *= (float)time;
		}
	}
}

/* d cost / d tap and d cost / d centre by way of the samples, summed over all symbols. */
static void add_value_slopes(const struct tdecq_cost *cost, guint side, struct slopes *slopes)
{
	float weight[TERMS][BLOCK], sum[TDECQ_MAX_TAPS + 1][BLOCK] = {{0.0f}};

	for (gsize at = 0; at < cost->fit->n; at += BLOCK * cost->stride) {
		block_weights(cost, at, side, weight);
		for (guint d = 0; d < TERMS; d++) {
			for (guint i = 0; i < cost->n_taps && !cost->fixed_taps; i++) {
				const float *in = cost->fit->term[d] + at + cost->main_tap - i;

				for (guint j = 0; j < BLOCK; j++)
					sum[i][j] += weight[d][j] * in[j];
			}
			for (guint j = 0; d > 0 && j < BLOCK; j++)
				sum[TDECQ_MAX_TAPS][j] +=
					(float)d * weight[d - 1][j] * cost->term[d][at + j];
		}
	}
	for (guint j = 0; j < BLOCK; j++) {
		for (guint i = 0; i < cost->n_taps; i++)
			slopes->tap[i] += sum[i][j];
		slopes->centre += sum[TDECQ_MAX_TAPS][j];
	}
}

static double histogram_total(const struct tdecq_cost *cost)
{
	double n = 0.0;

	for (gsize at = 0; at < cost->fit->n; at += BLOCK * cost->stride)
		n += block_size(cost, at);
	return n;
}

/* From slopes with the quantities to slopes with the variables. */
static void fill_gradient(const struct tdecq_cost *cost, const double *x,
                          const struct slopes *slopes, double *gradient)
{
	const struct tdecq_settings *settings = cost->settings;
	guint n = 0;

	for (guint i = 0; i < cost->n_taps && !cost->fixed_taps; i++) {
		if (i != cost->main_tap)
			gradient[n++] = slopes->tap[i] - slopes->tap[cost->main_tap];
	}
	for (guint k = 0; k < 3 && settings->adjust_thresholds; k++, n++)
		gradient[n] = slopes->shift[k] * settings->threshold_limit * cos(x[n]);
	if (settings->fit_centre)
		gradient[n] = slopes->centre * settings->centre_limit_ui * cos(x[n]);
}

/* The cost of one window, -ln of the noise it bears, and its slopes. */
static double window_cost(struct tdecq_cost *cost, guint side, const double *gain_slope,
                          struct slopes *slopes)
{
	const struct tdecq_settings *settings = cost->settings;
	struct tdecq_outcome *outcome = &cost->outcome;
	struct ser_slopes ser;
	struct ser_model model;
	double excess, factor;

	fill_model(cost, side, outcome->ceq2, &model);
	outcome->noise[side] = ser_solve(&cost->histogram[side], &model, settings->target_ser,
	                                 least_noise, outcome->noise[side], &ser);
	outcome->ser[side] = ser.ser;
	excess = log(fmax(ser.ser, 1e-300) / settings->target_ser);
	/* A closed eye has no such noise: its error ratio still tells which way is better. */
	if (excess > 1e-3)
		outcome->closed = TRUE;
	factor = 1.0 / (excess > 1e-3 ? ser.ser : ser.log_noise);
	memset(slopes, 0, sizeof(*slopes));
	for (guint k = 0; k < 3; k++)
		slopes->shift[k] = factor * ser.threshold[k];
	add_sigma_slopes(cost, side, &model, &ser, factor, gain_slope, slopes);
	ser_value_slopes(&model, outcome->noise[side], factor / histogram_total(cost),
	                 cost->value_slope[side]);
	add_value_slopes(cost, side, slopes);
	return fmax(excess, 0.0) - log(outcome->noise[side]);
}

void tdecq_cost_at(void *data, const double *x, struct minimise_values *values)
{
	struct tdecq_cost *cost = (struct tdecq_cost *)data;
	double gain_slope[TDECQ_MAX_TAPS], lack;

	take_variables(cost, x);
	fill_histograms(cost);
	cost->outcome.ceq2 = noise_gain(cost, gain_slope);
	cost->outcome.closed = FALSE;
	lack = cost->settings->main_tap_min - cost->point.taps[cost->main_tap];
	lack = cost->fixed_taps ? 0.0 : fmax(lack, 0.0);
	for (guint side = 0; side < 2; side++) {
		struct slopes slopes;

		values->value[side] = window_cost(cost, side, gain_slope, &slopes) +
		                      main_tap_penalty * lack * lack;
		slopes.tap[cost->main_tap] -= 2.0 * main_tap_penalty * lack;
		fill_gradient(cost, x, &slopes, values->gradient[side]);
	}
}

void tdecq_cost_ser(const struct tdecq_cost *cost, double noise, double ser[2])
{
	struct ser_model model;

	for (guint side = 0; side < 2; side++) {
		fill_model(cost, side, cost->outcome.ceq2, &model);
		ser[side] = ser_at(&cost->histogram[side], &model, noise).ser;
	}
}

gsize tdecq_cost_symbol_errors(const struct tdecq_cost *cost)
{
	float value[2][BLOCK], threshold[3];
	gsize errors = 0;

	for (guint k = 0; k < 3; k++)
		threshold[k] = (float)(((double)k - 1.0) / 3.0 + cost->point.shift[k]);
	for (gsize at = 0; at < cost->fit->n; at += BLOCK) {
		guint n = block_size(cost, at);

		for (guint side = 0; side < 2; side++)
			values_at(cost, at, cost->node_ui[side][1], value[side]);
		for (guint j = 0; j < n; j++) {
			guint decided[2] = {0, 0};

			for (guint k = 0; k < 3; k++) {
				decided[0] += value[0][j] > threshold[k];
				decided[1] += value[1][j] > threshold[k];
			}
			errors += decided[0] != cost->levels[at + j] ||
			          decided[1] != cost->levels[at + j];
		}
	}
	return errors;
}

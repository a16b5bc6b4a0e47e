/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq_cost.h"

#include "signal/bessel.h"
#include "base/normal.h"

#include <math.h>
#include <string.h>

/* Less noise than this (17 dB) and the eye counts as closed. */
static const double least_noise = 1e-3;
static const double most_noise = 2.0;
static const double least_variance = 1e-6;
/* windows further out would leave what the polynomials were fitted to */
static const double polynomial_reach_ui = 0.15;

/* Gauss-Legendre: exact for the mean of a polynomial of degree 3, and 5, over the window. */
static const double gauss_node[2][3] = {{-0.5773502691896258, 0.5773502691896258, 0.0},
                                        {-0.7745966692414834, 0.0, 0.7745966692414834}};
static const double gauss_weight[2][3] = {{0.5, 0.5, 0.0}, {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0}};

void tdecq_cost_init(struct tdecq_cost *cost)
{
	cost->kernels = kernels_best();
	for (guint k = 0; k < TDECQ_MAX_TAPS; k++)
		cost->correlation[k] =
			k < cost->n_taps
				? bessel_noise_correlation(k * cost->settings->noise_bandwidth_ui)
				: 0.0;
	memset(&cost->in, 0, sizeof(cost->in));
	for (guint d = 0; d < SWEEP_TERMS; d++)
		cost->in.term[d] = cost->fit->term[d];
	cost->in.level = cost->fit->level;
	cost->in.n = cost->fit->n;
	cost->best_outcome.value = INFINITY;
	cost->sweeps = 0.0;
}

guint tdecq_cost_variables(const struct tdecq_cost *cost)
{
	return (cost->fixed_taps ? 0 : cost->n_taps - 1) +
	       (cost->settings->adjust_thresholds ? 3 : 0) + (cost->settings->fit_centre ? 1 : 0);
}

static guint add_variable(struct tdecq_variables *v, guint n, double x, double scale, double low,
                          double high)
{
	v->x[n] = CLAMP(x, low, high);
	v->scale[n] = scale;
	v->low[n] = low;
	v->high[n] = high;
	return n + 1;
}

void tdecq_cost_start(const struct tdecq_cost *cost, struct tdecq_variables *v)
{
	const struct tdecq_settings *settings = cost->settings;
	const struct tdecq_point *point = &cost->point;
	double limit = settings->threshold_limit;
	guint n = 0;

	for (guint i = 0; i < cost->n_taps && !cost->fixed_taps; i++) {
		if (i != cost->main_tap)
			n = add_variable(v, n, point->taps[i], 0.15, -INFINITY, INFINITY);
	}
	for (guint k = 0; k < 3 && settings->adjust_thresholds; k++)
		n = add_variable(v, n, point->shift[k], 0.02, -limit, limit);
	limit = settings->centre_limit_ui;
	if (settings->fit_centre)
		add_variable(v, n, point->centre_ui, 0.05,
		             fmax(-polynomial_reach_ui, -limit - cost->anchor_ui),
		             fmin(polynomial_reach_ui, limit - cost->anchor_ui));
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
		point->shift[k] = x[n++];
	if (settings->fit_centre)
		point->centre_ui = x[n++];
}

/* All of what a look needs but the noise. */
static void point_to_input(struct tdecq_cost *cost)
{
	const struct tdecq_settings *settings = cost->settings;
	const struct tdecq_point *point = &cost->point;
	struct sweep_input *in = &cost->in;
	guint rule = cost->nodes == 2 ? 0 : 1;

	in->stride = cost->stride;
	in->nodes = rule + 2;
	in->n_taps = cost->n_taps;
	in->main_tap = cost->main_tap;
	for (guint i = 0; i < cost->n_taps; i++)
		in->tap[i] = (float)point->taps[i];
	for (guint k = 0; k < 3; k++)
		in->threshold[k] = (float)(((double)k - 1.0) / 3.0 + point->shift[k]);
	for (guint j = 0; j < in->nodes; j++) {
		double apart = 0.5 * settings->window_width_ui * gauss_node[rule][j];

		in->node_weight[j] = (float)gauss_weight[rule][j];
		in->time_ui[0][j] = (float)(point->centre_ui - settings->window_offset_ui + apart);
		in->time_ui[1][j] = (float)(point->centre_ui + settings->window_offset_ui + apart);
	}
}

/* Slopes of the added noise's gain with the taps; returns the gain squared. */
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

double tdecq_cost_let_through(const struct tdecq_cost *cost, guint side, double *slope)
{
	double gain = 0.0, node_slope;

	*slope = 0.0;
	for (guint j = 0; j < cost->in.nodes; j++) {
		double weight = cost->in.node_weight[j];

		gain += weight *
		        symbol_fit_noise_gain(cost->fit, cost->in.time_ui[side][j], &node_slope);
		*slope += weight * node_slope;
	}
	return gain;
}

/* What goes into the noise at the decision, for one window. */
struct noise_model {
	double extra[4];    /* variance besides the added noise, by level; may be negative */
	double let_through; /* of the samples' noise, by the polynomials */
	double let_through_slope;
	double gain_slope[TDECQ_MAX_TAPS];
};

/*
 * The signal's own noise adds to what is put on top; the noise still in the fitted values is in the
 * samples looked at already and is taken off.
 */
static void fill_model(const struct tdecq_cost *cost, guint side, struct noise_model *model)
{
	double main_tap = cost->point.taps[cost->main_tap], main2 = main_tap * main_tap, sum2 = 0.0;

	memset(model, 0, sizeof(*model));
	noise_gain(cost, model->gain_slope);
	if (cost->settings->noise_in_samples)
		return;
	for (guint i = 0; i < cost->n_taps; i++)
		sum2 += cost->point.taps[i] * cost->point.taps[i];
	model->let_through = tdecq_cost_let_through(cost, side, &model->let_through_slope);
	for (guint l = 0; l < 4; l++)
		model->extra[l] = cost->outcome.ceq2 * cost->signal_mean +
		                  main2 * (cost->signal_variance[l] - cost->signal_mean) -
		                  model->let_through * (main2 * cost->fit->noise_variance[l] +
		                                        (sum2 - main2) * cost->fit->noise_mean);
}

static double variance_at(const struct tdecq_cost *cost, const struct noise_model *model,
                          guint level, double noise)
{
	return fmax(cost->outcome.ceq2 * noise * noise + model->extra[level], least_variance);
}

/* Of one window while its noise is sought: bounds known to be too low and too high. */
struct bracket {
	double low, high;
	gboolean done;
};

/* d ln ser / d ln noise of the last look. */
static double noise_slope(const struct tdecq_cost *cost, const struct noise_model *model,
                          guint side)
{
	const struct sweep_window *window = &cost->out.window[side];
	double noise = cost->outcome.noise[side], slope = 0.0;

	for (guint l = 0; l < 4; l++)
		slope += window->log_sigma[l] * cost->outcome.ceq2 * noise * noise /
		         variance_at(cost, model, l, noise);
	return slope / fmax(window->ser, 1e-300);
}

/*
 * From the noise of the last look to that with the target error ratio, as if all errors were made
 * by one Gaussian with this error ratio and this slope: exact to the second order.
 */
static double extrapolate(double noise, double ser, double slope, double target)
{
	double z = normal_tail_inverse(CLAMP(ser / 1.5, 1e-30, 0.45));
	double wanted = normal_tail_inverse(target / 1.5);
	double usual = z * normal_density(z) / normal_tail(z);

	if (!(slope > 1e-9))
		return ser > target ? 0.5 * noise : 2.0 * noise;
	return noise * pow(z / wanted, CLAMP(usual / slope, 0.2, 5.0));
}

/* The next noise to look at; done when the target is met, or out of reach. */
static void narrow(struct tdecq_cost *cost, const struct noise_model *model, guint side,
                   struct bracket *bracket)
{
	double noise = cost->outcome.noise[side], ser = cost->out.window[side].ser;
	double target = cost->settings->target_ser, next;

	bracket->done = fabs(log(fmax(ser, 1e-300) / target)) < cost->tolerance ||
	                (noise <= least_noise && ser > target);
	if (bracket->done)
		return;
	if (ser > target)
		bracket->high = noise;
	else
		bracket->low = noise;
	next = extrapolate(noise, ser, noise_slope(cost, model, side), target);
	if (!(next > bracket->low && next < bracket->high))
		next = sqrt(bracket->low * bracket->high);
	/* Next to nothing: look whether it is nothing. */
	cost->outcome.noise[side] = next < 1.02 * least_noise ? least_noise : next;
}

static void look(struct tdecq_cost *cost, const struct noise_model model[2])
{
	struct bracket bracket[2] = {{least_noise, most_noise, FALSE},
	                             {least_noise, most_noise, FALSE}};

	for (guint tries = 0; tries < 40; tries++) {
		for (guint side = 0; side < 2; side++) {
			for (guint l = 0; l < 4; l++)
				cost->in.inverse_sigma[side][l] =
					(float)(1.0 / sqrt(variance_at(cost, &model[side], l,
				                                       cost->outcome.noise[side])));
		}
		cost->kernels->tdecq_sweep(&cost->in, &cost->out);
		cost->sweeps += (double)cost->out.n / (double)cost->in.n;
		narrow(cost, &model[0], 0, &bracket[0]);
		narrow(cost, &model[1], 1, &bracket[1]);
		if (bracket[0].done && bracket[1].done)
			break;
	}
}

/* Of one window's cost. */
struct slopes {
	double tap[TDECQ_MAX_TAPS];
	double shift[3];
	double centre;
};

/* Adds the slopes with taps and centre by way of sigma. */
static void add_sigma_slopes(const struct tdecq_cost *cost, guint side,
                             const struct noise_model *model, double factor, struct slopes *slopes)
{
	double noise = cost->outcome.noise[side], mean = cost->fit->noise_mean, sum2 = 0.0;
	double main_tap = cost->point.taps[cost->main_tap];

	for (guint i = 0; i < cost->n_taps; i++)
		sum2 += cost->point.taps[i] * cost->point.taps[i];
	for (guint l = 0; l < 4; l++) {
		double by_variance = factor * cost->out.window[side].log_sigma[l] /
		                     (2.0 * variance_at(cost, model, l, noise));
		double differs = cost->fit->noise_variance[l] - mean;

		for (guint i = 0; i < cost->n_taps; i++)
			slopes->tap[i] +=
				by_variance *
				(model->gain_slope[i] * (noise * noise + cost->signal_mean) -
			         2.0 * model->let_through * cost->point.taps[i] * mean);
		slopes->tap[cost->main_tap] += by_variance * 2.0 * main_tap *
		                               (cost->signal_variance[l] - cost->signal_mean -
		                                model->let_through * differs);
		slopes->centre -= by_variance * model->let_through_slope *
		                  (main_tap * main_tap * differs + sum2 * mean);
	}
}

/* From slopes with the quantities to slopes with the variables. */
static void fill_gradient(const struct tdecq_cost *cost, const struct slopes *slopes,
                          double *gradient)
{
	const struct tdecq_settings *settings = cost->settings;
	guint n = 0;

	for (guint i = 0; i < cost->n_taps && !cost->fixed_taps; i++) {
		if (i != cost->main_tap)
			gradient[n++] = slopes->tap[i] - slopes->tap[cost->main_tap];
	}
	for (guint k = 0; k < 3 && settings->adjust_thresholds; k++, n++)
		gradient[n] = slopes->shift[k];
	if (settings->fit_centre)
		gradient[n] = slopes->centre;
}

/* The cost of one window, -ln of the noise it bears, and its slopes. */
static double window_cost(struct tdecq_cost *cost, guint side, const struct noise_model *model,
                          struct slopes *slopes)
{
	const struct sweep_window *window = &cost->out.window[side];
	struct tdecq_outcome *outcome = &cost->outcome;
	double ser = fmax(window->ser, 1e-300), slope = noise_slope(cost, model, side), factor;
	double excess = log(ser / cost->settings->target_ser);
	/* A closed eye has no such noise: its error ratio still tells which way is better. */
	gboolean closed = outcome->noise[side] <= least_noise && excess > 0.0;

	outcome->closed = outcome->closed || closed;
	factor = 1.0 / (closed ? ser : ser * fmax(slope, 1e-9));
	for (guint i = 0; i < TDECQ_MAX_TAPS; i++)
		slopes->tap[i] = factor * window->tap[i];
	for (guint k = 0; k < 3; k++)
		slopes->shift[k] = factor * window->threshold[k];
	slopes->centre = factor * window->time;
	add_sigma_slopes(cost, side, model, factor, slopes);
	outcome->slope[side] = slope;
	outcome->slope2[side] = window->slope2 / (ser * ser);
	outcome->errors[side] = window->errors;
	if (closed)
		return excess - log(outcome->noise[side]);
	outcome->noise[side] =
		extrapolate(outcome->noise[side], ser, slope, cost->settings->target_ser);
	return -log(outcome->noise[side]);
}

double tdecq_cost_main_tap_lack(const struct tdecq_cost *cost)
{
	return cost->settings->main_tap_min - cost->point.taps[cost->main_tap];
}

void tdecq_cost_at(void *data, const double *x, struct minimise_values *values)
{
	struct tdecq_cost *cost = (struct tdecq_cost *)data;
	struct noise_model model[2];
	double over;

	take_variables(cost, x);
	/* flat: whoever descends is done, and what it found is nobody's */
	if (g_cancellable_is_cancelled(cost->settings->stop)) {
		*values = (struct minimise_values){{0.0}, {{0.0}}};
		cost->best = cost->point;
		cost->best_outcome = cost->outcome;
		return;
	}
	point_to_input(cost);
	cost->outcome.ceq2 = noise_gain(cost, model[0].gain_slope);
	cost->outcome.closed = FALSE;
	fill_model(cost, 0, &model[0]);
	fill_model(cost, 1, &model[1]);
	look(cost, model);
	over = cost->multiplier / TDECQ_MAIN_TAP_STIFFNESS + tdecq_cost_main_tap_lack(cost);
	over = cost->fixed_taps ? 0.0 : fmax(over, 0.0);
	for (guint side = 0; side < 2; side++) {
		struct slopes slopes;

		values->value[side] =
			window_cost(cost, side, &model[side], &slopes) +
			0.5 * TDECQ_MAIN_TAP_STIFFNESS * over * over -
			0.5 * cost->multiplier * cost->multiplier / TDECQ_MAIN_TAP_STIFFNESS;
		slopes.tap[cost->main_tap] -= TDECQ_MAIN_TAP_STIFFNESS * over;
		fill_gradient(cost, &slopes, values->gradient[side]);
	}
	cost->outcome.value = fmax(values->value[0], values->value[1]);
	if (cost->outcome.value < cost->best_outcome.value) {
		cost->best = cost->point;
		cost->best_outcome = cost->outcome;
	}
}

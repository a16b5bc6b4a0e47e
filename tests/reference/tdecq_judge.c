/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/tdecq_judge.h"

#include "tests/reference/wave_generator.h"

#include <math.h>

#define FAR         7.0 /* Q(7) = 1e-12: a sample that far from a threshold pays nothing */
#define LEAST_LOG_T -9.0

double reference_noise_correlation(guint k, double bandwidth_ui)
{
	double sum = 0, sum0 = 0, step = bandwidth_ui / 200;

	/* falls by 80 dB in a decade, and is smooth: the rule of trapezoids is exact to rounding */
	for (guint i = 0; i <= 200 * 40; i++) {
		complex double h = wave_bessel_thomson(i * step, bandwidth_ui);
		double power = (creal(h) * creal(h) + cimag(h) * cimag(h)) * (i ? 1 : 0.5);
		sum += power * cos(2 * G_PI * i * step * k);
		sum0 += power;
	}
	return sum / sum0;
}

void judge_init(struct judge *j, const struct reference_input *in, const struct tdecq_settings *set,
                guint nodes)
{
	*j = (struct judge){.in = in, .set = set, .nodes = nodes, .centre_ui = NAN};
	j->used = in->n_symbols;
	j->slides = set->fit_centre;
	j->still_ui = 0.5;
	for (guint k = 0; k < set->taps; k++)
		j->rho[k] = reference_noise_correlation(k, set->noise_bandwidth_ui);
	gauss_nodes(nodes, j->node, j->weight);
	j->least_noise = INFINITY;
	for (guint l = 0; l < 4; l++) {
		double noise = in->noise_w[l] / in->oma_w;
		j->more_noise[l] = noise * noise;
		j->least_noise = fmin(j->least_noise, noise * noise);
	}
	for (guint l = 0; l < 4; l++)
		j->more_noise[l] -= j->least_noise;
	for (guint side = 0; side < 2; side++) {
		for (guint n = 0; n < nodes; n++) {
			j->x[side][n] = g_new(double, in->n_symbols + 2 * JUDGE_PAD);
			j->slope[side][n] = g_new(double, in->n_symbols + 2 * JUDGE_PAD);
			j->y[side][n] = g_new(double, in->n_symbols);
		}
	}
	j->log_t[0] = j->log_t[1] = log(0.03);
}

void judge_clear(struct judge *j)
{
	for (guint side = 0; side < 2; side++) {
		for (guint n = 0; n < j->nodes; n++) {
			g_free(j->x[side][n]);
			g_free(j->slope[side][n]);
			g_free(j->y[side][n]);
		}
	}
}

static void pad(double *padded, gsize n)
{
	for (gsize i = 0; i < JUDGE_PAD; i++) {
		padded[JUDGE_PAD - 1 - i] = padded[JUDGE_PAD + (n - 1 - i % n)];
		padded[JUDGE_PAD + n + i] = padded[JUDGE_PAD + i % n];
	}
}

void judge_windows(struct judge *j, double centre_ui)
{
	const struct reference_input *in = j->in;

	if (j->centre_ui == centre_ui)
		return;
	j->centre_ui = centre_ui;
	for (guint side = 0; side < 2; side++) {
		double middle = centre_ui + (side ? 1 : -1) * j->set->window_offset_ui;
		for (guint n = 0; n < j->nodes; n++) {
			double *x = j->x[side][n], *slope = j->slope[side][n];
			double t = middle + j->node[n] * j->set->window_width_ui / 2;
			in->at(in->wave, in->start_ui + t, x + JUDGE_PAD, slope + JUDGE_PAD);
			for (gsize i = JUDGE_PAD; i < JUDGE_PAD + in->n_symbols; i++) {
				x[i] = (x[i] - in->average_w) / in->oma_w;
				slope[i] /= in->oma_w;
			}
			pad(x, in->n_symbols);
			pad(slope, in->n_symbols);
		}
	}
}

static double equalise(const struct reference_point *p, guint taps, const double *x, gsize i)
{
	double y = 0;

	x += JUDGE_PAD + i + p->main_tap;
	for (guint k = 0; k < taps; k++)
		y += p->taps[k] * *(x - k);
	return y;
}

void judge_take(struct judge *j, const struct reference_point *p)
{
	judge_windows(j, p->centre_ui);
	for (guint side = 0; side < 2; side++)
		for (guint n = 0; n < j->nodes; n++)
			for (gsize i = 0; i < j->used; i++)
				j->y[side][n][i] = equalise(p, j->set->taps, j->x[side][n], i);
}

double judge_noise_gain(const struct judge *j, const struct reference_point *p, double *row)
{
	double gain = 0;

	for (guint a = 0; a < j->set->taps; a++) {
		row[a] = 0;
		for (guint b = 0; b < j->set->taps; b++)
			row[a] += j->rho[a > b ? a - b : b - a] * p->taps[b];
		gain += row[a] * p->taps[a];
	}
	for (guint a = 0; a < j->set->taps; a++)
		row[a] /= gain;
	return sqrt(gain);
}

/* What one sample pays. push: derivative by the sample's value, with the opposite sign. */
static void pay(struct judge_tally *t, const double *threshold, double y, double inverse,
                double part, double weight, double *push)
{
	for (guint k = 0; k < 3; k++) {
		double d = y - threshold[k], z = fabs(d) * inverse;
		if (z > FAR)
			continue;
		double density = weight * exp(-0.5 * z * z) / sqrt(2 * G_PI);
		t->ser += weight * 0.5 * erfc(z * G_SQRT2 / 2);
		t->by_log_t += density * z * part;
		t->by_log_ceq += density * z;
		double pushed = d > 0 ? density * inverse : -density * inverse;
		t->by_shift[k] += pushed;
		*push += pushed;
	}
}

/* The error ratio of a window at T = sqrt(R^2 + noise of the quietest level). */
void judge_look(const struct judge *j, const struct reference_point *p, guint side, double log_t,
                gboolean with_gradient, struct judge_tally *t)
{
	double row[TDECQ_MAX_TAPS], inverse[4], part[4], threshold[3];
	double ceq = judge_noise_gain(j, p, row), t2 = exp(2 * log_t);
	guint taps = j->set->taps;

	*t = (struct judge_tally){0};
	for (guint l = 0; l < 4; l++) {
		inverse[l] = 1 / (ceq * sqrt(t2 + j->more_noise[l]));
		part[l] = t2 / (t2 + j->more_noise[l]);
	}
	for (guint k = 0; k < 3; k++)
		threshold[k] = ((int)k - 1) / 3.0 + p->shift[k];
	for (guint n = 0; n < j->nodes; n++) {
		double weight = j->weight[n] / (double)j->used;
		for (gsize i = 0; i < j->used; i++) {
			guint8 level = j->in->levels[i];
			double push = 0;
			pay(t, threshold, j->y[side][n][i], inverse[level], part[level], weight,
			    &push);
			if (!with_gradient)
				continue;
			const double *x = j->x[side][n] + JUDGE_PAD + i + p->main_tap;
			for (guint k = 0; k < taps; k++)
				t->by_tap[k] -= push * *(x - k);
			t->by_centre -= push * equalise(p, taps, j->slope[side][n], i);
		}
	}
	for (guint k = 0; k < taps; k++)
		t->by_tap[k] += t->by_log_ceq * row[k];
}

/* The log T of a window at the target, Newton on ln SER; the tally is of the last look. */
double judge_solve(struct judge *j, const struct reference_point *p, guint side,
                   gboolean with_gradient, struct judge_tally *t)
{
	double log_t = j->log_t[side];

	for (guint pass = 0; pass < 80; pass++) {
		judge_look(j, p, side, log_t, with_gradient, t);
		double miss = log(j->set->target_ser / fmax(t->ser, 1e-300));
		double step = t->ser > 1e-12 ? miss * t->ser / t->by_log_t : 0.3;
		/* with one level's noise alone beyond the target there is no solution */
		log_t = CLAMP(log_t + CLAMP(step, -0.4, 0.4), LEAST_LOG_T, 1);
		if (fabs(miss) < 1e-5)
			break;
	}
	j->log_t[side] = log_t;
	return log_t;
}

/* 3.414 at 4.8e-4; elsewhere what an even ideal signal needs, so that it has 0 dB there too. */
static double qt_of(double target_ser)
{
	double low = 0, high = 10;

	if (fabs(target_ser / 4.8e-4 - 1) < 1e-6)
		return REFERENCE_QT;
	while (high - low > 1e-12) {
		double middle = (low + high) / 2;
		if (1.5 * 0.5 * erfc(middle / G_SQRT2) > target_ser)
			low = middle;
		else
			high = middle;
	}
	return low;
}

double judge_db(const struct judge *j, double noise)
{
	return noise > 0 ? -10 * log10(6 * qt_of(j->set->target_ser) * noise) : INFINITY;
}

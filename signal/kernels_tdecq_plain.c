/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/kernels_steps.h"

#include "base/normal.h"

#include <math.h>
#include <string.h>

/* Beyond so many sigma a threshold is not felt: 1e-15. */
static const double far_sigma = 8.0;

/* Sums over the nodes of one symbol and window. */
struct symbol_sums {
	double moment[SWEEP_TERMS]; /* d ser / d value times time^d */
	double by_log_sigma;
	double slope;
};

static void add_value(const struct sweep_input *in, double value, double inverse_sigma,
                      double weight, struct sweep_window *out, struct symbol_sums *sums)
{
	sums->slope = 0.0;
	for (guint k = 0; k < 3; k++) {
		double z = (value - in->threshold[k]) * inverse_sigma, density;

		if (fabs(z) > far_sigma)
			continue;
		density = weight * normal_density(z);
		out->ser += weight * normal_tail(fabs(z));
		sums->by_log_sigma += density * fabs(z);
		density = z > 0.0 ? density * inverse_sigma : -density * inverse_sigma;
		out->threshold[k] += density;
		sums->slope -= density;
	}
}

static void add_symbol(const struct sweep_input *in, guint side, gsize at, struct sweep_window *out)
{
	struct symbol_sums sums = {{0.0}};
	double e[SWEEP_TERMS], total = 0.0;
	guint8 level = in->level[at];

	for (guint d = 0; d < SWEEP_TERMS; d++) {
		e[d] = 0.0;
		for (guint i = 0; i < in->n_taps; i++)
			e[d] += (double)in->tap[i] * in->term[d][(gssize)(at + in->main_tap) - i];
	}
	for (guint j = 0; j < in->nodes; j++) {
		double t = in->time_ui[side][j], power = 1.0;
		double y = e[0] + t * (e[1] + t * (e[2] + t * (e[3] + t * e[4])));
		guint decided = 0;

		add_value(in, y, in->inverse_sigma[side][level], in->node_weight[j], out, &sums);
		total += sums.slope;
		for (guint d = 0; d < SWEEP_TERMS; d++, power *= t)
			sums.moment[d] += sums.slope * power;
		for (guint k = 0; k < 3; k++)
			decided += y > in->threshold[k];
		out->errors += j == 1 && decided != level;
	}
	out->slope2 += total * total;
	out->log_sigma[level] += sums.by_log_sigma;
	for (guint d = 1; d < SWEEP_TERMS; d++)
		out->time += d * sums.moment[d - 1] * e[d];
	for (guint i = 0; i < in->n_taps; i++) {
		for (guint d = 0; d < SWEEP_TERMS; d++)
			out->tap[i] +=
				sums.moment[d] * in->term[d][(gssize)(at + in->main_tap) - i];
	}
}

static void divide(struct sweep_window *out, double n)
{
	double *all[] = {&out->ser, &out->time, &out->slope2, &out->errors};

	for (guint i = 0; i < G_N_ELEMENTS(all); i++)
		*all[i] /= n;
	for (guint k = 0; k < 3; k++)
		out->threshold[k] /= n;
	for (guint l = 0; l < 4; l++)
		out->log_sigma[l] /= n;
	for (guint i = 0; i < SWEEP_MAX_TAPS; i++)
		out->tap[i] /= n;
}

void kernels_plain_tdecq_sweep(const struct sweep_input *in, struct sweep_output *out)
{
	memset(out, 0, sizeof(*out));
	for (gsize block = 0; block < in->n; block += (gsize)SWEEP_BLOCK * in->stride) {
		gsize end = MIN(block + SWEEP_BLOCK, in->n);

		for (gsize at = block; at < end; at++) {
			add_symbol(in, 0, at, &out->window[0]);
			add_symbol(in, 1, at, &out->window[1]);
		}
		out->n += end - block;
	}
	divide(&out->window[0], (double)out->n);
	divide(&out->window[1], (double)out->n);
}

void kernels_plain_fit_symbols(const struct fit_symbols_input *in, const guint8 *level,
                               float *const term[SWEEP_TERMS], double left[4])
{
	for (gsize n = 0; n < in->n; n++) {
		const float *x = in->x + n * in->step;
		float part[SWEEP_TERMS] = {0.0f};

		for (guint j = 0; j < in->samples; j++) {
			for (guint i = 0; i < SWEEP_TERMS; i++)
				part[i] +=
					in->row[i][j] * ((x[j * in->hop] - in->offset) * in->scale);
		}
		for (guint d = 0; d < SWEEP_TERMS; d++) {
			term[d][n] = 0.0f;
			for (guint i = d; i < SWEEP_TERMS; i++)
				term[d][n] += part[i] * in->power[i][d];
		}
		for (guint j = in->left_from; j < in->left_to; j++) {
			float rest = (x[j * in->hop] - in->offset) * in->scale;

			for (guint i = 0; i < SWEEP_TERMS; i++)
				rest -= part[i] * in->row[i][j];
			left[level[n]] += (double)rest * rest;
		}
	}
}

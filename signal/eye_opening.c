/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/eye_opening.h"

#include "signal/cyclic.h"
#include "signal/equalise.h"
#include "base/normal.h"

#include <math.h>
#include <string.h>

#define WIDE      8  /* columns are a multiple of it */
#define BLOCK     64 /* symbols equalised, and squares summed, at a time */
#define CELLS_MAX 1024
#define MARGIN    2 /* samples more than a symbol on either side, for the interpolation */

static const double width_step_ui = 1.0 / 64.0;
static const double width_reach_ui = 0.5;
/* What is not exact to that part of the error ratio does not show in a quantile. */
static const double negligible = 1e-4;

/* Powers are relative to the level's place in an even eye, in units of OMAouter. */
struct contexts {
	const struct eye_opening_input *input;
	guint around;  /* symbols of the context before and after the one in its middle */
	guint n_cells; /* 4^(2 around + 1) */
	guint columns;
	double first;    /* sample of column 0 for symbol 0 */
	float *sum;      /* n_cells rows of columns; means after finish_contexts */
	double *square;  /* 4 rows of columns; variance about the means after finish_contexts */
	double count[4]; /* by level */
	guint *cell_count;
	guint n_used[4]; /* cells of a level that occur */
	guint *used[4];
	double noise_variance[4], gaussian[4]; /* of the samples; of the signal, both equalised */
	double sum_of_squares;                 /* of the taps */
	double far_away;                       /* sigmas where a tail is negligible */
};

/* One level at one time. */
struct cut {
	guint level, n;
	double mean[CELLS_MAX / 4], share[CELLS_MAX / 4];
	double sigma, sigma_uncertainty;
	double mean_variance; /* of a single sample, for the means */
	double far_away;
};

static double even_place(guint level)
{
	return (double)level / 3.0 - 0.5;
}

static void contexts_init(struct contexts *ctx, const struct eye_opening_input *input)
{
	const struct waveform *wave = input->wave;
	double spu = wave->samples_per_symbol;

	memset(ctx, 0, sizeof(*ctx));
	ctx->input = input;
	ctx->far_away = normal_tail_inverse(negligible * input->ser);
	/* four symbols for each cell, or more */
	ctx->around = wave->n_symbols >= 4096 ? 2 : wave->n_symbols >= 256 ? 1 : 0;
	ctx->n_cells = 1u << (2 * (2 * ctx->around + 1));
	ctx->columns = ((guint)spu + 2 * MARGIN + WIDE - 1) / WIDE * WIDE;
	ctx->first = floor(input->start_samples + (input->centre_ui - 0.5) * spu) - MARGIN + 1.0;
	ctx->sum = g_new0(float, ctx->n_cells *(gsize)ctx->columns);
	ctx->square = g_new0(double, 4 * (gsize)ctx->columns);
	ctx->cell_count = g_new0(guint, ctx->n_cells);
	for (guint l = 0; l < 4; l++)
		ctx->used[l] = g_new(guint, ctx->n_cells / 4);
	for (guint i = 0; i < input->n_taps; i++)
		ctx->sum_of_squares += input->taps[i] * input->taps[i];
}

static void contexts_clear(struct contexts *ctx)
{
	g_free(ctx->sum);
	g_free(ctx->square);
	g_free(ctx->cell_count);
	for (guint l = 0; l < 4; l++)
		g_free(ctx->used[l]);
}

static guint level_of_cell(const struct contexts *ctx, guint cell)
{
	return cell >> (2 * ctx->around) & 3;
}

static void add_row(float *restrict sum, float *restrict square, const float *restrict x,
                    float scale, float origin, guint columns)
{
	for (guint c = 0; c < columns; c += WIDE) {
		for (guint j = 0; j < WIDE; j++) {
			float value = scale * x[c + j] - origin;

			sum[c + j] += value;
			square[c + j] += value * value;
		}
	}
}

/* Equalises block by block and sums for each cell; all time phases of a symbol lie side by side. */
static void sum_contexts(struct contexts *ctx)
{
	const struct eye_opening_input *in = ctx->input;
	guint spu = in->wave->samples_per_symbol, mask = ctx->n_cells - 1, cell = 0;
	gsize n = in->wave->n_symbols, room = BLOCK * (gsize)spu + ctx->columns;
	gsize ahead = ctx->around;
	g_autofree float *value = g_new(float, room), *buffer = g_new(float, room);
	g_autofree float *square = g_new0(float, 4 * (gsize)ctx->columns);
	float scale = (float)(1.0 / in->oma_w), average = (float)(in->average_w / in->oma_w);

	for (guint k = 0; k < 2 * ctx->around; k++)
		cell = cell << 2 | in->levels[(n + k - ctx->around) % n];
	for (gsize at = 0; at < n; at += BLOCK) {
		guint block = (guint)MIN((gsize)BLOCK, n - at);

		equalise_samples(in->wave, in->taps, in->n_taps, in->main_tap,
		                 cyclic_sample(in->wave, ctx->first + (double)(at * spu)),
		                 (block - 1) * (gsize)spu + ctx->columns, value, buffer);
		for (guint i = 0; i < block; i++) {
			guint level = in->levels[at + i];

			cell = (cell << 2 | in->levels[ahead]) & mask;
			ahead = ahead + 1 < n ? ahead + 1 : 0;
			ctx->cell_count[cell]++;
			add_row(ctx->sum + cell * (gsize)ctx->columns,
			        square + level * ctx->columns, value + i * (gsize)spu, scale,
			        average + (float)even_place(level), ctx->columns);
		}
		for (guint j = 0; j < 4 * ctx->columns; j++) {
			ctx->square[j] += square[j];
			square[j] = 0.0f;
		}
	}
}

/* From sums to means, and from squares to what scatters about them. */
static void finish_contexts(struct contexts *ctx)
{
	for (guint cell = 0; cell < ctx->n_cells; cell++) {
		guint level = level_of_cell(ctx, cell), count = ctx->cell_count[cell];
		float *row = ctx->sum + cell * (gsize)ctx->columns;

		if (count == 0)
			continue;
		ctx->used[level][ctx->n_used[level]++] = cell;
		ctx->count[level] += count;
		for (guint j = 0; j < ctx->columns; j++) {
			double mean = (double)row[j] / count;

			ctx->square[level * ctx->columns + j] -= mean * mean * count;
			row[j] = (float)mean;
		}
	}
	for (guint l = 0; l < 4; l++) {
		double freedoms = ctx->count[l] - ctx->n_used[l];

		for (guint j = 0; j < ctx->columns; j++) {
			double *square = &ctx->square[l * ctx->columns + j];

			*square = freedoms > 0.0 ? fmax(*square, 0.0) / freedoms : 0.0;
		}
	}
}

/* Noise of the samples, and noise of the signal in one sweep, both behind the equaliser. */
static void set_noise(struct contexts *ctx)
{
	const struct eye_opening_input *in = ctx->input;
	const struct waveform *wave = in->wave;
	double main2 = in->taps[in->main_tap] * in->taps[in->main_tap];
	double unit = in->oma_w * in->oma_w, gain2 = in->noise_gain * in->noise_gain;
	double scope = wave->scope_noise_w * wave->scope_noise_w / unit;
	double mean = in->noise->mean_w2 / unit,
	       signal_mean = fmax(mean * wave->passes - scope, 0.0);

	for (guint l = 0; l < 4; l++) {
		double here = in->noise->variance_w2[l] / unit;
		double signal = fmax(here * wave->passes - scope, 0.0);

		/* the level of the neighbours is not known, that of the main tap is */
		ctx->noise_variance[l] = main2 * (here - mean) + ctx->sum_of_squares * mean;
		ctx->gaussian[l] = fmax(main2 * (signal - signal_mean) + gain2 * signal_mean, 0.0);
	}
}

/* Cubic through four columns, for a column and a part of the next. */
static void cubic_weights(double part, double weight[4])
{
	weight[0] = -part * (part - 1.0) * (part - 2.0) / 6.0;
	weight[1] = (part + 1.0) * (part - 1.0) * (part - 2.0) / 2.0;
	weight[2] = -(part + 1.0) * part * (part - 2.0) / 2.0;
	weight[3] = (part + 1.0) * part * (part - 1.0) / 6.0;
}

/* The Gaussian part of a level: its sigma and how well that is known. */
static void set_sigma(const struct contexts *ctx, struct cut *cut, double scatter)
{
	guint l = cut->level;
	double passes = ctx->input->wave->passes, n = ctx->count[l];
	double freedoms = n - ctx->n_used[l], noise = ctx->noise_variance[l];
	double gain2 = ctx->input->noise_gain * ctx->input->noise_gain;
	gboolean known = freedoms >= 8.0, more = known && scatter > noise;
	double variance = ctx->gaussian[l] + (more ? scatter - noise : 0.0);
	double by_noise = (gain2 * passes - (more ? ctx->sum_of_squares : 0.0)) * noise /
	                  ctx->sum_of_squares * sqrt(2.0 / n);
	double by_scatter = more ? scatter * sqrt(2.0 / freedoms) : 0.0;

	cut->mean_variance = known ? fmax(scatter, noise) : noise;
	/* what the means still hold of the noise is in their distribution already */
	variance = fmax(variance - cut->mean_variance * ctx->n_used[l] / n, 1e-14);
	cut->sigma = sqrt(variance);
	cut->sigma_uncertainty = hypot(by_noise, by_scatter) / (2.0 * cut->sigma);
}

static void cut_at(const struct contexts *ctx, guint level, double time_ui, struct cut *cut)
{
	const struct eye_opening_input *in = ctx->input;
	double position = in->start_samples + time_ui * in->wave->samples_per_symbol - ctx->first;
	double weight[4], scatter, part;
	guint at;

	position = CLAMP(position, 1.0, ctx->columns - 3.0);
	at = (guint)position;
	part = position - at;
	cubic_weights(part, weight);
	cut->level = level;
	cut->far_away = ctx->far_away;
	cut->n = ctx->n_used[level];
	for (guint i = 0; i < cut->n; i++) {
		guint cell = ctx->used[level][i];
		const float *row = ctx->sum + cell * (gsize)ctx->columns + at - 1;

		cut->mean[i] = even_place(level) + weight[0] * row[0] + weight[1] * row[1] +
		               weight[2] * row[2] + weight[3] * row[3];
		cut->share[i] = ctx->cell_count[cell] / ctx->count[level];
	}
	scatter = (1.0 - part) * ctx->square[level * ctx->columns + at] +
	          part * ctx->square[level * ctx->columns + at + 1];
	set_sigma(ctx, cut, scatter);
}

/* Share of a level that is beyond a power, upwards (sign 1) or downwards (sign -1). */
static double beyond(const struct cut *cut, double power, double sign)
{
	double sum = 0.0;

	for (guint i = 0; i < cut->n; i++) {
		double z = sign * (power - cut->mean[i]) / cut->sigma;

		if (z < cut->far_away)
			sum += cut->share[i] * (z > -cut->far_away ? normal_tail(z) : 1.0);
	}
	return sum;
}

/* ln of how much more than `ser` is beyond; 1e-30 stands for nothing. */
static double excess(const struct cut *cut, double power, double sign, double ser)
{
	return log(fmax(beyond(cut, power, sign), 1e-30) / ser);
}

/* The power with `ser` of the level beyond it: a root between two ends, by the Illinois rule. */
static double quantile(const struct cut *cut, double ser, double sign)
{
	double end[2] = {INFINITY, -INFINITY}, off[2];
	guint moved = 2;

	for (guint i = 0; i < cut->n; i++) {
		end[0] = fmin(end[0], sign * cut->mean[i]);
		end[1] = fmax(end[1], sign * cut->mean[i]);
	}
	end[0] -= cut->far_away * cut->sigma;
	end[1] += cut->far_away * cut->sigma;
	for (guint k = 0; k < 2; k++)
		off[k] = excess(cut, sign * end[k], sign, ser);
	for (guint i = 0; i < 60 && end[1] - end[0] > 1e-7; i++) {
		double at = (end[0] * off[1] - end[1] * off[0]) / (off[1] - off[0]);
		double here = excess(cut, sign * at, sign, ser);
		guint side = here > 0.0 ? 0 : 1;

		if (side == moved)
			off[1 - side] *= 0.5;
		end[side] = at;
		off[side] = here;
		moved = side;
		if (fabs(here) < negligible)
			return sign * at;
	}
	return sign * 0.5 * (end[0] + end[1]);
}

/* Of that power: noise of the means near it, and how well sigma is known. */
static double quantile_uncertainty(const struct contexts *ctx, const struct cut *cut, double power,
                                   double sign)
{
	double total = 0.0, by_sigma = 0.0, variance = 0.0;

	for (guint i = 0; i < cut->n; i++) {
		double z = sign * (power - cut->mean[i]) / cut->sigma;
		double weight = fabs(z) < cut->far_away ? cut->share[i] * normal_density(z) : 0.0;

		total += weight;
		by_sigma += weight * z;
		variance += weight * weight / cut->share[i];
	}
	if (!(total > 0.0))
		return 0.0;
	return hypot(sqrt(variance * cut->mean_variance / ctx->count[cut->level]) / total,
	             by_sigma / total * cut->sigma_uncertainty);
}

/* The upper quantile of the level below an eye, or the lower one of the level above it. */
static double inner_edge(const struct contexts *ctx, guint eye, gboolean upper, double time_ui,
                         struct cut *cut, double *uncertainty)
{
	double sign = upper ? -1.0 : 1.0, power;

	cut_at(ctx, eye + (upper ? 1 : 0), time_ui, cut);
	power = quantile(cut, ctx->input->ser, sign);
	*uncertainty = quantile_uncertainty(ctx, cut, power, sign);
	return power;
}

static struct signal_value height(const struct contexts *ctx, guint eye, struct cut *cut)
{
	double by_lower, by_upper, time = ctx->input->centre_ui, oma = ctx->input->oma_w;
	double lower = inner_edge(ctx, eye, FALSE, time, cut, &by_lower);
	double upper = inner_edge(ctx, eye, TRUE, time, cut, &by_upper);

	if (!(upper > lower))
		return signal_none(SIGNAL_EYE_CLOSED,
		                   "eye is closed at the wanted symbol error ratio");
	return signal_ok(oma * (upper - lower), oma * hypot(by_lower, by_upper));
}

/* The share of the worse level that is on the wrong side of the threshold. */
static double wrong_side(const struct contexts *ctx, guint eye, double time_ui, struct cut *cut)
{
	double threshold =
		(ctx->input->threshold_w[eye] - ctx->input->average_w) / ctx->input->oma_w;
	double below, above;

	cut_at(ctx, eye, time_ui, cut);
	below = beyond(cut, threshold, 1.0);
	cut_at(ctx, eye + 1, time_ui, cut);
	above = beyond(cut, threshold, -1.0);
	return fmax(below, above);
}

/* Where the eye closes along its threshold in one direction, from its centre on. */
static double closing_time(const struct contexts *ctx, guint eye, double direction, struct cut *cut)
{
	double open = 0.0, closed = width_step_ui, centre = ctx->input->centre_ui;

	while (closed <= width_reach_ui &&
	       wrong_side(ctx, eye, centre + direction * closed, cut) <= ctx->input->ser) {
		open = closed;
		closed += width_step_ui;
	}
	if (closed > width_reach_ui)
		return centre + direction * width_reach_ui;
	for (guint i = 0; i < 16; i++) {
		double middle = 0.5 * (open + closed);

		if (wrong_side(ctx, eye, centre + direction * middle, cut) <= ctx->input->ser)
			open = middle;
		else
			closed = middle;
	}
	return centre + direction * open;
}

/* The quantile's uncertainty over its slope, for the quantile that is nearer to the threshold. */
static double time_uncertainty(const struct contexts *ctx, guint eye, double time, struct cut *cut)
{
	double threshold =
		(ctx->input->threshold_w[eye] - ctx->input->average_w) / ctx->input->oma_w;
	double ui = 0.25 / ctx->input->wave->samples_per_symbol, unused, by[2];
	double lower = inner_edge(ctx, eye, FALSE, time, cut, &by[0]);
	double upper = inner_edge(ctx, eye, TRUE, time, cut, &by[1]);
	gboolean which = upper - threshold < threshold - lower;
	double slope = (inner_edge(ctx, eye, which, time + ui, cut, &unused) -
	                inner_edge(ctx, eye, which, time - ui, cut, &unused)) /
	               (2.0 * ui);

	return by[which ? 1 : 0] / fmax(fabs(slope), 1e-6);
}

static struct signal_value width(const struct contexts *ctx, guint eye, struct cut *cut)
{
	double from, to;

	if (wrong_side(ctx, eye, ctx->input->centre_ui, cut) > ctx->input->ser)
		return signal_none(SIGNAL_EYE_CLOSED,
		                   "eye is closed at the wanted symbol error ratio");
	from = closing_time(ctx, eye, -1.0, cut);
	to = closing_time(ctx, eye, 1.0, cut);
	return signal_ok(to - from, hypot(time_uncertainty(ctx, eye, from, cut),
	                                  time_uncertainty(ctx, eye, to, cut)));
}

void eye_openings(const struct eye_opening_input *input, struct eye_opening opening[3])
{
	g_autofree struct cut *cut = g_new(struct cut, 1);
	struct contexts ctx;

	if (!(input->ser >= 1e-15 && input->ser <= 0.1)) {
		for (guint eye = 0; eye < 3; eye++)
			opening[eye].height_w = opening[eye].width_ui =
				signal_none(SIGNAL_BAD_SETTING,
			                    "symbol error ratio of the eyes out of range");
		return;
	}
	contexts_init(&ctx, input);
	sum_contexts(&ctx);
	finish_contexts(&ctx);
	set_noise(&ctx);
	for (guint eye = 0; eye < 3; eye++) {
		if (ctx.n_used[eye] == 0 || ctx.n_used[eye + 1] == 0) {
			opening[eye].height_w = opening[eye].width_ui =
				signal_none(SIGNAL_NO_FEATURE,
			                    "pattern does not have all four levels");
			continue;
		}
		opening[eye].height_w = height(&ctx, eye, cut);
		opening[eye].width_ui = width(&ctx, eye, cut);
	}
	contexts_clear(&ctx);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_file.h"

#include "base/error.h"
#include "signal/wave_format.h"

#include <math.h>

/*
 * Pairs are counted into bins half a sample spacing wide; sums over bins about any grid point give
 * the line there, so the pairs need no order. Bins 2 g - 1 and 2 g touch grid point g.
 */
struct bin {
	double n, d, dd; /* pairs, their offset from the bin's middle, its square */
	double y, dy;    /* value less the mean of all, and times offset */
};

struct line {
	double value;    /* at the grid point, less the mean of all */
	double slope;    /* per sample spacing */
	double leverage; /* variance of value over that of one pair */
};

struct fold {
	struct bin *bins;
	gsize n_bins;
	double bins_per_s;
	double mean;
};

/* Widths of the stretch tried, in bins on either side. */
enum { REACH_MAX = 3 };
/* A line may not be less certain at the grid point than one pair is. */
static const double leverage_max = 1.0 + 1e-9;
/* Beyond so many bins from zero a double does not tell where in the bin a time is. */
static const double turns_max = 1e12;

static gboolean check_facts(const struct wave_facts *facts, GError **error)
{
	if (facts->n_symbols > 0 && facts->samples_per_symbol > 0 &&
	    isfinite(facts->symbol_rate_bd) && facts->symbol_rate_bd > 0.0)
		return TRUE;
	station_error_set(error, STATION_ERROR_RANGE,
	                  "pairs need symbol_rate, samples_per_symbol and the pattern's symbols, "
	                  "known are %g Bd, %u and %" G_GSIZE_FORMAT,
	                  facts->symbol_rate_bd, facts->samples_per_symbol, facts->n_symbols);
	return FALSE;
}

static gboolean check_pairs(const double *time_s, const double *power_w, gsize n, struct fold *fold,
                            GError **error)
{
	gsize n_bad = 0, first = 0;
	double sum = 0.0;

	for (gsize i = 0; i < n; i++) {
		if ((!wave_sample_is_number(power_w[i]) ||
		     !(fabs(time_s[i] * fold->bins_per_s) < turns_max)) &&
		    n_bad++ == 0)
			first = i;
		sum += power_w[i];
	}
	fold->mean = sum / (double)n;
	if (n_bad == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA,
	                  "pair %" G_GSIZE_FORMAT " (%g s, %g W) is not finite or too far from "
	                  "zero; %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " are such",
	                  first, time_s[first], power_w[first], n_bad, n);
	return FALSE;
}

/* The bin of a time, and its offset from the bin's middle in sample spacings. */
static struct bin *find_bin(const struct fold *fold, double time_s, double *offset)
{
	double turns = time_s * fold->bins_per_s, whole = floor(turns);
	double within = fmod(whole, (double)fold->n_bins);

	*offset = (turns - whole - 0.5) / 2.0;
	return &fold->bins[(gsize)(within < 0.0 ? within + (double)fold->n_bins : within)];
}

static void fill_bins(struct fold *fold, const double *time_s, const double *power_w, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		double offset, y = power_w[i] - fold->mean;
		struct bin *bin = find_bin(fold, time_s[i], &offset);

		bin->n += 1.0;
		bin->d += offset;
		bin->dd += offset * offset;
		bin->y += y;
		bin->dy += offset * y;
	}
}

/* False when the pairs within reach do not carry a line as certain as one pair at grid point g. */
static gboolean fit_at(const struct fold *fold, gsize g, int reach, struct line *line)
{
	struct bin sum = {0.0};
	double spread;

	for (int k = -reach; k < reach; k++) {
		gsize at =
			(2 * g + fold->n_bins + (gsize)(k + REACH_MAX) - REACH_MAX) % fold->n_bins;
		const struct bin *bin = &fold->bins[at];
		double shift = (k + 0.5) / 2.0; /* the bin's middle from the grid point */

		sum.n += bin->n;
		sum.d += bin->d + shift * bin->n;
		sum.dd += bin->dd + 2.0 * shift * bin->d + shift * shift * bin->n;
		sum.y += bin->y;
		sum.dy += bin->dy + shift * bin->y;
	}
	spread = sum.n * sum.dd - sum.d * sum.d;
	if (sum.n < 2.0 || !(spread > 1e-12 * sum.n * sum.n))
		return FALSE;
	line->leverage = sum.dd / spread;
	line->slope = (sum.n * sum.dy - sum.d * sum.y) / spread;
	line->value = (sum.dd * sum.y - sum.d * sum.dy) / spread;
	return line->leverage <= leverage_max;
}

static gboolean refuse_gaps(const struct waveform *wave, gsize first, gsize n_gaps, GError **error)
{
	double time_s = (double)first / (wave->samples_per_symbol * wave->symbol_rate_bd);

	station_error_set(error, STATION_ERROR_DATA,
	                  "no line through pairs at %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
	                  " samples, the first in symbol %" G_GSIZE_FORMAT " (%g s into the "
	                  "pattern): take more pairs or fewer samples per symbol",
	                  n_gaps, waveform_length(wave), first / wave->samples_per_symbol, time_s);
	return FALSE;
}

/* Fills the wave and its slopes (per sample spacing); *averaged: pairs that one sample is worth. */
static gboolean fit_grid(const struct fold *fold, struct waveform *wave, float *slope,
                         double *averaged, GError **error)
{
	gsize length = waveform_length(wave), n_gaps = 0, first = 0;
	double leverage = 0.0;

	for (gsize g = 0; g < length; g++) {
		struct line line;
		int reach = 1;

		while (reach <= REACH_MAX && !fit_at(fold, g, reach, &line))
			reach++;
		if (reach > REACH_MAX) {
			if (n_gaps++ == 0)
				first = g;
			continue;
		}
		wave->power_w[g] = (float)(line.value + fold->mean);
		slope[g] = (float)line.slope;
		leverage += line.leverage;
	}
	if (n_gaps > 0)
		return refuse_gaps(wave, first, n_gaps, error);
	*averaged = (double)length / leverage;
	return TRUE;
}

/* What the pairs tell about their lines, once these are drawn. */
struct residuals {
	double squares;
	double drift;  /* sum of residual * slope * time, times in sample spacings */
	double weight; /* sum of (slope * time)^2 */
	double first, last;
};

static struct residuals sum_residuals(const struct fold *fold, const struct waveform *wave,
                                      const float *slope, const double *time_s,
                                      const double *power_w, gsize n)
{
	struct residuals sum = {0.0};
	gsize length = waveform_length(wave);
	double middle_s = 0.0;

	for (gsize i = 0; i < n; i++)
		middle_s += time_s[i] / (double)n;
	for (gsize i = 0; i < n; i++) {
		double offset, time = (time_s[i] - middle_s) * fold->bins_per_s / 2.0;
		gsize bin = (gsize)(find_bin(fold, time_s[i], &offset) - fold->bins);
		gsize g = (bin + 1) / 2 % length;
		double steep = slope[g];
		/* an even bin lies right of its grid point, an odd one left of the next */
		double residual = power_w[i] - wave->power_w[g] -
		                  steep * (offset + (bin % 2 == 0 ? 0.25 : -0.25));

		sum.squares += residual * residual;
		sum.drift += residual * steep * time;
		sum.weight += steep * steep * time * time;
		sum.first = MIN(sum.first, time);
		sum.last = MAX(sum.last, time);
	}
	return sum;
}

/*
 * A rate slightly wrong shows as residuals that follow slope times time. It is refused when it
 * moves the last pair by more than a sample spacing against the first, and chance would not do
 * that.
 */
static gboolean check_rate(const struct residuals *sum, double scatter,
                           const struct wave_facts *facts, GError **error)
{
	double off = sum->weight > 0.0 ? sum->drift / sum->weight : 0.0;

	if (fabs(off) * (sum->last - sum->first) < 1.0 ||
	    fabs(off) * sqrt(sum->weight) < 6.0 * scatter)
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA,
	                  "the pairs drift against a symbol rate of %.9g Bd by about %.1g samples: "
	                  "it is "
	                  "off by about %.1g ppm",
	                  facts->symbol_rate_bd, fabs(off) * (sum->last - sum->first), off * 1e6);
	return FALSE;
}

static gboolean judge_lines(const struct fold *fold, const struct waveform *wave,
                            const float *slope, const double *time_s, const double *power_w,
                            gsize n, const struct wave_facts *facts, double *scatter_w,
                            GError **error)
{
	gsize used = 2 * waveform_length(wave); /* a line takes two */
	struct residuals sum = sum_residuals(fold, wave, slope, time_s, power_w, n);
	double scatter = n > used ? sqrt(sum.squares / (double)(n - used)) : NAN;

	if (scatter_w)
		*scatter_w = scatter;
	return isnan(scatter) || check_rate(&sum, scatter, facts, error);
}

static void copy_facts(struct waveform *wave, const struct wave_facts *facts, double averaged)
{
	double passes = MAX(facts->passes, 1) * MAX(round(averaged), 1.0);

	wave->scope_noise_w = isfinite(facts->scope_noise_w) ? facts->scope_noise_w : 0.0;
	wave->filter_bandwidth_hz =
		isfinite(facts->filter_bandwidth_hz) ? facts->filter_bandwidth_hz : 0.0;
	wave->passes = (guint)MIN(passes, (double)G_MAXINT32);
}

struct waveform *waveform_from_pairs(const double *time_s, const double *power_w, gsize n,
                                     const struct wave_facts *facts, double *scatter_w,
                                     GError **error)
{
	g_autoptr(waveform) wave = NULL;
	g_autofree struct bin *bins = NULL;
	g_autofree float *slope = NULL;
	double averaged = 1.0;
	struct fold fold = {0};

	if (!check_facts(facts, error))
		return NULL;
	if (n / facts->samples_per_symbol < facts->n_symbols ||
	    facts->n_symbols * facts->samples_per_symbol < REACH_MAX) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%" G_GSIZE_FORMAT " pairs do not carry %" G_GSIZE_FORMAT
		                  " symbols of %u samples",
		                  n, facts->n_symbols, facts->samples_per_symbol);
		return NULL;
	}
	wave = waveform_new(facts->n_symbols, facts->samples_per_symbol, facts->symbol_rate_bd,
	                    error);
	if (!wave)
		return NULL;
	fold.n_bins = 2 * waveform_length(wave);
	fold.bins_per_s = 2.0 * facts->symbol_rate_bd * facts->samples_per_symbol;
	if (!check_pairs(time_s, power_w, n, &fold, error))
		return NULL;
	bins = g_try_new0(struct bin, fold.n_bins);
	slope = g_try_new0(float, fold.n_bins / 2);
	if (!bins || !slope) {
		station_error_set(error, STATION_ERROR_RANGE, "no memory to fold the pairs");
		return NULL;
	}
	fold.bins = bins;
	fill_bins(&fold, time_s, power_w, n);
	if (!fit_grid(&fold, wave, slope, &averaged, error) ||
	    !judge_lines(&fold, wave, slope, time_s, power_w, n, facts, scatter_w, error))
		return NULL;
	copy_facts(wave, facts, averaged);
	return g_steal_pointer(&wave);
}

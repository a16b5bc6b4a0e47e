/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4_align.h"

#include "signal/cyclic.h"
#include "signal/kernels.h"
#include "signal/pam4_doubt.h"
#include "signal/pam4_search.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* Below this a pattern is not what the waveform carries; chance stays below 0.05. */
static const double least_correlation = 0.6;
static const gsize longest_pattern = (gsize)1 << 22;
/* Less light than this is none: far below the noise of anything, and no denormal numbers. */
static const double least_swing_w = 1e-30;
/* and more than this is no light either: its square would not be a number */
static const double most_power_w = 1e15;

#define WIDE   16   /* columns that are summed together */
#define CHUNK  1024 /* symbols that are summed in single precision */
#define PIECES 8    /* of the waveform, that may slip against each other */

/* A slip is told from the pattern's own unevenness only in long patterns. */
static const gsize slip_pattern = 4096;
static const double most_slip = 0.3; /* symbols */
/* A slip is a line through the pieces: Student's t, which a symbol lost in the middle makes 4.4 and
 * chance seldom 3. Where an eye is so closed that peaks jump about, chance is all it is. */
static const double slip_significance = 3.0;

static gboolean refuse(struct pam4_alignment *alignment, enum signal_status status)
{
	alignment->status = status;
	return status == SIGNAL_OK;
}

static gboolean check_form(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                           struct pam4_alignment *alignment, GError **error)
{
	if (wave->samples_per_symbol < 4) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%u samples per symbol are too few, 4 are the least",
		                  wave->samples_per_symbol);
		return refuse(alignment, SIGNAL_TOO_COARSE);
	}
	if (n_symbols < 8 || n_symbols > longest_pattern) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "a pattern of %" G_GSIZE_FORMAT
		                  " symbols cannot be measured, only 8 to %" G_GSIZE_FORMAT,
		                  n_symbols, longest_pattern);
		return refuse(alignment, SIGNAL_WRONG_LENGTH);
	}
	for (gsize i = 0; i < n_symbols; i++) {
		if (symbols[i] <= 3)
			continue;
		station_error_set(error, STATION_ERROR_DATA,
		                  "symbol %" G_GSIZE_FORMAT " of the pattern is %u, not 0 to 3", i,
		                  symbols[i]);
		return refuse(alignment, SIGNAL_WRONG_PATTERN);
	}
	if (wave->n_symbols != n_symbols)
		return refuse(alignment, pam4_doubt_length(wave, symbols, n_symbols, error));
	return TRUE;
}

static gboolean check_samples(const struct waveform *wave, double *mean,
                              struct pam4_alignment *alignment, GError **error)
{
	gsize length = waveform_length(wave);
	struct kernels_range range = kernels_best()->range(wave->power_w, length);

	if (!isfinite(range.sum) || !(range.high < most_power_w && range.low > -most_power_w))
		return refuse(alignment, pam4_doubt_finite(wave, error));
	if (!((double)range.high - range.low > least_swing_w)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform is constant at %.4g W: no modulation",
		                  (double)range.low);
		return refuse(alignment, SIGNAL_CONSTANT);
	}
	*mean = range.sum / (double)length;
	return refuse(alignment, pam4_doubt_clipped(wave, range.low, range.high, error));
}

static guint whole_columns(guint n)
{
	return (n + WIDE - 1) / WIDE * WIDE;
}

/* sum[j] += weight * (x[j] - origin) */
static void add_columns(float *restrict sum, const float *restrict x, float weight, float origin,
                        guint columns)
{
	for (guint c = 0; c < columns; c += WIDE) {
		for (guint j = 0; j < WIDE; j++)
			sum[c + j] += weight * (x[c + j] - origin);
	}
}

static void move_sums(float *from, double *to, gsize n)
{
	for (gsize j = 0; j < n; j++) {
		to[j] += from[j];
		from[j] = 0.0f;
	}
}

/* Where the largest of the values would be on a parabola through it and its neighbours. */
static double parabola_peak(const double *value, guint n)
{
	guint at = 1;
	double below, above, bend;

	for (guint j = 1; j + 1 < n; j++) {
		if (value[j] > value[at])
			at = j;
	}
	below = value[at] - value[at - 1];
	above = value[at] - value[at + 1];
	bend = below + above;
	return at + (bend > 0.0 ? 0.5 * (below - above) / bend : 0.0);
}

/* What one look at all samples around the eye's middle works with. */
struct peak_job {
	const struct waveform *wave;
	const guint8 *symbols;
	double pattern_mean, sign, mean_w;
	guint columns;
	float *sum, *buffer;
	double *piece; /* PIECES rows of columns */
};

static void sum_piece(const struct peak_job *job, gsize from, gsize to, gsize *position,
                      double *out)
{
	float weight[4];

	for (guint s = 0; s < 4; s++)
		weight[s] = (float)(job->sign * (s - job->pattern_mean));
	for (gsize n = from; n < to; n++) {
		const float *x = cyclic_window(job->wave, *position, job->columns, job->buffer);

		add_columns(job->sum, x, weight[job->symbols[n]], (float)job->mean_w, job->columns);
		*position = cyclic_next(job->wave, *position);
		if ((n - from) % CHUNK == CHUNK - 1 || n + 1 == to)
			move_sums(job->sum, out, job->columns);
	}
}

/* Slope of the pieces' own peaks along the waveform, in samples over its length, and its standard
 * deviation by what is left of them beside the line. */
struct slip {
	double value, deviation;
};

static struct slip slip_of(const struct peak_job *job)
{
	double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0, syy = 0.0;

	for (guint p = 0; p < PIECES; p++) {
		double x = (p + 0.5) / PIECES,
		       y = parabola_peak(job->piece + p * job->columns, job->columns);

		sx += x;
		sy += y;
		sxx += x * x;
		sxy += x * y;
		syy += y * y;
	}
	double xx = sxx - sx * sx / PIECES, xy = sxy - sx * sy / PIECES;
	double left = fmax(0.0, syy - sy * sy / PIECES - xy * xy / xx);
	/* a waveform that runs ahead has its symbols earlier and earlier */
	return (struct slip){-xy / xx, sqrt(left / (PIECES - 2) / xx)};
}

/*
 * Correlation at each sample around `middle`, where symbol 0 of the pattern is widest open: in
 * shape the response to a single symbol. Returns where it peaks; the pieces' peaks tell the slip.
 */
static double find_peak(struct peak_job *job, double middle, struct slip *slip)
{
	const struct waveform *wave = job->wave;
	guint spu = wave->samples_per_symbol;
	double first = floor(middle) - whole_columns(spu) / 2;
	gsize position = cyclic_sample(wave, first), n = wave->n_symbols, skipped;
	g_autofree double *total = NULL;

	job->columns = whole_columns(spu);
	job->sum = g_new0(float, job->columns);
	job->buffer = g_new(float, job->columns);
	job->piece = g_new0(double, PIECES *(gsize)job->columns);
	total = g_new0(double, job->columns);
	/* The pieces are those of the waveform: begin with the symbol at its beginning. */
	skipped = (wave->n_symbols - position / spu) % n;
	position = (position + skipped * spu) % waveform_length(wave);
	for (guint p = 0; p < PIECES; p++) {
		gsize from = n * p / PIECES, to = n * (p + 1) / PIECES;

		for (gsize i = from; i < to;) {
			gsize at = (i + skipped) % n, end = MIN(to - i, n - at) + at;

			sum_piece(job, at, end, &position, job->piece + p * job->columns);
			i += end - at;
		}
		for (guint j = 0; j < job->columns; j++)
			total[j] += job->piece[p * job->columns + j];
	}
	*slip = slip_of(job);
	g_free(job->sum);
	g_free(job->buffer);
	g_free(job->piece);
	return first + parabola_peak(total, job->columns);
}

/* Normalised correlation of the pattern with the samples nearest to `position`. */
static double correlation_at(const struct waveform *wave, const guint8 *symbols, double position,
                             double pattern_mean)
{
	gsize at = cyclic_sample(wave, floor(position + 0.5));
	double sx = 0.0, sxx = 0.0, sxp = 0.0, spp = 0.0, n = (double)wave->n_symbols;
	double origin = wave->power_w[at];

	for (gsize i = 0; i < wave->n_symbols; i++) {
		double p = (double)symbols[i] - pattern_mean, x = wave->power_w[at] - origin;

		sx += x;
		sxx += x * x;
		sxp += x * p;
		spp += p * p;
		at = cyclic_next(wave, at);
	}
	sxx -= sx * sx / n;
	return sxx > 0.0 && spp > 0.0 ? sxp / sqrt(sxx * spp) : 0.0;
}

/* Mean waves around the boundary, one for each pair of levels on either side of it. */
struct edges {
	guint width, columns;
	double *sum; /* 16 rows of columns */
	guint count[16];
};

static guint8 light_level(guint8 symbol, gboolean inverted)
{
	return inverted ? 3 - symbol : symbol;
}

/* Where the mean wave of an edge passes `level` nearest to its middle; NaN if it does not. */
static double edge_crossing(const double *sum, guint count, guint width, gboolean rising)
{
	double nearest = NAN, middle = 0.5 * (width - 1);

	for (guint j = 0; j + 1 < width; j++) {
		double a = sum[j] / count, b = sum[j + 1] / count, at;

		if (rising ? !(a < 0.0 && b >= 0.0) : !(a > 0.0 && b <= 0.0))
			continue;
		at = j + a / (a - b);
		if (!(fabs(at - middle) >= fabs(nearest - middle)))
			nearest = at;
	}
	return nearest;
}

/* Sums of the samples less mean_w, from sample `first` on around the boundary before symbol 0. */
static void sum_edges(const struct waveform *wave, const guint8 *symbols, double mean_w,
                      gboolean inverted, double first, struct edges *edges)
{
	g_autofree float *sum = g_new0(float, 16 * (gsize)edges->columns);
	g_autofree float *buffer = g_new(float, edges->columns);
	gsize position = cyclic_sample(wave, first), n = wave->n_symbols;
	guint8 before = light_level(symbols[n - 1], inverted);

	for (gsize i = 0; i < n; i++) {
		guint8 level = light_level(symbols[i], inverted);
		guint edge = before * 4u + level;

		if ((before < 2) != (level < 2)) {
			edges->count[edge]++;
			add_columns(sum + edge * edges->columns,
			            cyclic_window(wave, position, edges->columns, buffer), 1.0f,
			            (float)mean_w, edges->columns);
		}
		before = level;
		position = cyclic_next(wave, position);
		if (i % CHUNK == CHUNK - 1 || i + 1 == n)
			move_sums(sum, edges->sum, 16 * (gsize)edges->columns);
	}
}

/* How far the mean crossing lies behind `start`, in samples; 0 when nothing crosses. */
static double crossing_offset(const struct waveform *wave, const guint8 *symbols, double mean_w,
                              gboolean inverted, double start)
{
	guint spu = wave->samples_per_symbol;
	struct edges edges = {.width = 2 * (spu * 3 / 4) + 1};
	double whole = floor(start) - spu * 3 / 4, sum = 0.0, count = 0.0;
	g_autofree double *store = NULL;

	edges.columns = whole_columns(edges.width);
	edges.sum = store = g_new0(double, 16 * (gsize)edges.columns);
	sum_edges(wave, symbols, mean_w, inverted, whole, &edges);
	for (guint e = 0; e < 16; e++) {
		double at = edges.count[e] > 0
		                    ? edge_crossing(edges.sum + e * edges.columns, edges.count[e],
		                                    edges.width, e / 4 < 2)
		                    : NAN;

		if (isfinite(at)) {
			sum += at * edges.count[e];
			count += edges.count[e];
		}
	}
	return count > 0.0 ? whole + sum / count - start : 0.0;
}

static double pattern_mean(const guint8 *symbols, gsize n)
{
	gsize sum = 0;

	for (gsize i = 0; i < n; i++)
		sum += symbols[i];
	return (double)sum / (double)n;
}

/* The correlation found is good enough, and the waveform keeps step with the pattern. */
static gboolean check_match(const struct waveform *wave, const struct pam4_fold *fold,
                            const guint8 *symbols, double mean_w, const struct slip *slip,
                            struct pam4_alignment *alignment, GError **error)
{
	if (!(alignment->correlation >= least_correlation))
		return refuse(alignment, pam4_doubt_pattern(wave, fold, symbols, mean_w,
		                                            alignment->correlation, error));
	if (fabs(alignment->slip_symbols) > most_slip &&
	    fabs(slip->value) > slip_significance * slip->deviation)
		return refuse(alignment, pam4_doubt_rate(wave, alignment->slip_symbols, error));
	return TRUE;
}

static gboolean align(const struct waveform *wave, const struct pam4_fold *fold,
                      const guint8 *symbols, double mean_w, struct pam4_alignment *alignment,
                      GError **error)
{
	struct pam4_match match = pam4_search(fold, symbols);
	struct peak_job job = {
		.wave = wave,
		.symbols = symbols,
		.pattern_mean = pattern_mean(symbols, wave->n_symbols),
		.sign = match.inverted ? -1.0 : 1.0,
		.mean_w = mean_w,
	};
	double spu = wave->samples_per_symbol, length = (double)waveform_length(wave);
	double peak, start;
	struct slip slip;

	peak = find_peak(&job, (double)match.shift * spu + fold->phase, &slip);
	alignment->inverted = match.inverted;
	alignment->correlation = fabs(correlation_at(wave, symbols, peak, job.pattern_mean));
	alignment->slip_symbols = wave->n_symbols >= slip_pattern ? slip.value / spu : NAN;
	if (!check_match(wave, fold, symbols, mean_w, &slip, alignment, error))
		return FALSE;
	start = peak - 0.5 * spu;
	/* Again from there, unless that would look at the same samples. */
	for (guint i = 0; i < 2; i++) {
		double before = start;

		start += crossing_offset(wave, symbols, mean_w, match.inverted, start);
		if (floor(start) == floor(before))
			break;
	}
	start = fmod(start + length, length);
	alignment->start_samples = start < 0.0 ? start + length : start;
	/* half a sample before the end and rounding must not become the end */
	if (alignment->start_samples >= length)
		alignment->start_samples = 0.0;
	return TRUE;
}

gboolean pam4_align(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                    struct pam4_alignment *alignment, GError **error)
{
	struct pam4_fold fold;
	double mean_w = 0.0;
	gboolean done;

	*alignment = (struct pam4_alignment){.slip_symbols = NAN};
	if (!check_form(wave, symbols, n_symbols, alignment, error) ||
	    !check_samples(wave, &mean_w, alignment, error))
		return FALSE;
	pam4_fold_init(&fold, wave, mean_w);
	done = align(wave, &fold, symbols, mean_w, alignment, error);
	pam4_fold_clear(&fold);
	return done;
}

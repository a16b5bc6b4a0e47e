/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/eye.h"

#include "base/error.h"
#include "signal/cyclic.h"
#include "signal/kernels.h"

#include <math.h>

#define EYE_LEAST 8
#define EYE_MOST  4096

/* So many symbols fill all columns with one point for each sample. */
static const gsize many_symbols = 8192;
/* A column has at least so many phases in it, for pictures with few columns. */
static const guint least_phases = 16;

static gboolean find_range(const struct waveform *wave, double *top_w, double *bottom_w,
                           GError **error)
{
	struct kernels_range range = kernels_best()->range(wave->power_w, waveform_length(wave));
	double low = range.low, high = range.high, margin;

	if (!isfinite(range.sum)) {
		station_error_set(error, STATION_ERROR_DATA, "eye: samples that are no numbers");
		return FALSE;
	}
	if (*top_w == 0.0 && *bottom_w == 0.0) {
		margin = high > low ? (high - low) / 20.0 : fmax(fabs(low) / 20.0, 1e-9);
		*top_w = high + margin;
		*bottom_w = low - margin;
	}
	return TRUE;
}

/* One column, from the interpolated power of every symbol at the same moment. */
static void fill_column(struct eye_density *eye, const struct waveform *wave, double position,
                        guint column)
{
	gsize length = waveform_length(wave);
	double whole = floor(position), scale = eye->rows / (eye->top_w - eye->bottom_w);
	float part = (float)(position - whole), top = (float)eye->top_w;
	gsize at = (gsize)fmod(whole + 2.0 * (double)length, (double)length);

	for (gsize n = 0; n < wave->n_symbols; n++) {
		gsize next = at + 1 < length ? at + 1 : 0;
		float value = wave->power_w[at] + part * (wave->power_w[next] - wave->power_w[at]);
		double row = ((double)top - value) * scale;

		if (row >= 0.0 && row < eye->rows)
			eye->count[(guint)row * eye->columns + column]++;
		else
			eye->outside++;
		at += wave->samples_per_symbol;
		if (at >= length)
			at -= length;
	}
}

/* One point in the middle of every column of every symbol. */
static void fill_columns(struct eye_density *eye, const struct waveform *wave, double start_samples)
{
	guint half = eye->columns / 2;

	for (guint c = 0; c < half; c++)
		fill_column(eye, wave,
		            start_samples + ((c + 0.5) / half - 0.5) * wave->samples_per_symbol, c);
}

static guint common_divisor(guint a, guint b)
{
	while (b > 0) {
		guint rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Points of each phase and sample to the cells of their columns; parts and cells are owned. */
static void make_phases(const struct eye_density *eye, guint spu, double part_of_start,
                        struct kernels_density *in, float **parts, gint32 **cells)
{
	guint half = eye->columns / 2, fewest = half / common_divisor(half, spu);
	guint row_length = spu + KERNELS_DENSITY_AHEAD;

	in->width = spu;
	in->phases = fewest * ((least_phases + fewest - 1) / fewest);
	in->part = *parts = g_new(float, in->phases);
	in->base = *cells = g_new0(gint32, in->phases * (gsize)row_length);
	for (guint k = 0; k < in->phases; k++) {
		(*parts)[k] = (float)((k + 0.5) / in->phases);
		for (guint j = 0; j < spu; j++) {
			double ui = (j + (k + 0.5) / in->phases - part_of_start) / spu;
			guint column = (guint)((ui - floor(ui)) * half);

			(*cells)[k * (gsize)row_length + j] =
				(gint32)(MIN(column, half - 1) * (eye->rows + 2));
		}
	}
}

/* All symbols from sample `at` on; the one that the end of the waveform cuts comes from a copy. */
static void count_symbols(const struct waveform *wave, const struct kernels_density *in, gsize at,
                          guint32 *count)
{
	gsize length = waveform_length(wave), done = 0, spu = in->width;
	gsize needed = spu + KERNELS_DENSITY_AHEAD + 1;
	g_autofree float *copy = g_new(float, needed);

	while (done < wave->n_symbols) {
		gsize left = length - at;
		gsize n = left >= needed ? (left - needed) / spu + 1 : 1;
		const float *x = wave->power_w + at;

		n = MIN(n, wave->n_symbols - done);
		if (left < needed)
			x = cyclic_window(wave, at, needed, copy);
		kernels_best()->density(in, x, n, done, count);
		done += n;
		at += n * spu;
		at = at >= length ? at - length : at;
	}
}

static void fill_phases(struct eye_density *eye, const struct waveform *wave, double start_samples)
{
	guint half = eye->columns / 2, spu = wave->samples_per_symbol, stride = eye->rows + 2;
	g_autofree guint32 *count = g_new0(guint32, half * (gsize)stride);
	double first = start_samples - 0.5 * spu, scale = eye->rows / (eye->top_w - eye->bottom_w);
	struct kernels_density in = {
		.offset = (float)(eye->top_w * scale + 1.0),
		.scale = (float)scale,
		.last = (float)(eye->rows + 1),
	};
	g_autofree gint32 *cells = NULL;
	g_autofree float *parts = NULL;

	make_phases(eye, spu, first - floor(first), &in, &parts, &cells);
	count_symbols(wave, &in, cyclic_sample(wave, floor(first)), count);
	for (guint c = 0; c < half; c++)
		eye->outside +=
			(gsize)count[c * (gsize)stride] + count[c * (gsize)stride + stride - 1];
	/* some columns at a time, so that neither side walks through all of memory */
	for (guint first_column = 0; first_column < half; first_column += 16) {
		guint end = MIN(first_column + 16, half);

		for (guint r = 0; r < eye->rows; r++) {
			for (guint c = first_column; c < end; c++)
				eye->count[(gsize)r * eye->columns + c] =
					count[c * (gsize)stride + r + 1];
		}
	}
}

struct eye_density *eye_density_new(const struct waveform *wave, double start_samples,
                                    guint columns, guint rows, double top_w, double bottom_w,
                                    GError **error)
{
	guint half = columns / 2;
	struct eye_density *eye;

	if (columns < EYE_LEAST || columns > EYE_MOST || columns % 2 != 0 || rows < EYE_LEAST ||
	    rows > EYE_MOST || !(top_w >= bottom_w) || !isfinite(top_w - bottom_w) ||
	    (top_w == bottom_w && top_w != 0.0) || !isfinite(start_samples) ||
	    fabs(start_samples) > (double)waveform_length(wave)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "eye: no picture of %u x %u from %g to %g W", columns, rows,
		                  bottom_w, top_w);
		return NULL;
	}
	/* What is no number is counted as outside: see there when the range is known. */
	if ((top_w == bottom_w || wave->n_symbols < many_symbols) &&
	    !find_range(wave, &top_w, &bottom_w, error))
		return NULL;
	eye = g_new0(struct eye_density, 1);
	eye->columns = columns;
	eye->rows = rows;
	eye->top_w = top_w;
	eye->bottom_w = bottom_w;
	eye->count = g_new0(guint32, (gsize)rows * columns);
	if (wave->n_symbols >= many_symbols)
		fill_phases(eye, wave, start_samples);
	else
		fill_columns(eye, wave, start_samples);
	if (eye->outside > 0 && !find_range(wave, &top_w, &bottom_w, error)) {
		eye_density_free(eye);
		return NULL;
	}
	/* The second symbol of the picture shows the same as the first. */
	eye->outside *= 2;
	for (guint r = 0; r < rows; r++) {
		guint32 *row = eye->count + (gsize)r * columns;

		for (guint c = 0; c < half; c++) {
			row[c + half] = row[c];
			eye->peak = MAX(eye->peak, row[c]);
		}
	}
	return eye;
}

void eye_density_free(struct eye_density *eye)
{
	if (!eye)
		return;
	g_free(eye->count);
	g_free(eye);
}

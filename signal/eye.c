/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/eye.h"

#include "base/error.h"

#include <math.h>

#define EYE_LEAST 8
#define EYE_MOST  4096

static gboolean find_range(const struct waveform *wave, double *top_w, double *bottom_w,
                           GError **error)
{
	gsize length = waveform_length(wave);
	float low = wave->power_w[0], high = low;
	double sum = 0.0, margin;

	for (gsize i = 0; i < length; i++) {
		sum += fabsf(wave->power_w[i]);
		low = MIN(low, wave->power_w[i]);
		high = MAX(high, wave->power_w[i]);
	}
	if (!isfinite(sum)) {
		station_error_set(error, STATION_ERROR_DATA, "eye: samples that are no numbers");
		return FALSE;
	}
	if (*top_w == 0.0 && *bottom_w == 0.0) {
		margin = high > low ? ((double)high - low) / 20.0 : fmax(fabs(low) / 20.0, 1e-9);
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

struct eye_density *eye_density_new(const struct waveform *wave, double start_samples,
                                    guint columns, guint rows, double top_w, double bottom_w,
                                    GError **error)
{
	guint half = columns / 2, spu = wave->samples_per_symbol;
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
	if (!find_range(wave, &top_w, &bottom_w, error))
		return NULL;
	eye = g_new0(struct eye_density, 1);
	eye->columns = columns;
	eye->rows = rows;
	eye->top_w = top_w;
	eye->bottom_w = bottom_w;
	eye->count = g_new0(guint32, (gsize)rows * columns);
	/* The second symbol of the picture shows the same as the first. */
	for (guint c = 0; c < half; c++)
		fill_column(eye, wave, start_samples + ((c + 0.5) / half - 0.5) * spu, c);
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

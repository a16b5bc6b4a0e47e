/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_format.h"

#include "base/error.h"

#include <string.h>

static gboolean check_numbers(const struct wave_content *content, GError **error)
{
	gsize n_bad = 0, first = 0;

	for (gsize i = 0; i < content->n; i++) {
		if (!wave_sample_is_number(content->sample[i]) && n_bad++ == 0)
			first = i;
	}
	if (n_bad == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA,
	                  "%s: offset %" G_GSIZE_FORMAT ": sample %" G_GSIZE_FORMAT
	                  " is not a number that can be measured; %" G_GSIZE_FORMAT
	                  " of %" G_GSIZE_FORMAT " are such",
	                  content->name, first * sizeof(float), first, n_bad, content->n);
	return FALSE;
}

gboolean wave_raw_read(struct wave_content *content, const char *bytes, gsize len, GError **error)
{
	gsize n = len / sizeof(float);

	if (len % sizeof(float) != 0) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%s: offset %" G_GSIZE_FORMAT ": the last float32 is cut short",
		                  content->name, n * sizeof(float));
		return FALSE;
	}
	if (!wave_content_reserve(content, n, FALSE, error))
		return FALSE;
	for (gsize i = 0; i < n; i++) {
		guint32 bits;

		memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
		bits = GUINT32_FROM_LE(bits);
		memcpy(&content->sample[i], &bits, sizeof bits);
	}
	content->n = n;
	return check_numbers(content, error);
}

void wave_raw_append(GString *out, const struct waveform *wave)
{
	gsize length = waveform_length(wave), start = out->len;

	g_string_set_size(out, start + length * sizeof(float));
	for (gsize i = 0; i < length; i++) {
		guint32 bits;

		memcpy(&bits, &wave->power_w[i], sizeof bits);
		bits = GUINT32_TO_LE(bits);
		memcpy(out->str + start + i * sizeof bits, &bits, sizeof bits);
	}
}

GString *wave_raw_write(const struct waveform *wave)
{
	GString *out = g_string_sized_new(waveform_length(wave) * sizeof(float) + 1);

	wave_raw_append(out, wave);
	return out;
}

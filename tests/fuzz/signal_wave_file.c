/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "signal/wave_format.h"

#include <math.h>
#include <string.h>

/* Stands between sidecar and samples in an input. */
static const char mark[] = "---\n";

/*
 * The first byte chooses: c a CSV, r float32, n an npy; the latter two begin with their sidecar. A
 * waveform is whole and finite, or the file is refused by its name.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char letters[WAVE_FORMAT_N] = {'c', 'r', 'n'};
	const char *bytes = (const char *)data + 1, *split, *sidecar = NULL;
	gsize len = size ? size - 1 : 0, sidecar_len = 0;
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) wave = NULL;
	enum wave_format format = WAVE_FORMAT_CSV;

	while (size && format < WAVE_FORMAT_N && letters[format] != (char)*data)
		format++;
	if (size == 0 || format == WAVE_FORMAT_N)
		return 0;
	split = memmem(bytes, len, mark, strlen(mark));
	if (format != WAVE_FORMAT_CSV && split) {
		sidecar = bytes;
		sidecar_len = (gsize)(split - bytes);
		bytes = split + strlen(mark);
		len -= sidecar_len + strlen(mark);
	}
	wave = wave_bytes_read("input", format, bytes, len, sidecar, sidecar_len, NULL, &error);
	if (!wave) {
		g_assert_true(g_error_matches(error, STATION_ERROR, STATION_ERROR_DATA) ||
		              g_error_matches(error, STATION_ERROR, STATION_ERROR_RANGE));
		g_assert_true(g_str_has_prefix(error->message, "input"));
		return 0;
	}
	for (gsize i = 0; i < waveform_length(wave); i++)
		g_assert_true(isfinite(wave->power_w[i]));
	g_assert_true(wave->passes > 0 && wave->scope_noise_w >= 0.0);
	return 0;
}

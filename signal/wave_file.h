/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_WAVE_FILE_H
#define SIGNAL_WAVE_FILE_H

#include "base/waveform.h"

#include <glib.h>

/*
 * Waveforms in files. What a file says of itself (in its header lines or its sidecar) is taken; what
 * it does not say, the caller gives; when both speak they must agree within 1 %.
 *
 * - CSV: lines "# key: value" or "key,value" before the samples, then one column (power) or two
 *   (time, power). Two columns on an even grid that divides the symbol are pattern-locked; others
 *   are equivalent-time pairs, brought to a grid by waveform_from_pairs.
 * - raw: little-endian float32 and a sidecar NAME.yaml with the same keys.
 * - npy: version 1 or 2, float32 or float64, shape (n,) or (sweeps, n) (averaged); sidecar
 *   NAME.yaml for the keys.
 */
enum wave_format {
	WAVE_FORMAT_CSV,
	WAVE_FORMAT_RAW,
	WAVE_FORMAT_NPY,
	WAVE_FORMAT_N,
};

/* What is to be known of a waveform besides its samples; NaN or 0 where the caller does not know. */
struct wave_facts {
	double symbol_rate_bd;
	guint samples_per_symbol;
	gsize n_symbols;            /* one pattern; 0: the whole file is one */
	double scope_noise_w;       /* rms, one sweep */
	double filter_bandwidth_hz; /* 0: no reference receiver yet */
	guint passes;               /* sweeps averaged into the samples */
	double scale_w;             /* watts for one unit of the file; NaN: 1, or as the file says */
};

/* Nothing known. */
void wave_facts_unknown(struct wave_facts *facts);

/*
 * Reads a file; the format comes from its name (.csv .txt, .f32 .raw .bin, .npy) and from its first
 * bytes. given may be null. STATION_ERROR_IO for a file that cannot be read, STATION_ERROR_DATA
 * with file and line (or offset) for what is wrong in it and for what nobody told.
 */
struct waveform *wave_file_read(const char *path, const struct wave_facts *given, GError **error);

/*
 * Writes atomically, with all facts, so that reading it gives the same samples to the last bit (CSV:
 * nine digits). The format is that of the name. STATION_ERROR_IO; RANGE for a name of no format.
 */
gboolean wave_file_write(const char *path, const struct waveform *wave, GError **error);

/*
 * Equivalent-time pairs, unordered, over any number of patterns, to samples_per_symbol samples a
 * symbol: each grid sample is the local straight line through the pairs within half a sample
 * spacing of it, or refused (STATION_ERROR_DATA) when a stretch has none. What the pairs scatter
 * about the lines goes to *scatter_w (rms, null is allowed). time_s and power_w: n each.
 */
struct waveform *waveform_from_pairs(const double *time_s, const double *power_w, gsize n,
                                     const struct wave_facts *facts, double *scatter_w,
                                     GError **error);

#endif

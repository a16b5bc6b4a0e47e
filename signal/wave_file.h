/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_WAVE_FILE_H
#define SIGNAL_WAVE_FILE_H

#include "base/waveform.h"

#include <glib.h>

/*
 * Waveforms in files. What a file says of itself (in its header lines or its sidecar) is taken;
 * what it does not say, the caller gives; when both speak they must agree, quantities within 1 %,
 * whole numbers exactly.
 *
 * - CSV: lines "# key: value" or "key,value" before the samples, then one column (power) or two
 *   (time in s, power), with or without a line of headings (time or time_ps, power or power_uW).
 *   Two columns on an even grid that divides the symbol are pattern-locked; others are
 *   equivalent-time pairs, brought to a grid by waveform_from_pairs. Also exports of instruments:
 *   a header of any "key,value" lines that the line "Data," ends (wave_csv.c).
 * - raw: little-endian float32; sidecar.
 * - npy: version 1 to 3, float32 or float64, shape (n,) or (sweeps, n) (averaged); sidecar.
 *
 * The sidecar of NAME is NAME.yaml ("eye.f32.yaml"), a map of the same keys. It may be missing.
 *
 * Keys: symbol_rate (53.125 GBd), samples_per_symbol, symbols, scope_noise (4 uW), filter_bandwidth
 * (26.5625 GHz), passes, interval (1.5 ps, between samples), points, unit (W, mW, uW, V ...), and
 * in a sidecar sha256 (of the samples' file). A power is taken to be in W when no unit is told; V
 * needs the caller's scale_w.
 *
 * A file that holds the pattern several times, on the grid, is averaged over them; passes grows by
 * as much.
 */
enum wave_format {
	WAVE_FORMAT_CSV, /* .csv .txt */
	WAVE_FORMAT_RAW, /* .f32 .raw .bin */
	WAVE_FORMAT_NPY, /* .npy */
	WAVE_FORMAT_N,
};

/* What is to be known of a waveform besides its samples; NaN or 0 where the caller does not know.
 */
struct wave_facts {
	double symbol_rate_bd;
	guint samples_per_symbol;
	gsize n_symbols;            /* one pattern; 0: the whole file is one */
	double scope_noise_w;       /* rms, one sweep; when nobody tells it the wave has 0 */
	double filter_bandwidth_hz; /* 0: no reference receiver yet; the wave has 0 also when
	                             * nobody tells it */
	guint passes;               /* sweeps averaged into the samples of the file */
	double scale_w; /* watts for one unit of the file; NaN: 1, or as the file says */
	gboolean noise_from_sweeps; /* when nobody tells scope_noise: the scatter between the rows
	                             * of an npy, which holds the transmitter's own noise too */
};

/* Nothing known. */
void wave_facts_unknown(struct wave_facts *facts);

/*
 * Reads a file; the format comes from its first bytes (npy) or its name. given may be null. Samples
 * that are not finite are refused, and so is 9.9e37 and above, which is what SCPI sends for them.
 * STATION_ERROR_IO for a file that cannot be read, STATION_ERROR_DATA with file and line (or
 * offset) for what is wrong in it and for what nobody told, RANGE for a name of no format and for
 * given facts that are impossible.
 */
struct waveform *wave_file_read(const char *path, const struct wave_facts *given, GError **error);

/*
 * Writes with all facts, so that reading gives the same samples and facts to the last bit. The
 * format is that of the name. Each file is written whole or not at all; samples go before their
 * sidecar, which has their hash, so that two that do not belong together are not read.
 * STATION_ERROR_IO; RANGE for a name of no format or facts that are impossible; DATA for samples
 * that are not finite.
 */
gboolean wave_file_write(const char *path, const struct waveform *wave, GError **error);

/*
 * Equivalent-time pairs, unordered, over any number of patterns, to samples_per_symbol samples a
 * symbol; sample 0 is at time 0. Each is the straight line through the pairs within half a sample
 * spacing of it, at its time; where these cannot carry a line, those within one spacing, or one and
 * a half; where these cannot either the pairs are refused (STATION_ERROR_DATA). With many pairs the
 * line takes 1/24 of the second difference of neighbouring samples off a bend.
 *
 * time_s and power_w: n each. facts: symbol_rate_bd, samples_per_symbol and n_symbols must be known
 * (RANGE). The wave's passes are those of facts times the mean number of pairs that one sample
 * averages. What the pairs scatter about the lines, which is noise, jitter on slopes and a wrong
 * symbol rate, goes to *scatter_w (rms, null is allowed); NaN when no pair is more than the lines
 * need.
 */
struct waveform *waveform_from_pairs(const double *time_s, const double *power_w, gsize n,
                                     const struct wave_facts *facts, double *scatter_w,
                                     GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_file.h"

#include "base/error.h"
#include "signal/wave_format.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <math.h>
#include <string.h>

/* Two columns of the most samples, 64 characters each. */
static const gint64 file_max = (gint64)1 << 34;
static const char sidecar_suffix[] = ".yaml";

static const struct {
	const char *suffixes[3];
	gboolean sidecar;
	gboolean (*read)(struct wave_content *content, const char *bytes, gsize len,
	                 GError **error);
	GString *(*write)(const struct waveform *wave);
} formats[WAVE_FORMAT_N] = {
	[WAVE_FORMAT_CSV] = {{".csv", ".txt"}, FALSE, wave_csv_read, wave_csv_write},
	[WAVE_FORMAT_RAW] = {{".f32", ".raw", ".bin"}, TRUE, wave_raw_read, wave_raw_write},
	[WAVE_FORMAT_NPY] = {{".npy"}, TRUE, wave_npy_read, wave_npy_write},
};

void wave_facts_unknown(struct wave_facts *facts)
{
	*facts = (struct wave_facts){
		.symbol_rate_bd = NAN,
		.scope_noise_w = NAN,
		.filter_bandwidth_hz = NAN,
		.scale_w = NAN,
	};
}

gboolean wave_sample_is_number(double value)
{
	/* SCPI 1999, 7.2.1.4: 9.9e37 is infinity, 9.91e37 no number; a float holds both */
	return fabs(value) < 9.89e37;
}

static enum wave_format format_of_name(const char *path)
{
	g_autofree char *name = g_ascii_strdown(path, -1);

	for (guint i = 0; i < WAVE_FORMAT_N; i++) {
		for (guint j = 0; j < G_N_ELEMENTS(formats[i].suffixes); j++) {
			if (formats[i].suffixes[j] &&
			    g_str_has_suffix(name, formats[i].suffixes[j]))
				return i;
		}
	}
	return WAVE_FORMAT_N;
}

static void refuse_name(const char *path, GError **error)
{
	g_autofree char *name = g_filename_display_name(path);

	station_error_set(error, STATION_ERROR_RANGE,
	                  "%s: the name tells no format of a waveform: .csv, .txt, .f32, .raw, "
	                  ".bin or .npy",
	                  name);
}

/* --- reading ------------------------------------------------------------------------- */

/* *text is null when `optional` and the file is not there. */
static gboolean read_whole(const char *path, gboolean optional, char **text, gsize *len,
                           GError **error)
{
	g_autofree char *name = g_filename_display_name(path);
	g_autoptr(GError) cause = NULL;
	GStatBuf state;

	*text = NULL;
	*len = 0;
	if (g_stat(path, &state) != 0) {
		if (optional && errno == ENOENT)
			return TRUE;
		station_error_set(error, STATION_ERROR_IO, "%s: %s", name, g_strerror(errno));
		return FALSE;
	}
	/* a pipe or /dev/zero may have no end */
	if (!S_ISREG(state.st_mode) || state.st_size > file_max) {
		station_error_set(error, STATION_ERROR_IO, "%s: %s", name,
		                  S_ISDIR(state.st_mode)   ? "is a directory"
		                  : S_ISREG(state.st_mode) ? "more than 16 GiB"
		                                           : "is no regular file");
		return FALSE;
	}
	if (g_file_get_contents(path, text, len, &cause))
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "%s", cause->message);
	return FALSE;
}

static gboolean check_sha256(const struct wave_content *content, const char *bytes, gsize len,
                             GError **error)
{
	g_autofree char *found = NULL;

	if (!content->sha256)
		return TRUE;
	found = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, len);
	if (strcmp(found, content->sha256) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA,
	                  "%s: its sha256 is not what the sidecar tells: the two do not belong "
	                  "together",
	                  content->name);
	return FALSE;
}

struct waveform *wave_bytes_read(const char *name, enum wave_format format, const char *bytes,
                                 gsize len, const char *sidecar, gsize sidecar_len,
                                 const struct wave_facts *given, GError **error)
{
	g_autoptr(wave_content) content = wave_content_new(name);
	g_autofree char *sidecar_name = g_strconcat(content->name, sidecar_suffix, NULL);

	if (given && !wave_facts_check(given, error))
		return NULL;
	if (!wave_content_tell_sidecar(content, sidecar, sidecar_len, sidecar_name, error) ||
	    !check_sha256(content, bytes, len, error) ||
	    !formats[format].read(content, bytes, len, error))
		return NULL;
	return wave_content_settle(content, given, error);
}

struct waveform *wave_file_read(const char *path, const struct wave_facts *given, GError **error)
{
	g_autofree char *text = NULL, *sidecar = NULL;
	g_autofree char *sidecar_path = g_strconcat(path, sidecar_suffix, NULL);
	enum wave_format format = format_of_name(path);
	gsize len = 0, sidecar_len = 0;

	if (!read_whole(path, FALSE, &text, &len, error))
		return NULL;
	if (wave_npy_begins(text, len))
		format = WAVE_FORMAT_NPY;
	if (format == WAVE_FORMAT_N) {
		refuse_name(path, error);
		return NULL;
	}
	if (formats[format].sidecar &&
	    !read_whole(sidecar_path, TRUE, &sidecar, &sidecar_len, error))
		return NULL;
	return wave_bytes_read(path, format, text, len, sidecar, sidecar_len, given, error);
}

/* --- writing ------------------------------------------------------------------------- */

static gboolean refuse_wave(const char *path, enum station_error code, GError **error,
                            const char *what)
{
	g_autofree char *name = g_filename_display_name(path);

	station_error_set(error, code, "%s: not written: %s", name, what);
	return FALSE;
}

static gboolean check_wave(const char *path, const struct waveform *wave, GError **error)
{
	gsize length = waveform_length(wave);

	if (!(isfinite(wave->symbol_rate_bd) && wave->symbol_rate_bd > 0.0) ||
	    !(isfinite(wave->scope_noise_w) && wave->scope_noise_w >= 0.0) ||
	    !(isfinite(wave->filter_bandwidth_hz) && wave->filter_bandwidth_hz >= 0.0) ||
	    wave->passes == 0 || wave->passes > G_MAXINT32)
		return refuse_wave(path, STATION_ERROR_RANGE, error,
		                   "symbol rate, scope noise, filter bandwidth or passes of the "
		                   "waveform are not possible");
	for (gsize i = 0; i < length; i++) {
		if (!wave_sample_is_number(wave->power_w[i]))
			return refuse_wave(path, STATION_ERROR_DATA, error,
			                   "the waveform has samples that are no numbers");
	}
	return TRUE;
}

static gboolean write_whole(const char *path, const GString *out, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (g_file_set_contents_full(path, out->str, (gssize)out->len,
	                             G_FILE_SET_CONTENTS_CONSISTENT, 0666, &cause))
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "%s", cause->message);
	return FALSE;
}

static gboolean write_sidecar(const char *path, const struct waveform *wave, const GString *samples,
                              GError **error)
{
	g_autofree char *sidecar_path = g_strconcat(path, sidecar_suffix, NULL);
	g_autofree char *hash =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)samples->str,
	                                    samples->len);
	g_autoptr(GString) out = g_string_new(NULL);

	wave_facts_append(out, wave, "");
	g_string_append_printf(out, "sha256: %s\n", hash);
	return write_whole(sidecar_path, out, error);
}

gboolean wave_file_write(const char *path, const struct waveform *wave, GError **error)
{
	enum wave_format format = format_of_name(path);
	g_autoptr(GString) out = NULL;

	if (format == WAVE_FORMAT_N) {
		refuse_name(path, error);
		return FALSE;
	}
	if (!check_wave(path, wave, error))
		return FALSE;
	out = formats[format].write(wave);
	return write_whole(path, out, error) &&
	       (!formats[format].sidecar || write_sidecar(path, wave, out, error));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_WAVE_FORMAT_H
#define SIGNAL_WAVE_FORMAT_H

#include "signal/wave_file.h"

#include <glib.h>

/* Between wave_*.c; nobody else includes this but tests. */

/* The most samples of one file; as many as a waveform may have. */
#define WAVE_FILE_SAMPLES_MAX ((gsize)1 << 28)

/* What may be told of a waveform, as numbers in base units; NaN where it is not. */
enum wave_fact {
	WAVE_SYMBOL_RATE,
	WAVE_SAMPLES_PER_SYMBOL,
	WAVE_SYMBOLS,
	WAVE_SCOPE_NOISE,
	WAVE_FILTER_BANDWIDTH,
	WAVE_PASSES,
	WAVE_INTERVAL,
	WAVE_POINTS,
	WAVE_FACT_N,
};

/* Key of a fact, and its value as people read it (free with g_free). */
const char *wave_fact_name(enum wave_fact fact);
char *wave_fact_format(enum wave_fact fact, double value);

/* A file as read, before it is known which waveform it is. */
struct wave_content {
	char *name;    /* the file in messages; owned */
	float *sample; /* n, in units of the file; owned */
	gsize n;
	double *time_s;       /* n, or null with one column; owned */
	double time_digit_s;  /* one step of the last digit of the times; 0 when they are exact */
	guint sweeps;         /* averaged into the samples by the reader */
	double sweep_scatter; /* rms between them, units of the file; NaN with one */
	double told[WAVE_FACT_N];
	double unit_w;     /* W in one unit of the file; NaN when it is no power */
	double unit_v;     /* V, the same */
	double unit_s;     /* s in one unit of a column of times */
	double noise_v;    /* scope noise told in V; NaN */
	double noise_unit; /* told without a unit: that of the file; NaN */
	char *sha256;      /* as told; owned */
	guint keys_seen;   /* bits, by place in the table of keys */
};
typedef struct wave_content wave_content; /* for g_autoptr(wave_content) only */

/* Nothing told. */
struct wave_content *wave_content_new(const char *name);
void wave_content_free(struct wave_content *content); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(wave_content, wave_content_free)

/* Room for n samples, and for times; DATA when they are none, too many or no memory is left. */
gboolean wave_content_reserve(struct wave_content *content, gsize n, gboolean times,
                              GError **error);

gboolean wave_key_known(const char *key);
/* The known key that was meant, or null. Static storage. */
const char *wave_key_nearest(const char *key);
/*
 * Takes one key. Numbers without a unit are allowed when `plain`. The message does not begin with
 * the file: its place goes in front.
 */
gboolean wave_content_tell(struct wave_content *content, const char *key, const char *value,
                           gboolean plain, GError **error);
/* All keys of a sidecar; text may be null for none. name: of the sidecar. */
gboolean wave_content_tell_sidecar(struct wave_content *content, const char *text, gsize len,
                                   const char *name, GError **error);
/* The unit of the samples: "mW", "Watt". */
gboolean wave_content_set_unit(struct wave_content *content, const char *unit, GError **error);

/* False for what no sample can be: not finite, SCPI's 9.91e37, more than a float holds. */
gboolean wave_sample_is_number(double value);

/*
 * One number of a row at p, read right to the last bit; the byte behind it, or null when none
 * begins there. NaN for "nan", "inf" and the like. *digits: from the first that is not zero to the
 * last, 0 for zero.
 */
const char *wave_number_scan(const char *p, const char *end, double *value, int *digits);

/* Nine digits, which read back as the same float. out: WAVE_NUMBER_SIZE bytes. */
#define WAVE_NUMBER_SIZE G_ASCII_DTOSTR_BUF_SIZE
void wave_number_print(char *out, float sample);

/* The lines "key: value" that say all of a waveform, each with prefix in front. */
void wave_facts_append(GString *out, const struct waveform *wave, const char *prefix);

/* The formats. Bytes may end anywhere; they are not terminated. */
gboolean wave_csv_read(struct wave_content *content, const char *bytes, gsize len, GError **error);
gboolean wave_raw_read(struct wave_content *content, const char *bytes, gsize len, GError **error);
gboolean wave_npy_read(struct wave_content *content, const char *bytes, gsize len, GError **error);
/* True when the bytes are those of an npy, whatever the name. */
gboolean wave_npy_begins(const char *bytes, gsize len);
GString *wave_csv_write(const struct waveform *wave);
GString *wave_raw_write(const struct waveform *wave);
GString *wave_npy_write(const struct waveform *wave);
void wave_raw_append(GString *out, const struct waveform *wave);

/* RANGE for what no caller can mean. */
gboolean wave_facts_check(const struct wave_facts *given, GError **error);
/* The waveform that the content is, with what the caller knows of it; null is allowed. */
struct waveform *wave_content_settle(struct wave_content *content, const struct wave_facts *given,
                                     GError **error);

/* wave_file_read of what is already in memory; sidecar may be null. */
struct waveform *wave_bytes_read(const char *name, enum wave_format format, const char *bytes,
                                 gsize len, const char *sidecar, gsize sidecar_len,
                                 const struct wave_facts *given, GError **error);

#endif

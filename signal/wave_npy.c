/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_format.h"

#include "base/bytes.h"
#include "base/error.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/*
 * The NPY format, versions 1.0, 2.0 and 3.0 (numpy/lib/format.py, "Format Version 1.0"): magic, two
 * bytes of version, the header's length (16 bits, from version 2 on 32), the header, which is the
 * text of a Python dictionary with the keys descr, fortran_order and shape, and the array.
 */
static const char magic[] = "\x93NUMPY";
enum { MAGIC_LENGTH = 6, HEADER_MAX = 65536, ALIGN = 64 };

gboolean wave_npy_begins(const char *bytes, gsize len)
{
	return len >= MAGIC_LENGTH && memcmp(bytes, magic, MAGIC_LENGTH) == 0;
}

struct npy {
	const char *name;
	const char *start; /* of the file */
	const char *p;     /* in the header */
	const char *end;   /* of the header */
	guint item;        /* bytes of one number */
	gboolean big_endian;
	gsize rows;
	gsize columns;
	guint seen; /* bits, by place in the table of keys */
};

static gboolean refuse_at(const struct npy *npy, const char *at, GError **error, const char *format,
                          ...) G_GNUC_PRINTF(4, 5);

static gboolean refuse_at(const struct npy *npy, const char *at, GError **error, const char *format,
                          ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	station_error_set(error, STATION_ERROR_DATA, "%s: offset %" G_GSIZE_FORMAT ": %s",
	                  npy->name, (gsize)(at - npy->start), text);
	return FALSE;
}

static void skip_blanks(struct npy *npy)
{
	while (npy->p < npy->end && g_ascii_isspace(*npy->p))
		npy->p++;
}

static gboolean take(struct npy *npy, char byte)
{
	skip_blanks(npy);
	if (npy->p == npy->end || *npy->p != byte)
		return FALSE;
	npy->p++;
	return TRUE;
}

static gboolean expect(struct npy *npy, char byte, GError **error)
{
	return take(npy, byte) ||
	       refuse_at(npy, npy->p, error, "expected '%c' in the header", byte);
}

/* A text in quotes of either kind; escapes occur in none that we take. */
static char *take_text(struct npy *npy, GError **error)
{
	const char *close;
	char quote;

	skip_blanks(npy);
	quote = npy->p < npy->end ? *npy->p : '\0';
	close = quote == '\'' || quote == '"'
	                ? memchr(npy->p + 1, quote, (gsize)(npy->end - npy->p - 1))
	                : NULL;
	if (!close) {
		refuse_at(npy, npy->p, error, "expected a text in quotes in the header");
		return NULL;
	}
	g_autofree char *text = g_strndup(npy->p + 1, (gsize)(close - npy->p - 1));
	npy->p = close + 1;
	return g_strescape(text, NULL);
}

static gboolean read_descr(struct npy *npy, GError **error)
{
	const char *at;

	skip_blanks(npy);
	at = npy->p;
	if (at < npy->end && *at == '[')
		return refuse_at(npy, at, error, "a structured array, not float32 or float64");
	g_autofree char *descr = take_text(npy, error);

	if (!descr)
		return FALSE;
	npy->big_endian = descr[0] == '>';
	if (descr[0] == '<' || descr[0] == '>') {
		npy->item = strcmp(descr + 1, "f4") == 0 ? 4 : strcmp(descr + 1, "f8") == 0 ? 8 : 0;
		if (npy->item)
			return TRUE;
	}
	return refuse_at(npy, at, error, "numbers of type \"%.20s\", not float32 or float64",
	                 descr);
}

static gboolean read_order(struct npy *npy, GError **error)
{
	static const char no[] = "False";

	skip_blanks(npy);
	if ((gsize)(npy->end - npy->p) < strlen(no) || strncmp(npy->p, no, strlen(no)) != 0)
		return refuse_at(npy, npy->p, error,
		                 "fortran_order must be False: rows are sweeps");
	npy->p += strlen(no);
	return TRUE;
}

static gboolean read_dimension(struct npy *npy, gsize *dimension, GError **error)
{
	const char *at;
	gsize value = 0;

	skip_blanks(npy);
	at = npy->p;
	for (; npy->p < npy->end && g_ascii_isdigit(*npy->p); npy->p++)
		value = MIN(value * 10 + (gsize)(*npy->p - '0'), G_MAXSIZE / 16);
	if (npy->p == at)
		return refuse_at(npy, at, error, "expected a whole number in the shape");
	if (value == 0)
		return refuse_at(npy, at, error, "an array without samples");
	*dimension = value;
	return TRUE;
}

/* (n,) or (sweeps, n); Python writes a comma behind a single one. */
static gboolean read_shape(struct npy *npy, GError **error)
{
	gsize dimension[2] = {1, 1};
	guint n = 0;
	const char *at;

	skip_blanks(npy);
	at = npy->p;
	if (!expect(npy, '(', error))
		return FALSE;
	while (!take(npy, ')')) {
		if (n == 2)
			return refuse_at(npy, at, error, "more than two dimensions");
		if (!read_dimension(npy, &dimension[n++], error))
			return FALSE;
		if (!take(npy, ',')) {
			if (!expect(npy, ')', error))
				return FALSE;
			break;
		}
	}
	if (n == 0)
		return refuse_at(npy, at, error, "a single number, not an array");
	npy->rows = n == 2 ? dimension[0] : 1;
	npy->columns = dimension[n - 1];
	if (npy->columns > WAVE_FILE_SAMPLES_MAX || npy->rows > WAVE_FILE_SAMPLES_MAX)
		return refuse_at(npy, at, error, "more than 2^28 samples");
	return TRUE;
}

static gboolean read_entry(struct npy *npy, GError **error)
{
	static const struct {
		const char *key;
		gboolean (*read)(struct npy *npy, GError **error);
	} entries[] = {
		{"descr", read_descr},
		{"fortran_order", read_order},
		{"shape", read_shape},
	};
	const char *at = npy->p;
	g_autofree char *key = take_text(npy, error);

	if (!key || !expect(npy, ':', error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
		if (strcmp(key, entries[i].key) != 0)
			continue;
		if (npy->seen & 1u << i)
			return refuse_at(npy, at, error, "%s is told twice", key);
		npy->seen |= 1u << i;
		return entries[i].read(npy, error);
	}
	return refuse_at(npy, at, error, "key \"%.40s\" in the header is not known", key);
}

static gboolean read_dictionary(struct npy *npy, GError **error)
{
	const char *at = npy->p;

	if (!expect(npy, '{', error))
		return FALSE;
	while (!take(npy, '}')) {
		if (!read_entry(npy, error))
			return FALSE;
		if (!take(npy, ',')) {
			if (!expect(npy, '}', error))
				return FALSE;
			break;
		}
	}
	skip_blanks(npy);
	if (npy->p != npy->end)
		return refuse_at(npy, npy->p, error, "something stands behind the header's end");
	if (npy->seen != 7)
		return refuse_at(npy, at, error,
		                 "the header does not tell descr, fortran_order and shape");
	return TRUE;
}

/* Leaves npy with the header's bounds. */
static gboolean find_header(struct npy *npy, const char *bytes, gsize len, GError **error)
{
	struct rd rd = rd_init(bytes, len);
	guint8 major, minor;
	gsize length;

	if (!wave_npy_begins(bytes, len))
		return refuse_at(npy, bytes, error, "no npy file: it does not begin as one");
	rd_bytes(&rd, MAGIC_LENGTH);
	major = rd_u8(&rd);
	minor = rd_u8(&rd);
	if (!rd.bad && (major < 1 || major > 3 || minor != 0))
		return refuse_at(npy, bytes + MAGIC_LENGTH, error,
		                 "version %u.%u of npy is not known", major, minor);
	length = major == 1 ? rd_le16(&rd) : rd_le32(&rd);
	if (rd.bad || length > rd_left(&rd))
		return refuse_at(npy, bytes + len, error, "the file ends in its header");
	if (length > HEADER_MAX)
		return refuse_at(npy, bytes + MAGIC_LENGTH + 2, error,
		                 "a header of %" G_GSIZE_FORMAT " bytes", length);
	npy->p = (const char *)rd.p;
	npy->end = npy->p + length;
	return TRUE;
}

static double number_at(const struct npy *npy, const char *p)
{
	float narrow;
	double wide;
	guint32 bits;
	guint64 many;

	if (npy->item == 4) {
		memcpy(&bits, p, sizeof bits);
		bits = npy->big_endian ? GUINT32_FROM_BE(bits) : GUINT32_FROM_LE(bits);
		memcpy(&narrow, &bits, sizeof narrow);
		return narrow;
	}
	memcpy(&many, p, sizeof many);
	many = npy->big_endian ? GUINT64_FROM_BE(many) : GUINT64_FROM_LE(many);
	memcpy(&wide, &many, sizeof wide);
	return wide;
}

/* Mean of the sweeps, and the rms of what they scatter about it. */
static void average_sweeps(const struct npy *npy, const char *data, struct wave_content *content)
{
	gsize stride = npy->columns * npy->item;
	double scatter = 0.0;

	for (gsize i = 0; i < npy->columns; i++) {
		const char *first = data + i * npy->item;
		double sum = -0.0, mean; /* 0.0 would lose the sign of zero */

		for (gsize row = 0; row < npy->rows; row++)
			sum += number_at(npy, first + row * stride);
		mean = sum / (double)npy->rows;
		for (gsize row = 0; npy->rows > 1 && row < npy->rows; row++) {
			double off = number_at(npy, first + row * stride) - mean;

			scatter += off * off;
		}
		content->sample[i] = (float)mean;
	}
	content->n = npy->columns;
	content->sweeps = (guint)npy->rows;
	if (npy->rows > 1)
		content->sweep_scatter =
			sqrt(scatter / (double)npy->columns / (double)(npy->rows - 1));
}

/* No sweep may hide behind the mean. */
static gboolean check_numbers(const struct npy *npy, const char *data, GError **error)
{
	gsize total = npy->rows * npy->columns, first = 0, n_bad = 0;

	for (gsize i = 0; i < total; i++) {
		if (!wave_sample_is_number(number_at(npy, data + i * npy->item)) && n_bad++ == 0)
			first = i;
	}
	if (n_bad == 0)
		return TRUE;
	return refuse_at(npy, data + first * npy->item, error,
	                 "sample %" G_GSIZE_FORMAT
	                 " is not a number that can be measured; %" G_GSIZE_FORMAT
	                 " of %" G_GSIZE_FORMAT " are such",
	                 first, n_bad, total);
}

gboolean wave_npy_read(struct wave_content *content, const char *bytes, gsize len, GError **error)
{
	struct npy npy = {.name = content->name, .start = bytes};
	const char *data;
	gsize left, items;

	if (!find_header(&npy, bytes, len, error) || !read_dictionary(&npy, error))
		return FALSE;
	data = npy.end;
	left = (gsize)(bytes + len - data);
	/* neither is above 2^28, so the products fit */
	items = npy.rows * npy.columns;
	if (items > left / npy.item || items * npy.item != left)
		return refuse_at(&npy, data, error,
		                 "the header promises %" G_GSIZE_FORMAT
		                 " numbers of %u bytes, but %" G_GSIZE_FORMAT " bytes follow",
		                 items, npy.item, left);
	if (!wave_content_reserve(content, npy.columns, FALSE, error) ||
	    !check_numbers(&npy, data, error))
		return FALSE;
	average_sweeps(&npy, data, content);
	return TRUE;
}

GString *wave_npy_write(const struct waveform *wave)
{
	GString *out = g_string_sized_new(waveform_length(wave) * sizeof(float) + 256);
	gsize dictionary = MAGIC_LENGTH + 4, padded;

	g_string_append_len(out, magic, MAGIC_LENGTH);
	g_string_append_len(out, "\x01\x00\x00\x00", 4);
	g_string_append_printf(out,
	                       "{'descr': '<f4', 'fortran_order': False, 'shape': (%" G_GSIZE_FORMAT
	                       ",), }",
	                       waveform_length(wave));
	padded = (out->len + ALIGN) / ALIGN * ALIGN;
	while (out->len < padded - 1)
		g_string_append_c(out, ' ');
	g_string_append_c(out, '\n');
	out->str[MAGIC_LENGTH + 2] = (char)((padded - dictionary) & 0xff);
	out->str[MAGIC_LENGTH + 3] = (char)((padded - dictionary) >> 8);
	wave_raw_append(out, wave);
	return out;
}

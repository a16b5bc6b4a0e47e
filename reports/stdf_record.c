/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/stdf_record.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { HEAD_LENGTH = 4, TEXT_MAX = 255 };

void stdf_open(struct stdf *stdf, guint8 type, guint8 subtype)
{
	const guint8 head[HEAD_LENGTH] = {0, 0, type, subtype};
	stdf->start = stdf->bytes->len;
	g_byte_array_append(stdf->bytes, head, sizeof head);
}

void stdf_close(struct stdf *stdf)
{
	guint length = stdf->bytes->len - stdf->start - HEAD_LENGTH;
	g_return_if_fail(length <= G_MAXUINT16);
	stdf->bytes->data[stdf->start] = (guint8)(length & 0xFF);
	stdf->bytes->data[stdf->start + 1] = (guint8)(length >> 8);
}

static void append(struct stdf *stdf, guint32 value, guint n)
{
	for (guint i = 0; i < n; i++) {
		guint8 byte = (guint8)(value >> 8 * i);
		g_byte_array_append(stdf->bytes, &byte, 1);
	}
}

void stdf_u1(struct stdf *stdf, guint value)
{
	append(stdf, value, 1);
}

void stdf_u2(struct stdf *stdf, guint value)
{
	append(stdf, value, 2);
}

void stdf_u4(struct stdf *stdf, guint32 value)
{
	append(stdf, value, 4);
}

void stdf_i1(struct stdf *stdf, int value)
{
	append(stdf, (guint32)value, 1);
}

void stdf_i2(struct stdf *stdf, int value)
{
	append(stdf, (guint32)value, 2);
}

void stdf_r4(struct stdf *stdf, double value)
{
	float single = isfinite(value) ? (float)CLAMP(value, -FLT_MAX, FLT_MAX) : 0;
	guint32 bits;
	memcpy(&bits, &single, sizeof bits);
	append(stdf, bits, 4);
}

void stdf_c1(struct stdf *stdf, char value)
{
	append(stdf, (guchar)value, 1);
}

void stdf_cn(struct stdf *stdf, const char *text)
{
	g_autofree char *ascii = stdf_ascii(text ? text : "");
	gsize length = MIN(strlen(ascii), TEXT_MAX);
	append(stdf, (guint32)length, 1);
	g_byte_array_append(stdf->bytes, (const guint8 *)ascii, (guint)length);
}

/* --- text ------------------------------------------------------------------------------------ */

static const struct {
	const char *sign, *ascii;
} signs[] = {
	{"\xC2\xB0"
         "C",
         "degC"},
	{"\xC2\xB0", "deg"},
	{"\xC2\xB5", "u"},
	{"\xCE\xBC", "u"},
	{"\xCE\xA9", "ohm"},
	{"\xE2\x84\xA6", "ohm"},
	{"\xC2\xB1", "+/-"},
	{"\xC2\xB2", "2"},
	{"\xE2\x88\x92", "-"},
	{"\xE2\x80\x93", "-"},
	{"\xE2\x80\x94", "-"},
	{"\xE2\x89\xA4", "<="},
	{"\xE2\x89\xA5", ">="},
	{"\xE2\x80\xA6", "..."},
	{"\xC3\x97", "x"},
	{"\xCE\xBB", "lambda"},
	{"\xC3\x9F", "ss"},
};

/* The sign that the text begins with; null when it is none of those. */
static const char *find_sign(const char *text, gsize *length)
{
	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (g_str_has_prefix(text, signs[i].sign)) {
			*length = strlen(signs[i].sign);
			return signs[i].ascii;
		}
	}
	return NULL;
}

/* The letter without its accents, "?" when there is none left. */
static void append_letter(GString *out, const char *text, gsize length)
{
	g_autofree char *parts = g_utf8_normalize(text, (gssize)length, G_NORMALIZE_ALL);
	gsize before = out->len;
	for (const char *p = parts; p && *p != '\0'; p++) {
		if ((guchar)*p < 0x80)
			g_string_append_c(out, *p);
	}
	if (out->len == before)
		g_string_append_c(out, '?');
}

char *stdf_ascii(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autoptr(GString) out = g_string_new(NULL);
	gsize length;
	for (const char *p = valid; *p != '\0'; p += length) {
		const char *sign = find_sign(p, &length);
		if (sign) {
			g_string_append(out, sign);
			continue;
		}
		length = (gsize)(g_utf8_next_char(p) - p);
		if (length > 1)
			append_letter(out, p, length);
		else
			g_string_append_c(out, (guchar)*p < 0x20 || *p == 0x7F ? ' ' : *p);
	}
	return g_strdup(out->str);
}

guint32 stdf_number(const char *identity)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);
	hash[8] = '\0';
	guint32 number = (guint32)g_ascii_strtoull(hash, NULL, 16) & G_MAXINT32;
	return MAX(number, 1);
}

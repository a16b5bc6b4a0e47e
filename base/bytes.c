/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/bytes.h"

#include "base/error.h"

#include <string.h>

struct rd rd_init(const void *data, gsize len)
{
	static const guint8 nothing[1];
	const guint8 *p = data ? data : nothing;
	return (struct rd){p, p + (data ? len : 0), FALSE};
}

gsize rd_left(const struct rd *rd)
{
	return (gsize)(rd->end - rd->p);
}

const guint8 *rd_bytes(struct rd *rd, gsize len)
{
	if (rd->bad || len > rd_left(rd)) {
		/* What follows a short field must not be read as if it were the field. */
		rd->bad = TRUE;
		rd->p = rd->end;
		return NULL;
	}
	const guint8 *at = rd->p;
	rd->p += len;
	return at;
}

static guint64 read_be(struct rd *rd, guint n)
{
	const guint8 *at = rd_bytes(rd, n);
	guint64 value = 0;
	for (guint i = 0; at && i < n; i++)
		value = value << 8 | at[i];
	return value;
}

static guint64 read_le(struct rd *rd, guint n)
{
	const guint8 *at = rd_bytes(rd, n);
	guint64 value = 0;
	for (guint i = 0; at && i < n; i++)
		value |= (guint64)at[i] << (8 * i);
	return value;
}

guint8 rd_u8(struct rd *rd)
{
	return (guint8)read_be(rd, 1);
}

guint16 rd_be16(struct rd *rd)
{
	return (guint16)read_be(rd, 2);
}

guint32 rd_be32(struct rd *rd)
{
	return (guint32)read_be(rd, 4);
}

guint64 rd_be64(struct rd *rd)
{
	return read_be(rd, 8);
}

guint16 rd_le16(struct rd *rd)
{
	return (guint16)read_le(rd, 2);
}

guint32 rd_le32(struct rd *rd)
{
	return (guint32)read_le(rd, 4);
}

guint64 rd_le64(struct rd *rd)
{
	return read_le(rd, 8);
}

float rd_lef32(struct rd *rd)
{
	G_STATIC_ASSERT(sizeof(float) == sizeof(guint32));
	guint32 bits = rd_le32(rd);
	float value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

void put_be16(guint8 *p, guint16 value)
{
	p[0] = (guint8)(value >> 8);
	p[1] = (guint8)value;
}

void put_be32(guint8 *p, guint32 value)
{
	put_be16(p, (guint16)(value >> 16));
	put_be16(p + 2, (guint16)value);
}

char *bytes_to_hex(const guint8 *data, gsize len)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = g_malloc(2 * len + 1);
	for (gsize i = 0; i < len; i++) {
		hex[2 * i] = digits[data[i] >> 4];
		hex[2 * i + 1] = digits[data[i] & 15];
	}
	hex[2 * len] = '\0';
	return hex;
}

GByteArray *bytes_from_hex(const char *hex, GError **error)
{
	gsize len = strlen(hex);
	if (len % 2 != 0) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "hexadecimal: %" G_GSIZE_FORMAT " digits, an odd number", len);
		return NULL;
	}
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	for (gsize i = 0; i < len; i += 2) {
		int high = g_ascii_xdigit_value(hex[i]);
		int low = g_ascii_xdigit_value(hex[i + 1]);
		if (high < 0 || low < 0) {
			station_error_set(error, STATION_ERROR_PROTOCOL,
			                  "hexadecimal: not a digit at position %" G_GSIZE_FORMAT,
			                  high < 0 ? i + 1 : i + 2);
			return NULL;
		}
		guint8 byte = (guint8)(high << 4 | low);
		g_byte_array_append(bytes, &byte, 1);
	}
	return g_steal_pointer(&bytes);
}

guint16 bytes_crc16(const void *data, gsize len)
{
	const guint8 *p = data;
	guint32 crc = 0xffff;
	for (gsize i = 0; i < len; i++) {
		crc ^= (guint32)p[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
	}
	return (guint16)crc;
}

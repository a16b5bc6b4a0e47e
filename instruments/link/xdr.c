/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/xdr.h"

#include <string.h>

enum { UNIT = 4 };

static gsize padding(gsize len)
{
	return (UNIT - len % UNIT) % UNIT;
}

void xdr_put_u32(GByteArray *to, guint32 value)
{
	guint8 bytes[UNIT];
	put_be32(bytes, value);
	g_byte_array_append(to, bytes, sizeof bytes);
}

void xdr_put_opaque(GByteArray *to, const void *data, gsize len)
{
	static const guint8 zeros[UNIT];
	xdr_put_u32(to, (guint32)len);
	g_byte_array_append(to, data, (guint)len);
	g_byte_array_append(to, zeros, (guint)padding(len));
}

void xdr_put_string(GByteArray *to, const char *text)
{
	xdr_put_opaque(to, text, strlen(text));
}

const guint8 *xdr_take_opaque(struct rd *rd, gsize max_len, gsize *len)
{
	gsize announced = rd_be32(rd);
	*len = 0;
	if (announced > max_len)
		rd->bad = TRUE;
	const guint8 *data = rd_bytes(rd, announced);
	rd_bytes(rd, padding(announced));
	if (rd->bad)
		return NULL;
	*len = announced;
	return data;
}

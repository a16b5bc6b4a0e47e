/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <glib.h>

/*
 * A reader that knows its end. Past the end every read gives zero and sets `bad`, looked at once
 * when all has been read. Nothing here allocates.
 */
struct rd {
	const guint8 *p;
	const guint8 *end;
	gboolean bad;
};

struct rd rd_init(const void *data, gsize len);
gsize rd_left(const struct rd *rd);
guint8 rd_u8(struct rd *rd);
guint16 rd_be16(struct rd *rd);
guint32 rd_be32(struct rd *rd);
guint64 rd_be64(struct rd *rd);
guint16 rd_le16(struct rd *rd);
guint32 rd_le32(struct rd *rd);
guint64 rd_le64(struct rd *rd);
float rd_lef32(struct rd *rd);
/* Borrowed pointer to the next len bytes, or null (and bad) when there are not so many. */
const guint8 *rd_bytes(struct rd *rd, gsize len);

/* Writing into caller's storage, by the byte. */
void put_be16(guint8 *p, guint16 value);
void put_be32(guint8 *p, guint32 value);

/* Lower-case hexadecimal of data. Free with g_free. */
char *bytes_to_hex(const guint8 *data, gsize len);
/*
 * Bytes of an even number of hexadecimal digits of either case, or null with
 * STATION_ERROR_PROTOCOL. Free with g_byte_array_unref.
 */
GByteArray *bytes_from_hex(const char *hex, GError **error);

/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, no reflection; "123456789" gives 0x29B1. */
guint16 bytes_crc16(const void *data, gsize len);

#endif

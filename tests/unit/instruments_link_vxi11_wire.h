/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_INSTRUMENTS_LINK_VXI11_WIRE_H
#define TESTS_UNIT_INSTRUMENTS_LINK_VXI11_WIRE_H

#include "tests/unit/instruments_link_peer.h"

/* RPC's records as the tests' device sees them. */

static guint32 vxi_word(const guint8 *p)
{
	return (guint32)p[0] << 24 | (guint32)p[1] << 16 | (guint32)p[2] << 8 | p[3];
}

static void vxi_add(GByteArray *to, guint32 value)
{
	guint8 p[4] = {(guint8)(value >> 24), (guint8)(value >> 16), (guint8)(value >> 8),
	               (guint8)value};
	g_byte_array_append(to, p, 4);
}

static void vxi_add_data(GByteArray *to, const guint8 *data, gsize len)
{
	vxi_add(to, (guint32)len);
	g_byte_array_append(to, data, (guint)len);
	while (to->len % 4)
		g_byte_array_append(to, (const guint8 *)"", 1);
}

static gboolean vxi_exactly(int fd, guint8 *to, gsize len)
{
	return len == 0 || recv(fd, to, len, MSG_WAITALL) == (ssize_t)len;
}

/* One record with its mark, or null when the client has gone. */
static GByteArray *vxi_record(int fd)
{
	guint8 mark[4];
	if (!vxi_exactly(fd, mark, 4))
		return NULL;
	g_assert_cmpuint(mark[0] & 0x80, ==, 0x80);
	gsize len = vxi_word(mark) & 0x7fffffff;
	g_assert_cmpuint(len, <, 2 << 20);
	GByteArray *record = g_byte_array_new();
	g_byte_array_append(record, mark, 4);
	g_byte_array_set_size(record, (guint)len + 4);
	if (vxi_exactly(fd, record->data + 4, len))
		return record;
	g_byte_array_unref(record);
	return NULL;
}

static GByteArray *vxi_accepted(guint32 xid)
{
	GByteArray *reply = g_byte_array_new();
	vxi_add(reply, xid);
	vxi_add(reply, 1);
	for (int i = 0; i < 4; i++)
		vxi_add(reply, 0);
	return reply;
}

static void vxi_send(int fd, const GByteArray *reply, gsize from, gsize to, gboolean last)
{
	g_autoptr(GByteArray) wire = g_byte_array_new();
	vxi_add(wire, (last ? 0x80000000u : 0) | (guint32)(to - from));
	g_byte_array_append(wire, reply->data + from, (guint)(to - from));
	peer_send(fd, wire->data, wire->len);
}

#endif

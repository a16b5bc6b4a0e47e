/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/rpc.h"

#include "base/error.h"
#include "instruments/link/xdr.h"
#include "tests/unit/instruments_link_peer.h"

static void assert_says(const GError *error, enum station_error code, const char *says)
{
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

static void assert_hex(const GByteArray *bytes, const char *expected)
{
	g_autofree char *hex = bytes_to_hex(bytes->data, bytes->len);
	g_assert_cmpstr(hex, ==, expected);
}

static GByteArray *from_hex(const char *hex)
{
	GByteArray *bytes = bytes_from_hex(hex, NULL);
	g_assert_nonnull(bytes);
	return bytes;
}

/* ---- XDR ---- */

static void test_put(void)
{
	g_autoptr(GByteArray) to = g_byte_array_new();
	xdr_put_u32(to, 0x80000001);
	xdr_put_string(to, "");
	xdr_put_string(to, "a");
	xdr_put_string(to, "abcd");
	xdr_put_opaque(to, "\0\1\2\3\4", 5);
	assert_hex(to, "80000001"
	               "00000000"
	               "0000000161000000"
	               "0000000461626364"
	               "000000050001020304000000");
}

struct opaque_row {
	const char *hex;
	gsize max;
	int len; /* -1: bad */
};

/* clang-format off */
static const struct opaque_row opaque_rows[] = {
	{"00000000",                 8,          0 },
	{"0000000161000000",         8,          1 },
	{"0000000461626364",         8,          4 },
	{"0000000461626364",         4,          4 },
	{"0000000461626364",         3,          -1},
	{"00000003616263",           8,          -1}, /* no padding */
	{"000000016100",             8,          -1},
	{"00000005616263",           8,          -1},
	{"ffffffff61626364",         8,          -1},
	{"ffffffff61626364",         0xffffffff, -1},
	{"000000",                   8,          -1},
	{"",                         8,          -1},
};
/* clang-format on */

static void test_opaque(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(opaque_rows); i++) {
		const struct opaque_row *row = &opaque_rows[i];
		g_autoptr(GByteArray) bytes = from_hex(row->hex);
		struct rd rd = rd_init(bytes->data, bytes->len);
		gsize len = 99;
		const guint8 *data = xdr_take_opaque(&rd, row->max, &len);
		g_assert_true(rd.bad == (row->len < 0));
		g_assert_cmpuint(len, ==, (gsize)MAX(row->len, 0));
		if (row->len < 0)
			g_assert_null(data);
		else
			g_assert_cmpmem(data, len, bytes->data + 4, len);
	}
}

/* ---- records ---- */

struct record_row {
	const char *hex;
	const char *body; /* null: too long */
	gsize used;
};

/* The longest allowed is 8. */
/* clang-format off */
static const struct record_row record_rows[] = {
	{"80000004" "01020304",                        "01020304",         8 },
	{"80000000",                                   "",                 4 },
	{"00000000" "80000001" "07",                   "07",               9 },
	{"00000001" "01" "00000002" "0203" "80000001" "04", "01020304",    16},
	{"00000002" "0102" "80000000",                 "0102",             10},
	{"80000008" "0102030405060708" "80000001",     "0102030405060708", 12},
	{"00000007" "01020304050607" "80000001" "08",  "0102030405060708", 16},
	{"80000009",                                   NULL,               0 },
	{"ffffffff",                                   NULL,               0 },
	{"7fffffff",                                   NULL,               0 },
	{"00000007" "01020304050607" "80000002",       NULL,               0 },
};
/* clang-format on */

static void take_in_pieces(const struct record_row *row, gsize first, gsize step)
{
	g_autoptr(GByteArray) wire = from_hex(row->hex);
	g_autoptr(GError) error = NULL;
	struct rpc_record record;
	gsize at = 0;
	gboolean ok = TRUE;
	rpc_record_init(&record, 8);
	for (gsize piece = first; ok && !record.whole && at < wire->len; piece = step) {
		gsize used = 0;
		ok = rpc_record_take(&record, wire->data + at, MIN(piece, wire->len - at), &used,
		                     &error);
		at += used;
	}
	g_assert_true(ok == (row->body != NULL));
	if (ok) {
		g_assert_true(record.whole);
		g_assert_cmpuint(at, ==, row->used);
		assert_hex(record.body, row->body);
	} else {
		assert_says(error, STATION_ERROR_PROTOCOL, "where 8 are possible");
	}
	rpc_record_done(&record);
}

static void test_records(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(record_rows); i++) {
		for (gsize cut = 1; cut < 20; cut++)
			take_in_pieces(&record_rows[i], cut, 100);
		take_in_pieces(&record_rows[i], 1, 1);
	}
}

/* ---- the portmapper ---- */

struct map {
	const char *reply; /* past the transaction, with the mark; null: closed without one */
	guint8 call[60];
	gboolean asked;
};

static void serve_map(int fd, int connection, gpointer data)
{
	struct map *map = data;
	if (recv(fd, map->call, sizeof map->call, MSG_WAITALL) != (ssize_t)sizeof map->call)
		return;
	map->asked = TRUE;
	if (!map->reply)
		return;
	g_autoptr(GByteArray) reply = from_hex(map->reply);
	memcpy(reply->data + 4, map->call + 4, 4);
	peer_send(fd, reply->data, reply->len);
	peer_hold(fd);
}

static const struct rpc_program wanted = {0x0607AF, 1, "VXI-11"};

struct map_row {
	const char *reply;
	guint16 port; /* 0: fails */
	enum station_error code;
	const char *says;
};

#define ACCEPTED                                                                                   \
	"00000000000000010000000000000000"                                                         \
	"00000000"

/* clang-format off */
static const struct map_row map_rows[] = {
	{"8000001c" ACCEPTED "00000000" "00000400", 1024, 0, NULL},
	{"8000001c" ACCEPTED "00000000" "0000ffff", 65535, 0, NULL},
	{"8000001c" ACCEPTED "00000000" "00000000", 0, STATION_ERROR_IO, "does not serve VXI-11"},
	{"8000001c" ACCEPTED "00000000" "00010000", 0, STATION_ERROR_PROTOCOL, "is no port"},
	{"80000018" ACCEPTED "00000000",            0, STATION_ERROR_PROTOCOL, "is no port"},
	{"80000018" ACCEPTED "00000001",            0, STATION_ERROR_UNSUPPORTED, "not served"},
	{"80000018" ACCEPTED "00000003",            0, STATION_ERROR_UNSUPPORTED, "procedure"},
	{"80010000" ACCEPTED,                       0, STATION_ERROR_PROTOCOL, "of 65536 bytes"},
	{NULL,                                      0, STATION_ERROR_IO, "closed"},
};
/* clang-format on */

static void ask_map(const struct map_row *row)
{
	struct map map = {.reply = row->reply};
	struct bounds bounds = {deadline_in_s(10), NULL};
	struct peer peer;
	g_autoptr(GError) error = NULL;
	guint16 port = 0;
	peer_start(&peer, serve_map, &map);
	gboolean ok = rpc_getport("127.0.0.1", peer.port, &wanted, &port, &bounds, &error);
	peer_stop(&peer);
	g_assert_true(ok == (row->port > 0));
	if (!ok)
		assert_says(error, row->code, row->says);
	if (!ok)
		g_assert_true(g_str_has_prefix(error->message, "portmapper: "));
	else
		g_assert_cmpuint(port, ==, row->port);
	g_assert_true(map.asked);
	memset(map.call + 4, 0, 4);
	g_autofree char *hex = bytes_to_hex(map.call, sizeof map.call);
	g_assert_cmpstr(hex, ==,
	                "80000038"
	                "000000000000000000000002000186a00000000200000003"
	                "00000000000000000000000000000000"
	                "000607af000000010000000600000000");
}

static void test_getport(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(map_rows); i++)
		ask_map(&map_rows[i]);
}

/* Nobody listens there; and nobody has time. */
static void test_getport_none(void)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	struct map map = {0};
	struct peer peer;
	g_autoptr(GError) error = NULL;
	guint16 port = 0;
	peer_start(&peer, serve_map, &map);
	peer_stop(&peer);
	g_assert_false(rpc_getport("127.0.0.1", peer.port, &wanted, &port, &bounds, &error));
	assert_says(error, STATION_ERROR_IO, "portmapper: connect");
	g_clear_error(&error);
	bounds.deadline = deadline_in_s(0);
	g_assert_false(rpc_getport("127.0.0.1", peer.port, &wanted, &port, &bounds, &error));
	assert_says(error, STATION_ERROR_TIMEOUT, "portmapper: connect");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/xdr/put", test_put);
	g_test_add_func("/link/xdr/opaque", test_opaque);
	g_test_add_func("/link/rpc/records", test_records);
	g_test_add_func("/link/rpc/getport", test_getport);
	g_test_add_func("/link/rpc/getport-none", test_getport_none);
	return g_test_run();
}

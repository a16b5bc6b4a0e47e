/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "instruments/link/rpc_message.h"
#include "instruments/link/vxi11_message.h"

enum {
	RECORD_MAX = 1024,
	PIECES = 3,
	XID = 0x00000001,
	SENT = 8,
	SIZE = 64,
};

/* Puts records together from pieces of a size; gives the first, or null when there is none. */
static GByteArray *first_record(const guint8 *data, gsize len, gsize piece, gboolean *refused)
{
	struct rpc_record record;
	gsize at = 0;

	*refused = FALSE;
	rpc_record_init(&record, RECORD_MAX);
	while (at < len && !record.whole && !*refused) {
		g_autoptr(GError) error = NULL;
		gsize used = 0;

		*refused =
			!rpc_record_take(&record, data + at, MIN(piece, len - at), &used, &error);
		g_assert_true(*refused == (error != NULL));
		g_assert_cmpuint(record.body->len, <=, RECORD_MAX);
		at += used;
	}
	GByteArray *body = record.whole ? g_byte_array_ref(record.body) : NULL;
	rpc_record_done(&record);
	return body;
}

/* What failed says so, and only that. */
static void check(gboolean ok, GError **error)
{
	g_assert_true(ok == (*error == NULL));
	g_clear_error(error);
}

/* The same bytes as the results of every procedure. */
static void take_results(const struct rd *results)
{
	struct vxi11_link_made made = {0};
	struct vxi11_piece piece = {0};
	struct rd rds[6] = {*results, *results, *results, *results, *results, *results};
	GError *error = NULL;
	guint8 status = 0;
	guint16 port = 0;
	gsize taken = 0;

	check(vxi11_take_none(&rds[0], &error), &error);
	check(vxi11_take_status(&rds[1], &status, &error), &error);
	check(rpc_take_port(&rds[2], &port, &error), &error);
	gboolean ok = vxi11_take_link_made(&rds[3], &made, &error);
	g_assert_true(!ok || (made.write_max > 0 && made.write_max <= 1 << 20));
	check(ok, &error);
	ok = vxi11_take_written(&rds[4], SENT, &taken, &error);
	g_assert_true(!ok || (taken > 0 && taken <= SENT));
	check(ok, &error);
	ok = vxi11_take_piece(&rds[5], SIZE, &piece, &error);
	g_assert_true(!ok || (piece.len <= SIZE && piece.data >= results->p &&
	                      piece.data + piece.len <= results->end));
	check(ok, &error);
}

/* The same bytes as a call of ours: a request for service with a handle of zeros, or none. */
static void take_request(const GByteArray *body)
{
	static const guint8 handle[VXI11_HANDLE_LEN];
	g_autoptr(GError) error = NULL;
	guint32 xid = 0;
	gboolean ok =
		vxi11_take_request(body->data, body->len, handle, sizeof handle, &xid, &error);

	g_assert_true(ok == (error == NULL));
	g_assert_true(!ok || body->len >= 40 + 4 + sizeof handle);
}

static void take_record(const GByteArray *body)
{
	g_autoptr(GError) error = NULL;
	struct rd results;
	enum rpc_reply reply = rpc_take_reply(body->data, body->len, XID, &results, &error);

	g_assert_true((error != NULL) == (reply == RPC_REPLY_FAILED || reply == RPC_REPLY_GARBAGE));
	if (reply == RPC_REPLY_RESULTS)
		take_results(&results);
}

/* What a record says does not depend on how its bytes arrive. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gboolean refused;
	g_autoptr(GByteArray) whole = first_record(data, size, MAX(size, 1), &refused);

	for (gsize piece = 1; piece <= PIECES; piece++) {
		gboolean refused_too;
		g_autoptr(GByteArray) same = first_record(data, size, piece, &refused_too);

		g_assert_true(refused == refused_too);
		g_assert_true((same != NULL) == (whole != NULL));
		if (same)
			g_assert_cmpmem(same->data, same->len, whole->data, whole->len);
	}
	if (whole) {
		take_record(whole);
		take_request(whole);
	}
	return 0;
}

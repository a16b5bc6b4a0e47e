/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_INSTRUMENTS_LINK_VXI11_PEER_H
#define TESTS_UNIT_INSTRUMENTS_LINK_VXI11_PEER_H

#include "tests/unit/instruments_link_peer.h"
#include "tests/unit/instruments_link_vxi11_wire.h"

#include <sys/time.h>

/*
 * A VXI-11 device of its own on two ports, core and abort, that can be told to misbehave in one
 * procedure. It answers a message with the same message, so that an answer to another question is
 * seen at once; a block of `block_len` bytes when that is set.
 */

enum vxi_fault {
	VXI_FINE,
	VXI_HANG,        /* says nothing more on this connection */
	VXI_UNTIL_ABORT, /* then error 23 */
	VXI_LATE,        /* the answer comes when the next call has come, before its own */
	VXI_CLOSE,
	VXI_CUT,       /* n bytes, then closed */
	VXI_STALL,     /* n bytes, then silence; closed at the next call */
	VXI_MISPLACED, /* n bytes, and nothing more of them; later calls are answered */
	VXI_SPLIT,     /* the first n bytes by themselves */
	VXI_DRIBBLE,   /* byte by byte */
	VXI_FRAGMENT,  /* a fragment of n bytes, one of none, and one with the rest */
	VXI_SHORT,     /* a whole record of the first n bytes */
	VXI_STALE,     /* a whole answer to another call before the right one */
	VXI_XID,       /* only that to another call */
	VXI_LONG,      /* a mark that announces 2^31-1 bytes */
	VXI_ENDLESS,   /* fragments of none, far past the deadline; then closed */
	VXI_GARBAGE,   /* text where RPC should be */
	VXI_CALL,      /* a call where a reply should be */
	VXI_ERROR,     /* the device's error n */
	VXI_OPAQUE,    /* n as the length of the data that device_read gives */
	VXI_EMPTY,     /* device_read gives nothing and no END */
	VXI_TAKEN,     /* n as the number of bytes that device_write took */
	VXI_RPC,       /* row n of vxi_rpc_rows */
};

enum vxi_procedure {
	VXI_CREATE = 10,
	VXI_WRITE = 11,
	VXI_READ = 12,
	VXI_STB = 13,
	VXI_TRIGGER = 14,
	VXI_CLEAR = 15,
	VXI_LOCK = 18,
	VXI_UNLOCK = 19,
	VXI_ENABLE = 20,
	VXI_DESTROY = 23,
	VXI_INTERRUPT = 25,
	VXI_NO_INTERRUPT = 26,
};

struct vxi_device {
	struct peer core;
	struct peer abort;
	char *resource;
	/* settings */
	guint32 link;
	guint32 write_max;  /* announced */
	guint32 write_take; /* bytes taken of each write at most; 0: all */
	guint32 piece;      /* bytes given by each read at most; 0: what is asked for */
	gsize block_len;
	guint idle_polls;      /* status bytes without a request before those with one */
	enum vxi_procedure in; /* where the fault is */
	enum vxi_fault fault;
	guint32 n;
	guint skip;  /* calls of it that are fine before */
	guint times; /* the fault shows itself */
	/* what came */
	GMutex mutex;
	GCond aborted_cond;
	gboolean aborted;
	GPtrArray *calls;    /* GByteArray: records with their marks */
	GString *said;       /* "create write(6,8) read " */
	GByteArray *message; /* what was written, to be answered */
	gsize given;         /* bytes of the answer read */
	GByteArray *owed;    /* an answer that comes late */
};

static const char *const vxi_rpc_rows[] = {
	"000000010000000000000000000000000001", /* cut in the state */
	"00000001000000000000000000000000"
	"00000001", /* program unavailable */
	"00000001000000000000000000000000"
	"000000020000000100000003",
	"00000001000000000000000000000000"
	"00000003",
	"00000001000000000000000000000000"
	"00000004",
	"00000001000000000000000000000000"
	"00000005",
	"00000001000000000000000000000000"
	"00000009",
	"0000000100000001"
	"000000000000000200000002", /* RPC mismatch */
	"0000000100000001"
	"0000000100000005", /* authentication */
	"0000000100000001"
	"0000000100000063",
	"0000000100000002", /* neither */
	"00000001000000000000000000001000"
	"00000000", /* a verifier past the end */
};

/* ---- what the device does when it is fine ---- */

static void vxi_take_write(struct vxi_device *device, const guint8 *arg, GByteArray *reply)
{
	guint32 flags = vxi_word(arg + 12);
	guint32 len = vxi_word(arg + 16);
	g_string_append_printf(device->said, "(%u,%u)", len, flags);
	if (device->write_take > 0)
		len = MIN(len, device->write_take);
	if (device->given > 0)
		g_byte_array_set_size(device->message, 0);
	device->given = 0;
	g_byte_array_append(device->message, arg + 20, len);
	vxi_add(reply, 0);
	vxi_add(reply, len);
}

static GByteArray *vxi_answer(const struct vxi_device *device)
{
	GByteArray *answer = g_byte_array_new();
	if (device->block_len == 0) {
		g_byte_array_append(answer, device->message->data, device->message->len);
		return answer;
	}
	g_autofree char *head = g_strdup_printf("#9%09" G_GSIZE_FORMAT, device->block_len);
	g_byte_array_append(answer, (const guint8 *)head, 11);
	for (gsize i = 0; i < device->block_len; i++)
		g_byte_array_append(answer, &(guint8){(guint8)(i * 7 + i / 251)}, 1);
	g_byte_array_append(answer, (const guint8 *)"\n", 1);
	return answer;
}

static void vxi_give_read(struct vxi_device *device, const guint8 *arg, GByteArray *reply)
{
	g_autoptr(GByteArray) answer = vxi_answer(device);
	gsize left = answer->len - MIN(answer->len, device->given);
	gsize len = MIN(left, vxi_word(arg + 4));
	if (device->piece > 0)
		len = MIN(len, device->piece);
	gboolean nothing = left == 0; /* nobody asked */
	vxi_add(reply, nothing ? 15 : 0);
	vxi_add(reply, nothing ? 0 : len < left ? 1 : 4);
	vxi_add_data(reply, answer->data + (answer->len - left), len);
	device->given += len;
}

static void vxi_do(struct vxi_device *device, guint32 procedure, const guint8 *arg,
                   GByteArray *reply)
{
	switch (procedure) {
	case VXI_CREATE:
		vxi_add(reply, 0);
		vxi_add(reply, device->link);
		vxi_add(reply, device->abort.port);
		vxi_add(reply, device->write_max);
		return;
	case VXI_WRITE:
		vxi_take_write(device, arg, reply);
		return;
	case VXI_READ:
		vxi_give_read(device, arg, reply);
		return;
	case VXI_STB:
		vxi_add(reply, 0);
		vxi_add(reply, device->idle_polls > 0 ? 0x10 : 0x50);
		device->idle_polls -= MIN(device->idle_polls, 1);
		return;
	case VXI_CLEAR:
		g_byte_array_set_size(device->message, 0);
		device->given = 0;
		break;
	default:
		break;
	}
	vxi_add(reply, 0);
}

static const char *vxi_name(guint32 procedure)
{
	switch (procedure) {
	case VXI_CREATE:
		return "create";
	case VXI_WRITE:
		return "write";
	case VXI_READ:
		return "read";
	case VXI_STB:
		return "stb";
	case VXI_CLEAR:
		return "clear";
	case VXI_LOCK:
		return "lock";
	case VXI_UNLOCK:
		return "unlock";
	case VXI_TRIGGER:
		return "trigger";
	case VXI_ENABLE:
		return "enable";
	case VXI_DESTROY:
		return "destroy";
	case VXI_INTERRUPT:
		return "interrupt";
	case VXI_NO_INTERRUPT:
		return "no-interrupt";
	default:
		return "unknown";
	}
}

/* ---- misbehaviour ---- */

/* The answer "WRONG" as if it were to call xid. */
static void vxi_send_other(int fd, guint32 xid)
{
	g_autoptr(GByteArray) other = vxi_accepted(xid);
	vxi_add(other, 0);
	vxi_add(other, 4);
	vxi_add_data(other, (const guint8 *)"WRONG\n", 6);
	vxi_send(fd, other, 0, other->len, TRUE);
}

static void vxi_wait_abort(struct vxi_device *device)
{
	gint64 end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
	g_mutex_lock(&device->mutex);
	while (!device->aborted && g_cond_wait_until(&device->aborted_cond, &device->mutex, end_us))
		;
	device->aborted = FALSE;
	g_mutex_unlock(&device->mutex);
}

static void vxi_send_rpc(int fd, guint32 xid, guint32 row)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	const char *hex = vxi_rpc_rows[row];
	vxi_add(reply, xid);
	for (gsize i = 0; hex[i] && hex[i + 1]; i += 2) {
		guint8 byte = (guint8)(g_ascii_xdigit_value(hex[i]) << 4 |
		                       g_ascii_xdigit_value(hex[i + 1]));
		g_byte_array_append(reply, &byte, 1);
	}
	vxi_send(fd, reply, 0, reply->len, TRUE);
}

/* Replies that are other than whole and at once. FALSE: the connection is to be closed. */
static gboolean vxi_send_torn(const struct vxi_device *device, int fd, const GByteArray *reply)
{
	g_autoptr(GByteArray) wire = g_byte_array_new();
	gsize n = MIN(device->n, reply->len);
	vxi_add(wire, 0x80000000u | reply->len);
	g_byte_array_append(wire, reply->data, reply->len);
	gsize wire_n = MIN(device->n, wire->len);
	switch (device->fault) {
	case VXI_FRAGMENT:
		vxi_send(fd, reply, 0, n, FALSE);
		vxi_send(fd, reply, n, n, FALSE);
		vxi_send(fd, reply, n, reply->len, TRUE);
		return TRUE;
	case VXI_SHORT:
		vxi_send(fd, reply, 0, n, TRUE);
		return TRUE;
	case VXI_DRIBBLE:
		for (gsize i = 0; i < wire->len; i++)
			peer_send(fd, wire->data + i, 1);
		return TRUE;
	case VXI_SPLIT:
		peer_send(fd, wire->data, wire_n);
		g_usleep(200);
		peer_send(fd, wire->data + wire_n, wire->len - wire_n);
		return TRUE;
	case VXI_STALL:
		peer_send(fd, wire->data, wire_n);
		recv(fd, &(char){0}, 1, 0);
		return FALSE;
	case VXI_MISPLACED:
		peer_send(fd, wire->data, wire_n);
		return TRUE;
	default:
		peer_send(fd, wire->data, wire_n);
		return FALSE;
	}
}

/* For so long that the client has given up, whether it takes them or not. */
static void vxi_send_endless(int fd)
{
	static const guint8 marks[4096];
	const struct timeval limit = {.tv_usec = 100000};
	gint64 end_us = g_get_monotonic_time() + 2 * limit.tv_usec;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	while (g_get_monotonic_time() < end_us &&
	       send(fd, marks, sizeof marks, MSG_NOSIGNAL) == (ssize_t)sizeof marks)
		;
}

/* Replies with other contents; FALSE as above. */
static gboolean vxi_send_wrong(struct vxi_device *device, int fd, guint32 xid)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	g_autoptr(GByteArray) reply = vxi_accepted(xid);
	switch (device->fault) {
	case VXI_XID:
		vxi_send_other(fd, xid - 1);
		return TRUE;
	case VXI_LONG:
		peer_send(fd, "\xff\xff\xff\xff", 4);
		return TRUE;
	case VXI_ENDLESS:
		vxi_send_endless(fd);
		return FALSE;
	case VXI_GARBAGE:
		peer_send(fd, text, sizeof text - 1);
		return TRUE;
	case VXI_CALL:
		reply->data[7] = 0;
		break;
	case VXI_RPC:
		vxi_send_rpc(fd, xid, device->n);
		return TRUE;
	case VXI_UNTIL_ABORT:
		vxi_wait_abort(device);
		vxi_add(reply, 23);
		break;
	case VXI_EMPTY:
		vxi_add(reply, 0);
		vxi_add(reply, 0);
		vxi_add(reply, 0);
		break;
	case VXI_TAKEN:
		vxi_add(reply, 0);
		vxi_add(reply, device->n);
		break;
	case VXI_OPAQUE:
		vxi_add(reply, 0);
		vxi_add(reply, 4);
		vxi_add(reply, device->n);
		vxi_add(reply, 0x31323334);
		break;
	default: /* VXI_ERROR, with what stands behind an error */
		vxi_add(reply, device->n);
		for (int i = 0; i < 3; i++)
			vxi_add(reply, 4);
		g_byte_array_append(reply, (const guint8 *)"9.9\n", 4);
		break;
	}
	vxi_send(fd, reply, 0, reply->len, TRUE);
	return TRUE;
}

static gboolean vxi_misbehave(struct vxi_device *device, int fd, guint32 xid, GByteArray *reply)
{
	switch (device->fault) {
	case VXI_HANG:
		peer_hold(fd);
		return FALSE;
	case VXI_CLOSE:
		return FALSE;
	case VXI_LATE:
		device->owed = g_byte_array_ref(reply);
		return TRUE;
	case VXI_STALE:
		vxi_send_other(fd, xid - 1);
		vxi_send(fd, reply, 0, reply->len, TRUE);
		return TRUE;
	case VXI_CUT:
	case VXI_STALL:
	case VXI_MISPLACED:
	case VXI_SPLIT:
	case VXI_DRIBBLE:
	case VXI_FRAGMENT:
	case VXI_SHORT:
		return vxi_send_torn(device, fd, reply);
	default:
		return vxi_send_wrong(device, fd, xid);
	}
}

/* ---- serving ---- */

static gboolean vxi_one_call(struct vxi_device *device, int fd, const GByteArray *call)
{
	const guint8 *at = call->data + 4;
	guint32 xid = vxi_word(at);
	guint32 procedure = vxi_word(at + 20);
	g_autoptr(GByteArray) reply = vxi_accepted(xid);
	g_mutex_lock(&device->mutex);
	g_ptr_array_add(device->calls, g_byte_array_ref((GByteArray *)call));
	g_string_append(device->said, vxi_name(procedure));
	gboolean there = procedure == (guint32)device->in;
	gboolean bad = there && device->skip == 0 && device->times > 0;
	if (there && device->skip > 0)
		device->skip--;
	if (bad)
		device->times--;
	if (!bad || device->fault != VXI_EMPTY)
		vxi_do(device, procedure, at + 40, reply);
	g_string_append_c(device->said, ' ');
	g_mutex_unlock(&device->mutex);
	if (device->owed)
		vxi_send(fd, device->owed, 0, device->owed->len, TRUE);
	g_clear_pointer(&device->owed, g_byte_array_unref);
	if (bad)
		return vxi_misbehave(device, fd, xid, reply);
	vxi_send(fd, reply, 0, reply->len, TRUE);
	return TRUE;
}

static void vxi_serve(int fd, int connection, gpointer data)
{
	struct vxi_device *device = data;
	for (gboolean open = TRUE; open;) {
		g_autoptr(GByteArray) call = vxi_record(fd);
		open = call && vxi_one_call(device, fd, call);
	}
	g_clear_pointer(&device->owed, g_byte_array_unref);
}

static void vxi_serve_abort(int fd, int connection, gpointer data)
{
	struct vxi_device *device = data;
	g_autoptr(GByteArray) call = vxi_record(fd);
	if (!call)
		return;
	g_autoptr(GByteArray) reply = vxi_accepted(vxi_word(call->data + 4));
	vxi_add(reply, 0);
	g_mutex_lock(&device->mutex);
	g_ptr_array_add(device->calls, g_byte_array_ref(call));
	g_string_append(device->said, "abort ");
	device->aborted = TRUE;
	g_cond_signal(&device->aborted_cond);
	g_mutex_unlock(&device->mutex);
	vxi_send(fd, reply, 0, reply->len, TRUE);
	peer_hold(fd);
}

/* The settings in device are kept; all else is made. */
static void vxi_start(struct vxi_device *device)
{
	g_mutex_init(&device->mutex);
	g_cond_init(&device->aborted_cond);
	device->calls = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
	device->said = g_string_new(NULL);
	device->message = g_byte_array_new();
	if (device->write_max == 0)
		device->write_max = 1024;
	peer_start(&device->abort, vxi_serve_abort, device);
	peer_start(&device->core, vxi_serve, device);
	device->resource = g_strdup_printf("TCPIP::127.0.0.1::inst0@%u::INSTR", device->core.port);
}

/* What was called, in order; nobody may be calling. Free with g_free. */
G_GNUC_UNUSED static char *vxi_said(struct vxi_device *device)
{
	g_mutex_lock(&device->mutex);
	char *said = g_strdup(device->said->str);
	g_mutex_unlock(&device->mutex);
	return said;
}

/* From now on the fault shows itself `times`. */
G_GNUC_UNUSED static void vxi_spoil(struct vxi_device *device, enum vxi_procedure in,
                                    enum vxi_fault fault, guint32 n, guint times)
{
	g_mutex_lock(&device->mutex);
	device->in = in;
	device->fault = fault;
	device->n = n;
	device->times = times;
	g_mutex_unlock(&device->mutex);
}

/* The links to it must be closed. */
static void vxi_stop(struct vxi_device *device)
{
	peer_stop(&device->core);
	peer_stop(&device->abort);
	g_ptr_array_unref(device->calls);
	g_string_free(device->said, TRUE);
	g_byte_array_unref(device->message);
	g_mutex_clear(&device->mutex);
	g_cond_clear(&device->aborted_cond);
	g_free(device->resource);
}

#endif

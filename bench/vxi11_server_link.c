/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/vxi11_server_link.h"

#include "bench/device_lock.h"
#include "bench/vxi11_server_interrupt.h"

#define READ_MAX   (1u << 20) /* a read gives no more at a time, whatever is asked for */
#define HANDLE_MAX 40

/* Why a read has ended (VXI-11, B.6.4). */
enum reason { REASON_COUNT = 1, REASON_TERM = 2, REASON_END = 4 };

static void abort_link(GCancellable *stop, gpointer abort)
{
	g_cancellable_cancel(abort);
}

/* In the device's thread: a request for service has begun. */
static void tell_request(void *data)
{
	struct vxi11_link *link = data;

	g_mutex_lock(&link->lock);
	if (link->tells)
		vxi11_interrupt_tell(link->interrupt, link->handle->data, link->handle->len);
	g_mutex_unlock(&link->lock);
}

struct vxi11_link *vxi11_link_new(const struct bus_device *device, guint32 id,
                                  struct vxi11_interrupt *interrupt, GCancellable *stop)
{
	struct vxi11_link *link = g_new0(struct vxi11_link, 1);

	link->id = id;
	link->device = device;
	link->interrupt = interrupt;
	link->handle = g_byte_array_new();
	g_mutex_init(&link->lock);
	link->talker = talker_new(device, tell_request, link);
	link->abort = g_cancellable_new();
	link->stop = stop;
	link->chained = g_cancellable_connect(stop, G_CALLBACK(abort_link),
	                                      g_object_ref(link->abort), g_object_unref);
	return link;
}

void vxi11_link_free(struct vxi11_link *link)
{
	g_cancellable_disconnect(link->stop, link->chained);
	device_lock_drop(link->device->lock, link);
	talker_free(link->talker);
	g_object_unref(link->abort);
	g_byte_array_unref(link->handle);
	g_mutex_clear(&link->lock);
	g_free(link);
}

enum vxi11_error vxi11_link_lock(struct vxi11_link *link, gboolean wait, guint32 wait_ms)
{
	enum lock_answer got =
		device_lock_take(link->device->lock, link, NULL, wait ? wait_ms : 0, link->abort);
	if (got == LOCK_FAILED && g_cancellable_is_cancelled(link->abort))
		return VXI11_ABORTED;
	return got == LOCK_DONE ? VXI11_OK : VXI11_LOCKED;
}

/* What locks say about an operation. */
static enum vxi11_error admit(struct vxi11_link *link, guint32 flags, guint32 lock_ms)
{
	if (device_lock_admit(link->device->lock, link, flags & VXI11_WAIT_LOCK ? lock_ms : 0,
	                      link->abort))
		return VXI11_OK;
	return g_cancellable_is_cancelled(link->abort) ? VXI11_ABORTED : VXI11_LOCKED;
}

static enum rpc_status put_error(struct rpc_call *call, enum vxi11_error code)
{
	rpc_put_u32(call->results, code);
	return RPC_SUCCESS;
}

/* device_write */
static enum rpc_status run_write(struct vxi11_link *link, struct rpc_call *call)
{
	struct rd *from = &call->arguments;
	gsize len = 0;

	rd_be32(from); /* io_timeout: taking bytes is no wait */
	guint32 lock_ms = rd_be32(from);
	guint32 flags = rd_be32(from);
	const guint8 *data = rpc_take_opaque(from, &len);
	if (!data)
		return RPC_GARBAGE_ARGUMENTS;
	enum vxi11_error code = admit(link, flags, lock_ms);
	if (code == VXI11_OK &&
	    !talker_listen(link->talker, data, len, (flags & VXI11_END) != 0, FALSE))
		code = VXI11_PARAMETER;
	rpc_put_u32(call->results, code);
	rpc_put_u32(call->results, code == VXI11_OK ? (guint32)len : 0);
	return RPC_SUCCESS;
}

static enum vxi11_error read_error(enum talk talk)
{
	return talk == TALK_LATE ? VXI11_TIMEOUT : talk == TALK_STOPPED ? VXI11_ABORTED : VXI11_OK;
}

static guint32 read_reason(enum talk talk, gsize len, guint32 size)
{
	guint32 reason = talk == TALK_END ? REASON_END : talk == TALK_TERM ? REASON_TERM : 0;

	return len > 0 && len == size ? reason | REASON_COUNT : reason;
}

/* device_read */
static enum rpc_status run_read(struct vxi11_link *link, struct rpc_call *call)
{
	struct rd *from = &call->arguments;
	g_autoptr(GByteArray) data = g_byte_array_new();

	guint32 size = rd_be32(from);
	guint32 io_ms = rd_be32(from);
	guint32 lock_ms = rd_be32(from);
	guint32 flags = rd_be32(from);
	guint32 term = rd_be32(from);
	if (from->bad)
		return RPC_GARBAGE_ARGUMENTS;
	enum talk talk = TALK_LATE;
	enum vxi11_error code = admit(link, flags, lock_ms);
	if (code == VXI11_OK) {
		talk = talker_talk(link->talker, MIN(size, READ_MAX),
		                   flags & VXI11_TERM_SET ? (int)(term & 0xFF) : -1,
		                   g_get_monotonic_time() + (gint64)io_ms * 1000, link->abort,
		                   data);
		code = read_error(talk);
	}
	if (talk == TALK_DISCONNECT)
		return RPC_DISCONNECT;
	rpc_put_u32(call->results, code);
	rpc_put_u32(call->results, read_reason(talk, data->len, size));
	rpc_put_opaque(call->results, data->data, data->len);
	return RPC_SUCCESS;
}

/* The operations with Device_GenericParms. */
static enum rpc_status run_generic(struct vxi11_link *link, struct rpc_call *call)
{
	struct rd *from = &call->arguments;
	guint32 flags = rd_be32(from);
	guint32 lock_ms = rd_be32(from);
	guint8 byte = 0;

	rd_be32(from); /* io_timeout */
	if (from->bad)
		return RPC_GARBAGE_ARGUMENTS;
	enum vxi11_error code = admit(link, flags, lock_ms);
	if (code == VXI11_OK) {
		switch (call->procedure) {
		case VXI11_READSTB:
			byte = talker_poll(link->talker);
			break;
		case VXI11_TRIGGER:
			talker_listen(link->talker, "*TRG\n", 5, TRUE, FALSE);
			break;
		case VXI11_CLEAR:
			talker_clear(link->talker);
			break;
		default:
			break; /* remote and local: nothing here has a front panel */
		}
	}
	put_error(call, code);
	if (call->procedure == VXI11_READSTB)
		rpc_put_u32(call->results, byte);
	return RPC_SUCCESS;
}

/* device_lock */
static enum rpc_status run_lock(struct vxi11_link *link, struct rpc_call *call)
{
	guint32 flags = rd_be32(&call->arguments);
	guint32 lock_ms = rd_be32(&call->arguments);

	if (call->arguments.bad)
		return RPC_GARBAGE_ARGUMENTS;
	return put_error(call, vxi11_link_lock(link, flags & VXI11_WAIT_LOCK, lock_ms));
}

static enum rpc_status run_unlock(struct vxi11_link *link, struct rpc_call *call)
{
	return put_error(call, device_lock_release(link->device->lock, link) == LOCK_DONE
	                               ? VXI11_OK
	                               : VXI11_NO_LOCK);
}

static enum rpc_status run_enable_srq(struct vxi11_link *link, struct rpc_call *call)
{
	gsize len = 0;
	gboolean on = rd_be32(&call->arguments) != 0;
	const guint8 *handle = rpc_take_opaque(&call->arguments, &len);

	if (!handle || len > HANDLE_MAX)
		return RPC_GARBAGE_ARGUMENTS;
	g_mutex_lock(&link->lock);
	link->tells = on;
	g_byte_array_set_size(link->handle, 0);
	g_byte_array_append(link->handle, handle, (guint)len);
	g_mutex_unlock(&link->lock);
	return put_error(call, VXI11_OK);
}

static enum rpc_status run_docmd(struct vxi11_link *link, struct rpc_call *call)
{
	put_error(call, VXI11_NOT_SUPPORTED);
	rpc_put_opaque(call->results, "", 0);
	return RPC_SUCCESS;
}

static const struct {
	guint32 procedure;
	enum rpc_status (*run)(struct vxi11_link *link, struct rpc_call *call);
	guint words; /* of the results behind the error */
} operations[] = {
	{VXI11_WRITE, run_write, 1},     {VXI11_READ, run_read, 2},
	{VXI11_READSTB, run_generic, 1}, {VXI11_TRIGGER, run_generic, 0},
	{VXI11_CLEAR, run_generic, 0},   {VXI11_REMOTE, run_generic, 0},
	{VXI11_LOCAL, run_generic, 0},   {VXI11_LOCK, run_lock, 0},
	{VXI11_UNLOCK, run_unlock, 0},   {VXI11_ENABLE_SRQ, run_enable_srq, 0},
	{VXI11_DOCMD, run_docmd, 1},
};

static int find(guint32 procedure)
{
	for (guint i = 0; i < G_N_ELEMENTS(operations); i++) {
		if (operations[i].procedure == procedure)
			return (int)i;
	}
	return -1;
}

gboolean vxi11_is_link_call(guint32 procedure)
{
	return find(procedure) >= 0;
}

enum rpc_status vxi11_link_call(struct vxi11_link *link, struct rpc_call *call)
{
	int i = find(call->procedure);

	if (i < 0)
		return RPC_PROCEDURE_UNAVAILABLE;
	if (!g_cancellable_is_cancelled(link->stop))
		g_cancellable_reset(link->abort);
	return operations[i].run(link, call);
}

enum rpc_status vxi11_no_link(struct rpc_call *call)
{
	int i = find(call->procedure);

	put_error(call, VXI11_INVALID_LINK);
	for (guint word = 0; i >= 0 && word < operations[i].words; word++)
		rpc_put_u32(call->results, 0);
	return RPC_SUCCESS;
}

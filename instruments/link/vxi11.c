/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/vxi11.h"

#include "base/error.h"
#include "instruments/link/frame.h"
#include "instruments/link/rpc.h"
#include "instruments/link/service.h"
#include "instruments/link/vxi11_interrupt.h"
#include "instruments/link/vxi11_message.h"

#include <string.h>
#include <unistd.h>

enum {
	READ_SIZE = 256 * 1024,
	REPLY_MAX = READ_SIZE + 1024, /* with RPC's header and that of the results */
	IDLE_MAX = 8,                 /* pieces without a byte, one after the other */
};

static const double margin_s = 1; /* the device's own timeout comes so much before ours */
static const double margin_share = 0.25;
static const double abort_s = 0.5;
static const double clear_s = 5;
static const double close_s = 0.25;

struct vxi11_link {
	struct link link;
	char *host;
	char *device;
	guint16 port; /* 0: the portmapper knows */
	struct rpc core;
	struct vxi11_link_made made;
	struct vxi11_interrupt interrupt;
	gboolean locked;
	gboolean lock_open;  /* asked for the lock or its end, and not waited for the answer */
	GByteArray *pending; /* of the last message, after the end that its bytes have */
};

static struct vxi11_link *vxi11_of(struct link *link)
{
	return (struct vxi11_link *)link;
}

/* ---- calls ---- */

/* How long the device may take, so that it still can tell us. */
static guint32 device_ms(const struct bounds *bounds)
{
	double left_s = deadline_left_s(bounds->deadline);
	double ms = (left_s - MIN(margin_s, left_s * margin_share)) * 1e3;
	return (guint32)CLAMP(ms, 1, G_MAXINT32);
}

static GByteArray *begin(struct vxi11_link *vxi11, enum vxi11_procedure procedure)
{
	return rpc_begin(&vxi11->core, procedure);
}

/* A call whose only result is whether it failed. */
static gboolean call_plain(struct vxi11_link *vxi11, const char *what, const struct bounds *bounds,
                           GError **error)
{
	struct rd results;
	if (rpc_call(&vxi11->core, &results, NULL, bounds, error) &&
	    vxi11_take_none(&results, error))
		return TRUE;
	g_prefix_error(error, "%s: ", what);
	return FALSE;
}

/* ---- the lock ---- */

/* A lock that nobody waited for may have been given since: it is given back. */
static gboolean settle_lock(struct vxi11_link *vxi11, const struct bounds *bounds, GError **error)
{
	if (!vxi11->lock_open)
		return TRUE;
	g_autoptr(GError) cause = NULL;
	vxi11_put_link(begin(vxi11, VXI11_DEVICE_UNLOCK), vxi11->made.link);
	/* whatever the device answers, usually that there was none, it has heard us */
	if (!call_plain(vxi11, "device_unlock", bounds, &cause) &&
	    (vxi11->core.pending || !rpc_connected(&vxi11->core))) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return FALSE;
	}
	vxi11->lock_open = FALSE;
	return TRUE;
}

static gboolean take_lock(struct vxi11_link *vxi11, const struct bounds *bounds, GError **error)
{
	vxi11_put_lock(begin(vxi11, VXI11_DEVICE_LOCK), vxi11->made.link, VXI11_WAITLOCK,
	               device_ms(bounds));
	if (call_plain(vxi11, "device_lock", bounds, error))
		return TRUE;
	vxi11->lock_open = vxi11->core.pending;
	return FALSE;
}

static gboolean vxi11_lock(struct link *link, const struct bounds *bounds, GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	if (!settle_lock(vxi11, bounds, error) || !take_lock(vxi11, bounds, error))
		return FALSE;
	vxi11->locked = TRUE;
	return TRUE;
}

static gboolean vxi11_unlock(struct link *link, const struct bounds *bounds, GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	vxi11->locked = FALSE;
	vxi11_put_link(begin(vxi11, VXI11_DEVICE_UNLOCK), vxi11->made.link);
	if (call_plain(vxi11, "device_unlock", bounds, error))
		return TRUE;
	vxi11->lock_open = vxi11->core.pending;
	return FALSE;
}

/* ---- connecting ---- */

static void disconnect(struct vxi11_link *vxi11)
{
	vxi11_interrupt_close(&vxi11->interrupt);
	rpc_disconnect(&vxi11->core);
	vxi11->lock_open = FALSE;
}

static gboolean create_link(struct vxi11_link *vxi11, const struct bounds *bounds, GError **error)
{
	struct rd results;
	vxi11_put_create_link(begin(vxi11, VXI11_CREATE_LINK), (guint32)getpid(), vxi11->device);
	if (rpc_call(&vxi11->core, &results, NULL, bounds, error) &&
	    vxi11_take_link_made(&results, &vxi11->made, error))
		return TRUE;
	g_prefix_error(error, "create_link: ");
	return FALSE;
}

static gboolean connect_link(struct vxi11_link *vxi11, const struct bounds *bounds, GError **error)
{
	guint16 port = vxi11->port;
	disconnect(vxi11);
	if (port == 0 &&
	    !rpc_getport(vxi11->host, RPC_PORTMAPPER_PORT, &vxi11_core, &port, bounds, error))
		return FALSE;
	if (rpc_connect(&vxi11->core, vxi11->host, port, bounds, error) &&
	    create_link(vxi11, bounds, error) &&
	    (!vxi11->locked || take_lock(vxi11, bounds, error)))
		return TRUE;
	disconnect(vxi11);
	return FALSE;
}

/* ---- reading ---- */

/* A message on its way in. */
struct reading {
	struct link_frame frame;
	struct frame_scan scan;
	GByteArray *reply;
	gsize received;
	guint idle;
	gint64 start_us;
};

static gboolean read_piece(struct vxi11_link *vxi11, const struct reading *reading,
                           struct vxi11_piece *piece, const struct bounds *bounds, GError **error)
{
	const struct rpc_patience patience = {
		.silence_s = reading->frame.stall_s,
		.silence_first = reading->received > 0,
	};
	struct bounds device = *bounds;
	struct rd results;
	if (patience.silence_first && patience.silence_s > 0)
		device = bounds_within(bounds, patience.silence_s);
	vxi11_put_read(begin(vxi11, VXI11_DEVICE_READ), vxi11->made.link, READ_SIZE,
	               device_ms(&device));
	if (rpc_call(&vxi11->core, &results, &patience, bounds, error) &&
	    vxi11_take_piece(&results, READ_SIZE, piece, error))
		return TRUE;
	g_prefix_error(error, "device_read: ");
	return FALSE;
}

/* How far the answer came, in front of a cause that is a timeout. */
static void tell_silence(const struct reading *reading, GError **cause)
{
	double waited_s = (double)(g_get_monotonic_time() - reading->start_us) * 1e-6;
	char waited[G_ASCII_DTOSTR_BUF_SIZE];
	g_ascii_formatd(waited, sizeof waited, "%.3f", waited_s);
	if (reading->received == 0) {
		g_prefix_error(cause, "no answer in %s s: ", waited);
		return;
	}
	g_autofree char *where = frame_scan_where(&reading->scan);
	g_prefix_error(cause, "the answer stopped after %" G_GSIZE_FORMAT " bytes, %s: ",
	               reading->received, where);
}

static gboolean check_piece(struct reading *reading, const struct vxi11_piece *piece,
                            GError **error)
{
	reading->received += piece->len;
	reading->idle = piece->len > 0 ? 0 : reading->idle + 1;
	if (piece->end || reading->idle < IDLE_MAX)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL, "device_read: neither bytes nor an end");
	return FALSE;
}

/* What stands behind the message's own end, up to END, is kept for the next read. */
static gboolean keep_rest(struct vxi11_link *vxi11, const struct reading *reading,
                          const guint8 *rest, gsize len, GError **error)
{
	if (len > reading->frame.max_len || vxi11->pending->len > reading->frame.max_len - len) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "more than the %" G_GSIZE_FORMAT
		                  " bytes allowed behind the answer",
		                  reading->frame.max_len);
		return FALSE;
	}
	g_byte_array_append(vxi11->pending, rest, (guint)len);
	return TRUE;
}

/* Some firmware fills a message up with these. */
static void drop_filling(GByteArray *pending)
{
	for (guint i = 0; i < pending->len; i++)
		if (!memchr("\0 \r\n", pending->data[i], 4))
			return;
	g_byte_array_set_size(pending, 0);
}

static gboolean read_message(struct vxi11_link *vxi11, struct reading *reading,
                             const struct bounds *bounds, GError **error)
{
	struct vxi11_piece piece = {0};
	while (!piece.end) {
		gsize used = 0;
		if (!read_piece(vxi11, reading, &piece, bounds, error) ||
		    !check_piece(reading, &piece, error) ||
		    !frame_scan_take(&reading->scan, piece.data, piece.len, &used, reading->reply,
		                     error) ||
		    !keep_rest(vxi11, reading, piece.data + used, piece.len - used, error))
			return FALSE;
	}
	drop_filling(vxi11->pending);
	return frame_scan_finish(&reading->scan, reading->reply, error);
}

/* A message out of what stood behind the one before: its END has come already. */
static gboolean read_pending(struct vxi11_link *vxi11, struct reading *reading, GError **error)
{
	GByteArray *pending = vxi11->pending;
	gsize used = 0;
	if (!frame_scan_take(&reading->scan, pending->data, pending->len, &used, reading->reply,
	                     error))
		return FALSE;
	g_byte_array_remove_range(pending, 0, (guint)used);
	return frame_scan_finish(&reading->scan, reading->reply, error);
}

static gboolean vxi11_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                           const struct bounds *bounds, GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	struct reading reading = {
		.frame = *frame,
		.reply = reply,
		.start_us = g_get_monotonic_time(),
	};
	GError *cause = NULL;
	reading.frame.marked = TRUE;
	frame_scan_init(&reading.scan, &reading.frame);
	if (vxi11->pending->len > 0 ? read_pending(vxi11, &reading, &cause)
	                            : read_message(vxi11, &reading, bounds, &cause))
		return TRUE;
	g_byte_array_set_size(vxi11->pending, 0);
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT))
		tell_silence(&reading, &cause);
	g_propagate_error(error, cause);
	return FALSE;
}

static gsize vxi11_unread(struct link *link)
{
	return vxi11_of(link)->pending->len;
}

static gboolean vxi11_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                  GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	struct rd results;
	vxi11_put_generic(begin(vxi11, VXI11_DEVICE_READSTB), vxi11->made.link, device_ms(bounds));
	if (rpc_call(&vxi11->core, &results, NULL, bounds, error) &&
	    vxi11_take_status(&results, status, error))
		return TRUE;
	g_prefix_error(error, "device_readstb: ");
	return FALSE;
}

static gboolean vxi11_news(struct link *link, struct service_pace *pace,
                           const struct bounds *bounds, GError **error)
{
	struct vxi11_interrupt *interrupt = &vxi11_of(link)->interrupt;
	return interrupt->state == VXI11_INTERRUPT_OPEN
	               ? vxi11_interrupt_look(interrupt, bounds, error)
	               : service_pause(pace, bounds, error);
}

static gboolean vxi11_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                                    GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	return vxi11_interrupt_open(&vxi11->interrupt, &vxi11->core, vxi11->made.link, bounds,
	                            error) &&
	       service_await(link, vxi11_news, status, bounds, error);
}

/* ---- recovery ---- */

/* Whether it helps shows in what comes after; some servers never answer there. */
static void abort_operation(struct vxi11_link *vxi11, const struct bounds *bounds)
{
	struct bounds own =
		bounds_within(bounds, MIN(abort_s, deadline_left_s(bounds->deadline) / 2));
	struct rpc channel;
	struct rd results;
	if (vxi11->made.abort_port == 0)
		return;
	rpc_init(&channel, &vxi11_async, REPLY_MAX);
	vxi11_put_link(rpc_begin(&channel, VXI11_DEVICE_ABORT), vxi11->made.link);
	if (rpc_connect(&channel, vxi11->host, vxi11->made.abort_port, &own, NULL))
		rpc_call(&channel, &results, NULL, &own, NULL);
	rpc_done(&channel);
}

static gboolean clear_device(struct vxi11_link *vxi11, const struct bounds *bounds, GError **error)
{
	vxi11_put_generic(begin(vxi11, VXI11_DEVICE_CLEAR), vxi11->made.link, device_ms(bounds));
	return call_plain(vxi11, "device_clear", bounds, error);
}

/* With half of the time, for the other way takes some too. */
static gboolean clear_in_place(struct vxi11_link *vxi11, const struct bounds *bounds,
                               GError **error)
{
	struct bounds half =
		bounds_within(bounds, MIN(clear_s, deadline_left_s(bounds->deadline) / 2));
	if (vxi11->core.pending)
		abort_operation(vxi11, &half);
	return clear_device(vxi11, &half, error) && settle_lock(vxi11, &half, error);
}

/* What the device has for the link that is gone it may keep for the next one. */
static gboolean clear_anew(struct vxi11_link *vxi11, const struct bounds *bounds, GError **error)
{
	g_autoptr(GError) cause = NULL;
	if (!connect_link(vxi11, bounds, error))
		return FALSE;
	if (clear_device(vxi11, bounds, &cause) ||
	    g_error_matches(cause, STATION_ERROR, STATION_ERROR_UNSUPPORTED))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&cause));
	return FALSE;
}

static gboolean vxi11_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	g_autoptr(GError) cause = NULL;
	g_byte_array_set_size(vxi11->pending, 0);
	if (!bounds_check(bounds, "clear", error))
		return FALSE;
	if (rpc_connected(&vxi11->core)) {
		if (clear_in_place(vxi11, bounds, &cause))
			return TRUE;
		if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_REFUSED) ||
		    g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED)) {
			g_propagate_error(error, g_steal_pointer(&cause));
			return FALSE;
		}
	}
	return clear_anew(vxi11, bounds, error);
}

/* ---- writing ---- */

static gboolean write_piece(struct vxi11_link *vxi11, const guint8 *data, gsize len, gboolean last,
                            gsize *taken, const struct bounds *bounds, GError **error)
{
	struct rd results;
	vxi11_put_write(begin(vxi11, VXI11_DEVICE_WRITE), vxi11->made.link, device_ms(bounds),
	                last ? VXI11_END : 0, data, len);
	if (rpc_call(&vxi11->core, &results, NULL, bounds, error) &&
	    vxi11_take_written(&results, len, taken, error))
		return TRUE;
	g_prefix_error(error, "device_write: ");
	return FALSE;
}

/* A status byte or a lock that was given up leaves what a question must not meet. */
static gboolean settle(struct vxi11_link *vxi11, const struct bounds *bounds, GError **error)
{
	if ((!rpc_connected(&vxi11->core) || vxi11->core.pending) &&
	    !vxi11_clear(&vxi11->link, bounds, error))
		return FALSE;
	return settle_lock(vxi11, bounds, error);
}

static gboolean vxi11_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	if (!settle(vxi11, bounds, error))
		return FALSE;
	vxi11_put_generic(begin(vxi11, VXI11_DEVICE_TRIGGER), vxi11->made.link, device_ms(bounds));
	return call_plain(vxi11, "device_trigger", bounds, error);
}

static gboolean vxi11_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                            const struct bounds *bounds, GError **error)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	gsize sent = 0;
	if (!settle(vxi11, bounds, error))
		return FALSE;
	do {
		gsize piece = MIN(vxi11->made.write_max, len - sent);
		gsize taken = 0;
		if (!write_piece(vxi11, data + sent, piece, sent + piece == len, &taken, bounds,
		                 error))
			return FALSE;
		sent += taken;
	} while (sent < len);
	return TRUE;
}

/* ---- closing and opening ---- */

static void vxi11_close(struct link *link)
{
	struct vxi11_link *vxi11 = vxi11_of(link);
	struct bounds bounds = {deadline_in_s(close_s), NULL};
	if (vxi11->interrupt.state == VXI11_INTERRUPT_OPEN) {
		begin(vxi11, VXI11_DESTROY_INTR_CHAN);
		call_plain(vxi11, "destroy_intr_chan", &bounds, NULL);
	}
	if (rpc_connected(&vxi11->core)) {
		vxi11_put_link(begin(vxi11, VXI11_DESTROY_LINK), vxi11->made.link);
		call_plain(vxi11, "destroy_link", &bounds, NULL);
	}
	vxi11_interrupt_done(&vxi11->interrupt);
	rpc_done(&vxi11->core);
	g_byte_array_unref(vxi11->pending);
	g_free(vxi11->host);
	g_free(vxi11->device);
	link_done(link);
	g_free(vxi11);
}

static const struct link_ops vxi11_ops = {
	.name = "vxi11",
	.write = vxi11_write,
	.read = vxi11_read,
	.clear = vxi11_clear,
	.unread = vxi11_unread,
	.status_byte = vxi11_status_byte,
	.trigger = vxi11_trigger,
	.await_service = vxi11_await_service,
	.lock = vxi11_lock,
	.unlock = vxi11_unlock,
	.close = vxi11_close,
};

struct link *vxi11_open(const struct resource *resource, const struct link_settings *settings,
                        const struct bounds *bounds, GError **error)
{
	struct vxi11_link *vxi11 = g_new0(struct vxi11_link, 1);
	link_init(&vxi11->link, &vxi11_ops, resource->bottom, settings);
	vxi11->host = g_strdup(resource->host);
	vxi11->device = g_strdup(resource->name);
	vxi11->port = resource->port;
	vxi11->pending = g_byte_array_new();
	rpc_init(&vxi11->core, &vxi11_core, REPLY_MAX);
	vxi11_interrupt_init(&vxi11->interrupt);
	if (!connect_link(vxi11, bounds, error)) {
		vxi11_close(&vxi11->link);
		return NULL;
	}
	return &vxi11->link;
}

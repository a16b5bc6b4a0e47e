/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc.h"

#include "base/error.h"
#include "instruments/link/frame.h"
#include "instruments/link/service.h"
#include "instruments/link/usbtmc_find.h"
#include "instruments/link/usbtmc_message.h"
#include "instruments/link/usbtmc_quirks.h"
#include "instruments/link/usbtmc_recovery.h"
#include "instruments/link/usbtmc_status.h"

#include <string.h>

enum {
	TRANSFER_MAX = 1 << 20, /* of a message, in one transfer */
	REQUEST_MIN = 1024,
	EMPTY_MAX = 2, /* empty transfers before an answer: late ends, and a quirk */
	END_MAX = 2,   /* bytes of a read_end */
};

/* How long the empty packet after a full last one is waited for: some firmware sends none. */
static const double end_packet_s = 0.02;
/* How long giving back the front panel may take. */
static const double courtesy_s = 0.2;

struct usbtmc_link {
	struct link link;
	struct usbtmc_device device;
	const struct usbtmc_quirks *quirks;
	struct usbtmc_capabilities capabilities;
	struct usbtmc_address address;
	char *serial;
	guint8 tag;
	struct usbtmc_status_pipe status;
	struct usbtmc_open_tags open;
	gboolean remote;     /* REN was sent */
	GByteArray *pending; /* of a message that is here up to its EOM, past what was read */
};

static struct usbtmc_link *usbtmc_of(struct link *link)
{
	return (struct usbtmc_link *)link;
}

/* ---- sending ---- */

/* One transfer that has the link's tag. */
static gboolean send_transfer(struct usbtmc_link *usb, guint8 *transfer, gsize total,
                              const struct bounds *bounds, GError **error)
{
	gsize moved;

	usb->open.out = usb->tag;
	if (usbtmc_transfer(&usb->device, usb->device.place.bulk_out, transfer, total, &moved,
	                    "send", bounds, error) != USBTMC_MOVED)
		return FALSE;
	if (moved != total) {
		station_error_set(error, STATION_ERROR_IO,
		                  "send: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes", moved,
		                  total);
		return FALSE;
	}
	usb->open.out = 0;
	return TRUE;
}

/* transfer has room for header and padding around len bytes. */
static gboolean send_part(struct usbtmc_link *usb, guint8 *transfer, gsize len, gboolean end,
                          const struct bounds *bounds, GError **error)
{
	gsize padding = usbtmc_padding((guint32)len);

	usb->tag = usbtmc_next_tag(usb->tag);
	usbtmc_pack_out(transfer, usb->tag, (guint32)len, end);
	memset(transfer + USBTMC_HEADER_LEN + len, 0, padding);
	return send_transfer(usb, transfer, USBTMC_HEADER_LEN + len + padding, bounds, error);
}

static gboolean usbtmc_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                             const struct bounds *bounds, GError **error)
{
	gsize room = MIN(len, TRANSFER_MAX), at = 0;
	g_autofree guint8 *transfer = g_malloc(USBTMC_HEADER_LEN + room + USBTMC_ALIGNMENT);

	while (at < len) {
		gsize part = MIN(len - at, room);
		memcpy(transfer + USBTMC_HEADER_LEN, data + at, part);
		if (!send_part(usbtmc_of(link), transfer, part, at + part == len, bounds, error))
			return FALSE;
		at += part;
	}
	return TRUE;
}

/* ---- receiving ---- */

/* A message on its way in. */
struct incoming {
	struct frame_scan scan;
	GByteArray *reply;
	guint8 *packet; /* room for one */
	gsize received; /* of all its parts */
	gint64 start_us;
};

static gboolean request(struct usbtmc_link *usb, const struct usbtmc_asked *asked,
                        const struct bounds *bounds, GError **error)
{
	guint8 header[USBTMC_HEADER_LEN];
	gsize moved;

	usbtmc_pack_request(header, asked->tag, asked->len);
	usb->open.out = asked->tag;
	if (usbtmc_transfer(&usb->device, usb->device.place.bulk_out, header, sizeof header, &moved,
	                    "ask for the answer", bounds, error) != USBTMC_MOVED)
		return FALSE;
	usb->open.out = 0;
	usb->open.in = asked->tag;
	return TRUE;
}

/* Bytes up to the frame's end go to the reply, later ones wait for the next read. */
static gboolean take(struct usbtmc_link *usb, struct incoming *in, const guint8 *data, gsize len,
                     GError **error)
{
	gsize used = 0;

	in->received += len;
	if (!frame_scan_ended(&in->scan) &&
	    !frame_scan_take(&in->scan, data, len, &used, in->reply, error))
		return FALSE;
	if (usb->pending->len + (len - used) > in->scan.frame->max_len) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "more than %" G_GSIZE_FORMAT " bytes behind the answer's end",
		                  in->scan.frame->max_len);
		return FALSE;
	}
	g_byte_array_append(usb->pending, data + used, (guint)(len - used));
	return TRUE;
}

static gboolean cut(gsize got, gsize announced, GError **error)
{
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "the answer was cut after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
	                  " bytes",
	                  got, announced);
	return FALSE;
}

/* The first packet by itself: from its header follows how many bytes are still to come. */
static gboolean first_packet(struct usbtmc_link *usb, struct incoming *in, gsize *got,
                             const struct bounds *bounds, GError **error)
{
	const struct usbtmc_place *place = &usb->device.place;

	for (int i = 0; i <= EMPTY_MAX; i++) {
		if (usbtmc_transfer(&usb->device, place->bulk_in, in->packet, place->packet, got,
		                    "answer", bounds, error) != USBTMC_MOVED)
			return FALSE;
		if (*got > 0)
			return TRUE;
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "nothing but empty answers");
	return FALSE;
}

/* What of the announced bytes did not fit into the first packet. */
static gboolean rest_of_part(struct usbtmc_link *usb, struct incoming *in, gsize missing,
                             gboolean *is_full, const struct bounds *bounds, GError **error)
{
	const struct usbtmc_place *place = &usb->device.place;
	gsize room = (missing + place->packet - 1) / place->packet * place->packet, got;
	g_autofree guint8 *rest = g_malloc(room);

	if (usbtmc_transfer(&usb->device, place->bulk_in, rest, room, &got, "answer", bounds,
	                    error) != USBTMC_MOVED)
		return FALSE;
	if (got < missing)
		return cut(got, missing, error);
	*is_full = got == room;
	return take(usb, in, rest, missing, error);
}

/*
 * A transfer whose last packet is full ends with an empty one. It is taken away here where it
 * comes; where it does not, or comes late, the answer is whole all the same.
 */
static void end_packet(struct usbtmc_link *usb, struct incoming *in, const struct bounds *bounds)
{
	const struct usbtmc_place *place = &usb->device.place;
	const struct bounds own = bounds_within(bounds, end_packet_s);
	gsize got;

	usbtmc_transfer(&usb->device, place->bulk_in, in->packet, place->packet, &got, "end", &own,
	                NULL);
}

/* One request and the transfer that answers it. */
static gboolean receive_part(struct usbtmc_link *usb, struct incoming *in, guint32 len,
                             gboolean *end, const struct bounds *bounds, GError **error)
{
	gsize packet = usb->device.place.packet, got, missing = 0;
	struct usbtmc_answer answer;

	usb->tag = usbtmc_next_tag(usb->tag);
	const struct usbtmc_asked asked = {usb->tag, len, usb->quirks->any_id};
	if (!request(usb, &asked, bounds, error) || !first_packet(usb, in, &got, bounds, error) ||
	    !usbtmc_unpack_answer(in->packet, got, &asked, &answer, error))
		return FALSE;
	gsize here = MIN(got - USBTMC_HEADER_LEN, answer.len);
	gboolean is_full = got == packet;
	missing = answer.len - here;
	if (missing > 0 && !is_full)
		return cut(here, answer.len, error);
	if (!take(usb, in, in->packet + USBTMC_HEADER_LEN, here, error) ||
	    (missing > 0 && !rest_of_part(usb, in, missing, &is_full, bounds, error)))
		return FALSE;
	if (is_full)
		end_packet(usb, in, bounds);
	usb->open.in = 0;
	*end = answer.end;
	return TRUE;
}

/* At least a packet more than can be needed: some firmware hangs when it is asked for just that. */
static guint32 request_len(const struct usbtmc_link *usb, const struct link_frame *frame)
{
	gsize margin = END_MAX + USBTMC_ALIGNMENT + (gsize)usb->device.place.packet;
	gsize len = MIN(frame->max_len, TRANSFER_MAX) + margin;

	return (guint32)CLAMP(len, REQUEST_MIN, TRANSFER_MAX);
}

static gboolean receive_parts(struct usbtmc_link *usb, struct incoming *in,
                              const struct bounds *bounds, GError **error)
{
	gboolean end = FALSE;

	while (!end) {
		struct bounds now = *bounds;
		if (in->received > 0 && in->scan.frame->stall_s > 0)
			now = bounds_within(bounds, in->scan.frame->stall_s);
		if (!receive_part(usb, in, request_len(usb, in->scan.frame), &end, &now, error))
			return FALSE;
	}
	if (in->received == 0) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "an answer without a byte");
		return FALSE;
	}
	return TRUE;
}

/* Zeros behind the end are padding that the device has counted as its message. */
static void drop_padding(GByteArray *pending)
{
	if (pending->len >= USBTMC_ALIGNMENT)
		return;
	for (guint i = 0; i < pending->len; i++)
		if (pending->data[i] != 0)
			return;
	g_byte_array_set_size(pending, 0);
}

static void explain(const struct incoming *in, GError **error)
{
	if (!error || !g_error_matches(*error, STATION_ERROR, STATION_ERROR_TIMEOUT))
		return;
	double waited_s = (double)(g_get_monotonic_time() - in->start_us) * 1e-6;
	char waited[G_ASCII_DTOSTR_BUF_SIZE];
	g_ascii_formatd(waited, sizeof waited, "%.3f", waited_s);
	g_clear_error(error);
	if (in->received == 0) {
		station_error_set(error, STATION_ERROR_TIMEOUT, "no answer in %s s", waited);
		return;
	}
	g_autofree char *where = frame_scan_where(&in->scan);
	station_error_set(error, STATION_ERROR_TIMEOUT,
	                  "the answer stopped after %" G_GSIZE_FORMAT " bytes, %s", in->received,
	                  where);
}

static gboolean usbtmc_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                            const struct bounds *bounds, GError **error)
{
	struct usbtmc_link *usb = usbtmc_of(link);
	struct link_frame marked = *frame;
	struct incoming in = {.reply = reply, .start_us = g_get_monotonic_time()};
	g_autoptr(GByteArray) before = g_steal_pointer(&usb->pending);

	usb->pending = g_byte_array_new();
	marked.marked = TRUE;
	frame_scan_init(&in.scan, &marked);
	if (before->len > 0) {
		if (!take(usb, &in, before->data, before->len, error))
			return FALSE;
	} else {
		g_autofree guint8 *packet = g_malloc(MAX(usb->device.place.packet, 1));
		in.packet = packet;
		if (!receive_parts(usb, &in, bounds, error)) {
			explain(&in, error);
			return FALSE;
		}
	}
	drop_padding(usb->pending);
	return frame_scan_ended(&in.scan) || frame_scan_finish(&in.scan, reply, error);
}

static gsize usbtmc_unread(struct link *link)
{
	return usbtmc_of(link)->pending->len;
}

/* ---- past the messages ---- */

static gboolean usbtmc_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                   GError **error)
{
	struct usbtmc_link *usb = usbtmc_of(link);

	if (!usb->capabilities.usb488 && !usb->device.place.usb488) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "%s: no USB488 interface, so no status byte", link->resource);
		return FALSE;
	}
	return usbtmc_read_status(&usb->device, &usb->status, status, bounds, error);
}

static gboolean usbtmc_news(struct link *link, struct service_pace *pace,
                            const struct bounds *bounds, GError **error)
{
	struct usbtmc_link *usb = usbtmc_of(link);

	if (!usb->device.place.interrupt_in || !usb->capabilities.service_request)
		return service_pause(pace, bounds, error);
	return usbtmc_look_for_request(&usb->device, &usb->status, bounds, error);
}

static gboolean usbtmc_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                                     GError **error)
{
	return service_await(link, usbtmc_news, status, bounds, error);
}

static gboolean usbtmc_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	struct usbtmc_link *usb = usbtmc_of(link);
	guint8 header[USBTMC_HEADER_LEN];

	if (!usb->capabilities.trigger) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "%s: takes no trigger message",
		                  link->resource);
		return FALSE;
	}
	usb->tag = usbtmc_next_tag(usb->tag);
	usbtmc_pack_trigger(header, usb->tag);
	return send_transfer(usb, header, sizeof header, bounds, error);
}

/* ---- opening and recovery ---- */

/* TRUE for what a device may refuse without harm. */
static gboolean tolerable(enum usbtmc_outcome how, GError **cause, GError **error)
{
	if (how == USBTMC_MOVED || how == USBTMC_STALLED) {
		g_clear_error(cause);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(cause));
	return FALSE;
}

static gboolean set_remote(struct usbtmc_link *usb, gboolean on, const struct bounds *bounds,
                           GError **error)
{
	const struct usbtmc_setup setup =
		usbtmc_to_interface(&usb->device, USB488_REN_CONTROL, on ? 1 : 0, 1);
	GError *cause = NULL;
	guint8 answer = 0;
	gsize got;

	enum usbtmc_outcome how =
		usbtmc_control(&usb->device, &setup, &answer, &got, "remote", bounds, &cause);
	usb->remote = on && how == USBTMC_MOVED && answer == USBTMC_STATUS_SUCCESS;
	return tolerable(how, &cause, error);
}

static gboolean get_capabilities(struct usbtmc_link *usb, const struct bounds *bounds,
                                 GError **error)
{
	const struct usbtmc_setup setup = usbtmc_to_interface(&usb->device, USBTMC_GET_CAPABILITIES,
	                                                      0, USBTMC_CAPABILITIES_LEN);
	guint8 answer[USBTMC_CAPABILITIES_LEN] = {0};
	GError *cause = NULL;
	gsize got;

	enum usbtmc_outcome how =
		usbtmc_control(&usb->device, &setup, answer, &got, "capabilities", bounds, &cause);
	usbtmc_unpack_capabilities(answer, how == USBTMC_MOVED ? got : 0, &usb->capabilities);
	return tolerable(how, &cause, error);
}

static gboolean usbtmc_connect(struct usbtmc_link *usb, const struct bounds *bounds, GError **error)
{
	GError *cause = NULL;

	usb->open = (struct usbtmc_open_tags){0};
	usb->status.requested = FALSE;
	usb->remote = FALSE;
	g_byte_array_set_size(usb->pending, 0);
	if (!usbtmc_device_open(&usb->device, &usb->address, usb->quirks->reset_after_open, bounds,
	                        error))
		return FALSE;
	if (get_capabilities(usb, bounds, error) &&
	    tolerable(usbtmc_initiate_clear(&usb->device, bounds, &cause), &cause, error) &&
	    (!usb->capabilities.remote || usb->quirks->no_ren ||
	     set_remote(usb, TRUE, bounds, error)))
		return TRUE;
	usbtmc_device_close(&usb->device);
	return FALSE;
}

static gboolean usbtmc_reconnect(struct usbtmc_link *usb, const struct bounds *bounds,
                                 GError **error)
{
	usbtmc_device_close(&usb->device);
	return usbtmc_connect(usb, bounds, error);
}

static gboolean usbtmc_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct usbtmc_link *usb = usbtmc_of(link);
	GError *cause = NULL;

	g_byte_array_set_size(usb->pending, 0);
	if (!usb->device.handle || usb->device.unplugged)
		return usbtmc_reconnect(usb, bounds, error);
	gboolean ok = usbtmc_recover(&usb->device, &usb->open, bounds, &cause);
	usb->open = (struct usbtmc_open_tags){0};
	usb->status.requested = FALSE;
	if (ok)
		return TRUE;
	if (!bounds_check(bounds, "clear", NULL)) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	/* what a clear does not bring back, a reset of the port may */
	g_clear_error(&cause);
	if (!usb->device.unplugged)
		usbtmc_device_reset(&usb->device);
	return usbtmc_reconnect(usb, bounds, error);
}

static void usbtmc_close(struct link *link)
{
	struct usbtmc_link *usb = usbtmc_of(link);
	const struct bounds own = {deadline_in_s(courtesy_s), NULL};

	if (usb->remote && !usb->device.unplugged)
		set_remote(usb, FALSE, &own, NULL);
	usbtmc_device_close(&usb->device);
	g_byte_array_unref(usb->pending);
	g_free(usb->serial);
	link_done(link);
	g_free(usb);
}

static const struct link_ops usbtmc_ops = {
	.name = "usbtmc",
	.write = usbtmc_write,
	.read = usbtmc_read,
	.clear = usbtmc_clear,
	.unread = usbtmc_unread,
	.status_byte = usbtmc_status_byte,
	.trigger = usbtmc_trigger,
	.await_service = usbtmc_await_service,
	.close = usbtmc_close,
};

struct link *usbtmc_open(const struct resource *resource, const struct link_settings *settings,
                         const struct bounds *bounds, GError **error)
{
	struct usbtmc_link *usb = g_new0(struct usbtmc_link, 1);

	link_init(&usb->link, &usbtmc_ops, resource->bottom, settings);
	usb->pending = g_byte_array_new();
	usb->serial = g_strdup(resource->serial);
	usb->quirks = usbtmc_quirks_of(resource->vendor, resource->product);
	usb->address = (struct usbtmc_address){resource->vendor, resource->product, usb->serial,
	                                       resource->interface};
	if (!usbtmc_connect(usb, bounds, error)) {
		usbtmc_close(&usb->link);
		return NULL;
	}
	return &usb->link;
}

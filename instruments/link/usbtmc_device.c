/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc_device.h"

#include "base/error.h"

#include <string.h>

enum {
	STRING_MAX = 255,
	CLASS_READ_INTERFACE = 0xa1,
	CLASS_READ_ENDPOINT = 0xa2,
	STANDARD_READ_DEVICE = 0x80,
};

/* in which a transfer that was recalled has to land */
static const double recall_s = 1;

static void wake(GCancellable *cancellable, gpointer context)
{
	libusb_interrupt_event_handler(context);
}

static void LIBUSB_CALL landed(struct libusb_transfer *transfer)
{
	*(int *)transfer->user_data = TRUE;
}

static enum usbtmc_outcome unplugged(struct usbtmc_device *device, const char *what, GError **error)
{
	device->unplugged = TRUE;
	station_error_set(error, STATION_ERROR_IO, "%s: unplugged", what);
	return USBTMC_LOST;
}

/* Handles events until the transfer has landed or the bounds end; FALSE: not landed. */
static gboolean wait_landed(struct usbtmc_device *device, int *has_landed,
                            const struct bounds *bounds)
{
	while (!*has_landed && bounds_check(bounds, "USB", NULL)) {
		gint64 left_us = (gint64)(deadline_left_s(bounds->deadline) * 1e6);
		struct timeval limit = {left_us / G_USEC_PER_SEC, left_us % G_USEC_PER_SEC};
		int result =
			libusb_handle_events_timeout_completed(device->context, &limit, has_landed);
		if (result < 0 && result != LIBUSB_ERROR_INTERRUPTED)
			break;
	}
	return *has_landed;
}

/* A transfer whose time is over is taken back; its memory is the kernel's until it has landed. */
static void recall(struct usbtmc_device *device, struct libusb_transfer *transfer, int *has_landed)
{
	const struct bounds own = {deadline_in_s(recall_s), NULL};

	libusb_cancel_transfer(transfer);
	if (wait_landed(device, has_landed, &own))
		return;
	/* closing ends it for certain */
	libusb_close(g_steal_pointer(&device->handle));
	transfer->status = LIBUSB_TRANSFER_NO_DEVICE;
}

static enum usbtmc_outcome outcome(struct usbtmc_device *device,
                                   const struct libusb_transfer *transfer, const char *what,
                                   const struct bounds *bounds, GError **error)
{
	switch (transfer->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		return USBTMC_MOVED;
	case LIBUSB_TRANSFER_STALL:
		if (transfer->endpoint == device->place.bulk_in)
			device->halted_in = TRUE;
		station_error_set(error, STATION_ERROR_PROTOCOL, "%s: refused with a stall", what);
		return USBTMC_STALLED;
	case LIBUSB_TRANSFER_NO_DEVICE:
		return unplugged(device, what, error);
	case LIBUSB_TRANSFER_OVERFLOW:
		station_error_set(error, STATION_ERROR_PROTOCOL, "%s: more bytes than announced",
		                  what);
		return USBTMC_BROKEN;
	case LIBUSB_TRANSFER_CANCELLED:
		if (!bounds_check(bounds, what, error))
			return USBTMC_ENDED;
		/* fall through */
	default:
		station_error_set(error, STATION_ERROR_IO, "%s: the USB transfer failed", what);
		return USBTMC_LOST;
	}
}

/* Sends the transfer off and waits for it; frees it but for its data. */
static enum usbtmc_outcome fly(struct usbtmc_device *device, struct libusb_transfer *transfer,
                               gsize *moved, const char *what, const struct bounds *bounds,
                               GError **error)
{
	int has_landed = FALSE;
	enum usbtmc_outcome how;

	transfer->user_data = &has_landed;
	int result = libusb_submit_transfer(transfer);
	if (result == LIBUSB_SUCCESS) {
		gulong id = 0;
		if (bounds->cancellable)
			id = g_cancellable_connect(bounds->cancellable, G_CALLBACK(wake),
			                           device->context, NULL);
		if (!wait_landed(device, &has_landed, bounds))
			recall(device, transfer, &has_landed);
		g_cancellable_disconnect(bounds->cancellable, id);
		how = outcome(device, transfer, what, bounds, error);
		*moved = (gsize)transfer->actual_length;
	} else if (result == LIBUSB_ERROR_NO_DEVICE) {
		how = unplugged(device, what, error);
	} else {
		station_error_set(error, STATION_ERROR_IO, "%s: %s", what, libusb_strerror(result));
		how = USBTMC_LOST;
	}
	libusb_free_transfer(transfer);
	return how;
}

/* FALSE with *how when nothing can be sent at all. */
static gboolean ready(struct usbtmc_device *device, const char *what, const struct bounds *bounds,
                      enum usbtmc_outcome *how, GError **error)
{
	*how = USBTMC_ENDED;
	if (!bounds_check(bounds, what, error))
		return FALSE;
	*how = USBTMC_LOST;
	if (device->handle)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "%s: %s", what,
	                  device->unplugged ? "unplugged" : "not open");
	return FALSE;
}

enum usbtmc_outcome usbtmc_transfer(struct usbtmc_device *device, guint8 endpoint, guint8 *data,
                                    gsize len, gsize *moved, const char *what,
                                    const struct bounds *bounds, GError **error)
{
	enum usbtmc_outcome how;

	*moved = 0;
	if (!ready(device, what, bounds, &how, error))
		return how;
	struct libusb_transfer *transfer = libusb_alloc_transfer(0);
	g_assert(transfer && len <= G_MAXINT);
	if (endpoint == device->place.interrupt_in)
		libusb_fill_interrupt_transfer(transfer, device->handle, endpoint, data, (int)len,
		                               landed, NULL, 0);
	else
		libusb_fill_bulk_transfer(transfer, device->handle, endpoint, data, (int)len,
		                          landed, NULL, 0);
	return fly(device, transfer, moved, what, bounds, error);
}

enum usbtmc_outcome usbtmc_control(struct usbtmc_device *device, const struct usbtmc_setup *setup,
                                   guint8 *data, gsize *got, const char *what,
                                   const struct bounds *bounds, GError **error)
{
	enum usbtmc_outcome how;

	*got = 0;
	if (!ready(device, what, bounds, &how, error))
		return how;
	g_autofree guint8 *buffer = g_malloc0(LIBUSB_CONTROL_SETUP_SIZE + (gsize)setup->len);
	struct libusb_transfer *transfer = libusb_alloc_transfer(0);
	g_assert(transfer);
	libusb_fill_control_setup(buffer, setup->type, setup->request, setup->value, setup->index,
	                          setup->len);
	libusb_fill_control_transfer(transfer, device->handle, buffer, landed, NULL, 0);
	how = fly(device, transfer, got, what, bounds, error);
	*got = MIN(*got, setup->len);
	memcpy(data, buffer + LIBUSB_CONTROL_SETUP_SIZE, *got);
	return how;
}

struct usbtmc_setup usbtmc_to_interface(const struct usbtmc_device *device, guint8 request,
                                        guint16 value, guint16 len)
{
	return (struct usbtmc_setup){CLASS_READ_INTERFACE, request, value,
	                             (guint16)device->place.interface, len};
}

struct usbtmc_setup usbtmc_to_endpoint(guint8 endpoint, guint8 request, guint16 value, guint16 len)
{
	return (struct usbtmc_setup){CLASS_READ_ENDPOINT, request, value, endpoint, len};
}

void usbtmc_clear_halt(struct usbtmc_device *device, guint8 endpoint)
{
	if (device->handle && libusb_clear_halt(device->handle, endpoint) == LIBUSB_ERROR_NO_DEVICE)
		device->unplugged = TRUE;
}

/* ---- strings ---- */

static enum usbtmc_outcome read_string(struct usbtmc_device *device, guint8 index, guint16 language,
                                       guint8 *data, gsize *got, const struct bounds *bounds,
                                       GError **error)
{
	const struct usbtmc_setup setup = {STANDARD_READ_DEVICE, LIBUSB_REQUEST_GET_DESCRIPTOR,
	                                   (guint16)(LIBUSB_DT_STRING << 8 | index), language,
	                                   STRING_MAX};
	enum usbtmc_outcome how =
		usbtmc_control(device, &setup, data, got, "read a string", bounds, error);
	if (how != USBTMC_MOVED)
		return how;
	*got = *got >= 2 && data[1] == LIBUSB_DT_STRING ? MIN(*got, data[0]) : 0;
	return how;
}

static char *to_utf8(const guint8 *data, gsize len)
{
	gunichar2 text[STRING_MAX / 2 + 1] = {0};
	glong count = 0;

	for (gsize at = 2; at + 1 < len; at += 2)
		text[count++] = (gunichar2)(data[at] | data[at + 1] << 8);
	return g_utf16_to_utf8(text, -1, NULL, NULL, NULL);
}

char *usbtmc_string(struct usbtmc_device *device, guint8 index, const struct bounds *bounds,
                    GError **error)
{
	guint8 data[STRING_MAX] = {0};
	gsize got = 0;
	g_autoptr(GError) cause = NULL;

	if (index == 0)
		return NULL;
	/* string 0 lists the languages; the first will do */
	enum usbtmc_outcome how = read_string(device, 0, 0, data, &got, bounds, &cause);
	if (how == USBTMC_MOVED && got >= 4)
		how = read_string(device, index, (guint16)(data[2] | data[3] << 8), data, &got,
		                  bounds, &cause);
	else
		got = 0;
	if (how != USBTMC_MOVED && how != USBTMC_STALLED)
		g_propagate_error(error, g_steal_pointer(&cause));
	return how == USBTMC_MOVED && got >= 2 ? to_utf8(data, got) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_USB_INSTRUMENT_H
#define TESTS_BENCH_USB_INSTRUMENT_H

#include "bench/bus_session.h"
#include "instruments/link/resource.h"
#include "tests/unit/usbtmc_bus.h"

/* A simulated instrument as a USBTMC device, which the real libusb finds. */
struct usb_instrument {
	struct bus_device device;
	struct bus_session *session; /* of the whole life: USB has one */
	struct device model;
	struct bus bus;
	struct resource resource; /* who it is there */
};

/* In umockdev's thread, with the bus locked: nothing moves while the instrument works. */
static void usb_answer(struct device *model, const guint8 *message, gsize len)
{
	struct usb_instrument *usb = model->instrument;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	enum bus_reply fate = bus_session_execute(usb->session, message, len, reply);

	if (fate == BUS_REPLY_DISCONNECT) {
		device_forget(model);
		model->is_gone = TRUE;
		return;
	}
	if (reply->len == 0)
		return;
	model->part_max = fate == BUS_REPLY_SPLIT ? reply->len / 2 : 0;
	if (fate == BUS_REPLY_TWICE) {
		g_autoptr(GByteArray) once = g_byte_array_new();
		g_byte_array_append(once, reply->data, reply->len);
		g_byte_array_append(reply, once->data, once->len);
	}
	g_clear_pointer(&model->message, g_byte_array_unref);
	model->message = g_steal_pointer(&reply);
}

static void usb_clear(struct device *model)
{
	struct usb_instrument *usb = model->instrument;
	bus_session_clear(usb->session);
}

/* Plugs it in as the resource string says. device is copied, but not what it points to. */
G_GNUC_UNUSED static struct usb_instrument *usb_instrument_new(const struct bus_device *device,
                                                               const char *resource, GError **error)
{
	static const struct device_language language = {usb_answer, usb_clear};
	struct usb_instrument *usb = g_new0(struct usb_instrument, 1);

	if (!resource_parse(resource, &usb->resource, error)) {
		g_free(usb);
		return NULL;
	}
	usb->device = *device;
	usb->session = bus_session_new(&usb->device);
	device_init(&usb->model);
	usb->model.vendor = usb->resource.vendor;
	usb->model.product = usb->resource.product;
	usb->model.serial = usb->resource.serial;
	usb->model.language = &language;
	usb->model.instrument = usb;
	usb->model.comes_back = TRUE;
	bus_start(&usb->bus, &usb->model);
	return usb;
}

/* The links to it must be closed. Null is allowed. */
G_GNUC_UNUSED static void usb_instrument_free(struct usb_instrument *usb)
{
	if (!usb)
		return;
	bus_stop(&usb->bus);
	bus_session_free(usb->session);
	resource_done(&usb->resource);
	g_free(usb);
}

#endif

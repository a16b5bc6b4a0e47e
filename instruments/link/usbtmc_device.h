/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_DEVICE_H
#define INSTRUMENTS_LINK_USBTMC_DEVICE_H

#include "base/deadline.h"

#include <glib.h>
#include <libusb.h>

/*
 * Transfers with one USBTMC interface through libusb, each of which ends with its bounds.
 * usbtmc_find.h opens it. A context of its own, so that no other link handles its events. What
 * libusb does without a way to stop it (claim, clear halt, reset) is bounded by the kernel, 5 s
 * each.
 */

/* Where in a device the interface is. */
struct usbtmc_place {
	int interface;
	int alternate;
	gboolean usb488;     /* bInterfaceProtocol 1 */
	guint8 bulk_in;      /* endpoint addresses, 0x80 included */
	guint8 bulk_out;     /* */
	guint8 interrupt_in; /* 0: none */
	guint packet;        /* of bulk_in: wMaxPacketSize as its descriptor says */
	guint interrupt_packet;
};

struct usbtmc_device {
	libusb_context *context;
	libusb_device_handle *handle; /* null: closed */
	struct usbtmc_place place;
	gboolean unplugged; /* seen since it was opened */
	gboolean halted_in; /* bulk_in has stalled: it wants a CLEAR_FEATURE */
};

/* How a transfer ended; all but the first set the error. */
enum usbtmc_outcome {
	USBTMC_MOVED,
	USBTMC_STALLED, /* the device refused it: STATION_ERROR_PROTOCOL */
	USBTMC_ENDED,   /* TIMEOUT, CANCELLED */
	USBTMC_LOST,    /* IO; "unplugged" when it is */
	USBTMC_BROKEN,  /* PROTOCOL: more than fits */
};

/* One bulk or interrupt transfer of up to len bytes; the endpoint's direction bit tells which way.
 */
enum usbtmc_outcome usbtmc_transfer(struct usbtmc_device *device, guint8 endpoint, guint8 *data,
                                    gsize len, gsize *moved, const char *what,
                                    const struct bounds *bounds, GError **error);

/* A control transfer that reads; *got bytes came. type is bmRequestType. */
struct usbtmc_setup {
	guint8 type;
	guint8 request;
	guint16 value;
	guint16 index;
	guint16 len; /* of data */
};

enum usbtmc_outcome usbtmc_control(struct usbtmc_device *device, const struct usbtmc_setup *setup,
                                   guint8 *data, gsize *got, const char *what,
                                   const struct bounds *bounds, GError **error);

/* A class request to the interface, or to one of its endpoints. */
struct usbtmc_setup usbtmc_to_interface(const struct usbtmc_device *device, guint8 request,
                                        guint16 value, guint16 len);
struct usbtmc_setup usbtmc_to_endpoint(guint8 endpoint, guint8 request, guint16 value, guint16 len);

/* CLEAR_FEATURE(ENDPOINT_HALT), both ends; a device that does not know it is left alone. */
void usbtmc_clear_halt(struct usbtmc_device *device, guint8 endpoint);

/*
 * The string with this index as UTF-8 without what follows a NUL; null, with no error, when index
 * is 0 or the device refuses it. Free with g_free.
 */
char *usbtmc_string(struct usbtmc_device *device, guint8 index, const struct bounds *bounds,
                    GError **error);

#endif

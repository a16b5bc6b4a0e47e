/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_USB_PORT_H
#define TESTS_HARDWARE_DEVICES_USB_PORT_H

#include <glib.h>

/*
 * A USB device that is a part of this program, in a port of the kernel's own host controller:
 * vhci_hcd, the USB/IP client, hands the transfers to a socket, and a thread here lets the device
 * answer them (Documentation/usb/usbip_protocol.rst of Linux). There is no network.
 *
 * The kernel hands over whole transfers. How the bytes lie in packets is not seen.
 */

enum usb_speed { USB_SPEED_FULL = 2, USB_SPEED_HIGH = 3 }; /* as vhci_hcd numbers them */

enum { USB_STRINGS = 3 };

/* What a device says of itself. */
struct usb_description {
	enum usb_speed speed;
	guint16 vendor, product;
	guint16 release;                  /* bcdDevice; some drivers tell chips by it */
	guint8 class;                     /* bDeviceClass */
	const char *strings[USB_STRINGS]; /* maker, model, serial number; null: none; not copied */
	const guint8 *configuration;      /* with its interfaces and endpoints */
	gsize configuration_len;
};

/*
 * What a device does: each gives the bytes moved or, negative, what a kernel says: -EAGAIN keeps
 * the transfer waiting, -EPIPE is a stall, -ESHUTDOWN tells that the device is gone.
 */
struct usb_device_ops {
	/*
	 * A control transfer: data is what came or what is to be filled, both of up to max bytes.
	 * -ENOSYS: what every device answers alike, and a stall for all else. One that is kept
	 * waiting waits until it is taken back.
	 */
	int (*control)(void *device, const guint8 setup[8], guint8 *data, int max);
	/* Bytes for an endpoint. Kept waiting like a control transfer. Null: there is none. */
	int (*out)(void *device, guint8 endpoint, const guint8 *data, int len);
	/*
	 * Bytes from an endpoint, 0x80 included: asked for again after every other transfer, when
	 * fd can be read, and after usb_port_wake. Null: there is none.
	 */
	int (*in)(void *device, guint8 endpoint, guint8 *data, int max);
};

/* A device; what it points to must outlive its port, but for the description, which is copied. */
struct usb_device {
	const struct usb_description *description;
	const struct usb_device_ops *ops;
	void *device;
	GMutex *lock; /* held during each of the operations; null: none */
	int fd;       /* readable when `in` may have more to tell; -1: none */
};

struct usb_port;

/* FALSE, and why in *reason (constant), where there is no such host controller. */
gboolean usb_port_available(const char **reason);

/* Plugs it in, and waits until the kernel knows it; ends the program on failure. */
struct usb_port *usb_port_plug(const struct usb_device *device);
/* Pulls it out, and waits until the kernel has forgotten it. Null is allowed. */
void usb_port_unplug(struct usb_port *port);

/* What is waiting for bytes from the device is tried again. From any thread. */
void usb_port_wake(struct usb_port *port);

/* The device's folder in sysfs. Borrowed. */
const char *usb_port_folder(const struct usb_port *port);
/*
 * Waits for a file below that folder, such as "1.0/ttyUSB*": the interface's number, then names,
 * of which the last may have wildcards. Its last name; free with g_free. Ends the program when it
 * does not come.
 */
char *usb_port_wait(const struct usb_port *port, const char *pattern);

#endif

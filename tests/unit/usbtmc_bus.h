/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_USBTMC_BUS_H
#define TESTS_UNIT_USBTMC_BUS_H

#ifdef TESTS_IN_KERNEL
#include "tests/hardware/devices/usbtmc_bus.h"
#else

#include "tests/unit/umockdev.h"
#include "tests/unit/usbtmc_device.h"

#include <gio/gio.h>

#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

/*
 * A USB bus with one device model on it, which the real libusb sees: umockdev stands in for sysfs
 * and udev, and sends the requests that usbfs would get to the handler below. Compiled for make
 * check-hardware, this is a real kernel's bus.
 */

static const char bus_node[] = "/dev/bus/usb/001/002";
static const char bus_path[] = "/sys/devices/pci0/usb1/1-1";

enum { BUS_PENDING_MAX = 16 };

/* A transfer that libusb has handed over and not got back yet. */
struct bus_pending {
	struct ioctl_data *urb;
	struct ioctl_data *buffer; /* null: no bytes */
	gboolean is_done;
};

struct bus {
	struct umockdev umockdev;
	gpointer bed;
	gpointer handler;
	GMutex lock;
	struct device *device;
	struct bus_pending pending[BUS_PENDING_MAX];
	guint n_pending;
};

/* ---- transfers; all in umockdev's thread ---- */

static struct usbdevfs_urb *bus_urb(const struct bus_pending *p)
{
	return (struct usbdevfs_urb *)(gpointer)p->urb->data;
}

static void bus_finish(struct bus_pending *p, int n)
{
	struct usbdevfs_urb *urb = bus_urb(p);
	if (n == -EAGAIN)
		return;
	urb->status = n == -ENODEV ? -ESHUTDOWN : MIN(n, 0);
	urb->actual_length = MAX(n, 0);
	p->is_done = TRUE;
}

/* Lets the device do what it can do with a transfer now. */
static void bus_try(struct bus *bus, struct bus_pending *p)
{
	struct usbdevfs_urb *urb = bus_urb(p);
	guint8 *data = p->buffer ? p->buffer->data : NULL;

	if (bus->device->is_gone)
		bus_finish(p, -ENODEV);
	else if (urb->type == USBDEVFS_URB_TYPE_CONTROL)
		bus_finish(p, device_control(bus->device, data, data + 8, urb->buffer_length - 8));
	else if (urb->endpoint == 0x81)
		bus_finish(p, device_in(bus->device, data, urb->buffer_length));
	else if (urb->endpoint == 0x83)
		bus_finish(p, device_interrupt(bus->device, data, urb->buffer_length));
	else
		bus_finish(p, device_out(bus->device, data, urb->buffer_length));
}

static int bus_submit(struct bus *bus, struct ioctl_data *arg)
{
	const struct umockdev *u = &bus->umockdev;
	struct bus_pending *p = &bus->pending[bus->n_pending];

	if (bus->device->is_gone)
		return ENODEV;
	g_assert_cmpuint(bus->n_pending, <, BUS_PENDING_MAX);
	*p = (struct bus_pending){u->data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL)};
	gsize len = (gsize)bus_urb(p)->buffer_length;
	if (len > 0)
		p->buffer =
			u->data_resolve(p->urb, offsetof(struct usbdevfs_urb, buffer), len, NULL);
	bus->n_pending++;
	bus_try(bus, p);
	return 0;
}

static void bus_drop(struct bus *bus, guint at)
{
	struct bus_pending *p = &bus->pending[at];
	g_clear_object(&p->buffer);
	g_clear_object(&p->urb);
	bus->n_pending--;
	memmove(p, p + 1, (bus->n_pending - at) * sizeof *p);
}

static int bus_reap(struct bus *bus, struct ioctl_data *arg)
{
	for (guint i = 0; i < bus->n_pending; i++) {
		struct bus_pending *p = &bus->pending[i];
		/* what was refused an answer once gets none later, but for bulk-in */
		gboolean waits = bus_urb(p)->endpoint & 0x80 && bus_urb(p)->endpoint != 0x80;
		if (!p->is_done && (waits || bus->device->is_gone))
			bus_try(bus, p);
	}
	for (guint i = 0; i < bus->n_pending; i++) {
		struct bus_pending *p = &bus->pending[i];
		if (!p->is_done)
			continue;
		struct ioctl_data *pointer =
			bus->umockdev.data_resolve(arg, 0, sizeof(gpointer), NULL);
		bus->umockdev.data_set_ptr(pointer, 0, p->urb);
		g_object_unref(pointer);
		bus_drop(bus, i);
		return 0;
	}
	return bus->device->is_gone ? ENODEV : EAGAIN;
}

static int bus_discard(struct bus *bus, gulong address)
{
	for (guint i = 0; i < bus->n_pending; i++) {
		struct bus_pending *p = &bus->pending[i];
		if (!p->is_done && p->urb->client_addr == address) {
			bus_finish(p, -ENOENT);
			return 0;
		}
	}
	return EINVAL;
}

static void bus_capabilities(struct bus *bus, struct ioctl_data *arg)
{
	guint32 all = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM;
	struct ioctl_data *place = bus->umockdev.data_resolve(arg, 0, sizeof all, NULL);
	memcpy(place->data, &all, sizeof all);
	g_object_unref(place);
}

static void bus_clear_halt(struct bus *bus, struct ioctl_data *arg)
{
	struct ioctl_data *place = bus->umockdev.data_resolve(arg, 0, sizeof(guint32), NULL);
	guint32 endpoint;
	memcpy(&endpoint, place->data, sizeof endpoint);
	*(endpoint == 0x81 ? &bus->device->n_halt_in : &bus->device->n_halt_out) += 1;
	g_object_unref(place);
}

static int bus_claim(struct device *device)
{
	if (device->is_busy)
		return EBUSY;
	device->n_claim++;
	return 0;
}

static int bus_answer(struct bus *bus, gulong request, struct ioctl_data *arg)
{
	struct device *device = bus->device;
	gulong address = 0;

	switch (request) {
	case USBDEVFS_SUBMITURB:
		return bus_submit(bus, arg);
	case USBDEVFS_REAPURB:
	case USBDEVFS_REAPURBNDELAY:
		return bus_reap(bus, arg);
	case USBDEVFS_DISCARDURB:
		address = *(gulong *)(gpointer)arg->data;
		return bus_discard(bus, address);
	case USBDEVFS_GET_CAPABILITIES: /* the first at each opening */
		if (device->comes_back)
			device->is_gone = FALSE;
		bus_capabilities(bus, arg);
		return 0;
	case USBDEVFS_RELEASEINTERFACE:
		device->n_release++;
		return 0;
	default:
		break;
	}
	if (device->is_gone)
		return ENODEV;
	switch (request) {
	case USBDEVFS_DISCONNECT_CLAIM:
		device->n_detach++;
		return bus_claim(device);
	case USBDEVFS_CLAIMINTERFACE:
		return bus_claim(device);
	case USBDEVFS_CLEAR_HALT:
		bus_clear_halt(bus, arg);
		return 0;
	case USBDEVFS_RESET:
		device->n_reset++;
		device_forget(device);
		return 0;
	case USBDEVFS_IOCTL:
	case USBDEVFS_GETDRIVER:
		return ENODATA;
	default:
		return ENOTTY;
	}
}

static gboolean on_ioctl(gpointer base, gpointer client, gpointer user_data)
{
	struct bus *bus = user_data;
	const struct umockdev *u = &bus->umockdev;

	g_mutex_lock(&bus->lock);
	int os_error = bus_answer(bus, u->client_get_request(client), u->client_get_arg(client));
	g_mutex_unlock(&bus->lock);
	u->client_complete(client, os_error ? -1 : 0, os_error);
	return TRUE;
}

/* ---- descriptors ---- */

/* The descriptors as sysfs has them. Interface 0 is none of USBTMC, 1 is. */
static char *bus_hex(const struct device *device)
{
	guint packet = GUINT16_SWAP_LE_BE((guint16)device->packet),
	      n = device->has_interrupt ? 3 : 2;

	return g_strdup_printf("1201000200000040%04X%04X00010102%02X01"
	                       "0902%02X00020100803209040000010300000007058403080004"
	                       "09040100%02XFE03%02X0007050202%04X0007058102%04X00%s",
	                       GUINT16_SWAP_LE_BE(device->vendor),
	                       GUINT16_SWAP_LE_BE(device->product), device->serial ? 3 : 0,
	                       34 + 7 * n, n, device->plain ? 0 : 1, packet, packet,
	                       device->has_interrupt ? "07058303020004" : "");
}

/* Shows the device in sysfs. */
static void bus_plug(struct bus *bus)
{
	g_autofree char *hex = bus_hex(bus->device);
	g_autofree char *text = g_strdup_printf(
		"P: /devices/pci0/usb1/1-1\nN: bus/usb/001/002=%s\nE: DEVNAME=%s\n"
		"E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=001\nE: DEVNUM=002\n"
		"E: MAJOR=189\nE: MINOR=1\nA: busnum=1\\n\nA: devnum=2\\n\nA: speed=480\\n\n"
		"A: bConfigurationValue=1\\n\nH: descriptors=%s\n\n",
		hex, bus_node, hex);
	GError *error = NULL;

	g_mutex_lock(&bus->lock);
	bus->device->is_gone = FALSE;
	g_mutex_unlock(&bus->lock);
	bus->umockdev.testbed_add_from_string(bus->bed, text, &error);
	g_assert_no_error(error);
	bus->umockdev.testbed_attach_ioctl(bus->bed, bus_node, bus->handler, &error);
	g_assert_no_error(error);
}

G_GNUC_UNUSED static void bus_unplug(struct bus *bus)
{
	g_mutex_lock(&bus->lock);
	bus->device->is_gone = TRUE;
	g_mutex_unlock(&bus->lock);
	GError *error = NULL;
	bus->umockdev.testbed_detach_ioctl(bus->bed, bus_node, &error);
	g_assert_no_error(error);
	bus->umockdev.testbed_remove_device(bus->bed, bus_path);
}

static void bus_start(struct bus *bus, struct device *device)
{
	static const char root[] =
		"P: /devices/pci0/usb1\nN: bus/usb/001/001\nE: DEVNAME=/dev/bus/usb/001/001\n"
		"E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=001\nE: DEVNUM=001\n"
		"E: MAJOR=189\nE: MINOR=0\nA: busnum=1\\n\nA: devnum=1\\n\nA: speed=480\\n\n"
		"A: bConfigurationValue=1\\n\nH: descriptors=12010002090001406B1D0200000100000001"
		"09021900010100E0000904000001090000000705810304000C\n\n";
	GError *error = NULL;

	*bus = (struct bus){.device = device};
	g_mutex_init(&bus->lock);
	umockdev_load(&bus->umockdev);
	bus->bed = bus->umockdev.testbed_new();
	bus->handler = bus->umockdev.ioctl_base_new();
	g_signal_connect(bus->handler, "handle-ioctl", G_CALLBACK(on_ioctl), bus);
	bus->umockdev.testbed_add_from_string(bus->bed, root, &error);
	g_assert_no_error(error);
	bus_plug(bus);
}

/* The links to it must be closed. */
static void bus_stop(struct bus *bus)
{
	g_assert_cmpuint(bus->n_pending, ==, 0);
	g_object_unref(bus->bed);
	g_object_unref(bus->handler);
	device_forget(bus->device);
	g_mutex_clear(&bus->lock);
}

/* ---- who has it ---- */

/* So often was it claimed, each time from the kernel's own driver, and given back. */
G_GNUC_UNUSED static void bus_assert_claims(const struct bus *bus, int n_claim, int n_release)
{
	g_assert_cmpint(bus->device->n_claim, ==, n_claim);
	g_assert_cmpint(bus->device->n_detach, ==, n_claim);
	g_assert_cmpint(bus->device->n_release, ==, n_release);
}

/* Whoever claimed it has given it back. */
G_GNUC_UNUSED static void bus_assert_unclaimed(const struct bus *bus)
{
	g_assert_cmpint(bus->device->n_claim, <=, bus->device->n_release);
}

/* Another program takes the interface, or gives it back. */
G_GNUC_UNUSED static void bus_occupy(struct bus *bus, gboolean taken)
{
	bus->device->is_busy = taken;
}

/* ---- the program ---- */

static gboolean bus_missing(void)
{
	return umockdev_missing("USBTMC NOT TESTED: umockdev is not installed");
}

/* Starts the program again with umockdev in front of the C library, once. */
static void bus_restart(char **argv)
{
	umockdev_restart(argv);
}

#endif
#endif

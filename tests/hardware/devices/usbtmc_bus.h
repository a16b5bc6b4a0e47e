/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_USBTMC_BUS_H
#define TESTS_HARDWARE_DEVICES_USBTMC_BUS_H

#include "tests/hardware/devices/usb_port.h"
#include "tests/unit/usbtmc_device.h"

#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

/*
 * What tests/unit/usbtmc_bus.h is, with a real kernel in place of umockdev: one USBTMC device model
 * in a port of vhci_hcd. What only the kernel sees (claims) is asked of sysfs; what only umockdev
 * counts is not counted.
 */
struct bus {
	GMutex lock;
	struct device *device;
	struct usb_port *port; /* null: not plugged in */
	GByteArray *command;   /* a transfer to the device that comes in several pieces */
	int n_configured;      /* more than once: it was reset */
	int occupier;          /* -1: nobody */
};

/* The kernel's word for a device that is gone. */
static int bus_told(int n)
{
	return n == -ENODEV ? -ESHUTDOWN : n;
}

static int bus_standard(struct bus *bus, const guint8 *setup, guint8 *data, int max)
{
	struct device *device = bus->device;

	if (setup[1] == 6 && setup[3] == 3)
		return bus_told(device_control(device, setup, data, max));
	if (setup[1] == 9 && bus->n_configured++ > 0) {
		device->n_reset++;
		device_forget(device);
	}
	if (setup[1] == 1 && setup[0] == 2)
		*(setup[4] == 0x81 ? &device->n_halt_in : &device->n_halt_out) += 1;
	return -ENOSYS;
}

static int bus_control(void *user_data, const guint8 setup[8], guint8 *data, int max)
{
	struct bus *bus = user_data;
	gboolean is_string = setup[0] == 0x80 && setup[1] == 6 && setup[3] == 3;

	/* asked for by who opens it */
	if (bus->device->comes_back && is_string)
		bus->device->is_gone = FALSE;
	if (bus->device->is_gone)
		return -ESHUTDOWN;
	if ((setup[0] & 0x60) == 0)
		return bus_standard(bus, setup, data, max);
	if (setup[1] == 1 || setup[1] == 5)
		g_byte_array_set_size(bus->command, 0);
	return bus_told(device_control(bus->device, setup, data, max));
}

static int bus_out(void *user_data, guint8 endpoint, const guint8 *data, int len)
{
	struct bus *bus = user_data;
	GByteArray *command = bus->command;

	if (bus->device->is_gone)
		return -ESHUTDOWN;
	g_byte_array_append(command, data, (guint)len);
	/* a request has no bytes behind its header */
	gsize whole = command->len >= 12 && command->data[0] == 1
	                      ? 12 + ((gsize)device_u32(command->data + 4) + 3) / 4 * 4
	                      : 12;
	if (command->len < whole)
		return len;
	int n = device_out(bus->device, command->data, (int)command->len);
	g_byte_array_set_size(command, 0);
	return n < 0 ? bus_told(n) : len;
}

static int bus_in(void *user_data, guint8 endpoint, guint8 *data, int max)
{
	struct bus *bus = user_data;

	if (bus->device->is_gone)
		return -ESHUTDOWN;
	if (endpoint == 0x81)
		return bus_told(device_in(bus->device, data, max));
	return endpoint == 0x83 ? bus_told(device_interrupt(bus->device, data, max)) : -EAGAIN;
}

/* Interface 0 is none of USBTMC, 1 is. */
static GBytes *bus_configuration(const struct device *device)
{
	guint8 low = (guint8)device->packet, high = (guint8)(device->packet >> 8),
	       n = device->has_interrupt ? 3 : 2, protocol = device->plain ? 0 : 1;
	const guint8 bytes[] = {
		9, 2, 34 + 7 * n, 0, 2,   1,    0, 0x80,     50, /* two interfaces */
		9, 4, 0,          0, 1,   0xff, 0, 0,        0,  /* the maker's own, with */
		7, 5, 0x84,       3, 8,   0,    4,               /* interrupt in */
		9, 4, 1,          0, n,   0xfe, 3, protocol, 0,  /* USBTMC, with */
		7, 5, 0x02,       2, low, high, 0,               /* bulk out */
		7, 5, 0x81,       2, low, high, 0,               /* bulk in */
		7, 5, 0x83,       3, 2,   0,    4,               /* interrupt in */
	};
	return g_bytes_new(bytes, sizeof bytes - (device->has_interrupt ? 0 : 7));
}

/* Until the kernel's own driver has it. */
static void bus_plug(struct bus *bus)
{
	static const struct usb_device_ops ops = {bus_control, bus_out, bus_in};
	const struct device *device = bus->device;
	g_autoptr(GBytes) configuration = bus_configuration(device);
	gsize len = 0;
	const guint8 *bytes = g_bytes_get_data(configuration, &len);
	const struct usb_description description = {
		.speed = device->packet > 64 ? USB_SPEED_HIGH : USB_SPEED_FULL,
		.vendor = device->vendor,
		.product = device->product,
		.release = 0x0100,
		.strings = {"", "", device->serial},
		.configuration = bytes,
		.configuration_len = len,
	};
	const struct usb_device usb = {&description, &ops, bus, &bus->lock, -1};

	g_mutex_lock(&bus->lock);
	bus->device->is_gone = FALSE;
	bus->n_configured = 0;
	g_mutex_unlock(&bus->lock);
	bus->port = usb_port_plug(&usb);
	g_free(usb_port_wait(bus->port, "1.1/driver"));
}

G_GNUC_UNUSED static void bus_unplug(struct bus *bus)
{
	g_mutex_lock(&bus->lock);
	bus->device->is_gone = TRUE;
	g_mutex_unlock(&bus->lock);
	g_clear_pointer(&bus->port, usb_port_unplug);
	g_byte_array_set_size(bus->command, 0);
}

static void bus_start(struct bus *bus, struct device *device)
{
	*bus = (struct bus){.device = device, .occupier = -1};
	g_mutex_init(&bus->lock);
	bus->command = g_byte_array_new();
	bus_plug(bus);
}

/* The links to it must be closed. */
static void bus_stop(struct bus *bus)
{
	g_clear_pointer(&bus->port, usb_port_unplug);
	g_byte_array_unref(bus->command);
	device_forget(bus->device);
	g_mutex_clear(&bus->lock);
}

/* ---- who has it ---- */

static char *bus_driver(const struct bus *bus)
{
	const char *folder = usb_port_folder(bus->port);
	g_autofree char *name = g_path_get_basename(folder);
	g_autofree char *link = g_strdup_printf("%s/%s:1.1/driver", folder, name);
	g_autofree char *target = g_file_read_link(link, NULL);

	return target ? g_path_get_basename(target) : g_strdup("");
}

/* A program has it while it was claimed more often than given back, else the kernel's driver. */
G_GNUC_UNUSED static void bus_assert_claims(const struct bus *bus, int n_claim, int n_release)
{
	g_autofree char *driver = bus_driver(bus);
	g_assert_cmpstr(driver, ==, n_claim > n_release ? "usbfs" : "usbtmc");
}

/* Whoever claimed it has given it back. */
G_GNUC_UNUSED static void bus_assert_unclaimed(const struct bus *bus)
{
	bus_assert_claims(bus, 0, 0);
}

static guint bus_number_in(const struct bus *bus, const char *name)
{
	g_autofree char *path = g_build_filename(usb_port_folder(bus->port), name, NULL);
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return (guint)g_ascii_strtoull(text, NULL, 10);
}

/* Another program takes the interface, or gives it back. */
G_GNUC_UNUSED static void bus_occupy(struct bus *bus, gboolean taken)
{
	g_autofree char *node =
		g_strdup_printf("/dev/bus/usb/%03u/%03u", bus_number_in(bus, "busnum"),
	                        bus_number_in(bus, "devnum"));
	struct usbdevfs_ioctl away = {.ifno = 1, .ioctl_code = USBDEVFS_DISCONNECT};
	guint interface = 1;

	if (!taken) {
		close(bus->occupier);
		return;
	}
	bus->occupier = open(node, O_RDWR | O_CLOEXEC);
	g_assert_cmpint(bus->occupier, >=, 0);
	g_assert_cmpint(ioctl(bus->occupier, USBDEVFS_IOCTL, &away), ==, 0);
	g_assert_cmpint(ioctl(bus->occupier, USBDEVFS_CLAIMINTERFACE, &interface), ==, 0);
}

/* ---- the program ---- */

static gboolean bus_missing(void)
{
	const char *reason = NULL;

	if (usb_port_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

G_GNUC_UNUSED static void bus_restart(char **argv)
{
}

#endif

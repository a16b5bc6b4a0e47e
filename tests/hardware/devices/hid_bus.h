/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_HID_BUS_H
#define TESTS_HARDWARE_DEVICES_HID_BUS_H

#include "tests/hardware/devices/usb_port.h"
#include "tests/unit/hid_model.h"

#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

/*
 * What tests/unit/hid_bus.h is, with a real kernel in place of umockdev: models of bridges in ports
 * of vhci_hcd, which the kernel's own drivers take when they come.
 */
enum { HID_SLOTS = 3 };

struct hid_slot {
	struct hid_model *model; /* null: empty */
	struct usb_port *port;
	int occupier; /* -1: nobody */
};

struct hid_bus {
	GMutex lock;
	struct hid_slot slots[HID_SLOTS];
};

static inline void hid_bus_lock(struct hid_bus *bus)
{
	g_mutex_lock(&bus->lock);
}

static inline void hid_bus_unlock(struct hid_bus *bus)
{
	g_mutex_unlock(&bus->lock);
}

static inline struct hid_slot *hid_slot_of(struct hid_bus *bus, const struct hid_model *model)
{
	for (guint i = 0; i < HID_SLOTS; i++)
		if (bus->slots[i].model == model)
			return &bus->slots[i];
	g_error("no such model on the bus");
}

/*
 * Whether HID drivers take devices by themselves. Linux 6.1's hid-mcp2221 must not: it asks its
 * device while HID still keeps answers from a driver that is being bound, and waits 8 s for them
 * in the thread that would make the next device known.
 */
static inline void hid_bus_probe(gboolean on)
{
	int fd = open("/sys/bus/hid/drivers_autoprobe", O_WRONLY | O_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, on ? "1" : "0", 1), ==, 1);
	close(fd);
}

/* Until the kernel's own driver has it. */
static inline void hid_bus_plug(struct hid_bus *bus, struct hid_model *model)
{
	static const struct usb_device_ops ops = {hid_model_control, hid_model_out, hid_model_in};
	struct hid_slot *slot = hid_slot_of(bus, NULL);
	const struct usb_description description = {
		.speed = USB_SPEED_FULL,
		.vendor = model->vendor,
		.product = model->product,
		.release = 0x0100,
		.strings = {"", "", model->serial},
		.configuration = model->configuration,
		.configuration_len = model->configuration_len,
	};
	const struct usb_device usb = {&description, &ops, model, &bus->lock, -1};
	g_autofree char *driver = g_strdup_printf("1.%u/driver", model->interface);

	hid_bus_probe(model->vendor != 0x04D8);
	slot->model = model;
	slot->port = usb_port_plug(&usb);
	g_free(usb_port_wait(slot->port, driver));
}

static inline void hid_bus_unplug(struct hid_bus *bus, struct hid_model *model)
{
	struct hid_slot *slot = hid_slot_of(bus, model);

	hid_bus_lock(bus);
	model->is_gone = TRUE;
	hid_bus_unlock(bus);
	g_clear_pointer(&slot->port, usb_port_unplug);
	slot->model = NULL;
}

static inline void hid_bus_start(struct hid_bus *bus)
{
	*bus = (struct hid_bus){.slots = {{.occupier = -1}, {.occupier = -1}, {.occupier = -1}}};
	g_mutex_init(&bus->lock);
}

static inline void hid_bus_stop(struct hid_bus *bus)
{
	for (guint i = 0; i < HID_SLOTS; i++)
		if (bus->slots[i].model)
			hid_bus_unplug(bus, bus->slots[i].model);
	g_mutex_clear(&bus->lock);
}

static inline char *hid_bus_driver(struct hid_bus *bus, struct hid_model *model)
{
	const char *folder = usb_port_folder(hid_slot_of(bus, model)->port);
	g_autofree char *name = g_path_get_basename(folder);
	g_autofree char *link =
		g_strdup_printf("%s/%s:1.%u/driver", folder, name, model->interface);
	g_autofree char *target = g_file_read_link(link, NULL);

	return target ? g_path_get_basename(target) : NULL;
}

static inline gboolean hid_bus_has_driver(struct hid_bus *bus, struct hid_model *model)
{
	g_autofree char *driver = hid_bus_driver(bus, model);

	return g_strcmp0(driver, "usbhid") == 0;
}

static inline guint hid_bus_number(const char *folder, const char *attribute)
{
	g_autofree char *path = g_build_filename(folder, attribute, NULL);
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return (guint)g_ascii_strtoull(text, NULL, 10);
}

/* Somebody else takes it, or gives it back. */
static inline void hid_bus_occupy(struct hid_bus *bus, struct hid_model *model, gboolean taken)
{
	struct hid_slot *slot = hid_slot_of(bus, model);
	const char *folder = usb_port_folder(slot->port);
	g_autofree char *node =
		g_strdup_printf("/dev/bus/usb/%03u/%03u", hid_bus_number(folder, "busnum"),
	                        hid_bus_number(folder, "devnum"));
	struct usbdevfs_disconnect_claim claim = {.interface = model->interface};

	if (!taken) {
		close(slot->occupier);
		slot->occupier = -1;
		return;
	}
	slot->occupier = open(node, O_RDWR | O_CLOEXEC);
	g_assert_cmpint(slot->occupier, >=, 0);
	g_assert_cmpint(ioctl(slot->occupier, USBDEVFS_DISCONNECT_CLAIM, &claim), ==, 0);
}

static inline gboolean hid_bus_missing(void)
{
	const char *reason = NULL;

	if (usb_port_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

static inline void hid_bus_restart(char **argv)
{
}

#endif

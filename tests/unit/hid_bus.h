/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_HID_BUS_H
#define TESTS_UNIT_HID_BUS_H

#ifdef TESTS_IN_KERNEL
#include "tests/hardware/devices/hid_bus.h"
#else

#include "tests/unit/hid_model.h"
#include "tests/unit/umockdev.h"

#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <sys/ioctl.h>

/*
 * A USB bus with models of bridges on it, which the real libusb sees: umockdev stands in for sysfs
 * and udev, and sends what usbfs would get to the handler below. Compiled for make check-hardware,
 * this is a real kernel's bus. Models may be changed while hid_bus_lock is held.
 */

enum { HID_PENDING_MAX = 16, HID_SLOTS = 3 };

/* A transfer that libusb has handed over and not got back yet. */
struct hid_pending {
	struct ioctl_data *urb;
	struct ioctl_data *buffer; /* null: no bytes */
	gboolean is_done;
};

/* A port. */
struct hid_slot {
	struct hid_bus *bus;
	struct hid_model *model; /* null: empty */
	gpointer handler;
	struct hid_pending pending[HID_PENDING_MAX];
	guint n_pending;
	gboolean is_claimed;
	gboolean is_stale;            /* who has it open has it from before it was pulled out */
	guint n_detached, n_attached; /* the kernel's driver */
};

struct hid_bus {
	struct umockdev umockdev;
	gpointer bed;
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

/* ---- transfers; all in umockdev's thread ---- */

/* Strings: no maker, no model, a serial number. */
static inline int hid_string(const struct hid_model *model, guint8 index, guint8 *data, int max)
{
	guint8 text[64] = {4, 3, 0x09, 0x04};
	gsize n = model->serial ? strlen(model->serial) : 0;

	if (index == 3 && n) {
		text[0] = (guint8)(2 + 2 * n);
		memset(text + 2, 0, sizeof text - 2);
		for (gsize i = 0; i < n; i++)
			text[2 + 2 * i] = (guint8)model->serial[i];
	} else if (index) {
		return -EPIPE;
	}
	max = MIN(max, text[0]);
	memcpy(data, text, (gsize)max);
	return max;
}

static inline struct usbdevfs_urb *hid_urb(const struct hid_pending *p)
{
	return (struct usbdevfs_urb *)(gpointer)p->urb->data;
}

static inline void hid_finish(struct hid_pending *p, int n)
{
	struct usbdevfs_urb *urb = hid_urb(p);

	if (n == -EAGAIN)
		return;
	urb->status = MIN(n, 0);
	urb->actual_length = MAX(n, 0);
	p->is_done = TRUE;
}

static inline gboolean hid_is_gone(const struct hid_slot *slot)
{
	return !slot->model || slot->model->is_gone || slot->is_stale;
}

static inline void hid_try(struct hid_slot *slot, struct hid_pending *p)
{
	struct usbdevfs_urb *urb = hid_urb(p);
	guint8 *data = p->buffer ? p->buffer->data : NULL;
	int n;

	if (hid_is_gone(slot)) {
		n = -ESHUTDOWN;
	} else if (urb->type == USBDEVFS_URB_TYPE_CONTROL) {
		n = hid_model_control(slot->model, data, data + 8, urb->buffer_length - 8);
		if (n == -ENOSYS && data[0] == 0x80 && data[1] == 6 && data[3] == 3)
			n = hid_string(slot->model, data[2], data + 8, urb->buffer_length - 8);
	} else if (urb->endpoint & 0x80) {
		n = hid_model_in(slot->model, urb->endpoint, data, urb->buffer_length);
	} else {
		n = hid_model_out(slot->model, urb->endpoint, data, urb->buffer_length);
	}
	hid_finish(p, n);
}

static inline int hid_submit(struct hid_slot *slot, struct ioctl_data *arg)
{
	const struct umockdev *u = &slot->bus->umockdev;
	struct hid_pending *p = &slot->pending[slot->n_pending];
	gsize len;

	if (hid_is_gone(slot))
		return ENODEV;
	g_assert_cmpuint(slot->n_pending, <, HID_PENDING_MAX);
	*p = (struct hid_pending){u->data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL)};
	len = (gsize)hid_urb(p)->buffer_length;
	if (len > 0)
		p->buffer =
			u->data_resolve(p->urb, offsetof(struct usbdevfs_urb, buffer), len, NULL);
	slot->n_pending++;
	hid_try(slot, p);
	return 0;
}

static inline int hid_reap(struct hid_slot *slot, struct ioctl_data *arg)
{
	const struct umockdev *u = &slot->bus->umockdev;

	for (guint i = 0; i < slot->n_pending; i++) {
		struct hid_pending *p = &slot->pending[i];
		struct ioctl_data *pointer;

		if (!p->is_done)
			hid_try(slot, p);
		if (!p->is_done)
			continue;
		pointer = u->data_resolve(arg, 0, sizeof(gpointer), NULL);
		u->data_set_ptr(pointer, 0, p->urb);
		g_object_unref(pointer);
		g_clear_object(&p->buffer);
		g_clear_object(&p->urb);
		slot->n_pending--;
		memmove(p, p + 1, (slot->n_pending - i) * sizeof *p);
		return 0;
	}
	return hid_is_gone(slot) ? ENODEV : EAGAIN;
}

static inline int hid_discard(struct hid_slot *slot, gulong address)
{
	for (guint i = 0; i < slot->n_pending; i++) {
		struct hid_pending *p = &slot->pending[i];

		if (!p->is_done && p->urb->client_addr == address) {
			hid_finish(p, -ENOENT);
			return 0;
		}
	}
	return EINVAL;
}

static inline int hid_claim(struct hid_slot *slot)
{
	if (slot->is_claimed)
		return EBUSY;
	slot->is_claimed = TRUE;
	slot->n_detached++;
	return 0;
}

static inline int hid_answer_ioctl(struct hid_slot *slot, gulong request, struct ioctl_data *arg)
{
	const guint32 capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM;
	struct ioctl_data *place;

	switch (request) {
	case USBDEVFS_SUBMITURB:
		return hid_submit(slot, arg);
	case USBDEVFS_REAPURB:
	case USBDEVFS_REAPURBNDELAY:
		return hid_reap(slot, arg);
	case USBDEVFS_DISCARDURB:
		return hid_discard(slot, *(gulong *)(gpointer)arg->data);
	case USBDEVFS_GET_CAPABILITIES: /* the first at each opening */
		slot->is_stale = FALSE;
		place = slot->bus->umockdev.data_resolve(arg, 0, sizeof capabilities, NULL);
		memcpy(place->data, &capabilities, sizeof capabilities);
		g_object_unref(place);
		return 0;
	case USBDEVFS_RELEASEINTERFACE:
		slot->is_claimed = FALSE;
		return 0;
	case USBDEVFS_IOCTL: /* the kernel's driver again */
		slot->n_attached++;
		return 0;
	default:
		break;
	}
	if (hid_is_gone(slot))
		return ENODEV;
	switch (request) {
	case USBDEVFS_DISCONNECT_CLAIM:
	case USBDEVFS_CLAIMINTERFACE:
		return hid_claim(slot);
	case USBDEVFS_CLEAR_HALT:
		return 0;
	default:
		return ENOTTY;
	}
}

static inline gboolean hid_on_ioctl(gpointer base, gpointer client, gpointer user_data)
{
	struct hid_slot *slot = user_data;
	const struct umockdev *u = &slot->bus->umockdev;
	int os_error;

	hid_bus_lock(slot->bus);
	os_error = hid_answer_ioctl(slot, u->client_get_request(client), u->client_get_arg(client));
	hid_bus_unlock(slot->bus);
	u->client_complete(client, os_error ? -1 : 0, os_error);
	return TRUE;
}

/* ---- plugging ---- */

static inline void hid_slot_node(const struct hid_bus *bus, const struct hid_slot *slot,
                                 char node[32])
{
	g_snprintf(node, 32, "/dev/bus/usb/001/%03u", (guint)(slot - bus->slots) + 2);
}

static inline struct hid_slot *hid_slot_of(struct hid_bus *bus, const struct hid_model *model)
{
	for (guint i = 0; i < HID_SLOTS; i++)
		if (bus->slots[i].model == model)
			return &bus->slots[i];
	g_error("no such model on the bus");
}

/* Into the first empty port: 1-1, 1-2 and so on. */
static inline void hid_bus_plug(struct hid_bus *bus, struct hid_model *model)
{
	struct hid_slot *slot = hid_slot_of(bus, NULL);
	guint number = (guint)(slot - bus->slots);
	g_autoptr(GString) hex = g_string_new(NULL);
	g_autofree char *text = NULL;
	char node[32];
	GError *error = NULL;

	hid_slot_node(bus, slot, node);
	g_string_append_printf(hex, "1201000200000040%02X%02X%02X%02X00010102%02X01",
	                       model->vendor & 0xFF, model->vendor >> 8, model->product & 0xFF,
	                       model->product >> 8, model->serial ? 3 : 0);
	for (gsize i = 0; i < model->configuration_len; i++)
		g_string_append_printf(hex, "%02X", model->configuration[i]);
	text = g_strdup_printf(
		"P: /devices/pci0/usb1/1-%u\nN: bus/usb/001/%03u=%s\nE: DEVNAME=%s\n"
		"E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=001\nE: DEVNUM=%03u\n"
		"E: MAJOR=189\nE: MINOR=%u\nA: busnum=1\\n\nA: devnum=%u\\n\nA: speed=12\\n\n"
		"A: bConfigurationValue=1\\n\nH: descriptors=%s\n\n",
		number + 1, number + 2, hex->str, node, number + 2, number + 1, number + 2,
		hex->str);
	hid_bus_lock(bus);
	slot->model = model;
	slot->is_claimed = FALSE;
	hid_bus_unlock(bus);
	bus->umockdev.testbed_add_from_string(bus->bed, text, &error);
	g_assert_no_error(error);
	bus->umockdev.testbed_attach_ioctl(bus->bed, node, slot->handler, &error);
	g_assert_no_error(error);
}

static inline void hid_bus_unplug(struct hid_bus *bus, struct hid_model *model)
{
	struct hid_slot *slot = hid_slot_of(bus, model);
	g_autofree char *path =
		g_strdup_printf("/sys/devices/pci0/usb1/1-%u", (guint)(slot - bus->slots) + 1);
	GError *error = NULL;
	char node[32];

	hid_slot_node(bus, slot, node);
	hid_bus_lock(bus);
	slot->model = NULL;
	slot->is_stale = TRUE;
	hid_bus_unlock(bus);
	bus->umockdev.testbed_detach_ioctl(bus->bed, node, &error);
	g_assert_no_error(error);
	bus->umockdev.testbed_remove_device(bus->bed, path);
}

static inline void hid_bus_start(struct hid_bus *bus)
{
	static const char root[] =
		"P: /devices/pci0/usb1\nN: bus/usb/001/001\nE: DEVNAME=/dev/bus/usb/001/001\n"
		"E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM=001\nE: DEVNUM=001\n"
		"E: MAJOR=189\nE: MINOR=0\nA: busnum=1\\n\nA: devnum=1\\n\nA: speed=480\\n\n"
		"A: bConfigurationValue=1\\n\nH: descriptors=12010002090001406B1D0200000100000001"
		"09021900010100E0000904000001090000000705810304000C\n\n";
	GError *error = NULL;

	*bus = (struct hid_bus){.bed = NULL};
	g_mutex_init(&bus->lock);
	umockdev_load(&bus->umockdev);
	bus->bed = bus->umockdev.testbed_new();
	bus->umockdev.testbed_add_from_string(bus->bed, root, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < HID_SLOTS; i++) {
		bus->slots[i].bus = bus;
		bus->slots[i].handler = bus->umockdev.ioctl_base_new();
		g_signal_connect(bus->slots[i].handler, "handle-ioctl", G_CALLBACK(hid_on_ioctl),
		                 &bus->slots[i]);
	}
}

/* Whoever uses it must have closed it. */
static inline void hid_bus_stop(struct hid_bus *bus)
{
	g_object_unref(bus->bed);
	for (guint i = 0; i < HID_SLOTS; i++) {
		g_assert_cmpuint(bus->slots[i].n_pending, ==, 0);
		g_assert_false(bus->slots[i].is_claimed);
		g_object_unref(bus->slots[i].handler);
	}
	g_mutex_clear(&bus->lock);
}

/* ---- who has it ---- */

/* Somebody else takes it, or gives it back. */
static inline void hid_bus_occupy(struct hid_bus *bus, struct hid_model *model, gboolean taken)
{
	hid_slot_of(bus, model)->is_claimed = taken;
}

/* The kernel's driver has it, or had to let it go. */
static inline gboolean hid_bus_has_driver(struct hid_bus *bus, struct hid_model *model)
{
	const struct hid_slot *slot = hid_slot_of(bus, model);

	return slot->n_detached == slot->n_attached;
}

/* ---- the program ---- */

static inline gboolean hid_bus_missing(void)
{
	return umockdev_missing("BRIDGES ON USB NOT TESTED: umockdev is not installed");
}

static inline void hid_bus_restart(char **argv)
{
	umockdev_restart(argv);
}

#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_VHCI_H
#define TESTS_HARDWARE_DEVICES_VHCI_H

#include <glib.h>

/* The ports of vhci_hcd, Linux's USB/IP client, through its files in sysfs. */

struct vhci_place {
	int port;
	char *name;   /* of the device in it: "1-1"; owned */
	char *folder; /* of the device in sysfs; owned */
};

/* FALSE, and why in *reason (constant), where there is none. */
gboolean vhci_available(const char **reason);

/*
 * Takes a free USB 2.0 port and hands the kernel one end of a new connection; the other end is
 * given. Closing it pulls the device out. speed is the kernel's number. Ends the program where
 * there is no port.
 */
int vhci_attach(int device_id, int speed, struct vhci_place *place);

/* After the end: until the port can be taken anew. */
void vhci_wait_free(const struct vhci_place *place);
void vhci_place_clear(struct vhci_place *place);

#endif

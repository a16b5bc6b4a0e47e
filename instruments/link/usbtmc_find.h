/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_FIND_H
#define INSTRUMENTS_LINK_USBTMC_FIND_H

#include "instruments/link/usbtmc_device.h"

#include <glib.h>

/* Which USBTMC interfaces are plugged in, and taking one of them. */

/* Which device; interface -1: its first of class FE/03. */
struct usbtmc_address {
	guint16 vendor;
	guint16 product;
	const char *serial;
	int interface;
};

/*
 * Finds, opens and claims; a driver of the kernel is detached until it is closed. reset: the device
 * is reset before it is claimed. On failure the device is closed. STATION_ERROR_IO: not plugged in,
 * not allowed; REFUSED: another program has it.
 */
gboolean usbtmc_device_open(struct usbtmc_device *device, const struct usbtmc_address *address,
                            gboolean reset, const struct bounds *bounds, GError **error);

/* A closed or zeroed device is allowed. */
void usbtmc_device_close(struct usbtmc_device *device);

/* The kernel resets the port; the device has to be opened again afterwards. */
void usbtmc_device_reset(struct usbtmc_device *device);

/* One USBTMC interface that is plugged in. */
struct usbtmc_found {
	guint16 vendor;
	guint16 product;
	int interface;
	char *serial; /* UTF-8, as the next two; null: it has none, or could not be asked */
	char *maker;
	char *model;
	char *resource; /* for link_open: "USB::0x1AB1::0x0E11::DP8C1::INSTR"; null: no serial */
	char *problem;  /* why it could not be asked; null: nothing is wrong */
};

/*
 * All of them, in the order of the bus; elements are struct usbtmc_found. Takes none of them from
 * another program. Null: STATION_ERROR_IO (no USB here), TIMEOUT, CANCELLED.
 */
GPtrArray *usbtmc_list(const struct bounds *bounds, GError **error);

#endif

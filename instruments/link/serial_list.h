/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_SERIAL_LIST_H
#define INSTRUMENTS_LINK_SERIAL_LIST_H

#include <glib.h>

/* A serial line of this machine. */
struct serial_found {
	char *device;      /* "/dev/ttyUSB0" */
	char *description; /* of the adapter; null: none is known */
	char *usb_serial;  /* of a USB adapter; null: none is known */
	gboolean is_usb;
	guint16 vendor; /* of a USB adapter */
	guint16 product;
};

/*
 * All of them; elements are struct serial_found, free with g_ptr_array_unref. Opens none and asks
 * nothing of what is connected. STATION_ERROR_IO.
 */
GPtrArray *serial_list(GError **error);

#endif

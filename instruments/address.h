/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_ADDRESS_H
#define INSTRUMENTS_ADDRESS_H

#include <glib.h>

/*
 * Where the instrument of a resource string physically is, the same for everybody who means it:
 * "tcp:10.0.0.7:5025", "hislip:10.0.0.7:4880:hislip0", "usb:1ab1:0e11:DP8C1", "device:/dev/ttyUSB0"
 * (links to the device followed). Behind a GPIB adapter it is the adapter's, which serves one
 * process at a time. Tops do not count; names of hosts are compared as written, in lower case. An
 * instrument that can be reached by two buses has two addresses. Null without error for what is
 * played back from a file: it is nowhere. CONFIG or UNSUPPORTED as resource_parse. Free with
 * g_free.
 */
char *instrument_address(const char *resource, GError **error);

/* Whether the bus of a resource has a lock of its own: HiSLIP, VXI-11. */
gboolean instrument_bus_has_lock(const char *resource);

/* The parts of which addresses are made; for a fixture controller too. Free with g_free. */
char *address_of_host(const char *bus, const char *host, guint port);
char *address_of_device(const char *path);

#endif

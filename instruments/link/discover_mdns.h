/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_DISCOVER_MDNS_H
#define INSTRUMENTS_LINK_DISCOVER_MDNS_H

#include "base/deadline.h"

#include <gio/gio.h>

/* Services of instruments that mDNS announces (RFC 6763), as avahi-browse(1) finds them. */

/* One service at one address. */
struct mdns_service {
	char *name;    /* of the instance: "Keysight N7744A" */
	char *type;    /* "_hislip._tcp" */
	char *address; /* "192.0.2.7", "2001:db8::7"; never of one link only (fe80::) */
	guint16 port;
	/* the TXT keys Manufacturer, Model, SerialNumber, FirmwareVersion; null: not told. Source:
	 * LXI device specification, section on mDNS [M] */
	char *maker;
	char *model;
	char *serial;
	char *firmware;
};

void mdns_service_free(struct mdns_service *service); /* null is allowed */

/*
 * One line of "avahi-browse --parsable --resolve", without its end. Null with STATION_ERROR_DATA
 * when it is not as the program writes it, null without an error when it tells of no resolved
 * service that can be connected to. All texts are UTF-8.
 */
struct mdns_service *mdns_parse_line(const char *line, GError **error);

/*
 * Runs avahi-browse for one type ("_hislip._tcp") and gives what it found by itself or until the
 * deadline; that it passes is no error. Elements are struct mdns_service; free with
 * g_ptr_array_unref. *bad counts lines that were not understood. STATION_ERROR_UNSUPPORTED: the
 * program is not installed; IO: it failed, with its words; CANCELLED.
 */
GPtrArray *discover_mdns(const char *type, guint *bad, const struct bounds *bounds, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RESOURCE_H
#define INSTRUMENTS_LINK_RESOURCE_H

#include <glib.h>

/* What a resource string says; its grammar stands in instruments/link/link.h. */

enum link_transport {
	LINK_TRANSPORT_TCP,
	LINK_TRANSPORT_SERIAL,
};

enum link_parity {
	LINK_PARITY_NONE,
	LINK_PARITY_ODD,
	LINK_PARITY_EVEN,
};

enum link_flow {
	LINK_FLOW_NONE,
	LINK_FLOW_RTSCTS,
	LINK_FLOW_XONXOFF,
};

struct link_line {
	int baud;
	int bits;
	int stop_bits;
	enum link_parity parity;
	enum link_flow flow;
};

struct resource {
	enum link_transport transport;
	char *host;            /* TCP; without brackets */
	guint16 port;          /* TCP */
	char *device;          /* serial: "/dev/ttyUSB0" */
	struct link_line line; /* serial */
	char *bottom;          /* the string without its tops */
	gboolean trace;
	char *trace_path; /* null when the trace goes to no file */
};

/*
 * Reads a resource string; opens and looks up nothing. On failure resource is empty.
 * STATION_ERROR_CONFIG, or UNSUPPORTED for what VISA knows and we do not speak.
 */
gboolean resource_parse(const char *text, struct resource *resource, GError **error);

/* Frees what the fields own; a zeroed resource is allowed. */
void resource_done(struct resource *resource);

#endif

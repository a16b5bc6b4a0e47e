/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RESOURCE_H
#define INSTRUMENTS_LINK_RESOURCE_H

#include <glib.h>

/* What a resource string says; its grammar stands in instruments/link/link.h. */

enum link_transport {
	LINK_TRANSPORT_TCP,
	LINK_TRANSPORT_SERIAL,
	LINK_TRANSPORT_HISLIP,
	LINK_TRANSPORT_VXI11,
	LINK_TRANSPORT_USBTMC,
	LINK_TRANSPORT_PROLOGIX, /* GPIB behind an adapter on TCP or a serial line */
	LINK_TRANSPORTS,
};

enum link_top {
	LINK_TOP_TRACE,
	LINK_TOP_RECORD,
	LINK_TOP_REPLAY,
	LINK_TOP_FAULT,
	LINK_TOPS,
};

/* One word in front of a transport: "record:file=PATH:". */
struct resource_top {
	enum link_top top;
	char *argument; /* what stands between its colons, escapes undone; null when nothing does */
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

enum { RESOURCE_TOPS_MAX = 4 };

struct link_line {
	int baud;
	int bits;
	int stop_bits;
	enum link_parity parity;
	enum link_flow flow;
};

/* How a connection is secured; all null: encrypted only when the instrument demands it. */
struct link_security {
	gboolean wanted;     /* nothing is said over a connection that is not encrypted */
	char *ca;            /* PEM file of who signs certificates; null: the system's */
	char *fingerprint;   /* SHA-256 of the instrument's own, 64 digits in lower case; null */
	char *user;          /* null: anonymous */
	char *password_file; /* with the user's password; null without one */
};

struct resource {
	enum link_transport transport;
	char *host;            /* TCP, HiSLIP, VXI-11, Prologix on TCP (else null); no brackets */
	guint16 port;          /* of those; 0: the bus's own */
	char *device;          /* serial, Prologix on a line: "/dev/ttyUSB0" */
	struct link_line line; /* of those */
	char *name;            /* HiSLIP: "hislip0"; VXI-11: "inst0", "gpib0,9" */
	guint16 vendor;        /* USBTMC */
	guint16 product;       /* USBTMC */
	char *serial;          /* USBTMC: serial number */
	int interface;         /* USBTMC; -1: the first that is one */
	int address;           /* GPIB, 0 to 30 */
	int secondary;         /* GPIB, 0 to 30; -1: none */
	struct link_security security; /* HiSLIP */
	char *bottom; /* the string without its tops, and without what secures it */
	struct resource_top tops[RESOURCE_TOPS_MAX]; /* the outermost first */
	guint n_tops;
};

/*
 * Reads a resource string; opens and looks up nothing. On failure resource is empty.
 * STATION_ERROR_CONFIG, or UNSUPPORTED for what VISA knows and we do not speak.
 */
gboolean resource_parse(const char *text, struct resource *resource, GError **error);

/* Null when it has none of that kind. */
const struct resource_top *resource_top(const struct resource *resource, enum link_top top);
/* PATH of "file=PATH"; null when it has none. */
const char *resource_top_path(const struct resource_top *top);

/* Frees what the fields own; a zeroed resource is allowed. */
void resource_done(struct resource *resource);

#endif

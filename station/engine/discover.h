/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_DISCOVER_H
#define STATION_ENGINE_DISCOVER_H

#include "instruments/driver.h"

#include <gio/gio.h>

/* Which instruments can be reached from here, by what they announce and answer. */

enum discover_source {
	DISCOVER_VXI11, /* a broadcast that VXI-11 hosts answer */
	DISCOVER_MDNS,  /* services announced by mDNS, by way of avahi-browse(1) */
	DISCOVER_USB,   /* USBTMC interfaces */
	DISCOVER_SERIAL,
	DISCOVER_N_SOURCES,
};

/* "vxi11", "mdns", "usb", "serial". Static storage. */
const char *discover_source_name(enum discover_source source);

struct discover_options {
	guint sources;       /* 1u << enum discover_source, joined */
	double timeout_s;    /* for all of it; half of it at most is spent on looking */
	gboolean loopback;   /* of the network, only this machine */
	gboolean ask_serial; /* send *IDN? to what is connected to serial lines */
	guint16 portmapper;  /* port of the VXI-11 hosts' portmappers; 0: theirs, 111 */
};

/* How an instrument is reached, in the order in which one is preferred. */
enum discover_kind {
	DISCOVER_BY_HISLIP,
	DISCOVER_BY_VXI11,
	DISCOVER_BY_SOCKET,
	DISCOVER_BY_USBTMC,
	DISCOVER_BY_LINE, /* a serial line */
	DISCOVER_BY_PAGE, /* announced with a web page only: nothing to speak to */
};

/* "hislip", "vxi11", "socket", "usbtmc", "serial", "web". Static storage. */
const char *discover_kind_name(enum discover_kind kind);

/* Strings are owned, or null where nothing is known. */
struct discover_way {
	enum discover_kind kind;
	char *resource; /* for link_open; null: there is none */
	char *where;    /* the host or device: what is at one place is asked one after the other */
	char *source;   /* who told of it: "mDNS \"N7744A\"" */
	struct instrument_identity told;
	gboolean answered; /* told is its answer to *IDN?; else what the source says */
	char *problem;     /* why it did not answer; null: it did, or was not asked */
};

void discover_way_free(gpointer way); /* null is allowed */

/* One instrument. */
struct discovered {
	struct instrument_identity identity; /* as a discover_way's */
	gboolean answered;                   /* the identity is its answer to *IDN? */
	GPtrArray *ways;    /* struct discover_way, owning, the preferred one first */
	GPtrArray *drivers; /* that know it: const struct instrument_driver, may be empty */
	GPtrArray *models;  /* the row of each: const struct instrument_model */
};

/*
 * Joins the ways to one instrument, and looks for its drivers. The same model and serial number are
 * the same instrument; where one of two does not tell both, the same host or device is, unless the
 * models differ or several instruments live there. Takes the elements of ways out of it. Elements
 * of the result are struct discovered, in the order of their preferred ways; free with
 * g_ptr_array_unref.
 */
GPtrArray *discover_join(GPtrArray *ways);

/*
 * Looks at the sources at the same time, asks what was found who it is, and joins it. What a source
 * cannot do is added to notes (char *) as a line. Null only when cancelled:
 * STATION_ERROR_CANCELLED.
 */
GPtrArray *discover(const struct discover_options *options, GCancellable *cancellable,
                    GPtrArray *notes, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_FTDI_H
#define TESTS_HARDWARE_DEVICES_FTDI_H

#include <glib.h>

/*
 * A serial port on USB as FTDI's FT232R makes it, which Linux's ftdi_sio drives: /dev/ttyUSB0. At
 * its other end is a socket. The line has no rate of its own: what was set is told.
 */
struct ftdi;

enum ftdi_flow { FTDI_FLOW_NONE = 0, FTDI_FLOW_RTS_CTS = 1, FTDI_FLOW_XON_XOFF = 4 };

/* What the host has set. */
struct ftdi_settings {
	double baud;
	guint bits;
	char parity;      /* N, O, E, M or S */
	guint half_stops; /* 2: one stop bit */
	guint8 flow;
	gboolean dtr, rts, in_break;
};

/* serial is its serial number, copied. */
struct ftdi *ftdi_new(const char *serial);
/* Pulled out if need be. Null is allowed. */
void ftdi_free(struct ftdi *ftdi);

/* The instrument's end of the line; borrowed, not to be closed. */
int ftdi_line(const struct ftdi *ftdi);

/* Plugs it in; its device node, free with g_free. */
char *ftdi_plug(struct ftdi *ftdi);
void ftdi_unplug(struct ftdi *ftdi);
/*
 * Plugs it in until it gets that device node: a name is free again only a moment after its last
 * user has closed it. Ends the program when it is not to be had.
 */
void ftdi_plug_as(struct ftdi *ftdi, const char *node);

struct ftdi_settings ftdi_settings(struct ftdi *ftdi);
/* The modem lines of the other end: both up at first. */
void ftdi_set_lines(struct ftdi *ftdi, gboolean cts, gboolean dsr);

#endif

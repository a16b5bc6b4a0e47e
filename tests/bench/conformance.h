/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_CONFORMANCE_H
#define TESTS_BENCH_CONFORMANCE_H

#include "base/deadline.h"
#include "base/error.h"
#include "bench/faults.h"
#include "bench/sim.h"
#include "bench/world.h"
#include "instruments/instrument.h"

#include <glib.h>

/*
 * What every driver of a class has to do alike: one suite a class, run once for each pair of a
 * driver and a simulated instrument, through the driver's own link, with world and instrument in
 * one process, so that what the driver says can be held against what is.
 */

/* What is between them. */
enum conformance_bus {
	CONFORMANCE_SOCKET,
	CONFORMANCE_PROLOGIX,   /* GPIB address 1 behind an adapter on TCP */
	CONFORMANCE_HISLIP,     /* synchronised */
	CONFORMANCE_OVERLAPPED, /* HiSLIP as well */
	CONFORMANCE_SECURE,     /* HiSLIP that demands TLS */
	CONFORMANCE_VXI11,
	CONFORMANCE_USBTMC, /* through libusb, on a bus that umockdev shows, or a real kernel */
	CONFORMANCE_SERIAL, /* through libserialport, likewise: /dev/ttyUSB0 */
};

/* One pair: a row of a class's table. */
struct conformance_row {
	const char *driver;         /* "keysight-power-meter" */
	const struct sim_kind *sim; /* what it meets */
	const char *before;         /* of the port in the resource string: "TCPIP::127.0.0.1::" */
	const char *after;          /* of it: "::SOCKET"; null: `before` is all of the string */
	const struct instrument_parameter *parameters;
	gsize n_parameters;
	enum conformance_bus bus;
};

struct conformance {
	const struct conformance_row *row;
	struct world *world; /* one site of the first model, empty, its supply off */
	struct instrument *instrument;
	struct faults *faults; /* of the simulated instrument */
	struct bounds bounds;  /* long enough for anything but a hang */
	void *device;
	struct device_lock *lock;
	/* of the row's bus; the others are null */
	struct server *server; /* of a serial line too */
	struct prologix_server *prologix;
	struct hislip_server *hislip;
	struct vxi11_server *vxi11;
	struct usb_instrument *usb;
	struct serial_instrument *serial;
};

/* First in main, where a row is on USB or a serial line. */
void conformance_init(int *argc, char ***argv);

/*
 * Makes the world, serves the instrument and opens it; whatever fails ends the test. Simulated and
 * process time run CONFORMANCE_SCALE times as fast. End with conformance_close.
 */
#define CONFORMANCE_SCALE 1000.0
void conformance_open(struct conformance *bed, const struct conformance_row *row);
void conformance_close(struct conformance *bed);

/* A unit in the site, powered, all its lanes lit and warm; and dark again. */
void conformance_light(struct conformance *bed);
void conformance_dark(struct conformance *bed);

/* The call failed with that kind, and its text begins with the instrument's name; cleared. */
void conformance_expect(gboolean ok, GError **error, enum station_error kind);

/*
 * A test of the suite for every row: /conformance/DRIVER/SIM/NAME. The name of the simulated
 * instrument is that of its model, with the bus after it when that is no socket. Skips, with the
 * reason, where umockdev or glib-networking is missing that the bus needs. Compiled for make
 * check-hardware there are only the rows on USB and serial lines.
 */
typedef void (*conformance_test_fn)(struct conformance *bed);
void conformance_add(const struct conformance_row *rows, gsize n_rows, const char *name,
                     conformance_test_fn test);

#endif

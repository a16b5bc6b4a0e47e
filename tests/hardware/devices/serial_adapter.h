/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_SERIAL_ADAPTER_H
#define TESTS_HARDWARE_DEVICES_SERIAL_ADAPTER_H

#include "tests/hardware/devices/ftdi.h"
#include "tests/hardware/devices/usb_port.h"

/* What tests/bench/serial_adapter.h is, with a real kernel in place of umockdev. */
struct serial_adapter {
	struct ftdi *ftdi;
	int fd; /* the instrument's end of the line */
};

static const char serial_node[] = "/dev/ttyUSB0";

static void serial_adapter_plug(struct serial_adapter *serial)
{
	ftdi_plug_as(serial->ftdi, serial_node);
}

static void serial_adapter_start(struct serial_adapter *serial)
{
	serial->ftdi = ftdi_new("A1B2C3D4");
	serial->fd = ftdi_line(serial->ftdi);
	serial_adapter_plug(serial);
}

/* The links to it must be closed. */
static void serial_adapter_stop(struct serial_adapter *serial)
{
	ftdi_free(serial->ftdi);
}

static gboolean serial_missing(void)
{
	const char *reason = NULL;

	if (usb_port_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

#endif

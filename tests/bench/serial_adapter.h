/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_SERIAL_ADAPTER_H
#define TESTS_BENCH_SERIAL_ADAPTER_H

#ifdef TESTS_IN_KERNEL
#include "tests/hardware/devices/serial_adapter.h"
#else

#include "tests/unit/umockdev.h"

#include <gio/gio.h>

#include <fcntl.h>
#include <libserialport.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

/*
 * A serial port that is not there: umockdev shows a USB adapter in sysfs and gives a
 * pseudo-terminal for its device node. Modem lines, which pseudo-terminals do not know, are
 * answered here. Compiled for make check-hardware, it is one of a real kernel.
 */
struct serial_adapter {
	struct umockdev umockdev;
	gpointer bed;
	gpointer handler;
	int modem;
	int fd; /* the instrument's end of the line */
};

static const char serial_node[] = "/dev/ttyUSB0";

static const char serial_description[] =
	"P: /devices/pci0/usb1/1-2\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
	"A: busnum=1\\n\nA: devnum=3\\n\nA: idVendor=0403\\n\nA: idProduct=6001\\n\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB0\nE: SUBSYSTEM=usb-serial\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB0/tty/ttyUSB0\nN: ttyUSB0\n"
	"E: DEVNAME=/dev/ttyUSB0\nE: SUBSYSTEM=tty\nE: MAJOR=188\nE: MINOR=0\n"
	"L: device=../../../ttyUSB0\n\n";

/* In umockdev's thread. */
static gboolean serial_ioctl(gpointer base, gpointer client, gpointer user_data)
{
	struct serial_adapter *serial = user_data;
	const struct umockdev *u = &serial->umockdev;
	struct ioctl_data *arg = u->client_get_arg(client);
	struct ioctl_data *place;
	gint os_error = 0;
	glong result = 0;

	switch (u->client_get_request(client)) {
	case TIOCMGET:
		place = u->data_resolve(arg, 0, sizeof(int), NULL);
		memcpy(place->data, &serial->modem, sizeof(int));
		g_object_unref(place);
		break;
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
		break;
	default:
		result = u->client_execute(client, &os_error, NULL);
	}
	u->client_complete(client, result, os_error);
	return TRUE;
}

static void serial_adapter_start(struct serial_adapter *serial)
{
	g_autoptr(GError) error = NULL;
	struct umockdev *u = &serial->umockdev;

	umockdev_load(u);
	serial->modem = TIOCM_CTS | TIOCM_DSR;
	serial->bed = u->testbed_new();
	serial->handler = u->ioctl_base_new();
	g_signal_connect(serial->handler, "handle-ioctl", G_CALLBACK(serial_ioctl), serial);
	u->testbed_add_from_string(serial->bed, serial_description, &error);
	g_assert_no_error(error);
	u->testbed_attach_ioctl(serial->bed, serial_node, serial->handler, &error);
	g_assert_no_error(error);
	serial->fd = u->testbed_get_dev_fd(serial->bed, serial_node);
	g_assert_cmpint(serial->fd, >=, 0);
}

/* The links to it must be closed. */
static void serial_adapter_stop(struct serial_adapter *serial)
{
	g_object_unref(serial->bed);
	g_object_unref(serial->handler);
}

/*
 * Whether looking a port up survives here: umockdev 0.19 stands in for realpath with a null
 * pointer, and libserialport 0.1.2 calls it. Only dying counts.
 */
static gboolean serial_lookup_dies(void)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct serial_adapter serial = {0};
		struct sp_port *found;
		serial_adapter_start(&serial);
		_exit(sp_get_port_by_name(serial_node, &found) == SP_OK ? 0 : 1);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	return WIFSIGNALED(status);
}

/* Skips the test where there are no such ports. umockdev is there. */
static gboolean serial_missing(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);

	if (terminal < 0) {
		g_test_skip("SERIAL LINES NOT TESTED: this place has no pseudo-terminals");
		return TRUE;
	}
	close(terminal);
	if (!serial_lookup_dies())
		return FALSE;
	g_test_skip("SERIAL LINES NOT TESTED: this umockdev breaks realpath");
	return TRUE;
}

#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_SERIAL_INSTRUMENT_H
#define TESTS_BENCH_SERIAL_INSTRUMENT_H

#include "tests/unit/usbtmc_bus.h"

#include <gio/gio.h>

#include <fcntl.h>
#include <libserialport.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>

/*
 * A serial port that is not there, with an instrument at its other end: umockdev shows a USB
 * adapter in sysfs and gives a pseudo-terminal for its device node; what goes through it goes on to
 * the instrument's own server, as with a device server on a line. Modem lines, which
 * pseudo-terminals do not know, are answered here.
 */
struct serial_instrument {
	struct umockdev umockdev;
	gpointer bed;
	gpointer handler;
	int modem;
	int fd;      /* the instrument's end of the line */
	int stop[2]; /* closing [1] ends the thread */
	guint16 port;
	GThread *thread;
};

static const char serial_node[] = "/dev/ttyUSB7";

static const char serial_description[] =
	"P: /devices/pci0/usb1/1-2\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
	"A: busnum=1\\n\nA: devnum=3\\n\nA: idVendor=0403\\n\nA: idProduct=6001\\n\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB7\nE: SUBSYSTEM=usb-serial\n\n"
	"P: /devices/pci0/usb1/1-2/1-2:1.0/ttyUSB7/tty/ttyUSB7\nN: ttyUSB7\n"
	"E: DEVNAME=/dev/ttyUSB7\nE: SUBSYSTEM=tty\nE: MAJOR=188\nE: MINOR=7\n"
	"L: device=../../../ttyUSB7\n\n";

/* In umockdev's thread. */
static gboolean serial_ioctl(gpointer base, gpointer client, gpointer user_data)
{
	struct serial_instrument *serial = user_data;
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

static int serial_call_server(guint16 port)
{
	struct sockaddr_in to = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}};
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_assert_cmpint(server, >=, 0);
	g_assert_cmpint(connect(server, (struct sockaddr *)&to, sizeof to), ==, 0);
	return server;
}

/* False: nobody is there any more. */
static gboolean serial_pass(int from, int to)
{
	guint8 bytes[512];
	gssize got = read(from, bytes, sizeof bytes);

	for (gssize done = 0; done < got;) {
		gssize sent = write(to, bytes + done, (gsize)(got - done));
		if (sent <= 0)
			return FALSE;
		done += sent;
	}
	return got > 0;
}

/* What the server hangs up, a line does not: the instrument is called again. */
static gpointer serial_main(gpointer user_data)
{
	struct serial_instrument *serial = user_data;
	int server = serial_call_server(serial->port);

	for (;;) {
		GPollFD fds[] = {{serial->fd, G_IO_IN, 0},
		                 {server, G_IO_IN, 0},
		                 {serial->stop[0], G_IO_HUP, 0}};
		g_poll(fds, G_N_ELEMENTS(fds), -1);
		if (fds[2].revents)
			break;
		gboolean open = !fds[1].revents || serial_pass(server, serial->fd);
		if (fds[0].revents & G_IO_IN)
			open = serial_pass(serial->fd, server) && open;
		if (open)
			continue;
		close(server);
		server = serial_call_server(serial->port);
	}
	close(server);
	return NULL;
}

static void serial_start(struct serial_instrument *serial)
{
	g_autoptr(GError) error = NULL;
	struct umockdev *u = &serial->umockdev;

	bus_load(u);
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

/* port: where the instrument's server listens. */
static struct serial_instrument *serial_instrument_new(guint16 port)
{
	struct serial_instrument *serial = g_new0(struct serial_instrument, 1);

	serial->port = port;
	serial_start(serial);
	g_assert_cmpint(pipe2(serial->stop, O_CLOEXEC), ==, 0);
	serial->thread = g_thread_new("serial line", serial_main, serial);
	return serial;
}

/* The links to it must be closed, the server not. Null is allowed. */
static void serial_instrument_free(struct serial_instrument *serial)
{
	if (!serial)
		return;
	close(serial->stop[1]);
	g_thread_join(serial->thread);
	close(serial->stop[0]);
	g_object_unref(serial->bed);
	g_object_unref(serial->handler);
	g_free(serial);
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
		struct serial_instrument serial = {0};
		struct sp_port *found;
		serial_start(&serial);
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

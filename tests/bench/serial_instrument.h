/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_SERIAL_INSTRUMENT_H
#define TESTS_BENCH_SERIAL_INSTRUMENT_H

#include "tests/bench/serial_adapter.h"

#include <gio/gio.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A serial port, /dev/ttyUSB0, with an instrument at its other end: what goes through it goes on to
 * the instrument's own server, as with a device server on a line.
 */
struct serial_instrument {
	struct serial_adapter adapter;
	int fd;      /* the instrument's end of the line */
	int stop[2]; /* closing [1] ends the thread */
	guint16 port;
	GThread *thread;
};

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

/* port: where the instrument's server listens. */
G_GNUC_UNUSED static struct serial_instrument *serial_instrument_new(guint16 port)
{
	struct serial_instrument *serial = g_new0(struct serial_instrument, 1);

	serial->port = port;
	serial_adapter_start(&serial->adapter);
	serial->fd = serial->adapter.fd;
	g_assert_cmpint(pipe2(serial->stop, O_CLOEXEC), ==, 0);
	serial->thread = g_thread_new("serial line", serial_main, serial);
	return serial;
}

/* The links to it must be closed, the server not. Null is allowed. */
G_GNUC_UNUSED static void serial_instrument_free(struct serial_instrument *serial)
{
	if (!serial)
		return;
	close(serial->stop[1]);
	g_thread_join(serial->thread);
	close(serial->stop[0]);
	serial_adapter_stop(&serial->adapter);
	g_free(serial);
}

#endif

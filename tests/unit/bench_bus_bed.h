/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_BENCH_BUS_BED_H
#define TESTS_UNIT_BENCH_BUS_BED_H

#include "base/bytes.h"
#include "bench/bus_session.h"
#include "bench/device_lock.h"
#include "bench/faults.h"
#include "bench/scpi.h"

#include <gio/gio.h>
#include <string.h>

/* A SCPI device without commands of its own, and clients that speak in hexadecimal digits. */
struct bus_bed {
	struct scpi_device *scpi;
	struct bus_device device;
};

static inline void bus_bed_set_up(struct bus_bed *bed)
{
	static const struct scpi_model model = {.queue_depth = 8};
	struct faults *faults = faults_new();

	bed->scpi = scpi_device_new(&model, "A,B,1,2", NULL, faults);
	bed->device = (struct bus_device){&scpi_server_ops, bed->scpi, faults, device_lock_new()};
}

static inline void bus_bed_tear_down(struct bus_bed *bed)
{
	scpi_device_free(bed->scpi);
	device_lock_free(bed->device.lock);
	faults_free(bed->device.faults);
}

static inline GSocket *bus_connect(guint16 port, gboolean datagrams)
{
	g_autoptr(GSocketAddress) address =
		g_inet_socket_address_new_from_string("127.0.0.1", port);
	g_autoptr(GError) error = NULL;
	GSocket *socket =
		g_socket_new(G_SOCKET_FAMILY_IPV4,
	                     datagrams ? G_SOCKET_TYPE_DATAGRAM : G_SOCKET_TYPE_STREAM,
	                     datagrams ? G_SOCKET_PROTOCOL_UDP : G_SOCKET_PROTOCOL_TCP, &error);

	g_assert_no_error(error);
	g_socket_connect(socket, address, NULL, &error);
	g_assert_no_error(error);
	g_socket_set_timeout(socket, 10);
	return socket;
}

static inline void bus_close(GSocket *socket)
{
	g_socket_close(socket, NULL);
	g_object_unref(socket);
}

static inline void bus_send_bytes(GSocket *socket, const void *data, gsize len)
{
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_socket_send(socket, data, len, NULL, &error), ==, (gssize)len);
	g_assert_no_error(error);
}

/* Digits in either case; blanks are for the reader. */
static inline void bus_send(GSocket *socket, const char *hex)
{
	g_auto(GStrv) words = g_strsplit(hex, " ", -1);
	g_autofree char *digits = g_strjoinv("", words);
	g_autoptr(GByteArray) bytes = bytes_from_hex(digits, NULL);

	g_assert_nonnull(bytes);
	bus_send_bytes(socket, bytes->data, bytes->len);
}

/* Exactly these bytes come next. */
static inline void bus_expect(GSocket *socket, const char *hex)
{
	g_auto(GStrv) words = g_strsplit(hex, " ", -1);
	g_autofree char *joined = g_strjoinv("", words);
	g_autofree char *wanted = g_ascii_strdown(joined, -1);
	gsize len = strlen(wanted) / 2, had = 0;
	g_autofree guint8 *got = g_malloc0(len + 1);
	g_autoptr(GError) error = NULL;

	while (had < len) {
		gssize part = g_socket_receive(socket, (char *)got + had, len - had, NULL, &error);
		g_assert_no_error(error);
		if (part <= 0)
			break;
		had += (gsize)part;
	}
	g_autofree char *text = bytes_to_hex(got, had);
	g_assert_cmpstr(text, ==, wanted);
}

/* The peer has closed. */
static inline void bus_expect_end(GSocket *socket)
{
	char byte = 0;

	g_assert_cmpint(g_socket_receive(socket, &byte, 1, NULL, NULL), <=, 0);
}

#endif

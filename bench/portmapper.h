/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_PORTMAPPER_H
#define BENCH_PORTMAPPER_H

#include <glib.h>

/* Tells on TCP and UDP where programs of ONC RPC are. Source: RFC 1833, section 3, version 2. */
struct portmapper;

/* A program reached by TCP. */
struct portmapper_row {
	guint32 program;
	guint32 version;
	guint16 port;
};

/*
 * Listens on 127.0.0.1, TCP and UDP with the same number; port 0 is any. rows are copied. Null with
 * STATION_ERROR_IO when the port cannot be had (111 needs privileges).
 */
struct portmapper *portmapper_new(guint16 port, const struct portmapper_row *rows, guint n_rows,
                                  GError **error);
guint16 portmapper_port(const struct portmapper *portmapper);
void portmapper_free(struct portmapper *portmapper); /* null is allowed */

#endif

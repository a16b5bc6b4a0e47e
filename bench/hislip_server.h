/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_HISLIP_SERVER_H
#define BENCH_HISLIP_SERVER_H

#include "bench/bus_session.h"

#include <gio/gio.h>

/*
 * A device on HiSLIP 1.0 and 2.0, with the secured connections of 2.0 but that they cannot be made
 * plain again. Its one sub-address is "hislip0", which is also the default. Source: IVI-6.1,
 * revision 2.0.
 */
struct hislip_server;

enum hislip_encryption {
	HISLIP_PLAIN,     /* it knows no encryption */
	HISLIP_OPTIONAL,  /* when the client wants it */
	HISLIP_INITIAL,   /* demanded of each client of version 2.0 */
	HISLIP_MANDATORY, /* demanded of each client */
};

struct hislip_options {
	gboolean overlapped; /* what the server prefers, and what holds then */
	guint32 max_message; /* longest payload that is taken; 0: 1 MiB */
	enum hislip_encryption encryption;
	GTlsCertificate *certificate; /* with its key; of encryption */
	const char *login;            /* "USER:PASSWORD" that is let in; null: everybody */
};

/*
 * Listens on 127.0.0.1; port 0 is one of the kernel's choice. Everything that device points to must
 * outlive the server. options null: synchronised, plain; their login is copied. Null with
 * STATION_ERROR_IO when the port cannot be had.
 */
struct hislip_server *hislip_server_new(const char *name, guint16 port,
                                        const struct bus_device *device,
                                        const struct hislip_options *options, GError **error);
guint16 hislip_server_port(const struct hislip_server *server);
/* Closes every session and waits until their threads have ended; null allowed. */
void hislip_server_free(struct hislip_server *server);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_VXI11_SERVER_H
#define BENCH_VXI11_SERVER_H

#include "bench/bus_session.h"

/*
 * A device on VXI-11: core channel and abort channel, and the interrupt channel to a client that
 * wants it. Its one name is "inst0". Source: VXI-11, revision 1.0.
 */
struct vxi11_server;

struct vxi11_options {
	guint32 max_receive;   /* told to clients as the longest write; 0: 64 KiB */
	gboolean no_interrupt; /* create_intr_chan is refused, as many devices do */
};

/* Programs that a portmapper tells about. */
#define VXI11_CORE_PROGRAM  0x0607AFu
#define VXI11_ABORT_PROGRAM 0x0607B0u
#define VXI11_VERSION       1u

/*
 * Listens on 127.0.0.1: the core channel on port (0: any), the abort channel on any. What device
 * points to must outlive the server. options may be null. Null with STATION_ERROR_IO when a port
 * cannot be had.
 */
struct vxi11_server *vxi11_server_new(const char *name, guint16 port,
                                      const struct bus_device *device,
                                      const struct vxi11_options *options, GError **error);
guint16 vxi11_server_port(const struct vxi11_server *server);
guint16 vxi11_server_abort_port(const struct vxi11_server *server);
/* Ends all links and waits until their threads have ended; null allowed. */
void vxi11_server_free(struct vxi11_server *server);

#endif

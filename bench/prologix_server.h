/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_PROLOGIX_SERVER_H
#define BENCH_PROLOGIX_SERVER_H

#include "bench/bus_session.h"

/*
 * A GPIB adapter on TCP with instruments behind it, at the addresses 1, 2, 3... Its settings are
 * one set for all connections, as its bus is one. Source: Prologix GPIB-ETHERNET user manual 1.6
 * (from memory: defaults and the texts of answers).
 */
struct prologix_server;

/*
 * Listens on 127.0.0.1; port 0 is any. devices are copied, what they point to must outlive the
 * server. Null with STATION_ERROR_IO when the port cannot be had.
 */
struct prologix_server *prologix_server_new(const char *name, guint16 port,
                                            const struct bus_device *devices, guint n_devices,
                                            GError **error);
guint16 prologix_server_port(const struct prologix_server *server);
void prologix_server_free(struct prologix_server *server); /* null is allowed */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_VXI11_SERVER_INTERRUPT_H
#define BENCH_VXI11_SERVER_INTERRUPT_H

#include "bench/rpc_server.h"

/*
 * The interrupt channel of one client: a connection that the device makes, to call device_intr_srq
 * there. Safe to use from several threads. Source: VXI-11, revision 1.0, B.6.10 to B.6.12, B.7.
 */
struct vxi11_interrupt;

struct vxi11_interrupt *vxi11_interrupt_new(GCancellable *stop); /* stop is borrowed */
void vxi11_interrupt_free(struct vxi11_interrupt *interrupt);

/* create_intr_chan and destroy_intr_chan, results included. */
enum rpc_status vxi11_interrupt_create(struct vxi11_interrupt *interrupt, struct rpc_call *call);
enum rpc_status vxi11_interrupt_destroy(struct vxi11_interrupt *interrupt, struct rpc_call *call);

/* Calls the client, if there is a channel; what it replies is thrown away. */
void vxi11_interrupt_tell(struct vxi11_interrupt *interrupt, const guint8 *handle, gsize len);

#endif

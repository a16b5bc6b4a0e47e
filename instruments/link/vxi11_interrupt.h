/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_VXI11_INTERRUPT_H
#define INSTRUMENTS_LINK_VXI11_INTERRUPT_H

#include "instruments/link/rpc.h"
#include "instruments/link/vxi11_message.h"

/*
 * The interrupt channel of VXI-11: a port of ours to which the device connects, and calls
 * device_intr_srq there when it requests service. Only the host at the other end of the core
 * channel is let in, once. What else than a call with our handle comes there ends the channel: the
 * status byte has to be asked for then. IPv4 only, as the protocol is. Source: VXI-11 1.0, §B.6
 * (create_intr_chan, device_enable_srq) and §B.7 (numbers from memory).
 */
enum vxi11_interrupt_state {
	VXI11_INTERRUPT_UNTRIED,
	VXI11_INTERRUPT_OPEN,
	VXI11_INTERRUPT_NONE, /* refused, or lost: not tried again on this connection */
};

struct vxi11_interrupt {
	enum vxi11_interrupt_state state;
	int listener, channel; /* -1: none; channel: nobody has come yet */
	int ready;             /* readable when one of them or the core channel is */
	guint32 peer;          /* address of the device, as the network has it */
	guint8 handle[VXI11_HANDLE_LEN];
	struct rpc_record record;
};

void vxi11_interrupt_init(struct vxi11_interrupt *interrupt);
void vxi11_interrupt_done(struct vxi11_interrupt *interrupt);
/* The core channel is gone: untried again. */
void vxi11_interrupt_close(struct vxi11_interrupt *interrupt);

/*
 * Asks the device for the channel where that was not tried yet: state tells what came of it.
 * FALSE: CANCELLED, or the core channel broke.
 */
gboolean vxi11_interrupt_open(struct vxi11_interrupt *interrupt, struct rpc *core, guint32 link,
                              const struct bounds *bounds, GError **error);

/*
 * A service_news_fn (service.h) of an open channel: also when the channel has ended, or something
 * has come on the core channel, its end most likely.
 */
gboolean vxi11_interrupt_look(struct vxi11_interrupt *interrupt, const struct bounds *bounds,
                              GError **error);

#endif

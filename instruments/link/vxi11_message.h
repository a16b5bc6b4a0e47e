/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_VXI11_MESSAGE_H
#define INSTRUMENTS_LINK_VXI11_MESSAGE_H

#include "instruments/link/rpc_message.h"

#include <glib.h>

/*
 * The arguments and results of the VXI-11 procedures. Pure. Source: TCP/IP Instrument Protocol
 * Specification VXI-11, revision 1.0, §B.5 and §B.6 (the section numbers are from memory).
 */

extern const struct rpc_program vxi11_core;
extern const struct rpc_program vxi11_async;
extern const struct rpc_program vxi11_interrupt_program; /* ours: the device calls */

enum vxi11_procedure {
	VXI11_DEVICE_ABORT = 1,     /* of vxi11_async */
	VXI11_DEVICE_INTR_SRQ = 30, /* of vxi11_interrupt_program; all others of vxi11_core */
	VXI11_CREATE_LINK = 10,
	VXI11_DEVICE_WRITE = 11,
	VXI11_DEVICE_READ = 12,
	VXI11_DEVICE_READSTB = 13,
	VXI11_DEVICE_TRIGGER = 14,
	VXI11_DEVICE_CLEAR = 15,
	VXI11_DEVICE_LOCK = 18,
	VXI11_DEVICE_UNLOCK = 19,
	VXI11_DEVICE_ENABLE_SRQ = 20,
	VXI11_DESTROY_LINK = 23,
	VXI11_CREATE_INTR_CHAN = 25,
	VXI11_DESTROY_INTR_CHAN = 26, /* without arguments */
};

enum { VXI11_HANDLE_LEN = 8 }; /* of ours; 40 are possible */

enum vxi11_flags {
	VXI11_WAITLOCK = 0x01,
	VXI11_END = 0x08,
};

/* ---- arguments; times in milliseconds ---- */

void vxi11_put_create_link(GByteArray *to, guint32 client_id, const char *device);
/* device_abort, device_unlock and destroy_link take the link alone. */
void vxi11_put_link(GByteArray *to, guint32 link);
void vxi11_put_write(GByteArray *to, guint32 link, guint32 io_timeout_ms, guint32 flags,
                     const guint8 *data, gsize len);
void vxi11_put_read(GByteArray *to, guint32 link, guint32 size, guint32 io_timeout_ms);
/* device_readstb, device_trigger and device_clear. */
void vxi11_put_generic(GByteArray *to, guint32 link, guint32 io_timeout_ms);
void vxi11_put_lock(GByteArray *to, guint32 link, guint32 flags, guint32 lock_timeout_ms);

/* create_intr_chan: where the device finds vxi11_interrupt_program over TCP. */
void vxi11_put_interrupt_channel(GByteArray *to, guint32 ipv4, guint16 port);
/* device_enable_srq: on, told with this handle. */
void vxi11_put_enable_srq(GByteArray *to, guint32 link, const guint8 *handle, gsize len);

/*
 * Reads one record as device_intr_srq with this handle; *xid is to be replied to. FALSE:
 * STATION_ERROR_PROTOCOL.
 */
gboolean vxi11_take_request(const guint8 *data, gsize len, const guint8 *handle, gsize handle_len,
                            guint32 *xid, GError **error);

/* ---- results ---- */

struct vxi11_link_made {
	guint32 link;       /* 0 is one as well */
	guint16 abort_port; /* 0: none */
	gsize write_max;    /* bytes that one device_write may have */
};

struct vxi11_piece {
	const guint8 *data; /* borrowed from the results */
	gsize len;
	gboolean end; /* it ends the message */
};

/*
 * All: FALSE with STATION_ERROR_PROTOCOL for results that are none, or with the kind that fits an
 * error of the device: TIMEOUT (15), REFUSED (11, 12), UNSUPPORTED (8), IO (3, 4, 9, 17, 21),
 * PROTOCOL (1, 5, 6, 29), INSTRUMENT (23 and what the standard does not know). The text has number
 * and name.
 */
gboolean vxi11_take_none(struct rd *results, GError **error);
gboolean vxi11_take_link_made(struct rd *results, struct vxi11_link_made *made, GError **error);
/* Of the sent bytes some may have been taken; at least one, when any were sent. */
gboolean vxi11_take_written(struct rd *results, gsize sent, gsize *taken, GError **error);
gboolean vxi11_take_piece(struct rd *results, gsize size, struct vxi11_piece *piece,
                          GError **error);
gboolean vxi11_take_status(struct rd *results, guint8 *status, GError **error);

#endif

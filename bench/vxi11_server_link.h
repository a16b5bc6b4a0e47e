/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_VXI11_SERVER_LINK_H
#define BENCH_VXI11_SERVER_LINK_H

#include "bench/rpc_server.h"
#include "bench/talker.h"

struct vxi11_interrupt;

/* Device_ErrorCode (VXI-11, table B.2). */
enum vxi11_error {
	VXI11_OK = 0,
	VXI11_NO_DEVICE = 3,
	VXI11_INVALID_LINK = 4,
	VXI11_PARAMETER = 5,
	VXI11_NO_CHANNEL = 6,
	VXI11_NOT_SUPPORTED = 8,
	VXI11_NO_RESOURCES = 9,
	VXI11_LOCKED = 11,
	VXI11_NO_LOCK = 12,
	VXI11_TIMEOUT = 15,
	VXI11_ABORTED = 23,
	VXI11_CHANNEL_ESTABLISHED = 29,
};

/* Procedures of the core channel (table B.1). */
enum vxi11_procedure {
	VXI11_CREATE_LINK = 10,
	VXI11_WRITE = 11,
	VXI11_READ = 12,
	VXI11_READSTB = 13,
	VXI11_TRIGGER = 14,
	VXI11_CLEAR = 15,
	VXI11_REMOTE = 16,
	VXI11_LOCAL = 17,
	VXI11_LOCK = 18,
	VXI11_UNLOCK = 19,
	VXI11_ENABLE_SRQ = 20,
	VXI11_DOCMD = 22,
	VXI11_DESTROY_LINK = 23,
	VXI11_CREATE_INTR_CHAN = 25,
	VXI11_DESTROY_INTR_CHAN = 26,
};

/* Device_Flags (B.5.3). */
enum vxi11_flags { VXI11_WAIT_LOCK = 1, VXI11_END = 8, VXI11_TERM_SET = 0x80 };

/* One link: what a client has of a device. Used by its connection's thread, but for `abort`. */
struct vxi11_link {
	guint32 id;
	const struct bus_device *device; /* borrowed */
	struct talker *talker;
	GCancellable *abort; /* ends what waits: device_abort, or the end of the server */
	GCancellable *stop;  /* the server's; borrowed */
	gulong chained;
	struct vxi11_interrupt *interrupt; /* of its connection; borrowed */
	GMutex lock;                       /* of what follows, for the device's thread tells */
	gboolean tells;                    /* device_enable_srq */
	GByteArray *handle;
};

struct vxi11_link *vxi11_link_new(const struct bus_device *device, guint32 id,
                                  struct vxi11_interrupt *interrupt, GCancellable *stop);
void vxi11_link_free(struct vxi11_link *link);

/*
 * A call that begins with a link's id, already taken from the arguments. RPC_PROCEDURE_UNAVAILABLE
 * for one that does not.
 */
enum rpc_status vxi11_link_call(struct vxi11_link *link, struct rpc_call *call);
/* The answer of such a call where there is no such link. */
enum rpc_status vxi11_no_link(struct rpc_call *call);

/* True for the procedures that vxi11_link_call knows. */
gboolean vxi11_is_link_call(guint32 procedure);

/* Takes the lock for the link; what it answers. */
enum vxi11_error vxi11_link_lock(struct vxi11_link *link, gboolean wait, guint32 wait_ms);

#endif

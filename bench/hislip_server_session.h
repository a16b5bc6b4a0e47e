/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_HISLIP_SERVER_SESSION_H
#define BENCH_HISLIP_SERVER_SESSION_H

#include "bench/bus_session.h"
#include "bench/hislip_server.h"
#include "bench/hislip_server_wire.h"

/*
 * One client: two connections, each with its thread. The synchronous one makes and frees the
 * session; it waits for the other to end.
 */
enum hislip_phase {
	HISLIP_PHASE_PLAIN,
	HISLIP_PHASE_STARTING, /* the asynchronous channel shakes hands */
	HISLIP_PHASE_ASYNC,    /* and has done so */
	HISLIP_PHASE_BOTH,
	HISLIP_PHASE_KNOWN, /* the client has told who it is */
	HISLIP_PHASE_FAILED,
};

struct hislip_session {
	const struct bus_device *device; /* borrowed */
	struct bus_session *bus;
	guint16 id;
	gboolean overlapped;
	guint64 max_message;                  /* of ours */
	const struct hislip_options *options; /* borrowed */
	gboolean is_version_2;
	struct hislip_wire *sync; /* borrowed from its thread */
	char *mechanism;          /* of the synchronous thread: chosen by the client, or null */
	GCancellable *gone;       /* either connection or the server has ended */
	GByteArray *input;        /* of the synchronous thread: Data so far */
	guint32 own_id;           /* of the synchronous thread: next message, overlapped */

	GMutex sending_sync; /* one whole message at a time on each channel */
	GMutex sending_async;

	GMutex lock; /* of what follows; taken before those */
	GCond changed;
	struct hislip_wire *async; /* null until AsyncInitialize; borrowed from its thread */
	guint64 client_max;        /* longest message that the client takes */
	guint32 received_id;       /* of the last Data, DataEND or Trigger */
	guint32 done_id;           /* of the last one that was executed */
	guint32 sent_id;           /* of the last reply */
	gboolean available;        /* a reply was begun and is not known to be delivered */
	enum hislip_phase phase;
	gboolean clearing; /* between AsyncDeviceClear and DeviceClearComplete */
};

struct hislip_session *hislip_session_new(const struct bus_device *device, struct hislip_wire *sync,
                                          guint16 id);
void hislip_session_free(struct hislip_session *session);

/* A message without payload on one of the session's connections; false when it cannot be sent. */
gboolean hislip_session_send(struct hislip_session *session, struct hislip_wire *wire, guint8 type,
                             guint8 control, guint32 parameter);
/* An Error on the channel where its reason came. */
gboolean hislip_session_error(struct hislip_session *session, struct hislip_wire *wire,
                              enum hislip_error code);
/* A FatalError on both channels, and the end. */
void hislip_session_fatal(struct hislip_session *session, enum hislip_fatal code);
/* A FatalError where there is no session. */
void hislip_fatal(struct hislip_wire *wire, enum hislip_fatal code, GCancellable *stop);
/* What a receipt other than HISLIP_RECEIVED means; false: the session ends. */
gboolean hislip_session_refuse(struct hislip_session *session, struct hislip_wire *wire,
                               enum hislip_receipt receipt);
/* Tells the client when a request for service has begun. */
void hislip_session_look_for_request(struct hislip_session *session);

/* The bits in which the server tells what it demands, as InitializeResponse has them. */
guint8 hislip_secure_features(const struct hislip_session *session);
/* False: a message of that type has no place before the connection is secured. */
gboolean hislip_secure_admits(struct hislip_session *session, const struct hislip_wire *wire,
                              guint8 type);
/* Whether the type is one of those, on that channel; and what it does. False: the session ends. */
gboolean hislip_secure_is_async(const struct hislip_session *session, guint8 type);
gboolean hislip_secure_take_async(struct hislip_session *session,
                                  const struct hislip_header *header, const GByteArray *payload);
gboolean hislip_secure_is_sync(const struct hislip_session *session, guint8 type);
gboolean hislip_secure_take_sync(struct hislip_session *session, const struct hislip_header *header,
                                 const GByteArray *payload);

/* Serves one channel until it ends. */
void hislip_serve_sync(struct hislip_session *session);
void hislip_serve_async(struct hislip_session *session, struct hislip_wire *async);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip_session.h"

#include "base/error.h"
#include "instruments/link/hislip_secure.h"
#include "instruments/link/resource_security.h"
#include "instruments/link/stream.h"

#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	SYNC_BUFFER = 256 << 10,
	ASYNC_BUFFER = 1024,
	TEXT_MAX = 256, /* of an error message, the rest is not shown */
};

/* What we tell the server about ourselves; longer answers come as several Data. */
static const guint64 own_message_max = 1 << 20;

void hislip_session_init(struct hislip_session *session, const char *host, guint16 port,
                         const char *name)
{
	*session = (struct hislip_session){
		.host = g_strdup(host),
		.port = port > 0 ? port : HISLIP_PORT,
		.name = g_strdup(name),
		.rest = g_byte_array_new(),
	};
	hislip_channel_init(&session->sync, SYNC_BUFFER);
	hislip_channel_init(&session->async, ASYNC_BUFFER);
}

void hislip_session_done(struct hislip_session *session)
{
	hislip_channel_done(&session->sync);
	hislip_channel_done(&session->async);
	g_clear_pointer(&session->rest, g_byte_array_unref);
	g_clear_pointer(&session->host, g_free);
	g_clear_pointer(&session->name, g_free);
	link_security_done(&session->security);
}

gboolean hislip_session_usable(const struct hislip_session *session)
{
	return session->sync.socket && session->async.socket && !session->sync.broken &&
	       !session->async.broken;
}

/* ---- errors ---- */

void hislip_session_unexpected(struct hislip_channel *channel, const struct hislip_header *header,
                               const struct bounds *bounds, GError **error)
{
	if (header->type != HISLIP_FATAL_ERROR && header->type != HISLIP_ERROR) {
		g_autofree char *name = hislip_type_name(header->type);
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the instrument sent %s where it has no place", name);
		return;
	}
	/* What can be had of the text; that it is cut off does not hide the error. */
	guint8 text[TEXT_MAX];
	gsize len = 0;
	while (len < sizeof text && channel->payload_left > 0) {
		const guint8 *data = NULL;
		gsize n = 0;
		if (!hislip_channel_piece(channel, &data, &n, bounds, "error", NULL))
			break;
		n = MIN(n, sizeof text - len);
		memcpy(text + len, data, n);
		len += n;
	}
	gboolean fatal = header->type == HISLIP_FATAL_ERROR;
	g_autofree char *says = hislip_error_text(header, text, len);
	channel->broken = channel->broken || fatal;
	station_error_set(error, fatal ? STATION_ERROR_IO : STATION_ERROR_PROTOCOL, "%s", says);
}

/* ---- the asynchronous channel ---- */

/* TRUE when the message was a note that may come at any time. */
static gboolean take_note(struct hislip_session *session, const struct hislip_header *header)
{
	switch (header->type) {
	case HISLIP_ASYNC_SERVICE_REQUEST:
		/* The status byte keeps telling it until it is asked for. */
		session->requested = TRUE;
		return TRUE;
	case HISLIP_ASYNC_INTERRUPTED:
		session->interrupted = TRUE;
		return TRUE;
	case HISLIP_ASYNC_STATUS_RESPONSE:
		if (session->status_owed == 0)
			return FALSE;
		session->status_owed--;
		return TRUE;
	default:
		return FALSE;
	}
}

gboolean hislip_session_poll(struct hislip_session *session, const struct bounds *bounds,
                             GError **error)
{
	struct hislip_header header;
	for (;;) {
		enum hislip_arrival arrival = hislip_channel_next(&session->async, HISLIP_LOOK,
		                                                  &header, bounds, "answer", error);
		if (arrival != HISLIP_MESSAGE)
			return arrival == HISLIP_NOTHING;
		if (take_note(session, &header))
			continue;
		hislip_session_unexpected(&session->async, &header, bounds, error);
		return FALSE;
	}
}

gboolean hislip_session_await(struct hislip_session *session, struct hislip_channel *channel,
                              enum hislip_type type, struct hislip_header *header,
                              const struct bounds *bounds, GError **error)
{
	g_autofree char *name = hislip_type_name((guint8)type);
	while (hislip_channel_next(channel, HISLIP_WAIT, header, bounds, name, error) ==
	       HISLIP_MESSAGE) {
		if (channel == &session->async && take_note(session, header))
			continue;
		if (header->type == type)
			return TRUE;
		hislip_session_unexpected(channel, header, bounds, error);
		return FALSE;
	}
	return FALSE;
}

gboolean hislip_session_interrupted(struct hislip_session *session, const struct bounds *bounds,
                                    GError **error)
{
	struct hislip_header header;
	while (!session->interrupted) {
		if (hislip_channel_next(&session->async, HISLIP_WAIT, &header, bounds,
		                        "AsyncInterrupted", error) != HISLIP_MESSAGE)
			return FALSE;
		if (take_note(session, &header))
			continue;
		hislip_session_unexpected(&session->async, &header, bounds, error);
		return FALSE;
	}
	session->interrupted = FALSE;
	return TRUE;
}

/* ---- opening ---- */

static void begin_counting(struct hislip_session *session)
{
	session->next_id = HISLIP_FIRST_ID;
	session->last_id = HISLIP_NO_ID;
	session->delivered_id = HISLIP_NO_ID;
	session->rmt_delivered = FALSE;
	session->interrupted = FALSE;
	session->torn = FALSE;
	session->status_owed = 0;
	session->requested = FALSE;
	g_byte_array_set_size(session->rest, 0);
}

/* *features: what the server prefers and demands. */
static gboolean open_sync(struct hislip_session *session, guint16 *id, guint8 *features,
                          const struct bounds *bounds, GError **error)
{
	struct hislip_header header = {
		.type = HISLIP_INITIALIZE,
		.parameter = (guint32)HISLIP_VERSION_2_0 << 16 | HISLIP_VENDOR,
		.length = strlen(session->name),
	};
	if (!hislip_channel_connect(&session->sync, session->host, session->port, bounds, error) ||
	    !hislip_channel_send(&session->sync, &header, session->name, bounds, error) ||
	    !hislip_session_await(session, &session->sync, HISLIP_INITIALIZE_RESPONSE, &header,
	                          bounds, error))
		return FALSE;
	session->version = (guint16)(header.parameter >> 16);
	session->overlapped = (header.control & HISLIP_OVERLAPPED) != 0;
	*id = (guint16)header.parameter;
	/* Version 1 has but one such bit. */
	*features = session->version < HISLIP_VERSION_2_0 ? 0 : header.control;
	if (session->version < HISLIP_VERSION_1_0 || session->version > HISLIP_VERSION_2_0) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the instrument wants version %u.%u of HiSLIP, which was not "
		                  "offered",
		                  session->version >> 8, session->version & 0xFF);
		return FALSE;
	}
	return TRUE;
}

static gboolean open_async(struct hislip_session *session, guint16 id, gboolean *capable,
                           const struct bounds *bounds, GError **error)
{
	struct hislip_header header = {.type = HISLIP_ASYNC_INITIALIZE, .parameter = id};
	if (!hislip_channel_connect(&session->async, session->host, session->port, bounds, error) ||
	    !hislip_channel_send(&session->async, &header, NULL, bounds, error) ||
	    !hislip_session_await(session, &session->async, HISLIP_ASYNC_INITIALIZE_RESPONSE,
	                          &header, bounds, error))
		return FALSE;
	*capable = session->version >= HISLIP_VERSION_2_0 &&
	           (header.control & HISLIP_SECURE_CAPABLE) != 0;
	return TRUE;
}

static gboolean agree_on_size(struct hislip_session *session, const struct bounds *bounds,
                              GError **error)
{
	struct hislip_header header = {
		.type = HISLIP_ASYNC_MAXIMUM_MESSAGE_SIZE,
		.length = HISLIP_SIZE_LEN,
	};
	guint8 size[HISLIP_SIZE_LEN] = {0};
	gsize len = 0;
	hislip_pack_size(own_message_max, size);
	if (!hislip_channel_send(&session->async, &header, size, bounds, error) ||
	    !hislip_session_await(session, &session->async,
	                          HISLIP_ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE, &header, bounds,
	                          error) ||
	    !hislip_channel_payload(&session->async, size, sizeof size, &len, bounds,
	                            "maximum message size", error))
		return FALSE;
	guint64 max = hislip_unpack_size(size);
	/* Whether the header counts is read both ways: taken as if it did. */
	if (len < sizeof size || max <= HISLIP_HEADER_LEN) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the instrument takes no messages: a maximum of "
		                  "%" G_GUINT64_FORMAT " bytes in %" G_GSIZE_FORMAT,
		                  max, len);
		return FALSE;
	}
	session->payload_max = (gsize)MIN(max - HISLIP_HEADER_LEN, HISLIP_PAYLOAD_MAX);
	return TRUE;
}

static void disconnect(struct hislip_session *session)
{
	hislip_channel_close(&session->sync);
	hislip_channel_close(&session->async);
}

gboolean hislip_session_connect(struct hislip_session *session, const struct bounds *bounds,
                                GError **error)
{
	guint16 id = 0;
	guint8 features = 0;
	gboolean capable = FALSE;
	disconnect(session);
	begin_counting(session);
	if (open_sync(session, &id, &features, bounds, error) &&
	    open_async(session, id, &capable, bounds, error) &&
	    hislip_secure(session, (features & HISLIP_ENCRYPTION) != 0, capable, bounds, error) &&
	    agree_on_size(session, bounds, error))
		return TRUE;
	disconnect(session);
	return FALSE;
}

/* ---- device clear ---- */

/*
 * Throws away what comes on channel up to a message of the type; HISLIP_NOTHING: it has not come
 * yet. A type that no message has never ends it.
 */
static enum hislip_arrival discard_to(struct hislip_channel *channel, int type,
                                      struct hislip_header *header, const struct bounds *bounds,
                                      GError **error)
{
	for (;;) {
		enum hislip_arrival arrival = hislip_channel_next(channel, HISLIP_LOOK, header,
		                                                  bounds, "device clear", error);
		if (arrival != HISLIP_MESSAGE || header->type == type)
			return arrival;
		if (header->type == HISLIP_FATAL_ERROR) {
			hislip_session_unexpected(channel, header, bounds, error);
			return HISLIP_FAILED;
		}
	}
}

/*
 * Waits until the type has come on one channel while the other is emptied as well: the server may
 * be stuck in sending an answer that nobody wants.
 */
static gboolean discard_both(struct hislip_channel *channel, int type, struct hislip_channel *other,
                             struct hislip_header *header, int ready, const struct bounds *bounds,
                             GError **error)
{
	struct hislip_header ignored;
	for (;;) {
		enum hislip_arrival arrival = discard_to(channel, type, header, bounds, error);
		if (arrival != HISLIP_NOTHING)
			return arrival == HISLIP_MESSAGE;
		if (discard_to(other, -1, &ignored, bounds, error) == HISLIP_FAILED ||
		    !stream_wait(ready, POLLIN, bounds, "device clear", error))
			return FALSE;
	}
}

/* What the server wants of the connection from now on; only a new one could be encrypted. */
static gboolean check_features(const struct hislip_session *session, guint8 features,
                               GError **error)
{
	if (session->version < HISLIP_VERSION_2_0 || session->sync.secure ||
	    !(features & HISLIP_ENCRYPTION_MANDATORY))
		return TRUE;
	station_error_set(error, STATION_ERROR_IO,
	                  "the instrument has begun to demand an encrypted connection");
	return FALSE;
}

static gboolean exchange_clear(struct hislip_session *session, int ready,
                               const struct bounds *bounds, GError **error)
{
	struct hislip_channel *sync = &session->sync, *async = &session->async;
	struct hislip_header header = {.type = HISLIP_ASYNC_DEVICE_CLEAR};
	if (!hislip_channel_send(async, &header, NULL, bounds, error) ||
	    !discard_both(async, HISLIP_ASYNC_DEVICE_CLEAR_ACKNOWLEDGE, sync, &header, ready,
	                  bounds, error) ||
	    !check_features(session, header.control, error))
		return FALSE;
	header = (struct hislip_header){
		.type = HISLIP_DEVICE_CLEAR_COMPLETE,
		.control = header.control & HISLIP_OVERLAPPED,
	};
	if (!hislip_channel_send(sync, &header, NULL, bounds, error) ||
	    !discard_both(sync, HISLIP_DEVICE_CLEAR_ACKNOWLEDGE, async, &header, ready, bounds,
	                  error))
		return FALSE;
	session->overlapped = (header.control & HISLIP_OVERLAPPED) != 0;
	begin_counting(session);
	return TRUE;
}

static gboolean watch(int ready, const struct hislip_channel *channel)
{
	struct epoll_event event = {.events = EPOLLIN};
	return epoll_ctl(ready, EPOLL_CTL_ADD, g_socket_get_fd(channel->socket), &event) == 0;
}

gboolean hislip_session_clear(struct hislip_session *session, const struct bounds *bounds,
                              GError **error)
{
	/* One descriptor that is readable when either channel is. */
	int ready = epoll_create1(EPOLL_CLOEXEC);
	gboolean ok = ready >= 0 && watch(ready, &session->sync) && watch(ready, &session->async);
	if (!ok)
		station_error_set(error, STATION_ERROR_INTERNAL, "no descriptor to wait with");
	ok = ok && exchange_clear(session, ready, bounds, error);
	if (ready >= 0)
		close(ready);
	return ok;
}

/* ---- status and locks ---- */

/* By the id the server tells whether an answer is on its way: IVI-6.1, 3.2.2 and 6.14. */
gboolean hislip_session_status(struct hislip_session *session, guint8 *status,
                               const struct bounds *bounds, GError **error)
{
	struct hislip_header header = {
		.type = HISLIP_ASYNC_STATUS_QUERY,
		.control = session->rmt_delivered ? HISLIP_RMT_DELIVERED : 0,
		.parameter = session->overlapped ? session->delivered_id : session->last_id,
	};
	if (!hislip_channel_send(&session->async, &header, NULL, bounds, error))
		return FALSE;
	session->rmt_delivered = FALSE;
	session->requested = FALSE;
	/* Those given up before come first, so that the wait passes over as many. */
	GError *cause = NULL;
	if (!hislip_session_await(session, &session->async, HISLIP_ASYNC_STATUS_RESPONSE, &header,
	                          bounds, &cause)) {
		if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT) ||
		    g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED))
			session->status_owed++;
		else
			session->async.broken = TRUE;
		g_propagate_error(error, cause);
		return FALSE;
	}
	*status = header.control;
	return TRUE;
}

gboolean hislip_session_await_request(struct hislip_session *session, const struct bounds *bounds,
                                      GError **error)
{
	struct hislip_header header;
	while (!session->requested) {
		if (hislip_channel_next(&session->async, HISLIP_WAIT, &header, bounds,
		                        "AsyncServiceRequest", error) != HISLIP_MESSAGE)
			return FALSE;
		if (take_note(session, &header))
			continue;
		hislip_session_unexpected(&session->async, &header, bounds, error);
		session->async.broken = TRUE;
		return FALSE;
	}
	return TRUE;
}

/* An answer that did not come would leave it open who has the lock: only a new connection tells. */
static gboolean exchange_lock(struct hislip_session *session, struct hislip_header *header,
                              const struct bounds *bounds, GError **error)
{
	if (!hislip_channel_send(&session->async, header, NULL, bounds, error))
		return FALSE;
	if (hislip_session_await(session, &session->async, HISLIP_ASYNC_LOCK_RESPONSE, header,
	                         bounds, error))
		return TRUE;
	session->async.broken = TRUE;
	return FALSE;
}

gboolean hislip_session_lock(struct hislip_session *session, const struct bounds *bounds,
                             GError **error)
{
	/* The server gives up a little before we do, so that its answer is in time. */
	double left_s = deadline_left_s(bounds->deadline);
	double wait_ms = (left_s - MIN(left_s / 4, 0.5)) * 1e3;
	struct hislip_header header = {
		.type = HISLIP_ASYNC_LOCK,
		.control = HISLIP_LOCK_REQUEST,
		.parameter = (guint32)MIN(wait_ms, (double)G_MAXINT32),
	};
	if (!exchange_lock(session, &header, bounds, error))
		return FALSE;
	if (header.control == HISLIP_LOCK_SUCCESS)
		return TRUE;
	if (header.control == HISLIP_LOCK_FAILED)
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "the instrument is locked by another client, for all of the "
		                  "%.3f s waited",
		                  wait_ms * 1e-3);
	else
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "the instrument refuses the lock with code %u: is it held "
		                  "already?",
		                  header.control);
	return FALSE;
}

gboolean hislip_session_unlock(struct hislip_session *session, const struct bounds *bounds,
                               GError **error)
{
	struct hislip_header header = {
		.type = HISLIP_ASYNC_LOCK,
		.control = HISLIP_LOCK_RELEASE,
		.parameter = session->last_id,
	};
	if (!exchange_lock(session, &header, bounds, error))
		return FALSE;
	if (header.control == HISLIP_LOCK_SUCCESS || header.control == HISLIP_LOCK_SUCCESS_SHARED)
		return TRUE;
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "the instrument refuses to unlock with code %u: is it not locked?",
	                  header.control);
	return FALSE;
}

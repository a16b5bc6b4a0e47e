/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/hislip_server_session.h"

#include "base/clock.h"
#include "bench/device_lock.h"

#include <string.h>

struct hislip_session *hislip_session_new(const struct bus_device *device, struct hislip_wire *sync,
                                          guint16 id)
{
	struct hislip_session *session = g_new0(struct hislip_session, 1);

	session->device = device;
	session->bus = bus_session_new(device);
	session->sync = sync;
	session->id = id;
	session->gone = g_cancellable_new();
	session->input = g_byte_array_new();
	session->own_id = HISLIP_FIRST_ID;
	session->client_max = 1u << 20;
	session->received_id = HISLIP_NO_ID;
	session->done_id = HISLIP_NO_ID;
	session->sent_id = HISLIP_NO_ID;
	g_mutex_init(&session->lock);
	g_mutex_init(&session->sending_sync);
	g_mutex_init(&session->sending_async);
	g_cond_init(&session->changed);
	return session;
}

void hislip_session_free(struct hislip_session *session)
{
	device_lock_drop(session->device->lock, session);
	bus_session_free(session->bus);
	g_object_unref(session->gone);
	g_byte_array_unref(session->input);
	g_free(session->mechanism);
	g_mutex_clear(&session->lock);
	g_mutex_clear(&session->sending_sync);
	g_mutex_clear(&session->sending_async);
	g_cond_clear(&session->changed);
	g_free(session);
}

static GMutex *sending(struct hislip_session *session, const struct hislip_wire *wire)
{
	return wire == session->sync ? &session->sending_sync : &session->sending_async;
}

gboolean hislip_session_send(struct hislip_session *session, struct hislip_wire *wire, guint8 type,
                             guint8 control, guint32 parameter)
{
	struct hislip_header header = {type, control, parameter, 0};

	g_mutex_lock(sending(session, wire));
	gboolean sent = hislip_wire_send(wire, &header, NULL, session->gone);
	g_mutex_unlock(sending(session, wire));
	return sent;
}

static gboolean send_text(struct hislip_wire *wire, guint8 type, guint8 code, const char *text,
                          GCancellable *stop)
{
	struct hislip_header header = {type, code, 0, strlen(text)};

	return hislip_wire_send(wire, &header, text, stop);
}

static const char *const error_texts[] = {
	[0] = "unidentified error",
	[HISLIP_ERROR_TYPE] = "unrecognized message type",
	[HISLIP_ERROR_CONTROL] = "unrecognized control code",
	[HISLIP_ERROR_VENDOR] = "unrecognized vendor defined message",
	[HISLIP_ERROR_TOO_LARGE] = "message too large",
	[HISLIP_ERROR_AUTHENTICATION] = "authentication failed",
};

static const char *const fatal_texts[] = {
	[0] = "unidentified error",
	[HISLIP_FATAL_HEADER] = "poorly formed message header",
	[HISLIP_FATAL_CHANNELS] = "connection used without both channels",
	[HISLIP_FATAL_INITIALIZE] = "invalid initialization sequence",
	[HISLIP_FATAL_CLIENTS] = "maximum number of clients exceeded",
	[HISLIP_FATAL_NOT_SECURE] = "secure connection failed",
};

gboolean hislip_session_error(struct hislip_session *session, struct hislip_wire *wire,
                              enum hislip_error code)
{
	g_mutex_lock(sending(session, wire));
	gboolean sent = send_text(wire, HISLIP_ERROR, code, error_texts[code], session->gone);
	g_mutex_unlock(sending(session, wire));
	return sent;
}

void hislip_fatal(struct hislip_wire *wire, enum hislip_fatal code, GCancellable *stop)
{
	send_text(wire, HISLIP_FATAL_ERROR, code, fatal_texts[code], stop);
}

/* Not where a reply is stuck: that client does not read. One that is just ending is waited for. */
static void fatal_on(struct hislip_session *session, struct hislip_wire *wire,
                     enum hislip_fatal code)
{
	const struct bounds ending = {.deadline = deadline_in_s(0.2)};

	if (!wire)
		return;
	while (!g_mutex_trylock(sending(session, wire)))
		if (!clock_sleep_s(1e-3, &ending, NULL))
			return;
	hislip_fatal(wire, code, session->gone);
	g_mutex_unlock(sending(session, wire));
}

void hislip_session_fatal(struct hislip_session *session, enum hislip_fatal code)
{
	g_mutex_lock(&session->lock);
	fatal_on(session, session->sync, code);
	fatal_on(session, session->async, code);
	g_mutex_unlock(&session->lock);
	g_cancellable_cancel(session->gone);
}

gboolean hislip_session_refuse(struct hislip_session *session, struct hislip_wire *wire,
                               enum hislip_receipt receipt)
{
	if (receipt == HISLIP_TOO_LARGE)
		return hislip_session_error(session, wire, HISLIP_ERROR_TOO_LARGE);
	if (receipt == HISLIP_BAD_HEADER)
		hislip_session_fatal(session, HISLIP_FATAL_HEADER);
	return FALSE;
}

void hislip_session_look_for_request(struct hislip_session *session)
{
	guint8 byte = 0;

	g_mutex_lock(&session->lock);
	if (bus_session_requests(session->bus, session->available, &byte) && session->async)
		hislip_session_send(session, session->async, HISLIP_ASYNC_SERVICE_REQUEST, byte, 0);
	g_mutex_unlock(&session->lock);
}

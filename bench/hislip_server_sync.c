/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/hislip_server_session.h"

#include "bench/device_lock.h"

/* Control bit of Data, DataEND and Trigger: the last reply reached the application. */
#define RMT_DELIVERED 0x01
#define ADMIT_MS      20 /* who waits for a lock looks so often for a device clear */

static gboolean send_part(struct hislip_session *session, guint8 type, const guint8 *data,
                          gsize len)
{
	struct hislip_header header = {type, 0, 0, len};

	g_mutex_lock(&session->lock);
	header.parameter = session->overlapped ? session->own_id : session->received_id;
	session->own_id += 2;
	session->sent_id = header.parameter;
	session->available = TRUE;
	gboolean open = !session->clearing;
	g_mutex_unlock(&session->lock);
	if (!open)
		return TRUE; /* the rest is thrown away with all else */
	g_mutex_lock(&session->sending_sync);
	gboolean sent = hislip_wire_send(session->sync, &header, data, session->gone);
	g_mutex_unlock(&session->sending_sync);
	return sent;
}

/* In Data as long as the client can take, the last in DataEND. */
static gboolean send_reply(struct hislip_session *session, const guint8 *data, gsize len)
{
	g_mutex_lock(&session->lock);
	gsize most = (gsize)MAX(session->client_max, 1);
	g_mutex_unlock(&session->lock);
	for (; len > most; data += most, len -= most) {
		if (!send_part(session, HISLIP_DATA, data, most))
			return FALSE;
	}
	return send_part(session, HISLIP_DATA_END, data, len);
}

static gboolean send_spoilt(struct hislip_session *session, enum bus_reply fate,
                            const GByteArray *reply)
{
	gsize half = reply->len / 2;

	if (fate == BUS_REPLY_SPLIT) {
		if (!send_part(session, HISLIP_DATA, reply->data, half))
			return FALSE;
		server_split_pause();
		return send_reply(session, reply->data + half, reply->len - half);
	}
	if (fate == BUS_REPLY_TWICE && !send_reply(session, reply->data, reply->len))
		return FALSE;
	return send_reply(session, reply->data, reply->len);
}

/* The next message came before the reply: the reply goes, and both channels are told. */
static gboolean interrupt(struct hislip_session *session)
{
	g_mutex_lock(&session->lock);
	guint32 id = session->received_id;
	struct hislip_wire *async = session->async;
	gboolean told =
		async && hislip_session_send(session, async, HISLIP_ASYNC_INTERRUPTED, 0, id);
	g_mutex_unlock(&session->lock);
	bus_session_query_error(session->bus, -410);
	return told && hislip_session_send(session, session->sync, HISLIP_INTERRUPTED, 0, id);
}

static gboolean is_clearing(struct hislip_session *session)
{
	g_mutex_lock(&session->lock);
	gboolean clearing = session->clearing;
	g_mutex_unlock(&session->lock);
	return clearing;
}

static gboolean answer(struct hislip_session *session, enum bus_reply fate, const GByteArray *reply)
{
	if (fate == BUS_REPLY_DISCONNECT)
		return FALSE;
	if (reply->len == 0 || is_clearing(session))
		return TRUE;
	if (!session->overlapped && hislip_wire_pending(session->sync))
		return interrupt(session);
	return send_spoilt(session, fate, reply);
}

/* Waits until nobody else has locked the device, or the wait is to end; false: it has to. */
static gboolean wait_admitted(struct hislip_session *session)
{
	while (!device_lock_admit(session->device->lock, session, ADMIT_MS, session->gone)) {
		if (g_cancellable_is_cancelled(session->gone))
			return FALSE;
		if (is_clearing(session))
			break;
	}
	return TRUE;
}

/* What came up to an end mark. */
static gboolean execute(struct hislip_session *session, const guint8 *data, gsize len)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	gboolean open = TRUE;

	if (!wait_admitted(session))
		return FALSE;
	if (!is_clearing(session))
		open = answer(session, bus_session_execute(session->bus, data, len, reply), reply);
	g_mutex_lock(&session->lock);
	session->done_id = session->received_id;
	g_cond_broadcast(&session->changed);
	g_mutex_unlock(&session->lock);
	if (open)
		hislip_session_look_for_request(session);
	return open;
}

/* False: the reply to the message before was not taken, which is a query error. */
static gboolean note_message(struct hislip_session *session, const struct hislip_header *header)
{
	g_mutex_lock(&session->lock);
	gboolean lost =
		session->available && !(header->control & RMT_DELIVERED) && !session->overlapped;
	if (lost || (header->control & RMT_DELIVERED))
		session->available = FALSE;
	session->received_id = header->parameter;
	g_mutex_unlock(&session->lock);
	return !lost;
}

static gboolean take_message(struct hislip_session *session, const struct hislip_header *header,
                             const GByteArray *payload)
{
	if (header->control & ~RMT_DELIVERED)
		return hislip_session_error(session, session->sync, HISLIP_ERROR_CONTROL);
	if (session->input->len + payload->len > SERVER_MESSAGE_MAX) {
		g_byte_array_set_size(session->input, 0);
		return hislip_session_error(session, session->sync, HISLIP_ERROR_TOO_LARGE);
	}
	/* The client drops the reply by its id itself, so that it need not be told. */
	if (!note_message(session, header))
		bus_session_query_error(session->bus, -410);
	if (header->type == HISLIP_TRIGGER)
		return execute(session, (const guint8 *)"*TRG\n", 5);
	g_byte_array_append(session->input, payload->data, payload->len);
	if (header->type == HISLIP_DATA)
		return TRUE;
	gboolean open = execute(session, session->input->data, session->input->len);
	g_byte_array_set_size(session->input, 0);
	return open;
}

static gboolean finish_clear(struct hislip_session *session, guint8 wanted)
{
	g_byte_array_set_size(session->input, 0);
	bus_session_clear(session->bus);
	g_mutex_lock(&session->lock);
	session->clearing = FALSE;
	session->available = FALSE;
	session->overlapped = (wanted & 1) != 0;
	session->own_id = HISLIP_FIRST_ID;
	session->received_id = HISLIP_NO_ID;
	session->done_id = HISLIP_NO_ID;
	session->sent_id = HISLIP_NO_ID;
	g_mutex_unlock(&session->lock);
	return hislip_session_send(session, session->sync, HISLIP_DEVICE_CLEAR_ACKNOWLEDGE,
	                           (wanted & 1) | hislip_secure_features(session), 0);
}

static gboolean take(struct hislip_session *session, const struct hislip_header *header,
                     const GByteArray *payload)
{
	g_mutex_lock(&session->lock);
	gboolean ready = session->async != NULL;
	gboolean clearing = session->clearing;
	g_mutex_unlock(&session->lock);
	if (!ready) {
		hislip_session_fatal(session, HISLIP_FATAL_CHANNELS);
		return FALSE;
	}
	if (!hislip_secure_admits(session, session->sync, header->type)) {
		hislip_session_fatal(session, HISLIP_FATAL_NOT_SECURE);
		return FALSE;
	}
	if (hislip_secure_is_sync(session, header->type))
		return hislip_secure_take_sync(session, header, payload);
	if (header->type == HISLIP_DEVICE_CLEAR_COMPLETE)
		return finish_clear(session, header->control);
	if (clearing)
		return TRUE;
	switch (header->type) {
	case HISLIP_DATA:
	case HISLIP_DATA_END:
	case HISLIP_TRIGGER:
		return take_message(session, header, payload);
	case HISLIP_FATAL_ERROR:
		return FALSE;
	case HISLIP_ERROR:
		return TRUE;
	case HISLIP_INITIALIZE:
		hislip_session_fatal(session, HISLIP_FATAL_INITIALIZE);
		return FALSE;
	default:
		return hislip_session_error(session, session->sync,
		                            header->type >= HISLIP_VENDOR ? HISLIP_ERROR_VENDOR
		                                                          : HISLIP_ERROR_TYPE);
	}
}

void hislip_serve_sync(struct hislip_session *session)
{
	g_autoptr(GByteArray) payload = g_byte_array_new();
	struct hislip_header header;
	gboolean open = TRUE;

	while (open) {
		enum hislip_receipt receipt =
			hislip_wire_receive(session->sync, &header, payload, session->max_message,
		                            session->gone);
		open = receipt == HISLIP_RECEIVED
		               ? take(session, &header, payload)
		               : hislip_session_refuse(session, session->sync, receipt);
	}
}

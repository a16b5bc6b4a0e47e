/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/hislip_server_session.h"

#include "base/bytes.h"
#include "bench/device_lock.h"

#define REMOTE_LOCAL_LAST 6
#define UNLOCK_WAIT_US    G_USEC_PER_SEC

static gboolean answer(struct hislip_session *session, guint8 type, guint8 control,
                       guint32 parameter)
{
	return hislip_session_send(session, session->async, type, control, parameter);
}

static gboolean take_max_size(struct hislip_session *session, const GByteArray *payload)
{
	struct rd rd = rd_init(payload->data, payload->len);
	guint64 most = rd_be64(&rd);
	guint8 ours[8] = {0};

	if (rd.bad || rd_left(&rd) > 0) {
		hislip_session_fatal(session, HISLIP_FATAL_HEADER);
		return FALSE;
	}
	put_be32(ours + 4, (guint32)session->max_message);
	g_mutex_lock(&session->lock);
	session->client_max = most;
	g_mutex_unlock(&session->lock);
	struct hislip_header header = {HISLIP_ASYNC_MAX_SIZE_RESPONSE, 0, 0, sizeof(ours)};
	g_mutex_lock(&session->sending_async);
	gboolean sent = hislip_wire_send(session->async, &header, ours, session->gone);
	g_mutex_unlock(&session->sending_async);
	return sent;
}

/*
 * Synchronised: a status query that overtakes its message finds nothing available. Overlapped: the
 * id is that of the last reply that was taken, and only it tells whether there is another.
 */
static gboolean take_status_query(struct hislip_session *session,
                                  const struct hislip_header *header)
{
	g_mutex_lock(&session->lock);
	if (session->overlapped)
		session->available = header->parameter != session->sent_id;
	else if (header->control & 1)
		session->available = FALSE;
	gboolean available = session->available;
	if (!session->overlapped)
		available = available && header->parameter == session->received_id;
	g_mutex_unlock(&session->lock);
	return answer(session, HISLIP_ASYNC_STATUS_RESPONSE,
	              bus_session_poll(session->bus, available), 0);
}

static gboolean take_lock(struct hislip_session *session, const struct hislip_header *header,
                          const GByteArray *payload)
{
	static const guint8 codes[] = {[LOCK_FAILED] = 0, [LOCK_DONE] = 1, [LOCK_WRONG] = 3};
	g_autofree char *key = g_strndup((const char *)payload->data, payload->len);

	enum lock_answer got = device_lock_take(session->device->lock, session, key,
	                                        header->parameter, session->gone);
	return answer(session, HISLIP_ASYNC_LOCK_RESPONSE, codes[got], 0);
}

/* Not before the messages up to the named one have been executed. */
static gboolean take_unlock(struct hislip_session *session, guint32 last_id)
{
	static const guint8 codes[] = {[LOCK_DONE] = 1, [LOCK_SHARED] = 2, [LOCK_WRONG] = 3};
	gint64 end_us = g_get_monotonic_time() + UNLOCK_WAIT_US;
	gboolean waiting = TRUE;

	g_mutex_lock(&session->lock);
	while (waiting && (gint32)(last_id - session->done_id) > 0)
		waiting = g_cond_wait_until(&session->changed, &session->lock, end_us);
	g_mutex_unlock(&session->lock);
	return answer(session, HISLIP_ASYNC_LOCK_RESPONSE,
	              codes[device_lock_release(session->device->lock, session)], 0);
}

static gboolean take_lock_info(struct hislip_session *session)
{
	gboolean exclusive = FALSE;
	guint holders = device_lock_holders(session->device->lock, &exclusive);

	return answer(session, HISLIP_ASYNC_LOCK_INFO_RESPONSE, exclusive ? 1 : 0, holders);
}

static gboolean take_clear(struct hislip_session *session)
{
	g_mutex_lock(&session->lock);
	session->clearing = TRUE;
	session->available = FALSE;
	gboolean overlapped = session->overlapped;
	g_mutex_unlock(&session->lock);
	return answer(session, HISLIP_ASYNC_DEVICE_CLEAR_ACKNOWLEDGE,
	              (overlapped ? 1 : 0) | hislip_secure_features(session), 0);
}

/* The highest control code of those types that have one; -1: the type is not for this channel. */
static int control_max(guint8 type)
{
	switch (type) {
	case HISLIP_ASYNC_LOCK:
	case HISLIP_ASYNC_STATUS_QUERY:
		return 1;
	case HISLIP_ASYNC_REMOTE_LOCAL:
		return REMOTE_LOCAL_LAST;
	case HISLIP_ASYNC_MAX_SIZE:
	case HISLIP_ASYNC_DEVICE_CLEAR:
	case HISLIP_ASYNC_LOCK_INFO:
	case HISLIP_ERROR:
		return 0xFF;
	default:
		return -1;
	}
}

static gboolean take(struct hislip_session *session, const struct hislip_header *header,
                     const GByteArray *payload)
{
	if (header->type == HISLIP_FATAL_ERROR)
		return FALSE;
	if (!hislip_secure_admits(session, session->async, header->type)) {
		hislip_session_fatal(session, HISLIP_FATAL_NOT_SECURE);
		return FALSE;
	}
	if (hislip_secure_is_async(session, header->type))
		return hislip_secure_take_async(session, header, payload);
	int most = control_max(header->type);
	if (most < 0)
		return hislip_session_error(session, session->async,
		                            header->type >= HISLIP_VENDOR ? HISLIP_ERROR_VENDOR
		                                                          : HISLIP_ERROR_TYPE);
	if (header->control > most)
		return hislip_session_error(session, session->async, HISLIP_ERROR_CONTROL);
	switch (header->type) {
	case HISLIP_ASYNC_MAX_SIZE:
		return take_max_size(session, payload);
	case HISLIP_ASYNC_STATUS_QUERY:
		return take_status_query(session, header);
	case HISLIP_ASYNC_LOCK:
		return header->control == 1 ? take_lock(session, header, payload)
		                            : take_unlock(session, header->parameter);
	case HISLIP_ASYNC_LOCK_INFO:
		return take_lock_info(session);
	case HISLIP_ASYNC_REMOTE_LOCAL:
		return answer(session, HISLIP_ASYNC_REMOTE_LOCAL_RESPONSE, 0, 0);
	case HISLIP_ASYNC_DEVICE_CLEAR:
		return take_clear(session);
	default:
		return TRUE;
	}
}

void hislip_serve_async(struct hislip_session *session, struct hislip_wire *async)
{
	g_autoptr(GByteArray) payload = g_byte_array_new();
	struct hislip_header header;
	gboolean open = TRUE;

	while (open) {
		enum hislip_receipt receipt =
			hislip_wire_receive(async, &header, payload, session->max_message,
		                            session->gone);
		open = receipt == HISLIP_RECEIVED ? take(session, &header, payload)
		                                  : hislip_session_refuse(session, async, receipt);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip_transfer.h"

#include "base/error.h"
#include "instruments/link/frame.h"

/* ---- sending ---- */

/*
 * Looks at what has come since the last answer. In synchronised mode answers that nobody read are
 * dropped, for the server drops its own; in overlapped mode they would be taken for the next one.
 */
static gboolean settle(struct hislip_session *session, const struct bounds *bounds, GError **error)
{
	struct hislip_header header;
	if (!session->interrupted && hislip_channels_quiet(&session->sync, &session->async))
		return TRUE;
	if (!hislip_session_poll(session, bounds, error))
		return FALSE;
	for (;;) {
		enum hislip_wait wait = session->interrupted ? HISLIP_WAIT : HISLIP_LOOK;
		enum hislip_arrival arrival = hislip_channel_next(&session->sync, wait, &header,
		                                                  bounds, "Interrupted", error);
		if (arrival != HISLIP_MESSAGE)
			return arrival == HISLIP_NOTHING;
		switch (header.type) {
		case HISLIP_INTERRUPTED:
			if (!hislip_session_interrupted(session, bounds, error))
				return FALSE;
			break;
		case HISLIP_DATA:
		case HISLIP_DATA_END:
			if (session->interrupted || !session->overlapped)
				break;
			station_error_set(error, STATION_ERROR_PROTOCOL,
			                  "an answer came that nobody asked for");
			return FALSE;
		default:
			hislip_session_unexpected(&session->sync, &header, bounds, error);
			return FALSE;
		}
	}
}

/* Every message that is sent has the next id. */
static void count_message(struct hislip_session *session)
{
	session->rmt_delivered = FALSE;
	session->last_id = session->next_id;
	session->next_id += HISLIP_ID_STEP;
}

gboolean hislip_send_trigger(struct hislip_session *session, const struct bounds *bounds,
                             GError **error)
{
	if (!settle(session, bounds, error))
		return FALSE;
	struct hislip_header header = {
		.type = HISLIP_TRIGGER,
		.control = session->rmt_delivered ? HISLIP_RMT_DELIVERED : 0,
		.parameter = session->next_id,
	};
	if (!hislip_channel_send(&session->sync, &header, NULL, bounds, error))
		return FALSE;
	count_message(session);
	return TRUE;
}

gboolean hislip_send(struct hislip_session *session, const guint8 *data, gsize len,
                     const struct bounds *bounds, GError **error)
{
	gsize sent = 0;
	if (!settle(session, bounds, error))
		return FALSE;
	do {
		gsize n = MIN(len - sent, session->payload_max);
		struct hislip_header header = {
			.type = sent + n < len ? HISLIP_DATA : HISLIP_DATA_END,
			.control = session->rmt_delivered ? HISLIP_RMT_DELIVERED : 0,
			.parameter = session->next_id,
			.length = n,
		};
		if (!hislip_channel_send(&session->sync, &header, data + sent, bounds, error)) {
			g_prefix_error(error,
			               "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
			               " bytes were taken: ",
			               sent, len);
			return FALSE;
		}
		count_message(session);
		sent += n;
	} while (sent < len);
	return TRUE;
}

/* ---- receiving ---- */

/* One answer under way: what was collected of it, and since when it is waited for. */
struct reading {
	struct hislip_session *session;
	struct link_frame frame; /* with its end marked by the transport */
	struct frame_scan scan;
	GByteArray *reply;
	gsize received;
	gint64 start_us;
};

static void begin_anew(struct reading *reading)
{
	frame_scan_init(&reading->scan, &reading->frame);
	g_byte_array_set_size(reading->reply, 0);
	g_byte_array_set_size(reading->session->rest, 0);
	reading->received = 0;
}

static struct bounds patience(const struct reading *reading, const struct bounds *bounds)
{
	if (reading->received > 0 && reading->frame.stall_s > 0)
		return bounds_within(bounds, reading->frame.stall_s);
	return *bounds;
}

/* Passes cause on; a timeout is told with what had come, and how long it took. */
static void tell(const struct reading *reading, GError *cause, GError **error)
{
	double waited_s = (double)(g_get_monotonic_time() - reading->start_us) * 1e-6;
	char waited[G_ASCII_DTOSTR_BUF_SIZE];
	g_ascii_formatd(waited, sizeof waited, "%.3f", waited_s);
	if (!g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT)) {
		g_propagate_error(error, cause);
		return;
	}
	g_error_free(cause);
	if (reading->received == 0) {
		station_error_set(error, STATION_ERROR_TIMEOUT, "no answer in %s s", waited);
		return;
	}
	g_autofree char *where = frame_scan_where(&reading->scan);
	station_error_set(error, STATION_ERROR_TIMEOUT,
	                  "the answer stopped after %" G_GSIZE_FORMAT " bytes, %s",
	                  reading->received, where);
}

static gboolean take_piece(struct reading *reading, const guint8 *data, gsize len, GError **error)
{
	GByteArray *rest = reading->session->rest;
	gsize used = 0;
	reading->received += len;
	if (!frame_scan_take(&reading->scan, data, len, &used, reading->reply, error))
		return FALSE;
	if (rest->len + (len - used) > reading->frame.max_len) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "more than %" G_GSIZE_FORMAT " bytes follow the answer",
		                  reading->frame.max_len);
		return FALSE;
	}
	g_byte_array_append(rest, data + used, (guint)(len - used));
	return TRUE;
}

static gboolean take_payload(struct reading *reading, const struct bounds *bounds, GError **error)
{
	struct hislip_channel *sync = &reading->session->sync;
	while (sync->payload_left > 0) {
		const guint8 *data = NULL;
		gsize len = 0;
		struct bounds now = patience(reading, bounds);
		if (!hislip_channel_piece(sync, &data, &len, &now, "answer", error) ||
		    !take_piece(reading, data, len, error))
			return FALSE;
	}
	return TRUE;
}

/* In synchronised mode an answer tells to which message it is one. */
static gboolean is_ours(const struct hislip_session *session, const struct hislip_header *header)
{
	return session->overlapped || header->parameter == session->last_id ||
	       (header->type == HISLIP_DATA && header->parameter == HISLIP_ANY_ID);
}

/* One message of the synchronous channel; *ended when it was the last of the answer. */
static gboolean take_message(struct reading *reading, const struct hislip_header *header,
                             gboolean *ended, const struct bounds *bounds, GError **error)
{
	struct hislip_session *session = reading->session;
	*ended = FALSE;
	switch (header->type) {
	case HISLIP_DATA:
	case HISLIP_DATA_END:
		if (session->interrupted || !is_ours(session, header)) {
			begin_anew(reading);
			return TRUE;
		}
		*ended = header->type == HISLIP_DATA_END;
		if (!take_payload(reading, bounds, error))
			return FALSE;
		session->delivered_id = header->parameter;
		return !*ended || frame_scan_finish(&reading->scan, reading->reply, error);
	case HISLIP_INTERRUPTED:
		begin_anew(reading);
		return hislip_session_interrupted(session, bounds, error);
	default:
		hislip_session_unexpected(&session->sync, header, bounds, error);
		return FALSE;
	}
}

/*
 * The next header. The asynchronous channel is looked at when it does not come at once. When that
 * one has gone, the reason may stand on this one: that counts only when nothing is left here.
 */
static gboolean next_header(const struct reading *reading, struct hislip_header *header,
                            const struct bounds *bounds, GError **error)
{
	struct hislip_session *session = reading->session;
	struct bounds now = patience(reading, bounds);
	enum hislip_arrival arrival =
		hislip_channel_next(&session->sync, HISLIP_SOON, header, &now, "answer", error);
	if (arrival != HISLIP_NOTHING)
		return arrival == HISLIP_MESSAGE;
	GError *cause = NULL;
	gboolean alive = hislip_session_poll(session, bounds, &cause);
	if (cause && !g_error_matches(cause, STATION_ERROR, STATION_ERROR_IO)) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	arrival = hislip_channel_next(&session->sync, alive ? HISLIP_WAIT : HISLIP_LOOK, header,
	                              &now, "answer", error);
	if (arrival == HISLIP_NOTHING)
		g_propagate_error(error, cause);
	else
		g_clear_error(&cause);
	return arrival == HISLIP_MESSAGE;
}

static gboolean read_answer(struct reading *reading, const struct bounds *bounds, GError **error)
{
	gboolean ended = FALSE;
	while (!ended) {
		struct hislip_header header;
		if (!next_header(reading, &header, bounds, error) ||
		    !take_message(reading, &header, &ended, bounds, error))
			return FALSE;
	}
	return TRUE;
}

/* The next message out of an answer that has come whole. */
static gboolean read_rest(struct reading *reading, GError **error)
{
	GByteArray *rest = reading->session->rest;
	gsize used = 0;
	if (!frame_scan_take(&reading->scan, rest->data, rest->len, &used, reading->reply, error) ||
	    !frame_scan_finish(&reading->scan, reading->reply, error))
		return FALSE;
	g_byte_array_remove_range(rest, 0, (guint)used);
	return TRUE;
}

gboolean hislip_receive(struct hislip_session *session, const struct link_frame *frame,
                        GByteArray *reply, const struct bounds *bounds, GError **error)
{
	struct reading reading = {
		.session = session,
		.frame = *frame,
		.reply = reply,
		.start_us = g_get_monotonic_time(),
	};
	GError *cause = NULL;
	if (session->torn) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "only the tail of an answer may be left");
		return FALSE;
	}
	reading.frame.marked = TRUE;
	frame_scan_init(&reading.scan, &reading.frame);
	gboolean ok = session->rest->len > 0 ? read_rest(&reading, &cause)
	                                     : read_answer(&reading, bounds, &cause);
	if (!ok) {
		session->torn = reading.received > 0;
		g_byte_array_set_size(session->rest, 0);
		tell(&reading, cause, error);
	} else if (session->rest->len == 0) {
		session->rmt_delivered = TRUE;
	}
	return ok;
}

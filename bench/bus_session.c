/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/bus_session.h"

#include "bench/faults.h"

#include <string.h>

struct bus_session {
	const struct server_ops *ops;
	void *session;
	struct faults *faults;
	GMutex lock;      /* of what follows */
	GByteArray *held; /* a reply kept back by the fault `late` */
	gboolean summary; /* bit 6 when looked at last */
	gboolean requesting;
};

struct bus_session *bus_session_new(const struct bus_device *device)
{
	struct bus_session *session = g_new0(struct bus_session, 1);

	session->ops = device->ops;
	session->session = device->ops->session_new(device->device);
	session->faults = device->faults;
	session->held = g_byte_array_new();
	g_mutex_init(&session->lock);
	return session;
}

void bus_session_free(struct bus_session *session)
{
	if (!session)
		return;
	session->ops->session_free(session->session);
	g_byte_array_unref(session->held);
	g_mutex_clear(&session->lock);
	g_free(session);
}

static gsize first_message(const struct bus_session *session, const char *data, gsize len)
{
	if (session->ops->frame)
		return session->ops->frame(session->session, data, len);
	const char *end = memchr(data, '\n', len);
	return end ? (gsize)(end - data) + 1 : 0;
}

/* Each in a reply of its own: what one has answered is nothing to the next. */
static void execute_one(struct bus_session *session, const char *message, gsize len,
                        GByteArray *reply)
{
	g_autoptr(GByteArray) own = g_byte_array_new();

	session->ops->message(session->session, message, len, own);
	g_byte_array_append(reply, own->data, own->len);
}

static void execute_all(struct bus_session *session, const guint8 *data, gsize len,
                        GByteArray *reply)
{
	g_autofree char *text = g_malloc(len + 1);
	char *from = text;
	gsize used = 0;

	memcpy(text, data, len);
	while (len > 0 && (used = first_message(session, from, len)) > 0) {
		execute_one(session, from, used, reply);
		from += used;
		len -= used;
	}
	if (len == 0)
		return;
	from[len++] = '\n'; /* the end mark was its end */
	execute_one(session, from, len, reply);
}

enum bus_reply bus_session_execute(struct bus_session *session, const guint8 *data, gsize len,
                                   GByteArray *reply)
{
	static const guint8 garbage[] = {'~', 0x15, 0x80, '%', '!', 0xFE, '?', '{', 0x7F, '\n'};
	guint before = reply->len;

	g_mutex_lock(&session->lock);
	g_byte_array_append(reply, session->held->data, session->held->len);
	g_byte_array_set_size(session->held, 0);
	g_mutex_unlock(&session->lock);
	if (faults_take(session->faults, FAULT_DISCONNECT))
		return BUS_REPLY_DISCONNECT;
	guint mine = reply->len;
	execute_all(session, data, len, reply);
	if (reply->len == mine)
		return BUS_REPLY_WHOLE;
	if (faults_take(session->faults, FAULT_SILENT)) {
		g_byte_array_set_size(reply, mine);
	} else if (faults_take(session->faults, FAULT_GARBAGE)) {
		g_byte_array_set_size(reply, mine);
		g_byte_array_append(reply, garbage, sizeof(garbage));
	} else if (faults_take(session->faults, FAULT_LATE)) {
		g_mutex_lock(&session->lock);
		g_byte_array_append(session->held, reply->data + mine, reply->len - mine);
		g_mutex_unlock(&session->lock);
		g_byte_array_set_size(reply, mine);
	} else if (faults_take(session->faults, FAULT_SPLIT)) {
		return BUS_REPLY_SPLIT;
	} else if (before == mine && faults_take(session->faults, FAULT_TWICE)) {
		return BUS_REPLY_TWICE;
	}
	return BUS_REPLY_WHOLE;
}

void bus_session_clear(struct bus_session *session)
{
	g_mutex_lock(&session->lock);
	g_byte_array_set_size(session->held, 0);
	g_mutex_unlock(&session->lock);
}

void bus_session_query_error(struct bus_session *session, int number)
{
	if (session->ops->query_error)
		session->ops->query_error(session->session, number);
}

/* With the lock held. */
static guint8 look(struct bus_session *session, gboolean message_available, gboolean *began)
{
	guint8 byte = 0;

	if (session->ops->status_byte)
		byte = session->ops->status_byte(session->session, message_available);
	gboolean summary = (byte & BUS_STATUS_RQS) != 0;
	*began = summary && !session->summary;
	session->summary = summary;
	if (*began)
		session->requesting = TRUE;
	return byte & (guint8)~BUS_STATUS_RQS;
}

guint8 bus_session_poll(struct bus_session *session, gboolean message_available)
{
	gboolean began = FALSE;

	g_mutex_lock(&session->lock);
	guint8 byte = look(session, message_available, &began);
	if (session->requesting)
		byte |= BUS_STATUS_RQS;
	session->requesting = FALSE;
	g_mutex_unlock(&session->lock);
	return byte;
}

gboolean bus_session_requests(struct bus_session *session, gboolean message_available, guint8 *byte)
{
	gboolean began = FALSE;

	g_mutex_lock(&session->lock);
	*byte = look(session, message_available, &began) | BUS_STATUS_RQS;
	g_mutex_unlock(&session->lock);
	return began;
}

gboolean bus_session_requesting(struct bus_session *session, gboolean message_available)
{
	gboolean began = FALSE;

	g_mutex_lock(&session->lock);
	look(session, message_available, &began);
	gboolean requesting = session->requesting;
	g_mutex_unlock(&session->lock);
	return requesting;
}

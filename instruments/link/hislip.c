/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip.h"

#include "base/error.h"
#include "instruments/link/hislip_session.h"
#include "instruments/link/hislip_transfer.h"
#include "instruments/link/resource_security.h"
#include "instruments/link/service.h"

struct hislip_link {
	struct link link;
	struct hislip_session session;
	gboolean wants_lock; /* asked for and not given back */
	gboolean has_lock;   /* on this connection: it ends with it */
};

static struct hislip_link *hislip_of(struct link *link)
{
	return (struct hislip_link *)link;
}

static gboolean require_session(const struct hislip_session *session, GError **error)
{
	if (hislip_session_usable(session))
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "not connected");
	return FALSE;
}

/* ---- operations ---- */

static gboolean hislip_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                             const struct bounds *bounds, GError **error)
{
	struct hislip_session *session = &hislip_of(link)->session;
	return require_session(session, error) && hislip_send(session, data, len, bounds, error);
}

static gboolean hislip_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                            const struct bounds *bounds, GError **error)
{
	struct hislip_session *session = &hislip_of(link)->session;
	return require_session(session, error) &&
	       hislip_receive(session, frame, reply, bounds, error);
}

static gboolean take_lock(struct hislip_link *hislip, const struct bounds *bounds, GError **error)
{
	hislip->has_lock = hislip_session_lock(&hislip->session, bounds, error);
	return hislip->has_lock;
}

static gboolean hislip_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct hislip_link *hislip = hislip_of(link);
	struct hislip_session *session = &hislip->session;
	/* Half of the time, so that some is left to connect in. */
	struct bounds half = bounds_within(bounds, deadline_left_s(bounds->deadline) / 2);
	if (!hislip_session_usable(session) || !hislip_session_clear(session, &half, NULL)) {
		hislip->has_lock = FALSE;
		if (!hislip_session_connect(session, bounds, error))
			return FALSE;
	}
	/* Without the lock that was held somebody else may have set what we rely on. */
	return !hislip->wants_lock || hislip->has_lock || take_lock(hislip, bounds, error);
}

static gsize hislip_unread(struct link *link)
{
	return hislip_of(link)->session.rest->len;
}

/* A session that was lost past the messages: a new connection is needed before the next one. */
static gboolean judge(struct link *link, gboolean ok)
{
	if (!hislip_session_usable(&hislip_of(link)->session))
		link_mark_dirty(link);
	return ok;
}

static gboolean hislip_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                   GError **error)
{
	struct hislip_session *session = &hislip_of(link)->session;
	return require_session(session, error) &&
	       judge(link, hislip_session_status(session, status, bounds, error));
}

static gboolean hislip_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	struct hislip_session *session = &hislip_of(link)->session;
	return require_session(session, error) && hislip_send_trigger(session, bounds, error);
}

static gboolean hislip_news(struct link *link, struct service_pace *pace,
                            const struct bounds *bounds, GError **error)
{
	const struct bounds look = bounds_within(bounds, SERVICE_LOOK_S);
	GError *cause = NULL;
	gboolean ok = hislip_session_await_request(&hislip_of(link)->session, &look, &cause) ||
	              service_only_late(bounds, &cause);
	if (!ok)
		g_propagate_error(error, cause);
	return judge(link, ok);
}

static gboolean hislip_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                                     GError **error)
{
	return service_await(link, hislip_news, status, bounds, error);
}

static gboolean hislip_lock(struct link *link, const struct bounds *bounds, GError **error)
{
	struct hislip_link *hislip = hislip_of(link);
	if (!require_session(&hislip->session, error) ||
	    !judge(link, take_lock(hislip, bounds, error)))
		return FALSE;
	hislip->wants_lock = TRUE;
	return TRUE;
}

static gboolean hislip_unlock(struct link *link, const struct bounds *bounds, GError **error)
{
	struct hislip_link *hislip = hislip_of(link);
	hislip->wants_lock = hislip->has_lock = FALSE;
	return require_session(&hislip->session, error) &&
	       judge(link, hislip_session_unlock(&hislip->session, bounds, error));
}

static void hislip_close(struct link *link)
{
	struct hislip_link *hislip = hislip_of(link);
	hislip_session_done(&hislip->session);
	link_done(link);
	g_free(hislip);
}

static const struct link_ops hislip_ops = {
	.name = "hislip",
	.write = hislip_write,
	.read = hislip_read,
	.clear = hislip_clear,
	.unread = hislip_unread,
	.status_byte = hislip_status_byte,
	.trigger = hislip_trigger,
	.await_service = hislip_await_service,
	.lock = hislip_lock,
	.unlock = hislip_unlock,
	.close = hislip_close,
};

struct link *hislip_open(const struct resource *resource, const struct link_settings *settings,
                         const struct bounds *bounds, GError **error)
{
	struct hislip_link *hislip = g_new0(struct hislip_link, 1);
	link_init(&hislip->link, &hislip_ops, resource->bottom, settings);
	hislip_session_init(&hislip->session, resource->host, resource->port, resource->name);
	link_security_copy(&hislip->session.security, &resource->security);
	if (!hislip_session_connect(&hislip->session, bounds, error)) {
		hislip_close(&hislip->link);
		return NULL;
	}
	return &hislip->link;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/hislip_server.h"

#include "bench/hislip_server_session.h"
#include "bench/listener.h"

#define VERSION_NEWEST  0x0200u
#define VERSION_OLDEST  0x0100u
#define VENDOR          ('V' << 8 | 'B')
#define SUB_ADDRESS     "hislip0"
#define SUB_ADDRESS_MAX 256
#define SESSIONS_MAX    32
#define MAX_MESSAGE     (1u << 20)

struct hislip_server {
	struct bus_device device;
	struct hislip_options options;
	struct listener *listener;
	GMutex lock;
	GHashTable *sessions; /* by id */
	guint16 next_id;
};

static struct hislip_session *add_session(struct hislip_server *server, struct hislip_wire *wire,
                                          gboolean is_version_2)
{
	struct hislip_session *session = NULL;

	g_mutex_lock(&server->lock);
	if (g_hash_table_size(server->sessions) < SESSIONS_MAX) {
		while (g_hash_table_contains(server->sessions, GUINT_TO_POINTER(server->next_id)))
			server->next_id++;
		session = hislip_session_new(&server->device, wire, server->next_id++);
		session->max_message = server->options.max_message;
		session->overlapped = server->options.overlapped;
		session->options = &server->options;
		session->is_version_2 = is_version_2;
		g_hash_table_insert(server->sessions, GUINT_TO_POINTER(session->id), session);
	}
	g_mutex_unlock(&server->lock);
	return session;
}

/* Nobody finds it any more; waits until the other connection has left it. */
static void end_session(struct hislip_server *server, struct hislip_session *session)
{
	g_mutex_lock(&server->lock);
	g_hash_table_remove(server->sessions, GUINT_TO_POINTER(session->id));
	g_mutex_unlock(&server->lock);
	g_cancellable_cancel(session->gone);
	g_mutex_lock(&session->lock);
	while (session->async)
		g_cond_wait(&session->changed, &session->lock);
	g_mutex_unlock(&session->lock);
	hislip_session_free(session);
}

static void cancel_other(GCancellable *stop, gpointer gone)
{
	g_cancellable_cancel(gone);
}

static void serve_sync(struct hislip_server *server, struct hislip_wire *wire, GCancellable *stop,
                       const struct hislip_header *first, const GByteArray *payload)
{
	g_autofree char *name = g_strndup((const char *)payload->data, payload->len);
	guint32 version = first->parameter >> 16;

	if (version < VERSION_OLDEST || payload->len > SUB_ADDRESS_MAX ||
	    (name && *name && g_ascii_strcasecmp(name, SUB_ADDRESS) != 0)) {
		hislip_fatal(wire, HISLIP_FATAL_INITIALIZE, stop);
		return;
	}
	if (version < VERSION_NEWEST && server->options.encryption == HISLIP_MANDATORY) {
		hislip_fatal(wire, HISLIP_FATAL_NOT_SECURE, stop);
		return;
	}
	struct hislip_session *session = add_session(server, wire, version >= VERSION_NEWEST);
	if (!session) {
		hislip_fatal(wire, HISLIP_FATAL_CLIENTS, stop);
		return;
	}
	gulong chained = g_cancellable_connect(stop, G_CALLBACK(cancel_other),
	                                       g_object_ref(session->gone), g_object_unref);
	if (hislip_session_send(session, wire, HISLIP_INITIALIZE_RESPONSE,
	                        (session->overlapped ? 1 : 0) | hislip_secure_features(session),
	                        MIN(version, VERSION_NEWEST) << 16 | session->id))
		hislip_serve_sync(session);
	g_cancellable_disconnect(stop, chained);
	end_session(server, session);
}

static struct hislip_session *join_session(struct hislip_server *server, struct hislip_wire *wire,
                                           guint32 id)
{
	g_mutex_lock(&server->lock);
	struct hislip_session *session =
		g_hash_table_lookup(server->sessions, GUINT_TO_POINTER(id));
	if (session) {
		g_mutex_lock(&session->lock);
		gboolean joined = !session->async;
		if (joined)
			session->async = wire;
		g_mutex_unlock(&session->lock);
		if (!joined)
			session = NULL;
	}
	g_mutex_unlock(&server->lock);
	return session;
}

static void serve_async(struct hislip_server *server, struct hislip_wire *wire, GCancellable *stop,
                        const struct hislip_header *first)
{
	struct hislip_session *session = join_session(server, wire, first->parameter);

	if (!session) {
		hislip_fatal(wire, HISLIP_FATAL_INITIALIZE, stop);
		return;
	}
	gboolean capable = session->is_version_2 && server->options.encryption != HISLIP_PLAIN;
	if (hislip_session_send(session, wire, HISLIP_ASYNC_INITIALIZE_RESPONSE, capable ? 1 : 0,
	                        VENDOR))
		hislip_serve_async(session, wire);
	g_cancellable_cancel(session->gone);
	g_mutex_lock(&session->lock);
	session->async = NULL;
	g_cond_broadcast(&session->changed);
	g_mutex_unlock(&session->lock);
}

/* The first message tells which channel a connection is. */
static void serve_wire(struct hislip_server *server, struct hislip_wire *wire, GCancellable *stop)
{
	g_autoptr(GByteArray) payload = g_byte_array_new();
	struct hislip_header first;

	switch (hislip_wire_receive(wire, &first, payload, SUB_ADDRESS_MAX, stop)) {
	case HISLIP_GONE:
		return;
	case HISLIP_BAD_HEADER:
		hislip_fatal(wire, HISLIP_FATAL_HEADER, stop);
		return;
	case HISLIP_TOO_LARGE:
		hislip_fatal(wire, HISLIP_FATAL_INITIALIZE, stop);
		return;
	case HISLIP_RECEIVED:
		break;
	}
	if (first.type == HISLIP_INITIALIZE)
		serve_sync(server, wire, stop, &first, payload);
	else if (first.type == HISLIP_ASYNC_INITIALIZE)
		serve_async(server, wire, stop, &first);
	else
		hislip_fatal(wire, HISLIP_FATAL_CHANNELS, stop);
}

static void serve(void *data, GSocket *socket, GCancellable *stop)
{
	struct hislip_wire wire = {.socket = socket};

	serve_wire(data, &wire, stop);
	hislip_wire_clear(&wire);
}

static void keep_options(struct hislip_server *server, const struct hislip_options *options)
{
	if (options)
		server->options = *options;
	if (server->options.max_message == 0)
		server->options.max_message = MAX_MESSAGE;
	if (server->options.certificate)
		g_object_ref(server->options.certificate);
	server->options.login = g_strdup(server->options.login);
}

struct hislip_server *hislip_server_new(const char *name, guint16 port,
                                        const struct bus_device *device,
                                        const struct hislip_options *options, GError **error)
{
	struct hislip_server *server = g_new0(struct hislip_server, 1);

	server->device = *device;
	keep_options(server, options);
	server->sessions = g_hash_table_new(NULL, NULL);
	server->next_id = 1;
	g_mutex_init(&server->lock);
	server->listener = listener_new(name, port, serve, server, error);
	if (!server->listener)
		g_clear_pointer(&server, hislip_server_free);
	return server;
}

guint16 hislip_server_port(const struct hislip_server *server)
{
	return listener_port(server->listener);
}

void hislip_server_free(struct hislip_server *server)
{
	if (!server)
		return;
	listener_free(server->listener);
	g_hash_table_unref(server->sessions);
	g_mutex_clear(&server->lock);
	g_clear_object(&server->options.certificate);
	g_free((char *)server->options.login);
	g_free(server);
}

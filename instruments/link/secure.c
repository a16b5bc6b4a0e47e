/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/secure.h"

#include "base/error.h"
#include "instruments/link/async_wait.h"
#include "instruments/link/certificate.h"
#include "instruments/link/connect.h"

#include <poll.h>

struct secure {
	GTlsConnection *tls;
	GSocket *socket;       /* below it, borrowed */
	GTlsCertificate *peer; /* once it was judged, owned */
};

gboolean secure_available(GError **error)
{
	if (g_tls_backend_supports_tls(g_tls_backend_get_default()))
		return TRUE;
	station_error_set(error, STATION_ERROR_UNSUPPORTED,
	                  "encrypted connections need the package glib-networking, which is not "
	                  "installed: apt install glib-networking");
	return FALSE;
}

/* ---- shaking hands ---- */

/*
 * During the handshake every certificate will do, for it is judged before anything is said; a
 * later one must be the same.
 */
static gboolean on_certificate(GTlsConnection *tls, GTlsCertificate *certificate,
                               GTlsCertificateFlags flags, gpointer user_data)
{
	const struct secure *secure = user_data;
	return !secure->peer || g_tls_certificate_is_same(secure->peer, certificate);
}

struct handshake {
	struct async_wait wait;
	GError *error;
};

static void on_shaken(GObject *source, GAsyncResult *result, gpointer user_data)
{
	struct handshake *handshake = user_data;
	g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, &handshake->error);
	handshake->wait.ended = TRUE;
}

static gboolean shake_hands(GTlsConnection *tls, const struct bounds *bounds, GError **error)
{
	struct handshake handshake = {0};
	async_wait_begin(&handshake.wait, bounds);
	g_tls_connection_handshake_async(tls, G_PRIORITY_DEFAULT, handshake.wait.cancellable,
	                                 on_shaken, &handshake);
	async_wait_run(&handshake.wait);
	g_autoptr(GError) cause = handshake.error;
	if (cause && !async_wait_cut_off(&handshake.wait, bounds, "secure the connection", error))
		station_error_set(error, STATION_ERROR_IO, "secure the connection: %s",
		                  cause->message);
	async_wait_done(&handshake.wait);
	return !cause;
}

/* Null with no error: the system's. */
static GTlsDatabase *open_database(const char *ca, GError **error)
{
	if (!ca)
		return g_tls_backend_get_default_database(g_tls_backend_get_default());
	g_autoptr(GError) cause = NULL;
	GTlsDatabase *database = g_tls_file_database_new(ca, &cause);
	if (!database)
		station_error_set(error, STATION_ERROR_CONFIG, "ca: %s", cause->message);
	return database;
}

static gboolean start(struct secure *secure, const char *host, const struct link_security *security,
                      const struct bounds *bounds, GError **error)
{
	g_autoptr(GTlsDatabase) database = NULL;
	if (!security->fingerprint) {
		database = open_database(security->ca, error);
		if (!database)
			return FALSE;
	}
	/* a fingerprint needs none, and reading the system's takes its time */
	g_tls_connection_set_database(secure->tls, database);
	g_signal_connect(secure->tls, "accept-certificate", G_CALLBACK(on_certificate), secure);
	if (!shake_hands(secure->tls, bounds, error))
		return FALSE;
	g_set_object(&secure->peer, g_tls_connection_get_peer_certificate(secure->tls));
	return certificate_judge(secure->tls, host, security, error);
}

struct secure *secure_start(GSocketConnection *connection, const char *host, guint16 port,
                            const struct link_security *security, const struct bounds *bounds,
                            GError **error)
{
	GSocket *socket = g_socket_connection_get_socket(connection);
	g_autoptr(GSocketConnectable) identity = g_network_address_new(host, port);
	g_autoptr(GError) cause = NULL;
	struct secure *secure = NULL;

	if (secure_available(error) && bounds_check(bounds, "secure the connection", error) &&
	    connect_never_block(socket, error)) {
		secure = g_new0(struct secure, 1);
		secure->socket = socket;
		secure->tls = G_TLS_CONNECTION(
			g_tls_client_connection_new(G_IO_STREAM(connection), identity, &cause));
		if (!secure->tls)
			station_error_set(error, STATION_ERROR_IO, "secure the connection: %s",
			                  cause->message);
		if (secure->tls && start(secure, host, security, bounds, error))
			return secure;
	}
	g_socket_close(socket, NULL);
	secure_free(secure);
	return NULL;
}

void secure_free(struct secure *secure)
{
	if (!secure)
		return;
	g_clear_object(&secure->peer);
	if (secure->tls)
		g_signal_handlers_disconnect_by_data(secure->tls, secure);
	g_clear_object(&secure->tls);
	g_free(secure);
}

/* ---- moving bytes ---- */

/* 0 for "not now", -1 for all other failures. */
static gssize refused(const char *what, GError *cause, GError **error)
{
	gboolean later = g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
	if (!later && g_error_matches(cause, G_TLS_ERROR, G_TLS_ERROR_EOF))
		station_error_set(error, STATION_ERROR_IO, "the instrument closed the connection");
	else if (!later)
		station_error_set(error, STATION_ERROR_IO, "%s: %s", what, cause->message);
	g_error_free(cause);
	return later ? 0 : -1;
}

gssize secure_send(struct secure *secure, const guint8 *data, gsize len, GError **error)
{
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(secure->tls));
	GError *cause = NULL;
	gssize n = g_pollable_output_stream_write_nonblocking(G_POLLABLE_OUTPUT_STREAM(out), data,
	                                                      len, NULL, &cause);
	return n >= 0 ? n : refused("send", cause, error);
}

gssize secure_receive(struct secure *secure, guint8 *data, gsize len, GError **error)
{
	GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(secure->tls));
	GError *cause = NULL;
	gssize n = g_pollable_input_stream_read_nonblocking(G_POLLABLE_INPUT_STREAM(in), data, len,
	                                                    NULL, &cause);
	if (n == 0) {
		station_error_set(error, STATION_ERROR_IO, "the instrument closed the connection");
		return -1;
	}
	return n > 0 ? n : refused("receive", cause, error);
}

gssize secure_receive_soon(struct secure *secure, guint8 *data, gsize len,
                           const struct bounds *bounds, GError **error)
{
	struct pollfd look = {.fd = g_socket_get_fd(secure->socket), .events = POLLIN};
	gssize n = secure_receive(secure, data, len, error);
	if (n != 0 || !connect_may_linger(bounds))
		return n;
	return poll(&look, 1, (int)(CONNECT_SOON_S * 1e3)) > 0
	               ? secure_receive(secure, data, len, error)
	               : 0;
}

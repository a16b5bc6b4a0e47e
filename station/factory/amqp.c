/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/amqp.h"

#include "station/factory/secret.h"

#include <errno.h>
#include <math.h>
#include <proton/condition.h>
#include <proton/connection.h>
#include <proton/connection_driver.h>
#include <proton/delivery.h>
#include <proton/link.h>
#include <proton/message.h>
#include <proton/sasl.h>
#include <proton/session.h>
#include <proton/ssl.h>
#include <proton/terminus.h>
#include <proton/transport.h>
#include <string.h>
#include <sys/socket.h>

#define AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

struct amqp {
	pn_connection_driver_t driver;
	pn_link_t *sender;
	GSocketConnection *stream;
	int fd;
	gboolean is_open; /* the peer has confirmed the link */
	guint64 tag;      /* of the last message */
	char *trouble;    /* the first that was told; null: none */
};

/* --- what the peer says -------------------------------------------------------------------------
 */

static void keep_trouble(struct amqp *amqp, pn_condition_t *condition, const char *otherwise)
{
	if (amqp->trouble)
		return;
	if (condition && pn_condition_is_set(condition)) {
		const char *why = pn_condition_get_description(condition);

		amqp->trouble = g_strdup_printf("%s%s%s", pn_condition_get_name(condition),
		                                why ? ": " : "", why ? why : "");
	} else {
		amqp->trouble = g_strdup(otherwise);
	}
}

static void take_event(struct amqp *amqp, pn_event_t *event)
{
	pn_connection_t *connection = amqp->driver.connection;

	switch (pn_event_type(event)) {
	case PN_LINK_REMOTE_OPEN:
		/* a peer that refuses the address opens without a target, then closes */
		amqp->is_open =
			pn_terminus_get_type(pn_link_remote_target(amqp->sender)) != PN_UNSPECIFIED;
		break;
	case PN_LINK_REMOTE_CLOSE:
	case PN_LINK_REMOTE_DETACH:
		keep_trouble(amqp, pn_link_remote_condition(amqp->sender), "the link was closed");
		break;
	case PN_SESSION_REMOTE_CLOSE:
		keep_trouble(amqp, pn_session_remote_condition(pn_event_session(event)),
		             "the session was closed");
		break;
	case PN_CONNECTION_REMOTE_CLOSE:
		keep_trouble(amqp, pn_connection_remote_condition(connection),
		             "the connection was closed");
		break;
	case PN_TRANSPORT_ERROR:
	case PN_TRANSPORT_CLOSED:
		keep_trouble(amqp, pn_transport_condition(amqp->driver.transport),
		             "the connection was lost");
		break;
	default:
		break;
	}
}

/* --- bytes --------------------------------------------------------------------------------------
 */

/* What can be read and written now without waiting. */
static void exchange(struct amqp *amqp)
{
	pn_rwbytes_t in = pn_connection_driver_read_buffer(&amqp->driver);
	pn_bytes_t out;
	ssize_t n = in.size ? recv(amqp->fd, in.start, in.size, MSG_DONTWAIT) : -1;

	if (n > 0)
		pn_connection_driver_read_done(&amqp->driver, (size_t)n);
	else if (in.size && (n == 0 || (errno != EAGAIN && errno != EINTR)))
		pn_connection_driver_read_close(&amqp->driver);
	pn_transport_tick(amqp->driver.transport, g_get_monotonic_time() / 1000);
	out = pn_connection_driver_write_buffer(&amqp->driver);
	n = out.size ? send(amqp->fd, out.start, out.size, MSG_DONTWAIT | MSG_NOSIGNAL) : -1;
	if (n > 0)
		pn_connection_driver_write_done(&amqp->driver, (size_t)n);
	else if (out.size && errno != EAGAIN && errno != EINTR)
		pn_connection_driver_write_close(&amqp->driver);
}

static void take_events(struct amqp *amqp)
{
	for (pn_event_t *event; (event = pn_connection_driver_next_event(&amqp->driver));)
		take_event(amqp, event);
}

static void wait_a_turn(struct amqp *amqp, const struct bounds *bounds)
{
	gboolean writes = pn_connection_driver_write_buffer(&amqp->driver).size > 0;
	GPollFD cancelled = {.fd = -1};
	gboolean kept =
		bounds->cancellable && g_cancellable_make_pollfd(bounds->cancellable, &cancelled);
	GPollFD fds[] = {
		{.fd = amqp->fd, .events = G_IO_IN | (writes ? G_IO_OUT : 0)},
		{.fd = cancelled.fd, .events = G_IO_IN},
	};
	/* once a second at least, for what the peer is to hear from time to time */
	double left_s = fmin(deadline_left_s(bounds->deadline), 1);

	g_poll(fds, G_N_ELEMENTS(fds), (int)(left_s * 1000) + 1);
	if (kept)
		g_cancellable_release_fd(bounds->cancellable);
}

/* Until `is_so`; FALSE with *words when the bounds or the end of the connection came first. */
static gboolean go_on(struct amqp *amqp, gboolean (*is_so)(struct amqp *amqp, gpointer data),
                      gpointer data, const struct bounds *bounds, char **words)
{
	g_autoptr(GError) error = NULL;

	for (;;) {
		exchange(amqp);
		take_events(amqp);
		if (!amqp->trouble && is_so(amqp, data))
			return TRUE;
		if (amqp->trouble || pn_connection_driver_finished(&amqp->driver)) {
			*words = g_strdup(amqp->trouble ? amqp->trouble : "the connection ended");
			return FALSE;
		}
		if (!bounds_check(bounds, "amqp", &error)) {
			*words = g_strdup(error->message);
			return FALSE;
		}
		wait_a_turn(amqp, bounds);
	}
}

/* --- open and close -----------------------------------------------------------------------------
 */

static gboolean set_encryption(struct amqp *amqp, const struct broker *broker, char **words)
{
	pn_ssl_domain_t *domain = pn_ssl_domain(PN_SSL_MODE_CLIENT);
	const char *authorities = broker->ca_file ? broker->ca_file : AUTHORITIES;
	pn_ssl_t *ssl = pn_ssl(amqp->driver.transport);
	gboolean ok =
		domain && ssl && pn_ssl_domain_set_trusted_ca_db(domain, authorities) == 0 &&
		pn_ssl_domain_set_peer_authentication(domain, PN_SSL_VERIFY_PEER_NAME, NULL) == 0 &&
		(!broker->cert_file ||
	         pn_ssl_domain_set_credentials(domain, broker->cert_file, broker->key_file, NULL) ==
	                 0) &&
		pn_ssl_init(ssl, domain, NULL) == 0 &&
		pn_ssl_set_peer_hostname(ssl, broker->host) == 0;

	if (domain)
		pn_ssl_domain_free(domain);
	if (!ok)
		*words = g_strdup("the certificates cannot be used: look at ca_file, cert_file "
		                  "and key_file");
	return ok;
}

static gboolean set_person(struct amqp *amqp, const struct broker *broker, char **words)
{
	pn_sasl_t *sasl = pn_sasl(amqp->driver.transport);
	char *password;

	if (!broker->username) {
		pn_sasl_allowed_mechs(sasl, broker->cert_file ? "EXTERNAL ANONYMOUS" : "ANONYMOUS");
		return TRUE;
	}
	password = secret_read("password_file", broker->password_file, words);
	if (!password)
		return FALSE;
	pn_connection_set_user(amqp->driver.connection, broker->username);
	pn_connection_set_password(amqp->driver.connection, password);
	secret_free(password);
	/* the configuration sees to it that this goes encrypted, or nowhere */
	pn_sasl_set_allow_insecure_mechs(sasl, true);
	pn_sasl_allowed_mechs(sasl, "PLAIN");
	return TRUE;
}

/* A socket to the broker; the cancellable of bounds ends the attempt, and so does their time. */
static gboolean dial(struct amqp *amqp, const struct broker *broker, const struct bounds *bounds,
                     char **words)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GError) error = NULL;

	g_socket_client_set_enable_proxy(client, FALSE);
	g_socket_client_set_timeout(client, (guint)ceil(deadline_left_s(bounds->deadline)));
	amqp->stream = g_socket_client_connect_to_host(client, broker->host, (guint16)broker->port,
	                                               bounds->cancellable, &error);
	if (!amqp->stream) {
		*words = g_strdup(error->message);
		return FALSE;
	}
	amqp->fd = g_socket_get_fd(g_socket_connection_get_socket(amqp->stream));
	return TRUE;
}

static void open_link(struct amqp *amqp, const struct broker *broker, const char *container,
                      const char *address)
{
	pn_connection_t *connection = amqp->driver.connection;
	pn_session_t *session = pn_session(connection);

	pn_connection_set_container(connection, container);
	pn_connection_set_hostname(connection, broker->host);
	pn_connection_open(connection);
	pn_session_open(session);
	amqp->sender = pn_sender(session, container);
	pn_terminus_set_address(pn_link_source(amqp->sender), container);
	pn_terminus_set_address(pn_link_target(amqp->sender), address);
	pn_link_set_snd_settle_mode(amqp->sender, PN_SND_UNSETTLED);
	pn_link_open(amqp->sender);
}

static gboolean is_open(struct amqp *amqp, gpointer data)
{
	return amqp->is_open;
}

struct amqp *amqp_open(const struct broker *broker, const char *container, const char *address,
                       const struct bounds *bounds, char **words)
{
	struct amqp *amqp = g_new0(struct amqp, 1);

	amqp->fd = -1;
	if (pn_connection_driver_init(&amqp->driver, NULL, NULL) != 0) {
		*words = g_strdup("Qpid Proton gives no connection");
		g_free(amqp);
		return NULL;
	}
	if (set_person(amqp, broker, words) &&
	    (!broker->encrypted || set_encryption(amqp, broker, words)) &&
	    dial(amqp, broker, bounds, words)) {
		open_link(amqp, broker, container, address);
		if (go_on(amqp, is_open, NULL, bounds, words))
			return amqp;
	}
	amqp_close(amqp);
	return NULL;
}

void amqp_close(struct amqp *amqp)
{
	if (!amqp)
		return;
	if (amqp->fd >= 0) {
		pn_connection_close(amqp->driver.connection);
		exchange(amqp);
		take_events(amqp);
	}
	pn_connection_driver_destroy(&amqp->driver);
	g_clear_object(&amqp->stream);
	g_free(amqp->trouble);
	g_free(amqp);
}

/* --- a message ----------------------------------------------------------------------------------
 */

static pn_bytes_t bytes_of(const char *text)
{
	return pn_bytes(strlen(text), text);
}

static void put_properties(pn_message_t *message, const char *const *properties)
{
	pn_data_t *map = pn_message_properties(message);

	pn_data_put_map(map);
	pn_data_enter(map);
	for (guint i = 0; properties[i]; i++)
		pn_data_put_string(map, bytes_of(properties[i]));
	pn_data_exit(map);
}

/* As it goes over the wire; null when Proton cannot. Free with g_free. */
static char *encode(const struct amqp_message *message, gsize *len)
{
	pn_message_t *m = pn_message();
	gsize room = strlen(message->body) + 4096;
	char *wire = g_malloc(room);
	int code;

	pn_message_set_durable(m, true);
	pn_data_put_string(pn_message_id(m), bytes_of(message->id));
	pn_message_set_reply_to(m, message->reply_to);
	pn_message_set_subject(m, message->subject);
	pn_message_set_content_type(m, message->content_type);
	pn_message_set_creation_time(m, message->created_ms);
	put_properties(m, message->properties);
	/* a body of bytes that is inferred is a data section */
	pn_message_set_inferred(m, true);
	pn_data_put_binary(pn_message_body(m), bytes_of(message->body));
	*len = room;
	code = pn_message_encode(m, wire, len);
	pn_message_free(m);
	if (code != 0)
		g_clear_pointer(&wire, g_free);
	return wire;
}

static gboolean has_credit(struct amqp *amqp, gpointer data)
{
	return pn_link_credit(amqp->sender) > 0;
}

static gboolean is_decided(struct amqp *amqp, gpointer data)
{
	return pn_delivery_remote_state(data) >= PN_ACCEPTED || pn_delivery_settled(data);
}

static enum amqp_end end_of(pn_delivery_t *delivery, char **words)
{
	pn_condition_t *condition = pn_disposition_condition(pn_delivery_remote(delivery));
	const char *why =
		pn_condition_is_set(condition) ? pn_condition_get_description(condition) : NULL;

	switch (pn_delivery_remote_state(delivery)) {
	case PN_ACCEPTED:
		return AMQP_ACCEPTED;
	case PN_REJECTED:
		*words = g_strdup_printf("rejected%s%s", why ? ": " : "", why ? why : "");
		return AMQP_REJECTED;
	case PN_RELEASED:
		*words = g_strdup("released: nobody takes it");
		return AMQP_NOT_NOW;
	default:
		*words = g_strdup("it was given back");
		return AMQP_NOT_NOW;
	}
}

enum amqp_end amqp_send(struct amqp *amqp, const struct amqp_message *message,
                        const struct bounds *bounds, char **words)
{
	pn_delivery_t *delivery;
	enum amqp_end end;
	gsize len;
	g_autofree char *wire = encode(message, &len);

	if (!wire) {
		*words = g_strdup("the message cannot be encoded");
		return AMQP_REJECTED;
	}
	if (!go_on(amqp, has_credit, NULL, bounds, words))
		return AMQP_BROKEN;
	amqp->tag++;
	delivery = pn_delivery(amqp->sender, pn_dtag((const char *)&amqp->tag, sizeof amqp->tag));
	if (pn_link_send(amqp->sender, wire, len) != (ssize_t)len ||
	    !pn_link_advance(amqp->sender)) {
		*words = g_strdup("the message cannot be sent");
		return AMQP_BROKEN;
	}
	if (!go_on(amqp, is_decided, delivery, bounds, words))
		return AMQP_BROKEN;
	end = end_of(delivery, words);
	pn_delivery_settle(delivery);
	return end;
}

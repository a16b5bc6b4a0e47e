/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * The secured connections of HiSLIP 2.0 (IVI-6.1, 6.15): first the asynchronous channel shakes
 * hands, then the synchronous one, then the client tells who it is.
 */
#include "base/bytes.h"
#include "bench/hislip_server_session.h"

#include <string.h>

#define RMT_DELIVERED 0x01
#define MANDATORY     0x02
#define INITIAL       0x04

#define START_BUSY    0
#define ENDING_US     200000
#define START_SUCCESS 1
#define START_ERROR   3

guint8 hislip_secure_features(const struct hislip_session *session)
{
	if (!session->is_version_2)
		return 0;
	switch (session->options->encryption) {
	case HISLIP_INITIAL:
		return INITIAL;
	case HISLIP_MANDATORY:
		return MANDATORY | INITIAL;
	default:
		return 0;
	}
}

static enum hislip_phase phase_of(struct hislip_session *session)
{
	g_mutex_lock(&session->lock);
	enum hislip_phase phase = session->phase;
	g_mutex_unlock(&session->lock);
	return phase;
}

static void set_phase(struct hislip_session *session, enum hislip_phase phase)
{
	g_mutex_lock(&session->lock);
	session->phase = phase;
	g_cond_broadcast(&session->changed);
	g_mutex_unlock(&session->lock);
}

gboolean hislip_secure_admits(struct hislip_session *session, const struct hislip_wire *wire,
                              guint8 type)
{
	enum hislip_phase phase = phase_of(session);

	if (phase == HISLIP_PHASE_KNOWN ||
	    (phase == HISLIP_PHASE_PLAIN && hislip_secure_features(session) == 0))
		return TRUE;
	return wire == session->sync
	               ? hislip_secure_is_sync(session, type) || type == HISLIP_FATAL_ERROR
	               : type == HISLIP_ASYNC_START_TLS || type == HISLIP_ASYNC_MAX_SIZE;
}

static gboolean knows(const struct hislip_session *session)
{
	return session->is_version_2 && session->options->encryption != HISLIP_PLAIN;
}

gboolean hislip_secure_is_async(const struct hislip_session *session, guint8 type)
{
	return knows(session) && (type == HISLIP_ASYNC_START_TLS || type == HISLIP_ASYNC_END_TLS);
}

gboolean hislip_secure_is_sync(const struct hislip_session *session, guint8 type)
{
	return knows(session) &&
	       (type == HISLIP_START_TLS || type == HISLIP_GET_SASL_LIST ||
	        type == HISLIP_AUTHENTICATION_START || type == HISLIP_AUTHENTICATION_EXCHANGE);
}

static gboolean fail(struct hislip_session *session)
{
	set_phase(session, HISLIP_PHASE_FAILED);
	hislip_session_fatal(session, HISLIP_FATAL_NOT_SECURE);
	return FALSE;
}

/* --- shaking hands ---------------------------------------------------------------------------- */

/* Nothing may be under way either way; what it answers, and the phase that follows. */
static guint8 judge_start(struct hislip_session *session, const struct hislip_header *header,
                          guint32 taken_id)
{
	gint64 end_us = g_get_monotonic_time() + ENDING_US;
	guint8 code = START_BUSY;

	g_mutex_lock(&session->lock);
	/* who has the reply already may be quicker than the thread that sent it */
	while (session->done_id != session->received_id &&
	       g_cond_wait_until(&session->changed, &session->lock, end_us))
		;
	if (header->control & RMT_DELIVERED)
		session->available = FALSE;
	if (session->phase != HISLIP_PHASE_PLAIN)
		code = START_ERROR;
	else if (!session->clearing && !session->available &&
	         header->parameter == session->received_id && taken_id == session->sent_id &&
	         session->done_id == session->received_id)
		code = START_SUCCESS;
	if (code == START_SUCCESS)
		session->phase = HISLIP_PHASE_STARTING;
	g_mutex_unlock(&session->lock);
	return code;
}

static gboolean secure(struct hislip_session *session, struct hislip_wire *wire, GMutex *sending,
                       enum hislip_phase next)
{
	g_mutex_lock(sending);
	gboolean secured = hislip_wire_secure(wire, session->options->certificate, session->gone);
	g_mutex_unlock(sending);
	if (!secured)
		return fail(session);
	set_phase(session, next);
	return TRUE;
}

gboolean hislip_secure_take_async(struct hislip_session *session,
                                  const struct hislip_header *header, const GByteArray *payload)
{
	struct rd rd = rd_init(payload->data, payload->len);
	guint32 taken_id = rd_be32(&rd);

	/* back to plain: GIO has no way to take TLS off a connection that goes on */
	if (header->type == HISLIP_ASYNC_END_TLS)
		return hislip_session_send(session, session->async, HISLIP_ASYNC_END_TLS_RESPONSE,
		                           START_ERROR, 0);
	if (header->control & ~RMT_DELIVERED)
		return hislip_session_error(session, session->async, HISLIP_ERROR_CONTROL);
	if (rd.bad || rd_left(&rd) > 0)
		return fail(session);
	guint8 code = judge_start(session, header, taken_id);
	if (!hislip_session_send(session, session->async, HISLIP_ASYNC_START_TLS_RESPONSE, code, 0))
		return FALSE;
	return code != START_SUCCESS ||
	       secure(session, session->async, &session->sending_async, HISLIP_PHASE_ASYNC);
}

/* The client may be through with the asynchronous channel a little before us. */
static gboolean start_sync(struct hislip_session *session)
{
	g_mutex_lock(&session->lock);
	while (session->phase == HISLIP_PHASE_STARTING)
		g_cond_wait(&session->changed, &session->lock);
	gboolean ready = session->phase == HISLIP_PHASE_ASYNC;
	g_mutex_unlock(&session->lock);
	return ready ? secure(session, session->sync, &session->sending_sync, HISLIP_PHASE_BOTH)
	             : fail(session);
}

/* --- who it is -------------------------------------------------------------------------------- */

static const char *mechanism_of(const struct hislip_session *session)
{
	return session->options->login ? "PLAIN" : "ANONYMOUS";
}

static gboolean send_words(struct hislip_session *session, const struct hislip_header *wanted,
                           const char *words)
{
	struct hislip_header header = *wanted;

	header.len = strlen(words);
	g_mutex_lock(&session->sending_sync);
	gboolean sent = hislip_wire_send(session->sync, &header, words, session->gone);
	g_mutex_unlock(&session->sending_sync);
	return sent;
}

static gboolean choose(struct hislip_session *session, const GByteArray *payload)
{
	g_autofree char *name = g_strndup((const char *)payload->data, payload->len);

	g_clear_pointer(&session->mechanism, g_free);
	if (strcmp(name, mechanism_of(session)) != 0)
		return hislip_session_error(session, session->sync, HISLIP_ERROR_AUTHENTICATION);
	session->mechanism = g_steal_pointer(&name);
	return TRUE;
}

/* RFC 4616: AUTHZID NUL AUTHCID NUL PASSWD; *valid tells whether it has that form. */
static gboolean lets_in(const char *login, const GByteArray *payload, gboolean *valid)
{
	g_autofree char *text = g_strndup("", payload->len);
	guint nuls = 0;

	for (guint i = 0; i < payload->len; i++) {
		text[i] = (char)payload->data[i];
		nuls += text[i] == '\0';
	}
	*valid = nuls == 2;
	if (!*valid)
		return FALSE;
	const char *user = text + strlen(text) + 1;
	const char *password = user + strlen(user) + 1;
	g_autofree char *told = g_strconcat(user, ":", password, NULL);
	return strcmp(told, login) == 0;
}

static gboolean authenticate(struct hislip_session *session, const GByteArray *payload)
{
	static const struct hislip_header yes = {HISLIP_AUTHENTICATION_RESULT, 1, 0, 0};
	static const struct hislip_header no = {HISLIP_AUTHENTICATION_RESULT, 0, 1, 0};
	const char *login = session->options->login;
	gboolean valid = TRUE;

	if (!session->mechanism)
		return fail(session);
	gboolean known = !login || lets_in(login, payload, &valid);
	g_clear_pointer(&session->mechanism, g_free);
	if (!valid)
		return fail(session);
	if (!known)
		return send_words(session, &no, "wrong user or password");
	set_phase(session, HISLIP_PHASE_KNOWN);
	return send_words(session, &yes, "");
}

gboolean hislip_secure_take_sync(struct hislip_session *session, const struct hislip_header *header,
                                 const GByteArray *payload)
{
	static const struct hislip_header list = {HISLIP_GET_SASL_LIST_RESPONSE, 0, 0, 0};

	if (header->type == HISLIP_START_TLS)
		return start_sync(session);
	if (phase_of(session) != HISLIP_PHASE_BOTH)
		return fail(session);
	switch (header->type) {
	case HISLIP_GET_SASL_LIST:
		return send_words(session, &list, mechanism_of(session));
	case HISLIP_AUTHENTICATION_START:
		return choose(session, payload);
	default:
		return authenticate(session, payload);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/osa_login.h"

#include "bench/scpi.h"

#include <string.h>

enum login { LOGIN_USER, LOGIN_PASSWORD, LOGIN_DONE };

struct session {
	struct scpi_device *device;
	enum login login;
};

static void *session_new(void *device)
{
	struct session *session = g_new0(struct session, 1);
	session->device = device;
	return session;
}

static gsize session_frame(void *data, const char *bytes, gsize len)
{
	const struct session *session = data;
	if (session->login == LOGIN_DONE)
		return scpi_frame(bytes, len);
	const char *end = memchr(bytes, '\n', len);
	return end ? (gsize)(end - bytes) + 1 : 0;
}

static void answer(GByteArray *reply, const char *text)
{
	g_byte_array_append(reply, (const guint8 *)text, (guint)strlen(text));
	g_byte_array_append(reply, (const guint8 *)"\r\n", 2);
}

/* False, and the connection ends, for a user who is none. */
static gboolean log_in(struct session *session, const char *line, GByteArray *reply)
{
	if (session->login == LOGIN_PASSWORD) {
		session->login = LOGIN_DONE;
		answer(reply, "READY");
		return TRUE;
	}
	if (g_ascii_strcasecmp(line, "OPEN \"anonymous\"") != 0)
		return FALSE;
	session->login = LOGIN_PASSWORD;
	answer(reply, "AUTHENTICATE CRAM-MD5.");
	return TRUE;
}

static gboolean session_message(void *data, const char *bytes, gsize len, GByteArray *reply)
{
	struct session *session = data;
	g_autofree char *line = g_strndup(bytes, len);

	g_strstrip(line);
	if (session->login != LOGIN_DONE)
		return log_in(session, line, reply);
	if (g_ascii_strcasecmp(line, "CLOSE") == 0)
		return FALSE;
	scpi_device_execute(session->device, bytes, len, reply);
	if (reply->len > 0) {
		g_byte_array_set_size(reply, reply->len - 1);
		g_byte_array_append(reply, (const guint8 *)"\r\n", 2);
	}
	return TRUE;
}

const struct server_ops osa_server_ops = {
	.session_new = session_new,
	.frame = session_frame,
	.message = session_message,
	.session_free = g_free,
};

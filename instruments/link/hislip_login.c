/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip_login.h"

#include "base/error.h"

#include <string.h>
#include <sys/stat.h>

enum {
	LIST_MAX = 1024,
	SECRET_MAX = 1024,
	REASON_MAX = 1024, /* longer ones are no reasons */
};

/* What the exchange sends; a password is in it. */
struct secret {
	guint8 bytes[2 * SECRET_MAX + 3];
	gsize len;
	char *password; /* within bytes, with a NUL behind it; null: there is none */
};

/* ---- the password ---- */

static gboolean bad_file(const char *path, const char *why, GError **error)
{
	station_error_set(error, STATION_ERROR_CONFIG, "password_file %s: %s", path, why);
	return FALSE;
}

/* A password that everybody can read is none. */
static gboolean check_mode(const char *path, GError **error)
{
	struct stat status;
	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return bad_file(path, "cannot be read", error);
	return !(status.st_mode & S_IRWXO) ||
	       bad_file(path, "others may read it; chmod o= makes it safe", error);
}

/* The first line of the file, behind user. */
static gboolean add_password(struct secret *secret, const char *path, GError **error)
{
	char *text = NULL;
	gsize len = 0;
	if (!check_mode(path, error))
		return FALSE;
	if (!g_file_get_contents(path, &text, &len, NULL))
		return bad_file(path, "cannot be read", error);
	gsize line = strcspn(text, "\r\n");
	const char *rest = text + line;
	gboolean ok = line > 0 && line <= SECRET_MAX && rest + strlen(rest) == text + len &&
	              (*rest == '\0' || strcmp(rest, "\n") == 0 || strcmp(rest, "\r\n") == 0);
	if (ok) {
		secret->password = (char *)secret->bytes + secret->len;
		memcpy(secret->password, text, line);
		secret->len += line;
	}
	explicit_bzero(text, len);
	g_free(text);
	return ok || bad_file(path, "it wants one line with the password", error);
}

/* RFC 4616: no identity to act as, user, password. */
static gboolean make_plain(const struct link_security *security, struct secret *secret,
                           GError **error)
{
	gsize len = strlen(security->user);
	if (len > SECRET_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG, "the user's name is too long");
		return FALSE;
	}
	memcpy(secret->bytes + 1, security->user, len);
	secret->len = len + 2;
	return add_password(secret, security->password_file, error);
}

static gboolean make_secret(const struct link_security *security, struct secret *secret,
                            GError **error)
{
	static const char trace[] = "station";
	*secret = (struct secret){0};
	if (security->user)
		return make_plain(security, secret, error);
	secret->len = strlen(trace);
	memcpy(secret->bytes, trace, secret->len);
	return TRUE;
}

/* ---- the exchange ---- */

static void make_printable(char *text)
{
	for (; *text; text++)
		if (!g_ascii_isprint(*text))
			*text = '?';
}

/* The mechanisms that the server has, as it lists them; null: failed. Free with g_free. */
static char *ask_mechanisms(struct hislip_session *session, const struct bounds *bounds,
                            GError **error)
{
	struct hislip_channel *sync = &session->sync;
	struct hislip_header header = {.type = HISLIP_GET_SASL_MECHANISM_LIST};
	guint8 bytes[LIST_MAX];
	gsize len = 0;
	if (!hislip_channel_send(sync, &header, NULL, bounds, error) ||
	    !hislip_session_await(session, sync, HISLIP_GET_SASL_MECHANISM_LIST_RESPONSE, &header,
	                          bounds, error) ||
	    !hislip_channel_payload(sync, bytes, sizeof bytes, &len, bounds,
	                            "list of SASL mechanisms", error))
		return NULL;
	char *list = g_strndup((const char *)bytes, len);
	make_printable(list);
	return list;
}

static gboolean check_offered(const char *list, const char *mechanism, GError **error)
{
	g_auto(GStrv) offered = g_strsplit(list, " ", -1);
	if (g_strv_contains((const char *const *)offered, mechanism))
		return TRUE;
	gboolean wants_user = strcmp(mechanism, "PLAIN") != 0 &&
	                      g_strv_contains((const char *const *)offered, "PLAIN");
	if (wants_user)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "the instrument lets in nobody without a name: write "
		                  "user=NAME&password_file=PATH behind the resource");
	else
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the instrument does not know %s for authentication; it knows: "
		                  "%s",
		                  mechanism, list);
	return FALSE;
}

static void refuse(const struct hislip_session *session, const guint8 *text, gsize len,
                   GError **error)
{
	const char *user = session->security.user;
	g_autofree char *who =
		user ? g_strdup_printf("the user \"%s\"", user) : g_strdup("who gives no name");
	g_autofree char *says = g_strndup((const char *)text, len);
	make_printable(says);
	station_error_set(error, STATION_ERROR_REFUSED, "the instrument does not let in %s%s%s",
	                  who, *says ? ": " : "", says);
}

/* Whatever the server said: what it was told in confidence stands in no message. */
static void tell(const struct secret *secret, GError *cause, GError **error)
{
	if (secret->password && strstr(cause->message, secret->password)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "the instrument answers with the password");
		g_error_free(cause);
		return;
	}
	g_propagate_error(error, cause);
}

static gboolean exchange(struct hislip_session *session, const char *mechanism,
                         const struct secret *secret, const struct bounds *bounds, GError **error)
{
	struct hislip_channel *sync = &session->sync;
	struct hislip_header start = {
		.type = HISLIP_AUTHENTICATION_START,
		.length = strlen(mechanism),
	};
	struct hislip_header header = {
		.type = HISLIP_AUTHENTICATION_EXCHANGE,
		.length = secret->len,
	};
	if (!hislip_channel_send(sync, &start, mechanism, bounds, error) ||
	    !hislip_channel_send(sync, &header, secret->bytes, bounds, error) ||
	    !hislip_session_await(session, sync, HISLIP_AUTHENTICATION_RESULT, &header, bounds,
	                          error))
		return FALSE;
	if (header.control & HISLIP_AUTHENTICATED)
		return TRUE;
	guint8 text[REASON_MAX];
	gsize len = 0;
	if (hislip_channel_payload(sync, text, sizeof text, &len, bounds, "reason", error))
		refuse(session, text, len, error);
	return FALSE;
}

gboolean hislip_login(struct hislip_session *session, const struct bounds *bounds, GError **error)
{
	const char *mechanism = session->security.user ? "PLAIN" : "ANONYMOUS";
	struct secret secret;
	g_autofree char *list = ask_mechanisms(session, bounds, error);
	if (!list || !check_offered(list, mechanism, error))
		return FALSE;
	GError *cause = NULL;
	gboolean ok = make_secret(&session->security, &secret, &cause) &&
	              exchange(session, mechanism, &secret, bounds, &cause);
	if (!ok)
		tell(&secret, cause, error);
	explicit_bzero(&secret, sizeof secret);
	return ok;
}

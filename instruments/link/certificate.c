/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/certificate.h"

#include "base/error.h"

#include <string.h>

char *certificate_fingerprint(GTlsCertificate *certificate)
{
	g_autoptr(GByteArray) der = NULL;
	g_object_get(certificate, "certificate", &der, NULL);
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len);
}

/* ---- words ---- */

/* A name as the certificate has it, for people; takes name, which may be null. */
static char *printable(char *name)
{
	enum { NAME_MAX_LEN = 200 };
	if (!name)
		return g_strdup("nobody");
	for (char *c = name; *c; c++)
		if (!g_ascii_isprint(*c))
			*c = '?';
	if (strlen(name) > NAME_MAX_LEN)
		name[NAME_MAX_LEN] = '\0';
	return name;
}

/* "2026-01-31"; takes date, which may be null. */
static char *day(GDateTime *date)
{
	char *text = date ? g_date_time_format(date, "%Y-%m-%d") : NULL;
	g_clear_pointer(&date, g_date_time_unref);
	return text ? text : g_strdup("a date unknown");
}

static void add_reason(GString *text, const char *reason)
{
	g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", reason);
}

static char *reasons(GTlsCertificate *certificate, GTlsCertificateFlags flags, const char *host)
{
	static const struct {
		GTlsCertificateFlags flag;
		const char *reason;
	} plain[] = {
		{G_TLS_CERTIFICATE_UNKNOWN_CA, "signed by nobody who is trusted"},
		{G_TLS_CERTIFICATE_REVOKED, "revoked"},
		{G_TLS_CERTIFICATE_INSECURE, "made by insecure algorithms"},
		{G_TLS_CERTIFICATE_GENERIC_ERROR, "not valid"},
	};
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
		if (flags & plain[i].flag)
			add_reason(text, plain[i].reason);
	if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY) {
		g_autofree char *reason = g_strdup_printf("not made for %s", host);
		add_reason(text, reason);
	}
	if (flags & G_TLS_CERTIFICATE_EXPIRED) {
		g_autofree char *when = day(g_tls_certificate_get_not_valid_after(certificate));
		g_autofree char *reason = g_strdup_printf("expired on %s", when);
		add_reason(text, reason);
	}
	if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED) {
		g_autofree char *when = day(g_tls_certificate_get_not_valid_before(certificate));
		g_autofree char *reason = g_strdup_printf("not valid before %s", when);
		add_reason(text, reason);
	}
	return g_string_free(text, FALSE);
}

static void refuse(GTlsCertificate *certificate, const char *why, const char *advice,
                   GError **error)
{
	g_autofree char *subject = printable(g_tls_certificate_get_subject_name(certificate));
	g_autofree char *issuer = printable(g_tls_certificate_get_issuer_name(certificate));
	g_autofree char *fingerprint = certificate_fingerprint(certificate);

	station_error_set(error, STATION_ERROR_REFUSED,
	                  "the instrument's certificate is not trusted: %s; it is that of \"%s\", "
	                  "signed by \"%s\", SHA-256 fingerprint %s; %s",
	                  why, subject, issuer, fingerprint, advice);
}

/* ---- judging ---- */

/* The handshake's own findings are none for a session that was resumed: asked again. */
static GTlsCertificateFlags findings(GTlsConnection *tls, GTlsCertificate *certificate)
{
	GSocketConnectable *identity =
		g_tls_client_connection_get_server_identity(G_TLS_CLIENT_CONNECTION(tls));
	g_autoptr(GError) error = NULL;
	GTlsCertificateFlags flags =
		g_tls_database_verify_chain(g_tls_connection_get_database(tls), certificate,
	                                    G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity,
	                                    NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, &error);
	if (error)
		flags |= G_TLS_CERTIFICATE_GENERIC_ERROR;
	return flags | g_tls_connection_get_peer_certificate_errors(tls);
}

gboolean certificate_judge(GTlsConnection *tls, const char *host,
                           const struct link_security *security, GError **error)
{
	GTlsCertificate *certificate = g_tls_connection_get_peer_certificate(tls);
	if (!certificate) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "the instrument shows no certificate");
		return FALSE;
	}
	if (security->fingerprint) {
		g_autofree char *fingerprint = certificate_fingerprint(certificate);
		if (strcmp(fingerprint, security->fingerprint) == 0)
			return TRUE;
		refuse(certificate, "its fingerprint is another than the one configured",
		       "if the instrument got a new certificate, configure this fingerprint",
		       error);
		return FALSE;
	}
	GTlsCertificateFlags flags = findings(tls, certificate);
	if (flags == 0)
		return TRUE;
	g_autofree char *why = reasons(certificate, flags, host);
	refuse(certificate, why,
	       "if the instrument itself shows that fingerprint, write "
	       "?fingerprint=FINGERPRINT behind its resource, or ?ca=FILE with the certificate of "
	       "who signed it",
	       error);
	return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/serve_security.h"

#include "base/error.h"

#include <string.h>

static const struct {
	const char *name;
	enum hislip_encryption encryption;
} whens[] = {
	{"optional", HISLIP_OPTIONAL},
	{"initial", HISLIP_INITIAL},
	{"mandatory", HISLIP_MANDATORY},
};

static gboolean has_key(GTlsCertificate *certificate)
{
	g_autoptr(GByteArray) key = NULL;

	if (certificate)
		g_object_get(certificate, "private-key", &key, NULL);
	return key != NULL;
}

static gboolean read_certificate(struct serve_options *options, GError **error)
{
	g_autoptr(GError) cause = NULL;

	options->hislip.certificate =
		g_tls_certificate_new_from_file(options->hislip_certificate, &cause);
	if (has_key(options->hislip.certificate))
		return TRUE;
	if (options->hislip.certificate)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "--hislip-certificate: %s has no key in it",
		                  options->hislip_certificate);
	else if (!g_tls_backend_supports_tls(g_tls_backend_get_default()))
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "--hislip-tls needs the package glib-networking");
	else
		station_error_set(error, STATION_ERROR_CONFIG, "--hislip-certificate: %s",
		                  cause->message);
	return FALSE;
}

static gboolean choose_when(struct serve_options *options, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(whens); i++) {
		if (strcmp(options->hislip_tls, whens[i].name) != 0)
			continue;
		options->hislip.encryption = whens[i].encryption;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "--hislip-tls is optional, initial or mandatory");
	return FALSE;
}

gboolean serve_security_check(struct serve_options *options, GError **error)
{
	const char *wrong = NULL;

	options->hislip.overlapped = options->hislip_overlapped;
	options->hislip.login = options->hislip_login;
	if (options->hislip_tls && !(options->bus_bits & STAND_HISLIP))
		wrong = "--hislip-tls needs --buses=hislip";
	else if (!options->hislip_tls != !options->hislip_certificate)
		wrong = "--hislip-tls and --hislip-certificate need each other";
	else if (options->hislip_login && !options->hislip_tls)
		wrong = "--hislip-login needs --hislip-tls";
	else if (options->hislip_login && !strchr(options->hislip_login, ':'))
		wrong = "--hislip-login is USER:PASSWORD";
	if (wrong) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", wrong);
		return FALSE;
	}
	return !options->hislip_tls ||
	       (choose_when(options, error) && read_certificate(options, error));
}

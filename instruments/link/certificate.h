/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_CERTIFICATE_H
#define INSTRUMENTS_LINK_CERTIFICATE_H

#include "instruments/link/resource.h"

#include <gio/gio.h>

/*
 * Whether the certificate that came in the handshake is trusted: by fingerprint when security
 * has one (then whatever else it says: it was looked at when it was written down), else as the
 * connection's database, the host's name and the date tell. STATION_ERROR_REFUSED with subject,
 * issuer, fingerprint and what to write to trust it.
 */
gboolean certificate_judge(GTlsConnection *tls, const char *host,
                           const struct link_security *security, GError **error);

/* SHA-256 of the certificate as 64 hexadecimal digits in lower case; free with g_free. */
char *certificate_fingerprint(GTlsCertificate *certificate);

#endif

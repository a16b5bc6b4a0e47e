/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_HISLIP_SECURE_H
#define INSTRUMENTS_LINK_HISLIP_SECURE_H

#include "instruments/link/hislip_session.h"

/*
 * Encrypts both channels of a session that was just initialised and authenticates, when the
 * session's security wants it or the server demands it; else does nothing. Source: IVI-6.1,
 * revision 2.0, 6.15; PLAIN is RFC 4616, ANONYMOUS RFC 4505. What secure_start gives, UNSUPPORTED
 * when the server is not capable, CONFIG when user or password are missing or cannot be read,
 * REFUSED when the server refuses them.
 */
gboolean hislip_secure(struct hislip_session *session, gboolean demanded, gboolean capable,
                       const struct bounds *bounds, GError **error);

#endif

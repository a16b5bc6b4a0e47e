/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_HISLIP_LOGIN_H
#define INSTRUMENTS_LINK_HISLIP_LOGIN_H

#include "instruments/link/hislip_session.h"

/*
 * Authenticates over the encrypted synchronous channel: PLAIN with the user of the session's
 * security, ANONYMOUS without one. The password is read from its file each time, never kept and
 * never told. STATION_ERROR_CONFIG, UNSUPPORTED, REFUSED, and what a wait can give.
 */
gboolean hislip_login(struct hislip_session *session, const struct bounds *bounds, GError **error);

#endif

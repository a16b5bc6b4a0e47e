/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RESOURCE_SECURITY_H
#define INSTRUMENTS_LINK_RESOURCE_SECURITY_H

#include "instruments/link/resource.h"

/* The part of a resource string that tells how a connection is secured. */

/*
 * "fingerprint=…&user=…&password_file=…"; null: nothing is wanted. text: the whole string, for
 * messages. On failure what security owns is still to be freed. STATION_ERROR_CONFIG.
 */
gboolean resource_security_parse(const char *text, const char *settings,
                                 struct link_security *security, GError **error);

void link_security_copy(struct link_security *to, const struct link_security *from);
/* Frees what the fields own; a zeroed one is allowed. */
void link_security_done(struct link_security *security);

#endif

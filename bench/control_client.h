/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_CONTROL_CLIENT_H
#define BENCH_CONTROL_CLIENT_H

#include <glib.h>

/*
 * The request that a command with its arguments ("insert", "1", "SN42") means, one line with its
 * LF. STATION_ERROR_CONFIG says what is wrong with it. Free with g_free.
 */
char *control_client_request(const char *const *words, GError **error);

/*
 * Sends the request to the bench at 127.0.0.1:port and gives its reply without LF; *ok is what it
 * says. STATION_ERROR_IO or TIMEOUT when there is none in timeout_s, PROTOCOL when it is no reply.
 * Free with g_free.
 */
char *control_client_ask(guint16 port, const char *request, double timeout_s, gboolean *ok,
                         GError **error);

#endif

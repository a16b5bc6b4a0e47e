/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_OSA_LOGIN_H
#define BENCH_OSA_LOGIN_H

#include "bench/server.h"

/*
 * For server_new, with a scpi_device as device: a socket logs in first (OPEN "anonymous", then any
 * password) and may log out (CLOSE); CR LF ends every answer.
 */
extern const struct server_ops osa_server_ops;

#endif

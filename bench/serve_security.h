/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SERVE_SECURITY_H
#define BENCH_SERVE_SECURITY_H

#include "bench/serve_options.h"

/*
 * Fills options->hislip from --hislip-overlapped, --hislip-tls, --hislip-certificate and
 * --hislip-login; reads the certificate. STATION_ERROR_CONFIG.
 */
gboolean serve_security_check(struct serve_options *options, GError **error);

#endif

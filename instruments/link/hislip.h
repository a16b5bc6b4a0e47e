/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_HISLIP_H
#define INSTRUMENTS_LINK_HISLIP_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * A HiSLIP session with resource's host, port and sub-address: synchronous and asynchronous
 * channel, encrypted when resource's security wants it or the instrument demands it. Source:
 * IVI-6.1, revision 2.0. STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL; of encryption also CONFIG,
 * UNSUPPORTED, REFUSED.
 */
struct link *hislip_open(const struct resource *resource, const struct link_settings *settings,
                         const struct bounds *bounds, GError **error);

#endif

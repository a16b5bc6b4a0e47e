/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_PROLOGIX_H
#define INSTRUMENTS_LINK_PROLOGIX_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * An instrument on GPIB behind a Prologix adapter on resource's host or serial line.
 * STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL.
 */
struct link *prologix_open(const struct resource *resource, const struct link_settings *settings,
                           const struct bounds *bounds, GError **error);

#endif

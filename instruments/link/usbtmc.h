/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_H
#define INSTRUMENTS_LINK_USBTMC_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * A USBTMC instrument, found by vendor, product and serial number. Source: USBTMC 1.0 and
 * USB488 1.0. STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL.
 */
struct link *usbtmc_open(const struct resource *resource, const struct link_settings *settings,
                         const struct bounds *bounds, GError **error);

#endif

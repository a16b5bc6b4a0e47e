/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_H
#define INSTRUMENTS_LINK_USBTMC_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * A USBTMC instrument, found by vendor, product and serial number, taken from the kernel's driver
 * and cleared: nobody's old answer is left in it. A message ends with EOM, not with a character;
 * what stands behind its read_end is left for the next link_read. A device that was unplugged is
 * found again by link_clear. Closing gives the front panel back. There is no lock: claiming the
 * interface is one. Source: USBTMC 1.0 and USB488 1.0. STATION_ERROR_IO, TIMEOUT, CANCELLED,
 * PROTOCOL; REFUSED: another program has it.
 */
struct link *usbtmc_open(const struct resource *resource, const struct link_settings *settings,
                         const struct bounds *bounds, GError **error);

#endif

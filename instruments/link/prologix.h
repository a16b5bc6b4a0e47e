/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_PROLOGIX_H
#define INSTRUMENTS_LINK_PROLOGIX_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * An instrument on GPIB behind a Prologix adapter on resource's host or serial line. All links of
 * the process to the same adapter share its one connection and take turns
 * (instruments/link/prologix_adapter.h); they may belong to several threads.
 *
 * A message goes out whole, with EOI. A reply is asked for by "++read eoi" until the framing finds
 * its end: what an instrument sends must end as the settings say, EOI alone is not seen. Clearing
 * is a device clear of this instrument alone. The status byte is a serial poll; no lock.
 * STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL; CONFIG when the adapter's line is in use with
 * other settings. Source: Prologix GPIB-ETHERNET, as pyvisa-py and prologix-gpib-ethernet use it.
 */
struct link *prologix_open(const struct resource *resource, const struct link_settings *settings,
                           const struct bounds *bounds, GError **error);

/* Appends a message for the bus as the adapter wants it: CR, LF, ESC and '+' escaped, LF after. */
void prologix_escape(GByteArray *text, const guint8 *message, gsize len);

#endif

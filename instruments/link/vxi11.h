/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_VXI11_H
#define INSTRUMENTS_LINK_VXI11_H

#include "instruments/link/link.h"
#include "instruments/link/resource.h"

/*
 * A VXI-11 link to resource's host and device, over ONC RPC. Source: TCP/IP Instrument Protocol
 * Specification VXI-11, revision 1.0. STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL, or what the
 * device says (instruments/link/vxi11_message.h); its errors are told with number and name.
 *
 * An answer ends with END, never by its bytes. Clearing gives up what is under way by device_abort,
 * then clears the device; where that does not help it connects and makes the link anew, and takes
 * the lock again when it was held. Closing waits a quarter of a second at most.
 */
struct link *vxi11_open(const struct resource *resource, const struct link_settings *settings,
                        const struct bounds *bounds, GError **error);

#endif

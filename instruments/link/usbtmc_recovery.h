/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_RECOVERY_H
#define INSTRUMENTS_LINK_USBTMC_RECOVERY_H

#include "instruments/link/usbtmc_device.h"

/*
 * The way back to a known state: what is under way is aborted, what waits in the device thrown
 * away. Source: USBTMC 1.0 §4.2.1.2 to §4.2.1.7.
 */

/* Tags of transfers that were begun and have not ended; 0: none. */
struct usbtmc_open_tags {
	guint8 in;
	guint8 out;
};

/*
 * ABORT_BULK_IN and ABORT_BULK_OUT for what is open, which a device may know or not; then
 * INITIATE_CLEAR, which alone throws away an answer that nobody has asked for yet. Halted pipes are
 * free afterwards. FALSE: the clear did not succeed; STATION_ERROR_IO, TIMEOUT, CANCELLED, PROTOCOL
 * (refused).
 */
gboolean usbtmc_recover(struct usbtmc_device *device, const struct usbtmc_open_tags *tags,
                        const struct bounds *bounds, GError **error);

/* The part with INITIATE_CLEAR only. */
enum usbtmc_outcome usbtmc_initiate_clear(struct usbtmc_device *device, const struct bounds *bounds,
                                          GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_STATUS_H
#define INSTRUMENTS_LINK_USBTMC_STATUS_H

#include "instruments/link/usbtmc_device.h"

/* What is known of a device's status byte between two looks at it. */
struct usbtmc_status_pipe {
	guint8 tag;         /* of the last READ_STATUS_BYTE; 0 begins */
	gboolean requested; /* a request for service came, and the byte was not read since */
};

/*
 * READ_STATUS_BYTE: the answer comes by the control pipe, or by the interrupt pipe where there is
 * one. Bit 6 is set as well when the device has requested service there, for with the packet that
 * says so the request is over for the device. STATION_ERROR_PROTOCOL also when it is refused.
 * Source: USB488 1.0 §4.3.1, §3.4 (the latter from memory).
 */
gboolean usbtmc_read_status(struct usbtmc_device *device, struct usbtmc_status_pipe *pipe,
                            guint8 *status, const struct bounds *bounds, GError **error);

/* A service_news_fn (service.h) by the interrupt pipe, which there is. */
gboolean usbtmc_look_for_request(struct usbtmc_device *device, struct usbtmc_status_pipe *pipe,
                                 const struct bounds *bounds, GError **error);

#endif

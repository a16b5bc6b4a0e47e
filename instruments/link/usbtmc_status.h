/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_STATUS_H
#define INSTRUMENTS_LINK_USBTMC_STATUS_H

#include "instruments/link/usbtmc_device.h"

/*
 * READ_STATUS_BYTE: the answer comes by the control pipe, or by the interrupt pipe where there is
 * one. *tag is the last one used (0 begins) and is moved on. STATION_ERROR_PROTOCOL also when it is
 * refused. Source: USB488 1.0 §4.3.1.
 */
gboolean usbtmc_read_status(struct usbtmc_device *device, guint8 *tag, guint8 *status,
                            const struct bounds *bounds, GError **error);

#endif

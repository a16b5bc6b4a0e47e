/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_HARDWARE_DEVICES_USB_ANSWER_H
#define TESTS_HARDWARE_DEVICES_USB_ANSWER_H

#include "tests/hardware/devices/usb_port.h"

/*
 * The requests that every USB device answers (USB 2.0, 9.4): descriptors, strings, status, and
 * settings that it has only one of. Bytes moved, or -EPIPE. max is the setup's wLength.
 */
int usb_answer(const struct usb_description *description, const guint8 setup[8], guint8 *data,
               int max);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/usb_answer.h"

#include <errno.h>
#include <string.h>

enum {
	STANDARD = 0x00, /* bits 5 and 6 of bmRequestType */
	TYPE_MASK = 0x60,
	GET_STATUS = 0,
	CLEAR_FEATURE = 1,
	SET_FEATURE = 3,
	GET_DESCRIPTOR = 6,
	GET_CONFIGURATION = 8,
	SET_CONFIGURATION = 9,
	GET_INTERFACE = 10,
	SET_INTERFACE = 11,
	DESCRIPTOR_DEVICE = 1,
	DESCRIPTOR_CONFIGURATION = 2,
	DESCRIPTOR_STRING = 3,
};

static int say(guint8 *data, int max, const void *bytes, gsize len)
{
	gsize n = MIN(len, (gsize)max);

	memcpy(data, bytes, n);
	return (int)n;
}

static int device_descriptor(const struct usb_description *it, guint8 *data, int max)
{
	guint8 index[USB_STRINGS];

	for (guint i = 0; i < USB_STRINGS; i++)
		index[i] = it->strings[i] ? (guint8)(i + 1) : 0;
	const guint8 bytes[] = {
		18,
		DESCRIPTOR_DEVICE,
		0x00,
		0x02, /* USB 2.0 */
		it->class,
		0,
		0,
		64, /* bMaxPacketSize0 */
		(guint8)it->vendor,
		(guint8)(it->vendor >> 8),
		(guint8)it->product,
		(guint8)(it->product >> 8),
		(guint8)it->release,
		(guint8)(it->release >> 8),
		index[0],
		index[1],
		index[2],
		1, /* configuration */
	};
	return say(data, max, bytes, sizeof bytes);
}

static int string_descriptor(const struct usb_description *it, guint8 index, guint8 *data, int max)
{
	static const guint8 languages[] = {4, DESCRIPTOR_STRING, 0x09, 0x04};
	glong count = 0;

	if (index == 0)
		return say(data, max, languages, sizeof languages);
	if (index > USB_STRINGS || !it->strings[index - 1])
		return -EPIPE;
	g_autofree gunichar2 *wide =
		g_utf8_to_utf16(it->strings[index - 1], -1, NULL, &count, NULL);
	guint8 bytes[256] = {(guint8)(2 + 2 * count), DESCRIPTOR_STRING};
	for (glong i = 0; i < count; i++)
		memcpy(bytes + 2 + 2 * i, (guint8[]){(guint8)wide[i], (guint8)(wide[i] >> 8)}, 2);
	return say(data, max, bytes, bytes[0]);
}

static int descriptor(const struct usb_description *it, const guint8 *setup, guint8 *data, int max)
{
	switch (setup[3]) {
	case DESCRIPTOR_DEVICE:
		return device_descriptor(it, data, max);
	case DESCRIPTOR_CONFIGURATION:
		return say(data, max, it->configuration, it->configuration_len);
	case DESCRIPTOR_STRING:
		return string_descriptor(it, setup[2], data, max);
	default:
		return -EPIPE;
	}
}

int usb_answer(const struct usb_description *description, const guint8 setup[8], guint8 *data,
               int max)
{
	if ((setup[0] & TYPE_MASK) != STANDARD)
		return -EPIPE;
	switch (setup[1]) {
	case GET_DESCRIPTOR:
		return descriptor(description, setup, data, max);
	case GET_STATUS:
		return say(data, max, "\0", 2);
	case GET_CONFIGURATION:
		return say(data, max, "\1", 1);
	case GET_INTERFACE:
		return say(data, max, "\0", 1);
	case CLEAR_FEATURE:
	case SET_FEATURE:
	case SET_CONFIGURATION:
	case SET_INTERFACE:
		return 0;
	default:
		return -EPIPE;
	}
}

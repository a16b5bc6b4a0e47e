/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc_status.h"

#include "base/error.h"
#include "instruments/link/usbtmc_message.h"

enum {
	STATUS_LEN = 3,
	BUSY_MAX = 16,
};

static const double drop_s = 0.2; /* for a packet that is there already */

/* Waits for the packet with our tag; service requests and late answers are passed over. */
static gboolean status_packet(struct usbtmc_device *device, guint8 tag, guint8 *status,
                              const struct bounds *bounds, GError **error)
{
	const struct usbtmc_place *place = &device->place;
	g_autofree guint8 *packet = g_malloc(MAX(place->interrupt_packet, 2));
	gsize got;

	do {
		if (usbtmc_transfer(device, place->interrupt_in, packet,
		                    MAX(place->interrupt_packet, 2), &got, "status byte", bounds,
		                    error) != USBTMC_MOVED)
			return FALSE;
	} while (!usbtmc_unpack_status_packet(packet, got, tag, status));
	return TRUE;
}

/* Makes room in an interrupt pipe that has not been read for a while. */
static void drop_packet(struct usbtmc_device *device, const struct bounds *bounds)
{
	const struct usbtmc_place *place = &device->place;
	const struct bounds own = bounds_within(bounds, drop_s);
	g_autofree guint8 *packet = g_malloc(MAX(place->interrupt_packet, 2));
	gsize got;

	usbtmc_transfer(device, place->interrupt_in, packet, MAX(place->interrupt_packet, 2), &got,
	                "status byte", &own, NULL);
}

static gboolean ask_status(struct usbtmc_device *device, guint8 *tag, guint8 answer[STATUS_LEN],
                           const struct bounds *bounds, GError **error)
{
	gsize got;

	for (int i = 0; i < BUSY_MAX; i++) {
		*tag = usbtmc_next_status_tag(*tag);
		const struct usbtmc_setup setup =
			usbtmc_to_interface(device, USB488_READ_STATUS_BYTE, *tag, STATUS_LEN);
		if (usbtmc_control(device, &setup, answer, &got, "status byte", bounds, error) !=
		    USBTMC_MOVED)
			return FALSE;
		gboolean is_ours = got == STATUS_LEN && answer[1] == *tag;
		if (is_ours && answer[0] == USBTMC_STATUS_SUCCESS)
			return TRUE;
		if (got == 0 || answer[0] != USB488_STATUS_INTERRUPT_IN_BUSY ||
		    !device->place.interrupt_in)
			break;
		drop_packet(device, bounds);
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "status byte: %s, tag %u, expected %u",
	                  usbtmc_status_name(got > 0 ? answer[0] : 0), got > 1 ? answer[1] : 0,
	                  *tag);
	return FALSE;
}

gboolean usbtmc_read_status(struct usbtmc_device *device, guint8 *tag, guint8 *status,
                            const struct bounds *bounds, GError **error)
{
	guint8 answer[STATUS_LEN] = {0};

	if (!ask_status(device, tag, answer, bounds, error))
		return FALSE;
	if (device->place.interrupt_in)
		return status_packet(device, *tag, status, bounds, error);
	*status = answer[2];
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc_status.h"

#include "base/error.h"
#include "instruments/link/service.h"
#include "instruments/link/usbtmc_message.h"

#include <string.h>

enum {
	STATUS_LEN = 3,
	BUSY_MAX = 16,
};

static const double drop_s = 0.2; /* for a packet that is there already */

/* The next packet of the pipe; *len is 0 when none came. A request for service is noted. */
static enum usbtmc_outcome next_packet(struct usbtmc_device *device,
                                       struct usbtmc_status_pipe *pipe, guint8 packet[2],
                                       gsize *len, const struct bounds *bounds, GError **error)
{
	const struct usbtmc_place *place = &device->place;
	gsize room = MAX(place->interrupt_packet, 2);
	g_autofree guint8 *bytes = g_malloc0(room);
	enum usbtmc_outcome how = usbtmc_transfer(device, place->interrupt_in, bytes, room, len,
	                                          "status byte", bounds, error);
	/* also what came just when the time was over */
	if (usbtmc_is_service_request(bytes, *len))
		pipe->requested = TRUE;
	memcpy(packet, bytes, 2);
	return how;
}

/* Waits for the packet with our tag; service requests and late answers are passed over. */
static gboolean status_packet(struct usbtmc_device *device, struct usbtmc_status_pipe *pipe,
                              guint8 *status, const struct bounds *bounds, GError **error)
{
	guint8 packet[2];
	gsize got;

	do {
		if (next_packet(device, pipe, packet, &got, bounds, error) != USBTMC_MOVED)
			return FALSE;
	} while (!usbtmc_unpack_status_packet(packet, got, pipe->tag, status));
	return TRUE;
}

/* Makes room in an interrupt pipe that has not been read for a while. */
static void drop_packet(struct usbtmc_device *device, struct usbtmc_status_pipe *pipe,
                        const struct bounds *bounds)
{
	const struct bounds own = bounds_within(bounds, drop_s);
	guint8 packet[2];
	gsize got;

	next_packet(device, pipe, packet, &got, &own, NULL);
}

static gboolean ask_status(struct usbtmc_device *device, struct usbtmc_status_pipe *pipe,
                           guint8 answer[STATUS_LEN], const struct bounds *bounds, GError **error)
{
	gsize got;

	for (int i = 0; i < BUSY_MAX; i++) {
		pipe->tag = usbtmc_next_status_tag(pipe->tag);
		const struct usbtmc_setup setup =
			usbtmc_to_interface(device, USB488_READ_STATUS_BYTE, pipe->tag, STATUS_LEN);
		if (usbtmc_control(device, &setup, answer, &got, "status byte", bounds, error) !=
		    USBTMC_MOVED)
			return FALSE;
		gboolean is_ours = got == STATUS_LEN && answer[1] == pipe->tag;
		if (is_ours && answer[0] == USBTMC_STATUS_SUCCESS)
			return TRUE;
		if (got == 0 || answer[0] != USB488_STATUS_INTERRUPT_IN_BUSY ||
		    !device->place.interrupt_in)
			break;
		drop_packet(device, pipe, bounds);
	}
	station_error_set(error, STATION_ERROR_PROTOCOL, "status byte: %s, tag %u, expected %u",
	                  usbtmc_status_name(got > 0 ? answer[0] : 0), got > 1 ? answer[1] : 0,
	                  pipe->tag);
	return FALSE;
}

gboolean usbtmc_read_status(struct usbtmc_device *device, struct usbtmc_status_pipe *pipe,
                            guint8 *status, const struct bounds *bounds, GError **error)
{
	guint8 answer[STATUS_LEN] = {0};

	if (!ask_status(device, pipe, answer, bounds, error))
		return FALSE;
	*status = answer[2];
	if (device->place.interrupt_in && !status_packet(device, pipe, status, bounds, error))
		return FALSE;
	if (pipe->requested)
		*status |= LINK_STATUS_RQS;
	pipe->requested = FALSE;
	return TRUE;
}

gboolean usbtmc_look_for_request(struct usbtmc_device *device, struct usbtmc_status_pipe *pipe,
                                 const struct bounds *bounds, GError **error)
{
	const struct bounds look = bounds_within(bounds, SERVICE_LOOK_S);
	guint8 packet[2];
	gsize got;

	while (!pipe->requested) {
		GError *cause = NULL;
		if (next_packet(device, pipe, packet, &got, &look, &cause) == USBTMC_MOVED)
			continue;
		if (pipe->requested || service_only_late(bounds, &cause)) {
			g_clear_error(&cause);
			return TRUE;
		}
		g_propagate_error(error, cause);
		return FALSE;
	}
	return TRUE;
}

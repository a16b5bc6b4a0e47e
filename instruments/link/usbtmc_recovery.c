/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc_recovery.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/link/usbtmc_message.h"

enum {
	DRAIN_LEN = 16384,
	DRAIN_READS = 256,
	CHECK_LEN = 8,  /* CHECK_ABORT_..._STATUS; INITIATE_ABORT_... has 2, CHECK_CLEAR 2 */
	DATA_WAITS = 1, /* in the second byte of a CHECK: the host is to read first */
};

static const double drain_s = 0.05; /* silence after which nothing more is expected */
static const double poll_s = 0.01;  /* between two looks at what is pending */
static const double abort_s = 1;    /* for the two aborts: the clear after them is what counts */

/* Reads bulk-in up to a short packet. Silence and a stall end it too. */
static enum usbtmc_outcome drain(struct usbtmc_device *device, const struct bounds *bounds,
                                 GError **error)
{
	g_autofree guint8 *rest = g_malloc(DRAIN_LEN);
	gsize len = MAX(DRAIN_LEN / device->place.packet, 1) * device->place.packet;

	for (int i = 0; i < DRAIN_READS; i++) {
		const struct bounds own = bounds_within(bounds, drain_s);
		gsize got;
		enum usbtmc_outcome how = usbtmc_transfer(device, device->place.bulk_in, rest, len,
		                                          &got, "drain", &own, NULL);
		if (how == USBTMC_LOST) {
			station_error_set(error, STATION_ERROR_IO, "drain: %s",
			                  device->unplugged ? "unplugged" : "failed");
			return how;
		}
		if (!bounds_check(bounds, "drain", error))
			return USBTMC_ENDED;
		if (how != USBTMC_MOVED || got < len)
			break;
	}
	return USBTMC_MOVED;
}

/* A class request whose answer is `len` bytes; *status is the first. */
static enum usbtmc_outcome ask(struct usbtmc_device *device, const struct usbtmc_setup *setup,
                               guint8 *answer, const char *what, const struct bounds *bounds,
                               GError **error)
{
	gsize got;
	enum usbtmc_outcome how = usbtmc_control(device, setup, answer, &got, what, bounds, error);

	if (how != USBTMC_MOVED || got >= MIN(setup->len, 2))
		return how;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "%s: an answer of %" G_GSIZE_FORMAT " bytes", what, got);
	return USBTMC_BROKEN;
}

static enum usbtmc_outcome refused(guint8 status, const char *what, GError **error)
{
	station_error_set(error, STATION_ERROR_PROTOCOL, "%s: %s", what,
	                  usbtmc_status_name(status));
	return USBTMC_STALLED;
}

/* Asks until it is not pending any more. drains: waiting bytes are read, as the device asks. */
static enum usbtmc_outcome await(struct usbtmc_device *device, const struct usbtmc_setup *check,
                                 gboolean drains, const char *what, const struct bounds *bounds,
                                 GError **error)
{
	for (;;) {
		guint8 answer[CHECK_LEN] = {0};
		enum usbtmc_outcome how = ask(device, check, answer, what, bounds, error);
		if (how != USBTMC_MOVED || answer[0] == USBTMC_STATUS_SUCCESS)
			return how;
		if (answer[0] != USBTMC_STATUS_PENDING)
			return refused(answer[0], what, error);
		if (drains && (answer[1] & DATA_WAITS))
			how = drain(device, bounds, error);
		if (how != USBTMC_MOVED)
			return how;
		if (!clock_sleep_s(poll_s, bounds, error)) {
			g_prefix_error(error, "%s: still pending: ", what);
			return USBTMC_ENDED;
		}
	}
}

static enum usbtmc_outcome abort_in(struct usbtmc_device *device, guint8 tag,
                                    const struct bounds *bounds, GError **error)
{
	guint8 endpoint = device->place.bulk_in, answer[2] = {0};
	const struct usbtmc_setup initiate =
		usbtmc_to_endpoint(endpoint, USBTMC_INITIATE_ABORT_BULK_IN, tag, sizeof answer);
	const struct usbtmc_setup check =
		usbtmc_to_endpoint(endpoint, USBTMC_CHECK_ABORT_BULK_IN_STATUS, 0, CHECK_LEN);
	enum usbtmc_outcome how = ask(device, &initiate, answer, "abort bulk-in", bounds, error);

	/* any other status: nothing of this tag is under way */
	if (how != USBTMC_MOVED || answer[0] != USBTMC_STATUS_SUCCESS)
		return how;
	how = drain(device, bounds, error);
	return how == USBTMC_MOVED ? await(device, &check, TRUE, "abort bulk-in", bounds, error)
	                           : how;
}

static enum usbtmc_outcome abort_out(struct usbtmc_device *device, guint8 tag,
                                     const struct bounds *bounds, GError **error)
{
	guint8 endpoint = device->place.bulk_out, answer[2] = {0};
	const struct usbtmc_setup initiate =
		usbtmc_to_endpoint(endpoint, USBTMC_INITIATE_ABORT_BULK_OUT, tag, sizeof answer);
	const struct usbtmc_setup check =
		usbtmc_to_endpoint(endpoint, USBTMC_CHECK_ABORT_BULK_OUT_STATUS, 0, CHECK_LEN);
	enum usbtmc_outcome how = ask(device, &initiate, answer, "abort bulk-out", bounds, error);

	if (how != USBTMC_MOVED || answer[0] != USBTMC_STATUS_SUCCESS)
		return how;
	how = await(device, &check, FALSE, "abort bulk-out", bounds, error);
	if (how == USBTMC_MOVED)
		usbtmc_clear_halt(device, endpoint);
	return how;
}

enum usbtmc_outcome usbtmc_initiate_clear(struct usbtmc_device *device, const struct bounds *bounds,
                                          GError **error)
{
	guint8 answer[1] = {0};
	const struct usbtmc_setup initiate =
		usbtmc_to_interface(device, USBTMC_INITIATE_CLEAR, 0, sizeof answer);
	const struct usbtmc_setup check =
		usbtmc_to_interface(device, USBTMC_CHECK_CLEAR_STATUS, 0, 2);
	enum usbtmc_outcome how = ask(device, &initiate, answer, "clear", bounds, error);

	if (how != USBTMC_MOVED)
		return how;
	if (answer[0] != USBTMC_STATUS_SUCCESS)
		return refused(answer[0], "clear", error);
	how = await(device, &check, TRUE, "clear", bounds, error);
	if (how == USBTMC_MOVED)
		usbtmc_clear_halt(device, device->place.bulk_out);
	return how;
}

gboolean usbtmc_recover(struct usbtmc_device *device, const struct usbtmc_open_tags *tags,
                        const struct bounds *bounds, GError **error)
{
	const struct bounds own =
		bounds_within(bounds, MIN(abort_s, deadline_left_s(bounds->deadline) / 3));

	if (device->halted_in)
		usbtmc_clear_halt(device, device->place.bulk_in);
	device->halted_in = FALSE;
	/* how they end does not matter, the clear shows it */
	if (tags->in)
		abort_in(device, tags->in, &own, NULL);
	if (tags->out)
		abort_out(device, tags->out, &own, NULL);
	if (usbtmc_initiate_clear(device, bounds, error) != USBTMC_MOVED)
		return FALSE;
	if (device->halted_in)
		usbtmc_clear_halt(device, device->place.bulk_in);
	device->halted_in = FALSE;
	return TRUE;
}

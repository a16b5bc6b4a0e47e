/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/prologix.h"

#include "base/error.h"
#include "base/number.h"
#include "instruments/link/frame.h"
#include "instruments/link/prologix_adapter.h"
#include "instruments/link/service.h"

#include <string.h>

/* Silence after which the adapter has given up a read, the network's time included. */
#define QUIET_S (ADAPTER_READ_MS * 1e-3 + 0.1)

struct prologix_link {
	struct link link;
	struct adapter *adapter;
	int address, secondary;
	GByteArray *pending; /* received after the end of the last message read */
};

/* One reply on its way. */
struct reading {
	struct frame_scan scan;
	GByteArray *reply;
	gsize received;
	gint64 start_us;
	gint64 last_us; /* when the latest byte came */
};

static struct prologix_link *prologix_of(struct link *link)
{
	return (struct prologix_link *)link;
}

void prologix_escape(GByteArray *text, const guint8 *message, gsize len)
{
	static const guint8 escape = 0x1B, end = '\n';
	for (gsize i = 0; i < len; i++) {
		if (memchr("\r\n\x1B+", message[i], 4))
			g_byte_array_append(text, &escape, 1);
		g_byte_array_append(text, &message[i], 1);
	}
	g_byte_array_append(text, &end, 1);
}

static gboolean tell(struct prologix_link *prologix, const char *command,
                     const struct bounds *bounds, GError **error)
{
	return adapter_send(prologix->adapter, prologix->address, prologix->secondary,
	                    (const guint8 *)command, strlen(command), bounds, error);
}

/* ---- writing ---- */

static gboolean prologix_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                               const struct bounds *bounds, GError **error)
{
	struct prologix_link *prologix = prologix_of(link);
	g_autoptr(GByteArray) text = g_byte_array_new();
	prologix_escape(text, data, len);
	if (!adapter_enter(prologix->adapter, link, bounds, error))
		return FALSE;
	gboolean ok = adapter_send(prologix->adapter, prologix->address, prologix->secondary,
	                           text->data, text->len, bounds, error);
	adapter_leave(prologix->adapter);
	return ok;
}

/* ---- reading ---- */

/* bytes lose what is taken; what stands after the message stays in the link. */
static gboolean take(struct prologix_link *prologix, struct reading *reading, GByteArray *bytes,
                     GError **error)
{
	gsize used = 0;
	if (bytes->len > 0)
		reading->last_us = g_get_monotonic_time();
	reading->received += bytes->len;
	if (!frame_scan_take(&reading->scan, bytes->data, bytes->len, &used, reading->reply, error))
		return FALSE;
	g_byte_array_append(prologix->pending, bytes->data + used, bytes->len - (guint)used);
	g_byte_array_set_size(bytes, 0);
	return TRUE;
}

static void set_silence(const struct reading *reading, GError **error)
{
	double waited_s = (double)(g_get_monotonic_time() - reading->start_us) * 1e-6;
	g_autofree char *waited = number_format_digits(waited_s, 3);
	g_autofree char *where = frame_scan_where(&reading->scan);
	if (reading->received == 0)
		station_error_set(error, STATION_ERROR_TIMEOUT, "no answer in %s s", waited);
	else
		station_error_set(error, STATION_ERROR_TIMEOUT,
		                  "the answer stopped after %" G_GSIZE_FORMAT " bytes, %s",
		                  reading->received, where);
}

/* Takes what comes until the message is whole or the adapter has been quiet. */
static gboolean take_until_quiet(struct prologix_link *prologix, struct reading *reading,
                                 const struct bounds *bounds, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	while (!frame_scan_ended(&reading->scan)) {
		struct bounds inner = bounds_within(bounds, QUIET_S);
		GError *cause = NULL;
		if (!adapter_receive(prologix->adapter, bytes, &inner, &cause)) {
			gboolean silent =
				g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT);
			if (!silent) {
				g_propagate_error(error, cause);
				return FALSE;
			}
			g_error_free(cause);
			if (!deadline_passed(bounds->deadline))
				return TRUE;
			set_silence(reading, error);
			return FALSE;
		}
		if (!take(prologix, reading, bytes, error))
			return FALSE;
	}
	return TRUE;
}

/* The adapter asks the instrument once, and has given up by then or given all it got. */
static gboolean ask_once(struct prologix_link *prologix, struct reading *reading,
                         const struct bounds *bounds, GError **error)
{
	if (!tell(prologix, "++read eoi\n", bounds, error) ||
	    !take_until_quiet(prologix, reading, bounds, error))
		return FALSE;
	if (frame_scan_ended(&reading->scan))
		return TRUE;
	/* Others come next: whatever is late has to be here by then. */
	g_autoptr(GByteArray) late = g_byte_array_new();
	if (!adapter_settle(prologix->adapter, late, bounds, error)) {
		g_prefix_error(error, "after \"++read eoi\": ");
		return FALSE;
	}
	if (!take(prologix, reading, late, error))
		return FALSE;
	double stall_s = reading->scan.frame->stall_s;
	double silent_s = (double)(g_get_monotonic_time() - reading->last_us) * 1e-6;
	if (reading->received == 0 || stall_s <= 0 || silent_s < stall_s ||
	    frame_scan_may_end(&reading->scan))
		return TRUE;
	set_silence(reading, error);
	return FALSE;
}

static gboolean prologix_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                              const struct bounds *bounds, GError **error)
{
	struct prologix_link *prologix = prologix_of(link);
	struct reading reading = {.reply = reply, .start_us = g_get_monotonic_time()};
	g_autoptr(GByteArray) before = prologix->pending;
	prologix->pending = g_byte_array_new();
	frame_scan_init(&reading.scan, frame);
	if (!take(prologix, &reading, before, error))
		return FALSE;
	while (!frame_scan_ended(&reading.scan) && !frame_scan_may_end(&reading.scan)) {
		if (!adapter_enter(prologix->adapter, link, bounds, error))
			return FALSE;
		gboolean ok = ask_once(prologix, &reading, bounds, error);
		if (!ok)
			adapter_mark_astray(prologix->adapter);
		adapter_leave(prologix->adapter);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

/* ---- past the messages ---- */

static gboolean clear_once(struct prologix_link *prologix, const struct bounds *bounds,
                           GError **error)
{
	if (!adapter_enter(prologix->adapter, prologix, bounds, error))
		return FALSE;
	gboolean ok = tell(prologix, "++clr\n", bounds, error) &&
	              adapter_settle(prologix->adapter, NULL, bounds, error);
	adapter_leave(prologix->adapter);
	return ok;
}

static gboolean prologix_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct prologix_link *prologix = prologix_of(link);
	GError *cause = NULL;
	g_byte_array_set_size(prologix->pending, 0);
	if (clear_once(prologix, bounds, &cause))
		return TRUE;
	/* A connection that has gone shows only when it is used; entering again makes a new one. */
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_IO)) {
		g_error_free(cause);
		return clear_once(prologix, bounds, error);
	}
	g_propagate_error(error, cause);
	return FALSE;
}

/* A number up to max that the adapter answers by itself. */
static gboolean ask_adapter(struct prologix_link *prologix, const char *command, guint8 max,
                            guint8 *number, const struct bounds *bounds, GError **error)
{
	g_autoptr(GByteArray) line = g_byte_array_new();
	if (!tell(prologix, command, bounds, error) ||
	    !adapter_receive_line(prologix->adapter, line, bounds, error))
		return FALSE;
	g_autofree char *text = g_strndup((const char *)line->data, line->len);
	guint64 value = 0;
	if (g_ascii_string_to_unsigned(text, 10, 0, max, &value, NULL)) {
		*number = (guint8)value;
		return TRUE;
	}
	adapter_mark_astray(prologix->adapter);
	g_autofree char *escaped = g_strescape(text, NULL);
	station_error_set(error, STATION_ERROR_PROTOCOL, "\"%s\" is no %s", escaped,
	                  max == 1 ? "state of SRQ" : "status byte");
	return FALSE;
}

static gboolean exchange_number(struct link *link, const char *command, guint8 max, guint8 *number,
                                const struct bounds *bounds, GError **error)
{
	struct prologix_link *prologix = prologix_of(link);
	if (!adapter_enter(prologix->adapter, link, bounds, error))
		return FALSE;
	gboolean ok = ask_adapter(prologix, command, max, number, bounds, error);
	adapter_leave(prologix->adapter);
	return ok;
}

static gboolean prologix_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                     GError **error)
{
	return exchange_number(link, "++spoll\n", G_MAXUINT8, status, bounds, error);
}

static gboolean prologix_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	struct prologix_link *prologix = prologix_of(link);
	if (!adapter_enter(prologix->adapter, link, bounds, error))
		return FALSE;
	gboolean ok = tell(prologix, "++trg\n", bounds, error);
	adapter_leave(prologix->adapter);
	return ok;
}

/*
 * The line belongs to all instruments of the bus: it may be another's request, which nobody
 * answers, so there is a pause in any case.
 */
static gboolean prologix_news(struct link *link, struct service_pace *pace,
                              const struct bounds *bounds, GError **error)
{
	const struct bounds look = bounds_within(bounds, SERVICE_LOOK_S);
	guint8 is_requested = 0;
	do {
		if (!service_pause(pace, bounds, error) ||
		    !exchange_number(link, "++srq\n", 1, &is_requested, bounds, error))
			return FALSE;
	} while (!is_requested && !deadline_passed(look.deadline));
	return TRUE;
}

static gboolean prologix_await_service(struct link *link, guint8 *status,
                                       const struct bounds *bounds, GError **error)
{
	return service_await(link, prologix_news, status, bounds, error);
}

static gsize prologix_unread(struct link *link)
{
	struct prologix_link *prologix = prologix_of(link);
	return prologix->pending->len + adapter_unread(prologix->adapter, link);
}

static void prologix_close(struct link *link)
{
	struct prologix_link *prologix = prologix_of(link);
	if (prologix->adapter)
		adapter_put(prologix->adapter);
	g_byte_array_unref(prologix->pending);
	link_done(link);
	g_free(prologix);
}

static const struct link_ops prologix_ops = {
	.name = "prologix",
	.write = prologix_write,
	.read = prologix_read,
	.clear = prologix_clear,
	.unread = prologix_unread,
	.status_byte = prologix_status_byte,
	.trigger = prologix_trigger,
	.await_service = prologix_await_service,
	.close = prologix_close,
};

struct link *prologix_open(const struct resource *resource, const struct link_settings *settings,
                           const struct bounds *bounds, GError **error)
{
	struct prologix_link *prologix = g_new0(struct prologix_link, 1);
	link_init(&prologix->link, &prologix_ops, resource->bottom, settings);
	prologix->pending = g_byte_array_new();
	prologix->address = resource->address;
	prologix->secondary = resource->secondary;
	prologix->adapter = adapter_get(resource, error);
	if (!prologix->adapter || !adapter_enter(prologix->adapter, prologix, bounds, error)) {
		prologix_close(&prologix->link);
		return NULL;
	}
	adapter_leave(prologix->adapter);
	return &prologix->link;
}

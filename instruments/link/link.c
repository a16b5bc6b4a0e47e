/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/link/fault.h"
#include "instruments/link/frame.h"
#include "instruments/link/hislip.h"
#include "instruments/link/prologix.h"
#include "instruments/link/record.h"
#include "instruments/link/resource.h"
#include "instruments/link/serial.h"
#include "instruments/link/tcp.h"
#include "instruments/link/trace.h"
#include "instruments/link/usbtmc.h"
#include "instruments/link/vxi11.h"

#include <string.h>

const struct link_settings link_settings_scpi = {
	.framing = LINK_FRAMING_SCPI,
	.write_end = LINK_END_LF,
	.read_end = LINK_END_LF,
	.stall_s = 5,
};

const struct link_settings link_settings_line = {
	.framing = LINK_FRAMING_LINE,
	.write_end = LINK_END_LF,
	.read_end = LINK_END_LF,
	.stall_s = 5,
};

void link_init(struct link *link, const struct link_ops *ops, const char *resource,
               const struct link_settings *settings)
{
	link->ops = ops;
	link->settings = settings;
	link->resource = g_strdup(resource);
	link->last_traffic_us = 0;
	link->dirty = FALSE;
	link->is_stream = FALSE;
	link->awaited = FALSE;
	link->upsets = 0;
}

void link_done(struct link *link)
{
	g_clear_pointer(&link->resource, g_free);
}

/* ---- opening ---- */

static struct link *open_bottom(const struct resource *resource,
                                const struct link_settings *settings, const struct bounds *bounds,
                                GError **error)
{
	static struct link *(*const opens[])(const struct resource *resource,
	                                     const struct link_settings *settings,
	                                     const struct bounds *bounds, GError **error) = {
		[LINK_TRANSPORT_TCP] = tcp_open,       [LINK_TRANSPORT_SERIAL] = serial_open,
		[LINK_TRANSPORT_HISLIP] = hislip_open, [LINK_TRANSPORT_VXI11] = vxi11_open,
		[LINK_TRANSPORT_USBTMC] = usbtmc_open, [LINK_TRANSPORT_PROLOGIX] = prologix_open,
	};
	struct link *link = opens[resource->transport](resource, settings, bounds, error);

	if (!link)
		g_prefix_error(error, "%s: ", resource->bottom);
	return link;
}

/* The tops from n on, the innermost first: each is put on what is below it. */
static struct link *open_below(const struct resource *resource, guint n,
                               const struct link_settings *settings, const struct link_sink *sink,
                               const struct bounds *bounds, GError **error)
{
	if (n == resource->n_tops)
		return open_bottom(resource, settings, bounds, error);
	const struct resource_top *top = &resource->tops[n];
	const char *path = resource_top_path(top);
	if (top->top == LINK_TOP_REPLAY)
		return replay_open(path, resource->bottom, settings, error);
	gint64 start_us = g_get_monotonic_time();
	struct trace *trace = NULL;
	if (top->top == LINK_TOP_TRACE && !(trace = trace_new(sink, path, error)))
		return NULL;
	GError *failure = NULL;
	struct link *link = open_below(resource, n + 1, settings, sink, bounds, &failure);
	if (trace)
		trace_report_open(trace, resource->bottom, start_us, failure);
	if (!link && top->top == LINK_TOP_RECORD)
		record_failed_open(path, resource->bottom, start_us, failure);
	if (!link) {
		trace_free(trace);
		g_propagate_error(error, failure);
		return NULL;
	}
	if (trace)
		return trace_open(trace, link);
	return top->top == LINK_TOP_RECORD ? record_open(path, link, error)
	                                   : fault_open(top->argument, link, error);
}

static struct link *open_parsed(struct resource *resource, const struct link_settings *settings,
                                const struct link_sink *sink, const struct bounds *bounds,
                                GError **error)
{
	const struct resource_top *trace = resource_top(resource, LINK_TOP_TRACE);

	if (trace && !trace->argument && !sink) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: nobody listens to this trace; write trace:file=PATH:",
		                  resource->bottom);
		return NULL;
	}
	if (!sink || trace)
		return open_below(resource, 0, settings, sink, bounds, error);
	g_assert(resource->n_tops <
	         G_N_ELEMENTS(resource->tops)); /* four, of which trace is none */
	memmove(&resource->tops[1], &resource->tops[0],
	        resource->n_tops * sizeof resource->tops[0]);
	resource->tops[0] = (struct resource_top){.top = LINK_TOP_TRACE};
	resource->n_tops++;
	return open_below(resource, 0, settings, sink, bounds, error);
}

struct link *link_open(const char *resource, const struct link_settings *settings,
                       const struct link_sink *sink, const struct bounds *bounds, GError **error)
{
	struct resource parsed = {0};
	if (!resource_parse(resource, &parsed, error))
		return NULL;
	struct link *link = open_parsed(&parsed, settings, sink, bounds, error);
	if (link)
		link->is_stream = parsed.transport == LINK_TRANSPORT_TCP ||
		                  parsed.transport == LINK_TRANSPORT_SERIAL;
	resource_done(&parsed);
	return link;
}

void link_close(struct link *link)
{
	if (link)
		link->ops->close(link);
}

const char *link_resource(const struct link *link)
{
	return link->resource;
}

/* ---- messages ---- */

static gboolean end_operation(struct link *link, gboolean ok)
{
	link->last_traffic_us = g_get_monotonic_time();
	if (!ok) {
		link->dirty = TRUE;
		link->upsets++;
	}
	return ok;
}

static gboolean keep_gap(const struct link *link, const struct bounds *bounds, GError **error)
{
	double past_s = (double)(g_get_monotonic_time() - link->last_traffic_us) * 1e-6;
	if (link->last_traffic_us == 0 || past_s >= link->settings->gap_s)
		return TRUE;
	return clock_sleep_s(link->settings->gap_s - past_s, bounds, error);
}

/* What comes before anything goes into the stream of messages. */
static gboolean begin_sending(struct link *link, gboolean greets, const struct bounds *bounds,
                              GError **error)
{
	if (!bounds_check(bounds, "send", error))
		return FALSE;
	if (link->dirty && !link_clear(link, bounds, error))
		return FALSE;
	gsize unread = greets ? 0 : link->ops->unread(link);
	if (unread > 0) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "%" G_GSIZE_FORMAT " bytes came that nobody asked for", unread);
		return end_operation(link, FALSE);
	}
	return keep_gap(link, bounds, error);
}

static gboolean send_message(struct link *link, gboolean greets, const void *data, gsize len,
                             const struct bounds *bounds, GError **error)
{
	if (!begin_sending(link, greets, bounds, error))
		return FALSE;
	g_autoptr(GByteArray) message = g_byte_array_sized_new((guint)len + 2);
	g_byte_array_append(message, data, (guint)len);
	gsize end_len = frame_append_end(message, link->settings->write_end);
	return end_operation(link, link->ops->write(link, message->data, message->len, end_len,
	                                            bounds, error));
}

gboolean link_write(struct link *link, const void *data, gsize len, const struct bounds *bounds,
                    GError **error)
{
	return send_message(link, FALSE, data, len, bounds, error);
}

gboolean link_greet(struct link *link, const void *data, gsize len, const struct bounds *bounds,
                    GError **error)
{
	return send_message(link, TRUE, data, len, bounds, error);
}

static gboolean read_frame(struct link *link, const struct link_frame *frame, GByteArray *reply,
                           const struct bounds *bounds, GError **error)
{
	g_byte_array_set_size(reply, 0);
	if (end_operation(link, link->ops->read(link, frame, reply, bounds, error)))
		return TRUE;
	g_byte_array_set_size(reply, 0);
	return FALSE;
}

gboolean link_read(struct link *link, GByteArray *reply, gsize max_len, const struct bounds *bounds,
                   GError **error)
{
	struct link_frame frame = {
		.framing = link->settings->framing,
		.read_end = link->settings->read_end,
		.max_len = max_len,
		.stall_s = link->settings->stall_s,
	};
	return read_frame(link, &frame, reply, bounds, error);
}

gboolean link_read_line(struct link *link, GByteArray *reply, gsize max_len,
                        const struct bounds *bounds, GError **error)
{
	struct link_frame frame = {
		.framing = LINK_FRAMING_LINE,
		.read_end = link->settings->read_end,
		.max_len = max_len,
		.stall_s = link->settings->stall_s,
	};
	return read_frame(link, &frame, reply, bounds, error);
}

gboolean link_read_indefinite(struct link *link, GByteArray *reply, gsize payload_len,
                              const struct bounds *bounds, GError **error)
{
	enum { MARGIN = 16 }; /* the header before the payload, then blanks and CR after it */
	struct link_frame frame = {
		.framing = LINK_FRAMING_SCPI,
		.read_end = link->settings->read_end,
		.max_len = payload_len + MARGIN,
		.stall_s = link->settings->stall_s,
		.indefinite = TRUE,
		.indefinite_len = payload_len,
	};
	return read_frame(link, &frame, reply, bounds, error);
}

gboolean link_query(struct link *link, const char *message, GByteArray *reply, gsize max_len,
                    const struct bounds *bounds, GError **error)
{
	return link_write(link, message, strlen(message), bounds, error) &&
	       link_read(link, reply, max_len, bounds, error);
}

/* ---- recovery ---- */

/* A device clear leaves a request as it is; the next one would not be noticed behind it. */
static gboolean drop_request(struct link *link, const struct bounds *bounds, GError **error)
{
	guint8 status;
	return !link->awaited || link->ops->status_byte(link, &status, bounds, error);
}

gboolean link_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	link->dirty = TRUE;
	link->upsets++;
	link->last_traffic_us = g_get_monotonic_time();
	if (!link->ops->clear(link, bounds, error) || !drop_request(link, bounds, error)) {
		g_prefix_error(error, "recover: ");
		return FALSE;
	}
	link->dirty = FALSE;
	return TRUE;
}

static gboolean unsupported(const struct link *link, const char *what, GError **error)
{
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "%s: %s has no %s", link->resource,
	                  link->ops->name, what);
	return FALSE;
}

/* Past the messages: the link stays as clean as it was. */
static gboolean judge_aside(struct link *link, gboolean ok)
{
	if (!ok)
		link->upsets++;
	return ok;
}

gboolean link_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                          GError **error)
{
	if (!link->ops->status_byte)
		return unsupported(link, "status byte", error);
	return judge_aside(link, link->ops->status_byte(link, status, bounds, error));
}

gboolean link_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	if (!link->ops->trigger)
		return unsupported(link, "trigger", error);
	if (!begin_sending(link, FALSE, bounds, error))
		return FALSE;
	GError *cause = NULL;
	gboolean ok = link->ops->trigger(link, bounds, &cause);
	gboolean nothing_sent = g_error_matches(cause, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	if (cause)
		g_propagate_error(error, cause);
	return nothing_sent ? FALSE : end_operation(link, ok);
}

gboolean link_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                            GError **error)
{
	if (!link->ops->await_service)
		return unsupported(link, "service request", error);
	if (!bounds_check(bounds, "service request", error))
		return FALSE;
	g_autoptr(GError) cause = NULL;
	if (link->ops->await_service(link, status, bounds, &cause)) {
		link->awaited = TRUE;
		return TRUE;
	}
	link->awaited = !g_error_matches(cause, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_propagate_error(error, g_steal_pointer(&cause));
	return judge_aside(link, FALSE);
}

gboolean link_lock(struct link *link, const struct bounds *bounds, GError **error)
{
	if (!link->ops->lock)
		return unsupported(link, "lock", error);
	/* until now somebody else may have set what we rely on */
	link->upsets++;
	return link->ops->lock(link, bounds, error);
}

gboolean link_unlock(struct link *link, const struct bounds *bounds, GError **error)
{
	if (!link->ops->unlock)
		return unsupported(link, "lock", error);
	return link->ops->unlock(link, bounds, error);
}

gboolean link_is_dirty(const struct link *link)
{
	return link->dirty;
}

void link_mark_dirty(struct link *link)
{
	link->dirty = TRUE;
	link->upsets++;
}

gsize link_unread(struct link *link)
{
	return link->ops->unread(link);
}

guint link_upsets(const struct link *link)
{
	return link->upsets;
}

gboolean link_marks_ends(const struct link *link)
{
	return !link->is_stream;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/trace.h"

#include "base/error.h"
#include "base/recording.h"

#include <string.h>

struct trace {
	struct link_sink sink;
	char *path;
	GOutputStream *file; /* null when there is none */
};

struct trace_link {
	struct link link;
	struct link *below;
	struct trace *trace;
};

static const char *const event_names[] = {
	[LINK_EVENT_OPENED] = "opened",       [LINK_EVENT_SENT] = "sent",
	[LINK_EVENT_RECEIVED] = "received",   [LINK_EVENT_CLEARED] = "cleared",
	[LINK_EVENT_TRIGGERED] = "triggered", [LINK_EVENT_CLOSED] = "closed",
};

char *trace_line(const struct link_event *event)
{
	struct recording_event line = {
		.event = event_names[event->kind],
		.link = event->resource,
		.start_us = event->start_us,
		.duration_us = event->duration_us,
		.value = -1,
		.ops = -1,
		.data = event->data,
		.len = event->len,
		.error = event->error,
	};
	return recording_line(&line);
}

/* ---- reporting ---- */

static gboolean report(struct trace *trace, const struct link_event *event, GError **error)
{
	if (trace->sink.fn)
		trace->sink.fn(event, trace->sink.user_data);
	if (!trace->file)
		return TRUE;
	g_autofree char *line = trace_line(event);
	g_autoptr(GError) cause = NULL;
	if (g_output_stream_write_all(trace->file, line, strlen(line), NULL, NULL, &cause))
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "trace file %s: %s", trace->path,
	                  cause->message);
	return FALSE;
}

void trace_report_open(struct trace *trace, const char *resource, gint64 start_us,
                       const GError *failure)
{
	struct link_event event = {
		.kind = LINK_EVENT_OPENED,
		.resource = resource,
		.start_us = start_us,
		.duration_us = g_get_monotonic_time() - start_us,
		.error = failure,
	};
	report(trace, &event, NULL);
}

/* Reports an operation that ended with ok and failure, and hands failure on to the caller. */
static gboolean conclude(struct trace_link *top, struct link_event event, gboolean ok,
                         GError *failure, GError **error)
{
	event.resource = top->link.resource;
	event.duration_us = g_get_monotonic_time() - event.start_us;
	event.error = failure;
	gboolean reported = report(top->trace, &event, ok ? error : NULL);
	if (failure)
		g_propagate_error(error, failure);
	return ok && reported;
}

/* ---- operations ---- */

static struct trace_link *trace_of(struct link *link)
{
	return (struct trace_link *)link;
}

static gboolean trace_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                            const struct bounds *bounds, GError **error)
{
	struct trace_link *top = trace_of(link);
	GError *failure = NULL;
	struct link_event event = {
		.kind = LINK_EVENT_SENT,
		.start_us = g_get_monotonic_time(),
		.data = data,
		.len = len - end_len,
	};
	gboolean ok = top->below->ops->write(top->below, data, len, end_len, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static gboolean trace_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                           const struct bounds *bounds, GError **error)
{
	struct trace_link *top = trace_of(link);
	GError *failure = NULL;
	struct link_event event = {
		.kind = LINK_EVENT_RECEIVED,
		.start_us = g_get_monotonic_time(),
	};
	gboolean ok = top->below->ops->read(top->below, frame, reply, bounds, &failure);
	/* What came before a failure is shown too: it is what one looks for. */
	event.data = reply->data ? reply->data : (const guint8 *)"";
	event.len = reply->len;
	return conclude(top, event, ok, failure, error);
}

static gboolean trace_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct trace_link *top = trace_of(link);
	GError *failure = NULL;
	struct link_event event = {
		.kind = LINK_EVENT_CLEARED,
		.start_us = g_get_monotonic_time(),
	};
	gboolean ok = top->below->ops->clear(top->below, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static gboolean trace_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	struct trace_link *top = trace_of(link);
	GError *failure = NULL;
	struct link_event event = {
		.kind = LINK_EVENT_TRIGGERED,
		.start_us = g_get_monotonic_time(),
	};
	gboolean ok = link_trigger(top->below, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static gsize trace_unread(struct link *link)
{
	struct link *below = trace_of(link)->below;
	return below->ops->unread(below);
}

/* Past the messages: passed on and not reported. */
static gboolean trace_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                  GError **error)
{
	return link_status_byte(trace_of(link)->below, status, bounds, error);
}

static gboolean trace_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                                    GError **error)
{
	return link_await_service(trace_of(link)->below, status, bounds, error);
}

static gboolean trace_lock(struct link *link, const struct bounds *bounds, GError **error)
{
	return link_lock(trace_of(link)->below, bounds, error);
}

static gboolean trace_unlock(struct link *link, const struct bounds *bounds, GError **error)
{
	return link_unlock(trace_of(link)->below, bounds, error);
}

static void trace_close(struct link *link)
{
	struct trace_link *top = trace_of(link);
	struct link_event event = {
		.kind = LINK_EVENT_CLOSED,
		.start_us = g_get_monotonic_time(),
	};
	top->below->ops->close(top->below);
	conclude(top, event, TRUE, NULL, NULL);
	trace_free(top->trace);
	link_done(link);
	g_free(top);
}

static const struct link_ops trace_ops = {
	.name = "trace",
	.write = trace_write,
	.read = trace_read,
	.clear = trace_clear,
	.unread = trace_unread,
	.status_byte = trace_status_byte,
	.trigger = trace_trigger,
	.await_service = trace_await_service,
	.lock = trace_lock,
	.unlock = trace_unlock,
	.close = trace_close,
};

struct trace *trace_new(const struct link_sink *sink, const char *path, GError **error)
{
	g_autoptr(GFile) file = path ? g_file_new_for_path(path) : NULL;
	g_autoptr(GFileOutputStream) stream = NULL;
	g_autoptr(GError) cause = NULL;
	if (file) {
		stream = g_file_append_to(file, G_FILE_CREATE_NONE, NULL, &cause);
		if (!stream) {
			station_error_set(error, STATION_ERROR_STORAGE, "trace file %s: %s", path,
			                  cause->message);
			return NULL;
		}
	}
	struct trace *trace = g_new0(struct trace, 1);
	if (sink)
		trace->sink = *sink;
	trace->path = g_strdup(path);
	trace->file = (GOutputStream *)g_steal_pointer(&stream);
	return trace;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	g_clear_object(&trace->file);
	g_free(trace->path);
	g_free(trace);
}

struct link *trace_open(struct trace *trace, struct link *below)
{
	struct trace_link *top = g_new0(struct trace_link, 1);
	link_init(&top->link, &trace_ops, below->resource, below->settings);
	top->below = below;
	top->trace = trace;
	return &top->link;
}

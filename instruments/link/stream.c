/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/stream.h"

#include "base/error.h"
#include "instruments/link/frame.h"

#include <errno.h>
#include <poll.h>

enum {
	CHUNK = 256 * 1024,
	IDLE_MAX =
		8, /* times "readable" may be said without a byte: a line hung up says so forever */
};

void stream_init(struct stream *stream)
{
	stream->fd = -1;
	stream->pending = g_byte_array_new();
	stream->chunk = g_malloc(CHUNK);
}

void stream_done(struct stream *stream)
{
	g_clear_pointer(&stream->pending, g_byte_array_unref);
	g_clear_pointer(&stream->chunk, g_free);
}

/* One look at both descriptors; cancel_fd is -1 when nobody can cancel. */
static gboolean wait_with(int fd, short events, int cancel_fd, const struct bounds *bounds,
                          const char *what, GError **error)
{
	for (;;) {
		if (!bounds_check(bounds, what, error))
			return FALSE;
		struct pollfd fds[2] = {
			{.fd = fd, .events = events},
			{.fd = cancel_fd, .events = POLLIN},
		};
		gint64 left_us = MAX(bounds->deadline.end_us - g_get_monotonic_time(), 0);
		struct timespec limit = {left_us / G_USEC_PER_SEC, left_us % G_USEC_PER_SEC * 1000};
		if (ppoll(fds, 2, &limit, NULL) < 0 && errno != EINTR) {
			station_error_set(error, STATION_ERROR_INTERNAL, "poll: %s",
			                  g_strerror(errno));
			return FALSE;
		}
		if (fds[0].revents & events)
			return TRUE;
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			station_error_set(error, STATION_ERROR_IO, "the connection is gone");
			return FALSE;
		}
	}
}

gboolean stream_wait(int fd, short events, const struct bounds *bounds, const char *what,
                     GError **error)
{
	if (!bounds->cancellable)
		return wait_with(fd, events, -1, bounds, what, error);
	GPollFD cancel;
	if (!g_cancellable_make_pollfd(bounds->cancellable, &cancel)) {
		station_error_set(error, STATION_ERROR_INTERNAL, "no descriptor to wait with");
		return FALSE;
	}
	gboolean ok = wait_with(fd, events, cancel.fd, bounds, what, error);
	g_cancellable_release_fd(bounds->cancellable);
	return ok;
}

gboolean stream_write(struct stream *stream, struct link *link, stream_send_fn send,
                      const guint8 *data, gsize len, const struct bounds *bounds, GError **error)
{
	gsize sent = 0;
	while (sent < len) {
		gssize n = send(link, data + sent, len - sent, error);
		if (n < 0)
			return FALSE;
		sent += (gsize)n;
		if (n > 0)
			continue;
		g_autofree char *what =
			g_strdup_printf("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes sent",
		                        sent, len);
		if (!stream_wait(stream->fd, POLLOUT, bounds, what, error))
			return FALSE;
	}
	return TRUE;
}

/* The scan runs over what was left behind first; the rest of it stays. */
static gboolean take_pending(struct stream *stream, struct frame_scan *scan, GByteArray *reply,
                             GError **error)
{
	gsize used = 0;
	if (!frame_scan_take(scan, stream->pending->data, stream->pending->len, &used, reply,
	                     error))
		return FALSE;
	g_byte_array_remove_range(stream->pending, 0, (guint)used);
	return TRUE;
}

static char *silence(const struct frame_scan *scan, gsize received, gint64 start_us)
{
	double waited_s = (double)(g_get_monotonic_time() - start_us) * 1e-6;
	char waited[G_ASCII_DTOSTR_BUF_SIZE];
	g_ascii_formatd(waited, sizeof waited, "%.3f", waited_s);
	if (received == 0)
		return g_strdup_printf("no answer in %s s", waited);
	g_autofree char *where = frame_scan_where(scan);
	return g_strdup_printf("the answer stopped after %" G_GSIZE_FORMAT " bytes, %s", received,
	                       where);
}

/* One message on its way. */
struct reading {
	struct frame_scan scan;
	gsize received;
	gint64 start_us;
	guint idle;
};

/* Waits for more; the texts are made afterwards, for they tell how long it took. */
static gboolean wait_more(struct stream *stream, const struct reading *reading,
                          const struct bounds *bounds, GError **error)
{
	const struct frame_scan *scan = &reading->scan;
	struct bounds now = *bounds;
	if (frame_scan_may_end(scan))
		now = bounds_within(bounds, FRAME_TAIL_S);
	else if (reading->received > 0 && scan->frame->stall_s > 0)
		now = bounds_within(bounds, scan->frame->stall_s);
	g_autoptr(GError) cause = NULL;
	if (stream_wait(stream->fd, POLLIN, &now, "answer", &cause))
		return TRUE;
	if (!g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return FALSE;
	}
	g_autofree char *text = silence(scan, reading->received, reading->start_us);
	station_error_set(error, STATION_ERROR_TIMEOUT, "%s", text);
	return FALSE;
}

/* Bytes received into chunk; 0: look again; -1: failed. */
static gssize receive_or_wait(struct stream *stream, struct link *link, stream_receive_fn receive,
                              struct reading *reading, guint8 *chunk, const struct bounds *bounds,
                              GError **error)
{
	/* Without this a sender that never pauses would keep us past the deadline. */
	gboolean over = g_cancellable_is_cancelled(bounds->cancellable) ||
	                deadline_passed(bounds->deadline);
	gssize n = over ? 0 : receive(link, chunk, CHUNK, bounds, error);
	if (n < 0 || (n == 0 && !wait_more(stream, reading, bounds, error)))
		return -1;
	reading->idle = n == 0 ? reading->idle + 1 : 0;
	if (reading->idle <= IDLE_MAX)
		return n;
	station_error_set(error, STATION_ERROR_IO, "the connection is gone");
	return -1;
}

gboolean stream_read(struct stream *stream, struct link *link, stream_receive_fn receive,
                     const struct link_frame *frame, GByteArray *reply, const struct bounds *bounds,
                     GError **error)
{
	struct reading reading = {.start_us = g_get_monotonic_time()};
	guint8 *chunk = stream->chunk;
	frame_scan_init(&reading.scan, frame);
	reading.received = stream->pending->len;
	if (!take_pending(stream, &reading.scan, reply, error))
		return FALSE;
	while (!frame_scan_ended(&reading.scan)) {
		GError *cause = NULL;
		gssize n = receive_or_wait(stream, link, receive, &reading, chunk, bounds, &cause);
		if (n < 0 && frame_scan_may_end(&reading.scan)) {
			g_error_free(cause);
			return TRUE;
		}
		if (n < 0) {
			g_propagate_error(error, cause);
			return FALSE;
		}
		gsize used = 0;
		if (!frame_scan_take(&reading.scan, chunk, (gsize)n, &used, reply, error))
			return FALSE;
		g_byte_array_append(stream->pending, chunk + used, (guint)((gsize)n - used));
		reading.received += (gsize)n;
		if (n > 0 && frame->marked && stream->at_mark)
			return frame_scan_finish(&reading.scan, reply, error);
	}
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/record.h"

#include "base/error.h"
#include "base/recording.h"

#include <string.h>

static const guint8 nothing[1];

/* ---- recording ---- */

struct record_link {
	struct link link;
	struct link *below;
	struct recording *recording; /* borrowed */
};

static struct record_link *record_of(struct link *link)
{
	return (struct record_link *)link;
}

static struct recording_event begin(const char *event)
{
	return (struct recording_event){
		.event = event,
		.start_us = g_get_monotonic_time(),
		.value = -1,
		.ops = -1,
	};
}

/* Writes an operation down that ended with ok and failure, which goes on to the caller. */
static gboolean conclude(struct record_link *top, struct recording_event event, gboolean ok,
                         GError *failure, GError **error)
{
	event.link = top->link.resource;
	event.duration_us = g_get_monotonic_time() - event.start_us;
	event.error = failure;
	gboolean written = recording_add(top->recording, &event, ok ? error : NULL);
	if (failure)
		g_propagate_error(error, failure);
	return ok && written;
}

static gboolean record_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                             const struct bounds *bounds, GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("sent");
	GError *failure = NULL;

	event.data = data;
	event.len = len - end_len;
	gboolean ok = top->below->ops->write(top->below, data, len, end_len, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static gboolean record_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                            const struct bounds *bounds, GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("received");
	GError *failure = NULL;

	gboolean ok = top->below->ops->read(top->below, frame, reply, bounds, &failure);
	event.data = reply->data ? reply->data : nothing;
	event.len = reply->len;
	return conclude(top, event, ok, failure, error);
}

static gboolean record_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("cleared");
	GError *failure = NULL;

	gboolean ok = top->below->ops->clear(top->below, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static gsize record_unread(struct link *link)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("unread");
	gsize unread = top->below->ops->unread(top->below);

	event.value = (gint64)unread;
	if (unread > 0)
		conclude(top, event, TRUE, NULL, NULL);
	return unread;
}

static gboolean record_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                   GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("status");
	GError *failure = NULL;

	gboolean ok = link_status_byte(top->below, status, bounds, &failure);
	event.value = ok ? *status : -1;
	return conclude(top, event, ok, failure, error);
}

static gboolean record_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("triggered");
	GError *failure = NULL;

	gboolean ok = link_trigger(top->below, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static gboolean record_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                                     GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("service");
	GError *failure = NULL;

	gboolean ok = link_await_service(top->below, status, bounds, &failure);
	event.value = ok ? *status : -1;
	return conclude(top, event, ok, failure, error);
}

static gboolean record_lock(struct link *link, const struct bounds *bounds, GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("locked");
	GError *failure = NULL;

	gboolean ok = link_lock(top->below, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static gboolean record_unlock(struct link *link, const struct bounds *bounds, GError **error)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("unlocked");
	GError *failure = NULL;

	gboolean ok = link_unlock(top->below, bounds, &failure);
	return conclude(top, event, ok, failure, error);
}

static void record_close(struct link *link)
{
	struct record_link *top = record_of(link);
	struct recording_event event = begin("closed");

	top->below->ops->close(top->below);
	conclude(top, event, TRUE, NULL, NULL);
	link_done(link);
	g_free(top);
}

static const struct link_ops record_ops = {
	.name = "record",
	.write = record_write,
	.read = record_read,
	.clear = record_clear,
	.unread = record_unread,
	.status_byte = record_status_byte,
	.trigger = record_trigger,
	.await_service = record_await_service,
	.lock = record_lock,
	.unlock = record_unlock,
	.close = record_close,
};

struct link *record_open(const char *path, struct link *below, GError **error)
{
	struct recording *recording = recording_write(path, error);
	struct recording_event event = begin("opened");

	event.link = below->resource;
	if (!recording || !recording_add(recording, &event, error)) {
		link_close(below);
		return NULL;
	}
	struct record_link *top = g_new0(struct record_link, 1);
	link_init(&top->link, &record_ops, below->resource, below->settings);
	top->below = below;
	top->recording = recording;
	return &top->link;
}

void record_failed_open(const char *path, const char *resource, gint64 start_us,
                        const GError *failure)
{
	struct recording *recording = recording_write(path, NULL);
	struct recording_event event = begin("opened");

	event.link = resource;
	event.duration_us = event.start_us - start_us;
	event.start_us = start_us;
	event.error = failure;
	if (recording)
		recording_add(recording, &event, NULL);
}

/* ---- playing back ---- */

struct replay_link {
	struct link link;
	struct recording *recording; /* borrowed */
};

static struct recording *recording_of(struct link *link)
{
	return ((struct replay_link *)link)->recording;
}

/* An operation of which nothing but its end matters. */
static gboolean play(struct link *link, const char *event, GError **error)
{
	struct recording_entry entry;
	gboolean ok = recording_play(recording_of(link), event, NULL, 0, &entry, error);

	recording_entry_clear(&entry);
	return ok;
}

static gboolean replay_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                             const struct bounds *bounds, GError **error)
{
	struct recording_entry entry;
	gboolean ok =
		recording_play(recording_of(link), "sent", data, len - end_len, &entry, error);

	recording_entry_clear(&entry);
	return ok;
}

static gboolean replay_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                            const struct bounds *bounds, GError **error)
{
	struct recording_entry entry;
	gboolean ok = recording_play(recording_of(link), "received", NULL, 0, &entry, error);

	if (entry.data && entry.data->len > 0)
		g_byte_array_append(reply, entry.data->data, entry.data->len);
	recording_entry_clear(&entry);
	if (!ok || reply->len <= frame->max_len)
		return ok;
	g_autofree char *place = recording_place(recording_of(link));
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "%s: recorded were %u bytes, now %" G_GSIZE_FORMAT " are the most", place,
	                  reply->len, frame->max_len);
	return FALSE;
}

static gboolean replay_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	return play(link, "cleared", error);
}

static gsize replay_unread(struct link *link)
{
	struct recording_entry entry;
	const char *next = recording_next(recording_of(link));

	if (!next || strcmp(next, "unread") != 0)
		return 0;
	gboolean ok = recording_play(recording_of(link), "unread", NULL, 0, &entry, NULL);
	gsize unread = ok ? (gsize)MAX(entry.value, 0) : 0;
	recording_entry_clear(&entry);
	return unread;
}

/* An operation that gives a status byte. */
static gboolean play_status(struct link *link, const char *event, guint8 *status, GError **error)
{
	struct recording_entry entry;
	gboolean ok = recording_play(recording_of(link), event, NULL, 0, &entry, error);

	if (ok && (entry.value < 0 || entry.value > G_MAXUINT8)) {
		station_error_set(error, STATION_ERROR_STORAGE, "the recording has no status byte");
		ok = FALSE;
	}
	if (ok)
		*status = (guint8)entry.value;
	recording_entry_clear(&entry);
	return ok;
}

static gboolean replay_status_byte(struct link *link, guint8 *status, const struct bounds *bounds,
                                   GError **error)
{
	return play_status(link, "status", status, error);
}

static gboolean replay_trigger(struct link *link, const struct bounds *bounds, GError **error)
{
	return play(link, "triggered", error);
}

static gboolean replay_await_service(struct link *link, guint8 *status, const struct bounds *bounds,
                                     GError **error)
{
	return play_status(link, "service", status, error);
}

static gboolean replay_lock(struct link *link, const struct bounds *bounds, GError **error)
{
	return play(link, "locked", error);
}

static gboolean replay_unlock(struct link *link, const struct bounds *bounds, GError **error)
{
	return play(link, "unlocked", error);
}

static void replay_close(struct link *link)
{
	play(link, "closed", NULL);
	link_done(link);
	g_free(link);
}

static const struct link_ops replay_ops = {
	.name = "replay",
	.write = replay_write,
	.read = replay_read,
	.clear = replay_clear,
	.unread = replay_unread,
	.status_byte = replay_status_byte,
	.trigger = replay_trigger,
	.await_service = replay_await_service,
	.lock = replay_lock,
	.unlock = replay_unlock,
	.close = replay_close,
};

struct link *replay_open(const char *path, const char *resource,
                         const struct link_settings *settings, GError **error)
{
	struct recording *recording = recording_replay(path, error);
	struct recording_entry entry;

	if (!recording)
		return NULL;
	gboolean ok = recording_play(recording, "opened", NULL, 0, &entry, error);
	if (ok && strcmp(entry.link, resource) != 0) {
		station_error_set(error, STATION_ERROR_CONFIG, "recording %s is of %s, not of %s",
		                  path, entry.link, resource);
		ok = FALSE;
	}
	recording_entry_clear(&entry);
	if (!ok)
		return NULL;
	struct replay_link *link = g_new0(struct replay_link, 1);
	link_init(&link->link, &replay_ops, resource, settings);
	link->recording = recording;
	return &link->link;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_RECORDING_H
#define BASE_RECORDING_H

#include <glib.h>

/*
 * What happened on a connection, as one JSON object a line, and the way back from the lines. The
 * keys of a line, always in this order, those in brackets only where they mean something:
 *
 *   "event"        opened sent received cleared closed unread status service triggered locked
 *                  unlocked; in the clock's file (base/recording_clock.h) now date slept
 *   "link"         what the connection leads to
 *   "start_us"     monotonic clock, and
 *   "duration_us"  of the operation
 *   ["value"]      unread: bytes; status, service: the byte; date: microseconds since 1970; slept:
 * those that were asked for
 *   ["ops"]        in the clock's file: how many operations the thread had recorded before
 *   ["len"]        bytes of the message, with exactly one of
 *   ["text"]       printable ASCII with CR, LF, TAB,
 *   ["hex"]        up to 512 other bytes,
 *   ["base64"]     more of them
 *   ["error"]      station_error_name() of how it failed, with
 *   ["message"]    its text
 */
struct recording_event {
	const char *event;
	const char *link;
	gint64 start_us, duration_us;
	gint64 value, ops;  /* below 0: none */
	const guint8 *data; /* null: none */
	gsize len;
	const GError *error; /* null: none */
};

/* One line read back. */
struct recording_entry {
	char *event, *link;
	gint64 start_us, duration_us;
	gint64 value, ops; /* below 0: none */
	GByteArray *data;  /* null: none */
	GError *error;     /* null: none */
};

/* One line, with its end. Free with g_free. */
char *recording_line(const struct recording_event *event);

/*
 * Reads one line of len bytes, without its end: only what recording_line writes is taken. On
 * failure entry is empty. STATION_ERROR_STORAGE. Free with recording_entry_clear.
 */
gboolean recording_parse(const char *line, gsize len, struct recording_entry *entry,
                         GError **error);
void recording_entry_clear(struct recording_entry *entry);

/*
 * A recording that is being written or played back. A connection that is lost and made again goes
 * on in the same recording: the first to open a path in this process begins it anew (writing) or
 * at its first line (playing back), the next ones go on where it stands. A connection is used by
 * one thread at a time; opening is safe from any. Recordings live until recording_forget_all.
 */
struct recording;

/* STATION_ERROR_STORAGE; _replay of a path that this process wrote reads what was written. */
struct recording *recording_write(const char *path, GError **error);
struct recording *recording_replay(const char *path, GError **error);

/* STATION_ERROR_STORAGE. */
gboolean recording_add(struct recording *recording, const struct recording_event *event,
                       GError **error);

/*
 * Plays one operation back: the next line has to be `event`, and when data is not null the bytes
 * have to be the same. True: *entry is that line, of an operation that did not fail. False with the
 * recorded error where it did (entry is filled then, too), with STATION_ERROR_PROTOCOL that shows
 * both sides where something else was recorded or nothing more is, with STATION_ERROR_STORAGE
 * where the line cannot be read. What departed from the recording never finds back: each further
 * operation fails with the same error. Free entry with recording_entry_clear in either case.
 */
gboolean recording_play(struct recording *recording, const char *event, const guint8 *data,
                        gsize len, struct recording_entry *entry, GError **error);

/* The event of the line that comes next; null at the end. Borrowed until the next call. */
const char *recording_next(struct recording *recording);

/* Where playing back stands, for messages: "PATH line 12". Free with g_free. */
char *recording_place(const struct recording *recording);

/* Whether recordings were played back to their end; else *where tells the first that was not. */
gboolean recording_all_played(char **where);

/* Closes all. No connection may use one any more. */
void recording_forget_all(void);

/*
 * "TOP:file=PATH:RESOURCE", the path with its escapes: what records ("record"), or plays back
 * ("replay"), an instrument's or a fixture's connection. Free with g_free.
 */
char *recording_resource(const char *top, const char *path, const char *resource);

#endif

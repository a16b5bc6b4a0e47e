/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/recording.h"

#include "base/error.h"
#include "base/recording_clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_MAX = 120 };

struct recording {
	char *path;
	FILE *file; /* being written; null: played back */
	char *text; /* played back: the whole file */
	gsize len, at;
	guint line;         /* of the entry taken last */
	char *next;         /* what recording_next gave */
	GError *divergence; /* null: has not departed from the recording */
};

/*
 * All recordings of the process: a link that is opened again has to find the recording that its
 * predecessor used, and knows nothing of it but the path.
 */
static GMutex all_lock;
static GHashTable *all; /* path to struct recording */

static void recording_free(gpointer data)
{
	struct recording *recording = data;

	if (recording->file)
		fclose(recording->file);
	g_free(recording->path);
	g_free(recording->text);
	g_free(recording->next);
	g_clear_error(&recording->divergence);
	g_free(recording);
}

static gboolean fail_file(const char *path, const char *why, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "recording %s: %s", path, why);
	return FALSE;
}

static gboolean open_file(struct recording *recording, gboolean write, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (write) {
		recording->file = fopen(recording->path, "we");
		return recording->file || fail_file(recording->path, g_strerror(errno), error);
	}
	return g_file_get_contents(recording->path, &recording->text, &recording->len, &cause) ||
	       fail_file(recording->path, cause->message, error);
}

static struct recording *open_path(const char *path, gboolean write, GError **error)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&all_lock);

	if (!all)
		all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, recording_free);
	struct recording *recording = g_hash_table_lookup(all, path);
	if (recording && (recording->file != NULL) == write)
		return recording;
	recording = g_new0(struct recording, 1);
	recording->path = g_strdup(path);
	if (!open_file(recording, write, error)) {
		recording_free(recording);
		return NULL;
	}
	/* the key is the value's own */
	g_hash_table_replace(all, recording->path, recording);
	return recording;
}

struct recording *recording_write(const char *path, GError **error)
{
	return open_path(path, TRUE, error);
}

struct recording *recording_replay(const char *path, GError **error)
{
	return open_path(path, FALSE, error);
}

void recording_forget_all(void)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&all_lock);

	g_clear_pointer(&all, g_hash_table_unref);
}

gboolean recording_add(struct recording *recording, const struct recording_event *event,
                       GError **error)
{
	g_autofree char *line = recording_line(event);

	recording_clock_operation(event->start_us + event->duration_us, event->error);
	gsize len = strlen(line);
	if (fwrite(line, 1, len, recording->file) == len && fflush(recording->file) == 0)
		return TRUE;
	return fail_file(recording->path, g_strerror(errno), error);
}

/* ---- playing back ---- */

/* What was said, short enough to be read: "sent \"VOLT 3.3\"". Free with g_free. */
static char *show(const char *event, const guint8 *data, gsize len)
{
	if (!data)
		return g_strdup(event);
	g_autofree char *head = g_strndup((const char *)data, MIN(len, SHOWN_MAX));
	g_autofree char *escaped = g_strescape(head, NULL);
	return g_strdup_printf("%s \"%s\"%s", event, escaped, len > SHOWN_MAX ? "..." : "");
}

char *recording_place(const struct recording *recording)
{
	return g_strdup_printf("%s line %u", recording->path, recording->line);
}

static gboolean diverge(struct recording *recording, enum station_error code, const char *what,
                        GError **error)
{
	g_autofree char *place = recording_place(recording);

	station_error_set(&recording->divergence, code, "%s: %s", place, what);
	if (error && !*error)
		*error = g_error_copy(recording->divergence);
	return FALSE;
}

static gsize line_length(const struct recording *recording)
{
	const char *from = recording->text + recording->at;
	const char *end = memchr(from, '\n', recording->len - recording->at);

	return end ? (gsize)(end - from) : recording->len - recording->at;
}

const char *recording_next(struct recording *recording)
{
	struct recording_entry entry;

	g_clear_pointer(&recording->next, g_free);
	if (recording->at >= recording->len ||
	    !recording_parse(recording->text + recording->at, line_length(recording), &entry, NULL))
		return NULL;
	recording->next = g_steal_pointer(&entry.event);
	recording_entry_clear(&entry);
	return recording->next;
}

/* The next line; the recording has departed when there is none. */
static gboolean take_entry(struct recording *recording, const char *wanted,
                           struct recording_entry *entry, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *why = NULL;

	if (recording->at >= recording->len) {
		why = g_strdup_printf("the recording ends here, and now comes: %s", wanted);
		return diverge(recording, STATION_ERROR_PROTOCOL, why, error);
	}
	gsize len = line_length(recording);
	const char *line = recording->text + recording->at;
	recording->line++;
	recording->at = MIN(recording->at + len + 1, recording->len);
	return recording_parse(line, len, entry, &cause) ||
	       diverge(recording, STATION_ERROR_STORAGE, cause->message, error);
}

static gboolean fits(const struct recording_entry *entry, const char *event, const guint8 *data,
                     gsize len)
{
	if (strcmp(entry->event, event) != 0)
		return FALSE;
	return !data || (entry->data && entry->data->len == len &&
	                 (len == 0 || memcmp(entry->data->data, data, len) == 0));
}

static gboolean depart(struct recording *recording, const struct recording_entry *entry,
                       const char *now, GError **error)
{
	static const guint8 nothing[1];
	const guint8 *data = entry->data && entry->data->data ? entry->data->data : nothing;
	g_autofree char *was =
		show(entry->event, entry->data ? data : NULL, entry->data ? entry->data->len : 0);
	g_autofree char *why = g_strdup_printf("recorded was %s, now comes: %s", was, now);

	return diverge(recording, STATION_ERROR_PROTOCOL, why, error);
}

gboolean recording_play(struct recording *recording, const char *event, const guint8 *data,
                        gsize len, struct recording_entry *entry, GError **error)
{
	g_autofree char *now = show(event, data, len);

	*entry = (struct recording_entry){.value = -1, .ops = -1};
	if (recording->divergence) {
		if (error && !*error)
			*error = g_error_copy(recording->divergence);
		return FALSE;
	}
	if (!take_entry(recording, now, entry, error))
		return FALSE;
	if (!fits(entry, event, data, len)) {
		depart(recording, entry, now, error);
		recording_entry_clear(entry);
		return FALSE;
	}
	recording_clock_operation(entry->start_us + entry->duration_us, entry->error);
	if (!entry->error)
		return TRUE;
	if (error && !*error)
		*error = g_error_copy(entry->error);
	return FALSE;
}

gboolean recording_all_played(char **where)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&all_lock);
	GHashTableIter iter;
	gpointer value;

	*where = NULL;
	if (!all)
		return TRUE;
	g_hash_table_iter_init(&iter, all);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct recording *recording = value;
		if (recording->file || recording->at >= recording->len)
			continue;
		*where = recording_place(recording);
		return FALSE;
	}
	return TRUE;
}

char *recording_resource(const char *top, const char *path, const char *resource)
{
	g_autoptr(GString) escaped = g_string_new(path);

	g_string_replace(escaped, "%", "%25", 0);
	g_string_replace(escaped, ":", "%3A", 0);
	return g_strdup_printf("%s:file=%s:%s", top, escaped->str, resource);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/recording_clock.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/recording.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { NAME_LEN = 16 };

/* The time of one thread. */
struct thread_time {
	gint64 now_us; /* played back; of the recording */
	gint64 ops;
	gboolean timed_out; /* the last operation or wait */
	GQueue entries;     /* struct recording_entry, not yet given back */
};

struct session {
	GMutex lock;
	char *path;
	FILE *file;          /* being written; null: played back */
	GHashTable *threads; /* name to struct thread_time */
	gint64 start_us;     /* of the recording */
	gint64 shift_us;     /* from the recording's monotonic clock to ours */
};

/* Belongs to the one source of time of the process (clock.h). */
static struct session *_Atomic process_session;

static void entry_free(gpointer data)
{
	recording_entry_clear(data);
	g_free(data);
}

static void thread_free(gpointer data)
{
	struct thread_time *thread = data;

	g_queue_clear_full(&thread->entries, entry_free);
	g_free(thread);
}

static gboolean fail_file(const struct session *session, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "recording %s: %s", session->path,
	                  g_strerror(errno));
	return FALSE;
}

static void session_free(struct session *session)
{
	if (session->file)
		fclose(session->file);
	g_hash_table_unref(session->threads);
	g_mutex_clear(&session->lock);
	g_free(session->path);
	g_free(session);
}

static struct session *session_new(const char *path)
{
	struct session *session = g_new0(struct session, 1);

	g_mutex_init(&session->lock);
	session->path = g_strdup(path);
	session->threads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, thread_free);
	return session;
}

static struct thread_time *thread_named(struct session *session, const char *name)
{
	struct thread_time *thread = g_hash_table_lookup(session->threads, name);

	if (!thread) {
		thread = g_new0(struct thread_time, 1);
		thread->now_us = session->start_us;
		g_queue_init(&thread->entries);
		g_hash_table_insert(session->threads, g_strdup(name), thread);
	}
	return thread;
}

static const char *own_name(char *name)
{
	if (pthread_getname_np(pthread_self(), name, NAME_LEN) != 0)
		name[0] = '\0';
	return name;
}

/* With the lock held. */
static struct thread_time *own_time(struct session *session)
{
	char name[NAME_LEN];

	return thread_named(session, own_name(name));
}

void recording_clock_operation(gint64 end_us, const GError *failure)
{
	struct session *session = atomic_load(&process_session);

	if (!session)
		return;
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&session->lock);
	struct thread_time *thread = own_time(session);
	thread->ops++;
	thread->now_us = MAX(thread->now_us, end_us);
	thread->timed_out = g_error_matches(failure, STATION_ERROR, STATION_ERROR_TIMEOUT);
}

/* ---- writing ---- */

/* Asking for the time cannot fail: what cannot be written is told at the end. */
static void note(const char *event, gint64 start_us, gint64 duration_us, gint64 value,
                 const GError *failure)
{
	struct session *session = atomic_load(&process_session);
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&session->lock);
	char name[NAME_LEN];
	struct recording_event line = {
		.event = event,
		.link = own_name(name),
		.start_us = start_us,
		.duration_us = duration_us,
		.value = value,
		.ops = own_time(session)->ops,
		.error = failure,
	};
	g_autofree char *text = recording_line(&line);

	fwrite(text, 1, strlen(text), session->file);
	fflush(session->file);
}

static gint64 noted_monotonic_us(void)
{
	gint64 now_us = g_get_monotonic_time();

	note("now", now_us, 0, -1, NULL);
	return now_us;
}

static gint64 noted_unix_us(void)
{
	gint64 unix_us = g_get_real_time();

	note("date", g_get_monotonic_time(), 0, unix_us, NULL);
	return unix_us;
}

/* As asked for, in whole microseconds. */
static gint64 asked_us(double seconds)
{
	return (gint64)llround(seconds * 1e6);
}

static gboolean noted_sleep_s(double seconds, const struct bounds *bounds, GError **error)
{
	gint64 start_us = g_get_monotonic_time();
	GError *failure = NULL;
	gboolean ok = clock_system_sleep_s(seconds, bounds, &failure);

	note("slept", start_us, g_get_monotonic_time() - start_us, asked_us(seconds), failure);
	if (failure)
		g_propagate_error(error, failure);
	return ok;
}

static const struct clock_source writing = {
	.monotonic_us = noted_monotonic_us,
	.unix_us = noted_unix_us,
	.sleep_s = noted_sleep_s,
};

static gboolean begin(struct session *session, const struct clock_source *source)
{
	g_assert(!atomic_load(&process_session));
	atomic_store(&process_session, session);
	clock_set_source(source);
	return TRUE;
}

gboolean recording_clock_write(const char *path, GError **error)
{
	struct session *session = session_new(path);

	session->file = fopen(path, "we");
	if (session->file)
		return begin(session, &writing);
	fail_file(session, error);
	session_free(session);
	return FALSE;
}

gboolean recording_clock_end(GError **error)
{
	struct session *session = atomic_load(&process_session);
	gboolean ok = TRUE;

	clock_set_source(NULL);
	atomic_store(&process_session, NULL);
	if (!session)
		return TRUE;
	if (session->file && (ferror(session->file) || fflush(session->file) != 0))
		ok = fail_file(session, error);
	session_free(session);
	return ok;
}

/* ---- playing back ---- */

/* The recorded answer to what is asked now; null when it was not asked at this place. */
static struct recording_entry *answer(struct thread_time *thread, const char *event, gint64 value)
{
	GList *link = thread->entries.head;

	while (link && ((struct recording_entry *)link->data)->ops < thread->ops) {
		entry_free(link->data);
		g_queue_delete_link(&thread->entries, link);
		link = thread->entries.head;
	}
	for (; link; link = link->next) {
		struct recording_entry *entry = link->data;
		if (entry->ops > thread->ops)
			return NULL;
		if (strcmp(entry->event, event) != 0 || (value >= 0 && entry->value != value))
			continue;
		g_queue_delete_link(&thread->entries, link);
		thread->now_us = MAX(thread->now_us, entry->start_us + entry->duration_us);
		return entry;
	}
	return NULL;
}

static gint64 given_monotonic_us(void)
{
	struct session *session = atomic_load(&process_session);
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&session->lock);
	struct thread_time *thread = own_time(session);
	struct recording_entry *entry = answer(thread, "now", -1);
	gint64 now_us = entry ? entry->start_us : thread->now_us;

	if (entry)
		entry_free(entry);
	return now_us;
}

static gint64 given_unix_us(void)
{
	struct session *session = atomic_load(&process_session);
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&session->lock);
	struct recording_entry *entry = answer(own_time(session), "date", -1);
	gint64 unix_us = entry ? entry->value : g_get_real_time();

	if (entry)
		entry_free(entry);
	return unix_us;
}

static gboolean given_sleep_s(double seconds, const struct bounds *bounds, GError **error)
{
	struct session *session = atomic_load(&process_session);
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&session->lock);
	struct thread_time *thread = own_time(session);
	struct recording_entry *entry = answer(thread, "slept", asked_us(seconds));
	gboolean ok = !entry || !entry->error;

	if (!entry)
		thread->now_us += (gint64)ceil(seconds / clock_scale() * 1e6);
	thread->timed_out =
		!ok && g_error_matches(entry->error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&entry->error));
	if (entry)
		entry_free(entry);
	return ok;
}

static gint64 given_deadline_us(void)
{
	struct session *session = atomic_load(&process_session);
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&session->lock);

	return own_time(session)->now_us + session->shift_us;
}

static gboolean given_passed(gint64 end_us)
{
	struct session *session = atomic_load(&process_session);
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&session->lock);
	const struct thread_time *thread = own_time(session);

	return thread->timed_out && thread->now_us + session->shift_us >= end_us;
}

static const struct clock_source replaying = {
	.monotonic_us = given_monotonic_us,
	.unix_us = given_unix_us,
	.sleep_s = given_sleep_s,
	.deadline_us = given_deadline_us,
	.passed = given_passed,
};

static gboolean is_answer(const struct recording_entry *entry)
{
	if (strcmp(entry->event, "date") == 0 || strcmp(entry->event, "slept") == 0)
		return entry->value >= 0 && entry->ops >= 0;
	return strcmp(entry->event, "now") == 0 && entry->ops >= 0;
}

/* Takes one line in; the first one tells when the recording began. */
static gboolean load_line(struct session *session, const char *line, GError **error)
{
	struct recording_entry entry;

	if (!recording_parse(line, strlen(line), &entry, error))
		return FALSE;
	if (!is_answer(&entry)) {
		recording_entry_clear(&entry);
		station_error_set(error, STATION_ERROR_STORAGE, "not of a clock");
		return FALSE;
	}
	if (!session->start_us) {
		session->start_us = entry.start_us;
		session->shift_us = g_get_monotonic_time() - entry.start_us;
	}
	struct thread_time *thread = thread_named(session, entry.link);
	g_queue_push_tail(&thread->entries, g_memdup2(&entry, sizeof entry));
	return TRUE;
}

static gboolean load(struct session *session, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) cause = NULL;

	if (!g_file_get_contents(session->path, &text, NULL, &cause)) {
		station_error_set(error, STATION_ERROR_STORAGE, "recording %s: %s", session->path,
		                  cause->message);
		return FALSE;
	}
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] && (lines[i][0] || lines[i + 1]); i++)
		if (!load_line(session, lines[i], error)) {
			g_prefix_error(error, "recording %s line %u: ", session->path, i + 1);
			return FALSE;
		}
	return TRUE;
}

gboolean recording_clock_replay(const char *path, GError **error)
{
	struct session *session = session_new(path);

	if (load(session, error))
		return begin(session, &replaying);
	session_free(session);
	return FALSE;
}

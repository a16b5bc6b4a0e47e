/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/watch.h"

#include "base/error.h"

#include <gio/gio.h>

/* Longer than a request to a fixture may take. */
#define LOOK_LIMIT_S 3.0

struct watch {
	struct fixture *fixture;
	int site;
	GCancellable *cancellable;
	GThread *thread;
	GMutex lock;
	GCond changed;
	gboolean stopping; /* under the lock, as what is below */
	GError *reason;    /* null: not tripped */
	gint64 seen_us;    /* when the lid was last looked at */
	gboolean empty;    /* when it was last looked at */
};

/* Under the lock. */
static void trip(struct watch *watch, enum station_error code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static void trip(struct watch *watch, enum station_error code, const char *format, ...)
{
	struct bounds bounds = {deadline_in_s(LOOK_LIMIT_S), NULL};
	g_autofree char *text = NULL;
	va_list args;

	if (watch->reason || g_cancellable_is_cancelled(watch->cancellable))
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	station_error_set(&watch->reason, code, "%s", text);
	/* the module's light first; all else is undone by the site's thread */
	fixture_safe(watch->fixture, &bounds, NULL);
	g_cancellable_cancel(watch->cancellable);
}

/* Under the lock. */
static void look(struct watch *watch)
{
	struct bounds bounds = {deadline_in_s(LOOK_LIMIT_S), NULL};
	gint64 now_us = g_get_monotonic_time();
	gboolean closed = FALSE, present = TRUE;
	g_autoptr(GError) error = NULL;

	if (!fixture_lid_closed(watch->fixture, &closed, &bounds, &error) ||
	    !fixture_module_present(watch->fixture, &present, &bounds, &error)) {
		if (now_us - watch->seen_us > (gint64)(WATCH_BLIND_S * 1e6))
			trip(watch, STATION_ERROR_FIXTURE,
			     "fixture of site %d: the lid cannot be watched, light is out; "
			     "reconnect the fixture: %s",
			     watch->site, error->message);
		return;
	}
	watch->seen_us = now_us;
	if (!closed)
		trip(watch, STATION_ERROR_REFUSED,
		     "the lid of site %d was opened during the test, light is out; close it",
		     watch->site);
	else if (!present && watch->empty)
		trip(watch, STATION_ERROR_ABSENT,
		     "the unit was pulled out of site %d during the test", watch->site);
	watch->empty = !present;
}

static gpointer watch_main(gpointer data)
{
	struct watch *watch = data;

	g_mutex_lock(&watch->lock);
	while (!watch->stopping && !watch->reason) {
		gint64 next_us = g_get_monotonic_time() + (gint64)(WATCH_LOOK_S * 1e6);

		look(watch);
		while (!watch->stopping &&
		       g_cond_wait_until(&watch->changed, &watch->lock, next_us))
			continue;
	}
	g_mutex_unlock(&watch->lock);
	return NULL;
}

struct watch *watch_start(struct fixture *fixture, int site, GCancellable *cancellable)
{
	struct watch *watch;

	if (fixture_is_taped(fixture) || !fixture_has_lid(fixture))
		return NULL;
	watch = g_new0(struct watch, 1);
	watch->fixture = fixture;
	watch->site = site;
	watch->cancellable = cancellable;
	g_mutex_init(&watch->lock);
	g_cond_init(&watch->changed);
	watch->seen_us = g_get_monotonic_time();
	watch_look(watch);
	watch->thread = g_thread_new("watch", watch_main, watch);
	return watch;
}

void watch_look(struct watch *watch)
{
	g_mutex_lock(&watch->lock);
	if (!watch->reason)
		look(watch);
	g_mutex_unlock(&watch->lock);
}

gboolean watch_tripped(struct watch *watch, GError **error)
{
	gboolean tripped = FALSE;

	if (!watch)
		return FALSE;
	g_mutex_lock(&watch->lock);
	tripped = watch->reason != NULL;
	if (tripped && error)
		g_propagate_error(error, g_error_copy(watch->reason));
	g_mutex_unlock(&watch->lock);
	return tripped;
}

void watch_stop(struct watch *watch)
{
	if (!watch)
		return;
	g_mutex_lock(&watch->lock);
	watch->stopping = TRUE;
	g_cond_signal(&watch->changed);
	g_mutex_unlock(&watch->lock);
	g_thread_join(watch->thread);
	g_clear_error(&watch->reason);
	g_cond_clear(&watch->changed);
	g_mutex_clear(&watch->lock);
	g_free(watch);
}

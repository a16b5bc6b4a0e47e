/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/links.h"

#include "base/clock.h"
#include "base/error.h"

/* What one attempt to connect may take: a host that is switched off does not even refuse. */
#define ATTEMPT_LIMIT_S 15.0

/* Somebody else has it, it is worn, or nobody wants it any more. */
static gboolean is_hopeless(const GError *error)
{
	static const enum station_error codes[] = {
		STATION_ERROR_REFUSED,  STATION_ERROR_CANCELLED,   STATION_ERROR_STORAGE,
		STATION_ERROR_INTERNAL, STATION_ERROR_UNSUPPORTED, STATION_ERROR_AUTHORITY,
	};

	for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
		if (g_error_matches(error, STATION_ERROR, (int)codes[i]))
			return TRUE;
	return FALSE;
}

static void tell(struct run *run, const char *what, const GError *cause)
{
	struct event event = event_make(EVENT_PROMPT, 0, NULL);
	g_autofree char *text =
		g_strdup_printf("%s is gone, reconnect it: %s", what, cause->message);

	event_set_text(&event, text);
	run_publish(run, &event);
}

gboolean links_retry(struct run *run, const char *what, links_attempt attempt, gpointer data,
                     const struct bounds *bounds, GError **error)
{
	gint64 start_us = g_get_monotonic_time();
	double pause_s = LINKS_FIRST_S;

	for (guint n = 0;; n++) {
		struct bounds once = bounds_within(bounds, ATTEMPT_LIMIT_S);
		GError *cause = NULL;
		g_autoptr(GError) over = NULL;

		if (attempt(data, &once, &cause))
			return TRUE;
		if (n == 0 && !is_hopeless(cause))
			tell(run, what, cause);
		if (is_hopeless(cause) || !clock_sleep_s(pause_s, bounds, &over)) {
			if (g_error_matches(over, STATION_ERROR, STATION_ERROR_CANCELLED))
				cause->code = STATION_ERROR_CANCELLED;
			if (n > 0)
				g_prefix_error(&cause, "waited %.0f s for %s: ",
				               (double)(g_get_monotonic_time() - start_us) * 1e-6,
				               what);
			g_propagate_error(error, cause);
			return FALSE;
		}
		pause_s = MIN(2 * pause_s, LINKS_LAST_S);
	}
}

struct one {
	struct pool *pool;
	const char *name;
};

static gboolean connect_one(gpointer data, const struct bounds *bounds, GError **error)
{
	struct one *one = data;
	struct instrument *instrument;

	/* another site may have got it back, and be using it */
	if (!pool_is_lost(one->pool, one->name))
		return TRUE;
	if (!pool_take(one->pool, &one->name, 1, &instrument, bounds, error))
		return FALSE;
	pool_give(one->pool, &one->name, 1, FALSE);
	return TRUE;
}

gboolean links_restore(struct run *run, const struct bounds *bounds, GError **error)
{
	guint needs = plan_needs(run->files->plan);

	for (guint i = 0; i < run->left->len; i++)
		needs |= ((struct undo_entry *)g_ptr_array_index(run->left, i))->needs;
	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		struct one one = {run->pool, run->site->uses[i]};

		if (!(needs & (1u << i)) || !one.name || !pool_is_lost(run->pool, one.name))
			continue;
		if (!links_retry(run, one.name, connect_one, &one, bounds, error))
			return FALSE;
	}
	return TRUE;
}

gboolean links_make_safe(struct run *run, GError **error)
{
	if (!run->left->len)
		return TRUE;
	while (run->left->len)
		g_ptr_array_insert(run->undo, 0,
		                   g_ptr_array_steal_index(run->left, run->left->len - 1));
	if (run_undo(run)) {
		run_record_add_note(run->record,
		                    "what the run before could not make safe is safe now");
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "what the run before could not make safe is not safe yet: %s",
	                  ((struct undo_entry *)g_ptr_array_index(run->left, 0))->name);
	return FALSE;
}

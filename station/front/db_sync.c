/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/db_command.h"
#include "station/front/stoppable.h"
#include "station/front/store_choice.h"

#include "base/clock.h"
#include "station/factory/sender.h"
#include "station/store/outbox.h"
#include "station/store/postgres.h"
#include "station/store/upkeep.h"

#include <stdio.h>

/* How many months ahead a line's database has partitions. */
enum { MONTHS_AHEAD = 13 };
#define MIGRATE_S 3600.0

/* --- sending ------------------------------------------------------------------------------------
 */

struct sync {
	const struct db_call *call;
	struct store *store;
	GCancellable *stop;
	int code;
	guint taken, refused;
	char *words; /* why the present sink takes nothing now; null: it does */
};

static const struct outbox_state *state_of(const GPtrArray *states, const char *sink)
{
	for (guint i = 0; states && i < states->len; i++) {
		const struct outbox_state *state = g_ptr_array_index(states, i);

		if (g_strcmp0(state->sink, sink) == 0)
			return state;
	}
	return NULL;
}

static gboolean make_due(struct sync *sync, const struct sink *sink, GError **error)
{
	guint n;

	if (sync->call->all && !outbox_add_all(sync->store, sink->name, &n, error))
		return FALSE;
	/* whoever calls by hand wants to know now, not when it would be its turn again */
	return outbox_retry(sync->store, sink->name, sync->call->retry, &n, error);
}

static guint waiting_of(struct sync *sync, const struct sink *sink)
{
	g_autoptr(GPtrArray) states = outbox_states(sync->store, NULL);
	const struct outbox_state *state = state_of(states, sink->name);

	return state ? state->waiting : 0;
}

/* Until nothing is due, it does not take any, or somebody stops it. */
static gboolean send_all(struct sync *sync, struct sink *sink, GError **error)
{
	guint total = waiting_of(sync, sink), done = 0;
	g_autofree char *what = g_strdup_printf("telling %s", sink->name);
	struct db_progress progress;
	struct store_progress told = db_progress_begin(&progress, what);

	while (!g_cancellable_is_cancelled(sync->stop) && !sync->words) {
		struct bounds bounds = {deadline_in_s(SENDER_LIMIT_S), sync->stop};
		struct sender_result result;

		if (!sender_step(sync->store, sink, clock_unix_us(), &bounds, &result, error))
			return FALSE;
		if (result.step == SENDER_NOTHING)
			return TRUE;
		sync->taken += result.step == SENDER_TAKEN;
		sync->refused += result.step == SENDER_REFUSED;
		if (result.step == SENDER_REFUSED)
			fprintf(stderr, "station: %s refused: %s\n", sink->name, result.words);
		if (result.step == SENDER_PUT_OFF)
			sync->words = g_steal_pointer(&result.words);
		g_free(result.words);
		done++;
		told.tell(done, MAX(total, done), told.data);
	}
	return TRUE;
}

static void tell_state(const struct sync *sync, const struct sink *sink,
                       const struct outbox_state *state)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	if (!sync->call->json) {
		printf("%s: %u sent, %u wait, %u refused%s%s\n", sink->name, sync->taken,
		       state ? state->waiting : 0, state ? state->refused : 0,
		       sync->words ? ": " : "", sync->words ? sync->words : "");
		return;
	}
	json_builder_begin_object(json);
	db_json_text(json, "sink", sink->name);
	db_json_int(json, "sent", sync->taken);
	db_json_int(json, "waiting", state ? state->waiting : 0);
	db_json_int(json, "refused", state ? state->refused : 0);
	db_json_text(json, "words", sync->words ? sync->words : state ? state->words : NULL);
	json_builder_end_object(json);
	db_json_print(json);
}

static int sync_one(struct sync *sync, struct sink *sink)
{
	g_autoptr(GPtrArray) states = NULL;
	const struct outbox_state *state;
	GError *error = NULL;

	sync->taken = sync->refused = 0;
	g_clear_pointer(&sync->words, g_free);
	if (!make_due(sync, sink, &error) || !send_all(sync, sink, &error))
		return front_fail(error);
	states = outbox_states(sync->store, &error);
	if (!states)
		return front_fail(error);
	state = state_of(states, sink->name);
	tell_state(sync, sink, state);
	if (state && state->refused)
		return EXIT_CODE_STORAGE;
	return state && state->waiting ? EXIT_CODE_AGAIN : EXIT_CODE_OK;
}

static void sync_all(gpointer data)
{
	struct sync *sync = data;
	const struct config *config = sync->call->config;

	for (guint i = 0; i < config->sinks->len; i++) {
		struct sink *sink = g_ptr_array_index(config->sinks, i);
		int code = EXIT_CODE_OK;

		if (g_cancellable_is_cancelled(sync->stop))
			return;
		if (!sync->call->file || g_strcmp0(sync->call->file, sink->name) == 0)
			code = sync_one(sync, sink);
		/* what was refused needs somebody, what waits only time */
		if (code && sync->code != EXIT_CODE_STORAGE)
			sync->code = code;
	}
}

int db_sync(const struct db_call *call)
{
	g_autoptr(GCancellable) stop = g_cancellable_new();
	struct sync sync = {.call = call, .stop = stop};
	GError *error = NULL;
	g_autoptr(store) store = NULL;
	int number;

	if (call->file && !store_choice_sink(call->config, call->file, &error))
		return front_fail(error);
	store = store_open(call->config->store_path, &error);
	if (!store)
		return front_fail(error);
	sync.store = store;
	number = stoppable_run("sync", sync_all, &sync, stop,
	                       "station: stopping; what is left is sent later\n");
	g_free(sync.words);
	return number ? EXIT_CODE_SIGNAL + number : sync.code;
}

/* --- the line's database ------------------------------------------------------------------------
 */

int db_migrate_line(const struct db_call *call)
{
	struct bounds bounds = {deadline_in_s(MIGRATE_S), NULL};
	GError *error = NULL;
	const char *target = store_choice_target(call->config, call->sink, &error);
	g_autofree char *as_owner =
		target && call->connect ? g_strdup(call->connect) : g_strdup(target);
	g_autoptr(postgres) postgres = as_owner ? postgres_open(as_owner, &bounds, &error) : NULL;
	struct postgres_status status = {0};
	int from, to;

	if (!postgres || !postgres_migrate(postgres, MONTHS_AHEAD, &from, &to, &bounds, &error) ||
	    !postgres_status(postgres, &status, &bounds, &error))
		return front_fail(error);
	if (from == to)
		printf("%s: schema %d is the present one\n", status.place, to);
	else
		printf("%s: from schema %d to %d\n", status.place, from, to);
	printf("%" G_GINT64_FORMAT " runs in %u months, the last of which is %s; %" G_GINT64_FORMAT
	       " of a month without a partition\n",
	       status.runs, status.months, status.last_month ? status.last_month : "none",
	       status.outside);
	postgres_status_clear(&status);
	return EXIT_CODE_OK;
}

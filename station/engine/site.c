/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/site.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/engine/admit.h"
#include "station/engine/attend.h"
#include "station/engine/links.h"
#include "station/engine/presence.h"
#include "station/engine/recover.h"

#include <string.h>

#define FIXTURE_LIMIT_S 10.0
#define LOAD_LIMIT_S    60.0
#define PRESENT_POLL_S  0.2

struct site {
	const struct site_shared *shared;
	const struct config_site *config;
	GThread *thread;
	GMutex lock;
	GCond changed;
	GQueue requests;           /* struct unit_request, under the lock */
	struct safe_request *safe; /* under the lock; null: nobody asks */
	GCancellable *running;     /* of the present run, under the lock; null between runs */
	gboolean stopping;         /* under the lock */
	struct presence presence;  /* under the lock */
	struct question *question;
	struct eye_slot eye;
	struct fixture *fixture; /* the thread's own from here */
	struct module *module;
	GPtrArray *products;     /* struct product_files that were used */
	GPtrArray *left;         /* struct undo_entry that failed in the run before */
	struct open_run *rested; /* the files of the run before, for the next; null: none */
	gboolean doubted; /* the last run was an ERROR: whatever it was, the fixture is opened anew
	                   */
	gboolean had_fixture; /* it was open before: then it is waited for */
	gboolean occupied;    /* by a unit that has been run and that no loader took out */
};

/* Of site_make_safe, on the stack of who waits for it. */
struct safe_request {
	const char *inside;
	GError *error;
	gboolean done;
};

/* --- the unit in and out -------------------------------------------------------------------- */

static gboolean open_fixture(gpointer data, const struct bounds *bounds, GError **error)
{
	struct site *site = data;
	struct bounds within = bounds_within(bounds, FIXTURE_LIMIT_S);

	if (site->fixture)
		return TRUE;
	if (!exclusive_take_fixture(pool_exclusive(site->shared->pool), site->config->site,
	                            site->config->fixture, error))
		return FALSE;
	site->fixture = fixture_open(site->config->fixture, &within, error);
	if (site->fixture)
		site->module = module_new(site->fixture);
	site->had_fixture = site->had_fixture || site->fixture;
	return site->fixture != NULL;
}

static void close_fixture(struct site *site)
{
	attend_show(site->fixture, ATTEND_IDLE);
	g_clear_pointer(&site->module, module_free);
	g_clear_pointer(&site->fixture, fixture_close);
}

/* A fixture that was there and is not any more is waited for. */
static gboolean get_fixture(struct site *site, struct run *run, const struct bounds *bounds,
                            GError **error)
{
	g_autofree char *what = g_strdup_printf("fixture of site %d", site->config->site);
	gboolean ok = site->had_fixture ? links_retry(run, what, open_fixture, site, bounds, error)
	                                : open_fixture(site, bounds, error);

	if (!ok)
		g_prefix_error(error, "%s: ", what);
	run->fixture = site->fixture;
	run->module = site->module;
	return ok;
}

/*
 * The links that the run before lost, and what it left: nothing of the unit is touched before they
 * are whole. What does not come back will not for the next unit either.
 */
static gboolean make_whole(struct site *site, struct run *run, GError **error)
{
	struct bounds bounds = {deadline_in_s(site->shared->config->reconnect_limit_s),
	                        run->cancellable};
	struct event event = event_make(EVENT_SITE_DOWN, 0, NULL);
	gboolean lost = site->left->len > 0 || site->doubted;
	GError *cause = NULL;

	if (site->doubted)
		close_fixture(site);
	site->doubted = FALSE;
	if (!links_restore(run, &bounds, &cause))
		lost = TRUE;
	else if (get_fixture(site, run, &bounds, &cause) && links_make_safe(run, &cause))
		return TRUE;
	if (lost && !g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED)) {
		g_prefix_error(&cause, "the unit was not begun: ");
		event_set_text(&event, cause->message);
		run_publish(run, &event);
	}
	g_propagate_error(error, cause);
	return FALSE;
}

static gboolean wait_until(struct run *run, gboolean wanted, const char *what,
                           const struct bounds *bounds, GError **error)
{
	struct event event = event_make(EVENT_UNIT_WAIT, 0, NULL);

	event_set_text(&event, what);
	run_publish(run, &event);
	return attend_wait(run, fixture_module_present, wanted, what, PRESENT_POLL_S, bounds,
	                   error);
}

/* Where people load, the unit before must have been taken out: it would be taken for this one. */
static gboolean wait_present(struct site *site, struct run *run, const struct bounds *bounds,
                             GError **error)
{
	g_autofree char *insert = g_strdup_printf("insert %s", run->request->serial);

	if (site->occupied && !wait_until(run, FALSE, "take the tested unit out", bounds, error))
		return FALSE;
	site->occupied = FALSE;
	return wait_until(run, TRUE, insert, bounds, error);
}

static gboolean load_unit(struct site *site, struct run *run, GError **error)
{
	struct bounds bounds = {deadline_in_s(site->shared->config->insert_limit_s),
	                        run->cancellable};
	struct bounds load = bounds_within(&bounds, LOAD_LIMIT_S);

	module_set_quirks(site->module, site->shared->config->quirks, run->request->part_number);
	if (site->config->loader &&
	    !loader_run(site->config, "load", run->request->serial, &load, error))
		return FALSE;
	return wait_present(site, run, &bounds, error) && attend_ready(run, &bounds, error);
}

static void unload_unit(struct site *site, struct run *run)
{
	site->occupied = !site->config->loader;
	struct bounds bounds = {deadline_in_s(LOAD_LIMIT_S), NULL};
	g_autoptr(GError) error = NULL;

	if (site->config->loader &&
	    !loader_run(site->config, "unload", run->request->serial, &bounds, &error))
		run_record_add_note(run->record, "%s", error->message);
}

/* --- what an earlier start left ------------------------------------------------------------- */

static void answer_safe(struct site *site, struct safe_request *request)
{
	struct bounds bounds = {deadline_in_s(FIXTURE_LIMIT_S), NULL};
	GError **error = &request->error;
	struct undo_entry *entry;

	site->had_fixture = TRUE; /* or the run would not have been */
	site->occupied = request->inside && !site->config->loader;
	if (open_fixture(site, &bounds, error))
		fixture_safe(site->fixture, &bounds, error);
	if (*error) {
		close_fixture(site);
		g_prefix_error(error, "fixture of site %d: ", site->config->site);
	}
	entry = recover_undo(site->shared->pool, site->config, error);
	if (entry)
		g_ptr_array_add(site->left, entry);
	else if (request->inside)
		recover_take_out(site->config, site->fixture, request->inside, error);
}

/* --- the end ------------------------------------------------------------------------------ */

/* A run that could not begin: the station's fault, or an abort, in one line. */
static void end_without_steps(struct run_record *record, const GError *error)
{
	gboolean aborted = g_error_matches(error, STATION_ERROR, STATION_ERROR_CANCELLED);

	record->verdict = aborted ? VERDICT_ABORTED : VERDICT_ERROR;
	record->reason = g_strdup(error->message);
	record->first_failing_step = g_strdup("load");
	record->end_us = clock_unix_us();
}

/* The verdict is shown only when it is on disk. */
static void finish(struct site *site, struct run *run)
{
	const struct run_record *record = run->record;
	struct event event = event_make(EVENT_RUN_END, 0, NULL);
	g_autoptr(GError) error = NULL;

	event.verdict = record->verdict;
	event.marginal = record->marginal;
	event.seconds = (double)(record->end_us - record->start_us) * 1e-6;
	event_set_text(&event, record->reason ? record->reason : "");
	g_strlcpy(event.name, record->first_failing_step ? record->first_failing_step : "",
	          sizeof event.name);
	gboolean kept = FALSE, stored = store_save_run_now(site->shared->store, record);
	/* kept only while the store does not take it at once */
	if (!stored) {
		kept = run->open && open_run_put(run->open, record, NULL);
		stored = store_save_run(site->shared->store, record, &error);
	}
	if (stored) {
		open_run_stored(g_steal_pointer(&run->open), run->rested);
	} else {
		event = event_make(EVENT_RUN_LOST, 0, NULL);
		if (kept)
			g_prefix_error(&error, "kept for the next start: ");
		event_set_text(&event, error->message);
	}
	run_does(run, USAGE_IDLE);
	run_publish(run, &event);
	attend_show(site->fixture, stored ? attend_state_of(record->verdict) : ATTEND_UNKNOWN);
}

/* --- one run -------------------------------------------------------------------------------- */

static void publish_run_start(struct run *run)
{
	struct event event = event_make(EVENT_RUN_START, 0, NULL);

	event.done = run->request->number;
	event.total = run->request->of;
	run_does(run, USAGE_LOADING);
	run_publish(run, &event);
}

/* From the first thing that is switched on to the last that is switched off. */
static void run_watched(struct run *run)
{
	attend_show(run->fixture, ATTEND_RUNNING);
	run->watch = watch_start(run->fixture, run->site->site, run->cancellable);
	run_plan(run);
	watch_stop(g_steal_pointer(&run->watch));
}

static void run_unit(struct site *site, struct unit_request *request, GCancellable *cancellable)
{
	struct run run = {
		.config = site->shared->config,
		.site = site->config,
		.request = request,
		.pool = site->shared->pool,
		.bus = site->shared->bus,
		.cancellable = cancellable,
		.question = site->question,
		.eye = &site->eye,
		.workers = site->shared->workers,
		.order = site->shared->config->order,
	};
	g_autoptr(run_record) record = run_record_new();
	g_autoptr(GPtrArray) undo = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	gboolean whole;

	run.record = record;
	run.undo = undo;
	run.left = site->left;
	run.rested = &site->rested;
	run.files =
		product_files_for(site->products, config_product(run.config, request->part_number),
	                          site->shared->steps, &error);
	enum admission admission = admit_unit(&run, site->shared->store, &error);
	if (admission == ADMIT_NO)
		return;
	run_begin_record(&run);
	recover_keep(&run);
	publish_run_start(&run);
	whole = run.files && admission == ADMIT_YES && store_check(site->shared->store, &error) &&
	        make_whole(site, &run, &error);
	if (whole && run_journal_open(&run, cancellable, &error) && load_unit(site, &run, &error)) {
		module_set_journal(run.module, run.journal);
		run_watched(&run);
	} else {
		end_without_steps(record, error);
	}
	run_journal_close(&run);
	if (whole)
		unload_unit(site, &run);
	site->doubted = record->verdict >= VERDICT_ERROR;
	finish(site, &run);
	open_run_free(run.open);
}

/* --- between runs --------------------------------------------------------------------------- */

/* The outputs of one that does not answer are its own matter. */
static void drop_fixture(struct site *site)
{
	g_clear_pointer(&site->module, module_free);
	g_clear_pointer(&site->fixture, fixture_close);
}

static gboolean is_present(struct site *site, gboolean *present, const struct bounds *bounds,
                           GError **error)
{
	if (!open_fixture(site, bounds, error))
		return FALSE;
	if (fixture_module_present(site->fixture, present, bounds, error))
		return TRUE;
	if (!g_error_matches(*error, STATION_ERROR, STATION_ERROR_CANCELLED))
		drop_fixture(site);
	return FALSE;
}

/* Under the lock, which is not held during the look; a unit or the end cancels it. */
static void look_for_unit(struct site *site)
{
	g_autoptr(GCancellable) look = presence_begin(&site->presence);
	struct bounds bounds = {deadline_in_s(FIXTURE_LIMIT_S), look};
	gboolean present = FALSE;
	GError *error = NULL;

	g_mutex_unlock(&site->lock);
	is_present(site, &present, &bounds, &error);
	/* what is tested next is another one */
	site->occupied = site->occupied && (error || present);
	g_mutex_lock(&site->lock);
	presence_end(&site->presence, present, error, site->shared->bus, site->config->site);
	g_clear_error(&error);
}

/* Under the lock: until there is something to be done, or a look is due. */
static void be_idle(struct site *site)
{
	gint64 next_us = presence_next_us(&site->presence, site->config);

	if (next_us == PRESENCE_NEVER)
		g_cond_wait(&site->changed, &site->lock);
	else if (next_us > g_get_monotonic_time())
		g_cond_wait_until(&site->changed, &site->lock, next_us);
	else
		look_for_unit(site);
}

static gpointer site_main(gpointer data)
{
	struct site *site = data;

	g_mutex_lock(&site->lock);
	while (!site->stopping) {
		if (site->safe && !site->safe->done) {
			struct safe_request *safe = site->safe;

			g_mutex_unlock(&site->lock);
			answer_safe(site, safe);
			g_mutex_lock(&site->lock);
			safe->done = TRUE;
			g_cond_broadcast(&site->changed);
			continue;
		}
		struct unit_request *request = g_queue_pop_head(&site->requests);
		GPollFD kept;

		if (!request) {
			be_idle(site);
			continue;
		}
		GCancellable *cancellable = g_cancellable_new();
		site->running = cancellable;
		g_mutex_unlock(&site->lock);
		/* every wait polls its descriptor, and would make one if nobody had it */
		gboolean keeps = g_cancellable_make_pollfd(cancellable, &kept);
		run_unit(site, request, cancellable);
		unit_request_free(request);
		g_mutex_lock(&site->lock);
		site->running = NULL;
		if (keeps)
			g_cancellable_release_fd(cancellable);
		g_object_unref(cancellable);
	}
	g_mutex_unlock(&site->lock);
	close_fixture(site);
	open_run_free(site->rested);
	g_ptr_array_set_free_func(site->left, (GDestroyNotify)undo_entry_free);
	g_ptr_array_unref(site->left);
	return NULL;
}

/* --- from other threads -------------------------------------------------------------------- */

struct site *site_start(const struct site_shared *shared, const struct config_site *config)
{
	struct site *site = g_new0(struct site, 1);
	g_autofree char *name = g_strdup_printf("site-%d", config->site);

	site->shared = shared;
	site->config = config;
	g_mutex_init(&site->lock);
	g_cond_init(&site->changed);
	g_queue_init(&site->requests);
	site->question = question_new();
	g_mutex_init(&site->eye.lock);
	site->left = g_ptr_array_new();
	site->products = g_ptr_array_new_with_free_func((GDestroyNotify)product_files_free);
	site->thread = g_thread_new(name, site_main, site);
	return site;
}

int site_number(const struct site *site)
{
	return site->config->site;
}

gboolean site_make_safe(struct site *site, const char *inside, GError **error)
{
	struct safe_request request = {.inside = inside};

	g_mutex_lock(&site->lock);
	site->safe = &request;
	g_cond_broadcast(&site->changed);
	while (!request.done)
		g_cond_wait(&site->changed, &site->lock);
	site->safe = NULL;
	g_mutex_unlock(&site->lock);
	if (request.error)
		g_propagate_error(error, request.error);
	return !request.error;
}

void site_queue(struct site *site, struct unit_request *request)
{
	g_mutex_lock(&site->lock);
	g_queue_push_tail(&site->requests, request);
	presence_hurry(&site->presence);
	g_cond_broadcast(&site->changed);
	g_mutex_unlock(&site->lock);
}

void site_watch_presence(struct site *site, gboolean on)
{
	g_mutex_lock(&site->lock);
	presence_watch(&site->presence, on);
	g_cond_signal(&site->changed);
	g_mutex_unlock(&site->lock);
}

struct question *site_question(struct site *site)
{
	return site->question;
}

const struct live_eye *site_eye(struct site *site)
{
	return eye_slot_get(&site->eye);
}

guint site_abort(struct site *site)
{
	g_autoptr(GCancellable) running = NULL;
	guint dropped;

	g_mutex_lock(&site->lock);
	dropped = g_queue_get_length(&site->requests);
	g_queue_clear_full(&site->requests, (GDestroyNotify)unit_request_free);
	if (site->running)
		running = g_object_ref(site->running);
	g_mutex_unlock(&site->lock);
	/* outside the lock: cancelling calls back into whoever waits */
	if (running)
		g_cancellable_cancel(running);
	return dropped;
}

void site_stop(struct site *site)
{
	g_mutex_lock(&site->lock);
	site->stopping = TRUE;
	presence_hurry(&site->presence);
	g_cond_broadcast(&site->changed);
	g_mutex_unlock(&site->lock);
	site_abort(site);
	g_thread_join(site->thread);
	g_ptr_array_unref(site->products);
	question_free(site->question);
	eye_slot_clear(&site->eye);
	g_cond_clear(&site->changed);
	g_mutex_clear(&site->lock);
	g_free(site);
}

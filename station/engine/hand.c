/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/hand_struct.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/engine/guard.h"
#include "station/store/touch.h"

#include <math.h>
#include <string.h>

#define FIXTURE_LIMIT_S 10.0
#define LOOK_LIMIT_S    60.0
/* As the step "power-up" has it. */
#define SUPPLY_V 3.3

/* --- begin and end -------------------------------------------------------------------------- */

void hand_begin_unit(struct hand *hand, const char *serial, const char *part_number)
{
	struct run *run = &hand->run;

	run_journal_close(run);
	record_text(&hand->request.serial, serial);
	record_text(&hand->request.part_number, part_number);
	run_record_free(run->record);
	run->record = run_record_new();
	record_text(&run->record->station_id, hand->world.config->station_id);
	record_text(&run->record->station_version, STATION_VERSION);
	record_text(&run->record->serial, serial);
	record_text(&run->record->part_number, part_number);
	record_text(&run->record->operator_name, hand->request.operator_name);
	run->record->site = hand->site->site;
}

struct hand *hand_new(const struct hand_world *world, const struct config_site *site)
{
	struct hand *hand = g_new0(struct hand, 1);
	struct run *run = &hand->run;

	hand->world = *world;
	hand->site = site;
	hand->corner = (struct plan_corner){g_strdup("by hand"), NAN, SUPPLY_V};
	hand->products = g_ptr_array_new_with_free_func((GDestroyNotify)product_files_free);
	hand->request.lot = g_strdup("");
	hand->request.lot_sha256 = g_strdup("");
	hand->request.operator_name = g_strdup(world->who ? world->who : "");
	run->config = world->config;
	run->site = site;
	run->request = &hand->request;
	run->pool = hand_pool_new(hand);
	run->bus = event_bus_new();
	run->undo = g_ptr_array_new();
	run->left = g_ptr_array_new();
	hand_begin_unit(hand, "", "");
	return hand;
}

static void free_entries(GPtrArray *entries)
{
	g_ptr_array_set_free_func(entries, (GDestroyNotify)undo_entry_free);
	g_ptr_array_unref(entries);
}

static void clear_request(struct unit_request *request)
{
	g_free(request->serial);
	g_free(request->part_number);
	g_free(request->lot);
	g_free(request->lot_sha256);
	g_free(request->operator_name);
}

static void close_fixture(struct hand *hand)
{
	hand->is_up = FALSE;
	g_clear_pointer(&hand->run.module, module_free);
	g_clear_pointer(&hand->run.fixture, fixture_close);
}

void hand_free(struct hand *hand, GPtrArray *notes)
{
	GError *error = NULL;

	if (!hand)
		return;
	if (!hand_undo(hand, &error) && notes)
		g_ptr_array_add(notes, g_strdup(error->message));
	g_clear_error(&error);
	run_journal_close(&hand->run);
	close_fixture(hand);
	guard_end(hand->guard);
	free_entries(hand->run.undo);
	free_entries(hand->run.left);
	pool_free(hand->run.pool);
	event_bus_free(hand->run.bus);
	run_record_free(hand->run.record);
	g_ptr_array_unref(hand->products);
	clear_request(&hand->request);
	g_free(hand->corner.name);
	g_free(hand);
}

/* --- what is there -------------------------------------------------------------------------- */

const struct config *hand_config(const struct hand *hand)
{
	return hand->world.config;
}

const struct config_site *hand_site(const struct hand *hand)
{
	return hand->site;
}

/* A fixture whose connection was lost has put the module in reset meanwhile. */
gboolean hand_is_up(const struct hand *hand)
{
	return hand->is_up && module_kind(hand->run.module) != MODULE_UNKNOWN;
}

struct module *hand_module(struct hand *hand)
{
	return hand_is_up(hand) ? hand->run.module : NULL;
}

const struct config_product *hand_product(const struct hand *hand)
{
	return hand->run.files ? hand->run.files->product : NULL;
}

const struct plan *hand_plan(const struct hand *hand)
{
	return hand->run.files ? hand->run.files->plan : NULL;
}

const struct knob_map *hand_knobs(const struct hand *hand)
{
	return hand->run.files ? hand->run.files->knobs : NULL;
}

const char *hand_serial(const struct hand *hand)
{
	return hand->request.serial;
}

/* What the record says of product and files is known later than the unit. */
static void describe(struct hand *hand)
{
	if (hand->run.files && !*hand->run.record->product)
		run_begin_record(&hand->run);
}

struct run_record *hand_record(struct hand *hand)
{
	describe(hand);
	return hand->run.record;
}

struct event_queue *hand_events(struct hand *hand, guint capacity)
{
	return event_queue_new(hand->run.bus, capacity);
}

void hand_set_corner(struct hand *hand, const char *name, double case_degc, double supply_v)
{
	g_free(hand->corner.name);
	hand->corner = (struct plan_corner){g_strdup(name), case_degc, supply_v};
}

const struct plan_corner *hand_corner(const struct hand *hand)
{
	return &hand->corner;
}

void hand_set_who(struct hand *hand, const char *who)
{
	record_text(&hand->request.operator_name, who ? who : "");
	record_text(&hand->run.record->operator_name, hand->request.operator_name);
}

/* --- deeds ---------------------------------------------------------------------------------- */

static gboolean open_fixture(struct hand *hand, GCancellable *stop, GError **error)
{
	const struct bounds bounds = {deadline_in_s(FIXTURE_LIMIT_S), stop};
	const struct config_site *site = hand->site;
	struct run *run = &hand->run;

	if (run->fixture)
		return TRUE;
	if (exclusive_take_fixture(pool_exclusive(run->pool), site->site, site->fixture, error))
		run->fixture = fixture_open(site->fixture, &bounds, error);
	if (!run->fixture) {
		g_prefix_error(error, "fixture of site %d: ", site->site);
		return FALSE;
	}
	run->module = module_new(run->fixture);
	module_set_quirks(run->module, run->config->quirks, NULL);
	return TRUE;
}

/* What is said when something is not there is what makes it be there. */
static gboolean want(struct hand *hand, guint wants, GCancellable *stop, GError **error)
{
	if ((wants & HAND_UNIT) && !hand_is_up(hand)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "no module is up at site %d: \"module up\" brings it up",
		                  hand->site->site);
		return FALSE;
	}
	if ((wants & HAND_PRODUCT) && !hand->run.files) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "which product it is is not known: \"module up\" asks the "
		                  "module, "
		                  "\"site product PART-NUMBER\" says it");
		return FALSE;
	}
	return !(wants & (HAND_FIXTURE | HAND_UNIT)) || open_fixture(hand, stop, error);
}

static struct record_step *begin_step(struct hand *hand, const char *what, int lane)
{
	struct record_step *step = run_record_add_step(hand->run.record);

	record_text(&step->name, what);
	record_text(&step->kind, "by-hand");
	record_text(&step->group, "by hand");
	record_text(&step->corner, hand->corner.name);
	step->lane = lane;
	step->attempt = 1;
	step->start_us = clock_unix_us();
	return step;
}

static void end_step(struct record_step *step, gint64 start_us, const GError *error)
{
	step->duration_s = (double)(g_get_monotonic_time() - start_us) * 1e-6;
	step->verdict = error ? VERDICT_ERROR : VERDICT_NONE;
	if (error)
		step->reason = g_strdup(error->message);
}

static gboolean mark(struct hand *hand, const char *what, GError **error)
{
	const struct store_touch mark = {
		.serial = hand->request.serial,
		.station = hand->world.config->station_id,
		.who = hand->request.operator_name,
		.what = (char *)what,
		.time_us = clock_unix_us(),
	};

	return store_touch(hand->world.store, &mark, error);
}

/*
 * From now on it is known that somebody's hands were on this unit, and all that is written to it is
 * told its journal. A unit that has not said who it is waits for that.
 */
gboolean hand_touch(struct hand *hand, const char *what, GCancellable *stop, GError **error)
{
	const struct bounds bounds = {deadline_in_s(LOOK_LIMIT_S), stop};
	struct run *run = &hand->run;

	if (!hand->world.store || run->journal || *hand->request.serial == '\0')
		return TRUE;
	if (!mark(hand, what, error) || !run_journal_open(run, NULL, error))
		return FALSE;
	if (!hand_is_up(hand))
		return TRUE;
	module_set_journal(run->module, run->journal);
	return module_tell_found(run->module, &bounds, error);
}

gboolean hand_take(struct step_context *ctx, guint needs, GError **error)
{
	guint missing = needs & ~ctx->needs;
	struct step_context one = *ctx;

	if (!missing)
		return TRUE;
	if (!run_take(&one, missing, error))
		return FALSE;
	memcpy(ctx->instruments, one.instruments, sizeof ctx->instruments);
	ctx->needs |= missing;
	return TRUE;
}

/* From here to unwatch the run can be cancelled, and is by an open lid. */
static void watch(struct hand *hand, GCancellable *stop)
{
	hand->run.cancellable = stop ? g_object_ref(stop) : g_cancellable_new();
	if (hand->is_up)
		hand->run.watch =
			watch_start(hand->run.fixture, hand->site->site, hand->run.cancellable);
}

static void unwatch(struct hand *hand)
{
	g_clear_pointer(&hand->run.watch, watch_stop);
	g_clear_object(&hand->run.cancellable);
}

static gboolean do_work(struct hand *hand, const struct hand_work *work, hand_deed deed,
                        gpointer data, GError **error)
{
	const struct plan_item item = {.name = (char *)work->what};
	struct record_step *step = begin_step(hand, work->what, work->lane);
	gint64 start_us = g_get_monotonic_time();
	struct step_context ctx = {
		.run = &hand->run,
		.item = &item,
		.corner = &hand->corner,
		.lane = work->lane,
		.step_index = hand->run.record->steps->len - 1,
		.bounds = {deadline_in_s(work->limit_s > 0 ? work->limit_s : HAND_LIMIT_S),
	                   hand->run.cancellable},
	};
	GError *cause = NULL;
	gboolean ok = run_call(&ctx, work->needs, deed, data, &cause);

	end_step(step, start_us, cause);
	if (cause)
		g_propagate_error(error, cause);
	return ok;
}

gboolean hand_do(struct hand *hand, const struct hand_work *work, hand_deed deed, gpointer data,
                 GCancellable *stop, GError **error)
{
	gboolean ok;

	clock_set_scale(hand->world.config->time_scale);
	hand_guard(hand);
	if (!want(hand, work->wants, stop, error) ||
	    ((work->wants & HAND_TOUCH) && !hand_touch(hand, work->what, stop, error)))
		return FALSE;
	watch(hand, stop);
	ok = do_work(hand, work, deed, data, error);
	unwatch(hand);
	return ok;
}

/* What was done before of the same name, lane and corner counts no more; the how-manieth time it
 * is.
 */
static int supersede(struct run_record *record, const struct plan_action *action)
{
	int attempt = 1;

	for (guint i = 0; i < record->steps->len; i++) {
		struct record_step *step = g_ptr_array_index(record->steps, i);

		if (strcmp(step->name, action->item->name) != 0 ||
		    strcmp(step->kind, action->item->def->name) != 0 ||
		    strcmp(step->corner, action->corner->name) != 0 || step->lane != action->lane)
			continue;
		step->superseded = TRUE;
		attempt = step->attempt + 1;
	}
	return attempt;
}

/* A plan begins with a module that is off; but whose record it is has to be known. */
static gboolean know_unit(struct hand *hand, GError **error)
{
	if (!hand_is_up(hand) && !*hand->request.serial) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "which unit it is is not known: \"module up\" asks it, \"site "
		                  "load SERIAL\" says it");
		return FALSE;
	}
	if (!*hand->request.part_number)
		record_text(&hand->request.part_number, hand->run.files->product->part_number);
	return TRUE;
}

gboolean hand_action(struct hand *hand, const struct plan_action *action, GCancellable *stop,
                     GError **error)
{
	clock_set_scale(hand->world.config->time_scale);
	hand_guard(hand);
	if (!want(hand, HAND_FIXTURE | HAND_PRODUCT, stop, error) || !know_unit(hand, error) ||
	    !hand_touch(hand, action->item->name, stop, error))
		return FALSE;
	describe(hand);
	if (action->item->file)
		run_record_add_file(hand->run.record, "script", action->item->file->path,
		                    action->item->file->sha256);
	watch(hand, stop);
	run_attempt(&hand->run, action, supersede(hand->run.record, action));
	unwatch(hand);
	/* a plan's own way up is one too */
	hand->is_up = hand->is_up || module_kind(hand->run.module) != MODULE_UNKNOWN;
	return TRUE;
}

/* --- undo ----------------------------------------------------------------------------------- */

GPtrArray *hand_undo_names(const struct hand *hand)
{
	GPtrArray *names = g_ptr_array_new();
	const GPtrArray *lists[] = {hand->run.undo, hand->run.left};

	for (guint k = 0; k < G_N_ELEMENTS(lists); k++)
		for (guint i = lists[k]->len; i-- > 0;)
			g_ptr_array_add(names, ((struct undo_entry *)g_ptr_array_index(lists[k], i))
			                               ->name);
	return names;
}

/* What failed before is tried again first of all. */
static void take_left(struct run *run)
{
	while (run->left->len)
		g_ptr_array_add(run->undo, g_ptr_array_steal_index(run->left, 0));
}

gboolean hand_undo(struct hand *hand, GError **error)
{
	guint first = hand->run.record->notes->len;

	take_left(&hand->run);
	hand->is_up = FALSE;
	if (run_undo(&hand->run))
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT, "%s",
	                  (const char *)g_ptr_array_index(hand->run.record->notes, first));
	return FALSE;
}

gboolean hand_release(struct hand *hand, GError **error)
{
	if (!hand_undo(hand, error))
		return FALSE;
	hand->given = hand->chosen = FALSE;
	hand_begin_unit(hand, "", "");
	close_fixture(hand);
	pool_free(hand->run.pool);
	hand->run.pool = hand_pool_new(hand);
	return TRUE;
}

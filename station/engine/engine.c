/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/engine.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/address.h"
#include "station/engine/guard.h"
#include "station/engine/recover.h"
#include "station/engine/workers.h"

#include <string.h>

#define PREPARE_LIMIT_S 30.0

struct engine {
	struct site_shared shared;
	GPtrArray *sites;  /* struct site */
	GError *refusal;   /* of engine_is_ready; null: none */
	gboolean is_owner; /* of instruments and fixtures */
};

/* The first step of the plan that measures through the fibre; null when none does. */
static const struct step_def *fibre_step(const struct plan *plan)
{
	g_autoptr(GArray) actions = plan_unroll(plan, 1);

	for (guint i = 0; i < actions->len; i++) {
		const struct step_def *def =
			g_array_index(actions, struct plan_action, i).item->def;
		if (def->needs_fibre)
			return def;
	}
	return NULL;
}

static gboolean check_fibre(const struct config *config, const struct config_site *site,
                            const struct product_files *files, GError **error)
{
	const struct step_def *def = fibre_step(files->plan);

	if (!files->type->tdecq_by_fibre)
		return TRUE;
	for (guint lane = 1; def && lane <= files->type->n_lanes; lane++) {
		if (config_lane(site, (int)lane)->fibre_channel)
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: site %d, lane %u has no fibre_channel, which %s in the plan "
		                  "%s needs",
		                  config->path, site->site, lane, def->name, files->plan->path);
		return FALSE;
	}
	return TRUE;
}

static gboolean check_site(const struct config *config, const struct config_site *site,
                           const struct product_files *files, GError **error)
{
	guint needs = plan_needs(files->plan);

	for (guint i = 0; i < INSTRUMENT_N_CLASSES; i++) {
		if (!(needs & (1u << i)) || site->uses[i])
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: site %d has no %s, which the plan %s needs", config->path,
		                  site->site, instrument_class_name(i), files->plan->path);
		return FALSE;
	}
	return check_fibre(config, site, files, error);
}

/* Sites that the product fits must have what its plan needs, and there must be one. */
static gboolean check_product(const struct config *config, const struct product_files *files,
                              GError **error)
{
	const struct config_product *product = files->product;
	g_autoptr(GString) why = g_string_new(NULL);
	guint n = 0;

	for (guint i = 0; i < config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(config->sites, i);
		g_autofree char *misfit = config_misfit(site, product);

		if (misfit)
			g_string_append_printf(why, "%s site %d: %s", why->len ? ";" : "",
			                       site->site, misfit);
		else if (!check_site(config, site, files, error))
			return FALSE;
		n += !misfit;
	}
	if (!n)
		station_error_set(error, STATION_ERROR_CONFIG, "%s: product %s fits no site:%s",
		                  config->path, product->part_number, why->str);
	return n > 0;
}

static gboolean check_products(const struct config *config, const struct step_table *steps,
                               GError **error)
{
	for (guint i = 0; i < config->products->len; i++) {
		struct product_files *files =
			product_files_load(g_ptr_array_index(config->products, i), steps, error);
		gboolean ok = files && check_product(config, files, error);

		product_files_free(files);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

struct engine *engine_new_to_check(const struct config *config, const struct step_table *steps,
                                   struct store *store, GError **error)
{
	struct engine *engine;

	if (!check_products(config, steps, error))
		return NULL;
	clock_set_scale(config->time_scale);
	engine = g_new0(struct engine, 1);
	engine->shared.config = config;
	engine->shared.steps = steps;
	engine->shared.store = store;
	engine->shared.pool = pool_new(config);
	engine->shared.bus = event_bus_new();
	pool_tell(engine->shared.pool, engine->shared.bus);
	if (config->analysis_workers)
		engine->shared.workers = workers_new(config->analysis_workers);
	engine->sites = g_ptr_array_new();
	for (guint i = 0; i < config->sites->len; i++)
		g_ptr_array_add(engine->sites,
		                site_start(&engine->shared, g_ptr_array_index(config->sites, i)));
	return engine;
}

struct engine *engine_new(const struct config *config, const struct step_table *steps,
                          struct store *store, GError **error)
{
	struct engine *engine = engine_new_to_check(config, steps, store, error);

	if (!engine)
		return NULL;
	pool_set_guard(engine->shared.pool, guard_start(config, engine->shared.bus));
	engine->is_owner = pool_take_all_for_itself(engine->shared.pool, error);
	if (!engine->is_owner)
		g_clear_pointer(&engine, engine_free);
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	/* all at once first, so that the sites become safe side by side */
	engine_abort(engine);
	for (guint i = 0; i < engine->sites->len; i++)
		site_stop(g_ptr_array_index(engine->sites, i));
	g_ptr_array_unref(engine->sites);
	guard_end(pool_guard(engine->shared.pool));
	workers_free(engine->shared.workers);
	pool_free(engine->shared.pool);
	event_bus_free(engine->shared.bus);
	g_clear_error(&engine->refusal);
	g_free(engine);
}

struct event_queue *engine_events(struct engine *engine, guint capacity)
{
	return event_queue_new(engine->shared.bus, capacity);
}

void engine_prepare(struct engine *engine)
{
	g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
	struct bounds bounds = {deadline_in_s(PREPARE_LIMIT_S), NULL};

	pool_safe_state(engine->shared.pool, failures, &bounds);
	for (guint i = 0; i < failures->len; i++) {
		struct event event = event_make(EVENT_NOTE, 0, NULL);
		event_set_text(&event, g_ptr_array_index(failures, i));
		event_publish(engine->shared.bus, &event);
	}
	g_clear_error(&engine->refusal);
	pool_is_right(engine->shared.pool, &engine->refusal);
}

gboolean engine_is_ready(struct engine *engine, GError **error)
{
	if (engine->refusal)
		g_propagate_error(error, g_error_copy(engine->refusal));
	return !engine->refusal;
}

gboolean engine_recover(struct engine *engine, GError **error)
{
	if (engine->shared.config->is_replayed)
		return TRUE;
	if (engine->is_owner)
		return recover_runs(&engine->shared, engine->sites, error);
	station_error_set(error, STATION_ERROR_INTERNAL,
	                  "only who owns the instruments may close what was left open");
	return FALSE;
}

static struct site *site_of(const struct engine *engine, int number)
{
	for (guint i = 0; i < engine->sites->len; i++)
		if (site_number(g_ptr_array_index(engine->sites, i)) == number)
			return g_ptr_array_index(engine->sites, i);
	return NULL;
}

gboolean engine_run_unit(struct engine *engine, int number, const struct engine_unit *unit,
                         GError **error)
{
	const struct config_product *product;
	struct site *site = site_of(engine, number);
	struct unit_request *request;
	g_autofree char *misfit = NULL;

	if (!engine_is_ready(engine, error))
		return FALSE;
	if (!site) {
		station_error_set(error, STATION_ERROR_CONFIG, "there is no site %d", number);
		return FALSE;
	}
	product = config_product(engine->shared.config, unit->part_number);
	if (!product) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "the configuration has no product with part number \"%s\"",
		                  unit->part_number);
		return FALSE;
	}
	misfit = config_misfit(config_site(engine->shared.config, number), product);
	if (misfit) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s cannot be run at site %d: %s",
		                  unit->part_number, number, misfit);
		return FALSE;
	}
	request = g_new0(struct unit_request, 1);
	request->serial = g_strdup(unit->serial);
	request->part_number = g_strdup(unit->part_number);
	request->lot = g_strdup(unit->lot ? unit->lot : "");
	request->lot_sha256 = g_strdup(unit->lot_sha256 ? unit->lot_sha256 : "");
	request->operator_name = g_strdup(unit->operator_name ? unit->operator_name : "");
	request->number = unit->number;
	request->of = unit->of;
	site_queue(site, request);
	return TRUE;
}

guint engine_abort(struct engine *engine)
{
	guint dropped = 0;

	for (guint i = 0; i < engine->sites->len; i++)
		dropped += site_abort(g_ptr_array_index(engine->sites, i));
	return dropped;
}

guint engine_abort_site(struct engine *engine, int number)
{
	struct site *site = site_of(engine, number);

	return site ? site_abort(site) : 0;
}

void engine_watch_presence(struct engine *engine, gboolean on)
{
	for (guint i = 0; i < engine->sites->len; i++)
		site_watch_presence(g_ptr_array_index(engine->sites, i), on);
}

void engine_set_attended(struct engine *engine, gboolean attended)
{
	for (guint i = 0; i < engine->sites->len; i++)
		question_attend(site_question(g_ptr_array_index(engine->sites, i)), attended);
}

gboolean engine_answer(struct engine *engine, int number, const char *answer, const char *who,
                       GError **error)
{
	struct site *site = site_of(engine, number);

	if (site)
		return question_answer(site_question(site), answer, who, error);
	station_error_set(error, STATION_ERROR_REFUSED, "there is no site %d", number);
	return FALSE;
}

const struct live_eye *engine_eye(struct engine *engine, int number)
{
	struct site *site = site_of(engine, number);

	return site ? site_eye(site) : NULL;
}

struct usage_summary *engine_usage(struct engine *engine)
{
	return usage_read(pool_usage(engine->shared.pool), g_get_monotonic_time());
}

/* --- station check ------------------------------------------------------------------------------
 */

struct check {
	void (*line)(gboolean ok, const char *text, gpointer data);
	gpointer data;
	gboolean ok, expired;
};

static void say(struct check *check, gboolean ok, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void say(struct check *check, gboolean ok, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	check->ok = check->ok && ok;
	check->line(ok, text, check->data);
}

/* "Keysight N7745A, serial DE1, firmware 1.2, calibration due ..., lock file, driver tested-sim" */
static char *instrument_text(const struct config_instrument *item,
                             const struct instrument *instrument)
{
	const struct instrument_identity *id = instrument_identity(instrument);
	const char *due = item->config.calibration_due;

	return g_strdup_printf("%s %s, serial %s, firmware %s%s%s, calibration %s %s, lock %s, "
	                       "driver %s",
	                       id->maker, id->model, id->serial, id->firmware,
	                       *id->options ? ", options " : "", id->options,
	                       config_is_over(due) ? "was due" : "due", due ? due : "never",
	                       instrument_bus_has_lock(item->config.resource) ? "file and bus"
	                                                                      : "file",
	                       evidence_name(instrument_evidence(instrument)));
}

static void check_instrument(struct engine *engine, const struct config_instrument *item,
                             struct check *check)
{
	struct bounds bounds = {deadline_in_s(PREPARE_LIMIT_S), NULL};
	const char *name = item->config.name;
	gboolean over = config_is_over(item->config.calibration_due);
	struct instrument *instrument;
	g_autoptr(GError) error = NULL;

	check->expired = check->expired || over;
	if (!pool_take(engine->shared.pool, &name, 1, &instrument, &bounds, &error)) {
		say(check, FALSE, "%s", error->message);
		return;
	}
	gboolean ok = instrument_identify(instrument, &bounds, &error);
	if (ok) {
		g_autofree char *text = instrument_text(item, instrument);
		say(check, !over, "%s: %s", name, text);
	} else {
		say(check, FALSE, "%s", error->message);
	}
	pool_give(engine->shared.pool, &name, 1, !ok);
}

static struct fixture *take_fixture(struct engine *engine, const struct config_site *site,
                                    const struct bounds *bounds, GError **error)
{
	struct exclusive *exclusive = pool_exclusive(engine->shared.pool);

	if (!exclusive_take_fixture(exclusive, site->site, site->fixture, error))
		return NULL;
	struct fixture *fixture = fixture_open(site->fixture, bounds, error);
	if (!fixture)
		g_prefix_error(error, "fixture of site %d: ", site->site);
	return fixture;
}

static void check_fixture(struct engine *engine, const struct config_site *site,
                          struct check *check)
{
	struct bounds bounds = {deadline_in_s(PREPARE_LIMIT_S), NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(fixture) fixture = take_fixture(engine, site, &bounds, &error);
	gboolean present;
	guint64 insertions;

	if (fixture && fixture_module_present(fixture, &present, &bounds, &error) &&
	    fixture_insertions(fixture, &insertions, &bounds, &error))
		say(check, TRUE, "site %d: fixture %s for %s, %" G_GUINT64_FORMAT " insertions, %s",
		    site->site, fixture_serial_number(fixture), fixture_form(fixture), insertions,
		    present ? "a module is in" : "empty");
	else
		say(check, FALSE, "site %d: %s", site->site, error->message);
}

gboolean engine_check(struct engine *engine,
                      void (*line)(gboolean ok, const char *text, gpointer data), gpointer data,
                      gboolean *expired)
{
	const struct config *config = engine->shared.config;
	struct check check = {line, data, TRUE, FALSE};
	g_autoptr(GError) error = NULL;

	say(&check, TRUE, "configuration %s: %u instruments, %u sites, %u products", config->path,
	    config->instruments->len, config->sites->len, config->products->len);
	for (guint i = 0; i < config->instruments->len; i++)
		check_instrument(engine, g_ptr_array_index(config->instruments, i), &check);
	for (guint i = 0; i < config->sites->len; i++)
		check_fixture(engine, g_ptr_array_index(config->sites, i), &check);
	if (store_check(engine->shared.store, &error))
		say(&check, TRUE, "store %s can be written", config->store_path);
	else
		say(&check, FALSE, "%s", error->message);
	*expired = check.expired;
	return check.ok;
}

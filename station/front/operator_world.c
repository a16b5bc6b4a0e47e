/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/operator_world.h"

#include "station/engine/run.h"
#include "station/front/clerk.h"
#include "station/front/operator_after.h"
#include "station/front/operator_lots.h"
#include "station/operator/causes.h"
#include "station/operator/users.h"
#include "station/store/query.h"

#include "base/clock.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { UNITS_MAX = 200, CAUSES_MAX = 12, PACE_RUNS = 5 };

struct operator_world {
	const struct config *config;
	const struct step_table *steps;
	struct store *store;
	struct engine *engine;
	struct users *users; /* null: nobody logs in */
	struct desk *desk;
	struct clerk *clerk, *press;
	GHashTable *outlines; /* by part number: struct outline, owned */
	GHashTable *paces;    /* by part number: struct pace, owned; null while it is asked for */
	guint beeps;
};

/* One question of the desk, on its way through a clerk. */
struct errand {
	struct operator_world *world;
	char *a, *b; /* what is asked about */
	int site;
	gint64 since_us;
	/* answers */
	struct store_counts shift, lot;
	GArray *causes;
	GPtrArray *rows;
	struct run_record *record;
	struct pace *pace;
	struct desk_person person;
	char *refusal;
};

static void errand_free(gpointer data)
{
	struct errand *q = data;

	g_free(q->a);
	users_wipe(q->b);
	g_free(q->b);
	g_clear_pointer(&q->causes, g_array_unref);
	g_clear_pointer(&q->rows, g_ptr_array_unref);
	run_record_free(q->record);
	g_clear_pointer(&q->pace, pace_free);
	g_free(q->refusal);
	g_free(q);
}

static void ask(struct operator_world *world, void (*work)(gpointer), void (*done)(gpointer),
                const char *a, const char *b, int site)
{
	struct errand *q = g_new0(struct errand, 1);

	q->world = world;
	q->a = g_strdup(a);
	q->b = g_strdup(b);
	q->site = site;
	q->since_us = world->desk ? world->desk->shift_start_us : 0;
	clerk_give(world->clerk, work, done, q, errand_free);
}

/* The store's trouble is shown where the store's state is. */
static void tell_store(struct errand *q)
{
	if (q->refusal)
		g_strlcpy(q->world->desk->store_fault, q->refusal,
		          sizeof q->world->desk->store_fault);
}

static void keep_refusal(struct errand *q, GError *error)
{
	if (!error)
		return;
	q->refusal = g_strdup(error->message);
	g_error_free(error);
}

/* --- the engine ---------------------------------------------------------------------------------
 */

static gboolean run(gpointer data, int site, const struct engine_unit *unit, GError **error)
{
	return engine_run_unit(((struct operator_world *)data)->engine, site, unit, error);
}

static guint abort_site(gpointer data, int site)
{
	return engine_abort_site(((struct operator_world *)data)->engine, site);
}

static gboolean answer(gpointer data, int site, const char *words, const char *who, GError **error)
{
	return engine_answer(((struct operator_world *)data)->engine, site, words, who, error);
}

/* --- people -------------------------------------------------------------------------------------
 */

static void work_pin(gpointer data)
{
	struct errand *q = data;
	const struct user *user = NULL;
	GError *error = NULL;

	if (users_check(q->world->users, q->a, q->b, g_get_monotonic_time(), &user, &error)) {
		g_strlcpy(q->person.badge, user->badge, sizeof q->person.badge);
		g_strlcpy(q->person.name, user->name, sizeof q->person.name);
		q->person.engineer = users_is_engineer(user);
	}
	keep_refusal(q, error);
}

static void done_pin(gpointer data)
{
	struct errand *q = data;

	if (q->refusal)
		desk_nobody(q->world->desk, q->refusal);
	else
		desk_person(q->world->desk, &q->person);
}

static void check_pin(gpointer data, const char *badge, const char *pin)
{
	ask(data, work_pin, done_pin, badge, pin, 0);
}

/* --- lots ---------------------------------------------------------------------------------------
 */

static struct lot_file *lot(gpointer data, const char *name, GError **error)
{
	return operator_lot(((struct operator_world *)data)->config, name, error);
}

static char **lots(gpointer data)
{
	return operator_lots(((struct operator_world *)data)->config);
}

/* --- the store ----------------------------------------------------------------------------------
 */

static void work_unit(gpointer data)
{
	struct errand *q = data;
	GError *error = NULL;

	q->rows = store_unit_runs(q->world->store, q->a, q->b, &error);
	keep_refusal(q, error);
}

static void done_unit(gpointer data)
{
	struct errand *q = data;

	tell_store(q);
	if (q->rows)
		desk_unit_runs(q->world->desk, q->site, q->a, g_steal_pointer(&q->rows));
	else
		desk_unit_unknown(q->world->desk, q->site, q->a, q->refusal);
}

static void ask_unit(gpointer data, int site, const char *serial, const char *lot_name)
{
	ask(data, work_unit, done_unit, serial, lot_name, site);
}

static void work_counts(gpointer data)
{
	struct errand *q = data;
	struct store *store = q->world->store;
	g_autoptr(GPtrArray) causes = NULL;
	GError *error = NULL;

	if (store_shift(store, q->world->config->station_id, q->since_us, &q->shift, &error) &&
	    q->a)
		store_lot(store, q->a, &q->lot, CAUSES_MAX, &causes, &error);
	q->causes = causes_new(causes);
	keep_refusal(q, error);
}

static void done_counts(gpointer data)
{
	struct errand *q = data;

	tell_store(q);
	if (!q->refusal)
		desk_counts(q->world->desk, &q->shift, &q->lot, g_steal_pointer(&q->causes));
}

static void ask_counts(gpointer data, const char *lot_name)
{
	ask(data, work_counts, done_counts, lot_name, NULL, 0);
}

static void work_units(gpointer data)
{
	struct errand *q = data;
	GError *error = NULL;

	q->rows = store_last_runs(q->world->store, q->world->config->station_id, UNITS_MAX, &error);
	keep_refusal(q, error);
}

static void done_units(gpointer data)
{
	struct errand *q = data;

	tell_store(q);
	if (q->rows)
		desk_units(q->world->desk, g_steal_pointer(&q->rows));
}

static void ask_units(gpointer data)
{
	ask(data, work_units, done_units, NULL, NULL, 0);
}

static void work_why(gpointer data)
{
	struct errand *q = data;
	GError *error = NULL;

	q->record = store_load_run(q->world->store, q->a, &error);
	keep_refusal(q, error);
}

static void done_why(gpointer data)
{
	struct errand *q = data;

	if (q->record)
		desk_why(q->world->desk, g_steal_pointer(&q->record));
	else
		desk_say(q->world->desk, LOOK_WARNING, q->refusal);
}

static void ask_why(gpointer data, const char *run_id)
{
	ask(data, work_why, done_why, run_id, NULL, 0);
}

static void work_log(gpointer data)
{
	struct errand *q = data;
	g_auto(GStrv) words = g_strsplit(q->b, "\t", 2);
	GError *error = NULL;

	store_log_add(q->world->store, clock_unix_us(), q->a, words[0], words[1], &error);
	keep_refusal(q, error);
}

static void done_log(gpointer data)
{
	tell_store(data);
}

static void log_deed(gpointer data, const char *who, const char *what, const char *text)
{
	g_autofree char *words = g_strdup_printf("%s\t%s", what, text);

	ask(data, work_log, done_log, who, words, 0);
}

/* --- what past runs tell ------------------------------------------------------------------------
 */

static void work_pace(gpointer data)
{
	struct errand *q = data;
	g_auto(GStrv) plan = g_strsplit(q->b, "\t", 2);
	GError *error = NULL;

	q->pace = store_pace(q->world->store, q->a, plan[0], plan[1], PACE_RUNS, &error);
	keep_refusal(q, error);
}

static void done_pace(gpointer data)
{
	struct errand *q = data;

	g_hash_table_replace(q->world->paces, g_strdup(q->a), g_steal_pointer(&q->pace));
}

static void ask_pace(struct operator_world *world, const char *part_number)
{
	const struct outline *outline = g_hash_table_lookup(world->outlines, part_number);
	g_autofree char *plan = NULL;

	if (!outline)
		return;
	plan = g_strdup_printf("%s\t%s", outline->name, outline->revision);
	ask(world, work_pace, done_pace, part_number, plan, 0);
}

static double left_s(gpointer data, const char *part_number, const char *step, int lane,
                     const char *corner)
{
	struct operator_world *world = data;
	const struct pace *pace = g_hash_table_lookup(world->paces, part_number);
	double left;

	return pace && pace_left_s(pace, step, lane, corner, &left) ? left : NAN;
}

/* What is wrong with a product's files the engine has said already. */
static struct outline *outline_of(const struct operator_world *world, const char *part_number)
{
	const struct config_product *product = config_product(world->config, part_number);
	struct product_files *files =
		product ? product_files_load(product, world->steps, NULL) : NULL;
	struct outline *outline = files ? outline_new(files->plan, product->n_lanes) : NULL;

	product_files_free(files);
	return outline;
}

static const struct outline *outline(gpointer data, const char *part_number)
{
	struct operator_world *world = data;

	if (!g_hash_table_contains(world->outlines, part_number))
		g_hash_table_insert(world->outlines, g_strdup(part_number),
		                    outline_of(world, part_number));
	ask_pace(world, part_number);
	return g_hash_table_lookup(world->outlines, part_number);
}

/* --- after a unit -------------------------------------------------------------------------------
 */

static void tell_trouble(gpointer data, const char *trouble)
{
	desk_say(((struct operator_world *)data)->desk, LOOK_WARNING, trouble);
}

static void give_after(struct operator_world *world, const char *run_id, gboolean label_only)
{
	const struct operator_after after = {world->config, world->store, tell_trouble, world};

	operator_after_give(world->press, &after, run_id, label_only);
}

static void print_label(gpointer data, const char *run_id)
{
	give_after(data, run_id, TRUE);
}

static void beep(gpointer data)
{
	((struct operator_world *)data)->beeps++;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static const struct desk_world desk_world = {
	.run = run,
	.abort = abort_site,
	.answer = answer,
	.check_pin = check_pin,
	.lot = lot,
	.lots = lots,
	.ask_unit = ask_unit,
	.ask_counts = ask_counts,
	.ask_units = ask_units,
	.ask_why = ask_why,
	.left_s = left_s,
	.outline = outline,
	.print = print_label,
	.log = log_deed,
	.beep = beep,
};

struct operator_world *operator_world_new(const struct config *config,
                                          const struct step_table *steps, struct store *store,
                                          struct engine *engine, GError **error)
{
	const struct operator_policy *policy = config->operator_policy;
	struct operator_world *world = g_new0(struct operator_world, 1);

	*world = (struct operator_world){config, steps, store, engine};
	world->outlines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	                                        (GDestroyNotify)outline_free);
	world->paces =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)pace_free);
	if ((!policy->users_path || (world->users = users_load(policy->users_path, error))) &&
	    (world->clerk = clerk_new("clerk", error)) &&
	    (world->press = clerk_new("press", error)))
		return world;
	operator_world_free(world);
	return NULL;
}

void operator_world_free(struct operator_world *world)
{
	if (!world)
		return;
	clerk_free(world->clerk);
	clerk_free(world->press);
	users_free(world->users);
	g_hash_table_unref(world->outlines);
	g_hash_table_unref(world->paces);
	g_free(world);
}

struct desk *operator_world_desk(struct operator_world *world)
{
	const struct desk_setup setup = {world->config, &desk_world, world};

	world->desk = desk_new(&setup);
	return world->desk;
}

static void show_eye(struct operator_world *world, int site)
{
	g_autoptr(live_eye) live = engine_eye(world->engine, site);
	struct desk_eye eye = {0};

	if (!live)
		return;
	g_strlcpy(eye.name, live->id, sizeof eye.name);
	g_strlcpy(eye.corner, live->corner, sizeof eye.corner);
	g_strlcpy(eye.words, live->note, sizeof eye.words);
	eye.lane = live->lane;
	eye.columns = live->columns;
	eye.rows = live->rows;
	eye.counts = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_array_append_vals(eye.counts, live->counts, live->columns * live->rows);
	desk_eye(world->desk, site, &eye);
	g_array_unref(eye.counts);
}

void operator_world_event(struct operator_world *world, const struct event *event)
{
	if (event->kind == EVENT_EYE)
		show_eye(world, event->site);
	else if (event->kind == EVENT_RUN_END)
		give_after(world, event->run_id, FALSE);
}

void operator_world_deliver(struct operator_world *world)
{
	clerk_deliver(world->clerk);
	clerk_deliver(world->press);
}

void operator_world_fds(const struct operator_world *world, int fds[2])
{
	fds[0] = clerk_fd(world->clerk);
	fds[1] = clerk_fd(world->press);
}

guint operator_world_beeps(struct operator_world *world)
{
	guint beeps = world->beeps;

	world->beeps = 0;
	return beeps;
}

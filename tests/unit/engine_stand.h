/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_ENGINE_STAND_H
#define TESTS_UNIT_ENGINE_STAND_H

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "station/engine/run.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/*
 * Runs of a plan without a station: made-up steps that need no instrument and do what their plan
 * says. The parameter "do" is a list of commands with semicolons between:
 *
 *   m ID LANE VALUE UNIT   reports a value ("nan" and "inf" too); LANE "-" is the step's own
 *   check ID yes|no        reports a finding
 *   undo NAME              registers an undo: light, supply, or broken, which fails
 *   cancel                 somebody aborts the run now
 *   wait                   waits until the deadline or an abort
 *   note TEXT              leaves a note
 *   remark TEXT            leaves a word in the record only
 *   fail N                 ends with STATION_ERROR_MODULE on the first N calls of this item
 *   error CODE             ends with that error ("instrument")
 *   mute                   fails without saying why, as no step should
 *   both                   says why, but succeeds, as no step should
 *
 * "first COMMAND" is done on the first call of an item only.
 *
 * Every call leaves a word in the log: "NAME" or "NAME/LANE", and "undo:NAME".
 */
struct stand {
	struct run run; /* first: steps find the stand by it */
	char *folder;
	struct config config;
	struct config_site site;
	struct config_product product;
	struct optical_type type;
	struct product_files files;
	struct unit_request request;
	struct event_queue *events;
	GString *log;
	double patience_s; /* how long an event is waited for */
	gboolean mended;   /* the undo that is broken works again */
	GHashTable *calls; /* struct plan_item * to how often it was called */
	struct step_mark mark;
};

static struct stand *stand_of(const struct step_context *ctx)
{
	return (struct stand *)ctx->run;
}

static void stand_log(struct stand *stand, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void stand_log(struct stand *stand, const char *format, ...)
{
	va_list args;

	if (stand->log->len)
		g_string_append_c(stand->log, ' ');
	va_start(args, format);
	g_string_append_vprintf(stand->log, format, args);
	va_end(args);
}

/* --- undo ------------------------------------------------------------------------------------- */

static gboolean undo_named(struct step_context *ctx, const struct bounds *bounds, const char *name,
                           GError **error)
{
	stand_log(stand_of(ctx), "undo:%s", name);
	return bounds_check(bounds, "undo", error);
}

static gboolean undo_light(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return undo_named(ctx, bounds, "light", error);
}

static gboolean undo_supply(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return undo_named(ctx, bounds, "supply", error);
}

static gboolean undo_broken(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	stand_log(stand_of(ctx), "undo:broken");
	if (stand_of(ctx)->mended)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT, "the shutter is stuck");
	return FALSE;
}

/* --- the steps -------------------------------------------------------------------------------- */

static void act_measure(struct step_context *ctx, char **words)
{
	double value = NAN;
	gint64 lane = step_lane(ctx);

	if (strcmp(words[2], "-") != 0)
		g_assert_true(number_parse_int(words[2], 0, 8, &lane, NULL));
	if (strcmp(words[3], "inf") == 0)
		value = INFINITY;
	else if (strcmp(words[3], "nan") != 0)
		g_assert_true(number_parse_double(words[3], &value, NULL));
	step_measure(ctx, words[1], (int)lane, value, words[4], NAN);
}

/* "mark", "u ID VALUE UNCERTAINTY" in dBm, "away LEAST" from there on, "back" */
static gboolean act_clear(struct step_context *ctx, char **words)
{
	struct stand *stand = stand_of(ctx);
	double value = NAN, second = NAN;

	if (words[1])
		number_parse_double(words[words[2] ? 2 : 1], &value, NULL);
	if (words[1] && words[2] && words[3])
		number_parse_double(words[3], &second, NULL);
	if (strcmp(words[0], "mark") == 0)
		stand->mark = step_mark(ctx);
	else if (strcmp(words[0], "u") == 0)
		step_measure(ctx, words[1], 0, value, "dBm", second);
	else if (strcmp(words[0], "away") == 0)
		g_assert_cmpfloat_with_epsilon(fmin(1e9, step_clearance(ctx, stand->mark)), value,
		                               1e-9);
	else if (strcmp(words[0], "back") == 0)
		step_take_back(ctx, stand->mark);
	else
		return FALSE;
	return TRUE;
}

static void act_undo(struct step_context *ctx, const char *name)
{
	if (strcmp(name, "light") == 0)
		step_undo(ctx, 0, name, undo_light);
	else if (strcmp(name, "supply") == 0)
		step_undo(ctx, 0, name, undo_supply);
	else
		step_undo(ctx, 0, name, undo_broken);
}

static enum station_error error_of(const char *name)
{
	enum station_error code = STATION_ERROR_INTERNAL;

	while (strcmp(station_error_name(code), name) != 0)
		g_assert_cmpint(++code, <=, STATION_ERROR_AUTHORITY);
	return code;
}

/* One command; FALSE when the step ends here, in whatever way. */
static gboolean act_one(struct step_context *ctx, char **words, guint call, GError **error)
{
	const char *verb = words[0];

	if (strcmp(verb, "first") == 0)
		return call > 1 || act_one(ctx, words + 1, call, error);
	if (act_clear(ctx, words))
		return TRUE;
	if (strcmp(verb, "m") == 0) {
		act_measure(ctx, words);
	} else if (strcmp(verb, "check") == 0) {
		gboolean ok = strcmp(words[2], "yes") == 0;
		step_check(ctx, words[1], step_lane(ctx), ok, "%s is not so", words[1]);
	} else if (strcmp(verb, "undo") == 0) {
		act_undo(ctx, words[1]);
	} else if (strcmp(verb, "cancel") == 0) {
		g_cancellable_cancel(ctx->run->cancellable);
	} else if (strcmp(verb, "wait") == 0) {
		return clock_sleep_s(1e6, step_bounds(ctx), error);
	} else if (strcmp(verb, "note") == 0) {
		step_note(ctx, "%s", words[1]);
	} else if (strcmp(verb, "remark") == 0) {
		step_remark(ctx, "%s", words[1]);
	} else if (strcmp(verb, "fail") == 0) {
		gint64 n = 0;
		g_assert_true(number_parse_int(words[1], 1, 100, &n, NULL));
		if (call > n)
			return TRUE;
		station_error_set(error, STATION_ERROR_MODULE, "no light on call %u", call);
		return FALSE;
	} else if (strcmp(verb, "error") == 0) {
		station_error_set(error, error_of(words[1]), "made up %s", words[1]);
		return FALSE;
	} else if (strcmp(verb, "both") == 0) {
		station_error_set(error, STATION_ERROR_INSTRUMENT, "not told");
	} else {
		g_assert_cmpstr(verb, ==, "mute");
		return FALSE;
	}
	return TRUE;
}

static gboolean act(struct step_context *ctx, GError **error)
{
	struct stand *stand = stand_of(ctx);
	g_auto(GStrv) commands = g_strsplit(step_text(ctx, "do"), ";", -1);
	gpointer item = (gpointer)ctx->item;
	guint call = GPOINTER_TO_UINT(g_hash_table_lookup(stand->calls, item)) + 1;

	g_hash_table_insert(stand->calls, item, GUINT_TO_POINTER(call));
	if (ctx->lane)
		stand_log(stand, "%s/%d", ctx->item->name, ctx->lane);
	else
		stand_log(stand, "%s", ctx->item->name);
	for (guint i = 0; commands[i]; i++) {
		g_auto(GStrv) words = g_strsplit(g_strstrip(commands[i]), " ", -1);
		if (words[0] && *words[0] && !act_one(ctx, words, call, error))
			return FALSE;
	}
	return TRUE;
}

static const struct step_param act_params[] = {
	{"do", NULL, "", "commands"},
	{NULL, NULL, NULL, NULL},
};
static const struct step_def act_unit = {.name = "act",
                                         .help = "",
                                         .scope = STEP_UNIT,
                                         .limit_s = 60,
                                         .params = act_params,
                                         .run = act};
static const struct step_def act_lane = {.name = "act-lane",
                                         .help = "",
                                         .scope = STEP_LANE,
                                         .limit_s = 60,
                                         .params = act_params,
                                         .run = act};
static const struct step_def act_brief = {.name = "act-brief",
                                          .help = "",
                                          .scope = STEP_UNIT,
                                          .limit_s = 0.02,
                                          .params = act_params,
                                          .run = act};
static const struct step_def act_supply = {.name = "act-supply",
                                           .help = "",
                                           .scope = STEP_UNIT,
                                           .needs = 1u << INSTRUMENT_SUPPLY,
                                           .limit_s = 60,
                                           .params = act_params,
                                           .run = act};
static const struct step_def *const act_steps[] = {&act_unit, &act_lane, &act_brief, &act_supply};
static const struct step_table act_table = {act_steps, G_N_ELEMENTS(act_steps)};

/* --- the stand -------------------------------------------------------------------------------- */

#define LIMITS_HEAD "id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark\n"

/* A limit that the word "m x 0 1 dBm" in a step meets, so that something is judged. */
#define LIMITS_X LIMITS_HEAD "x,x,*,,0,2,dBm,0.1,GATE,*,made up,C\n"

static void stand_add_limits(struct stand *stand, const char *text)
{
	GError *error = NULL;
	g_autofree char *name = g_strdup_printf("%u.csv", stand->files.limits->len);
	g_autofree char *path = g_build_filename(stand->folder, name, NULL);
	struct limit_set *set;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	set = limit_set_load(path, "now", &error);
	g_assert_no_error(error);
	g_ptr_array_add(stand->files.limits, set);
	g_unlink(path);
}

static void stand_add_plan(struct stand *stand, const char *sections,
                           const struct step_table *table)
{
	GError *error = NULL;
	g_autofree char *path = g_build_filename(stand->folder, "plan.yaml", NULL);
	g_autofree char *text =
		g_strconcat("plan: P\nrevision: \"1\"\ntype: T\nstage: final\ncorners:\n"
	                    "  - {name: nominal, case: 25 degC, supply: 3.3 V}\n"
	                    "  - {name: hot, case: 70 degC, supply: 3.3 V}\n",
	                    sections, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	stand->files.plan = plan_load(path, table, &error);
	g_assert_no_error(error);
	g_unlink(path);
}

/* `limits` and `sections` are the texts of a limits file and of the sections of a plan, whose steps
 * are of the table. */
static struct stand *stand_new_with(const char *limits, const char *sections,
                                    const struct step_table *table)
{
	struct stand *stand = g_new0(struct stand, 1);
	struct run *run = &stand->run;

	stand->folder = g_dir_make_tmp("stand-XXXXXX", NULL);
	stand->config.instruments = g_ptr_array_new();
	stand->site.site = 3;
	stand->product.n_lanes = stand->type.n_lanes = 4;
	stand->files.product = &stand->product;
	stand->files.type = &stand->type;
	stand->files.limits = g_ptr_array_new_with_free_func((GDestroyNotify)limit_set_free);
	stand_add_limits(stand, limits);
	stand_add_plan(stand, sections, table);
	stand->request.serial = g_strdup("SN1");
	stand->log = g_string_new(NULL);
	stand->calls = g_hash_table_new(NULL, NULL);
	run->config = &stand->config;
	run->site = &stand->site;
	run->files = &stand->files;
	run->request = &stand->request;
	run->pool = pool_new(&stand->config);
	run->bus = event_bus_new();
	run->cancellable = g_cancellable_new();
	run->record = run_record_new();
	run->undo = g_ptr_array_new();
	stand->events = event_queue_new(run->bus, 10000);
	return stand;
}

G_GNUC_UNUSED static struct stand *stand_new(const char *limits, const char *sections)
{
	return stand_new_with(limits, sections, &act_table);
}

static void stand_free(struct stand *stand)
{
	struct run *run = &stand->run;

	g_assert_cmpuint(run->undo->len, ==, 0);
	event_queue_free(stand->events);
	g_ptr_array_unref(run->undo);
	run_record_free(run->record);
	g_object_unref(run->cancellable);
	event_bus_free(run->bus);
	pool_free(run->pool);
	g_hash_table_unref(stand->calls);
	g_string_free(stand->log, TRUE);
	g_free(stand->request.serial);
	plan_free(stand->files.plan);
	g_ptr_array_unref(stand->files.limits);
	g_ptr_array_unref(stand->config.instruments);
	g_assert_cmpint(g_rmdir(stand->folder), ==, 0);
	g_free(stand->folder);
	g_free(stand);
}

/* Runs the plan and checks the log and the verdict. */
G_GNUC_UNUSED static void stand_run(struct stand *stand, const char *log, enum verdict verdict)
{
	run_plan(&stand->run);
	g_assert_cmpstr(stand->log->str, ==, log);
	g_assert_cmpstr(verdict_name(stand->run.record->verdict), ==, verdict_name(verdict));
	g_assert_cmpint(stand->run.record->end_us, >=, stand->run.record->start_us);
	if (verdict == VERDICT_PASS) {
		g_assert_null(stand->run.record->reason);
		g_assert_null(stand->run.record->first_failing_step);
	} else {
		g_assert_nonnull(stand->run.record->reason);
	}
}

G_GNUC_UNUSED static const struct record_step *stand_step(const struct stand *stand, guint i)
{
	g_assert_cmpuint(i, <, stand->run.record->steps->len);
	return g_ptr_array_index(stand->run.record->steps, i);
}

G_GNUC_UNUSED static const struct record_measurement *stand_value(const struct stand *stand,
                                                                  guint i)
{
	g_assert_cmpuint(i, <, stand->run.record->measurements->len);
	return g_ptr_array_index(stand->run.record->measurements, i);
}

/* Whether some note of the record holds `part`. */
G_GNUC_UNUSED static gboolean stand_noted(const struct stand *stand, const char *part)
{
	for (guint i = 0; i < stand->run.record->notes->len; i++)
		if (strstr(g_ptr_array_index(stand->run.record->notes, i), part))
			return TRUE;
	return FALSE;
}

/* The next event of that kind; the ones before it are gone. */
G_GNUC_UNUSED static struct event stand_event(struct stand *stand, enum event_kind kind)
{
	struct event event;

	do
		g_assert_true(event_queue_pop(stand->events, stand->patience_s, &event));
	while (event.kind != kind);
	return event;
}

#endif

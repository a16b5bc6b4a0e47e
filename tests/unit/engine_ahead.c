/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/workers.h"
#include "tests/unit/engine_stand.h"

/*
 * Steps that leave a rest and go ahead of each other: the record, and what is told, are those of
 * doing one after the other. "scan" reports from its rest, "look" at once, both so that they may go
 * ahead; "fix" may not. Their parameter says what goes wrong: "LANE:ATTEMPTS:HOW", words with
 * spaces between, where HOW is value, error, module, check or cancel.
 */

static int attempt_of(const struct step_context *ctx)
{
	const struct run_record *record = run_record_of(ctx);

	return ((const struct record_step *)g_ptr_array_index(record->steps, ctx->step_index))
	        ->attempt;
}

/* What is to go wrong in this attempt; null: nothing. Free with g_free. */
static char *trouble_of(const struct step_context *ctx)
{
	g_auto(GStrv) words = g_strsplit(step_text(ctx, "trouble"), " ", -1);

	for (guint i = 0; words[i] && *words[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(words[i], ":", 3);
		gint64 lane = 0, attempts = 0;

		g_assert_true(number_parse_int(parts[0], 0, 8, &lane, NULL));
		g_assert_true(number_parse_int(parts[1], 1, 9, &attempts, NULL));
		if (lane == step_lane(ctx) && attempt_of(ctx) <= attempts)
			return g_strdup(parts[2]);
	}
	return NULL;
}

/* One of everything that a step can leave in a record. */
static gboolean report(struct step_context *ctx, GError **error)
{
	g_autofree char *trouble = trouble_of(ctx);
	const char *how = trouble ? trouble : "";
	int lane = step_lane(ctx);

	step_measure(ctx, "x", lane, strcmp(how, "value") == 0 ? 9 : 1, "dBm", 0.1);
	record_text(&step_series(ctx, "curve", lane)->label, ctx->item->name);
	record_text(&step_eye(ctx, "eye", lane)->kind, "captured");
	step_map(ctx, "map", lane);
	step_constant(ctx, "knob", lane);
	step_note(ctx, "%s told of lane %d", ctx->item->name, lane);
	step_remark(ctx, "%s remarked", ctx->item->name);
	step_progress(ctx, 0.5, "half");
	step_check(ctx, "found", lane, strcmp(how, "check") != 0, "not so on lane %d", lane);
	if (strcmp(how, "error") == 0 || strcmp(how, "module") == 0) {
		station_error_set(error, *how == 'e' ? STATION_ERROR_DATA : STATION_ERROR_MODULE,
		                  "made up on lane %d", lane);
		return FALSE;
	}
	if (strcmp(how, "cancel") == 0)
		g_cancellable_cancel(ctx->run->cancellable);
	return TRUE;
}

static gboolean rest(struct step_context *ctx, gpointer data, GError **error)
{
	g_assert_cmpstr(data, ==, "left");
	return report(ctx, error);
}

static gboolean scan(struct step_context *ctx, GError **error)
{
	stand_log(stand_of(ctx), "%s/%d", ctx->item->name, ctx->lane);
	step_measure(ctx, "before", step_lane(ctx), 1, "dBm", NAN);
	step_rest(ctx, rest, g_strdup("left"), g_free);
	return TRUE;
}

static gboolean look(struct step_context *ctx, GError **error)
{
	stand_log(stand_of(ctx), "%s/%d", ctx->item->name, ctx->lane);
	return report(ctx, error);
}

static gboolean may(const struct step_context *ctx)
{
	return TRUE;
}

static const struct step_param params[] = {{"trouble", NULL, "", "what goes wrong"}, {0}};

#define STEP(n, f, ahead)                                                                          \
	{                                                                                          \
		.name = n, .help = "", .scope = STEP_LANE, .limit_s = 60, .params = params,        \
		.run = f, .may_go_ahead = ahead                                                    \
	}
static const struct step_def step_scan = STEP("scan", scan, may);
static const struct step_def step_look = STEP("look", look, may);
static const struct step_def step_fix = STEP("fix", look, NULL);

/* --- the same record -------------------------------------------------------------------------- */

/* A document without what tells one run of the same from another. */
static char *timeless(const struct run_record *record)
{
	g_autofree char *json = run_record_to_json(record);
	g_autoptr(GRegex) varying = g_regex_new("\"(run_id|start|end|start_us|end_us|duration|"
	                                        "duration_s)\": *(\"[^\"]*\"|[-+0-9.eE]+)",
	                                        0, 0, NULL);

	return g_regex_replace(varying, json, -1, 0, "", 0, NULL);
}

/* What faces hear, in order: steps, values and notes. */
static char *heard(struct stand *s)
{
	GString *text = g_string_new(NULL);
	struct event event;

	while (event_queue_pop(s->events, 0, &event)) {
		/* where a step has got to is told while another's value is, perhaps */
		if (event.kind == EVENT_PROGRESS || event.kind == EVENT_NOTE)
			continue;
		g_string_append_printf(text, "%d %s %d %d %d %g %u\n", event.kind, event.name,
		                       event.lane, event.attempt, event.verdict, event.value,
		                       event.done);
	}
	return g_string_free(text, FALSE);
}

struct outcome {
	char *record, *heard, *log;
};

static struct outcome run_once(const char *main_items, guint workers)
{
	static const struct step_def *const steps[] = {&step_scan, &step_look, &step_fix};
	static const struct step_table table = {steps, G_N_ELEMENTS(steps), NULL};
	g_autofree char *sections = g_strdup_printf("setup: []\nmain:\n%scleanup:\n"
	                                            "  - {step: look, name: end, for: lanes}\n",
	                                            main_items);
	struct stand *s = stand_new_with(LIMITS_X, sections, &table);
	struct workers *pool = workers ? workers_new(workers) : NULL;
	struct outcome outcome;

	s->run.workers = pool;
	run_plan(&s->run);
	outcome = (struct outcome){timeless(s->run.record), heard(s), g_strdup(s->log->str)};
	workers_free(pool);
	stand_free(s);
	return outcome;
}

static void outcome_clear(struct outcome *outcome)
{
	g_free(outcome->record);
	g_free(outcome->heard);
	g_free(outcome->log);
}

#define LANES "  - group: g\n    for: lanes\n    steps:\n"

static const char *const plans[] = {
	LANES "      - {step: scan}\n      - {step: look}\n",
	/* a value that fails, and goes well at a further attempt */
	LANES
	"      - {step: scan, retries: 2, with: {trouble: 2:1:value}}\n      - {step: look}\n",
	LANES "      - {step: scan, retries: 1, with: {trouble: 1:1:error 4:2:check}}\n"
	      "      - {step: look, retries: 1, with: {trouble: 2:1:module}}\n",
	/* the end of the plan in the middle */
	LANES
	"      - {step: scan, on_fail: stop, with: {trouble: 3:1:value}}\n      - {step: look}\n",
	LANES "      - {step: scan, with: {trouble: 2:1:error}}\n      - {step: look}\n",
	LANES "      - {step: scan, with: {trouble: 2:1:module 3:1:check}}\n      - {step: look}\n",
	/* what may not go ahead waits, and those behind it wait for it */
	LANES "      - {step: scan, with: {trouble: 2:1:value}}\n      - {step: look}\n"
	      "      - {step: fix}\n      - {step: scan, name: again}\n",
	"  - {step: scan, for: lanes}\n  - {step: fix, for: lanes}\n  - {step: look, for: lanes}\n",
	"  - {step: look, for: lanes, with: {trouble: 2:1:error}}\n",
};

static void test_same_record(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(plans); i++) {
		struct outcome one = run_once(plans[i], 0);

		for (guint workers = 1; workers <= 3; workers++) {
			struct outcome other = run_once(plans[i], workers);

			g_test_message("plan %u, %u workers: %s", i, workers, other.log);
			g_assert_cmpstr(one.record, ==, other.record);
			g_assert_cmpstr(one.heard, ==, other.heard);
			outcome_clear(&other);
		}
		outcome_clear(&one);
	}
}

/* What is done ahead follows from the plan and the verdicts alone. */
static void test_same_way(void)
{
	static const struct {
		guint plan;
		const char *one_by_one, *ahead;
	} rows[] = {
		{0, "scan/1 look/1 scan/2 look/2 scan/3 look/3 scan/4 look/4",
	         "scan/1 look/1 scan/2 look/2 scan/3 look/3 scan/4 look/4"},
		/* lanes 2 and 3 were being computed */
		{1, "scan/1 look/1 scan/2 scan/2 look/2 scan/3 look/3 scan/4 look/4",
	         "scan/1 look/1 scan/2 look/2 scan/3 scan/2 look/2 scan/3 look/3 scan/4 look/4"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct outcome one = run_once(plans[rows[i].plan], 0);
		struct outcome other = run_once(plans[rows[i].plan], 2);

		g_assert_true(g_str_has_prefix(one.log, rows[i].one_by_one));
		if (!g_str_has_prefix(other.log, rows[i].ahead))
			g_error("\"%s\" is not \"%s\"", other.log, rows[i].ahead);
		outcome_clear(&one);
		outcome_clear(&other);
	}
}

/* --- ahead ------------------------------------------------------------------------------------ */

/* How many lanes have been begun. */
struct meeting {
	GMutex lock;
	GCond changed;
	guint begun;
};

#define MEETING "meeting"

static struct meeting *meeting_of(const struct step_context *ctx)
{
	return g_object_get_data(G_OBJECT(ctx->run->cancellable), MEETING);
}

static void reach(struct meeting *meeting, guint begun)
{
	g_mutex_lock(&meeting->lock);
	meeting->begun = MAX(meeting->begun, begun);
	g_cond_broadcast(&meeting->changed);
	g_mutex_unlock(&meeting->lock);
}

static void meet(struct meeting *meeting, guint begun)
{
	gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

	g_mutex_lock(&meeting->lock);
	while (meeting->begun < begun)
		g_assert_true(g_cond_wait_until(&meeting->changed, &meeting->lock, end));
	g_mutex_unlock(&meeting->lock);
}

/* Ends only when the next lane has been begun. */
static gboolean meeting_rest(struct step_context *ctx, gpointer data, GError **error)
{
	if (step_lane(ctx) < 4)
		meet(meeting_of(ctx), (guint)step_lane(ctx) + 1);
	step_measure(ctx, "x", step_lane(ctx), 1, "dBm", NAN);
	return TRUE;
}

static gboolean meeting_run(struct step_context *ctx, GError **error)
{
	reach(meeting_of(ctx), (guint)step_lane(ctx));
	step_rest(ctx, meeting_rest, NULL, NULL);
	return TRUE;
}

/* A lane is captured while the one before is computed. */
static void test_meets(void)
{
	static const struct step_def def = STEP("scan", meeting_run, may);
	static const struct step_def *const steps[] = {&def};
	static const struct step_table table = {steps, 1, NULL};
	struct stand *s =
		stand_new_with(LIMITS_X,
	                       "setup: []\nmain:\n  - {step: scan, for: lanes}\ncleanup: []\n",
	                       &table);
	struct workers *workers = workers_new(1);
	struct meeting meeting = {.begun = 0};

	g_mutex_init(&meeting.lock);
	g_cond_init(&meeting.changed);
	g_object_set_data(G_OBJECT(s->run.cancellable), MEETING, &meeting);
	s->run.workers = workers;
	stand_run(s, "", VERDICT_PASS);
	g_assert_cmpuint(s->run.record->steps->len, ==, 4);
	workers_free(workers);
	stand_free(s);
	g_cond_clear(&meeting.changed);
	g_mutex_clear(&meeting.lock);
}

/* --- aborted ---------------------------------------------------------------------------------- */

static gboolean never_rest(struct step_context *ctx, gpointer data, GError **error)
{
	g_assert_not_reached();
}

static void count_free(gpointer data)
{
	g_atomic_int_inc((gint *)data);
}

#define FREED "freed"

/* Somebody aborts while the step is with the instruments. */
static gboolean aborted_run(struct step_context *ctx, GError **error)
{
	g_cancellable_cancel(ctx->run->cancellable);
	step_rest(ctx, never_rest, g_object_get_data(G_OBJECT(ctx->run->cancellable), FREED),
	          count_free);
	return TRUE;
}

/* What is to become safe does not wait for what nobody will look at. */
static void test_aborted(void)
{
	static const struct step_def def = STEP("scan", aborted_run, may);
	static const struct step_def *const steps[] = {&def};
	static const struct step_table table = {steps, 1, NULL};

	for (guint n = 0; n < 2; n++) {
		struct stand *s = stand_new_with(LIMITS_X,
		                                 "setup: []\nmain:\n  - {step: scan, for: "
		                                 "lanes}\ncleanup: []\n",
		                                 &table);
		struct workers *workers = n ? workers_new(n) : NULL;
		gint freed = 0;

		g_object_set_data(G_OBJECT(s->run.cancellable), FREED, &freed);
		s->run.workers = workers;
		stand_run(s, "", VERDICT_ABORTED);
		g_assert_cmpint(g_atomic_int_get(&freed), ==, 1);
		workers_free(workers);
		stand_free(s);
	}
}

/* --- workers ---------------------------------------------------------------------------------- */

/* Something to be computed, which leaves its letter. */
struct letter {
	GString *order;
	char letter;
	struct meeting *waits; /* null: for nothing */
};

static void append(gpointer data)
{
	const struct letter *letter = data;

	if (letter->waits)
		meet(letter->waits, 1);
	g_string_append_c(letter->order, letter->letter);
}

/* A site that has much to compute does not keep the others waiting. */
static void test_sites_in_turn(void)
{
	static const struct {
		int site;
		char letter;
	} rows[] = {{1, 'a'}, {1, 'b'}, {1, 'c'}, {1, 'd'}, {3, 'x'}, {3, 'y'}, {2, 'm'}};
	g_autoptr(GString) order = g_string_new(NULL);
	struct letter letters[G_N_ELEMENTS(rows)];
	struct workers_job *jobs[G_N_ELEMENTS(rows)];
	struct workers *workers = workers_new(1);
	struct meeting meeting = {.begun = 0};

	g_mutex_init(&meeting.lock);
	g_cond_init(&meeting.changed);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		letters[i] = (struct letter){order, rows[i].letter, i ? NULL : &meeting};
		jobs[i] = workers_submit(workers, rows[i].site, append, &letters[i]);
	}
	reach(&meeting, 1);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		workers_wait(jobs[i]);
	workers_free(workers);
	/* whether the first was begun before the others came makes no difference to the rest */
	g_assert_cmpstr(order->str, ==, "amxbycd");
	g_cond_clear(&meeting.changed);
	g_mutex_clear(&meeting.lock);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ahead/same-record", test_same_record);
	g_test_add_func("/ahead/same-way", test_same_way);
	g_test_add_func("/ahead/meets", test_meets);
	g_test_add_func("/ahead/aborted", test_aborted);
	g_test_add_func("/workers/sites-in-turn", test_sites_in_turn);
	return g_test_run();
}

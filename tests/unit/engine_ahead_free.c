/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/workers.h"
#include "tests/unit/engine_pool_bed.h"
#include "tests/unit/engine_stand.h"

/*
 * "order: free": a step whose instrument somebody else has lets those pass that need it not. What
 * comes of it is in the order of the plan, and says so.
 */

#define LANES  4
#define HOLDER "holder"

static gboolean scan(struct step_context *ctx, GError **error)
{
	stand_log(stand_of(ctx), "%s/%d", ctx->item->name, ctx->lane);
	step_measure(ctx, "x", step_lane(ctx), 1, "dBm", 0.1);
	return TRUE;
}

static gboolean look(struct step_context *ctx, GError **error)
{
	const char *holder = g_object_get_data(G_OBJECT(ctx->run->cancellable), HOLDER);

	stand_log(stand_of(ctx), "%s/%d", ctx->item->name, ctx->lane);
	/* somebody else has the supply until the last lane was looked at */
	if (holder && step_lane(ctx) == LANES)
		pool_give(ctx->run->pool, &holder, 1, FALSE);
	return TRUE;
}

static gboolean may(const struct step_context *ctx)
{
	return TRUE;
}

static const struct step_param params[] = {{0}};
static const struct step_def step_scan = {
	.name = "scan",
	.help = "",
	.scope = STEP_LANE,
	.needs = 1u << INSTRUMENT_SUPPLY,
	.limit_s = 60,
	.params = params,
	.run = scan,
	.may_go_ahead = may,
};
static const struct step_def step_look = {
	.name = "look",
	.help = "",
	.scope = STEP_LANE,
	.limit_s = 60,
	.params = params,
	.run = look,
	.may_go_ahead = may,
};

/* With the pool of the set, from now on its own. */
static struct stand *stand_on(struct set *set, enum config_order order, struct workers *workers)
{
	static const struct step_def *const steps[] = {&step_scan, &step_look};
	static const struct step_table table = {steps, G_N_ELEMENTS(steps), NULL};
	struct stand *s = stand_new_with(LIMITS_X,
	                                 "setup: []\nmain:\n  - group: g\n    for: lanes\n"
	                                 "    steps:\n      - {step: scan}\n      - {step: look}\n"
	                                 "cleanup: []\n",
	                                 &table);

	s->site.uses[INSTRUMENT_SUPPLY] = (char *)names[0];
	pool_free(s->run.pool);
	s->run.pool = g_steal_pointer(&set->pool);
	s->run.order = order;
	s->run.workers = workers;
	return s;
}

/* Each step of the record, in its order. */
static char *recorded(const struct run_record *record)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = g_ptr_array_index(record->steps, i);

		g_string_append_printf(text, "%s%s/%d", i ? " " : "", step->name, step->lane);
	}
	return g_string_free(text, FALSE);
}

#define IN_ORDER "scan/1 look/1 scan/2 look/2 scan/3 look/3 scan/4 look/4"

static void run_and_expect(enum config_order order, gboolean held, const char *log, guint notes)
{
	struct supply_at answers[N];
	struct set set;
	struct workers *workers = workers_new(1);
	struct instrument *taken;
	GError *error = NULL;

	set_start(&set, answers);
	struct stand *s = stand_on(&set, order, workers);
	const struct bounds bounds = {deadline_in_s(20), NULL};
	if (held) {
		g_assert_true(pool_take(s->run.pool, names, 1, &taken, &bounds, &error));
		g_object_set_data(G_OBJECT(s->run.cancellable), HOLDER, (gpointer)names[0]);
	}
	stand_run(s, log, VERDICT_PASS);
	g_autofree char *steps = recorded(s->run.record);
	g_assert_cmpstr(steps, ==, IN_ORDER);
	g_assert_cmpuint(s->run.record->notes->len, ==, notes);
	if (notes)
		g_assert_true(g_str_has_prefix(g_ptr_array_index(s->run.record->notes, notes - 1),
		                               "lane 4: look was done before 4 steps that come "
		                               "before it"));
	stand_free(s);
	workers_free(workers);
	set_stop(&set);
}

static void test_overtakes(void)
{
	run_and_expect(CONFIG_ORDER_FREE, TRUE,
	               "look/1 look/2 look/3 look/4 scan/1 scan/2 scan/3 scan/4", LANES);
}

/* Where nothing is in use, both orders are the plan's. */
static void test_nothing_in_use(void)
{
	run_and_expect(CONFIG_ORDER_FREE, FALSE, IN_ORDER, 0);
	run_and_expect(CONFIG_ORDER_PLAN, FALSE, IN_ORDER, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ahead/free/overtakes", test_overtakes);
	g_test_add_func("/ahead/free/nothing-in-use", test_nothing_in_use);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static gboolean run_nothing(struct step_context *ctx, GError **error)
{
	return TRUE;
}

static const struct step_param params[] = {{"gate", "s", NULL, "a time"}, {0}};
static const struct step_def lane_step = {.name = "measure-lane",
                                          .help = "",
                                          .scope = STEP_LANE,
                                          .params = params,
                                          .run = run_nothing};
static const struct step_def unit_step = {.name = "measure-unit",
                                          .help = "",
                                          .scope = STEP_UNIT,
                                          .run = run_nothing};
static const struct step_param begin_params[] = {{"window", "degC", "1 degC", "how near"}, {0}};
static const struct step_param soak_params[] = {{"limit", "s", "900 s", "how long"}, {0}};
static const struct step_param set_params[] = {{"window", "degC", "1 degC", "how near"},
                                               {"limit", "s", "900 s", "how long"},
                                               {0}};
static const struct step_def set_corner = {.name = "set-corner",
                                           .help = "",
                                           .scope = STEP_UNIT,
                                           .params = set_params,
                                           .run = run_nothing};
static const struct step_def corner_begin = {.name = "corner-begin",
                                             .help = "",
                                             .scope = STEP_UNIT,
                                             .params = begin_params,
                                             .run = run_nothing};
static const struct step_def corner_soak = {.name = "corner-soak",
                                            .help = "",
                                            .scope = STEP_UNIT,
                                            .params = soak_params,
                                            .run = run_nothing};
static const struct step_def *const steps[] = {&lane_step, &unit_step, &set_corner, &corner_begin,
                                               &corner_soak};
static const struct step_table table = {steps, 5};

#define HEAD                                                                                       \
	"plan: P\nrevision: \"3\"\ntype: 400GBASE-DR4\nstage: final\n"                             \
	"corners:\n  - {name: cold, case: 0 degC, supply: 3.135 V}\n"                              \
	"  - {name: hot, case: 70 degC, supply: 3.465 V}\n"
#define TAIL "cleanup: []\n"

static struct plan *load(const char *text, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("plan-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "p.yaml", NULL);
	struct plan *plan;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	plan = plan_load(path, &table, error);
	g_unlink(path);
	g_rmdir(folder);
	return plan;
}

#define THREE                                                                                      \
	"plan: P\nrevision: \"3\"\ntype: T\nstage: final\n"                                        \
	"corners: {case: [0 degC, 25 degC, 70 degC], supply: [3.135 V, 3.3 V, 3.465 V]}\n"
#define IN_CORNERS(more, steps)                                                                    \
	"main:\n  - group: g\n    for: corners\n" more "    steps:\n" steps TAIL
#define ONE_STEP "      - {step: measure-unit, name: x}\n"

/* The actions in words: step, and "@" corner where it is not the one before. */
static char *words_of(const struct plan *plan, guint n_lanes)
{
	g_autoptr(GArray) actions = plan_unroll(plan, n_lanes);
	GString *out = g_string_new(NULL);
	const char *last = "none";

	for (guint i = 0; i < actions->len; i++) {
		const struct plan_action *a = &g_array_index(actions, struct plan_action, i);

		g_string_append_printf(out, "%s%s", i ? " " : "", a->item->name);
		if (a->lane)
			g_string_append_printf(out, "/%d", a->lane);
		if (strcmp(a->corner->name, last) != 0)
			g_string_append_printf(out, "@%s", a->corner->name);
		last = a->corner->name;
	}
	return g_string_free(out, FALSE);
}

static void check_words(const char *text, const char *words)
{
	GError *error = NULL;
	g_autoptr(plan) plan = load(text, &error);

	g_assert_no_error(error);
	g_autofree char *seen = words_of(plan, 2);
	g_assert_cmpstr(seen, ==, words);
}

/* Each with each, nominal first whatever the lists say. */
static void test_short_form(void)
{
	GError *error = NULL;
	g_autoptr(plan) plan = load(THREE "setup: []\nmain: []\n" TAIL, &error);
	static const char *const names[] = {"25C 3.300V", "0C 3.135V",  "0C 3.300V",
	                                    "0C 3.465V",  "25C 3.135V", "25C 3.465V",
	                                    "70C 3.135V", "70C 3.300V", "70C 3.465V"};

	g_assert_no_error(error);
	g_assert_cmpuint(plan->corners->len, ==, 9);
	for (guint i = 0; i < 9; i++)
		g_assert_cmpstr(g_array_index(plan->corners, struct plan_corner, i).name, ==,
		                names[i]);
	g_assert_cmpfloat(g_array_index(plan->corners, struct plan_corner, 6).case_degc, ==, 70);
	g_assert_cmpfloat(g_array_index(plan->corners, struct plan_corner, 6).supply_v, ==, 3.135);
}

static void test_at(void)
{
	check_words(HEAD "setup: []\n" IN_CORNERS("    at: [hot]\n", ONE_STEP),
	            "corner-begin@hot corner-soak x");
	check_words(THREE "setup: []\n" IN_CORNERS("    at: {case: [70 degC], supply: [3300 mV]}\n",
	                                           ONE_STEP),
	            "corner-begin@70C 3.300V corner-soak x");
	check_words(THREE "setup: []\n"
	                  "main:\n  - {step: measure-unit, name: x, for: corners,"
	                  " at: {case: [25 degC]}}\n" TAIL,
	            "corner-begin@25C 3.300V corner-soak x "
	            "corner-begin@25C 3.135V corner-soak x "
	            "corner-begin@25C 3.465V corner-soak x");
}

/* Two ramps, voltages there and back; where set-corner has been nothing is entered again. */
static void test_enter(void)
{
	check_words(THREE "setup:\n  - {step: measure-unit, name: up}\n  - {step: set-corner}\n"
	                  "main:\n  - group: g\n    for: corners\n"
	                  "    at: {supply: [3.3 V, 3.465 V]}\n    steps:\n" ONE_STEP
	                  "  - {step: measure-unit, name: after}\n"
	                  "  - {step: set-corner, name: back}\n"
	                  "  - {step: measure-unit, name: there}\n"
	                  "cleanup:\n  - {step: measure-unit, name: down}\n",
	            "up@25C 3.300V set-corner x corner-begin@25C 3.465V corner-soak x "
	            "corner-begin@0C 3.465V corner-soak x corner-begin@0C 3.300V corner-soak x "
	            "corner-begin@70C 3.300V corner-soak x corner-begin@70C 3.465V corner-soak x "
	            "after back@25C 3.300V there down@");
}

static void test_from(void)
{
	GError *error = NULL;
	g_autoptr(plan) plan =
		load(HEAD "setup:\n  - {step: set-corner}\n" IN_CORNERS("", ONE_STEP), &error);

	g_assert_no_error(error);
	g_autoptr(GArray) actions = plan_unroll(plan, 4);
	const struct plan_action *a = (const struct plan_action *)actions->data;
	g_assert_cmpuint(actions->len, ==, 5);
	g_assert_null(a[0].from);
	g_assert_true(a[2].item == plan->begin);
	g_assert_true(a[2].from == a[0].corner);
	g_assert_true(a[3].item == plan->soak && a[3].item->stop_on_fail);
	g_assert_null(a[4].from);
}

static void test_while_ramping(void)
{
#define RAMPING                                                                                    \
	"    while_ramping:\n      - {step: measure-unit, name: a}\n"                              \
	"      - {step: measure-lane, name: b, for: lanes, with: {gate: 1 s}}\n"                   \
	"      - {step: measure-unit, name: c}\n"
#define SET "setup:\n  - {step: set-corner}\n"
	/* three things, two ramps */
	check_words(THREE SET IN_CORNERS("    at: {supply: [3.3 V]}\n" RAMPING, ONE_STEP),
	            "set-corner@25C 3.300V x "
	            "corner-begin@0C 3.300V a@ b/1 b/2 corner-soak@0C 3.300V x "
	            "corner-begin@70C 3.300V c@ corner-soak@70C 3.300V x");
	/* one ramp takes all, a change of voltage none */
	check_words(THREE SET IN_CORNERS("    at: {case: [70 degC], supply: [3.3 V, 3.135 "
	                                 "V]}\n" RAMPING,
	                                 ONE_STEP),
	            "set-corner@25C 3.300V "
	            "corner-begin@70C 3.300V a@ b/1 b/2 c corner-soak@70C 3.300V x "
	            "corner-begin@70C 3.135V corner-soak x");
	/* without a ramp they are done all the same */
	check_words(THREE SET IN_CORNERS("    at: [25C 3.300V]\n" RAMPING, ONE_STEP),
	            "set-corner@25C 3.300V a@ b/1 b/2 c x@25C 3.300V");
}

/* One thing and more ramps than that. */
static void test_ramping_once(void)
{
	check_words(THREE SET IN_CORNERS("    at: {case: [0 degC, 70 degC], supply: [3.3 V]}\n"
	                                 "    while_ramping: [{step: measure-unit, name: a}]\n",
	                                 ONE_STEP),
	            "set-corner@25C 3.300V corner-begin@0C 3.300V a@ corner-soak@0C 3.300V x "
	            "corner-begin@70C 3.300V corner-soak x");
}

/* The second lane goes through the corners from where the first has left the head. */
static void test_loops_nested(void)
{
	check_words(HEAD
	            "setup: []\nmain:\n  - group: g\n    for: lanes\n    steps:\n"
	            "      - {step: measure-lane, name: x, for: corners, with: {gate: 1 s}}\n" TAIL,
	            "corner-begin@cold corner-soak x/1 corner-begin@hot corner-soak x/1 "
	            "x/2 corner-begin@cold corner-soak x/2");
	check_words(HEAD "setup: []\n" IN_CORNERS("", "      - {step: measure-lane, name: x, for: "
	                                              "lanes, with: {gate: 1 s}}\n"),
	            "corner-begin@cold corner-soak x/1 x/2 corner-begin@hot corner-soak x/1 x/2");
}

/* "corner" is for all three; a step's own "with" comes before it. */
static void test_parameters(void)
{
	GError *error = NULL;
	g_autoptr(plan) plan = load(HEAD "corner: {window: 2 degC, limit: 300 s}\n"
	                                 "setup:\n  - {step: set-corner, with: {limit: 60 "
	                                 "s}}\n" IN_CORNERS("", ONE_STEP),
	                            &error);

	g_assert_no_error(error);
	const struct plan_item *set = g_ptr_array_index(plan->setup, 0);
	g_assert_cmpfloat(set->values[0].number, ==, 2);
	g_assert_cmpfloat(set->values[1].number, ==, 60);
	g_assert_cmpfloat(plan->begin->values[0].number, ==, 2);
	g_assert_cmpfloat(plan->soak->values[0].number, ==, 300);
}

static void test_show(void)
{
	GError *error = NULL;
	g_autoptr(plan) plan =
		load(THREE SET IN_CORNERS("    at: {supply: [3.3 V]}\n", ONE_STEP), &error);

	g_assert_no_error(error);
	g_autofree char *text = plan_show(plan, 4);
	g_assert_nonnull(strstr(text, "\ncorners: 25C 3.300V, 0C 3.300V, 70C 3.300V; "
	                              "2 ramps over 95 degC in total\n"));
}

static void test_refused(void)
{
#define BAD  "plan: P\nrevision: \"3\"\ntype: T\nstage: final\n"
#define REST "setup: []\nmain: []\n" TAIL
	static const struct {
		const char *text, *says;
	} bad[] = {
		{HEAD "setup: []\n" IN_CORNERS("    at: [cld]\n", ONE_STEP),
	         "p.yaml:12: there is no corner \"cld\"; did you mean \"cold\"?"},
		{THREE "setup: []\n" IN_CORNERS("    at: {case: [30 degC]}\n", ONE_STEP),
	         "p.yaml:10: no corner has case 30 degC; the nearest has 25 degC"},
		{HEAD "setup: []\n" IN_CORNERS("    at: {case: [0 degC], supply: [3.465 V]}\n",
	                                       ONE_STEP),
	         "p.yaml:12: no corner is at all of that"},
		{HEAD "setup: []\n" IN_CORNERS("    at: {csae: [0 degC]}\n", ONE_STEP), "csae"},
		{HEAD "setup: []\n" IN_CORNERS("    at: {case: [0 V]}\n", ONE_STEP), "p.yaml:12"},
		{HEAD "setup: []\n" IN_CORNERS("    at: []\n", ONE_STEP), "p.yaml:12"},
		{HEAD "setup: []\nmain:\n  - {step: measure-unit, at: [cold]}\n" TAIL,
	         "p.yaml:10: only with \"for: corners\""},
		{HEAD "setup: []\nmain:\n  - {group: g, for: lanes, while_ramping: [], steps: "
	              "[]}\n" TAIL,
	         "only with \"for: corners\""},
		{HEAD
	         "setup: []\n" IN_CORNERS("    while_ramping: [{step: set-corner}]\n", ONE_STEP),
	         "set-corner is not for while_ramping"},
		{HEAD "setup: []\n" IN_CORNERS("    while_ramping: [{step: measure-unit, for: "
	                                       "corners}]\n",
	                                       ONE_STEP),
	         "already inside a loop over corners"},
		{HEAD "setup: []\nmain: []\ncleanup: [{step: measure-unit, for: corners}]\n",
	         "at no corner"},
		{HEAD "corner: {widnow: 1 degC}\n" REST, "p.yaml:8"},
		{HEAD "corner: {window: 1 V}\n" REST, "p.yaml:8"},
		{BAD "corners: {case: [], supply: [3.3 V]}\n" REST, "p.yaml:5"},
		{BAD "corners: {case: [0 degC]}\n" REST, "supply"},
		{BAD "corners: {case: [0 degC], supply: [3.3 V], humidity: [1]}\n" REST,
	         "humidity"},
		{BAD "corners: {case: [0 degC, 0 degC], supply: [3.3 V]}\n" REST,
	         "two corners would be named \"0C 3.300V\""},
		{BAD "corners:\n  - {name: a, case: 0 degC, supply: 3.3 V}\n"
	             "  - {name: a, case: 1 degC, supply: 3.3 V}\n" REST,
	         "p.yaml:7: two corners would be named \"a\""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		GError *error = NULL;
		struct plan *plan = load(bad[i].text, &error);

		if (plan)
			g_error("case %u is taken", i);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, bad[i].says))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        bad[i].says);
		g_clear_error(&error);
	}
}

/* --- the order of corners --------------------------------------------------------------------- */

#define MOST_CORNERS 7

struct way {
	guint ramps;
	double degc, volt;
};

static struct way way_through(const struct plan_corner *const *corners, guint n, double degc,
                              double volt)
{
	struct way way = {0};

	for (guint i = 0; i < n; i++) {
		way.ramps += corners[i]->case_degc != degc;
		way.degc += fabs(corners[i]->case_degc - degc);
		way.volt += fabs(corners[i]->supply_v - volt);
		degc = corners[i]->case_degc;
		volt = corners[i]->supply_v;
	}
	return way;
}

struct trial {
	const struct plan_corner *corners[MOST_CORNERS], *const *ours;
	guint n;
	double degc, volt;
	struct way way; /* of ours */
};

static gboolean same_temperatures(const struct trial *trial)
{
	for (guint i = 0; i < trial->n; i++)
		if (trial->corners[i]->case_degc != trial->ours[i]->case_degc)
			return FALSE;
	return TRUE;
}

/* Ours is not longer than any permutation from place k on. */
static void try_all(struct trial *trial, guint k)
{
	if (k == trial->n) {
		struct way way = way_through(trial->corners, trial->n, trial->degc, trial->volt);

		g_assert_cmpuint(trial->way.ramps, <=, way.ramps);
		if (way.ramps == trial->way.ramps)
			g_assert_cmpfloat(trial->way.degc, <=, way.degc + 1e-9);
		if (same_temperatures(trial))
			g_assert_cmpfloat(trial->way.volt, <=, way.volt + 1e-9);
		return;
	}
	for (guint i = k; i < trial->n; i++) {
		const struct plan_corner *swap = trial->corners[k];

		trial->corners[k] = trial->corners[i];
		trial->corners[i] = swap;
		try_all(trial, k + 1);
		trial->corners[i] = trial->corners[k];
		trial->corners[k] = swap;
	}
}

static void test_order_shortest(void)
{
	static const double degc[] = {-5, 0, 10, 25, 40, 55, 70};
	static const double volt[] = {3.135, 3.2, 3.3, 3.4, 3.465};
	g_autoptr(GRand) random = g_rand_new_with_seed(11);

	for (guint round = 0; round < 150; round++) {
		struct plan_corner corners[MOST_CORNERS];
		struct trial trial = {.n = (guint)g_rand_int_range(random, 1, 7)};
		g_autoptr(GPtrArray) given = g_ptr_array_new();

		trial.n = round < 5 ? MOST_CORNERS : trial.n;
		trial.degc = degc[g_rand_int_range(random, 0, 7)];
		trial.volt = volt[g_rand_int_range(random, 0, 5)];
		for (guint i = 0; i < trial.n; i++) {
			/* few temperatures, so that each has several supplies */
			corners[i] =
				(struct plan_corner){NULL,
			                             degc[(g_rand_int_range(random, 0, 3) + round) %
			                                  7],
			                             volt[g_rand_int_range(random, 0, 5)]};
			trial.corners[i] = &corners[i];
			g_ptr_array_add(given, &corners[i]);
		}
		g_autoptr(GPtrArray) order = corners_order(given, trial.degc, trial.volt);
		g_assert_cmpuint(order->len, ==, trial.n);
		trial.ours = (const struct plan_corner *const *)order->pdata;
		for (guint i = 0; i < trial.n; i++)
			g_assert_true(g_ptr_array_find(order, &corners[i], NULL));
		trial.way = way_through(trial.ours, trial.n, trial.degc, trial.volt);
		try_all(&trial, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/corners/short-form", test_short_form);
	g_test_add_func("/corners/at", test_at);
	g_test_add_func("/corners/enter", test_enter);
	g_test_add_func("/corners/from", test_from);
	g_test_add_func("/corners/while-ramping", test_while_ramping);
	g_test_add_func("/corners/ramping-once", test_ramping_once);
	g_test_add_func("/corners/loops-nested", test_loops_nested);
	g_test_add_func("/corners/parameters", test_parameters);
	g_test_add_func("/corners/show", test_show);
	g_test_add_func("/corners/refused", test_refused);
	g_test_add_func("/corners/order-shortest", test_order_shortest);
	return g_test_run();
}

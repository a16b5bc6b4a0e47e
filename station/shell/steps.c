/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/steps.h"

#include "base/error.h"
#include "station/shell/site.h"
#include "station/shell/tell.h"

#include <string.h>

#define LANES_WITHOUT_PRODUCT 4

void shell_steps_clear(struct shell_steps *steps)
{
	plan_free(steps->plan);
	g_free(steps->run_id);
	g_free(steps->corner);
	if (steps->verdicts)
		g_array_unref(steps->verdicts);
	if (steps->breaks)
		g_ptr_array_unref(steps->breaks);
	*steps = (struct shell_steps){.stopped = -1, .last = -1};
}

struct plan *shell_load_plan(struct shell *shell, const char *name, const char *type,
                             GError **error)
{
	const struct shell_world *world = shell_world(shell);
	g_autofree char *path = NULL;

	if (!g_file_test(name, G_FILE_TEST_IS_REGULAR))
		path = config_find_file(world->config_path ? world->config_path : "./", "plans",
		                        name);
	return plan_load_with(path ? path : name, world->steps, type, world->config_path, error);
}

/* --- the list --------------------------------------------------------------------------------- */

/* What was done is the unit's: with a record of another nothing has been. */
static void begin_anew(struct shell_steps *steps, const char *run_id, guint n)
{
	if (g_strcmp0(steps->run_id, run_id) == 0 && steps->verdicts && steps->verdicts->len == n)
		return;
	if (g_strcmp0(steps->run_id, run_id) != 0) {
		g_free(steps->run_id);
		steps->run_id = g_strdup(run_id);
		g_clear_pointer(&steps->corner, g_free);
		steps->last = -1;
	}
	if (steps->verdicts)
		g_array_unref(steps->verdicts);
	steps->verdicts = g_array_new(FALSE, TRUE, sizeof(enum verdict));
	g_array_set_size(steps->verdicts, n);
	steps->next = 0;
	steps->stopped = -1;
}

const struct plan *shell_steps_plan(struct shell *shell)
{
	const struct shell_site *site = shell_site(shell);
	const struct shell_steps *steps = shell_steps(shell);

	return steps->plan ? steps->plan : site->hand ? hand_plan(site->hand) : NULL;
}

GArray *shell_steps_actions(struct shell *shell, GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	const struct plan *plan = hand ? shell_steps_plan(shell) : NULL;
	GArray *actions;

	if (!hand)
		return NULL;
	if (!plan) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "which product it is is not known: \"module up\" asks the "
		                  "module, \"site product PART-NUMBER\" says it, \"step list "
		                  "PLAN\" takes a plan");
		return NULL;
	}
	actions = plan_unroll(plan, hand_product(hand) ? hand_product(hand)->n_lanes
	                                               : LANES_WITHOUT_PRODUCT);
	begin_anew(shell_steps(shell), hand_record(hand)->run_id, actions->len);
	return actions;
}

gboolean shell_steps_use(struct shell *shell, const char *name, GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	const struct config_product *product = hand ? hand_product(hand) : NULL;
	struct shell_steps *steps = shell_steps(shell);
	struct plan *plan =
		hand ? shell_load_plan(shell, name, product ? product->type : NULL, error) : NULL;

	if (!plan)
		return FALSE;
	if (product && strcmp(hand_plan(hand)->path, plan->path) == 0)
		g_clear_pointer(&plan, plan_free);
	plan_free(steps->plan);
	steps->plan = plan;
	if (steps->verdicts)
		g_array_set_size(steps->verdicts, 0);
	return TRUE;
}

gboolean shell_steps_is(const struct plan_action *action, guint index, const char *word)
{
	g_autofree char *number = g_strdup_printf("%u", index + 1);

	return strcmp(word, number) == 0 || strcmp(word, action->item->name) == 0 ||
	       strcmp(word, action->item->def->name) == 0;
}

gboolean shell_steps_breaks(const struct shell_steps *steps, const struct plan_action *action,
                            guint index)
{
	for (guint i = 0; steps->breaks && i < steps->breaks->len; i++)
		if (shell_steps_is(action, index, g_ptr_array_index(steps->breaks, i)))
			return TRUE;
	return FALSE;
}

/* --- running ---------------------------------------------------------------------------------- */

/* Where the unit is decides whether the head has to move, not what a plan did before. */
static struct plan_action placed(struct shell *shell, const struct plan_action *action)
{
	const struct plan *plan = shell_steps_plan(shell);
	const char *at = shell_steps(shell)->corner;
	struct plan_action here = *action;

	here.from = NULL;
	for (guint i = 0; at && plan && i < plan->corners->len; i++) {
		const struct plan_corner *corner =
			&g_array_index(plan->corners, struct plan_corner, i);
		if (strcmp(corner->name, at) == 0)
			here.from = corner;
	}
	if (!here.corner)
		here.corner = here.from ? here.from
		                        : &g_array_index(plan->corners, struct plan_corner, 0);
	return here;
}

static enum station_error kind_of(const char *name)
{
	for (int code = STATION_ERROR_INTERNAL; name && code <= STATION_ERROR_REFUSED; code++)
		if (strcmp(station_error_name(code), name) == 0)
			return code;
	return STATION_ERROR_DATA;
}

/* What the record says of the step that just ended. */
static gboolean conclude(const struct record_step *step, GError **error)
{
	enum station_error kind = kind_of(step->error_kind);

	if (step->verdict != VERDICT_ERROR && step->verdict != VERDICT_ABORTED)
		return TRUE;
	if (step->verdict == VERDICT_ABORTED)
		kind = STATION_ERROR_CANCELLED;
	station_error_set(error, kind, "%s: %s", step->name, step->reason ? step->reason : "");
	return FALSE;
}

gboolean shell_steps_run(struct shell *shell, const struct plan_action *action, gint index,
                         GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	struct shell_steps *steps = shell_steps(shell);
	struct plan_action here = placed(shell, action);
	const struct record_step *step;
	struct shell_tell *tell;
	gboolean begun;

	if (!hand)
		return FALSE;
	tell = shell_tell_begin(shell, hand);
	begun = hand_action(hand, &here, shell_stop(shell), error);
	shell_tell_end(tell);
	if (!begun)
		return FALSE;
	steps->last = (gint)hand_record(hand)->steps->len - 1;
	step = g_ptr_array_index(hand_record(hand)->steps, steps->last);
	if (plan_enters_corner(here.item->def)) {
		g_free(steps->corner);
		steps->corner = g_strdup(here.corner->name);
	}
	if (index >= 0) {
		g_array_index(steps->verdicts, enum verdict, index) = step->verdict;
		steps->next = (guint)index + 1;
		steps->stopped = -1;
	}
	return conclude(step, error);
}

gboolean shell_steps_go(struct shell *shell, const GArray *actions, GError **error)
{
	struct shell_steps *steps = shell_steps(shell);

	while (steps->next < actions->len) {
		gint index = (gint)steps->next;
		const struct plan_action *action =
			&g_array_index(actions, struct plan_action, steps->next);

		if (steps->stopped != index && shell_steps_breaks(steps, action, steps->next)) {
			steps->stopped = index;
			shell_tell_line(shell, "break before %d %s", index + 1, action->item->name);
			break;
		}
		if (!shell_steps_run(shell, action, index, error))
			return FALSE;
		if (g_array_index(steps->verdicts, enum verdict, index) > VERDICT_PASS) {
			shell_tell_line(shell, "stopped behind %d %s", index + 1,
			                action->item->name);
			break;
		}
	}
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/suggest.h"
#include "station/commands/rows.h"
#include "station/commands/record_table.h"
#include "station/shell/site.h"
#include "station/shell/steps.h"

#include <string.h>

/* A plan, one step at a time. */

static void complete_steps(struct shell *shell, GPtrArray *names)
{
	g_autoptr(GArray) actions = shell_steps_actions(shell, NULL);
	const struct step_table *table = shell_world(shell)->steps;

	for (guint i = 0; actions && i < actions->len; i++)
		g_ptr_array_add(names,
		                g_strdup(g_array_index(actions, struct plan_action, i).item->name));
	for (guint i = 0; table && i < table->n; i++)
		g_ptr_array_add(names, g_strdup(table->steps[i]->name));
}

/* --- the list --------------------------------------------------------------------------------- */

static const struct table_column list_columns[] = {
	{"n", TRUE}, {"group"}, {"step"}, {"lane", TRUE}, {"corner"}, {"state"}, {"verdict"},
};

static void add_action(struct table *table, const struct shell_steps *steps,
                       const struct plan_action *action, guint index)
{
	enum verdict verdict = g_array_index(steps->verdicts, enum verdict, index);
	gboolean breaks = shell_steps_breaks(steps, action, index);
	const char *state = index == steps->next && breaks ? "next, break"
	                    : index == steps->next         ? "next"
	                    : breaks                       ? "break"
	                    : verdict != VERDICT_NONE      ? "done"
	                                                   : NULL;

	table_add(table, shell_value_number(index + 1, "1"));
	table_add(table, shell_value_text(action->group));
	table_add(table, shell_value_text(action->item->name));
	table_add_lane(table, action->lane);
	table_add(table, shell_value_text(action->corner->name));
	table_add(table, shell_value_text(state));
	if (verdict == VERDICT_NONE)
		table_add(table, (struct value){0});
	else
		table_add_verdict(table, verdict, FALSE);
}

static gboolean step_list(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	g_autoptr(GArray) actions = NULL;
	struct table *table;

	if (call->values[0].kind && !shell_steps_use(shell, call->values[0].text, error))
		return FALSE;
	actions = shell_steps_actions(shell, error);
	if (!actions)
		return FALSE;
	table = table_new(list_columns, G_N_ELEMENTS(list_columns));
	for (guint i = 0; i < actions->len; i++)
		add_action(table, shell_steps(shell),
		           &g_array_index(actions, struct plan_action, i), i);
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_step_list = {
	.noun = "step",
	.verb = "list",
	.help = "the plan of the product, or of a file, as it runs: what is done, next, a break",
	.examples = {"step list", "step list 400g.yaml"},
	.arguments = {{"PLAN", ARGUMENT_FILE, .optional = TRUE, .complete = complete_plans}},
	.run = step_list,
};

/* --- one step --------------------------------------------------------------------------------- */

/* The values that the step of the record measured; nothing when it has none. */
static struct value values_of(const struct run_record *record, gint step)
{
	struct table *table = record_table_new();

	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *one = g_ptr_array_index(record->measurements, i);
		if ((gint)one->step == step)
			record_table_add(table, one);
	}
	if (table_rows(table) > 0)
		return shell_value_take_table(table);
	table_unref(table);
	return (struct value){0};
}

static gboolean run_and_show(struct shell *shell, const struct plan_action *action, gint index,
                             struct value *result, GError **error)
{
	if (!shell_steps_run(shell, action, index, error))
		return FALSE;
	*result = values_of(hand_record(shell_hand(shell, NULL)), shell_steps(shell)->last);
	return TRUE;
}

/* What stands behind the step: a lane, and NAME=VALUE, a value being all up to the next name. */
struct said {
	int lane; /* 0: none was said */
	GPtrArray *values;
};

static gboolean add_word(struct said *said, const char *word, GError **error)
{
	guint n = said->values->len;
	guint64 lane;

	if (strchr(word, '=')) {
		g_ptr_array_add(said->values, g_strdup(word));
		return TRUE;
	}
	if (n > 0) {
		char *before = g_ptr_array_steal_index(said->values, n - 1);
		g_ptr_array_add(said->values, g_strdup_printf("%s %s", before, word));
		g_free(before);
		return TRUE;
	}
	if (!said->lane && g_ascii_string_to_unsigned(word, 10, 1, CONFIG_LANES_MAX, &lane, NULL)) {
		said->lane = (int)lane;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "\"%s\" is neither a lane 1 to %d nor NAME=VALUE", word,
	                  CONFIG_LANES_MAX);
	return FALSE;
}

static gboolean read_said(struct shell *shell, const char *text, struct said *said, GError **error)
{
	g_autoptr(GArray) tokens = token_split(text, error);
	gboolean ok = tokens != NULL;

	*said = (struct said){0, g_ptr_array_new_with_free_func(g_free)};
	for (guint i = 0; ok && i < tokens->len; i++) {
		g_autofree char *word = token_text(text, &g_array_index(tokens, struct token, i),
		                                   shell_lookup_text, shell, error);
		ok = word && add_word(said, word, error);
	}
	if (!ok)
		g_ptr_array_unref(said->values);
	return ok;
}

static gboolean check_lane(const struct plan_item *item, int lane, guint n_lanes, GError **error)
{
	if (item->def->scope == STEP_UNIT && lane)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "step %s is for the whole unit: it takes no lane", item->name);
	else if (item->def->scope == STEP_LANE && !lane)
		station_error_set(error, STATION_ERROR_CONFIG, "step %s is for one lane: say which",
		                  item->name);
	else if (lane > (int)n_lanes)
		station_error_set(error, STATION_ERROR_RANGE, "there is no lane %d: 1 to %u", lane,
		                  n_lanes);
	else
		return TRUE;
	return FALSE;
}

static gboolean run_named(struct shell *shell, const char *name, const struct said *said,
                          struct value *result, GError **error)
{
	const struct plan *plan = shell_steps_plan(shell);
	const struct config_product *product = hand_product(shell_hand(shell, NULL));
	struct plan_item *item;
	gboolean ok;

	g_ptr_array_add(said->values, NULL);
	item = plan_item_make(plan, shell_world(shell)->steps, name,
	                      (const char *const *)said->values->pdata, error);
	if (!item)
		return FALSE;
	const struct plan_action action = {item, "by hand", said->lane, NULL, NULL};
	ok = check_lane(item, said->lane, product ? product->n_lanes : CONFIG_LANES_MAX, error) &&
	     run_and_show(shell, &action, -1, result, error);
	plan_item_free(item);
	return ok;
}

static gboolean step_run(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	g_autoptr(GArray) actions = shell_steps_actions(shell, error);
	const char *name = call->values[0].text;
	guint64 number;
	struct said said;
	gboolean ok;

	if (!actions)
		return FALSE;
	if (g_ascii_string_to_unsigned(name, 10, 0, G_MAXUINT, &number, NULL)) {
		if (number >= 1 && number <= actions->len && !call->values[1].kind)
			return run_and_show(shell,
			                    &g_array_index(actions, struct plan_action, number - 1),
			                    (gint)number - 1, result, error);
		station_error_set(error, STATION_ERROR_CONFIG,
		                  call->values[1].kind
		                          ? "step %s of the plan has its lane and its values"
		                          : "there is no step %s: 1 to %u",
		                  name, actions->len);
		return FALSE;
	}
	if (!read_said(shell, call->values[1].kind ? call->values[1].text : "", &said, error))
		return FALSE;
	ok = run_named(shell, name, &said, result, error);
	g_ptr_array_unref(said.values);
	return ok;
}

const struct shell_command command_step_run = {
	.noun = "step",
	.verb = "run",
	.help = "runs a step by its name, as the plan has it unless told otherwise, or by its "
		"number",
	.examples = {"step run bring-up", "step run tx-measure 2 passes=2", "step run 7",
                     "step run best-fir-tap.lua 1 leave=old"},
	.arguments = {{"STEP", ARGUMENT_NAME, .complete = complete_steps},
                      {"LANE NAME=VALUE...", ARGUMENT_REST, .optional = TRUE}},
	.right = COMMAND_WRITES_MODULE,
	.run = step_run,
};

static gboolean step_next(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	g_autoptr(GArray) actions = shell_steps_actions(shell, error);
	guint next = shell_steps(shell)->next;

	if (!actions)
		return FALSE;
	if (next < actions->len)
		return run_and_show(shell, &g_array_index(actions, struct plan_action, next),
		                    (gint)next, result, error);
	station_error_set(error, STATION_ERROR_REFUSED, "the plan is at its end");
	return FALSE;
}

const struct shell_command command_step_next = {
	.noun = "step",
	.verb = "next",
	.help = "runs the plan's next step",
	.examples = {"step next"},
	.right = COMMAND_WRITES_MODULE,
	.run = step_next,
};

/* --- many steps ------------------------------------------------------------------------------- */

static const struct table_column go_columns[] = {
	{"step"}, {"lane", TRUE}, {"corner"}, {"verdict"}, {"took", TRUE}, {"reason"},
};

static struct value steps_of(const struct run_record *record, guint first)
{
	struct table *table = table_new(go_columns, G_N_ELEMENTS(go_columns));

	for (guint i = first; i < record->steps->len; i++) {
		const struct record_step *step = g_ptr_array_index(record->steps, i);
		table_add(table, shell_value_text(step->name));
		table_add_lane(table, step->lane);
		table_add(table, shell_value_text(step->corner));
		table_add_verdict(table, step->verdict, FALSE);
		table_add_number(table, step->duration_s, "s");
		table_add(table, shell_value_text(step->reason));
	}
	return shell_value_take_table(table);
}

static gboolean step_go(struct shell *shell, const struct call *call, struct value *result,
                        GError **error)
{
	g_autoptr(GArray) actions = shell_steps_actions(shell, error);
	struct hand *hand = shell_hand(shell, NULL);
	guint first;

	if (!actions)
		return FALSE;
	first = hand_record(hand)->steps->len;
	if (!shell_steps_go(shell, actions, error))
		return FALSE;
	*result = steps_of(hand_record(hand), first);
	return TRUE;
}

const struct shell_command command_step_go = {
	.noun = "step",
	.verb = "go",
	.help = "runs the plan on from the next step to its end, a break, a FAIL or an ERROR",
	.examples = {"step go"},
	.right = COMMAND_WRITES_MODULE,
	.run = step_go,
};

/* --- breaks ----------------------------------------------------------------------------------- */

/* Something of the plan is what was said. */
static gboolean check_break(const GArray *actions, const char *word, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *near;

	for (guint i = 0; i < actions->len; i++) {
		const struct plan_action *action = &g_array_index(actions, struct plan_action, i);
		if (shell_steps_is(action, i, word))
			return TRUE;
		g_ptr_array_add(names, action->item->name);
	}
	g_ptr_array_add(names, NULL);
	near = suggest_nearest(word, (const char *const *)names->pdata);
	station_error_set(error, STATION_ERROR_CONFIG, "the plan has no step \"%s\"%s%s%s", word,
	                  near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return FALSE;
}

static gboolean step_break(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	g_autoptr(GArray) actions = shell_steps_actions(shell, error);
	struct shell_steps *steps = shell_steps(shell);

	if (!actions || !check_break(actions, call->values[0].text, error))
		return FALSE;
	if (!steps->breaks)
		steps->breaks = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(steps->breaks, g_strdup(call->values[0].text));
	return TRUE;
}

const struct shell_command command_step_break = {
	.noun = "step",
	.verb = "break",
	.help = "\"step go\" stops before that step, by its number or name",
	.examples = {"step break tx-measure", "step break 12"},
	.arguments = {{"STEP", ARGUMENT_NAME, .complete = complete_steps}},
	.run = step_break,
};

static gboolean step_clear(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	g_clear_pointer(&shell_steps(shell)->breaks, g_ptr_array_unref);
	return TRUE;
}

const struct shell_command command_step_clear = {
	.noun = "step",
	.verb = "clear",
	.help = "takes all breaks away",
	.examples = {"step clear"},
	.run = step_clear,
};

/* --- what came of it -------------------------------------------------------------------------- */

static gboolean step_values(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	g_autoptr(GArray) actions = shell_steps_actions(shell, error);

	if (!actions)
		return FALSE;
	if (shell_steps(shell)->last < 0) {
		station_error_set(error, STATION_ERROR_REFUSED, "no step was run on this unit");
		return FALSE;
	}
	*result = values_of(hand_record(shell_hand(shell, NULL)), shell_steps(shell)->last);
	return TRUE;
}

const struct shell_command command_step_values = {
	.noun = "step",
	.verb = "values",
	.help = "what the last step measured, with limits, margins and verdicts",
	.examples = {"step values"},
	.run = step_values,
};

static gboolean step_save(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	struct hand *hand = shell_hand(shell, error);
	g_autofree char *json = hand ? run_record_to_json(hand_record(hand)) : NULL;
	g_autoptr(GError) why = NULL;

	if (!json)
		return FALSE;
	if (g_file_set_contents(call->values[0].text, json, -1, &why))
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "%s", why->message);
	return FALSE;
}

const struct shell_command command_step_save = {
	.noun = "step",
	.verb = "save",
	.help = "writes all that was measured by hand of this unit, a run document in JSON",
	.examples = {"step save by-hand.json"},
	.arguments = {{"FILE", ARGUMENT_FILE}},
	.run = step_save,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_STEPS_H
#define STATION_SHELL_STEPS_H

#include "station/engine/hand.h"
#include "station/shell/shell.h"

/* Where the shell is in a plan that it goes through by hand. */

struct shell_steps {
	struct plan *plan; /* of a file; null: the product's */
	char *run_id;      /* of the record that all below is about */
	GArray *verdicts;  /* enum verdict, of each action; VERDICT_NONE: not done */
	guint next;        /* index of an action; behind the last: the end */
	gint stopped;      /* the action that a break stopped before; -1: none did */
	char *corner;      /* entered last; null: none */
	GPtrArray *breaks; /* char *: numbers and names, as they were said */
	gint last;         /* the step of the record that was run last; -1: none was */
};
void shell_steps_clear(struct shell_steps *steps);

/* A plan is named by its file, or like in a configuration by its name among the installed ones.
 * `type` null: the first that it is for. */
struct plan *shell_load_plan(struct shell *shell, const char *name, const char *type,
                             GError **error);

/*
 * The plan that is worked on, unrolled for the unit (array of struct plan_action, which are good as
 * long as nothing else is taken for product or plan). What was done of another unit is forgotten.
 * STATION_ERROR_REFUSED when no product is known and no plan was said.
 */
GArray *shell_steps_actions(struct shell *shell, GError **error);
/* That plan; after shell_steps_actions. */
const struct plan *shell_steps_plan(struct shell *shell);
/* From now on a plan's file; the product's own is taken for that. */
gboolean shell_steps_use(struct shell *shell, const char *name, GError **error);

/* Number ("3") or name, of an item or of its step. */
gboolean shell_steps_is(const struct plan_action *action, guint index, const char *word);
/* Whether a break is before that action. */
gboolean shell_steps_breaks(const struct shell_steps *steps, const struct plan_action *action,
                            guint index);

/*
 * Runs an action and tells what comes of it while it runs; `index` is its place in the plan, or -1.
 * A FAIL is no error; STATION_ERROR_CANCELLED when it was aborted, and for an ERROR its own kind.
 */
gboolean shell_steps_run(struct shell *shell, const struct plan_action *action, gint index,
                         GError **error);
/* Goes on from the next one (an array of struct plan_action has all) to the end, to a break, or to
 * what is no PASS. */
gboolean shell_steps_go(struct shell *shell, const GArray *actions, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PLAN_H
#define STATION_ENGINE_PLAN_H

#include "station/engine/corners.h"
#include "station/engine/step.h"

#include <glib.h>

/* clang-format off */
/*
 * A plan (YAML): setup, main and cleanup, each a list of steps and groups.
 * station-plan(5) describes it.
 *
 *   plan: 400GBASE-DR4 calibration and final test
 *   revision: "1"
 *   type: 400GBASE-DR4          # or types: {400GBASE-DR4: {oma: 1 dBm}, ...}: each with values
 *                               # of its own, which "with: {target_oma: $oma}" takes
 *   stage: final
 *   corners:                    # or {case: [0 degC, 25 degC], supply: [3.3 V]}: each with each
 *     - {name: nominal, case: 25 degC, supply: 3.3 V}
 *   corner: {soak: 20 s}        # optional: parameters of set-corner, corner-begin, corner-soak
 *   setup: [...]
 *   main:
 *     - group: transmitter
 *       for: lanes              # lanes or corners; the items below run once for each
 *       at: {case: [25 degC]}   # only with corners: those of the loop, or a list of their names
 *       while_ramping: [...]    # only with corners: once, where it costs no time; at no corner
 *       steps:
 *         - step: tx-measure    # one of the table of steps, or the file of one (best.lua)
 *           name: TX quality    # optional; default the step's name
 *           with: {passes: 1}   # parameters, with units
 *           on_fail: continue   # the default; stop: what follows in setup and main is skipped
 *           retries: 1          # further attempts; all are kept, the last counts
 *           before_retry: clean # optional: the loader cleans the connector first
 *   cleanup: [...]              # runs after pass, fail and error; an abort goes straight to the
 *                               # undo list, which runs after the cleanup too
 */
/* clang-format on */
enum plan_loop { PLAN_ONCE, PLAN_LANES, PLAN_CORNERS };

struct plan_item {
	char *name;
	enum plan_loop loop;
	int line;
	GPtrArray *corners; /* of a loop over corners: const struct plan_corner, borrowed */
	/* a step: */
	const struct step_def *def; /* null for a group */
	struct step_value *values;  /* one per def->params, in that order */
	struct step_file *file;     /* owned: of a step that stands in no plan; else null */
	gboolean stop_on_fail;
	guint retries;
	gboolean clean_before_retry;
	/* a group: */
	GPtrArray *items;   /* struct plan_item, owning; null for a step */
	GPtrArray *ramping; /* likewise: done while the head ramps; null for none */
};

struct plan {
	char *path, *sha256;
	char *name, *revision, *type, *stage;
	char **types;    /* all that the file is for; `type` is the one it was read for */
	GArray *corners; /* struct plan_corner; at least one; setup is at the first */
	struct plan_corner nowhere; /* named "", at NAN degC: of what belongs to no corner */
	/* what the engine does to enter a corner; null when the table of steps has none of these */
	struct plan_item *begin, *soak;
	GPtrArray *setup, *main, *cleanup; /* struct plan_item, owning */
	char *config_path;                 /* that it was read for; null: none */
	GPtrArray *files; /* struct step_file, owning: of the steps in files of their own */
};
typedef struct plan plan; /* for g_autoptr(plan) only */

/* For the first type that the file is for. */
struct plan *plan_load(const char *path, const struct step_table *steps, GError **error);
/* For a type; STATION_ERROR_CONFIG when the file is not for it. */
struct plan *plan_load_for(const char *path, const struct step_table *steps, const char *type,
                           GError **error);
/* The same; steps in files of their own are looked for beside the plan, beside that configuration
 * (null: none) and in the data folders. `type` null: the first. */
struct plan *plan_load_with(const char *path, const struct step_table *steps, const char *type,
                            const char *config_path, GError **error);
void plan_free(struct plan *plan); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(plan, plan_free)

/* The steps that enter a corner. A plan names the first, usually once in setup; the others are what
 * the engine puts into loops over corners. All take what they are not told from "corner". */
#define PLAN_SET_CORNER   "set-corner"
#define PLAN_CORNER_BEGIN "corner-begin"
#define PLAN_CORNER_SOAK  "corner-soak"
gboolean plan_enters_corner(const struct step_def *def);

/* How many parameters a step has. */
guint step_param_count(const struct step_def *def);

/* One thing to do, in order, loops unrolled. */
struct plan_action {
	const struct plan_item *item;
	const char *group; /* "setup", "main", "cleanup" */
	int lane;          /* 0: whole unit */
	/* where the unit is: the corner entered last, before any the plan's first; never null */
	const struct plan_corner *corner;
	/* of plan->begin: the corner before; else, and when there was none, null */
	const struct plan_corner *from;
};

/*
 * The plan unrolled for n_lanes lanes: array of struct plan_action. A loop over corners takes them
 * in the order of corners_order from where the unit is. Where the next one differs, corner-begin
 * (which starts the ramp) and corner-soak (which waits) come before the steps, and between the two,
 * when the temperature differs, a share of the items of while_ramping: as many shares as ramps, so
 * that each of these items is done once in a loop. Without a ramp they come first.
 */
GArray *plan_unroll(const struct plan *plan, guint n_lanes);

/*
 * A step that stands in no plan, by its name, for hand_action. values: "name=value" as in a plan's
 * `with`, null-terminated (null: none). The rest is as in the first action of `plan` (null: none)
 * that is called `name`, or else is of that step; where there is none, the defaults. A file
 * is read anew, where it is named or else where the plan's are looked for; it has the defaults.
 * STATION_ERROR_CONFIG with the nearest name, or what is wrong with a value. Free with
 * plan_item_free; its def is the table's or the plan's.
 */
struct plan_item *plan_item_make(const struct plan *plan, const struct step_table *steps,
                                 const char *name, const char *const *values, GError **error);
void plan_item_free(struct plan_item *item); /* null is allowed */

/* Every class of instruments that some step of the plan needs, those of the engine's own way into
 * corners too. */
guint plan_needs(const struct plan *plan);

/* The plan as text, as it would run: how often the head ramps and through which corners, then one
 * line an action, parameters with units. Free with g_free. */
char *plan_show(const struct plan *plan, guint n_lanes);

#endif

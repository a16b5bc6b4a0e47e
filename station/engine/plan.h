/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PLAN_H
#define STATION_ENGINE_PLAN_H

#include "station/engine/step.h"

#include <glib.h>

/* clang-format off */
/*
 * A plan (YAML): setup, main and cleanup, each a list of steps and groups.
 * station-plan(5) describes it.
 *
 *   plan: 400GBASE-DR4 calibration and final test
 *   revision: "1"
 *   type: 400GBASE-DR4
 *   stage: final
 *   corners:
 *     - {name: nominal, case: 25 degC, supply: 3.3 V}
 *   setup: [...]
 *   main:
 *     - group: transmitter
 *       for: lanes              # lanes or corners; the items below run once for each
 *       steps:
 *         - step: tx-measure    # one of the table of steps
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

struct plan_corner {
	char *name;
	double case_degc, supply_v;
};

struct plan_item {
	char *name;
	enum plan_loop loop;
	int line;
	/* a step: */
	const struct step_def *def; /* null for a group */
	struct step_value *values;  /* one per def->params, in that order */
	gboolean stop_on_fail;
	guint retries;
	gboolean clean_before_retry;
	/* a group: */
	GPtrArray *items; /* struct plan_item, owning; null for a step */
};

struct plan {
	char *path, *sha256;
	char *name, *revision, *type, *stage;
	GArray *corners;                   /* struct plan_corner; at least one */
	GPtrArray *setup, *main, *cleanup; /* struct plan_item, owning */
};
typedef struct plan plan; /* for g_autoptr(plan) only */

struct plan *plan_load(const char *path, const struct step_table *steps, GError **error);
void plan_free(struct plan *plan); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(plan, plan_free)

/* One thing to do, in order, loops unrolled. */
struct plan_action {
	const struct plan_item *item;
	const char *group; /* "setup", "main", "cleanup" */
	int lane;          /* 0: whole unit */
	const struct plan_corner *corner;
};

/* The plan unrolled for n_lanes lanes: array of struct plan_action. */
GArray *plan_unroll(const struct plan *plan, guint n_lanes);

/* The plan as text, as it would run: one line an action, parameters with units. Free with g_free.
 */
char *plan_show(const struct plan *plan, guint n_lanes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_AHEAD_H
#define STATION_ENGINE_AHEAD_H

#include "station/engine/run.h"

/*
 * Actions that need no results of those before them (struct step_def, may_go_ahead) are done while
 * such results are still being computed: a lane is captured while another's light is analysed. The
 * record is the one that comes of doing them one after the other: each reports into a record of its
 * own, which is joined to the run's, judged and told in the order of the plan. Where an action is
 * to be tried again, or ends the plan, what was done ahead of it is dropped, and done anew if its
 * turn comes. What is done ahead depends on the plan and on verdicts, never on how fast anybody
 * computes; with CONFIG_ORDER_FREE on what other sites use too.
 */

/* Rests that a site has being computed at most: their waveforms are in memory. */
#define AHEAD_RESTS 2

/* How many actions from the i-th on may go ahead of each other; 1 when that one may not, or nobody
 * is there to compute. */
guint ahead_length(struct run *run, const GArray *actions, guint i);

/*
 * Does n actions with their retries, or as many as there is no reason to stop after (an abort,
 * run_stops): *done says how many are in the record, at least one. Returns the verdict of the last.
 */
enum verdict ahead_run(struct run *run, const struct plan_action *actions, guint n, guint *done);

#endif

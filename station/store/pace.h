/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_PACE_H
#define STATION_STORE_PACE_H

#include <glib.h>

/*
 * How long a run of a plan takes, from runs of it before: at the start of each step, what was left
 * of the run then. Medians, so that one run that waited for somebody does not count much.
 */
struct pace;
typedef struct pace pace; /* for g_autoptr(pace) only */

struct pace *pace_new(void);
void pace_free(struct pace *pace); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(pace, pace_free)

/* One run more, which took that long. */
void pace_add_run(struct pace *pace, double total_s);
/* A step of the run that was added last; where it has the step more than once the first counts. */
void pace_add_step(struct pace *pace, const char *name, int lane, const char *corner,
                   double left_s);

/* From the start of the step (its name in the plan, lane 0 = whole unit) to the end of the run.
 * FALSE and NAN when no run had it. */
gboolean pace_left_s(const struct pace *pace, const char *name, int lane, const char *corner,
                     double *left_s);
/* The whole run. FALSE and NAN when there is none. */
gboolean pace_total_s(const struct pace *pace, double *total_s);
guint pace_n_runs(const struct pace *pace);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_OUTLINE_H
#define STATION_OPERATOR_OUTLINE_H

#include "station/engine/plan.h"

/* A step of a plan as people are shown it: all its lanes and corners in one. */
struct outline_step {
	char name[64], group[12]; /* group: "setup", "main", "cleanup" */
	guint total;              /* how often it is done in a run */
};

/* A plan in the order in which it runs, made once for each product. */
struct outline {
	char *name, *revision;
	GArray *steps; /* struct outline_step */
	guint total;   /* actions */
};

/* Free with outline_free. */
struct outline *outline_new(const struct plan *plan, guint n_lanes);
void outline_free(struct outline *outline); /* null is allowed */

#endif

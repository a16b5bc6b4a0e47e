/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_CHECK_PATHS_H
#define STATION_FRONT_CHECK_PATHS_H

#include "station/front/front.h"

/* station check --path-loss: the calibration of light paths, for check.c. */

#define CHECK_PATHS_SITES_MAX 64

struct check_paths {
	int sites[CHECK_PATHS_SITES_MAX]; /* those that were named; none: every one with a file */
	guint n_sites;
	guint reconnections;
	gboolean accept;   /* writes losses that are in doubt */
	gboolean no_input; /* nobody is asked */
};

/* Returns the exit code. */
int check_paths_run(const struct front *front, const struct check_paths *options);

#endif

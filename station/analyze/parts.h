/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ANALYZE_PARTS_H
#define STATION_ANALYZE_PARTS_H

#include "station/analyze/analyze.h"

/* What the analyses share. */

/* More pictures of one kind than these are not looked at. */
enum { ANALYZE_PICTURES = 4 };

/* The facts of a selection: what was selected, how many runs. */
void analyze_facts(struct analysis *analysis, const struct population *population);

/* The values of one key in the order in which their runs began. */
struct analyze_values {
	GArray *values;   /* double */
	GPtrArray *runs;  /* const struct store_try *, as long */
	double low, high; /* bounds of the latest value that had any, or NaN */
	guint missing;    /* runs in which there was no value */
};
/* By place in population->keys: array of struct analyze_values, owning. Null with error. */
GPtrArray *analyze_collect(struct population *population, GError **error);

/* analyze_capability; worst (null: nobody asks) gets the places of the keys, guint, worst first. */
struct analysis *analyze_capability_ranked(struct population *population,
                                           const struct analyze_settings *settings, GArray *worst,
                                           GError **error);

/* Rows and pictures of the trends of the keys; of those that break most rules a picture, at most
 * `pictures`. */
gboolean analyze_trends(struct analysis *analysis, struct population *population,
                        const struct analyze_settings *settings, guint pictures, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ANALYZE_ANALYZE_H
#define STATION_ANALYZE_ANALYZE_H

#include "reports/analysis.h"
#include "station/analyze/population.h"

/* What the records of many units say. Each returns null with error; free with analysis_free. */

enum analyze_group {
	ANALYZE_BY_ALL,
	ANALYZE_BY_LOT,
	ANALYZE_BY_PRODUCT,
	ANALYZE_BY_STATION,
	ANALYZE_BY_SITE, /* of a station */
	ANALYZE_BY_OPERATOR,
	ANALYZE_BY_STAGE,
	ANALYZE_BY_SHIFT,
	ANALYZE_BY_DAY, /* local time, like shifts */
	ANALYZE_N_GROUPS,
};
/* "all", "lot", ...; static storage. */
const char *analyze_group_name(enum analyze_group group);
gboolean analyze_group_parse(const char *name, enum analyze_group *group);

struct analyze_settings {
	double confidence; /* of all intervals, 0.95 */
	enum analyze_group by;
	/* start of the shift that a time (UTC, microseconds) lies in */
	gint64 (*shift_start)(gint64 time_us, gpointer data);
	gpointer data;
	guint top;      /* rows at most where an order by weight is told; 0: all */
	guint baseline; /* of control charts; 0: all values */
	guint rules;    /* control_rule bits */
	guint one_side;
	const char *x, *y; /* of a correlation, measurements' names */
};
struct analyze_settings analyze_settings_default(void);

/* Which group a run is in. Free with g_free. */
char *analyze_group_of(const struct store_try *run, const struct analyze_settings *settings);

/*
 * For each group what query.h's counts are for its runs: units by their latest run; first tries and
 * how many passed (first pass); how many of these units passed at their first or second try
 * (second); passed of passed and failed (final). Bounds after Clopper and Pearson.
 */
struct analysis *analyze_yield(struct population *population,
                               const struct analyze_settings *settings, GError **error);

/* What first tries that failed failed at: steps, and measurements (the first value of the run that
 * failed); and at which steps runs ended without a judgement. */
struct analysis *analyze_pareto(struct population *population,
                                const struct analyze_settings *settings, GError **error);

/* Each measurement, lane and corner: n, mean, scatter, limits, Cp to Ppk with bounds, normality;
 * the worst Ppk first. Values stay in their unit, dB and dBm too. A histogram when it is one. */
struct analysis *analyze_capability(struct population *population,
                                    const struct analyze_settings *settings, GError **error);

/* Values over time: control charts, one for each measurement, lane and corner. */
struct analysis *analyze_trend(struct population *population,
                               const struct analyze_settings *settings, GError **error);

/* Whether stations, sites or other groups measure alike: distance of each from all others. */
struct analysis *analyze_bias(struct population *population,
                              const struct analyze_settings *settings, GError **error);

/* settings->x and y of the same runs, at the same lane and corner; lane 0 goes with every lane and
 * "" with every corner. Leaves the population with these measurements only. */
struct analysis *analyze_correlate(struct population *population,
                                   const struct analyze_settings *settings, GError **error);

/* Gauge R&R of units that were measured again at each place (settings->by). */
struct analysis *analyze_gauge(struct population *population,
                               const struct analyze_settings *settings, GError **error);

/* Yield, causes, the worst capabilities and their trends; leaves the population with the worst
 * keys only. */
struct analysis *analyze_overview(struct population *population,
                                  const struct analyze_settings *settings, GError **error);

#endif

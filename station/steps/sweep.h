/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_SWEEP_H
#define STATION_STEPS_SWEEP_H

#include "station/engine/step.h"
#include "station/steps/corner.h"

/*
 * Sweeps: something is measured on all lanes at every point of one or two axes. What is moved by
 * it, knobs of the module, temperature and supply, is put back however it ends.
 */

/* What an axis may be, from what changes at once to what takes longest: the longest is outermost.
 */
enum sweep_kind {
	SWEEP_NONE,
	SWEEP_POWER,       /* OMAouter at the receiver */
	SWEEP_ATTENUATION, /* of the light at the receiver, from the most that the path gives */
	SWEEP_KNOB,        /* of the module */
	SWEEP_HOST_SWING,  /* of its outputs to the host, as CMIS codes of amplitude */
	SWEEP_PATTERN,
	SWEEP_SUPPLY,
	SWEEP_CASE, /* temperature */
};
#define SWEEP_BIT(kind) (1u << (kind))

/* How many points an axis has at most. */
#define SWEEP_POINTS_MAX 41

struct sweep_axis {
	enum sweep_kind kind;
	const char *name; /* for people: "fir_pre", "supply" */
	const char *unit; /* of the values; of patterns, which are enum bert_pattern, "1" */
	const char *knob; /* name of the knob; null for other kinds */
	double value[SWEEP_POINTS_MAX];
	guint n; /* 1 for SWEEP_NONE */
};

struct sweep {
	struct sweep_axis axis[2]; /* x and y; y is SWEEP_NONE when there is one */
};

/* A point by its places on both axes. */
struct sweep_point {
	guint at[2];
};

/* clang-format off */
#define SWEEP_AXIS_PARAMS(axis, absent) \
	{axis, NULL, absent, "what is swept; \"\": nothing"}, \
	{axis "_from", NULL, "", "first value, with its unit"}, \
	{axis "_to", NULL, "", "last value"}, \
	{axis "_points", STEP_COUNT, "5", "how many from first to last", 2, SWEEP_POINTS_MAX}, \
	{axis "_values", NULL, "", "instead of these three a list with commas between"}
/* All that sweeps have in common; entering a temperature is as in corner-begin and corner-soak. */
#define SWEEP_PARAMS \
	SWEEP_AXIS_PARAMS("x", NULL), SWEEP_AXIS_PARAMS("y", ""), \
	CORNER_WINDOW, CORNER_RAMP, CORNER_SOAK
/* clang-format on */
#define SWEEP_NEEDS CORNER_NEEDS

/*
 * A sweep may hold instruments that another site's undo waits for: it has to end before that gives
 * up.
 */
#define SWEEP_LIMIT_S 1400.0

/* What an axis was asked to be; texts as they stand in the plan, "" for absent. */
struct sweep_wish {
	const char *param; /* "x": how errors call it */
	const char *what, *from, *to, *values;
	guint points;
};

/*
 * Makes an axis of it. kinds: bits of what this step can sweep. STATION_ERROR_CONFIG names the
 * parameter, and what is possible: an unknown thing with the nearest, a value without its unit, one
 * that the knob does not take, equal values, a list that is too long.
 */
gboolean sweep_axis_read(struct sweep_axis *axis, const struct sweep_wish *wish, guint kinds,
                         const struct knob_map *map, GError **error);

/*
 * Both axes from the parameters of the step. A power is always x, and patterns are y where there
 * are two. CONFIG also for two axes of the same thing, for both kinds of power, and for temperature
 * or supply where the plan is at no corner to come back to.
 */
gboolean sweep_read(struct step_context *ctx, guint kinds, struct sweep *sweep, GError **error);

guint sweep_points(const struct sweep *sweep);
/* Where a point's value is in an array of sweep_points() values: row by row, as in a map. */
guint sweep_index(const struct sweep *sweep, const struct sweep_point *point);

/*
 * The points in the order in which they are measured: the axis that takes longer to change is
 * outermost, so that each of its values is set once; temperatures begin at the end that is nearer
 * to where the unit is. points has room for sweep_points().
 */
void sweep_order(const struct sweep *sweep, double case_degc, struct sweep_point *points);

/* "3.135 V", "25 degC", "PRBS31Q", "code 1". Free with g_free. */
char *sweep_value_text(const struct sweep_axis *axis, guint i);

struct sweep_work {
	/*
	 * Measures a point; knobs, supply and temperature are set and have settled, power and
	 * pattern are the caller's. changed: bits of axes that are not where they were at the point
	 * before; all at the first.
	 */
	gboolean (*measure)(struct step_context *ctx, const struct sweep *sweep,
	                    const struct sweep_point *point, guint changed, gpointer data,
	                    GError **error);
	gpointer data;
};

/*
 * Visits all points and tells progress. The step has the parameter "settle". Knobs and host swing
 * are read before and put back after, tables that would act in their place are out of action
 * meanwhile; after an error this is tried at once, after an abort or where it fails the undo list
 * does it. Both are in the record as constants of source SWEEP_SOURCE, stored being NAN until they
 * are back. Temperature and supply go back to those of the corner.
 */
#define SWEEP_SOURCE           "swept, and put back"
#define SWEEP_HOST_SWING_ENTRY "host_swing" /* its lanes are host lanes */
gboolean sweep_run(struct step_context *ctx, const struct sweep *sweep,
                   const struct sweep_work *work, GError **error);

/* Every how-manieth place of each axis is drawn so that no more than `most` pictures are in n_lanes
 * grids; FALSE when not even one each is. */
gboolean sweep_thin(const struct sweep *sweep, guint n_lanes, guint most, guint stride[2]);
/* Whether the point is one of those. */
gboolean sweep_is_drawn(const struct sweep *sweep, const guint stride[2],
                        const struct sweep_point *point);

extern const struct step_def step_eye_sweep;
extern const struct step_def step_ber_sweep;

#endif

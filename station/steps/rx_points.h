/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_RX_POINTS_H
#define STATION_STEPS_RX_POINTS_H

#include "signal/ber_placement.h"
#include "station/engine/step.h"

/*
 * Bit error ratios over power, and the sensitivity that they are fitted to: what the steps that
 * look for one share.
 */
#define RX_POINTS_MAX 24

struct rx_points {
	struct ber_point points[RX_POINTS_MAX];
	guint n;
};

/* What a lane's error detector inputs counted together; no lock on one of them is no lock. */
struct rx_count {
	guint64 bits, errors;
	gboolean lock;
};

/* Aligns the error detector to what it gets of a lane now; *aligned FALSE: it found no pattern. */
gboolean rx_points_align_lane(struct step_context *ctx, int lane, gboolean *aligned,
                              GError **error);

/*
 * The same for every lane. aligned, by lane - 1: FALSE where it
 * found no pattern. STATION_ERROR_DATA when that is so of every lane: all receivers do not die at
 * once, it is the light or the error detector.
 */
gboolean rx_points_align(struct step_context *ctx, gboolean aligned[CONFIG_LANES_MAX],
                         GError **error);

/* Counts on all lanes at once; by lane - 1. */
gboolean rx_points_count(struct step_context *ctx, double gate_s,
                         struct rx_count counts[CONFIG_LANES_MAX], GError **error);

/* --- points where they tell most (signal/ber_placement.h) ----------------------------------------
 */

#define RX_POINTS_PLACEMENT_PARAMS                                                                 \
	{"placement", NULL, "placed",                                                              \
	 "placed: each point where it tells most of the sensitivity, counted no longer than it "   \
	 "helps, until the fit is as sure as wanted; even: all points evenly, for all the gate"},  \
	{                                                                                          \
		"fit_error", "dB", "0.02 dB",                                                      \
			"of placed points: standard error of the sensitivity that is enough"       \
	}

/* FALSE with CONFIG: the parameter is no word that it may be. */
gboolean rx_points_are_placed(const struct step_context *ctx, gboolean *placed, GError **error);

/* As the step's parameters say, among them gate, repeatability and those of ber_gates.h. */
void rx_points_placement(const struct step_context *ctx, double from_dbm, double to_dbm,
                         struct ber_placement *placement);

/*
 * Counts on all lanes at once, for the gate at most: until no lane that has a lock gains by more. A
 * lane that lost its lock at the end of any part has none. The time that was counted is added to
 * *used_s.
 */
gboolean rx_points_count_parts(struct step_context *ctx, const struct ber_placement *placement,
                               struct rx_count counts[CONFIG_LANES_MAX], double *used_s,
                               GError **error);

/* By power, the highest first, as they are drawn. */
void rx_points_sort(struct rx_points *points);

/* Where on which curve an error ratio was counted. */
struct rx_points_place {
	const char *series;
	const char *x_name, *x_unit;
	double x;
};
/* Shows who watches what was counted of a lane, against the type's limit; nothing without bits. */
void rx_points_show(struct step_context *ctx, int lane, const struct rx_points_place *place,
                    guint64 bits, guint64 errors);

/* Appends a point when the count has a lock, and shows it. */
void rx_points_add(struct step_context *ctx, int lane, const char *series, struct rx_points *points,
                   double oma_dbm, const struct rx_count *count);

/* What is made of the points of a lane. */
struct rx_points_report {
	const char *value_id;  /* "rx_sensitivity" */
	const char *series_id; /* "rx_waterfall" */
	const char *check_id;  /* "rx_waterfall_fitted" */
	double target_ber;
	double repeatability_db; /* of a set power, standard deviation */
	/* further expanded uncertainty of the value, beside that of path, attenuator and counts */
	double extra_db;
};

/*
 * Fits, draws, and reports value and check. *fit is for what else the caller wants of it; its
 * sensitivity's status tells whether there is a value.
 */
gboolean rx_points_fit(struct step_context *ctx, int lane, const struct rx_points *points,
                       const struct rx_points_report *report, struct ber_waterfall *fit,
                       GError **error);

#endif

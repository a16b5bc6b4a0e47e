/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_CONSTANTS_H
#define STATION_STEPS_CONSTANTS_H

#include "station/engine/step.h"

/*
 * Calibration constants on their way into the module. Every one that a step settles on is written,
 * read back and recorded; store-constants later commits them all and verifies them after a power
 * cycle.
 */

/* Opens the maker's pages; every step that touches knobs begins with it. */
gboolean constants_unlock(struct step_context *ctx, GError **error);

/* Writes a knob without recording it: for values that are still being tried. */
gboolean constants_try(struct step_context *ctx, const char *knob, int lane, double value,
                       GError **error);

/* Writes back what a knob was before something was tried, also when the step was aborted or is past
 * its limit: the bounds are its own. */
gboolean constants_put_back(struct step_context *ctx, const char *knob, int lane, double value,
                            GError **error);

/* Where a value comes from, for the record. */
struct constant_source {
	const char *text; /* "line through 12 readings at 3 corners" */
	const char *fit;  /* id of the series with the readings and what was fitted; null none */
	double residual;  /* largest distance of a reading from that; NAN unknown */
	const char *residual_unit; /* null with NAN */
};

/*
 * Writes a knob and records what it was, what was wanted, what the module now holds and what that
 * comes from. A value that the knob cannot take makes the step FAIL (*taken FALSE), with nothing
 * written.
 */
gboolean constants_settle(struct step_context *ctx, const char *knob, int lane, double value,
                          const struct constant_source *source, gboolean *taken, GError **error);

/* The same for all entries of a table of one lane, in blocks as the module takes them. */
gboolean constants_settle_table(struct step_context *ctx, const struct knob_table *table, int lane,
                                const double *values, const struct constant_source *source,
                                gboolean *taken, GError **error);

gboolean constants_read(struct step_context *ctx, const char *knob, int lane, double *value,
                        GError **error);

#endif

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

/*
 * Writes a knob and records what it was, what was wanted and what the module now holds. A value
 * that the knob cannot take makes the step FAIL (*taken FALSE), with nothing written.
 */
gboolean constants_settle(struct step_context *ctx, const char *knob, int lane, double value,
                          gboolean *taken, GError **error);

gboolean constants_read(struct step_context *ctx, const char *knob, int lane, double *value,
                        GError **error);

#endif

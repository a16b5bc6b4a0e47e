/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_POWER_CYCLE_H
#define STATION_STEPS_POWER_CYCLE_H

#include "station/engine/step.h"

/*
 * The module goes down, its supply off for the parameter off_time and on again; it is powered up
 * and identified, in low power, after the parameter settle. The step needs the supply.
 */
gboolean power_cycle(struct step_context *ctx, GError **error);

#endif

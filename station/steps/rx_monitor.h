/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_RX_MONITOR_H
#define STATION_STEPS_RX_MONITOR_H

#include "station/engine/step.h"
#include "station/steps/rx_monitor_fit.h"

/* The form of the product's receiver power monitor, by the knobs that its map has. */
enum rx_monitor_form rx_monitor_form_of(const struct knob_map *map);

/* The curve that a lane's module holds. */
gboolean rx_monitor_read_curve(struct step_context *ctx, int lane, struct rx_monitor_curve *curve,
                               GError **error);

#endif

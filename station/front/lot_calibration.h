/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_CALIBRATION_H
#define STATION_FRONT_LOT_CALIBRATION_H

#include "station/engine/config.h"

/*
 * Whether a lot may be run with these instruments and path losses: FALSE when a calibration has
 * expired, which is told on standard error.
 */
gboolean lot_is_calibrated(const struct config *config);

/* Losses that will expire soon are told before the lot and do not stop it. */
void lot_warn_of_paths(const struct config *config);

#endif

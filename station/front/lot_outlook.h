/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_OUTLOOK_H
#define STATION_FRONT_LOT_OUTLOOK_H

#include "station/engine/lot_file.h"
#include "station/engine/step.h"
#include "station/front/lot_forecast.h"
#include "station/store/store.h"

/*
 * The forecast of a lot before it begins: its units that are not skipped (by unit, as the lot has
 * them), where each may go (only_site 0: to any site that it fits),
 * at_most so many of them (0: all), and what runs of the same
 * revision of its plan that passed took before. What the store cannot tell is not known; that is no
 * error. Free with lot_forecast_free.
 */
struct lot_forecast *lot_outlook(const struct config *config, const struct lot_file *lot,
                                 const gboolean *skipped, int only_site, guint at_most,
                                 const struct step_table *steps, struct store *store);

#endif

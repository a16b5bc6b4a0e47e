/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_TDECQ_SEARCH_H
#define SIGNAL_TDECQ_SEARCH_H

#include "signal/tdecq_cost.h"

#include <glib.h>

/*
 * Looks for the point with the least cost, over taps, thresholds and centre as far as the settings
 * let them move. The cost is set up and initialised; afterwards cost->main_tap, best and
 * best_outcome are the optimum. Deterministic and bounded: 30 evaluations
 * of the cost for each main tap, 70 more for the best one, and each of at most 40 sweeps (usually
 * one).
 */
void tdecq_search(struct tdecq_cost *cost);

/* The same with the taps of cost->point and cost->main_tap as they are. */
void tdecq_search_fixed(struct tdecq_cost *cost);

/* Whether the main tap is the largest one and not below its limit. */
gboolean tdecq_main_tap_is_main(const struct tdecq_cost *cost, const struct tdecq_point *point);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_USAGE_H
#define STATION_FRONT_LOT_USAGE_H

#include "station/engine/engine.h"
#include "station/front/lot_view.h"

/*
 * How busy a lot kept the station, told when it is over: what usage.h says, for people and for
 * machines. Free texts with g_free.
 */

/* The busiest instruments, what sites did, the bottleneck, units per hour; lines, the last one
 * ends. "" when nothing was run. */
char *lot_usage_text(const struct usage_summary *usage);

/* The last line of the stream of events, without the newline: event "lot-end", the counts of
 * verdicts and all of the summary. */
char *lot_usage_json(const char *lot, const struct lot_view *view,
                     const struct usage_summary *usage);

/* The summary of the view with that text, on standard output; json: on standard error, and before
 * it that line on standard output. */
void lot_usage_tell(struct engine *engine, const char *lot, const struct lot_view *view,
                    gboolean json);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_GUARD_SERVE_H
#define STATION_ENGINE_GUARD_SERVE_H

#include "station/engine/config.h"
#include "station/engine/guard_told.h"

/*
 * The guard's side of guard.h. Listens on a socket until the station says that it ends, or the
 * socket closes without that: then makes safe what was energised (guard_act). STATION_ERROR_CONFIG
 * when the station runs by another configuration than this one, STATION_ERROR_PROTOCOL for what
 * nobody would say.
 */
gboolean guard_serve(const struct config *config, int fd, GError **error);

/*
 * Makes safe what is energised at some sites (array of struct guard_site) of a station that died
 * at `ended_us` (monotonic): all is connected at once, then light off (fixtures, BERTs), then
 * attenuators closed, then supplies and thermal heads off; one that is out of reach keeps the next
 * ones waiting for GUARD_PHASE_S. What the dead process still had on its way may arrive meanwhile:
 * all is done once more, GUARD_AGAIN_S later. What could not be reached is tried again for
 * GUARD_TRIES_S, and given back in between, so that a next start need not wait for that. What
 * somebody else has is his after GUARD_LOCKS_S. Tells what it did (guard_report.h). Times are real.
 * What hangs although all its waits are bounded must not keep the locks: SIGALRM ends the process
 * after GUARD_LIFE_S, which is longer than all attempts together, and whoever starts next makes
 * safe.
 */
#define GUARD_PHASE_S 0.25
#define GUARD_AGAIN_S 0.25
#define GUARD_LOCKS_S 2.0
#define GUARD_TRIES_S 20.0
#define GUARD_LIFE_S  36
void guard_act(const struct config *config, const GArray *sites, gint64 process, gint64 ended_us);

#endif

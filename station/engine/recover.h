/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_RECOVER_H
#define STATION_ENGINE_RECOVER_H

#include "station/engine/open_run.h"
#include "station/engine/site.h"

/*
 * What an earlier start of the station left open (open_run.h): each site that such a run was at is
 * made safe first, then the runs are closed and stored, oldest first. One that was cut off is
 * ABORTED and ends where it was last heard of; one that was over keeps its verdict.
 */

/* The folder of the runs that are open; free with g_free. */
char *recover_folder(const struct config *config);

/* Whether anything was left: what engine_recover does is no part of a recording. */
gboolean recover_is_due(const struct config *config);

/* What the guard of an earlier start did (guard_report.h) is told by EVENT_NOTEs and noted in the
 * records of the runs that were cut off there. */

/*
 * With instruments that are safe and no unit at any site (struct site in `sites`). Each run is told
 * by an EVENT_RECOVERED, a file that cannot be read and a site that cannot be made safe by an
 * EVENT_NOTE; what is not safe is undone before the next unit there. STATION_ERROR_STORAGE when the
 * store cannot take one: it stays, with what comes after it.
 */
gboolean recover_runs(const struct site_shared *shared, const GPtrArray *sites, GError **error);

/* Begins run->open for a run that begins, unless recordings answer. A failure is a note in the
 * record: the run is as good without, as long as nothing ends the program. */
void recover_keep(struct run *run);

/*
 * For site_make_safe. What has to be undone before the next unit: when *error is set, or when an
 * instrument of the site that can emit something is not connected, so that pool_safe_state did not
 * reach it; sets *error then, and the guard is told. Null: all is safe. Free with undo_entry_free.
 */
struct undo_entry *recover_undo(const struct pool *pool, const struct config_site *site,
                                GError **error);
/* Lets the site's loader take a unit out that is seated; nothing without either. */
gboolean recover_take_out(const struct config_site *site, struct fixture *fixture,
                          const char *serial, GError **error);

/* Closes the record of a run that was cut off: ABORTED, ended with what is known to have happened
 * last; the step that was under way is ABORTED too. */
void recover_close(struct run_record *record);

#endif

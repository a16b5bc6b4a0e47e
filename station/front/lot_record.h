/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_RECORD_H
#define STATION_FRONT_LOT_RECORD_H

#include "station/engine/config.h"
#include "station/engine/lot_file.h"

/*
 * A lot whose traffic is written to a folder, and the same lot played back from it without any
 * instrument. The folder has manifest.json, clock.jsonl (base/recording_clock.h) and for each
 * instrument and fixture NAME.jsonl and fixture-SITE.jsonl (base/recording.h).
 *
 * Both change the configuration: each resource gets its top. Played back, records and reports go
 * below the folder's "replayed" and not to the station's store, for nothing was measured; and
 * loaders are not run. Sites that share nothing can be recorded side by side, when the lot names
 * each unit's site; which site is free first, and in which order sites take a shared instrument,
 * depends on how fast each is and is not played back.
 */

/* STATION_ERROR_REFUSED when the folder holds a recording already, STORAGE. */
gboolean lot_record_begin(struct config *config, const struct lot_file *lot, int site,
                          const char *folder, GError **error);

/*
 * STATION_ERROR_REFUSED when the recording is of another configuration, lot or site, CONFIG when
 * its manifest is none, STORAGE.
 */
gboolean lot_replay_begin(struct config *config, const struct lot_file *lot, int site,
                          const char *folder, GError **error);

/*
 * After the engine has ended; does nothing when neither began. STATION_ERROR_PROTOCOL when more was
 * recorded than played back, STORAGE when not all could be written.
 */
gboolean lot_record_end(GError **error);

#endif

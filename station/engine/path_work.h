/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PATH_WORK_H
#define STATION_ENGINE_PATH_WORK_H

#include "station/engine/path_calibration.h"

/* One calibration of light paths while it runs: between path_calibration.c (what it needs, who
 * connects, how it ends) and path_measure.c (readings). */

#define PATH_WORK_READ_LIMIT_S 120.0
#define PATH_WORK_CLASSES      5

struct path_work {
	const struct path_calibration *how;
	const struct config_site *site;
	const struct config_source *source;
	const struct optical_type *type; /* of what is built there */
	const struct bounds *bounds;
	const char *names[PATH_WORK_CLASSES]; /* of the instruments */
	struct instrument *taken[PATH_WORK_CLASSES];
	struct instrument *by_class[INSTRUMENT_N_CLASSES];
	guint n_names;
	guint done, total; /* connections */
	gint64 start_us;
	gboolean source_on, probe_on;
};

/* Tells how far it is. */
void path_work_tell(struct path_work *work, const char *text);
/* Puts source or probe on a lane's fibre; `again`: how many times before. */
gboolean path_work_connect(struct path_work *work, enum path_connection what, int lane, guint again,
                           GError **error);
/* Takes it away, when it was put somewhere; bounds of its own, and a note when it fails. */
void path_work_disconnect(struct path_work *work, enum path_connection what);

/* Shutters closed, generators off. Every lane's, also when one cannot; the first error is told. */
gboolean path_work_darken(const struct path_work *work, const struct bounds *bounds,
                          GError **error);
/* All connections and readings; the lanes of `loss`. */
gboolean path_work_measure(struct path_work *work, struct path_loss *loss, GError **error);

#endif

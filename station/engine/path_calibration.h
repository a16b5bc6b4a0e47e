/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PATH_CALIBRATION_H
#define STATION_ENGINE_PATH_CALIBRATION_H

#include "base/deadline.h"
#include "station/engine/config.h"
#include "station/engine/path_loss.h"
#include "station/engine/pool.h"

/*
 * Calibrates the light paths of a site. A reference source of known power takes the place of a
 * module's transmitter, lane after lane, and is connected anew for each reading: meter, scope
 * (directly and through the fibre) and, of a WDM site, the meter before the demultiplexer. Then
 * each receive fibre goes on the power meter with its reference transmitter on: what arrives there
 * is what a module would get. A loss is the mean of the connections; its uncertainty is that of the
 * mean, joined with those of source, instrument, connector, drift and of a WDM site the passband's
 * ripple.
 *
 * What the losses of the receive paths are used for is the power at the module. It comes from the
 * configured power of the reference transmitter less this loss, so an error of that power is in the
 * loss too and cancels: it has no part in the uncertainty.
 */

enum path_connection {
	PATH_CONNECT_SOURCE, /* the reference source on a lane's transmit fibre */
	PATH_CONNECT_PROBE,  /* a lane's receive fibre on the power meter */
};
/* "source", "probe": {action} of the site's `reference` command. Static storage. */
const char *path_connection_name(enum path_connection what);

#define PATH_CALIBRATION_MIN 2
#define PATH_CALIBRATION_MAX 50

struct path_calibration {
	const struct config *config; /* with a source */
	const struct config_site *site;
	struct pool *pool;
	guint reconnections; /* PATH_CALIBRATION_MIN .. PATH_CALIBRATION_MAX for each lane */
	/*
	 * Asks somebody to do what the text says and returns when it is done; used where the site
	 * has no `reference` command. Errors end the calibration.
	 */
	gboolean (*ask)(const char *text, const struct bounds *bounds, gpointer data,
	                GError **error);
	/* What has been done of how much, and how long the rest will take (NAN: not known yet). */
	void (*progress)(const char *text, guint done, guint total, double left_s, gpointer data);
	/* Something that somebody should know or do after the end. */
	void (*note)(const char *text, gpointer data);
	gpointer data;
};

/*
 * Runs it; the losses are not written and not judged. Owned by the caller; null on error. However
 * it ends, shutters are closed, generators off, source and probe taken away before it returns (a
 * note tells what could not be done), with bounds that no abort cancels.
 *
 * STATION_ERROR_CONFIG: something that it needs is not configured. STATION_ERROR_REFUSED: a module
 * is in the socket; a loss below zero or above PATH_LOSS_MOST_DB. STATION_ERROR_CANCELLED, and
 * whatever instruments and the `reference` command say.
 */
struct path_loss *path_calibration_run(const struct path_calibration *how,
                                       const struct bounds *bounds, GError **error);

/* Average power of the light of a transmitter with that OMAouter and extinction ratio, balanced
 * levels. */
double path_calibration_average_dbm(double oma_dbm, double er_db);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_PATH_LOSS_H
#define STATION_ENGINE_PATH_LOSS_H

#include "station/engine/type.h"

#include <glib.h>

/*
 * The measured losses of a site's light paths: a YAML file that the program writes when it
 * calibrates them (path_calibration.h) and that takes the place of the losses in the configuration.
 */
enum path_loss_kind {
	PATH_LOSS_METER, /* module TX to the power meter */
	PATH_LOSS_SCOPE, /* module TX to the scope, switch included */
	PATH_LOSS_FIBRE, /* the same through the fibre that TDECQ is measured with */
	PATH_LOSS_TOTAL, /* module TX to the meter before the demultiplexer */
	PATH_LOSS_RX,    /* reference transmitter to module RX at 0 dB attenuation */
	PATH_LOSS_KINDS,
};
/* "meter", "scope", "fibre", "total", "rx". Static storage. */
const char *path_loss_kind_name(enum path_loss_kind kind);

struct path_loss_value {
	guint reconnections;   /* that it is the mean of; 0: this path has not been measured */
	double loss_db;        /* positive */
	double scatter_db;     /* standard deviation of one reconnection */
	double uncertainty_db; /* expanded (k = 2), of loss_db */
};

struct path_loss_lane {
	int lane;
	double wavelength_m; /* at which it was measured */
	struct path_loss_value paths[PATH_LOSS_KINDS];
};

struct path_loss {
	char *path, *sha256; /* of the file; null in one that has not been written */
	int site;
	char *date, *due; /* "2027-03-31"; the day after `due` it has expired */
	char *source_serial;
	double source_power_dbm, source_uncertainty_db; /* expanded (k = 2) */
	struct path_loss_lane lanes[TYPE_LANES_MAX];
	guint n_lanes;
};
typedef struct path_loss path_loss; /* for g_autoptr(path_loss) only */

/* Reads and checks a file. STATION_ERROR_CONFIG with "FILE:LINE: "; also when it is of another
 * site. */
struct path_loss *path_loss_load(const char *path, int site, GError **error);
void path_loss_free(struct path_loss *loss); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(path_loss, path_loss_free)

/* The value of a lane's path, or null when it has none. */
const struct path_loss_value *path_loss_find(const struct path_loss *loss, int lane,
                                             enum path_loss_kind kind);

/*
 * What is left of several connections: mean, standard deviation, and as expanded uncertainty 2 s /
 * sqrt(n) joined with `others_db` (expanded, k = 2): source, instrument, connector, drift.
 * n >= 2; readings in dB.
 */
struct path_loss_value path_loss_mean(const double *loss_db, guint n, double others_db);

/*
 * Why the new losses should not be believed: one text for each (char *, owned by the array); none:
 * an empty array. `before` may be null. `hopeless` is set when one of them cannot be accepted by
 * anybody: a loss below zero or above PATH_LOSS_MOST_DB. The others are a scatter above
 * PATH_LOSS_SCATTER_DB and a change of more than PATH_LOSS_CHANGE_DB.
 */
#define PATH_LOSS_MOST_DB    30.0
#define PATH_LOSS_SCATTER_DB 0.3
#define PATH_LOSS_CHANGE_DB  1.0
GPtrArray *path_loss_doubts(const struct path_loss *loss, const struct path_loss *before,
                            gboolean *hopeless);

/* The text of the file. Free with g_free. */
char *path_loss_text(const struct path_loss *loss);

/*
 * Writes the file: all of it or, when anything ends the program, nothing. What was there is kept
 * beside it under the date of its calibration ("paths-2026-11-22.yaml"; on the second of a day
 * "paths-2026-11-22-2.yaml"); *kept (may be null) gets that name or null, free with g_free.
 * STATION_ERROR_STORAGE.
 */
gboolean path_loss_write(const struct path_loss *loss, const char *path, char **kept,
                         GError **error);

/* A date so many days after `date` (both "2027-03-31"). Free with g_free; null for no date. */
char *path_loss_date_after(const char *date, int days);
/* Today in UTC as "2027-03-31". Free with g_free. */
char *path_loss_today(void);

/* How the losses stand today; dates compare as text. */
enum path_loss_age { PATH_LOSS_VALID, PATH_LOSS_ENDING, PATH_LOSS_EXPIRED };
#define PATH_LOSS_WARN_DAYS 14
enum path_loss_age path_loss_age(const struct path_loss *loss, const char *today);

#endif

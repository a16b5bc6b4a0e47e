/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_CONFIG_H
#define STATION_ENGINE_CONFIG_H

#include "instruments/instrument.h"

#include <glib.h>

/*
 * The station configuration (YAML): what stands on this bench, how light gets from where to where,
 * which products are built. station.yaml(5) describes every key. Paths in the file are
 * relative to the file's folder; plans, limits and knob maps are looked for there first and then in
 * the data folder of the installation.
 */
#define CONFIG_LANES_MAX 8

/* One lane's light path at a site. Losses are positive dB. */
struct config_lane {
	int lane;
	guint meter_channel;
	double meter_loss_db; /* module TX to power meter */
	guint switch_channel; /* optical switch channel that brings this lane to the scope */
	double scope_loss_db; /* module TX to scope, switch included */
	guint fibre_channel;  /* the same through the fibre that TDECQ is measured with; 0: none */
	double fibre_loss_db; /* of that path, fibre included; NAN when there is none */
	guint attenuator_channel;
	double rx_loss_db;        /* reference transmitter to module RX at 0 dB attenuation */
	double reference_oma_dbm; /* OMAouter of the reference transmitter */
	double reference_er_db;   /* its outer extinction ratio */
	guint ppg_channel;    /* pattern generator channel that drives the reference transmitter */
	guint ed_channels[2]; /* error detector channels: host lanes of this media lane */
	guint n_ed_channels;
};

/* An instrument as configured; the strings of `config` are owned by this struct. */
struct config_instrument {
	struct instrument_config config;
	double uncertainty; /* expanded (k = 2), in the class's unit (dB for optical power); NAN
	                       unknown */
	int line;
};

struct config_site {
	int site;
	char *fixture;                    /* resource of the fixture controller */
	char **loader;                    /* command that loads units; null: an operator does */
	char *uses[INSTRUMENT_N_CLASSES]; /* instrument name per class; null: none */
	guint scope_channel, supply_channel, switch_module;
	double path_uncertainty_db; /* expanded (k = 2), of each path loss */
	struct config_lane lanes[CONFIG_LANES_MAX];
	guint n_lanes;
};

struct config_product {
	char *part_number, *type, *form_factor;
	char *plan, *knobs, *edition; /* files as found; edition of the limits */
	char **limits;
	guint n_lanes;
};

struct config {
	char *path, *sha256;
	char *station_id;
	double time_scale;
	char *store_path, *reports_path;
	double insert_limit_s;  /* how long to wait for an operator or loader to insert a unit */
	GPtrArray *instruments; /* struct config_instrument, owning */
	GPtrArray *sites;       /* struct config_site, owning */
	GPtrArray *products;    /* struct config_product, owning */
};
typedef struct config config; /* for g_autoptr(config) only */

/* Reads and checks everything that can be checked without touching an instrument: names resolve,
 * every site has what it uses, files exist. Errors are STATION_ERROR_CONFIG with file and line. */
struct config *config_load(const char *path, GError **error);
void config_free(struct config *config); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(config, config_free)

const struct config_site *config_site(const struct config *config, int site);
const struct config_product *config_product(const struct config *config, const char *part_number);
const struct config_instrument *config_instrument(const struct config *config, const char *name);
const struct config_lane *config_lane(const struct config_site *site, int lane);

/* Whether a date of the configuration ("2027-03-31") lies before today; null does not. */
gboolean config_is_over(const char *date);

/* The first instrument in use at a site whose calibration was due before today; null when all are
 * in calibration. */
const struct config_instrument *config_expired(const struct config *config);

/*
 * Where a file named in a configuration lies: beside the configuration, else in `folder` ("plans",
 * "limits", "modules") of the data folders: $STATION_DATADIR, the installation's. Null when
 * nowhere. Free with g_free.
 */
char *config_find_file(const char *config_path, const char *folder, const char *name);

#endif

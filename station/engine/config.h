/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_CONFIG_H
#define STATION_ENGINE_CONFIG_H

#include "fixtures/quirk.h"
#include "instruments/instrument.h"
#include "limits/limit.h"
#include "station/engine/factory.h"
#include "station/engine/firmware_policy.h"
#include "station/engine/operator_policy.h"
#include "station/engine/path_loss.h"
#include "station/engine/personal_policy.h"
#include "station/engine/type.h"
#include "station/factory/precheck.h"
#include "station/factory/sinks.h"

#include <glib.h>

/*
 * The station configuration (YAML): what stands on this bench, how light gets from where to where,
 * which products are built. station.yaml(5) describes every key. Paths in the file are
 * relative to the file's folder; plans, limits and knob maps are looked for there first and then in
 * the data folder of the installation.
 */
#define CONFIG_LANES_MAX TYPE_LANES_MAX

/* One lane's light path at a site. Losses are positive dB. */
struct config_lane {
	int lane;
	guint meter_channel;
	double meter_loss_db; /* module TX to power meter */
	guint switch_channel; /* optical switch channel that brings this lane to the scope */
	double scope_loss_db; /* module TX to scope, switch included */
	guint fibre_channel;  /* the same through the fibre that TDECQ is measured with; 0: none */
	double fibre_loss_db; /* of that path, fibre included; NAN when there is none */
	/* WDM: how much weaker each neighbouring lane is behind the demultiplexer; NAN unknown */
	double demux_isolation_db;
	double path_uncertainty_db; /* expanded (k = 2), of the losses; NAN: as the site says */
	guint stress_channel;       /* of the switch: the reference transmitter itself; 0: none */
	guint attenuator_channel;
	double rx_loss_db;        /* reference transmitter to module RX at 0 dB attenuation */
	double reference_oma_dbm; /* OMAouter of the reference transmitter */
	double reference_er_db;   /* its outer extinction ratio */
	guint ppg_channel;    /* pattern generator channel that drives the reference transmitter */
	guint ed_channels[2]; /* error detector channels: host lanes of this media lane */
	guint n_ed_channels;
};

/* A source of light of known power, which path losses are calibrated with. Uncertainties are
 * expanded (k = 2). */
struct config_source {
	char *serial;
	double power_dbm, uncertainty_db;
	double connector_db;   /* of one connection to the next, more than the scatter shows */
	double drift_db;       /* of a path, for as long as its losses are valid */
	char *calibration_due; /* null when not subject to calibration */
};

/* An instrument as configured; the strings of `config` are owned by this struct. */
struct config_instrument {
	struct instrument_config config;
	double uncertainty; /* expanded (k = 2), in the class's unit (dB for optical power); NAN
	                       unknown */
	/* which one it has to be, as it says itself; null: whichever answers */
	char *model, *serial, *firmware;
	int line;
};

struct config_site {
	int site;
	char *form_factor; /* "QSFP-DD" or "OSFP": the socket */
	gboolean wdm;      /* the lanes share one fibre each way; else each has its own */
	enum type_fibre fibre;
	double fibre_m; /* length of the fibre behind each fibre_channel; NAN when there is none */
	guint total_meter_channel;   /* WDM: the meter before the demultiplexer; 0 none */
	double total_loss_db;        /* module TX to that; NAN when there is none */
	char *fixture;               /* resource, fixture_open */
	int start_button;            /* 1 wanted, 0 not; -1: where there is one and no loader */
	char **loader;               /* command that loads units; null: an operator does */
	char **reference;            /* that connects source and probe; null: an operator */
	guint probe_channel;         /* meter that receive fibres can be put on; 0 none */
	double probe_loss_db;        /* of what lies between that fibre's end and it */
	double passband_ripple_db;   /* WDM: expanded, of a loss within a lane's passband; 0 */
	char *path_loss_path;        /* file of measured losses; null: none is used */
	struct path_loss *path_loss; /* what it says: the losses below are these already */
	char *uses[INSTRUMENT_N_CLASSES]; /* instrument name per class; null: none */
	guint scope_channel, supply_channel, switch_module;
	double path_uncertainty_db; /* expanded (k = 2), of each path loss */
	struct config_lane lanes[CONFIG_LANES_MAX];
	guint n_lanes;
};

struct config_product {
	char *part_number, *type, *form_factor;
	char *plan, *knobs, *edition; /* files as found; edition of the limits */
	char *config_path;            /* of the configuration that it is in */
	char **limits;
	struct optical_type *optics; /* what `type` means */
	guint n_lanes;               /* of the type */
	double false_accept;  /* risk that guard bands are made for, 0.023; NAN or 0: none chosen */
	enum limit_rule rule; /* what a value inside its guard band is */
	struct firmware_policy *firmware; /* null: whatever it has is good */
	struct personal_policy *personal; /* null: its modules are not to be personalised */
};

/* What may be done in any order (struct step_def, may_go_ahead): as the plan says, or first that
 * whose instruments are free. */
enum config_order { CONFIG_ORDER_PLAN, CONFIG_ORDER_FREE };
/* "plan" or "free". */
gboolean config_order_parse(const char *text, enum config_order *order);

#define CONFIG_WORKERS_MAX 64

struct config {
	char *path, *sha256;
	char *station_id;
	double time_scale;
	char *store_path, *reports_path;
	double insert_limit_s;    /* how long to wait for an operator or loader to insert a unit */
	double reconnect_limit_s; /* how long for what was lost, before a unit is begun */
	enum config_order order;
	guint analysis_workers; /* threads that compute for the sites; 0: each site for itself */
	struct quirk_table *quirks;   /* owned; null: there is no quirks.yaml */
	struct config_source *source; /* owned; null: there is none */
	guint16 virtual_bench_port;   /* its control port, on this machine; 0: all is real */
	gboolean is_replayed;         /* recordings answer, nothing real is moved */
	int path_loss_days;           /* how long measured losses are valid */
	const char *guard;      /* program that guards this station (guard.h); null: nothing does */
	gboolean uncalibrated;  /* losses may be missing: config_load_uncalibrated */
	GPtrArray *instruments; /* struct config_instrument, owning */
	GPtrArray *sites;       /* struct config_site, owning */
	GPtrArray *products;    /* struct config_product, owning */
	struct operator_policy *operator_policy; /* owned; always there */
	struct report_factory *factory;          /* likewise */
	struct precheck *precheck;               /* owned; null: every unit may be tested */
	struct sink_place *sink_place;           /* owned; what the sinks were read with */
	GPtrArray *sinks;                        /* struct sink, owning; who is told of runs */
};
typedef struct config config; /* for g_autoptr(config) only */

/* Reads and checks everything that can be checked without touching an instrument: names resolve,
 * every site has what it uses, files exist. Errors are STATION_ERROR_CONFIG with file and line. */
struct config *config_load(const char *path, GError **error);
/* The same for calibrating path losses: their files need not be there, and losses may be NAN. */
struct config *config_load_uncalibrated(const char *path, GError **error);
void config_free(struct config *config); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(config, config_free)

const struct config_site *config_site(const struct config *config, int site);
const struct config_product *config_product(const struct config *config, const char *part_number);
const struct config_instrument *config_instrument(const struct config *config, const char *name);
const struct config_lane *config_lane(const struct config_site *site, int lane);

/*
 * Why modules of a product cannot be measured at a site: socket, fibres, lanes. Null when they can;
 * free with g_free. A fibre may be CONFIG_FIBRE_TOLERANCE longer or shorter than the type's reach;
 * a site without one fits here, and is refused where the plan wants to measure through it.
 */
#define CONFIG_FIBRE_TOLERANCE 0.05
char *config_misfit(const struct config_site *site, const struct config_product *product);

/* Expanded uncertainty (k = 2) of a lane's path losses; lane 0: the greatest of all lanes. NAN when
 * nothing is said. */
double config_path_uncertainty_db(const struct config_site *site, int lane);

/* Whether a date of the configuration ("2027-03-31") lies before today; null does not. */
gboolean config_is_over(const char *date);

/* The first instrument in use at a site whose calibration was due before today; null when all are
 * in calibration. */
const struct config_instrument *config_expired(const struct config *config);

/* The first site whose measured path losses were due before today; null when there is none. */
const struct config_site *config_path_expired(const struct config *config);

/*
 * Where a file named in a configuration lies: beside the configuration, else in `folder` ("plans",
 * "limits", "modules", or "" for "types/NAME") of the data folders: $STATION_DATADIR, the
 * installation's. Null when nowhere. Free with g_free.
 */
char *config_find_file(const char *config_path, const char *folder, const char *name);

/* $STATION_DATADIR, else the installation's. Borrowed. */
const char *config_data_folder(void);

#endif

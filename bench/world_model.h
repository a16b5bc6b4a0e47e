/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_WORLD_MODEL_H
#define BENCH_WORLD_MODEL_H

/* What the files of the world share, and nobody else includes. Functions here want the lock held.
 */

#include "bench/defects.h"
#include "bench/dut.h"
#include "bench/fibre.h"
#include "bench/heat.h"
#include "bench/random.h"
#include "bench/world.h"

#define WORLD_MAX_SITES  64
#define WORLD_MAX_SERIAL 16

struct world_unit {
	/* constant from its birth on, read without the lock */
	char *serial;
	char *defects_text;
	const struct world_model *model;
	struct defect_set defects;
	struct dut dut;
	/* under the lock */
	gboolean dirty;
	void *firmware;
	GDestroyNotify firmware_destroy;
	struct world_constants constants;
	gboolean truth_known;
	struct world_truth truth;
};

/* Mean transmission of a modulated lane, kept while its knobs stay. */
struct mean_cache {
	gboolean known;
	struct world_tx_knobs knobs;
	double laser_degc;
	double mean;
};

struct site {
	const struct world_model *model; /* that it is built for */
	struct world_unit *unit;         /* null when empty */
	struct world_unit *last_unit;    /* the one here now or before */
	double tx_mate_db[WORLD_LANES];  /* of this insertion */
	double rx_mate_db[WORLD_LANES];
	struct world_drive drive;
	struct mean_cache mean[WORLD_LANES];
	struct heat heat;
	/* supply */
	double supply_v;
	double limit_a;
	gboolean supply_on;
	gboolean tripped; /* current limit pulled the voltage down; until off or raised */
	gboolean powered;
	guint64 epoch;
	double powered_at_s;
	/* light path, all true values */
	double meter_loss_db[WORLD_LANES];
	double scope_loss_db[WORLD_LANES];
	double fibre_path_db[WORLD_LANES]; /* to the scope by the fibre, its own loss left out */
	double meter_gain[WORLD_LANES];    /* calibration error of the instrument */
	double scope_gain;
	double source_oma_w[WORLD_LANES];
	double rx_loss_db[WORLD_LANES];   /* attenuator at 0 dB, and fan-out */
	double monitor_gain[WORLD_LANES]; /* of the attenuator's output monitor */
	double attenuator_slope[WORLD_LANES];
	double attenuator_phase[WORLD_LANES];
	double attenuator_db[WORLD_LANES];
	gboolean attenuator_open[WORLD_LANES];
	gboolean ppg_on[WORLD_LANES];
	gboolean ppg_global;
	int switch_channel;
};

struct world {
	GMutex lock;
	GCond changed; /* time scale, or stopped */
	guint64 seed;
	guint n_sites;
	struct site *sites;
	GHashTable *units; /* serial -> struct world_unit, owned */
	struct random_stream noise;
	gboolean stopped;
	double scale;
	gint64 real_us; /* when the scale was set */
	double sim_s;   /* and what simulated time was then */
	void (*before_look)(guint site, gpointer data);
	gpointer before_look_data;
	struct fibre fibre;
	guint8 *prbs13q;
	gsize n_prbs13q;
	guint8 *ssprq;
	gsize n_ssprq;
};

/* Lets the site's firmware catch up; the lock must not be held. */
void model_before_look(struct world *world, guint site);

double model_now_s(const struct world *world);

/* Site with its temperatures brought up to now. */
struct site *model_site_now(struct world *world, guint site);

/* Decides anew whether the unit has power; call after every change of supply, unit or drive. */
void model_update_power(struct world *world, struct site *site);
double model_load_w(const struct site *site);

/* The firmware's settings count: powered, high power, of this epoch. */
gboolean model_drive_counts(const struct site *site);

/* Average power leaving the unit's connector, as the unit would be measured; 0 dark. */
double model_tx_power_w(struct world *world, struct site *site, guint lane);
double model_laser_degc(const struct site *site);
/* Loss between that connector and the fan-out; the connector's dirt is in model_tx_power_w. */
double model_dirt_db(const struct site *site, guint lane);

/* OMA and average power that reach the lane's receiver; 0 dark. */
double model_rx_oma_w(const struct site *site, guint lane);
double model_rx_power_w(const struct site *site, guint lane);
double model_attenuator_output_w(const struct site *site, guint lane);
double model_attenuation_db(const struct site *site, guint lane);
gboolean model_ppg_on(const struct site *site, guint lane);

/* True losses and instrument errors of a site, from the seed. */
void model_init_site(struct site *site, guint64 seed, guint number, double now_s);

#endif

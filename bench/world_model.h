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
#include "bench/path.h"
#include "bench/random.h"
#include "bench/source.h"
#include "bench/world.h"

#define WORLD_MAX_SITES  64
#define WORLD_MAX_SERIAL 16

struct world_unit {
	/* constant from its birth on, read without the lock */
	char *serial;
	char *degraded; /* owned; what dut_degrade says */
	char *defects_text;
	const struct world_model *model;
	struct defect_set defects;
	struct dut dut;
	/* under the lock */
	gboolean dirty;
	double bias_lost[WORLD_LANES]; /* of the current that each laser should get; 0 is sound */
	void *firmware;
	GDestroyNotify firmware_destroy;
	struct world_constants constants;
	gboolean truth_known;
	struct world_truth truth;
};

/* Mean transmission of a modulated lane at one or two temperatures, kept while its knobs stay. */
struct mean_cache {
	guint n;
	struct world_tx_knobs knobs;
	double degc[2]; /* of the laser */
	double mean[2];
};

struct site {
	const struct world_model *model; /* that it is built for */
	struct world_unit *unit;         /* null when empty */
	struct world_unit *last_unit;    /* the one here now or before */
	double tx_mate_db[WORLD_LANES];  /* of this insertion */
	double rx_mate_db[WORLD_LANES];
	struct world_drive asked; /* by the firmware */
	struct world_drive drive; /* what comes of it */
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
	gboolean thermal_stuck;
	/* light */
	struct path path;
	double attenuator_db[WORLD_LANES];
	gboolean attenuator_open[WORLD_LANES];
	gboolean ppg_on[WORLD_LANES];
	gboolean ppg_global;
	enum world_pattern ppg_pattern[WORLD_LANES]; /* NONE: PRBS31Q */
	struct source_stress stress[WORLD_LANES];
	double quiet_db[WORLD_LANES];  /* SECQ without the noise; 0: not known yet */
	double stress_db[WORLD_LANES]; /* SECQ over that of a source without stress */
	int switch_channel;
	int source_lane; /* that the calibrated source is on; -1 none */
	double source_w;
	double source_mate_db;
	int probe_lane; /* whose receive fibre is on the meter; -1 none */
	double probe_mate_db;
};

/* What goes into the transmit fibres of a site, behind the connector. */
struct tx_light {
	double power_w[WORLD_LANES];
	double wavelength_m[WORLD_LANES];
	gboolean modulated[WORLD_LANES]; /* by the module, not by the calibrated source */
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
	double unit_width;  /* of the distributions of units, over what is usual */
	double defect_rate; /* of what dut_degrade does */
	double fibre_m;     /* of every spool; NaN: the reach of its site's model */
	gboolean switch_shared;
	guint routed_site; /* last, by the shared switch */
	guint8 *prbs13q;
	gsize n_prbs13q;
	guint8 *ssprq;
	gsize n_ssprq;
};

/* Lets the site's firmware catch up; the lock must not be held. */
void model_before_look(struct world *world, guint site);

double model_now_s(const struct world *world);

/* The site whose light the scope of a site sees; the lock must not be held. */
guint model_at_scope(struct world *world, guint site);

/* Site with its temperatures brought up to now. */
struct site *model_site_now(struct world *world, guint site);

/* Decides anew whether the unit has power; call after every change of supply, unit or drive. */
void model_update_power(struct world *world, struct site *site);
/* Brings what acts in line with what the firmware asked for, and decides about the power. */
void model_update_drive(struct world *world, struct site *site);
double model_load_w(const struct site *site);

/* The firmware's settings count: powered, high power, of this epoch. */
gboolean model_drive_counts(const struct site *site);

/* Average power leaving the unit's connector, as the unit would be measured; 0 dark. */
double model_tx_power_w(struct world *world, struct site *site, guint lane);
double model_laser_degc(const struct site *site);
/* Of the lane's laser at this moment; the site must hold a unit that has the lane. */
double model_wavelength_m(const struct site *site, guint lane);
/* What the lane's settings come to at the present supply. */
struct world_tx_knobs model_knobs(const struct site *site, guint lane);
/* Loss at that connector, in model_tx_power_w already. */
double model_dirt_db(const struct site *site, guint lane);
void model_tx_light(struct world *world, struct site *site, struct tx_light *light);

/* OMA and average power that reach the lane's receiver; 0 dark. */
double model_rx_oma_w(const struct site *site, guint lane);
double model_rx_power_w(const struct site *site, guint lane);
/* OMA of light without stress that would be received as well. */
double model_seen_oma_w(const struct site *site, guint lane);
/* Average power at the end of the probed fibre. */
double model_probe_power_w(const struct site *site);
double model_attenuator_output_w(const struct site *site, guint lane);
double model_attenuation_db(const struct site *site, guint lane);
gboolean model_ppg_on(const struct site *site, guint lane);
/* The error tester drives that host lane of the unit in the site. */
gboolean model_host_input(const struct site *site, guint host_lane);

/* The spool that a unit of the model is judged behind. */
void model_fibre(const struct world *world, const struct world_model *model, struct fibre *fibre);

/* What a connector loses that is put in now. */
double model_mate_db(struct world *world);

/* A site as it is at the start: empty, its light paths drawn for the model. */
void model_init_site(struct world *world, guint number, const struct world_model *model);

#endif

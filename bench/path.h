/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_PATH_H
#define BENCH_PATH_H

#include "bench/demux.h"
#include "bench/fibre.h"
#include "bench/handling.h"

/*
 * The glass of a site: what lies between the module's connector and the instruments, as it truly
 * is. Parallel fibre: each lane has a leg of the fan-out, a coupler (20 % to the meter, 40 % to the
 * scope, 40 % to the spool) and two channels of the switch. WDM: one patch cord and one coupler for
 * all; of the 20 % a tap takes a tenth to meter port 4, and behind tap, scope's arm and spool there
 * is a demultiplexer each. Towards the module: attenuators, then a fan-out, or a multiplexer and a
 * patch cord. The mating at the module's own connector is no part of it.
 *
 * Losses in dB, infinite where no light comes. `lane` is where light enters, 0..3.
 */
enum path_arm { PATH_METER, PATH_SCOPE, PATH_SPOOL, PATH_ARMS };

struct path {
	gboolean wdm;
	gboolean multimode;
	/* leg of the fan-out, or the patch cord in each element */
	double leg_db[WORLD_LANES];
	double arm_db[PATH_ARMS][WORLD_LANES]; /* coupler, tap, splices, switch */
	double tap_db;                         /* WDM: patch cord left out */
	double attenuator_db[WORLD_LANES];     /* of each attenuator at 0 dB */
	double receive_db[WORLD_LANES];        /* behind it: leg, or patch cord of a WDM site */
	struct demux demux[WORLD_DEMUXES][PATH_ARMS];
	struct demux mux;
	struct fibre fibre;
	/* what was done to it */
	guint tx_lane[WORLD_LANES]; /* whose light the leg or output has: its own unless swapped */
	guint rx_lane[WORLD_LANES]; /* lane whose fibre the attenuator's output feeds */
	enum world_demux grid;
	double tx_age_db[WORLD_LANES];
	double rx_age_db[WORLD_LANES];
	/* the instruments at its ends: errors of their calibration */
	double meter_gain[WORLD_METER_PORTS];
	double scope_gain;
	double lamp_gain; /* of the calibrated source */
	double monitor_gain[WORLD_LANES];
	double source_oma_w[WORLD_LANES]; /* reference transmitters, before the attenuators */
	double attenuator_slope[WORLD_LANES];
	double attenuator_phase[WORLD_LANES];
};

/* Site `number` (from 0) for modules of that model, drawn from the seed. */
void path_init(struct path *path, guint64 seed, guint number, const struct world_model *model);

/* Light of a lane at a port of the meter. */
double path_meter_db(const struct path *path, guint port, guint lane, double wavelength_m);
/* Light of a lane at the scope when the switch is at a channel 0..7; fibre's loss included. */
double path_scope_db(const struct path *path, guint channel, guint lane, double wavelength_m);
/*
 * From an attenuator's output to a receive lane of the module, whose own demultiplexer is taken as
 * perfect. wavelength_m: of the reference transmitter.
 */
double path_receive_db(const struct path *path, guint output, guint lane, double wavelength_m);

/* The spool of a site built for that model: its reach, of its fibre. */
void path_fibre(struct fibre *fibre, const struct world_model *model);

#endif

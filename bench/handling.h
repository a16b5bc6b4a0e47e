/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_HANDLING_H
#define BENCH_HANDLING_H

#include "bench/world.h"

/*
 * What people do to the light paths of a site, to its thermal head and its unit: right and wrong.
 * Counted from 0 as in world.h; each call is atomic. All of it stays as it is from unit to unit.
 */

/*
 * Two fibres of the fan-out change places, transmit or receive side; of a WDM site two outputs of
 * its demultiplexers, or two inputs of the multiplexer. Done again it is undone.
 */
void world_swap_tx(struct world *world, guint site, guint a, guint b);
void world_swap_rx(struct world *world, guint site, guint a, guint b);

/* Demultiplexers of a WDM site by their grid. */
enum world_demux {
	WORLD_DEMUX_OWN,  /* of the modules that the site is built for */
	WORLD_DEMUX_CWDM, /* 1271, 1291, 1311, 1331 nm */
	WORLD_DEMUX_LWDM, /* 1295.56, 1300.05, 1304.58, 1309.14 nm */
	WORLD_DEMUXES,
};
/* "own", "cwdm", "lwdm"; null outside the enumeration. */
const char *world_demux_name(enum world_demux demux);
/* Puts others into the paths of a site; FALSE when it has none because it is no WDM site. */
gboolean world_set_demux(struct world *world, guint site, enum world_demux demux);

/*
 * The path of a lane loses so much more than when it was new, 0..20 dB: between module and
 * instruments, or (receive) between attenuator and module.
 */
void world_age_path(struct world *world, guint site, guint lane, gboolean receive, double db);

/*
 * A fault of the unit in the socket: a lane's laser gets only this part (0..1) of the current that
 * its driver is set to; 1 is sound. It stays with the unit. FALSE when the socket is empty.
 */
gboolean world_set_bias_part(struct world *world, guint site, guint lane, double part);

/* The thermal head is stuck: air and case stay as warm as they are. */
void world_set_thermal_stuck(struct world *world, guint site, gboolean stuck);

/*
 * A calibrated source of light at the lane's wavelength, unmodulated, in place of the module: on
 * the lane's fibre, which leaves the other lanes to the module, or on a WDM site's only fibre. Its
 * power is within 0.02 dB of power_w. lane -1 takes it away.
 */
void world_set_source(struct world *world, guint site, int lane, double power_w);
/*
 * Takes the fibre of a receive lane (of a WDM site the only one) out of the module and puts it on
 * port 4 of the power meter. lane -1 puts it back.
 */
void world_set_probe(struct world *world, guint site, int lane);

#endif

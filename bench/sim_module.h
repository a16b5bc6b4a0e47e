/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_H
#define BENCH_SIM_MODULE_H

#include "bench/world.h"

#include <glib.h>

/*
 * The firmware of whatever unit sits in one site: a module with CMIS 5.2 as
 * docs/virtual-module.md describes it, or a QSFP28 module with SFF-8636, seen through its pins and
 * its I2C bus. It lives as long as the site; units come and go in the world, which it notices by
 * the world's power epoch.
 *
 * Every function may be called from any thread; the lock is inside (it is taken before the
 * world's, never after). Time passes only in these calls. Call sim_module_tick every 20 ms of real
 * time, after each change of the site's supply, attenuator, pattern generator or unit, and before
 * light or errors are measured, so that what the firmware would have done by then has happened.
 */
struct sim_module;
typedef struct sim_module sim_module; /* for g_autoptr(sim_module) only */

/* `site` counts from 0. The world is borrowed and must outlive it. Pins as SAFE leaves them. */
struct sim_module *sim_module_new(struct world *world, guint site);
void sim_module_free(struct sim_module *module); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sim_module, sim_module_free)

void sim_module_tick(struct sim_module *module);

enum sim_module_pin { SIM_PIN_RESET_L, SIM_PIN_LP_MODE, SIM_PIN_MOD_SEL_L };

/*
 * Levels of the host's outputs, by what they mean to the module: those of an OSFP socket are
 * brought to these (RSTn is ResetL, LPWn the opposite of LPMode), and its module does not look at
 * ModSelL. They stay when units change.
 */
void sim_module_set_pin(struct sim_module *module, enum sim_module_pin pin, gboolean level);
gboolean sim_module_pin(struct sim_module *module, enum sim_module_pin pin);
gboolean sim_module_present(struct sim_module *module); /* ModPrsL is low */
gboolean sim_module_int_l(struct sim_module *module);   /* the level; TRUE also without a module */

enum sim_bus_result {
	SIM_BUS_OK,
	SIM_BUS_NACK_ADDRESS, /* nobody answers, or the module is busy */
	SIM_BUS_NACK_DATA,    /* more than 8 bytes in one WRITE; nothing of it was taken */
};

/*
 * One I2C transaction with a seven-bit address: write_len bytes are written (the first is the
 * register address), then, after a repeated start, read_len bytes are read. Either may be 0, not
 * both. `read` is filled only on SIM_BUS_OK.
 */
enum sim_bus_result sim_module_transfer(struct sim_module *module, guint address,
                                        const guint8 *write, gsize write_len, guint8 *read,
                                        gsize read_len);

/* Lets so much time pass for the module alone, for tests in a world whose clock stands still. */
void sim_module_advance(struct sim_module *module, double seconds);

/*
 * What goes wrong at the nth command of that identity from now on: the module restarts in its
 * middle, loses its supply there (and stays off), does not acknowledge for 3 s, says that the check
 * code was wrong and does nothing, or stays busy until it is reset.
 */
enum sim_cdb_spoil {
	SIM_SPOIL_NONE,
	SIM_SPOIL_RESTART,
	SIM_SPOIL_POWER,
	SIM_SPOIL_NACK,
	SIM_SPOIL_CHECK,
	SIM_SPOIL_BUSY,
};
void sim_module_spoil_cdb(struct sim_module *module, enum sim_cdb_spoil kind, guint command,
                          guint nth);

/*
 * The module loses its supply, and stays off, in the middle of the nth time from now on that it
 * writes non-volatile memory; `part` of that is done then, 0 to 1. nth 0: nothing is to happen.
 */
void sim_module_spoil_store(struct sim_module *module, guint nth, double part);

/* For the control port; names are CMIS's ("ModuleReady", "DPActivated"), static storage. */
struct sim_module_status {
	const char *state;
	const char *data_path[WORLD_LANES]; /* by media lane */
	gboolean committing;
};
void sim_module_status(struct sim_module *module, struct sim_module_status *status);

#endif

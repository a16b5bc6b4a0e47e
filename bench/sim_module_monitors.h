/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_MONITORS_H
#define BENCH_SIM_MODULE_MONITORS_H

#include "bench/sim_module_state.h"

/*
 * Between the registers and the optics: what the module senses becomes monitors, LOS and flags,
 * and what it is set to becomes the drive of its optics. Called with the module's lock held.
 */

/* Samples the sensors when the last sample is old or `at_once`; raw and calibrated registers,
 * LOS with its hysteresis, and flags follow. Nothing before MODULE_LOW_PWR. */
void sim_monitors_sample(struct sim_module *module, gboolean at_once);

/* Latches every flag whose condition holds in the last sample. */
void sim_monitors_latch(struct sim_module *module);

/* TRUE when an unmasked flag asks for an interrupt; also brings bytes 3.0 and 4 up to date. */
gboolean sim_monitors_interrupt(struct sim_module *module);

/* Tells the world what the optics are to do, when that has changed. TRUE when it has. */
gboolean sim_monitors_drive(struct sim_module *module);

#endif

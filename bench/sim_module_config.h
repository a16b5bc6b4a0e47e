/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_CONFIG_H
#define BENCH_SIM_MODULE_CONFIG_H

#include "bench/sim_module_state.h"

/*
 * Staged control set 0 of page 10h: what an apply trigger does to the active set of page 11h.
 * CMIS 5.2, control sets and configuration status.
 */

/* Result codes of page 11h bytes 202 to 205. */
enum config_status {
	CONFIG_UNDEFINED = 0,
	CONFIG_SUCCESS = 1,
	CONFIG_REJECTED = 2,
	CONFIG_BAD_APPSEL = 3,
	CONFIG_BAD_LANES = 4,
	CONFIG_BAD_SI = 5,
	CONFIG_LANES_IN_USE = 6,
	CONFIG_PARTIAL_PATH = 7,
	CONFIG_IN_PROGRESS = 12,
};

/* The default application on all lanes, staged and active, as after power-on. */
void sim_config_set_defaults(struct sim_module *module);

/* An apply trigger was written: ApplyDPInit, or ApplyImmediate. Bit n is host lane n; lanes that
 * the module has not are left alone. */
void sim_config_trigger(struct sim_module *module, guint8 lanes, gboolean immediate);

/* When the next trigger ends; infinity when none is under way. */
double sim_config_due_s(const struct sim_module *module);
/* Ends the triggers that are due at module->now_s. */
void sim_config_finish(struct sim_module *module);

#endif

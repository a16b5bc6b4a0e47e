/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_VDM_H
#define BENCH_SIM_MODULE_VDM_H

#include "bench/sim_module_state.h"

/* Pages 20h, 24h, 28h, 2Ch, 2Dh and 2Fh: what modules with a signal processor observe. CMIS 5.2;
 * docs/virtual-module.md. Called with the module's lock held. */

gboolean sim_vdm_has_page(const struct sim_module *module, guint page);
/* Descriptors, thresholds and control, as at power-on. */
void sim_vdm_load(struct sim_module *module);
/* A new sample of the analog values was taken. */
void sim_vdm_sample(struct sim_module *module);
/* A host has written page 2Fh. */
void sim_vdm_written(struct sim_module *module);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_DIAG_H
#define BENCH_SIM_MODULE_DIAG_H

#include "bench/sim_module_state.h"

/*
 * Pages 13h and 14h: pattern generators and checkers of both sides, loopbacks, what the checkers
 * counted. CMIS 5.2; docs/virtual-module.md. Called with the module's lock held.
 */

/* As after power-on: everything off, nothing counted. */
void sim_diag_start(struct sim_module *module);

/* Counts what arrived since it was last called, by what the module sensed last. */
void sim_diag_advance(struct sim_module *module);

/* A host has written to page 13h; `before` is the page as it was. What is not offered gets its old
 * value back. */
void sim_diag_written(struct sim_module *module, const guint8 before[128]);
/* A host has written the selector of page 14h. */
void sim_diag_selected(struct sim_module *module);
/* A host is about to read page 14h: fills the results. */
void sim_diag_show(struct sim_module *module);

/* What a transmitter sends: its own generator's pattern, or what reaches it. */
enum world_pattern sim_diag_tx_pattern(struct sim_module *module, guint lane);
/*
 * What goes out to a host lane when it is not what the light brought: generator or loopback. FALSE
 * when it is the light's.
 */
gboolean sim_diag_host_pattern(struct sim_module *module, guint host_lane,
                               enum world_pattern *pattern);

/* The standard's number of small ratios: m * 10^(s-24), s in bits 15-11, m in bits 10-0. */
guint16 sim_diag_f16(double value);
/* The SNR at which Gaussian noise makes that error ratio of Gray-coded PAM4; 30 dB at most. */
double sim_diag_snr_db(double ber);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_DP832_H
#define BENCH_SIM_DP832_H

#include "bench/sim.h"

/* Rigol DP832. What it does not do is told at the top of its source. */
extern const struct sim_kind sim_dp832;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_THORLABS_H
#define BENCH_SIM_THORLABS_H

#include "bench/sim.h"

/* Thorlabs PM103E. What it does not do is told at the top of its source. */
extern const struct sim_kind sim_thorlabs;
/* Thorlabs PM100D, which has no network: the same messages, but as they are. */
extern const struct sim_kind sim_pm100d;

#endif

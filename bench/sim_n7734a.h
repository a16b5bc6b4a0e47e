/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_N7734A_H
#define BENCH_SIM_N7734A_H

#include "bench/sim.h"

/* Keysight N7734A, one 1x13 switch before the scope. */
extern const struct sim_kind sim_n7734a;

#endif

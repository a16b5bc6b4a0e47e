/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MP1900A_H
#define BENCH_SIM_MP1900A_H

#include "bench/sim.h"

/* Anritsu MP1900A. What it does not do is told at the top of its source. */
extern const struct sim_kind sim_mp1900a;

#endif

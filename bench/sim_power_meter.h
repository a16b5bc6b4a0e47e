/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_POWER_METER_H
#define BENCH_SIM_POWER_METER_H

#include "bench/sim.h"

/* Keysight N7745A. What it does not do is told at the top of its source. */
extern const struct sim_kind sim_power_meter;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_BRISTOL_H
#define BENCH_SIM_BRISTOL_H

#include "bench/sim.h"

/* Bristol 871A wavelength meter. What it does not do is told at the top of its source. */
extern const struct sim_kind sim_bristol;

#endif

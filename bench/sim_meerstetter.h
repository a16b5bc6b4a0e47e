/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MEERSTETTER_H
#define BENCH_SIM_MEERSTETTER_H

#include "bench/sim.h"

/* Meerstetter TEC-1091 and the plate it drives: MeCom frames that end in CR. */
extern const struct sim_kind sim_meerstetter;

#endif

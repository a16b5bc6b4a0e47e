/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_OZ_H
#define BENCH_SIM_OZ_H

#include "bench/sim.h"

/*
 * OZ Optics DD-100 before the receiver of the first lane, as a device server in front of its serial
 * line gives it. The other lanes have none and are dark.
 */
extern const struct sim_kind sim_oz;

#endif

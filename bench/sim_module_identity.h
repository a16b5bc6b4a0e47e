/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_IDENTITY_H
#define BENCH_SIM_MODULE_IDENTITY_H

#include "bench/sim_module_memory.h"
#include "bench/world.h"

/*
 * Writes what the maker put into a unit: identity, advertisements and thresholds of lower memory
 * and pages 00h, 01h, 02h, 11h (lane map) and 13h (capabilities), with their checksums (wrong on
 * page 00h for a unit with that defect). docs/virtual-module.md.
 */
void sim_identity_fill(struct module_memory *memory, const struct world_unit *unit);

/* Low 8 bits of the sum of bytes first..last of a page. */
guint8 sim_identity_sum(struct module_memory *memory, guint page, guint first, guint last);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_BUS_H
#define BENCH_SIM_MODULE_BUS_H

#include "bench/sim_module.h"
#include "bench/sim_module_state.h"

/*
 * The module's side of the I2C bus: address pointer, bank and page, what a write sets off.
 * CMIS 5.2, management interface. Called with the module's lock held and its state up to date.
 */
enum sim_bus_result sim_bus_write(struct sim_module *module, guint address, const guint8 *data,
                                  gsize len);
enum sim_bus_result sim_bus_read(struct sim_module *module, guint address, guint8 *data, gsize len);

#endif

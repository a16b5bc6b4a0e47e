/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_KNOBS_H
#define BENCH_SIM_MODULE_KNOBS_H

#include "bench/sim_module_state.h"

/*
 * The transmitter's settings of pages B0h and B2h: which of them a product has, where they lie,
 * what they may be, and what acts. docs/virtual-module.md. Called with the module's lock held; not
 * for a unit that speaks SFF-8636.
 */

/* FALSE when the unit's firmware is from before page B2h. */
gboolean sim_knobs_have_tables(const struct world_unit *unit);

/* Pages B0h and B2h as the factory leaves them; the other page is not touched. */
void sim_knobs_set_defaults(struct vendor_pages *pages, const struct world_unit *unit);

/*
 * A host has written to page B0h or B2h, and `before` is the page as it was: what the product has
 * not, what is out of its range and what the tables hold gets its old value back.
 */
void sim_knobs_refuse(struct sim_module *module, guint page, const guint8 before[128]);

/* With table_mode 1, brings the settings that the tables replace to the shown temperature. */
void sim_knobs_follow_tables(struct sim_module *module);

/* Fills the knobs and the temperature of the cooler from the settings that act. */
void sim_knobs_drive(struct sim_module *module, struct world_drive *drive);

/* Fills what `pages` hold of the transmitter: knobs, tables, mode and the cooler's temperature. */
void sim_knobs_constants(const struct vendor_pages *pages, const struct world_unit *unit,
                         struct world_constants *constants);

#endif

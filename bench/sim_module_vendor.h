/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_VENDOR_H
#define BENCH_SIM_MODULE_VENDOR_H

#include "bench/sim_module_state.h"

/*
 * Pages B0h, B1h and B2h, the passwords and the non-volatile memory: docs/virtual-module.md. Called
 * with the module's lock held.
 */

/* What the unit keeps; made with the factory defaults when it has none yet. */
struct module_nv *sim_vendor_nv(struct world *world, struct world_unit *unit);

/* Loads the volatile copies of pages 03h and B0h to B2h, as at power-on. */
void sim_vendor_load(struct sim_module *module);

/* False for a page that the unit's firmware is too old to have. */
gboolean sim_vendor_has_page(const struct sim_module *module, guint page);

/* True when a host sees zeros on the page and may not write it. */
gboolean sim_vendor_locked(const struct sim_module *module, guint page);

/*
 * A host has written bytes first..last (128..255) of page B0h, B1h or B2h; `before` is the page as
 * it was. Settings that are not taken get their old value back; a commit starts; a unit with that
 * defect restarts.
 */
void sim_vendor_written(struct sim_module *module, guint page, guint first, guint last,
                        const guint8 before[128]);

/* A host has written lower memory up to byte 121 or 125: change or entry of a password. */
void sim_vendor_change_password(struct sim_module *module);
void sim_vendor_enter_password(struct sim_module *module);
/*
 * A WRITE to bytes first.. of page 00h, 01h, 02h or 03h, which are stored as they are written: TRUE
 * when these pages take the bytes of a host with the password that was entered. The module is busy
 * for a while then.
 */
gboolean sim_vendor_stores(const struct sim_module *module, guint page);
void sim_vendor_store(struct sim_module *module, guint page, guint first, const guint8 *data,
                      gsize len);
/* No power, or reset: what is being stored stays half-written. */
void sim_vendor_stop(struct sim_module *module);

/* When a commit ends; infinity when none is under way. */
double sim_vendor_due_s(const struct sim_module *module);
void sim_vendor_finish_commit(struct sim_module *module);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SIM_MODULE_CDB_H
#define BENCH_SIM_MODULE_CDB_H

#include "bench/sim_module_state.h"

/*
 * Commands by page 9Fh and A0h to AFh, and the two firmware images that they change. CMIS 5.2, CDB;
 * the images' form is docs/virtual-module.md's. Called with the module's lock held.
 *
 * QSFP-DD modules run commands in the foreground: they do not acknowledge their address meanwhile.
 * OSFP modules run them in the background and have no extended payload.
 */

/* The images of a new unit. */
void sim_cdb_set_factory(struct module_firmware *firmware, const struct world_unit *unit);

/* As after power-on: no command, no download; what was told to run next runs, else what is
 * committed and whole. */
void sim_cdb_start(struct sim_module *module);
/* Puts the versions of both images and what is advertised where a host reads them. */
void sim_cdb_load(struct sim_module *module);

/* FALSE for a page that this module does not have. */
gboolean sim_cdb_has_page(const struct sim_module *module, guint page);
/* The longest WRITE to a page. */
gsize sim_cdb_longest_write(const struct sim_module *module, guint page);
/* FALSE while the address is not acknowledged. */
gboolean sim_cdb_answers(const struct sim_module *module);

/* A host has written the second byte of the command on page 9Fh: it begins. */
void sim_cdb_trigger(struct sim_module *module);

/* When something ends; infinity when nothing is under way. */
double sim_cdb_due_s(const struct sim_module *module);
void sim_cdb_finish(struct sim_module *module);

#endif

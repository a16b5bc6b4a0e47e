/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_MODEL_SET_H
#define BENCH_MODEL_SET_H

#include "bench/model.h"

/*
 * The models of a run: the program's rows, then those of files. A row lives as long as its set,
 * and worlds that use it have to end before.
 */
struct model_set;
typedef struct model_set model_set; /* for g_autoptr(model_set) only */

struct model_set *model_set_new(void);
void model_set_free(struct model_set *set); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(model_set, model_set_free)

/*
 * Adds the rows of a YAML file:
 *
 *     models:
 *       - name: xr4                   # how people and files of the bench name it
 *         like: fr4                   # row of the program whose physics and limits it has
 *         part_number: VB-QDD-XR4-3K
 *         type: 400G-XR4
 *         form: QSFP-DD               # or OSFP
 *         wdm: true
 *         multimode: false
 *         transmitter: eml            # eml-cooled, vcsel
 *         rssi: two-slopes            # linear, quadratic
 *         rx_in_oma: false
 *         lanes: 4
 *         host_lanes: 8
 *         wavelengths: [1271 nm, 1291 nm, 1311 nm, 1331 nm]
 *         reach: 3000 m
 *         media_type: 0x02
 *         connector: 0x07
 *         technology: 0x06
 *         max_power: 10 W
 *         applications:
 *           - {host_id: 0x11, media_id: 0x1d, host_lanes: 8, media_lanes: 4, starts: 0x01,
 *              media_starts: 0x01}
 *
 * name, like, part_number and type have to be there, what else is left out is as in the row `like`.
 * STATION_ERROR_CONFIG "FILE:LINE: ..." for anything else, and then nothing was added.
 */
gboolean model_set_load(struct model_set *set, const char *path, GError **error);
/* The same from text; `name` stands for the file in messages. */
gboolean model_set_load_text(struct model_set *set, const char *text, const char *name,
                             GError **error);

/* Null with STATION_ERROR_CONFIG, which suggests the nearest, when there is none of that name. */
const struct world_model *model_set_find(const struct model_set *set, const char *name,
                                         GError **error);
/* Row i, the program's first; null past the end. */
const struct world_model *model_set_at(const struct model_set *set, guint i);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "bench/truth.h"

#include <string.h>

void world_constants_default(struct world_constants *constants)
{
	memset(constants, 0, sizeof *constants);
	constants->temp_slope = constants->vcc_slope = 1;
	for (guint i = 0; i < WORLD_LANES; i++) {
		constants->tx[i] = (struct world_tx_knobs){
			.laser_bias_a = 40e-3,
			.mod_bias_v = 1.2,
			.mod_swing_v = 1.0,
		};
		constants->tx_mon_slope[i] = 1;
		constants->rx_mon_slope[i] = 1;
		constants->los_assert_raw_w[i] = 31.6e-6;
		constants->los_deassert_raw_w[i] = 63.1e-6;
	}
}

static void copy_truth(struct world_truth *to, const struct world_truth *from)
{
	*to = *from;
	to->serial = g_strdup(from->serial);
	to->defects = g_strdup(from->defects);
	to->why = g_strdupv(from->why);
}

/* Takes what was found for the unit's own, unless something changed meanwhile. */
static void keep_truth(struct world_unit *unit, const struct world_constants *constants,
                       const struct world_truth *truth)
{
	if (memcmp(&unit->constants, constants, sizeof *constants) != 0 ||
	    unit->dirty != truth->dirty)
		return;
	world_truth_clear(&unit->truth);
	copy_truth(&unit->truth, truth);
	unit->truth_known = TRUE;
}

void world_truth(struct world *world, struct world_unit *unit, struct world_truth *truth)
{
	struct world_constants constants;
	struct truth_question question = {
		.dut = &unit->dut,
		.defects = &unit->defects,
		.constants = &constants,
		.symbols = world->ssprq,
		.n_symbols = world->n_ssprq,
		.fibre = &world->fibre,
	};

	g_mutex_lock(&world->lock);
	gboolean known = unit->truth_known && unit->truth.dirty == unit->dirty;
	if (known)
		copy_truth(truth, &unit->truth);
	memcpy(&constants, &unit->constants, sizeof constants);
	question.dirty = unit->dirty;
	g_mutex_unlock(&world->lock);
	if (known)
		return;

	/* Without the lock: this takes a while, and all it looks at is constant or copied. */
	truth_find(&question, truth);
	truth->serial = g_strdup(unit->serial);
	truth->defects = g_strdup(unit->defects_text);
	g_mutex_lock(&world->lock);
	keep_truth(unit, &constants, truth);
	g_mutex_unlock(&world->lock);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world.h"

#include <math.h>
#include <string.h>

#define TABLE_STEP_K 10.0

void world_constants_of_model(struct world_constants *constants, const struct world_model *model)
{
	gboolean vcsel = model->transmitter == MODEL_VCSEL;
	struct world_tx_knobs knobs = {
		.laser_bias_a = vcsel ? 6e-3 : 40e-3,
		.mod_bias_v = vcsel ? 0 : 1.2,
		.mod_swing_v = vcsel ? 0 : 1.0,
		.mod_current_a = vcsel ? 5e-3 : 0,
	};

	memset(constants, 0, sizeof *constants);
	constants->temp_slope = constants->vcc_slope = 1;
	constants->tec_degc = 45;
	for (guint i = 0; i < WORLD_LANES; i++) {
		constants->tx[i] = knobs;
		for (guint k = 0; k < WORLD_TABLE_ENTRIES; k++) {
			constants->bias_table_a[i][k] = knobs.laser_bias_a;
			constants->mod_table[i][k] = vcsel ? knobs.mod_current_a : knobs.mod_bias_v;
		}
		constants->tx_mon_slope[i] = 1;
		constants->rx_mon_slope[i] = 1;
		constants->rx_mon_break_raw_w[i] = 65535 * 0.1e-6; /* beyond all light */
		constants->rx_mon_slope_high[i] = 1;
		constants->los_assert_raw_w[i] = 31.6e-6;
		constants->los_deassert_raw_w[i] = 63.1e-6;
	}
}

void world_constants_default(struct world_constants *constants)
{
	world_constants_of_model(constants, world_model_at(0));
}

static double look_up(const double table[WORLD_TABLE_ENTRIES], double degc)
{
	double at = CLAMP(degc / TABLE_STEP_K, 0, WORLD_TABLE_ENTRIES - 1);
	guint i = MIN((guint)at, WORLD_TABLE_ENTRIES - 2);

	return table[i] + (at - i) * (table[i + 1] - table[i]);
}

struct world_tx_knobs world_constants_knobs(const struct world_constants *constants,
                                            const struct world_model *model, guint lane,
                                            double monitor_degc)
{
	struct world_tx_knobs knobs = constants->tx[lane];

	if (!constants->table_mode)
		return knobs;
	knobs.laser_bias_a = look_up(constants->bias_table_a[lane], monitor_degc);
	double mod = look_up(constants->mod_table[lane], monitor_degc);
	if (model->transmitter == MODEL_VCSEL)
		knobs.mod_current_a = mod;
	else
		knobs.mod_bias_v = mod;
	return knobs;
}

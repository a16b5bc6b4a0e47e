/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_BENCH_LIGHT_BED_H
#define TESTS_UNIT_BENCH_LIGHT_BED_H

#include "base/unit.h"
#include "bench/handling.h"

#include <math.h>
#include <string.h>

/* Light through a site of any model, for several test programs. */

static const char *const light_models[] = {"dr4", "fr4", "lr4-6", "lr4-10", "sr4", "osfp-dr4"};

/* A site for a model, a powered unit of it inside, all lanes lit, the whole RX path open. */
struct bed {
	struct world *world;
	const struct world_model *model;
	struct world_drive drive;
};

static inline void bed_init_model(struct bed *bed, const struct world_model *model)
{
	struct world_power power;

	bed->world = world_new(1, 4, 1e-3); /* no unit warms up meanwhile */
	bed->model = model;
	world_set_site_model(bed->world, 0, model);
	g_assert_true(world_insert(bed->world, 0, "LIGHT", "", NULL));
	world_set_supply(bed->world, 0, 3.3, 5, TRUE);
	world_set_ppg_global(bed->world, 0, TRUE);
	world_power(bed->world, 0, &power);
	bed->drive = (struct world_drive){.power_epoch = power.epoch,
	                                  .high_power = TRUE,
	                                  .tec_degc = 45};
	gboolean vcsel = model->transmitter == MODEL_VCSEL;
	for (guint i = 0; i < WORLD_LANES; i++) {
		bed->drive.tx[i].on = TRUE;
		bed->drive.tx[i].pattern = WORLD_PATTERN_PRBS13Q;
		bed->drive.tx[i].knobs = (struct world_tx_knobs){
			.laser_bias_a = vcsel ? 7e-3 : 60e-3,
			.mod_bias_v = 1.35,
			.mod_swing_v = 1.25,
			.mod_current_a = vcsel ? 6e-3 : 0,
		};
		bed->drive.host_swing_v[2 * i] = bed->drive.host_swing_v[2 * i + 1] = 0.6;
		world_set_ppg(bed->world, 0, i, TRUE);
		world_set_attenuator(bed->world, 0, i, 0, TRUE);
	}
	world_set_drive(bed->world, 0, &bed->drive);
}

static inline void bed_init(struct bed *bed, const char *name)
{
	bed_init_model(bed, world_model_find(name));
}

static inline void bed_done(struct bed *bed)
{
	world_free(bed->world);
}

static inline void light_lanes(struct bed *bed, guint lanes)
{
	for (guint i = 0; i < WORLD_LANES; i++)
		bed->drive.tx[i].on = lanes >> i & 1;
	world_set_drive(bed->world, 0, &bed->drive);
}

static inline double port_dbm(struct bed *bed, guint port)
{
	return unit_dbm_from_watt(world_meter_read_w(bed->world, 0, port, 1.0));
}

static inline double scope_dbm(struct bed *bed, int channel)
{
	world_set_switch(bed->world, 0, channel);
	return unit_dbm_from_watt(world_scope_average_w(bed->world, 0));
}

static inline double tx_dbm(struct bed *bed, guint lane)
{
	struct world_site_state state;

	world_site_state(bed->world, 0, &state);
	return unit_dbm_from_watt(state.tx_power_w[lane]);
}

static inline double rx_dbm(struct bed *bed, guint lane)
{
	struct world_site_state state;

	world_site_state(bed->world, 0, &state);
	return unit_dbm_from_watt(state.rx_power_w[lane]);
}

#endif

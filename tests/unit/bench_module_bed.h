/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_BENCH_MODULE_BED_H
#define TESTS_UNIT_BENCH_MODULE_BED_H

/* What the tests of the simulated module share: one module in a world, and a host's accesses. */

#include "bench/sim_module.h"
#include "bench/sim_module_config.h"
#include "bench/sim_module_state.h"

#include <glib.h>
#include <string.h>

/* The world's clock all but stands still; tests move the module's own, exactly. */
#define FROZEN_SCALE 1e-6

struct bed {
	struct world *world;
	struct sim_module *module;
};

static inline void supply(struct bed *bed, gboolean on)
{
	world_set_supply(bed->world, 0, 3.3, 5.0, on);
	sim_module_tick(bed->module);
}

static inline void advance(struct bed *bed, double seconds)
{
	sim_state_advance(bed->module, bed->module->now_s + seconds);
	sim_module_tick(bed->module);
}

static inline struct bed bed_of_model(const struct world_model *model, const char *defects)
{
	g_autoptr(GError) error = NULL;
	struct bed bed = {0};
	bed.world = world_new(1, 7, FROZEN_SCALE);
	world_set_site_model(bed.world, 0, model);
	bed.module = sim_module_new(bed.world, 0);
	world_insert(bed.world, 0, "VB0001", defects, &error);
	g_assert_no_error(error);
	supply(&bed, TRUE);
	return bed;
}

static inline struct bed bed_of(const char *model, const char *defects)
{
	return bed_of_model(world_model_find(model), defects);
}

static inline struct bed bed_new(const char *defects)
{
	return bed_of("dr4", defects);
}

static inline void bed_done(struct bed *bed)
{
	sim_module_free(bed->module);
	world_free(bed->world);
}

static inline enum sim_bus_result try_write(struct bed *bed, const guint8 *data, gsize len)
{
	return sim_module_transfer(bed->module, 0x50, data, len, NULL, 0);
}

static inline void put(struct bed *bed, guint8 byte, const guint8 *data, gsize len)
{
	guint8 message[9] = {byte};
	g_assert_cmpuint(len, <=, 8);
	memcpy(message + 1, data, len);
	g_assert_cmpint(try_write(bed, message, len + 1), ==, SIM_BUS_OK);
}

static inline void put1(struct bed *bed, guint8 byte, guint8 value)
{
	put(bed, byte, &value, 1);
}

static inline void put2(struct bed *bed, guint8 byte, guint16 value)
{
	guint8 data[2] = {(guint8)(value >> 8), (guint8)value};
	put(bed, byte, data, 2);
}

static inline void get(struct bed *bed, guint8 byte, guint8 *data, gsize len)
{
	g_assert_cmpint(sim_module_transfer(bed->module, 0x50, &byte, 1, data, len), ==,
	                SIM_BUS_OK);
}

static inline guint8 get1(struct bed *bed, guint8 byte)
{
	guint8 value = 0;
	get(bed, byte, &value, 1);
	return value;
}

static inline guint16 get2(struct bed *bed, guint8 byte)
{
	guint8 data[2];
	get(bed, byte, data, 2);
	return (guint16)(data[0] << 8 | data[1]);
}

static inline void page(struct bed *bed, guint8 number)
{
	put2(bed, 126, number);
	g_assert_cmpuint(get1(bed, 127), ==, number);
}

static inline void unlock(struct bed *bed)
{
	put(bed, 122, (const guint8[]){0xa5, 0xc3, 0xf0, 0x1e}, 4);
}

/* Out of reset and selected, in ModuleLowPwr. */
static inline void wake(struct bed *bed)
{
	sim_module_set_pin(bed->module, SIM_PIN_RESET_L, TRUE);
	sim_module_set_pin(bed->module, SIM_PIN_MOD_SEL_L, FALSE);
	advance(bed, MODULE_MGMT_INIT_S + 0.001);
}

static inline void make_ready(struct bed *bed)
{
	wake(bed);
	sim_module_set_pin(bed->module, SIM_PIN_LP_MODE, FALSE);
	advance(bed, MODULE_PWR_UP_S + 0.001);
}

static inline void activate(struct bed *bed)
{
	make_ready(bed);
	advance(bed, PATH_INIT_S + PATH_TX_TURN_ON_S + 0.01);
}

/* A module without power, put to its first moments after it came back. */
static inline void cycle(struct bed *bed)
{
	supply(bed, FALSE);
	supply(bed, TRUE);
	advance(bed, MODULE_MGMT_INIT_S + 0.001);
	unlock(bed);
}

static inline void commit(struct bed *bed)
{
	page(bed, 0xb1);
	put1(bed, 254, 0x01);
	advance(bed, MODULE_COMMIT_S + 0.001);
	g_assert_cmphex(get1(bed, 255), ==, 0x00);
}

static inline void stage(struct bed *bed, const guint8 configs[8])
{
	page(bed, 0x10);
	put(bed, 145, configs, 8);
}

static inline void apply(struct bed *bed, guint8 byte, guint8 lanes)
{
	page(bed, 0x10);
	put1(bed, byte, lanes);
}

static inline guint module_state(struct bed *bed)
{
	return get1(bed, 3) >> 1 & 7;
}

static inline guint path_of(struct bed *bed, guint lane)
{
	page(bed, 0x11);
	return get1(bed, (guint8)(128 + lane / 2)) >> (lane % 2 * 4) & 15;
}

static inline guint status_of(struct bed *bed, guint lane)
{
	page(bed, 0x11);
	return get1(bed, (guint8)(202 + lane / 2)) >> (lane % 2 * 4) & 15;
}

static inline double light(struct bed *bed, guint lane)
{
	struct world_site_state state;
	sim_module_tick(bed->module);
	world_site_state(bed->world, 0, &state);
	return state.tx_power_w[lane];
}

/* Everything that drives the host side is on, and the receivers of these lanes have light. */
static inline void shine(struct bed *bed, guint8 lanes)
{
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		world_set_ppg(bed->world, 0, lane, TRUE);
		world_set_attenuator(bed->world, 0, lane, 0, (lanes >> lane & 1) != 0);
	}
	world_set_ppg_global(bed->world, 0, TRUE);
	advance(bed, 0.1);
}

static inline void sends_sspr(struct bed *bed)
{
	page(bed, 0x13);
	put2(bed, 156, 0xcccc);
	put1(bed, 152, 0x0f);
}

#endif

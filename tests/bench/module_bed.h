/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_MODULE_BED_H
#define TESTS_BENCH_MODULE_BED_H

#include "base/clock.h"
#include "base/error.h"
#include "bench/sim_module.h"
#include "fixtures/fixture.h"
#include "fixtures/module.h"

#include <string.h>

/*
 * The fixture's side and the simulated module, in one process and on one clock: a fixture whose
 * pins and bus are the simulated module's. Time passes in waits and transfers only, so that no
 * load on the machine changes what happens.
 */
#define BED_FROZEN_SCALE 1e-6
#define BED_TRANSFER_S   2e-4

struct bed {
	struct fixture base;
	struct world *world;
	struct sim_module *sim;
	struct module *module;
	struct bounds bounds;
	double now_s;
};

/* The one whose clock is the process's. */
static struct bed *_Atomic bed_running;

static inline void bed_advance(struct bed *bed, double seconds)
{
	bed->now_s += seconds;
	sim_module_advance(bed->sim, seconds);
}

static inline gint64 bed_monotonic_us(void)
{
	struct bed *bed = bed_running;
	return (gint64)(bed->now_s * 1e6);
}

static inline gboolean bed_sleep_s(double seconds, const struct bounds *bounds, GError **error)
{
	bed_advance(bed_running, seconds);
	return bounds_check(bounds, "wait", error);
}

static const struct clock_source bed_clock = {
	.monotonic_us = bed_monotonic_us,
	.unix_us = bed_monotonic_us,
	.sleep_s = bed_sleep_s,
};

static inline gboolean bed_pin_get(struct fixture *fix, const char *pin, gboolean *level,
                                   const struct bounds *bounds, GError **error)
{
	struct bed *bed = (struct bed *)fix;
	if (g_str_equal(pin, "IntL"))
		*level = sim_module_int_l(bed->sim);
	else
		*level = !sim_module_present(bed->sim);
	return TRUE;
}

static inline gboolean bed_pin_set(struct fixture *fix, const char *pin, gboolean level,
                                   const struct bounds *bounds, GError **error)
{
	struct bed *bed = (struct bed *)fix;
	if (g_str_equal(pin, "ResetL") || g_str_equal(pin, "RSTn"))
		sim_module_set_pin(bed->sim, SIM_PIN_RESET_L, level);
	else if (g_str_equal(pin, "LPMode"))
		sim_module_set_pin(bed->sim, SIM_PIN_LP_MODE, level);
	else if (g_str_equal(pin, "LPWn"))
		sim_module_set_pin(bed->sim, SIM_PIN_LP_MODE, !level);
	else
		sim_module_set_pin(bed->sim, SIM_PIN_MOD_SEL_L, level);
	return TRUE;
}

/* In the middles of the zones of an OSFP socket. */
static inline gboolean bed_line_get(struct fixture *fix, const char *line, double *volts,
                                    const struct bounds *bounds, GError **error)
{
	struct bed *bed = (struct bed *)fix;
	if (g_str_equal(line, "INT/RSTn"))
		*volts = sim_module_pin(bed->sim, SIM_PIN_RESET_L) ? 1.9 : 0.3;
	else
		*volts = sim_module_pin(bed->sim, SIM_PIN_LP_MODE) ? 0.9 : 1.7;
	return TRUE;
}

static inline gboolean bed_transfer(struct fixture *fix, guint8 address, const guint8 *out,
                                    gsize n_out, guint8 *in, gsize n_in, enum fixture_nack *nack,
                                    const struct bounds *bounds, GError **error)
{
	struct bed *bed = (struct bed *)fix;
	bed_advance(bed, BED_TRANSFER_S);
	enum sim_bus_result result = sim_module_transfer(bed->sim, address, out, n_out, in, n_in);
	if (result == SIM_BUS_OK)
		return TRUE;
	*nack = result == SIM_BUS_NACK_DATA ? FIXTURE_NACK_DATA : FIXTURE_NACK_ADDRESS;
	station_error_set(error, STATION_ERROR_MODULE, "no acknowledge of %s",
	                  result == SIM_BUS_NACK_DATA ? "data" : "the address");
	return FALSE;
}

static inline gboolean bed_safe(struct fixture *fix, const struct bounds *bounds, GError **error)
{
	struct bed *bed = (struct bed *)fix;
	sim_module_set_pin(bed->sim, SIM_PIN_RESET_L, FALSE);
	sim_module_set_pin(bed->sim, SIM_PIN_LP_MODE, TRUE);
	sim_module_set_pin(bed->sim, SIM_PIN_MOD_SEL_L, TRUE);
	return TRUE;
}

static const struct fixture_ops bed_ops = {
	.kind = "bed",
	.pin_get = bed_pin_get,
	.pin_set = bed_pin_set,
	.line_get = bed_line_get,
	.transfer = bed_transfer,
	.safe = bed_safe,
};

static inline void bed_supply(struct bed *bed, gboolean on)
{
	world_set_supply(bed->world, 0, 3.3, 5.0, on);
	sim_module_tick(bed->sim);
}

/* In low power, identified. */
static inline void bed_wake(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	module_power_up(bed->module, &bed->bounds, &error);
	g_assert_no_error(error);
	module_identify(bed->module, &bed->bounds, &error);
	g_assert_no_error(error);
}

static inline struct bed *bed_new(const char *model, const char *defects)
{
	struct bed *bed = g_new0(struct bed, 1);
	g_autoptr(GError) error = NULL;

	bed_running = bed;
	clock_set_scale(1);
	clock_set_source(&bed_clock);
	bed->base.ops = &bed_ops;
	bed->world = world_new(1, 7, BED_FROZEN_SCALE);
	world_set_site_model(bed->world, 0, world_model_find(model));
	bed->base.form = g_strdup(world_model_find(model)->osfp ? "OSFP" : "QSFP-DD");
	bed->sim = sim_module_new(bed->world, 0);
	world_insert(bed->world, 0, "VB0001", defects, &error);
	g_assert_no_error(error);
	bed->bounds.deadline = deadline_in_s(60);
	bed->module = module_new(&bed->base);
	bed_supply(bed, TRUE);
	bed_wake(bed);
	return bed;
}

static inline void bed_free(struct bed *bed)
{
	clock_set_source(NULL);
	module_free(bed->module);
	sim_module_free(bed->sim);
	world_free(bed->world);
	g_free(bed->base.form);
	g_free(bed);
}

#endif

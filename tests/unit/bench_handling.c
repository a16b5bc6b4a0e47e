/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_light_bed.h"

/* What people do to light paths, and to the thermal head. */

static void test_swap(void)
{
	struct bed bed;
	struct world_line line;

	bed_init(&bed, "dr4");
	world_swap_tx(bed.world, 0, 1, 2);
	light_lanes(&bed, 0xD); /* lane 2 dark: port 3 is */
	g_assert_cmpfloat(port_dbm(&bed, 1), >, -20);
	g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 2, 1.0), <, 1e-9);
	world_set_switch(bed.world, 0, 6);
	g_assert_cmpfloat(world_scope_average_w(bed.world, 0), <, 2e-6);
	world_swap_tx(bed.world, 0, 1, 2);
	g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 1, 1.0), <, 1e-9);
	g_assert_cmpfloat(port_dbm(&bed, 2), >, -20);
	world_swap_rx(bed.world, 0, 0, 3);
	world_set_attenuator(bed.world, 0, 0, 0, FALSE);
	g_assert_true(isinf(rx_dbm(&bed, 3)));
	g_assert_cmpfloat(rx_dbm(&bed, 0), >, 0);
	bed_done(&bed);

	bed_init(&bed, "lr4-6");
	world_swap_tx(bed.world, 0, 0, 3);
	world_set_switch(bed.world, 0, 0);
	g_assert_cmpuint(world_spectrum(bed.world, 0, &line, 1), ==, 1);
	g_assert_cmpfloat_with_epsilon(line.wavelength_m, 1331e-9, 6.5e-9);
	light_lanes(&bed, 0xE);
	g_assert_cmpfloat(port_dbm(&bed, 0) - port_dbm(&bed, 3), >, 22);
	/* a multiplexer's wrong input lets nothing through */
	double before_dbm = rx_dbm(&bed, 1);
	world_swap_rx(bed.world, 0, 1, 2);
	g_assert_cmpfloat(before_dbm - rx_dbm(&bed, 1), >, 27);
	world_swap_rx(bed.world, 0, 1, 2);
	g_assert_cmpfloat(rx_dbm(&bed, 1), ==, before_dbm);
	bed_done(&bed);
}

/* Of LWDM's windows only the last is near a lane of CWDM: its third. */
static void test_demux(void)
{
	struct bed bed;
	double own_dbm[WORLD_LANES];

	bed_init(&bed, "fr4");
	for (guint i = 0; i < WORLD_LANES; i++)
		own_dbm[i] = port_dbm(&bed, i);
	double all_dbm = port_dbm(&bed, 4);
	g_assert_true(world_set_demux(bed.world, 0, WORLD_DEMUX_LWDM));
	for (guint i = 0; i < 3; i++)
		g_assert_cmpfloat(own_dbm[i] - port_dbm(&bed, i), >, 25);
	light_lanes(&bed, 0xB);
	g_assert_cmpfloat(own_dbm[3] - port_dbm(&bed, 3), >, 25);
	light_lanes(&bed, 0xF);
	g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 4), all_dbm, 0.01);
	g_assert_true(
		world_set_demux(bed.world, 0, WORLD_DEMUX_CWDM)); /* another one of the kind */
	g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 0), own_dbm[0], 0.6);
	g_assert_true(world_set_demux(bed.world, 0, WORLD_DEMUX_OWN));
	g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 0), own_dbm[0], 0.01);
	bed_done(&bed);
	bed_init(&bed, "sr4");
	g_assert_false(world_set_demux(bed.world, 0, WORLD_DEMUX_LWDM));
	bed_done(&bed);
	g_assert_cmpstr(world_demux_name(WORLD_DEMUX_LWDM), ==, "lwdm");
	g_assert_null(world_demux_name(WORLD_DEMUXES));
}

static void test_age(void)
{
	struct bed bed;

	for (gsize k = 0; k < 2; k++) {
		bed_init(&bed, light_models[k]);
		double meter_dbm = port_dbm(&bed, 2), spool_dbm = scope_dbm(&bed, 6);
		double other_dbm = port_dbm(&bed, 1), module_dbm = rx_dbm(&bed, 2);
		world_age_path(bed.world, 0, 2, FALSE, 0.7);
		g_assert_cmpfloat_with_epsilon(meter_dbm - port_dbm(&bed, 2), 0.7, 0.02);
		g_assert_cmpfloat_with_epsilon(spool_dbm - scope_dbm(&bed, 6), 0.7, 0.05);
		g_assert_cmpfloat_with_epsilon(other_dbm, port_dbm(&bed, 1), 0.02);
		g_assert_cmpfloat(rx_dbm(&bed, 2), ==, module_dbm);
		world_age_path(bed.world, 0, 2, TRUE, 0.4);
		g_assert_cmpfloat_with_epsilon(module_dbm - rx_dbm(&bed, 2), 0.4, 1e-9);
		world_age_path(bed.world, 0, 2, FALSE, 0);
		g_assert_cmpfloat_with_epsilon(meter_dbm, port_dbm(&bed, 2), 0.02);
		bed_done(&bed);
	}
}

/* Source: its light instead of the module's, the same path; nothing a scope could lock to. */
static void test_source(void)
{
	struct bed bed;
	struct world_line lines[8];
	struct world_scope_result result;

	bed_init(&bed, "dr4");
	double module_loss_db = tx_dbm(&bed, 2) - port_dbm(&bed, 2);
	double other_dbm = port_dbm(&bed, 1);
	world_set_source(bed.world, 0, 2, 1e-3);
	g_assert_cmpfloat_with_epsilon(0 - port_dbm(&bed, 2), module_loss_db, 0.13);
	g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 1), other_dbm, 0.02);
	world_set_switch(bed.world, 0, 2);
	g_assert_cmpint(world_scope_tdecq(bed.world, 0, 8191, &result), ==, WORLD_SCOPE_NO_SIGNAL);
	g_assert_cmpuint(world_spectrum(bed.world, 0, lines, 8), ==, 1);
	g_assert_cmpfloat(lines[0].wavelength_m, ==, 1311e-9);
	g_assert_cmpfloat_with_epsilon(unit_dbm_from_watt(lines[0].power_w), -5.4, 0.3);
	/* without a module too */
	g_assert_true(world_remove(bed.world, 0, NULL));
	g_assert_cmpfloat_with_epsilon(0 - port_dbm(&bed, 2), module_loss_db, 0.13);
	world_set_source(bed.world, 0, -1, 0);
	g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 2, 1.0), <, 1e-9);
	bed_done(&bed);

	/* one fibre: the module is off it */
	bed_init(&bed, "lr4-10");
	module_loss_db = tx_dbm(&bed, 3) - port_dbm(&bed, 3);
	world_set_source(bed.world, 0, 3, unit_watt_from_dbm(-3));
	g_assert_cmpfloat_with_epsilon(-3 - port_dbm(&bed, 3), module_loss_db, 0.3);
	g_assert_cmpfloat_with_epsilon(-3 - port_dbm(&bed, 4), 17.7, 0.4);
	g_assert_cmpfloat(port_dbm(&bed, 3) - port_dbm(&bed, 0), >, 39);
	bed_done(&bed);
}

/* Probe: port 5 of the meter has what the module would have, and the module has none. */
static void test_probe(void)
{
	for (gsize k = 0; k < 2; k++) {
		struct bed bed;
		bed_init(&bed, light_models[k]);
		for (guint i = 0; i < WORLD_LANES; i++)
			world_set_attenuator(bed.world, 0, i, 3, i == 1);
		double module_dbm = rx_dbm(&bed, 1);
		double total_dbm = port_dbm(&bed, 4);
		world_set_probe(bed.world, 0, 1);
		g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 4), module_dbm, 0.2);
		g_assert_true(isinf(rx_dbm(&bed, 1)));
		world_set_attenuator(bed.world, 0, 1, 3, FALSE);
		g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 4, 1.0), <, 1e-9);
		/* the other lanes of parallel fibre are still in, of WDM's one fibre none */
		world_set_attenuator(bed.world, 0, 0, 3, TRUE);
		g_assert_cmpint(isinf(rx_dbm(&bed, 0)) != 0, ==, bed.model->wdm);
		world_set_probe(bed.world, 0, -1);
		g_assert_false(isinf(rx_dbm(&bed, 0)));
		if (bed.model->wdm)
			g_assert_cmpfloat_with_epsilon(port_dbm(&bed, 4), total_dbm, 0.05);
		bed_done(&bed);
	}
}

static void test_stuck(void)
{
	struct bed bed;
	double air_degc, case_degc;

	bed_init(&bed, "dr4");
	world_set_time_scale(bed.world, 1e5);
	world_set_thermal(bed.world, 0, TRUE, TRUE, 70);
	g_assert_true(world_sleep_s(bed.world, 10));
	world_set_thermal_stuck(bed.world, 0, TRUE);
	world_thermal_degc(bed.world, 0, &air_degc, &case_degc);
	double stays_degc = case_degc;
	g_assert_true(world_sleep_s(bed.world, 500));
	world_thermal_degc(bed.world, 0, &air_degc, &case_degc);
	g_assert_cmpfloat_with_epsilon(case_degc, stays_degc, 0.2);
	world_set_thermal_stuck(bed.world, 0, FALSE);
	g_assert_true(world_sleep_s(bed.world, 500));
	world_thermal_degc(bed.world, 0, &air_degc, &case_degc);
	g_assert_cmpfloat_with_epsilon(case_degc, 70, 0.3);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bench/handling/swap", test_swap);
	g_test_add_func("/bench/handling/demux", test_demux);
	g_test_add_func("/bench/handling/age", test_age);
	g_test_add_func("/bench/handling/source", test_source);
	g_test_add_func("/bench/handling/probe", test_probe);
	g_test_add_func("/bench/handling/stuck", test_stuck);
	return g_test_run();
}

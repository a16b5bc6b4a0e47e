/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/fibre.h"

#include "base/unit.h"
#include "bench/eyetruth.h"
#include "bench/lightwave.h"
#include "bench/stimulus.h"
#include "bench/truth.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

#define RATE_HZ 850e9

/* Numbers of common knowledge: 17 ps/(nm km) at 1550 nm, nothing at the zero, below it negative. */
static void test_dispersion(void)
{
	struct fibre fibre;

	fibre_default(&fibre);
	g_assert_cmpfloat(fibre_dispersion_s_per_m(&fibre, fibre.zero_dispersion_m), ==, 0);
	g_assert_cmpfloat(fibre_dispersion_s_per_m(&fibre, 1290e-9), <, 0);
	/* 500 m at the longest wavelength of the DR4 grid: 0.79 ps/nm */
	g_assert_cmpfloat_with_epsilon(fibre_dispersion_s_per_m(&fibre, 1317.5e-9), 0.789e-3, 2e-6);
	g_assert_cmpfloat_with_epsilon(fibre_loss_db(&fibre, 1310e-9), 0.175, 1e-12);
	fibre.length_m = 1000;
	fibre.zero_dispersion_m = 1310e-9;
	g_assert_cmpfloat_with_epsilon(fibre_dispersion_s_per_m(&fibre, 1550e-9), 17.5e-3, 0.2e-3);
}

/* Single-mode loss follows the wavelength; multimode fibre has its modes' bandwidth, and more loss.
 */
static void test_kinds(void)
{
	struct fibre fibre;
	struct fibre_light line = {855e-9, 0, 0}, wide = {855e-9, 0, 0.5e-9};

	fibre_default(&fibre);
	fibre.length_m = 10e3;
	g_assert_cmpfloat_with_epsilon(fibre_loss_db(&fibre, 1271e-9), 3.95, 0.01);
	g_assert_cmpfloat_with_epsilon(fibre_loss_db(&fibre, 1331e-9), 3.28, 0.01);
	/* 10 km at the outer lanes of CWDM, ps/nm */
	g_assert_cmpfloat_with_epsilon(fibre_dispersion_s_per_m(&fibre, 1331e-9), 27.55e-3, 0.1e-3);
	g_assert_cmpfloat_with_epsilon(fibre_dispersion_s_per_m(&fibre, 1271e-9), -27.66e-3,
	                               0.1e-3);
	fibre_multimode(&fibre);
	g_assert_cmpfloat_with_epsilon(fibre_loss_db(&fibre, 850e-9), 0.3, 1e-9);
	double narrow = fibre_response(&fibre, &line, 20e9);
	g_assert_cmpfloat(narrow, >, 0.8);
	g_assert_cmpfloat(narrow, <, 0.95);
	g_assert_cmpfloat(fibre_response(&fibre, &wide, 20e9), <, narrow);
}

/* Modulation of one frequency, and how much of it comes through. */
static double amplitude_after(const struct fibre *fibre, const struct fibre_light *light,
                              guint cycles, gsize length)
{
	g_autofree float *power = g_new(float, length);
	double re = 0, im = 0, mean = 0;

	for (gsize i = 0; i < length; i++)
		power[i] = (float)(1 + 0.1 * cos(2 * G_PI * cycles * (double)i / (double)length));
	fibre_disperse(fibre, light, power, length, RATE_HZ);
	for (gsize i = 0; i < length; i++) {
		double at = 2 * G_PI * cycles * (double)i / (double)length;
		mean += power[i] / (double)length;
		re += power[i] * cos(at) * 2 / (double)length;
		im += power[i] * sin(at) * 2 / (double)length;
	}
	g_assert_cmpfloat_with_epsilon(mean, 1, 1e-6);
	g_assert_cmpfloat_with_epsilon(im, 0, 1e-5);
	return re / 0.1;
}

/* At sqrt(c / (2 wavelength^2 D L)) nothing comes through without chirp. */
static void test_null(void)
{
	struct fibre fibre;
	struct fibre_light light = {1317.5e-9, 0};

	fibre_default(&fibre);
	fibre.length_m = 40e3;
	double ps_per_nm = fibre_dispersion_s_per_m(&fibre, light.wavelength_m);
	double null_hz =
		sqrt(299792458.0 / (2 * light.wavelength_m * light.wavelength_m * ps_per_nm));
	g_assert_cmpfloat(null_hz, >, 30e9);
	g_assert_cmpfloat(null_hz, <, 45e9);
	g_assert_cmpfloat_with_epsilon(fibre_response(&fibre, &light, null_hz), 0, 1e-9);
	g_assert_cmpfloat(fibre_response(&fibre, &light, 0), ==, 1);
	/* 1700 samples are 2 ns: one cycle is 0.5 GHz */
	guint cycles = (guint)lround(null_hz / 0.5e9);
	g_assert_cmpfloat(fabs(amplitude_after(&fibre, &light, cycles, 1700)), <, 0.05);
	g_assert_cmpfloat(amplitude_after(&fibre, &light, cycles - 10, 1700), >, 0.1);
	g_assert_cmpfloat(amplitude_after(&fibre, &light, cycles + 10, 1700), <, -0.1);
}

/* What is done to samples is the response, whatever the chirp; also in lengths that are no block.
 */
static void test_samples(void)
{
	static const double chirps[] = {0, 0.6, -1.2};
	static const double lengths_m[] = {0, 500, 2e3, 10e3};
	struct fibre fibre;

	fibre_default(&fibre);
	for (gsize c = 0; c < G_N_ELEMENTS(chirps); c++) {
		for (gsize l = 0; l < G_N_ELEMENTS(lengths_m); l++) {
			struct fibre_light light = {1311e-9, chirps[c]};
			fibre.length_m = lengths_m[l];
			for (guint cycles = 1; cycles < 140; cycles += 23) {
				double expected = fibre_response(&fibre, &light, cycles * 0.5e9);
				g_assert_cmpfloat_with_epsilon(amplitude_after(&fibre, &light,
				                                               cycles, 1700),
				                               expected, 2e-4);
			}
		}
	}
}

struct bed {
	struct dut dut;
	struct fibre fibre;
	struct defect_set none;
	struct truth_question question;
	guint8 *symbols;
};

static void bed_init(struct bed *bed)
{
	memset(bed, 0, sizeof *bed);
	dut_init(&bed->dut, world_model_at(0), 11, "FIBRE", &bed->none);
	fibre_default(&bed->fibre);
	bed->symbols = stimulus_new(WORLD_PATTERN_PRBS13Q, &bed->question.n_symbols);
	/* the runs that OMA is taken from */
	memset(bed->symbols + 500, 3, 7);
	memset(bed->symbols + 1200, 0, 6);
	bed->question.symbols = bed->symbols;
	bed->question.dut = &bed->dut;
	bed->question.defects = &bed->none;
}

static struct world_truth_lane truth_with(struct bed *bed, double length_m, double chirp)
{
	struct world_tx_knobs knobs = {.laser_bias_a = 60e-3,
	                               .mod_bias_v = 1.35,
	                               .mod_swing_v = 1.25};
	struct world_truth_lane lane = {0};

	bed->fibre.length_m = length_m;
	bed->dut.lanes[1].light.chirp = chirp;
	bed->question.fibre = length_m > 0 ? &bed->fibre : NULL;
	truth_transmitter(&bed->question, 1, 25, &knobs, &lane);
	return lane;
}

/* 500 m hardly matter, 10 km do, and which way depends on the chirp; TECQ knows nothing of it. */
static void test_tdecq(void)
{
	struct bed bed;

	bed_init(&bed);
	struct world_truth_lane none = truth_with(&bed, 0, 0.6);
	struct world_truth_lane span = truth_with(&bed, 500, 0.6);
	struct world_truth_lane far = truth_with(&bed, 10e3, 1.5);
	struct world_truth_lane other = truth_with(&bed, 10e3, -1.5);

	g_test_message("TECQ %.3f dB; TDECQ 500 m %.3f, 10 km %.3f, and with opposite chirp %.3f",
	               none.tecq_db, span.tdecq_db, far.tdecq_db, other.tdecq_db);
	g_assert_cmpfloat(none.tdecq_db, ==, none.tecq_db);
	g_assert_cmpfloat(span.tecq_db, ==, none.tecq_db);
	g_assert_cmpfloat(far.tecq_db, ==, none.tecq_db);
	g_assert_cmpfloat(fabs(span.tdecq_db - span.tecq_db), <, 0.15);
	g_assert_cmpfloat(span.tdecq_db, !=, span.tecq_db);
	g_assert_cmpfloat(far.tdecq_db, >, far.tecq_db + 0.1);
	g_assert_cmpfloat(other.tdecq_db, <, other.tecq_db - 0.05);
	g_free(bed.symbols);
}

/* Channel 6 of the switch is lane 2 again, weaker by what the spool and its splices take. */
static void test_path(void)
{
	g_autoptr(world) world = world_new(1, 3, 1e-3);
	struct world_drive drive = {.high_power = TRUE};
	struct world_power power;
	double watt[3];

	g_assert_true(world_insert(world, 0, "FIBRE", "", NULL));
	world_set_supply(world, 0, 3.3, 5, TRUE);
	world_power(world, 0, &power);
	drive.power_epoch = power.epoch;
	drive.tx[1].on = TRUE;
	drive.tx[1].pattern = WORLD_PATTERN_PRBS13Q;
	drive.tx[1].knobs = (struct world_tx_knobs){.laser_bias_a = 60e-3,
	                                            .mod_bias_v = 1.35,
	                                            .mod_swing_v = 1.25};
	world_set_drive(world, 0, &drive);
	g_assert_cmpfloat(world_fibre_length_m(world, 0), ==, 500);
	for (int i = 0; i < 3; i++) {
		world_set_switch(world, 0, i == 0 ? 1 : 5);
		world_set_fibre_length(world, i == 2 ? 2500 : 500);
		watt[i] = world_scope_average_w(world, 0);
	}
	g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(watt[0] / watt[1]), 0.295, 0.25);
	g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(watt[1] / watt[2]), 0.70, 0.02);
	/* lane 1 is dark on both of its channels */
	world_set_switch(world, 0, 4);
	g_assert_cmpfloat(fabs(world_scope_average_w(world, 0)), <, 2e-6);
}

/* The scope sees the dispersion on that channel and only there. */
static void test_scope(void)
{
	g_autoptr(world) world = world_new(1, 3, 1e-3);
	struct world_drive drive = {.high_power = TRUE};
	struct world_power power;
	struct world_scope_result result[2];

	g_assert_true(world_insert(world, 0, "FIBRE", "", NULL));
	world_set_supply(world, 0, 3.3, 5, TRUE);
	world_set_fibre_length(world, 10e3);
	world_power(world, 0, &power);
	drive.power_epoch = power.epoch;
	for (guint i = 0; i < WORLD_LANES; i++) {
		drive.tx[i].on = TRUE;
		drive.tx[i].pattern = WORLD_PATTERN_SSPRQ;
		drive.tx[i].knobs = (struct world_tx_knobs){.laser_bias_a = 60e-3,
		                                            .mod_bias_v = 1.35,
		                                            .mod_swing_v = 1.25};
	}
	world_set_drive(world, 0, &drive);
	for (int i = 0; i < 2; i++) {
		world_set_switch(world, 0, 2 + 4 * i);
		g_assert_cmpint(world_scope_tdecq(world, 0, 65535, &result[i]), ==, WORLD_SCOPE_OK);
	}
	g_test_message("scope: %.3f dB, through 10 km %.3f dB", result[0].tdecq_db,
	               result[1].tdecq_db);
	g_assert_cmpfloat(result[1].transition_s, >, result[0].transition_s * 1.01);
	g_assert_cmpfloat(result[1].oma_w, <, result[0].oma_w);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fibre/dispersion", test_dispersion);
	g_test_add_func("/fibre/kinds", test_kinds);
	g_test_add_func("/fibre/null", test_null);
	g_test_add_func("/fibre/samples", test_samples);
	g_test_add_func("/fibre/tdecq", test_tdecq);
	g_test_add_func("/fibre/path", test_path);
	g_test_add_func("/fibre/scope", test_scope);
	return g_test_run();
}

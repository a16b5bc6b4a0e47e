/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/eyetruth.h"
#include "bench/lightwave.h"
#include "bench/stimulus.h"

#include <math.h>
#include <string.h>

#define SPS 16

struct bed {
	struct dut dut;
	guint8 *symbols;
	float *light;
	struct lightwave_request wave;
};

static void bed_init(struct bed *bed, enum world_pattern pattern)
{
	struct defect_set none = {0};

	memset(bed, 0, sizeof *bed);
	dut_init(&bed->dut, world_model_at(0), 11, "WAVE", &none);
	bed->wave = (struct lightwave_request){
		.lane = &bed->dut.lanes[1],
		.knobs = {.laser_bias_a = 60e-3, .mod_bias_v = 1.35, .mod_swing_v = 1.25},
		.laser_degc = 32,
		.samples_per_symbol = SPS,
		.bandwidth_hz = LIGHTWAVE_BANDWIDTH_HZ,
	};
	bed->symbols = stimulus_new(pattern, &bed->wave.n_symbols);
	bed->wave.symbols = bed->symbols;
	bed->light = g_new(float, bed->wave.n_symbols * 64);
}

static void bed_done(struct bed *bed)
{
	g_free(bed->symbols);
	g_free(bed->light);
}

static double mean(const float *x, gsize n)
{
	double sum = 0;

	for (gsize i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

/* A staircase of long levels settles to what the L-I curve and the modulator say. */
static void test_levels(void)
{
	guint8 stairs[256];
	struct bed bed;
	double levels_w[4];

	bed_init(&bed, WORLD_PATTERN_PRBS13Q);
	for (guint i = 0; i < sizeof stairs; i++)
		stairs[i] = (guint8)(i / 64);
	bed.wave.symbols = stairs;
	bed.wave.n_symbols = sizeof stairs;
	bed.wave.knobs.fir_pre = -0.05;
	bed.wave.knobs.fir_post = -0.1;
	bed.wave.knobs.level_skew = 0.06;
	lightwave_make(&bed.wave, bed.light);
	optics_settled_levels_w(bed.wave.lane, &bed.wave.knobs, bed.wave.laser_degc, levels_w);
	for (guint i = 0; i < 4; i++) {
		double seen_w = bed.light[(i * 64 + 60) * SPS];
		g_assert_cmpfloat_with_epsilon(seen_w / levels_w[i], 1, 2e-4);
	}
	/* By hand: P = slope (I - Ith)(1 - ...) * T(V), for symbol 3. */
	const struct dut_lane *l = bed.wave.lane;
	double over_a = 60e-3 - l->threshold_a * exp(7 / l->threshold_t0_k);
	double laser_w =
		l->slope_w_per_a * exp(-7 / l->slope_t1_k) * over_a * (1 - over_a / l->rollover_a);
	double volt = 1.35 - 0.625 * (1 - 2 * 0.15);
	double v0 = l->mod_v0 + 7 * l->mod_v0_per_k;
	double t = l->mod_floor + (1 - l->mod_floor) / (1 + exp((volt - v0) / l->mod_vs));
	g_assert_cmpfloat_with_epsilon(levels_w[3] / (laser_w * t), 1, 1e-12);
	bed_done(&bed);
}

static void test_mean(void)
{
	struct bed bed;

	bed_init(&bed, WORLD_PATTERN_PRBS13Q);
	lightwave_make(&bed.wave, bed.light);
	double expected = optics_laser_w(bed.wave.lane, 60e-3, 32) *
	                  lightwave_mean_transmission(bed.wave.lane, &bed.wave.knobs, 32,
	                                              bed.symbols, bed.wave.n_symbols);
	double seen = mean(bed.light, bed.wave.n_symbols * SPS);
	g_assert_cmpfloat_with_epsilon(seen / expected, 1, 1e-3);
	bed_done(&bed);
}

/* Fast driver, small linear modulation: what is left is the observer's Bessel-Thomson response. */
static void test_observer(void)
{
	struct bed bed;
	struct eye_result eye;

	bed_init(&bed, WORLD_PATTERN_SSPRQ);
	struct dut_lane fast = *bed.wave.lane;
	fast.bandwidth_hz = 220e9;
	fast.echo = 0;
	bed.wave.lane = &fast;
	bed.wave.knobs.mod_swing_v = 0.2;
	bed.wave.samples_per_symbol = 32;
	lightwave_make(&bed.wave, bed.light);
	struct eye_input input = {
		.power_w = bed.light,
		.n_symbols = bed.wave.n_symbols,
		.samples_per_symbol = 32,
		.symbols = bed.symbols,
		.symbol_rate_bd = LIGHTWAVE_SYMBOL_RATE_BD,
	};
	g_assert_true(eye_measure(&input, &eye));
	g_test_message("20-80 %% of the reference receiver alone: %.3f ps",
	               eye.transition_s * 1e12);
	/* 8.892 ps for a step through it; the driver adds a little. */
	g_assert_cmpfloat(eye.transition_s, >, 8.85e-12);
	g_assert_cmpfloat(eye.transition_s, <, 9.10e-12);
	bed_done(&bed);
}

/* A shift by whole and broken samples moves the same waveform. */
static void test_shift(void)
{
	struct bed bed;
	gsize n;

	bed_init(&bed, WORLD_PATTERN_PRBS13Q);
	n = bed.wave.n_symbols * SPS;
	lightwave_make(&bed.wave, bed.light);
	g_autofree float *moved = g_new(float, n);
	bed.wave.shift_symbols = 1000 + 5.0 / SPS;
	lightwave_make(&bed.wave, moved);
	for (gsize i = 0; i < n; i += 97)
		g_assert_cmpfloat_with_epsilon(moved[i], bed.light[(i + 1000 * SPS + 5) % n], 1e-8);
	bed.wave.shift_symbols = 1000 + 5.5 / SPS;
	lightwave_make(&bed.wave, moved);
	double worst = 0;
	for (gsize i = 0; i < n; i++)
		worst = fmax(worst, fabs(moved[i] - 0.5 * (bed.light[(i + 1000 * SPS + 5) % n] +
		                                           bed.light[(i + 1000 * SPS + 6) % n])));
	/* Half-way between two samples is not their mean, but at 16 samples nearly. */
	g_assert_cmpfloat(worst, <, 0.01 * mean(bed.light, n));
	bed_done(&bed);
}

static void check_noise(struct bed *bed, guint passes, double receiver_w, double expected_w2)
{
	gsize n = bed->wave.n_symbols * SPS;
	g_autofree float *noisy = g_memdup2(bed->light, n * sizeof *noisy);
	struct random_stream stream;
	double square = 0;

	random_init(&stream, passes, "noise");
	lightwave_observe(&bed->wave, 0.5, receiver_w, passes, &stream, noisy);
	for (gsize i = 0; i < n; i++) {
		double d = noisy[i] - 0.5 * bed->light[i];
		square += d * d;
	}
	/* 131056 values: five deviations of a variance are 2 %. */
	g_assert_cmpfloat_with_epsilon(square / (double)n / expected_w2, 1, 0.02);
}

static void test_noise(void)
{
	struct bed bed;

	bed_init(&bed, WORLD_PATTERN_PRBS13Q);
	struct dut_lane lane = *bed.wave.lane;
	bed.wave.lane = &lane;
	lane.jitter_s = 0;
	lane.rin_db_hz = -300;
	lightwave_make(&bed.wave, bed.light);
	gsize n = bed.wave.n_symbols * SPS;
	double power2 = 0, slope2 = 0;
	for (gsize i = 0; i < n; i++) {
		double step = (bed.light[(i + 1) % n] - bed.light[(i + n - 1) % n]) / 2;
		power2 += bed.light[i] * (double)bed.light[i];
		slope2 += step * step;
	}
	power2 /= (double)n;
	slope2 *= pow(SPS * LIGHTWAVE_SYMBOL_RATE_BD, 2) / (double)n;

	check_noise(&bed, 1, 4e-6, 16e-12);
	check_noise(&bed, 16, 4e-6, 1e-12);
	/* Relative intensity noise: variance = RIN * noise bandwidth * P^2, both after the gain. */
	lane.rin_db_hz = -140;
	check_noise(&bed, 1, 0, 0.25 * power2 * 1e-14 * 1.04637 * 26.5625e9);
	lane.rin_db_hz = -300;
	lane.jitter_s = 200e-15;
	check_noise(&bed, 1, 0, 0.25 * slope2 * 4e-26);
	bed_done(&bed);
}

static void test_speed(void)
{
	struct bed bed;
	struct random_stream stream;
	gint64 best_us = G_MAXINT64;

	bed_init(&bed, WORLD_PATTERN_SSPRQ);
	random_init(&stream, 1, "speed");
	for (int i = 0; i < 3; i++) {
		gint64 start_us = g_get_monotonic_time();
		lightwave_make(&bed.wave, bed.light);
		lightwave_observe(&bed.wave, 0.37, 4e-6, 1, &stream, bed.light);
		best_us = MIN(best_us, g_get_monotonic_time() - start_us);
	}
	g_test_message("SSPRQ, 65535 x 16 samples with noise: %.1f ms", (double)best_us / 1e3);
	/* Everything was written, and nothing is out of this world. */
	double average = mean(bed.light, bed.wave.n_symbols * SPS);
	g_assert_cmpfloat(average, >, 0.1e-3);
	g_assert_cmpfloat(average, <, 2e-3);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/lightwave/levels", test_levels);
	g_test_add_func("/bench/lightwave/mean", test_mean);
	g_test_add_func("/bench/lightwave/observer", test_observer);
	g_test_add_func("/bench/lightwave/shift", test_shift);
	g_test_add_func("/bench/lightwave/noise", test_noise);
	g_test_add_func("/bench/lightwave/speed", test_speed);
	return g_test_run();
}

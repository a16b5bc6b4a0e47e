/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/osa_analysis.h"
#include "bench/spectrum.h"

#include <math.h>

#define PM 1e-12
#define NM 1e-9

static const struct spectrum_request request = {
	.start_m = 1295 * NM,
	.stop_m = 1325 * NM,
	.points = 3001,
	.resolution_m = 0.05 * NM,
	.gain = 1,
	.floor_w = 3.16e-11,
};

static const struct osa_parameters parameters = {
	.difference_db = 3,
	.width_threshold_db = 20,
	.width_factor = 1,
	.channel_threshold_db = 20,
};

static struct spectrum_trace sweep_of(const struct spectrum_request *how,
                                      const struct world_line *lines, guint n)
{
	struct spectrum_trace trace = {0};
	struct random_stream noise;
	random_init(&noise, 3, "spectrum");
	spectrum_sweep(&trace, how, lines, n, &noise);
	return trace;
}

/* One line: where it is and how strong; as wide as the filter alone. */
static void test_line(void)
{
	static const struct world_line line = {1309.1234 * NM, 0.5e-3};
	struct spectrum_request how = request;
	struct world_line peaks[4];
	double centre_m = 0, rms_m = 0;

	how.shift_m = 4 * PM;
	how.gain = 2;
	struct spectrum_trace trace = sweep_of(&how, &line, 1);
	g_assert_cmpuint(spectrum_peaks(&trace, 3, peaks, G_N_ELEMENTS(peaks)), ==, 1);
	g_assert_cmpfloat_with_epsilon(peaks[0].wavelength_m, 1309.1274 * NM, 0.01 * PM);
	g_assert_cmpfloat_with_epsilon(peaks[0].power_w, 1e-3, 1e-8);
	spectrum_width(&trace, 20, &centre_m, &rms_m);
	g_assert_cmpfloat_with_epsilon(centre_m, 1309.1274 * NM, 0.5 * PM);
	/* of a Gaussian of that width, less what is cut off 20 dB down */
	g_assert_cmpfloat_with_epsilon(rms_m / (0.05 * NM / 2.3548), 0.985, 0.02);
	spectrum_clear(&trace);
}

/* A laser with a side mode 42 dB down and a neighbour that the threshold lets out. */
static void test_modes(void)
{
	static const struct world_line lines[] = {{1311 * NM, 1e-3},
	                                          {1309.9 * NM, 1e-3 * 6.31e-5},
	                                          {1312.1 * NM, 1e-3 * 1e-5}};
	struct spectrum_trace trace = sweep_of(&request, lines, G_N_ELEMENTS(lines));
	struct osa_results found;

	g_assert_true(osa_analyse(OSA_SMSR, &trace, &parameters, &found));
	g_assert_cmpuint(found.n, ==, 6);
	g_assert_cmpfloat_with_epsilon(found.values[0], 1311 * NM, 0.01 * PM);
	g_assert_cmpfloat_with_epsilon(found.values[1], 0, 0.01);
	g_assert_cmpfloat_with_epsilon(found.values[2], 1309.9 * NM, PM);
	g_assert_cmpfloat_with_epsilon(found.values[5], 42, 0.1);
	g_assert_true(osa_analyse(OSA_WDM, &trace, &parameters, &found));
	g_assert_cmpuint(found.n_channels, ==, 1);
	g_assert_true(osa_analyse(OSA_DFB, &trace, &parameters, &found));
	g_assert_cmpfloat_with_epsilon(found.values[4], 42, 0.1);
	g_assert_false(osa_analyse(9, &trace, &parameters, &found));
	/* what is nearer than the mask is no side mode */
	struct osa_parameters masked = parameters;
	masked.mask_m = 1.105 * NM;
	g_assert_true(osa_analyse(OSA_SMSR, &trace, &masked, &found));
	g_assert_cmpfloat(found.values[5], >, 60);
	spectrum_clear(&trace);
}

/* The modes of a VCSEL: mean and deviation as reckoned by hand, by power. */
static void test_width(void)
{
	static const struct world_line lines[] = {{1310 * NM, 4e-4},
	                                          {1310.6 * NM, 4e-4},
	                                          {1309.4 * NM, 2e-4}};
	double mean_m = (4 * 1310 + 4 * 1310.6 + 2 * 1309.4) / 10 * NM, sum = 0;
	struct spectrum_trace trace = sweep_of(&request, lines, G_N_ELEMENTS(lines));
	struct osa_results found;

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
		sum += lines[i].power_w / 1e-3 * pow(lines[i].wavelength_m - mean_m, 2);
	g_assert_true(osa_analyse(OSA_WIDTH, &trace, &parameters, &found));
	/* of a weaker mode more of the skirt is below the threshold */
	g_assert_cmpfloat_with_epsilon(found.values[0], mean_m, 2 * PM);
	g_assert_cmpfloat_with_epsilon(found.values[1], sqrt(sum), 2 * PM);
	g_assert_true(osa_analyse(OSA_WDM, &trace, &parameters, &found));
	g_assert_cmpuint(found.n_channels, ==, 3);
	g_assert_cmpfloat(found.channels[0].wavelength_m, <, found.channels[1].wavelength_m);
	g_assert_cmpfloat_with_epsilon(found.channels[0].power_w, 2e-4, 1e-6);
	spectrum_clear(&trace);
}

/* Noise alone: no channel stands out, and the level tells that it is dark. */
static void test_dark(void)
{
	struct spectrum_request how = request;
	struct osa_results found;

	how.points = SPECTRUM_POINTS_MAX;
	struct spectrum_trace trace = sweep_of(&how, NULL, 0);
	g_assert_true(osa_analyse(OSA_SMSR, &trace, &parameters, &found));
	g_assert_cmpfloat(found.values[1], <, -70);
	g_assert_true(isfinite(found.values[5]));
	spectrum_clear(&trace);
}

/* A line outside the span shows with no more than its skirt. */
static void test_outside(void)
{
	static const struct world_line line = {1294.5 * NM, 1e-3};
	struct spectrum_trace trace = sweep_of(&request, &line, 1);
	struct world_line peaks[4];

	g_assert_cmpuint(spectrum_peaks(&trace, 3, peaks, G_N_ELEMENTS(peaks)), ==, 0);
	spectrum_clear(&trace);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/spectrum/line", test_line);
	g_test_add_func("/bench/spectrum/modes", test_modes);
	g_test_add_func("/bench/spectrum/width", test_width);
	g_test_add_func("/bench/spectrum/dark", test_dark);
	g_test_add_func("/bench/spectrum/outside", test_outside);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "bench/sim_bristol.h"
#include "bench/sim_osa.h"
#include "instruments/driver.h"
#include "instruments/wavelength_meter.h"

#include <math.h>
#include <string.h>

static const struct conformance_row rows[] = {
	{"yokogawa-osa", &sim_osa, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
	{"bristol-wavemeter", &sim_bristol, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
};

/* The first model's nominal wavelength. */
static const struct spectrum_setup setup = {1311e-9, 30e-9, 50e-12};

static guint parts_of(const struct conformance *bed)
{
	return bed->instrument->model->wavelength_meter->parts;
}

static void measure(struct conformance *bed, struct spectrum_result *result)
{
	g_autoptr(GError) error = NULL;
	wavelength_meter_measure(bed->instrument, result, &bed->bounds, &error);
	g_assert_no_error(error);
}

static void configure(struct conformance *bed, struct spectrum_setup with)
{
	g_autoptr(GError) error = NULL;
	wavelength_meter_configure(bed->instrument, &with, &bed->bounds, &error);
	g_assert_no_error(error);
}

static void assert_dark(const struct spectrum_result *result)
{
	g_assert_cmpuint(result->n_peaks, ==, 0);
	g_assert_true(isnan(result->centre_m));
	g_assert_true(isnan(result->rms_width_m));
	g_assert_true(isnan(result->smsr_db));
}

/* What is, as the world has it. */
static void truth(const struct conformance *bed, double *mean_m, double *power_w)
{
	struct world_line lines[64];
	guint n = world_spectrum(bed->world, 0, lines, G_N_ELEMENTS(lines));
	double sum = 0;
	*power_w = 0;
	for (guint i = 0; i < n; i++) {
		sum += lines[i].wavelength_m * lines[i].power_w;
		*power_w += lines[i].power_w;
	}
	*mean_m = sum / *power_w;
}

static void test_light(struct conformance *bed)
{
	const struct wavelength_meter_facts *facts = bed->instrument->model->wavelength_meter;
	struct spectrum_result result;
	double mean_m = NAN, power_w = NAN;
	conformance_light(bed);
	configure(bed, setup);
	for (guint i = 0; i < 3; i++) {
		measure(bed, &result);
		truth(bed, &mean_m, &power_w);
		g_assert_cmpuint(result.n_peaks, >=, 1);
		/* in vacuum: in air it would be 0.35 nm less */
		g_assert_cmpfloat(fabs(result.centre_m - mean_m), <,
		                  2 * facts->wavelength_uncertainty_m + 2e-12);
		double strongest_dbm = -INFINITY;
		for (guint j = 0; j < result.n_peaks; j++)
			strongest_dbm = fmax(strongest_dbm, result.peaks[j].power_dbm);
		g_assert_cmpfloat(fabs(strongest_dbm - 10 * log10(power_w / 1e-3)), <, 2);
	}
}

/* Each model tells what its facts say, and the rest is no number. */
static void test_parts(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	static const struct {
		enum spectrum_part part;
		const char *name;
	} all[] = {{SPECTRUM_WIDTH, "spectral width"},
	           {SPECTRUM_SMSR, "side-mode suppression"},
	           {SPECTRUM_LINES, "spectrum of several lines"}};
	struct spectrum_result result;
	conformance_light(bed);
	configure(bed, setup);
	measure(bed, &result);
	g_assert_cmpint(!isnan(result.rms_width_m), ==, (parts_of(bed) & SPECTRUM_WIDTH) != 0);
	g_assert_cmpint(!isnan(result.smsr_db), ==, (parts_of(bed) & SPECTRUM_SMSR) != 0);
	g_assert_true(wavelength_meter_require(bed->instrument, parts_of(bed), &error));
	for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
		gboolean ok = wavelength_meter_require(bed->instrument, all[i].part, &error);
		if (parts_of(bed) & all[i].part) {
			g_assert_true(ok);
			continue;
		}
		g_assert_nonnull(strstr(error->message, all[i].name));
		conformance_expect(ok, &error, STATION_ERROR_UNSUPPORTED);
	}
}

static void test_dark(struct conformance *bed)
{
	struct spectrum_result result;
	configure(bed, setup);
	measure(bed, &result);
	assert_dark(&result);
	conformance_light(bed);
	measure(bed, &result);
	g_assert_cmpuint(result.n_peaks, >=, 1);
	conformance_dark(bed);
	measure(bed, &result);
	assert_dark(&result);
}

/* Light outside the span asked for is not looked at. */
static void test_elsewhere(struct conformance *bed)
{
	struct spectrum_setup away = setup;
	struct spectrum_result result;
	conformance_light(bed);
	away.centre_m += 100e-9;
	configure(bed, away);
	measure(bed, &result);
	assert_dark(&result);
}

static void test_refuses(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	const struct wavelength_meter_facts *facts = bed->instrument->model->wavelength_meter;
	struct spectrum_setup bad[3] = {setup, setup, setup};
	bad[0].centre_m = facts->wavelength_max_m + 50e-9;
	bad[1].centre_m = NAN;
	bad[2].span_m = -1e-9;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		conformance_expect(wavelength_meter_configure(bed->instrument, &bad[i],
		                                              &bed->bounds, &error),
		                   &error, STATION_ERROR_RANGE);
}

static void test_identity(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	const struct instrument_identity *identity = instrument_identity(bed->instrument);
	g_assert_cmpstr(identity->serial, !=, "");
	g_assert_true(instrument_identify(bed->instrument, &bed->bounds, &error));
}

/* One spoiled reply costs that call at most; nothing of it is in the next. */
static void test_recovers(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_SPLIT};
	struct spectrum_result result;
	double mean_m = NAN, power_w = NAN;
	conformance_light(bed);
	configure(bed, setup);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds soon = {.deadline = deadline_in_s(0.5)};
		faults_arm(bed->faults, kinds[i], 1);
		if (!wavelength_meter_measure(bed->instrument, &result, &soon, &error))
			g_assert_cmpuint(result.n_peaks, ==, 0);
		faults_clear(bed->faults);
		measure(bed, &result);
		truth(bed, &mean_m, &power_w);
		g_assert_cmpfloat(fabs(result.centre_m - mean_m), <, 50e-12);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define SUITE(name, function) conformance_add(rows, G_N_ELEMENTS(rows), name, function)
	SUITE("light", test_light);
	SUITE("parts", test_parts);
	SUITE("dark", test_dark);
	SUITE("elsewhere", test_elsewhere);
	SUITE("refuses", test_refuses);
	SUITE("identity", test_identity);
	SUITE("recovers", test_recovers);
	return g_test_run();
}

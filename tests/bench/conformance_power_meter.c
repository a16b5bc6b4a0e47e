/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "bench/sim_power_meter.h"
#include "bench/sim_thorlabs.h"
#include "instruments/driver.h"
#include "instruments/power_meter.h"

#include <math.h>

static const struct conformance_row rows[] = {
	{"keysight-power-meter", &sim_power_meter, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
	{"keysight-power-meter", &sim_power_meter, "PRLGX-TCPIP::127.0.0.1::", "::GPIB::1::INSTR",
         NULL, 0, CONFORMANCE_PROLOGIX},
	{"keysight-power-meter", &sim_power_meter, "TCPIP::127.0.0.1::inst0@", "::INSTR", NULL, 0,
         CONFORMANCE_VXI11},
	{"thorlabs-power-meter", &sim_thorlabs, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
	{"thorlabs-power-meter", &sim_pm100d, "USB::0x1313::0x8078::P00101::INSTR", NULL, NULL, 0,
         CONFORMANCE_USBTMC},
};

/* Channel 1 is on the site's first port. Meters err by a few per cent, each by its own. */
#define CALIBRATION_DB 0.3
#define DARK_W         5e-9
#define PORT           0

static const struct power_meter_facts *facts_of(const struct conformance *bed)
{
	return bed->instrument->model->power_meter;
}

static double read_w(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double power_w = NAN;
	power_meter_read_w(bed->instrument, 1, &power_w, &bed->bounds, &error);
	g_assert_no_error(error);
	return power_w;
}

/* The meter is told the light's wavelength. */
static void tune(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double wavelength_m = world_meter_wavelength_m(bed->world, 0, PORT);
	power_meter_set_wavelength(bed->instrument, 1, wavelength_m, &bed->bounds, &error);
	g_assert_no_error(error);
}

static double off_db(struct conformance *bed)
{
	return 10 * log10(read_w(bed) / world_meter_read_w(bed->world, 0, PORT, 1));
}

static void test_identity(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	const struct instrument_identity *identity = instrument_identity(bed->instrument);
	g_assert_cmpstr(identity->maker, !=, "");
	g_assert_cmpstr(identity->serial, !=, "");
	g_assert_cmpuint(instrument_channels(bed->instrument), >=, 1);
	g_assert_cmpint(instrument_evidence(bed->instrument), ==,
	                bed->row->sim == &sim_pm100d ? EVIDENCE_UNTESTED : EVIDENCE_TESTED_SIM);
	g_assert_true(instrument_identify(bed->instrument, &bed->bounds, &error));
	g_assert_true(instrument_safe_state(bed->instrument, &bed->bounds, &error));
}

/* What is read is what is, dark or lit, and follows when it changes. */
static void test_reads(struct conformance *bed)
{
	tune(bed);
	for (int i = 0; i < 2; i++) {
		g_assert_cmpfloat(fabs(read_w(bed)), <, DARK_W);
		conformance_light(bed);
		g_assert_cmpfloat(fabs(off_db(bed)), <, CALIBRATION_DB);
		conformance_dark(bed);
	}
}

static void test_reads_all(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	guint n = instrument_channels(bed->instrument);
	g_autofree double *power_w = g_new0(double, n);
	tune(bed);
	conformance_light(bed);
	power_meter_read_all_w(bed->instrument, power_w, n, &bed->bounds, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < n; i++)
		g_assert_false(isnan(power_w[i]));
	g_assert_cmpfloat(fabs(10 * log10(power_w[0] / read_w(bed))), <, CALIBRATION_DB);
	conformance_expect(power_meter_read_all_w(bed->instrument, power_w, n + 1, &bed->bounds,
	                                          &error),
	                   &error, STATION_ERROR_INTERNAL);
}

/* The responsivity is that of the wavelength told; any wavelength is taken to its nearest. */
static void test_wavelength(struct conformance *bed)
{
	static const double wavelengths_m[] = {1264.5e-9, 1295.56e-9, 1310e-9, 1337.5e-9};
	g_autoptr(GError) error = NULL;
	double true_m = world_meter_wavelength_m(bed->world, 0, PORT);
	conformance_light(bed);
	for (gsize i = 0; i < G_N_ELEMENTS(wavelengths_m); i++) {
		power_meter_set_wavelength(bed->instrument, 1, wavelengths_m[i], &bed->bounds,
		                           &error);
		g_assert_no_error(error);
	}
	double right_db = (tune(bed), off_db(bed));
	power_meter_set_wavelength(bed->instrument, 1, true_m + 200e-9, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(fabs(off_db(bed) - right_db), >, 0.2);
	conformance_expect(power_meter_set_wavelength(bed->instrument, 1,
	                                              facts_of(bed)->wavelength_max_m * 1.01,
	                                              &bed->bounds, &error),
	                   &error, STATION_ERROR_RANGE);
	conformance_expect(power_meter_set_wavelength(bed->instrument, 1, NAN, &bed->bounds,
	                                              &error),
	                   &error, STATION_ERROR_RANGE);
}

/* Longer averaging takes longer and is less noisy. */
static double spread_w(struct conformance *bed, double averaging_s)
{
	enum { READINGS = 12 };
	g_autoptr(GError) error = NULL;
	double sum = 0, squares = 0;
	power_meter_set_averaging_s(bed->instrument, 1, averaging_s, &bed->bounds, &error);
	g_assert_no_error(error);
	double start_s = world_now_s(bed->world);
	for (int i = 0; i < READINGS; i++) {
		double power_w = read_w(bed);
		sum += power_w;
		squares += power_w * power_w;
	}
	g_assert_cmpfloat(world_now_s(bed->world) - start_s, >=, READINGS * averaging_s * 0.5);
	return sqrt(fmax(squares / READINGS - pow(sum / READINGS, 2), 0));
}

static void test_averaging(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double brief_w = spread_w(bed, 0.01);
	double long_w = spread_w(bed, 1);
	g_assert_cmpfloat(long_w, <, brief_w);
	conformance_expect(power_meter_set_averaging_s(bed->instrument, 1,
	                                               facts_of(bed)->averaging_max_s * 2,
	                                               &bed->bounds, &error),
	                   &error, STATION_ERROR_RANGE);
}

/* Zeroing wants darkness, and says so. */
static void test_zero(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	tune(bed);
	power_meter_zero(bed->instrument, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(fabs(read_w(bed)), <, DARK_W);
	conformance_light(bed);
	conformance_expect(power_meter_zero(bed->instrument, &bed->bounds, &error), &error,
	                   STATION_ERROR_INSTRUMENT);
	g_assert_cmpfloat(fabs(off_db(bed)), <, CALIBRATION_DB);
}

static void test_channels(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double power_w = 7;
	guint beyond = instrument_channels(bed->instrument) + 1;
	conformance_expect(power_meter_read_w(bed->instrument, beyond, &power_w, &bed->bounds,
	                                      &error),
	                   &error, STATION_ERROR_RANGE);
	conformance_expect(power_meter_read_w(bed->instrument, 0, &power_w, &bed->bounds, &error),
	                   &error, STATION_ERROR_RANGE);
	g_assert_cmpfloat(power_w, ==, 7);
}

/* What the instrument complains of is a failure of the call that it happened in, and of no other.
 */
static void test_error_queue(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double power_w = 7;
	faults_arm(bed->faults, FAULT_QUEUE_ERROR, 1);
	conformance_expect(power_meter_read_w(bed->instrument, 1, &power_w, &bed->bounds, &error),
	                   &error, STATION_ERROR_INSTRUMENT);
	g_assert_cmpfloat(power_w, ==, 7);
	read_w(bed);
}

/* Whatever the line does: an error in time or the right value, and the next reading is right. */
static void test_faults(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_LATE,   FAULT_SPLIT,      FAULT_TWICE};
	tune(bed);
	conformance_light(bed);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds brief = bounds_within(&bed->bounds, 0.3);
		double power_w = NAN;
		g_test_message("fault %d", (int)kinds[i]);
		faults_arm(bed->faults, kinds[i], 1);
		if (power_meter_read_w(bed->instrument, 1, &power_w, &brief, &error)) {
			double true_w = world_meter_read_w(bed->world, 0, PORT, 1);
			g_assert_cmpfloat(fabs(10 * log10(power_w / true_w)), <, CALIBRATION_DB);
		} else {
			g_assert_true(error->domain == STATION_ERROR);
			g_assert_true(isnan(power_w));
		}
		faults_clear(bed->faults);
		g_assert_cmpfloat(fabs(off_db(bed)), <, CALIBRATION_DB);
	}
}

static void test_cancelled(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {bed->bounds.deadline, cancellable};
	double power_w = 7;
	g_cancellable_cancel(cancellable);
	conformance_expect(power_meter_read_w(bed->instrument, 1, &power_w, &bounds, &error),
	                   &error, STATION_ERROR_CANCELLED);
	g_assert_cmpfloat(power_w, ==, 7);
	read_w(bed);
}

int main(int argc, char **argv)
{
	conformance_init(&argc, &argv);
#define ADD(name, function) conformance_add(rows, G_N_ELEMENTS(rows), name, function)
	ADD("identity", test_identity);
	ADD("reads", test_reads);
	ADD("reads-all", test_reads_all);
	ADD("wavelength", test_wavelength);
	ADD("averaging", test_averaging);
	ADD("zero", test_zero);
	ADD("channels", test_channels);
	ADD("error-queue", test_error_queue);
	ADD("faults", test_faults);
	ADD("cancelled", test_cancelled);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "fixtures/module.h"
#include "instruments/optical_switch.h"
#include "instruments/power_meter.h"
#include "instruments/supply.h"
#include "instruments/wavelength_meter.h"
#include "tests/bench/bench_bed.h"

#include <glib/gstdio.h>
#include <math.h>

/*
 * Spectrum analyser and eight-port power meter of the bench, first as seen from the wire, then
 * with the station's drivers, on light of modules of each kind.
 */
#define SCALE "20"

static const char units[] = "serial,defects,model\n"
			    "DR1,,dr4\n"
			    "FR1,,fr4\n"
			    "SR1,,sr4\n"
			    "FR2,off-wavelength:2,fr4\n"
			    "SR2,wide-spectrum:3,sr4\n"
			    "DR2,wide-spectrum:4,dr4\n";

struct rig {
	struct bench_process bench;
	char *folder;
	struct bounds bounds;
};

static void rig_set_up(struct rig *rig, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	rig->folder = g_dir_make_tmp("osa-XXXXXX", &error);
	g_assert_no_error(error);
	g_autofree char *file = g_build_filename(rig->folder, "units.csv", NULL);
	g_file_set_contents(file, units, -1, &error);
	g_assert_no_error(error);
	const char *const arguments[] = {"--seed",      "7",       "--time-scale", SCALE, "--sites",
	                                 "dr4,fr4,sr4", "--units", file,           NULL};
	bench_start(&rig->bench, arguments);
	rig->bounds.deadline = deadline_in_s(60);
}

static void rig_tear_down(struct rig *rig, gconstpointer data)
{
	bench_stop(&rig->bench, SIGTERM);
	g_autofree char *file = g_build_filename(rig->folder, "units.csv", NULL);
	g_unlink(file);
	g_rmdir(rig->folder);
	g_free(rig->folder);
}

static struct instrument *open_at(const struct rig *rig, guint site, enum instrument_class class,
                                  const char *driver, const char *port)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *name = g_strdup_printf("%s%u", port, site);
	g_autofree char *resource =
		g_strdup_printf("TCPIP::127.0.0.1::%u::SOCKET", bench_port(&rig->bench, name));
	const struct instrument_config config = {.name = name,
	                                         .class = class,
	                                         .driver = driver,
	                                         .resource = resource};
	struct instrument *instrument = instrument_open(&config, &rig->bounds, &error);
	g_assert_no_error(error);
	return instrument;
}

/* --- on the wire -------------------------------------------------------------------------------
 */

static void test_wire(struct rig *rig, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&rig->bench, "wavelength_meter1");

	bench_expect(to, "OPEN \"anonymous\"\r\n", "AUTHENTICATE CRAM-MD5.\r");
	bench_expect(to, "anything\r\n", "READY\r");
	g_autofree char *idn = bench_ask(to, "*IDN?\r\n");
	g_assert_true(g_str_has_prefix(idn, "YOKOGAWA,AQ6370D,91Y"));
	bench_expect(to, ":SENS:WAV:CENT 1310NM;SPAN 20NM;STAR?;STOP?\r\n",
	             "+1.30000000E-006;+1.32000000E-006\r");
	bench_expect(to, ":SENS:BAND:RES 0.06NM;:SENS:BWID?\r\n", "+5.00000000E-011\r");
	bench_expect(to, ":SENS:SENS HIGH1;SENS?;:SENS:SENS 6;SENS?\r\n", "3;6\r");
	bench_expect(to, ":INIT:SMOD SING;SMOD?;:CALC:CAT SWRM;CAT?\r\n", "1;2\r");
	bench_expect(to, ":CALC;:SYST:ERR?\r\n", "-230,\"Data corrupt or stale (no trace)\"\r");
	bench_expect(to, "*CLS;:INIT;:STAT:OPER:EVEN?\r\n", "0\r");
	poll_until(to, ":STAT:OPER:EVEN?\r\n", "1\r");
	bench_expect(to, ":STAT:OPER:EVEN?;COND?\r\n", "0;1\r");
	bench_expect(to, ":TRAC:SNUM? TRA\r\n", "2001\r");
	bench_expect(to, ":CALC:DATA:NCH?;:SYST:ERR?\r\n",
	             "-230,\"Data corrupt or stale (no analysis)\"\r");
	bench_send(to, "CLOSE\r\n");
	g_assert_null(bench_receive(to));
	bench_disconnect(to);
	/* nobody else is let in */
	to = bench_connect(&rig->bench, "wavelength_meter1");
	bench_send(to, "*IDN?\r\n");
	g_assert_null(bench_receive(to));
	bench_disconnect(to);
}

/* --- with light --------------------------------------------------------------------------------
 */

struct bring_up {
	struct fixture *fixture;
	struct module *module;
	struct instrument *supply;
};

static void bring_up(struct rig *rig, guint site, const char *serial, struct bring_up *up)
{
	const struct bounds *bounds = &rig->bounds;
	g_autoptr(GError) error = NULL;
	g_autofree char *fixture = g_strdup_printf("fixture%u", site);
	g_autofree char *resource =
		g_strdup_printf("controller:127.0.0.1:%u", bench_port(&rig->bench, fixture));
	g_autofree char *request =
		g_strdup_printf("{\"command\":\"insert\",\"site\":%u,\"serial\":\"%s\"}", site,
	                        serial);

	bench_tell(&rig->bench, request);
	up->supply = open_at(rig, site, INSTRUMENT_SUPPLY, "keysight-supply", "supply");
	g_assert_true(supply_set(up->supply, 1, 3.3, 4.5, bounds, &error));
	g_assert_true(supply_set_output(up->supply, 1, TRUE, bounds, &error));
	up->fixture = fixture_open(resource, bounds, &error);
	g_assert_no_error(error);
	up->module = module_new(up->fixture);
	module_power_up(up->module, bounds, &error);
	g_assert_no_error(error);
	module_identify(up->module, bounds, &error);
	g_assert_no_error(error);
	module_bring_up(up->module, 1, NULL, bounds, &error);
	g_assert_no_error(error);
	module_set_pattern(up->module, CMIS_PATTERN_PRBS13Q, bounds, &error);
	g_assert_no_error(error);
}

static void bring_down(struct rig *rig, guint site, struct bring_up *up)
{
	g_autofree char *request = g_strdup_printf("{\"command\":\"remove\",\"site\":%u}", site);
	module_free(up->module);
	fixture_close(up->fixture);
	instrument_close(up->supply);
	bench_tell(&rig->bench, request);
}

static void measure_lane(struct rig *rig, struct instrument *meter, struct instrument *selector,
                         guint lane, double nominal_m, struct spectrum_result *result)
{
	const struct spectrum_setup setup = {nominal_m, 30e-9, 0.05e-9};
	g_autoptr(GError) error = NULL;

	optical_switch_route(selector, 1, lane, &rig->bounds, &error);
	g_assert_no_error(error);
	wavelength_meter_configure(meter, &setup, &rig->bounds, &error);
	g_assert_no_error(error);
	wavelength_meter_measure(meter, result, &rig->bounds, &error);
	g_assert_no_error(error);
	g_test_message("lane %u: %u peaks, centre %.4f nm, SMSR %.2f dB, width %.1f pm", lane,
	               result->n_peaks, result->centre_m * 1e9, result->smsr_db,
	               result->rms_width_m * 1e12);
}

struct expected {
	double wavelength_m[4];
	double within_m; /* of a good unit */
	gboolean multimode;
};

static void check_unit(struct rig *rig, guint site, const char *serial,
                       const struct expected *expected, struct spectrum_result results[4])
{
	struct bring_up up;
	struct instrument *meter =
		open_at(rig, site, INSTRUMENT_WAVELENGTH_METER, "yokogawa-osa", "wavelength_meter");
	struct instrument *selector =
		open_at(rig, site, INSTRUMENT_OPTICAL_SWITCH, "santec-switch", "switch");

	bring_up(rig, site, serial, &up);
	for (guint i = 0; i < 4; i++)
		measure_lane(rig, meter, selector, i + 1, expected->wavelength_m[i], &results[i]);
	bring_down(rig, site, &up);
	measure_lane(rig, meter, selector, 1, expected->wavelength_m[0],
	             &(struct spectrum_result){0});
	instrument_close(selector);
	instrument_close(meter);
}

static void expect_good(const struct expected *expected, const struct spectrum_result *results)
{
	for (guint i = 0; i < 4; i++) {
		g_assert_cmpuint(results[i].n_peaks, >=, 1);
		g_assert_cmpfloat_with_epsilon(results[i].centre_m, expected->wavelength_m[i],
		                               expected->within_m);
		if (expected->multimode)
			expect_between(results[i].rms_width_m, 0.05e-9, 0.6e-9);
		else
			expect_between(results[i].smsr_db, 30, 60);
	}
}

static const struct expected dr4 = {{1310e-9, 1310e-9, 1310e-9, 1310e-9}, 6.5e-9, FALSE};
static const struct expected fr4 = {{1271e-9, 1291e-9, 1311e-9, 1331e-9}, 6.5e-9, FALSE};
static const struct expected sr4 = {{855e-9, 855e-9, 855e-9, 855e-9}, 9.5e-9, TRUE};

static void test_good(struct rig *rig, gconstpointer data)
{
	struct spectrum_result results[4];

	check_unit(rig, 1, "DR1", &dr4, results);
	expect_good(&dr4, results);
	check_unit(rig, 2, "FR1", &fr4, results);
	expect_good(&fr4, results);
	check_unit(rig, 3, "SR1", &sr4, results);
	expect_good(&sr4, results);
}

/* What the bench makes bad shows, and in that lane only. */
static void test_bad(struct rig *rig, gconstpointer data)
{
	struct spectrum_result results[4];

	check_unit(rig, 2, "FR2", &fr4, results);
	g_assert_cmpfloat(fabs(results[1].centre_m - 1291e-9), >, 6.5e-9);
	g_assert_cmpfloat(fabs(results[0].centre_m - 1271e-9), <, 6.5e-9);
	check_unit(rig, 3, "SR2", &sr4, results);
	g_assert_cmpfloat(results[2].rms_width_m, >, 0.6e-9);
	g_assert_cmpfloat(results[0].rms_width_m, <, 0.6e-9);
	check_unit(rig, 1, "DR2", &dr4, results);
	g_assert_cmpfloat(results[3].smsr_db, <, 30);
	g_assert_cmpfloat(results[0].smsr_db, >, 30);
}

/* --- the meter ---------------------------------------------------------------------------------
 */

/* Each port has its own lane's wavelength, the fifth of a WDM site all of them together. */
static void test_meter(struct rig *rig, gconstpointer data)
{
	struct bring_up up;
	const struct bounds *bounds = &rig->bounds;
	struct instrument *meter =
		open_at(rig, 2, INSTRUMENT_POWER_METER, "keysight-power-meter", "power_meter");
	g_autoptr(GError) error = NULL;
	double right_w[8], wrong_w[8];

	g_assert_cmpuint(instrument_channels(meter), ==, 8);
	bring_up(rig, 2, "FR1", &up);
	for (guint port = 1; port <= 8; port++) {
		double wavelength_m = port <= 4 ? fr4.wavelength_m[port - 1] : 1301e-9;
		power_meter_set_wavelength(meter, port, wavelength_m, bounds, &error);
		g_assert_no_error(error);
	}
	power_meter_read_all_w(meter, right_w, 8, bounds, &error);
	g_assert_no_error(error);
	for (guint port = 1; port <= 5; port++)
		power_meter_set_wavelength(meter, port, 1550e-9, bounds, &error);
	power_meter_read_all_w(meter, wrong_w, 8, bounds, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < 4; i++) {
		double expected_db = -0.45 * (1550e-9 - fr4.wavelength_m[i]) / 240e-9;
		expect_between(right_w[i], 1e-6, 1e-2);
		g_assert_cmpfloat_with_epsilon(10 * log10(wrong_w[i] / right_w[i]), expected_db,
		                               0.1);
	}
	g_assert_cmpfloat_with_epsilon(10 * log10(wrong_w[4] / right_w[4]), -0.467, 0.1);
	expect_between(right_w[4], 1e-6, 1e-2);
	for (guint i = 5; i < 8; i++)
		expect_between(right_w[i], -1e-9, 1e-9);
	bring_down(rig, 2, &up);
	instrument_close(meter);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	clock_set_scale(20);
#define RIG(name, function)                                                                        \
	g_test_add("/bench/osa/" name, struct rig, NULL, rig_set_up, function, rig_tear_down)
	RIG("wire", test_wire);
	RIG("good", test_good);
	RIG("bad", test_bad);
	RIG("meter", test_meter);
	return g_test_run();
}

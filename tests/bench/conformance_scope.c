/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "base/clock.h"
#include "base/waveform.h"
#include "bench/sim_mp2110a.h"
#include "bench/sim_scope.h"
#include "instruments/driver.h"
#include "instruments/scope.h"
#include "instruments/scpi/scpi.h"

#include <math.h>

static const struct instrument_parameter noise = {"noise", "4 uW"};
static const struct instrument_parameter by_hand[] = {
	{"symbol_rate", "53.125 GBd"},
	{"bandwidth", "26.5625 GHz"},
	{"wavelength", "1310 nm"},
	{"pattern_length", "8191"},
};

static const struct conformance_row rows[] = {
	{"keysight-scope", &sim_scope, "TCPIP::127.0.0.1::", "::SOCKET", &noise, 1},
	{"keysight-scope", &sim_scope, "TCPIP::127.0.0.1::hislip0,", "::INSTR", &noise, 1,
         CONFORMANCE_HISLIP},
	{"anritsu-scope", &sim_mp2110a, "TCPIP::127.0.0.1::", "::SOCKET", by_hand,
         G_N_ELEMENTS(by_hand)},
};

static const struct scope_setup setup = {
	.symbol_rate_bd = 53.125e9,
	.pattern_symbols = 8191,
	.samples_per_symbol = 16,
	.filter_bandwidth_hz = 26.5625e9,
	.wavelength_m = 1311e-9,
	.external_loss_db = 2,
};

#define WARM_UP_S 900.0

#define ATTENUATED(loss_db) pow(10, (loss_db) / 10.0)

static gboolean gives_waveforms(const struct conformance *bed)
{
	return bed->instrument->model->scope->gives_waveforms;
}

static void configure(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	scope_configure(bed->instrument, 1, &setup, &bed->bounds, &error);
	g_assert_no_error(error);
}

/* The instrument's results are those of the light that is there. */
static void test_results(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct world_scope_result is;
	double oma_w = NAN, er_db = NAN, power_w = NAN, tdecq_db = NAN, gain = ATTENUATED(2);
	struct instrument *it = bed->instrument;
	conformance_light(bed);
	configure(bed);
	/* until the laser is as warm as it gets */
	g_assert_true(clock_sleep_s(WARM_UP_S, &bed->bounds, &error));
	g_assert_cmpint(world_scope_tdecq(bed->world, 0, 8191, &is), ==, WORLD_SCOPE_OK);
	g_assert_true(scope_measure_oma_w(it, 1, &oma_w, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(oma_w / (is.oma_w * gain) - 1), <, 0.03);
	g_assert_true(scope_measure_er_db(it, 1, &er_db, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(er_db - is.er_db), <, 0.2);
	g_assert_true(scope_measure_power_w(it, 1, &power_w, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(power_w / (is.avg_w * gain) - 1), <, 0.03);
	g_assert_true(scope_measure_tdecq_db(it, 1, &tdecq_db, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(tdecq_db - is.tdecq_db), <, 0.3);
	/* no loss is corrected, and no pattern asked for */
	g_assert_true(scope_measure_light_w(it, 1, 1311e-9, &power_w, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(power_w / is.avg_w - 1), <, 0.03);
}

/* Who has waveforms gives them; who has none says so before anything else. */
static void test_waveform(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct scope_setup with = setup;
	conformance_light(bed);
	gboolean may = scope_require_waveforms(bed->instrument, &error);
	g_assert_cmpint(may, ==, gives_waveforms(bed));
	if (!may)
		conformance_expect(may, &error, STATION_ERROR_UNSUPPORTED);
	with.samples_per_symbol = may ? 16 : 0;
	g_assert_true(scope_configure(bed->instrument, 1, &with, &bed->bounds, &error));
	g_autoptr(waveform) wave =
		scope_acquire_waveform(bed->instrument, 1, 1, &bed->bounds, &error);
	if (may)
		g_assert_cmpuint(waveform_length(wave), ==, 8191 * 16);
	else
		conformance_expect(wave != NULL, &error, STATION_ERROR_UNSUPPORTED);
}

/* Without light there is no value of any kind. */
static void test_dark(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double value = 7;
	struct instrument *it = bed->instrument;
	conformance_light(bed);
	configure(bed);
	conformance_dark(bed);
	conformance_expect(scope_measure_oma_w(it, 1, &value, &bed->bounds, &error), &error,
	                   STATION_ERROR_DATA);
	conformance_expect(scope_measure_tdecq_db(it, 1, &value, &bed->bounds, &error), &error,
	                   STATION_ERROR_DATA);
	g_assert_cmpfloat(value, ==, 7);
}

static void test_refuses(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	struct scope_setup bad[3] = {setup, setup, setup};
	double value = 7;
	bad[0].symbol_rate_bd = 1e12;
	bad[1].wavelength_m = 1000e-9;
	bad[2].external_loss_db = NAN;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		conformance_expect(scope_configure(it, 1, &bad[i], &bed->bounds, &error), &error,
		                   STATION_ERROR_RANGE);
	conformance_expect(scope_configure(it, 2, &setup, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(scope_measure_oma_w(it, 1, &value, &bed->bounds, &error), &error,
	                   STATION_ERROR_INTERNAL);
}

/* One spoiled reply costs that call at most. */
static void test_recovers(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_SPLIT};
	conformance_light(bed);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds soon = {.deadline = deadline_in_s(1)};
		double power_w = NAN;
		faults_arm(bed->faults, kinds[i], 1);
		scope_measure_light_w(bed->instrument, 1, 1311e-9, &power_w, &soon, &error);
		g_clear_error(&error);
		faults_clear(bed->faults);
		scope_measure_light_w(bed->instrument, 1, 1311e-9, &power_w, &bed->bounds, &error);
		g_assert_no_error(error);
		double is_w = world_scope_average_w(bed->world, 0);
		g_assert_cmpfloat(fabs(power_w / is_w - 1), <, 0.05);
	}
}

/* ---- messages ---- */

static guint n_sent(void)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "sent.jsonl", NULL);
	g_autofree char *text = NULL;
	guint n = 0;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	for (const char *at = text; (at = strstr(at, "\"event\":\"sent\"")); at++)
		n++;
	return n;
}

/* Configures and takes a waveform; gives how many messages that took, 0 when it failed. */
static guint capture(struct conformance *bed, guint channel, double loss_db)
{
	g_autoptr(GError) error = NULL;
	struct scope_setup with = setup;
	guint before = n_sent();
	with.external_loss_db = loss_db;
	if (!scope_configure(bed->instrument, channel, &with, &bed->bounds, &error)) {
		g_test_message("%s", error->message);
		return 0;
	}
	g_autoptr(waveform) taken =
		scope_acquire_waveform(bed->instrument, channel, 1, &bed->bounds, &error);
	g_test_message("%s", error ? error->message : "fine");
	return taken ? n_sent() - before : 0;
}

static void upset_reset(struct conformance *bed)
{
	g_assert_true(scpi_send(bed->instrument->scpi, &bed->bounds, NULL, "*RST"));
}

static void upset_clear(struct conformance *bed)
{
	g_assert_true(link_clear(scpi_link(bed->instrument->scpi), &bed->bounds, NULL));
}

static void upset_refused(struct conformance *bed)
{
	g_assert_false(scpi_command(bed->instrument->scpi, &bed->bounds, NULL, ":NO:SUCH 1"));
}

static void upset_silent(struct conformance *bed)
{
	struct bounds brief = bounds_within(&bed->bounds, 0.05);
	gint64 number;
	g_assert_false(scpi_query_int(bed->instrument->scpi, &number, &brief, NULL, ":NO:SUCH?"));
}

static void upset_disconnected(struct conformance *bed)
{
	faults_arm(bed->faults, FAULT_DISCONNECT, 1);
	g_assert_cmpuint(capture(bed, 1, 2), ==, 0);
}

/* What is set already is not sent again, unless something happened that may have undone it. */
static void test_messages(struct conformance *bed)
{
	enum { ALL_LEAST = 30, AGAIN_MOST = 14 };
	void (*const upsets[])(struct conformance * bed) = {
		upset_reset, upset_clear, upset_refused, upset_silent, upset_disconnected,
	};
	conformance_light(bed);
	guint all = capture(bed, 1, 2);
	guint again = capture(bed, 1, 2);
	g_test_message("%u messages, then %u", all, again);
	g_assert_cmpuint(all, >=, ALL_LEAST);
	g_assert_cmpuint(again, >, 0);
	g_assert_cmpuint(again, <=, AGAIN_MOST);
	/* another loss is set; the way back too */
	guint other = capture(bed, 1, 3);
	g_assert_cmpuint(other, >, again);
	g_assert_cmpuint(capture(bed, 1, 2), ==, other);
	g_assert_cmpuint(capture(bed, 1, 2), ==, again);
	for (gsize i = 0; i < G_N_ELEMENTS(upsets); i++) {
		upsets[i](bed);
		g_assert_cmpuint(capture(bed, 1, 2), >, other);
		g_assert_cmpuint(capture(bed, 1, 2), ==, again);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define SUITE(name, function) conformance_add(rows, G_N_ELEMENTS(rows), name, function)
	SUITE("results", test_results);
	SUITE("waveform", test_waveform);
	SUITE("dark", test_dark);
	SUITE("refuses", test_refuses);
	SUITE("recovers", test_recovers);
	g_autofree char *socket =
		g_strdup_printf("trace:file=%s/sent.jsonl:%s", g_get_tmp_dir(), rows[0].before);
	g_autofree char *hislip =
		g_strdup_printf("trace:file=%s/sent.jsonl:%s", g_get_tmp_dir(), rows[1].before);
	struct conformance_row traced[] = {rows[0], rows[1]};
	traced[0].before = socket;
	traced[1].before = hislip;
	conformance_add(traced, G_N_ELEMENTS(traced), "messages", test_messages);
	return g_test_run();
}

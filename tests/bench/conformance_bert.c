/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "bench/sim_bert.h"
#include "bench/sim_mp1900a.h"
#include "instruments/bert.h"
#include "instruments/driver.h"

#include <math.h>

static const struct instrument_parameter keysight[] = {
	{"outputs", "M1.DataOut1,M1.DataOut2"},
	{"inputs", "M2.DataIn1,M2.DataIn2"},
	{"clock", "M1.ClkGen"},
	{"input_clock", "M2.ClkGen"},
};
static const struct instrument_parameter anritsu[] = {
	{"outputs", "1.1,1.2"},        {"inputs", "2.1,2.2"},  {"output_rate", "53.125 GBd"},
	{"input_rate", "26.5625 GBd"}, {"pattern", "PRBS31Q"},
};

static const struct conformance_row rows[] = {
	{"keysight-bert", &sim_bert, "TCPIP::127.0.0.1::", "::SOCKET", keysight,
         G_N_ELEMENTS(keysight)},
	{"keysight-bert", &sim_bert, "TCPIP::127.0.0.1::hislip0,", "::INSTR", keysight,
         G_N_ELEMENTS(keysight), CONFORMANCE_HISLIP},
	{"keysight-bert", &sim_bert, "TCPIP::127.0.0.1::hislip0,", "::INSTR", keysight,
         G_N_ELEMENTS(keysight), CONFORMANCE_OVERLAPPED},
	{"anritsu-bert", &sim_mp1900a, "TCPIP::127.0.0.1::", "::SOCKET", anritsu,
         G_N_ELEMENTS(anritsu)},
	{"anritsu-bert", &sim_mp1900a, "PRLGX-TCPIP::127.0.0.1::", "::GPIB::1::INSTR", anritsu,
         G_N_ELEMENTS(anritsu), CONFORMANCE_PROLOGIX},
};

static const struct bert_setup setup = {53.125e9, 26.5625e9, BERT_PATTERN_PRBS31Q};
static const guint both[] = {1, 2};

static gboolean sends(const struct conformance *bed, guint lane)
{
	struct world_site_state state;
	world_site_state(bed->world, 0, &state);
	return state.ppg_on[lane];
}

static void configure(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	bert_configure(bed->instrument, &setup, &bed->bounds, &error);
	g_assert_no_error(error);
}

/* The module gives host lane 1 a signal and host lane 2 none; light as it comes. */
static void receive(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct world_power power;
	struct world_drive drive = {.high_power = TRUE, .tec_degc = 45};
	conformance_light(bed);
	world_power(bed->world, 0, &power);
	drive.power_epoch = power.epoch;
	drive.host_swing_v[0] = 0.6;
	world_set_drive(bed->world, 0, &drive);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		world_set_attenuator(bed->world, 0, lane, 3, TRUE);
	configure(bed);
	g_assert_true(bert_set_output(bed->instrument, 1, TRUE, &bed->bounds, &error));
	g_assert_true(bert_set_global_output(bed->instrument, TRUE, &bed->bounds, &error));
}

/* An output sends when its own switch and the global one are on, and not before. */
static void test_outputs(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	g_assert_false(sends(bed, 0));
	configure(bed);
	g_assert_true(bert_set_output(it, 1, TRUE, &bed->bounds, &error));
	g_assert_false(sends(bed, 0));
	g_assert_true(bert_set_global_output(it, TRUE, &bed->bounds, &error));
	g_assert_true(sends(bed, 0));
	g_assert_false(sends(bed, 1));
	/* another set-up takes it away */
	configure(bed);
	g_assert_false(sends(bed, 0));
	g_assert_true(bert_set_output(it, 1, TRUE, &bed->bounds, &error));
	g_assert_true(bert_set_global_output(it, TRUE, &bed->bounds, &error));
	g_assert_true(instrument_safe_state(it, &bed->bounds, &error));
	g_assert_false(sends(bed, 0));
}

static void test_counts(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct bert_count counts[2];
	const double gate_s = 2;
	receive(bed);
	g_assert_true(bert_align_inputs(bed->instrument, both, 1, &bed->bounds, &error));
	bert_count(bed->instrument, both, 2, gate_s, counts, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_true(counts[0].lock);
	/* two bits a symbol */
	g_assert_cmpfloat(fabs((double)counts[0].bits / (2 * 26.5625e9 * gate_s) - 1), <, 0.01);
	g_assert_cmpfloat((double)counts[0].errors / (double)counts[0].bits, <, 1e-3);
	g_assert_false(counts[1].lock);
}

static void test_no_signal(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct bert_count counts[2];
	configure(bed);
	bert_count(bed->instrument, both, 2, 1, counts, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_false(counts[0].lock);
	g_assert_false(counts[1].lock);
	conformance_expect(bert_align_inputs(bed->instrument, both, 1, &bed->bounds, &error),
	                   &error, STATION_ERROR_DATA);
}

static void test_refuses(struct conformance *bed)
{
	static const guint twice[] = {1, 1}, nowhere[] = {3};
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	struct bert_count counts[2];
	struct bert_setup fast = setup;
	fast.output_symbol_rate_bd = 1e12;
	conformance_expect(bert_configure(it, &fast, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(bert_set_output(it, 3, TRUE, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(bert_count(it, twice, 2, 1, counts, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(bert_count(it, nowhere, 1, 1, counts, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(bert_count(it, both, 1, 1e6, counts, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
}

/* One spoiled reply costs that call at most, and never leaves an output on by surprise. */
static void test_recovers(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_SPLIT};
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds soon = {.deadline = deadline_in_s(0.5)};
		faults_arm(bed->faults, kinds[i], 1);
		bert_set_output(bed->instrument, 1, TRUE, &soon, &error);
		g_clear_error(&error);
		faults_clear(bed->faults);
		g_assert_true(instrument_safe_state(bed->instrument, &bed->bounds, &error));
		g_assert_false(sends(bed, 0));
		g_assert_true(bert_set_output(bed->instrument, 2, TRUE, &bed->bounds, &error));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define SUITE(name, function) conformance_add(rows, G_N_ELEMENTS(rows), name, function)
	SUITE("outputs", test_outputs);
	SUITE("counts", test_counts);
	SUITE("no_signal", test_no_signal);
	SUITE("refuses", test_refuses);
	SUITE("recovers", test_recovers);
	return g_test_run();
}

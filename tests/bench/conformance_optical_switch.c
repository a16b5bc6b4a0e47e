/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "bench/sim_n7734a.h"
#include "bench/sim_switch.h"
#include "instruments/optical_switch.h"

static int standing(const struct conformance *bed)
{
	struct world_site_state state;
	world_site_state(bed->world, 0, &state);
	return state.switch_channel + 1;
}

static void route(struct conformance *bed, guint channel)
{
	g_autoptr(GError) error = NULL;
	optical_switch_route(bed->instrument, 1, channel, &bed->bounds, &error);
	g_assert_no_error(error);
}

/* Has arrived on return, each time. */
static void test_arrives(struct conformance *bed)
{
	static const guint channels[] = {1, 13, 2, 2, 12, 5, 1};
	for (gsize i = 0; i < G_N_ELEMENTS(channels); i++) {
		route(bed, channels[i]);
		g_assert_cmpint(standing(bed), ==, (int)channels[i]);
	}
}

static void test_refuses(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	static const guint places[][2] = {{1, 0}, {1, 17}, {0, 1}, {2, 1}};
	route(bed, 4);
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
		conformance_expect(optical_switch_route(bed->instrument, places[i][0], places[i][1],
		                                        &bed->bounds, &error),
		                   &error, STATION_ERROR_RANGE);
	g_assert_cmpint(standing(bed), ==, 4);
}

static void test_safe_state(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	route(bed, 3);
	instrument_safe_state(bed->instrument, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpint(standing(bed), ==, 3);
}

/*
 * Whatever happens to an answer: success means there, and the next call finds its way back. The
 * second copy of an answer may come so late that it is the next call that sees it.
 */
static void test_faults(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT,  FAULT_GARBAGE,
	                                   FAULT_SPLIT,  FAULT_QUEUE_ERROR, FAULT_LATE,
	                                   FAULT_TWICE};
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds brief = bounds_within(&bed->bounds, 0.3);
		faults_arm(bed->faults, kinds[i], 1);
		for (int call = 0; call < (kinds[i] == FAULT_TWICE ? 2 : 1); call++) {
			if (optical_switch_route(bed->instrument, 1, i + 2, &brief, &error))
				g_assert_cmpint(standing(bed), ==, (int)i + 2);
			g_clear_error(&error);
		}
		faults_clear(bed->faults);
		route(bed, i + 3);
		g_assert_cmpint(standing(bed), ==, (int)i + 3);
	}
}

int main(int argc, char **argv)
{
	static const struct conformance_row rows[] = {
		{"santec-switch", &sim_switch, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
		{"keysight-switch", &sim_n7734a, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
		{"keysight-switch", &sim_n7734a, "TCPIP::127.0.0.1::inst0@", "::INSTR", NULL, 0,
	         CONFORMANCE_VXI11},
	};
	gsize n = G_N_ELEMENTS(rows);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	conformance_add(rows, n, "arrives", test_arrives);
	conformance_add(rows, n, "refuses", test_refuses);
	conformance_add(rows, n, "safe_state", test_safe_state);
	conformance_add(rows, n, "faults", test_faults);
	return g_test_run();
}

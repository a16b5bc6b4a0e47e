/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_fixture_bed.h"

#include <math.h>
#include <string.h>

static void test_osfp_replies(void)
{
	static const struct {
		const char *body;
		const char *reply;
	} rows[] = {
		{"HELLO", "OK station-fixture 1 VBFX0001 OSFP"},
		{"PINS?", "OK RSTn=0 LPWn=0"},
		{"PIN RSTn 1", "OK"},
		{"PIN LPWn 1", "OK"},
		{"PINS?", "OK RSTn=1 LPWn=1"},
		{"PIN? LPWn", "OK 1"},
		{"SAFE", "OK"},
		{"PINS?", "OK RSTn=0 LPWn=0"},
		{"PIN? ResetL", "ERR 4 unknown-pin"},
		{"PIN ModSelL 0", "ERR 4 unknown-pin"},
		{"PIN? ModPrsL", "ERR 4 unknown-pin"},
		{"PIN? INT/RSTn", "ERR 4 unknown-pin"},
		{"PIN LPWn/PRSn 1", "ERR 4 unknown-pin"},
		{"PIN LPWn 2", "ERR 3 bad-argument"},
		{"LINE? LPWn", "ERR 4 unknown-pin"},
		{"LINE? INT/RSTn 1", "ERR 3 bad-argument"},
		{"READ 50 1", "ERR 20 no-module"},
	};
	struct bed bed = bed_of("sr4");
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].body);
		check(&bed, rows[i].body, rows[i].reply);
	}
	bed_done(&bed);
}

/* Three decimals, as the document has it. */
static double volts(struct bed *bed, const char *line)
{
	g_autofree char *body = g_strconcat("LINE? ", line, NULL);
	g_autofree char *reply = ask(bed, body);
	g_assert_cmpuint(strlen(reply), ==, strlen("OK 1.905"));
	g_assert_true(g_str_has_prefix(reply, "OK "));
	g_assert_cmpint(reply[4], ==, '.');
	return g_ascii_strtod(reply + 3, NULL);
}

static void between(struct bed *bed, const char *line, double low_v, double high_v)
{
	double v = volts(bed, line);
	g_assert_cmpfloat(v, >, low_v);
	g_assert_cmpfloat(v, <, high_v);
}

/* The zones of docs/fixture-controller.md. */
static void test_osfp_lines(void)
{
	struct bed bed = bed_of("sr4");
	between(&bed, "LPWn/PRSn", 2.75, 3.465);
	between(&bed, "INT/RSTn", 0, 1.0);
	check(&bed, "PIN RSTn 1", "OK");
	between(&bed, "INT/RSTn", 1.5, 2.25); /* an empty socket does not interrupt */
	check(&bed, "PIN LPWn 1", "OK");
	between(&bed, "LPWn/PRSn", 2.75, 3.465);
	check(&bed, "SAFE", "OK");
	insert(&bed, "VB0001");
	between(&bed, "LPWn/PRSn", 0, 1.1); /* seated, without power */
	check(&bed, "PIN LPWn 1", "OK");
	between(&bed, "LPWn/PRSn", 1.4, 2.25);
	check(&bed, "PIN LPWn 0", "OK");
	world_set_supply(bed.world, 0, 3.3, 5.0, TRUE);
	sim_fixture_tick(bed.fixture);
	between(&bed, "INT/RSTn", 0, 1.0);
	check(&bed, "PIN RSTn 1", "OK");
	g_autofree char *reply = ask_until_answered(&bed, "XFER 50 00 2");
	g_assert_cmpstr(reply, ==, "OK 1952");
	between(&bed, "INT/RSTn", 2.75, 3.465); /* it has arrived in low power */
	check(&bed, "XFER 50 08 1", "OK 01");
	between(&bed, "INT/RSTn", 1.5, 2.25);
	check(&bed, "PIN RSTn 0", "OK");
	between(&bed, "INT/RSTn", 0, 1.0);
	check(&bed, "READ 50 1", "ERR 10 nack-address");
	bed_done(&bed);
}

/* LPWn brings the module up, and its absence down again. */
static void test_osfp_power(void)
{
	struct bed bed = bed_of("osfp-dr4");
	insert(&bed, "VB0001");
	world_set_supply(bed.world, 0, 3.3, 5.0, TRUE);
	check(&bed, "PIN RSTn 1", "OK");
	g_autofree char *reply = ask_until_answered(&bed, "XFER 50 00 1");
	g_assert_cmpstr(reply, ==, "OK 19");
	struct sim_module_status status;
	world_sleep_s(bed.world, 100);
	sim_module_status(sim_fixture_module(bed.fixture), &status);
	g_assert_cmpstr(status.state, ==, "ModuleLowPwr");
	check(&bed, "PIN LPWn 1", "OK");
	world_sleep_s(bed.world, 100);
	sim_module_status(sim_fixture_module(bed.fixture), &status);
	g_assert_cmpstr(status.state, ==, "ModuleReady");
	check(&bed, "PIN LPWn 0", "OK");
	world_sleep_s(bed.world, 100);
	sim_module_status(sim_fixture_module(bed.fixture), &status);
	g_assert_cmpstr(status.state, ==, "ModuleLowPwr");
	bed_done(&bed);
}

/* A reading is not exact, nor far off, and the same again for the same seed. */
static void test_osfp_noise(void)
{
	double first[20];
	gboolean differ = FALSE;
	for (guint run = 0; run < 2; run++) {
		struct bed bed = bed_of("sr4");
		insert(&bed, "VB0001");
		check(&bed, "PIN LPWn 1", "OK");
		for (guint i = 0; i < G_N_ELEMENTS(first); i++) {
			double v = volts(&bed, "LPWn/PRSn");
			if (run == 1)
				g_assert_cmpfloat(v, ==, first[i]);
			first[i] = v;
			differ |= v != first[0];
			g_assert_cmpfloat_with_epsilon(v, first[0], 0.02);
		}
		bed_done(&bed);
	}
	g_assert_true(differ);
}

static void test_osfp_faulty_line(void)
{
	struct bed bed = bed_of("sr4");
	insert(&bed, "VB0001");
	g_assert_true(sim_fixture_force_line(bed.fixture, "LPWn/PRSn", 2.5));
	between(&bed, "LPWn/PRSn", 2.45, 2.55);
	between(&bed, "INT/RSTn", 0, 1.0); /* the other is sound */
	g_assert_true(sim_fixture_force_line(bed.fixture, "LPWn/PRSn", NAN));
	between(&bed, "LPWn/PRSn", 0, 1.1);
	g_assert_false(sim_fixture_force_line(bed.fixture, "IntL", 2.5));
	check(&bed, "READ 50 1", "ERR 10 nack-address");
	g_assert_true(sim_fixture_force_line(bed.fixture, "LPWn/PRSn", 3.2));
	check(&bed, "READ 50 1", "ERR 20 no-module");
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixture-osfp/replies", test_osfp_replies);
	g_test_add_func("/fixture-osfp/lines", test_osfp_lines);
	g_test_add_func("/fixture-osfp/power", test_osfp_power);
	g_test_add_func("/fixture-osfp/noise", test_osfp_noise);
	g_test_add_func("/fixture-osfp/faulty-line", test_osfp_faulty_line);
	return g_test_run();
}

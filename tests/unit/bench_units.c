/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "bench/dut.h"
#include "bench/world.h"

#include <math.h>
#include <string.h>

static void test_notation(void)
{
	struct defect_set set;
	GError *error = NULL;

	g_assert_true(defect_set_parse(" weak-lane:3+i2c-nack ", "S1", &set, &error));
	g_assert_no_error(error);
	g_assert_true(set.has[WORLD_DEFECT_WEAK_LANE]);
	g_assert_cmpint(set.lane[WORLD_DEFECT_WEAK_LANE], ==, 2);
	g_assert_true(set.has[WORLD_DEFECT_I2C_NACK]);
	g_assert_cmpint(set.lane[WORLD_DEFECT_I2C_NACK], ==, -1);
	g_autofree char *text = defect_set_text(&set);
	g_assert_cmpstr(text, ==, "weak-lane:3+i2c-nack");

	/* Without a lane: from the serial number, always the same, not for all the same. */
	guint seen = 0;
	for (int i = 0; i < 40; i++) {
		struct defect_set again;
		g_autofree char *serial = g_strdup_printf("S%d", i);
		g_assert_true(defect_set_parse("dead-lane", serial, &set, NULL));
		g_assert_true(defect_set_parse("dead-lane", serial, &again, NULL));
		g_assert_true(defect_set_equal(&set, &again));
		seen |= 1u << set.lane[WORLD_DEFECT_DEAD_LANE];
	}
	g_assert_cmpuint(seen, ==, 0xF);
	for (int i = 0; i < WORLD_DEFECTS; i++)
		g_assert_true(defect_set_parse(world_defect_name(i), "S", &set, NULL));
	g_assert_null(world_defect_name(WORLD_DEFECTS));
}

static void test_bad_notation(void)
{
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{"week-lane", "did you mean \"weak-lane\"?"},
		{"weak-lane:0", "not 1 to 4"},
		{"weak-lane:5", "not 1 to 4"},
		{"weak-lane:", "not 1 to 4"},
		{"weak-lane:1.5", "not 1 to 4"},
		{"i2c-nack:1", "has no lane"},
		{"weak-lane+", "unknown defect \"\""},
		{"weak-lane+weak-lane:2", "twice"},
		{"nothing at all", "unknown defect"},
	};
	struct world *world = world_new(1, 1, 1000);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(world_declare_unit(world, "S1", rows[i].text, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
		g_assert_nonnull(strstr(error->message, rows[i].says));
		g_assert_null(world_find_unit(world, "S1"));
	}
	world_free(world);
}

static void test_serials(void)
{
	static const char *const bad[] = {"", "seventeen letters", "tab\there", "caf\xc3\xa9"};
	struct world *world = world_new(1, 1, 1000);

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(world_insert(world, 0, bad[i], NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	}
	g_assert_true(world_insert(world, 0, "sixteen letters.", NULL, NULL));
	world_free(world);
}

static void test_sites(void)
{
	g_autoptr(GError) error = NULL;
	struct world *world = world_new(2, 1, 1000);

	g_assert_null(world_unit(world, 0));
	g_assert_false(world_remove(world, 0, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_clear_error(&error);
	g_assert_false(world_clean(world, 0, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_clear_error(&error);

	g_assert_true(world_declare_unit(world, "A", "weak-lane:2", NULL));
	g_assert_true(world_insert(world, 0, "A", NULL, NULL));
	struct world_unit *unit = world_unit(world, 0);
	g_assert_cmpstr(world_unit_serial(unit), ==, "A");
	g_assert_cmpstr(world_unit_defects(unit), ==, "weak-lane:2");
	g_assert_cmpint(world_unit_defect_lane(unit, WORLD_DEFECT_WEAK_LANE), ==, 1);
	g_assert_cmpint(world_unit_defect_lane(unit, WORLD_DEFECT_DEAD_LANE), ==, -1);
	g_assert_false(world_insert(world, 0, "B", NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	g_assert_false(world_insert(world, 1, "A", NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	g_assert_true(world_remove(world, 0, NULL));
	g_assert_null(world_unit(world, 0));
	g_assert_false(world_insert(world, 1, "A", "dead-lane:2", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	g_assert_true(world_insert(world, 1, "A", "weak-lane:2", NULL));
	g_assert_true(world_unit(world, 1) == unit);
	world_free(world);
}

static void count_destroyed(gpointer data)
{
	(*(int *)data)++;
}

static void test_firmware_slot(void)
{
	int first = 0, second = 0;
	struct world *world = world_new(1, 1, 1000);

	g_assert_true(world_insert(world, 0, "A", NULL, NULL));
	struct world_unit *unit = world_unit(world, 0);
	g_assert_null(world_unit_firmware(world, unit));
	world_unit_set_firmware(world, unit, &first, count_destroyed);
	g_assert_true(world_remove(world, 0, NULL));
	g_assert_true(world_insert(world, 0, "A", NULL, NULL));
	g_assert_true(world_unit_firmware(world, unit) == &first);
	world_unit_set_firmware(world, unit, &second, count_destroyed);
	g_assert_cmpint(first, ==, 1);
	world_free(world);
	g_assert_cmpint(second, ==, 1);
}

static void make(struct dut *dut, guint64 seed, const char *serial, const char *defects)
{
	struct defect_set set;

	g_assert_true(defect_set_parse(defects, serial, &set, NULL));
	memset(dut, 0, sizeof *dut);
	dut_init(dut, world_model_at(0), seed, serial, &set);
}

/* A unit is its seed, serial number and defects, and nothing else. */
static void test_pure_function(void)
{
	struct dut a, b;

	make(&a, 1, "U1", "");
	make(&b, 1, "U1", "");
	g_assert_cmpmem(&a, sizeof a, &b, sizeof b);
	make(&b, 1, "U2", "");
	g_assert_cmpfloat(a.lanes[0].threshold_a, !=, b.lanes[0].threshold_a);
	make(&b, 2, "U1", "");
	g_assert_cmpfloat(a.lanes[0].threshold_a, !=, b.lanes[0].threshold_a);
	g_assert_cmpfloat(a.lanes[0].threshold_a, !=, a.lanes[1].threshold_a);

	/* A defect changes its lane and leaves the rest of the unit as it was. */
	make(&b, 1, "U1", "slow-driver:3");
	g_assert_cmpmem(&a.lanes[0], 2 * sizeof a.lanes[0], &b.lanes[0], 2 * sizeof b.lanes[0]);
	g_assert_cmpmem(&a.lanes[3], sizeof a.lanes[3], &b.lanes[3], sizeof b.lanes[3]);
	g_assert_cmpfloat(b.lanes[2].bandwidth_hz, <, 0.5 * a.lanes[2].bandwidth_hz);
	b.lanes[2].bandwidth_hz = a.lanes[2].bandwidth_hz;
	b.lanes[2].swing_max_v = a.lanes[2].swing_max_v;
	b.lanes[2].mod_max_a = a.lanes[2].mod_max_a;
	g_assert_cmpmem(&a, sizeof a, &b, sizeof b);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/units/notation", test_notation);
	g_test_add_func("/bench/units/bad-notation", test_bad_notation);
	g_test_add_func("/bench/units/serials", test_serials);
	g_test_add_func("/bench/units/sites", test_sites);
	g_test_add_func("/bench/units/firmware-slot", test_firmware_slot);
	g_test_add_func("/bench/units/pure-function", test_pure_function);
	return g_test_run();
}

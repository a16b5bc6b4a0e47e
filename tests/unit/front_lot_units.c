/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/lot_units.h"

#include "base/error.h"
#include "station/store/touch.h"
#include "tests/unit/store_place.h"

#include <string.h>

/* A lot of three units as its file gives it. */
static struct lot_file *lot_new(const char *sha256)
{
	struct lot_file *lot = g_new0(struct lot_file, 1);
	static const char *const serials[] = {"A", "B", "C"};

	lot->name = g_strdup("L");
	lot->path = g_strdup("L.csv");
	lot->sha256 = g_strdup(sha256);
	lot->units = g_ptr_array_new();
	for (guint i = 0; i < G_N_ELEMENTS(serials); i++) {
		struct lot_unit *unit = g_new0(struct lot_unit, 1);
		unit->serial = g_strdup(serials[i]);
		unit->part_number = g_strdup("P-1");
		unit->line = (int)i + 2;
		g_ptr_array_add(lot->units, unit);
	}
	return lot;
}

static void lot_done(struct lot_file *lot)
{
	for (guint i = 0; i < lot->units->len; i++) {
		struct lot_unit *unit = g_ptr_array_index(lot->units, i);
		g_free(unit->serial);
		g_free(unit->part_number);
		g_free(unit);
	}
	lot_file_free(lot);
}

/* `order`: of the runs' beginnings. */
static void put(struct store_place *place, guint order, const char *serial, enum verdict verdict)
{
	g_autoptr(run_record) record = run_record_new();

	record_text(&record->lot, "L");
	record_text(&record->serial, serial);
	record_text(&record->part_number, "P-1");
	record->start_us = order * 10;
	record->end_us = record->start_us + 1;
	record->verdict = verdict;
	run_record_add_file(record, "lot", "L", "old");
	store_place_put(place, record);
}

static void init(struct lot_units *units, struct lot_file *lot, struct store_place *place,
                 enum lot_mode mode)
{
	GError *error = NULL;

	lot_units_init(units, lot, place->store, mode);
	lot_units_read(units, &error);
	g_assert_no_error(error);
	lot_units_open_claims(units, place->path, &error);
	g_assert_no_error(error);
}

static gboolean take(struct lot_units *units, guint i)
{
	GError *error = NULL;
	gboolean mine;

	lot_units_take(units, i, &mine, &error);
	g_assert_no_error(error);
	return mine;
}

static void refuse(struct store_place *place, struct lot_file *lot, enum lot_mode mode,
                   enum station_error code, const char *says)
{
	struct lot_units units;
	g_autoptr(GError) error = NULL;

	lot_units_init(&units, lot, place->store, mode);
	g_assert_false(lot_units_read(&units, &error));
	g_assert_error(error, STATION_ERROR, (gint)code);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
	lot_units_clear(&units);
}

/* What nobody has judged is begun; what is judged only when that is said. */
static void test_modes(void)
{
	struct store_place place;
	struct lot_file *lot = lot_new("old");
	struct lot_units units;

	store_place_init(&place);
	put(&place, 1, "A", VERDICT_ABORTED);
	put(&place, 2, "B", VERDICT_ERROR);
	init(&units, lot, &place, LOT_NEW);
	g_assert_cmpuint(units.to_run, ==, 3);
	lot_units_clear(&units);
	put(&place, 3, "B", VERDICT_FAIL);
	refuse(&place, lot, LOT_NEW, STATION_ERROR_REFUSED, "1 of its 3 units is judged");
	init(&units, lot, &place, LOT_RESUME);
	g_assert_cmpuint(units.to_run, ==, 2);
	g_assert_true(!units.given[0] && units.given[1] && !units.given[2]);
	g_assert_cmpint(units.resumed, ==, VERDICT_FAIL);
	lot_units_clear(&units);
	init(&units, lot, &place, LOT_AGAIN);
	g_assert_cmpuint(units.to_run, ==, 3);
	lot_units_clear(&units);
	/* the latest run is what counts */
	put(&place, 4, "B", VERDICT_ERROR);
	init(&units, lot, &place, LOT_RESUME);
	g_assert_cmpuint(units.to_run, ==, 3);
	lot_units_clear(&units);
	lot_done(lot);
	store_place_done(&place);
}

static void test_touched(void)
{
	struct store_place place;
	struct lot_file *lot = lot_new("old");
	const struct store_touch touch = {"A", "X", 1000, "ann", "laser bias"};
	struct lot_units units;
	GError *error = NULL;

	store_place_init(&place);
	put(&place, 5, "A", VERDICT_PASS);
	put(&place, 6, "B", VERDICT_PASS);
	store_touch(place.store, &touch, &error);
	g_assert_no_error(error);
	init(&units, lot, &place, LOT_RESUME);
	g_assert_true(units.again[0] && !units.given[0] && units.given[1]);
	lot_units_clear(&units);
	lot_done(lot);
	store_place_done(&place);
}

/* A part number that changed after the unit was judged; one that was not judged may change. */
static void test_other_part(void)
{
	struct store_place place;
	struct lot_file *lot = lot_new("new");
	struct lot_unit *unit = g_ptr_array_index(lot->units, 1);
	struct lot_units units;

	store_place_init(&place);
	put(&place, 7, "B", VERDICT_ERROR);
	record_text(&unit->part_number, "P-2");
	init(&units, lot, &place, LOT_RESUME);
	lot_units_clear(&units);
	put(&place, 8, "B", VERDICT_PASS);
	refuse(&place, lot, LOT_RESUME, STATION_ERROR_CONFIG, "L.csv:3: B is P-2 here");
	init(&units, lot, &place, LOT_AGAIN);
	lot_units_clear(&units);
	lot_done(lot);
	store_place_done(&place);
}

/* Two with the same lot at once: no unit is tested twice, and none is left out. */
static void test_two(void)
{
	struct store_place place;
	struct lot_file *lot = lot_new("old");
	struct lot_units one, two;

	store_place_init(&place);
	init(&one, lot, &place, LOT_NEW);
	init(&two, lot, &place, LOT_NEW);
	g_assert_true(take(&one, 0));
	g_assert_false(take(&two, 0));
	g_assert_true(two.elsewhere[0] && !two.given[0]);
	g_assert_true(take(&two, 1));
	/* judged and given back: nothing is left of it to do */
	put(&place, 9, "A", VERDICT_FAIL);
	lot_units_release(&one, "A");
	g_assert_false(take(&two, 0));
	g_assert_true(two.given[0]);
	g_assert_cmpint(two.resumed, ==, VERDICT_FAIL);
	/* an ERROR is no judgement: who comes next may have it */
	put(&place, 10, "B", VERDICT_ERROR);
	lot_units_release(&two, "B");
	g_assert_true(take(&one, 1));
	lot_units_release(&one, "B");
	lot_units_clear(&one);
	lot_units_clear(&two);
	lot_done(lot);
	store_place_done(&place);
}

/* What is in other hands at the end is looked at once more. */
static void test_end(void)
{
	struct store_place place;
	struct lot_file *lot = lot_new("old");
	struct lot_units one, two;

	store_place_init(&place);
	init(&one, lot, &place, LOT_NEW);
	init(&two, lot, &place, LOT_NEW);
	g_assert_true(take(&one, 0) && take(&one, 1));
	g_assert_false(take(&two, 0) || take(&two, 1));
	g_assert_true(take(&two, 2));
	put(&place, 11, "A", VERDICT_PASS);
	g_assert_cmpuint(lot_units_elsewhere(&two), ==, 1);
	put(&place, 12, "B", VERDICT_FAIL);
	g_assert_cmpuint(lot_units_elsewhere(&two), ==, 0);
	g_assert_cmpint(two.resumed, ==, VERDICT_FAIL);
	lot_units_clear(&one);
	lot_units_clear(&two);
	lot_done(lot);
	store_place_done(&place);
}

/* A claim is nobody's any more when its owner is, however that ended. */
static void test_left(void)
{
	struct store_place place;
	struct lot_file *lot = lot_new("old");
	struct lot_units one, two;

	store_place_init(&place);
	init(&one, lot, &place, LOT_NEW);
	g_assert_true(take(&one, 0));
	lot_units_clear(&one);
	init(&two, lot, &place, LOT_NEW);
	g_assert_true(take(&two, 0) && take(&two, 0));
	lot_units_clear(&two);
	lot_done(lot);
	store_place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lot-units/modes", test_modes);
	g_test_add_func("/lot-units/touched", test_touched);
	g_test_add_func("/lot-units/other-part", test_other_part);
	g_test_add_func("/lot-units/two", test_two);
	g_test_add_func("/lot-units/end", test_end);
	g_test_add_func("/lot-units/left", test_left);
	return g_test_run();
}

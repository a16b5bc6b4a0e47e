/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/steps_sweep_bed.h"

/* Sweeps of the amplitude to the host: by the standard's way, with no password and no knob. */

static const guint8 *active_codes(const struct bed *bed)
{
	return &bed->fake->pages[0x11][231 - 128];
}

static void set_up_swing(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	set_up(bed, data);
	bed->fake->pages[1][153 - 128] = 0xF0;
	module_bring_up(bed->stand->run.module, 1, NULL, &bed->fake->bounds, &error);
	g_assert_no_error(error);
	set_value(bed, "x", "host_swing");
	set_value(bed, "x_values", "0, 3");
	g_string_truncate(bed->fake->log, 0);
}

static void test_run(struct bed *bed, gconstpointer data)
{
	const GPtrArray *constants = bed->stand->run.record->constants;
	const struct record_constant *last;
	g_autoptr(GError) error = NULL;

	g_assert_true(run_sweep(bed, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(bed->points, ==, 2);
	g_assert_nonnull(strstr(bed->fake->log->str, "10h:170=00 10h:171=00 "));
	g_assert_nonnull(strstr(bed->fake->log->str, "10h:170=33 10h:171=33 "));
	g_assert_null(strstr(bed->fake->log->str, "00h:122="));
	g_assert_true(is_back(bed));
	g_assert_cmpmem(active_codes(bed), 4, "\x22\x22\x22\x22", 4);
	/* every host lane has its own */
	g_assert_cmpuint(constants->len, ==, 8);
	last = constants->pdata[7];
	g_assert_cmpstr(last->knob, ==, "host_swing");
	g_assert_cmpint(last->lane, ==, 8);
	g_assert_cmpfloat(last->stored, ==, 2);
}

static void test_abort(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->mishap = ABORT;
	g_assert_false(run_sweep(bed, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_cmpmem(active_codes(bed), 4, "\x33\x33\x33\x33", 4);
	g_assert_true(run_undo(&bed->stand->run));
	g_assert_true(is_back(bed));
	g_assert_cmpmem(active_codes(bed), 4, "\x22\x22\x22\x22", 4);
}

/* In reset since: nothing to put back, and no fault of the station. */
static void test_reset(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->mishap = ABORT;
	g_assert_false(run_sweep(bed, &error));
	module_reset(bed->stand->run.module, &bed->fake->bounds, NULL);
	g_assert_true(run_undo(&bed->stand->run));
	g_assert_true(stand_noted(bed->stand, "swept settings were not put back, a reset will"));
}

static void test_unsupported(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->fake->pages[1][162 - 128] = 0;
	g_assert_false(run_sweep(bed, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_assert_cmpuint(bed->points, ==, 0);
	g_assert_null(strstr(bed->fake->log->str, "10h:"));
	g_assert_cmpuint(bed->stand->run.record->constants->len, ==, 0);
}

/* As an axis, each value is told as a code. */
static void test_words(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	g_assert_true(sweep_read(&bed->ctx, ALL_KINDS, &bed->sweep, &error));
	text = sweep_value_text(&bed->sweep.axis[0], 1);
	g_assert_cmpstr(text, ==, "code 3");
}

static void add(const char *path, void (*test)(struct bed *bed, gconstpointer data))
{
	g_test_add(path, struct bed, NULL, set_up_swing, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	add("/sweep-swing/run", test_run);
	add("/sweep-swing/abort", test_abort);
	add("/sweep-swing/reset", test_reset);
	add("/sweep-swing/unsupported", test_unsupported);
	add("/sweep-swing/words", test_words);
	return g_test_run();
}

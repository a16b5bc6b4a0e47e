/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/bert.h"

#include "tests/unit/steps_sweep_bed.h"

/* --- axes ------------------------------------------------------------------------------------- */

static void test_axis(void)
{
	static const struct {
		struct sweep_wish wish;
		enum sweep_kind kind;
		guint n;
		double first, second, last;
	} rows[] = {
		{{"x", "fir_pre", "-0.1", "0.1", "", 5}, SWEEP_KNOB, 5, -0.1, -0.05, 0.1},
		{{"x", "laser_bias", "90 mA", "50 mA", "", 3}, SWEEP_KNOB, 3, 0.09, 0.07, 0.05},
		{{"x", "temperature", "-5 degC", "75 degC", "", 2}, SWEEP_CASE, 2, -5, 75, 75},
		{{"y", "supply", "", "", "3.465 V, 3.135 V,3.3 V", 5},
	         SWEEP_SUPPLY,
	         3,
	         3.135,
	         3.3,
	         3.465},
		{{"y", "oma", "-4 dBm", "-8 dBm", "", 9}, SWEEP_POWER, 9, -4, -4.5, -8},
		{{"y", "pattern", "", "", "SSPRQ, PRBS13Q", 5},
	         SWEEP_PATTERN,
	         2,
	         BERT_PATTERN_SSPRQ,
	         BERT_PATTERN_PRBS13Q,
	         BERT_PATTERN_PRBS13Q},
		{{"y", "host_swing", "", "", "3,0, 1", 5}, SWEEP_HOST_SWING, 3, 0, 1, 3},
		{{"y", "", "", "", "", 5}, SWEEP_NONE, 1, 0, 0, 0},
	};
	g_autoptr(knob_map) map = load_map();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct sweep_axis axis;

		g_assert_true(sweep_axis_read(&axis, &rows[i].wish, ALL_KINDS, map, &error));
		g_assert_no_error(error);
		g_assert_cmpint(axis.kind, ==, rows[i].kind);
		g_assert_cmpuint(axis.n, ==, rows[i].n);
		g_assert_cmpfloat_with_epsilon(axis.value[0], rows[i].first, 1e-12);
		g_assert_cmpfloat_with_epsilon(axis.value[1], rows[i].second, 1e-12);
		g_assert_cmpfloat_with_epsilon(axis.value[axis.n - 1], rows[i].last, 1e-12);
	}
}

/* Each says which parameter, and what would do. */
static void test_axis_refused(void)
{
	static const struct {
		struct sweep_wish wish;
		const char *words;
	} rows[] = {
		{{"x", "fir_pro", "0", "1", "", 5}, "x: \"fir_pro\"*(did you mean \"fir_pre\"?)*"},
		{{"x", "nonsense", "0", "1", "", 5}, "*what can: *supply*laser_bias*"},
		{{"x", "tx_mon_raw", "0 W", "1 W", "", 5}, "*cannot be swept here*"},
		{{"x", "bias_table", "0 A", "1 A", "", 5}, "*cannot be swept here*"},
		{{"y", "fir_pre", "0", "0.9", "", 5},
	         "y_to: fir_pre can be -0.25 to 0.25, not 0.9"},
		{{"y", "supply", "3.3", "3.4 V", "", 5}, "y_from (supply): *a voltage such as*"},
		{{"y", "supply", "3.3 V", "5 V", "", 5},
	         "y_to: supply can be 3 V to 3.6 V, not 5 V"},
		{{"x", "temperature", "25 degC", "", "", 5}, "x: *x_values, or x_from and _to"},
		{{"x", "pattern", "SSPRQ", "SSPRQ", "", 2}, "x: *x_values: names of patterns"},
		{{"x", "pattern", "", "", "PRBS9", 2}, "x_values: there is no pattern \"PRBS9\"*"},
		{{"x", "host_swing", "0", "3", "", 4}, "x: host swing needs x_values: codes"},
		{{"x", "host_swing", "", "", "0, 1.5", 4}, "x_values: host swing is a code, *1.5"},
		{{"x", "host_swing", "", "", "0, 4", 4}, "x_values: host swing can be 0 to 3, *"},
		{{"x", "supply", "3.3 V", "", "3.3 V", 5}, "x: either x_values, or x_from and *"},
		{{"x", "supply", "", "", "3.3 V, 3.3 V", 5}, "x: two values of supply are the*"},
		{{"x", "fir_pre", "0", "0", "", 2}, "x: two values of fir_pre are the same"},
		{{"x", "fir_pre", "", "", "0,,1", 2}, "x_values (fir_pre): *"},
	};
	g_autoptr(knob_map) map = load_map();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct sweep_axis axis;

		g_assert_false(sweep_axis_read(&axis, &rows[i].wish, ALL_KINDS, map, &error));
		g_test_message("%s", error->message);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_pattern_match_simple(rows[i].words, error->message));
	}
}

static void test_axis_too_long(void)
{
	g_autoptr(GString) list = g_string_new("0");
	g_autoptr(knob_map) map = load_map();
	g_autoptr(GError) error = NULL;
	struct sweep_axis axis;

	for (guint i = 1; i <= SWEEP_POINTS_MAX; i++)
		g_string_append_printf(list, ",%g", i * 1e-3);
	const struct sweep_wish wish = {"x", "fir_pre", "", "", list->str, 5};
	g_assert_false(sweep_axis_read(&axis, &wish, ALL_KINDS, map, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
}

/* --- order ------------------------------------------------------------------------------------ */

static struct sweep_axis axis_of(enum sweep_kind kind, guint n, double first, double step)
{
	struct sweep_axis axis = {.kind = kind, .name = "a", .unit = "1", .n = n};

	for (guint i = 0; i < n; i++)
		axis.value[i] = first + step * i;
	return axis;
}

static void test_order(void)
{
	const struct sweep sweep = {{axis_of(SWEEP_CASE, 3, 0, 35), axis_of(SWEEP_KNOB, 4, 0, 1)}};
	struct sweep_point points[12];
	gboolean seen[12] = {FALSE};
	guint ramps = 0;

	g_assert_cmpuint(sweep_points(&sweep), ==, 12);
	sweep_order(&sweep, 65, points);
	for (guint i = 0; i < 12; i++) {
		guint index = sweep_index(&sweep, &points[i]);

		g_assert_false(seen[index]);
		seen[index] = TRUE;
		ramps += i > 0 && points[i].at[0] != points[i - 1].at[0];
	}
	g_assert_cmpuint(ramps, ==, 2);
	/* from the hot end, where the unit is */
	g_assert_cmpuint(points[0].at[0], ==, 2);
	g_assert_cmpuint(points[11].at[0], ==, 0);
	sweep_order(&sweep, 25, points);
	g_assert_cmpuint(points[0].at[0], ==, 0);
}

static void test_order_one_axis(void)
{
	const struct sweep sweep = {
		{axis_of(SWEEP_SUPPLY, 3, 3.1, 0.1), axis_of(SWEEP_NONE, 1, 0, 0)}};
	struct sweep_point points[3];

	sweep_order(&sweep, 25, points);
	for (guint i = 0; i < 3; i++) {
		g_assert_cmpuint(points[i].at[0], ==, i);
		g_assert_cmpuint(points[i].at[1], ==, 0);
	}
}

static void test_thin(void)
{
	for (guint nx = 1; nx <= 12; nx++)
		for (guint ny = 1; ny <= 12; ny++)
			for (guint most = 4; most <= 64; most += 5) {
				const struct sweep sweep = {{axis_of(SWEEP_KNOB, nx, 0, 1),
				                             axis_of(SWEEP_SUPPLY, ny, 0, 1)}};
				guint stride[2], drawn = 0;

				g_assert_true(sweep_thin(&sweep, 4, most, stride));
				for (guint i = 0; i < nx * ny; i++) {
					const struct sweep_point point = {{i % nx, i / nx}};
					drawn += sweep_is_drawn(&sweep, stride, &point);
				}
				g_assert_cmpuint(drawn, >=, 1);
				g_assert_cmpuint(4 * drawn, <=, most);
				if (nx * ny * 4 <= most)
					g_assert_cmpuint(drawn, ==, nx * ny);
			}
}

/* --- a run ------------------------------------------------------------------------------------ */

static void test_run(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	*page_b0(bed, 248) = 1;
	g_assert_true(run_sweep(bed, &error));
	g_assert_no_error(error);
	/* taps follow no table: tables stay as they are */
	g_assert_cmpstr(bed->seen->str, ==, "-16,-16,1 0,0,1 16,16,1 ");
	g_assert_true(is_back(bed));
	g_assert_cmpuint(bed->stand->run.record->constants->len, ==, 4);
}

/* What a table acts for is held, all of it, and the table acts again at the very end. */
static void test_tables(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	*page_b0(bed, 248) = 1;
	*page_b0(bed, 129) = 7;
	*page_b0(bed, 137) = 9;
	set_value(bed, "x", "laser_bias");
	set_value(bed, "x_values", "50 mA, 60 mA");
	g_assert_true(run_sweep(bed, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(bed->seen->str, ==, "1,4,0 1,4,0 ");
	g_assert_true(is_back(bed));
	/* the mode, four lanes of bias and of modulator */
	g_assert_cmpuint(bed->stand->run.record->constants->len, ==, 9);
	g_assert_cmpuint(*page_b0(bed, 129), ==, 7);
	g_assert_cmpuint(*page_b0(bed, 137), ==, 9);
	g_assert_cmpuint(*page_b0(bed, 248), ==, 1);
	g_assert_nonnull(strstr(bed->fake->log->str, "B0h:248=01"));
	g_assert_null(strstr(strstr(bed->fake->log->str, "B0h:248=01"), "B0h:1"));
}

static void test_error(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->mishap = STATION_FAULT;
	g_assert_false(run_sweep(bed, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_cmpuint(bed->points, ==, 2);
	g_assert_true(is_back(bed));
}

static void test_bad_unit(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->mishap = UNIT_FAULT;
	g_assert_false(run_sweep(bed, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpstr(error->message, ==, "it is dark");
	g_assert_true(is_back(bed));
}

/* Nothing more can be done within the bounds of an aborted step: the undo list does it. */
static void test_abort(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->mishap = ABORT;
	g_assert_false(run_sweep(bed, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_false(is_back(bed));
	g_assert_true(run_undo(&bed->stand->run));
	g_assert_true(is_back(bed));
}

/* A module that does not take it: told with the fault, and tried once more at the end. */
static void test_writes_fail(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->mishap = WRITES_FAIL;
	g_assert_false(run_sweep(bed, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "it is dark; after the sweep: "));
	g_assert_false(is_back(bed));
	bed->fake->ignores_writes = FALSE;
	g_assert_true(run_undo(&bed->stand->run));
	g_assert_true(is_back(bed));
}

/* A reset takes it back too: that the undo could not is told, and no fault of the station. */
static void test_undo_fails(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->mishap = WRITES_FAIL;
	g_assert_false(run_sweep(bed, &error));
	g_assert_true(run_undo(&bed->stand->run));
	g_assert_false(is_back(bed));
	g_assert_true(stand_noted(bed->stand, "swept settings were not put back"));
}

/* A setting that was calibrated after a sweep is not taken back by the sweep's undo. */
static void test_later_setting_stays(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(run_sweep(bed, &error));
	*page_b0(bed, 152) = 0x10;
	g_assert_true(run_undo(&bed->stand->run));
	g_assert_cmpuint(*page_b0(bed, 152), ==, 0x10);
}

static void test_pairs(struct bed *bed, gconstpointer data)
{
	static const struct {
		const char *x, *x_values, *y, *y_values, *words;
	} rows[] = {
		{"supply", "3.3 V", "oma", "-5 dBm, -6 dBm", NULL},
		{"pattern", "PRBS31Q", "supply", "3.3 V", NULL},
		{"", "", "supply", "3.3 V", "x: what is to be swept?"},
		{"supply", "3.3 V", "supply", "3.2 V", "y: supply cannot be swept over supply*"},
		{"oma", "-5 dBm", "attenuation", "3 dB", "y: attenuation cannot be swept over*"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		set_value(bed, "x", rows[i].x);
		set_value(bed, "x_values", rows[i].x_values);
		set_value(bed, "y", rows[i].y);
		set_value(bed, "y_values", rows[i].y_values);
		gboolean ok = sweep_read(&bed->ctx, ALL_KINDS, &bed->sweep, &error);
		g_assert_cmpint(ok, ==, rows[i].words == NULL);
		if (!ok) {
			g_assert_true(g_pattern_match_simple(rows[i].words, error->message));
			continue;
		}
		g_assert_cmpstr(i == 0 ? bed->sweep.axis[1].name : bed->sweep.axis[0].name, ==,
		                "supply");
	}
}

/* At no corner there is no temperature to go back to. */
static void test_no_corner(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	bed->ctx.corner = &bed->stand->files.plan->nowhere;
	g_assert_true(sweep_read(&bed->ctx, ALL_KINDS, &bed->sweep, &error));
	set_value(bed, "y", "temperature");
	set_value(bed, "y_values", "0 degC, 70 degC");
	g_assert_false(sweep_read(&bed->ctx, ALL_KINDS, &bed->sweep, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
}

/* Another site's undo waits for instruments that are kept. */
static void test_limit(void)
{
	g_assert_cmpfloat(step_eye_sweep.limit_s, <=, 1400);
	g_assert_cmpfloat(step_ber_sweep.limit_s, <=, 1400);
}

static void add(const char *path, void (*test)(struct bed *bed, gconstpointer data))
{
	g_test_add(path, struct bed, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/sweep/axis", test_axis);
	g_test_add_func("/sweep/axis-refused", test_axis_refused);
	g_test_add_func("/sweep/axis-too-long", test_axis_too_long);
	g_test_add_func("/sweep/order", test_order);
	g_test_add_func("/sweep/order-one-axis", test_order_one_axis);
	g_test_add_func("/sweep/thin", test_thin);
	g_test_add_func("/sweep/limit", test_limit);
	add("/sweep/run", test_run);
	add("/sweep/tables", test_tables);
	add("/sweep/error", test_error);
	add("/sweep/bad-unit", test_bad_unit);
	add("/sweep/abort", test_abort);
	add("/sweep/writes-fail", test_writes_fail);
	add("/sweep/undo-fails", test_undo_fails);
	add("/sweep/later-setting-stays", test_later_setting_stays);
	add("/sweep/pairs", test_pairs);
	add("/sweep/no-corner", test_no_corner);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/shell_bed.h"

#include "base/error.h"
#include "station/store/touch.h"

/* Lua at the shell: the functions of steps on the unit in hand, and scripts that mean harm. */

static void test_values(gconstpointer data)
{
	static const struct {
		const char *line, *said;
	} rows[] = {
		{"lua do return 6 * 7", "42\n"},
		{"lua do 'x = 3; print(\"hello\", x)'", "hello\t3\n"},
		{"lua do return x + 0.5", "3.5\n"},
		{"lua do return 'text'", "text\n"},
		{"lua do return x == 3", "on\n"},
		{"lua do return 0/0", "*nan\n"},
		{"lua do return {a = 1, b = 'two'}", "name *value*a *1*b *two*"},
		{"lua do 'return {{lane = 1, v = 2.5}, {lane = 2, w = 7}}'",
	         "lane *v *w*1 *2.5*2 * 7*"},
		{"lua do return 1, 2", "result *value*1 *1*2 *2*"},
		{"lua do return", ""},
		{"lua do 'local a = 1\nlocal b = 2\nreturn a + b'", "3\n"},
		{"lua do 'return 1 +'", "error: lua:1: *"},
		{"lua do error('no')", "error: lua:1: no\n"},
		{"lua run none.lua", "error: *none.lua*No such file*"},
	};
	struct shell_bed *bed = (struct shell_bed *)data;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		shell_bed_expect(bed, rows[i].line, rows[i].said);
}

static gboolean is_touched(struct shell_bed *bed)
{
	g_autoptr(record_touch) touch = NULL;
	g_autoptr(GError) error = NULL;

	store_touched(shell_store(bed->shell, NULL), "SN1", &touch, &error);
	g_assert_no_error(error);
	return touch != NULL;
}

/* Looking asks for nothing; what does more marks the unit. Instruments are there when needed. */
static void test_unit(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "lua do return module.identity().serial",
	                 "error: lua:1: module.identity: no module of a known product is up: *");
	shell_bed_expect(bed, "module up", "*serial SN1*");
	shell_bed_expect(bed, "lua do return module.identity().serial", "SN1\n");
	g_assert_false(is_touched(bed));
	shell_bed_expect(bed, "lua do 'v, a = supply.measure(); return v > 3.2 and a > 0'", "on\n");
	g_assert_false(is_touched(bed));
	/* a step takes its instruments too, and touches */
	shell_bed_expect(bed, "lua do 'return step.run(\"module-power\")[2].value > 0.1'", "on\n");
	g_assert_true(is_touched(bed));
	shell_bed_expect(bed,
	                 "lua do 'k = module.knob(\"fir_pre\", 2); "
	                 "module.set_knob(\"fir_pre\", 2, -0.1); return module.knob(\"fir_pre\", "
	                 "2)'",
	                 "-0.1*\n");
	g_assert_true(is_touched(bed));
}

/* A script by itself or around errors of the station: bounded, and the site is safe after it. */
static void test_hostile(gconstpointer data)
{
	static const struct {
		const char *line, *said;
	} rows[] = {
		{"lua do 't = {}; for i = 1, 1e9 do t[i] = {} end'", "error: *not enough memory*"},
		{"lua reset; lua do return t == nil", "on\n"},
		{"lua do 'return string.rep(\"x\", 1 << 40)'", "error: *"},
		{"lua do 'local function f() return 1 + f() end f()'",
	         "error: *not enough memory*"},
		{"lua do 'return load(\"\\27Lua\")'", "error: *nil value*load*"},
		{"lua do 'return io or os or package or debug'", ""},
	};
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autoptr(GCancellable) stop = g_cancellable_new();
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		shell_bed_expect(bed, rows[i].line, rows[i].said);
	/* the end of a run is nothing that a script can catch */
	bed->cancel_at_write = stop;
	g_assert_false(shell_run(bed->shell,
	                         "lua do 'x = 1; print(x); "
	                         "while true do pcall(function() while true do end end) end'",
	                         stop, &error));
	bed->cancel_at_write = NULL;
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	shell_bed_expect(bed, "module down", "");
	shell_bed_expect(bed, "lua do return x", "");
}

int main(int argc, char **argv)
{
	struct shell_bed bed;
	int code;

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/shell/lua/values", &bed, test_values);
	g_test_add_data_func("/shell/lua/unit", &bed, test_unit);
	g_test_add_data_func("/shell/lua/hostile", &bed, test_hostile);
	shell_bed_begin(&bed);
	code = g_test_run();
	shell_bed_end(&bed);
	return code;
}

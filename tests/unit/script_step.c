/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/script/script_step.h"
#include "tests/unit/engine_stand.h"

/* Steps in Lua within whole runs, without a station: what they do, and what they cannot do. */

/* --- a stand whose plan has scripts ----------------------------------------------------------- */

static const struct step_table table = {act_steps, G_N_ELEMENTS(act_steps), &script_source};

#define HEAD(limit)                                                                                \
	"return {help = 'a test', scope = 'unit', limit_s = " limit ", run = function()\n"
#define TAIL "\nend}"

static char *write_script(const char *text)
{
	g_autofree char *folder = g_dir_make_tmp("script-XXXXXX", NULL);
	char *path = g_build_filename(folder, "own.lua", NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static void remove_script(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);

	g_assert_cmpint(g_unlink(path), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* A run in which something is energised, then the script's step comes, then one that would. */
static struct stand *run_text(const char *text, const char *log, enum verdict verdict)
{
	g_autofree char *path = write_script(text);
	g_autofree char *plan =
		g_strdup_printf("setup:\n  - {step: act, name: on, with: {do: undo light}}\n"
	                        "main:\n  - {step: \"%s\", name: own}\n"
	                        "  - {step: act, name: next, with: {do: m x 0 1 dBm}}\ncleanup: "
	                        "[]\n",
	                        path);
	struct stand *stand = stand_new_with(LIMITS_X, plan, &table);

	remove_script(path);
	stand_run(stand, log, verdict);
	return stand;
}

static const struct record_step *own_step(const struct stand *stand)
{
	return g_ptr_array_index(stand->run.record->steps, 1);
}

/* --- what they do ----------------------------------------------------------------------------- */

static void test_reports(void)
{
	struct stand *stand =
		run_text(HEAD("5") "step.measure('x', 1.5, 'dBm', 0.1)\n"
	                           "step.measure('y', 2, 'V', nil, 3)\n"
	                           "step.no_value('z', 'V', 'not here')\n"
	                           "step.check('good', true, 'unused')\n"
	                           "step.note('a word') print('b', 2)\n"
	                           "step.series('curve', 'a', 'V', 'b', '1', {{1, 2}, {3, 4}, "
	                           "marker_x = 3})\n"
	                           "step.progress(0.5, 'half') step.wait(0)\n"
	                           "step.point('curve', 'a', 'V', 1, 2) step.point('curve', 'a', "
	                           "'V', 1, 0/0)\n"
	                           "local verdict, row = step.judge('x', 1, 'dBm')\n"
	                           "assert(verdict == 'PASS' and row.low == 0 and row.high == 2)\n"
	                           "assert(row.margin == 1 and step.judge('x', 9, 'dBm') == "
	                           "'FAIL')\n"
	                           "assert(step.judge('q', 9, 'dBm') == 'NONE')\n"
	                           "assert(step.lane() == 0 and step.lanes() == 4 and "
	                           "step.serial() == 'SN1')\n"
	                           "assert(step.case_degc() == 25 and step.supply_v() == 3.3)" TAIL,
	                 "on next undo:light", VERDICT_PASS);
	const struct run_record *record = stand->run.record;
	const struct record_series *series = g_ptr_array_index(record->series, 0);

	g_assert_cmpuint(record->measurements->len, ==, 5); /* with that of the next step */
	g_assert_cmpfloat(stand_event(stand, EVENT_POINT).value, ==, 2);
	g_assert_cmpfloat(stand_value(stand, 0)->uncertainty, ==, 0.1);
	g_assert_cmpint(stand_value(stand, 0)->verdict, ==, VERDICT_PASS);
	g_assert_cmpint(stand_value(stand, 1)->lane, ==, 3);
	g_assert_cmpstr(stand_value(stand, 2)->reason, ==, "not here");
	g_assert_cmpfloat(stand_value(stand, 3)->value, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(record->notes, 0), ==, "a word");
	g_assert_cmpstr(g_ptr_array_index(record->notes, 1), ==, "b\t2");
	g_assert_cmpuint(series->y->len, ==, 2);
	g_assert_cmpfloat(series->marker_x, ==, 3);
	g_assert_cmpstr(own_step(stand)->kind, ==, "own");
	stand_free(stand);
}

/* The limits judge what a script measures; a finding that is not good fails its step. */
static void test_judged(void)
{
	struct stand *stand = run_text(HEAD("5") "step.measure('x', 9, 'dBm')" TAIL,
	                               "on next undo:light", VERDICT_FAIL);

	stand_free(stand);
	stand = run_text(HEAD("5") "step.check('good', false, 'dust')" TAIL, "on next undo:light",
	                 VERDICT_FAIL);
	g_assert_cmpstr(stand->run.record->reason, ==, "own: good dust");
	stand_free(stand);
	stand = run_text(HEAD("5") "step.no_value_by_unit('x', 'dBm', 'no eye')" TAIL,
	                 "on next undo:light", VERDICT_FAIL);
	stand_free(stand);
}

/* Each ends the step; the unit is to blame for what is said of the unit only. */
static void test_errors(void)
{
	static const struct {
		const char *text, *log;
		enum verdict verdict;
		const char *reason;
	} rows[] = {
		{"local x = nil + 1", "on undo:light", VERDICT_ERROR,
	         "own: own.lua:2: attempt to perform arithmetic on a nil value*"},
		{"error('no such thing')", "on undo:light", VERDICT_ERROR,
	         "own: own.lua:2: no such thing*"},
		{"step.fail('no light')", "on next undo:light", VERDICT_FAIL,
	         "own: own.lua:2: no light"},
		{"error{kind = 'module', message = 'deaf'}", "on next undo:light", VERDICT_FAIL,
	         "own: own.lua:2: deaf"},
		{"error{kind = 'cancelled', message = 'mine'}", "on undo:light", VERDICT_ERROR,
	         "own: own.lua:2: mine"},
		{"module.identity()", "on undo:light", VERDICT_ERROR, "*has not been identified*"},
		{"attenuator.set(1, 3)", "on undo:light", VERDICT_ERROR,
	         "*attenuator.set: the step does not name attenuator in its needs"},
		{"light.on()", "on undo:light", VERDICT_ERROR,
	         "*light.on: the step does not name attenuator in its needs"},
		{"step.measure('X 1', 1, 'V')", "on undo:light", VERDICT_ERROR, "*is no id*"},
		{"step.measure('x', 1, 'furlong')", "on undo:light", VERDICT_ERROR, "*is no unit*"},
		{"step.measure('x', 1, 'V', nil, 5)", "on undo:light", VERDICT_ERROR,
	         "*lane is a whole number from 0 to 4*"},
		{"step.param('x')", "on undo:light", VERDICT_ERROR, "*has no parameter*"},
		{"step.run('nothing')", "on undo:light", VERDICT_ERROR, "*there is no step*"},
		{"step.run('acd')", "on undo:light", VERDICT_ERROR, "*did you mean \"act\"*"},
		{"step.run('act', {doo = 'x'})", "on undo:light", VERDICT_ERROR,
	         "*step act: \"doo\" is not known here*"},
		{"step.run('act-supply')", "on undo:light", VERDICT_ERROR,
	         "*act-supply needs supply, which this step does not name*"},
		{"step.run('act-lane')", "on undo:light", VERDICT_ERROR, "*is for one lane*"},
		{"step.run('act', {['do'] = 1})", "on undo:light", VERDICT_ERROR,
	         "*do is no text*"},
		{"step.ask('Well?', 'yes', 'no')", "on undo:light", VERDICT_ERROR, "*Well?*"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(HEAD("5"), rows[i].text, TAIL, NULL);
		struct stand *stand = run_text(text, rows[i].log, rows[i].verdict);

		if (!g_pattern_match_simple(rows[i].reason, stand->run.record->reason))
			g_error("%s: %s", rows[i].text, stand->run.record->reason);
		stand_free(stand);
	}
}

static void test_steps_within(void)
{
	struct stand *stand = run_text(
		HEAD("5") "local got = step.run('act', {['do'] = 'm x 0 1.25 dBm; undo supply'})\n"
			  "assert(got[1].id == 'x' and got[1].value == 1.25 and got[1].lane == 0)\n"
			  "step.run('act-lane', {['do'] = 'm y - 2 V'}, 2)\n"
			  "local ok, why = pcall(step.run, 'act', {['do'] = 'fail 9'})\n"
			  "assert(not ok and why.kind == 'module')" TAIL,
		"on own own/2 own next undo:supply undo:light", VERDICT_PASS);

	g_assert_cmpuint(stand->run.record->steps->len, ==, 3);
	g_assert_cmpuint(stand_value(stand, 0)->step, ==, 1);
	g_assert_cmpint(stand_value(stand, 1)->lane, ==, 2);
	stand_free(stand);
}

/* --- what they cannot do ---------------------------------------------------------------------- */

/* Against time, memory and the engine: each ends in the step's time, and what was on goes off. */
static const char *const hostile[] = {
	"while true do end",
	"while true do pcall(function() while true do end end) end",
	"local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
	"local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(2 ^ 20) end) end",
	"local function f() return f() + 1 end while true do pcall(f) end",
	"local function f() pcall(f) f() end while true do pcall(f) end",
	"local s = ('a'):rep(2 ^ 18) while true do s:find(('a*'):rep(50) .. 'b') end",
	"setmetatable({}, {__close = 1}) local c = coroutine.wrap(function() while true do "
	"coroutine.yield() end end) while true do c() end",
	"while true do pcall(step.wait, 1e6) end",
	"xpcall(step.wait, function() while true do end end, 1e6)",
	"while true do pcall(step.note, ('x'):rep(2 ^ 19)) end",
	"while true do pcall(step.measure, 'y', 1, 'V') end",
	"while true do print(('x'):rep(2 ^ 19)) end",
	"local p = {} for i = 1, 1e5 do p[i] = {i, i} end while true do "
	"pcall(step.series, 'y', 'a', '1', 'b', '1', p) end",
	"local s <close> = setmetatable({}, {__close = function() while true do end end}) "
	"step.wait(1e6)",
	"while true do pcall(step.run, 'act', {['do'] = 'wait'}) end",
};

static void test_hostile(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		/* one that waits in another step has to get there first */
		gboolean waits = strstr(hostile[i], "'wait'") != NULL;
		g_autofree char *text =
			g_strconcat(waits ? HEAD("1") : HEAD("0.1"), hostile[i], TAIL, NULL);
		gint64 start_us = g_get_monotonic_time();
		struct stand *stand = run_text(text, waits ? "on own undo:light" : "on undo:light",
		                               VERDICT_ERROR);

		g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
		g_assert_cmpstr(own_step(stand)->error_kind, !=, "module");
		stand_free(stand);
	}
}

/* Somebody aborts while the script is at work; it sees nothing of that and can do nothing more. */
static void test_abort(void)
{
	static const char *const after[] = {
		"while true do pcall(error) end",
		"pcall(step.wait, 1e6) step.measure('late', 1, 'V') while true do end",
	};

	for (guint i = 0; i < G_N_ELEMENTS(after); i++) {
		g_autofree char *text =
			g_strconcat(HEAD("60"), "pcall(step.run, 'act', {['do'] = 'cancel'})\n",
		                    after[i], TAIL, NULL);
		struct stand *stand = run_text(text, "on own undo:light", VERDICT_ABORTED);

		g_assert_cmpuint(stand->run.record->measurements->len, ==, 0);
		stand_free(stand);
	}
}

/* A record stays small whatever a script tells. */
static void test_told(void)
{
	struct stand *stand =
		run_text(HEAD("20") "while true do step.note(('x'):rep(1e6)) end" TAIL,
	                 "on undo:light", VERDICT_ERROR);

	g_assert_cmpuint(stand->run.record->notes->len, <, 20);
	g_assert_nonnull(strstr(stand->run.record->reason, "more than a record takes"));
	stand_free(stand);
}

/* Functions get what they say that they take, or a script's error; whatever it is, none falls. */
static void test_any_arguments(void)
{
	struct stand *stand =
		run_text(HEAD("20") "local odd = {false, true, 0, 1, -1, 2 ^ 53, 0.5, 0 / 0, 1 / "
	                            "0, '', 'x', 'V', "
	                            "'fir_pre', '\\0', {}, {1, 2}, {{1, 2}}, {a = 1}, {passes = "
	                            "{}}, {pattern = 1}}\n"
	                            "local waits = {wait = true, run = true, ask = true}\n"
	                            "local called = 0\n"
	                            "for _, space in ipairs {'step', 'module', 'attenuator', "
	                            "'light', 'bert', "
	                            "'power_meter', 'scope', 'switch', 'wavelength', 'supply', "
	                            "'thermal'} do\n"
	                            "for name, f in pairs(_G[space]) do if not waits[name] then\n"
	                            "for try = 1, 300 do\n"
	                            "local given = {}\n"
	                            "for i = 1, math.random(0, 8) do given[i] = "
	                            "odd[math.random(#odd)] end\n"
	                            "local ok, why = pcall(f, table.unpack(given))\n"
	                            "called = called + 1\n"
	                            "assert(ok or why)\n"
	                            "end end end end\n"
	                            "assert(called > 15000)\n"
	                            "step.fail('done')" TAIL,
	                 "on next undo:light", VERDICT_FAIL);

	g_assert_nonnull(strstr(own_step(stand)->reason, "done"));
	stand_free(stand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/script/step/reports", test_reports);
	g_test_add_func("/script/step/judged", test_judged);
	g_test_add_func("/script/step/errors", test_errors);
	g_test_add_func("/script/step/steps-within", test_steps_within);
	g_test_add_func("/script/step/hostile", test_hostile);
	g_test_add_func("/script/step/abort", test_abort);
	g_test_add_func("/script/step/told", test_told);
	g_test_add_func("/script/step/any-arguments", test_any_arguments);
	return g_test_run();
}

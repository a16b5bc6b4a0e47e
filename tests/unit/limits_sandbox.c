/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox.h"

#include "base/error.h"

#include <string.h>

/* --- a host ------------------------------------------------------------------------------------
 */

struct world {
	GString *printed;
	GCancellable *cancellable; /* of the run, for wait_for_abort */
	GCond asked;
	GMutex lock;
	gboolean is_asked;
};

static void print(const char *line, gsize length, gpointer data)
{
	struct world *world = data;
	if (!world)
		return;
	g_string_append_len(world->printed, line, (gssize)length);
	g_string_append_c(world->printed, '\n');
}

static gboolean echo(const struct sandbox_value *arguments, guint count, GArray *results,
                     const struct bounds *bounds, gpointer data, GError **error)
{
	struct sandbox_value table = sandbox_table();
	sandbox_table_append(&table, sandbox_integer(count));
	if (count > 1)
		sandbox_table_set(&table, "text", sandbox_text(arguments[1].text->str));
	sandbox_table_set(&table, "twice", sandbox_number(2 * sandbox_to_number(&arguments[0])));
	g_array_append_val(results, table);
	struct sandbox_value second = sandbox_boolean(TRUE);
	g_array_append_val(results, second);
	return TRUE;
}

static gboolean fail(const struct sandbox_value *arguments, guint count, GArray *results,
                     const struct bounds *bounds, gpointer data, GError **error)
{
	station_error_set(error, STATION_ERROR_MODULE, "no answer at %d",
	                  (int)sandbox_to_number(&arguments[0]));
	return FALSE;
}

/* Ends by the bounds only. */
static gboolean wait_for_abort(const struct sandbox_value *arguments, guint count, GArray *results,
                               const struct bounds *bounds, gpointer data, GError **error)
{
	struct world *world = data;
	g_mutex_lock(&world->lock);
	world->is_asked = TRUE;
	g_cond_signal(&world->asked);
	g_mutex_unlock(&world->lock);
	GPollFD fd;
	g_assert_true(g_cancellable_make_pollfd(bounds->cancellable, &fd));
	g_poll(&fd, 1, (int)(deadline_left_s(bounds->deadline) * 1e3) + 1);
	g_cancellable_release_fd(bounds->cancellable);
	return bounds_check(bounds, "wait", error);
}

static gboolean take_all(const struct sandbox_value *arguments, guint count, GArray *results,
                         const struct bounds *bounds, gpointer data, GError **error)
{
	return TRUE;
}

static const struct sandbox_function functions[] = {
	{"module.echo", "n|t", "(number[, text]): both", echo},
	{"module.fail", "i", "(address): an error", fail},
	{"wait", "", "(): until the run's end", wait_for_abort},
	{"take", "*", "(...): nothing", take_all},
};

static struct sandbox *make(struct world *world)
{
	const struct sandbox_host host = {functions, G_N_ELEMENTS(functions), print, world, 0};
	g_autoptr(GError) error = NULL;
	struct sandbox *sandbox = sandbox_new(&host, &error);
	g_assert_no_error(error);
	return sandbox;
}

static gboolean run(struct sandbox *sandbox, const char *text, GArray *results, GError **error)
{
	struct bounds bounds = {deadline_in_s(60), NULL};
	return sandbox_run(sandbox, "t.lua", text, strlen(text), &bounds, results, error);
}

static void assert_true_result(struct sandbox *sandbox, const char *text)
{
	g_autoptr(GArray) results = sandbox_values_new();
	g_autoptr(GError) error = NULL;
	run(sandbox, text, results, &error);
	g_assert_no_error(error);
	const struct sandbox_value *value = &g_array_index(results, struct sandbox_value, 0);
	if (results->len != 1 || value->kind != SANDBOX_BOOLEAN || !value->boolean)
		g_error("not true: %s", text);
}

/* --- ordinary use -------------------------------------------------------------------------------
 */

static void test_ordinary(void)
{
	static const char *const truths[] = {
		"return math.max(1, 2) == 2 and ('x'):upper() == 'X' and utf8.len('\xc3\xa4') == 1",
		"return #('ab'):rep(3, ',') == 8 and ('a'):rep(0) == '' and ('a'):rep(-1) == ''",
		"local t = {3, 1, 2} table.sort(t) return table.concat(t, ',') == '1,2,3'",
		"local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return t[1] == "
		"3",
		"local t = {1} table.insert(t, 2) table.insert(t, 1, 0)"
		" return table.remove(t) == 2 and #t == 2 and select('#', table.unpack(t)) == 2",
		"return #table.move({1, 2, 3}, 1, 3, 3) == 5",
		"local f = coroutine.wrap(function() coroutine.yield(1) return 2 end)"
		" return f() == 1 and f() == 2",
		"local f = coroutine.wrap(function() pcall(coroutine.yield, 1) return 2 end)"
		" return f() == 1 and f() == 2",
		"return select(2, pcall(error, {kind = 'x'})).kind == 'x'",
		"local t = setmetatable({}, {__index = function(_, k) return k end}) return t.a == "
		"'a'",
		"return not pcall(setmetatable, setmetatable({}, {__metatable = 1}), {})",
		"return string.unpack('>I2', string.pack('>I2', 258)) == 258",
		"return os == nil and io == nil and package == nil and require == nil and debug == "
		"nil"
		" and load == nil and loadstring == nil and dofile == nil and loadfile == nil"
		" and collectgarbage == nil and string.dump == nil and ('').dump == nil"
		" and getmetatable('') == false",
		"return _G.print == print and _VERSION == 'Lua 5.4'",
	};
	g_autoptr(sandbox) sandbox = make(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(truths); i++)
		assert_true_result(sandbox, truths[i]);
	assert_true_result(sandbox, "kept = 7 return true");
	assert_true_result(sandbox, "return kept == 7");
}

/* Rows taken from the manual and from what Lua's own library answers. */
static void test_patterns(void)
{
	static const struct {
		const char *expression;
		const char *answer;
	} rows[] = {
		{"('hello world'):find('o w')", "5,7"},
		{"('hello'):find('l+')", "3,4"},
		{"('hello'):find('xyz')", "nil"},
		{"('a.b'):find('.', 2, true)", "2,2"},
		{"('abc'):find('')", "1,0"},
		{"('abc'):find('', 10)", "nil"},
		{"('abc'):find('', -1)", "3,2"},
		{"('key = 12'):match('^(%w+)%s*=%s*(%d+)$')", "key,12"},
		{"('  x  '):match('^%s*(.-)%s*$'), ('abcd'):sub(2, -2)", "x,bc"},
		{"('THE (quick) fox'):find('%((%a+)%)')", "5,11,quick"},
		{"('f(a(b)c)d'):match('%b()')", "(a(b)c)"},
		{"('THE (quick) fox'):gsub('%f[%a]%a+', 'w')", "w (w) w,3"},
		{"('abc'):gsub('%w', '%0%0')", "aabbcc,3"},
		{"('abc'):gsub('', '-')", "-a-b-c-,4"},
		{"('abc abc'):gsub('%w+', 'x', 1)", "x abc,1"},
		{"('a b'):gsub('(%w) (%w)', '%2 %1')", "b a,1"},
		{"('$x $y'):gsub('%$(%w)', {x = 1})", "1 $y,2"},
		{"('abc'):gsub('b', function() return false end)", "abc,1"},
		{"('100%'):gsub('%%', '%%%%')", "100%%,1"},
		{"('x=1'):gsub('^x', 'y')", "y=1,1"},
		{"('say \"hi\"'):match('([\"\\'])(.-)%1')", "\",hi"},
		{"('abc'):match('()b()')", "2,3"},
		{"('a-b]c'):gsub('[]-]', '.')", "a.b.c,2"},
		{"('aXbY'):gsub('[^%u]', '')", "XY,2"},
		{"('aaa'):match('a-')", ""},
		{"('aaab'):match('a-b')", "aaab"},
		{"('colour color'):gsub('colou?r', 'c')", "c c,2"},
		{"('a\\0b'):find('\\0')", "2,2"},
		{"('0x1F'):match('^0[xX](%x+)$')", "1F"},
		{"('a$'):match('$'), ('a$'):find('%$')", ",2,2"},
		{"pcall(string.find, 'a', '[a')", "false,malformed pattern (missing ']')"},
		{"pcall(string.find, 'a', '%')", "false,malformed pattern (ends with '%')"},
		{"pcall(string.find, 'a', '(a')", "false,unfinished capture"},
		{"pcall(string.find, 'a', 'a)')", "false,invalid pattern capture"},
		{"pcall(string.find, 'a', '%1')", "false,invalid capture index"},
		{"pcall(string.find, 'a', '%f')", "false,missing '[' after '%f' in pattern"},
		{"pcall(string.gsub, 'a', 'a', '%2')", "false,invalid capture index %2"},
	};
	g_autoptr(sandbox) sandbox = make(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("local t = table.pack(%s) for i = 1, t.n "
		                                        "do t[i] = tostring(t[i]) end"
		                                        " return table.concat(t, ',', 1, t.n)",
		                                        rows[i].expression);
		g_autoptr(GArray) results = sandbox_values_new();
		g_autoptr(GError) error = NULL;
		run(sandbox, text, results, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(g_array_index(results, struct sandbox_value, 0).text->str, ==,
		                rows[i].answer);
	}
	assert_true_result(sandbox, "local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do"
	                            " t[k] = v end return t.a == '1' and t.b == '2'");
	assert_true_result(sandbox, "local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end"
	                            " return n == 4");
}

static void test_values(void)
{
	g_autoptr(sandbox) sandbox = make(NULL);
	g_autoptr(GArray) results = sandbox_values_new();
	g_autoptr(GError) error = NULL;
	run(sandbox, "return nil, true, 3, 0.5, 'a\\0b', {10, 20, z = 1, a = {b = 'c'}}", results,
	    &error);
	g_assert_no_error(error);
	const struct sandbox_value *value = &g_array_index(results, struct sandbox_value, 0);
	g_assert_cmpint(results->len, ==, 6);
	g_assert_cmpint(value[0].kind, ==, SANDBOX_NIL);
	g_assert_true(value[1].boolean);
	g_assert_cmpint(value[2].kind, ==, SANDBOX_INTEGER);
	g_assert_cmpint(value[2].integer, ==, 3);
	g_assert_cmpfloat(value[3].number, ==, 0.5);
	g_assert_cmpmem(value[4].text->str, value[4].text->len, "a\0b", 3);
	g_assert_cmpint(sandbox_table_item(&value[5], 1)->integer, ==, 20);
	g_assert_null(sandbox_table_item(&value[5], 2));
	const struct sandbox_value *inner = sandbox_table_get(&value[5], "a");
	g_assert_cmpstr(sandbox_table_get(inner, "b")->text->str, ==, "c");
	g_assert_null(sandbox_table_get(inner, "c"));
}

static void test_values_that_do_not_pass(void)
{
	static const struct {
		const char *text;
		const char *message;
	} rows[] = {
		{"return coroutine.create(print)", "*returns a function or a coroutine"},
		{"return {[1.5] = 1}", "*neither 1, 2, 3...*"},
		{"return {['a\\0'] = 1}", "*zero byte*"},
		{"local t = {} t[1] = t return t", "*nested too deeply"},
		{"local t = ('x'):rep(2^20 - 100) local l = {} for i = 1, 20 do l[i] = t end "
	         "return l",
	         "*more than 16 MiB"},
		{"local b = {} for i = 1, 14 do b = {b, b, b, b} end return b",
	         "*more than 16 MiB"},
		{"take({print})", "t.lua:1: take: given a function*"},
	};
	g_autoptr(sandbox) sandbox = make(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) results = sandbox_values_new();
		g_autoptr(GError) error = NULL;
		g_assert_false(run(sandbox, rows[i].text, results, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("%s: %s", rows[i].text, error->message);
	}
}

static void test_host(void)
{
	struct world world = {.printed = g_string_new(NULL)};
	g_autoptr(sandbox) sandbox = make(&world);
	assert_true_result(sandbox, "local t, yes = module.echo(1.5, 'x')"
	                            " return yes and t[1] == 2 and t.twice == 3 and t.text == 'x'");
	assert_true_result(sandbox,
	                   "return module.echo(1)[1] == 1 and select('#', take(1, {})) == 0");
	assert_true_result(sandbox, "print('a', 1, nil) print() return true");
	g_assert_cmpstr(world.printed->str, ==, "a\t1\tnil\n\n");
	g_string_free(world.printed, TRUE);
}

static void test_errors(void)
{
	static const struct {
		const char *text;
		enum station_error kind;
		const char *message;
	} rows[] = {
		{"x =", STATION_ERROR_CONFIG, "t.lua:1: unexpected symbol near <eof>"},
		{"\nlocal x = nil + 1", STATION_ERROR_CONFIG, "t.lua:2: attempt to perform*"},
		{"local function f()\nerror('no')\nend\nf()\nreturn 1", STATION_ERROR_CONFIG,
	         "t.lua:2: no\ncalled from t.lua:4"},
		{"\33Lua", STATION_ERROR_CONFIG, "*attempt to load a binary chunk*"},
		{"\nmodule.fail(3)", STATION_ERROR_MODULE, "t.lua:2: no answer at 3"},
		{"local ok, e = pcall(module.fail, 4) error(e)", STATION_ERROR_MODULE, "*at 4"},
		{"local ok, e = pcall(module.fail, 4) error(tostring(e) .. e.kind, 0)",
	         STATION_ERROR_CONFIG, "no answer at 4module*"},
		{"error({kind = 'refused', message = 'mine'})", STATION_ERROR_REFUSED,
	         "t.lua:1: mine"},
		{"module.echo('1')", STATION_ERROR_CONFIG, "*argument 1 has to be a number"},
		{"module.fail(1.5)", STATION_ERROR_CONFIG, "*argument 1 has to be an integer"},
		{"module.echo(1, nil, 3)", STATION_ERROR_CONFIG, "*takes no argument 3"},
		{"module.echo()", STATION_ERROR_CONFIG, "*argument 1 has to be a number"},
		{"coroutine.yield()", STATION_ERROR_CONFIG, "*outside a coroutine*"},
	};
	g_autoptr(sandbox) sandbox = make(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(run(sandbox, rows[i].text, NULL, &error));
		g_assert_error(error, STATION_ERROR, (int)rows[i].kind);
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("%s: %s", rows[i].text, error->message);
	}
	assert_true_result(sandbox, "return true");
}

/* --- against it ---------------------------------------------------------------------------------
 */

static const char *const hostile[] = {
	"while true do end",
	"::a:: goto a",
	"goto a ::b:: goto c ::a:: goto b ::c:: goto a",
	"while true do pcall(function() while true do end end) end",
	"local function f() while true do pcall(f) end end f()",
	"local function f() return 1 + f() end f()",
	"local function f() return pcall(f) end f()",
	"local t = {} while true do t[#t + 1] = ('x'):rep(1e5) .. #t end",
	"local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1e5) .. #t end) end",
	"local s = 'x' while true do s = s .. s end",
	"string.rep('x', 1e10)",
	"while true do pcall(string.rep, 'x', 1e10) end",
	"string.rep('', 1e15)",
	"while true do local s = ('x'):rep(1e6) if s == ('x'):rep(1e6) then s = nil end end",
	"string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30))",
	"string.find(('a'):rep(1e6), '.-.-.-.-b')",
	"string.gsub(('a'):rep(1e6), '(a*)*b', '')",
	"for _ in ('a'):rep(1e6):gmatch('.-.-.-b') do end",
	"string.find('x', ('('):rep(1e5))",
	"string.find(('x'):rep(1e6), '[' .. ('y'):rep(1e6 - 2) .. ']*z')",
	"local a, p = ('a'):rep(1e6), ('a'):rep(5e5) .. 'b' while true do a:find(p, 1, true) end",
	"('a'):rep(1e5):gsub('a', function() while true do end end)",
	"('a'):rep(1e6):gsub('.', ('y'):rep(1e6))",
	"coroutine.wrap(function() while true do end end)()",
	"while true do coroutine.wrap(function() pcall(function() while true do end end) end)() "
	"end",
	"while true do coroutine.wrap(function() while true do coroutine.yield() end end)() end",
	"local function f() coroutine.wrap(f)() end f()",
	"local c = coroutine.create(function() local x <close> ="
	" setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end)"
	" coroutine.resume(c) coroutine.close(c)",
	"setmetatable({}, {__gc = function() while true do end end})",
	"local m = {} setmetatable({}, m) m.__gc = function() while true do end end"
	" for i = 1, 1e7 do local t = setmetatable({}, {}) end",
	"local x <close> = setmetatable({}, {__close = function() while true do end end})",
	"local x <close> = setmetatable({}, {__close = function() error('y') end}) error('x')",
	"local x <close> = setmetatable({}, {__close = function() while true do end end})"
	" while true do end",
	"xpcall(function() while true do end end, function() while true do end end)",
	"xpcall(error, function() while true do end end)",
	"local function h() error('h') end xpcall(error, h) while true do xpcall(error, h) end",
	"tostring(setmetatable({}, {__tostring = function() while true do end end}))",
	"error(setmetatable({}, {__tostring = function() while true do end end}))",
	"error(setmetatable({}, {__tostring = function() error('again') end}))",
	"local t = {} for i = 1, 1e5 do t[i] = i end table.sort(t, function() return true end)",
	"table.sort({1, 2, 3, 4}, function() while true do end end)",
	"local a, b, t = ('a'):rep(1e6) .. 'x', ('a'):rep(1e6) .. 'y', {}"
	" for i = 1, 2e5 do t[i] = i % 2 == 0 and a or b end table.sort(t)",
	"string.format('%2000d', 1)",
	"string.format(('%99.99f'):rep(1e5), 1)",
	"string.format(('%s'):rep(200), table.unpack(setmetatable({}, {__index = function()"
	" return ('x'):rep(1e6) end}), 1, 200))",
	"string.pack('c1000000000', 'x')",
	"table.insert(setmetatable({}, {__len = function() return 1e15 end}), 1, 0)",
	"table.move({}, 1, 1e15, 2)",
	"table.move({}, math.mininteger, math.maxinteger, 2)",
	"table.concat({}, '', math.mininteger, math.maxinteger)",
	"table.unpack({}, 1, 1e8)",
	"table.concat(setmetatable({}, {__index = function() while true do end end}), '', 1, 2)",
	"setmetatable(_G, {__index = function() while true do end end}) return nothing",
	"local w = {} while true do w = setmetatable({[w] = w}, {__mode = 'k'}) end",
	"while true do take({}, 'x') end",
	"while true do pcall(module.fail, 1) end",
	"while true do print(('x'):rep(1e5)) end",
	"pcall(wait) while true do end",
	"while true do pcall(wait) end",
};

static void assert_bounded(struct sandbox *sandbox, const char *text)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(0.04), cancellable};
	g_autoptr(GError) error = NULL;
	gint64 begin_us = g_get_monotonic_time();
	gboolean good = sandbox_run(sandbox, "t.lua", text, strlen(text), &bounds, NULL, &error);
	gint64 took_us = g_get_monotonic_time() - begin_us;
	if (took_us > 2 * G_USEC_PER_SEC)
		g_error("%s took %" G_GINT64_FORMAT " us", text, took_us);
	if (!good && !g_error_matches(error, STATION_ERROR, STATION_ERROR_TIMEOUT))
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	assert_true_result(sandbox, "return #('abc'):rep(2) == 6 and pcall(print)");
}

static void test_hostile(void)
{
	struct world world = {.printed = NULL};
	const struct sandbox_host host = {functions, G_N_ELEMENTS(functions), NULL, &world, 0};
	g_autoptr(sandbox) sandbox = sandbox_new(&host, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++)
		assert_bounded(sandbox, hostile[i]);
}

/* What no handler of the script's may hold up. */
static void test_stop_is_not_caught(void)
{
	struct world world = {.printed = g_string_new(NULL)};
	g_autoptr(sandbox) sandbox = make(&world);
	static const char text[] =
		"local x <close> = setmetatable({}, {__close = function() print('closed') end})\n"
		"print('begun') print(pcall(function() while true do end end))";
	struct bounds bounds = {deadline_in_s(0.05), NULL};
	g_autoptr(GError) error = NULL;
	g_assert_false(sandbox_run(sandbox, "t.lua", text, strlen(text), &bounds, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_cmpstr(error->message, ==, "t.lua: out of time");
	g_assert_cmpstr(world.printed->str, ==, "begun\n");
	g_string_free(world.printed, TRUE);
}

static gpointer cancel_when_asked(gpointer data)
{
	struct world *world = data;
	g_mutex_lock(&world->lock);
	while (!world->is_asked)
		g_cond_wait(&world->asked, &world->lock);
	g_mutex_unlock(&world->lock);
	g_cancellable_cancel(world->cancellable);
	return NULL;
}

static void print_asks(const char *line, gsize length, gpointer data)
{
	struct world *world = data;
	g_mutex_lock(&world->lock);
	world->is_asked = TRUE;
	g_cond_signal(&world->asked);
	g_mutex_unlock(&world->lock);
}

/* From another thread: in Lua, and in a function of the host that waits. */
static void assert_cancelled(const char *text)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct world world = {.cancellable = cancellable};
	g_mutex_init(&world.lock);
	g_cond_init(&world.asked);
	const struct sandbox_host host = {functions, G_N_ELEMENTS(functions), print_asks, &world,
	                                  0};
	g_autoptr(sandbox) sandbox = sandbox_new(&host, NULL);
	GThread *thread = g_thread_new("canceller", cancel_when_asked, &world);
	struct bounds bounds = {deadline_in_s(60), cancellable};
	g_autoptr(GError) error = NULL;
	g_assert_false(sandbox_run(sandbox, "t.lua", text, strlen(text), &bounds, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_thread_join(thread);
	g_mutex_clear(&world.lock);
	g_cond_clear(&world.asked);
	assert_true_result(sandbox, "return true");
}

static void test_cancel(void)
{
	assert_cancelled("print() while true do pcall(function() while true do end end) end");
	assert_cancelled("while true do pcall(wait) end");
}

/* A text that is too long is an error that a script may catch, and the memory is there again. */
static void test_memory(void)
{
	g_autoptr(sandbox) sandbox = make(NULL);
	assert_true_result(sandbox, "local ok, e = pcall(function() local t = {}"
	                            " for i = 1, 1e6 do t[i] = ('x'):rep(1000) .. i end end)"
	                            " return not ok and e == 'not enough memory'");
	assert_true_result(sandbox, "local t = {} for i = 1, 1e5 do t[i] = i end return true");
	const struct sandbox_host small = {.bytes_max = 1000};
	g_autoptr(GError) error = NULL;
	g_assert_null(sandbox_new(&small, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
}

static void test_source_length(void)
{
	g_autoptr(sandbox) sandbox = make(NULL);
	g_autofree char *text = g_strnfill((1 << 18) + 1, ' ');
	g_autoptr(GError) error = NULL;
	g_assert_false(run(sandbox, text, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	/* Labels are compared each with each. */
	g_autoptr(GString) labels = g_string_new(NULL);
	for (int i = 0; labels->len < (1 << 18) - 20; i++)
		g_string_append_printf(labels, "::a%x::", i);
	assert_bounded(sandbox, labels->str);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/limits/sandbox/ordinary", test_ordinary);
	g_test_add_func("/limits/sandbox/patterns", test_patterns);
	g_test_add_func("/limits/sandbox/values", test_values);
	g_test_add_func("/limits/sandbox/values-that-do-not-pass", test_values_that_do_not_pass);
	g_test_add_func("/limits/sandbox/host", test_host);
	g_test_add_func("/limits/sandbox/errors", test_errors);
	g_test_add_func("/limits/sandbox/hostile", test_hostile);
	g_test_add_func("/limits/sandbox/stop-is-not-caught", test_stop_is_not_caught);
	g_test_add_func("/limits/sandbox/cancel", test_cancel);
	g_test_add_func("/limits/sandbox/memory", test_memory);
	g_test_add_func("/limits/sandbox/source-length", test_source_length);
	return g_test_run();
}

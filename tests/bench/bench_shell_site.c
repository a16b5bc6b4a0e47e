/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/shell_bed.h"

#include "base/error.h"
#include "station/engine/engine.h"
#include "station/engine/recover.h"
#include "station/shell/complete.h"
#include "station/store/touch.h"

/* The shell at a site: taken when it is needed, safe when it is left. */

static double supply_v(const struct shell_bed *bed)
{
	struct bench_socket *supply = bench_connect(&bed->bench, "supply1");
	g_autofree char *line = bench_ask(supply, "MEAS:VOLT? (@1)\n");

	bench_disconnect(supply);
	return g_ascii_strtod(line, NULL);
}

static void test_site(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "site show", "*controller:127.0.0.1:*scope1*keysight-scope*");
	shell_bed_expect(bed, "site use 3", "error: *station.yaml has no site 3\n");
	shell_bed_expect(bed, "site product VB-QDD-DR4-50O",
	                 "error: *no product \"VB-QDD-DR4-50O\"; did you mean "
	                 "\"VB-QDD-DR4-500\"?\n");
	shell_bed_expect(bed, "site product VB-QDD-DR4-500", "");
}

/* It tells where one is, and that something is on. */
static void expect_prompt(struct shell_bed *bed, const char *wanted)
{
	g_autofree char *got = shell_prompt(bed->shell);

	g_assert_cmpstr(got, ==, wanted);
}

static void test_up_and_down(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "module up", "*VB-QDD-DR4-500, serial SN1, CMIS 5.*: 400GBASE-DR4\n");
	g_assert_cmpfloat(supply_v(bed), >, 3.2);
	expect_prompt(bed, "station:1 SN1*> ");
	shell_bed_expect(bed, "module down", "");
	g_assert_cmpfloat(supply_v(bed), <, 0.1);
	expect_prompt(bed, "station:1 SN1> ");
}

/* What the shell has no other process gets, and the shell does not get what another has. */
static void test_locks(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autoptr(GError) error = NULL;
	struct engine *engine;
	g_autoptr(store) store = store_open(bed->config->store_path, &error);

	g_assert_no_error(error);
	shell_bed_expect(bed, "module up", "*serial SN1*");
	engine = engine_new(bed->config, &steps_table, store, &error);
	g_assert_null(engine);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	shell_bed_expect(bed, "site release", "");
	g_assert_cmpfloat(supply_v(bed), <, 0.1);
	engine = engine_new(bed->config, &steps_table, store, &error);
	g_assert_no_error(error);
	shell_bed_expect(bed, "module up", "error: *in use by *");
	engine_free(engine);
}

/* The loader takes out what it put in. */
static void test_load(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	bench_tell(&bed->bench, "{\"command\":\"remove\",\"site\":1}");
	shell_bed_expect(bed, "site load SN7", "");
	shell_bed_expect(bed, "module up", "*serial SN7*");
	shell_bed_expect(bed, "site release", "");
	shell_bed_expect(bed, "module up", "error: *site 1*no module*");
	shell_bed_expect(bed, "site release", "");
	bench_tell(&bed->bench, "{\"command\":\"insert\",\"site\":1,\"serial\":\"SN1\"}");
}

/* The candidates for the end of a line, one a line. */
static char *candidates(struct shell_bed *bed, const char *line)
{
	gsize begin;
	g_autoptr(GPtrArray) found = complete(bed->shell, line, strlen(line), &begin);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < found->len; i++)
		g_string_append_printf(text, "%s\n", ((struct candidate *)found->pdata[i])->text);
	return g_string_free(text, FALSE);
}

/* What is there to be named is offered: lanes, plans, scripts, knobs, fields, instruments, steps.
 */
static void test_complete(gconstpointer data)
{
	static const struct {
		const char *line, *offered;
	} rows[] = {
		{"meter read ", "$_\n1\n2\n3\n4\n"},
		{"plan show 400g.", "400g.yaml\n"},
		{"lua run strip", "strip-padding.lua\n"},
		{"lua do module.iden", "module.identity\n"},
		{"knob read fir_po", "fir_post\n"},
		{"module read module.temperature_",
	         "module.temperature_max\nmodule.temperature_min\n"},
		{"scpi sco", "scope\nscope1\n"},
		{"step run tx-meas", "tx-measure\ntx-measure-direct\n"},
		{"site product VB-QDD-DR", "VB-QDD-DR4-500\n"},
	};
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "module up", "*serial SN1*");
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = candidates(bed, rows[i].line);
		g_assert_cmpstr(got, ==, rows[i].offered);
	}
	shell_bed_expect(bed, "module down", "");
}

/* What was saved is decoded without a module; what is no image is told with its place. */
static void test_decode_file(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autofree char *path = g_build_filename(bed->folder, "module.txt", NULL);
	g_autofree char *save = g_strdup_printf("module save %s", path);
	g_autofree char *decode = g_strdup_printf("module decode %s", path);

	shell_bed_expect(bed, "module up", "*serial SN1*");
	shell_bed_expect(bed, save, "*");
	shell_bed_expect(bed, "module down", "");
	shell_bed_expect(bed, "module decode 00h", "error: no module is up*");
	shell_bed_expect(bed, decode, "*vendor*VIRTUAL BENCH*confirmed*");
	g_assert_true(g_file_set_contents(path, "@PAGE nothing\n", -1, NULL));
	shell_bed_expect(bed, decode, "error: *module.txt:1: *");
}

/* Whoever takes a site in hand is told what lies there. */
static void test_left(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	g_autofree char *folder = recover_folder(bed->config);
	g_autofree char *path = g_build_filename(folder, "left.json", NULL);

	g_assert_cmpint(g_mkdir_with_parents(folder, 0777), ==, 0);
	g_assert_true(g_file_set_contents(path, "{", -1, NULL));
	shell_bed_open(bed, FALSE);
	shell_bed_expect(bed, "site show", "! a run was cut off at this station*controller:*");
	shell_bed_expect(bed, "site show", "what *");
	g_assert_cmpint(g_unlink(path), ==, 0);
}

static gboolean do_nothing(struct step_context *ctx, gpointer data, GError **error)
{
	return TRUE;
}

/* Looking leaves no mark; what does more marks the unit, whose writes have a journal from then on.
 */
static void test_touch(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;
	const struct hand_work look = {.what = "look", .wants = HAND_UNIT};
	const struct hand_work write = {.what = "write", .wants = HAND_UNIT | HAND_TOUCH};
	g_autoptr(record_touch) touch = NULL;
	g_autoptr(GError) error = NULL;
	struct hand *hand = shell_hand(bed->shell, &error);

	g_assert_false(hand_do(hand, &write, do_nothing, NULL, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	shell_bed_expect(bed, "module up", "*serial SN1*");
	g_assert_true(hand_do(hand, &look, do_nothing, NULL, NULL, &error));
	g_assert_true(store_touched(shell_store(bed->shell, NULL), "SN1", &touch, &error) &&
	              !touch);
	hand_set_who(hand, "Op 471");
	g_assert_true(hand_do(hand, &write, do_nothing, NULL, NULL, &error));
	g_assert_true(store_touched(shell_store(bed->shell, NULL), "SN1", &touch, &error));
	g_assert_cmpstr(touch->who, ==, "Op 471");
	g_assert_cmpstr(touch->what, ==, "write");
	g_assert_nonnull(module_journal(hand_module(hand)));
	shell_bed_expect(bed, "site release", "");
}

/* Whoever leaves the shell leaves the site safe. */
static void test_leave(gconstpointer data)
{
	struct shell_bed *bed = (struct shell_bed *)data;

	shell_bed_expect(bed, "module up", "*serial SN1*");
	shell_bed_open(bed, FALSE);
	g_assert_cmpfloat(supply_v(bed), <, 0.1);
}

int main(int argc, char **argv)
{
	struct shell_bed bed;
	int code;

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/shell/site/show", &bed, test_site);
	g_test_add_data_func("/shell/site/up-and-down", &bed, test_up_and_down);
	g_test_add_data_func("/shell/site/locks", &bed, test_locks);
	g_test_add_data_func("/shell/site/load", &bed, test_load);
	g_test_add_data_func("/shell/site/complete", &bed, test_complete);
	g_test_add_data_func("/shell/site/decode-file", &bed, test_decode_file);
	g_test_add_data_func("/shell/site/left", &bed, test_left);
	g_test_add_data_func("/shell/site/touch", &bed, test_touch);
	g_test_add_data_func("/shell/site/leave", &bed, test_leave);
	shell_bed_begin(&bed);
	code = g_test_run();
	shell_bed_end(&bed);
	return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/commands.h"
#include "station/shell/shell.h"
#include "station/shell/table.h"

#include <glib/gstdio.h>
#include <string.h>

/* Sweeps of variables, and tables as files: what needs no instrument. */

struct said {
	GString *out;
	struct shell *shell;
	GCancellable *stop; /* cancelled at the write that holds cancel_at */
	const char *cancel_at;
};

static void put(const char *text, gpointer data)
{
	struct said *said = data;

	g_string_append(said->out, text);
	if (said->cancel_at && strstr(text, said->cancel_at))
		g_cancellable_cancel(said->stop);
}

static void begin(struct said *said, guint width)
{
	struct shell_world world = {
		.commands = shell_commands,
		.write = put,
		.write_error = put,
		.data = said,
		.width = width,
		.station_id = "S",
	};

	*said = (struct said){g_string_new(NULL), shell_new(&world), g_cancellable_new(), NULL};
}

static void end(struct said *said)
{
	shell_free(said->shell);
	g_object_unref(said->stop);
	g_string_free(said->out, TRUE);
}

/* What a line says, then its error. */
static char *say(const char *line)
{
	struct said said;
	g_autoptr(GError) error = NULL;

	begin(&said, 0);
	shell_run(said.shell, line, NULL, &error);
	char *text = g_strconcat(said.out->str, error ? error->message : "", NULL);
	end(&said);
	return text;
}

static void test_lines(void)
{
	static const struct {
		const char *line, *said;
	} rows[] = {
		{"sweep a 1..2 dB step 0.5 dB : print $a * 2",
	         "     a  value\n  1 dB   2 dB\n1.5 dB   3 dB\n  2 dB   4 dB\n"},
		{"sweep a 1..2 dB step 1 dB: print $x; print $a", "   a  value\n1 dB   1 dB\n"
	                                                          "2 dB   2 dB\n2 dB\n"},
		{"sweep a 0..1 step 1 : 'print 5; print $a + 1'", "a  value\n0      1\n1      2\n"},
		{"set r -1..1 V step 1 V; sweep u $r : print off",
	         "   u  value\n-1 V  off\n 0 V  off\n 1 V  off\n"},
		{"sweep 'set b $x' 1..2 step 1 : print $b",
	         "set b $x stays at the last point: how it was is not known\n"
	         "x  value\n1      1\n2      2\n"},
		{"sweep set c 1..2 step 1 : print $c",
	         "set c stays at the last point: how it was is not known\n"
	         "set  value\n  1      1\n  2      2\n"},
		{"sweep command 1..2 step 1 : help print", "command  value\n"
	                                                   "      1  print VALUE   shows*"},
		{"sweep n 1..2 step 1 : history", "x  n  line\n"},
		{"sweep a 1..2 step 1 : set b $a; print $b", "2\n"},
		{"sweep a 1..2 step 1 print 1",
	         "it is: sweep THING FIRST..LAST step STEP : COMMAND"},
		{"sweep a 1..2 dBm step 1 dBm : print 1", "column *: *"},
		{"sweep a 1..2 step 1 :",
	         "behind \":\" stands the command that is run at each point"},
		{"sweep 9x 1..2 step 1 : print 1",
	         "\"9x\" is neither a command, a knob nor the name of a variable"},
		{"sweep history 1..2 step 1 : print 1", "\"history\" has no \"set\": name the "
	                                                "command that takes the value, such as "
	                                                "'attenuator set $x'"},
		{"sweep a -1..1 V step 1 V : print 1 V / $a", "at 0 V, after 1 of 3 points: *"},
		{"print 1; save /tmp/x.csv", "1\nthe last result, $_ is no table"},
		{"save /tmp/x.csv none", "$none is no table"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = say(rows[i].line);
		if (!g_pattern_match_simple(rows[i].said, got))
			g_error("%s says\n%s, not\n%s", rows[i].line, got, rows[i].said);
	}
}

/* What there is when a sweep is stopped is kept. */
static void test_stop(void)
{
	struct said said;
	g_autoptr(GError) error = NULL;

	begin(&said, 60);
	said.cancel_at = "a 3,";
	g_assert_false(
		shell_run(said.shell, "sweep a 1..9 step 1 : print $a * $a", said.stop, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_true(g_str_has_prefix(error->message, "at 4, after 3 of 9 points: "));
	const struct value *kept = shell_lookup("sweep", said.shell);
	g_assert_cmpuint(table_rows(kept->table), ==, 3);
	g_assert_cmpfloat(table_cell(kept->table, 2, 1)->number, ==, 9);
	end(&said);
}

/* A plot that is drawn anew in its own place, with a linear axis. */
static void test_plot(void)
{
	struct said said;
	g_autoptr(GError) error = NULL;

	begin(&said, 60);
	shell_run(said.shell, "sweep a -2..2 dB step 1 dB : print $a * 10", NULL, &error);
	g_assert_no_error(error);
	const char *last = g_strrstr(said.out->str, "\r\033[15A");
	g_assert_nonnull(last);
	g_assert_nonnull(strstr(last, "20"));
	g_assert_nonnull(strstr(last, "-20"));
	g_assert_nonnull(strstr(last, "value dB at a 2 dB, 5 of 5\033[K\n"));
	end(&said);
}

static void test_csv(void)
{
	static const struct table_column columns[] = {{"name"}, {"level"}, {"mixed"}, {"on"}};
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));
	g_autofree char *csv = NULL;

	table_add(table, shell_value_text("a, \"b\""));
	table_add(table, shell_value_number(-1.25, "dBm"));
	table_add(table, shell_value_number(3.3, "V"));
	table_add(table, shell_value_flag(TRUE));
	table_add(table, (struct value){0});
	table_add(table, (struct value){0});
	table_add(table, shell_value_number(1e-12, "s"));
	table_add(table, shell_value_flag(FALSE));
	csv = table_csv(table);
	g_assert_cmpstr(csv, ==,
	                "name,level (dBm),mixed,mixed unit,on\r\n"
	                "\"a, \"\"b\"\"\",-1.25,3.3,V,on\r\n"
	                "\"\",,1e-12,s,off\r\n");
}

static void test_file(void)
{
	g_autofree char *folder = g_dir_make_tmp("shell-XXXXXX", NULL);
	g_autofree char *one = g_build_filename(folder, "one.csv", NULL);
	g_autofree char *two = g_build_filename(folder, "two.csv", NULL);
	g_autofree char *line =
		g_strdup_printf("sweep a 1..2 dB step 1 dB : print $a > %s; print 1; save %s sweep",
	                        one, two);
	g_autofree char *said = say(line);
	g_autofree char *text = NULL, *same = NULL;

	g_assert_true(g_file_get_contents(one, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "a (dB),value (dB)\r\n1,1\r\n2,2\r\n");
	g_assert_true(g_file_get_contents(two, &same, NULL, NULL));
	g_assert_cmpstr(text, ==, same);
	g_unlink(one);
	g_unlink(two);
	g_rmdir(folder);
	g_clear_pointer(&said, g_free);
	said = say("sweep a 1..2 step 1 : print $a > /nowhere/x.csv");
	g_assert_nonnull(strstr(said, "No such file"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/sweep/lines", test_lines);
	g_test_add_func("/shell/sweep/stop", test_stop);
	g_test_add_func("/shell/sweep/plot", test_plot);
	g_test_add_func("/shell/sweep/csv", test_csv);
	g_test_add_func("/shell/sweep/file", test_file);
	return g_test_run();
}

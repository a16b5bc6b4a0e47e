/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/commands.h"
#include "station/shell/command.h"
#include "station/shell/complete.h"
#include "station/shell/dispatch.h"
#include "station/shell/shell.h"

#include <glib/gstdio.h>
#include <string.h>

struct said {
	GString *out, *errors;
	struct shell *shell;
	GCancellable *cancel_at_write; /* null: none */
	gboolean key;
};

static void put(const char *text, gpointer data)
{
	struct said *said = data;

	g_string_append(said->out, text);
	if (said->cancel_at_write)
		g_cancellable_cancel(said->cancel_at_write);
}

static void put_error(const char *text, gpointer data)
{
	g_string_append_printf(((struct said *)data)->errors, "%s\n", text);
}

static gboolean key(gpointer data)
{
	return ((struct said *)data)->key;
}

static void begin(struct said *said, gboolean json, gboolean keep_going)
{
	struct shell_world world = {
		.commands = shell_commands,
		.write = put,
		.write_error = put_error,
		.key_pressed = key,
		.data = said,
		.json = json,
		.keep_going = keep_going,
		.station_id = "S",
	};

	*said = (struct said){g_string_new(NULL), g_string_new(NULL), shell_new(&world)};
}

static void end(struct said *said)
{
	shell_free(said->shell);
	g_string_free(said->out, TRUE);
	g_string_free(said->errors, TRUE);
}

/* What a line says, then its error. */
static char *say(const char *line)
{
	struct said said;
	g_autoptr(GError) error = NULL;

	begin(&said, FALSE, FALSE);
	gboolean done = shell_run(said.shell, line, NULL, &error);
	g_assert_true(done == !error);
	char *text = g_strconcat(said.out->str, error ? error->message : "", NULL);
	end(&said);
	return text;
}

static void test_lines(void)
{
	static const struct {
		const char *line, *said;
	} rows[] = {
		{"", ""},
		{" ; # nothing", ""},
		{"print 1 dB + 2 dB", "3 dB\n"},
		{"print 1 dB; print $_ * 2", "1 dB\n2 dB\n"},
		{"set a 3 dB + 0.5 dB; print $a; print \"a is $a\"", "3.5 dB\na is 3.5 dB\n"},
		{"set t 'x y'; print $t", "x y\n"},
		{"set on_ on; print $on_; print 'on'", "on\non\n"},
		{"repeat 2 print 4", "4\n4\n"},
		{"repeat 2 'print 1; print 2'; print 3", "1\n2\n1\n2\n3\n"},
		{"each x 0..2 dB step 1 dB print $x + 1 dBm", "1 dBm\n2 dBm\n3 dBm\n"},
		{"print 1; quit; print 2", "1\n"},
		{"print 1; prit 2; print 3",
	         "1\ncolumn 10: there is no command \"prit\"; did you mean \"print\"?"},
		{"run shwo", "column 5: \"run\" has no \"shwo\"; did you mean \"show\"?"},
		{"run", "column 4: \"run\" wants one of: last, show"},
		{"print", "column 6: VALUE is missing: print VALUE"},
		{"print 1 2", "column 9: this is too much; it is: print VALUE"},
		{"repeat 1.5 print 1", "column 8: N is a whole number"},
		{"repeat 0 print 1", "column 8: N is from 1 to 1e6"},
		{"repeat 2 V print 1", "column 8: N wants a plain number, not 2 V"},
		{"watch 0 s print 1", "column 7: SECONDS is from 50 ms to 86400 s"},
		{"watch 2 dB print 1", "column 7: SECONDS wants a number in s, not 2 dB"},
		{"each x 3 print 1", "column 8: RANGE is a range such as 0..12 dB step 0.5 dB"},
		{"set 3x 1",
	         "\"3x\" is no name: letters, digits and _, not beginning with a digit"},
		{"run last", "no configuration names a store: start with --config FILE"},
		{"bench show", "there is no virtual bench here: the configuration names none "
	                       "(virtual_bench: 127.0.0.1:PORT)"},
		{"step list", "no configuration names a site: start with --config FILE"},
		{"help nothing", "there is no command \"nothing\"; \"help\" lists all"},
		{"help print", "print VALUE\n  shows a value; $_ is the last result; it looks.\n"
	                       "examples:\n  print -2 dBm + 3.5 dB\n  print $_\n"
	                       "  print 'a text'\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = say(rows[i].line);
		g_assert_cmpstr(got, ==, rows[i].said);
	}
}

static void test_text(void)
{
	struct said said;
	g_autoptr(GError) error = NULL;
	const char *text = "print 1\nbad\nprint \"a\nb\"\nprint $x\n";

	begin(&said, TRUE, FALSE);
	g_assert_false(shell_run_text(said.shell, "T", text, NULL, &error));
	g_assert_true(g_str_has_prefix(error->message, "T: line 2: column 1: there is no"));
	g_assert_cmpstr(said.out->str, ==, "{\"value\":1}\n");
	end(&said);
	g_clear_error(&error);

	begin(&said, TRUE, TRUE);
	g_assert_false(shell_run_text(said.shell, "T", text, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_cmpstr(error->message, ==, "T: 2 lines failed");
	g_assert_cmpstr(said.out->str, ==, "{\"value\":1}\n{\"value\":\"a\\nb\"}\n");
	g_assert_nonnull(strstr(said.errors->str, "T: line 2: column 1: there is no command"));
	g_assert_nonnull(strstr(said.errors->str, "T: line 5: column 7: there is no variable"));
	end(&said);
}

static void test_source(void)
{
	g_autofree char *path = NULL;
	g_autofree char *line = NULL, *loop = NULL;
	g_autoptr(GError) error = NULL;
	struct said said;
	int file = g_file_open_tmp("shell-XXXXXX", &path, NULL);

	g_assert_cmpint(file, >=, 0);
	g_assert_true(g_close(file, NULL));
	g_assert_true(g_file_set_contents(path, "print 7\nset b 2\n", -1, NULL));
	begin(&said, FALSE, FALSE);
	line = g_strdup_printf("source %s; print $b", path);
	g_assert_true(shell_run(said.shell, line, NULL, NULL));
	g_assert_cmpstr(said.out->str, ==, "7\n2\n");
	loop = g_strdup_printf("source %s\n", path);
	g_assert_true(g_file_set_contents(path, loop, -1, NULL));
	g_assert_false(shell_run(said.shell, loop, NULL, &error));
	g_assert_nonnull(strstr(error->message, "more than 16 files call each other"));
	g_unlink(path);
	end(&said);
}

static void test_stop(void)
{
	struct said said;
	g_autoptr(GError) error = NULL;
	g_autoptr(GCancellable) stop = g_cancellable_new();

	begin(&said, FALSE, TRUE);
	said.cancel_at_write = stop;
	g_assert_false(shell_run(said.shell, "repeat 1000000 print 1", stop, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_cmpstr(said.out->str, ==, "1\n");
	g_clear_error(&error);
	said.cancel_at_write = NULL;
	said.key = TRUE;
	g_assert_true(shell_run(said.shell, "watch 3600 s print 2", NULL, &error));
	g_assert_cmpstr(said.out->str, ==, "1\n2\n");
	end(&said);
}

static void test_time(void)
{
	struct said said;
	g_autoptr(GError) error = NULL;
	const struct value *took;

	begin(&said, FALSE, FALSE);
	g_assert_true(shell_run(said.shell, "time repeat 3 print 1", NULL, &error));
	g_assert_true(g_str_has_prefix(said.out->str, "1\n1\n1\n"));
	took = shell_lookup("_", said.shell);
	g_assert_cmpstr(took->unit, ==, "s");
	g_assert_cmpfloat(took->number, >, 0);
	g_assert_cmpfloat(took->number, <, 60);
	end(&said);
}

/* The candidates for a line's end with | between them. */
static char *candidates(struct shell *shell, const char *line, gsize *at)
{
	g_autoptr(GPtrArray) found = complete(shell, line, strlen(line), at);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < found->len; i++)
		g_string_append_printf(text, "%s%s", i ? "|" : "",
		                       ((struct candidate *)found->pdata[i])->text);
	return g_string_free(text, FALSE);
}

static void test_complete(void)
{
	static const struct {
		const char *line, *found;
		gsize at;
	} rows[] = {
		{"pr", "print", 0},
		{"run ", "last|show", 4},
		{"print 1; run l", "last", 13},
		{"repeat 3 pri", "print", 9},
		{"repeat 3 run s", "show", 13},
		{"watch 2 s plan ", "check|show", 15},
		{"each x 0..3 dB step 1 dB pri", "print", 25},
		{"print $le", "$level", 6},
		{"print \"$le", "", 6},
		{"help hi", "history", 5},
		{"xyz ", "", 4},
		{"print 1 ", "", 8},
		{"re", "repeat", 0},
	};
	struct said said;
	struct value level = shell_value_number(1, "dBm");

	begin(&said, FALSE, FALSE);
	shell_set(said.shell, "level", &level);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gsize at;
		g_autofree char *got = candidates(said.shell, rows[i].line, &at);
		g_assert_cmpstr(got, ==, rows[i].found);
		g_assert_cmpuint(at, ==, rows[i].at);
	}
	end(&said);
}

static void test_complete_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("shell-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(folder, "a b.txt", NULL);
	g_autofree char *line = g_strdup_printf("source %s/a", folder);
	g_autofree char *want = g_strdup_printf("'%s'", file);
	struct said said;
	gsize at;

	g_assert_true(g_file_set_contents(file, "", 0, NULL));
	begin(&said, FALSE, FALSE);
	g_autofree char *got = candidates(said.shell, line, &at);
	g_assert_cmpstr(got, ==, want);
	end(&said);
	g_unlink(file);
	g_rmdir(folder);
}

/* The kind of the first argument can be completed: names of the store are tested end to end. */
static gboolean can_complete(const struct argument *argument)
{
	return !argument->name || argument->complete || argument->choices ||
	       argument->kind == ARGUMENT_FILE || argument->kind == ARGUMENT_COUNT ||
	       argument->kind == ARGUMENT_NUMBER || argument->kind == ARGUMENT_VALUE ||
	       argument->kind == ARGUMENT_RANGE || argument->kind == ARGUMENT_REST;
}

static void read_example(struct shell *shell, const struct shell_command *command,
                         const char *example)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) tokens = token_split(example, &error);
	struct call call;
	guint used;

	g_assert_no_error(error);
	const struct token *all = (const struct token *)(gpointer)tokens->data;
	g_assert_true(dispatch_find(shell, example, all, tokens->len, &used, &error) == command);
	dispatch_read(shell, command, example, all, tokens->len, &call, &error);
	g_assert_no_error(error);
	dispatch_clear(&call);
}

/* The text of all tests that say something to a shell. */
static char *shell_tests(void)
{
	static const char *const folders[] = {"unit", "bench", "e2e"};
	const char *source = g_getenv("STATION_SRC");
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *folder =
			g_build_filename(source ? source : ".", "tests", folders[i], NULL);
		g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
		const char *name;
		while (dir && (name = g_dir_read_name(dir))) {
			g_autofree char *path = g_build_filename(folder, name, NULL);
			g_autofree char *text = NULL;
			if (strstr(name, "shell") && g_file_get_contents(path, &text, NULL, NULL))
				g_string_append(all, text);
		}
	}
	return g_string_free(all, FALSE);
}

/* A test that says its name, at the begin of what is said or behind another command. */
static gboolean is_tested(const struct shell_command *command, const char *tests)
{
	static const char *const before[] = {"\"", "'", "; ", "\n", "\\n"};
	g_autofree char *name = command_name(command);

	for (guint i = 0; i < G_N_ELEMENTS(before); i++) {
		g_autofree char *said = g_strconcat(before[i], name, NULL);
		if (strstr(tests, said))
			return TRUE;
	}
	return FALSE;
}

/* Every command has help, examples that are understood, completion, its row in the manual, and a
 * test. */
static void test_table(void)
{
	g_autofree char *tests = shell_tests();
	const char *build = g_getenv("STATION_BUILD");
	g_autofree char *path =
		g_build_filename(build ? build : ".", "man", "station-shell.1", NULL);
	g_autofree char *manual = NULL;
	struct value last = shell_value_number(1, "dB");
	struct said said;

	begin(&said, FALSE, FALSE);
	shell_set(said.shell, "_", &last);
	if (!g_file_get_contents(path, &manual, NULL, NULL))
		g_test_message("%s is not there: the manual is not looked at", path);
	for (guint i = 0; shell_commands[i]; i++) {
		const struct shell_command *command = shell_commands[i];
		g_autofree char *usage = command_usage(command);
		g_auto(GStrv) parts = g_strsplit(usage, "-", -1); /* a minus in the manual */
		g_autofree char *escaped = g_strjoinv("\\-", parts);
		g_autofree char *row = g_strdup_printf("\n.B %s\n", escaped);
		g_assert_nonnull(command->examples[0]);
		g_assert_cmpuint(strlen(command->help), >, 10);
		if (!is_tested(command, tests))
			g_error("no test says %s", usage);
		g_assert_true(can_complete(&command->arguments[0]));
		if (manual && !strstr(manual, row))
			g_error("the manual has no row for %s", usage);
		for (guint e = 0; e < G_N_ELEMENTS(command->examples) && command->examples[e]; e++)
			read_example(said.shell, command, command->examples[e]);
	}
	end(&said);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/lines", test_lines);
	g_test_add_func("/shell/text", test_text);
	g_test_add_func("/shell/source", test_source);
	g_test_add_func("/shell/stop", test_stop);
	g_test_add_func("/shell/time", test_time);
	g_test_add_func("/shell/complete", test_complete);
	g_test_add_func("/shell/complete-files", test_complete_files);
	g_test_add_func("/shell/table-of-commands", test_table);
	return g_test_run();
}

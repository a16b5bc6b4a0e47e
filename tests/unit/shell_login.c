/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/commands.h"
#include "station/shell/login.h"

#include "base/error.h"
#include "station/engine/config.h"
#include "station/store/query.h"

#include <glib/gstdio.h>
#include <string.h>

/* Hashes that take no time: 8 KiB, one pass; of 1234 and 2345. */
static const char users_file[] = "users:\n  - badge: \"4711\"\n    name: Op1\n    role: operator\n"
				 "    pin: $argon2id$v=19$m=8,t=1,p=1$rBElP6y2lr0eiF2iVX2gOQ$"
				 "3I70/4rjhXiypR/0gQiXESbhGzYVuf/1GytC2MaA5+I\n"
				 "  - badge: E-1\n    name: Eng1\n    role: engineer\n"
				 "    pin: $argon2id$v=19$m=8,t=1,p=1$2VMtfmJPhiotGJgKA6M/Sg$"
				 "aoC817JUFX/D3eYMiHhAeNTXEhfQPCZczu5MbU7ypTU\n";

struct place {
	char *folder;
	struct operator_policy policy;
	struct config config;
	struct shell *shell;
	GString *out;
	const char *typed; /* what is answered to the question for a PIN; null: Ctrl-C */
	guint asked;
};

static char *in_folder(const struct place *place, const char *name)
{
	return g_build_filename(place->folder, name, NULL);
}

static void put_file(const struct place *place, const char *name, const char *text, int mode)
{
	g_autofree char *path = in_folder(place, name);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static void put(const char *text, gpointer data)
{
	g_string_append(((struct place *)data)->out, text);
}

static gboolean type_pin(char *pin, gsize size, GCancellable *stop, gpointer data, GError **error)
{
	struct place *place = data;

	place->asked++;
	if (!place->typed) {
		station_error_set(error, STATION_ERROR_CANCELLED, "stopped");
		return FALSE;
	}
	g_strlcpy(pin, place->typed, size);
	return TRUE;
}

static void place_init(struct place *place, gboolean with_users, gboolean with_terminal)
{
	*place = (struct place){.folder = g_dir_make_tmp("login-XXXXXX", NULL),
	                        .out = g_string_new(NULL)};
	put_file(place, "users.yaml", users_file, 0600);
	place->policy.users_path = with_users ? in_folder(place, "users.yaml") : NULL;
	place->config.operator_policy = &place->policy;
	place->config.sites = g_ptr_array_new();
	place->config.path = in_folder(place, "station.yaml");
	place->config.store_path = in_folder(place, "station.db");
	struct shell_world world = {
		.commands = shell_commands,
		.config = &place->config,
		.store_path = place->config.store_path,
		.station_id = "S",
		.write = put,
		.write_error = put,
		.ask_pin = with_terminal ? type_pin : NULL,
		.data = place,
	};
	place->shell = shell_new(&world);
}

static void place_done(struct place *place)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	shell_free(place->shell);
	dir = g_dir_open(place->folder, 0, NULL);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = in_folder(place, name);
		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	g_ptr_array_unref(place->config.sites);
	g_free(place->config.path);
	g_free(place->config.store_path);
	g_free(place->policy.users_path);
	g_free(place->folder);
	g_string_free(place->out, TRUE);
}

/* A line, and the error that it has to end with; null: none. */
static void say(struct place *place, const char *line, int code, const char *message)
{
	g_autoptr(GError) error = NULL;

	g_string_truncate(place->out, 0);
	if (!message) {
		shell_run(place->shell, line, NULL, &error);
		g_assert_no_error(error);
		return;
	}
	g_assert_false(shell_run(place->shell, line, NULL, &error));
	g_assert_error(error, STATION_ERROR, code);
	if (!strstr(error->message, message))
		g_error("%s: \"%s\" is not in \"%s\"", line, message, error->message);
}

static void whoami(struct place *place, const char *pattern)
{
	say(place, "whoami", 0, NULL);
	if (!g_pattern_match_simple(pattern, place->out->str))
		g_error("whoami says\n%s", place->out->str);
}

/* What the log has, oldest first: "login Eng1;logout Eng1;" */
static void assert_log(struct place *place, const char *expected)
{
	g_autoptr(GString) said = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) entries =
		store_log_last(shell_store(place->shell, &error), 20, &error);

	g_assert_no_error(error);
	for (guint i = entries->len; i-- > 0;) {
		const struct store_log_entry *entry = g_ptr_array_index(entries, i);
		g_assert_cmpstr(entry->text, ==, "shell");
		g_string_append_printf(said, "%s %s;", entry->what, entry->who);
	}
	g_assert_cmpstr(said->str, ==, expected);
}

static void test_rights(void)
{
	struct place place;

	place_init(&place, TRUE, TRUE);
	place.typed = "1234";
	whoami(&place, "*look*");
	say(&place, "set x 3; print $x; repeat 2 print 1; time print 2", 0, NULL);
	say(&place, "site product", STATION_ERROR_AUTHORITY,
	    "site product sets: it needs an engineer: login BADGE");
	say(&place, "repeat 2 'module up'", STATION_ERROR_AUTHORITY, "module up energises: it");
	say(&place, "login 4711", 0, NULL);
	g_assert_cmpstr(shell_who(place.shell), ==, "Op1");
	whoami(&place, "*Op1*4711*operator*look*");
	say(&place, "site product", STATION_ERROR_AUTHORITY,
	    "site product sets: it needs an engineer, not Op1: login BADGE");
	say(&place, "help site product", 0, NULL);
	g_assert_nonnull(strstr(place.out->str, "it sets, which needs an engineer."));
	place.typed = "2345";
	say(&place, "login E-1", 0, NULL);
	whoami(&place, "*Eng1*E-1*engineer*all*");
	say(&place, "site product", STATION_ERROR_CONFIG, "is missing");
	say(&place, "help site product", 0, NULL);
	g_assert_nonnull(strstr(place.out->str, "it sets.\n"));
	say(&place, "logout", 0, NULL);
	g_assert_cmpstr(shell_who(place.shell), ==, "");
	say(&place, "site product", STATION_ERROR_AUTHORITY, "needs an engineer: login");
	say(&place, "logout", STATION_ERROR_REFUSED, "nobody is logged in");
	assert_log(&place, "login Op1;logout Op1;login Eng1;logout Eng1;");
	place_done(&place);
}

/* Who is not let in is as before, and the log has nothing of it. */
static void test_refused(void)
{
	struct place place;

	place_init(&place, TRUE, TRUE);
	place.typed = "2345";
	say(&place, "login E-1", 0, NULL);
	place.typed = "9999";
	say(&place, "login 4711", STATION_ERROR_AUTHORITY, "badge or PIN is wrong");
	say(&place, "login nobody", STATION_ERROR_AUTHORITY, "badge or PIN is wrong");
	place.typed = NULL;
	say(&place, "login 4711", STATION_ERROR_CANCELLED, "stopped");
	whoami(&place, "*Eng1*");
	place.typed = "9999";
	say(&place, "login 4711", STATION_ERROR_AUTHORITY, "badge or PIN is wrong");
	say(&place, "login 4711", STATION_ERROR_AUTHORITY, "badge or PIN is wrong");
	place.typed = "1234";
	say(&place, "login 4711", STATION_ERROR_AUTHORITY, "too many wrong PINs");
	g_assert_cmpuint(place.asked, ==, 7);
	assert_log(&place, "login Eng1;");
	place_done(&place);
}

static void test_pin_file(void)
{
	static const struct {
		const char *text;
		int mode, code;
		const char *message;
	} rows[] = {
		{"2345\nsecond line\n", 0600, 0, NULL},
		{"2345", 0400, 0, NULL},
		{"2345\r\n", 0600, 0, NULL},
		{"2345\n", 0640, STATION_ERROR_AUTHORITY, "chmod 600"},
		{"2345\n", 0604, STATION_ERROR_AUTHORITY, "chmod 600"},
		{"", 0600, STATION_ERROR_AUTHORITY, "badge or PIN is wrong"},
		{"234", 0600, STATION_ERROR_AUTHORITY, "badge or PIN is wrong"},
	};
	struct place place;

	place_init(&place, TRUE, FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = in_folder(&place, "pin");
		g_autofree char *line = g_strdup_printf("login E-1 %s", path);
		put_file(&place, "pin", rows[i].text, rows[i].mode);
		say(&place, line, rows[i].code, rows[i].message);
		g_assert_null(strstr(place.out->str, "234"));
		if (!rows[i].message)
			say(&place, "logout", 0, NULL);
		g_unlink(path);
	}
	say(&place, "login E-1 /none", STATION_ERROR_CONFIG, "/none: ");
	say(&place, "login E-1 /tmp", STATION_ERROR_CONFIG, "/tmp: not a file");
	say(&place, "login E-1", STATION_ERROR_CONFIG, "login BADGE FILE");
	place_done(&place);
}

/* Without a file of users anyone may, and nobody can log in. */
static void test_nobody_has_to(void)
{
	struct place place;

	place_init(&place, FALSE, TRUE);
	say(&place, "site product", STATION_ERROR_CONFIG, "is missing");
	whoami(&place, "*all*");
	say(&place, "login E-1", STATION_ERROR_CONFIG, "nobody has to log in");
	g_assert_cmpuint(place.asked, ==, 0);
	place_done(&place);
}

/* A login that cannot be told is none. */
static void test_store_is_gone(void)
{
	struct place place;

	place_init(&place, TRUE, TRUE);
	place.typed = "2345";
	g_assert_cmpint(g_mkdir(place.config.store_path, 0700), ==, 0);
	say(&place, "login E-1", STATION_ERROR_STORAGE, "station.db");
	g_assert_cmpstr(shell_who(place.shell), ==, "");
	g_assert_false(login_may(place.shell, COMMAND_SETS));
	g_assert_cmpint(g_rmdir(place.config.store_path), ==, 0);
	place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/shell/login/rights", test_rights);
	g_test_add_func("/shell/login/refused", test_refused);
	g_test_add_func("/shell/login/pin-file", test_pin_file);
	g_test_add_func("/shell/login/nobody-has-to", test_nobody_has_to);
	g_test_add_func("/shell/login/store-is-gone", test_store_is_gone);
	return g_test_run();
}

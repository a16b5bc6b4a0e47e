/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"
#include "station/front/pin_ask.h"
#include "station/operator/users_edit.h"

#include "base/error.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct call {
	const char *action, *badge, *name;
	enum user_role role;
	gboolean has_role;
	const char *path;
	char pin[USER_PIN_MAX + 2]; /* one more than may be, so that more is noticed */
	gboolean had_comments;
};

/* --- the PIN ---------------------------------------------------------------------------------- */

static int ask_twice(struct call *call)
{
	char again[sizeof call->pin] = "";
	g_autoptr(GError) error = NULL;
	int code = 0;

	if (!pin_ask("PIN: ", call->pin, sizeof call->pin, NULL, &error) ||
	    !pin_ask("the same again: ", again, sizeof again, NULL, &error))
		code = g_error_matches(error, STATION_ERROR, STATION_ERROR_CANCELLED)
		               ? EXIT_CODE_SIGNAL + SIGINT
		               : EXIT_CODE_ERROR;
	if (!code && strcmp(call->pin, again) != 0) {
		fputs("station: these are two different PINs\n", stderr);
		code = EXIT_CODE_USAGE;
	}
	users_wipe(again);
	if (code)
		users_wipe(call->pin);
	return code;
}

static int take_pin(struct call *call)
{
	if (isatty(STDIN_FILENO))
		return ask_twice(call);
	return pin_read(call->pin, sizeof call->pin) ? 0 : EXIT_CODE_SIGNAL + SIGINT;
}

/* --- what is done to the file -------------------------------------------------------------------
 */

static gboolean add(struct users *users, gpointer data, GError **error)
{
	struct call *call = data;

	call->had_comments = users_had_comments(users);
	return users_add(users, call->badge, call->name, call->role, call->pin, error);
}

static gboolean set_pin(struct users *users, gpointer data, GError **error)
{
	struct call *call = data;

	call->had_comments = users_had_comments(users);
	return users_set_pin(users, call->badge, call->pin, error);
}

static gboolean remove_user(struct users *users, gpointer data, GError **error)
{
	struct call *call = data;

	call->had_comments = users_had_comments(users);
	return users_remove(users, call->badge, error);
}

static int fail(GError *error)
{
	gboolean range = g_error_matches(error, STATION_ERROR, STATION_ERROR_RANGE);
	int code = front_fail(error);

	return range ? EXIT_CODE_USAGE : code;
}

static int list(const char *path)
{
	GError *error = NULL;
	g_autoptr(users) users = users_load(path, &error);

	if (!users)
		return fail(error);
	for (guint i = 0; i < users_size(users); i++) {
		const struct user *user = users_at(users, i);

		printf("%-16s %-10s %s\n", user->badge, user_role_name(user->role), user->name);
	}
	return EXIT_CODE_OK;
}

static const struct {
	const char *name;
	gboolean (*change)(struct users *users, gpointer data, GError **error);
	gboolean wants_pin, is_add;
} actions[] = {
	{"list", NULL, FALSE, FALSE},
	{"add", add, TRUE, TRUE},
	{"pin", set_pin, TRUE, FALSE},
	{"remove", remove_user, FALSE, FALSE},
};

static int change(struct call *call, guint action)
{
	GError *error = NULL;
	int code = actions[action].wants_pin ? take_pin(call) : 0;
	gboolean ok;

	if (code)
		return code;
	ok = users_edit(call->path, actions[action].change, call, &error);
	/* when it did not come as far as that */
	users_wipe(call->pin);
	if (!ok)
		return fail(error);
	if (call->had_comments)
		fprintf(stderr, "station: comments in %s were not kept\n", call->path);
	return EXIT_CODE_OK;
}

/* --- the call --------------------------------------------------------------------------------- */

static gboolean take_role(struct call *call, const char *word)
{
	for (int role = USER_OPERATOR; role <= USER_ENGINEER; role++)
		if (g_strcmp0(word, user_role_name((enum user_role)role)) == 0) {
			call->role = (enum user_role)role;
			call->has_role = TRUE;
			return TRUE;
		}
	return FALSE;
}

/* Null, or what is wrong; free with g_free. */
static char *parse(int argc, char **argv, struct call *call)
{
	for (int i = 2; i < argc; i++) {
		gboolean last = i + 1 == argc;

		if (strcmp(argv[i], "--name") == 0 && !last)
			call->name = argv[++i];
		else if (strcmp(argv[i], "--role") == 0 && !last && take_role(call, argv[i + 1]))
			i++;
		else if (strcmp(argv[i], "--role") == 0)
			return g_strdup("--role is operator or engineer");
		else if (argv[i][0] == '-' || call->badge)
			return g_strdup_printf("users %s takes no \"%s\"", call->action, argv[i]);
		else
			call->badge = argv[i];
	}
	return NULL;
}

static const char *missing(const struct call *call, guint action)
{
	if (!actions[action].change)
		return call->badge || call->name || call->has_role ? "takes no more words" : NULL;
	if (!call->badge)
		return "wants a badge";
	if (!users_is_badge(call->badge))
		return "wants a badge: letters, digits, '.', '_' and '-'";
	if (actions[action].is_add && !call->name)
		return "wants --name";
	if (!actions[action].is_add && (call->name || call->has_role))
		return "takes no --name or --role";
	return NULL;
}

static int run_users(struct front *front, int argc, char **argv)
{
	struct call call = {.action = argc > 1 ? argv[1] : ""};
	g_autoptr(config) config = NULL;
	g_autofree char *wrong = NULL;
	guint action = 0;
	int code = EXIT_CODE_OK;

	while (action < G_N_ELEMENTS(actions) && strcmp(actions[action].name, call.action) != 0)
		action++;
	if (action == G_N_ELEMENTS(actions))
		return front_usage(&cli_users, "users wants list, add, pin or remove");
	wrong = parse(argc, argv, &call);
	if (wrong)
		return front_usage(&cli_users, "%s", wrong);
	if (missing(&call, action))
		return front_usage(&cli_users, "users %s %s", call.action, missing(&call, action));
	config = front_config(front, &code);
	if (!config)
		return code;
	call.path = config->operator_policy->users_path;
	if (!call.path) {
		fprintf(stderr, "station: %s names no file of users (operator: users:)\n",
		        config->path);
		return EXIT_CODE_CONFIG;
	}
	return actions[action].change ? change(&call, action) : list(call.path);
}

const struct command cli_users = {
	.name = "users",
	.summary = "who may work at the station: badges, roles, PINs",
	.usage = "users list|add|pin|remove [BADGE] [--name NAME] [--role ROLE]",
	.details =
		"Looks after the file that the configuration names (operator: users:). It is made "
		"when\n"
		"it is not there, for its owner and group alone; chgrp it to the group of those "
		"who "
		"run\n"
		"station. Who may write it decides who may work.\n\n"
		"list        badge, role and name of each\n"
		"add BADGE   one more; --name NAME, as records shall have it, --role operator "
		"(runs\n"
		"            units) or engineer (may do what wants a PIN besides); operator if "
		"left "
		"out\n"
		"pin BADGE   another PIN\n"
		"remove BADGE\n\n"
		"A PIN has 4 to 64 characters. It is asked for twice, unseen; where standard input "
		"is\n"
		"no terminal it is its first line. The file has its Argon2id hash. Badges are up "
		"to "
		"32\n"
		"letters, digits, '.', '_' and '-'. Comments in the file are not kept.\n\n"
		"Exit code 0 done, 2 usage, a badge that is there already or not there, 3 "
		"configuration\n"
		"or file invalid, 6 not authorised to read or write the file, 7 not written.\n",
	.examples = "  station users add 4711 --name \"Operator1\"\n"
		    "  station users add E-12 --name \"Engineer 12\" --role engineer\n"
		    "  station users list\n",
	.run = run_users,
};

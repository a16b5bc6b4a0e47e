/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/engine/config.h"
#include "station/commands/rows.h"
#include "station/shell/login.h"
#include "station/shell/table.h"

/* Who works here. */

static void add_badges(struct shell *shell, GPtrArray *names)
{
	const struct config *config = shell_world(shell)->config;
	const char *path = config ? config->operator_policy->users_path : NULL;
	g_autoptr(users) users = path ? users_load(path, NULL) : NULL;

	for (guint i = 0; users && i < users_size(users); i++)
		g_ptr_array_add(names, g_strdup(users_at(users, i)->badge));
}

static gboolean run_login(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const char *file = call->values[1].kind ? call->values[1].text : NULL;

	return login_begin(shell, call->values[0].text, file, error);
}

const struct shell_command command_login = {
	.noun = "login",
	.help = "asks for the badge's PIN, or takes the first line of FILE (mode 0600)",
	.examples = {"login E-12", "login E-12 ~/.station-pin"},
	.arguments = {{"BADGE", ARGUMENT_NAME, .complete = add_badges},
                      {"FILE", ARGUMENT_FILE, .optional = TRUE}},
	.run = run_login,
};

static gboolean run_logout(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	if (*shell_login(shell)->badge)
		return login_end(shell, error);
	station_error_set(error, STATION_ERROR_REFUSED, "nobody is logged in");
	return FALSE;
}

const struct shell_command command_logout = {
	.noun = "logout",
	.help = "undoes what is energised, gives the site back and forgets who was there",
	.examples = {"logout"},
	.run = run_logout,
};

static const struct table_column who_columns[] = {{"name"}, {"badge"}, {"role"}, {"may"}};

static gboolean run_whoami(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	const struct shell_login *login = shell_login(shell);
	struct table *table = table_new(who_columns, G_N_ELEMENTS(who_columns));
	enum user_role role = login->is_engineer ? USER_ENGINEER : USER_OPERATOR;
	gboolean somebody = *login->badge != '\0';

	table_add(table, shell_value_text(somebody ? login->name : NULL));
	table_add(table, shell_value_text(somebody ? login->badge : NULL));
	table_add(table, shell_value_text(somebody ? user_role_name(role) : NULL));
	table_add(table,
	          shell_value_text(login_may(shell, COMMAND_WRITES_MODULE) ? "all" : "look"));
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_whoami = {
	.noun = "whoami",
	.help = "who is logged in, and what he may: look, or all",
	.examples = {"whoami"},
	.run = run_whoami,
};

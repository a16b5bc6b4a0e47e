/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/suggest.h"
#include "station/commands/bench_client.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/shell/site.h"
#include "station/shell/table.h"

#include <string.h>

/* The virtual bench that the instruments are of: what it knows, and what is broken on purpose. */

enum { PARAMETERS_MAX = 8 };

/* --- asking ----------------------------------------------------------------------------------- */

static guint16 port_of(struct shell *shell, GError **error)
{
	const struct config *config = shell_world(shell)->config;

	if (config && config->virtual_bench_port && !config->is_replayed)
		return config->virtual_bench_port;
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "there is no virtual bench here: the configuration names none "
	                  "(virtual_bench: 127.0.0.1:PORT)");
	return 0;
}

static GPtrArray *ask(struct shell *shell, const char *command,
                      const struct bench_argument *arguments, guint n, GError **error)
{
	guint16 port = port_of(shell, error);

	return port ? bench_client_ask(port, command, arguments, n, shell_stop(shell), error)
	            : NULL;
}

/* The number of the site that is worked at. */
static char *site_text(struct shell *shell, const struct value *said)
{
	const struct config *config = shell_world(shell)->config;
	int number = shell_site(shell)->number;

	if (said && said->kind)
		return g_strdup_printf("%d", (int)said->number);
	if (!number && config && config->sites->len)
		number = ((const struct config_site *)g_ptr_array_index(config->sites, 0))->site;
	return g_strdup_printf("%d", number);
}

static const struct table_column item_columns[] = {{"what"}, {"n", TRUE}, {"value"}};

/* Nothing for a reply without values. */
static struct value table_of(const GPtrArray *items)
{
	struct table *table;

	if (items->len == 0)
		return (struct value){0};
	table = table_new(item_columns, G_N_ELEMENTS(item_columns));
	for (guint i = 0; i < items->len; i++) {
		const struct bench_item *item = g_ptr_array_index(items, i);
		table_add(table, shell_value_text(item->name));
		table_add(table,
		          item->index ? shell_value_number(item->index, "1") : (struct value){0});
		table_add(table, shell_value_copy(&item->value));
	}
	return shell_value_take_table(table);
}

/* --- what it can be told ---------------------------------------------------------------------- */

struct bench_command {
	const char *name, *parameters, *help, *repair; /* borrowed from the reply */
};

/* Array of struct bench_command, good as long as the reply. */
static GArray *commands_of(const GPtrArray *reply)
{
	GArray *commands = g_array_new(FALSE, TRUE, sizeof(struct bench_command));

	for (guint i = 0; i < reply->len; i++) {
		const struct bench_item *item = g_ptr_array_index(reply, i);
		const char *text = item->value.kind == VALUE_TEXT ? item->value.text : "";
		if (!g_str_has_prefix(item->name, "commands.") || item->index == 0)
			continue;
		if (commands->len < item->index)
			g_array_set_size(commands, item->index);
		struct bench_command *command =
			&g_array_index(commands, struct bench_command, item->index - 1);
		const char *member = item->name + strlen("commands.");
		const char **place = strcmp(member, "name") == 0         ? &command->name
		                     : strcmp(member, "parameters") == 0 ? &command->parameters
		                     : strcmp(member, "help") == 0       ? &command->help
		                                                         : &command->repair;
		*place = text;
	}
	return commands;
}

static gboolean is_number(const GPtrArray *reply, const char *member)
{
	for (guint i = 0; i < reply->len; i++) {
		const struct bench_item *item = g_ptr_array_index(reply, i);
		if (strcmp(item->name, "numbers") == 0 && item->value.kind == VALUE_TEXT &&
		    strcmp(item->value.text, member) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Of all commands, or of those that break something. */
static const struct bench_command *find_command(const GArray *commands, const char *name,
                                                gboolean faults, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *near;

	for (guint i = 0; i < commands->len; i++) {
		const struct bench_command *one = &g_array_index(commands, struct bench_command, i);
		if (!one->name || (faults && !one->repair))
			continue;
		if (strcmp(one->name, name) == 0)
			return one;
		g_ptr_array_add(names, (gpointer)one->name);
	}
	g_ptr_array_add(names, NULL);
	near = suggest_nearest(name, (const char *const *)names->pdata);
	station_error_set(error, STATION_ERROR_CONFIG, "the virtual bench has no %s \"%s\"%s%s%s",
	                  faults ? "fault" : "command", name, near ? "; did you mean \"" : "",
	                  near ? near : "", near ? "\"?" : "");
	return NULL;
}

/* One command with its words; those that are left out end it. */
static GPtrArray *tell(struct shell *shell, const GPtrArray *help,
                       const struct bench_command *command, const char *const *words,
                       GError **error)
{
	g_auto(GStrv) members = g_strsplit(command->parameters, " ", -1);
	struct bench_argument arguments[PARAMETERS_MAX];
	guint n = 0, n_words = g_strv_length((char **)words);

	for (; members[n] && n < n_words && n < PARAMETERS_MAX; n++) {
		const char *member = members[n] + (*members[n] == '?');
		arguments[n] = (struct bench_argument){member, words[n], is_number(help, member)};
	}
	if (n == n_words && (!members[n] || *members[n] == '?' || !*members[n]))
		return ask(shell, command->name, arguments, n, error);
	station_error_set(error, STATION_ERROR_CONFIG, "it is: %s %s", command->name,
	                  command->parameters);
	return NULL;
}

static GPtrArray *words_of(struct shell *shell, const char *text, GError **error)
{
	g_autoptr(GArray) tokens = token_split(text, error);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	if (!tokens)
		return NULL;
	for (guint i = 0; i < tokens->len; i++) {
		char *word = token_text(text, &g_array_index(tokens, struct token, i),
		                        shell_lookup_text, shell, error);
		if (!word)
			return NULL;
		g_ptr_array_add(words, word);
	}
	return g_steal_pointer(&words);
}

static void complete_with(struct shell *shell, GPtrArray *names, gboolean faults)
{
	g_autoptr(GPtrArray) help = ask(shell, "help", NULL, 0, NULL);
	g_autoptr(GArray) commands = help ? commands_of(help) : NULL;

	for (guint i = 0; commands && i < commands->len; i++) {
		const struct bench_command *one = &g_array_index(commands, struct bench_command, i);
		if (one->name && (!faults || one->repair))
			g_ptr_array_add(names, g_strdup(one->name));
	}
}

static void complete_faults(struct shell *shell, GPtrArray *names)
{
	complete_with(shell, names, TRUE);
}

static void complete_commands(struct shell *shell, GPtrArray *names)
{
	complete_with(shell, names, FALSE);
}

/* --- looking ---------------------------------------------------------------------------------- */

static gboolean bench_show(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	g_autofree char *site = site_text(shell, &call->values[0]);
	const struct bench_argument arguments[] = {{"site", site, TRUE}};
	g_autoptr(GPtrArray) items = ask(shell, "state", arguments, 1, error);

	if (!items)
		return FALSE;
	*result = table_of(items);
	return TRUE;
}

const struct shell_command command_bench_show = {
	.noun = "bench",
	.verb = "show",
	.help = "what holds in a site of the virtual bench: supply, light, pins",
	.examples = {"bench show", "bench show 2"},
	.arguments = {{"SITE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 64}},
	.run = bench_show,
};

/* What people ask a lane for, as the reply calls it. */
static const struct table_column truth_columns[] = {
	{"lane", TRUE},         {"avg", TRUE},   {"oma", TRUE},         {"er", TRUE},
	{"tecq", TRUE},         {"tdecq", TRUE}, {"rlm", TRUE},         {"transition", TRUE},
	{"wavelength", TRUE},   {"smsr", TRUE},  {"sensitivity", TRUE}, {"los_assert", TRUE},
	{"los_deassert", TRUE},
};

static const struct bench_item *find_item(const GPtrArray *items, const char *column, guint index)
{
	g_autofree char *name = g_strdup_printf("lanes.%s", column);

	for (guint i = 0; i < items->len; i++) {
		const struct bench_item *item = g_ptr_array_index(items, i);
		if (item->index == index && strcmp(item->name, name) == 0)
			return item;
	}
	return NULL;
}

static struct table *truth_table(const GPtrArray *items, guint lane)
{
	struct table *table = table_new(truth_columns, G_N_ELEMENTS(truth_columns));

	for (guint i = 1; find_item(items, "lane", i); i++)
		for (guint c = 0; (!lane || i == lane) && c < G_N_ELEMENTS(truth_columns); c++) {
			const struct bench_item *item = find_item(items, truth_columns[c].name, i);
			table_add(table, item ? shell_value_copy(&item->value) : (struct value){0});
		}
	return table;
}

static gboolean bench_truth(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	g_autofree char *site = site_text(shell, NULL);
	const struct bench_argument arguments[] = {{"unit", site, TRUE}};
	g_autoptr(GPtrArray) items = ask(shell, "truth", arguments, 1, error);

	if (!items)
		return FALSE;
	*result = shell_value_take_table(
		truth_table(items, call->values[0].kind ? (guint)call->values[0].number : 0));
	return TRUE;
}

const struct shell_command command_bench_truth = {
	.noun = "bench",
	.verb = "truth",
	.help = "what the lanes of the unit in the socket are in truth, with what it has stored",
	.examples = {"bench truth", "bench truth 2"},
	.arguments = {{"LANE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 8,
                       .complete = complete_lanes}},
	.run = bench_truth,
};

/* --- breaking and repairing ------------------------------------------------------------------- */

static const struct table_column fault_columns[] = {{"fault"}, {"wants"}, {"does"}, {"broken"}};

static char *broken_text(struct shell *shell, const char *name)
{
	GPtrArray *broken = shell_broken(shell);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < broken->len; i++) {
		char **words = g_ptr_array_index(broken, i);
		g_autofree char *line = g_strjoinv(" ", words + 1);
		if (strcmp(words[0], name) == 0)
			g_string_append_printf(text, "%s%s", text->len ? "; " : "", line);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The site that is worked at need not be said. */
static const char *without_site(const char *parameters)
{
	return g_str_has_prefix(parameters, "site ") ? parameters + strlen("site ") : parameters;
}

static gboolean bench_faults(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	g_autoptr(GPtrArray) help = ask(shell, "help", NULL, 0, error);
	g_autoptr(GArray) commands = help ? commands_of(help) : NULL;
	struct table *table;

	if (!help)
		return FALSE;
	table = table_new(fault_columns, G_N_ELEMENTS(fault_columns));
	for (guint i = 0; i < commands->len; i++) {
		const struct bench_command *one = &g_array_index(commands, struct bench_command, i);
		g_autofree char *upper = NULL;
		g_autofree char *broken = NULL;
		if (!one->name || !one->repair)
			continue;
		upper = g_ascii_strup(without_site(one->parameters), -1);
		broken = broken_text(shell, one->name);
		table_add(table, shell_value_text(one->name));
		table_add(table, shell_value_text(upper));
		table_add(table, shell_value_text(one->help));
		table_add(table, shell_value_text(*broken ? broken : NULL));
	}
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_bench_faults = {
	.noun = "bench",
	.verb = "faults",
	.help = "what of the virtual bench can be broken, and what was by \"bench fault\"",
	.examples = {"bench faults"},
	.run = bench_faults,
};

static gboolean bench_fault(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	g_autoptr(GPtrArray) help = ask(shell, "help", NULL, 0, error);
	g_autoptr(GArray) commands = help ? commands_of(help) : NULL;
	const struct bench_command *command =
		help ? find_command(commands, call->values[0].text, TRUE, error) : NULL;
	const char *rest = call->values[1].kind ? call->values[1].text : "";
	g_autoptr(GPtrArray) words = command ? words_of(shell, rest, error) : NULL;
	g_autoptr(GPtrArray) reply = NULL;

	if (!words)
		return FALSE;
	if (without_site(command->parameters) != command->parameters)
		g_ptr_array_insert(words, 0, site_text(shell, NULL));
	g_ptr_array_add(words, NULL);
	reply = tell(shell, help, command, (const char *const *)words->pdata, error);
	if (!reply)
		return FALSE;
	g_ptr_array_insert(words, 0, g_strdup(command->name));
	g_ptr_array_add(shell_broken(shell), g_strdupv((char **)words->pdata));
	return TRUE;
}

const struct shell_command command_bench_fault = {
	.noun = "bench",
	.verb = "fault",
	.help = "breaks something of the virtual bench; \"bench faults\" tells what there is",
	.examples = {"bench fault laser-bias 2 0.4", "bench fault fault scope1 silent 1"},
	.arguments = {{"FAULT", ARGUMENT_NAME, .complete = complete_faults},
                      {"WORDS...", ARGUMENT_REST, .optional = TRUE}},
	.right = COMMAND_SETS,
	.run = bench_fault,
};

/* The words that repair what `said` (name first) broke; null-terminated. */
static GPtrArray *repair_words(const struct bench_command *command, char **said)
{
	g_auto(GStrv) members = g_strsplit(command->parameters, " ", -1);
	g_auto(GStrv) repair = g_strsplit(command->repair, " ", -1);
	guint n_said = g_strv_length(said) - 1;
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; repair[i]; i++) {
		const char *word = repair[i];
		gboolean left_out = FALSE;

		for (guint k = 0; members[k]; k++)
			if (strcmp(members[k] + (*members[k] == '?'), repair[i]) == 0) {
				left_out = k >= n_said;
				word = left_out ? word : said[k + 1];
			}
		if (left_out)
			break;
		g_ptr_array_add(words, g_strdup(word));
	}
	g_ptr_array_add(words, NULL);
	return words;
}

static gboolean repair_one(struct shell *shell, const GPtrArray *help, const GArray *commands,
                           char **said, GError **error)
{
	const struct bench_command *command = find_command(commands, said[0], TRUE, error);
	g_autoptr(GPtrArray) words = command ? repair_words(command, said) : NULL;
	g_autoptr(GPtrArray) reply =
		words ? tell(shell, help, command, (const char *const *)words->pdata, error) : NULL;

	return reply != NULL;
}

/* The last first: what changed places twice goes back the way it came. */
static gboolean bench_repair(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const char *name = call->values[0].kind ? call->values[0].text : NULL;
	g_autoptr(GPtrArray) help = ask(shell, "help", NULL, 0, error);
	g_autoptr(GArray) commands = help ? commands_of(help) : NULL;
	GPtrArray *broken = shell_broken(shell);
	guint n = 0;

	if (!help)
		return FALSE;
	for (guint i = broken->len; i-- > 0;) {
		char **said = g_ptr_array_index(broken, i);
		if (name && strcmp(said[0], name) != 0)
			continue;
		if (!repair_one(shell, help, commands, said, error))
			return FALSE;
		g_ptr_array_remove_index(broken, i);
		n++;
	}
	if (n > 0 || !name)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "\"%s\" was not broken in this shell", name);
	return FALSE;
}

const struct shell_command command_bench_repair = {
	.noun = "bench",
	.verb = "repair",
	.help = "repairs what \"bench fault\" broke, all of it or one kind",
	.examples = {"bench repair", "bench repair laser-bias"},
	.arguments = {{"FAULT", ARGUMENT_NAME, .optional = TRUE, .complete = complete_faults}},
	.right = COMMAND_SETS,
	.run = bench_repair,
};

/* --- units, and all else ---------------------------------------------------------------------- */

static gboolean bench_insert(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	g_autofree char *site = site_text(shell, &call->values[1]);
	const struct bench_argument arguments[] = {{"site", site, TRUE},
	                                           {"serial", call->values[0].text, FALSE}};
	g_autoptr(GPtrArray) reply = ask(shell, "insert", arguments, 2, error);

	return reply != NULL;
}

const struct shell_command command_bench_insert = {
	.noun = "bench",
	.verb = "insert",
	.help = "puts a unit into a socket of the virtual bench",
	.examples = {"bench insert SN0815", "bench insert SN0815 2"},
	.arguments = {{"SERIAL", ARGUMENT_NAME, .complete = complete_runs},
                      {"SITE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 64}},
	.right = COMMAND_SETS,
	.run = bench_insert,
};

static gboolean bench_remove(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	g_autofree char *site = site_text(shell, &call->values[0]);
	const struct bench_argument arguments[] = {{"site", site, TRUE}};
	g_autoptr(GPtrArray) reply = ask(shell, "remove", arguments, 1, error);

	return reply != NULL;
}

const struct shell_command command_bench_remove = {
	.noun = "bench",
	.verb = "remove",
	.help = "pulls the unit out of a socket of the virtual bench, whatever it does",
	.examples = {"bench remove", "bench remove 2"},
	.arguments = {{"SITE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 64}},
	.right = COMMAND_SETS,
	.run = bench_remove,
};

static gboolean bench_tell(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	g_autoptr(GPtrArray) help = ask(shell, "help", NULL, 0, error);
	g_autoptr(GArray) commands = help ? commands_of(help) : NULL;
	const struct bench_command *command =
		help ? find_command(commands, call->values[0].text, FALSE, error) : NULL;
	const char *rest = call->values[1].kind ? call->values[1].text : "";
	g_autoptr(GPtrArray) words = command ? words_of(shell, rest, error) : NULL;
	g_autoptr(GPtrArray) reply = NULL;

	if (!words)
		return FALSE;
	g_ptr_array_add(words, NULL);
	reply = tell(shell, help, command, (const char *const *)words->pdata, error);
	if (!reply)
		return FALSE;
	*result = table_of(reply);
	return TRUE;
}

const struct shell_command command_bench_tell = {
	.noun = "bench",
	.verb = "tell",
	.help = "any command of the virtual bench's control port, as \"virtual-bench ctl\" takes "
		"it",
	.examples = {"bench tell ports", "bench tell source 1 2 -3.5"},
	.arguments = {{"COMMAND", ARGUMENT_NAME, .complete = complete_commands},
                      {"WORDS...", ARGUMENT_REST, .optional = TRUE}},
	.right = COMMAND_SETS,
	.run = bench_tell,
};

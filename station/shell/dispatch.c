/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/dispatch.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "station/shell/expression.h"

#include <math.h>
#include <string.h>

static char *text_of(struct shell *shell, const char *line, const struct token *token,
                     GError **error)
{
	return token_text(line, token, shell_lookup_text, shell, error);
}

/* Names of the first words, or of the verbs of a noun; null-terminated, borrowed. */
static GPtrArray *names_of(const struct shell *shell, const char *noun)
{
	const struct shell_command *const *commands = shell_world(shell)->commands;
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; commands[i]; i++) {
		const struct shell_command *command = commands[i];
		const char *name = noun ? command->verb : command->noun;
		if (noun && strcmp(command->noun, noun) != 0)
			continue;
		if (names->len == 0 || strcmp(names->pdata[names->len - 1], name) != 0)
			g_ptr_array_add(names, (gpointer)name);
	}
	g_ptr_array_add(names, NULL);
	return names;
}

static void tell_unknown(const char *line, gsize at, const char *what, const char *word,
                         const char *const *names, GError **error)
{
	const char *near = suggest_nearest(word, names);
	g_autofree char *all = g_strjoinv(", ", (char **)names);

	if (near)
		token_error(error, line, at, "%s \"%s\"; did you mean \"%s\"?", what, word, near);
	else
		token_error(error, line, at, "%s \"%s\"; there is: %s", what, word, all);
}

const struct shell_command *dispatch_find(struct shell *shell, const char *line,
                                          const struct token *tokens, guint n, guint *used,
                                          GError **error)
{
	g_autofree char *noun = text_of(shell, line, &tokens[0], error);
	g_autofree char *verb = NULL;
	const struct shell_command *const *commands = shell_world(shell)->commands;
	gboolean known = FALSE;

	if (!noun)
		return NULL;
	for (guint i = 0; commands[i]; i++) {
		const struct shell_command *command = commands[i];
		if (strcmp(command->noun, noun) != 0)
			continue;
		known = TRUE;
		*used = command->verb ? 2 : 1;
		if (!command->verb)
			return command;
		if (n > 1 && !verb && !(verb = text_of(shell, line, &tokens[1], error)))
			return NULL;
		if (verb && strcmp(command->verb, verb) == 0)
			return command;
	}
	g_autoptr(GPtrArray) names = names_of(shell, known ? noun : NULL);
	const char *const *list = (const char *const *)names->pdata;
	if (!known) {
		tell_unknown(line, tokens[0].begin, "there is no command", noun, list, error);
	} else if (!verb) {
		g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
		token_error(error, line, tokens[0].end, "\"%s\" wants one of: %s", noun, all);
	} else {
		g_autofree char *what = g_strdup_printf("\"%s\" has no", noun);
		tell_unknown(line, tokens[1].begin, what, verb, list, error);
	}
	return NULL;
}

/* What is being read: the line, the words that are left and where they end. */
struct reading {
	struct shell *shell;
	const char *line;
	const struct token *tokens;
	guint n, next;
	gsize end; /* of the command */
};

/* A number behind which the words go on where the expression ended. */
static gboolean read_expression(struct reading *reading, struct value *value, GError **error)
{
	/* the command ends before a `;`, and quotes keep their place in the line */
	g_autofree char *line = g_strndup(reading->line, reading->end);
	struct expression expression = {.line = line,
	                                .at = reading->tokens[reading->next].begin,
	                                .lookup = shell_lookup,
	                                .data = reading->shell};

	if (!expression_read(&expression, value, error))
		return FALSE;
	while (reading->next < reading->n && reading->tokens[reading->next].end <= expression.at)
		reading->next++;
	if (reading->next < reading->n && reading->tokens[reading->next].begin < expression.at) {
		token_error(error, line, expression.at, "\"%s\" is not understood here",
		            line + expression.at);
		shell_value_clear(value);
		return FALSE;
	}
	return TRUE;
}

static gboolean check_number(const struct argument *argument, struct value *value, GError **error)
{
	const char *unit = argument->kind == ARGUMENT_COUNT ? "1" : argument->unit;

	if (value->kind == VALUE_NUMBER && strcmp(value->unit, "1") == 0)
		value->unit = unit;
	if (value->kind != VALUE_NUMBER || strcmp(value->unit, unit) != 0) {
		g_autofree char *got = shell_value_show(value);
		station_error_set(error, STATION_ERROR_CONFIG, "%s wants %s%s, not %s",
		                  argument->name,
		                  strcmp(unit, "1") == 0 ? "a plain number" : "a number in ",
		                  strcmp(unit, "1") == 0 ? "" : unit, got);
		return FALSE;
	}
	if (argument->kind == ARGUMENT_COUNT && floor(value->number) != value->number) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s is a whole number",
		                  argument->name);
		return FALSE;
	}
	if (value->number >= argument->min && value->number <= argument->max)
		return TRUE;
	g_autofree char *low = unit_format(argument->min, unit, 6);
	g_autofree char *high = unit_format(argument->max, unit, 6);
	station_error_set(error, STATION_ERROR_RANGE, "%s is from %s to %s", argument->name, low,
	                  high);
	return FALSE;
}

/* A value that begins like an expression is one, and a variable alone is what it holds. */
static gboolean is_expression(const char *text)
{
	return g_ascii_isdigit(*text) || *text == '(' || *text == '$' ||
	       (*text && strchr("+-.", *text) &&
	        (g_ascii_isdigit(text[1]) || text[1] == '(' || text[1] == '$' || text[1] == '.'));
}

static gboolean read_value(struct reading *reading, struct value *value, GError **error)
{
	const struct token *token = &reading->tokens[reading->next];

	if (is_expression(reading->line + token->begin))
		return read_expression(reading, value, error);
	g_autofree char *text = text_of(reading->shell, reading->line, token, error);
	if (!text)
		return FALSE;
	reading->next++;
	gboolean quoted =
		strcspn(reading->line + token->begin, "\"'\\") < token->end - token->begin;
	if (!quoted && (strcmp(text, "on") == 0 || strcmp(text, "off") == 0))
		*value = shell_value_flag(strcmp(text, "on") == 0);
	else
		*value = shell_value_text(text);
	return TRUE;
}

/* The rest as it stands; a single word between quotes without them: repeat 3 "print 1; print 2". */
static gboolean read_rest(struct reading *reading, struct value *value, GError **error)
{
	const struct token *token = &reading->tokens[reading->next];
	char quote = reading->line[token->begin];

	if (reading->next + 1 == reading->n && (quote == '"' || quote == '\'')) {
		g_autofree char *inner =
			g_strndup(reading->line + token->begin + 1, token->end - token->begin - 2);
		*value = shell_value_text(inner);
	} else {
		g_autofree char *rest =
			g_strndup(reading->line + token->begin, reading->end - token->begin);
		*value = shell_value_text(rest);
	}
	reading->next = reading->n;
	return TRUE;
}

static gboolean read_word(struct reading *reading, const struct argument *argument,
                          struct value *value, GError **error)
{
	const struct token *token = &reading->tokens[reading->next++];
	g_autofree char *text = text_of(reading->shell, reading->line, token, error);

	if (!text)
		return FALSE;
	if (argument->kind == ARGUMENT_CHOICE && !g_strv_contains(argument->choices, text)) {
		tell_unknown(reading->line, token->begin, "there is no", text, argument->choices,
		             error);
		return FALSE;
	}
	*value = shell_value_text(text);
	return TRUE;
}

static gboolean read_argument(struct reading *reading, const struct argument *argument,
                              struct value *value, GError **error)
{
	gsize at = reading->tokens[reading->next].begin;
	GError *why = NULL;

	switch (argument->kind) {
	case ARGUMENT_NUMBER:
	case ARGUMENT_COUNT:
		if (!read_expression(reading, value, error))
			return FALSE;
		if (check_number(argument, value, &why))
			return TRUE;
		g_prefix_error(&why, "column %ld: ", g_utf8_strlen(reading->line, (gssize)at) + 1);
		g_propagate_error(error, why);
		return FALSE;
	case ARGUMENT_RANGE:
		if (!read_expression(reading, value, error))
			return FALSE;
		if (value->kind == VALUE_RANGE)
			return TRUE;
		token_error(error, reading->line, at, "%s is a range such as 0..12 dB step 0.5 dB",
		            argument->name);
		shell_value_clear(value);
		return FALSE;
	case ARGUMENT_VALUE:
		return read_value(reading, value, error);
	case ARGUMENT_REST:
		return read_rest(reading, value, error);
	default:
		return read_word(reading, argument, value, error);
	}
}

gboolean dispatch_read(struct shell *shell, const struct shell_command *command, const char *line,
                       const struct token *tokens, guint n, struct call *call, GError **error)
{
	struct reading reading = {shell, line, tokens, n, command->verb ? 2 : 1, tokens[n - 1].end};
	guint i = 0;

	*call = (struct call){0};
	for (const struct argument *a = command->arguments; a->name; a++, i++) {
		if (reading.next == n && a->optional)
			return TRUE;
		if (reading.next == n) {
			g_autofree char *usage = command_usage(command);
			token_error(error, line, reading.end, "%s is missing: %s", a->name, usage);
		}
		if (reading.next == n || !read_argument(&reading, a, &call->values[i], error)) {
			dispatch_clear(call);
			return FALSE;
		}
	}
	if (reading.next == n)
		return TRUE;
	g_autofree char *usage = command_usage(command);
	token_error(error, line, tokens[reading.next].begin, "this is too much; it is: %s", usage);
	dispatch_clear(call);
	return FALSE;
}

void dispatch_clear(struct call *call)
{
	for (guint i = 0; i < COMMAND_ARGUMENTS_MAX; i++)
		shell_value_clear(&call->values[i]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/complete.h"

#include "station/shell/command.h"
#include "station/shell/expression.h"

#include <string.h>

/* A line up to the cursor, whose last word is being typed. */
struct partial {
	struct shell *shell;
	const char *line; /* ends at the cursor */
	GArray *tokens;   /* words before the one that is typed */
	gsize begin;      /* of that one */
	char *word;       /* it, without an opening quote */
	gboolean quoted;  /* it has one */
	GPtrArray *found;
};

static void free_candidate(gpointer data)
{
	struct candidate *candidate = data;

	g_free(candidate->text);
	g_free(candidate->help);
	g_free(candidate);
}

/* `text` when the word is its beginning, as it has to be typed. */
static void offer(struct partial *partial, const char *text, const char *help)
{
	if (!g_str_has_prefix(text, partial->word))
		return;
	for (guint i = 0; i < partial->found->len; i++)
		if (strcmp(((struct candidate *)partial->found->pdata[i])->text, text) == 0)
			return;
	struct candidate *candidate = g_new0(struct candidate, 1);
	candidate->text = *text == '$' ? g_strdup(text) : token_quote(text);
	candidate->help = g_strdup(help);
	g_ptr_array_add(partial->found, candidate);
}

static void offer_commands(struct partial *partial, const char *noun)
{
	const struct shell_command *const *commands = shell_world(partial->shell)->commands;

	for (guint i = 0; commands[i]; i++) {
		const struct shell_command *command = commands[i];
		if (noun && strcmp(command->noun, noun) == 0 && command->verb)
			offer(partial, command->verb, command->help);
		else if (!noun)
			offer(partial, command->noun, command->verb ? "" : command->help);
	}
}

static void offer_variables(struct partial *partial)
{
	/* a quote decides what a `$` means: what is in one is typed by hand */
	GList *names = partial->quoted ? NULL : shell_variables(partial->shell);

	for (GList *at = names; at; at = at->next) {
		g_autofree char *name = g_strdup_printf("$%s", (char *)at->data);
		g_autofree char *value = shell_lookup_text(at->data, partial->shell);
		offer(partial, name, value);
	}
	g_list_free(names);
}

static void offer_files(struct partial *partial)
{
	const char *slash = strrchr(partial->word, '/');
	g_autofree char *folder = g_strndup(partial->word, slash ? slash - partial->word + 1 : 0);
	g_autoptr(GDir) dir = g_dir_open(*folder ? folder : ".", 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_strconcat(folder, name, NULL);
		gboolean is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
		g_autofree char *whole = g_strconcat(path, is_folder ? "/" : "", NULL);
		if (*name != '.' || (slash ? slash[1] : *partial->word) == '.')
			offer(partial, whole, is_folder ? "folder" : "");
	}
}

static void offer_argument(struct partial *partial, const struct argument *argument)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; argument->choices && argument->choices[i]; i++)
		offer(partial, argument->choices[i], "");
	if (argument->complete)
		argument->complete(partial->shell, names);
	for (guint i = 0; i < names->len; i++)
		offer(partial, names->pdata[i], "");
	if (argument->kind == ARGUMENT_FILE)
		offer_files(partial);
	if (argument->kind == ARGUMENT_NUMBER || argument->kind == ARGUMENT_COUNT ||
	    argument->kind == ARGUMENT_VALUE || argument->kind == ARGUMENT_RANGE)
		offer_variables(partial);
}

static const struct token *token_at(const struct partial *partial, guint i)
{
	return &g_array_index(partial->tokens, struct token, i);
}

static char *word_at(const struct partial *partial, guint i)
{
	char *text = token_text(partial->line, token_at(partial, i), shell_lookup_text,
	                        partial->shell, NULL);

	return text ? text : g_strdup("");
}

/* The word behind an argument that begins with word i; those with numbers may have several. */
static guint skip_argument(const struct partial *partial, const struct argument *argument, guint i)
{
	g_autofree char *line = g_strndup(partial->line, partial->begin);
	struct expression expression = {line, token_at(partial, i)->begin, shell_lookup,
	                                partial->shell};
	g_auto(shell_value) value = {0};

	if (argument->kind == ARGUMENT_FILE || argument->kind == ARGUMENT_NAME ||
	    argument->kind == ARGUMENT_CHOICE || !expression_read(&expression, &value, NULL))
		return i + 1;
	guint next = i + 1;
	while (next < partial->tokens->len && token_at(partial, next)->begin < expression.at)
		next++;
	return next;
}

/* The words from `first` on are a command that is being typed. */
static void offer_at(struct partial *partial, guint first)
{
	guint n = partial->tokens->len - first;

	if (n == 0) {
		offer_commands(partial, NULL);
		return;
	}
	g_autofree char *noun = word_at(partial, first);
	g_autofree char *verb = n > 1 ? word_at(partial, first + 1) : g_strdup("");
	const struct shell_command *command = command_find(partial->shell, noun, NULL);
	if (!command)
		command = command_find(partial->shell, noun, verb);
	if (!command) {
		if (n == 1)
			offer_commands(partial, noun);
		return;
	}
	guint at = first + (command->verb ? 2 : 1);
	for (const struct argument *a = command->arguments; a->name; a++) {
		if (a->kind == ARGUMENT_REST && !a->complete) {
			offer_at(partial, at);
			return;
		}
		if (at >= partial->tokens->len || a->kind == ARGUMENT_REST) {
			offer_argument(partial, a);
			return;
		}
		at = skip_argument(partial, a, at);
	}
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	const struct candidate *const *left = a, *const *right = b;

	return strcmp((*left)->text, (*right)->text);
}

/* Splits before the word that is typed, which may have an open quote. */
static gsize word_begin(const char *line)
{
	gsize begin = 0;
	char quote = '\0';

	for (gsize i = 0; line[i]; i++) {
		if (line[i] == '\\' && quote != '\'' && line[i + 1])
			i++;
		else if (quote)
			quote = line[i] == quote ? '\0' : quote;
		else if (line[i] == '"' || line[i] == '\'')
			quote = line[i];
		else if (g_ascii_isspace(line[i]) || line[i] == ';')
			begin = i + 1;
	}
	return begin;
}

/* A `;`, or the `:` of a sweep: behind it begins another command. */
static gboolean ends_command(const char *line, const struct token *token)
{
	return token->separator || (token->end == token->begin + 1 && line[token->begin] == ':');
}

GPtrArray *complete(struct shell *shell, const char *line, gsize cursor, gsize *begin)
{
	g_autofree char *before = g_strndup(line, cursor);
	GPtrArray *found = g_ptr_array_new_with_free_func(free_candidate);
	gsize at = word_begin(before);
	g_autofree char *words = g_strndup(before, at);
	g_autoptr(GArray) tokens = token_split(words, NULL);
	gboolean quoted = before[at] == '"' || before[at] == '\'';
	g_autofree char *word = g_strdup(before + at + (quoted ? 1 : 0));
	struct partial partial = {shell, before, tokens, at, word, quoted, found};
	guint first = 0;

	*begin = at;
	if (!tokens)
		return found;
	for (guint i = 0; i < tokens->len; i++)
		if (ends_command(before, &g_array_index(tokens, struct token, i)))
			first = i + 1;
	if (*word == '$')
		offer_variables(&partial);
	else
		offer_at(&partial, first);
	g_ptr_array_sort(found, by_text);
	return found;
}

char *complete_common(const GPtrArray *candidates)
{
	if (candidates->len == 0)
		return g_strdup("");
	const char *first = ((struct candidate *)candidates->pdata[0])->text;
	gsize n = strlen(first);
	for (guint i = 1; i < candidates->len; i++) {
		const char *other = ((struct candidate *)candidates->pdata[i])->text;
		gsize same = 0;
		while (same < n && other[same] == first[same])
			same++;
		n = same;
	}
	while (n > 0 && ((guchar)first[n] & 0xc0) == 0x80)
		n--;
	return g_strndup(first, n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "station/commands/commands.h"
#include "station/shell/complete.h"
#include "station/shell/expression.h"

#include <math.h>
#include <string.h>

/* Whatever is typed is words, a value or an error; completion stays inside of the line, and what is
 * quoted is read back. Nothing is run. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *line = g_strndup((const char *)data, size);
	struct shell_world world = {.commands = shell_commands};
	g_autoptr(shell) shell = shell_new(&world);
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) tokens = token_split(line, &error);
	gsize begin = 0;

	token_is_open(line);
	if (!tokens) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		return 0;
	}
	for (guint i = 0; i < tokens->len; i++) {
		const struct token *token = &g_array_index(tokens, struct token, i);
		g_assert_true(token->begin < token->end && token->end <= strlen(line));
		g_free(token_text(line, token, shell_lookup_text, shell, NULL));
	}
	struct expression expression = {line, 0, shell_lookup, shell};
	g_auto(shell_value) value = {0};
	if (expression_read(&expression, &value, NULL)) {
		g_assert_true(expression.at <= strlen(line));
		g_assert_true(value.kind != VALUE_NUMBER || isfinite(value.number));
		g_free(shell_value_show(&value));
	}
	g_autofree char *quoted = token_quote(line);
	g_autoptr(GArray) once = token_split(quoted, NULL);
	g_assert_true(once && once->len == 1);
	g_autofree char *back =
		token_text(quoted, &g_array_index(once, struct token, 0), NULL, NULL, NULL);
	g_assert_cmpstr(back, ==, line);
	g_ptr_array_unref(complete(shell, line, strlen(line), &begin));
	g_assert_true(begin <= strlen(line));
	return 0;
}

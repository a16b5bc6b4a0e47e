/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/program.h"

#include <string.h>

char *program_words(enum child_end end, const struct child_said *said)
{
	g_autofree char *line = g_strndup(said->err->str, strcspn(said->err->str, "\r\n"));

	g_strstrip(line);
	if (*line)
		return g_strndup(line, CHILD_WORDS_MAX);
	return said->status < 0 ? g_strdup("the program was ended by a signal")
	                        : g_strdup_printf("the program ended with code %d", said->status);
}

gboolean program_is_there(char **command, char **words)
{
	g_autofree char *found = g_find_program_in_path(command[0]);

	if (!found)
		*words =
			g_strdup_printf("%s: there is no such program that can be run", command[0]);
	return found != NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/template.h"

#include "base/error.h"
#include "base/suggest.h"

#include <string.h>

/* Length of the name of the token that begins at p ("@name@"), or 0. */
static gsize token_length(const char *p)
{
	gsize len = 0;
	if (*p != '@' || !g_ascii_isalpha(p[1]))
		return 0;
	while (g_ascii_isalnum(p[1 + len]) || p[1 + len] == '_')
		len++;
	return p[1 + len] == '@' ? len : 0;
}

static void set_unknown(GError **error, const char *name, int line, const char *token,
                        GHashTable *values)
{
	g_autofree const char **known = (const char **)g_hash_table_get_keys_as_array(values, NULL);
	const char *nearest = suggest_nearest(token, known);
	if (nearest)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s:%d: unknown token @%s@; did you mean @%s@?", name, line,
		                  token, nearest);
	else
		station_error_set(error, STATION_ERROR_CONFIG, "%s:%d: unknown token @%s@", name,
		                  line, token);
}

char *template_fill(const char *text, const char *name, GHashTable *values, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	int line = 1;

	for (const char *p = text; *p; p++) {
		gsize len = token_length(p);
		line += *p == '\n';
		if (len == 0) {
			g_string_append_c(out, *p);
			continue;
		}
		g_autofree char *token = g_strndup(p + 1, len);
		const char *value = g_hash_table_lookup(values, token);
		if (!value) {
			set_unknown(error, name, line, token, values);
			return NULL;
		}
		g_string_append(out, value);
		p += len + 1;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

gboolean template_fill_file(const char *in, const char *out, GHashTable *values, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(in, &text, NULL, &cause)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", cause->message);
		return FALSE;
	}
	g_autofree char *filled = template_fill(text, in, values, error);
	if (!filled)
		return FALSE;
	if (!g_file_set_contents(out, filled, -1, &cause)) {
		station_error_set(error, STATION_ERROR_IO, "%s", cause->message);
		return FALSE;
	}
	return TRUE;
}

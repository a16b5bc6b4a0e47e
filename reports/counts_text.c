/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/counts_text.h"

void counts_text_append(GString *text, const guint32 *values, gsize n)
{
	for (gsize i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && values[end] == values[i]; end++)
			;
		if (i > 0)
			g_string_append_c(text, ' ');
		if (end - i > 1)
			g_string_append_printf(text, "%" G_GSIZE_FORMAT "x", end - i);
		g_string_append_printf(text, "%" G_GUINT32_FORMAT, values[i]);
	}
}

/* Digits, at least one, that fit; past them. */
static gboolean take_number(const char **text, guint32 *value)
{
	char *end;

	if (!g_ascii_isdigit(**text))
		return FALSE;
	guint64 number = g_ascii_strtoull(*text, &end, 10);
	*text = end;
	*value = (guint32)number;
	return number <= G_MAXUINT32;
}

gboolean counts_text_read(const char *text, gsize max, GArray *counts)
{
	guint first = counts->len;

	while (*text) {
		guint32 times = 1, count;
		if (counts->len > first && *text++ != ' ')
			return FALSE;
		if (!take_number(&text, &count))
			return FALSE;
		if (*text == 'x') {
			times = count;
			text++;
			if (!take_number(&text, &count))
				return FALSE;
		}
		if (times == 0 || times > max - (counts->len - first))
			return FALSE;
		guint from = counts->len;
		g_array_set_size(counts, from + times);
		for (guint i = from; i < counts->len; i++)
			g_array_index(counts, guint32, i) = count;
	}
	return TRUE;
}

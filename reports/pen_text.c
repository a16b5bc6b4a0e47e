/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/pen_text.h"

static gboolean is_no_character(gunichar letter)
{
	return (letter & 0xFFFE) == 0xFFFE || (letter >= 0xFDD0 && letter <= 0xFDEF);
}

char *pen_text(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autoptr(GString) out = g_string_new(NULL);
	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar letter = g_utf8_get_char(p);
		if (is_no_character(letter))
			letter = 0xFFFD;
		else if (g_unichar_iscntrl(letter))
			letter = ' ';
		g_string_append_unichar(out, letter);
	}
	return g_strdup(out->str);
}

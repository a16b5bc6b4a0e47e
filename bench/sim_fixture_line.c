/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_fixture_line.h"

#include "base/bytes.h"
#include "bench/sim_fixture.h"

#include <string.h>

#define LINE_LONGEST 1200

const char *fixture_reply_word(enum reply_code code)
{
	switch (code) {
	case REPLY_BAD_LINE:
		return "bad-line";
	case REPLY_UNKNOWN_COMMAND:
		return "unknown-command";
	case REPLY_BAD_ARGUMENT:
		return "bad-argument";
	case REPLY_UNKNOWN_PIN:
		return "unknown-pin";
	case REPLY_INPUT_PIN:
		return "input-pin";
	case REPLY_NACK_ADDRESS:
		return "nack-address";
	case REPLY_NACK_DATA:
		return "nack-data";
	case REPLY_NO_MODULE:
		return "no-module";
	case REPLY_LID_OPEN:
		return "lid-open";
	case REPLY_OK:
		break;
	}
	return "";
}

void fixture_request_clear(struct fixture_request *request)
{
	g_strfreev(request->words);
	request->words = NULL;
	request->seq = 0;
}

gboolean fixture_parse_decimal(const char *text, guint low, guint high, guint *value)
{
	gsize len = strlen(text);
	if (len == 0 || len > 5 || text[0] == '0')
		return FALSE;
	guint number = 0;
	for (gsize i = 0; i < len; i++) {
		if (!g_ascii_isdigit(text[i]))
			return FALSE;
		number = number * 10 + (guint)(text[i] - '0');
	}
	if (number < low || number > high)
		return FALSE;
	*value = number;
	return TRUE;
}

gboolean fixture_is_upper_hex(const char *text)
{
	return text[strspn(text, "0123456789ABCDEF")] == '\0';
}

static gboolean all_printable(const char *text, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (!g_ascii_isprint(text[i]))
			return FALSE;
	return TRUE;
}

static gboolean has_empty_word(char **words)
{
	for (guint i = 0; words[i]; i++)
		if (*words[i] == '\0')
			return TRUE;
	return FALSE;
}

gboolean fixture_parse(const char *line, gsize len, struct fixture_request *request)
{
	memset(request, 0, sizeof *request);
	/* The shortest is "#1 X*CCCC\n". */
	if (len < 10 || len > LINE_LONGEST || line[0] != '#' || line[len - 1] != '\n')
		return FALSE;
	gsize star = len - 6;
	if (!all_printable(line, len - 1) || line[star] != '*' || memchr(line, '*', star))
		return FALSE;
	g_autofree char *crc = g_strndup(line + star + 1, 4);
	g_autofree char *expected = g_strdup_printf("%04X", bytes_crc16(line + 1, star - 1));
	if (strcmp(crc, expected) != 0)
		return FALSE;
	g_autofree char *text = g_strndup(line + 1, star - 1);
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	guint seq = 0;
	if (g_strv_length(words) < 2 || has_empty_word(words) ||
	    !fixture_parse_decimal(words[0], 1, 65535, &seq))
		return FALSE;
	request->seq = seq;
	request->words = g_strdupv(words + 1);
	return TRUE;
}

char *fixture_compose(guint seq, const char *body)
{
	g_autofree char *text = g_strdup_printf("%u %s", seq, body);
	return g_strdup_printf("#%s*%04X\n", text, bytes_crc16(text, strlen(text)));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scpi/parse.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/number.h"
#include "instruments/scpi/scpi.h"

#include <math.h>
#include <string.h>

/*
 * The marks come through single precision and through few digits, so that a window is needed
 * around 9.91E37; from a little below 9.9E37 on, all else is an infinity.
 */
static const double none_low = 9.905e37;
static const double none_high = 9.915e37;
static const double infinity_from = 9.895e37;

static const double exact_max = 9007199254740992.0; /* 2^53 */

static gboolean refuse(const char *text, const char *expected, GError **error)
{
	enum { SHOWN = 48 };
	g_autofree char *cut = g_strndup(text, SHOWN);
	g_autofree char *escaped = g_strescape(cut, NULL);
	station_error_set(error, STATION_ERROR_PROTOCOL, "expected %s, got \"%s\"%s", expected,
	                  escaped, strlen(text) > SHOWN ? "..." : "");
	return FALSE;
}

const char *scpi_value_kind_name(enum scpi_value_kind kind)
{
	static const char *const names[] = {
		[SCPI_VALUE_OK] = "ok",
		[SCPI_VALUE_NONE] = "no value",
		[SCPI_VALUE_OVER] = "over range",
		[SCPI_VALUE_UNDER] = "under range",
	};
	return names[kind];
}

static struct scpi_value absent(enum scpi_value_kind kind)
{
	return (struct scpi_value){kind, NAN};
}

struct scpi_value scpi_judge_value(double number, double over_range)
{
	double limit = over_range > 0 ? MIN(over_range, infinity_from) : infinity_from;
	if (isnan(number) || (number > none_low && number < none_high))
		return absent(SCPI_VALUE_NONE);
	if (number >= limit)
		return absent(SCPI_VALUE_OVER);
	if (number <= -limit)
		return absent(SCPI_VALUE_UNDER);
	return (struct scpi_value){SCPI_VALUE_OK, number};
}

struct word {
	const char *text;
	enum scpi_value_kind kind;
};

/* clang-format off */
static const struct word words[] = {
	{"NAN",  SCPI_VALUE_NONE },
	{"INF",  SCPI_VALUE_OVER },
	{"+INF", SCPI_VALUE_OVER },
	{"-INF", SCPI_VALUE_UNDER},
	{"NINF", SCPI_VALUE_UNDER},
};
/* clang-format on */

gboolean scpi_parse_value(const char *text, const struct scpi_dialect *dialect,
                          struct scpi_value *value, GError **error)
{
	g_autofree char *bare = g_strstrip(g_strdup(text));
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(bare, words[i].text) == 0) {
			*value = absent(words[i].kind);
			return TRUE;
		}
	}
	double number;
	if (!number_parse_double(bare, &number, error))
		return FALSE;
	*value = scpi_judge_value(number, dialect ? dialect->over_range : 0);
	return TRUE;
}

char **scpi_split(const char *text, char separator)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new();
	const char *from = text;
	char quote = '\0';
	for (const char *p = text;; p++) {
		if (*p != '\0' && (quote != '\0' ? *p == quote : *p == '"' || *p == '\''))
			quote = quote != '\0' ? '\0' : *p;
		if (*p != '\0' && (quote != '\0' || *p != separator))
			continue;
		char *part = g_strstrip(g_strndup(from, (gsize)(p - from)));
		if (*p == '\0' && *part == '\0')
			g_free(part);
		else
			g_ptr_array_add(parts, part);
		if (*p == '\0')
			break;
		from = p + 1;
	}
	g_ptr_array_add(parts, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&parts), FALSE);
}

char *scpi_unquote(const char *text)
{
	gsize len = strlen(text);
	char quote = text[0];
	if (len < 2 || (quote != '"' && quote != '\'') || text[len - 1] != quote)
		return g_strdup(text);
	GString *inner = g_string_new(NULL);
	for (gsize i = 1; i < len - 1; i++) {
		if (text[i] == quote) {
			/* A lone quote: these are several strings, not one. */
			if (i + 1 >= len - 1 || text[i + 1] != quote) {
				g_string_free(inner, TRUE);
				return g_strdup(text);
			}
			i++;
		}
		g_string_append_c(inner, text[i]);
	}
	return g_string_free(inner, FALSE);
}

gboolean scpi_parse_int(const char *text, gint64 *value, GError **error)
{
	if (number_parse_int(text, G_MININT64, G_MAXINT64, value, NULL))
		return TRUE;
	double number;
	if (!number_parse_double(text, &number, NULL) || floor(number) != number ||
	    fabs(number) > exact_max)
		return refuse(text, "a whole number", error);
	*value = (gint64)number;
	return TRUE;
}

gboolean scpi_parse_bool(const char *text, gboolean *value, GError **error)
{
	gint64 number = -1;
	if (g_ascii_strcasecmp(text, "ON") == 0)
		number = 1;
	else if (g_ascii_strcasecmp(text, "OFF") == 0)
		number = 0;
	else if (!scpi_parse_int(text, &number, NULL))
		return refuse(text, "1 or 0", error);
	if (number != 0 && number != 1)
		return refuse(text, "1 or 0", error);
	*value = number == 1;
	return TRUE;
}

gboolean scpi_parse_error_code(const char *text, gint64 *code, GError **error)
{
	g_autofree char *number = g_strndup(text, strcspn(text, ", "));
	if (!number_parse_int(number, G_MININT16, G_MAXINT32, code, NULL))
		return refuse(text, "an entry of the error queue", error);
	return TRUE;
}

gboolean scpi_parse_block(const guint8 *reply, gsize len, const guint8 **payload,
                          gsize *payload_len, GError **error)
{
	struct rd rd = rd_init(reply, len);
	guint8 hash = rd_u8(&rd);
	guint8 digits = rd_u8(&rd);
	gsize announced = 0;
	gboolean header_ok = hash == '#' && digits >= '1' && digits <= '9';
	for (int i = '0'; header_ok && i < digits; i++) {
		guint8 digit = rd_u8(&rd);
		header_ok = g_ascii_isdigit(digit);
		announced = announced * 10 + (gsize)(digit - '0');
	}
	const guint8 *from = header_ok && !rd.bad ? rd_bytes(&rd, announced) : NULL;
	if (!from) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "expected a definite block, got %" G_GSIZE_FORMAT " other bytes",
		                  len);
		return FALSE;
	}
	while (rd_left(&rd) > 0) {
		guint8 c = rd_u8(&rd);
		if (c != '\0' && c != '\r' && c != ' ') {
			station_error_set(error, STATION_ERROR_PROTOCOL,
			                  "more than one block in the answer");
			return FALSE;
		}
	}
	*payload = from;
	*payload_len = announced;
	return TRUE;
}

char *scpi_parse_text(const guint8 *reply, gsize len, GError **error)
{
	while (len > 0 && (reply[len - 1] == '\0' || reply[len - 1] == '\r'))
		len--;
	if (len > 0 && memchr(reply, '\0', len)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "a NUL within the answer");
		return NULL;
	}
	return g_strstrip(len > 0 ? g_utf8_make_valid((const char *)reply, (gssize)len)
	                          : g_strdup(""));
}

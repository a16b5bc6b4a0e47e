/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/expression.h"

#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "station/shell/quantity.h"
#include "station/shell/token.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 50, HEX_DIGITS_MAX = 12 };

static gboolean read_sum(struct expression *e, int depth, struct value *value, GError **error);

static void skip_blanks(struct expression *e)
{
	while (g_ascii_isspace(e->line[e->at]))
		e->at++;
}

static const char *here(const struct expression *e)
{
	return e->line + e->at;
}

static gboolean is_end(const struct expression *e)
{
	return *here(e) == '\0' || *here(e) == ';' || *here(e) == '#';
}

/* Bytes that can stand in a unit, the slash only between letters. */
static gsize unit_length(const char *text)
{
	gsize n = 0;

	if (g_str_has_prefix(text, "1/W"))
		return 3;
	while (g_ascii_isalpha(text[n]) || text[n] == '%' || (guchar)text[n] >= 0x80 ||
	       (text[n] == '/' && n > 0 && g_ascii_isalpha(text[n + 1])))
		n++;
	return n;
}

/* A unit behind a number, when there is one; "dB/x" is a dB and a division. */
static gsize take_unit(const char *digits, const char *text, struct value *value)
{
	gsize blanks = 0;

	while (g_ascii_isspace(text[blanks]))
		blanks++;
	for (gsize n = unit_length(text + blanks); n > 0;) {
		g_autofree char *whole = g_strdup_printf("%s %.*s", digits, (int)n, text + blanks);
		const char *unit;
		double number;
		if (unit_parse_any(whole, &number, &unit, NULL)) {
			*value = shell_value_number(number, unit);
			return blanks + n;
		}
		const char *slash = memchr(text + blanks, '/', n);
		n = slash ? (gsize)(slash - text) - blanks : 0;
	}
	return 0;
}

/* "3 Vx": what stands right behind a number without a blank has to be a unit. */
static gboolean read_number(struct expression *e, struct value *value, GError **error)
{
	const char *dots = strstr(here(e), "..");
	g_autofree char *rest =
		dots ? g_strndup(here(e), (gsize)(dots - here(e))) : g_strdup(here(e));
	gsize length = number_length(rest);
	g_autofree char *digits = g_strndup(rest, length);
	double number;

	if (!number_parse_double(digits, &number, NULL)) {
		token_error(error, e->line, e->at, "expected a number such as 3.5 dB, got \"%.*s\"",
		            (int)MAX(strcspn(here(e), " \t;"), 1), here(e));
		return FALSE;
	}
	gsize unit = take_unit(digits, here(e) + length, value);
	if (unit == 0)
		*value = shell_value_number(number, "1");
	if (unit == 0 && g_ascii_isalpha(here(e)[length])) {
		token_error(error, e->line, e->at + length, "\"%.*s\" is not a unit",
		            (int)MIN(unit_length(here(e) + length), 40), here(e) + length);
		return FALSE;
	}
	e->at += length + unit;
	return TRUE;
}

/* 0x0f: a plain number, as bytes are written. */
static gboolean read_hexadecimal(struct expression *e, struct value *value, GError **error)
{
	const char *digits = here(e) + 2;
	gsize n = strspn(digits, "0123456789abcdefABCDEF");

	if (n < 1 || n > HEX_DIGITS_MAX || g_ascii_isalpha(digits[n])) {
		token_error(error, e->line, e->at,
		            "expected a number such as 0x0f, at most %d hexadecimal digits",
		            HEX_DIGITS_MAX);
		return FALSE;
	}
	*value = shell_value_number((double)g_ascii_strtoull(digits, NULL, 16), "1");
	e->at += 2 + n;
	return TRUE;
}

static gboolean read_variable(struct expression *e, struct value *value, GError **error)
{
	gsize length = token_name_length(here(e) + 1);
	g_autofree char *name = g_strndup(here(e) + 1, length);
	const struct value *found = e->lookup ? e->lookup(name, e->data) : NULL;

	if (!found) {
		token_error(error, e->line, e->at, "there is no variable \"%s\"", name);
		return FALSE;
	}
	*value = shell_value_copy(found);
	e->at += 1 + length;
	return TRUE;
}

static gboolean read_group(struct expression *e, int depth, struct value *value, GError **error)
{
	gsize open = e->at++;

	if (!read_sum(e, depth + 1, value, error))
		return FALSE;
	skip_blanks(e);
	if (*here(e) == ')') {
		e->at++;
		return TRUE;
	}
	token_error(error, e->line, open, "this ( has no )");
	shell_value_clear(value);
	return FALSE;
}

static gboolean read_operand(struct expression *e, int depth, struct value *value, GError **error)
{
	skip_blanks(e);
	if (depth > DEPTH_MAX) {
		token_error(error, e->line, e->at, "more than %d nested levels", DEPTH_MAX);
		return FALSE;
	}
	if (is_end(e)) {
		token_error(error, e->line, e->at, "expected a value such as 3.5 dB");
		return FALSE;
	}
	if (*here(e) == '(')
		return read_group(e, depth, value, error);
	if (*here(e) == '$')
		return read_variable(e, value, error);
	/* -2 dBm is a number; -(3 dB) and -$a are what is negated */
	gsize sign = e->at;
	if ((*here(e) == '-' || *here(e) == '+') && here(e)[1] && strchr("($-+ ", here(e)[1])) {
		struct value zero = shell_value_number(0, "1");
		e->at++;
		if (!read_operand(e, depth + 1, value, error))
			return FALSE;
		zero.number = e->line[sign] == '-' ? -1 : 1;
		return quantity_combine('*', &zero, value, e->line, sign, error);
	}
	if (here(e)[0] == '0' && (here(e)[1] == 'x' || here(e)[1] == 'X'))
		return read_hexadecimal(e, value, error);
	return read_number(e, value, error);
}

/* value = value OP right, over and over, for the operators of one level. */
static gboolean read_level(struct expression *e, int depth, const char *operators,
                           gboolean (*operand)(struct expression *e, int depth, struct value *value,
                                               GError **error),
                           struct value *value, GError **error)
{
	if (!operand(e, depth, value, error))
		return FALSE;
	for (;;) {
		skip_blanks(e);
		gsize at = e->at;
		char sign = *here(e);
		gboolean signs_next = depth == 0 && at > 0 && g_ascii_isspace(e->line[at - 1]) &&
		                      (sign == '+' || sign == '-') && here(e)[1] != '\0' &&
		                      !g_ascii_isspace(here(e)[1]);
		if (sign == '\0' || !strchr(operators, sign) || signs_next)
			return TRUE;
		g_auto(shell_value) right = {0};
		e->at++;
		gboolean read = operand(e, depth, &right, error);
		g_auto(shell_value) left = *value;
		*value = (struct value){0};
		if (!read)
			return FALSE;
		*value = shell_value_copy(&right);
		if (!quantity_combine(sign, &left, value, e->line, at, error))
			return FALSE;
	}
}

static gboolean read_product(struct expression *e, int depth, struct value *value, GError **error)
{
	return read_level(e, depth, "*/", read_operand, value, error);
}

static gboolean read_sum(struct expression *e, int depth, struct value *value, GError **error)
{
	return read_level(e, depth, "+-", read_product, value, error);
}

static gboolean is_word(const struct expression *e, const char *word)
{
	gsize n = strlen(word);

	return strncmp(here(e), word, n) == 0 && !g_ascii_isalnum(here(e)[n]);
}

/* What a plain number is multiplied by to be in the unit that is written behind the number from
 * `begin` to `end`: 1e-3 for "48 mA". 1 where more stands there than such a number. */
static double written_scale(const struct expression *e, gsize begin, gsize end)
{
	g_autofree char *text = g_strndup(e->line + begin, end - begin);
	struct value one = {0};
	gsize length;

	g_strstrip(text);
	length = number_length(text);
	return length > 0 && text[length] &&
	                       length + take_unit("1", text + length, &one) == strlen(text)
	               ? one.number
	               : 1;
}

static gboolean is_plain(const struct value *value)
{
	return value->kind == VALUE_NUMBER && strcmp(value->unit, "1") == 0;
}

static void multiply_plain(struct value *value, double scale)
{
	if (is_plain(value))
		value->number *= scale;
}

/* 44..48 mA step 2 is 44 mA to 48 mA in steps of 2 mA. The first value is from `begin` to here. */
static gboolean read_range(struct expression *e, gsize begin, struct value *value, GError **error)
{
	g_auto(shell_value) last = {0};
	g_auto(shell_value) step = {0};
	gsize at = e->at;
	double scale;

	e->at += 2;
	if (!read_sum(e, 0, &last, error))
		return FALSE;
	scale = is_plain(&last) ? written_scale(e, begin, at) : written_scale(e, at + 2, e->at);
	skip_blanks(e);
	if (!is_word(e, "step")) {
		token_error(error, e->line, e->at, "a range wants its step: 0..12 dB step 0.5 dB");
		return FALSE;
	}
	e->at += strlen("step");
	if (!read_sum(e, 0, &step, error))
		return FALSE;
	/* of two ends without a unit the scale is 1 */
	multiply_plain(value, scale);
	multiply_plain(&last, scale);
	multiply_plain(&step, scale);
	return quantity_range(value, &last, &step, e->line, at, error);
}

gboolean expression_read(struct expression *e, struct value *value, GError **error)
{
	gsize begin = e->at;

	*value = (struct value){0};
	if (read_sum(e, 0, value, error)) {
		skip_blanks(e);
		if (!g_str_has_prefix(here(e), "..") || read_range(e, begin, value, error)) {
			skip_blanks(e);
			return TRUE;
		}
	}
	shell_value_clear(value);
	return FALSE;
}

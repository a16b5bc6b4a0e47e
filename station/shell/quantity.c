/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/quantity.h"

#include "base/error.h"
#include "station/shell/token.h"

#include <math.h>
#include <string.h>

/* a times b is c, in either order; c through a is b. The first row that fits counts. */
static const struct {
	const char *a, *b, *c;
} products[] = {
	{"W/A", "A", "W"}, {"V", "A", "W"}, {"Hz", "s", "1"}, {"bit/s", "s", "1"}, {"Bd", "s", "1"},
};

static gboolean is(const struct value *value, const char *unit)
{
	return strcmp(value->unit, unit) == 0;
}

static const char *sum_unit(char operation, const struct value *left, const struct value *right)
{
	if (is(left, "dBm") && is(right, "dBm"))
		return operation == '-' ? "dB" : NULL;
	if (is(left, "dBm") && is(right, "dB"))
		return "dBm";
	if (is(left, "dB") && is(right, "dBm"))
		return operation == '+' ? "dBm" : NULL;
	return is(left, right->unit) ? left->unit : NULL;
}

/* A level in dBm is no multiple of another, but its sign may turn: -$level. */
static const char *product_unit(const struct value *left, const struct value *right)
{
	if (is(left, "1") && (!is(right, "dBm") || fabs(left->number) == 1))
		return right->unit;
	if (is(right, "1") && !is(left, "dBm"))
		return left->unit;
	for (guint i = 0; i < G_N_ELEMENTS(products); i++) {
		if ((is(left, products[i].a) && is(right, products[i].b)) ||
		    (is(left, products[i].b) && is(right, products[i].a)))
			return products[i].c;
	}
	return NULL;
}

static const char *quotient_unit(const struct value *left, const struct value *right)
{
	if (is(left, "dBm") || is(right, "dBm"))
		return NULL;
	if (is(right, "1"))
		return left->unit;
	if (is(left, right->unit))
		return "1";
	for (guint i = 0; i < G_N_ELEMENTS(products); i++) {
		if (is(left, products[i].c) && is(right, products[i].b))
			return products[i].a;
		if (is(left, products[i].c) && is(right, products[i].a))
			return products[i].b;
	}
	return NULL;
}

static double compute(char operation, double left, double right)
{
	switch (operation) {
	case '+':
		return left + right;
	case '-':
		return left - right;
	case '*':
		return left * right;
	default:
		return left / right;
	}
}

static const char *kind_words(const struct value *value)
{
	static const char *const words[] = {"nothing",   "a number", "a text",
	                                    "on or off", "a range",  "a table"};

	return words[value->kind];
}

static const char *unit_words(const struct value *value)
{
	return is(value, "1") ? "a plain number" : value->unit;
}

gboolean quantity_combine(char operation, const struct value *left, struct value *right,
                          const char *line, gsize at, GError **error)
{
	const struct value *other = left->kind != VALUE_NUMBER ? left : right;
	const char *unit;
	double number;

	if (other->kind != VALUE_NUMBER) {
		token_error(error, line, at, "%c wants numbers; this is %s", operation,
		            kind_words(other));
		shell_value_clear(right);
		return FALSE;
	}
	unit = operation == '*'   ? product_unit(left, right)
	       : operation == '/' ? quotient_unit(left, right)
	                          : sum_unit(operation, left, right);
	if (!unit) {
		token_error(error, line, at, "%s %c %s has no meaning", unit_words(left), operation,
		            unit_words(right));
		shell_value_clear(right);
		return FALSE;
	}
	number = compute(operation, left->number, right->number);
	shell_value_clear(right);
	if (!isfinite(number)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "column %ld: the result is not a finite number",
		                  g_utf8_strlen(line, (gssize)at) + 1);
		return FALSE;
	}
	*right = shell_value_number(number, unit);
	return TRUE;
}

static gboolean fits(const struct value *value, const char *unit)
{
	return is(value, "1") || is(value, unit);
}

gboolean quantity_range(struct value *first, const struct value *last, const struct value *step,
                        const char *line, gsize at, GError **error)
{
	if (first->kind != VALUE_NUMBER || last->kind != VALUE_NUMBER ||
	    step->kind != VALUE_NUMBER) {
		token_error(error, line, at, "a range is made of numbers: 0..12 dB step 0.5 dB");
		return FALSE;
	}
	const char *unit = is(last, "1") ? first->unit : last->unit;
	if (!fits(first, unit) || !fits(last, unit) ||
	    !fits(step, strcmp(unit, "dBm") == 0 ? "dB" : unit)) {
		token_error(error, line, at, "a range from %s to %s in steps of %s has no meaning",
		            unit_words(first), unit_words(last), unit_words(step));
		return FALSE;
	}
	double span = last->number - first->number;
	double n = step->number != 0 ? floor(fabs(span / step->number) + 1e-9) + 1 : INFINITY;
	if (!(n <= VALUE_RANGE_MAX)) {
		token_error(error, line, at, "a range has at most %d points", VALUE_RANGE_MAX);
		return FALSE;
	}
	struct value_range range = {.first = first->number,
	                            .last = last->number,
	                            .step = copysign(step->number, span),
	                            .n = (guint)n};
	*first = (struct value){.kind = VALUE_RANGE, .unit = unit, .range = range};
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/shell/expression.h"
#include "station/shell/shell.h"
#include "station/shell/table.h"
#include "station/shell/token.h"

#include <string.h>

static char *lookup(const char *name, gpointer data)
{
	return strcmp(name, "a") == 0 ? g_strdup("one two") : NULL;
}

/* The words of a line with | between them, or the error. */
static char *words(const char *line)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) tokens = token_split(line, &error);
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; tokens && i < tokens->len; i++) {
		const struct token *token = &g_array_index(tokens, struct token, i);
		char *text = token_text(line, token, lookup, NULL, &error);
		if (!text)
			break;
		g_ptr_array_add(texts, text);
	}
	if (error) {
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		return g_strdup(error->message);
	}
	g_ptr_array_add(texts, NULL);
	return g_strjoinv("|", (char **)texts->pdata);
}

static void test_words(void)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{"", ""},
		{"  a  b\t", "a|b"},
		{"a;b # c", "a|;|b"},
		{"a#b", "a#b"},
		{"\"a b\" 'c $a'", "a b|c $a"},
		{"x\"y z\"w", "xy zw"},
		{"\"$a!\" $a", "one two!|one two"},
		{"a\\ b \"c\\\"d\\n\"", "a b|c\"d\n"},
		{"a \"b", "column 3: this \" has no other \""},
		{"\xc3\xa9 'b", "column 3: this ' has no other '"},
		{"a\\", "column 2: \"\\\" wants a sign behind it"},
		{"b $c", "column 3: there is no variable \"c\"; \"set c VALUE\" makes it"},
		{"$", "column 1: \"$\" wants the name of a variable; '$' between single quotes is "
	              "the sign"},
		{"a\xff", "byte 2: this is not UTF-8"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = words(rows[i].line);
		g_assert_cmpstr(got, ==, rows[i].words);
	}
	g_assert_true(token_is_open("a \"b"));
	g_assert_true(token_is_open("a \\"));
	g_assert_false(token_is_open("a # \"b"));
}

static void test_quotes(void)
{
	static const char *const texts[] = {"plain", "", "a b", "it's", "a'b\"c$d\\e", "#x", "é;"};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *quoted = token_quote(texts[i]);
		g_autofree char *back = words(quoted);
		g_assert_cmpstr(back, ==, texts[i]);
	}
}

static const struct value *variable(const char *name, gpointer data)
{
	static const struct value level = {VALUE_NUMBER, "dBm", {-2}};

	return strcmp(name, "level") == 0 ? &level : NULL;
}

/* What an expression is, with what is left behind it in brackets; or the error. */
static char *result(const char *line)
{
	struct expression expression = {line, 0, variable, NULL};
	g_autoptr(GError) error = NULL;
	g_auto(shell_value) value = {0};

	if (!expression_read(&expression, &value, &error)) {
		g_assert_cmpint(value.kind, ==, VALUE_NONE);
		return g_strdup(error->message);
	}
	g_autofree char *text = shell_value_show(&value);
	return line[expression.at] ? g_strdup_printf("%s [%s]", text, line + expression.at)
	                           : g_steal_pointer(&text);
}

static void test_expressions(void)
{
	static const struct {
		const char *line, *result;
	} rows[] = {
		{"3.5 dB", "3.5 dB"},
		{"1310nm", "1.31 um"},
		{"1+2*3", "7"},
		{"(1+2)*3", "9"},
		{"0.1 dB + 0.2 dB", "0.3 dB"},
		{"-2 dBm + 3.5 dB", "1.5 dBm"},
		{"3 dB + -2 dBm", "1 dBm"},
		{"-2 dBm - -5 dBm", "3 dB"},
		{"$level - 1 dB", "-3 dBm"},
		{"-$level", "2 dBm"},
		{"3.3 V * 2 A", "6.6 W"},
		{"6 dB/2", "3 dB"},
		{"6 dB / 4 dB", "1.5"},
		{"-136 dB/Hz", "-136 dB/Hz"},
		{"1 mW / 20 mA", "0.05 W/A"},
		{"0x0f + 1", "16"},
		{"0x1F x", "31 [x]"},
		{"0x", "column 1: expected a number such as 0x0f, at most 12 hexadecimal digits"},
		{"0x1g", "column 1: expected a number such as 0x0f, at most 12 hexadecimal digits"},
		{"10 GHz * 1 ns", "10"},
		{"3 dB -2 dBm", "3 dB [-2 dBm]"},
		{"(3 dB -2 dB)", "1 dB"},
		{"3 print 1", "3 [print 1]"},
		{"0..12 dB step 0.5 dB", "0 dB..12 dB step 0.5 dB"},
		{"-10 dBm..-20 dBm step 1 dB", "-10 dBm..-20 dBm step -1 dB"},
		{"0..1 step .1 x", "0..1 step 0.1 [x]"},
		{"44..48 mA step 2 mA", "44 mA..48 mA step 2 mA"},
		{"44 mA..48 step 2", "44 mA..48 mA step 2 mA"},
		{"0..(48 mA + 2 mA) step 25 mA", "0 A..50 mA step 25 mA"},
		{"0 dBm + 2 V", "column 7: dBm + V has no meaning"},
		{"1 dBm + 1 dBm", "column 7: dBm + dBm has no meaning"},
		{"3 dB - 1 dBm", "column 6: dB - dBm has no meaning"},
		{"1 V + 1", "column 5: V + a plain number has no meaning"},
		{"2 * 3 dBm", "column 3: a plain number * dBm has no meaning"},
		{"3 dBx", "3 [dBx]"},
		{"3dBx", "column 2: \"dBx\" is not a unit"},
		{"1/0", "column 2: the result is not a finite number"},
		{"1e308*10", "column 6: the result is not a finite number"},
		{"(1", "column 1: this ( has no )"},
		{"1 +", "column 4: expected a value such as 3.5 dB"},
		{"$x", "column 1: there is no variable \"x\""},
		{"0..12 dB", "column 9: a range wants its step: 0..12 dB step 0.5 dB"},
		{"0..1 V step 1 A",
	         "column 2: a range from a plain number to V in steps of A has no meaning"},
		{"0..1 step 0", "column 2: a range has at most 100000 points"},
		{"0..1e6 step 1", "column 2: a range has at most 100000 points"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = result(rows[i].line);
		g_assert_cmpstr(got, ==, rows[i].result);
	}
	g_autofree char *deep = g_strnfill(10000, '(');
	g_autofree char *told = result(deep);
	g_assert_cmpstr(told, ==, "column 52: more than 50 nested levels");
}

static void test_range_points(void)
{
	struct expression expression = {"0..0.3 dB step 0.1 dB", 0, variable, NULL};
	g_auto(shell_value) value = {0};

	g_assert_true(expression_read(&expression, &value, NULL));
	g_assert_cmpuint(value.range.n, ==, 4);
	g_assert_cmpfloat(shell_value_range_at(&value, 0), ==, 0);
	g_assert_cmpfloat(shell_value_range_at(&value, 3), ==, 0.3);
}

static const struct table_column columns[] = {{"name"}, {"value", TRUE}};

static void test_table(void)
{
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));
	g_autofree char *text = NULL, *narrow = NULL, *json = NULL;

	table_add(table, shell_value_text("p\nq"));
	table_add(table, shell_value_number(1.5e-3, "W"));
	table_add(table, shell_value_text("lénger"));
	table_add(table, (struct value){0});
	text = table_text(table, 0);
	narrow = table_text(table, 8);
	json = table_json(table);
	g_assert_cmpstr(text, ==, "name     value\np q     1.5 mW\nlénger\n");
	g_assert_cmpstr(narrow, ==, "name   …\np q    …\nlénger\n");
	g_assert_cmpstr(json, ==,
	                "{\"name\":\"p\\nq\",\"value\":0.0015,\"value_unit\":\"W\"}\n"
	                "{\"name\":\"lénger\",\"value\":null}\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/words", test_words);
	g_test_add_func("/shell/quotes", test_quotes);
	g_test_add_func("/shell/expressions", test_expressions);
	g_test_add_func("/shell/range-points", test_range_points);
	g_test_add_func("/shell/table", test_table);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/formula.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static gboolean lookup(const char *name, double *value, gpointer data)
{
	static const struct {
		const char *name;
		double value;
	} known[] = {
		{"tx_tdecq", 2.4},
		{"tx_er", 4.5},
		{"broken", NAN},
		{"endless", INFINITY},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		if (strcmp(known[i].name, name) == 0) {
			*value = known[i].value;
			return TRUE;
		}
	}
	return FALSE;
}

static const struct formula_values values = {lookup, NULL};

static struct formula_set *make_set(void)
{
	g_autoptr(GError) error = NULL;
	struct formula_set *set = formula_set_new(&error);
	g_assert_no_error(error);
	return set;
}

static void test_numbers(void)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {
		{"-0.8", -0.8},
		{"1 + 2 * 3 ^ 2", 19},
		{"max(-0.8, tx_tdecq - 2.2)", 0.2},
		{"min(3, tx_tdecq, 7)", 2.4},
		{"abs(tx_er - 6)", 1.5},
		{"floor(tx_tdecq) / 4", 0.5},
		{"log10(1e3) - - 1", 4},
		{"  ( tx_er )\n", 4.5},
		{"tx_er >= 5 and -2.2 or -1.9", -1.9},
		{"9223372036854775807.0 + 1 > 0 and 1 or 0", 1},
	};
	g_autoptr(formula_set) set = make_set();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		int number;
		double value = 0;
		formula_set_add(set, rows[i].text, NULL, &number, &error);
		g_assert_no_error(error);
		formula_set_number(set, number, &values, &value, &error);
		g_assert_no_error(error);
		g_assert_cmpfloat_with_epsilon(value, rows[i].value, 1e-12);
	}
}

static void test_truth(void)
{
	static const struct {
		const char *text;
		gboolean value;
	} rows[] = {
		{"tx_er >= 5", FALSE},
		{"tx_er < 5", TRUE},
		{"tx_er == 4.5 and not (1 ~= 1)", TRUE},
		{"false or true", TRUE},
		{"tx_er <= 4.5 and tx_tdecq > 2.4", FALSE},
	};
	g_autoptr(formula_set) set = make_set();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		int number;
		gboolean value = !rows[i].value;
		formula_set_add(set, rows[i].text, NULL, &number, &error);
		g_assert_no_error(error);
		formula_set_truth(set, number, &values, &value, &error);
		g_assert_no_error(error);
		g_assert_cmpint(value, ==, rows[i].value);
	}
}

static void test_refused_text(void)
{
	g_autofree char *longest = g_strnfill(501, '1');
	g_autofree char *deep = g_strnfill(400, '(');
	const struct {
		const char *text;
		const char *message; /* pattern */
	} rows[] = {
		{"", "*"},
		{"1 +", "*near <eof>*"},
		{"(1", "*"},
		{"1)", "\")\" has no place*"},
		{"1, 2", "\", 2\" has no place*"},
		{"1) , (2", "*has no place*"},
		{"1; os", "\"; os\" has no place*"},
		{"x = 1", "\"= 1\" has no place*"},
		{"\"a\"", "*has no place*"},
		{"{}", "*has no place*"},
		{"a.b", "bad number at \".b\""},
		{"a[1]", "*has no place*"},
		{"#a", "*has no place*"},
		{"1 .. 2", "bad number*"},
		{"0x10", "bad number*"},
		{"1e", "bad number*"},
		{"1.2.3", "bad number*"},
		{"1 -- 2", "*has no place*"},
		{"7 // 2", "*has no place*"},
		{"7 % 2", "*has no place*"},
		{"1 1", "*expected near '1'*"},
		{"os(1)", "\"os\" is not a function*"},
		{"load (1)", "\"load\" is not a function*"},
		{"max + 1", "function \"max\" without*"},
		{"function() while true do end end", "\"function\" is not a function*"},
		{"while", "*"},
		{"\xc3\xa9", "*has no place*"},
		{longest, "longer than 500 letters"},
		{deep, "*"},
	};
	g_autoptr(formula_set) set = make_set();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		int number = -7;
		g_assert_false(formula_set_add(set, rows[i].text, NULL, &number, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("%s: \"%s\"", rows[i].text, error->message);
		g_assert_cmpint(number, ==, -7);
	}
}

static void test_no_value(void)
{
	static const struct {
		const char *text;
		const char *message;
	} rows[] = {
		{"absent + 1", "absent was not measured"},
		{"print", "print was not measured"},
		{"_G", "_G was not measured"},
		{"broken < 1", "broken has no value"},
		{"max(1, endless)", "endless has no value"},
		{"1 / 0", "the result is not finite"},
		{"0 / 0", "the result is not finite"},
		{"max(0 / 0, 1)", "the result is not finite"},
		{"max(1, 0 / 0)", "the result is not finite"},
		{"10 ^ 400", "the result is not finite"},
		{"log10(0)", "log10 of a number that is not above 0"},
		{"tx_er > 1", "the result is no number"},
		{"max()", "a function was given no number"},
		{"max(true)", "a function was given no number"},
		{"abs(1, 2)", "a function of one number was given more or none"},
		{"1 + true", "*arithmetic on a boolean value*"},
		{"tx_er < true", "*compare*"},
		{"(tx_er)(1)", "*call a number value*"},
	};
	g_autoptr(formula_set) set = make_set();
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		int number;
		double value = 77;
		formula_set_add(set, rows[i].text, NULL, &number, &error);
		g_assert_no_error(error);
		g_assert_false(formula_set_number(set, number, &values, &value, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("%s: \"%s\"", rows[i].text, error->message);
		g_assert_cmpfloat(value, ==, 77);
	}
	g_autoptr(GError) error = NULL;
	int number;
	gboolean truth = FALSE;
	g_assert_true(formula_set_add(set, "tx_er", NULL, &number, &error));
	g_assert_false(formula_set_truth(set, number, &values, &truth, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
}

static void test_names(void)
{
	g_autoptr(formula_set) set = make_set();
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	int number;
	g_assert_true(formula_set_add(set, "max(a_1, not true and b)", names, &number, NULL));
	g_assert_cmpuint(names->len, ==, 2);
	g_assert_cmpstr(names->pdata[0], ==, "a_1");
	g_assert_cmpstr(names->pdata[1], ==, "b");
	g_assert_true(formula_is_reserved("max"));
	g_assert_true(formula_is_reserved("or"));
	g_assert_false(formula_is_reserved("tx_oma"));
	formula_set_free(NULL);
}

/* The bound on memory ends in an error, never in the end of the process. */
static void test_memory(void)
{
	g_autoptr(formula_set) set = make_set();
	g_autoptr(GError) error = NULL;
	int number;
	int added = 0;
	while (added < 100000 &&
	       formula_set_add(set, "max(1, 2, 3) + abs(4)", NULL, &number, &error))
		added++;
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_cmpint(added, >, 1000);
	g_assert_cmpint(added, <, 100000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/limits/formula/numbers", test_numbers);
	g_test_add_func("/limits/formula/truth", test_truth);
	g_test_add_func("/limits/formula/refused-text", test_refused_text);
	g_test_add_func("/limits/formula/no-value", test_no_value);
	g_test_add_func("/limits/formula/names", test_names);
	g_test_add_func("/limits/formula/memory", test_memory);
	return g_test_run();
}

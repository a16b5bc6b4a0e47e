/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/counts_text.h"

#define MOST 100

static const struct {
	const char *text;
	guint n;
	guint32 values[8];
} rows[] = {
	{"", 0, {0}},
	{"7", 1, {7}},
	{"3x0 3 17 2x4", 7, {0, 0, 0, 3, 17, 4, 4}},
	{"2x4294967295 0", 3, {G_MAXUINT32, G_MAXUINT32, 0}},
};

static void test_both_ways(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(guint32));
		g_autoptr(GString) text = g_string_new(NULL);
		g_assert_true(counts_text_read(rows[i].text, MOST, counts));
		g_assert_cmpmem(counts->data, counts->len * sizeof(guint32), rows[i].values,
		                rows[i].n * sizeof(guint32));
		counts_text_append(text, rows[i].values, rows[i].n);
		g_assert_cmpstr(text->str, ==, rows[i].text);
	}
}

static void test_refused(void)
{
	static const char *const texts[] = {
		" ",  "1 ", " 1",  "1  2",  "1,2",     "x1",         "2x",           "0x1", "2x3x4",
		"-1", "+1", "1.0", "101x0", "100x0 1", "4294967296", "4294967296x0", "1\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(guint32));
		g_test_message("\"%s\"", texts[i]);
		g_assert_false(counts_text_read(texts[i], MOST, counts));
		g_assert_cmpuint(counts->len, <=, MOST);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reports/counts-text/both-ways", test_both_ways);
	g_test_add_func("/reports/counts-text/refused", test_refused);
	return g_test_run();
}

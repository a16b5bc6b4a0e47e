/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/uuid7.h"

#include <string.h>

#define FORM "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

/* RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC, rand_a CC3h, rand_b 18C4DC0C0C07398Fh. */
static void test_example(void)
{
	static const guint8 random[10] = {0x18, 0xC4, 0xDC, 0x0C, 0x0C,
	                                  0x07, 0x39, 0x8F, 0x04, 0xC3};
	struct uuid7_place place = {0}, read = {0};
	char text[UUID7_TEXT];

	uuid7_next(&place, 0x017F22E279B0, random, text);
	/* the counter begins below 2048, so the example's first bit of rand_a is not there */
	g_assert_cmpstr(text, ==, "017f22e2-79b0-74c3-98c4-dc0c0c07398f");
	g_assert_true(uuid7_read("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", &read));
	g_assert_cmpuint(read.ms, ==, 0x017F22E279B0);
	g_assert_cmphex(read.counter, ==, 0xCC3);
}

/* Each is above the one before, whatever the clock does. */
static void test_order(void)
{
	static const guint8 ones[10] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
	static const guint8 zeros[10];
	/* forward, the same, an hour back, then on */
	static const guint64 clock_ms[] = {7200000, 7200000, 3600000, 3600001, 7200001, 7200001};
	struct uuid7_place place = {0};
	char before[UUID7_TEXT] = "", text[UUID7_TEXT];

	for (guint i = 0; i < G_N_ELEMENTS(clock_ms); i++) {
		uuid7_next(&place, clock_ms[i], i % 2 ? zeros : ones, text);
		g_assert_cmpstr(before, <, text);
		memcpy(before, text, sizeof before);
	}
	g_assert_cmpuint(place.ms, ==, 7200001);
	/* more than a millisecond has: the next one is taken */
	for (guint i = 0; i < 5000; i++) {
		uuid7_next(&place, 7200001, i % 2 ? zeros : ones, text);
		g_assert_cmpstr(before, <, text);
		memcpy(before, text, sizeof before);
	}
	g_assert_cmpuint(place.ms, ==, 7200002);
}

static void test_read(void)
{
	static const char *const wrong[] = {
		"",
		"017f22e2-79b0-4cc3-98c4-dc0c0c07398f",  /* version 4 */
		"017f22e2-79b0-7cc3-18c4-dc0c0c07398f",  /* another variant */
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398",   /* short */
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", /* long */
		"017f22e2079b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
	};
	struct uuid7_place place = {1, 2};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_false(uuid7_read(wrong[i], &place));
	g_assert_cmpuint(place.ms, ==, 1);
	g_assert_cmpuint(place.counter, ==, 2);
}

static gpointer give(gpointer data)
{
	GPtrArray *given = data;

	for (guint i = 0; i < given->len; i++)
		given->pdata[i] = uuid7_new();
	return NULL;
}

static void test_process(void)
{
	enum { THREADS = 4, EACH = 2000 };
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *given[THREADS];
	GThread *threads[THREADS];

	for (guint i = 0; i < THREADS; i++) {
		given[i] = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_set_size(given[i], EACH);
		threads[i] = g_thread_new("give", give, given[i]);
	}
	for (guint i = 0; i < THREADS; i++)
		g_thread_join(threads[i]);
	for (guint i = 0; i < THREADS; i++) {
		for (guint j = 0; j < EACH; j++) {
			g_assert_true(g_regex_match_simple(FORM, given[i]->pdata[j], 0, 0));
			g_assert_true(g_hash_table_add(seen, given[i]->pdata[j]));
			if (j)
				g_assert_cmpstr(given[i]->pdata[j - 1], <, given[i]->pdata[j]);
		}
	}
	struct uuid7_place place;
	g_assert_true(uuid7_read(given[0]->pdata[0], &place));
	g_assert_cmpint(ABS((gint64)place.ms - g_get_real_time() / 1000), <, 60000);
	for (guint i = 0; i < THREADS; i++)
		g_ptr_array_unref(given[i]);
}

/* An id of a day when the clock was ahead. */
static void test_not_below(void)
{
	struct uuid7_place place;
	g_autofree char *before = uuid7_new();

	uuid7_not_below(NULL);
	uuid7_not_below("no id");
	uuid7_not_below("00000000-0001-7000-8000-000000000000");
	g_autofree char *now = uuid7_new();
	g_assert_true(uuid7_read(now, &place));
	g_assert_cmpint(ABS((gint64)place.ms - g_get_real_time() / 1000), <, 60000);
	uuid7_not_below("f0000000-0001-7123-8000-000000000000");
	g_autofree char *after = uuid7_new();
	g_assert_cmpstr(before, <, now);
	g_assert_true(g_str_has_prefix(after, "f0000000-0001-7124-"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/uuid7/example", test_example);
	g_test_add_func("/base/uuid7/order", test_order);
	g_test_add_func("/base/uuid7/read", test_read);
	g_test_add_func("/base/uuid7/process", test_process);
	g_test_add_func("/base/uuid7/not-below", test_not_below);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_module_bed.h"

#include <math.h>

/* How each kind of product makes its monitors from raw readings and constants. */

static void test_two_slopes(void)
{
	struct bed bed = bed_of("fr4", "");
	activate(&bed);
	shine(&bed, 0x0f);
	unlock(&bed);
	page(&bed, 0xb1);
	guint16 raw = get2(&bed, 188);
	g_assert_cmpuint(raw, >, 100);
	put2(&bed, 144, 4096);
	put2(&bed, 152, 10);
	put2(&bed, 222, 12288);
	put2(&bed, 230, (guint16)-20);
	put2(&bed, 214, 2 * raw); /* not above: the lower line holds */
	raw = get2(&bed, 188);
	page(&bed, 0x11);
	g_assert_cmpuint(get2(&bed, 186), ==, (guint)lround(0.5 * raw + 10));
	page(&bed, 0xb1);
	put2(&bed, 214, (guint16)(raw / 2));
	raw = get2(&bed, 188);
	page(&bed, 0x11);
	g_assert_cmpuint(get2(&bed, 186), ==, (guint)lround(1.5 * raw - 20));
	bed_done(&bed);
}

static void test_quadratic(void)
{
	struct bed bed = bed_of("sr4", "");
	activate(&bed);
	shine(&bed, 0x0f);
	unlock(&bed);
	page(&bed, 0xb1);
	put2(&bed, 144, 7000);
	put2(&bed, 152, 33);
	put2(&bed, 206, (guint16)-250); /* -125 /W */
	put2(&bed, 214, 0);             /* a break is of other products */
	double raw_w = get2(&bed, 188) * 1e-7;
	g_assert_cmpfloat(raw_w, >, 10e-6);
	double shown_w = -125 * raw_w * raw_w + 7000 / 8192.0 * raw_w + 33e-7;
	page(&bed, 0x11);
	g_assert_cmpuint(get2(&bed, 186), ==, (guint)lround(shown_w / 1e-7));
	bed_done(&bed);
}

/* A linear product keeps the constants of the others and does nothing with them. */
static void test_linear(void)
{
	struct bed bed = bed_of("dr4", "");
	activate(&bed);
	shine(&bed, 0x0f);
	unlock(&bed);
	page(&bed, 0xb1);
	put2(&bed, 206, 5000);
	put2(&bed, 214, 0);
	put2(&bed, 222, 100);
	guint16 raw = get2(&bed, 188);
	g_assert_cmpuint(raw, >, 100);
	page(&bed, 0x11);
	g_assert_cmpuint(get2(&bed, 186), ==, raw);
	bed_done(&bed);
}

static void test_module_slopes(void)
{
	struct bed bed = bed_of("dr4", "");
	wake(&bed);
	unlock(&bed);
	page(&bed, 0xb1);
	put2(&bed, 238, 33000);
	put2(&bed, 160, (guint16)-300);
	put2(&bed, 240, 32000);
	put2(&bed, 162, 77);
	double temp = 33000 / 32768.0 * (gint16)get2(&bed, 196) - 300;
	double vcc = 32000 / 32768.0 * get2(&bed, 198) + 77;
	g_assert_cmpint((gint16)get2(&bed, 14), ==, (int)lround(temp));
	g_assert_cmpuint(get2(&bed, 16), ==, (guint)lround(vcc));
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/module/calibrated/rx/two-slopes", test_two_slopes);
	g_test_add_func("/module/calibrated/rx/quadratic", test_quadratic);
	g_test_add_func("/module/calibrated/rx/linear", test_linear);
	g_test_add_func("/module/calibrated/slopes", test_module_slopes);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_module_bed.h"

#include <math.h>

/* Generators, checkers and loopbacks of the simulated module. */

enum { HOST_GENERATOR = 144, MEDIA_GENERATOR = 152, HOST_CHECKER = 160, MEDIA_CHECKER = 168 };
#define LANES    0x0f
#define GATE_5S  0x02
#define RESET    0x20
#define BIT_RATE 106.25e9

static void diag(struct bed *bed, guint8 byte, guint8 value)
{
	page(bed, 0x13);
	put1(bed, byte, value);
}

static void results(struct bed *bed, guint8 selector, guint8 data[64])
{
	page(bed, 0x14);
	if (get1(bed, 128) != selector) {
		put1(bed, 128, selector);
		get(bed, 192, data, 8);
		for (guint i = 0; i < 8; i++)
			g_assert_cmphex(data[i], ==, 0); /* not filled yet */
		advance(bed, 0.1);
	}
	get(bed, 192, data, 64);
}

static guint64 le64(const guint8 *at)
{
	guint64 value = 0;
	for (guint i = 8; i > 0; i--)
		value = value << 8 | at[i - 1];
	return value;
}

/* Media lanes 1 to 4: errors, then bits, little-endian. */
static void counts(struct bed *bed, gboolean kept, guint lane, guint64 *errors, guint64 *bits)
{
	guint8 data[64];
	results(bed, kept ? 0x14 : 0x04, data);
	*errors = le64(data + 16 * lane);
	*bits = le64(data + 16 * lane + 8);
}

static double true_ber(struct bed *bed, guint lane)
{
	struct world_analog analog;
	world_analog(bed->world, 0, &analog);
	return analog.rx_ber[lane];
}

static void dim(struct bed *bed, double db)
{
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		world_set_attenuator(bed->world, 0, lane, db, TRUE);
	advance(bed, 0.1);
}

static guint8 lost_lock(struct bed *bed, guint8 byte)
{
	page(bed, 0x14);
	get1(bed, byte);
	return get1(bed, byte); /* latched anew by what is so now */
}

static void test_offered(void)
{
	struct bed bed = bed_new("");
	activate(&bed);
	page(&bed, 0x13);
	g_assert_cmphex(get2(&bed, 138), ==, 0x4100);
	diag(&bed, MEDIA_CHECKER + 4, 0x66);
	g_assert_cmphex(get1(&bed, MEDIA_CHECKER + 4), ==, 0x66);
	diag(&bed, MEDIA_CHECKER + 4, 0xcc); /* SSPRQ is not checked */
	g_assert_cmphex(get1(&bed, MEDIA_CHECKER + 4), ==, 0x66);
	diag(&bed, 180, 0x0f);
	diag(&bed, 183, 0x01); /* the same lane's other side */
	g_assert_cmphex(get1(&bed, 183), ==, 0);
	g_assert_cmphex(get1(&bed, 180), ==, 0x0f);
	bed_done(&bed);
	bed = bed_of("sr4", "");
	activate(&bed);
	diag(&bed, MEDIA_CHECKER, LANES);
	g_assert_cmphex(get1(&bed, MEDIA_CHECKER), ==, 0);
	diag(&bed, 180, 0x0f);
	g_assert_cmphex(get1(&bed, 180), ==, 0);
	bed_done(&bed);
}

/* The light's errors are counted at the rate at which they come. */
static void test_media(void)
{
	struct bed bed = bed_new("");
	activate(&bed);
	shine(&bed, LANES);
	dim(&bed, 8.5);
	diag(&bed, MEDIA_CHECKER, LANES);
	advance(&bed, 0.5);
	g_assert_cmphex(lost_lock(&bed, 139), ==, 0);
	diag(&bed, 177, RESET);
	page(&bed, 0x13);
	g_assert_cmphex(get1(&bed, 177), ==, 0); /* clears itself */
	advance(&bed, 2);
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		guint64 errors, bits, again;
		counts(&bed, FALSE, lane, &errors, &bits);
		double ber = true_ber(&bed, lane), mean = ber * (double)bits;
		g_test_message("lane %u: %.3g errors, %.3g expected", lane, (double)errors, mean);
		g_assert_cmpfloat(mean, >, 1000);
		g_assert_cmpfloat(fabs((double)errors - mean), <, 6 * sqrt(mean));
		g_assert_cmpfloat_with_epsilon((double)bits, 2.1 * BIT_RATE, 0.2 * BIT_RATE);
		counts(&bed, FALSE, lane, &again, &bits);
		g_assert_cmpuint(again, >=, errors);
	}
	bed_done(&bed);
}

static double f16(const guint8 *at)
{
	guint word = (guint)at[0] << 8 | at[1];
	return (word & 0x7ff) * pow(10, (int)(word >> 11) - 24);
}

static void test_gate(void)
{
	struct bed bed = bed_new("");
	guint64 errors, bits, later;
	guint8 data[64];
	activate(&bed);
	shine(&bed, LANES);
	dim(&bed, 8.5);
	diag(&bed, 177, GATE_5S);
	diag(&bed, MEDIA_CHECKER, LANES);
	advance(&bed, 4.9);
	page(&bed, 0x14);
	g_assert_cmphex(get1(&bed, 135), ==, 0);
	advance(&bed, 0.2);
	g_assert_cmphex(get1(&bed, 135), ==, LANES);
	g_assert_cmphex(get1(&bed, 135), ==, 0);
	counts(&bed, TRUE, 0, &errors, &bits);
	g_assert_cmpuint(bits, >, 0);
	g_assert_cmpfloat_with_epsilon((double)bits, 5 * BIT_RATE, 5e-3 * BIT_RATE);
	results(&bed, 0x11, data);
	g_assert_cmpfloat_with_epsilon(f16(data + 16), (double)errors / (double)bits,
	                               0.005 * (double)errors / (double)bits);
	advance(&bed, 3);
	counts(&bed, FALSE, 0, &errors, &later);
	g_assert_cmpuint(later, ==, bits); /* it stopped */
	bed_done(&bed);
}

/* The generator's own light comes back without a fibre; darkness has no pattern. */
static void test_loopbacks(void)
{
	struct bed bed = bed_new("");
	guint64 errors, bits;
	activate(&bed);
	diag(&bed, MEDIA_CHECKER, LANES);
	advance(&bed, 0.1);
	g_assert_cmphex(lost_lock(&bed, 139), ==, LANES);
	diag(&bed, MEDIA_GENERATOR, LANES);
	diag(&bed, 180, LANES);
	advance(&bed, 1);
	g_assert_cmphex(lost_lock(&bed, 139), ==, 0);
	counts(&bed, FALSE, 2, &errors, &bits);
	g_assert_cmpuint(errors, ==, 0);
	g_assert_cmpuint(bits, >, 0);
	diag(&bed, MEDIA_GENERATOR + 4, 0x66); /* another pattern on lanes 1 and 2 */
	advance(&bed, 0.1);
	g_assert_cmphex(lost_lock(&bed, 139), ==, 0x03);
	bed_done(&bed);
}

/* What a host hears is then the module's, and is told to its checker as well. */
static void test_host(void)
{
	struct bed bed = bed_new("");
	guint64 bits = 0, errors = 0;
	gboolean locked = FALSE;
	activate(&bed);
	world_count_errors(bed.world, 0, 3, 0.1, &bits, &errors, &locked);
	g_assert_false(locked);
	diag(&bed, HOST_GENERATOR, 0xff);
	advance(&bed, 0.1);
	world_count_errors(bed.world, 0, 3, 0.1, &bits, &errors, &locked);
	g_assert_true(locked);
	g_assert_cmpuint(bits, >, 0);
	diag(&bed, HOST_CHECKER, 0xff);
	advance(&bed, 0.1);
	g_assert_cmphex(lost_lock(&bed, 138), ==, 0xff);
	diag(&bed, 182, 0xff); /* looped at its own driver */
	advance(&bed, 0.1);
	g_assert_cmphex(lost_lock(&bed, 138), ==, 0);
	diag(&bed, 182, 0);
	shine(&bed, LANES);
	advance(&bed, 0.1);
	g_assert_cmphex(lost_lock(&bed, 138), ==, 0); /* the tester's */
	bed_done(&bed);
}

static void test_snr(void)
{
	struct bed bed = bed_new("");
	guint8 data[64];
	activate(&bed);
	shine(&bed, LANES);
	dim(&bed, 8.5);
	results(&bed, 0x06, data);
	guint word = data[48] | (guint)data[49] << 8; /* little-endian */
	double snr = pow(10, word / 256.0 / 10);
	g_assert_cmpfloat_with_epsilon(log10(0.375 * erfc(sqrt(snr / 10))),
	                               log10(true_ber(&bed, 0)), 0.05);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/module-diag/offered", test_offered);
	g_test_add_func("/bench/module-diag/media", test_media);
	g_test_add_func("/bench/module-diag/gate", test_gate);
	g_test_add_func("/bench/module-diag/loopbacks", test_loopbacks);
	g_test_add_func("/bench/module-diag/host", test_host);
	g_test_add_func("/bench/module-diag/snr", test_snr);
	return g_test_run();
}

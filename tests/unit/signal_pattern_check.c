/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern_check.h"

#include "base/error.h"

#include <glib.h>
#include <string.h>

static const guint8 gray_of[4] = {0, 1, 3, 2}; /* also the pair a symbol is from */

/* A stream that a test makes worse. */
struct stream {
	enum pattern_id id;
	guint8 *symbols;
	gsize n;
};

static struct stream stream_from(enum pattern_id id, guint64 from, gsize n)
{
	struct stream s = {id, g_new(guint8, n), n};

	pattern_fill(id, from, s.symbols, n);
	return s;
}

static void stream_remove(struct stream *s, gsize at, gsize n)
{
	memmove(s->symbols + at, s->symbols + at + n, s->n - at - n);
	s->n -= n;
}

static void stream_noise(struct stream *s, guint32 seed, gsize at, gsize n)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(seed);

	for (gsize i = at; i < at + n; i++)
		s->symbols[i] =
			(guint8)g_rand_int_range(random, 0,
		                                 pattern_bits_per_symbol(s->id) == 2 ? 4 : 2);
}

/* Complements the first or second bit of a pair. */
static void stream_flip(struct stream *s, gsize at, guint pair_bits)
{
	if (pattern_bits_per_symbol(s->id) == 1)
		s->symbols[at] ^= 1;
	else
		s->symbols[at] = gray_of[gray_of[s->symbols[at]] ^ pair_bits];
}

static void stream_map(struct stream *s, const guint8 map[4])
{
	for (gsize i = 0; i < s->n; i++)
		s->symbols[i] = map[s->symbols[i]];
}

/* Feeds in pieces of `piece` symbols and takes the stream. */
static gboolean check_as(struct stream *s, enum pattern_id wanted, enum pattern_coding coding,
                         gsize piece, struct pattern_check_result *result, GError **error)
{
	g_autoptr(pattern_check) check = pattern_check_new(wanted, coding);
	g_autofree guint8 *bits = g_new0(guint8, s->n / 8 + 2);
	gboolean packed = pattern_bits_per_symbol(s->id) == 1;
	gboolean good;

	for (gsize i = 0; packed && i < s->n; i++)
		bits[i / 8] |= (guint8)(s->symbols[i] << (7 - i % 8));
	if (packed)
		piece = MAX(8, piece / 8 * 8);
	for (gsize at = 0; at < s->n; at += piece) {
		if (packed)
			pattern_check_bits(check, bits + at / 8, MIN(piece, s->n - at));
		else
			pattern_check_symbols(check, s->symbols + at, MIN(piece, s->n - at));
	}
	good = pattern_check_finish(check, result, error);
	g_assert_cmpint(good, ==, result->status == SIGNAL_OK);
	g_assert_cmpuint(result->bits + result->bits_lost, ==,
	                 s->n * pattern_bits_per_symbol(s->id));
	g_assert_cmpuint(result->bit_errors, ==, result->first_errors + result->second_errors);
	g_clear_pointer(&s->symbols, g_free);
	return good;
}

static void check_good(struct stream *s, gsize piece, struct pattern_check_result *result)
{
	g_autoptr(GError) error = NULL;
	gboolean good = check_as(s, s->id, PATTERN_GRAY, piece, result, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	g_assert_true(result->found);
	g_assert_cmpuint(result->pattern, ==, s->id);
}

static void check_refused(struct stream *s, enum pattern_id wanted, enum pattern_coding coding,
                          enum signal_status status, const char *text,
                          struct pattern_check_result *result)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(check_as(s, wanted, coding, 1000, result, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_cmpstr(signal_status_name(result->status), ==, signal_status_name(status));
	if (!strstr(error->message, text))
		g_error("\"%s\" does not tell \"%s\"", error->message, text);
}

static void test_clean(void)
{
	static const gsize lengths[] = {512, 513, 1000, 16640, 16641, 50007};

	for (guint i = 0; i < PATTERN_N * G_N_ELEMENTS(lengths); i++) {
		enum pattern_id id = (enum pattern_id)(i / G_N_ELEMENTS(lengths));
		guint64 from = (1234567u + 98765u * i) % pattern_period(id);
		struct stream s = stream_from(id, from, lengths[i % G_N_ELEMENTS(lengths)]);
		struct pattern_check_result result;

		check_good(&s, i % 2 ? 100000 : 1 + 37 * i, &result);
		g_assert_cmpuint(result.bit_errors, ==, 0);
		g_assert_cmpuint(result.bits_lost, ==, 0);
		g_assert_cmpuint(result.symbols, ==, s.n);
		g_assert_cmpuint(result.n_slips, ==, 0);
		g_assert_cmpuint(result.position, ==, from);
		g_assert_cmpuint(result.view.coding, ==, PATTERN_GRAY);
		g_assert_false(result.view.light_inverted);
		g_assert_false(result.view.bits_inverted);
	}
}

/* Every kind of error, counted exactly on each step of the ladder. */
static void test_errors(void)
{
	static const char *const steps[] = {"plain", "avx2", "avx512"};

	for (guint i = 0; i < 3 * PATTERN_N; i++) {
		enum pattern_id id = (enum pattern_id)(i % PATTERN_N);
		guint per_symbol = pattern_bits_per_symbol(id);
		struct stream s = stream_from(id, 4711 * i, 60001);
		guint64 first = 0, second = 0, symbols = 0;
		struct pattern_check_result result;

		g_setenv("STATION_KERNELS", steps[i / PATTERN_N], TRUE);
		for (gsize at = 0; at < s.n; at += 97 + at % 101) {
			guint bits = per_symbol == 1 ? 2 : 1 + (guint)(at % 3);

			stream_flip(&s, at, bits);
			first += bits >> 1;
			second += bits & 1;
			symbols++;
		}
		stream_flip(&s, s.n - 1, 2);
		first++;
		symbols++;
		check_good(&s, 5000, &result);
		g_assert_cmpuint(result.first_errors, ==, first);
		g_assert_cmpuint(result.second_errors, ==, second);
		g_assert_cmpuint(result.symbol_errors, ==, symbols);
		g_assert_cmpfloat_with_epsilon(result.error_ratio,
		                               (double)(first + second) / (double)result.bits,
		                               1e-12);
	}
	g_unsetenv("STATION_KERNELS");
}

/* Two of a hundred bits are wrong from the first one on. */
static void test_noisy(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);

	for (guint id = 0; id < PATTERN_N; id++) {
		struct stream s = stream_from((enum pattern_id)id, 99991, 40000);
		struct pattern_check_result result;
		guint64 flips = 0;

		for (gsize at = 0; at < s.n; at++) {
			if (at < 12 || g_rand_double(random) < 0.04) {
				stream_flip(&s, at, 2);
				flips++;
			}
		}
		check_good(&s, 3000, &result);
		g_assert_cmpuint(result.bit_errors, ==, flips);
		g_assert_cmpuint(result.bits_lost, ==, 0);
	}
}

/* The n-th of the 24 orders of four levels. */
static void order_levels(guint n, guint8 map[4])
{
	guint8 left[4] = {0, 1, 2, 3};

	for (guint i = 0; i < 4; i++) {
		guint pick = n % (4 - i);

		n /= 4 - i;
		map[i] = left[pick];
		memmove(left + pick, left + pick + 1, 3 - pick);
	}
}

/* Four of them are no single fault: binary, and one of the two bits complemented. */
static void test_orders_of_levels(void)
{
	static const enum pattern_id ids[] = {PATTERN_PRBS7Q, PATTERN_PRBS31Q, PATTERN_SSPRQ};

	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		for (guint order = 0; order < 24; order++) {
			struct stream s = stream_from(ids[i], 777, 20000);
			gboolean binary = order == 1 || order == 2 || order == 21 || order == 22;
			struct pattern_check_result result;
			guint8 map[4];

			if (s.id == PATTERN_SSPRQ && (binary || order % 7)) {
				g_free(s.symbols);
				continue;
			}
			order_levels(order, map);
			stream_map(&s, map);
			stream_flip(&s, 9999, 1);
			g_assert_cmpint(check_as(&s, s.id, PATTERN_ANY_CODING, 7777, &result, NULL),
			                ==, !binary);
			if (binary)
				continue;
			g_assert_cmpuint(result.symbol_errors, ==, 1);
			g_assert_cmpuint(result.position, ==, 777 % pattern_period(s.id));
		}
	}
}

static void test_views(void)
{
	static const struct {
		guint8 map[4]; /* from the symbol sent to the one received */
		struct pattern_view view;
	} cases[] = {
		{{3, 2, 1, 0}, {PATTERN_GRAY, TRUE, FALSE}},
		{{2, 3, 0, 1}, {PATTERN_GRAY, FALSE, TRUE}},
		{{1, 0, 3, 2}, {PATTERN_GRAY, TRUE, TRUE}},
		{{0, 3, 2, 1}, {PATTERN_GRAY_SWAPPED, FALSE, FALSE}},
		{{3, 0, 1, 2}, {PATTERN_GRAY_SWAPPED, TRUE, FALSE}},
		{{0, 1, 3, 2}, {PATTERN_BINARY, FALSE, FALSE}},
		{{0, 2, 3, 1}, {PATTERN_BINARY_SWAPPED, FALSE, FALSE}},
		{{0, 2, 1, 3}, {PATTERN_GRAY_CROSSED, FALSE, FALSE}},
		{{0, 3, 1, 2}, {PATTERN_GRAY_SWAPPED_CROSSED, FALSE, FALSE}},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases) * PATTERN_SQUARE; i++) {
		const struct pattern_view *view = &cases[i / PATTERN_SQUARE].view;
		struct stream s = stream_from((enum pattern_id)(i % PATTERN_SQUARE), 5, 40000);
		struct pattern_check_result result;

		stream_map(&s, cases[i / PATTERN_SQUARE].map);
		if (view->coding == PATTERN_GRAY)
			check_good(&s, 4096, &result);
		else
			check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_GRAY_SWAPPED,
			              pattern_coding_name(view->coding), &result);
		g_assert_cmpuint(result.view.coding, ==, view->coding);
		g_assert_cmpint(result.view.light_inverted, ==, view->light_inverted);
		g_assert_cmpint(result.view.bits_inverted, ==, view->bits_inverted);
		g_assert_cmpuint(result.bit_errors, ==, 0);
		g_assert_cmpuint(result.symbols, ==, 40000);
	}
}

static void test_inverted_bits(void)
{
	for (guint id = PATTERN_PRBS7; id < PATTERN_N; id++) {
		static const guint8 inverted[4] = {1, 0, 0, 0};
		struct stream s = stream_from((enum pattern_id)id, 12, 3001);
		struct pattern_check_result result;

		stream_map(&s, inverted);
		check_good(&s, 512, &result);
		g_assert_true(result.view.bits_inverted);
		g_assert_cmpuint(result.bit_errors, ==, 0);
		g_assert_cmpuint(result.position, ==, 12);
	}
}

/* Blocks of SSPRQ are inverted repetitions of each other: from each of its parts, both ways up. */
static void test_ssprq_polarity(void)
{
	static const guint8 map[2][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}};

	for (guint64 from = 0; from < 2 * 65535; from += 2047) {
		struct stream s = stream_from(PATTERN_SSPRQ, from, 16700);
		struct pattern_check_result result;
		guint inverted = from >= 65535;

		stream_map(&s, map[inverted]);
		check_good(&s, 16700, &result);
		g_assert_cmpuint(result.view.light_inverted, ==, inverted);
		g_assert_cmpuint(result.position, ==, from % 65535);
		g_assert_cmpuint(result.bit_errors, ==, 0);
	}
}

/* Symbols that are missing or too many, at every place of the window in which they are looked at.
 */
static void check_slip(enum pattern_id id, gsize at, gint by)
{
	guint per_symbol = pattern_bits_per_symbol(id);
	struct stream s = stream_from(id, 31337, 120000);
	struct pattern_check_result result;

	if (by > 0) {
		stream_remove(&s, at, (gsize)by);
	} else {
		memmove(s.symbols + at - by, s.symbols + at, s.n - at + (gsize)by);
		stream_noise(&s, (guint32)at, at, (gsize)-by);
	}
	stream_flip(&s, at - 3000, 2);
	stream_flip(&s, at + 3000, 2);
	check_good(&s, 50000, &result);
	g_assert_cmpuint(result.n_slips, ==, 1);
	g_assert_cmpint(result.slips[0].bits, ==, by * (gint)per_symbol);
	g_assert_cmpint(ABS((gint64)result.slips[0].at - (gint64)at), <=, 70);
	g_assert_cmpuint(result.bits_lost, ==, 0);
	g_assert_cmpuint(result.bit_errors, >=, 2);
	g_assert_cmpuint(result.bit_errors, <=, by > 0 ? 2 : 2 - 2 * by);
}

static void test_slips(void)
{
	static const gint by[] = {1, 2, 3, 50, -1, -4, -20};

	for (guint i = 0; i < 60; i++) {
		check_slip(PATTERN_PRBS31Q, 16384 - 200 + 7 * i, by[i % G_N_ELEMENTS(by)]);
		check_slip(PATTERN_PRBS13Q, 60000 + 101 * i, by[i % G_N_ELEMENTS(by)]);
		check_slip(PATTERN_PRBS15, 33280 - 300 + 11 * i, by[i % G_N_ELEMENTS(by)]);
	}
	for (guint i = 0; i < 20; i++)
		check_slip(PATTERN_SSPRQ, 18000 + 4801 * i, by[i % G_N_ELEMENTS(by)]);
}

static void test_too_many_slips(void)
{
	for (guint slips = 15; slips < 19; slips++) {
		struct stream s = stream_from(PATTERN_PRBS31Q, 0, 400000);
		struct pattern_check_result result;

		for (guint i = 1; i <= slips; i++)
			stream_remove(&s, 20000 * i, 1);
		if (slips <= PATTERN_CHECK_SLIPS_MAX) {
			check_good(&s, 65536, &result);
			g_assert_cmpuint(result.n_slips, ==, slips);
			g_assert_cmpuint(result.bit_errors, ==, 0);
		} else {
			check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_WRONG_RATE, "slips", &result);
			g_assert_cmpuint(result.n_slips, ==, PATTERN_CHECK_SLIPS_MAX);
		}
	}
}

/* A burst is counted; the phase does not move. */
static void test_burst(void)
{
	for (gsize at = 16000; at < 17000; at += 97) {
		for (gsize length = 100; length <= 3000; length += 725) {
			struct stream s = stream_from(PATTERN_PRBS31Q, 0, 60000);
			struct pattern_check_result result;

			for (gsize i = 0; i < length; i++)
				stream_flip(&s, at + i, 3);
			check_good(&s, 60000, &result);
			g_assert_cmpuint(result.n_slips, ==, 0);
			g_assert_cmpuint(result.symbol_errors, ==, length);
			g_assert_cmpuint(result.bits_lost, ==, 0);
		}
	}
}

/* Noise in front is lost; the pattern may also vanish and come back. */
static void test_gaps(void)
{
	struct stream s = stream_from(PATTERN_PRBS31Q, 0, 300000);
	struct pattern_check_result result;

	stream_noise(&s, 1, 0, 30000);
	check_good(&s, 4000, &result);
	g_assert_cmpuint(result.bit_errors, <=, 300);
	g_assert_cmpuint(result.bits_lost, >=, 2 * 29000);
	g_assert_cmpuint(result.bits_lost, <=, 2 * 50000);
	g_assert_cmpuint(result.position, ==, 0);

	s = stream_from(PATTERN_PRBS31Q, 0, 300000);
	memset(s.symbols + 100000, 0, 60000);
	check_good(&s, 4000, &result);
	g_assert_cmpuint(result.n_slips, ==, 1);
	g_assert_cmpuint(result.bit_errors, <=, 300);
	g_assert_cmpuint(result.bits_lost, >=, 2 * 59000);

	s = stream_from(PATTERN_PRBS31Q, 0, 300000);
	stream_noise(&s, 2, 100000, 200000);
	check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_WRONG_PATTERN, "most of it", &result);
}

static void test_wrong_pattern(void)
{
	for (guint i = 0; i < PATTERN_N; i++) {
		enum pattern_id id = (enum pattern_id)i;
		gboolean bits = pattern_bits_per_symbol(id) == 1;
		enum pattern_id wanted = bits ? PATTERN_PRBS7 : PATTERN_PRBS9Q;
		static const guint8 inverted[4] = {3, 2, 1, 0};
		struct stream s = stream_from(id, 1000, 40000);
		struct pattern_check_result result;

		if (id == wanted)
			wanted = bits ? PATTERN_PRBS31 : PATTERN_SSPRQ;
		if (!bits && id != PATTERN_SQUARE)
			stream_map(&s, inverted);
		stream_flip(&s, 20, 1);
		check_refused(&s, wanted, PATTERN_ANY_CODING, SIGNAL_WRONG_PATTERN,
		              pattern_name(id), &result);
		g_assert_true(result.found);
		g_assert_cmpuint(result.pattern, ==, id);
		g_assert_cmpint(result.view.light_inverted, ==, !bits && id != PATTERN_SQUARE);
		g_assert_cmpfloat(result.error_ratio, <, 0.002);
		g_assert_cmpuint(result.bits, ==, 0);
	}
}

/* SSPRQ consists of pieces of PRBS31. */
static void test_pieces_of_another(void)
{
	struct stream s = stream_from(PATTERN_SSPRQ, 30000, 200000);
	struct pattern_check_result result;

	check_refused(&s, PATTERN_PRBS31Q, PATTERN_ANY_CODING, SIGNAL_WRONG_PATTERN, "SSPRQ",
	              &result);
	g_assert_cmpuint(result.pattern, ==, PATTERN_SSPRQ);
	g_assert_cmpuint(result.bits, ==, 0);
}

static void test_no_pattern(void)
{
	for (guint wanted = 0; wanted < PATTERN_N; wanted++) {
		struct stream s = stream_from((enum pattern_id)wanted, 0, 20000);
		struct pattern_check_result result;

		stream_noise(&s, wanted, 0, s.n);
		check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_WRONG_PATTERN, "no known pattern",
		              &result);
		g_assert_false(result.found);
	}
}

static void test_refusals(void)
{
	struct pattern_check_result result;
	struct stream s;

	for (guint id = 0; id < PATTERN_N; id++) {
		guint8 most = pattern_bits_per_symbol((enum pattern_id)id) == 2 ? 3 : 1;

		for (guint8 level = 0; level <= most; level++) {
			s = stream_from((enum pattern_id)id, 0, 50000);
			memset(s.symbols, level, s.n);
			check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_CONSTANT, "constant", &result);
		}
		s = stream_from((enum pattern_id)id, 0, 200);
		check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_TOO_FEW, "too few", &result);
	}
	s = stream_from(PATTERN_PRBS31Q, 0, 0);
	check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_TOO_FEW, "too few", &result);
	s = stream_from(PATTERN_PRBS31Q, 0, 30000);
	s.symbols[29000] = 4;
	check_refused(&s, s.id, PATTERN_GRAY, SIGNAL_WRONG_PATTERN, "not all", &result);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/pattern_check/clean", test_clean);
	g_test_add_func("/signal/pattern_check/errors", test_errors);
	g_test_add_func("/signal/pattern_check/noisy", test_noisy);
	g_test_add_func("/signal/pattern_check/orders", test_orders_of_levels);
	g_test_add_func("/signal/pattern_check/views", test_views);
	g_test_add_func("/signal/pattern_check/inverted_bits", test_inverted_bits);
	g_test_add_func("/signal/pattern_check/ssprq_polarity", test_ssprq_polarity);
	g_test_add_func("/signal/pattern_check/slips", test_slips);
	g_test_add_func("/signal/pattern_check/too_many_slips", test_too_many_slips);
	g_test_add_func("/signal/pattern_check/burst", test_burst);
	g_test_add_func("/signal/pattern_check/gaps", test_gaps);
	g_test_add_func("/signal/pattern_check/wrong_pattern", test_wrong_pattern);
	g_test_add_func("/signal/pattern_check/pieces_of_another", test_pieces_of_another);
	g_test_add_func("/signal/pattern_check/no_pattern", test_no_pattern);
	g_test_add_func("/signal/pattern_check/refusals", test_refusals);
	return g_test_run();
}

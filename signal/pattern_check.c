/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern_check.h"

#include "base/error.h"
#include "signal/kernels.h"
#include "signal/pattern_lock.h"
#include "signal/pattern_window.h"

#include <string.h>

#define HELD          (2 * PATTERN_PIECE) /* not counted yet: a slip may begin there */
#define BURST         4                   /* pieces in which the old phase has to go on */
#define HUNTS_MOST    16                  /* windows without a pattern, then it is given up */
#define PIECES_FIT    0.125               /* error ratio of a window above which only pieces fit */
#define FOUND_IN_PART 0.25 /* error ratio of a stream that has the pattern in places */
#define NEAR          0.4  /* error ratio of what is still told as the best match */

enum state {
	STATE_HUNTING,
	STATE_LOCKED,
	STATE_GIVEN_UP,
};

struct pattern_check {
	enum pattern_id id;
	enum pattern_coding demanded;
	guint bits_per_symbol;
	const struct kernels *kernels;

	enum state state;
	gboolean found, varied; /* ever */
	gboolean too_many_slips;
	guint hunts;                /* in vain, one after the other */
	guint8 seen;                /* all symbols ored */
	struct pattern_place start; /* owns the table of all places */
	struct pattern_place first; /* of the bit first_at of the stream */
	guint64 first_at;
	struct pattern_window window;
	struct kernels_errors errors;
	struct pattern_check_result sum;
};

pattern_check *pattern_check_new(enum pattern_id id, enum pattern_coding coding)
{
	pattern_check *check;

	g_return_val_if_fail(id < PATTERN_N && coding <= PATTERN_ANY_CODING, NULL);
	check = g_new0(pattern_check, 1);
	check->id = id;
	check->demanded = coding;
	check->bits_per_symbol = pattern_bits_per_symbol(id);
	check->kernels = kernels_best();
	check->sum.pattern = id;
	check->sum.error_ratio = 1.0;
	pattern_place_init(&check->start, id);
	return check;
}

void pattern_check_free(pattern_check *check)
{
	if (!check)
		return;
	pattern_place_clear(&check->start);
	g_free(check);
}

static void count(pattern_check *check, gsize n)
{
	check->sum.bits += pattern_window_count(&check->window, n, &check->errors);
}

static void lose(pattern_check *check, gsize n)
{
	check->sum.bits_lost += pattern_window_drop(&check->window, n);
}

static void expect(pattern_check *check, gboolean last)
{
	pattern_window_expect(&check->window, &check->sum.view, last);
}

/* --- finding ---------------------------------------------------------------------------------- */

static gboolean is_constant(const pattern_check *check)
{
	const guint8 *bits = check->window.received;

	if (memcmp(bits, bits + 1, pattern_window_bytes(&check->window) - 1) != 0)
		return FALSE;
	return check->bits_per_symbol == 1 ? bits[0] == 0 || bits[0] == 0xff : bits[0] % 0x55 == 0;
}

/*
 * Which of all patterns comes nearest in the first window. TRUE when that is another one, and
 * certain. SSPRQ has pieces of PRBS31 in it: what fits here and there only has to be compared.
 */
static gboolean is_another(pattern_check *check)
{
	const struct pattern_window *window = &check->window;
	struct pattern_check_result *sum = &check->sum;

	for (guint id = 0; id < PATTERN_N && check->hunts == 0; id++) {
		struct pattern_place start;
		struct pattern_lock lock;

		if (pattern_bits_per_symbol((enum pattern_id)id) != check->bits_per_symbol)
			continue;
		pattern_place_init(&start, (enum pattern_id)id);
		pattern_lock_find(&start, NULL, window->received, pattern_window_bytes(window), 0,
		                  &lock);
		if (lock.error_ratio < MIN(sum->error_ratio, NEAR)) {
			sum->found = TRUE;
			sum->pattern = (enum pattern_id)id;
			sum->view = lock.view;
			sum->error_ratio = lock.error_ratio;
		}
		pattern_place_clear(&start);
	}
	return sum->pattern != check->id && sum->error_ratio < PIECES_FIT;
}

static void note_slip(pattern_check *check, guint64 at_bit, gint64 bits)
{
	struct pattern_check_result *sum = &check->sum;

	if (sum->n_slips == PATTERN_CHECK_SLIPS_MAX) {
		check->too_many_slips = TRUE;
		check->state = STATE_GIVEN_UP;
		return;
	}
	sum->slips[sum->n_slips++] = (struct pattern_slip){at_bit / check->bits_per_symbol, bits};
}

/* Begins to count; what does not fit before the place where the pattern was found is lost. */
static void begin(pattern_check *check, const struct pattern_lock *lock)
{
	struct pattern_window *window = &check->window;
	gsize n = 0;

	check->state = STATE_LOCKED;
	check->hunts = 0;
	if (check->found) {
		note_slip(check, window->n_before, 0);
	} else {
		check->found = TRUE;
		check->first = lock->place;
		check->first_at = window->n_before;
		check->sum.view = lock->view;
	}
	window->place = lock->place;
	window->known = 0;
	expect(check, FALSE);
	while (n < lock->from / PATTERN_PIECE && !pattern_window_fits(window, n))
		n++;
	lose(check, n * PATTERN_PIECE);
}

static void hunt(pattern_check *check)
{
	const struct pattern_view *view = check->found ? &check->sum.view : NULL;
	struct pattern_window *window = &check->window;
	struct pattern_lock lock;
	gsize n = pattern_window_bytes(window);
	gboolean fits, another = FALSE;

	if (window->n_bits < PATTERN_CHECK_BITS_MIN || is_constant(check)) {
		lose(check, PATTERN_WINDOW);
		return;
	}
	fits = pattern_lock_find(&check->start, view, window->received, n, 0, &lock);
	if (!check->found && lock.error_ratio >= PIECES_FIT)
		another = is_another(check);
	if (fits && !another) {
		begin(check, &lock);
		return;
	}
	check->varied = TRUE;
	if (another || ++check->hunts == HUNTS_MOST)
		check->state = STATE_GIVEN_UP;
	lose(check, PATTERN_WINDOW);
}

/* --- counting --------------------------------------------------------------------------------- */

/* Pieces among the next ones in which the old phase goes on; *looked: how many there were. */
static guint count_fitting(const pattern_check *check, gsize from, gsize n_pieces, guint *looked)
{
	guint fitting = 0;

	*looked = 0;
	for (gsize i = from; i < MIN(from + BURST, n_pieces); i++) {
		fitting += pattern_window_fits(&check->window, i);
		(*looked)++;
	}
	return fitting;
}

/*
 * A piece at the window's front does not fit. When the old phase goes on behind it these were
 * errors; else the phase is taken anew. FALSE when there is none.
 */
static gboolean resolve(pattern_check *check, gsize misfit, gsize n_pieces)
{
	const struct pattern_view as_it_is = {0};
	struct pattern_window *window = &check->window;
	gsize n = pattern_window_bytes(window), behind = (misfit + 1) * PATTERN_PIECE, split;
	struct pattern_place before = pattern_window_start(window);
	struct pattern_lock lock;
	guint looked, fitting = count_fitting(check, misfit + 1, n_pieces, &looked);

	if (fitting > 0 && fitting == looked) {
		count(check, behind);
		return TRUE;
	}
	if (8 * (n - behind) < PATTERN_CHECK_BITS_MIN ||
	    !pattern_lock_find(&check->start, &as_it_is, window->received, n, behind, &lock)) {
		if (fitting > 0)
			count(check, behind);
		return fitting > 0;
	}
	if (pattern_place_equal(&lock.place, &before)) {
		count(check, lock.from);
		return TRUE;
	}
	split = pattern_window_take_over(window, &lock.place, 8 * (lock.from + PATTERN_PIECE));
	note_slip(check, window->n_before + split, pattern_place_distance(&before, &lock.place));
	return TRUE;
}

static void count_window(pattern_check *check, gboolean last)
{
	struct pattern_window *window = &check->window;

	while (check->state == STATE_LOCKED) {
		gsize n_pieces = pattern_window_bytes(window) / PATTERN_PIECE, misfit;

		expect(check, last);
		misfit = pattern_window_misfit(window, n_pieces);
		if (misfit == n_pieces) {
			count(check,
			      last ? window->known : window->known - MIN(HELD, window->known));
			return;
		}
		if (misfit > 1) {
			count(check, (misfit - 1) * PATTERN_PIECE);
			n_pieces -= misfit - 1;
			misfit = 1;
		}
		/* a full window tells best what happened */
		if (!last && window->n_bits < 8 * PATTERN_WINDOW)
			return;
		if (resolve(check, misfit, n_pieces))
			continue;
		count(check, misfit * PATTERN_PIECE);
		lose(check, PATTERN_WINDOW);
		check->state = STATE_HUNTING;
	}
}

static void look(pattern_check *check, gboolean last)
{
	if (check->state == STATE_HUNTING)
		hunt(check);
	if (check->state == STATE_LOCKED)
		count_window(check, last);
	if (check->state == STATE_GIVEN_UP || last)
		lose(check, PATTERN_WINDOW);
}

/* --- feeding ---------------------------------------------------------------------------------- */

/* What does not come in whole bytes. */
static void append(struct pattern_window *window, guint value, guint n_bits)
{
	gsize byte = window->n_bits / 8, bit = window->n_bits % 8;

	if (bit == 0)
		window->received[byte] = 0;
	window->received[byte] |= (guint8)(value << (8 - bit - n_bits));
	window->n_bits += n_bits;
}

void pattern_check_symbols(pattern_check *check, const guint8 *symbols, gsize n)
{
	struct pattern_window *window = &check->window;

	g_return_if_fail(check->bits_per_symbol == 2);
	while (n && check->state != STATE_GIVEN_UP) {
		gsize now = MIN(n, 4 * PATTERN_WINDOW - window->n_bits / 2) / 4 * 4;

		if (now && window->n_bits % 8 == 0) {
			check->seen |=
				check->kernels->gray_pack(symbols, now,
			                                  window->received + window->n_bits / 8);
			window->n_bits += 2 * now;
		} else {
			now = 1;
			check->seen |= symbols[0];
			append(window, (symbols[0] ^ symbols[0] >> 1) & 3, 2);
		}
		symbols += now;
		n -= now;
		if (window->n_bits == 8 * PATTERN_WINDOW)
			look(check, FALSE);
	}
	check->sum.bits_lost += 2 * n;
}

void pattern_check_bits(pattern_check *check, const guint8 *bits, gsize n)
{
	struct pattern_window *window = &check->window;
	gsize i = 0;

	g_return_if_fail(check->bits_per_symbol == 1);
	while (i < n && check->state != STATE_GIVEN_UP) {
		gsize bytes = MIN(n - i, 8 * PATTERN_WINDOW - window->n_bits) / 8;

		if (bytes && window->n_bits % 8 == 0 && i % 8 == 0) {
			memcpy(window->received + window->n_bits / 8, bits + i / 8, bytes);
			window->n_bits += 8 * bytes;
			i += 8 * bytes;
		} else {
			append(window, bits[i / 8] >> (7 - i % 8) & 1, 1);
			i++;
		}
		if (window->n_bits == 8 * PATTERN_WINDOW)
			look(check, FALSE);
	}
	check->sum.bits_lost += n - i;
}

/* --- what came of it -------------------------------------------------------------------------- */

static void sum_up(pattern_check *check)
{
	struct pattern_check_result *sum = &check->sum;
	const struct kernels_errors *errors = &check->errors;
	guint64 period = pattern_period(check->id);
	guint64 before = check->first_at / check->bits_per_symbol % period;

	sum->found = TRUE;
	sum->pattern = check->id;
	sum->position = (pattern_place_position(&check->first) + period - before) % period;
	sum->bit_errors = errors->first + errors->second;
	sum->symbols = sum->bits / check->bits_per_symbol;
	sum->symbol_errors = check->bits_per_symbol == 1 ? sum->bit_errors : errors->pairs;
	sum->first_errors = check->bits_per_symbol == 1 ? sum->bit_errors : errors->first;
	sum->second_errors = sum->bit_errors - sum->first_errors;
	sum->error_ratio = sum->bits ? (double)sum->bit_errors / (double)sum->bits : 1.0;
}

static char *describe(const struct pattern_check_result *sum)
{
	return g_strdup_printf("%s, %s%s%s, with an error ratio of %.2g",
	                       pattern_name(sum->pattern), pattern_coding_name(sum->view.coding),
	                       sum->view.light_inverted ? ", light inverted" : "",
	                       sum->view.bits_inverted ? ", bits inverted" : "", sum->error_ratio);
}

static gboolean refuse(pattern_check *check, enum signal_status status, GError **error,
                       const char *reason, const char *more)
{
	check->sum.status = status;
	station_error_set(error, STATION_ERROR_DATA, "%s: %s%s", pattern_name(check->id), reason,
	                  more);
	return FALSE;
}

static gboolean judge(pattern_check *check, GError **error)
{
	const struct pattern_check_result *sum = &check->sum;
	g_autofree char *match = describe(sum);

	if (sum->bits + sum->bits_lost < PATTERN_CHECK_BITS_MIN)
		return refuse(check, SIGNAL_TOO_FEW, error, "too few bits to be found in", "");
	if (check->seen > 3)
		return refuse(check, SIGNAL_WRONG_PATTERN, error, "not all bytes are symbols 0..3",
		              "");
	if (!check->found && !check->varied)
		return refuse(check, SIGNAL_CONSTANT, error, "the stream is constant", "");
	if (!sum->found)
		return refuse(check, SIGNAL_WRONG_PATTERN, error, "no known pattern", "");
	if (!check->found)
		return refuse(check, SIGNAL_WRONG_PATTERN, error, "this is rather ", match);
	if (check->too_many_slips)
		return refuse(check, SIGNAL_WRONG_RATE, error, "too many slips in ", match);
	if (sum->bits_lost > sum->bits || sum->error_ratio > FOUND_IN_PART)
		return refuse(check, SIGNAL_WRONG_PATTERN, error, "most of it is not ", match);
	if (check->demanded != PATTERN_ANY_CODING && check->demanded != sum->view.coding)
		return refuse(check, SIGNAL_GRAY_SWAPPED, error, "another coding: ", match);
	check->sum.status = SIGNAL_OK;
	return TRUE;
}

gboolean pattern_check_finish(pattern_check *check, struct pattern_check_result *result,
                              GError **error)
{
	gboolean good;

	look(check, TRUE);
	check->state = STATE_GIVEN_UP;
	if (check->found)
		sum_up(check);
	good = judge(check, error);
	*result = check->sum;
	return good;
}

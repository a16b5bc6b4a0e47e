/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * The body of the kernels for packed bits, included once for each width with BITS_LANES words of 64
 * bits in a vector; with one of them it is plain C.
 */
#ifndef SIGNAL_KERNELS_BITS_H
#define SIGNAL_KERNELS_BITS_H

#include "signal/kernels.h"

#include <string.h>

#ifndef BITS_LANES
#define BITS_LANES 1
#endif
#define BITS_VECTOR (8 * BITS_LANES) /* bytes */

#if BITS_LANES == 1
typedef guint64 bits_vec;
#else
typedef guint64 bits_vec __attribute__((vector_size(BITS_VECTOR)));
typedef guint16 bits_pieces __attribute__((vector_size(BITS_VECTOR)));
#endif

/*
 * Sixteen bits of eight symbols stand in each lane of four vectors; in memory lane follows lane.
 * The orders are those of the pieces of sixteen bits.
 */
#if BITS_LANES == 4
#define TO_MEMORY   0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15
#define FROM_MEMORY TO_MEMORY
#elif BITS_LANES == 8
#define TO_MEMORY                                                                                  \
	0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29, 2, 6, 10, 14, 18, 22, 26, 30, 3, \
		7, 11, 15, 19, 23, 27, 31
#define FROM_MEMORY                                                                                \
	0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27, 4, 12, 20, 28, 5, 13, 21, 29, 6, \
		14, 22, 30, 7, 15, 23, 31
#endif

#if BITS_LANES == 1
#define SHUFFLE(v, order) (v)
#else
#define SHUFFLE(v, ...)                                                                            \
	((bits_vec)__builtin_shufflevector((bits_pieces)(v), (bits_pieces)(v), __VA_ARGS__))
#endif

/* every byte, or every second, fourth of a word */
#define EACH_1 0x0101010101010101u
#define EACH_2 0x0001000100010001u
#define EACH_4 0x0000000100000001u

/* The first byte in memory is the lowest of a lane. */
static inline bits_vec bits_load(const guint8 *from)
{
	bits_vec v;

	memcpy(&v, from, sizeof(v));
#if G_BYTE_ORDER == G_BIG_ENDIAN && BITS_LANES == 1
	v = GUINT64_FROM_LE(v);
#endif
	return v;
}

static inline void bits_store(guint8 *to, bits_vec v)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN && BITS_LANES == 1
	v = GUINT64_TO_LE(v);
#endif
	memcpy(to, &v, sizeof(v));
}

/* Between symbol and Gray pair, each in the two low bits of a byte: its own inverse. */
static inline bits_vec gray_pairs(bits_vec symbols)
{
	return symbols ^ ((symbols >> 1) & EACH_1);
}

/* Eight pairs in the bytes of a lane to its low sixteen bits, the first in bits 7 and 6. */
static inline bits_vec gather_pairs(bits_vec v)
{
	v = ((v << 2) | (v >> 8)) & (0x0f * EACH_2);
	v = ((v << 4) | (v >> 16)) & (0xff * EACH_4);
	return (v | (v >> 24)) & 0xffff;
}

static inline bits_vec scatter_pairs(bits_vec v)
{
	v = (v | (v << 24)) & (0xff * EACH_4);
	v = ((v >> 4) & (0x0f * EACH_4)) | ((v & (0x0f * EACH_4)) << 16);
	return ((v >> 2) & (0x03 * EACH_2)) | ((v & (0x03 * EACH_2)) << 8);
}

/* Symbols that four vectors hold, and the bytes of their bits. */
#define GRAY_STEP  (4 * BITS_VECTOR)
#define GRAY_BYTES BITS_VECTOR

static inline void gray_pack_step(const guint8 *symbols, guint8 *bits, bits_vec *any)
{
	bits_vec packed = {0};

	for (guint k = 0; k < 4; k++) {
		bits_vec v = bits_load(symbols + k * BITS_VECTOR);

		*any |= v;
		packed |= gather_pairs(gray_pairs(v & (0x03 * EACH_1))) << (16 * k);
	}
	bits_store(bits, SHUFFLE(packed, TO_MEMORY));
}

static inline void gray_unpack_step(const guint8 *bits, guint8 *symbols)
{
	bits_vec packed = SHUFFLE(bits_load(bits), FROM_MEMORY);

	for (guint k = 0; k < 4; k++)
		bits_store(symbols + k * BITS_VECTOR,
		           gray_pairs(scatter_pairs((packed >> (16 * k)) & 0xffff)));
}

static guint8 gray_pack(const guint8 *symbols, gsize n, guint8 *bits)
{
	gsize whole = n / GRAY_STEP * GRAY_STEP;
	guint8 last[GRAY_STEP] = {0}, last_bits[GRAY_BYTES], any[BITS_VECTOR], seen = 0;
	bits_vec all = {0};

	for (gsize i = 0; i < whole; i += GRAY_STEP)
		gray_pack_step(symbols + i, bits + i / 4, &all);
	if (n > whole) {
		memcpy(last, symbols + whole, n - whole);
		gray_pack_step(last, last_bits, &all);
		memcpy(bits + whole / 4, last_bits, (n - whole + 3) / 4);
	}
	bits_store(any, all);
	for (guint i = 0; i < BITS_VECTOR; i++)
		seen |= any[i];
	return seen;
}

static void gray_unpack(const guint8 *bits, gsize n, guint8 *symbols)
{
	gsize whole = n / GRAY_STEP * GRAY_STEP;
	guint8 last[GRAY_STEP], last_bits[GRAY_BYTES] = {0};

	for (gsize i = 0; i < whole; i += GRAY_STEP)
		gray_unpack_step(bits + i / 4, symbols + i);
	if (n > whole) {
		memcpy(last_bits, bits + whole / 4, (n - whole + 3) / 4);
		gray_unpack_step(last_bits, last);
		memcpy(symbols + whole, last, n - whole);
	}
}

/* Blocks are whole blocks back, so that no load meets two stores. */
static void prbs_fill(guint8 *bits, gsize n, const guint back[4], gboolean inverted)
{
	const bits_vec flip = (bits_vec){0} - (inverted ? 1 : 0);
	gsize whole = n / KERNELS_PRBS_BLOCK * KERNELS_PRBS_BLOCK, i;

	if (back[2] == 0) {
		for (i = 0; i < whole; i += BITS_VECTOR)
			bits_store(bits + i, bits_load(bits + i - back[0]) ^
			                             bits_load(bits + i - back[1]) ^ flip);
		for (; i < n; i++)
			bits[i] = bits[i - back[0]] ^ bits[i - back[1]] ^ (inverted ? 0xff : 0);
		return;
	}
	for (i = 0; i < whole; i += BITS_VECTOR)
		bits_store(bits + i, bits_load(bits + i - back[0]) ^ bits_load(bits + i - back[1]) ^
		                             bits_load(bits + i - back[2]) ^
		                             bits_load(bits + i - back[3]) ^ flip);
	for (; i < n; i++)
		bits[i] = bits[i - back[0]] ^ bits[i - back[1]] ^ bits[i - back[2]] ^
		          bits[i - back[3]] ^ (inverted ? 0xff : 0);
}

static inline void count_word(guint64 wrong, struct kernels_errors *errors)
{
	const guint64 seconds = 0x55 * EACH_1;

	errors->first += (guint)__builtin_popcountll(wrong & ~seconds);
	errors->second += (guint)__builtin_popcountll(wrong & seconds);
	errors->pairs += (guint)__builtin_popcountll((wrong | (wrong >> 1)) & seconds);
}

/* Errors are rare: what differs nowhere costs one look. */
static void count_errors(const guint8 *a, const guint8 *b, gsize n, struct kernels_errors *errors)
{
	const gsize step = 8 * sizeof(guint64);
	gsize i;

	for (i = 0; i + step <= n; i += step) {
		guint64 wrong[8], any = 0;

		for (guint k = 0; k < step; k += BITS_VECTOR) {
			bits_vec v = bits_load(a + i + k) ^ bits_load(b + i + k);

			memcpy((guint8 *)wrong + k, &v, sizeof(v));
		}
		for (guint k = 0; k < 8; k++)
			any |= wrong[k];
		if (!any)
			continue;
		for (guint k = 0; k < 8; k++)
			count_word(wrong[k], errors);
	}
	for (; i < n; i++)
		count_word(a[i] ^ b[i], errors);
}

#endif

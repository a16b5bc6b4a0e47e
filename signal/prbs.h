/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PRBS_H
#define SIGNAL_PRBS_H

#include <glib.h>

/*
 * Pseudo-random bit sequences, made from any place on, in pieces of any size.
 *
 * A register of n stages puts out what it feeds back, the exclusive or of its tapped stages, and
 * that bit enters stage S0; PRBS31 is sent inverted. The bits repeat after 2^n - 1 of them. PRBS13
 * is the one of IEEE 802.3, x^13 + x^12 + x^2 + x + 1, not what instruments call so.
 * Packed bits stand eight to a byte, the first in bit 7. A PRBSnQ is the endlessly repeated PRBSn,
 * Gray coded in pairs: as many symbols before it repeats.
 */
enum prbs_id {
	PRBS7,
	PRBS9,
	PRBS13,
	PRBS15,
	PRBS23,
	PRBS31,
	PRBS_N,
};

#define PRBS_STAGES_MAX 31
#define PRBS_LANES      4

/* "PRBS31". Static storage. */
const char *prbs_name(enum prbs_id id);

/* Stages of the register. */
guint prbs_stages(enum prbs_id id);

/* Whether the register's bits are complemented on their way out. */
gboolean prbs_is_inverted(enum prbs_id id);

/* Bits until it repeats; so many symbols until its Q form does. */
guint64 prbs_period(enum prbs_id id);

/*
 * What the register is preset with; it is not sent itself. Stage S0 is bit 0. Only PRBS13 has a
 * seed of its own for each lane 0..3; the others start from ones in all stages, on every lane.
 */
guint32 prbs_seed(enum prbs_id id, guint lane);

/* A place in a sequence; no memory of its own, may be copied. */
struct prbs {
	enum prbs_id id;
	guint32 state;                     /* the register; the next bit is not in it yet */
	gboolean have_past;                /* the bytes below */
	guint8 past[PRBS_STAGES_MAX * 64]; /* what was sent last, as far as the fast loop looks */
};

/* Begins behind a preset of the register: prbs_seed(id, 0) for the sequence as it is defined. The
 * register must not be all zeros; bits above its stages are ignored. */
void prbs_start(struct prbs *prbs, enum prbs_id id, guint32 state);

/* Moves forward, or back when bits is negative, in a time that hardly depends on how far. */
void prbs_jump(struct prbs *prbs, gint64 bits);

/* The next bit, as sent. */
guint prbs_bit(struct prbs *prbs);

/* The next 8 n bits, packed. */
void prbs_bits(struct prbs *prbs, guint8 *bits, gsize n);

/* The next n symbols 0..3, 2 n bits. Fast as long as n is a multiple of four. */
void prbs_symbols(struct prbs *prbs, guint8 *symbols, gsize n);

/*
 * Bits from prbs_seed(id, 0) to here, below the period. Takes most of a millisecond for PRBS31: for
 * telling, not for steering.
 */
guint64 prbs_position(const struct prbs *prbs);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PATTERN_CHECK_H
#define SIGNAL_PATTERN_CHECK_H

#include "signal/pattern.h"
#include "signal/status.h"

#include <glib.h>

/*
 * An error detector. It is told the pattern and fed what was received, in pieces of any size; it
 * finds the phase, the polarity and the coding by itself and counts what differs. Memory does not
 * grow with the stream.
 *
 *	g_autoptr(pattern_check) check = pattern_check_new(PATTERN_PRBS31Q, PATTERN_GRAY);
 *
 *	while (more symbols)
 *		pattern_check_symbols(check, symbols, n);
 *	if (!pattern_check_finish(check, &result, error))
 *		...
 */

/*
 * How the two bits of a symbol became its level. With the polarities of struct pattern_view these
 * are 20 of the 24 orders of four levels; the others are no single fault.
 */
enum pattern_coding {
	PATTERN_GRAY,           /* 00 0, 01 1, 11 2, 10 3: as it should be */
	PATTERN_GRAY_SWAPPED,   /* first and second bit of the pair exchanged, then Gray */
	PATTERN_BINARY,         /* 00 0, 01 1, 10 2, 11 3 */
	PATTERN_BINARY_SWAPPED, /* exchanged, then binary */
	PATTERN_GRAY_CROSSED,   /* Gray, then the two bits of the level's number exchanged */
	PATTERN_GRAY_SWAPPED_CROSSED,
	PATTERN_CODING_N,
	PATTERN_ANY_CODING = PATTERN_CODING_N,
};

/* "Gray", "Gray swapped". Static storage. */
const char *pattern_coding_name(enum pattern_coding coding);

/* How a stream shows its pattern. Where several are the same, the earliest and plainest is told. */
struct pattern_view {
	enum pattern_coding coding; /* PATTERN_GRAY for patterns of bits */
	gboolean light_inverted;    /* 3 - symbol; never for patterns of bits */
	gboolean bits_inverted;     /* every bit complemented before coding */
};

#define PATTERN_CHECK_BITS_MIN  512
#define PATTERN_CHECK_SLIPS_MAX 16

/* Where the stream left the pattern's pace. */
struct pattern_slip {
	guint64 at;  /* symbols (bits, for patterns of bits) since the start of the stream */
	gint64 bits; /* of the pattern that are missing; negative when too many came; 0 when it
	                could not be told */
};

struct pattern_check_result {
	enum signal_status status;
	/* what was found; when status is SIGNAL_WRONG_PATTERN the best match */
	gboolean found; /* FALSE: nothing matches, and there is no best match either */
	enum pattern_id pattern;
	struct pattern_view view;
	guint64 position; /* of the stream's first symbol in the pattern */

	guint64 bits, symbols; /* compared */
	guint64 bit_errors, symbol_errors;
	guint64 first_errors, second_errors; /* bit errors in the first (MSB) and second bit of a
	                                        pair; all are first for patterns of bits */
	guint64 bits_lost;  /* not compared: before the pattern was found, or while it was lost */
	double error_ratio; /* bit_errors / bits, or that of the best match; 1 for nothing */

	guint n_slips; /* counting stops after PATTERN_CHECK_SLIPS_MAX */
	struct pattern_slip slips[PATTERN_CHECK_SLIPS_MAX];
};

typedef struct pattern_check pattern_check;

/*
 * A detector for pattern id. coding: what is demanded, or PATTERN_ANY_CODING; every coding is
 * found and counted, but another than the demanded one makes pattern_check_finish refuse.
 */
pattern_check *pattern_check_new(enum pattern_id id, enum pattern_coding coding);
void pattern_check_free(pattern_check *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(pattern_check, pattern_check_free)

/* The next n symbols 0..3 of a PAM4 pattern. */
void pattern_check_symbols(pattern_check *check, const guint8 *symbols, gsize n);

/*
 * The next n bits of a pattern of bits, packed eight to a byte, the first in bit 7. Pieces of whole
 * bytes are fast.
 */
void pattern_check_bits(pattern_check *check, const guint8 *bits, gsize n);

/*
 * Ends the stream and tells what was counted; the detector cannot be fed any more. FALSE with
 * STATION_ERROR_DATA and a status when the stream was refused; what was counted is told all the
 * same. The status is then SIGNAL_TOO_FEW (less than PATTERN_CHECK_BITS_MIN bits), SIGNAL_CONSTANT,
 * SIGNAL_WRONG_PATTERN (never found: the message and the result name the best match among all
 * patterns; or found in a part only; or bytes were no symbols), SIGNAL_GRAY_SWAPPED (another coding
 * than the one demanded) or SIGNAL_WRONG_RATE (more than PATTERN_CHECK_SLIPS_MAX slips).
 *
 * A pattern is found below an error ratio of 1/8. More than 1/4 wrong in 256 bits is looked at as a
 * slip; where it is one, the pattern is taken up again where the fewest errors are left. The square
 * wave is too much like itself for slips of less than four symbols: they are counted as errors.
 */
gboolean pattern_check_finish(pattern_check *check, struct pattern_check_result *result,
                              GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SCPI_PARSE_H
#define BENCH_SCPI_PARSE_H

#include <glib.h>

/*
 * The grammar of IEEE 488.2 and SCPI-1999 as a device reads it: how bytes become messages, messages
 * become units, units become a header and parameters. Nothing here knows a device.
 */

/* A piece of a message; borrowed, not null-terminated. */
struct scpi_span {
	const char *p;
	gsize len;
};

#define SCPI_SUFFIXES   4  /* numeric suffixes of one header */
#define SCPI_PARAMETERS 64 /* parameters of one unit */

/* One program message unit. */
struct scpi_unit {
	struct scpi_span header; /* without blanks around it; empty for an empty unit */
	struct scpi_span parameters[SCPI_PARAMETERS];
	guint n_parameters;
};

/*
 * Length of the first message, its LF included; an LF inside a definite block does not count. 0
 * when the end is not there yet.
 */
gsize scpi_frame(const char *data, gsize len);

/*
 * Takes the next unit from the front of *rest, which is moved behind its ';'. Returns 1 when there
 * was a unit, 0 at the end of the message, or a negative SCPI error number (-102 syntax, -108 too
 * many parameters, -151 string without end, -161 block without end).
 */
int scpi_next_unit(struct scpi_span *rest, struct scpi_unit *unit);

/*
 * True when the header (without leading colon) is one that the pattern describes. A pattern is
 * written like "[SENSe#[:CHANnel#]:]POWer:WAVelength?": the letters in upper case are the short
 * form, '#' stands for an optional number, brackets enclose what may be left out. Case does not
 * matter in the header. suffix gets the numbers in the pattern's order, -1 where none was given.
 */
gboolean scpi_match(const char *pattern, struct scpi_span header, int suffix[SCPI_SUFFIXES]);

/* True when text is the short or the long form of the mnemonic ("DBM", "WAVeforms"). */
gboolean scpi_mnemonic(const char *mnemonic, struct scpi_span text);

/*
 * A decimal number with an optional suffix of the unit ("M", "S", "V", "A", "HZ", "DB", "DBM",
 * "W", "UI"; null takes no suffix) and its multipliers (1310NM, 26.5GHZ). Returns 0, or the error
 * number: -104 not a number, -121 bad number, -123 exponent too large, -131 wrong suffix.
 */
int scpi_number(struct scpi_span text, const char *unit, double *value);

/* A quoted string of either quote; a doubled quote inside stands for one. Null when it is none. */
char *scpi_string(struct scpi_span text);

/*
 * A channel list "(@1)", "(@1,3)", "(@1:3)" as bit mask, bit n for channel n (1..31). Returns 0 or
 * the error number: -104 no channel list, -222 channel outside first..last.
 */
int scpi_channels(struct scpi_span text, int first, int last, guint32 *mask);

/* The bytes of a definite block "#15hello"; false when it is none. */
gboolean scpi_block(struct scpi_span text, struct scpi_span *bytes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_STDF_RECORD_H
#define REPORTS_STDF_RECORD_H

#include <glib.h>

/*
 * Records of STDF V4 (Standard Test Data Format), little-endian: length of what follows, type and
 * subtype, then fields in their order. Names of fields are the specification's. A record whose text
 * would make it longer than 65535 bytes cannot be made with the records that are used here.
 */
struct stdf {
	GByteArray *bytes;
	guint start; /* where the open record begins */
};

void stdf_open(struct stdf *stdf, guint8 type, guint8 subtype);
void stdf_close(struct stdf *stdf); /* writes the length */

void stdf_u1(struct stdf *stdf, guint value);
void stdf_u2(struct stdf *stdf, guint value);
void stdf_u4(struct stdf *stdf, guint32 value);
void stdf_i1(struct stdf *stdf, int value);
void stdf_i2(struct stdf *stdf, int value);
void stdf_r4(struct stdf *stdf, double value); /* not finite: 0; too large: the largest */
void stdf_c1(struct stdf *stdf, char value);

/* C*n: its length, then at most 255 characters of stdf_ascii. Null is "". */
void stdf_cn(struct stdf *stdf, const char *text);

/*
 * The format knows ASCII only. Units and signs become what people write without them ("degC", "u",
 * "ohm", "-", "<="), letters lose their accents, control characters become blanks, and what is left
 * becomes "?". Free with g_free.
 */
char *stdf_ascii(const char *text);

/* An identity that does not depend on what else is in a file: 1 to 2^31 - 1, from the first bytes
 * of the text's SHA-256. */
guint32 stdf_number(const char *identity);

#endif

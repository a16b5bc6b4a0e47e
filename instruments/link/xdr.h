/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_XDR_H
#define INSTRUMENTS_LINK_XDR_H

#include "base/bytes.h"

#include <glib.h>

/*
 * External data representation, as far as VXI-11 needs it: everything big-endian in units of four
 * bytes. Integers, booleans and enumerations are read with rd_be32. Source: RFC 4506, §4.1, §4.10,
 * §4.11.
 */

void xdr_put_u32(GByteArray *to, guint32 value);
/* The length, the bytes, then zeros up to a whole unit. len below 2^32. */
void xdr_put_opaque(GByteArray *to, const void *data, gsize len);
void xdr_put_string(GByteArray *to, const char *text);

/*
 * Borrowed pointer to the bytes of an opaque of max_len bytes at most, and their number in *len.
 * Null, zero and rd->bad when it is longer or the reader ends before its padding does.
 */
const guint8 *xdr_take_opaque(struct rd *rd, gsize max_len, gsize *len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_SAMPLE_PACK_H
#define STATION_STORE_SAMPLE_PACK_H

#include "station/store/samples.h"

/*
 * The packed row of a run's values, the same in every store: for each value its key, verdict,
 * value, low and high; whole numbers of four bytes and doubles, least byte first.
 */
enum { SAMPLE_PACKED = 4 + 4 + 8 + 8 + 8 };

void sample_pack(guint8 *at, const struct store_sample *sample);
void sample_unpack(const guint8 *at, struct store_sample *sample);

/* Narrows low and high to the rows that can fail the unit. */
void sample_bounds(struct store_sample *sample, const struct record_measurement *measurement);

/* Unpacks all into `samples`, which is cleared first: struct store_sample. */
void sample_unpack_all(const guint8 *bytes, gsize len, GArray *samples);

#endif

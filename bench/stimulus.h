/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_STIMULUS_H
#define BENCH_STIMULUS_H

#include "bench/world.h"

#define STIMULUS_PRBS13Q_SYMBOLS 8191
#define STIMULUS_SSPRQ_SYMBOLS   65535

/*
 * One period of a test pattern, one symbol 0..3 a byte (3 the most light), Gray-coded bit pairs.
 * PRBS13Q: x^13+x^12+x^2+x+1, lane 0 of Clause 94. SSPRQ: IEEE 802.3-2018 120.5.11.2.3. Null for
 * patterns without a period that a scope can hold. Free with g_free.
 */
guint8 *stimulus_new(enum world_pattern pattern, gsize *n_symbols);

#endif

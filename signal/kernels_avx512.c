/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* Compiled for its processor (see the Makefile); nothing here runs on another. */
#if defined(__x86_64__)

#define LANES      16
#define BITS_LANES 8
#include "signal/kernels_bits.h"
#include "signal/kernels_density.h"
#include "signal/kernels_tdecq.h"
#include "signal/kernels_vector.h"

const struct kernels kernels_avx512 = {
	.name = "avx512",
	.range = range,
	.density = density,
	.tdecq_sweep = tdecq_sweep,
	.fit_symbols = fit_symbols,
	.gray_pack = gray_pack,
	.gray_unpack = gray_unpack,
	.prbs_fill = prbs_fill,
	.count_errors = count_errors,
};

#endif

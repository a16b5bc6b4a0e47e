/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#define BITS_LANES 1
#include "signal/kernels_bits.h"
#include "signal/kernels_density.h"
#include "signal/kernels_steps.h"

static struct kernels_range range(const float *x, gsize n)
{
	struct kernels_range out = {x[0], x[0], 0.0};

	for (gsize i = 0; i < n; i++) {
		out.sum += x[i];
		out.low = x[i] < out.low ? x[i] : out.low;
		out.high = x[i] > out.high ? x[i] : out.high;
	}
	return out;
}

const struct kernels kernels_plain = {
	.name = "plain",
	.range = range,
	.density = density,
	.tdecq_sweep = kernels_plain_tdecq_sweep,
	.fit_symbols = kernels_plain_fit_symbols,
	.gray_pack = gray_pack,
	.gray_unpack = gray_unpack,
	.prbs_fill = prbs_fill,
	.count_errors = count_errors,
};

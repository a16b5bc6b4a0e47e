/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
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
};

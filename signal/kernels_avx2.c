/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* Compiled for its processor (see the Makefile); nothing here runs on another. */
#if defined(__x86_64__)

#define LANES 8
#include "signal/kernels_vector.h"

const struct kernels kernels_avx2 = {
	.name = "avx2",
	.range = range,
};

#endif

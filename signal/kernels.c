/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/kernels.h"

#include "signal/kernels_steps.h"

#include <stdlib.h>
#include <string.h>

static guint machine_mask(void)
{
	guint mask = 1u << KERNELS_PLAIN;

#if defined(__x86_64__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		mask |= 1u << KERNELS_AVX2;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
		mask |= 1u << KERNELS_AVX512;
#endif
	return mask;
}

const struct kernels *kernels_for(guint mask)
{
#if defined(__x86_64__)
	guint usable = mask & machine_mask();

	if (usable & 1u << KERNELS_AVX512)
		return &kernels_avx512;
	if (usable & 1u << KERNELS_AVX2)
		return &kernels_avx2;
#endif
	return &kernels_plain;
}

const struct kernels *kernels_best(void)
{
	const char *widest = getenv("STATION_KERNELS");
	guint mask = KERNELS_ALL;

	if (widest && strcmp(widest, "plain") == 0)
		mask = 1u << KERNELS_PLAIN;
	else if (widest && strcmp(widest, "avx2") == 0)
		mask &= ~(1u << KERNELS_AVX512);
	return kernels_for(mask);
}

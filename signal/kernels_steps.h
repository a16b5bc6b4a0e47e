/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_KERNELS_STEPS_H
#define SIGNAL_KERNELS_STEPS_H

#include "signal/kernels.h"

/* One table for each step of the ladder. Call those of a wider machine only on one. */
extern const struct kernels kernels_plain;
#if defined(__x86_64__)
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avx512;
#endif

#endif

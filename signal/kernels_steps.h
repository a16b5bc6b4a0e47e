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

/* What the plain table holds and the rest of a vector loop uses. */
void kernels_plain_tdecq_sweep(const struct sweep_input *in, struct sweep_output *out);
void kernels_plain_fit_symbols(const struct fit_symbols_input *in, const guint8 *level,
                               float *const term[SWEEP_TERMS], double left[4]);

#endif

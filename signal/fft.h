/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FFT_H
#define SIGNAL_FFT_H

#include <glib.h>

#include <complex.h>

/* Discrete Fourier transform in place, not scaled, of 2^log2_n points; log2_n at most 24. */
void fft_forward(double complex *data, guint log2_n);

/* The inverse, not scaled either: forward and backward multiply by 2^log2_n. */
void fft_backward(double complex *data, guint log2_n);

#endif

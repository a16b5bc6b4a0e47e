/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_SPEED_SIGNAL_KERNELS_H
#define TESTS_SPEED_SIGNAL_KERNELS_H

#include "base/waveform.h"

#include <glib.h>

/* Middle one of the times of `repeats` runs, after one that is not counted. s. */
double speed_median_s(void (*run)(gpointer data), gpointer data, guint repeats);

/*
 * Prints a table: each kernel on each step of the ladder that this machine has, against plain C and
 * against one reading of the same bytes.
 */
void speed_print_kernels(const struct waveform *wave, const guint8 *levels);

#endif

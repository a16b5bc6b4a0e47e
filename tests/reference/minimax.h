/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_MINIMAX_H
#define TESTS_REFERENCE_MINIMAX_H

#include <glib.h>

#define MINIMAX_DIM 24

/* Two smooth functions and their gradients at u. */
typedef void (*minimax_function)(gpointer data, const double *u, double value[2],
                                 double gradient[2][MINIMAX_DIM]);

/*
 * Goes downhill from u on the larger of the two: each step minimises the larger of the two tangents
 * plus a quadratic form that is learnt on the way (BFGS). Returns the least value, at u.
 */
double minimax_descend(minimax_function function, gpointer data, guint dim, double *u,
                       guint max_steps);

#endif
